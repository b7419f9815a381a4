"""How often something may be tried, counted in the database so that all processes share the count.

Keys are digests: no address of a person or of a machine is kept. Nobody is locked out for good: what grows is the
wait of whoever guesses wrong, from there. All strangers' tries at one account together have a small limit a
minute; its owner has counts of her own where she is known (`guide.accounts.known_places`).
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from guide.crypto import digest
from guide.model import Attempts

LONGEST = timedelta(hours=1)
LONGEST_WAIT = timedelta(minutes=15)


def attempt(session: Session, name: str, limit: int, per: timedelta, now: datetime) -> int:
    """Counts one attempt at this (`sign-in:account@example`): 0 when it may go on, else the seconds to wait.

    A window begins with its first attempt. The transaction must be a writing one and must be committed also
    when the attempt is refused or fails.
    """
    row = _row(session, name, now)
    if row.since + per <= now or row.since > now:
        row.since, row.count = now, 0
    row.count += 1
    session.flush()
    return 0 if row.count <= limit else _seconds(row.since + per - now)


def guess(session: Session, name: str, limit: int, per: timedelta, now: datetime) -> int:
    """Counts one guess at a secret: 0 when it may go on, else the seconds to wait.

    After `limit` wrong ones one waits `per`, after as many more twice as long, up to LONGEST_WAIT. A right one
    ends it (`forgive`), and so does an hour without any. Guesses that must wait are not counted.
    """
    row = _row(session, name, now)
    if row.since + LONGEST <= now or row.since > now:
        row.count = 0
    rounds, rest = divmod(row.count, limit)
    if rounds and not rest:
        free = row.since + min(per * 2 ** min(rounds - 1, 16), LONGEST_WAIT)
        if free > now:
            return _seconds(free - now)
    row.since, row.count = now, row.count + 1
    session.flush()
    return 0


def forgive(session: Session, *names: str) -> None:
    """Forgets the attempts at these: the right password was given."""
    keys = [_key(session, name) for name in names]
    session.execute(
        delete(Attempts).where(Attempts.key.in_(keys)).execution_options(synchronize_session="fetch")
    )


def _row(session: Session, name: str, now: datetime) -> Attempts:
    """The count of this, held until the transaction ends; made at the first attempt."""
    key = _key(session, name)
    held = select(Attempts).where(Attempts.key == key).with_for_update()
    row = session.scalar(held)
    if row is None:
        # Whatever the clock says: a count is nobody's work, and asking the guard here would take time that tells.
        session.execute(delete(Attempts).where(Attempts.since < now - LONGEST))
        try:
            with session.begin_nested():
                session.add(Attempts(key=key, since=now, count=0))
        except IntegrityError:
            pass  # another process was quicker: its row is counted on
        row = session.scalars(held).one()
    return row


def _key(session: Session, name: str) -> str:
    return digest(str(session.info["secret_key"]), "throttle", name)


def _seconds(wait: timedelta) -> int:
    return max(1, round(wait.total_seconds()))
