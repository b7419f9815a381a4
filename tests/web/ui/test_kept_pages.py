"""Kept pages: the same bytes for everybody, never a stale word, and nothing of one visitor for another."""

import gzip
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import brotli
import pytest
from flask import Flask, request, request_started
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.database import open_database, writing
from guide.languages import Bilingual, Language
from guide.model import Role, SearchedWord, Selection, Service, Visibility
from guide.search.whoosh_engine import WhooshEngine
from guide.web.security.policy import KEPT, MOST_STATEMENTS, POLICY, Access
from guide.web.ui import kept_pages
from guide.web.ui.list_cookie import COOKIE as LIST
from guide.web.ui.shared_device import COOKIE as SHARED
from tests import instances
from tests.browser.kinds import PAGES
from tests.pages import PageClient
from tests.people import someone
from tests.queries import counted
from tests.running import MONDAY_MORNING

USUAL = {"fr": "/fr/services/cpas-jette", "nl": "/nl/diensten/cpas-jette"}


@pytest.fixture
def app(make_app: Callable[..., Flask], instance: Path) -> Flask:
    """An application of its own, which has kept nothing yet."""
    return make_app(instance)


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    return app.test_client(use_cookies=False)


@contextmanager
def seen_by_flask(app: Flask) -> Iterator[list[str]]:
    """The paths that Flask is asked for within the block."""
    asked: list[str] = []

    def note(_app: Flask, **_: Any) -> None:
        asked.append(request.path)

    with request_started.connected_to(note, app):
        yield asked


def is_kept(app: Flask, visitor: FlaskClient, path: str, **options: Any) -> bool:
    """Is this page answered in front of Flask, once it has been asked for?"""
    assert visitor.get(path, **options).status_code == 200
    with seen_by_flask(app) as asked:
        assert visitor.get(path, **options).status_code == 200
    return not asked


def change(app: Flask, key: str, **values: Any) -> None:
    with Session(writing(app.extensions["guide"].engine)) as session:
        service = session.scalars(select(Service).where(Service.key == key)).one()
        for name, value in values.items():
            setattr(service, name, value)
        session.commit()


@pytest.mark.parametrize(
    "path",
    [
        *("/fr/", "/nl/", USUAL["fr"], "/fr/services/", "/fr/carte", "/fr/urgence", "/fr/plans/"),
        *("/fr/services/?q=faim", "/nl/diensten/?q=honger", "/fr/services/?page=2&gratuit=1"),
        *("/fr/besoins/faim", "/fr/besoins/danger", "/fr/hors-ligne/guide.json", "/sitemap.xml"),
    ],
)
def test_a_page_of_everybody_is_made_once(app: Flask, visitor: FlaskClient, path: str) -> None:
    first, again = visitor.get(path), visitor.get(path)
    assert is_kept(app, visitor, path)
    assert first.get_data() == again.get_data()
    kept, made = dict(again.headers), dict(first.headers)
    for headers in (kept, made):
        headers.pop("Date", None)  # the server's own
        headers["Vary"] = ", ".join(sorted({*headers.get("Vary", "").split(", "), "Accept-Encoding"} - {""}))
    assert kept == made


@pytest.mark.parametrize(
    "path",
    [
        "/fr/services/?q=Jean+Dupont",
        "/fr/services/?q=0475123456",
        "/fr/services/?q=faim+Dupont",
        "/fr/ma-liste?s=3qty",
        "/fr/imprimer",
        "/fr/connexion",
        "/fr/services/cpas-jette/signaler-une-erreur",
        "/fr/besoins/faim/questions?reponses=1",
        "/fr/services/cpas-jette?x=1",
        "/fr/urgence?q=faim",
        "/fr/services/?langue=zz",
        "/fr/services/?quartier=" + "y" * 400,
        "/fr/services/?q=faim&q=dette",
        "/fr/services/?q=faim&besoin=danger",
    ],
)
def test_what_is_somebodys_own_or_without_number_is_not_kept(
    app: Flask, visitor: FlaskClient, path: str
) -> None:
    assert not is_kept(app, visitor, path)


@pytest.mark.parametrize("words", ["je veux mourir", "je n'en peux plus", "mon mari me frappe"])
def test_a_search_that_tells_of_a_crisis_is_never_kept(app: Flask, visitor: FlaskClient, words: str) -> None:
    for _ in range(2):
        answer = visitor.get(f"/fr/services/?q={quote(words)}")
        assert answer.status_code == 303
        with seen_by_flask(app) as asked:
            visitor.get(answer.headers["Location"])
        assert asked


@pytest.mark.parametrize(
    "headers",
    [
        {"Cookie": f"{LIST}=3qty"},
        {"Cookie": f"{SHARED}=1"},
        {"Cookie": "session=abc"},
        {"Cookie": f"langue=fr; {LIST}=3qty"},
        {"Cookie": "anything"},
        {"Referer": "http://localhost/nl/diensten/cpas-jette"},
        {"Referer": "http://localhost/"},
        {"Referer": "http://localhost/fr/services/?q=faim"},
        {"Transfer-Encoding": "chunked"},
    ],
    ids=lambda headers: "-".join(f"{name}{value[:30]}" for name, value in headers.items()),
)
def test_whoever_has_something_of_her_own_is_answered_by_flask(
    app: Flask, visitor: FlaskClient, headers: dict[str, str]
) -> None:
    assert is_kept(app, visitor, USUAL["fr"])
    with seen_by_flask(app) as asked:
        visitor.get(USUAL["fr"], headers=headers)
    assert asked
    assert is_kept(app, visitor, USUAL["fr"], headers={"Cookie": "langue=fr"})


def test_a_switch_of_language_is_remembered_over_a_warm_page(visitor: FlaskClient) -> None:
    for path in USUAL.values():
        visitor.get(path)
    answer = visitor.get(USUAL["nl"], headers={"Referer": f"http://localhost{USUAL['fr']}"})
    assert "langue=nl" in answer.headers["Set-Cookie"]
    assert "Set-Cookie" not in visitor.get(USUAL["nl"]).headers


def test_a_change_is_seen_at_once_whoever_made_it(app: Flask, visitor: FlaskClient, instance: Path) -> None:
    assert is_kept(app, visitor, USUAL["fr"])
    change(app, "cpas-jette", summary=Bilingual("Autre chose ici."))
    assert "Autre chose ici." in visitor.get(USUAL["fr"]).get_data(as_text=True)
    elsewhere = open_database(instances.database_url(instance))
    with Session(writing(elsewhere)) as session:
        session.scalars(select(Service).where(Service.key == "cpas-jette")).one().email = "a@cpas.example"
        sheet = session.scalars(select(Selection)).first()
        assert sheet is not None
        sheet.title = Bilingual("Feuille de secours", "Noodblad")
        session.commit()
    elsewhere.dispose()
    assert "a@cpas.example" in visitor.get(USUAL["fr"]).get_data(as_text=True)
    assert "Feuille de secours" in visitor.get("/fr/feuilles/").get_data(as_text=True)


def test_a_page_holds_until_what_it_says_of_this_hour_changes(
    make_app: Callable[..., Flask], instance: Path
) -> None:
    moment = [MONDAY_MORNING.replace(hour=11, minute=30)]
    app = make_app(instance, lambda: moment[0])
    change(app, "cpas-jette", assured_date=MONDAY_MORNING.date())
    visitor = app.test_client(use_cookies=False)
    until_noon = visitor.get(USUAL["fr"]).get_data(as_text=True)
    assert "Ferme bientôt" in until_noon or "jusqu’à 12h" in until_noon
    moment[0] += timedelta(minutes=29)
    with seen_by_flask(app) as asked:
        assert visitor.get(USUAL["fr"]).get_data(as_text=True) == until_noon
    assert not asked
    moment[0] += timedelta(minutes=1)
    assert visitor.get(USUAL["fr"]).get_data(as_text=True) != until_noon
    moment[0] -= timedelta(minutes=30)  # a clock that is set back
    assert visitor.get(USUAL["fr"]).get_data(as_text=True) == until_noon


def test_whatever_the_hour_a_warm_page_says_what_a_cold_one_says(
    make_app: Callable[..., Flask], instance: Path
) -> None:
    moment = [MONDAY_MORNING]
    app = make_app(instance, lambda: moment[0])
    visitor, pages = app.test_client(use_cookies=False), app.extensions["guide"].pages
    paths = ("/fr/", "/nl/dringend", "/fr/services/?ouvert=1", "/fr/besoins/faim", "/fr/carte", USUAL["fr"])
    own = {"Cookie": f"{LIST}=3qty"}  # hers are made anew, around parts that are kept
    for minutes in range(0, 26 * 60, 13):
        moment[0] = MONDAY_MORNING + timedelta(minutes=minutes)
        warm = [visitor.get(path, headers=asked).get_data() for path in paths for asked in ({}, own)]
        pages.clear()
        assert warm == [
            visitor.get(path, headers=asked).get_data() for path in paths for asked in ({}, own)
        ], moment[0]


def test_whoever_has_a_list_sees_a_change_at_once(app: Flask, visitor: FlaskClient) -> None:
    hers = {"Cookie": f"{LIST}=3qty"}
    for path in (USUAL["fr"], "/fr/organismes/cpas-jette", "/fr/services/?q=cpas"):
        change(app, "cpas-jette", summary=Bilingual("Le guichet social."))
        assert "Le guichet social." in visitor.get(path, headers=hers).get_data(as_text=True)
        change(app, "cpas-jette", summary=Bilingual("La porte à côté."))
        told = visitor.get(path, headers=hers).get_data(as_text=True)
        assert "La porte à côté." in told
        assert "Le guichet social." not in told


def test_each_browser_gets_the_form_it_takes(visitor: FlaskClient) -> None:
    plain = visitor.get("/fr/").get_data()
    for accepted, named, opened in (
        ("gzip, deflate", "gzip", gzip.decompress),
        ("gzip, deflate, br", "br", brotli.decompress),
        ("br;q=0, gzip;q=0.5", "gzip", gzip.decompress),
        ("gzip;q=0", None, bytes),
        ("identity", None, bytes),
        ("", None, bytes),
    ):
        answer = visitor.get("/fr/", headers={"Accept-Encoding": accepted})
        assert answer.headers.get("Content-Encoding") == named, accepted
        assert opened(answer.get_data()) == plain
        assert "Accept-Encoding" in answer.headers["Vary"]
    head = visitor.head("/fr/")
    assert (head.status_code, head.get_data(), head.headers["Content-Length"]) == (200, b"", str(len(plain)))


def test_a_page_that_a_browser_has_is_not_sent_again(visitor: FlaskClient) -> None:
    tag = visitor.get("/fr/").headers["ETag"]
    for path, status in (("/fr/", 304), ("/nl/", 200), ("/nl/", 200)):
        answer = visitor.get(path, headers={"If-None-Match": tag})
        assert answer.status_code == status
        assert bool(answer.get_data()) is (status == 200)
    sensitive = visitor.get("/fr/besoins/danger")
    again = visitor.get("/fr/besoins/danger")
    assert {one.headers["Cache-Control"] for one in (sensitive, again)} == {"no-store"}
    assert "ETag" not in again.headers


def test_little_data_and_another_host_are_other_pages(make_app: Callable[..., Flask], instance: Path) -> None:
    app = make_app(instance, site_url="https://gids.example.be")
    visitor = app.test_client(use_cookies=False)
    host = {"Host": "gids.example.be"}
    full = visitor.get("/fr/", headers=host).get_data()
    little = visitor.get("/fr/", headers=host | {"Save-Data": "on"}).get_data()
    assert b"preload" in full
    assert b"preload" not in little
    assert visitor.get("/fr/", headers=host).get_data() == full
    assert visitor.get("/fr/", headers={"Host": "ailleurs.example"}).status_code == 400


def test_a_search_counts_though_its_page_is_kept(app: Flask, visitor: FlaskClient) -> None:
    for headers in ({}, {}, {"DNT": "1"}, {"Sec-GPC": "1"}, {}):
        assert visitor.get("/fr/services/?q=faim", headers=headers).status_code == 200
    visitor.head("/fr/services/?q=faim")
    app.extensions["guide"].tally.flush(MONDAY_MORNING)
    with Session(app.extensions["guide"].engine) as session:
        assert sum(row.count for row in session.scalars(select(SearchedWord))) == 3


def test_a_crowd_makes_a_page_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_pages, "PATIENCE", 60)
    begun, go_on, made = threading.Event(), threading.Event(), []
    view = app.view_functions["public.urgent.show"]

    def slow(lang: Language) -> Any:
        made.append(lang)
        begun.set()
        assert go_on.wait(30)
        return view(lang=lang)

    app.view_functions["public.urgent.show"] = slow
    try:
        answers: list[bytes] = []
        ask = lambda: answers.append(app.test_client(use_cookies=False).get("/fr/urgence").get_data())  # noqa: E731
        first = threading.Thread(target=ask)
        first.start()
        assert begun.wait(30)
        others = [threading.Thread(target=ask) for _ in range(6)]
        for one in others:
            one.start()
        go_on.set()
        for one in (first, *others):
            one.join(30)
    finally:
        app.view_functions["public.urgent.show"] = view
    assert made == ["fr"]
    assert len(set(answers)) == 1
    assert len(answers) == 7


def test_nobody_waits_for_a_page_that_is_made_for_each(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_pages, "PATIENCE", 60)
    begun, go_on, view = threading.Event(), threading.Event(), app.view_functions["public.my_list.show"]

    def slow(lang: Language) -> Any:
        if not begun.is_set():
            begun.set()
            assert go_on.wait(30)
        return view(lang=lang)

    monkeypatch.setitem(app.view_functions, "public.my_list.show", slow)
    ask = lambda: app.test_client(use_cookies=False).get("/fr/ma-liste").status_code  # noqa: E731
    first = threading.Thread(target=ask)
    first.start()
    assert begun.wait(30)
    with ThreadPoolExecutor(1) as pool:
        second = pool.submit(ask)
        try:
            assert second.result(30) == 200
        finally:
            go_on.set()
            first.join(30)


def test_an_address_without_end_takes_no_room(app: Flask, visitor: FlaskClient) -> None:
    visitor.get("/fr/services/?quartier=" + "y" * 400, headers={"Cookie": "liste=3qty"})
    visitor.get("/fr/carte?langue=zz", headers={"Cookie": "liste=3qty"})
    assert {key[3] for key in app.extensions["guide"].pages._parts} == {"card", "foot", "tongues"}


@pytest.mark.parametrize(("host", "kept"), [("www.google.com", True), ("localhost", False)])
def test_only_the_choice_of_language_of_this_guide_is_remembered(
    app: Flask, visitor: FlaskClient, host: str, kept: bool
) -> None:
    visitor.get("/fr/urgence")
    assert is_kept(app, visitor, "/fr/urgence", headers={"Referer": f"http://{host}/"}) is kept


def test_what_an_index_that_is_behind_found_is_kept_for_nobody(app: Flask, visitor: FlaskClient) -> None:
    path, listed = "/fr/services/?q=faim", {"Cookie": "liste=3qty"}
    assert "resto-jet" in visitor.get(path, headers=listed).get_data(as_text=True)
    folder = app.extensions["guide"].index._engine._generations.folder
    with WhooshEngine(folder).writing():  # another process is at it
        change(app, "resto-jet", visibility=Visibility.PROFESSIONAL)
        visitor.get(path)
        visitor.get(path, headers=listed)
        change(app, "resto-jet", visibility=Visibility.PUBLIC)
        for headers in ({}, listed):
            visitor.get(path, headers=headers)
            with seen_by_flask(app) as asked:
                visitor.get(path, headers=headers)
            assert asked == ["/fr/services/"]
    for headers in ({}, listed):
        assert "/fr/services/resto-jet" in visitor.get(path, headers=headers).get_data(as_text=True)


def test_what_is_kept_is_bounded(app: Flask, visitor: FlaskClient) -> None:
    pages = app.extensions["guide"].pages
    for number in range(1, 40):
        visitor.get(f"/fr/services/?page={number}")
    assert 0 < pages._pages.currsize <= pages._pages.maxsize


def test_only_pages_that_anybody_may_look_at_are_kept() -> None:
    assert {POLICY[endpoint]["GET"] for endpoint in KEPT} == {Access.PUBLIC}
    assert all(set(POLICY[endpoint]) == {"GET"} for endpoint in KEPT)


@pytest.mark.control("C26")
def test_over_warm_pages_each_visitor_gets_what_she_would_get_over_cold_ones(app: Flask) -> None:
    """Somebody with nothing, with a list, on a shared telephone, signed in: in turn, on every kind of page."""
    signed_in = someone(app, Role.COORDINATOR).http
    token = signed_in.get_cookie("session")
    assert token is not None
    people = {
        "nobody": {},
        "a list": {"Cookie": f"{LIST}=3qty"},
        "a shared telephone": {"Cookie": f"{SHARED}=1"},
        "signed in": {"Cookie": f"session={token.value}"},
        "in Dutch": {"Cookie": "langue=nl", "Accept-Language": "nl"},
        "with little data": {"Save-Data": "on"},
    }
    visitor, pages = app.test_client(use_cookies=False), app.extensions["guide"].pages

    def asked(path: str, headers: dict[str, str]) -> tuple[int, str, str | None, bool]:
        answer = visitor.get(path, headers=headers)
        body = answer.get_data(as_text=True)
        # Tokens, and words that are sealed, are written otherwise each time.
        differs = 'name="_jeton"' in body or answer.status_code == 303
        return (
            answer.status_code,
            "" if differs else body,
            answer.headers.get("Cache-Control"),
            "Set-Cookie" in answer.headers,
        )

    for paths in PAGES.values():
        for path in paths[:1]:
            cold = {}
            for name, headers in people.items():
                pages.clear()
                cold[name] = asked(path, headers)
            pages.clear()
            for _ in range(2):
                for name, headers in people.items():
                    assert asked(path, headers) == cold[name], (path, name)


@pytest.mark.parametrize("kind", PAGES)
def test_a_public_page_asks_the_database_little_and_is_not_long(app: Flask, kind: str) -> None:
    client = PageClient(app)
    path = PAGES[kind][0]
    client.get(path)
    client.forget()
    with counted(app.extensions["guide"].engine) as asked:
        page = client.get(path)
    assert len(asked) <= MOST_STATEMENTS, "\n".join(asked)
    assert len(page.response.get_data()) <= 100_000
