"""What a process that serves does beside answering, however it is served."""

import threading
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from guide import clock, gunicorn_conf, mail
from guide.database import open_database, writing
from guide.directory.search_log import Tally, Words
from guide.model import Mail, SearchedWord
from guide.operations.background import BackgroundWork
from guide.settings import Settings
from tests.running import MONDAY_MORNING, settings_for

SITE = "https://guide.example.be"


@pytest.fixture
def engine(living: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setattr(clock, "now", lambda: MONDAY_MORNING)
    made = open_database(living.database_url)
    yield made
    made.dispose()


@pytest.fixture
def tally(engine: Engine, living: Settings) -> Tally:
    """Counters in which one search waits to be written."""
    made = Tally(lambda: Session(writing(engine), info=dict(living.session_info)))
    made.flush(MONDAY_MORNING)
    made.search(Words(("faim",), ()), "fr", True, MONDAY_MORNING)
    return made


def threads() -> set[str]:
    return {thread.name for thread in threading.enumerate()} & {"postman", "timekeeper"}


def counted(engine: Engine) -> list[str]:
    with Session(engine) as session:
        return list(session.scalars(select(SearchedWord.word)))


def test_nothing_runs_before_it_starts_and_nothing_after_it_ends(
    engine: Engine, living: Settings, tally: Tally
) -> None:
    work = BackgroundWork(engine, settings_for(living.instance, site_url=SITE), tally)
    assert threads() == set()
    with work.running():
        assert threads() == {"postman", "timekeeper"}
        assert counted(engine) == []
    assert threads() == set()
    assert counted(engine) == ["faim"], "what was counted is written at the end"


def test_it_sends_the_mails_of_its_process(engine: Engine, living: Settings, tally: Tally) -> None:
    with Session(writing(engine)) as session:
        new = mail.NewMail("password_changed", "personne@maison.example")
        number = mail.post(session, new, MONDAY_MORNING).id
        session.commit()

    def is_sent() -> bool:
        with Session(engine) as session:
            return session.get_one(Mail, number).sent_at is not None

    with BackgroundWork(engine, settings_for(living.instance, site_url=SITE), tally).running():
        assert any(is_sent() for _ in range(20_000))


def test_without_any_address_no_mail_leaves_and_the_log_says_why(
    engine: Engine, living: Settings, tally: Tally, caplog: pytest.LogCaptureFixture
) -> None:
    with BackgroundWork(engine, settings_for(living.instance, site_url=None), tally).running():
        assert threads() == {"timekeeper"}
    assert "GUIDE_SITE_URL is not set" in caplog.text


def test_a_worker_of_gunicorn_has_it_from_its_application_to_its_end(
    engine: Engine, living: Settings, tally: Tally
) -> None:
    work = BackgroundWork(engine, settings_for(living.instance, site_url=SITE), tally)
    worker = SimpleNamespace(wsgi=SimpleNamespace(extensions={"background": work}))
    gunicorn_conf.post_worker_init(worker)
    assert threads() == {"postman", "timekeeper"}
    gunicorn_conf.worker_exit(None, worker)
    assert threads() == set()
    assert counted(engine) == ["faim"]


def test_a_worker_that_never_had_its_application_ends_too() -> None:
    gunicorn_conf.worker_exit(None, SimpleNamespace(wsgi=None))
