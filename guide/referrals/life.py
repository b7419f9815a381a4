"""The life of a referral as one table: state × event × role. Whatever is not in it is refused."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from guide.clock import BRUSSELS
from guide.model import Referral, ReferralEvent, ReferralState, ReferralStep


class Event(StrEnum):
    """What can happen to a referral.

    `renew`: she agrees anew; `lapse`: nobody said how it ended; `hand_over`: its holder's account is closed, and
    the substitute the person agreed to holds it from now on.
    """

    SEND = "send"
    OPEN = "open"
    STUDY = "study"
    ACCEPT = "accept"
    DECLINE = "decline"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    REROUTE = "reroute"
    RENEW = "renew"
    EXPIRE = "expire"
    LAPSE = "lapse"
    HAND_OVER = "hand_over"


class Part(StrEnum):
    """Who acts: the two organisations, the person herself, the clock, or whoever closes accounts."""

    SENDER = "sender"
    RECEIVER = "receiver"
    PERSON = "person"
    CLOCK = "clock"
    COORDINATION = "coordination"


_S = ReferralState
WAITING = (_S.SENT, _S.SEEN, _S.UNDER_STUDY)
"""States in which the receiver has not answered yet."""

OPEN = (*WAITING, _S.ACCEPTED)
"""States in which something is still to come."""

UNFINISHED = (*OPEN, _S.DECLINED, _S.EXPIRED)
"""States in which somebody has to see to the person still: what is open, and what found her no help."""

ENDED = (_S.DECLINED, _S.REROUTED, _S.WITHDRAWN, _S.EXPIRED, _S.CLOSED)
"""The ends. Nothing but the re-routing of a declined one leads on from them."""

TABLE: Mapping[tuple[ReferralState, Event, Part], ReferralState] = {
    (_S.DRAFT, Event.SEND, Part.SENDER): _S.SENT,
    (_S.SENT, Event.OPEN, Part.RECEIVER): _S.SEEN,
    (_S.SEEN, Event.OPEN, Part.RECEIVER): _S.SEEN,
    (_S.UNDER_STUDY, Event.OPEN, Part.RECEIVER): _S.UNDER_STUDY,
    (_S.ACCEPTED, Event.OPEN, Part.RECEIVER): _S.ACCEPTED,
    (_S.SEEN, Event.STUDY, Part.RECEIVER): _S.UNDER_STUDY,
    (_S.SEEN, Event.ACCEPT, Part.RECEIVER): _S.ACCEPTED,
    (_S.UNDER_STUDY, Event.ACCEPT, Part.RECEIVER): _S.ACCEPTED,
    # Who sees from the need alone that it is not for her declines without opening the person's part.
    **{(state, Event.DECLINE, Part.RECEIVER): _S.DECLINED for state in WAITING},
    (_S.ACCEPTED, Event.CLOSE, Part.RECEIVER): _S.CLOSED,
    (_S.ACCEPTED, Event.CLOSE, Part.SENDER): _S.CLOSED,
    **{(state, Event.WITHDRAW, who): _S.WITHDRAWN for state in OPEN for who in (Part.SENDER, Part.PERSON)},
    (_S.DECLINED, Event.REROUTE, Part.SENDER): _S.REROUTED,
    **{(state, Event.RENEW, Part.SENDER): state for state in OPEN},
    **{(state, Event.EXPIRE, Part.CLOCK): _S.EXPIRED for state in WAITING},
    (_S.ACCEPTED, Event.LAPSE, Part.CLOCK): _S.CLOSED,
    **{(state, Event.HAND_OVER, Part.COORDINATION): state for state in UNFINISHED},
}
"""Every legal transition. The clock's deadlines are in `guide.referrals.deadlines`."""


class NotNow(Exception):
    """This cannot happen to a referral in this state, by this role: the page says how it stands now."""


def allowed(referral: Referral, event: Event, who: Part) -> bool:
    """May this happen now, by this role? What `happen` would do, without doing it."""
    return (referral.state, event, who) in TABLE


def happen(session: Session, referral: Referral, event: Event, who: Part, now: datetime) -> None:
    """Moves the referral on, with a line in its history and its week in the trace. Raises NotNow.

    The caller holds the row (`guide.referrals.finding.hold`) and commits.
    """
    reached = TABLE.get((referral.state, event, who))
    if reached is None:
        raise NotNow(f"{event} by {who} in state {referral.state}")
    changed = reached is not referral.state
    referral.state = reached
    if changed:
        referral.state_since = now
        if referral.trace is not None:
            referral.trace.steps.append(ReferralStep(state=reached, week=week_of(now)))
        if reached in ENDED and referral.ended_at is None:
            referral.ended_at = now
    referral.events.append(ReferralEvent(at=now, event=event, role=who))
    session.flush()


def week_of(moment: datetime) -> date:
    """The Monday of this moment's week in Jette: what is kept of a date after the erasure."""
    day = moment.astimezone(BRUSSELS).date()
    return day - timedelta(days=day.weekday())
