"""Moments the database knows of itself: the last backup, the last purge (rows of `site_fact`)."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from guide.model import SiteFact

LAST_BACKUP, LAST_PURGE = "last_backup", "last_purge"


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
