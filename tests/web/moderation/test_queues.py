"""Work done for several at once: listings confirmed or asked about, errors closed, links and mails decided."""

from datetime import date

import pytest
from sqlalchemy import select

from guide.editing import reports
from guide.model import (
    ErrorReport,
    Fulfilment,
    FulfilmentState,
    Mail,
    MailReason,
    Publication,
    SearchedWord,
    Service,
)
from tests.pages import Page
from tests.running import MONDAY_MORNING
from tests.web.moderating import KEY, Office


def ticks(page: Page, name: str) -> list[str]:
    return [one.attributes["value"] for one in page.all("input") if one.attributes.get("name") == name]


def slice_path(office: Office, french: str, dutch: str) -> str:
    return f"?etat={french}" if office.lang == "fr" else f"?stand={dutch}"


def assure(office: Office, key: str, day: date) -> None:
    with office.database() as session:
        session.scalars(select(Service).where(Service.key == key)).one().assured_date = day


def assured(office: Office, key: str) -> date | None:
    with office.database() as session:
        return session.scalars(select(Service.assured_date).where(Service.key == key)).one()


def complain(office: Office, *words: str) -> None:
    with office.database() as session:
        service = session.scalars(select(Service).where(Service.key == KEY)).one()
        for text in words:
            reports.report(
                session, service, reports.Remark("phone", text, "a@maison.example", "fr"), MONDAY_MORNING
            )


def test_listings_checked_by_phone_are_confirmed_together(office: Office) -> None:
    page = office.open("listings", slice_path(office, "jamais", "nooit"))
    assert KEY in ticks(page, "fiche")
    done = office.boss.submit(
        page, "confirm", button="quoi=confirmer", fiche=[KEY, "cpas-jette", "nulle-part"]
    )
    assert done.status == 303
    assert "nombre=2" in done.headers["Location"]
    assert assured(office, KEY) == assured(office, "cpas-jette") == MONDAY_MORNING.date()
    assert assured(office, "viva-jette") is None
    page = office.boss.get(done.headers["Location"])
    assert "notice-ok" in page.html
    assert KEY not in ticks(page, "fiche"), "and the page stays on the same slice"


def test_each_slice_holds_its_own_and_the_switch_of_language_keeps_it(office: Office) -> None:
    for key, day in ((KEY, "2026-05-01"), ("cpas-jette", "2026-01-01"), ("viva-jette", "2024-06-01")):
        assure(office, key, date.fromisoformat(day))
    held = {
        "a-confirmer": ("te-bevestigen", {KEY}),
        "perimees": ("verouderd", {"cpas-jette", "viva-jette"}),
        "a-retirer": ("weg-te-halen", {"viva-jette"}),
    }
    for french, (dutch, keys) in held.items():
        page = office.open("listings", slice_path(office, french, dutch))
        assert set(ticks(page, "fiche")) == keys, french
        twin = next(
            one.attributes["href"] for one in page.all("a") if one.attributes.get("class") == "switch"
        )
        assert set(ticks(office.boss.get(twin), "fiche")) == keys
    everything = set(ticks(office.open("listings"), "fiche"))
    assert {KEY, "cpas-jette", "viva-jette"} < everything


def test_a_listing_nobody_confirmed_for_a_year_asks_to_be_taken_out(office: Office) -> None:
    assure(office, KEY, date(2024, 6, 1))
    page = office.open("listings", slice_path(office, "a-retirer", "weg-te-halen"))
    folder = office.say(f"/fr/mon-association/services/{KEY}/", f"/nl/mijn-vereniging/diensten/{KEY}/")
    assert folder + office.say("supprimer", "verwijderen") in page.links()


def test_an_archived_listing_is_no_longer_to_be_confirmed(french_office: Office) -> None:
    with french_office.database() as session:
        session.scalars(select(Service).where(Service.key == KEY)).one().publication = Publication.ARCHIVED
    page = french_office.open("listings")
    assert KEY not in ticks(page, "fiche")
    done = french_office.boss.submit(page, "confirm", button="quoi=confirmer", fiche=[KEY])
    assert "nombre=0" in done.headers["Location"]
    assert assured(french_office, KEY) is None


def test_who_looks_after_listings_is_written_to_once_a_month(office: Office) -> None:
    office.editor()
    page = office.open("listings")
    for written, already in ((1, 0), (0, 1)):
        done = office.boss.submit(page, "confirm", button="quoi=rappeler", fiche=[KEY, "viva-jette"])
        assert f"ecrits={written}&deja={already}&seuls=1" in done.headers["Location"]
        assert office.boss.get(done.headers["Location"]).status == 200
    with office.database() as session:
        [mail] = session.query(Mail)
        assert (mail.kind, mail.account_id) == ("reminder", office.editor())


@pytest.mark.parametrize("button", ["quoi=confirmer", "quoi=rappeler"])
def test_nothing_ticked_is_said(office: Office, button: str) -> None:
    page = office.open("listings")
    done = office.boss.submit(page, "confirm", button=button, fiche=None)
    assert "notice-warn" in office.boss.get(done.headers["Location"]).html


def test_several_errors_are_closed_at_once_and_each_reporter_is_told(office: Office) -> None:
    complain(office, "Faux numéro.", "Personne ne répond.", "Autre numéro.")
    page = office.open("reports")
    numbers = ticks(page, "signalement")
    assert len(numbers) == 3
    done = office.boss.submit(page, "close-several", button="quoi=corrige", signalement=numbers[:2])
    assert done.headers["Location"].endswith("fait=2")
    page = office.boss.get(done.headers["Location"])
    assert ticks(page, "signalement") == [] or len(ticks(page, "signalement")) == 1
    assert "Autre numéro." in page.words
    assert "Faux numéro." not in page.words
    with office.database() as session:
        assert [row.mended for row in session.query(ErrorReport).order_by(ErrorReport.id)] == [
            True,
            True,
            None,
        ]
        assert session.query(Mail).filter_by(kind="report_closed").count() == 2


def test_one_error_is_closed_by_its_own_button(office: Office) -> None:
    complain(office, "Faux numéro.")
    page = office.open("reports")
    target = next(
        one.attributes["action"]
        for one in page.all("form")
        if one.attributes["action"].startswith(office.say("/fr/mon-association/", "/nl/mijn-vereniging/"))
    )
    done = office.boss.submit(page, target)
    assert (done.status, done.headers["Location"]) == (303, office.path("reports"))
    assert "Faux numéro." not in office.open("reports").words


def test_a_link_is_confirmed_and_the_coverage_of_the_plan_follows(office: Office) -> None:
    number, reference = office.propose_link("Nous le faisons chaque jour.")
    plan, _slash, key = reference.partition("/")
    action = office.say(f"/fr/plans/{plan}/{key}", f"/nl/plannen/{plan}/{key}")
    table = office.say(f"/fr/plans/{plan}/", f"/nl/plannen/{plan}/") + office.say(
        "?etat=couverte", "?stand=gedekt"
    )
    assert action not in office.public().get(table).links()
    page = office.open("links")
    sent = office.boss.submit(page, f"answer-{number}", button="quoi=confirmer", note="Vu sur place.")
    assert sent.status == 303
    with office.database() as session:
        found = session.get_one(Fulfilment, number)
        assert (found.state, found.decision_note) == (FulfilmentState.CONFIRMED, "Vu sur place.")
    assert "Nous le faisons chaque jour." in office.public().get(action).words
    entry = office.open("journal")
    assert any(link.startswith(action.partition("?")[0]) or KEY in link for link in entry.links())


def test_a_link_is_refused_with_a_note_that_its_author_reads(office: Office) -> None:
    number, _reference = office.propose_link("Nous le faisons chaque jour.")
    page = office.open("links")
    office.boss.submit(page, f"answer-{number}", button="quoi=refuser", note="C’est une autre action.")
    with office.database() as session:
        assert session.get_one(Fulfilment, number).state is FulfilmentState.REFUSED
    folder = office.say(f"/fr/mon-association/services/{KEY}/", f"/nl/mijn-vereniging/diensten/{KEY}/")
    assert "C’est une autre action." in office.boss.get(folder).words


def test_our_own_reading_needs_a_sentence_and_nothing_typed_is_lost(office: Office) -> None:
    with office.database() as session:
        number = session.scalars(
            select(Fulfilment.id).where(
                Fulfilment.basis == "inferred", Fulfilment.state == FulfilmentState.PROPOSED
            )
        ).first()
    page = office.open("links")
    refused = office.boss.submit(page, f"answer-{number}", button="quoi=confirmer", note="Sûrement.")
    assert refused.status == 422
    assert refused.title.startswith(office.say("Erreur", "Fout"))
    fault = next(one for one in refused.all("a") if one.attributes.get("href", "").startswith("#evidence"))
    ids = {one.attributes.get("id") for one in refused.elements}
    assert fault.attributes["href"].removeprefix("#") in ids, "the summary leads to the field"
    assert "Sûrement." in refused.html
    done = office.boss.submit(
        refused, f"answer-{number}", button="quoi=confirmer", evidence_fr="Le service le fait depuis 2020."
    )
    assert done.status == 303


def test_of_two_who_decide_about_a_link_the_second_keeps_her_note(office: Office) -> None:
    number, _reference = office.propose_link("Nous le faisons chaque jour.")
    other = office.colleague()
    first, second = (office.open("links", client=one) for one in (office.boss, other))
    office.boss.submit(first, f"answer-{number}", button="quoi=confirmer")
    late = other.submit(second, f"answer-{number}", button="quoi=refuser", note="Pas sûr.")
    assert late.status == 422
    assert "Pas sûr." in late.words
    with office.database() as session:
        assert session.get_one(Fulfilment, number).state is FulfilmentState.CONFIRMED


@pytest.mark.parametrize("verb", ["renvoyer", "jeter"])
def test_a_mail_that_was_perhaps_not_sent_is_sent_again_or_dropped(office: Office, verb: str) -> None:
    with office.database() as session:
        row = Mail(
            message_id="m",
            kind="reminder",
            language="fr",
            address="a@maison.example",
            content={},
            created_at=MONDAY_MORNING,
            next_try_at=MONDAY_MORNING,
            given_up_at=MONDAY_MORNING,
        )
        session.add(row)
        session.flush()
        number = row.id
    page = office.open("mails")
    assert "a@maison.example" not in page.html, "an address a visitor left is shown to nobody"
    assert "reminder" not in page.words
    done = office.boss.submit(page, office.path("mails"), message=str(number), quoi=verb)
    assert done.headers["Location"].endswith("fait=1")
    with office.database() as session:
        left = session.get(Mail, number)
        assert left is not None
        assert (left.reason is MailReason.DROPPED) == (verb == "jeter") == (left.given_up_at is not None)
    again = office.boss.submit(page, office.path("mails"), message=str(number), quoi=verb)
    assert "notice-warn" in office.boss.get(again.headers["Location"]).html


def test_words_that_found_nothing_stand_on_top(office: Office) -> None:
    with office.database() as session:
        day = MONDAY_MORNING.date()
        session.add(SearchedWord(day=day, language="nl", word="koelkast", count=4, without_result=4))
        session.add(SearchedWord(day=day, language="fr", word="soupe", count=9, without_result=0))
    page = office.open("searches")
    assert page.words.index("koelkast") < page.words.index("soupe")
    assert page.words.count("soupe") == 1
