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
from tests.web.referral_accounts import CHECK, House, accounts, close, press_close
from tests.web.referral_links import NEED_WORDS, PERSON_WORDS, Relay

PLANTED = ("Zoraptère", "Quokka", "0470 12 34 56", "+32470123456")
KNOWS = ("Le travailleur social", "De maatschappelijk werker")


@pytest.fixture
def relay(lang: Language, instance: Path, make_app: Callable[..., Flask]) -> Relay:
    return Relay(instance, make_app, lang)


def name(relays: House, who: str) -> str:
    with relays.database() as session:
        return session.get_one(Account, relays.numbers[who]).name


def test_closing_says_first_what_becomes_of_the_fiches_and_signs_out_at_once(relays: House) -> None:
    boss = someone(relays.app, Role.COORDINATOR)
    named = relays.send(substitute=str(relays.numbers["cy"]))
    waits = relays.send()
    relays.press("decline", waits, "bo", reason="full")
    asked = press_close(relays, boss)
    assert asked.status == 200
    assert relays.say("1 fiche est ouverte", "1 fiche staat open") in asked.words
    assert relays.say("1 fiche est refusée", "1 fiche is geweigerd") in asked.words
    assert relays.say("1 fiche passe à la personne", "1 fiche gaat naar de vervanger") in asked.words
    assert relays.say("1 fiche attend : personne", "1 fiche wacht: niemand volgt") in asked.words
    assert relays.clients["an"].get(relays.path()).status == 200, "nothing is done yet"
    third = relays.send()
    again = boss.submit(asked, accounts(relays, relays.numbers["an"]))
    assert again.status == 200, "it changed since: she is asked again"
    assert relays.say("2 fiches sont ouvertes", "2 fiches staan open") in again.words
    done = boss.submit(again, accounts(relays, relays.numbers["an"]))
    assert done.status == 303
    said = boss.get(done.headers["Location"])
    assert relays.say("1 fiche-relais passe", "1 doorverwijsfiche gaat") in said.words
    assert relays.say("2 fiches-relais attendent", "2 doorverwijsfiches wachten") in said.words
    assert PATHS["referrals"][relays.lang] in said.links()
    assert relays.clients["an"].get(relays.path()).status == 303
    listed = boss.get(PATHS["referrals"][relays.lang])
    assert waits in listed.words
    assert third in listed.words
    assert named not in listed.words


def test_the_substitute_is_named_to_the_person_and_holds_it_after_and_not_before(relays: House) -> None:
    boss, substitute = someone(relays.app, Role.COORDINATOR), name(relays, "cy")
    check = relays.checked(substitute=str(relays.numbers["cy"]))
    assert substitute in check.words
    reference = relays.send(substitute=str(relays.numbers["cy"]))
    assert substitute in relays.press("copy", reference).words
    assert substitute in relays.press("sheet", reference).words
    assert substitute in relays.clients["an"].get(relays.path("", reference)).words
    for button in ("read", "contact", "sheet", "copy", "withdraw"):
        assert relays.press(button, reference, "cy").status == 404
    assert relays.clients["cy"].get(relays.path("", reference)).status == 404
    close(relays, boss)
    assert reference in relays.clients["cy"].get(relays.path()).words
    assert (
        relays.say("ne suit plus votre demande", "uw vraag niet meer opvolgt")
        not in relays.press("copy", reference, "cy").words
    )
    read = relays.press("read", reference, "cy")
    assert all(word in read.words for word in ("Zoraptère", "Quokka"))
    receiver = relays.press("open_person", reference, "bo")
    assert substitute in receiver.words
    assert relays.say("maintenant", "nu") in receiver.words
    # She who held it is let in again, and finds what is still hers.
    page = boss.get(accounts(relays))
    with relays.database() as session:
        session.get_one(Account, relays.numbers["an"]).password_hash = "x"
    assert boss.submit(page, accounts(relays, relays.numbers["an"]), "quoi=rouvrir").status == 303
    relays.at(MONDAY_MORNING)
    for button in ("read", "contact", "sheet", "copy", "withdraw", "close"):
        assert relays.press(button, reference, "an", outcome="met").status == 404
    sheet = relays.press("sheet", reference, "cy").words
    assert name(relays, "an") in sheet, "who read it before stays named"


def test_who_is_no_colleague_cannot_be_named(relays: House) -> None:
    check = relays.checked(substitute=str(relays.numbers["cy"]))
    for wrong in ("bo", "an"):
        page = relays.clients["an"].submit(
            check, CHECK, "etape=envoyer", substitute=str(relays.numbers[wrong])
        )
        assert page.status == 422
        assert 'id="substitute-error"' in page.html
        assert "Zoraptère" in page.html, "nothing typed is lost"
    with relays.database() as session:
        holding.close_account(
            session, session.get_one(Account, relays.numbers["cy"]), MONDAY_MORNING, "command"
        )
    page = relays.clients["an"].submit(check, CHECK, "etape=envoyer")
    assert page.status == 422
    assert relays.rows() == {}


def test_a_new_word_from_the_person_names_a_substitute_for_a_fiche_that_was_sent(
    relays: House, reference: str
) -> None:
    form = relays.clients["an"].get(relays.path("renew", reference))
    values = {"way": "oral", "conditions": ["1", "2", "3", "4", "5"]}
    done = relays.clients["an"].submit(form, "renew", substitute=str(relays.numbers["cy"]), **values)
    assert done.status == 303
    assert name(relays, "cy") in relays.clients["an"].get(relays.path("", reference)).words
    again = relays.clients["an"].get(relays.path("renew", reference))
    assert relays.clients["an"].submit(again, "renew", **values).status == 303
    with relays.database() as session:
        made = session.scalars(select(Referral)).one()
        assert made.substitute is not None
        assert made.substitute.id == relays.numbers["cy"], "the form keeps whom she had named"


def test_the_receiver_with_an_account_never_reads_that_somebody_knows_who_was_not_told(
    relays: House,
) -> None:
    with_boss = [False, True]
    for boss_there in with_boss:
        references = [relays.send(), relays.send()]
        with relays.database() as session:
            account = session.get_one(Account, relays.numbers["an"])
            holding.close_account(session, account, MONDAY_MORNING, "command")
        pages = [relays.clients["bo"].get(relays.path("", references[0]))]
        pages.append(relays.press("read", references[0], "bo"))
        pages.append(relays.press("open_person", references[0], "bo"))
        pages.append(relays.clients["bo"].get(relays.path("decline", references[1])))
        for button, reference, values in (
            ("study", references[0], {}),
            ("accept", references[0], {"words": "Mardi"}),
            ("decline", references[1], {"reason": "full"}),
        ):
            answer = relays.press(button, reference, "bo", **values)
            pages.append(relays.clients["bo"].get(answer.headers["Location"]))
        hears = relays.say("La coordination du guide voit", "De coördinatie van de gids ziet")
        for page in pages:
            assert (hears in page.words) is boss_there
            found = [word for word in KNOWS if word in page.words.replace("au travailleur", "")]
            assert not found, page.words
        someone(relays.app, Role.COORDINATOR)
        with relays.database() as session:
            session.get_one(Account, relays.numbers["an"]).state = "active"
        relays.at(MONDAY_MORNING)


def test_the_receiver_by_a_link_reads_who_was_told(relay: Relay) -> None:
    accepted, declined = relay.send(), relay.send()
    clients = {reference: relay.come_in(reference) for reference in (accepted, declined)}
    with relay.database() as session:
        holding.close_account(session, session.get_one(Account, relay.worker), relay.now, "command")
    pages = []
    for boss_there in (False, True):
        for reference, client in clients.items():
            pages += [client.get(relay.path(reference))]
            if relay.referral(reference).state in ("sent", "seen", "accepted"):
                pages += [relay.read(client, reference)]
        if not boss_there:
            relay.read(clients[accepted], accepted, "open")
            form = clients[accepted].get(relay.path(accepted, "accept"))
            assert (
                relay.say("Personne ne suit plus cette fiche", "Niemand volgt deze fiche nog op")
                in form.words
            )
            clients[accepted].submit(form, "answer", words="Mardi", appointment="")
            form = clients[declined].get(relay.path(declined, "decline"))
            clients[declined].submit(form, "answer", reason="full")
            for reference, client in clients.items():
                page = client.get(relay.path(reference))
                assert relay.say("personne d’autre ne reçoit", "niemand anders krijgt") in page.words
            someone(relay.app, Role.COORDINATOR)
    for reference, client in clients.items():
        page = client.get(relay.path(reference))
        assert (
            relay.say("La coordination du guide le voit", "De coördinatie van de gids ziet dat") in page.words
        )
    for page in pages:
        for words in (
            "Le travailleur social le voit",
            "Le travailleur social attend",
            "De maatschappelijk werker ziet",
            "De maatschappelijk werker wacht",
        ):
            assert words not in page.words


def test_who_takes_over_is_named_to_the_receiver_by_a_link(relay: Relay) -> None:
    with relay.database() as session:
        worker = session.get_one(Account, relay.worker)
        other = Account(
            email="releve@maison.example",
            name="Relève Oméga",
            language="fr",
            role=Role.SOCIAL_WORKER,
            state="active",
            phone="02 423 99 99",
            created_at=relay.now,
            memberships=[type(worker.memberships[0])(organization=worker.organizations[0])],
        )
        session.add(other)
        session.flush()
        number = other.id
    reference = relay.send()
    with relay.database() as session:
        referral = session.scalars(select(Referral)).one()
        referral.substitute = session.get_one(Account, number)
        holding.close_account(session, session.get_one(Account, relay.worker), relay.now, "command")
    client = relay.come_in(reference)
    assert relay.say("Le travailleur social attend", "De maatschappelijk werker wacht") in (
        client.get(relay.path(reference)).words
    )
    page = relay.read(client, reference)
    assert "Relève Oméga" in page.words
    assert "tel:+3224239999" in page.links()
    assert "tel:+3224231234" not in page.links()


def test_an_agreement_that_ends_before_the_appointment_is_said_at_once_to_both(relays: House) -> None:
    reference = relays.send(expires="2026-12-01")
    relays.press("open_person", reference, "bo")
    form = relays.clients["bo"].get(relays.path("accept", reference))
    until = relays.say("vaut jusqu’au 1er décembre", "geldt tot 1 december")
    assert until in form.words
    done = relays.clients["bo"].submit(form, "accept", words="Mardi", appointment="2026-12-08")
    page = relays.clients["bo"].get(done.headers["Location"])
    both = relays.say("le rendez-vous est le 8 décembre", "de afspraak is op 8 december")
    assert both in page.words
    mine = relays.clients["an"].get(relays.path("", reference))
    assert both in mine.words
    assert relays.path("renew", reference) in mine.links()
    renew = relays.clients["an"].get(relays.path("renew", reference))
    values = {"way": "phone", "conditions": ["1", "2", "3", "4", "5"], "expires": "2026-12-20"}
    assert relays.clients["an"].submit(renew, "renew", **values).status == 303
    assert both not in relays.clients["an"].get(relays.path("", reference)).words


def test_a_week_before_the_end_both_pages_say_so(relays: House) -> None:
    reference = relays.send(expires="2026-12-01")
    relays.press("open_person", reference, "bo")
    relays.press("accept", reference, "bo", words="Mardi")
    said = relays.say("vaut jusqu’au 1er décembre", "geldt tot 1 december")
    for day, there in ((0, False), (1, True), (8, True), (9, False)):
        relays.at(MONDAY_MORNING + timedelta(days=day))
        for who in ("an", "bo"):
            assert (said in relays.clients[who].get(relays.path("", reference)).words) is there, (day, who)
    assert not [word for word in (*NEED_WORDS, *PERSON_WORDS) if word in said]


CPAS = "+3224224611"
"""The number of the house that `an` and the worker of a `Relay` send from, as the public reads it."""


def test_who_can_no_longer_read_the_fiche_is_told_whom_to_call_and_not_to_look_in_it(relays: House) -> None:
    """The answer's mail was refused; then the agreement ends, and later the fiche is closed."""
    reference = relays.send(expires="2026-12-01")
    relays.press("open_person", reference, "bo")
    relays.press("accept", reference, "bo", words="Mardi")
    with relays.database() as session:
        for mail in session.scalars(select(Mail).where(Mail.kind == "referral_news")):
            mail.given_up_at, mail.reason = MONDAY_MORNING, MailReason.RECEIVER
        house = (
            session.get_one(Account, relays.numbers["an"]).organizations[0].name.localized(relays.lang).words
        )
    inside = relays.say("comment le joindre est dans la fiche", "bereikt, staat in de fiche")
    readable = relays.clients["bo"].get(relays.path("", reference))
    assert inside in readable.words
    relays.at(MONDAY_MORNING + timedelta(days=9))
    lapsed = relays.clients["bo"].get(relays.path("", reference))
    relays.press("close", reference, "bo", outcome="met")
    closed = relays.clients["bo"].get(relays.path("", reference))
    for page in (lapsed, closed):
        assert inside not in page.words
        assert house in page.words
        assert page.links().count(f"tel:{CPAS}") == readable.links().count(f"tel:{CPAS}") + 1, page.words
        assert relays.say("dites le numéro de la fiche", "Noem daar het nummer") in page.words


def test_after_the_end_of_the_agreement_a_visitor_is_told_whom_to_call(relay: Relay) -> None:
    reference = relay.send(days=3)
    relay.later(days=5)
    client = relay.come_in(reference)
    page = client.get(relay.path(reference))
    asks = relay.say("Pour lui parler, appelez son organisme", "Bel de organisatie waar die werkt")
    assert asks in page.words
    number = page.links().count(f"tel:{CPAS}")
    with relay.database() as session:
        holding.close_account(session, session.get_one(Account, relay.worker), relay.now, "command")
    waits = client.get(relay.path(reference))
    assert asks not in waits.words
    assert waits.links().count(f"tel:{CPAS}") == number
    with relay.database() as session:
        session.scalars(select(Referral)).one().sender = None
    gone = client.get(relay.path(reference))
    assert gone.links().count(f"tel:{CPAS}") == number - 1, "nobody knows where it came from any more"
    assert relay.say("appelez l’organisme", "bel de organisatie") not in gone.words


def test_a_substitute_follows_what_she_has_not_sent(relays: House) -> None:
    handed = relays.send(substitute=str(relays.numbers["cy"]))
    own = relays.send(who="cy")
    for reference in (handed, own):
        relays.press("decline", reference, "bo", reason="full")
    close(relays, someone(relays.app, Role.COORDINATOR))
    page = relays.clients["cy"].get(relays.path())
    rows = [words for words in page.html.split("<li>") if "row-title" in words]
    follows, sent = (
        relays.say("Suivie par vous", "Door u opgevolgd"),
        relays.say("Envoyée par vous", "Door u verstuurd"),
    )
    [row] = [words for words in rows if handed in words]
    assert follows in row
    assert sent not in row
    [row] = [words for words in rows if own in words]
    assert sent in row
    table = relays.clients["cy"].submit(relays.clients["cy"].get(relays.path("table")), relays.path("table"))
    [line] = [line for line in table.html.splitlines() if handed in line]
    assert relays.say("Suivie", "Opgevolgd") in line
    assert relays.say("Envoyée", "Verstuurd") not in line
