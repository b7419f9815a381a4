"""An account that closes on screen: what the page says before, who holds what after, and what each side reads."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from guide.languages import Language
from guide.model import Account, Mail, MailReason, Role
from guide.model.referrals import Referral
from guide.referrals import holding
from tests.people import someone
from tests.running import MONDAY_MORNING
from tests.web.moderating import PATHS
from tests.web.referral_accounts import CHECK, ReferralSite, accounts, close, press_close
from tests.web.referral_links import NEED_WORDS, PERSON_WORDS, LinkSite

PLANTED = ("Zoraptère", "Quokka", "0470 12 34 56", "+32470123456")
KNOWS = ("Le travailleur social", "De maatschappelijk werker")


@pytest.fixture
def link_site(lang: Language, instance: Path, make_app: Callable[..., Flask]) -> LinkSite:
    return LinkSite(instance, make_app, lang)


def name(site: ReferralSite, who: str) -> str:
    with site.database() as session:
        return session.get_one(Account, site.numbers[who]).name


def test_closing_says_first_what_becomes_of_the_fiches_and_signs_out_at_once(site: ReferralSite) -> None:
    boss = someone(site.app, Role.COORDINATOR)
    named = site.send(substitute=str(site.numbers["cy"]))
    waits = site.send()
    site.press("decline", waits, "bo", reason="full")
    asked = press_close(site, boss)
    assert asked.status == 200
    assert site.say("1 fiche est ouverte", "1 fiche staat open") in asked.words
    assert site.say("1 fiche est refusée", "1 fiche is geweigerd") in asked.words
    assert site.say("1 fiche passe à la personne", "1 fiche gaat naar de vervanger") in asked.words
    assert site.say("1 fiche attend : personne", "1 fiche wacht: niemand volgt") in asked.words
    assert site.clients["an"].get(site.path()).status == 200, "nothing is done yet"
    third = site.send()
    again = boss.submit(asked, accounts(site, site.numbers["an"]))
    assert again.status == 200, "it changed since: she is asked again"
    assert site.say("2 fiches sont ouvertes", "2 fiches staan open") in again.words
    done = boss.submit(again, accounts(site, site.numbers["an"]))
    assert done.status == 303
    said = boss.get(done.headers["Location"])
    assert site.say("1 fiche-relais passe", "1 doorverwijsfiche gaat") in said.words
    assert site.say("2 fiches-relais attendent", "2 doorverwijsfiches wachten") in said.words
    assert PATHS["referrals"][site.lang] in said.links()
    assert site.clients["an"].get(site.path()).status == 303
    listed = boss.get(PATHS["referrals"][site.lang])
    assert waits in listed.words
    assert third in listed.words
    assert named not in listed.words


def test_the_substitute_is_named_to_the_person_and_holds_it_after_and_not_before(site: ReferralSite) -> None:
    boss, substitute = someone(site.app, Role.COORDINATOR), name(site, "cy")
    check = site.checked(substitute=str(site.numbers["cy"]))
    assert substitute in check.words
    reference = site.send(substitute=str(site.numbers["cy"]))
    assert substitute in site.press("copy", reference).words
    assert substitute in site.press("sheet", reference).words
    assert substitute in site.clients["an"].get(site.path("", reference)).words
    for button in ("read", "contact", "sheet", "copy", "withdraw"):
        assert site.press(button, reference, "cy").status == 404
    assert site.clients["cy"].get(site.path("", reference)).status == 404
    close(site, boss)
    assert reference in site.clients["cy"].get(site.path()).words
    assert (
        site.say("ne suit plus votre demande", "uw vraag niet meer opvolgt")
        not in site.press("copy", reference, "cy").words
    )
    read = site.press("read", reference, "cy")
    assert all(word in read.words for word in ("Zoraptère", "Quokka"))
    receiver = site.press("open_person", reference, "bo")
    assert substitute in receiver.words
    assert site.say("maintenant", "nu") in receiver.words
    # She who held it is let in again, and finds what is still hers.
    page = boss.get(accounts(site))
    with site.database() as session:
        session.get_one(Account, site.numbers["an"]).password_hash = "x"
    assert boss.submit(page, accounts(site, site.numbers["an"]), "quoi=rouvrir").status == 303
    site.at(MONDAY_MORNING)
    for button in ("read", "contact", "sheet", "copy", "withdraw", "close"):
        assert site.press(button, reference, "an", outcome="met").status == 404
    sheet = site.press("sheet", reference, "cy").words
    assert name(site, "an") in sheet, "who read it before stays named"


def test_who_is_no_colleague_cannot_be_named(site: ReferralSite) -> None:
    check = site.checked(substitute=str(site.numbers["cy"]))
    for wrong in ("bo", "an"):
        page = site.clients["an"].submit(check, CHECK, "etape=envoyer", substitute=str(site.numbers[wrong]))
        assert page.status == 422
        assert 'id="substitute-error"' in page.html
        assert "Zoraptère" in page.html, "nothing typed is lost"
    with site.database() as session:
        holding.close_account(
            session, session.get_one(Account, site.numbers["cy"]), MONDAY_MORNING, "command"
        )
    page = site.clients["an"].submit(check, CHECK, "etape=envoyer")
    assert page.status == 422
    assert site.rows() == {}


def test_a_new_word_from_the_person_names_a_substitute_for_a_fiche_that_was_sent(
    site: ReferralSite, reference: str
) -> None:
    form = site.clients["an"].get(site.path("renew", reference))
    values = {"way": "oral", "conditions": ["1", "2", "3", "4", "5"]}
    done = site.clients["an"].submit(form, "renew", substitute=str(site.numbers["cy"]), **values)
    assert done.status == 303
    assert name(site, "cy") in site.clients["an"].get(site.path("", reference)).words
    again = site.clients["an"].get(site.path("renew", reference))
    assert site.clients["an"].submit(again, "renew", **values).status == 303
    with site.database() as session:
        made = session.scalars(select(Referral)).one()
        assert made.substitute is not None
        assert made.substitute.id == site.numbers["cy"], "the form keeps whom she had named"


def test_the_receiver_with_an_account_never_reads_that_somebody_knows_who_was_not_told(
    site: ReferralSite,
) -> None:
    with_boss = [False, True]
    for boss_there in with_boss:
        references = [site.send(), site.send()]
        with site.database() as session:
            account = session.get_one(Account, site.numbers["an"])
            holding.close_account(session, account, MONDAY_MORNING, "command")
        pages = [site.clients["bo"].get(site.path("", references[0]))]
        pages.append(site.press("read", references[0], "bo"))
        pages.append(site.press("open_person", references[0], "bo"))
        pages.append(site.clients["bo"].get(site.path("decline", references[1])))
        for button, reference, values in (
            ("study", references[0], {}),
            ("accept", references[0], {"words": "Mardi"}),
            ("decline", references[1], {"reason": "full"}),
        ):
            answer = site.press(button, reference, "bo", **values)
            pages.append(site.clients["bo"].get(answer.headers["Location"]))
        hears = site.say("La coordination du guide voit", "De coördinatie van de gids ziet")
        for page in pages:
            assert (hears in page.words) is boss_there
            found = [word for word in KNOWS if word in page.words.replace("au travailleur", "")]
            assert not found, page.words
        someone(site.app, Role.COORDINATOR)
        with site.database() as session:
            session.get_one(Account, site.numbers["an"]).state = "active"
        site.at(MONDAY_MORNING)


def test_the_receiver_by_a_link_reads_who_was_told(link_site: LinkSite) -> None:
    accepted, declined = link_site.send(), link_site.send()
    clients = {reference: link_site.come_in(reference) for reference in (accepted, declined)}
    with link_site.database() as session:
        holding.close_account(session, session.get_one(Account, link_site.worker), link_site.now, "command")
    pages = []
    for boss_there in (False, True):
        for reference, client in clients.items():
            pages += [client.get(link_site.path(reference))]
            if link_site.state(reference) in ("sent", "seen", "accepted"):
                pages += [link_site.read(client, reference)]
        if not boss_there:
            link_site.read(clients[accepted], accepted, "open")
            form = clients[accepted].get(link_site.path(accepted, "accept"))
            assert (
                link_site.say("Personne ne suit plus cette fiche", "Niemand volgt deze fiche nog op")
                in form.words
            )
            clients[accepted].submit(form, "answer", words="Mardi", appointment="")
            form = clients[declined].get(link_site.path(declined, "decline"))
            clients[declined].submit(form, "answer", reason="full")
            for reference, client in clients.items():
                page = client.get(link_site.path(reference))
                assert link_site.say("personne d’autre ne reçoit", "niemand anders krijgt") in page.words
            someone(link_site.app, Role.COORDINATOR)
    for reference, client in clients.items():
        page = client.get(link_site.path(reference))
        assert (
            link_site.say("La coordination du guide le voit", "De coördinatie van de gids ziet dat")
            in page.words
        )
    for page in pages:
        for words in (
            "Le travailleur social le voit",
            "Le travailleur social attend",
            "De maatschappelijk werker ziet",
            "De maatschappelijk werker wacht",
        ):
            assert words not in page.words


def test_who_takes_over_is_named_to_the_receiver_by_a_link(link_site: LinkSite) -> None:
    with link_site.database() as session:
        worker = session.get_one(Account, link_site.worker)
        other = Account(
            email="releve@maison.example",
            name="Relève Oméga",
            language="fr",
            role=Role.SOCIAL_WORKER,
            state="active",
            phone="02 423 99 99",
            created_at=link_site.now,
            memberships=[type(worker.memberships[0])(organization=worker.organizations[0])],
        )
        session.add(other)
        session.flush()
        number = other.id
    reference = link_site.send()
    with link_site.database() as session:
        referral = session.scalars(select(Referral)).one()
        referral.substitute = session.get_one(Account, number)
        holding.close_account(session, session.get_one(Account, link_site.worker), link_site.now, "command")
    client = link_site.come_in(reference)
    assert link_site.say("Le travailleur social attend", "De maatschappelijk werker wacht") in (
        client.get(link_site.path(reference)).words
    )
    page = link_site.read(client, reference)
    assert "Relève Oméga" in page.words
    assert "tel:+3224239999" in page.links()
    assert "tel:+3224231234" not in page.links()


def test_an_agreement_that_ends_before_the_appointment_is_said_at_once_to_both(site: ReferralSite) -> None:
    reference = site.send(expires="2026-12-01")
    site.press("open_person", reference, "bo")
    form = site.clients["bo"].get(site.path("accept", reference))
    until = site.say("vaut jusqu’au 1er décembre", "geldt tot 1 december")
    assert until in form.words
    done = site.clients["bo"].submit(form, "accept", words="Mardi", appointment="2026-12-08")
    page = site.clients["bo"].get(done.headers["Location"])
    both = site.say("le rendez-vous est le 8 décembre", "de afspraak is op 8 december")
    assert both in page.words
    mine = site.clients["an"].get(site.path("", reference))
    assert both in mine.words
    assert site.path("renew", reference) in mine.links()
    renew = site.clients["an"].get(site.path("renew", reference))
    values = {"way": "phone", "conditions": ["1", "2", "3", "4", "5"], "expires": "2026-12-20"}
    assert site.clients["an"].submit(renew, "renew", **values).status == 303
    assert both not in site.clients["an"].get(site.path("", reference)).words


def test_a_week_before_the_end_both_pages_say_so(site: ReferralSite) -> None:
    reference = site.send(expires="2026-12-01")
    site.press("open_person", reference, "bo")
    site.press("accept", reference, "bo", words="Mardi")
    said = site.say("vaut jusqu’au 1er décembre", "geldt tot 1 december")
    for day, there in ((0, False), (1, True), (8, True), (9, False)):
        site.at(MONDAY_MORNING + timedelta(days=day))
        for who in ("an", "bo"):
            assert (said in site.clients[who].get(site.path("", reference)).words) is there, (day, who)
    assert not [word for word in (*NEED_WORDS, *PERSON_WORDS) if word in said]


CPAS = "+3224224611"
"""The number of the organisation that `an` and the worker of a `LinkSite` send from, as the public reads it."""


def test_who_can_no_longer_read_the_fiche_is_told_whom_to_call_and_not_to_look_in_it(
    site: ReferralSite,
) -> None:
    """The answer's mail was refused; then the agreement ends, and later the fiche is closed."""
    reference = site.send(expires="2026-12-01")
    site.press("open_person", reference, "bo")
    site.press("accept", reference, "bo", words="Mardi")
    with site.database() as session:
        for mail in session.scalars(select(Mail).where(Mail.kind == "referral_news")):
            mail.given_up_at, mail.reason = MONDAY_MORNING, MailReason.RECEIVER
        organization_name = (
            session.get_one(Account, site.numbers["an"]).organizations[0].name.localized(site.lang).words
        )
    inside = site.say("comment le joindre est dans la fiche", "bereikt, staat in de fiche")
    readable = site.clients["bo"].get(site.path("", reference))
    assert inside in readable.words
    site.at(MONDAY_MORNING + timedelta(days=9))
    lapsed = site.clients["bo"].get(site.path("", reference))
    site.press("close", reference, "bo", outcome="met")
    closed = site.clients["bo"].get(site.path("", reference))
    for page in (lapsed, closed):
        assert inside not in page.words
        assert organization_name in page.words
        assert page.links().count(f"tel:{CPAS}") == readable.links().count(f"tel:{CPAS}") + 1, page.words
        assert site.say("dites le numéro de la fiche", "Noem daar het nummer") in page.words


def test_after_the_end_of_the_agreement_a_visitor_is_told_whom_to_call(link_site: LinkSite) -> None:
    reference = link_site.send(days=3)
    link_site.later(days=5)
    client = link_site.come_in(reference)
    page = client.get(link_site.path(reference))
    asks = link_site.say("Pour lui parler, appelez son organisme", "Bel de organisatie waar die werkt")
    assert asks in page.words
    number = page.links().count(f"tel:{CPAS}")
    with link_site.database() as session:
        holding.close_account(session, session.get_one(Account, link_site.worker), link_site.now, "command")
    waits = client.get(link_site.path(reference))
    assert asks not in waits.words
    assert waits.links().count(f"tel:{CPAS}") == number
    with link_site.database() as session:
        session.scalars(select(Referral)).one().sender = None
    gone = client.get(link_site.path(reference))
    assert gone.links().count(f"tel:{CPAS}") == number - 1, "nobody knows where it came from any more"
    assert link_site.say("appelez l’organisme", "bel de organisatie") not in gone.words


def test_a_substitute_follows_what_she_has_not_sent(site: ReferralSite) -> None:
    handed = site.send(substitute=str(site.numbers["cy"]))
    own = site.send(who="cy")
    for reference in (handed, own):
        site.press("decline", reference, "bo", reason="full")
    close(site, someone(site.app, Role.COORDINATOR))
    page = site.clients["cy"].get(site.path())
    rows = [words for words in page.html.split("<li>") if "row-title" in words]
    follows, sent = (
        site.say("Suivie par vous", "Door u opgevolgd"),
        site.say("Envoyée par vous", "Door u verstuurd"),
    )
    [row] = [words for words in rows if handed in words]
    assert follows in row
    assert sent not in row
    [row] = [words for words in rows if own in words]
    assert sent in row
    table = site.clients["cy"].submit(site.clients["cy"].get(site.path("table")), site.path("table"))
    [line] = [line for line in table.html.splitlines() if handed in line]
    assert site.say("Suivie", "Opgevolgd") in line
    assert site.say("Envoyée", "Verstuurd") not in line
