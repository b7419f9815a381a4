"""What time alone does to a referral: reminders, expiry, and the end of what nobody closed.

Days are counted in Jette from the sending: the receiver is reminded on days 7 and 14, the sender on day 21; what
was not answered expires on day 30, what is under study on day 60. An accepted one of which nobody said how it
ended closes as "unknown" 180 days after it was begun. Both sides of an accepted one are warned a week before the
person's agreement ends. `guide referrals tick` is run daily; a second run does
nothing more.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from guide import audit, clock_guard
from guide.audit import AuditVerb
from guide.clock import BRUSSELS
from guide.directory.public_holidays import is_public_holiday
from guide.model import Outcome, ReferralState
from guide.model.referrals import Referral
from guide.referrals.erasing import NEVER_LONGER, erase
from guide.referrals.finding import consent_ends_soon, consent_lapsed
from guide.referrals.holding import settle
from guide.referrals.life import OPEN, WAITING, Event, Party, transition
from guide.referrals.links import announce, drop_links
from guide.referrals.telling import Notice, tell_receiver, tell_sender

REMIND_RECEIVER = (7, 14)
REMIND_SENDER = 21
EXPIRES = {ReferralState.SENT: 30, ReferralState.SEEN: 30, ReferralState.UNDER_STUDY: 60}
REMINDERS = (*REMIND_RECEIVER, REMIND_SENDER)
"""Days of the reminders in their order; `Referral.reminders` counts those that were written."""


@dataclass(slots=True)
class Ticked:
    """What a run did: reminders written, referrals expired, accepted ones closed without an outcome, ends of
    agreement warned of, and referrals that went to a substitute."""

    reminded: int = 0
    expired: int = 0
    closed: int = 0
    warned: int = 0
    handed: int = 0


def tick(session: Session, now: datetime) -> Ticked:
    """Does what is due by now, in the caller's one transaction. Each reminder is written once, whatever happens.

    Raises ClockJumpedError as the purge does: what ends by the clock does not come back. A purge that was told that
    the clock is right settles it for both.
    """
    clock_guard.require_right_clock(session, now)
    rows = session.scalars(
        select(Referral).where(Referral.state.in_(OPEN)).order_by(Referral.id).with_for_update()
    ).all()
    done = Ticked(handed=settle(session, now))
    for referral in rows:
        if referral.created_at + NEVER_LONGER <= now:
            if end_of_all(session, referral, now) is ReferralState.ACCEPTED:
                done.closed += 1
            else:
                done.expired += 1
        elif referral.state in WAITING and now >= _expiry(referral):
            _expire(session, referral, now, done)
        elif referral.state in WAITING:
            done.reminded += _remind(session, referral, now)
        elif consent_ends_soon(referral, now) or consent_lapsed(referral, now):
            done.warned += _warn(session, referral, now)
    session.flush()
    return done


def working_day(day: date) -> date:
    """This day, or the first after it on which an office works: no weekend, no public holiday."""
    while day.weekday() > 4 or is_public_holiday(day):
        day += timedelta(days=1)
    return day


def expiry(referral: Referral) -> date | None:
    """The day on which a referral that waits expires; None for one that does not wait."""
    if referral.state not in EXPIRES or referral.sent_at is None:
        return None
    return _expiry(referral).astimezone(BRUSSELS).date()


def _expiry(referral: Referral) -> datetime:
    assert referral.sent_at is not None, "what waits was sent"
    return referral.sent_at + timedelta(days=EXPIRES[referral.state])


def _remind(session: Session, referral: Referral, now: datetime) -> int:
    """Writes the newest reminder that is due; one that was missed is not made up for by two at once."""
    assert referral.sent_at is not None
    sent, today = referral.sent_at.astimezone(BRUSSELS).date(), now.astimezone(BRUSSELS).date()
    due = [
        place
        for place, days in enumerate(REMINDERS, start=1)
        if today >= working_day(sent + timedelta(days=days)) and place > referral.reminders
    ]
    if not due:
        return 0
    referral.reminders = due[-1]
    if REMINDERS[due[-1] - 1] == REMIND_SENDER:
        tell_sender(session, "silent", referral, now)
        return 1
    # While the agreement has lapsed there is nothing the receiver could read: the sender has to renew it first.
    if consent_lapsed(referral, now):
        tell_sender(session, "consent_lapsed", referral, now)
        return 1
    announce(session, referral, now, again=True)
    return 1


def _warn(session: Session, referral: Referral, now: datetime) -> bool:
    """Tells both sides of an accepted one that its agreement ends, once for each end; also when a run was missed."""
    if referral.consent_warned == referral.consent_expires:
        return False
    referral.consent_warned = referral.consent_expires
    if consent_lapsed(referral, now):
        tell_sender(session, "consent_lapsed", referral, now)
        return True
    tell_sender(session, "consent_ends", referral, now)
    announce(session, referral, now, kind="referral_agreement")
    return True


def _expire(session: Session, referral: Referral, now: datetime, done: Ticked) -> None:
    transition(session, referral, Event.EXPIRE, Party.CLOCK, now)
    drop_links(session, referral)
    tell_receiver(session, referral, Notice("referral_ended", {"what": "expired"}), now)
    tell_sender(session, "expired", referral, now)
    audit.record(session, "command", AuditVerb.REFERRAL_EXPIRED, f"referral:{referral.uid}", now=now)
    done.expired += 1


def end_of_all(session: Session, referral: Referral, now: datetime) -> ReferralState:
    """The hard ceiling: whatever still lives ends here and is erased. Gives the state in which it was."""
    before = referral.state
    if before is ReferralState.ACCEPTED:
        transition(session, referral, Event.LAPSE, Party.CLOCK, now)
        referral.outcome = Outcome.UNKNOWN
        if referral.trace is not None:
            referral.trace.outcome = Outcome.UNKNOWN
        audit.record(session, "command", AuditVerb.REFERRAL_LAPSED, f"referral:{referral.uid}", now=now)
        tell_sender(session, "lapsed", referral, now, last=True)
    else:
        transition(session, referral, Event.EXPIRE, Party.CLOCK, now)
        audit.record(session, "command", AuditVerb.REFERRAL_EXPIRED, f"referral:{referral.uid}", now=now)
    erase(session, referral, now)
    return before
