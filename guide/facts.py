"""Moments the database knows of itself: the last backup, the last purge, when the clock was right (`site_fact`)."""

from datetime import UTC, datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from guide.model import SiteFact

LAST_BACKUP, LAST_PURGE = "last_backup", "last_purge"
LAST_VERIFY, LAST_UNSOUND = "last_audit_verify", "audit_unsound"
"""When the audit log was last found sound, and since when it is not."""

CLOCK = "clock"
"""The newest moment at which the clock was believed (see `guide.clock_guard`)."""

PAST = (LAST_BACKUP, LAST_PURGE)
"""Moments at which something was done."""


def note(session: Session, name: str, moment: datetime) -> None:
    """Keeps this moment under this name, in the caller's transaction."""
    session.merge(SiteFact(name=name, value=moment.astimezone(UTC).isoformat(timespec="seconds")))


def noted(session: Session, name: str) -> datetime | None:
    """The moment kept, in UTC; None when there is none, or nothing that reads as one."""
    fact = session.get(SiteFact, name)
    try:
        moment = datetime.fromisoformat(fact.value) if fact is not None else None
    except ValueError:
        return None
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)


def forget(session: Session, name: str) -> None:
    """Nothing is kept under this name any more."""
    session.execute(delete(SiteFact).where(SiteFact.name == name))
