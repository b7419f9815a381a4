"""Each mail is sent once: whoever sends, however often it fails, and whenever the process is killed."""

import os
import random
import threading
from collections import Counter
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from guide import mail
from guide.database import open_database, writing
from guide.mail.transport import NotSentError, PerhapsSentError
from guide.model import Account, Mail, MailReason, Role
from tests import databases
from tests.killing import started
from tests.mail.conftest import NOW, RECEIVER, SENDER, SITE, TOKEN, Box, Killed, post, row, send
from tests.people import make_account

LATER = NOW + timedelta(hours=1)


def unsure(engine: Engine, now=LATER) -> list[int]:
    with Session(engine) as session:
        return [found.id for found in mail.unsure(session, now)]


def test_a_mail_is_sent_once_and_then_holds_nothing_any_more(engine: Engine) -> None:
    number, box = post(engine), Box()
    assert send(engine, box) == mail.SendReport(1, 0)
    assert send(engine, box) == mail.SendReport(0, 0)
    sent = row(engine, number)
    assert (sent.content, sent.address, sent.sent_at, sent.problem) == ({}, None, NOW, None)
    assert len(box.taken) == 1


@pytest.mark.control("C23")
def test_what_is_not_committed_is_not_sent(engine: Engine) -> None:
    with Session(writing(engine)) as session:
        mail.post(session, mail.NewMail("sign_in_link", RECEIVER, {"token": TOKEN}), NOW)
        session.rollback()
    assert send(engine, Box()) == mail.SendReport(0, 0)


def test_mails_go_in_the_order_in_which_they_were_written(engine: Engine) -> None:
    names = [row(engine, post(engine)).message_id for _ in range(5)]
    box = Box()
    send(engine, box)
    assert box.taken == [f"<{name}@jette.example>" for name in names]


def test_a_mail_that_is_not_taken_is_tried_again_later_and_given_up_in_the_end(engine: Engine) -> None:
    number, box = post(engine), Box(*[NotSentError(MailReason.LATER, "no room")] * 6)
    moment = NOW
    for pause in (1, 5, 30, 120, 720):
        assert send(engine, box, moment) == mail.SendReport(0, 1)
        assert unsure(engine) == []
        almost = moment + timedelta(minutes=pause, seconds=-1)
        assert send(engine, box, almost) == mail.SendReport(0, 0), "not before its time"
        moment += timedelta(minutes=pause)
    assert send(engine, box, moment) == mail.SendReport(0, 1)
    assert (row(engine, number).given_up_at, row(engine, number).problem) == (moment, "no room")
    assert send(engine, box, moment + timedelta(days=9)) == mail.SendReport(0, 0)
    assert unsure(engine) == [number]


def test_somebody_may_have_a_mail_that_was_given_up_sent_again(engine: Engine) -> None:
    number = post(engine)
    send(engine, Box(NotSentError(MailReason.RECEIVER)))
    with Session(writing(engine)) as session:
        [given_up] = mail.unsure(session, LATER)
        assert mail.send_again(session, given_up, LATER)
        session.commit()
    assert send(engine, Box(), LATER) == mail.SendReport(1, 0)
    with Session(writing(engine)) as session:
        assert not mail.send_again(session, session.get_one(Mail, number), LATER), "it is sent already"


def test_somebody_may_decide_that_a_mail_is_not_sent_any_more(engine: Engine) -> None:
    post(engine)
    send(engine, Box(NotSentError(MailReason.RECEIVER)))
    with Session(writing(engine)) as session:
        [given_up] = mail.unsure(session, LATER)
        assert mail.drop(session, given_up, LATER)
        session.commit()
    assert unsure(engine) == []


def stop(engine: Engine, number: int, now=LATER) -> bool:
    with Session(writing(engine)) as session:
        done = mail.drop(session, session.get_one(Mail, number), now)
        session.commit()
    return done


def test_a_mail_that_somebody_stopped_stays_empty_and_is_told_as_stopped(engine: Engine) -> None:
    number = post(engine)
    send(engine, Box(NotSentError(MailReason.LATER)))
    assert stop(engine, number)
    left = row(engine, number)
    assert (left.content, left.address, left.sealed, left.given_up_at) == ({}, None, None, LATER)
    assert mail.fate(left, LATER) is mail.Fate.DROPPED
    with Session(writing(engine)) as session:
        assert mail.troubled(session, LATER) == [], "nobody has to decide any more"
        assert not mail.send_again(session, session.get_one(Mail, number), LATER), "there is nothing to send"
    assert send(engine, Box(), LATER + timedelta(days=2)) == mail.SendReport(0, 0)


def test_a_mail_that_perhaps_arrived_is_not_said_to_be_unsent_once_it_is_stopped(engine: Engine) -> None:
    number = post(engine)
    send(engine, Box(PerhapsSentError()))
    assert stop(engine, number)
    assert mail.fate(row(engine, number), LATER) is mail.Fate.PERHAPS
    assert unsure(engine) == []


def test_a_mail_that_is_on_its_way_or_was_sent_cannot_be_stopped(engine: Engine) -> None:
    class Stopping(Box):
        def send(self, message: EmailMessage) -> None:
            assert not stop(engine, number, NOW)
            super().send(message)

    number, box = post(engine), Stopping()
    assert send(engine, box) == mail.SendReport(1, 0)
    assert not stop(engine, number)
    assert row(engine, number).sent_at == NOW


def test_a_mail_that_another_replaces_leaves_nothing_to_tell(engine: Engine) -> None:
    for moment in (NOW, LATER):
        with Session(writing(engine)) as session:
            mail.post(
                session,
                mail.NewMail("sign_in_link", RECEIVER, {"token": TOKEN}, about="service:1", instead=True),
                moment,
            )
            session.commit()
            [number] = [found.id for found in session.query(Mail)]
        assert stop(engine, number, moment + timedelta(hours=1))


def test_a_mail_that_was_perhaps_sent_is_not_sent_again_by_itself(engine: Engine) -> None:
    number, box = post(engine), Box(PerhapsSentError())
    assert send(engine, box) == mail.SendReport(0, 1)
    assert unsure(engine, NOW) == [number], "that is known at once"
    for later in (LATER, NOW + timedelta(days=3)):
        assert send(engine, box, later) == mail.SendReport(0, 0)
        assert unsure(engine, later) == [number]
    assert row(engine, number).reason is MailReason.UNANSWERED


def test_a_process_that_dies_while_a_server_has_the_mail_leaves_it_to_somebody(engine: Engine) -> None:
    number, box = post(engine), Box(Killed(), repeatable=False)
    with pytest.raises(Killed):
        send(engine, box)
    assert unsure(engine, NOW) == [], "it may still be on its way"
    assert send(engine, box, LATER) == mail.SendReport(0, 0)
    assert unsure(engine) == [number]
    # Not even when mails become files from now on: the server perhaps has it.
    assert send(engine, Box(repeatable=True), LATER) == mail.SendReport(0, 0)


def test_a_process_that_dies_while_it_writes_a_file_is_followed_by_one_that_finishes(engine: Engine) -> None:
    post(engine)
    box = Box(Killed(), repeatable=True)
    with pytest.raises(Killed):
        send(engine, box)
    assert send(engine, box, NOW + timedelta(minutes=9)) == mail.SendReport(0, 0), "it may still be alive"
    assert send(engine, box, NOW + timedelta(minutes=11)) == mail.SendReport(1, 0)


def test_what_cannot_be_written_to_or_made_does_not_hold_up_the_others(engine: Engine) -> None:
    post(engine, "premier@maison.example")
    post(engine, "pas une adresse")
    post(engine, kind="no_such_kind")
    missing = post(engine, kind="report_closed")
    post(engine, kind="account_idle", until="no day")
    post(engine, "dernier@maison.example")
    box = Box(NotSentError(MailReason.RECEIVER))
    assert send(engine, box) == mail.SendReport(1, 5)
    assert send(engine, box, LATER) == mail.SendReport(0, 0)
    assert len(unsure(engine)) == 5
    assert row(engine, missing).problem == "the text cannot be made (UndefinedError)"


@pytest.mark.control("C10")
def test_the_log_holds_no_address_and_no_words_of_a_mail(engine: Engine, caplog) -> None:
    caplog.set_level("DEBUG")
    post(engine, "secret-receiver@maison.example", kind="account_idle", until="secret-day")
    post(engine, "secret receiver")
    post(engine, "secret-receiver@maison.example", token="secret-token")
    post(engine, "secret-receiver@maison.example", token="secret-token")
    send(engine, Box(NotSentError(MailReason.LATER), PerhapsSentError()))
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("guide")]
    assert len(ours) == 2
    assert not [words for words in ours if "secret" in words or "maison" in words]
    assert "secret" not in caplog.text


def test_a_mail_goes_to_the_address_the_account_has_when_it_is_sent(engine: Engine, tmp_path: Path) -> None:
    with Session(writing(engine)) as session:
        account = make_account(session, Role.EDITOR, language="nl", email="avant@maison.example")
        mail.post(session, mail.NewMail("sign_in_link", account, {"token": TOKEN}), NOW)
        session.flush()
        account.email = "an@maison.example"
        session.commit()
    send(engine, mail.Folder(tmp_path / "mail"))
    [file] = (tmp_path / "mail").glob("*.eml")
    message = message_from_bytes(file.read_bytes(), policy=default)
    assert message["To"] == "an@maison.example"
    assert message["Content-Language"] == "nl"
    assert f"{SITE}/nl/link/{TOKEN}" in message.get_content()


def test_an_account_that_is_deleted_takes_its_mails_with_it(engine: Engine) -> None:
    with Session(writing(engine)) as session:
        account = make_account(session, Role.EDITOR)
        mail.post(session, mail.NewMail("password_changed", account), NOW)
        mail.post(session, mail.NewMail("password_changed", account), NOW)
        session.commit()
        number = account.id

    class Deleting(Box):
        def send(self, message: EmailMessage) -> None:
            super().send(message)
            with Session(writing(engine)) as session:
                session.delete(session.get_one(Account, number))
                session.commit()

    box = Deleting()
    assert send(engine, box) == mail.SendReport(1, 0)
    assert len(box.taken) == 1
    with Session(engine) as session:
        assert session.query(Mail).count() == 0


@pytest.mark.control("C23")
def test_four_who_send_at_once_send_each_mail_once(engine: Engine) -> None:
    for _ in range(20):
        post(engine)
    boxes = [Box() for _ in range(4)]
    threads = [threading.Thread(target=send, args=(engine, box)) for box in boxes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = Counter(name for box in boxes for name in box.taken)
    assert len(taken) == 20
    assert set(taken.values()) == {1}


def test_many_mails_to_a_slow_server_are_not_taken_for_left_behind(engine: Engine) -> None:
    for _ in range(5):
        post(engine)
    moments = iter(NOW + timedelta(minutes=4) * step for step in range(99))
    assert send(engine, Box(), lambda: next(moments)) == mail.SendReport(5, 0)
    with Session(engine) as session:
        handed = [found.handed_at for found in session.query(Mail).order_by(Mail.id)]
    assert handed == sorted(handed)
    assert len(set(handed)) == 5


def test_a_database_that_is_busy_is_asked_again_after_the_mail_has_gone(engine: Engine) -> None:
    number, box, busy = post(engine), Box(), [True, True]

    @event.listens_for(engine, "before_cursor_execute")
    def stumble(connection, cursor, statement, *_: object) -> None:
        if box.taken and busy and statement.startswith("UPDATE mail"):
            busy.pop()
            raise OperationalError("UPDATE", {}, Exception("database is locked"))

    assert send(engine, box) == mail.SendReport(1, 0)
    assert busy == []
    assert row(engine, number).sent_at == NOW


def test_the_file_of_a_mail_goes_with_its_row(engine: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    post(engine)
    send(engine, mail.Folder(folder))
    [file] = folder.glob("*.eml")
    for age, kept in ((29, 1), (31, 0)):
        then = (NOW - timedelta(days=age)).timestamp()
        os.utime(file, (then, then))
        with Session(writing(engine)) as session:
            mail.tidy(session, NOW, folder)
            session.commit()
        assert len(list(folder.glob("*.eml"))) == kept


@pytest.mark.control("C8")
@pytest.mark.usefixtures("days_pass")
def test_sent_mails_are_deleted_after_thirty_days_and_undecided_ones_after_ninety(
    engine: Engine, tmp_path: Path
) -> None:
    sent, refused, lost = post(engine), post(engine), post(engine)
    send(engine, Box(None, NotSentError(MailReason.RECEIVER), PerhapsSentError()))

    def left(days: int) -> list[int]:
        with Session(writing(engine)) as session:
            mail.tidy(session, NOW + timedelta(days=days), tmp_path)
            session.commit()
            return [found.id for found in session.query(Mail).order_by(Mail.id)]

    assert left(29) == [sent, refused, lost]
    assert left(31) == [refused, lost]
    stopped = post(engine)
    assert stop(engine, stopped, NOW + timedelta(days=31))
    assert left(60) == [refused, lost, stopped]
    assert left(62) == [refused, lost]
    waiting = post(engine)
    assert left(89) == [refused, lost, waiting]
    assert left(91) == [waiting], "a mail that is still to be tried stays"


@pytest.mark.usefixtures("days_pass")
@pytest.mark.parametrize(
    "answer", [NotSentError(MailReason.RECEIVER), NotSentError(MailReason.LATER), PerhapsSentError()]
)
def test_a_code_that_nobody_decides_about_is_deleted_thirty_days_after_its_end(
    engine: Engine, tmp_path: Path, answer: Exception
) -> None:
    number = post(engine, kind="address_code", code="123456", expires_at=NOW + timedelta(minutes=10))
    send(engine, Box(answer))
    assert unsure(engine, NOW + timedelta(minutes=11)) == []
    for days, left in ((30, [number]), (31, [])):
        with Session(writing(engine)) as session:
            mail.tidy(session, NOW + timedelta(days=days), tmp_path)
            session.commit()
            assert [found.id for found in session.query(Mail)] == left


@pytest.mark.control("C23")
def test_killed_again_and_again_every_mail_is_there_once(tmp_path: Path) -> None:
    address = databases.migrated_file(tmp_path)
    engine = open_database(address)
    folder, told, chance = tmp_path / "mail", 0, random.Random(7)
    for _ in range(20):
        with started("tests.mail.sender", address, str(folder)) as process:
            # Killed as soon as it has told so many: it is posting, claiming, writing or noting then.
            for _ in range(chance.randint(1, 12)):
                told += process.says.readline() == "posted\n"
            told += process.kill().count("posted")
    with Session(engine) as session:
        names = Counter(found.message_id for found in session.query(Mail))
        left = session.query(Mail).filter(Mail.sent_at.is_(None)).count()
    send(engine, mail.Folder(folder), NOW + timedelta(days=1))
    files = Counter(file.stem for file in folder.glob("*.eml"))
    assert told >= 20
    assert told <= sum(names.values()) <= told + 20, (
        "the last post may have been committed before it was told"
    )
    assert left > 0, "no process was killed between posting and sending: the test proves nothing"
    assert files == names
    assert [file.name for file in folder.iterdir() if file.suffix != ".eml"] == []
    with Session(engine) as session:
        assert session.query(Mail).filter(Mail.sent_at.is_(None)).count() == 0
    for file in folder.glob("*.eml"):
        message = message_from_bytes(file.read_bytes(), policy=default)
        assert message["From"].addresses[0].addr_spec == SENDER
        assert TOKEN in message.get_content(), "a file is whole or not there"
    engine.dispose()
