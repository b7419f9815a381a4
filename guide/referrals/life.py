"""The life of a referral as one table: state × event × role. Whatever is not in it is refused."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from guide.clock import BRUSSELS
from guide.model import ReferralState
from guide.model.referrals import Referral, ReferralEvent, ReferralStep


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


class Party(StrEnum):
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

TABLE: Mapping[tuple[ReferralState, Event, Party], ReferralState] = {
    (_S.DRAFT, Event.SEND, Party.SENDER): _S.SENT,
    (_S.SENT, Event.OPEN, Party.RECEIVER): _S.SEEN,
    (_S.SEEN, Event.OPEN, Party.RECEIVER): _S.SEEN,
    (_S.UNDER_STUDY, Event.OPEN, Party.RECEIVER): _S.UNDER_STUDY,
    (_S.ACCEPTED, Event.OPEN, Party.RECEIVER): _S.ACCEPTED,
    (_S.SEEN, Event.STUDY, Party.RECEIVER): _S.UNDER_STUDY,
    (_S.SEEN, Event.ACCEPT, Party.RECEIVER): _S.ACCEPTED,
    (_S.UNDER_STUDY, Event.ACCEPT, Party.RECEIVER): _S.ACCEPTED,
    # Who sees from the need alone that it is not for her declines without opening the person's part.
    **{(state, Event.DECLINE, Party.RECEIVER): _S.DECLINED for state in WAITING},
    (_S.ACCEPTED, Event.CLOSE, Party.RECEIVER): _S.CLOSED,
    (_S.ACCEPTED, Event.CLOSE, Party.SENDER): _S.CLOSED,
    **{(state, Event.WITHDRAW, who): _S.WITHDRAWN for state in OPEN for who in (Party.SENDER, Party.PERSON)},
    (_S.DECLINED, Event.REROUTE, Party.SENDER): _S.REROUTED,
    **{(state, Event.RENEW, Party.SENDER): state for state in OPEN},
    **{(state, Event.EXPIRE, Party.CLOCK): _S.EXPIRED for state in WAITING},
    (_S.ACCEPTED, Event.LAPSE, Party.CLOCK): _S.CLOSED,
    **{(state, Event.HAND_OVER, Party.COORDINATION): state for state in UNFINISHED},
}
"""Every legal transition. The clock's deadlines are in `guide.referrals.deadlines`."""


class InvalidTransitionError(Exception):
    """This cannot happen to a referral in this state, by this role: the page says how it stands now."""


def allowed(referral: Referral, event: Event, who: Party) -> bool:
    """May this happen now, by this role? What `transition` would do, without doing it."""
    return (referral.state, event, who) in TABLE


def transition(session: Session, referral: Referral, event: Event, who: Party, now: datetime) -> None:
    """Moves the referral on, with a line in its history and its week in the trace. Raises InvalidTransitionError.

    The caller holds the row (`guide.referrals.finding.hold`) and commits.
    """
    reached = TABLE.get((referral.state, event, who))
    if reached is None:
        raise InvalidTransitionError(f"{event} by {who} in state {referral.state}")
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
