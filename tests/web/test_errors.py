"""What went wrong, in the reader's language where the site can answer, and static where it cannot."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, event
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from guide.database import writing
from guide.directory.search_log import Tally
from guide.model import AccountSession
from tests import instances
from tests.pages import PageClient
from tests.people import someone

URGENT = ("tel:112", "tel:101", "tel:107", "tel:106")


@pytest.mark.parametrize(
    ("path", "lang"),
    [
        ("/fr/rien", "fr"),
        ("/nl/niets", "nl"),
        ("/nl/diensten/niets", "nl"),
        ("/rien", "fr"),
        ("/fr/besoins/", "fr"),
        ("/wp-login.php", "fr"),
        ("/.env", "fr"),
        ("/fr/%00", "fr"),
        ("/%ED%A0%80", "fr"),
        ("/nl/" + "a" * 4000, "nl"),
    ],
)
def test_a_page_that_is_not_there_helps_in_the_language_of_its_address(
    client: PageClient, path: str, lang: str
) -> None:
    page = client.get(path)
    assert page.status == 404
    assert page.all("html")[0].attributes["lang"] == lang
    assert [form for form in page.all("form") if form.attributes.get("role") == "search"]
    assert set(URGENT) <= set(page.links())
    assert "tel:+3224224611" in page.links()
    assert '<meta name="robots" content="noindex">' in page.html


def test_a_page_without_language_follows_the_browser(client: PageClient) -> None:
    page = client.get("/niets", headers={"Accept-Language": "nl"})
    assert page.status == 404
    assert page.all("html")[0].attributes["lang"] == "nl"


def test_a_page_that_is_not_there_claims_no_address_of_its_own(client: PageClient) -> None:
    for path in ("/fr/rien", "/fr/services/rien", "/fr/besoins/rien"):
        page = client.get(path)
        assert not [e for e in page.all("link") if e.attributes["rel"] in ("canonical", "alternate")]


@pytest.mark.parametrize("path", ["/fr/", "/nl/diensten/resto-jet", "/fr/services/"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_a_way_that_does_not_work_says_which_do(client: PageClient, path: str, method: str) -> None:
    answer = client._checked(client.http.open(path, method=method))
    assert answer.status == 405
    assert "GET" in answer.headers["Allow"]
    assert answer.all("html")[0].attributes["lang"] == path[1:3]
    assert answer.headers["Cache-Control"] == "no-store"


def test_too_much_is_refused_with_a_page(client: PageClient) -> None:
    page = client.post("/fr/ma-liste/changer", data={"ajouter": "a" * 70_000})
    assert page.status == 413
    assert set(URGENT) <= set(page.links())
    fields = {f"f{number}": "1" for number in range(200)}
    page = client.post("/nl/mijn-lijst/wijzigen", data=fields, content_type="multipart/form-data")
    assert page.status == 413
    assert page.all("html")[0].attributes["lang"] == "nl"


@pytest.mark.control("C31")
@pytest.mark.parametrize(
    "path", ["/fr/", "/nl/diensten/?q=honger", "/fr/services/resto-jet", "/fr/rien", "/s/huys"]
)
def test_a_locked_database_answers_with_the_urgent_numbers(
    make_app: Callable[..., Flask], instance: Path, path: str
) -> None:
    app = make_app(instance)
    client = PageClient(app)
    engine = app.extensions["guide"].engine

    @event.listens_for(engine, "do_execute")
    def _locked(*_: Any) -> None:
        raise engine.dialect.loaded_dbapi.OperationalError("database is locked")

    page = client.get(path)
    assert page.status == 503
    assert int(page.headers["Retry-After"]) > 0
    assert page.headers["Cache-Control"] == "no-store"
    for number in (*URGENT, "tel:+3280099340", "tel:+3224224611"):
        assert number in page.links()
    assert {e.attributes.get("lang") for e in page.all("section")} == {"fr", "nl"}
    assert "locked" not in page.html


def test_a_database_locked_by_another_process_is_said_and_then_forgotten(
    make_app: Callable[..., Flask], instance: Path
) -> None:
    app = make_app(instance)
    engine = app.extensions["guide"].engine

    @event.listens_for(engine, "do_connect")
    def _impatient(dialect: Any, record: Any, arguments: Any, options: dict[str, Any]) -> None:
        if dialect.name == "sqlite":
            options["timeout"] = 0

    engine.dispose()
    with instances.held(instance):
        assert PageClient(app).get("/fr/").status == 503
    assert PageClient(app).get("/fr/").status == 200


def test_a_fault_of_ours_shows_the_static_page_and_no_trace(
    make_app: Callable[..., Flask], loaded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(loaded)
    app.testing = False
    monkeypatch.setitem(app.view_functions, "public.urgent.show", lambda lang: 1 / 0)
    page = PageClient(app).get("/fr/urgence")
    assert page.status == 500
    assert set(URGENT) <= set(page.links())
    assert "Traceback" not in page.html
    assert "ZeroDivisionError" not in page.html


@pytest.mark.control("C10")
def test_what_broke_is_logged_without_the_words_of_the_error(
    make_app: Callable[..., Flask], loaded: Path, monkeypatch: pytest.MonkeyPatch, caplog
) -> None:
    """A database says which row broke its rule, with the address in it."""
    app = make_app(loaded)
    app.testing = False
    address = "quelquun@maison.example"

    def broken(lang: str) -> str:
        try:
            raise ValueError(f"Key (email)=({address}) already exists")
        except ValueError as problem:
            raise RuntimeError(address) from problem

    monkeypatch.setitem(app.view_functions, "public.urgent.show", broken)
    assert PageClient(app).get("/fr/urgence").status == 500
    assert "urgent.show: RuntimeError" in caplog.text
    assert "in broken" in caplog.text
    assert "quelquun" not in caplog.text


def test_a_value_that_the_database_refuses_to_look_up_is_a_bad_request(
    make_app: Callable[..., Flask], loaded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(loaded)

    def refused(lang: str) -> str:
        raise DataError("select", {}, ValueError("PostgreSQL text fields cannot contain NUL (0x00) bytes"))

    monkeypatch.setitem(app.view_functions, "public.urgent.show", refused)
    assert PageClient(app).get("/fr/urgence").status == 400


@pytest.mark.parametrize("path", ["/fr/", "/nl/", "/fr/rien", "/nl/diensten/resto-jet"])
@pytest.mark.parametrize("referer", ["http://[", "http://[::1", "\u00e9t\u00e9", "http://a]b/", "//[x"])
def test_where_somebody_comes_from_may_be_no_address_at_all(
    client: PageClient, path: str, referer: str
) -> None:
    page = client.get(path, headers={"Referer": referer})
    assert page.status == (404 if path == "/fr/rien" else 200)


@pytest.mark.parametrize("path", ["/fr/", "/sw.js", "/nl/offline/gids.json", "/favicon.ico"])
def test_a_date_past_all_calendars_stops_nothing(client: PageClient, path: str) -> None:
    late = "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"
    plain = client.get(path)
    assert plain.status == client.get(path, headers={"If-Modified-Since": late}).status
    assert plain.status < 400


@pytest.mark.parametrize(
    "problem",
    [
        IntegrityError("insert", {}, ValueError("Key (email)=(quelquun@maison.example) already exists")),
        StaleDataError("UPDATE statement expected to update 1 row(s); 0 were matched."),
    ],
)
def test_two_acts_that_meet_are_told_and_not_called_a_fault(
    make_app: Callable[..., Flask], loaded: Path, monkeypatch: pytest.MonkeyPatch, caplog, problem: Exception
) -> None:
    app = make_app(loaded)
    app.testing = False

    def overtaken(lang: str) -> str:
        raise problem

    monkeypatch.setitem(app.view_functions, "public.urgent.show", overtaken)
    for path, words in (("/fr/urgence", "se sont croisées"), ("/nl/dringend", "elkaar gekruist")):
        page = PageClient(app).get(path)
        assert page.status == 409
        assert words in page.words
    assert "quelquun" not in caplog.text


def test_who_signs_out_while_her_page_is_made_is_a_visitor(
    make_app: Callable[..., Flask], instance: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In another window, while the counts of her page wait to be written."""
    app = make_app(instance)
    app.testing = False
    editor = someone(app, "editor", "caba-jette")
    flush = Tally.flush

    def signed_out_meanwhile(tally: Tally, now: datetime) -> None:
        with Session(writing(app.extensions["guide"].engine)) as session:
            session.execute(delete(AccountSession))
            session.commit()
        flush(tally, now)

    assert editor.get("/fr/mon-association/").status == 200
    monkeypatch.setattr(Tally, "flush", signed_out_meanwhile)
    page = editor.get("/fr/mon-association/")
    assert page.status == 409
    assert not [form for form in page.all("form") if form.attributes.get("action") == "/fr/deconnexion"]


class Endless:
    """A body without an end; counts what is read of it."""

    def __init__(self) -> None:
        self.taken = 0

    def read(self, size: int = -1) -> bytes:
        assert size > 0
        self.taken += size
        return b"a" * size

    def readline(self, size: int = -1) -> bytes:
        return self.read(size)


@pytest.mark.control("C31")
@pytest.mark.parametrize(
    "path", ["/fr/ma-liste/changer", "/nl/moderatie/vertalingen/fr/bestand", "/nl/inloggen"]
)
@pytest.mark.parametrize("length", [None, str(300 << 20)])
def test_no_server_can_make_the_guide_read_a_body_past_its_limit(
    client: PageClient, path: str, length: str | None
) -> None:
    """Behind gunicorn as well, which hands a body on as it comes."""
    body = Endless()
    said = {"CONTENT_LENGTH": length} if length else {"HTTP_TRANSFER_ENCODING": "chunked"}
    answer = client.http.post(
        path,
        content_type="application/x-www-form-urlencoded",
        environ_overrides={"wsgi.input": body, "wsgi.input_terminated": True, **said},
    )
    assert answer.status_code == (413 if length else 411)
    assert body.taken == 0
    if length:
        words = "texte plus court" if path.startswith("/fr") else "kortere tekst"
        assert words in answer.get_data(as_text=True)
