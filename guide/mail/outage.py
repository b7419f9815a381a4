"""The mail server as the outbox knows it: whether it takes mails, and when it is tried again.

While it does not, one mail in a minute, later in five, is handed over to see; all others wait, and no try of
theirs is used up. Kept in the database, so that all who send know it.
"""

import contextlib
import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from guide.database import rowcount
from guide.model import MailReason, SiteFact

FACT = "mail_server_outage"
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(minutes=5)
"""The pause between two tries: the first, doubled after each, and the longest."""


@dataclass(frozen=True, slots=True)
class Outage:
    """The mail server takes nothing `since` then, for this reason, after so many tries; the next is at `probe_at`."""

    since: datetime
    probe_at: datetime
    reason: MailReason
    tries: int

    def holds(self, now: datetime) -> bool:
        """Is it too early for another try? Never longer than the longest pause: a clock may have been wrong."""
        return timedelta(0) < self.probe_at - now <= LONGEST


def current(session: Session) -> Outage | None:
    """The outage as it was last noted; None while the server takes mails."""
    fact = session.get(SiteFact, FACT)
    try:
        kept = json.loads(fact.value) if fact is not None else None
        if not kept:
            return None
        since, probe_at = (datetime.fromisoformat(kept[name]) for name in ("since", "probe_at"))
        return Outage(since, probe_at, MailReason(kept["reason"]), int(kept["tries"]))
    except (ValueError, KeyError, TypeError):
        return None


def reason(session: Session) -> MailReason | None:
    """Why the server takes nothing; None while it does."""
    away = current(session)
    return away.reason if away is not None else None


def begin(session: Session, reason: MailReason, now: datetime) -> bool:
    """The server took nothing just now: when it is tried next. True when it took mails until then."""
    before = current(session)
    if before is None:
        _note(session, Outage(now, now + SHORTEST, reason, 1))
        return True
    pause = min(SHORTEST * 2 ** min(before.tries, 9), LONGEST)
    _note(session, Outage(min(before.since, now), now + pause, reason, before.tries + 1))
    return False


def probe(session: Session, now: datetime) -> None:
    """Somebody tries it now: until that is known nobody else does."""
    before = current(session)
    if before is not None:
        _note(session, replace(before, probe_at=now + SHORTEST))


def try_now(session: Session, now: datetime) -> None:
    """Somebody asks for a try without waiting."""
    before = current(session)
    if before is not None:
        _note(session, replace(before, probe_at=now))


def end(session: Session) -> None:
    """The server answers again."""
    session.execute(
        delete(SiteFact).where(SiteFact.name == FACT).execution_options(synchronize_session="fetch")
    )


def _note(session: Session, outage: Outage) -> None:
    value = json.dumps(
        {
            "since": outage.since.isoformat(),
            "probe_at": outage.probe_at.isoformat(),
            "reason": outage.reason.value,
            "tries": outage.tries,
        }
    )
    there = session.execute(
        update(SiteFact)
        .where(SiteFact.name == FACT)
        .values(value=value)
        .execution_options(synchronize_session="fetch")
    )
    if not rowcount(there):
        # Two who send may meet the same outage at one moment: either word of it will do.
        with contextlib.suppress(IntegrityError), session.begin_nested():
            session.add(SiteFact(name=FACT, value=value))
