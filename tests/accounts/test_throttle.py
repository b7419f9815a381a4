"""Trying again and again makes one wait, longer each time; nobody is shut out for good."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from guide.accounts import throttle
from guide.database import open_database, writing
from guide.model import Attempts
from tests import databases
from tests.editing.conftest import NOW

MINUTE = timedelta(minutes=1)
KEY = "x" * 40


def at(seconds: float):
    return NOW + timedelta(seconds=seconds)


def test_a_window_begins_with_its_first_attempt_and_ends_by_itself(session: Session) -> None:
    waits = [throttle.attempt(session, "a", 3, MINUTE, at(second)) for second in (0, 10, 20, 30, 40, 60, 61)]
    assert waits == [0, 0, 0, 30, 20, 0, 0]
    assert throttle.attempt(session, "b", 3, MINUTE, at(30)) == 0


@pytest.mark.control("C12")
def test_whoever_guesses_on_waits_twice_as_long_each_time_but_never_longer_than_a_quarter(
    session: Session,
) -> None:
    moment, waits = 0, []
    for _ in range(8):
        for _ in range(5):
            assert throttle.guess(session, "a", 5, MINUTE, at(moment)) == 0
        wait = throttle.guess(session, "a", 5, MINUTE, at(moment))
        # Asking while one must wait makes it no longer.
        assert throttle.guess(session, "a", 5, MINUTE, at(moment + 1)) == wait - 1
        waits.append(wait)
        moment += wait
    assert waits == [60, 120, 240, 480, 900, 900, 900, 900]


def test_an_hour_of_quiet_or_the_right_word_ends_the_waiting(session: Session) -> None:
    for _ in range(5):
        throttle.guess(session, "a", 5, MINUTE, NOW)
    assert throttle.guess(session, "a", 5, MINUTE, NOW) == 60
    throttle.forgive(session, "a", "never tried")
    assert [throttle.guess(session, "a", 5, MINUTE, NOW) for _ in range(6)] == [0, 0, 0, 0, 0, 60]
    later = NOW + timedelta(hours=1)
    assert [throttle.guess(session, "a", 5, MINUTE, later) for _ in range(6)] == [0, 0, 0, 0, 0, 60]


def test_a_clock_that_went_back_shuts_nobody_out(session: Session) -> None:
    for _ in range(6):
        throttle.guess(session, "a", 5, MINUTE, NOW)
        throttle.attempt(session, "b", 5, MINUTE, NOW)
    before = NOW - timedelta(hours=2)
    assert throttle.guess(session, "a", 5, MINUTE, before) == 0
    assert throttle.attempt(session, "b", 5, MINUTE, before) == 0


@pytest.mark.control("C12")
def test_no_address_is_kept_and_old_counts_are_forgotten(session: Session) -> None:
    throttle.attempt(session, "sign-in:an@maison.example", 5, MINUTE, NOW)
    [row] = session.query(Attempts)
    assert "maison" not in row.key
    assert len(row.key) == 64
    throttle.attempt(session, "other", 5, MINUTE, NOW + timedelta(hours=1, seconds=1))
    assert session.query(Attempts).count() == 1


@pytest.mark.control("C12")
def test_of_many_at_once_exactly_the_limit_go_on(tmp_path) -> None:
    engine = open_database(databases.migrated_file(tmp_path))
    waits: list[int] = []

    def ask() -> None:
        for count in (throttle.attempt, throttle.guess):
            with Session(writing(engine)) as session:
                session.info["secret_key"] = KEY
                waits.append(count(session, count.__name__, 5, MINUTE, NOW))
                session.commit()

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.dispose()
    assert sorted(waits) == [0] * 10 + [60] * 14
