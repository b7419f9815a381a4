"""Mails: written with what they tell of, sent once, never by a header of somebody else's making."""

import smtplib
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from guide import mail, migrations
from guide.database import open_database, writing
from guide.mail import links, rendering
from guide.mail.transport import NotSent, PerhapsSent
from guide.model import Mail, Role
from tests import postgresql
from tests.people import make_account

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SENDER, SITE = "guide@jette.example", "https://guide.example"
ROOT = Path(__file__).parents[2]
ON_POSTGRESQL = pytest.param("postgresql", marks=[pytest.mark.postgresql, postgresql.needed])


@pytest.fixture(params=["sqlite", ON_POSTGRESQL])
def engine(request, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "postgresql":
        with postgresql.own_database() as engine:
            migrations.upgrade(engine)
            yield engine
        return
    engine = open_database(f"sqlite:///{tmp_path / 'guide.sqlite3'}")
    migrations.upgrade(engine)
    yield engine
    engine.dispose()


class Box:
    """A transport that remembers; `answers` are raised one after the other."""

    def __init__(self, *answers: Exception | None, repeatable: bool = False) -> None:
        self.repeatable = repeatable
        self.taken: list[str] = []
        self._answers = list(answers)

    def send(self, message) -> None:
        answer = self._answers.pop(0) if self._answers else None
        if answer is not None:
            raise answer
        self.taken.append(str(message["Message-ID"]))


def post(engine: Engine, to: str = "quelquun@maison.example", kind: str = "sign_in_link", **content) -> int:
    with Session(writing(engine)) as session:
        row = mail.post(session, kind, to, NOW, **({"token": "t" * 43} | content))
        session.commit()
        return row.id


def row(engine: Engine, number: int) -> Mail:
    with Session(engine) as session:
        return session.get_one(Mail, number)


def send(engine: Engine, box: mail.Transport, now: datetime = NOW) -> mail.SendReport:
    return mail.send_all(engine, box, SENDER, SITE, now)


def test_a_mail_is_sent_once_and_then_holds_nothing_any_more(engine: Engine) -> None:
    number, box = post(engine), Box()
    assert send(engine, box) == mail.SendReport(1, 0)
    assert send(engine, box) == mail.SendReport(0, 0)
    sent = row(engine, number)
    assert (sent.content, sent.address, sent.sent_at) == ({}, None, NOW)


def test_what_is_not_committed_is_not_sent(engine: Engine) -> None:
    box = Box()
    with Session(writing(engine)) as session:
        mail.post(session, "sign_in_link", "quelquun@maison.example", NOW, token="t")
        session.rollback()
    assert send(engine, box) == mail.SendReport(0, 0)


def test_a_mail_that_is_not_taken_is_tried_again_later_and_given_up_in_the_end(engine: Engine) -> None:
    number, box = post(engine), Box(*[NotSent("no server")] * 6)
    moment = NOW
    for pause in (1, 5, 30, 120, 720):
        assert send(engine, box, moment) == mail.SendReport(0, 1)
        assert send(engine, box, moment) == mail.SendReport(0, 0), "not before its time"
        moment += timedelta(minutes=pause)
    assert send(engine, box, moment) == mail.SendReport(0, 1)
    assert row(engine, number).given_up_at == moment
    with Session(writing(engine)) as session:
        [given_up] = mail.unsure(session, moment)
        mail.send_again(session, given_up, moment)
        session.commit()
    assert send(engine, box, moment) == mail.SendReport(1, 0)


def test_a_mail_that_was_perhaps_sent_is_not_sent_again_by_itself(engine: Engine) -> None:
    number, box = post(engine), Box(PerhapsSent())
    assert send(engine, box) == mail.SendReport(0, 1)
    later = NOW + timedelta(hours=1)
    assert send(engine, box, later) == mail.SendReport(0, 0)
    with Session(engine) as session:
        assert [found.id for found in mail.unsure(session, later)] == [number]


def test_one_receiver_that_is_refused_does_not_hold_up_the_others(engine: Engine) -> None:
    post(engine, "premier@maison.example")
    post(engine, "pas une adresse")
    post(engine, "troisieme@maison.example")
    box = Box(NotSent("refused", for_good=True))
    assert send(engine, box) == mail.SendReport(1, 2)


def test_a_mail_goes_to_the_address_the_account_has_when_it_is_sent(engine: Engine, tmp_path: Path) -> None:
    with Session(writing(engine)) as session:
        account = make_account(session, Role.EDITOR, language="nl", email="an@maison.example")
        mail.post(session, "sign_in_link", account, NOW, token="t" * 43)
        session.commit()
    send(engine, mail.Folder(tmp_path / "mail"))
    [file] = (tmp_path / "mail").glob("*.eml")
    message = message_from_bytes(file.read_bytes(), policy=default)
    assert message["To"] == "an@maison.example"
    assert message["Content-Language"] == "nl"
    assert f"{SITE}/nl/link/{'t' * 43}" in message.get_content()
    assert message["From"].addresses[0].addr_spec == SENDER
    assert message["Auto-Submitted"] == "auto-generated"


def test_two_who_send_at_once_send_each_mail_once(engine: Engine, tmp_path: Path) -> None:
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


def test_killed_again_and_again_every_mail_is_there_once(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'guide.sqlite3'}"
    engine = open_database(address)
    migrations.upgrade(engine)
    folder, posted = tmp_path / "mail", 0
    for lines in (1, 4, 2, 7, 3, 5, 1, 6):
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.mail.sender", address, str(folder)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        for _ in range(lines):
            process.stdout.readline()
        process.kill()
        process.communicate()
    with Session(engine) as session:
        posted = session.query(Mail).count()
    send(engine, mail.Folder(folder), NOW + timedelta(days=1))
    with Session(engine) as session:
        names = {found.message_id for found in session.query(Mail)}
        assert session.query(Mail).filter(Mail.sent_at.is_(None)).count() == 0
    files = [file.stem for file in folder.glob("*.eml")]
    assert posted > 8
    assert sorted(files) == sorted(names)
    engine.dispose()


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example\r\nBcc: tous@pirate.example",
        "a@b.example\nBcc: tous@pirate.example",
        "a@b.example, tous@pirate.example",
        "<a@b.example> tous@pirate.example",
        '"a b"@b.example',
        "a@b",
        "é@b.example",
        "a@b.example\x00",
        "a" * 250 + "@b.example",
        "",
    ],
)
def test_no_address_brings_a_header_or_a_second_receiver(address: str) -> None:
    made = Mail(
        message_id="m",
        kind="sign_in_link",
        language="fr",
        address=address,
        content={"token": "t"},
        created_at=NOW,
    )
    with pytest.raises(rendering.WrongAddress):
        rendering.message(made, SENDER, SITE)


@pytest.mark.parametrize(
    "evil",
    ["x\r\nBcc: tous@pirate.example", "x\nBcc: a@b.example\n\nautre corps", "x\u2028y", "=?utf-8?q?x?="],
)
def test_what_stands_in_a_subject_stays_one_line(evil: str) -> None:
    made = Mail(
        message_id="m",
        kind="proposal_accepted",
        language="fr",
        address="a@b.example",
        content={"listing": evil, "reference": "soupe", "answer": evil, "accepted": []},
        created_at=NOW,
    )
    if not (ROOT / "templates/mail/proposal_accepted.txt").exists():
        pytest.fail("the template of an accepted proposal is missing")
    message = message_from_bytes(rendering.message(made, SENDER, SITE).as_bytes(), policy=default)
    assert message["Bcc"] is None
    assert "\n" not in message["Subject"]
    assert message["To"] == "a@b.example"


def test_every_link_of_a_mail_leads_to_a_page_of_the_guide(app: Flask) -> None:
    adapter = app.url_map.bind("localhost")
    for name, sides in links.LINKS.items():
        found = set()
        for language, path in sides.items():
            endpoint, values = adapter.match(path.format(token="t", code="c", reference="soupe", key="k"))
            assert values.get("lang", language) == language, name
            found.add(endpoint)
        assert len(found) == 1, name


def test_a_server_that_answers_no_is_told_apart_from_one_that_breaks_off() -> None:
    class Server:
        def __init__(self, *_: object, **__: object) -> None:
            self.answer: Exception | None = None

        def send_message(self, message: object) -> None:
            raise failures.pop(0)

        def quit(self) -> None:
            raise smtplib.SMTPServerDisconnected

    made = Mail(
        message_id="m",
        kind="sign_in_link",
        language="fr",
        address="a@b.example",
        content={"token": "t"},
        created_at=NOW,
    )
    message = rendering.message(made, SENDER, SITE)
    failures: list[Exception] = [
        smtplib.SMTPRecipientsRefused({"a@b.example": (550, b"no")}),
        smtplib.SMTPRecipientsRefused({"a@b.example": (450, b"later")}),
        smtplib.SMTPDataError(451, b"later"),
    ]
    server = mail.Smtp("smtp://mail.example", connect=Server)  # type: ignore[arg-type]
    for for_good in (True, False, False):
        with pytest.raises(NotSent) as refused:
            server.send(message)
        assert refused.value.for_good is for_good
        assert "a@b" not in str(refused.value)
    failures.append(smtplib.SMTPServerDisconnected())
    with pytest.raises(PerhapsSent):
        server.send(message)

    def unreachable(*_: object, **__: object) -> smtplib.SMTP:
        raise OSError("unreachable")

    with pytest.raises(NotSent):
        mail.Smtp("smtp://mail.example", connect=unreachable).send(message)


def test_sent_mails_are_deleted_after_thirty_days(engine: Engine) -> None:
    post(engine)
    send(engine, Box())
    with Session(writing(engine)) as session:
        assert mail.tidy(session, NOW + timedelta(days=29)) == 0
        assert mail.tidy(session, NOW + timedelta(days=31)) == 1
        session.commit()
