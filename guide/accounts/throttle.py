"""How often something may be tried, counted in the database so that all processes share the count.

Keys are digests: no address of a person or of a machine is kept. A window begins with its first attempt.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from guide.crypto import digest
from guide.model import Attempts

LONGEST = timedelta(hours=1)


def attempt(session: Session, name: str, limit: int, per: timedelta, now: datetime) -> int:
    """Counts one attempt at this (`sign-in:account@example`): 0 when it may go on, else the seconds to wait.

    The transaction must be a writing one and must be committed also when the attempt is refused or fails.
    """
    key = digest(str(session.info["secret_key"]), "throttle", name)
    row = session.scalar(select(Attempts).where(Attempts.key == key).with_for_update())
    if row is None:
        session.execute(delete(Attempts).where(Attempts.since < now - LONGEST))
        session.add(Attempts(key=key, since=now, count=1))
        session.flush()
        return 0
    if row.since + per <= now or row.since > now:
        row.since, row.count = now, 0
    row.count += 1
    session.flush()
    if row.count <= limit:
        return 0
    return max(1, round((row.since + per - now).total_seconds()))


def forgive(session: Session, name: str) -> None:
    """Forgets the attempts at this: the right password was given."""
    session.execute(
        delete(Attempts).where(Attempts.key == digest(str(session.info["secret_key"]), "throttle", name))
    )
