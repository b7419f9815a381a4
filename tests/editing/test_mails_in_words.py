"""What the mails about freshness and errors say, as the receiver reads them; their links lead into the guide."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from guide.audit import Edit
from guide.editing import reports
from guide.editing.reminders import remind, send_again
from guide.languages import LANGUAGES, Bilingual, Language
from guide.mail.outbox import open_sealed
from guide.mail.rendering import text
from guide.model import Mail
from tests import factories
from tests.editing.conftest import NOW, Scenario

SITE = "https://guide.example.be"


def read(scenario: Scenario, kind: str) -> list[tuple[str, str]]:
    """Subject and body of every mail of this kind, no-break spaces as spaces."""
    rows = scenario.session.scalars(select(Mail).where(Mail.kind == kind).order_by(Mail.id)).all()
    for row in rows:
        open_sealed(row, "x" * 40)
    return [
        (subject.replace("\u00a0", " "), body.replace("\u00a0", " "))
        for subject, body in (text(row, SITE) for row in rows)
    ]


def links_in(body: str) -> list[str]:
    return re.findall(r"https?://\S+", body)


def test_a_reminder_shows_the_listing_its_link_and_the_desk(scenario: Scenario) -> None:
    scenario.service.name = Bilingual("Soupe", "Soep")
    scenario.service.phones = [factories.phone("02 422 46 11")]
    scenario.service.assured_date = date(2026, 1, 1)
    scenario.session.flush()
    remind(scenario.session, NOW)
    ((subject, body),) = read(scenario, "reminder")
    assert subject == "Vos fiches sont-elles encore justes ?"
    for words in (
        "Soupe",
        "Un repas chaud.",
        "Téléphone : 02 422 46 11",
        "Confirmé la dernière fois le 1er janvier 2026.",
    ):
        assert words in body
    confirm, desk = links_in(body)
    assert re.fullmatch(rf"{SITE}/fr/confirmer/[\w-]{{43}}", confirm)
    assert desk == f"{SITE}/fr/mon-association/"


def test_a_reminder_names_what_is_too_much_and_what_was_begun(scenario: Scenario) -> None:
    for number in range(6):
        scenario.session.add(
            factories.service(organization=scenario.organization, name=Bilingual(f"Aide {number}", None))
        )
    scenario.session.flush()
    remind(scenario.session, NOW)
    ((_, body),) = read(scenario, "reminder")
    assert "Ces fiches attendent aussi votre réponse :" in body
    assert len(links_in(body)) == 8
    assert "Vous avez commencé" not in body


def test_a_mail_that_was_asked_for_says_so(scenario: Scenario) -> None:
    send_again(scenario.session, scenario.editor.email, NOW)
    ((_, body),) = read(scenario, "reminder")
    assert "Vous avez demandé de nouveaux liens." in body


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("part", reports.PARTS)
def test_who_looks_after_a_listing_reads_which_part_is_wrong_and_where_to_go(
    scenario: Scenario, lang: Language, part: str
) -> None:
    scenario.editor.language = scenario.coordinator.language = lang
    scenario.session.flush()
    reports.report(
        scenario.session, scenario.service, reports.Remark(part, "la porte bleue", None, "fr"), NOW
    )
    editor, coordinator = read(scenario, "error_reported")
    assert "la porte bleue" not in editor[1] + coordinator[1]
    assert str(scenario.service.name.side(lang)) in editor[1]
    listing = "mon-association/services" if lang == "fr" else "mijn-vereniging/diensten"
    assert links_in(editor[1]) == [f"{SITE}/{lang}/{listing}/soupe/"]
    assert links_in(coordinator[1])[0].startswith(f"{SITE}/{lang}/moderati")


def test_each_part_has_its_own_words(scenario: Scenario) -> None:
    bodies = set()
    for part in reports.PARTS:
        reports.report(scenario.session, scenario.service, reports.Remark(part, "", None, "fr"), NOW)
        scenario.session.query(reports.ErrorReport).delete()
    bodies = {body for _, body in read(scenario, "error_reported") if "mon-association" in body}
    assert len(bodies) == len(reports.PARTS)


@pytest.mark.parametrize(("mended", "words"), [(True, "C’est corrigé."), (False, "Nous avons vérifié.")])
def test_the_reporter_reads_what_was_done_and_that_her_address_is_gone(
    scenario: Scenario, mended: bool, words: str
) -> None:
    made = reports.report(
        scenario.session, scenario.service, reports.Remark("phone", "", "lectrice@lecture.example", "fr"), NOW
    )
    reports.close(scenario.session, made, mended, Edit(scenario.editor, NOW))
    ((_, body),) = read(scenario, "report_closed")
    assert words in body
    assert "effacé votre adresse" in body
    assert links_in(body) == [f"{SITE}/s/{scenario.service.short_code}"]
