"""Reporting an error: three fields at most, nothing private kept, nobody shut out without a number to call."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.clock import BRUSSELS
from guide.database import writing
from guide.model import ErrorReport, Mail, Service
from tests.pages import Page, PageClient
from tests.people import add_account, signed_in_client
from tests.queries import all_rows
from tests.words import folded

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=BRUSSELS)
FORM = "/fr/services/cpas-jette/signaler-une-erreur"
ADDRESS = "lectrice@lecture.example"


@pytest.fixture
def app(instance: Path, make_app: Callable[..., Flask]) -> Flask:
    return make_app(instance)


def kept(app: Flask) -> list[ErrorReport]:
    with Session(app.extensions["guide"].engine) as session:
        return list(session.scalars(select(ErrorReport).order_by(ErrorReport.id)))


def mails(app: Flask) -> list[Mail]:
    with Session(app.extensions["guide"].engine) as session:
        return list(session.scalars(select(Mail).order_by(Mail.id)))


def sent(visitor: PageClient, path: str = FORM, **values: Any) -> Page:
    return visitor.submit(visitor.get(path), "report", **values)


@pytest.mark.parametrize(
    ("page", "form"),
    [
        ("/fr/services/cpas-jette", FORM),
        ("/nl/diensten/cpas-jette", "/nl/diensten/cpas-jette/fout-melden"),
        ("/fr/aides/tickets-s", "/fr/services/tickets-s/signaler-une-erreur"),
        ("/fr/projets/fiche-relais", "/fr/services/fiche-relais/signaler-une-erreur"),
    ],
)
def test_every_record_leads_to_its_form(client: PageClient, page: str, form: str) -> None:
    assert form in client.get(page).links()
    assert client.get(form).status == 200


@pytest.mark.parametrize(
    ("lang", "form", "done"),
    [
        ("fr", FORM, FORM + "/merci"),
        ("nl", "/nl/diensten/cpas-jette/fout-melden", "/nl/diensten/cpas-jette/fout-melden/bedankt"),
    ],
)
def test_anybody_reports_an_error_without_an_account(app: Flask, lang: str, form: str, done: str) -> None:
    add_account(app, "editor", "cpas-jette")
    add_account(app, "coordinator")
    visitor = PageClient(app)
    answer = sent(visitor, form, part="hours", words="Le mardi, c’est fermé.", address=ADDRESS)
    assert (answer.status, answer.headers["Location"]) == (303, done)
    (report,) = kept(app)
    assert (report.part, report.words, report.address, report.language) == (
        "hours",
        "Le mardi, c’est fermé.",
        ADDRESS,
        lang,
    )
    assert report.created_at == NOW
    assert [mail.kind for mail in mails(app)] == ["error_reported", "error_reported"]
    assert visitor.get(done).status == 200


def test_the_form_has_three_fields_and_warns_not_to_write_private_things(client: PageClient) -> None:
    page = client.get(FORM)
    fields = {
        field.attributes["name"]
        for tag in ("input", "textarea", "select")
        for field in page.all(tag)
        if field.attributes.get("type") != "hidden"
    }
    assert fields == {"part", "words", "address"}
    assert folded("N’écrivez rien de privé") in folded(page.words)
    assert page.headers["Cache-Control"] == "private, no-store"
    assert '<meta name="robots" content="noindex">' in page.html


def test_words_and_address_may_stay_empty(app: Flask) -> None:
    assert sent(PageClient(app), part="phone").status == 303
    (report,) = kept(app)
    assert (report.words, report.address) == ("", None)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "Choisissez ce qui n’est pas juste."),
        ({"part": "name"}, "Choisissez ce qui n’est pas juste."),
        ({"part": "other"}, "Écrivez en quelques mots ce qui n’est pas juste."),
        ({"part": "text", "words": "x" * 501}, "Ce texte a 501 signes. Raccourcissez-le : 500 au plus."),
        ({"part": "text", "words": "93.05.18-223.61"}, "Nous ne gardons pas de numéro national."),
        ({"part": "text", "words": "BE68 5390 0754 7034"}, "Nous ne gardons pas de numéro de compte."),
        ({"part": "text", "address": "lectrice"}, "Nous n’avons pas compris cette adresse."),
    ],
)
def test_what_cannot_be_kept_is_said_at_the_field_and_nothing_is_stored(
    app: Flask, values: dict[str, str], sentence: str
) -> None:
    page = sent(PageClient(app), **values)
    assert page.status == 422
    assert page.title.startswith("Erreur")
    assert folded(sentence) in folded(page.words)
    if values.get("words"):
        assert values["words"] in page.html
    assert kept(app) == []
    assert mails(app) == []


def test_the_switch_of_language_keeps_what_was_typed_and_sends_nothing(app: Flask) -> None:
    visitor = PageClient(app)
    page = visitor.get(FORM)
    token = next(e.attributes["value"] for e in page.all("input") if e.attributes.get("name") == "_jeton")
    dutch = visitor.post(
        "/nl/diensten/cpas-jette/fout-melden",
        data={"_jeton": token, "_langue": "nl", "part": "text", "words": "de tekst is oud"},
    )
    assert dutch.status == 200
    assert "de tekst is oud" in dutch.html
    assert kept(app) == []


@pytest.mark.control("C12")
def test_the_sixth_report_of_an_hour_waits_loses_nothing_and_gives_a_number(
    instance: Path, make_app: Callable[..., Flask]
) -> None:
    app = make_app(instance)
    visitor = PageClient(app)
    for _ in range(5):
        assert sent(visitor, part="phone").status == 303
    page = sent(visitor, part="phone", words="un sixième message")
    assert page.status == 429
    assert int(page.headers["Retry-After"]) == 3600
    assert "un sixième message" in page.html
    assert any(link.startswith("tel:") for link in page.links())
    assert len(kept(app)) == 5
    later = make_app(instance, clock=NOW + timedelta(hours=1))
    assert sent(PageClient(later), part="phone").status == 303


def test_all_addresses_of_one_home_are_one_place(app: Flask) -> None:
    for last in range(5):
        visitor = PageClient(app)
        visitor.http.environ_base["REMOTE_ADDR"] = f"2001:db8:1:2::{last}"
        assert sent(visitor, part="phone").status == 303
    same, other = PageClient(app), PageClient(app)
    same.http.environ_base["REMOTE_ADDR"] = "2001:db8:1:2:ffff::1"
    other.http.environ_base["REMOTE_ADDR"] = "2001:db8:1:3::1"
    assert sent(same, part="phone").status == 429
    assert sent(other, part="phone").status == 303


def test_another_place_is_not_kept_waiting(app: Flask) -> None:
    visitor = PageClient(app)
    for _ in range(5):
        sent(visitor, part="phone")
    elsewhere = PageClient(app)
    elsewhere.http.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    assert sent(elsewhere, part="phone").status == 303


def test_no_address_of_a_machine_is_kept(app: Flask) -> None:
    visitor = PageClient(app)
    visitor.http.environ_base["REMOTE_ADDR"] = "192.0.2.77"
    sent(visitor, part="phone", words="Le numéro ne répond plus.")
    held = all_rows(app.extensions["guide"].engine)
    assert "Le numéro ne répond plus." in held
    assert "192.0.2.77" not in held


def test_a_sensitive_listing_is_reported_in_the_same_way_and_its_title_tells_nothing(app: Flask) -> None:
    with Session(app.extensions["guide"].engine) as session:
        service = session.scalars(select(Service).where(Service.sensitive).order_by(Service.key)).first()
        assert service is not None
        key, name = service.key, service.name.fr
    visitor = PageClient(app)
    path = f"/fr/services/{key}/signaler-une-erreur"
    page = visitor.get(path)
    assert "data-leave" in page.html
    assert str(name) not in page.title
    assert sent(visitor, path, part="phone").status == 303
    assert [report.service_id for report in kept(app)] == [service.id]


@pytest.mark.parametrize("publication", ["draft", "archived"])
def test_what_is_not_public_has_no_form(app: Flask, publication: str) -> None:
    with Session(writing(app.extensions["guide"].engine)) as session:
        session.scalars(select(Service).where(Service.key == "cpas-jette")).one().publication = publication
        session.commit()
    visitor = PageClient(app)
    assert visitor.get(FORM).status == 404
    assert visitor.get(FORM + "/merci").status == 404
    assert visitor.get("/fr/services/nulle-part/signaler-une-erreur").status == 404


def test_the_desk_closes_a_report_and_the_reporter_is_told(app: Flask) -> None:
    sent(PageClient(app), part="phone", address=ADDRESS)
    editor = signed_in_client(app, add_account(app, "editor", "cpas-jette"))
    (report,) = kept(app)
    token = _token(editor)
    answer = editor.post(
        f"/fr/mon-association/signalements/{report.id}",
        data={"_jeton": token, "mended": "yes", "retour": "/fr/plans/"},
    )
    assert (answer.status, answer.headers["Location"]) == (303, "/fr/plans/")
    (closed,) = kept(app)
    assert (closed.mended, closed.address) == (True, None)
    assert closed.closed_at is not None
    assert [(mail.kind, mail.address) for mail in mails(app)] == [("report_closed", ADDRESS)]


@pytest.mark.parametrize(("mended", "button"), [(True, "mended=yes"), (False, "mended=no")])
def test_whoever_looks_after_the_listing_reads_the_report_at_the_desk_and_closes_it_there(
    app: Flask, mended: bool, button: str
) -> None:
    sent(PageClient(app), part="hours", words="Le mardi, c’est fermé.\nVraiment.", address=ADDRESS)
    editor = signed_in_client(app, add_account(app, "editor", "cpas-jette"))
    page = editor.get("/fr/mon-association/")
    assert folded("Le mardi, c’est fermé.") in folded(page.words)
    assert ADDRESS not in page.html
    answer = _pressed(editor, page, button)
    assert (answer.status, answer.headers["Location"]) == (303, "/fr/mon-association/")
    assert folded("Le mardi") not in folded(editor.get("/fr/mon-association/").words)
    assert kept(app)[0].mended is mended


def test_another_organisations_report_is_not_found(app: Flask) -> None:
    sent(PageClient(app), part="phone")
    stranger = signed_in_client(app, add_account(app, "editor", "caba-jette"))
    (report,) = kept(app)
    answer = stranger.post(
        f"/fr/mon-association/signalements/{report.id}", data={"_jeton": _token(stranger), "mended": "no"}
    )
    assert answer.status == 404
    assert kept(app)[0].closed_at is None


def test_a_report_is_not_closed_towards_another_site(app: Flask) -> None:
    sent(PageClient(app), part="phone")
    editor = signed_in_client(app, add_account(app, "editor", "cpas-jette"))
    answer = editor.post(
        f"/fr/mon-association/signalements/{kept(app)[0].id}",
        data={"_jeton": _token(editor), "mended": "no", "retour": "//ailleurs.example/"},
    )
    assert answer.headers["Location"] == "/fr/mon-association/"


def _token(client: PageClient) -> str:
    """The token of this browser's session, from a form that it sees."""
    page = client.get(FORM)
    return next(e.attributes["value"] for e in page.all("input") if e.attributes.get("name") == "_jeton")


def _pressed(client: PageClient, page: Page, button: str) -> Page:
    """Presses the button of a report that sends this hidden value."""
    name, _, value = button.partition("=")
    for form in re.findall(r"<form .*?</form>", page.html, flags=re.S):
        filled = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))
        target = re.search(r'action="([^"]+)"', form)
        if target and "/signalements/" in target[1] and filled.get(name) == value:
            return client.post(target[1], data=filled)
    raise AssertionError(f"no such button: {button}")
