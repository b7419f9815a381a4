"""Sending what the outbox holds: each mail once, whoever sends and whenever the process is killed.

Before a mail is handed over, `handed_at` is set and committed by whoever gets there first. Killed after that,
nobody can know whether the server took it: a folder is simply written again (the same file), but to a server
it is never sent again by itself; the coordinator sees it and decides.

What goes wrong is a mail's own (this receiver is refused) or the server's (nobody answers): the first has its
pauses and its end, the second lets all wait, and is tried again within minutes (`guide.mail.outage`).
"""

import contextlib
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from sqlalchemy import ColumnElement, Engine, and_, case, delete, func, or_, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, joinedload

from guide import clock_guard
from guide.crypto import UnsealError
from guide.database import rowcount, writing
from guide.mail import outage, rendering
from guide.mail.fates import DROPPED, LEFT_BEHIND, expired, late, over, troubled, undecided
from guide.mail.outbox import addressed_to, open_sealed
from guide.mail.transport import FOR_GOOD, OF_THE_SERVER, NotSentError, PerhapsSentError, Transport
from guide.model import Account, Mail, MailReason

log = logging.getLogger(__name__)

PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)
"""How long to wait after each failed try; after the last one the mail is given up and shown."""

SOON = timedelta(hours=1)
"""What is of no use after so long goes before all others: a code does not wait behind a hundred reminders."""

KEPT = timedelta(days=30)
"""How long a sent mail's row stays, without its content."""

KEPT_UNSENT = timedelta(days=90)
"""How long a mail that could not be sent waits for somebody's decision, with its address and content."""

OURS = frozenset({MailReason.ADDRESS, MailReason.TEXT})
"""Reasons for which the server was not asked at all."""


@dataclass(frozen=True, slots=True)
class SendReport:
    """How many mails were sent, and how many could not be and wait for the next try or for a decision."""

    sent: int
    waiting: int


@dataclass(frozen=True, slots=True)
class _Round:
    """What one round of sending works with; each is said at `send_all`."""

    engine: Engine
    transport: Transport
    sender: str
    site_url: str
    clock: Callable[[], datetime]
    secret_key: str


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
    round_ = _Round(engine, transport, sender, site_url, clock, secret_key)
    with Session(engine) as session:
        if not due(session, transport, clock()):
            return SendReport(0, 0)
    while (number := _claim(engine, transport, clock())) is not None:
        went = _send(round_, number)
        sent, waiting = sent + went, waiting + (not went)
    return SendReport(sent, waiting)


def due(session: Session, transport: Transport, now: datetime) -> int:
    """How many mails wait to be sent now."""
    return session.scalar(select(func.count()).select_from(Mail).where(_is_due(transport, now))) or 0


def unsure(session: Session, now: datetime) -> list[Mail]:
    """Mails that perhaps were sent and those that were given up, oldest first: a person decides."""
    return troubled(session, now, undecided(now))


def send_again(session: Session, row: Mail, now: datetime, address: str = "") -> bool:
    """Somebody decided: it is due again, perhaps a second time, and at once; to `address`, where one is given.

    False when it was sent, is being sent, or is of no use any more. It counts as written now: its date says so.
    """
    again = _due_again(now)
    if address:
        # What was sealed with another key cannot be written at all, and is told so when it is tried.
        with contextlib.suppress(UnsealError):
            again |= addressed_to(session, row, address)
    done = session.execute(
        update(Mail)
        .where(
            Mail.id == row.id,
            or_(undecided(now), late(now)),
            or_(Mail.expires_at.is_(None), Mail.expires_at > now),
        )
        .values(again)
        .execution_options(synchronize_session="fetch")
    )
    outage.try_now(session, now)
    session.info["mail_posted"] = True
    return bool(rowcount(done))


def send_to_new_address(
    session: Session, account: Account, now: datetime, dead: Collection[str] = ()
) -> set[str]:
    """The account has another address: what the old one refused is due again, to the new one.

    What is of no use any more is deleted: it has expired, or is of a kind whose links are `dead`. Gives the kinds
    that were deleted.
    """
    refused = or_(Mail.given_up_at.is_not(None), Mail.reason == MailReason.LATER)
    not_stopped = or_(Mail.reason.is_(None), ~DROPPED)
    useless = and_(or_(Mail.expires_at <= now, Mail.kind.in_(dead)), Mail.handed_at.is_(None))
    hers = and_(Mail.account_id == account.id, Mail.sent_at.is_(None), not_stopped)
    # Held in the order of their numbers: who sends passes over them, and finds them deleted or due.
    session.execute(select(Mail.id).where(hers).order_by(Mail.id).with_for_update()).all()
    kinds = set(session.scalars(select(Mail.kind).where(hers, useless)))
    session.execute(delete(Mail).where(hers, useless).execution_options(synchronize_session="fetch"))
    again = update(Mail).where(hers, refused).values(_due_again(now))
    session.execute(again.execution_options(synchronize_session="fetch"))
    session.info["mail_posted"] = True
    return kinds


def _due_again(now: datetime) -> dict[str, object]:
    """What a mail is that somebody has written anew just now."""
    return {
        "handed_at": None,
        "given_up_at": None,
        "problem": None,
        "reason": None,
        "tries": 0,
        "next_try_at": now,
        "created_at": now,
    }


def drop(session: Session, row: Mail, now: datetime, by: int | None = None) -> bool:
    """Somebody decided: it is not sent any more; False when it was sent, or is being sent.

    Its row stays, empty, for whoever caused it to read so; not where that is who decides (`by`, her account).
    """
    done = session.execute(
        update(Mail)
        .where(Mail.id == row.id, or_(undecided(now), late(now), expired(now)))
        .values(
            given_up_at=now,
            reason=MailReason.DROPPED,
            problem=None,
            content={},
            address=None,
            sealed=None,
            actor_id=None if by is not None and row.actor_id == by else row.actor_id,
        )
        .execution_options(synchronize_session="fetch")
    )
    return bool(rowcount(done))


def tidy(session: Session, now: datetime, folder: Path) -> int:
    """Deletes what was sent, stopped or of no use for more than thirty days, after ninety what nobody decided; how
    many.

    Of mails that were written as files the file goes too: it holds an address and links (`folder` need not be
    there). Nothing is deleted when the clock seems to have jumped.
    """
    if clock_guard.jumped(session, now):
        return 0
    for file in folder.glob("*.eml"):
        with contextlib.suppress(FileNotFoundError):
            if file.stat().st_mtime < (now - KEPT).timestamp():
                file.unlink()
    # Both: a clock that was behind may have dated what was noted.
    sent = and_(Mail.sent_at < now - KEPT, Mail.created_at < now - KEPT)
    since = func.coalesce(Mail.given_up_at, Mail.handed_at)
    left = and_(undecided(now), since < now - KEPT_UNSENT, Mail.created_at < now - KEPT_UNSENT)
    useless = and_(or_(expired(now), over(now)), Mail.expires_at < now - KEPT)
    stopped = and_(
        DROPPED, Mail.sent_at.is_(None), Mail.given_up_at < now - KEPT, Mail.created_at < now - KEPT
    )
    gone = session.execute(
        delete(Mail).where(or_(sent, left, useless, stopped)).execution_options(synchronize_session=False)
    )
    return rowcount(gone)


def _is_due(transport: Transport, now: datetime) -> ColumnElement[bool]:
    free: ColumnElement[bool] = Mail.handed_at.is_(None)
    if transport.repeatable:
        # What a killed process left half-way is finished: the same file again is the same mail.
        with_a_server = Mail.reason.in_((MailReason.ON_ITS_WAY, MailReason.UNANSWERED))
        left = and_(Mail.handed_at < now - LEFT_BEHIND, or_(Mail.reason.is_(None), ~with_a_server))
        free = or_(free, left)
    useful = or_(Mail.expires_at.is_(None), Mail.expires_at > now)
    # A try put off further than any pause was dated by a clock that ran ahead: it would wait for that day.
    turn = or_(Mail.next_try_at <= now, Mail.next_try_at > now + 2 * PAUSES[-1])
    return and_(Mail.sent_at.is_(None), Mail.given_up_at.is_(None), turn, free, useful)


def _claim(engine: Engine, transport: Transport, now: datetime) -> int | None:
    """The next mail, ours alone from here on; None when nothing is due, or the server is not to be tried yet.

    First what is of no use within the hour, then what has been due longest: a mail at which the server broke off
    lets the others go first.
    """
    with Session(writing(engine)) as session:
        away = outage.current(session)
        if away is not None and away.holds(now):
            return None
        hurry = case((Mail.expires_at < now + SOON, 0), else_=1)
        query = select(Mail.id).where(_is_due(transport, now)).order_by(hurry, Mail.next_try_at, Mail.id)
        number = session.scalar(query.limit(1).with_for_update(skip_locked=True))
        if number is not None:
            outage.probe(session, now)
            on_its_way = None if transport.repeatable else MailReason.ON_ITS_WAY
            session.execute(
                update(Mail)
                .where(Mail.id == number)
                .values(handed_at=now, reason=on_its_way, problem=None)
                .execution_options(synchronize_session=False)
            )
        session.commit()
        return number


def _send(round_: _Round, number: int) -> bool:
    """Sends a mail that is ours, and notes what became of it. True when it was sent."""
    try:
        message = _message(round_, number)
        if message is None:
            return False
        round_.transport.send(message)
    except NotSentError as refused:
        _note(round_.engine, number, _failed, refused, round_.clock())
    except PerhapsSentError:
        log.warning("mail %s was perhaps sent: the mail server broke off", number)
        _note(round_.engine, number, _unanswered, round_.clock())
    else:
        _note(round_.engine, number, _sent, round_.clock(), round_.transport.repeatable)
        return True
    return False


def _message(round_: _Round, number: int) -> EmailMessage | None:
    """The mail as it goes out; None when its account was deleted meanwhile. Raises NotSentError."""
    with Session(round_.engine) as session, session.no_autoflush:
        row = session.get(Mail, number, options=[joinedload(Mail.account)])
        if row is None:
            return None
        try:
            open_sealed(row, round_.secret_key)
            return rendering.message(row, round_.sender, round_.site_url)
        except rendering.InvalidAddressError as wrong:
            raise NotSentError(MailReason.ADDRESS, "the address cannot be written to") from wrong
        except Exception as wrong:
            # Whatever a template or a header stumbles over, the mails behind this one must go. Never the
            # words of the problem: they may be the mail's own.
            log.error("mail %s of kind %s cannot be made (%s)", number, row.kind, type(wrong).__name__)
            words = f"the text cannot be made ({type(wrong).__name__})"
            raise NotSentError(MailReason.TEXT, words) from wrong


def _note(engine: Engine, number: int, what: Callable[..., None], *values: object) -> None:
    """Writes down what became of a mail. A database that is busy is asked again: the mail is gone already."""
    for patience in (3, 2, 1, 0):
        try:
            with Session(writing(engine)) as session:
                row = session.get(Mail, number)
                if row is not None:
                    what(session, row, *values)
                session.commit()
            return
        except OperationalError:
            if not patience:
                raise


def _sent(session: Session, row: Mail, now: datetime, as_file: bool) -> None:
    row.sent_at, row.problem = now, None
    row.reason = MailReason.FILE if as_file else None
    # A link's token stands nowhere any more, nor what the mail said, nor a visitor's address. What it was about
    # stays, for its page to say what became of it, until that is erased.
    row.content, row.address, row.sealed = {}, None, None
    outage.end(session)


def _unanswered(session: Session, row: Mail, now: datetime) -> None:
    """Whether the server has it nobody knows; the others are not handed over to the same fate at once."""
    row.reason = MailReason.UNANSWERED
    outage.begin(session, MailReason.UNREACHABLE, now)


def _failed(session: Session, row: Mail, refused: NotSentError, now: datetime) -> None:
    """Notes why, and when it is tried again: for what is the server's fault in minutes, without using up a try.

    Only a mail with which a working server breaks off uses one: should that be its own doing, it ends some day.
    """
    row.problem, row.reason, row.handed_at = str(refused)[:200], refused.reason, None
    if refused.reason in OF_THE_SERVER:
        if not outage.begin(session, refused.reason, now):
            row.next_try_at = now + timedelta(seconds=1)  # behind those that wait
            return
        pause = min(_pause(row), outage.LONGEST)
    else:
        if refused.reason not in OURS:
            outage.end(session)  # it answers: the others may go
        pause = _pause(row)
    if refused.reason in FOR_GOOD or row.tries >= len(PAUSES):
        row.given_up_at = now
    else:
        row.next_try_at = now + pause
    row.tries += 1


def _pause(row: Mail) -> timedelta:
    return PAUSES[min(row.tries, len(PAUSES) - 1)]
