"""`guide mail send`, and the thread by which a running server sends: nothing is sent without a public address."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from guide import clock, mail
from guide.database import open_database, writing
from guide.mail.transport import NotSentError, PerhapsSentError, Smtp
from guide.model import Mail, MailReason
from guide.operations import background
from guide.operations.background import Postman, transport
from tests import databases
from tests.commands import commands
from tests.mail.conftest import NOW, SENDER, SITE, TOKEN, Box, post, row, send
from tests.running import settings_for


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """One kind of database is enough here."""
    instance = tmp_path / "instance"
    instance.mkdir()
    engine = open_database(databases.migrated_file(instance))
    yield engine
    engine.dispose()


@pytest.fixture
def office(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    instance = tmp_path / "instance"
    monkeypatch.setattr(clock, "now", lambda: NOW)
    with commands(instance, monkeypatch, GUIDE_SITE_URL=SITE) as (run, _):
        yield SimpleNamespace(
            send=lambda: run("mail", "send"),
            folder=instance / "mail",
            monkeypatch=monkeypatch,
            instance=instance,
        )


def files(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir()) if folder.exists() else []


def test_what_waits_becomes_files_once(office: SimpleNamespace, engine: Engine, capsys) -> None:
    names = sorted(f"{row(engine, post(engine)).message_id}.eml" for _ in range(3))
    for sent in (3, 0):
        assert office.send() == 0
        assert f"{sent} mail(s) sent, 0 could not be." in capsys.readouterr().out
        assert files(office.folder) == names


def test_without_a_public_address_nothing_is_sent_and_the_operator_is_told(
    office: SimpleNamespace, engine: Engine, capsys
) -> None:
    office.monkeypatch.delenv("GUIDE_SITE_URL")
    assert office.send() == 0, "nothing waits"
    post(engine)
    assert office.send() == 1
    assert "GUIDE_SITE_URL: a mail needs the public address" in capsys.readouterr().err
    assert files(office.folder) == []


def test_a_mail_left_half_way_is_not_finished_without_a_public_address_either(
    office: SimpleNamespace, engine: Engine
) -> None:
    number = post(engine)
    with Session(engine) as session:
        session.get_one(Mail, number).handed_at = NOW - timedelta(hours=1)
        session.commit()
    office.monkeypatch.delenv("GUIDE_SITE_URL")
    assert office.send() == 1
    office.monkeypatch.setenv("GUIDE_SITE_URL", SITE)
    assert office.send() == 0
    [file] = office.folder.glob("*.eml")
    assert f"{SITE}/fr/lien/".encode() in file.read_bytes()


@pytest.mark.usefixtures("days_pass")
def test_what_somebody_must_decide_is_told_and_what_is_old_is_deleted(
    office: SimpleNamespace, engine: Engine, capsys
) -> None:
    post(engine)
    post(engine)
    send(engine, Box(NotSentError(MailReason.RECEIVER), PerhapsSentError()))
    post(engine)
    office.send()
    told = capsys.readouterr().out
    assert "0 mail(s) sent" in told
    assert "The mail server takes nothing just now (unreachable)" in told, "it broke off a moment ago"
    assert "2 mail(s) perhaps sent or given up" in told
    office.monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=2))
    office.send()
    assert "1 mail(s) sent" in capsys.readouterr().out
    office.monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=31))
    office.send()
    assert "2 mail(s) perhaps sent or given up" in capsys.readouterr().out
    with Session(engine) as session:
        assert session.query(Mail).count() == 2


@pytest.mark.usefixtures("days_pass")
def test_what_was_not_sent_in_time_is_told(office: SimpleNamespace, engine: Engine, capsys) -> None:
    with Session(writing(engine)) as session:
        ends = NOW + timedelta(minutes=10)
        mail.post(
            session, mail.NewMail("sign_in_link", "a@b.example", {"token": TOKEN}, expires_at=ends), NOW
        )
        session.commit()
    office.monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=20))
    assert office.send() == 0
    told = capsys.readouterr().out
    assert "0 mail(s) sent" in told
    assert "1 mail(s) not sent in time" in told


def test_the_settings_choose_between_a_server_and_a_folder(tmp_path: Path) -> None:
    assert isinstance(transport(settings_for(tmp_path)), mail.Folder)
    server = transport(settings_for(tmp_path, smtp_url="smtps://me:secret@mail.example", mail_from=SENDER))
    assert isinstance(server, Smtp)
    assert not server.repeatable


class Watched(Box):
    """Tells when it has taken a mail."""

    def __init__(self) -> None:
        super().__init__()
        self.took = threading.Event()

    def send(self, message) -> None:
        super().send(message)
        self.took.set()


def postman(engine: Engine, instance: Path, box: mail.Transport) -> Postman:
    made = Postman(engine, settings_for(instance, mail_from=SENDER), SITE)
    made._way = box
    return made


def test_a_server_sends_what_waits_and_goes_at_once_for_what_is_posted_here(
    office: SimpleNamespace, engine: Engine
) -> None:
    # He would not look again by himself within this test.
    office.monkeypatch.setattr(background, "LOOKS_EVERY", 600)
    box = Watched()
    post(engine)
    with postman(engine, office.instance, box):
        assert box.took.wait(20)
        for _ in range(3):
            box.took.clear()
            post(engine)
            assert box.took.wait(20), "he heard nothing of a mail that was committed here"
    assert len(box.taken) == 4
    assert "postman" not in [thread.name for thread in threading.enumerate()]


def test_a_postman_looks_by_himself_for_what_others_post(office: SimpleNamespace, engine: Engine) -> None:
    office.monkeypatch.setattr(background, "LOOKS_EVERY", 0.02)
    box = Watched()
    with postman(engine, office.instance, box):
        other = open_database(str(engine.url))
        background.posted.clear()
        with Session(other) as session:
            # As another process does it: no bell here.
            session.add(
                Mail(
                    message_id="a", kind="sign_in_link", language="fr", address="a@b.example",
                    content={"token": TOKEN}, created_at=NOW, next_try_at=NOW,
                )
            )  # fmt: skip
            session.commit()
        other.dispose()
        assert box.took.wait(20)


def test_two_postmen_send_each_mail_once(office: SimpleNamespace, engine: Engine) -> None:
    office.monkeypatch.setattr(background, "LOOKS_EVERY", 0.02)
    one, two = Box(), Box()
    with postman(engine, office.instance, one), postman(engine, office.instance, two):
        numbers = [post(engine) for _ in range(10)]
        for _ in range(2000):
            if all(row(engine, number).sent_at for number in numbers):
                break
    taken = one.taken + two.taken
    assert len(taken) == len(set(taken)) == 10


def test_a_round_that_fails_is_told_without_the_mail_s_words_and_the_next_one_works(
    office: SimpleNamespace, engine: Engine, caplog
) -> None:
    class Broken(Box):
        def send(self, message) -> None:
            raise ValueError("secret words of quelquun@maison.example")

    post(engine)
    postman(engine, office.instance, Broken()).send()
    assert "sending failed (ValueError)" in caplog.text
    assert "secret" not in caplog.text
    box = Box()
    post(engine)
    postman(engine, office.instance, box).send()
    assert len(box.taken) == 1


@pytest.mark.usefixtures("days_pass")
def test_a_postman_tidies_once_a_day(office: SimpleNamespace, engine: Engine) -> None:
    post(engine)
    made = postman(engine, office.instance, Box())
    made.send()
    office.monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=31))
    made.send()
    with Session(engine) as session:
        assert session.query(Mail).count() == 0


def test_a_database_that_is_away_stops_no_postman(office: SimpleNamespace, tmp_path: Path, caplog) -> None:
    away = open_database(f"sqlite:///{tmp_path / 'absent' / 'guide.sqlite3'}")
    postman(away, office.instance, Box()).send()
    assert "the database cannot be used (OperationalError)" in caplog.text
    away.dispose()
