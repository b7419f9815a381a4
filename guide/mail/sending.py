"""Sending what the outbox holds: each mail once, whoever sends and whenever the process is killed.

Before a mail is handed over, `handed_at` is set and committed by whoever gets there first. Killed after that,
nobody can know whether the server took it: a folder is simply written again (the same file), but to a server
it is never sent again by itself; the coordinator sees it and decides.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from jinja2 import TemplateError
from sqlalchemy import ColumnElement, Engine, and_, delete, or_, select, update
from sqlalchemy.orm import Session, joinedload

from guide.database import writing
from guide.mail import rendering
from guide.mail.transport import NotSent, PerhapsSent, Transport
from guide.model import Mail

log = logging.getLogger(__name__)

PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)
"""How long to wait after each failed try; after the last one the mail is given up and shown."""

LEFT_BEHIND = timedelta(minutes=10)
"""A mail handed over so long ago without an answer was being sent by a process that is gone."""

KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class SendReport:
    """How many mails were sent, and how many could not be and wait for the next try."""

    sent: int
    waiting: int


def send_all(engine: Engine, transport: Transport, sender: str, site_url: str, now: datetime) -> SendReport:
    """Sends every mail that is due, oldest first. Safe to run in several processes at once."""
    sent = waiting = 0
    with Session(engine) as session:
        if not due(session, now) and not unsure(session, now):
            return SendReport(0, 0)
    while True:
        number = _claim(engine, transport, now)
        if number is None:
            return SendReport(sent, waiting)
        with Session(engine) as session:
            row = session.get_one(Mail, number, options=[joinedload(Mail.account)])
            problem, for_good = None, False
            try:
                transport.send(rendering.message(row, sender, site_url))
            except NotSent as refused:
                problem, for_good = str(refused), refused.for_good
            except PerhapsSent:
                waiting += 1
                continue
            except rendering.WrongAddress:
                problem, for_good = "the address cannot be written to", True
            except (TemplateError, KeyError) as wrong:
                problem, for_good = f"the text cannot be made ({type(wrong).__name__})", True
                log.error("mail %s of kind %s cannot be made: %s", row.id, row.kind, wrong)
        if problem is None:
            _sent(engine, number, now)
            sent += 1
        else:
            _failed(engine, number, problem, for_good, now)
            waiting += 1


def unsure(session: Session, now: datetime) -> list[Mail]:
    """Mails that perhaps were sent (their process was killed), and those that were given up, oldest first."""
    left = Mail.handed_at < now - LEFT_BEHIND
    return list(
        session.scalars(
            select(Mail)
            .where(Mail.sent_at.is_(None), or_(left, Mail.given_up_at.is_not(None)))
            .order_by(Mail.id)
            .options(joinedload(Mail.account))
        )
    )


def send_again(session: Session, row: Mail, now: datetime) -> None:
    """Somebody decided: it is due again, perhaps a second time."""
    row.handed_at = row.given_up_at = row.problem = None
    row.tries, row.next_try_at = 0, now


def drop(session: Session, row: Mail) -> None:
    """Somebody decided: it is not sent any more."""
    session.delete(row)


def tidy(session: Session, now: datetime) -> int:
    """Deletes what was sent more than thirty days ago; how many."""
    gone = session.execute(delete(Mail).where(Mail.sent_at < now - KEPT))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def due(session: Session, now: datetime) -> int:
    """How many mails wait to be sent now."""
    return len(session.scalars(select(Mail.id).where(_is_due(now))).all())


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(
        Mail.sent_at.is_(None),
        Mail.given_up_at.is_(None),
        Mail.handed_at.is_(None),
        Mail.next_try_at <= now,
    )


def _claim(engine: Engine, transport: Transport, now: datetime) -> int | None:
    """The next mail, ours alone from here on; None when nothing is due."""
    with Session(writing(engine)) as session:
        if transport.repeatable:
            # What a killed process left half-way is finished: the same file again is the same mail.
            session.execute(
                update(Mail)
                .where(Mail.sent_at.is_(None), Mail.handed_at < now - LEFT_BEHIND)
                .values(handed_at=None)
                .execution_options(synchronize_session=False)
            )
        query = select(Mail.id).where(_is_due(now)).order_by(Mail.id).limit(1)
        number = session.scalar(query.with_for_update(skip_locked=True))
        if number is not None:
            session.execute(
                update(Mail)
                .where(Mail.id == number)
                .values(handed_at=now)
                .execution_options(synchronize_session=False)
            )
        session.commit()
        return number


def _sent(engine: Engine, number: int, now: datetime) -> None:
    with Session(writing(engine)) as session:
        row = session.get_one(Mail, number)
        row.sent_at, row.problem = now, None
        # A link's token stands nowhere any more, nor what the mail said, nor a visitor's address.
        row.content, row.address = {}, None
        session.commit()


def _failed(engine: Engine, number: int, problem: str, for_good: bool, now: datetime) -> None:
    with Session(writing(engine)) as session:
        row = session.get_one(Mail, number)
        row.problem = problem[:200]
        if for_good or row.tries >= len(PAUSES):
            row.given_up_at = now
        else:
            row.next_try_at = now + PAUSES[row.tries]
        row.handed_at, row.tries = None, row.tries + 1
        session.commit()
