"""Sending what the outbox holds: each mail once, whoever sends and whenever the process is killed.

Before a mail is handed over, `handed_at` is set and committed by whoever gets there first. Killed after that,
nobody can know whether the server took it: a folder is simply written again (the same file), but to a server
it is never sent again by itself; the coordinator sees it and decides.
"""

import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from sqlalchemy import ColumnElement, Engine, and_, delete, func, or_, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, joinedload

from guide import clock_guard
from guide.clock import SLACK
from guide.database import writing
from guide.mail import rendering
from guide.mail.outbox import open_sealed
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
"""How long a sent mail's row stays, without its content."""

KEPT_UNSENT = timedelta(days=90)
"""How long a mail that could not be sent waits for somebody's decision, with its address and content."""

ON_ITS_WAY = "handed to the mail server, whose answer nobody noted"
"""What is noted of a mail while a server has it: should the process die, it was perhaps sent."""


@dataclass(frozen=True, slots=True)
class SendReport:
    """How many mails were sent, and how many could not be and wait for the next try or for a decision."""

    sent: int
    waiting: int


def send_all(
    engine: Engine,
    transport: Transport,
    sender: str,
    site_url: str,
    clock: Callable[[], datetime],
    secret_key: str,
) -> SendReport:
    """Sends every mail that is due, oldest first. Safe to run in several processes at once.

    `sender` is the address mails come from, `site_url` the public address for their links, `secret_key` opens
    what waits sealed. The clock is asked for every mail anew: many mails to a slow server take longer than a
    mail may lie about.
    """
    sent = waiting = 0
    with Session(engine) as session:
        if not due(session, transport, clock()):
            return SendReport(0, 0)
    while (number := _claim(engine, transport, clock())) is not None:
        went = _send(engine, transport, number, sender, site_url, clock, secret_key)
        sent, waiting = sent + went, waiting + (not went)
    return SendReport(sent, waiting)


def due(session: Session, transport: Transport, now: datetime) -> int:
    """How many mails wait to be sent now."""
    return session.scalar(select(func.count()).select_from(Mail).where(_is_due(transport, now))) or 0


def unsure(session: Session, now: datetime) -> list[Mail]:
    """Mails that perhaps were sent (their process was killed), and those that were given up, oldest first.

    `given_up_at` tells the two apart; `problem` is a word in English for the operator, without address or text.
    """
    left = and_(Mail.handed_at.is_not(None), Mail.handed_at < now - LEFT_BEHIND)
    return list(
        session.scalars(
            select(Mail)
            .where(Mail.sent_at.is_(None), or_(left, Mail.given_up_at.is_not(None)))
            .order_by(Mail.id)
            .options(joinedload(Mail.account))
        )
    )


def send_again(session: Session, row: Mail, now: datetime) -> bool:
    """Somebody decided: it is due again, perhaps a second time. False when it was sent or is being sent."""
    done = session.execute(
        update(Mail)
        .where(
            Mail.id == row.id,
            Mail.sent_at.is_(None),
            or_(Mail.handed_at < now - LEFT_BEHIND, Mail.given_up_at.is_not(None)),
        )
        .values(handed_at=None, given_up_at=None, problem=None, tries=0, next_try_at=now)
        .execution_options(synchronize_session="fetch")
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def drop(session: Session, row: Mail) -> None:
    """Somebody decided: it is not sent any more."""
    session.delete(row)


def tidy(session: Session, now: datetime, folder: Path) -> int:
    """Deletes what was sent more than thirty days ago, and after ninety what nobody decided about; how many.

    Of mails that were written as files the file goes too: it holds an address and links (`folder` need not be
    there). Nothing is deleted when the clock seems to have jumped.
    """
    if clock_guard.jumped(session, now):
        return 0
    for file in folder.glob("*.eml"):
        with contextlib.suppress(FileNotFoundError):
            if file.stat().st_mtime < (now - KEPT).timestamp():
                file.unlink()
    # Both: a clock that was behind may have dated its sending.
    old = and_(Mail.sent_at < now - KEPT, Mail.created_at < now - KEPT)
    undecided = and_(
        Mail.created_at < now - KEPT_UNSENT,
        or_(Mail.given_up_at.is_not(None), Mail.handed_at < now - LEFT_BEHIND),
    )
    gone = session.execute(
        delete(Mail)
        .where(or_(old, and_(Mail.sent_at.is_(None), undecided)))
        .execution_options(synchronize_session=False)
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _is_due(transport: Transport, now: datetime) -> ColumnElement[bool]:
    free: ColumnElement[bool] = Mail.handed_at.is_(None)
    if transport.repeatable:
        # What a killed process left half-way is finished: the same file again is the same mail.
        left = and_(
            Mail.handed_at < now - LEFT_BEHIND, or_(Mail.problem.is_(None), Mail.problem != ON_ITS_WAY)
        )
        free = or_(free, left)
    # A try put off further than any pause was dated by a clock that ran ahead: it would wait for that day.
    turn = or_(Mail.next_try_at <= now, Mail.next_try_at > now + max(PAUSES) + SLACK)
    return and_(Mail.sent_at.is_(None), Mail.given_up_at.is_(None), turn, free)


def _claim(engine: Engine, transport: Transport, now: datetime) -> int | None:
    """The next mail, ours alone from here on; None when nothing is due."""
    with Session(writing(engine)) as session:
        query = select(Mail.id).where(_is_due(transport, now)).order_by(Mail.id).limit(1)
        number = session.scalar(query.with_for_update(skip_locked=True))
        if number is not None:
            session.execute(
                update(Mail)
                .where(Mail.id == number)
                .values(handed_at=now, problem=None if transport.repeatable else ON_ITS_WAY)
                .execution_options(synchronize_session=False)
            )
        session.commit()
        return number


def _send(
    engine: Engine,
    transport: Transport,
    number: int,
    sender: str,
    site_url: str,
    clock: Callable[[], datetime],
    secret_key: str,
) -> bool:
    """Sends a mail that is ours, and notes what became of it. True when it was sent."""
    try:
        message = _message(engine, number, sender, site_url, secret_key)
        if message is None:
            return False
        transport.send(message)
    except NotSent as refused:
        _note(engine, number, _failed, str(refused), refused.for_good, clock())
    except PerhapsSent:
        log.warning("mail %s was perhaps sent: the mail server broke off", number)
    else:
        _note(engine, number, _sent, clock())
        return True
    return False


def _message(engine: Engine, number: int, sender: str, site_url: str, secret_key: str) -> EmailMessage | None:
    """The mail as it goes out; None when its account was deleted meanwhile. Raises NotSent."""
    with Session(engine) as session, session.no_autoflush:
        row = session.get(Mail, number, options=[joinedload(Mail.account)])
        if row is None:
            return None
        try:
            open_sealed(row, secret_key)
            return rendering.message(row, sender, site_url)
        except rendering.WrongAddress as wrong:
            raise NotSent("the address cannot be written to", for_good=True) from wrong
        except Exception as wrong:
            # Whatever a template or a header stumbles over, the mails behind this one must go. Never the
            # words of the problem: they may be the mail's own.
            log.error("mail %s of kind %s cannot be made (%s)", number, row.kind, type(wrong).__name__)
            raise NotSent(f"the text cannot be made ({type(wrong).__name__})", for_good=True) from wrong


def _note(engine: Engine, number: int, what: Callable[..., None], *values: object) -> None:
    """Writes down what became of a mail. A database that is busy is asked again: the mail is gone already."""
    for patience in (3, 2, 1, 0):
        try:
            with Session(writing(engine)) as session:
                row = session.get(Mail, number)
                if row is not None:
                    what(row, *values)
                session.commit()
            return
        except OperationalError:
            if not patience:
                raise


def _sent(row: Mail, now: datetime) -> None:
    row.sent_at, row.problem = now, None
    # A link's token stands nowhere any more, nor what the mail said, nor a visitor's address.
    row.content, row.address, row.sealed, row.about = {}, None, None, None


def _failed(row: Mail, problem: str, for_good: bool, now: datetime) -> None:
    row.problem = problem[:200]
    if for_good or row.tries >= len(PAUSES):
        row.given_up_at = now
    else:
        row.next_try_at = now + PAUSES[row.tries]
    row.handed_at, row.tries = None, row.tries + 1
