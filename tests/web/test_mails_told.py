"""What became of a mail is told to whoever acted, in her language, with what to do; one round of the postman later.

The mail server of each test accepts, refuses, lets wait, or breaks off; sockets are in tests/browser.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from guide import mail
from guide.accounts import own_address, people
from guide.database import writing
from guide.editing import reminders, reports, review
from guide.languages import Language
from guide.mail import transport
from guide.mail.transport import NotSent, PerhapsSent
from guide.model import (
    Account,
    AccountState,
    LinkPurpose,
    Mail,
    MailReason,
    Organization,
    Referral,
    Role,
    Service,
)
from guide.referrals import answering, deadlines, finding, reading, telling
from tests.mails import content_of
from tests.pages import Page, PageClient
from tests.people import add_account, signed_in_client, someone
from tests.queries import counted
from tests.running import MONDAY_MORNING
from tests.web.moderating import KEY, Office
from tests.web.relays import FOOD, OTHER, House, house

R = MailReason


@dataclass
class Server:
    """A mail server that does this with every mail; `asked` counts them."""

    does: Exception | None = None
    repeatable: bool = False
    asked: int = 0

    def send(self, message: EmailMessage) -> None:
        self.asked += 1
        if self.does is not None:
            raise self.does


def post(app: Flask, server: Server, now=MONDAY_MORNING) -> None:
    """The postman goes round."""
    mail.send_all(
        app.extensions["guide"].engine,
        server,
        "guide@jette.example",
        "https://guide.example",
        lambda: now,
        app.config["SECRET_KEY"],
    )


REFUSES = [R.RECEIVER, R.CONTENT]
ASKS = {"connexion/lien": "ask-link", "mot-de-passe-oublie": "forgotten"}


@pytest.fixture
def relays(lang: Language, instance: Path, make_app: Callable[..., Flask]) -> House:
    return house(make_app(instance), lang)


def fiche(relays: House, reference: str, who: str = "an") -> Page:
    return relays.clients[who].get(relays.path(reference=reference))


def said(page: Page, *words: str) -> None:
    for each in words:
        assert each in page.words, (each, page.words)


# The fiche-relais


def test_before_the_server_has_it_nothing_is_said_to_have_left(relays: House) -> None:
    reference = relays.send()
    page = fiche(relays, reference)
    said(page, relays.say("Le message est prêt à partir.", "Het bericht is klaar om te vertrekken."))
    said(page, relays.say("Message prêt à partir", "Bericht klaar om te vertrekken"))
    assert relays.say("Vous n’avez rien à faire", "U hoeft niets te doen") not in page.words


def test_accepted_by_the_server_is_not_arrived(relays: House) -> None:
    reference = relays.send()
    post(relays.app, Server())
    page = fiche(relays, reference)
    said(
        page,
        relays.say(
            "Le serveur de messagerie a accepté le message", "De mailserver heeft het bericht aangenomen"
        ),
    )
    said(
        page,
        relays.say("Nous ne savons pas si quelqu’un l’a lu", "We weten niet of iemand het gelezen heeft"),
    )
    assert "notice-warn" not in page.html


@pytest.mark.parametrize("reason", [*REFUSES, R.ADDRESS])
def test_a_fiche_whose_mail_is_refused_is_told_to_its_sender_on_page_and_list(
    relays: House, reason: MailReason
) -> None:
    reference = relays.send()
    post(relays.app, Server(NotSent(reason)))
    page = fiche(relays, reference)
    said(page, relays.say("Le service n’a pas reçu le message", "De dienst heeft het bericht niet gekregen"))
    said(
        page,
        relays.say("Appelez le service, ou choisissez-en un autre.", "Bel de dienst, of kies een andere."),
    )
    said(page, relays.say("Message refusé", "Bericht geweigerd"))
    assert 'href="tel:' in page.html, "whom to call"
    assert relays.say("rien à faire", "niets te doen") not in page.words
    everything = relays.clients["an"].get(relays.path())
    said(
        everything,
        relays.say("1 fiche vous attend", "1 fiche wacht op u"),
        relays.say("Message refusé", "geweigerd"),
    )


@pytest.mark.parametrize("reason", [R.UNREACHABLE, R.TLS, R.LOGIN, R.SENDER, R.BUSY, R.FOLDER, R.LATER])
def test_a_mail_that_waits_says_why_and_after_ten_minutes_that_it_is_late(relays: House, reason) -> None:
    reference = relays.send()
    post(relays.app, Server(NotSent(reason)))
    said(fiche(relays, reference), relays.say("Le message attend", "Het bericht wacht"))
    relays.at(MONDAY_MORNING + timedelta(minutes=12))
    page = fiche(relays, reference)
    said(page, relays.say("Le message attend depuis 12 minutes", "Het bericht wacht al 12 minuten"))
    said(page, relays.say("Le service n’a pas encore le message", "De dienst heeft het bericht nog niet"))
    said(page, relays.say("Appelez le service.", "Bel de dienst."))
    assert relays.path("announce", reference) not in page.html, "it goes by itself"


def test_a_server_that_broke_off_leaves_it_open_whether_it_left(relays: House) -> None:
    reference = relays.send()
    post(relays.app, Server(PerhapsSent()))
    page = fiche(relays, reference)
    said(
        page,
        relays.say("peut-être parti, peut-être pas", "misschien is het bericht vertrokken, misschien niet"),
    )


def test_without_a_mail_server_a_fiche_says_where_its_mail_is(relays: House) -> None:
    reference = relays.send()
    post(relays.app, Server(repeatable=True))
    said(fiche(relays, reference), relays.say("n’a pas de serveur de messagerie", "heeft geen mailserver"))


def test_the_mail_goes_anew_to_the_address_that_was_corrected(relays: House) -> None:
    reference = relays.send()
    post(relays.app, Server(NotSent(R.RECEIVER)))
    with relays.database() as session:
        service = session.scalars(select(Service).where(Service.key == FOOD)).one()
        service.relay_email = "juste@maison.example"
    assert relays.press("announce", reference).status == 303
    taken: list[str] = []

    class Taking(Server):
        def send(self, message: EmailMessage) -> None:
            taken.append(str(message["To"]))

    post(relays.app, Taking())
    assert taken == ["juste@maison.example"], "the refused one is not sent besides"
    said(fiche(relays, reference), relays.say("a accepté le message", "aangenomen"))
    assert relays.press("announce", reference).status == 409, "nothing failed any more"
    assert relays.press("announce", reference, "cy").status == 404


def test_a_fiche_whose_mail_failed_goes_to_another_service_and_is_gone(relays: House) -> None:
    reference = relays.send()
    post(relays.app, Server(NotSent(R.RECEIVER)))
    with relays.database() as session:
        uid = session.scalars(select(Referral.uid).where(Referral.reference == reference)).one()
    link = relays.say("suite", "vervolg")
    choose = relays.clients["an"].get(f"{relays.path('new')}?{link}={reference}")
    assert choose.status == 200
    form = relays.clients["an"].post(
        relays.path("new"),
        data={"_jeton": relays.token("an"), "etape": "reprendre", "handed_on": reference, "service": OTHER},
    )
    assert "mot Quokka" in form.html, "what she asks for is not typed twice"
    checked = relays.clients["an"].submit(
        form, "relay", "etape=relire", name="Zoraptère", contact=["phone"], phone="0470 12 34 56", way="oral",
        copy="yes", conditions=["1", "2", "3", "4", "5"],
    )  # fmt: skip
    answer = relays.clients["an"].submit(checked, "relay-check", "etape=envoyer")
    assert answer.status == 303, answer.words
    assert list(relays.rows().values()) == ["sent"]
    assert reference not in relays.rows()
    with relays.database() as session:
        assert not session.scalars(select(Mail).where(Mail.about.contains(uid))).all()
        kinds = set(
            session.scalars(select(Mail.kind).where(Mail.sent_at.is_(None), Mail.given_up_at.is_(None)))
        )
    assert "referral_ended" not in kinds, "a service that knows nothing is told nothing"


def test_a_fiche_that_reached_its_service_goes_to_no_other(relays: House) -> None:
    reference = relays.send()
    post(relays.app, Server())
    answer = relays.clients["an"].post(
        relays.path("new"),
        data={"_jeton": relays.token("an"), "etape": "reprendre", "handed_on": reference, "service": OTHER},
    )
    assert answer.status == 409


def test_the_persons_copy_that_is_refused_is_given_on_paper(relays: House) -> None:
    reference = relays.send(contact=["mail"], mail="personne@maison.example", phone="", copy_by_mail="y")
    post(relays.app, Server(NotSent(R.RECEIVER)))
    page = fiche(relays, reference)
    said(page, relays.say("Donnez-lui la copie sur papier.", "Geef de persoon de kopie op papier."))
    assert "personne@maison.example" not in page.html


def test_a_code_that_is_refused_is_told_to_the_sender(relays: House) -> None:
    reference = relays.send()
    token = _token(relays)
    post(relays.app, Server())
    with relays.database() as session:
        answering.ask(session, token, MONDAY_MORNING)
    post(relays.app, Server(NotSent(R.RECEIVER)))
    said(
        fiche(relays, reference),
        relays.say("Le service n’a pas reçu son code", "De dienst heeft zijn code niet"),
    )


def test_a_code_that_perhaps_left_is_told_as_a_doubt(relays: House) -> None:
    reference = relays.send()
    token = _token(relays)
    post(relays.app, Server())
    with relays.database() as session:
        answering.ask(session, token, MONDAY_MORNING)
    post(relays.app, Server(PerhapsSent()))
    page = fiche(relays, reference)
    said(page, relays.say("n’a peut-être pas reçu son code", "heeft zijn code misschien niet gekregen"))
    assert relays.say("Le service n’a pas reçu son code", "code niet gekregen") not in page.words


def _token(relays: House) -> str:
    with relays.database() as session:
        row = session.scalars(select(Mail).where(Mail.kind == "referral_received")).one()
        with session.no_autoflush:
            mail.outbox.open_sealed(row, relays.app.config["SECRET_KEY"])
            token = str(row.content["token"])
        session.expunge(row)
    return token


def test_news_that_do_not_reach_the_sender_are_told_to_both_sides(relays: House) -> None:
    reference = relays.send()
    post(relays.app, Server())
    with relays.database() as session:
        referral = session.scalars(select(Referral).where(Referral.reference == reference)).one()
        reading.open_person(session, referral, "receiver:x", MONDAY_MORNING)
        answering.accept(session, referral, "receiver:x", "Lundi à 10 h", None, MONDAY_MORNING)
    post(relays.app, Server(NotSent(R.RECEIVER)))
    words = relays.say(
        "Le travailleur social n’a pas reçu notre message", "De maatschappelijk werker heeft ons bericht niet"
    )
    said(fiche(relays, reference, "bo"), words)
    said(
        fiche(relays, reference),
        relays.say("Nos messages ne vous arrivent pas", "Onze berichten komen niet bij u aan"),
    )
    said(
        relays.clients["an"].get(relays.path()),
        relays.say("Nos messages ne vous", "Onze berichten komen niet"),
    )


@pytest.mark.usefixtures("days_pass")
def test_a_reminder_that_is_refused_is_told(relays: House) -> None:
    reference = relays.send()
    post(relays.app, Server())
    later = MONDAY_MORNING + timedelta(days=8)
    with relays.database() as session:
        deadlines.tick(session, later)
    post(relays.app, Server(NotSent(R.RECEIVER)), later)
    relays.at(later)
    said(
        fiche(relays, reference),
        relays.say("Notre rappel au service n’est pas parti", "Onze herinnering aan de dienst"),
    )


def test_the_end_of_a_fiche_that_is_refused_is_told_without_its_number(relays: House) -> None:
    """Withdrawn, it is erased; that the service has not heard of it is told to whoever withdrew it."""
    reference = relays.send()
    post(relays.app, Server())
    page = relays.clients["an"].get(relays.path("withdraw", reference))
    relays.clients["an"].post(relays.path("withdraw", reference), data={"_jeton": _form_token(page)})
    post(relays.app, Server(NotSent(R.RECEIVER)))
    listed = relays.clients["an"].get(relays.path())
    said(
        listed, relays.say("Un de vos messages a un problème", "Er is een probleem met één van uw berichten")
    )
    boss = someone(relays.app, Role.COORDINATOR)
    mails = boss.get(relays.say("/fr/moderation/messages", "/nl/moderatie/berichten"))
    assert reference not in listed.words + mails.words
    said(mails, relays.say("Fin d’une fiche-relais", "Einde van een doorverwijsfiche"))


def _form_token(page: Page) -> str:
    return page.html.partition('name="_jeton" value="')[2].partition('"')[0]


def test_the_coordinator_reads_fiche_service_and_reason_and_nothing_of_the_person(relays: House) -> None:
    reference = relays.send(contact=["mail"], mail="personne@maison.example", phone="", copy_by_mail="y")
    post(relays.app, Server(NotSent(R.RECEIVER)))
    boss = someone(relays.app, Role.COORDINATOR)
    page = boss.get(relays.say("/fr/moderation/messages", "/nl/moderatie/berichten"))
    with relays.database() as session:
        name = session.scalars(select(Service).where(Service.key == FOOD)).one().name.into(relays.lang).words
        token_free = [row.message_id for row in session.scalars(select(Mail))]
    said(page, reference, name)
    said(page, relays.say("le serveur de messagerie refuse cette adresse", "de mailserver weigert dit adres"))
    for secret in ("Zoraptère", "personne@maison.example", "Quokka", *token_free):
        assert secret not in page.html
    with relays.database() as session:
        worker = session.get_one(Account, relays.numbers["an"])
        assert worker.email not in page.html
        assert worker.name not in page.words
    table = boss.get(
        relays.say("/fr/moderation/tableaux/messages.csv", "/nl/moderatie/tabellen/berichten.csv")
    )
    assert table.status == 200
    assert reference in table.html
    assert "personne@" not in table.html


def _answered(relays: House, who: str = "an") -> str:
    """A fiche that the service accepted; its sender's mail waits."""
    reference = relays.send(who=who)
    post(relays.app, Server())
    with relays.database() as session:
        referral = session.scalars(select(Referral).where(Referral.reference == reference)).one()
        reading.open_person(session, referral, "receiver:x", MONDAY_MORNING)
        answering.accept(session, referral, "receiver:x", "Lundi à 10 h", None, MONDAY_MORNING)
    return reference


@pytest.mark.parametrize(
    ("does", "french", "dutch"),
    [
        (NotSent(R.RECEIVER), "n’a pas reçu notre message", "heeft ons bericht niet gekregen"),
        (PerhapsSent(), "n’a peut-être pas reçu notre message", "heeft ons bericht misschien niet"),
    ],
)
def test_an_answer_that_did_not_reach_the_sender_is_marked_on_the_receivers_list(
    relays: House, does: Exception, french: str, dutch: str
) -> None:
    _answered(relays)
    everything = relays.clients["bo"].get(relays.path())
    assert relays.say("notre message", "ons bericht") not in everything.words
    # Who broke off is tried again a minute later, with the next one.
    post(relays.app, Server(does))
    post(relays.app, Server(does), MONDAY_MORNING + timedelta(minutes=1))
    said(relays.clients["bo"].get(relays.path()), relays.say(french, dutch))
    table = relays.clients["bo"].submit(relays.clients["bo"].get(relays.path("table")), relays.path("table"))
    assert relays.say(f"Acceptée – Le travailleur social {french}", dutch) in table.html
    assert relays.say("Le travailleur social n’a", "De maatschappelijk werker heeft") not in (
        relays.clients["an"].get(relays.path()).words
    )


def test_a_mail_behind_a_silent_server_is_said_to_wait_within_a_minute(relays: House) -> None:
    """The server has the first one, and says nothing after the message for as long as it is let."""
    relays.send()
    behind = relays.send(OTHER, "bo")
    moment = MONDAY_MORNING

    class Silent(Server):
        def send(self, message: EmailMessage) -> None:
            nonlocal moment
            moment += timedelta(seconds=transport.LAST_PATIENCE)
            raise PerhapsSent

    mail.send_all(
        relays.app.extensions["guide"].engine,
        Silent(),
        "guide@jette.example",
        "https://guide.example",
        lambda: moment,
        relays.app.config["SECRET_KEY"],
    )
    relays.at(moment)
    page = fiche(relays, behind, "bo")
    said(
        page,
        relays.say(
            "Le message attend : le serveur de messagerie ne répond pas",
            "Het bericht wacht: de mailserver antwoordt niet",
        ),
    )
    said(page, relays.say("Message en attente", "Bericht wacht"))
    said(relays.clients["bo"].get(relays.path()), relays.say("Message en attente", "Bericht wacht"))
    boss = someone(relays.app, Role.COORDINATOR)
    said(
        boss.get(relays.say("/fr/moderation/messages", "/nl/moderatie/berichten")),
        relays.say("1 message attend.", "1 bericht wacht."),
    )


def test_a_mail_nobody_takes_up_is_said_to_wait_after_half_a_minute(relays: House) -> None:
    reference = relays.send()
    for seconds, sentence, label in (
        (29, ("Le message est prêt à partir", "klaar om te vertrekken"), ("Message prêt", "Bericht klaar")),
        (30, ("Le message n’est pas encore parti", "nog niet vertrokken"), ("en attente", "Bericht wacht")),
        (60, ("attend depuis 1 minute", "wacht al 1 minuut"), ("en attente", "Bericht wacht")),
    ):
        relays.at(MONDAY_MORNING + timedelta(seconds=seconds))
        said(fiche(relays, reference), relays.say(*sentence), relays.say(*label))
        said(relays.clients["an"].get(relays.path()), relays.say(*label))


def test_the_receivers_list_asks_as_often_for_one_fiche_as_for_many(relays: House) -> None:
    """Each has a mail to its sender, and was taken over by somebody else since."""
    engine = relays.app.extensions["guide"].engine
    with relays.database() as session:
        organization = session.get_one(Account, relays.numbers["an"]).memberships[0].organization.key

    def asked() -> int:
        with counted(engine) as statements:
            assert relays.clients["bo"].get(relays.path()).status == 200
        return len(statements)

    def one_more() -> None:
        _answered(relays)
        heir = add_account(relays.app, Role.SOCIAL_WORKER, organization, language=relays.lang)
        with relays.database() as session:
            newest = session.scalars(select(Referral).order_by(Referral.id.desc())).first()
            assert newest is not None
            newest.sender_id = heir

    one_more()
    asked()
    once = asked()
    one_more()
    one_more()
    assert asked() == once


def test_a_mail_that_is_on_its_way_is_not_said_to_be_cut_off(relays: House) -> None:
    reference = relays.send()
    with relays.database() as session:
        row = session.scalars(select(Mail)).one()
        row.handed_at, row.reason = MONDAY_MORNING, R.ON_ITS_WAY
    said(fiche(relays, reference), relays.say("Le message part en ce moment", "Het bericht vertrekt nu"))


def test_a_mail_that_the_coordinator_stops_is_told_to_the_sender(relays: House) -> None:
    reference = relays.send()
    post(relays.app, Server(NotSent(R.RECEIVER)))
    boss = someone(relays.app, Role.COORDINATOR)
    path = relays.say("/fr/moderation/messages", "/nl/moderatie/berichten")
    with relays.database() as session:
        [number] = session.scalars(select(Mail.id).where(Mail.given_up_at.is_not(None)))
    page = boss.get(path)
    assert boss.submit(page, path, message=str(number), quoi="jeter").status == 303
    stopped = relays.say(
        "La coordination a arrêté ce message", "De coördinatie heeft dit bericht tegengehouden"
    )
    shown = fiche(relays, reference)
    said(shown, stopped, relays.say("Le service n’a pas reçu le message", "De dienst heeft het bericht niet"))
    said(shown, relays.say("Message arrêté", "Bericht tegengehouden"))
    said(relays.clients["an"].get(relays.path()), relays.say("Message arrêté", "Bericht tegengehouden"))
    said(relays.clients["an"].get(relays.path()), relays.say("1 fiche vous attend", "1 fiche wacht op u"))
    assert reference not in boss.get(path).words, "she has decided"
    assert relays.press("announce", reference).status == 303
    assert stopped not in fiche(relays, reference).words, "another one takes its place"


def test_a_mail_that_perhaps_left_is_nowhere_said_not_to_have_left(relays: House) -> None:
    """One mail, one fate: on the fiche, on the list, and on the coordinator's pages."""
    reference = relays.send()
    post(relays.app, Server(PerhapsSent()))
    boss = someone(relays.app, Role.COORDINATOR)
    desk, mails = (
        relays.say(*paths)
        for paths in (
            ("/fr/moderation/", "/nl/moderatie/"),
            ("/fr/moderation/messages", "/nl/moderatie/berichten"),
        )
    )
    pages = [
        fiche(relays, reference),
        relays.clients["an"].get(relays.path()),
        boss.get(desk),
        boss.get(mails),
    ]
    said(pages[-1], relays.say("Message peut-être parti", "Bericht misschien vertrokken"))
    for page in pages:
        for denied in (
            "n’est pas parti",
            "ne partent pas",
            "ne partent plus",
            "niet vertrokken",
            "niet vertrekken",
        ):
            assert denied not in page.words, page.words


def test_two_mails_about_one_fiche_are_told_apart_on_the_lists(relays: House) -> None:
    """Both are news of the same fiche; when each was written says which is which."""
    reference = _answered(relays)
    with relays.database() as session:
        for mail_row in session.scalars(select(Mail).where(Mail.kind == "referral_news")):
            mail_row.created_at += timedelta(minutes=4) * mail_row.id
    post(relays.app, Server(NotSent(R.RECEIVER)), MONDAY_MORNING + timedelta(hours=1))
    page = someone(relays.app, Role.COORDINATOR).get(
        relays.say("/fr/moderation/messages", "/nl/moderatie/berichten")
    )
    rows = [row for row in page.html.split("<li>") if reference in row]
    written = [re.search(r"(?:Écrit le|Geschreven op) ([^<]+)<", row) for row in rows]
    assert len(rows) > 1
    assert all(written)
    assert len({found[1] for found in written if found}) == len(rows)


@pytest.mark.usefixtures("days_pass")
def test_the_end_of_an_agreement_that_the_service_was_not_told_is_on_page_and_list(relays: House) -> None:
    reference = _answered(relays)
    post(relays.app, Server())
    with relays.database() as session:
        expires = session.scalars(select(Referral)).one().consent_expires
    assert expires is not None
    soon = datetime.combine(expires, time(9), tzinfo=MONDAY_MORNING.tzinfo) - timedelta(days=3)
    with relays.database() as session:
        deadlines.tick(session, soon)
        # Her own mail about it goes.
        for row in session.scalars(select(Mail).where(Mail.kind == "referral_news")):
            row.sent_at = row.sent_at or soon
    post(relays.app, Server(NotSent(R.RECEIVER)), soon)
    relays.at(soon)
    said(
        fiche(relays, reference),
        relays.say(
            "Le service ne sait pas que l’accord arrive", "De dienst weet niet dat het akkoord afloopt"
        ),
    )
    with relays.database() as session:
        [one] = finding.sent_by(session, session.get_one(Account, relays.numbers["an"]), soon)
        assert one.undelivered
        assert one.waits
        assert one.failed == one.agreement
    table = relays.clients["an"].submit(relays.clients["an"].get(relays.path("table")), relays.path("table"))
    assert relays.say("Message refusé", "Bericht geweigerd") in table.html


# Accounts


def invited(office: Office, email: str) -> Page:
    """What answers to an invitation to this address."""
    page = office.boss.get(office.say("/fr/comptes/inviter", "/nl/accounts/uitnodigen"))
    return office.boss.submit(
        page, "invite", email=email, role="editor", organizations=[KEY], language=office.lang
    )


def invite(office: Office, email: str = "nouvelle@maison.example") -> None:
    answer = invited(office, email)
    assert answer.status == 303, answer.words


def accounts(office: Office) -> Page:
    return office.boss.get(office.say("/fr/comptes/", "/nl/accounts/"))


def test_an_invitation_is_ready_then_accepted_by_the_server(office: Office) -> None:
    answer = invited(office, "nouvelle@maison.example")
    shown = office.boss.get(answer.headers["Location"])
    said(shown, office.say("L’invitation est prête à partir.", "De uitnodiging is klaar om te vertrekken."))
    said(shown, office.say("Le message est prêt à partir.", "Het bericht is klaar om te vertrekken."))
    post(office.app, Server())
    said(accounts(office), office.say("a accepté le message", "heeft het bericht aangenomen"))


def test_an_address_with_an_accent_is_refused_before_anything_is_written(office: Office) -> None:
    answer = invited(office, "josé@association.example")
    assert answer.status == 422
    said(answer, office.say("Cette adresse contient", "Dit adres bevat"), "é")
    assert 'value="josé@association.example"' in answer.html, "nothing typed is lost"


@pytest.mark.parametrize("reason", REFUSES)
def test_an_invitation_that_is_refused_is_corrected_and_goes_elsewhere(office: Office, reason) -> None:
    invite(office)
    post(office.app, Server(NotSent(reason)))
    page = accounts(office)
    said(page, office.say("Message refusé", "Bericht geweigerd"))
    said(page, office.say("Corrigez l’adresse", "Verbeter het adres"))
    add = add_account(office.app, Role.EDITOR, KEY, email="prise@maison.example")
    with office.database() as session:
        number = session.scalars(select(Account.id).where(Account.email == "nouvelle@maison.example")).one()
    path = office.say(f"/fr/comptes/{number}/adresse", f"/nl/accounts/{number}/adres")
    form = office.boss.get(path)
    said(form, "nouvelle@maison.example")
    said(form, office.say("Comptes", "Accounts"))  # the bar is the reader's, not the invited person's
    assert office.boss.submit(form, "address", email="prise@maison.example").status == 422
    assert office.boss.submit(form, "address", email="josé@maison.example").status == 422
    assert office.boss.submit(form, "address", email="Juste@maison.example").status == 303
    with office.database() as session:
        account = session.get_one(Account, number)
        assert (account.email, account.state) == ("juste@maison.example", AccountState.INVITED)
        assert len(session.scalars(select(Mail).where(Mail.kind == "invitation")).all()) == 1
    post(office.app, Server())
    assert office.say("Message refusé", "Bericht geweigerd") not in accounts(office).words
    other = office.say(f"/fr/comptes/{add}/adresse", f"/nl/accounts/{add}/adres")
    assert 'name="email"' not in office.boss.get(other).html, "of an active account she changes none"
    chief = add_account(office.app, Role.COORDINATOR)
    assert (
        office.boss.get(office.say(f"/fr/comptes/{chief}/adresse", f"/nl/accounts/{chief}/adres")).status
        == 404
    )
    assert someone(office.app, Role.EDITOR, KEY).get(path).status in (403, 404)


def test_a_link_asked_for_tells_the_asker_nothing_and_the_coordinator_that_it_failed(office: Office) -> None:
    add_account(office.app, Role.EDITOR, KEY, email="ed@maison.example", name="Ed Itrice")
    post(office.app, Server(NotSent(R.RECEIVER)))
    for french, dutch in (
        ("connexion/lien", "inloggen/link"),
        ("mot-de-passe-oublie", "wachtwoord-vergeten"),
    ):
        told = set()
        for email in ("ed@maison.example", "personne@ailleurs.example"):
            visitor = PageClient(office.app)
            page = visitor.get(office.say(f"/fr/{french}", f"/nl/{dutch}"))
            told.add(visitor.submit(page, ASKS[french], email=email).words)
            post(office.app, Server(NotSent(R.RECEIVER)))
        assert len(told) == 1, "the page is the same, whoever has an account"
    page = office.open("mails")
    said(page, office.say("Lien pour se connecter", "Link om in te loggen"), "Ed Itrice")
    said(page, office.say("Nouveau mot de passe", "Nieuw wachtwoord"))


class Changing:
    """An editor of this office who changes her address, one step at a time."""

    new = "neuve@maison.example"

    def __init__(self, office: Office) -> None:
        self.office = office
        self.number = add_account(
            office.app,
            Role.EDITOR,
            KEY,
            email="vieille@maison.example",
            name="Zoé Laque",
            language=office.lang,
        )
        self.token = ""

    def ask(self) -> None:
        with self.office.database() as session:
            account = session.get_one(Account, self.number)
            self.token = own_address.send_code(session, account, self.new, MONDAY_MORNING)[0]

    def change(self) -> None:
        self.ask()
        with self.office.database() as session:
            row = session.scalars(
                select(Mail).where(Mail.kind == "address_code", Mail.sent_at.is_(None))
            ).one()
            code = str(content_of(row)["code"])
        with self.office.database() as session:
            account = session.get_one(Account, self.number)
            own_address.change(session, account, self.new, self.token, code, MONDAY_MORNING)

    def mine(self) -> Page:
        """The page of her account."""
        browser = signed_in_client(self.office.app, self.number)
        return browser.get(self.office.say("/fr/mon-compte/", "/nl/mijn-account/"))

    def listed(self) -> str:
        """Her line in the coordinator's list of accounts."""
        page = accounts(self.office).html
        assert "Zoé Laque" in page
        return page.partition("Zoé Laque")[2].partition("</li>")[0]


@pytest.fixture
def changing(office: Office) -> Changing:
    return Changing(office)


def test_after_she_has_changed_her_address_nobody_reads_that_it_is_refused(
    office: Office, changing: Changing
) -> None:
    with office.database() as session:
        account = session.get_one(Account, changing.number)
        mail.post(session, "password_changed", account, MONDAY_MORNING)
        mail.post(
            session, "account_idle", account, MONDAY_MORNING, expires_at=MONDAY_MORNING, until="2026-12-01"
        )
        people.send_link(session, account.email, LinkPurpose.RESET, MONDAY_MORNING)
        stopped = mail.post(session, "second_factor_changed", account, MONDAY_MORNING)
        stopped.given_up_at, stopped.reason = MONDAY_MORNING, R.DROPPED
        later = mail.post(session, "second_factor_reset", account, MONDAY_MORNING)
        later.reason, later.tries, later.next_try_at = R.LATER, 5, MONDAY_MORNING + timedelta(hours=12)
    post(office.app, Server(NotSent(R.RECEIVER)))
    no_news = office.say("Nos messages ne vous arrivent pas", "Onze berichten komen niet bij u aan")
    refused = office.say("Message refusé", "Bericht geweigerd")
    said(changing.mine(), no_news)
    assert refused in changing.listed()
    changing.change()
    assert no_news not in changing.mine().words
    assert refused not in changing.listed()
    taken: list[tuple[str, str]] = []

    class Taking(Server):
        def send(self, message: EmailMessage) -> None:
            taken.append((str(message["To"]), str(message["Subject"])))

    post(office.app, Taking())
    assert sorted(address for address, _subject in taken) == sorted(
        # the code; the change, to the old address; what was refused, and what had to wait
        [changing.new, "vieille@maison.example", changing.new, changing.new]
    )
    with office.database() as session:
        left = set(session.scalars(select(Mail.kind).where(Mail.account_id == changing.number)))
    assert left == {"password_changed", "second_factor_changed", "second_factor_reset"}, "of use, or stopped"
    assert no_news not in changing.mine().words


def test_a_new_address_that_is_refused_too_is_told(office: Office, changing: Changing) -> None:
    with office.database() as session:
        mail.post(session, "password_changed", session.get_one(Account, changing.number), MONDAY_MORNING)
    post(office.app, Server(NotSent(R.RECEIVER)))
    changing.change()
    post(office.app, Server(NotSent(R.RECEIVER)))
    said(
        changing.mine(), office.say("Nos messages ne vous arrivent pas", "komen niet bij u aan"), changing.new
    )


def test_a_reminder_whose_links_died_with_the_old_address_is_written_anew(
    office: Office, changing: Changing
) -> None:
    later = MONDAY_MORNING + timedelta(days=1)

    def reminded() -> list[str]:
        """What waits for her after the round of the day."""
        with office.database() as session:
            reminders.remind(session, later)
        with office.database() as session:
            return list(session.scalars(select(Mail.kind).where(Mail.account_id == changing.number)))

    assert reminded() == ["reminder"]
    post(office.app, Server(NotSent(R.RECEIVER)), later)
    changing.change()
    with office.database() as session:
        assert not session.scalars(select(Mail).where(Mail.account_id == changing.number)).all()
    assert reminded() == ["reminder"]
    assert reminded() == ["reminder"], "and no third one"


@pytest.mark.parametrize("does", [NotSent(R.RECEIVER), PerhapsSent()])
def test_an_old_mailbox_that_was_not_told_is_the_coordinators_to_ask_about(
    office: Office, changing: Changing, does: Exception
) -> None:
    """Whoever changed the address is perhaps a thief, and reads the same pages as she."""
    changing.change()
    with office.database() as session:
        session.execute(delete(Mail).where(Mail.kind == "address_code"))
    post(office.app, Server(does))
    row = _row(
        office.open("mails"), office.say("Adresse d’un compte changée", "Adres van een account gewijzigd")
    )
    nothing = office.say("Vous n’avez rien à faire.", "U hoeft niets te doen.")
    call = office.say(
        "Appelez la personne au numéro de son service", "Bel de persoon op het nummer van de dienst"
    )
    assert "Zoé Laque" in row
    assert call in row
    assert nothing not in row
    mine = changing.mine()
    said(mine, nothing)
    assert call not in mine.words
    table = office.boss.get(
        office.say("/fr/moderation/tableaux/messages.csv", "/nl/moderatie/tabellen/berichten.csv")
    )
    assert "Zoé Laque" in table.html


def _row(page: Page, label: str) -> str:
    """The one mail of this label in the coordinator's list."""
    [row] = [row for row in page.html.split("<li>")[1:] if label in row]
    return row.partition("</li>")[0]


@pytest.mark.parametrize("does", [NotSent(R.RECEIVER), PerhapsSent()])
def test_a_code_for_a_new_address_is_for_who_asked_to_mend(
    office: Office, changing: Changing, does: Exception
) -> None:
    changing.ask()
    post(office.app, Server(does))
    row = _row(office.open("mails"), office.say("Code pour une nouvelle", "Code voor een nieuw"))
    another = office.say("demandez un autre code", "vraag een andere code")
    assert "Zoé Laque" in row
    assert another not in row.lower()
    assert 'value="renvoyer"' not in row
    assert office.say("La personne le voit elle-même", "De persoon ziet dit zelf") in row
    assert another in changing.mine().words.lower()


@pytest.mark.parametrize("does", [NotSent(R.RECEIVER), NotSent(R.LATER), PerhapsSent()])
def test_a_code_whose_minutes_are_over_troubles_nobody_but_who_asked(
    office: Office, changing: Changing, does: Exception
) -> None:
    changing.ask()
    post(office.app, Server(does))
    if isinstance(does, PerhapsSent):
        with office.database() as session:
            mail.outage.end(session)
    office.app.config["CLOCK"] = lambda: MONDAY_MORNING + timedelta(minutes=11)
    assert office.say("Code pour une nouvelle", "Code voor een nieuw") not in office.open("mails").words
    assert "mail: ok (nothing waits)" in PageClient(office.app).get("/readyz").html
    said(changing.mine(), office.say("Code pour une nouvelle", "Code voor een nieuw"))


def test_a_server_that_took_no_code_in_time_is_told_to_machines(office: Office, changing: Changing) -> None:
    changing.ask()
    post(office.app, Server(NotSent(R.UNREACHABLE)))
    office.app.config["CLOCK"] = lambda: MONDAY_MORNING + timedelta(minutes=11)
    ready = PageClient(office.app).get("/readyz").html
    assert "mail: amber (the mail server takes nothing: unreachable)" in ready


def test_a_mail_that_perhaps_left_and_was_stopped_is_left_alone_in_the_list_of_accounts(
    office: Office, changing: Changing
) -> None:
    with office.database() as session:
        mail.post(session, "password_changed", session.get_one(Account, changing.number), MONDAY_MORNING)
    invite(office)
    post(office.app, Server(PerhapsSent()))
    with office.database() as session:
        mail.outage.end(session)
    post(office.app, Server(PerhapsSent()))
    perhaps = office.say("Message peut-être parti", "Bericht misschien vertrokken")
    ask_first = office.say("avant de le renvoyer", "voor u het opnieuw verstuurt")
    assert perhaps in changing.listed()
    assert accounts(office).words.count(ask_first) == 2
    path = office.path("mails")
    for number in re.findall(
        r'name="message" value="(\d+)"><input[^>]*value="jeter"', office.boss.get(path).html
    ):
        office.boss.submit(office.boss.get(path), path, message=number, quoi="jeter")
    assert perhaps not in changing.listed()
    said(accounts(office), perhaps)  # of the invitation that nobody has answered
    assert ask_first not in accounts(office).words, "nothing is left to send again"


# Editors, reviews, reports, reminders


def test_an_answer_to_a_proposal_that_is_refused_is_told_to_the_reviewer(office: Office) -> None:
    number = office.change({"summary.fr": "Une épicerie sociale."})
    page = office.open("proposals", number)
    with office.database() as session:
        boss = session.scalars(select(Account).where(Account.role == Role.COORDINATOR)).first()
        proposal = session.get_one(review.Proposal, number)
        review.refuse(session, proposal, boss, "Non.", MONDAY_MORNING)
    assert page.status == 200
    post(office.app, Server(NotSent(R.RECEIVER)))
    said(
        office.open("proposals"),
        office.say("Un de vos messages a un problème", "Er is een probleem met één van uw berichten"),
    )
    said(office.open("mails"), office.say("Proposition refusée", "Voorstel"))
    editor = signed_in_client(office.app, office.editor())
    with office.database() as session:
        session.get_one(Account, office.editor()).language = office.lang
    said(
        editor.get(office.say("/fr/mon-association/", "/nl/mijn-vereniging/")),
        office.say("Nos messages ne vous arrivent pas", "Onze berichten komen niet bij u aan"),
    )


def test_the_answer_to_who_reported_an_error_is_told_to_who_closed_it(office: Office) -> None:
    with office.database() as session:
        service = session.scalars(select(Service).where(Service.key == KEY)).one()
        boss = session.scalars(select(Account).where(Account.role == Role.COORDINATOR)).first()
        made = reports.report(
            session, service, "hours", "Faux.", "visiteur@maison.example", office.lang, MONDAY_MORNING
        )
        reports.close(session, made, boss, True, MONDAY_MORNING)
    post(office.app, Server(NotSent(R.RECEIVER)))
    page = office.open("reports")
    said(page, office.say("Réponse à une erreur signalée", "Antwoord op een gemelde fout"))
    assert "visiteur@" not in page.html + office.open("mails").html


def test_a_reminder_of_the_coordinator_that_is_refused_is_told(office: Office) -> None:
    editor = office.editor()
    with office.database() as session:
        boss = session.scalars(select(Account).where(Account.role == Role.COORDINATOR)).first()
        houses = session.scalars(select(Organization).where(Organization.key == KEY)).all()
        assert reminders.remind_now(session, houses, boss, MONDAY_MORNING).mails == 1
        name = session.get_one(Account, editor).name
    post(office.app, Server(NotSent(R.RECEIVER)))
    said(office.open("desk"), office.say("Un de vos messages a un problème", "Er is een probleem"), name)
    said(accounts(office), office.say("Fiches de service à confirmer", "Dienstfiches om te bevestigen"))


@pytest.mark.parametrize("kind", telling.COUNTED)
def test_who_was_to_hear_of_several_fiches_is_named_to_the_coordinator(office: Office, kind: str) -> None:
    number = add_account(office.app, Role.SOCIAL_WORKER, KEY, name="Zoé Laque", language=office.lang)
    with office.database() as session:
        boss = session.scalars(select(Account).where(Account.role == Role.COORDINATOR)).first()
        assert boss is not None
        worker = session.get_one(Account, number)
        telling.tell_of_several(session, kind, worker, 2, MONDAY_MORNING, boss.id)
    post(office.app, Server(NotSent(R.RECEIVER)))
    said(office.open("mails"), "Zoé Laque", office.say("Message refusé", "Bericht geweigerd"))
    said(office.open("desk"), "Zoé Laque")
    row = accounts(office).html.partition("Zoé Laque")[2].partition("</li>")[0]
    assert office.say("Message refusé", "Bericht geweigerd") in row


# The coordinator's list, and machines


def test_with_the_server_down_nobody_reads_that_all_is_sent(office: Office) -> None:
    for place in range(3):
        invite(office, f"n{place}@maison.example")
    said(
        office.open("mails"),
        office.say("3 messages sont prêts à partir.", "3 berichten zijn klaar om te vertrekken."),
    )
    post(office.app, Server(NotSent(R.UNREACHABLE)))
    office.app.config["CLOCK"] = lambda: MONDAY_MORNING + timedelta(minutes=11)
    page = office.open("mails")
    said(page, office.say("3 messages attendent depuis 11 minutes", "3 berichten wachten al 11 minuten"))
    said(page, office.say("le serveur de messagerie ne répond pas", "de mailserver antwoordt niet"))
    said(office.open("desk"), office.say("messages qui ont un problème", "berichten met een probleem"))
    ready = PageClient(office.app).get("/readyz").html
    assert ready.splitlines()[0] == "amber"
    assert (
        "mail: amber (3 wait for longer than ten minutes; the mail server takes nothing: unreachable)"
        in ready
    )
    button = page.html.count('value="renvoyer"')
    assert button == 3
    post(office.app, Server(), MONDAY_MORNING + timedelta(minutes=11))
    said(office.open("mails"), office.say("Aucun message n’est refusé", "Geen bericht is geweigerd"))
    assert "mail: ok (nothing waits)" in PageClient(office.app).get("/readyz").html


def test_every_reason_and_every_fate_has_its_words_in_both_languages(office: Office) -> None:
    """A code never stands on a page."""
    with office.database() as session:
        for reason in MailReason:
            session.add(
                Mail(
                    message_id=f"m{reason}", kind="reminder", language="fr", address="a@maison.example", content={},
                    created_at=MONDAY_MORNING, next_try_at=MONDAY_MORNING, given_up_at=MONDAY_MORNING, reason=reason,
                )
            )  # fmt: skip
    page = office.open("mails")
    assert not [reason for reason in MailReason if f" {reason.value}" in page.words and "_" in reason.value]
    assert 'lang="en"' not in page.html
    with Session(writing(office.app.extensions["guide"].engine)) as session:
        assert session.query(Mail).count() == len(MailReason)


def test_with_a_clock_far_ahead_mails_that_wait_are_told(office: Office) -> None:
    """Their links have died: they are not sent, and that is no "nothing waits"."""
    invite(office)
    office.app.config["CLOCK"] = lambda: MONDAY_MORNING + timedelta(days=400)
    ready = PageClient(office.app).get("/readyz").html
    assert "mail: amber (1 not sent in time, and of no use any more)" in ready
    office.app.config["CLOCK"] = lambda: MONDAY_MORNING
    assert "mail: ok (nothing waits)" in PageClient(office.app).get("/readyz").html
