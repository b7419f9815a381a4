"""The lists and pages of the fiches-relais: who sees what, what may be done when, and what leaves no trace."""

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from guide.model import AuditEntry, Role
from guide.model.referrals import Referral
from guide.publish.qr import qr_svg
from tests.pages import Page, PageClient
from tests.people import someone
from tests.running import MONDAY_MORNING
from tests.web.referral_accounts import CHECK, FOOD, LOOK, OTHER, UNBOUND, WORDS, House, reference_in
from tests.words import of_class

PLANTED = ("Zoraptère", "Quokka")
"""Words of the person's and of the need's part."""


def verbs(relays: House, reference: str) -> list[str]:
    """What the log holds of this fiche, oldest first."""
    with relays.database() as session:
        uid = session.scalars(select(Referral.uid).where(Referral.reference == reference)).one()
        found = select(AuditEntry.verb).where(AuditEntry.object == f"referral:{uid}").order_by(AuditEntry.seq)
        return list(session.scalars(found))


def test_the_receiver_reads_the_need_then_the_person_studies_accepts_and_closes(
    relays: House, reference: str
) -> None:
    waiting = relays.clients["bo"].get(relays.path())
    assert reference in waiting.words
    assert not [word for word in PLANTED if word in waiting.html]
    need = relays.press("read", reference, "bo")
    assert "Quokka" in need.words
    assert "Zoraptère" not in need.html
    assert need.headers["Cache-Control"] == "no-store"
    assert relays.rows() == {reference: "sent"}
    assert "Zoraptère" in relays.press("open_person", reference, "bo").words
    assert relays.rows() == {reference: "seen"}
    assert verbs(relays, reference)[-2:] == ["referral_need_read", "referral_person_read"]
    assert relays.press("study", reference, "bo").status == 303
    form = relays.clients["bo"].get(relays.path("accept", reference))
    refused = relays.clients["bo"].submit(form, "accept", words="85.07.30-033.28")
    assert refused.status == 422
    done = relays.clients["bo"].submit(form, "accept", words="Mardi à 10 heures", appointment="2026-11-24")
    assert done.status == 303
    assert relays.rows() == {reference: "accepted"}
    answer = relays.press("read", reference)
    assert "Mardi à 10 heures" in answer.words
    shown = relays.clients["an"].get(relays.path("", reference))
    assert not [word for word in (*PLANTED, "Mardi à 10") if word in shown.html]
    assert relays.press("close", reference).status == 422
    assert relays.press("close", reference, outcome="met").status == 303
    assert relays.rows() == {reference: "closed"}


def test_a_refusal_needs_a_reason_and_speaks_for_it_when_no_words_are_added(
    relays: House, reference: str
) -> None:
    form = relays.clients["bo"].get(relays.path("decline", reference))
    assert relays.clients["bo"].submit(form, "decline").status == 422
    assert relays.clients["bo"].submit(form, "decline", reason="full").status == 303
    words = relays.say("Plus de place pour le moment", "Op dit moment geen plaats")
    assert words in relays.clients["an"].get(relays.path("", reference)).words
    assert f"{words}." in relays.press("read", reference).words


def test_what_is_no_longer_possible_shows_how_it_stands_now(relays: House, reference: str) -> None:
    relays.press("decline", reference, "bo", reason="full")
    for name, who, values in (
        ("accept", "bo", {"words": "Mardi"}),
        ("decline", "bo", {"reason": "full"}),
        ("study", "bo", {}),
        ("open_person", "bo", {}),
        ("read", "bo", {}),
        ("close", "an", {"outcome": "met"}),
        ("withdraw", "an", {}),
        ("drop", "an", {}),
    ):
        page = relays.press(name, reference, who, **values)
        assert page.status == 409, name
        assert relays.say("Voici où elle en est", "Dit is de stand van zaken") in page.words
    for name, who in (("accept", "bo"), ("withdraw", "an"), ("renew", "an")):
        assert relays.clients[who].get(relays.path(name, reference)).status == 409
    assert relays.rows() == {reference: "declined"}


@pytest.mark.control("C2")
def test_outsiders_and_other_roles_find_nothing_on_any_address(relays: House) -> None:
    """All pairs of two senders and two fiches, a draft among them, on all routes."""
    sent = relays.send()
    other = relays.send(who="cy")
    draft = reference_in(
        relays.clients["an"].submit(relays.blank(), "relay", "etape=garder", conditions=["2"])
    )
    before = relays.rows()
    for who, reference in (("an", other), ("cy", sent), ("cy", draft), ("bo", draft)):
        _finds_nothing(relays, who, reference)
    # The two sides keep to their own buttons.
    for name, who in (("accept", "an"), ("decline", "an"), ("study", "an"), ("open_person", "an")):
        assert relays.press(name, sent, who, reason="full", words="x").status == 404
    for name in ("withdraw", "sheet", "copy", "drop", "contact"):
        assert relays.press(name, sent, "bo").status == 404
    for role in (Role.COORDINATOR, Role.ADMINISTRATOR, Role.EDITOR):
        client = someone(relays.app, role)
        for path in (relays.path(), relays.path("", sent), relays.path("withdraw", sent)):
            assert client.get(path).status == 403
    assert relays.rows() == before


def _finds_nothing(relays: House, who: str, reference: str) -> None:
    """Neither on a page nor behind a button, by whatever route, is this fiche there for her."""
    assert relays.clients[who].get(relays.path("", reference)).status == 404
    assert reference not in relays.clients[who].get(relays.path()).html
    for name in WORDS:
        if name in ("new", "table"):
            continue
        values = {"outcome": "met", "reason": "full", "words": "x"}
        if name == "renew":
            values |= {"way": "oral", "spoken": "fr", "day": "2026-11-23", "expires": "2026-12-01"}
        answer = relays.press(name, reference, who, **values)
        # A form with something left out says so before it looks whose the fiche is; nothing is told.
        assert answer.status == 404, (who, name, answer.status)
        if name in LOOK:
            assert relays.clients[who].get(relays.path(name, reference)).status == 404
    for field in ("brouillon", "handed_on"):
        taken = {"etape": "reprendre", field: reference, "service": "cpas-jette"}
        token = {"_jeton": relays.token(who)}
        assert relays.clients[who].post(relays.path("new"), data=taken | token).status == 404


def test_a_withdrawal_asks_once_and_leaves_nothing(relays: House, reference: str, instance: Path) -> None:
    page = relays.clients["an"].get(relays.path("withdraw", reference))
    assert relays.rows() == {reference: "sent"}
    answer = relays.clients["an"].submit(page, relays.path("withdraw", reference))
    assert answer.status == 303
    assert relays.rows() == {}
    assert relays.clients["an"].get(relays.path("", reference)).status == 404
    assert relays.clients["bo"].get(relays.path("", reference)).status == 404
    said = relays.clients["an"].get(answer.headers["Location"])
    assert relays.say("retirée et effacée", "ingetrokken en gewist") in said.words
    for file in instance.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert not [word for word in PLANTED if word.encode() in content], file


def test_the_person_gets_her_copy_and_everything_in_one_click(relays: House, reference: str) -> None:
    relays.press("open_person", reference, "bo")
    drawn = qr_svg.cache_info()
    copy = relays.press("copy", reference)
    assert reference in copy.words
    assert "<svg" in copy.html
    assert qr_svg.cache_info() == drawn, "her code is kept nowhere"
    assert relays.say("/fr/relais/mon-accord/", "/nl/doorverwijzing/mijn-akkoord/") + reference in copy.words
    assert not [word for word in PLANTED if word in copy.html]
    sheet = relays.press("sheet", reference)
    assert all(word in sheet.words for word in PLANTED)
    assert relays.say("a relu la fiche", "las de fiche opnieuw") in sheet.words
    assert verbs(relays, reference)[-1] == "referral_read"
    text = relays.press("sheet", reference, forme="texte")
    assert all(word in text.html for word in PLANTED)
    assert text.headers["Cache-Control"] == "private, no-store"
    made = json.loads(relays.press("sheet", reference, forme="json").html)
    assert made["content"]["person"]["name"] == "Zoraptère"
    assert [line["event"] for line in made["history"]] == ["send", "open"]
    assert len(made["read"]) == 4


def test_when_the_agreement_lapses_nobody_reads_until_it_is_renewed(relays: House) -> None:
    reference = relays.send(expires="2026-11-23")
    relays.at(MONDAY_MORNING + timedelta(days=1))
    for name, who in (("read", "an"), ("read", "bo"), ("open_person", "bo"), ("sheet", "an")):
        page = relays.press(name, reference, who)
        assert page.status == 409
        assert (
            relays.say(
                "L’accord de la personne est arrivé à sa fin", "akkoord van de persoon geldt niet meer"
            )
            in page.words
        )
        assert not [word for word in PLANTED if word in page.html]
    # She who asks her client anew can reach her; of the rest nothing is read.
    reached = relays.press("contact", reference)
    assert "Zoraptère" in reached.words
    assert "0470" in reached.words
    assert "Quokka" not in reached.html
    assert verbs(relays, reference)[-1] == "referral_contact_read"
    form = relays.clients["an"].get(relays.path("renew", reference))
    assert relays.clients["an"].submit(form, "renew", way="oral", conditions=["1", "2"]).status == 422
    done = relays.clients["an"].submit(
        form, "renew", way="phone", conditions=["1", "2", "3", "4", "5"], expires="2026-12-20"
    )
    assert done.status == 303
    with relays.database() as session:
        made = session.scalars(select(Referral)).one()
        assert str(made.consent_expires) == "2026-12-20"
    assert "Quokka" in relays.press("read", reference, "bo").words


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("le 20 décembre", ("Nous n’avons pas compris cette date", "hebben deze datum niet begrepen")),
        ("2027-12-20", ("dans les 90 jours", "de komende 90 dagen")),
    ],
)
def test_the_day_until_which_she_agrees_anew_is_understood_or_asked_again(
    relays: House, day: str, told: tuple[str, str]
) -> None:
    form = relays.clients["an"].get(relays.path("renew", relays.send()))
    answer = relays.clients["an"].submit(
        form, "renew", way="phone", conditions=["1", "2", "3", "4", "5"], expires=day
    )
    assert answer.status == 422
    assert relays.say(*told) in answer.words
    assert f'value="{day}"' in answer.html, "nothing typed is lost"


def test_the_lists_are_filtered_by_state_and_put_first_what_waits(relays: House) -> None:
    first, second = relays.send(), relays.send()
    relays.press("decline", second, "bo", reason="full")
    page = relays.clients["an"].get(relays.path())
    assert page.words.index(second) < page.words.index(first)
    name = "etat" if relays.lang == "fr" else "stand"
    only = relays.clients["an"].get(f"{relays.path()}?{name}=sent")
    assert first in only.words
    assert second not in only.words


def test_the_table_comes_after_a_warning_and_holds_no_content(relays: House, reference: str) -> None:
    warning = relays.clients["an"].get(relays.path("table"))
    answer = relays.clients["an"].submit(warning, relays.path("table"))
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answer.html.removeprefix("\ufeff")), delimiter=";"))
    assert [row[0] for row in rows[1:]] == [reference]
    assert not [word for word in PLANTED if word in answer.html]


def test_without_its_keys_the_guide_says_so_and_loses_nothing_typed(relays: House, reference: str) -> None:
    relays.app.extensions["guide"].session_info["keys"].path.rename(
        relays.app.extensions["guide"].session_info["keys"].path.with_suffix(".away")
    )
    assert relays.press("read", reference).status == 503
    page = relays.clients["an"].submit(relays.checked(), CHECK, "etape=envoyer")
    assert page.status == 503
    assert "Zoraptère" in page.html
    assert list(relays.rows()) == [reference]


def test_a_worker_filters_the_results_by_who_receives_fiches_relais_and_nobody_else_sees_it(
    relays: House,
) -> None:
    results = relays.say("/fr/services/", "/nl/diensten/")
    name = relays.say("fiche-relais", "doorverwijsfiche")
    words = relays.say("Accepte la fiche-relais", "Aanvaardt de doorverwijsfiche")
    worker = relays.clients["an"]
    shown = worker.get(results)
    address = f"{results}?{name}=1"
    assert [each.attributes["href"] for each in of_class(shown, "chip")].count(address) == 1
    assert f"{words} 3" in shown.words.replace("(", "").replace(")", "")
    only = worker.get(address)
    keys = {key for key in only.keys if key}
    assert keys == {FOOD, OTHER, UNBOUND}
    # With another filter both hold; its own link counts what there is without it.
    both = f"{address}&{relays.say('besoin', 'nood')}=faim"
    assert set(worker.get(both).keys) <= {FOOD, OTHER, UNBOUND}
    assert FOOD in worker.get(both).keys
    outsider = PageClient(relays.app)
    editor = someone(relays.app, Role.EDITOR, "caba-jette")
    for other in (outsider, editor):
        assert words not in other.get(results).words
        assert len(other.get(address).keys) > 3


def roles(page: Page) -> list[str]:
    """The roles of the page's notices; '' for one that is not announced."""
    return [one.attributes.get("role", "") for one in of_class(page, "notice")]


def test_what_became_of_an_act_is_announced_and_what_stood_there_before_is_not(relays: House) -> None:
    name = "enregistre" if relays.lang == "fr" else "opgeslagen"
    reference = relays.send(expires="2026-12-01")
    assert roles(relays.clients["an"].get(f"{relays.path('', reference)}?{name}=sent")) == ["status"]
    assert roles(relays.clients["an"].get(relays.path("", reference))) == []
    relays.press("withdraw", relays.send())
    assert roles(relays.clients["an"].get(f"{relays.path()}?{name}=withdrawn")) == ["status"]
    refused = relays.press("accept", reference, "bo", words="Mardi")
    assert (refused.status, roles(refused)) == (409, ["alert"]), "the sealed part is still closed"
    relays.press("open_person", reference, "bo")
    relays.press("accept", reference, "bo", words="Mardi")
    relays.at(MONDAY_MORNING + timedelta(days=3))
    standing = roles(relays.clients["bo"].get(relays.path("", reference)))
    assert standing
    assert not any(standing), "that the agreement ends is true whoever does what"
