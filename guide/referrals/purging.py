"""The purge: what is due is erased, once a day, by `guide purge` and at every start."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from guide import audit, clock_guard, facts
from guide.audit import AuditVerb
from guide.model import ReferralState
from guide.model.referrals import ErasedReferral, Referral
from guide.referrals.deadlines import end_of_all
from guide.referrals.erasing import erase, erased_from, note_in_ledger
from guide.referrals.life import OPEN


@dataclass(frozen=True, slots=True)
class Purged:
    """How many referrals a purge erased, and how many of them were drafts."""

    erased: int
    drafts: int


def purge(session: Session, now: datetime, clock_is_right: bool = False) -> Purged:
    """Erases what is due, and notes when. A second run erases nothing more.

    Raises ClockJumpedError when the clock seems to have jumped, unless somebody has looked at it, which settles it
    for all that time ends. Run daily by `guide purge`, each in one transaction of the caller's.
    """
    if clock_is_right:
        clock_guard.vouch(session, now)
    else:
        clock_guard.require_right_clock(session, now)
    over = due(session, now)
    drafts = sum(row.state is ReferralState.DRAFT for row in over)
    for row in over:
        if row.state in OPEN:
            # Whichever of the daily runs comes first, what nobody closed has an end, and its sender hears of it.
            end_of_all(session, row, now)
            continue
        # For the log of what was done, the act and a number; never what it was about.
        audit.record(session, "command", AuditVerb.REFERRAL_ERASED, f"referral:{row.uid}", now=now)
        erase(session, row, now)
    facts.note(session, facts.LAST_PURGE, now)
    note_in_ledger(session, session.scalars(select(ErasedReferral.uid)))
    session.flush()
    return Purged(len(over), drafts)


def due(session: Session, now: datetime) -> list[Referral]:
    """The referrals whose time is over, held until the transaction ends."""
    rows = session.scalars(select(Referral).order_by(Referral.id).with_for_update()).all()
    return [row for row in rows if erased_from(row) <= now]


def anything_to_purge(session: Session) -> bool:
    """Is there any referral at all? Then the purge must run daily, and the readiness check says when it did not."""
    return session.scalar(select(Referral.id).limit(1)) is not None
