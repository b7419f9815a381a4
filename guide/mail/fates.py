"""What became of a mail: one word for it, whoever asks. A server that accepted it is not a person who read it."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from guide.mail.transport import FOR_GOOD
from guide.model import Mail, MailReason

LEFT_BEHIND = timedelta(minutes=10)
"""A mail handed over so long ago without an answer was being sent by a process that is gone."""

SHORT_WAIT = timedelta(seconds=30)
"""A mail that has waited for so long is not said to be about to leave any more: the next round is over."""

LONG_WAIT = timedelta(minutes=10)
"""A mail that has waited longer than this is told of."""


class Fate(StrEnum):
    """READY; WAITING: for half a minute, or something stands in its way; LATE: for longer than ten minutes. ACCEPTED
    by the mail server, FILED where there is none; PERHAPS: it was handed over, and no answer came. REFUSED for good,
    GIVEN_UP after several tries; EXPIRED: what it says is of no use any more, so it is not sent; DROPPED: a person
    stopped it before it left."""

    READY = "ready"
    WAITING = "waiting"
    LATE = "late"
    ACCEPTED = "accepted"
    FILED = "filed"
    PERHAPS = "perhaps"
    REFUSED = "refused"
    GIVEN_UP = "given_up"
    EXPIRED = "expired"
    DROPPED = "dropped"


TROUBLES = frozenset({Fate.LATE, Fate.PERHAPS, Fate.REFUSED, Fate.GIVEN_UP, Fate.EXPIRED, Fate.DROPPED})
"""What somebody has to be told."""

DROPPED = Mail.reason == MailReason.DROPPED
"""Which mails somebody stopped: nobody has to decide about them any more."""

UNDER_WAY = and_(Mail.sent_at.is_(None), Mail.given_up_at.is_(None))
"""Which mails have neither been accepted nor given up."""

WAITS = and_(UNDER_WAY, Mail.handed_at.is_(None))
"""Which mails nobody has handed over yet."""

ADDRESS_CODE = "address_code"
"""The kind that goes to an address which is nobody's yet, and is of use for minutes to whoever sits at its page."""


def fate(row: Mail, now: datetime, away: MailReason | None = None) -> Fate:
    """What became of this mail by now; `away`: why the mail server takes nothing just now."""
    if row.sent_at is not None:
        return Fate.FILED if row.reason is MailReason.FILE else Fate.ACCEPTED
    if row.given_up_at is not None:
        return _given_up(row)
    if row.handed_at is not None:
        broken = row.reason is MailReason.UNANSWERED or row.handed_at < now - LEFT_BEHIND
        return Fate.PERHAPS if broken else _waiting(row, now)
    if row.expires_at is not None and row.expires_at <= now:
        return Fate.EXPIRED
    return Fate.LATE if row.created_at < now - LONG_WAIT else _waiting(row, now, away)


def _given_up(row: Mail) -> Fate:
    if row.reason is MailReason.DROPPED:
        return Fate.DROPPED if row.handed_at is None else Fate.PERHAPS
    return Fate.REFUSED if row.reason in FOR_GOOD else Fate.GIVEN_UP


def _waiting(row: Mail, now: datetime, away: MailReason | None = None) -> Fate:
    hindered = away is not None or row.reason not in (None, MailReason.ON_ITS_WAY)
    return Fate.WAITING if hindered or row.created_at <= now - SHORT_WAIT else Fate.READY


def late(now: datetime) -> ColumnElement[bool]:
    """Which mails have waited for longer than ten minutes."""
    fresh = or_(Mail.expires_at.is_(None), Mail.expires_at > now)
    return and_(WAITS, fresh, Mail.created_at < now - LONG_WAIT)


def undecided(now: datetime) -> ColumnElement[bool]:
    """Which mails were given up or perhaps sent: nobody sends them again but a person."""
    broken = or_(Mail.handed_at < now - LEFT_BEHIND, Mail.reason == MailReason.UNANSWERED)
    return and_(
        Mail.sent_at.is_(None),
        or_(Mail.reason.is_(None), ~DROPPED),
        or_(Mail.given_up_at.is_not(None), and_(Mail.handed_at.is_not(None), broken)),
        ~over(now),
    )


def expired(now: datetime) -> ColumnElement[bool]:
    """Which mails were not sent in time, and somebody should know."""
    return and_(WAITS, Mail.expires_at <= now, ~over(now))


def over(now: datetime) -> ColumnElement[bool]:
    """Which codes were not sent, and their minutes are over: nobody has to decide about them any more.

    Whoever asked is signed in and reads it herself. Of other mails as short-lived it is told: their address is an
    account's or a service's, who learns it from nobody else.
    """
    ended = and_(Mail.expires_at.is_not(None), Mail.expires_at <= now)
    return and_(Mail.sent_at.is_(None), Mail.kind == ADDRESS_CODE, ended)


def troubled(session: Session, now: datetime, *which: ColumnElement[bool]) -> list[Mail]:
    """The mails somebody has to decide about or wait for, oldest first; of those that are `which`."""
    return list(
        session.scalars(
            select(Mail)
            .where(or_(late(now), undecided(now), expired(now)), *which)
            .order_by(Mail.id)
            .options(joinedload(Mail.account))
        )
    )


def count(session: Session, which: ColumnElement[bool]) -> int:
    """How many mails are so."""
    return session.scalar(select(func.count()).select_from(Mail).where(which)) or 0


def latest(session: Session, *which: ColumnElement[bool]) -> list[Mail]:
    """The mails that are so, oldest first: the last one of a kind says how it stands."""
    return list(
        session.scalars(select(Mail).where(*which).order_by(Mail.id).options(joinedload(Mail.account)))
    )
