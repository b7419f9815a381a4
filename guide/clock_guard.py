"""Is the clock right? Asked before anything ends, or is erased, because time has passed.

A machine whose clock says 2028 would find every referral, draft and account long over. So the newest moment at
which the clock was believed is noted, from the first start on. A clock more than seven days away from it is not
believed, whatever was written meanwhile, until it is right again or somebody has looked (`vouch`).
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import Column, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from guide import facts
from guide.clock import BRUSSELS
from guide.model import AuditEntry, Base
from guide.model.base import Moment

JUMP = timedelta(days=7)
"""A clock that moved further than this since it was last believed is rather wrong than the office asleep."""

NOTED_EVERY = timedelta(hours=1)
"""A newer moment is noted at most so often."""

TO_COME = frozenset({"expires_at", "next_try_at", "code_expires_at", "visit_ends_at"})
"""Columns that hold moments ahead of the one at which they were written: they tell of no clock."""


class ClockJumpedError(Exception):
    """The newest moment that is known lies too far away: a person looks before anything ends or is erased."""

    def __init__(self, last: datetime) -> None:
        super().__init__(f"the newest moment known is {last:%Y-%m-%d %H:%M} UTC")
        self.last = last


def jumped(session: Session, now: datetime) -> datetime | None:
    """The newest moment that is known, when it lies more than seven days from now in either direction; else None.

    Only looks. For what is tidied in passing and can wait: it then deletes nothing.
    """
    known = newest_known(session, now)
    return known if known is not None and abs(now - known) > JUMP else None


def note(session: Session, now: datetime) -> datetime | None:
    """Notes this moment, in the caller's transaction; gives what `jumped` gives.

    When the clock seems to have jumped, the newest moment that was known is noted instead where none was: so
    what is written from here on, under this clock, vouches for nothing.
    """
    known, noted = newest_known(session, now), facts.noted(session, facts.CLOCK)
    if known is not None and abs(now - known) > JUMP:
        if noted is None:
            _keep(session, known)
        return known
    if noted is None or now - noted >= NOTED_EVERY:
        _keep(session, now if known is None else max(now, known))
    return None


def require_right_clock(session: Session, now: datetime) -> None:
    """Raises ClockJumpedError when the clock seems to have jumped; else notes this moment, in the caller's
    transaction.
    """
    last = note(session, now)
    if last is not None:
        raise ClockJumpedError(last)


def vouch(session: Session, now: datetime) -> None:
    """Somebody has looked: from here on this is the newest moment, in whichever direction the clock moved."""
    _keep(session, now)


def newest_known(session: Session, now: datetime) -> datetime | None:
    """The newest moment at which the clock was right, as far as the database knows, in UTC; None in a new one.

    It is the one that was noted, or what was written after it without a gap of more than seven days: what a
    clock that jumped has dated lies behind such a gap and vouches for nothing. Where none was noted yet it is
    the newest of all that was written.
    """
    noted = facts.noted(session, facts.CLOCK)
    if noted is None:
        return max(_written(session), default=None)
    while now - noted > JUMP:
        later = max(_written(session, noted), default=noted)
        if later <= noted:
            break
        noted = later
    return noted


def _written(session: Session, after: datetime | None = None) -> Iterator[datetime]:
    """The newest moment of each kind of thing that was written; `after`: in the seven days after this one."""
    for column in _columns():
        newest = select(func.max(column))
        if after is not None:
            newest = newest.where(column > after, column <= after + JUMP)
        found = session.scalar(newest)
        if found is not None:
            yield found
    newest_entry = select(func.max(AuditEntry.at))
    if after is not None:
        newest_entry = newest_entry.where(AuditEntry.at > _text(after), AuditEntry.at <= _text(after + JUMP))
    entry = session.scalar(newest_entry)
    if entry is not None:
        yield datetime.fromisoformat(entry)
    for name in facts.PAST:
        moment = facts.noted(session, name)
        if moment is not None and (after is None or after < moment <= after + JUMP):
            yield moment


def _columns() -> Iterator[Column[datetime]]:
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, Moment) and column.name not in TO_COME:
                yield column


def _text(moment: datetime) -> str:
    """As the audit log writes it."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _keep(session: Session, moment: datetime) -> None:
    try:
        with session.begin_nested():
            facts.note(session, facts.CLOCK, moment)
    except IntegrityError:
        pass  # another process has just noted the first one


def jump_in_words(last: datetime, now: datetime) -> str:
    """The clock seems to have jumped, and what somebody does about it: in English, for a terminal and a log."""
    return (
        f"The clock says {now:%d/%m/%Y %H:%M}, the newest moment the database knows is "
        f"{last.astimezone(BRUSSELS):%d/%m/%Y %H:%M}: more than seven days apart. Look at the clock (`date`). "
        "If it is right, because the guide stood still or the clock was wrong before, run `guide purge "
        "--clock-is-right` once. If it is wrong, set it right and do the same as every day."
    )
