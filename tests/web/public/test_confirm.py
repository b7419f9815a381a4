"""Confirming from a mail: two clicks without signing in; looking never records, a link works once."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import MetaData, select
from sqlalchemy.orm import Session

from guide.accounts import links
from guide.clock import BRUSSELS
from guide.database import writing
from guide.editing.reminders import remind
from guide.model import Account, AccountState, LinkPurpose, Mail, Service
from tests.mails import content_of
from tests.pages import Page, PageClient
from tests.people import add_account
from tests.words import folded

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=BRUSSELS)
EMAIL = "lectrice@maison.example"


@pytest.fixture
def app(instance: Path, make_app: Callable[..., Flask]) -> Flask:
    made = make_app(instance)
    add_account(made, "editor", "cpas-jette", email=EMAIL)
    return made


def opened(app: Flask) -> Session:
    return Session(writing(app.extensions["guide"].engine), info={"secret_key": app.config["SECRET_KEY"]})


def link(app: Flask, key: str = "cpas-jette", purpose: LinkPurpose = LinkPurpose.CONFIRM) -> str:
    """A token as a reminder carries it."""
    with opened(app) as session:
        account = session.scalars(select(Account).where(Account.email == EMAIL)).one()
        service = session.scalars(select(Service).where(Service.key == key)).one()
        token = links.issue(session, account, purpose, NOW, service=service)
        session.commit()
    return token


def assured(app: Flask, key: str = "cpas-jette") -> date | None:
    with Session(app.extensions["guide"].engine) as session:
        return session.scalars(select(Service.assured_date).where(Service.key == key)).one()


def mails(app: Flask) -> list[Mail]:
    with Session(app.extensions["guide"].engine) as session:
        return list(session.scalars(select(Mail).order_by(Mail.id)))


def everything(app: Flask) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    engine = app.extensions["guide"].engine
    metadata = MetaData()
    metadata.reflect(engine)
    with engine.connect() as connection:
        return {
            name: sorted((tuple(row) for row in connection.execute(table.select())), key=repr)
            for name, table in metadata.tables.items()
        }


@pytest.mark.parametrize(
    ("path", "question", "yes", "changed", "done"),
    [
        (
            "/fr/confirmer/",
            "Cette fiche est-elle encore juste ?",
            "C’est juste",
            "/fr/mon-association/services/cpas-jette/",
            "/fr/confirmer/merci/cpas-jette",
        ),
        (
            "/nl/bevestigen/",
            "Klopt deze fiche nog?",
            "Het klopt",
            "/nl/mijn-vereniging/diensten/cpas-jette/",
            "/nl/bevestigen/bedankt/cpas-jette",
        ),
    ],
)
def test_a_listing_is_confirmed_in_two_clicks_without_signing_in(
    app: Flask, path: str, question: str, yes: str, changed: str, done: str
) -> None:
    reader = PageClient(app)
    page = reader.get(path + link(app))
    assert page.status == 200
    assert folded(question) in folded(page.words)
    assert folded(yes) in folded(page.words)
    assert changed in page.links()
    assert assured(app) is None
    answer = reader.submit(page, "confirm")
    assert (answer.status, answer.headers["Location"]) == (303, done)
    assert assured(app) == NOW.date()
    assert "2026" in reader.get(done).words


def test_the_page_shows_what_the_public_reads(app: Flask) -> None:
    page = PageClient(app).get(f"/fr/confirmer/{link(app)}")
    with Session(app.extensions["guide"].engine) as session:
        service = session.scalars(select(Service).where(Service.key == "cpas-jette")).one()
        for words in (
            service.name.fr,
            service.summary.fr,
            service.phones[0].number,
            service.service_at_locations[0].street.fr,
        ):
            assert folded(str(words)) in folded(page.words)
    assert "Du lundi au vendredi" in page.words


@pytest.mark.control("C7")
def test_looking_ten_times_or_as_a_scanner_does_changes_no_row(app: Flask) -> None:
    token = link(app)
    before = everything(app)
    reader = PageClient(app)
    for path in (
        f"/fr/confirmer/{token}",
        f"/nl/bevestigen/{token}",
        "/fr/confirmer/inconnu",
        "/fr/confirmer/nouveau-lien",
        "/fr/confirmer/nouveau-lien/envoye",
        "/fr/services/cpas-jette/signaler-une-erreur",
        "/fr/services/cpas-jette/signaler-une-erreur/merci",
    ):
        for _ in range(3):
            reader.get(path)
        for method in ("HEAD", "OPTIONS"):
            reader.http.open(path, method=method)
    assert everything(app) == before
    assert reader.submit(reader.get(f"/fr/confirmer/{token}"), "confirm").status == 303


def test_an_answer_without_the_form_of_the_page_is_not_taken(app: Flask) -> None:
    path = f"/fr/confirmer/{link(app)}"
    assert PageClient(app).post(path).status == 400
    assert PageClient(app).post(path, headers={"Sec-Fetch-Site": "cross-site"}).status == 403
    assert assured(app) is None


def test_the_second_answer_explains_itself_and_records_nothing(
    instance: Path, make_app: Callable[..., Flask], app: Flask
) -> None:
    token = link(app)
    reader = PageClient(app)
    page = reader.get(f"/fr/confirmer/{token}")
    assert reader.submit(page, "confirm").status == 303
    later = make_app(instance, clock=NOW + timedelta(hours=30))
    again = PageClient(later).submit(PageClient(later).get(f"/fr/confirmer/{token}"), "new-link", address="")
    assert again.status == 422
    second = reader.submit(page, "confirm")
    assert second.status == 410
    assert folded("Un lien marche une seule fois.") in folded(second.words)
    assert assured(app) == NOW.date()


@pytest.mark.control("C7")
def test_used_expired_unknown_and_foreign_links_give_one_same_page(
    instance: Path, make_app: Callable[..., Flask], app: Flask
) -> None:
    used, old, reset = link(app), link(app), link(app, purpose=LinkPurpose.RESET)
    first = PageClient(app)
    first.submit(first.get(f"/fr/confirmer/{used}"), "confirm")
    later = PageClient(make_app(instance, clock=NOW + timedelta(days=30)))
    pages = [later.get(f"/fr/confirmer/{token}") for token in (used, old, reset, "inconnu", "x" * 500)]
    assert {page.status for page in pages} == {410}
    assert len({_plain(page) for page in pages}) == 1
    assert assured(app) == NOW.date()


def test_a_link_dies_with_the_right_to_edit(app: Flask) -> None:
    token = link(app)
    page = PageClient(app).get(f"/fr/confirmer/{token}")
    with opened(app) as session:
        session.scalars(select(Account).where(Account.email == EMAIL)).one().state = AccountState.DISABLED
        session.commit()
    assert PageClient(app).submit(page, "confirm").status == 410
    assert PageClient(app).get(f"/fr/confirmer/{token}").status == 410
    assert assured(app) is None


def test_a_page_with_a_link_is_kept_and_found_by_nobody(app: Flask) -> None:
    reader, token = PageClient(app), link(app)
    for path in (f"/fr/confirmer/{token}", "/fr/confirmer/inconnu", "/fr/confirmer/nouveau-lien"):
        page = reader.get(path)
        assert "no-store" in page.headers["Cache-Control"]
        assert '<meta name="robots" content="noindex">' in page.html
        assert "Set-Cookie" not in page.headers


def test_the_token_stands_in_no_log(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    token = link(app)
    reader = PageClient(app)
    with caplog.at_level("DEBUG"):
        page = reader.get(f"/fr/confirmer/{token}")
        reader.submit(page, "confirm")
        reader.submit(page, "confirm")
        reader.get(f"/fr/confirmer/{token}")
    assert token not in caplog.text


def test_an_editor_gets_new_links_at_the_address_on_file(app: Flask) -> None:
    reader = PageClient(app)
    page = reader.get("/fr/confirmer/inconnu")
    answer = reader.submit(page, "new-link", address=EMAIL.upper())
    assert (answer.status, answer.headers["Location"]) == (303, "/fr/confirmer/nouveau-lien/envoye")
    (mail,) = mails(app)
    assert (mail.kind, mail.address) == ("reminder", None)
    token = content_of(mail)["listings"][0]["token"]
    assert reader.get(f"/fr/confirmer/{token}").status == 200


@pytest.mark.control("C13")
def test_everybody_gets_the_same_answer_and_only_an_editor_a_mail(app: Flask) -> None:
    add_account(app, "coordinator", email="coordination@maison.example")
    answers = []
    for address in (EMAIL, "inconnue@ailleurs.example", "coordination@maison.example"):
        reader = PageClient(app)
        answer = reader.submit(reader.get("/fr/confirmer/nouveau-lien"), "new-link", address=address)
        answers.append((answer.status, answer.headers["Location"], answer.html))
    assert len(set(answers)) == 1
    assert len(mails(app)) == 1


def test_an_address_that_is_none_is_said_so(app: Flask) -> None:
    reader = PageClient(app)
    for address in ("", "lectrice"):
        page = reader.submit(reader.get("/fr/confirmer/nouveau-lien"), "new-link", address=address)
        assert page.status == 422
        assert page.title.startswith("Erreur")


def test_of_one_address_three_questions_an_hour_send_something(app: Flask) -> None:
    for _ in range(5):
        reader = PageClient(app)
        answer = reader.submit(reader.get("/fr/confirmer/nouveau-lien"), "new-link", address=EMAIL)
        assert answer.status == 303
    assert len(mails(app)) == 3


def test_a_place_that_asks_too_often_waits_and_gets_a_number_to_call(app: Flask) -> None:
    reader = PageClient(app)
    for number in range(11):
        answer = reader.submit(
            reader.get("/fr/confirmer/nouveau-lien"), "new-link", address=f"p{number}@ailleurs.example"
        )
    assert answer.status == 429
    assert int(answer.headers["Retry-After"]) == 3600
    assert any(target.startswith("tel:") for target in answer.links())


def test_from_the_reminder_to_the_public_page(app: Flask) -> None:
    with opened(app) as session:
        remind(session, NOW)
        session.commit()
    (mail,) = mails(app)
    listing = next(item for item in content_of(mail)["listings"] if "facts" in item)
    reader = PageClient(app)
    page = reader.get(f"/fr/confirmer/{listing['token']}")
    assert folded(listing["name"]) in folded(page.words)
    done = reader.get(reader.submit(page, "confirm").headers["Location"])
    key = done.response.request.path.rpartition("/")[2]
    public = next(target for target in done.links() if target in (f"/fr/services/{key}", f"/fr/aides/{key}"))
    assert folded("Confirmé le 23 novembre 2026.") in folded(reader.get(public).words)


def _plain(page: Page) -> str:
    """The words of a page, and its form without the token that changes."""
    return folded(page.words)
