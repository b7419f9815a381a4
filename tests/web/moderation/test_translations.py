"""Texts that wait for a translator: seen side by side, written, called still right, or sent out and taken back."""

import io

import pytest
from babel.messages.pofile import read_po, write_po
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.audit import Edit
from guide.database import writing
from guide.editing import revisions, translations
from guide.editing.listings import record_of, with_values
from guide.model import Account, Revision, Service, TextState
from tests.markup import form_values
from tests.pages import PageClient
from tests.people import add_account, someone
from tests.running import MONDAY_MORNING

KEY = "caba-jette"


@pytest.fixture
def guide_app(instance, make_app) -> Flask:
    app = make_app(instance)
    boss = add_account(app, "coordinator")
    with Session(writing(app.extensions["guide"].engine)) as session:
        session.info["secret_key"] = "x" * 40
        service = session.scalars(select(Service).where(Service.key == KEY)).one()
        values = {"summary.nl": "Een heel andere zin.", "accessibility.fr": "Deux marches."}
        revisions.apply(
            session,
            service,
            with_values(record_of(service), values),
            Edit(session.get_one(Account, boss), MONDAY_MORNING),
        )
        session.commit()
    return app


@pytest.fixture
def boss(guide_app: Flask) -> PageClient:
    return someone(guide_app, "coordinator")


def waiting(guide_app: Flask, side: str) -> dict[str, TextState]:
    with Session(guide_app.extensions["guide"].engine) as session:
        return {
            text.path: text.state
            for text in translations.to_translate(session, side)  # type: ignore[arg-type]
            if text.service.key == KEY
        }


def test_what_is_behind_and_missing_is_listed_with_the_other_side(guide_app: Flask, boss: PageClient) -> None:
    assert waiting(guide_app, "fr") == {"summary.fr": TextState.BEHIND}
    assert waiting(guide_app, "nl")["accessibility.nl"] is TextState.MISSING
    page = boss.get("/fr/moderation/traductions/fr/")
    assert "Een heel andere zin." in page.words
    one = boss.get(f"/nl/moderatie/vertalingen/fr/{KEY}/summary")
    assert one.all("ins")
    assert one.all("del")


def test_a_written_translation_is_current_and_makes_the_other_side_no_older(
    guide_app: Flask, boss: PageClient
) -> None:
    page = boss.get(f"/fr/moderation/traductions/fr/{KEY}/summary")
    assert boss.submit(page, "translate", words="Une tout autre phrase.").status == 303
    assert waiting(guide_app, "fr") == {}
    assert "summary.nl" not in waiting(guide_app, "nl")
    assert "Une tout autre phrase." in PageClient(guide_app).get(f"/fr/services/{KEY}").words


def test_a_text_that_still_says_the_same_is_called_right(guide_app: Flask, boss: PageClient) -> None:
    page = boss.get(f"/fr/moderation/traductions/fr/{KEY}/summary")
    assert boss.submit(page, "translate", button="quoi=juste").status == 303
    assert waiting(guide_app, "fr") == {}


def test_of_two_translators_the_second_gets_both_texts(guide_app: Flask, boss: PageClient) -> None:
    other = someone(guide_app, "coordinator")
    path = f"/fr/moderation/traductions/nl/{KEY}/accessibility"
    first, second = boss.get(path), other.get(path)
    assert boss.submit(first, "translate", words="Twee treden.").status == 303
    late = other.submit(second, "translate", words="2 treden.")
    assert late.status in (303, 422)
    if late.status == 422:
        assert "Twee treden." in late.words
        assert "2 treden." in late.html


def test_what_goes_out_comes_back_and_a_second_time_changes_nothing(
    guide_app: Flask, boss: PageClient
) -> None:
    sent = boss.http.get("/fr/moderation/traductions/nl.po")
    catalogue = read_po(io.BytesIO(sent.data), locale="nl")
    message = catalogue.get("Deux marches.", f"{KEY}.accessibility")
    assert message is not None
    message.string = "Twee treden."
    file = io.BytesIO()
    write_po(file, catalogue)
    page = boss.get("/fr/moderation/traductions/nl/fichier")
    target, values = form_values(page.html, "upload")
    shown = boss.post(
        target,
        data={"_jeton": values["_jeton"][0], "file": (io.BytesIO(file.getvalue()), "nl.po")},
        content_type="multipart/form-data",
    )
    assert shown.status == 200
    assert "Twee treden." in shown.words
    assert "accessibility.nl" in waiting(guide_app, "nl"), "nothing is public before the coordinator agrees"
    assert boss.submit(shown, "take", button="quoi=prendre").status == 303
    assert "accessibility.nl" not in waiting(guide_app, "nl")
    with Session(guide_app.extensions["guide"].engine) as session:
        before = session.query(Revision).count()
    again = boss.post(
        target,
        data={"_jeton": values["_jeton"][0], "file": (io.BytesIO(file.getvalue()), "nl.po")},
        content_type="multipart/form-data",
    )
    assert "est déjà ainsi" in again.words or "sont déjà ainsi" in again.words
    with Session(guide_app.extensions["guide"].engine) as session:
        assert session.query(Revision).count() == before


def test_what_does_not_fit_is_left_aside_and_said(guide_app: Flask, boss: PageClient) -> None:
    po = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgctxt "nulle-part.summary"
msgid "A"
msgstr "B"

msgctxt "caba-jette.accessibility"
msgid "Un ancien prix."
msgstr "Een oude prijs."

msgctxt "caba-jette.short_code"
msgid "x"
msgstr "y"
"""
    page = boss.get("/fr/moderation/traductions/nl/fichier")
    target, values = form_values(page.html, "upload")
    data = {"_jeton": values["_jeton"][0], "file": (io.BytesIO(po.encode()), "nl.po")}
    shown = boss.post(target, data=data, content_type="multipart/form-data")
    assert "n’existe pas" in shown.words
    assert "a changé entre-temps" in shown.words
    assert not shown.html.count('name="quoi" value="prendre"')


@pytest.mark.control("C17")
def test_a_file_that_is_no_po_gets_a_sentence(guide_app: Flask, boss: PageClient) -> None:
    page = boss.get("/nl/moderatie/vertalingen/fr/bestand")
    target, values = form_values(page.html, "upload")
    for content in (b"\xff\xfe\x00", b"PK\x03\x04zip", b"msgid nothing"):
        data = {"_jeton": values["_jeton"][0], "file": (io.BytesIO(content), "x.po")}
        answer = boss.post(target, data=data, content_type="multipart/form-data")
        assert answer.status == 422, content
        assert answer.title.startswith("Fout:")


def test_a_fuzzy_text_comes_back_as_a_draft(guide_app: Flask, boss: PageClient) -> None:
    po = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

#, fuzzy
msgctxt "caba-jette.accessibility"
msgid "Deux marches."
msgstr "Twee treden?"
"""
    page = boss.get("/fr/moderation/traductions/nl/fichier")
    target, values = form_values(page.html, "upload")
    data = {"_jeton": values["_jeton"][0], "file": (io.BytesIO(po.encode()), "nl.po")}
    shown = boss.post(target, data=data, content_type="multipart/form-data")
    assert boss.submit(shown, "take", button="quoi=prendre").status == 303
    assert waiting(guide_app, "nl")["accessibility.nl"] is TextState.DRAFT
