"""What became of a mail to an account is told where that does not reveal whether the account exists."""

import re
from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import delete, select

from guide import mail
from guide.accounts import own_address, people
from guide.editing import reminders
from guide.mail.transport import NotSentError, PerhapsSentError
from guide.model import Account, AccountState, LinkPurpose, Mail, MailReason, Role
from tests.mails import content_of
from tests.pages import Page, PageClient
from tests.people import add_account, signed_in_client, someone
from tests.running import MONDAY_MORNING
from tests.web.mail_servers import Server, accounts, invite, invited, post, said
from tests.web.moderating import KEY, Office

R = MailReason
REFUSES = [R.RECEIVER, R.CONTENT]
ASKS = {"connexion/lien": "ask-link", "mot-de-passe-oublie": "forgotten"}


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
    post(office.app, Server(NotSentError(reason)))
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
    post(office.app, Server(NotSentError(R.RECEIVER)))
    for french, dutch in (
        ("connexion/lien", "inloggen/link"),
        ("mot-de-passe-oublie", "wachtwoord-vergeten"),
    ):
        told = set()
        for email in ("ed@maison.example", "personne@ailleurs.example"):
            visitor = PageClient(office.app)
            page = visitor.get(office.say(f"/fr/{french}", f"/nl/{dutch}"))
            told.add(visitor.submit(page, ASKS[french], email=email).words)
            post(office.app, Server(NotSentError(R.RECEIVER)))
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
            own_address.change(
                session, account, self.new, own_address.MailboxProof(self.token, code), MONDAY_MORNING
            )

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
        mail.post(session, mail.NewMail("password_changed", account), MONDAY_MORNING)
        mail.post(
            session,
            mail.NewMail("account_idle", account, {"until": "2026-12-01"}, expires_at=MONDAY_MORNING),
            MONDAY_MORNING,
        )
        people.send_link(session, account.email, LinkPurpose.RESET, MONDAY_MORNING)
        stopped = mail.post(session, mail.NewMail("second_factor_changed", account), MONDAY_MORNING)
        stopped.given_up_at, stopped.reason = MONDAY_MORNING, R.DROPPED
        later = mail.post(session, mail.NewMail("second_factor_reset", account), MONDAY_MORNING)
        later.reason, later.tries, later.next_try_at = R.LATER, 5, MONDAY_MORNING + timedelta(hours=12)
    post(office.app, Server(NotSentError(R.RECEIVER)))
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
        mail.post(
            session,
            mail.NewMail("password_changed", session.get_one(Account, changing.number)),
            MONDAY_MORNING,
        )
    post(office.app, Server(NotSentError(R.RECEIVER)))
    changing.change()
    post(office.app, Server(NotSentError(R.RECEIVER)))
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
    post(office.app, Server(NotSentError(R.RECEIVER)), later)
    changing.change()
    with office.database() as session:
        assert not session.scalars(select(Mail).where(Mail.account_id == changing.number)).all()
    assert reminded() == ["reminder"]
    assert reminded() == ["reminder"], "and no third one"


@pytest.mark.parametrize("does", [NotSentError(R.RECEIVER), PerhapsSentError()])
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


@pytest.mark.parametrize("does", [NotSentError(R.RECEIVER), PerhapsSentError()])
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


@pytest.mark.parametrize("does", [NotSentError(R.RECEIVER), NotSentError(R.LATER), PerhapsSentError()])
def test_a_code_whose_minutes_are_over_troubles_nobody_but_who_asked(
    office: Office, changing: Changing, does: Exception
) -> None:
    changing.ask()
    post(office.app, Server(does))
    if isinstance(does, PerhapsSentError):
        with office.database() as session:
            mail.outage.end(session)
    office.app.config["CLOCK"] = lambda: MONDAY_MORNING + timedelta(minutes=11)
    assert office.say("Code pour une nouvelle", "Code voor een nieuw") not in office.open("mails").words
    assert "mail: ok (nothing waits)" in PageClient(office.app).get("/readyz").html
    said(changing.mine(), office.say("Code pour une nouvelle", "Code voor een nieuw"))


def test_a_server_that_took_no_code_in_time_is_told_to_machines(office: Office, changing: Changing) -> None:
    changing.ask()
    post(office.app, Server(NotSentError(R.UNREACHABLE)))
    office.app.config["CLOCK"] = lambda: MONDAY_MORNING + timedelta(minutes=11)
    ready = PageClient(office.app).get("/readyz").html
    assert "mail: amber (the mail server takes nothing: unreachable)" in ready


def test_a_mail_that_perhaps_left_and_was_stopped_is_left_alone_in_the_list_of_accounts(
    office: Office, changing: Changing
) -> None:
    with office.database() as session:
        mail.post(
            session,
            mail.NewMail("password_changed", session.get_one(Account, changing.number)),
            MONDAY_MORNING,
        )
    invite(office)
    post(office.app, Server(PerhapsSentError()))
    with office.database() as session:
        mail.outage.end(session)
    post(office.app, Server(PerhapsSentError()))
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
