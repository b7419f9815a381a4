"""The lists and pages of the fiches-relais: who sees what, what may be done when, and what leaves no trace."""

import csv
import io
import json
import re
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
from tests.web.referral_accounts import CHECK, FOOD, LOOK, OTHER, UNBOUND, WORDS, ReferralSite, reference_in
from tests.words import of_class

PLANTED = ("Zoraptère", "Quokka")
"""Words of the person's and of the need's part."""


def verbs(site: ReferralSite, reference: str) -> list[str]:
    """What the log holds of this fiche, oldest first."""
    with site.database() as session:
        uid = session.scalars(select(Referral.uid).where(Referral.reference == reference)).one()
        found = select(AuditEntry.verb).where(AuditEntry.object == f"referral:{uid}").order_by(AuditEntry.seq)
        return list(session.scalars(found))


def test_the_receiver_reads_the_need_then_the_person_studies_accepts_and_closes(
    site: ReferralSite, reference: str
) -> None:
    waiting = site.clients["bo"].get(site.path())
    assert reference in waiting.words
    assert not [word for word in PLANTED if word in waiting.html]
    need = site.press("read", reference, "bo")
    assert "Quokka" in need.words
    assert "Zoraptère" not in need.html
    assert need.headers["Cache-Control"] == "no-store"
    assert site.rows() == {reference: "sent"}
    assert "Zoraptère" in site.press("open_person", reference, "bo").words
    assert site.rows() == {reference: "seen"}
    assert verbs(site, reference)[-2:] == ["referral_need_read", "referral_person_read"]
    assert site.press("study", reference, "bo").status == 303
    form = site.clients["bo"].get(site.path("accept", reference))
    refused = site.clients["bo"].submit(form, "accept", words="85.07.30-033.28")
    assert refused.status == 422
    done = site.clients["bo"].submit(form, "accept", words="Mardi à 10 heures", appointment="2026-11-24")
    assert done.status == 303
    assert site.rows() == {reference: "accepted"}
    answer = site.press("read", reference)
    assert "Mardi à 10 heures" in answer.words
    shown = site.clients["an"].get(site.path("", reference))
    assert not [word for word in (*PLANTED, "Mardi à 10") if word in shown.html]
    assert site.press("close", reference).status == 422
    assert site.press("close", reference, outcome="met").status == 303
    assert site.rows() == {reference: "closed"}


def test_a_refusal_needs_a_reason_and_speaks_for_it_when_no_words_are_added(
    site: ReferralSite, reference: str
) -> None:
    form = site.clients["bo"].get(site.path("decline", reference))
    assert site.clients["bo"].submit(form, "decline").status == 422
    assert site.clients["bo"].submit(form, "decline", reason="full").status == 303
    words = site.say("Plus de place pour le moment", "Op dit moment geen plaats")
    assert words in site.clients["an"].get(site.path("", reference)).words
    assert f"{words}." in site.press("read", reference).words


def test_what_is_no_longer_possible_shows_how_it_stands_now(site: ReferralSite, reference: str) -> None:
    site.press("decline", reference, "bo", reason="full")
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
        page = site.press(name, reference, who, **values)
        assert page.status == 409, name
        assert site.say("Voici où elle en est", "Dit is de stand van zaken") in page.words
    for name, who in (("accept", "bo"), ("withdraw", "an"), ("renew", "an")):
        assert site.clients[who].get(site.path(name, reference)).status == 409
    assert site.rows() == {reference: "declined"}


@pytest.mark.control("C2")
def test_outsiders_and_other_roles_find_nothing_on_any_address(site: ReferralSite) -> None:
    """All pairs of two senders and two fiches, a draft among them, on all routes."""
    sent = site.send()
    other = site.send(who="cy")
    draft = reference_in(site.clients["an"].submit(site.blank(), "relay", "etape=garder", conditions=["2"]))
    before = site.rows()
    for who, reference in (("an", other), ("cy", sent), ("cy", draft), ("bo", draft)):
        _finds_nothing(site, who, reference)
    # The two sides keep to their own buttons.
    for name, who in (("accept", "an"), ("decline", "an"), ("study", "an"), ("open_person", "an")):
        assert site.press(name, sent, who, reason="full", words="x").status == 404
    for name in ("withdraw", "sheet", "copy", "drop", "contact"):
        assert site.press(name, sent, "bo").status == 404
    for role in (Role.COORDINATOR, Role.ADMINISTRATOR, Role.EDITOR):
        client = someone(site.app, role)
        for path in (site.path(), site.path("", sent), site.path("withdraw", sent)):
            assert client.get(path).status == 403
    assert site.rows() == before


def _finds_nothing(site: ReferralSite, who: str, reference: str) -> None:
    """Neither on a page nor behind a button, by whatever route, is this fiche there for her."""
    assert site.clients[who].get(site.path("", reference)).status == 404
    assert reference not in site.clients[who].get(site.path()).html
    for name in WORDS:
        if name in ("new", "table"):
            continue
        values = {"outcome": "met", "reason": "full", "words": "x"}
        if name == "renew":
            values |= {"way": "oral", "spoken": "fr", "day": "2026-11-23", "expires": "2026-12-01"}
        answer = site.press(name, reference, who, **values)
        # A form with something left out says so before it looks whose the fiche is; nothing is told.
        assert answer.status == 404, (who, name, answer.status)
        if name in LOOK:
            assert site.clients[who].get(site.path(name, reference)).status == 404
    for field in ("brouillon", "handed_on"):
        taken = {"etape": "reprendre", field: reference, "service": "cpas-jette"}
        token = {"_jeton": site.token(who)}
        assert site.clients[who].post(site.path("new"), data=taken | token).status == 404


def test_a_withdrawal_asks_once_and_leaves_nothing(
    site: ReferralSite, reference: str, instance: Path
) -> None:
    page = site.clients["an"].get(site.path("withdraw", reference))
    assert site.rows() == {reference: "sent"}
    answer = site.clients["an"].submit(page, site.path("withdraw", reference))
    assert answer.status == 303
    assert site.rows() == {}
    assert site.clients["an"].get(site.path("", reference)).status == 404
    assert site.clients["bo"].get(site.path("", reference)).status == 404
    said = site.clients["an"].get(answer.headers["Location"])
    assert site.say("retirée et effacée", "ingetrokken en gewist") in said.words
    for file in instance.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert not [word for word in PLANTED if word.encode() in content], file


def test_the_person_gets_her_copy_and_everything_in_one_click(site: ReferralSite, reference: str) -> None:
    site.press("open_person", reference, "bo")
    drawn = qr_svg.cache_info()
    copy = site.press("copy", reference)
    assert reference in copy.words
    assert "<svg" in copy.html
    assert qr_svg.cache_info() == drawn, "her code is kept nowhere"
    assert site.say("/fr/relais/mon-accord/", "/nl/doorverwijzing/mijn-akkoord/") + reference in copy.words
    assert not [word for word in PLANTED if word in copy.html]
    sheet = site.press("sheet", reference)
    assert all(word in sheet.words for word in PLANTED)
    assert site.say("a relu la fiche", "las de fiche opnieuw") in sheet.words
    assert verbs(site, reference)[-1] == "referral_read"
    text = site.press("sheet", reference, forme="texte")
    assert all(word in text.html for word in PLANTED)
    assert text.headers["Cache-Control"] == "private, no-store"
    made = json.loads(site.press("sheet", reference, forme="json").html)
    assert made["content"]["person"]["name"] == "Zoraptère"
    assert [line["event"] for line in made["history"]] == ["send", "open"]
    assert len(made["read"]) == 4


def test_when_the_agreement_lapses_nobody_reads_until_it_is_renewed(site: ReferralSite) -> None:
    reference = site.send(expires="2026-11-23")
    site.at(MONDAY_MORNING + timedelta(days=1))
    for name, who in (("read", "an"), ("read", "bo"), ("open_person", "bo"), ("sheet", "an")):
        page = site.press(name, reference, who)
        assert page.status == 409
        assert (
            site.say("L’accord de la personne est arrivé à sa fin", "akkoord van de persoon geldt niet meer")
            in page.words
        )
        assert not [word for word in PLANTED if word in page.html]
    # She who asks her client anew can reach her; of the rest nothing is read.
    reached = site.press("contact", reference)
    assert "Zoraptère" in reached.words
    assert "0470" in reached.words
    assert "Quokka" not in reached.html
    assert verbs(site, reference)[-1] == "referral_contact_read"
    form = site.clients["an"].get(site.path("renew", reference))
    assert site.clients["an"].submit(form, "renew", way="oral", conditions=["1", "2"]).status == 422
    done = site.clients["an"].submit(
        form, "renew", way="phone", conditions=["1", "2", "3", "4", "5"], expires="2026-12-20"
    )
    assert done.status == 303
    with site.database() as session:
        made = session.scalars(select(Referral)).one()
        assert str(made.consent_expires) == "2026-12-20"
    assert "Quokka" in site.press("read", reference, "bo").words


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("le 20 décembre", ("Nous n’avons pas compris cette date", "hebben deze datum niet begrepen")),
        ("2027-12-20", ("dans les 90 jours", "de komende 90 dagen")),
    ],
)
def test_the_day_until_which_she_agrees_anew_is_understood_or_asked_again(
    site: ReferralSite, day: str, told: tuple[str, str]
) -> None:
    form = site.clients["an"].get(site.path("renew", site.send()))
    answer = site.clients["an"].submit(
        form, "renew", way="phone", conditions=["1", "2", "3", "4", "5"], expires=day
    )
    assert answer.status == 422
    assert site.say(*told) in answer.words
    assert f'value="{day}"' in answer.html, "nothing typed is lost"


def test_the_day_that_is_shown_as_an_example_is_taken_in_any_year(site: ReferralSite) -> None:
    site.at(MONDAY_MORNING + timedelta(days=45))
    form = site.clients["an"].get(site.path("renew", site.send()))
    consent = {"way": "phone", "conditions": ["1", "2", "3", "4", "5"]}
    refused = site.clients["an"].submit(form, "renew", **consent, expires="en mars")
    [example] = set(re.findall(r"\d\d/\d\d/\d{4}", refused.words))
    assert site.clients["an"].submit(refused, "renew", **consent, expires=example).status == 303


def test_the_lists_are_filtered_by_state_and_put_first_what_waits(site: ReferralSite) -> None:
    first, second = site.send(), site.send()
    site.press("decline", second, "bo", reason="full")
    page = site.clients["an"].get(site.path())
    assert page.words.index(second) < page.words.index(first)
    name = "etat" if site.lang == "fr" else "stand"
    only = site.clients["an"].get(f"{site.path()}?{name}=sent")
    assert first in only.words
    assert second not in only.words


def test_the_table_comes_after_a_warning_and_holds_no_content(site: ReferralSite, reference: str) -> None:
    warning = site.clients["an"].get(site.path("table"))
    answer = site.clients["an"].submit(warning, site.path("table"))
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answer.html.removeprefix("\ufeff")), delimiter=";"))
    assert [row[0] for row in rows[1:]] == [reference]
    assert not [word for word in PLANTED if word in answer.html]


def test_without_its_keys_the_guide_says_so_and_loses_nothing_typed(
    site: ReferralSite, reference: str
) -> None:
    site.app.extensions["guide"].session_info["keys"].path.rename(
        site.app.extensions["guide"].session_info["keys"].path.with_suffix(".away")
    )
    assert site.press("read", reference).status == 503
    page = site.clients["an"].submit(site.checked(), CHECK, "etape=envoyer")
    assert page.status == 503
    assert "Zoraptère" in page.html
    assert list(site.rows()) == [reference]


def test_a_worker_filters_the_results_by_who_receives_fiches_relais_and_nobody_else_sees_it(
    site: ReferralSite,
) -> None:
    results = site.say("/fr/services/", "/nl/diensten/")
    name = site.say("fiche-relais", "doorverwijsfiche")
    words = site.say("Accepte la fiche-relais", "Aanvaardt de doorverwijsfiche")
    worker = site.clients["an"]
    shown = worker.get(results)
    address = f"{results}?{name}=1"
    assert [each.attributes["href"] for each in of_class(shown, "chip")].count(address) == 1
    assert f"{words} 3" in shown.words.replace("(", "").replace(")", "")
    only = worker.get(address)
    keys = {key for key in only.keys if key}
    assert keys == {FOOD, OTHER, UNBOUND}
    # With another filter both hold; its own link counts what there is without it.
    both = f"{address}&{site.say('besoin', 'nood')}=faim"
    assert set(worker.get(both).keys) <= {FOOD, OTHER, UNBOUND}
    assert FOOD in worker.get(both).keys
    outsider = PageClient(site.app)
    editor = someone(site.app, Role.EDITOR, "caba-jette")
    for other in (outsider, editor):
        assert words not in other.get(results).words
        assert len(other.get(address).keys) > 3


def roles(page: Page) -> list[str]:
    """The roles of the page's notices; '' for one that is not announced."""
    return [one.attributes.get("role", "") for one in of_class(page, "notice")]


def test_what_became_of_an_act_is_announced_and_what_stood_there_before_is_not(site: ReferralSite) -> None:
    name = "enregistre" if site.lang == "fr" else "opgeslagen"
    reference = site.send(expires="2026-12-01")
    assert roles(site.clients["an"].get(f"{site.path('', reference)}?{name}=sent")) == ["status"]
    assert roles(site.clients["an"].get(site.path("", reference))) == []
    site.press("withdraw", site.send())
    assert roles(site.clients["an"].get(f"{site.path()}?{name}=withdrawn")) == ["status"]
    refused = site.press("accept", reference, "bo", words="Mardi")
    assert (refused.status, roles(refused)) == (409, ["alert"]), "the sealed part is still closed"
    site.press("open_person", reference, "bo")
    site.press("accept", reference, "bo", words="Mardi")
    site.at(MONDAY_MORNING + timedelta(days=3))
    standing = roles(site.clients["bo"].get(site.path("", reference)))
    assert standing
    assert not any(standing), "that the agreement ends is true whoever does what"
