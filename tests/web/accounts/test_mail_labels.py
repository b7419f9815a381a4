"""What became of a mail is told to whoever acted, in her language; to the coordinator, and to machines."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.audit import Edit
from guide.database import writing
from guide.editing import reminders, reports, review
from guide.mail.transport import NotSentError
from guide.model import (
    Account,
    Mail,
    MailReason,
    Organization,
    Role,
    Service,
)
from guide.referrals import telling
from tests.pages import PageClient
from tests.people import add_account, signed_in_client
from tests.running import MONDAY_MORNING
from tests.web.mail_servers import Server, accounts, invite, post, said
from tests.web.moderating import KEY, Office

R = MailReason


def test_an_answer_to_a_proposal_that_is_refused_is_told_to_the_reviewer(office: Office) -> None:
    number = office.change({"summary.fr": "Une épicerie sociale."})
    page = office.open("proposals", number)
    with office.database() as session:
        boss = session.scalars(select(Account).where(Account.role == Role.COORDINATOR)).first()
        proposal = session.get_one(review.Proposal, number)
        review.refuse(session, proposal, Edit(boss, MONDAY_MORNING, "Non."))
    assert page.status == 200
    post(office.app, Server(NotSentError(R.RECEIVER)))
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
            session,
            service,
            reports.Remark("hours", "Faux.", "visiteur@maison.example", office.lang),
            MONDAY_MORNING,
        )
        reports.close(session, made, mended=True, edit=Edit(boss, MONDAY_MORNING))
    post(office.app, Server(NotSentError(R.RECEIVER)))
    page = office.open("reports")
    said(page, office.say("Réponse à une erreur signalée", "Antwoord op een gemelde fout"))
    assert "visiteur@" not in page.html + office.open("mails").html


def test_a_reminder_of_the_coordinator_that_is_refused_is_told(office: Office) -> None:
    editor = office.editor()
    with office.database() as session:
        boss = session.scalars(select(Account).where(Account.role == Role.COORDINATOR)).first()
        organizations = session.scalars(select(Organization).where(Organization.key == KEY)).all()
        assert reminders.remind_now(session, organizations, boss, MONDAY_MORNING).mails == 1
        name = session.get_one(Account, editor).name
    post(office.app, Server(NotSentError(R.RECEIVER)))
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
    post(office.app, Server(NotSentError(R.RECEIVER)))
    said(office.open("mails"), "Zoé Laque", office.say("Message refusé", "Bericht geweigerd"))
    said(office.open("desk"), "Zoé Laque")
    row = accounts(office).html.partition("Zoé Laque")[2].partition("</li>")[0]
    assert office.say("Message refusé", "Bericht geweigerd") in row


@pytest.mark.parametrize("number", [1, 2])
def test_the_first_page_counts_one_message_as_one(office: Office, number: int) -> None:
    for place in range(number):
        invite(office, f"n{place}@maison.example")
    post(office.app, Server(NotSentError(R.UNREACHABLE)))
    office.app.config["CLOCK"] = lambda: MONDAY_MORNING + timedelta(minutes=11)
    one = office.say("message qui a un problème", "bericht met een probleem")
    many = office.say("messages qui ont un problème", "berichten met een probleem")
    said(office.open("desk"), f"{number} {one if number == 1 else many}")


def test_with_the_server_down_nobody_reads_that_all_is_sent(office: Office) -> None:
    for place in range(3):
        invite(office, f"n{place}@maison.example")
    said(
        office.open("mails"),
        office.say("3 messages sont prêts à partir.", "3 berichten zijn klaar om te vertrekken."),
    )
    post(office.app, Server(NotSentError(R.UNREACHABLE)))
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
