"""Sending a form of the desk as it came changes nothing: for every listing of the guide and every part."""

from html.parser import HTMLParser

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import Client

from guide import paths
from guide.model import Role
from guide.web.desk.part_forms import FORMS, SLUGS
from tests.people import someone
from tests.web.desks import PLACES, Desk

KEYS = sorted(file.stem for file in (paths.DATA / "services").glob("*.yaml"))


class Filled(HTMLParser):
    """What a browser would send of the form `part`; read lightly, other tests check the markup."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.values: MultiDict[str, str] = MultiDict()
        self._inside, self._textarea = False, ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = found.get("id") == "part"
        if not self._inside:
            return
        if tag == "textarea":
            self._textarea = found["name"]
            self.values.add(self._textarea, "")
        ticked = found.get("type") not in ("checkbox", "radio") or "checked" in found
        if tag == "input" and "name" in found and ticked:
            self.values.add(found["name"], found.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            typed = self.values.poplist(self._textarea)
            self.values.setlist(self._textarea, ["".join(typed) + data.replace("\n", "\r\n")])


@pytest.fixture(scope="module")
def http(quiet_app: Flask) -> Client:
    return someone(quiet_app, Role.COORDINATOR).http


@pytest.mark.parametrize("key", KEYS)
def test_a_form_that_nobody_changed_changes_nothing(http: Client, key: str) -> None:
    lang = "fr" if len(key) % 2 else "nl"
    start, folder = PLACES[lang]
    for part in FORMS:
        place = f"{start}{folder}/{key}/{SLUGS[part][lang]}"
        form = Filled()
        form.feed(http.get(place).get_data(as_text=True))
        assert len(form.values) > 3
        answer = http.post(place, data=form.values)
        assert answer.status_code == 303, part
        assert answer.headers["Location"].endswith("=-"), (part, answer.headers["Location"])


def test_nothing_at_all_was_changed(quiet_app: Flask) -> None:
    desk = Desk(quiet_app, "fr", someone(quiet_app, Role.EDITOR, "caba-jette"))
    assert (desk.proposals(), desk.revisions()) == ([], [])
