"""Every route and method against the declared policy: nobody, every role, with and without a form's token.

The table says what is asked; these tests ask each route as it is registered, so that a new one is covered
the day it lands. What an account may see of a single thing is tested beside that thing's pages.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from zlib import crc32

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import AnyConverter, Rule
from werkzeug.routing.converters import NumberConverter

from guide.database import writing
from guide.languages import LANGUAGES
from guide.model import Account, Base, Role
from guide.settings import SettingError
from guide.web.security.policy import POLICY, ROLES, Access, access_for, require_complete
from tests.markup import form_values
from tests.pages import PageClient
from tests.people import add_account, signed_in_client
from tests.rounds import ALL
from tests.running import app_on_copy

SAMPLES = {"key": "rien", "slug": "rien", "plan": "rien", "code": "rien", "token": "rien", "name": "rien"}
"""Values of the variable parts of an address: of things that are not there, so that asking harms nothing."""

SIGNED_IN_ROLES: list[Role] = list(Role)
OPEN = (Access.PUBLIC, Access.ANONYMOUS)


@pytest.fixture(scope="module")
def guide_app(tmp_path_factory, loaded) -> Iterator[Flask]:
    with app_on_copy(loaded, tmp_path_factory.mktemp("policy")) as app:
        yield app


@pytest.fixture(scope="module")
def people(guide_app: Flask) -> dict[Role, PageClient]:
    with_organization = (Role.EDITOR, Role.SOCIAL_WORKER)
    return {
        role: signed_in_client(
            guide_app, add_account(guide_app, role, "caba-jette" if role in with_organization else None)
        )
        for role in SIGNED_IN_ROLES
    }


@dataclass
class Looked:
    """What a visitor (None) and each role got of every page, and which tables were not the same afterwards."""

    status: dict[tuple[Role | None, str], int] = field(default_factory=dict)
    headers: dict[tuple[Role | None, str], dict[str, str]] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def looked(guide_app: Flask, people: dict[Role, PageClient]) -> Looked:
    """Every page asked by everybody (see `who_asks`), and its head by one who is let in."""
    found = Looked()
    everybody: dict[Role | None, PageClient] = {None: PageClient(guide_app), **people}
    before = rows(guide_app)
    for rule, method in routes(guide_app):
        if method != "GET":
            continue
        path = address(guide_app, rule)
        for who in who_asks(rule, path):
            answer = everybody[who].http.get(path)
            found.status[who, path] = answer.status_code
            found.headers[who, path] = dict(answer.headers)
        access = POLICY[rule.endpoint]["GET"]
        let_in = None if access in OPEN else min(ROLES[access], key=str)
        if (let_in, path) in found.status:
            assert everybody[let_in].http.head(path).status_code == found.status[let_in, path], path
    after = rows(guide_app)
    found.changed = {name for name in before if before[name] != after[name]}
    return found


def who_asks(rule: Rule, path: str) -> list[Role | None]:
    """A page is asked by nobody and by every role; elsewhere than in CI, roles ask it in one language, by turns.

    Both languages have one view, and one line of the policy. A public page is asked by one role in its turn: it knows
    none, but for the line that says who is signed in.
    """
    if ALL:
        return [None, *SIGNED_IN_ROLES]
    turn = crc32(rule.endpoint.encode())
    if (rule.defaults or {}).get("lang", LANGUAGES[turn % 2]) != LANGUAGES[turn % 2]:
        return [None]
    if POLICY[rule.endpoint]["GET"] in OPEN:
        return [None, SIGNED_IN_ROLES[turn % len(SIGNED_IN_ROLES)]]
    return [None, *SIGNED_IN_ROLES]


def rows(guide_app: Flask) -> dict[str, list[object]]:
    """Every row of every table."""
    with Session(guide_app.extensions["guide"].engine) as session:
        return {
            name: sorted(map(repr, session.execute(table.select())))
            for name, table in Base.metadata.tables.items()
        }


def address(app: Flask, rule: Rule) -> str:
    values = dict(rule.defaults or {})
    for name in rule.arguments - set(values):
        converter = rule._converters[name]
        if isinstance(converter, AnyConverter):
            values[name] = min(converter.items)
        elif isinstance(converter, NumberConverter):
            values[name] = converter.max or 9_999_999
        else:
            values[name] = SAMPLES.get(name, "rien")
    adapter = app.url_map.bind("localhost")
    return adapter.build(rule.endpoint, values)


def routes(app: Flask) -> list[tuple[Rule, str]]:
    return [
        (rule, method)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


@pytest.mark.control("C1")
def test_the_table_names_every_route_and_nothing_else(guide_app: Flask) -> None:
    require_complete(guide_app)


def test_the_head_of_a_page_is_for_whom_the_page_is(guide_app: Flask) -> None:
    for rule, method in routes(guide_app):
        if method == "GET":
            assert access_for(rule.endpoint, "HEAD") is access_for(rule.endpoint, "GET")


@pytest.mark.control("C1")
def test_the_site_does_not_start_with_a_route_that_has_no_rule(guide_app: Flask, monkeypatch) -> None:
    incomplete = {endpoint: rules for endpoint, rules in POLICY.items() if endpoint != "public.urgent.show"}
    monkeypatch.setattr("guide.web.security.policy.POLICY", incomplete)
    with pytest.raises(SettingError, match=r"urgent\.show GET has no line"):
        require_complete(guide_app)
    monkeypatch.setattr("guide.web.security.policy.POLICY", {**POLICY, "gone.show": {"GET": Access.PUBLIC}})
    with pytest.raises(SettingError, match=r"gone\.show GET is in the policy but is no route"):
        require_complete(guide_app)


@pytest.mark.control("C1")
def test_a_visitor_is_let_in_where_looking_is_public_and_led_to_the_sign_in_elsewhere(
    guide_app: Flask, looked: Looked
) -> None:
    client = PageClient(guide_app)
    for rule, method in routes(guide_app):
        access, path = POLICY[rule.endpoint][method], address(guide_app, rule)
        if method == "GET":
            status, headers = looked.status[None, path], looked.headers[None, path]
        else:
            answer = client.http.open(path, method=method)
            status, headers = answer.status_code, dict(answer.headers)
        sign_in = status == 303 and (
            "/connexion" in headers["Location"] or "/inloggen" in headers["Location"]
        )
        if access is Access.PUBLIC:
            assert not (sign_in and method == "GET") or rule.endpoint == "accounts.sign_in.code", path
            assert status not in (401, 403), path
        elif access is Access.ANONYMOUS:
            # Without its token a form is shown again; nothing is done.
            assert status in (400, 404), (path, method, status)
        elif method == "GET":
            assert sign_in, (path, status)
        else:
            assert status == 401, (path, method, status)


@pytest.mark.control("C1")
@pytest.mark.parametrize("role", SIGNED_IN_ROLES)
def test_each_role_passes_exactly_where_the_table_says(
    guide_app: Flask, people: dict[Role, PageClient], looked: Looked, role: Role
) -> None:
    client = people[role]
    for rule, method in routes(guide_app):
        access, path = POLICY[rule.endpoint][method], address(guide_app, rule)
        if access in OPEN or rule.endpoint == "accounts.sign_in.sign_out":
            continue
        if method == "GET" and role not in who_asks(rule, path):
            continue
        if method == "GET":
            without_token = looked.status[role, path]
        else:
            without_token = client.http.open(path, method=method).status_code
        if role not in ROLES[access]:
            assert without_token == 403, (path, method, without_token)
        elif method == "GET":
            assert without_token not in (401, 403), (path, without_token)
            assert "no-store" in looked.headers[role, path]["Cache-Control"], path
        else:
            # The right person without the right token: the form is shown again, nothing is done.
            assert without_token == 400, (path, method, without_token)


@pytest.mark.control("C14")
@pytest.mark.parametrize("role", SIGNED_IN_ROLES)
def test_with_its_token_a_form_is_heard_by_whom_it_is_for(
    guide_app: Flask, people: dict[Role, PageClient], role: Role
) -> None:
    client = people[role]
    _, values = form_values(client.get("/fr/mon-compte/").html, "mine")
    token = values["_jeton"]
    for rule, method in routes(guide_app):
        access, path = POLICY[rule.endpoint][method], address(guide_app, rule)
        ending = ("accounts.sign_in.sign_out", "accounts.my_account.devices")
        if method == "GET" or access in OPEN or rule.endpoint in ending:
            continue
        answer = client.http.open(path, method=method, data={"_jeton": token})
        if role in ROLES[access]:
            again = (
                "Vos réponses sont encore là" in answer.text or "Uw antwoorden staan er nog" in answer.text
            )
            assert answer.status_code not in (401, 403), (path, answer.status_code)
            assert not again, path
        else:
            assert answer.status_code == 403, (path, answer.status_code)


@pytest.mark.control("C14")
def test_a_form_from_elsewhere_is_refused_on_every_route(
    guide_app: Flask, people: dict[Role, PageClient]
) -> None:
    client = people[Role.ADMINISTRATOR]
    _, values = form_values(client.get("/fr/mon-compte/").html, "mine")
    for rule, method in routes(guide_app):
        if method == "GET":
            continue
        for headers in ({"Origin": "https://pirate.example"}, {"Sec-Fetch-Site": "cross-site"}):
            answer = client.http.open(
                address(guide_app, rule), method=method, data={"_jeton": values["_jeton"]}, headers=headers
            )
            assert answer.status_code == 403, (rule.rule, headers)


@pytest.mark.control("C14")
def test_looking_at_every_page_changes_nothing_but_when_one_was_last_seen(looked: Looked) -> None:
    assert looked.changed <= {"account_session"}


def test_every_account_of_these_tests_has_its_role(guide_app: Flask, people: dict[Role, PageClient]) -> None:
    with Session(writing(guide_app.extensions["guide"].engine)) as session:
        assert {account.role for account in session.query(Account)} == set(people)
