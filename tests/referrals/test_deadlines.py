"""Every deadline with the clock passed in; a second run changes nothing."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from guide.clock import BRUSSELS
from guide.model import Mail, ReferralState
from guide.model.referrals import Referral, ReferralTrace
from guide.referrals import answering, deadlines, reading, sending
from guide.referrals.deadlines import Ticked, working_day
from tests.referrals.conftest import CONTENT, NOW, House, consent

pytestmark = pytest.mark.usefixtures("days_pass")


def on(day: int) -> datetime:
    """So many days of 24 hours later: the change of the hour in between must not matter."""
    return NOW.astimezone(UTC) + timedelta(days=day)


def tick(house: House, now: datetime) -> Ticked:
    """A run and, at once, a second one, which must do nothing."""
    done = deadlines.tick(house.session, now)
    house.session.commit()
    mails = house.count(Mail)
    assert deadlines.tick(house.session, now) == Ticked()
    house.session.commit()
    assert house.count(Mail) == mails
    return done


def kinds(house: House) -> list[str]:
    return [mail["kind"] + ":" + str(mail.get("what", mail.get("again", ""))) for mail in house.mails()]


def test_the_receiver_is_reminded_on_days_seven_and_fourteen_and_the_sender_on_day_twenty_one(
    house: House,
) -> None:
    house.send()
    told = []
    for day in range(30):
        before = len(kinds(house))
        tick(house, on(day))
        told += [(day, kind) for kind in kinds(house)[before:]]
    assert told == [
        (7, "referral_received:True"),
        (14, "referral_received:True"),
        (21, "referral_news:silent"),
    ]


def test_a_reminder_waits_for_a_working_day(house: House) -> None:
    """Sent on Friday 18 December 2026: day 7 is Christmas, a Friday; the Monday after is the 28th."""
    friday = datetime.combine(date(2026, 12, 18), time(10), BRUSSELS)
    house.send(now=friday)
    assert tick(house, friday + timedelta(days=7)).reminded == 0
    assert tick(house, friday + timedelta(days=9)).reminded == 0
    assert tick(house, friday + timedelta(days=10)).reminded == 1


def test_a_run_that_was_missed_is_not_made_up_for_by_two_mails(house: House) -> None:
    house.send()
    assert tick(house, on(16)) == Ticked(reminded=1)
    assert tick(house, on(17)) == Ticked()


@pytest.mark.parametrize(
    ("state", "days"), [(ReferralState.SENT, 30), (ReferralState.SEEN, 30), (ReferralState.UNDER_STUDY, 60)]
)
def test_what_waits_expires(house: House, state: ReferralState, days: int) -> None:
    referral = house.send(consent=consent(expires=NOW.date() + timedelta(days=90)))
    if state is not ReferralState.SENT:
        reading.open_person(house.session, referral, "visit", NOW)
    if state is ReferralState.UNDER_STUDY:
        answering.study(house.session, referral, "visit", NOW)
    house.session.commit()
    assert deadlines.expiry(referral) == (NOW + timedelta(days=days)).date()
    assert tick(house, on(days) - timedelta(seconds=1)).expired == 0
    assert tick(house, on(days)).expired == 1
    assert (referral.state, referral.ended_at) == (ReferralState.EXPIRED, on(days))
    assert kinds(house)[-2:] == ["referral_ended:expired", "referral_news:expired"]
    assert referral.links == []


def test_an_accepted_one_of_which_nobody_said_how_it_ended_closes_and_goes_after_180_days(
    house: House,
) -> None:
    referral = house.send(consent=consent(expires=NOW.date() + timedelta(days=90)))
    reading.open_person(house.session, referral, "visit", NOW)
    answering.accept(house.session, referral, "visit", "", None, NOW)
    house.session.commit()
    assert tick(house, on(180) - timedelta(seconds=1)) == Ticked(warned=1)
    assert tick(house, on(180)) == Ticked(closed=1)
    assert house.count(Referral) == 0
    (trace,) = house.session.query(ReferralTrace).all()
    assert trace.outcome == "unknown"
    assert trace.steps[-1].state is ReferralState.CLOSED
    assert kinds(house)[-1] == "referral_news:lapsed"


def test_while_the_agreement_has_lapsed_the_sender_is_asked_and_not_the_receiver(house: House) -> None:
    house.send(consent=consent(expires=NOW.date() + timedelta(days=3)))
    tick(house, on(7))
    assert kinds(house)[-1] == "referral_news:consent_lapsed"


def test_an_answer_ends_the_reminders(house: House) -> None:
    referral = house.send()
    answering.decline(house.session, referral, "visit", "full", "", on(1))
    house.session.commit()
    for day in (7, 14, 21, 30, 60):
        assert tick(house, on(day)) == Ticked()


def test_a_draft_is_nobody_s_business(house: House) -> None:
    sending.keep_draft(
        house.session, sending.NewReferral(house.bound, house.worker, CONTENT, "faim", "normal"), NOW
    )
    house.session.commit()
    assert tick(house, on(6)) == Ticked()


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
