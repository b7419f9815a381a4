"""Every deadline with the clock passed in; a second run changes nothing."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from guide.clock import BRUSSELS
from guide.model import Mail, ReferralState
from guide.model.referrals import Referral, ReferralTrace
from guide.referrals import answering, deadlines, reading, sending
from guide.referrals.deadlines import Ticked, working_day
from tests.referrals.conftest import CONTENT, NOW, Scenario, consent

pytestmark = pytest.mark.usefixtures("days_pass")


def on(day: int) -> datetime:
    """So many days of 24 hours later: the change of the hour in between must not matter."""
    return NOW.astimezone(UTC) + timedelta(days=day)


def tick(scenario: Scenario, now: datetime) -> Ticked:
    """A run and, at once, a second one, which must do nothing."""
    done = deadlines.tick(scenario.session, now)
    scenario.session.commit()
    mails = scenario.count(Mail)
    assert deadlines.tick(scenario.session, now) == Ticked()
    scenario.session.commit()
    assert scenario.count(Mail) == mails
    return done


def kinds(scenario: Scenario) -> list[str]:
    return [mail["kind"] + ":" + str(mail.get("what", mail.get("again", ""))) for mail in scenario.mails()]


def test_the_receiver_is_reminded_on_days_seven_and_fourteen_and_the_sender_on_day_twenty_one(
    scenario: Scenario,
) -> None:
    scenario.send()
    told = []
    for day in range(30):
        before = len(kinds(scenario))
        tick(scenario, on(day))
        told += [(day, kind) for kind in kinds(scenario)[before:]]
    assert told == [
        (7, "referral_received:True"),
        (14, "referral_received:True"),
        (21, "referral_news:silent"),
    ]


def test_a_reminder_waits_for_a_working_day(scenario: Scenario) -> None:
    """Sent on Friday 18 December 2026: day 7 is Christmas, a Friday; the Monday after is the 28th."""
    friday = datetime.combine(date(2026, 12, 18), time(10), BRUSSELS)
    scenario.send(now=friday)
    assert tick(scenario, friday + timedelta(days=7)).reminded == 0
    assert tick(scenario, friday + timedelta(days=9)).reminded == 0
    assert tick(scenario, friday + timedelta(days=10)).reminded == 1


def test_a_run_that_was_missed_is_not_made_up_for_by_two_mails(scenario: Scenario) -> None:
    scenario.send()
    assert tick(scenario, on(16)) == Ticked(reminded=1)
    assert tick(scenario, on(17)) == Ticked()


@pytest.mark.parametrize(
    ("state", "days"), [(ReferralState.SENT, 30), (ReferralState.SEEN, 30), (ReferralState.UNDER_STUDY, 60)]
)
def test_what_waits_expires(scenario: Scenario, state: ReferralState, days: int) -> None:
    referral = scenario.send(consent=consent(expires=NOW.date() + timedelta(days=90)))
    if state is not ReferralState.SENT:
        reading.open_person(scenario.session, referral, "visit", NOW)
    if state is ReferralState.UNDER_STUDY:
        answering.study(scenario.session, referral, "visit", NOW)
    scenario.session.commit()
    assert deadlines.expiry(referral) == (NOW + timedelta(days=days)).date()
    assert tick(scenario, on(days) - timedelta(seconds=1)).expired == 0
    assert tick(scenario, on(days)).expired == 1
    assert (referral.state, referral.ended_at) == (ReferralState.EXPIRED, on(days))
    assert kinds(scenario)[-2:] == ["referral_ended:expired", "referral_news:expired"]
    assert referral.links == []


def test_an_accepted_one_of_which_nobody_said_how_it_ended_closes_and_goes_after_180_days(
    scenario: Scenario,
) -> None:
    referral = scenario.send(consent=consent(expires=NOW.date() + timedelta(days=90)))
    reading.open_person(scenario.session, referral, "visit", NOW)
    answering.accept(scenario.session, referral, "visit", "", None, NOW)
    scenario.session.commit()
    assert tick(scenario, on(180) - timedelta(seconds=1)) == Ticked(warned=1)
    assert tick(scenario, on(180)) == Ticked(closed=1)
    assert scenario.count(Referral) == 0
    (trace,) = scenario.session.query(ReferralTrace).all()
    assert trace.outcome == "unknown"
    assert trace.steps[-1].state is ReferralState.CLOSED
    assert kinds(scenario)[-1] == "referral_news:lapsed"


def test_while_the_agreement_has_lapsed_the_sender_is_asked_and_not_the_receiver(scenario: Scenario) -> None:
    scenario.send(consent=consent(expires=NOW.date() + timedelta(days=3)))
    tick(scenario, on(7))
    assert kinds(scenario)[-1] == "referral_news:consent_lapsed"


def test_an_answer_ends_the_reminders(scenario: Scenario) -> None:
    referral = scenario.send()
    answering.decline(scenario.session, referral, "visit", "full", "", on(1))
    scenario.session.commit()
    for day in (7, 14, 21, 30, 60):
        assert tick(scenario, on(day)) == Ticked()


def test_a_draft_is_nobody_s_business(scenario: Scenario) -> None:
    sending.keep_draft(
        scenario.session, sending.NewReferral(scenario.bound, scenario.worker, CONTENT, "faim", "normal"), NOW
    )
    scenario.session.commit()
    assert tick(scenario, on(6)) == Ticked()


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 23), date(2026, 11, 23)),
        (date(2026, 11, 28), date(2026, 11, 30)),
        (date(2026, 12, 25), date(2026, 12, 28)),
        (date(2027, 1, 1), date(2027, 1, 4)),
    ],
)
def test_a_working_day_is_no_weekend_and_no_holiday(day: date, works: date) -> None:
    assert working_day(day) == works
