"""A stranger who knows an address cannot keep its owner out: her browser and her network have counts of their own."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pyotp
import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from guide.accounts import known_places, links, passwords, people, second_factor
from guide.crypto import token_digest
from guide.database import writing
from guide.model import Account, KnownPlace, LinkPurpose, Mail, PlaceKind
from tests.markup import form_values
from tests.pages import Page, PageClient
from tests.people import PASSWORD, add_account
from tests.running import MONDAY_MORNING

COOKIE = "connu"
HOME, AWAY = "198.51.100.7", "203.0.113.50"
WRONG = "pas le bon mot"
SECRET = "x" * 40
_machines = count(1)


class Site:
    """An instance at a moment that a test sets; browsers are asked at that moment from the address they are at."""

    def __init__(self, instance: Path, make_app: Callable[..., Flask]) -> None:
        self.now = MONDAY_MORNING
        self.apps = [make_app(instance, clock=MONDAY_MORNING) for _ in range(2)]
        for app in self.apps:
            app.config["CLOCK"] = lambda: self.now
        self._turn = count()

    def browser(self, cookies: dict[str, str] | None = None) -> PageClient:
        """Of one of two processes, in turn."""
        client = PageClient(self.apps[next(self._turn) % 2])
        for name, value in (cookies or {}).items():
            client.http.set_cookie(name, value)
        return client

    def open(self) -> Session:
        return Session(writing(self.apps[0].extensions["guide"].engine), info={"secret_key": SECRET})

    def account(self, role: str = "editor", **values: object) -> tuple[int, str]:
        number = add_account(
            self.apps[0], role, "caba-jette", password_hash=passwords.hashed(PASSWORD), **values
        )
        with self.open() as session:
            return number, session.get_one(Account, number).email

    def places(self) -> list[KnownPlace]:
        with self.open() as session:
            return list(session.query(KnownPlace).order_by(KnownPlace.id))


def at(client: PageClient, address: str) -> PageClient:
    client.http.environ_base["REMOTE_ADDR"] = address
    return client


def sign_in(client: PageClient, address: str, password: str = PASSWORD) -> Page:
    return client.submit(client.get("/fr/connexion"), "sign-in", email=address, password=password)


def token_of(client: PageClient) -> str:
    found = client.http.get_cookie(COOKIE)
    return found.value if found is not None else ""


@pytest.fixture
def site(instance: Path, make_app: Callable[..., Flask]) -> Site:
    return Site(instance, make_app)


def known_browser(site: Site, address: str) -> dict[str, str]:
    """The cookies of a browser that signed in at home and was closed."""
    client = at(site.browser(), HOME)
    assert sign_in(client, address).status == 303
    assert token_of(client)
    return {COOKIE: token_of(client)}


def strangers(site: Site, address: str, tries: int = 5) -> list[int]:
    """Five wrong passwords, each from another network."""
    return [
        sign_in(at(site.browser(), f"10.{next(_machines) % 250}.{number}.9"), address, WRONG).status
        for number in range(tries)
    ]


@pytest.mark.control("C12")
def test_for_ten_minutes_a_stranger_tries_and_the_owner_comes_in_each_time(site: Site) -> None:
    _, address = site.account()
    cookies = known_browser(site, address)
    for minute in range(10):
        site.now = MONDAY_MORNING + timedelta(minutes=minute + 1)
        assert strangers(site, address) == [422] * 5
        assert strangers(site, address, 1) == [429], "they have used up what strangers may"
        own = at(site.browser(cookies), f"192.0.2.{minute}")
        assert sign_in(own, address).status == 303, "her browser, from wherever she is"
        cookies = {COOKIE: token_of(own)}
        bare = at(site.browser(), "198.51.100.200")
        assert sign_in(bare, address).status == 303, "her network, without the cookie"


def test_a_known_browser_and_a_known_network_are_limited_too(site: Site) -> None:
    _, address = site.account()
    cookies = known_browser(site, address)
    answers = [sign_in(at(site.browser(cookies), AWAY), address, WRONG).status for _ in range(6)]
    assert answers == [422] * 5 + [429]
    network = [
        sign_in(at(site.browser(), f"198.51.100.{number}"), address, WRONG).status for number in range(6)
    ]
    assert network == [422] * 5 + [429]
    site.now += timedelta(seconds=61)
    assert sign_in(at(site.browser(cookies), AWAY), address).status == 303


def test_who_sits_in_her_network_does_not_learn_that_it_is_known(site: Site) -> None:
    """Whatever is tried from there and from elsewhere, an address without account gives the same answers."""
    _, address = site.account()
    known_browser(site, address)

    def answers(tried: str) -> list[tuple[int, str | None]]:
        neighbour = [at(site.browser(), f"198.51.100.{number}") for number in (50, 51, 52)]
        first = [sign_in(each, tried, WRONG) for each in neighbour]
        outside = [sign_in(at(site.browser(), f"10.251.{number}.9"), tried, WRONG) for number in range(4)]
        return [
            (page.status, page.headers.get("Retry-After"))
            for page in (*first, *outside, *(sign_in(each, tried, WRONG) for each in neighbour))
        ]

    known = answers(address)
    assert [status for status, _ in known] == [422] * 5 + [429] * 5
    site.now += timedelta(minutes=2)
    assert answers("inconnue@maison.example") == known
    assert sign_in(at(site.browser(), "198.51.100.60"), address).status == 303, "she comes in all the while"


def test_the_cookie_of_another_account_and_a_made_up_one_give_nothing(site: Site) -> None:
    _, address = site.account()
    _, other = site.account()
    theirs = known_browser(site, other)
    strangers(site, address)
    for cookies in (theirs, {COOKIE: "x" * 43}, {COOKIE: ""}, {COOKIE: "é" * 400}):
        assert sign_in(at(site.browser(cookies), AWAY), address).status == 429


def test_an_old_cookie_that_was_stolen_is_worth_nothing_after_the_next_sign_in(site: Site) -> None:
    _, address = site.account()
    stolen = known_browser(site, address)
    own = site.browser(stolen)
    assert sign_in(at(own, AWAY), address).status == 303
    assert token_of(own) != stolen[COOKIE]
    strangers(site, address)
    assert sign_in(at(site.browser(stolen), "192.0.2.99"), address).status == 429
    assert sign_in(at(site.browser({COOKIE: token_of(own)}), "192.0.2.99"), address).status == 303


def test_two_who_share_a_browser_are_both_known_there(site: Site) -> None:
    _, first = site.account()
    _, second = site.account()
    cookies = known_browser(site, first)
    own = at(site.browser(cookies), HOME)
    assert sign_in(own, second).status == 303
    for address in (first, second):
        strangers(site, address)
        assert sign_in(at(site.browser({COOKIE: token_of(own)}), AWAY), address, WRONG).status == 422


def test_codes_of_a_known_browser_are_counted_apart(site: Site) -> None:
    """Somebody has the password, and burns the tries of the second step."""
    number, address = site.account("social_worker")
    secret = second_factor.new_secret()
    with site.open() as session:
        account = session.get_one(Account, number)
        code = pyotp.TOTP(secret).at(MONDAY_MORNING - timedelta(minutes=5))
        assert second_factor.set_up(session, account, secret, code, MONDAY_MORNING - timedelta(minutes=5))
        session.commit()

    def step_two(client: PageClient, code: str) -> int:
        page = sign_in(client, address)
        assert page.status == 200
        return client.submit(page, "second-step", code=code).status

    own = at(site.browser(), HOME)
    assert step_two(own, pyotp.TOTP(secret).at(site.now)) == 303
    cookies = {COOKIE: token_of(own)}
    for minute in range(1, 4):
        site.now = MONDAY_MORNING + timedelta(minutes=minute)
        pirates = [at(site.browser(), f"10.9.{minute}.{number}") for number in range(5)]
        told = [step_two(pirate, "000000") for pirate in pirates]
        assert set(told) <= {422, 429}
        own = at(site.browser(cookies), AWAY)
        assert step_two(own, pyotp.TOTP(secret).at(site.now)) == 303
        cookies = {COOKIE: token_of(own)}


@pytest.mark.parametrize(
    ("path", "form", "kind"),
    [
        ("/fr/mot-de-passe-oublie", "forgotten", "password_reset"),
        ("/fr/connexion/lien", "ask-link", "sign_in_link"),
    ],
)
def test_a_stranger_who_asks_for_links_does_not_keep_the_owner_from_one(
    site: Site, path: str, form: str, kind: str
) -> None:
    _, address = site.account()
    cookies = known_browser(site, address)

    def ask(client: PageClient) -> Page:
        return client.submit(client.get(path), form, email=address)

    def waiting() -> str:
        """The one mail that waits: each takes the place of the one before, whose link is dead."""
        with site.open() as session:
            return session.query(Mail).filter(Mail.kind == kind).one().message_id

    pages, written = [], []
    for number in range(5):
        pages.append(ask(at(site.browser(), f"10.8.{number}.1")))
        written.append(waiting())
    assert len(set(written)) == 3
    own = ask(at(site.browser(cookies), AWAY))
    assert waiting() not in written
    assert {page.status for page in pages} == {200}
    assert own.words == pages[-1].words, "the page says the same to all"
    written.append(waiting())
    assert ask(at(site.browser(), "198.51.100.20")).status == 200
    assert waiting() not in written, "and from her network"


def test_a_new_password_by_mail_makes_this_browser_known(site: Site) -> None:
    number, address = site.account()
    with site.open() as session:
        token = links.issue(session, session.get_one(Account, number), LinkPurpose.RESET, MONDAY_MORNING)
        session.commit()
    client = at(site.browser(), AWAY)
    page = client.get(f"/fr/lien/{token}")
    assert client.submit(page, "new-password", password="un rideau sous la pluie").status == 303
    strangers(site, address)
    assert sign_in(client, address, "un rideau sous la pluie").status == 303


def test_the_cookie_is_of_this_host_alone_and_stays_after_signing_out(site: Site) -> None:
    _, address = site.account()
    client = at(site.browser(), HOME)
    answer = sign_in(client, address)
    [line] = [each for each in answer.headers.getlist("Set-Cookie") if each.startswith(f"{COOKIE}=")]
    for word in ("HttpOnly", "SameSite=Lax", "Path=/", f"Max-Age={180 * 86400}"):
        assert word in line
    assert "Domain" not in line
    token = token_of(client)
    mine = client.get("/fr/mon-compte/")
    assert client.submit(mine, "/fr/deconnexion").status == 303
    assert token_of(client) == token
    browser, network = site.places()
    assert {browser.kind, network.kind} == set(PlaceKind)
    assert token_digest(token) in (browser.digest, network.digest)


def test_on_a_secure_site_it_bears_the_prefix_of_a_host(
    instance: Path, make_app: Callable[..., Flask]
) -> None:
    app = make_app(instance, site_url="https://guide.example")
    number = add_account(app, "editor", "caba-jette", password_hash=passwords.hashed(PASSWORD))
    with Session(app.extensions["guide"].engine) as session:
        address = session.get_one(Account, number).email
    client = PageClient(app)
    secure = {"base_url": "https://guide.example"}
    page = client.get("/fr/connexion", **secure)
    target, values = form_values(page.html, "sign-in")
    answer = client.post(target, data=values | {"email": [address], "password": [PASSWORD]}, **secure)
    [line] = [each for each in answer.headers.getlist("Set-Cookie") if "connu" in each]
    assert line.startswith("__Host-connu=")
    assert "Secure" in line


def test_on_a_telephone_that_is_not_hers_there_is_no_such_cookie(site: Site) -> None:
    _, address = site.account()
    client = at(site.browser({"partage": "1"}), HOME)
    assert sign_in(client, address).status == 303
    assert token_of(client) == ""
    assert [row.kind for row in site.places()] == [PlaceKind.NETWORK]


@pytest.mark.parametrize("how", ["password", "second factor", "closed"])
def test_no_place_is_known_after(site: Site, how: str) -> None:
    number, address = site.account()
    known_browser(site, address)
    assert len(site.places()) == 2
    with site.open() as session:
        account = session.get_one(Account, number)
        if how == "password":
            people.set_password(session, account, "un rideau sous la pluie", MONDAY_MORNING)
        elif how == "second factor":
            people.reset_second_factor(session, account, MONDAY_MORNING, "command")
        else:
            people.disable(session, account, MONDAY_MORNING, "command")
        session.commit()
    assert site.places() == []


@pytest.mark.parametrize("how", ["password", "everywhere"])
def test_what_she_does_here_leaves_this_browser_known_and_no_other(site: Site, how: str) -> None:
    _, address = site.account()
    elsewhere = known_browser(site, address)
    client = at(site.browser(), AWAY)
    assert sign_in(client, address).status == 303
    if how == "password":
        page = client.get("/fr/mon-compte/mot-de-passe")
        new = {"current_password": PASSWORD, "password": "un rideau sous la pluie"}
        assert client.submit(page, "change-password", **new).status == 303
    else:
        assert (
            client.submit(
                client.get("/fr/mon-compte/appareils"), "/fr/mon-compte/appareils", end="all"
            ).status
            == 303
        )
    with site.open() as session:
        account = session.query(Account).filter(Account.email == address).one()

        def found(token: str) -> known_places.Place | None:
            return known_places.find(session, account, token, "", site.now)

        assert found(elsewhere[COOKIE]) is None
        assert found(token_of(client)) is not None


def test_few_places_are_kept_and_not_for_ever(site: Site, days_pass: None) -> None:
    number, _ = site.account()

    def later(days: float) -> datetime:
        return MONDAY_MORNING + timedelta(days=days)

    with site.open() as session:
        account = session.get_one(Account, number)
        tokens = [known_places.remember_browser(session, account, "", later(day)) for day in range(12)]
        for day in range(7):
            known_places.remember_network(session, account, f"10.0.{day}.0/24", later(day))
        assert session.query(KnownPlace).filter(KnownPlace.kind == PlaceKind.NETWORK).count() == 5
        assert session.query(KnownPlace).filter(KnownPlace.kind == PlaceKind.BROWSER).count() == 10

        def known(token: str, network: str, days: float) -> bool:
            return known_places.find(session, account, token, network, later(days)) is not None

        assert [known(token, "", 12) for token in tokens] == [False] * 2 + [True] * 10
        assert [known("", f"10.0.{day}.0/24", 12) for day in range(7)] == [False] * 2 + [True] * 5
        assert not known("", "10.0.6.0/24", 96)
        assert known(tokens[-1], "", 190)
        assert not known(tokens[-1], "", 191)
        known_places.forget(session, later(96))
        assert session.query(KnownPlace).filter(KnownPlace.kind == PlaceKind.NETWORK).count() == 0
        known_places.forget(session, later(191))
        assert session.query(KnownPlace).count() == 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("198.51.100.7", "198.51.100.250", True),
        ("198.51.100.7", "198.51.101.7", False),
        ("::ffff:198.51.100.7", "198.51.100.8", True),
        ("::ffff:198.51.100.7", "::ffff:203.0.113.7", False),
        ("2001:db8:1:2::1", "2001:db8:1:ffff::1", True),
        ("2001:db8:1:2::1", "2001:db8:2:2::1", False),
    ],
)
def test_a_network_is_what_one_provider_gives_one_place(site: Site, one: str, other: str, same: bool) -> None:
    _, address = site.account()
    assert sign_in(at(site.browser(), one), address).status == 303
    strangers(site, address)
    assert (sign_in(at(site.browser(), other), address).status == 303) is same


def test_what_is_kept_tells_neither_network_nor_address(site: Site) -> None:
    _, first = site.account()
    _, second = site.account()
    for address in (first, second):
        known_browser(site, address)
    digests = [row.digest for row in site.places()]
    assert len(set(digests)) == 4, "the same network of two accounts is not seen to be the same"
    assert all(len(bytes.fromhex(each)) == 32 for each in digests)


@pytest.mark.control("C13")
def test_the_same_is_asked_of_the_database_for_an_unknown_address(site: Site) -> None:
    _, address = site.account()
    cookies = known_browser(site, address)
    asked: list[int] = []
    seen: list[str] = []
    for app in site.apps:
        event.listen(
            app.extensions["guide"].engine, "before_cursor_execute", lambda *given: seen.append(given[2])
        )
    for each in (address, "inconnue@maison.example"):
        seen.clear()
        # At a place that is known to no account, with a cookie that is another's.
        assert sign_in(at(site.browser({COOKIE: "x" * 43}), AWAY), each, WRONG).status == 422
        asked.append(len([statement for statement in seen if "known_place" in statement]))
    assert asked == [1, 1]
    assert cookies
