"""What became of a mail about a fiche-relais is told to whoever sent or answered it, with what to do."""

import re
from datetime import datetime, time, timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from guide import mail
from guide.mail import transport
from guide.mail.transport import NotSentError, PerhapsSentError
from guide.model import Account, Mail, MailReason, Role, Service
from guide.model.referrals import Referral
from guide.referrals import answering, deadlines, finding, reading
from tests.pages import Page
from tests.people import add_account, someone
from tests.queries import counted
from tests.running import MONDAY_MORNING
from tests.web.mail_servers import Server, post, said
from tests.web.referral_accounts import FOOD, OTHER, ReferralSite

R = MailReason
REFUSES = [R.RECEIVER, R.CONTENT]


def fiche(site: ReferralSite, reference: str, who: str = "an") -> Page:
    return site.clients[who].get(site.path(reference=reference))


def test_before_the_server_has_it_nothing_is_said_to_have_left(site: ReferralSite, reference: str) -> None:
    page = fiche(site, reference)
    said(page, site.say("Le message est prêt à partir.", "Het bericht is klaar om te vertrekken."))
    said(page, site.say("Message prêt à partir", "Bericht klaar om te vertrekken"))
    assert site.say("Vous n’avez rien à faire", "U hoeft niets te doen") not in page.words


def test_accepted_by_the_server_is_not_arrived(site: ReferralSite, reference: str) -> None:
    post(site.app, Server())
    page = fiche(site, reference)
    said(
        page,
        site.say(
            "Le serveur de messagerie a accepté le message", "De mailserver heeft het bericht aangenomen"
        ),
    )
    said(
        page,
        site.say("Nous ne savons pas si quelqu’un l’a lu", "We weten niet of iemand het gelezen heeft"),
    )
    assert "notice-warn" not in page.html


@pytest.mark.parametrize("reason", [*REFUSES, R.ADDRESS])
def test_a_fiche_whose_mail_is_refused_is_told_to_its_sender_on_page_and_list(
    site: ReferralSite, reference: str, reason: MailReason
) -> None:
    post(site.app, Server(NotSentError(reason)))
    page = fiche(site, reference)
    said(page, site.say("Le service n’a pas reçu le message", "De dienst heeft het bericht niet gekregen"))
    said(
        page,
        site.say("Appelez le service, ou choisissez-en un autre.", "Bel de dienst, of kies een andere."),
    )
    said(page, site.say("Message refusé", "Bericht geweigerd"))
    assert 'href="tel:' in page.html, "whom to call"
    assert site.say("rien à faire", "niets te doen") not in page.words
    everything = site.clients["an"].get(site.path())
    said(
        everything,
        site.say("1 fiche vous attend", "1 fiche wacht op u"),
        site.say("Message refusé", "geweigerd"),
    )


@pytest.mark.parametrize("reason", [R.UNREACHABLE, R.TLS, R.LOGIN, R.SENDER, R.BUSY, R.FOLDER, R.LATER])
def test_a_mail_that_waits_says_why_and_after_ten_minutes_that_it_is_late(
    site: ReferralSite, reference: str, reason
) -> None:
    post(site.app, Server(NotSentError(reason)))
    said(fiche(site, reference), site.say("Le message attend", "Het bericht wacht"))
    site.at(MONDAY_MORNING + timedelta(minutes=12))
    page = fiche(site, reference)
    said(page, site.say("Le message attend depuis 12 minutes", "Het bericht wacht al 12 minuten"))
    said(page, site.say("Le service n’a pas encore le message", "De dienst heeft het bericht nog niet"))
    said(page, site.say("Appelez le service.", "Bel de dienst."))
    assert site.path("announce", reference) not in page.html, "it goes by itself"


def test_a_server_that_broke_off_leaves_it_open_whether_it_left(site: ReferralSite, reference: str) -> None:
    post(site.app, Server(PerhapsSentError()))
    page = fiche(site, reference)
    said(
        page,
        site.say("peut-être parti, peut-être pas", "misschien is het bericht vertrokken, misschien niet"),
    )


def test_without_a_mail_server_a_fiche_says_where_its_mail_is(site: ReferralSite, reference: str) -> None:
    post(site.app, Server(repeatable=True))
    said(fiche(site, reference), site.say("n’a pas de serveur de messagerie", "heeft geen mailserver"))


def test_the_mail_goes_anew_to_the_address_that_was_corrected(site: ReferralSite, reference: str) -> None:
    post(site.app, Server(NotSentError(R.RECEIVER)))
    with site.database() as session:
        service = session.scalars(select(Service).where(Service.key == FOOD)).one()
        service.relay_email = "juste@maison.example"
    assert site.press("announce", reference).status == 303
    server = Taking()
    post(site.app, server)
    assert server.taken == ["juste@maison.example"], "the refused one is not sent besides"
    said(fiche(site, reference), site.say("a accepté le message", "aangenomen"))
    assert site.press("announce", reference).status == 409, "nothing failed any more"
    assert site.press("announce", reference, "cy").status == 404


def test_a_fiche_whose_mail_failed_goes_to_another_service_and_is_gone(
    site: ReferralSite, reference: str
) -> None:
    post(site.app, Server(NotSentError(R.RECEIVER)))
    with site.database() as session:
        uid = session.scalars(select(Referral.uid).where(Referral.reference == reference)).one()
    link = site.say("suite", "vervolg")
    choose = site.clients["an"].get(f"{site.path('new')}?{link}={reference}")
    assert choose.status == 200
    form = site.clients["an"].post(
        site.path("new"),
        data={"_jeton": site.token("an"), "etape": "reprendre", "handed_on": reference, "service": OTHER},
    )
    assert "mot Quokka" in form.html, "what she asks for is not typed twice"
    checked = site.clients["an"].submit(
        form, "relay", "etape=relire", name="Zoraptère", contact=["phone"], phone="0470 12 34 56", way="oral",
        copy="yes", conditions=["1", "2", "3", "4", "5"],
    )  # fmt: skip
    answer = site.clients["an"].submit(checked, "relay-check", "etape=envoyer")
    assert answer.status == 303, answer.words
    assert list(site.rows().values()) == ["sent"]
    assert reference not in site.rows()
    with site.database() as session:
        assert not session.scalars(select(Mail).where(Mail.about.contains(uid))).all()
        kinds = set(
            session.scalars(select(Mail.kind).where(Mail.sent_at.is_(None), Mail.given_up_at.is_(None)))
        )
    assert "referral_ended" not in kinds, "a service that knows nothing is told nothing"


def test_a_fiche_that_reached_its_service_goes_to_no_other(site: ReferralSite, reference: str) -> None:
    post(site.app, Server())
    answer = site.clients["an"].post(
        site.path("new"),
        data={"_jeton": site.token("an"), "etape": "reprendre", "handed_on": reference, "service": OTHER},
    )
    assert answer.status == 409


def test_the_persons_copy_that_is_refused_is_given_on_paper(site: ReferralSite) -> None:
    reference = site.send(contact=["mail"], mail="personne@maison.example", phone="", copy_by_mail="y")
    post(site.app, Server(NotSentError(R.RECEIVER)))
    page = fiche(site, reference)
    said(page, site.say("Donnez-lui la copie sur papier.", "Geef de persoon de kopie op papier."))
    assert "personne@maison.example" not in page.html


CODE_LOST = {
    NotSentError: ("Le service n’a pas reçu son code", "De dienst heeft zijn code niet gekregen"),
    PerhapsSentError: (
        "Le service n’a peut-être pas reçu son code",
        "De dienst heeft zijn code misschien niet gekregen",
    ),
}


@pytest.mark.parametrize("does", [NotSentError(R.RECEIVER), PerhapsSentError()])
def test_a_code_that_did_not_reach_the_service_is_told_to_the_sender(
    site: ReferralSite, reference: str, does: Exception
) -> None:
    token = _token(site)
    post(site.app, Server())
    with site.database() as session:
        answering.ask(session, token, MONDAY_MORNING)
    post(site.app, Server(does))
    page = fiche(site, reference)
    told = [kind for kind, words in CODE_LOST.items() if site.say(*words) in page.words]
    assert told == [type(does)], page.words


def _token(site: ReferralSite) -> str:
    with site.database() as session:
        row = session.scalars(select(Mail).where(Mail.kind == "referral_received")).one()
        with session.no_autoflush:
            mail.outbox.open_sealed(row, site.app.config["SECRET_KEY"])
            token = str(row.content["token"])
        session.expunge(row)
    return token


def test_news_that_do_not_reach_the_sender_are_told_to_both_sides(site: ReferralSite, reference: str) -> None:
    post(site.app, Server())
    with site.database() as session:
        referral = session.scalars(select(Referral).where(Referral.reference == reference)).one()
        reading.open_person(session, referral, "receiver:x", MONDAY_MORNING)
        answering.accept(session, referral, "receiver:x", "Lundi à 10 h", None, MONDAY_MORNING)
    post(site.app, Server(NotSentError(R.RECEIVER)))
    words = site.say(
        "Le travailleur social n’a pas reçu notre message", "De maatschappelijk werker heeft ons bericht niet"
    )
    said(fiche(site, reference, "bo"), words)
    said(
        fiche(site, reference),
        site.say("Nos messages ne vous arrivent pas", "Onze berichten komen niet bij u aan"),
    )
    said(
        site.clients["an"].get(site.path()),
        site.say("Nos messages ne vous", "Onze berichten komen niet"),
    )


@pytest.mark.usefixtures("days_pass")
def test_a_reminder_that_is_refused_is_told(site: ReferralSite, reference: str) -> None:
    post(site.app, Server())
    later = MONDAY_MORNING + timedelta(days=8)
    with site.database() as session:
        deadlines.tick(session, later)
    post(site.app, Server(NotSentError(R.RECEIVER)), later)
    site.at(later)
    said(
        fiche(site, reference),
        site.say("Notre rappel au service n’est pas parti", "Onze herinnering aan de dienst"),
    )


def withdraw_unheard(site: ReferralSite, reference: str) -> None:
    """It arrived, it is withdrawn, and the service's server refuses the mail that says so."""
    post(site.app, Server())
    page = site.clients["an"].get(site.path("withdraw", reference))
    site.clients["an"].post(site.path("withdraw", reference), data={"_jeton": _form_token(page)})
    post(site.app, Server(NotSentError(R.RECEIVER)))


def test_the_end_of_a_fiche_that_is_refused_is_told_without_its_number(
    site: ReferralSite, reference: str
) -> None:
    """Withdrawn, it is erased; that the service has not heard of it is told to whoever withdrew it."""
    withdraw_unheard(site, reference)
    listed = site.clients["an"].get(site.path())
    said(listed, site.say("Un de vos messages a un problème", "Er is een probleem met één van uw berichten"))
    boss = someone(site.app, Role.COORDINATOR)
    mails = boss.get(site.say("/fr/moderation/messages", "/nl/moderatie/berichten"))
    assert reference not in listed.words + mails.words
    said(mails, site.say("Fin d’une fiche-relais", "Einde van een doorverwijsfiche"))


def _form_token(page: Page) -> str:
    return page.html.partition('name="_jeton" value="')[2].partition('"')[0]


def test_the_coordinator_reads_fiche_service_and_reason_and_nothing_of_the_person(site: ReferralSite) -> None:
    reference = site.send(contact=["mail"], mail="personne@maison.example", phone="", copy_by_mail="y")
    post(site.app, Server(NotSentError(R.RECEIVER)))
    boss = someone(site.app, Role.COORDINATOR)
    page = boss.get(site.say("/fr/moderation/messages", "/nl/moderatie/berichten"))
    with site.database() as session:
        name = (
            session.scalars(select(Service).where(Service.key == FOOD)).one().name.localized(site.lang).words
        )
        token_free = [row.message_id for row in session.scalars(select(Mail))]
    said(page, reference, name)
    said(page, site.say("le serveur de messagerie refuse cette adresse", "de mailserver weigert dit adres"))
    for secret in ("Zoraptère", "personne@maison.example", "Quokka", *token_free):
        assert secret not in page.html
    with site.database() as session:
        worker = session.get_one(Account, site.numbers["an"])
        assert worker.email not in page.html
        assert worker.name not in page.words
    table = boss.get(site.say("/fr/moderation/tableaux/messages.csv", "/nl/moderatie/tabellen/berichten.csv"))
    assert table.status == 200
    assert reference in table.html
    assert "personne@" not in table.html


def _answered(site: ReferralSite, who: str = "an") -> str:
    """A fiche that the service accepted; its sender's mail waits."""
    reference = site.send(who=who)
    post(site.app, Server())
    with site.database() as session:
        referral = session.scalars(select(Referral).where(Referral.reference == reference)).one()
        reading.open_person(session, referral, "receiver:x", MONDAY_MORNING)
        answering.accept(session, referral, "receiver:x", "Lundi à 10 h", None, MONDAY_MORNING)
    return reference


@pytest.mark.parametrize(
    ("does", "french", "dutch"),
    [
        (NotSentError(R.RECEIVER), "n’a pas reçu notre message", "heeft ons bericht niet gekregen"),
        (PerhapsSentError(), "n’a peut-être pas reçu notre message", "heeft ons bericht misschien niet"),
    ],
)
def test_an_answer_that_did_not_reach_the_sender_is_marked_on_the_receivers_list(
    site: ReferralSite, does: Exception, french: str, dutch: str
) -> None:
    _answered(site)
    everything = site.clients["bo"].get(site.path())
    assert site.say("notre message", "ons bericht") not in everything.words
    # Who broke off is tried again a minute later, with the next one.
    post(site.app, Server(does))
    post(site.app, Server(does), MONDAY_MORNING + timedelta(minutes=1))
    said(site.clients["bo"].get(site.path()), site.say(french, dutch))
    table = site.clients["bo"].submit(site.clients["bo"].get(site.path("table")), site.path("table"))
    assert site.say(f"Acceptée – Le travailleur social {french}", dutch) in table.html
    assert site.say("Le travailleur social n’a", "De maatschappelijk werker heeft") not in (
        site.clients["an"].get(site.path()).words
    )


def test_a_mail_behind_a_silent_server_is_said_to_wait_within_a_minute(site: ReferralSite) -> None:
    """The server has the first one, and says nothing after the message for as long as it is let."""
    site.send()
    behind = site.send(OTHER, "bo")
    moment = MONDAY_MORNING

    class Silent(Server):
        def send(self, message: EmailMessage) -> None:
            nonlocal moment
            moment += timedelta(seconds=transport.LAST_PATIENCE)
            raise PerhapsSentError

    mail.send_all(
        site.app.extensions["guide"].engine,
        Silent(),
        "guide@jette.example",
        "https://guide.example",
        lambda: moment,
        site.app.config["SECRET_KEY"],
    )
    site.at(moment)
    page = fiche(site, behind, "bo")
    said(
        page,
        site.say(
            "Le message attend : le serveur de messagerie ne répond pas",
            "Het bericht wacht: de mailserver antwoordt niet",
        ),
    )
    said(page, site.say("Message en attente", "Bericht wacht"))
    said(site.clients["bo"].get(site.path()), site.say("Message en attente", "Bericht wacht"))
    boss = someone(site.app, Role.COORDINATOR)
    said(
        boss.get(site.say("/fr/moderation/messages", "/nl/moderatie/berichten")),
        site.say("1 message attend.", "1 bericht wacht."),
    )


def test_a_mail_nobody_takes_up_is_said_to_wait_after_half_a_minute(
    site: ReferralSite, reference: str
) -> None:
    for seconds, sentence, label in (
        (29, ("Le message est prêt à partir", "klaar om te vertrekken"), ("Message prêt", "Bericht klaar")),
        (30, ("Le message n’est pas encore parti", "nog niet vertrokken"), ("en attente", "Bericht wacht")),
        (60, ("attend depuis 1 minute", "wacht al 1 minuut"), ("en attente", "Bericht wacht")),
    ):
        site.at(MONDAY_MORNING + timedelta(seconds=seconds))
        said(fiche(site, reference), site.say(*sentence), site.say(*label))
        said(site.clients["an"].get(site.path()), site.say(*label))


def test_the_receivers_list_asks_as_often_for_one_fiche_as_for_many(site: ReferralSite) -> None:
    """Each has a mail to its sender, and was taken over by somebody else since."""
    engine = site.app.extensions["guide"].engine
    with site.database() as session:
        organization = session.get_one(Account, site.numbers["an"]).memberships[0].organization.key

    def asked() -> int:
        with counted(engine) as statements:
            assert site.clients["bo"].get(site.path()).status == 200
        return len(statements)

    def one_more() -> None:
        _answered(site)
        heir = add_account(site.app, Role.SOCIAL_WORKER, organization, language=site.lang)
        with site.database() as session:
            newest = session.scalars(select(Referral).order_by(Referral.id.desc())).first()
            assert newest is not None
            newest.sender_id = heir

    one_more()
    asked()
    once = asked()
    one_more()
    one_more()
    assert asked() == once


def test_a_mail_that_is_on_its_way_is_not_said_to_be_cut_off(site: ReferralSite, reference: str) -> None:
    with site.database() as session:
        row = session.scalars(select(Mail)).one()
        row.handed_at, row.reason = MONDAY_MORNING, R.ON_ITS_WAY
    said(fiche(site, reference), site.say("Le message part en ce moment", "Het bericht vertrekt nu"))


def test_a_mail_that_the_coordinator_stops_is_told_to_the_sender(site: ReferralSite, reference: str) -> None:
    post(site.app, Server(NotSentError(R.RECEIVER)))
    boss = someone(site.app, Role.COORDINATOR)
    path = site.say("/fr/moderation/messages", "/nl/moderatie/berichten")
    with site.database() as session:
        [number] = session.scalars(select(Mail.id).where(Mail.given_up_at.is_not(None)))
    page = boss.get(path)
    assert boss.submit(page, path, message=str(number), quoi="jeter").status == 303
    stopped = site.say(
        "La coordination a arrêté ce message", "De coördinatie heeft dit bericht tegengehouden"
    )
    shown = fiche(site, reference)
    said(shown, stopped, site.say("Le service n’a pas reçu le message", "De dienst heeft het bericht niet"))
    said(shown, site.say("Message arrêté", "Bericht tegengehouden"))
    said(site.clients["an"].get(site.path()), site.say("Message arrêté", "Bericht tegengehouden"))
    said(site.clients["an"].get(site.path()), site.say("1 fiche vous attend", "1 fiche wacht op u"))
    assert reference not in boss.get(path).words, "she has decided"
    assert site.press("announce", reference).status == 303
    assert stopped not in fiche(site, reference).words, "another one takes its place"


def test_a_mail_that_perhaps_left_is_nowhere_said_not_to_have_left(
    site: ReferralSite, reference: str
) -> None:
    """One mail, one fate: on the fiche, on the list, and on the coordinator's pages."""
    post(site.app, Server(PerhapsSentError()))
    boss = someone(site.app, Role.COORDINATOR)
    desk, mails = (
        site.say(*paths)
        for paths in (
            ("/fr/moderation/", "/nl/moderatie/"),
            ("/fr/moderation/messages", "/nl/moderatie/berichten"),
        )
    )
    pages = [
        fiche(site, reference),
        site.clients["an"].get(site.path()),
        boss.get(desk),
        boss.get(mails),
    ]
    said(pages[-1], site.say("Message peut-être parti", "Bericht misschien vertrokken"))
    for page in pages:
        for denied in (
            "n’est pas parti",
            "ne partent pas",
            "ne partent plus",
            "niet vertrokken",
            "niet vertrekken",
        ):
            assert denied not in page.words, page.words


def test_two_mails_about_one_fiche_are_told_apart_on_the_lists(site: ReferralSite) -> None:
    """Both are news of the same fiche; when each was written says which is which."""
    reference = _answered(site)
    with site.database() as session:
        for mail_row in session.scalars(select(Mail).where(Mail.kind == "referral_news")):
            mail_row.created_at += timedelta(minutes=4) * mail_row.id
    post(site.app, Server(NotSentError(R.RECEIVER)), MONDAY_MORNING + timedelta(hours=1))
    page = someone(site.app, Role.COORDINATOR).get(
        site.say("/fr/moderation/messages", "/nl/moderatie/berichten")
    )
    rows = [row for row in page.html.split("<li>") if reference in row]
    written = [re.search(r"(?:Écrit le|Geschreven op) ([^<]+)<", row) for row in rows]
    assert len(rows) > 1
    assert all(written)
    assert len({found[1] for found in written if found}) == len(rows)


@pytest.mark.usefixtures("days_pass")
def test_the_end_of_an_agreement_that_the_service_was_not_told_is_on_page_and_list(
    site: ReferralSite,
) -> None:
    reference = _answered(site)
    post(site.app, Server())
    with site.database() as session:
        expires = session.scalars(select(Referral)).one().consent_expires
    assert expires is not None
    soon = datetime.combine(expires, time(9), tzinfo=MONDAY_MORNING.tzinfo) - timedelta(days=3)
    with site.database() as session:
        deadlines.tick(session, soon)
        # Her own mail about it goes.
        for row in session.scalars(select(Mail).where(Mail.kind == "referral_news")):
            row.sent_at = row.sent_at or soon
    post(site.app, Server(NotSentError(R.RECEIVER)), soon)
    site.at(soon)
    said(
        fiche(site, reference),
        site.say("Le service ne sait pas que l’accord arrive", "De dienst weet niet dat het akkoord afloopt"),
    )
    with site.database() as session:
        [one] = finding.sent_by(session, session.get_one(Account, site.numbers["an"]), soon)
        assert one.undelivered
        assert one.waits
        assert one.failed == one.agreement
    table = site.clients["an"].submit(site.clients["an"].get(site.path("table")), site.path("table"))
    assert site.say("Message refusé", "Bericht geweigerd") in table.html


class Taking(Server):
    """A server that takes everything; to whom is in `taken`."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[str] = []

    def send(self, message: EmailMessage) -> None:
        self.taken.append(str(message["To"]))


def _sent_again_by_the_coordinator(site: ReferralSite, relay_email: str | None) -> tuple[Page, list[str]]:
    """The listing has this address by now, and every mail that failed is sent again: the page, and who got one."""
    with site.database() as session:
        session.scalars(select(Service).where(Service.key == FOOD)).one().relay_email = relay_email
        numbers = [row.id for row in mail.unsure(session, MONDAY_MORNING)]
    path = site.say("/fr/moderation/messages", "/nl/moderatie/berichten")
    boss = someone(site.app, Role.COORDINATOR)
    token = _form_token(boss.get(path))
    data = {"_jeton": token, "message": [str(each) for each in numbers], "quoi": "renvoyer"}
    page = boss.get(boss.post(path, data=data).headers["Location"])
    server = Taking()
    post(site.app, server)
    return page, server.taken


@pytest.mark.parametrize("does", [NotSentError(R.RECEIVER), PerhapsSentError()])
def test_what_the_coordinator_sends_again_goes_to_the_services_address_of_now(
    site: ReferralSite, does: Exception
) -> None:
    site.send()
    post(site.app, Server(does))
    assert _sent_again_by_the_coordinator(site, "juste@maison.example")[1] == ["juste@maison.example"]


def test_the_end_of_a_fiche_sent_again_goes_to_the_services_address_of_now(
    site: ReferralSite, reference: str
) -> None:
    withdraw_unheard(site, reference)
    taken = _sent_again_by_the_coordinator(site, "juste@maison.example")[1]
    assert "juste@maison.example" in taken
    assert f"accueil@{FOOD}.example" not in taken


def test_the_persons_copy_sent_again_stays_hers(site: ReferralSite) -> None:
    site.send(contact=["mail"], mail="personne@maison.example", phone="", copy_by_mail="y")
    post(site.app, Server(NotSentError(R.RECEIVER)))
    taken = _sent_again_by_the_coordinator(site, "juste@maison.example")[1]
    assert sorted(taken) == ["juste@maison.example", "personne@maison.example"]


@pytest.mark.parametrize("nothing", [None, ""])
def test_nothing_is_sent_again_to_a_service_that_has_no_address(
    site: ReferralSite, nothing: str | None
) -> None:
    site.send()
    post(site.app, Server(NotSentError(R.RECEIVER)))
    page, taken = _sent_again_by_the_coordinator(site, nothing)
    assert taken == []
    said(page, site.say("n’a plus d’adresse pour les fiches-relais", "heeft geen adres meer voor"))
    with site.database() as session:
        assert session.scalars(select(Mail)).one().given_up_at is not None, "nothing has changed"


@pytest.mark.parametrize("stopped", [False, True])
def test_a_mail_that_perhaps_left_may_arrive_twice(site: ReferralSite, reference: str, stopped: bool) -> None:
    post(site.app, Server(PerhapsSentError()))
    if stopped:
        with site.database() as session:
            assert mail.drop(session, session.scalars(select(Mail)).one(), MONDAY_MORNING)
    page = fiche(site, reference)
    said(page, site.say("le service l’aura peut-être deux fois", "krijgt de dienst het misschien twee keer"))
    assert site.say("La coordination voit aussi", "De coördinatie ziet") not in page.words


def test_to_a_service_that_receives_no_fiches_any_more_none_is_sent_again(
    site: ReferralSite, reference: str
) -> None:
    post(site.app, Server(NotSentError(R.RECEIVER)))
    with site.database() as session:
        merged, into = (
            session.scalars(select(Service).where(Service.key == key)).one() for key in (FOOD, OTHER)
        )
        merged.merged_into = into.id
    words = site.say(
        "Ce service ne reçoit plus de fiches-relais", "Deze dienst krijgt geen doorverwijsfiches"
    )
    page = fiche(site, reference)
    said(page, words)
    assert site.path("announce", reference) not in page.html
    late = site.press("announce", reference)
    assert late.status == 409
    said(late, words)
    assert site.say("a changé entre-temps", "is intussen veranderd") not in late.words


def test_a_silent_server_is_said_to_be_tried_as_often_as_it_is(site: ReferralSite) -> None:
    site.send()
    post(site.app, Server(NotSentError(R.UNREACHABLE)))
    site.at(MONDAY_MORNING + timedelta(minutes=11))
    page = someone(site.app, Role.COORDINATOR).get(
        site.say("/fr/moderation/messages", "/nl/moderatie/berichten")
    )
    often = site.say("au moins toutes les cinq minutes", "minstens om de vijf minuten")
    assert page.words.count(often) == 2, "above the list, and of the mail that waits"


def test_the_persons_copy_does_not_say_that_the_service_has_her_request(site: ReferralSite) -> None:
    site.send(contact=["mail"], mail="personne@maison.example", phone="", copy_by_mail="y", spoken=site.lang)
    texts: dict[str, str] = {}

    class Reading(Server):
        def send(self, message: EmailMessage) -> None:
            texts[str(message["To"])] = f"{message['Subject']}\n{message.get_content()}"

    post(site.app, Reading())
    text = texts["personne@maison.example"]
    assert site.say("demandez-le à votre travailleur social", "Vraag het aan uw maatschappelijk") in text
    for claimed in ("transmis", "doorgegeven"):
        assert claimed not in text
