"""Sending a form of the desk as it came changes nothing: for every value that any listing of the guide has."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from guide.editing.listings import PARTS, Record, record_of
from guide.languages import LANGUAGES, Language
from guide.model import Role, Service
from guide.web.desk.part_forms import FORMS, SLUGS
from tests.differing import fewest
from tests.markup import form_values
from tests.pages import PageClient
from tests.people import someone
from tests.queries import counted
from tests.rounds import ALL
from tests.web.desks import PLACES, Desk

TIME = re.compile(r"\d\d:\d\d")
NUMBER = re.compile(r"[\d +]+")


def traits(value: Any, path: str) -> Iterator[str]:
    """What a form could lose of a value: that it is there, how many there are, each choice, each sign in a text.

    What a listing is filed under is left out: `test_every_need_and_topic_can_be_ticked` asks for all of it.
    """
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from traits(inner, f"{path}.{name}")
    elif isinstance(value, list):
        yield f"{path} × {min(len(value), 3)}"
        for inner in value:
            yield from traits(inner, f"{path}[]")
    elif path.endswith("terms[].term"):
        return
    elif not isinstance(value, str) or TIME.fullmatch(value):
        yield f"{path} = {value}"
    elif NUMBER.fullmatch(value):
        yield f"{path} ~ {re.sub('[0-9]', '9', value)}"
    elif len(value) > 24 or re.search(r"[\s\d@/]", value):
        yield path
        yield from (f"{path} with {sign!r}" for sign in re.sub(r"\w", "", value))
    else:
        yield f"{path} = {value}"


def chosen(records: Mapping[str, Record], part: str) -> list[str]:
    """Keys of listings that together have in this part all that any has; all of them in CI."""
    if ALL:
        return sorted(records)
    return fewest(
        {
            key: frozenset(trait for name in PARTS[part] for trait in traits(record.get(name), name))
            for key, record in sorted(records.items())
        }
    )


@pytest.fixture(scope="module")
def records(engine: Engine) -> dict[str, Record]:
    """Every listing of the guide, by its key."""
    with Session(engine) as session:
        return {service.key: record_of(service) for service in session.scalars(select(Service))}


@pytest.fixture
def boss(quiet_app: Flask) -> PageClient:
    return someone(quiet_app, Role.COORDINATOR)


def address(key: str, part: str, lang: Language) -> str:
    start, folder = PLACES[lang]
    return f"{start}{folder}/{key}/{SLUGS[part][lang]}"


@pytest.mark.parametrize("part", FORMS)
def test_a_form_that_nobody_changed_changes_nothing(
    quiet_app: Flask, boss: PageClient, records: dict[str, Record], part: str
) -> None:
    for place, key in enumerate(chosen(records, part)):
        path = address(key, part, LANGUAGES[place % len(LANGUAGES)])
        # Other tests check the markup.
        _target, values = form_values(boss.http.get(path).get_data(as_text=True), "part")
        assert len(values) > 3
        answer = boss.http.post(path, data=MultiDict(values))
        assert answer.status_code == 303, path
        assert answer.headers["Location"].endswith("=-"), (path, answer.headers["Location"])
    desk = Desk(quiet_app, "fr", someone(quiet_app, Role.EDITOR, "caba-jette"))
    assert (desk.proposals(), desk.revisions()) == ([], [])


def test_every_need_and_topic_can_be_ticked(boss: PageClient, records: dict[str, Record]) -> None:
    filed = {term["term"] for record in records.values() for term in record.get("terms", [])}
    page = boss.get(address("caba-jette", "about", "fr"))
    for name in ("terms", "terms_main"):
        offered = [one.attributes["value"] for one in page.all("input") if one.attributes.get("name") == name]
        assert filed <= set(offered)
        assert len(offered) == len(set(offered))


def test_a_form_asks_the_database_as_often_for_a_rich_listing_as_for_a_poor_one(
    quiet_app: Flask, boss: PageClient, records: dict[str, Record]
) -> None:
    def facts(key: str) -> int:
        return len(records[key]["terms"]) + len(records[key].get("citations", []))

    def asked(key: str) -> int:
        with counted(quiet_app.extensions["guide"].engine) as statements:
            boss.get(address(key, "about", "fr"))
        return len(statements)

    alike = [key for key, record in records.items() if record.get("addresses") and record.get("schedules")]
    poor, rich = min(alike, key=facts), max(alike, key=facts)
    assert facts(rich) > 2 * facts(poor)
    asked(poor)
    assert asked(rich) <= asked(poor) + 2
