"""The table of what may happen, against the same written out way by way, and every other pair refused."""

from datetime import date, datetime, timedelta
from itertools import product

import pytest

from guide.clock import BRUSSELS
from guide.model import ReferralState, Urgency
from guide.model.referrals import Referral, ReferralTrace
from guide.referrals.life import ENDED, OPEN, TABLE, Event, InvalidTransitionError, Party, transition, week_of
from tests.referrals.conftest import NOW, Scenario

S, E, P = ReferralState, Event, Party

SAID = {
    # draft → sent → seen → under_study → accepted → closed, and what leads out of it.
    (S.DRAFT, E.SEND, P.SENDER): S.SENT,
    (S.SENT, E.OPEN, P.RECEIVER): S.SEEN,
    (S.SEEN, E.OPEN, P.RECEIVER): S.SEEN,
    (S.UNDER_STUDY, E.OPEN, P.RECEIVER): S.UNDER_STUDY,
    (S.ACCEPTED, E.OPEN, P.RECEIVER): S.ACCEPTED,
    (S.SEEN, E.STUDY, P.RECEIVER): S.UNDER_STUDY,
    (S.SEEN, E.ACCEPT, P.RECEIVER): S.ACCEPTED,
    (S.UNDER_STUDY, E.ACCEPT, P.RECEIVER): S.ACCEPTED,
    (S.SENT, E.DECLINE, P.RECEIVER): S.DECLINED,
    (S.SEEN, E.DECLINE, P.RECEIVER): S.DECLINED,
    (S.UNDER_STUDY, E.DECLINE, P.RECEIVER): S.DECLINED,
    (S.ACCEPTED, E.CLOSE, P.RECEIVER): S.CLOSED,
    (S.ACCEPTED, E.CLOSE, P.SENDER): S.CLOSED,
    (S.SENT, E.WITHDRAW, P.SENDER): S.WITHDRAWN,
    (S.SEEN, E.WITHDRAW, P.SENDER): S.WITHDRAWN,
    (S.UNDER_STUDY, E.WITHDRAW, P.SENDER): S.WITHDRAWN,
    (S.ACCEPTED, E.WITHDRAW, P.SENDER): S.WITHDRAWN,
    (S.SENT, E.WITHDRAW, P.PERSON): S.WITHDRAWN,
    (S.SEEN, E.WITHDRAW, P.PERSON): S.WITHDRAWN,
    (S.UNDER_STUDY, E.WITHDRAW, P.PERSON): S.WITHDRAWN,
    (S.ACCEPTED, E.WITHDRAW, P.PERSON): S.WITHDRAWN,
    (S.DECLINED, E.REROUTE, P.SENDER): S.REROUTED,
    (S.SENT, E.RENEW, P.SENDER): S.SENT,
    (S.SEEN, E.RENEW, P.SENDER): S.SEEN,
    (S.UNDER_STUDY, E.RENEW, P.SENDER): S.UNDER_STUDY,
    (S.ACCEPTED, E.RENEW, P.SENDER): S.ACCEPTED,
    (S.SENT, E.EXPIRE, P.CLOCK): S.EXPIRED,
    (S.SEEN, E.EXPIRE, P.CLOCK): S.EXPIRED,
    (S.UNDER_STUDY, E.EXPIRE, P.CLOCK): S.EXPIRED,
    (S.ACCEPTED, E.LAPSE, P.CLOCK): S.CLOSED,
    # Its holder's account is closed: whatever still has to be seen to goes to the substitute, as it stands.
    (S.SENT, E.HAND_OVER, P.COORDINATION): S.SENT,
    (S.SEEN, E.HAND_OVER, P.COORDINATION): S.SEEN,
    (S.UNDER_STUDY, E.HAND_OVER, P.COORDINATION): S.UNDER_STUDY,
    (S.ACCEPTED, E.HAND_OVER, P.COORDINATION): S.ACCEPTED,
    (S.DECLINED, E.HAND_OVER, P.COORDINATION): S.DECLINED,
    (S.EXPIRED, E.HAND_OVER, P.COORDINATION): S.EXPIRED,
}


def test_the_table_is_what_is_written_out_here() -> None:
    assert dict(TABLE) == SAID


@pytest.mark.parametrize("state", S)
def test_every_event_by_every_role_does_what_the_table_says_or_nothing(
    scenario: Scenario, state: ReferralState
) -> None:
    for number, (event, role) in enumerate(product(E, P)):
        referral = made(scenario, state, number)
        later = NOW + timedelta(days=1)
        if (state, event, role) not in SAID:
            with pytest.raises(InvalidTransitionError):
                transition(scenario.session, referral, event, role, later)
            assert (referral.state, referral.events, referral.trace.steps) == (state, [], [])
            continue
        transition(scenario.session, referral, event, role, later)
        reached = SAID[state, event, role]
        assert referral.state is reached
        assert [(one.event, one.role, one.at) for one in referral.events] == [(event, role, later)]
        assert [step.state for step in referral.trace.steps] == ([reached] if reached is not state else [])
        assert (referral.ended_at == later) == (reached in ENDED and reached is not state)


def made(scenario: Scenario, state: ReferralState, number: int) -> Referral:
    referral = Referral(
        uid=f"{number:032x}",
        reference=f"JR-2026-{number:05d}",
        service_id=scenario.bound.id,
        state=state,
        theme="faim",
        urgency=Urgency.NORMAL,
        created_at=NOW,
        state_since=NOW,
        trace=ReferralTrace(theme="faim"),
    )
    scenario.session.add(referral)
    scenario.session.flush()
    return referral


def test_every_state_but_an_end_leads_on_by_the_clock_alone() -> None:
    """Nothing stays open for ever: each open state has an end that needs nobody."""
    for state in OPEN:
        assert any(TABLE.get((state, event, P.CLOCK)) in ENDED for event in E)


@pytest.mark.parametrize(
    ("moment", "monday"),
    [
        (datetime(2026, 11, 23, 0, 30, tzinfo=BRUSSELS), date(2026, 11, 23)),
        (datetime(2026, 11, 29, 23, 59, tzinfo=BRUSSELS), date(2026, 11, 23)),
        (datetime(2027, 1, 1, 12, 0, tzinfo=BRUSSELS), date(2026, 12, 28)),
    ],
)
def test_what_is_kept_of_a_date_is_its_week(moment: datetime, monday: date) -> None:
    assert week_of(moment) == monday
