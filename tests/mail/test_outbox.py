"""A mail is a row in the transaction of what it tells of; whoever sends here hears that it was committed."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide import mail
from guide.mail import outbox
from guide.model import Mail, MailReason, Role
from tests.mail.conftest import NOW, RECEIVER
from tests.people import make_account


@pytest.fixture(autouse=True)
def silence() -> Iterator[None]:
    outbox.posted.clear()
    yield
    outbox.posted.clear()


def test_the_bell_rings_once_the_mail_is_committed(session: Session) -> None:
    mail.post(session, mail.NewMail("password_changed", RECEIVER), NOW)
    assert not outbox.posted.is_set()
    session.commit()
    assert outbox.posted.is_set()


def test_the_bell_rings_for_a_mail_inside_a_savepoint_too(session: Session) -> None:
    with session.begin_nested():
        mail.post(session, mail.NewMail("password_changed", RECEIVER), NOW)
    outbox.posted.clear()
    session.commit()
    assert outbox.posted.is_set()


def test_a_commit_without_mail_rings_no_bell(session: Session) -> None:
    make_account(session, Role.EDITOR)
    session.commit()
    assert not outbox.posted.is_set()


def test_the_language_is_the_one_given_else_the_account_s_else_french(session: Session) -> None:
    account = make_account(session, Role.EDITOR, language="nl")
    assert mail.post(session, mail.NewMail("password_changed", account), NOW).language == "nl"
    assert mail.post(session, mail.NewMail("password_changed", account, language="fr"), NOW).language == "fr"
    assert mail.post(session, mail.NewMail("password_changed", RECEIVER), NOW).language == "fr"


def test_every_mail_has_a_name_of_its_own(session: Session) -> None:
    names = {
        mail.post(session, mail.NewMail("password_changed", RECEIVER), NOW).message_id for _ in range(50)
    }
    assert len(names) == 50


def test_what_perhaps_arrived_stays_beside_the_mail_that_takes_its_place_and_goes_no_more(
    session: Session,
) -> None:
    perhaps = mail.post(session, mail.NewMail("referral_received", RECEIVER, about="referral:x"), NOW)
    perhaps.handed_at, perhaps.reason = NOW, MailReason.UNANSWERED
    session.flush()
    session.expunge(mail.post(session, mail.NewMail("referral_received", RECEIVER, about="referral:x"), NOW))
    new = mail.post(
        session, mail.NewMail("referral_received", RECEIVER, about="referral:x", instead=True), NOW
    )
    session.commit()
    assert set(session.scalars(select(Mail.message_id))) == {perhaps.message_id, new.message_id}
    assert not mail.send_again(session, perhaps, NOW), "its link is dead"
