"""The newest moment that is known, by whichever way; what a clock that jumped has written vouches for nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide import audit, clock_guard, facts
from guide.audit import AuditVerb
from guide.clock import lasts
from guide.clock_guard import ClockJumpedError
from guide.model import Account, AccountSession, Base, Mail, Role, SiteFact
from guide.model.base import Moment
from tests import databases, postgresql
from tests.people import make_account
from tests.running import MONDAY_MORNING as NOW

session = databases.session_in_ci

DAYS = timedelta(days=1)
HOUR = timedelta(hours=1)


def write(session: Session, now: datetime) -> None:
    audit.record(session, "account:1", AuditVerb.LISTING_CHANGED, "service:x", now=now)


def noted(session: Session) -> datetime | None:
    return facts.noted(session, facts.CLOCK)


def test_a_new_database_takes_the_first_moment_it_is_told(session: Session) -> None:
    assert clock_guard.newest_known(session, NOW) is None
    clock_guard.require_right_clock(session, NOW)
    assert noted(session) == NOW


@pytest.mark.control("C28")
@pytest.mark.parametrize(
    ("ahead", "right"),
    [
        (7 * DAYS, True),
        (7 * DAYS + timedelta(seconds=1), False),
        (-7 * DAYS, True),
        (-7 * DAYS - timedelta(seconds=1), False),
        (-2 * HOUR, True),
        (400 * DAYS, False),
        (-400 * DAYS, False),
    ],
)
def test_seven_days_in_either_direction_are_believed(session: Session, ahead: timedelta, right: bool) -> None:
    clock_guard.note(session, NOW)
    assert clock_guard.jumped(session, NOW + ahead) == (None if right else NOW)
    if right:
        clock_guard.require_right_clock(session, NOW + ahead)
        assert noted(session) == max(NOW, NOW + ahead), (
            "a clock put back a little does not lower what is known"
        )
        return
    with pytest.raises(ClockJumpedError) as refused:
        clock_guard.require_right_clock(session, NOW + ahead)
    assert (refused.value.last, noted(session)) == (NOW, NOW)


@pytest.mark.parametrize("way", ["audit", "account", "session", "mail", "purge", "backup"])
def test_where_none_was_noted_whatever_was_written_tells_the_time(session: Session, way: str) -> None:
    if way == "audit":
        write(session, NOW)
    elif way == "account":
        make_account(session, Role.EDITOR, created_at=NOW)
    elif way == "session":
        account = make_account(session, Role.EDITOR, created_at=NOW - 90 * DAYS)
        session.add(AccountSession(digest="d", account_id=account.id, created_at=NOW, seen_at=NOW))
    elif way == "mail":
        session.add(
            Mail(message_id="a", kind="k", language="fr", created_at=NOW, next_try_at=NOW + 300 * DAYS)
        )
    else:
        facts.note(session, {"purge": facts.LAST_PURGE, "backup": facts.LAST_BACKUP}[way], NOW)
    session.flush()
    for moment in (NOW + 400 * DAYS, NOW - 8 * DAYS):
        assert clock_guard.jumped(session, moment) == NOW
    assert clock_guard.jumped(session, NOW + 7 * DAYS) is None


def test_what_was_written_since_counts_as_long_as_no_gap_is_longer_than_seven_days(session: Session) -> None:
    clock_guard.note(session, NOW)
    for days in (6, 12, 18):
        write(session, NOW + days * DAYS)
    assert clock_guard.jumped(session, NOW + 25 * DAYS) is None
    assert clock_guard.jumped(session, NOW + 26 * DAYS) == NOW + 18 * DAYS


@pytest.mark.control("C28")
def test_a_clock_that_jumped_does_not_vouch_for_itself(session: Session) -> None:
    """People work on while it says 2027: what they leave is dated 2027 and proves nothing."""
    clock_guard.note(session, NOW)
    later = NOW + 400 * DAYS
    for hours in range(0, 300, 12):
        write(session, later + hours * HOUR)
        make_account(session, Role.EDITOR, created_at=later + hours * HOUR)
        facts.note(session, facts.LAST_BACKUP, later + hours * HOUR)
        assert clock_guard.note(session, later + hours * HOUR) == NOW
    assert clock_guard.jumped(session, NOW + HOUR) is None, "it was set right: all goes on"


def test_nor_does_it_where_no_moment_had_been_noted_before(session: Session) -> None:
    """A database of the former version: the first look keeps what was known, before anything else is written."""
    make_account(session, Role.EDITOR, created_at=NOW)
    later = NOW + 400 * DAYS
    assert clock_guard.note(session, later) == NOW
    write(session, later)
    assert clock_guard.jumped(session, later) == NOW
    assert clock_guard.jumped(session, NOW + HOUR) is None


@pytest.mark.parametrize("days", [400, -400, 21])
def test_somebody_who_has_looked_is_not_asked_again_for_the_same_jump(session: Session, days: int) -> None:
    clock_guard.note(session, NOW)
    write(session, NOW)
    clock_guard.vouch(session, NOW + days * DAYS)
    assert clock_guard.jumped(session, NOW + (days + 1) * DAYS) is None
    assert clock_guard.jumped(session, NOW) == NOW + days * DAYS


def test_a_moment_is_noted_at_most_every_hour(session: Session) -> None:
    clock_guard.note(session, NOW)
    clock_guard.note(session, NOW + HOUR / 2)
    assert noted(session) == NOW
    clock_guard.note(session, NOW + HOUR)
    assert noted(session) == NOW + HOUR


def test_a_note_that_is_damaged_is_none(session: Session) -> None:
    session.add(SiteFact(name=facts.CLOCK, value="yesterday"))
    make_account(session, Role.EDITOR, created_at=NOW)
    assert clock_guard.jumped(session, NOW + 400 * DAYS) == NOW


def test_every_moment_that_lies_ahead_when_it_is_written_is_named() -> None:
    """A new column of moments tells of the clock unless its name stands in TO_COME."""
    moments = {
        column.name
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, Moment)
    }
    ahead = {
        name
        for name in moments
        if name.startswith("next_") or name.endswith(("expires_at", "ends_at", "until", "due_at"))
    }
    assert ahead == set(clock_guard.TO_COME)


def test_what_a_clock_ahead_has_dated_does_not_last_longer_under_the_right_one() -> None:
    life = 2 * HOUR
    assert lasts(NOW + life, NOW, life)
    assert not lasts(NOW, NOW, life)
    assert lasts(NOW + life + 2 * HOUR, NOW, life), "a clock put back two hours ends nothing"
    assert not lasts(NOW + 400 * DAYS + life, NOW, life)


def test_looking_changes_nothing(session: Session) -> None:
    write(session, NOW)
    session.commit()
    clock_guard.jumped(session, datetime(2030, 1, 1, tzinfo=UTC))
    assert not session.dirty
    assert not session.new
    assert session.scalars(select(SiteFact)).all() == []
    assert session.scalars(select(Account)).all() == []


@pytest.mark.postgresql
@postgresql.needed
def test_on_postgresql_the_same_is_known() -> None:
    with postgresql.own_database() as engine:
        Base.metadata.create_all(engine)
        with Session(engine, info={"secret_key": "x" * 40}) as session:
            write(session, NOW)
            make_account(session, Role.EDITOR, created_at=NOW - DAYS)
            assert clock_guard.note(session, NOW + 400 * DAYS) == NOW
            write(session, NOW + 5 * DAYS)
            write(session, NOW + 400 * DAYS)
            assert clock_guard.jumped(session, NOW + 400 * DAYS) == NOW + 5 * DAYS
            clock_guard.require_right_clock(session, NOW + 12 * DAYS)
            assert noted(session) == NOW + 12 * DAYS
