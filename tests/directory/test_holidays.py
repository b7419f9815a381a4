"""Public holidays: what is said of hours holds, and what nobody said neither opens nor closes anything."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guide.clock import BRUSSELS
from guide.directory.hours import (
    DAYS,
    Opening,
    OpenState,
    open_state,
    week,
)
from guide.directory.hours_in_words import holiday_name
from guide.directory.public_holidays import is_public_holiday
from guide.directory.timetable import Timetable
from guide.languages import LANGUAGES
from guide.model import Schedule
from tests import factories
from tests.factories import EVERY_DAY, held, open_service, slot

TEN = {
    2026: ("01-01", "04-06", "05-01", "05-14", "05-25", "07-21", "08-15", "11-01", "11-11", "12-25"),
    2027: ("01-01", "03-29", "05-01", "05-06", "05-17", "07-21", "08-15", "11-01", "11-11", "12-25"),
    2028: ("01-01", "04-17", "05-01", "05-25", "06-05", "07-21", "08-15", "11-01", "11-11", "12-25"),
    2029: ("01-01", "04-02", "05-01", "05-10", "05-21", "07-21", "08-15", "11-01", "11-11", "12-25"),
    2030: ("01-01", "04-22", "05-01", "05-30", "06-10", "07-21", "08-15", "11-01", "11-11", "12-25"),
}
"""The ten legal public holidays of Belgium, in the order of the year."""

CHRISTMAS, THE_DAY_AFTER = date(2026, 12, 25), date(2026, 12, 26)
HOLIDAYS = [CHRISTMAS, date(2027, 1, 1), date(2027, 3, 29), date(2027, 5, 6), date(2027, 7, 21)]


def at(day: date, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=BRUSSELS)


def current(*slots: Schedule, day: date = CHRISTMAS, **values):
    """A service with these hours, read shortly before this day."""
    return open_service(*slots, schedule_source=factories.source(str(day - timedelta(days=30))), **values)


@pytest.mark.parametrize("year", TEN)
def test_public_holidays_are_the_ten_of_belgium(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(366)]
    found = [f"{day:%m-%d}" for day in days if day.year == year and is_public_holiday(day)]
    assert tuple(found) == TEN[year]


def test_each_holiday_has_its_own_name_in_both_languages() -> None:
    for lang in LANGUAGES:
        names = [
            [holiday_name(date.fromisoformat(f"{year}-{day}"), lang) for day in TEN[year]] for year in TEN
        ]
        # 1 May and Ascension may change places from year to year, their names do not.
        assert all(len(set(row)) == 10 and set(row) == set(names[0]) for row in names)
    assert holiday_name(date(2027, 5, 6), "nl") == "Hemelvaartsdag"
    assert holiday_name(date(2027, 3, 29), "fr") == "lundi de Pâques"


@pytest.mark.parametrize("day", HOLIDAYS)
@pytest.mark.parametrize(
    ("said", "state"), [(None, Opening.HOLIDAY), ("open", Opening.OPEN), ("closed", Opening.CLOSED)]
)
def test_within_its_hours_a_holiday_does_what_is_said_of_it(day: date, said, state) -> None:
    service = current(slot(days=EVERY_DAY, holidays=said), day=day)
    found = open_state(service, at(day, "12:00"))
    assert found.state is state
    assert found.holiday == (None if said == "open" else day)
    assert held(service.schedules, at(day, "12:00")) is {"open": True, "closed": False, None: None}[said]
    row = next(row for row in week(service, day) if row.is_today)
    assert (row.holiday, row.holds) == (day, {"open": True, "closed": False, None: None}[said])


@pytest.mark.parametrize("said", [None, "open"])
def test_outside_its_hours_it_is_closed_and_no_holiday_is_blamed(said) -> None:
    found = open_state(current(slot(days=EVERY_DAY, holidays=said)), at(CHRISTMAS, "02:00"))
    assert (found.state, found.holiday) == (Opening.CLOSED, None)


@pytest.mark.parametrize("hour", ["02:00", "12:00", "20:00"])
def test_a_day_on_which_it_rests_is_named_at_every_hour(hour) -> None:
    found = open_state(current(slot(days=EVERY_DAY, holidays="closed")), at(CHRISTMAS, hour))
    assert (found.state, found.holiday) == (Opening.CLOSED, CHRISTMAS)


@pytest.mark.parametrize(
    ("said", "opens", "perhaps"),
    [(None, CHRISTMAS, CHRISTMAS), ("open", CHRISTMAS, None), ("closed", THE_DAY_AFTER, None)],
)
def test_the_evening_before_the_next_opening_is_neither_promised_nor_skipped(said, opens, perhaps) -> None:
    found = open_state(current(slot(days=EVERY_DAY, holidays=said)), at(date(2026, 12, 24), "18:00"))
    assert (found.opens, found.perhaps) == (at(opens, "09:00"), perhaps)


NIGHT = (("20:00", "24:00"), ("00:00", "08:00"))


def night(said: str | None):
    return current(*(slot(opens, closes, EVERY_DAY, holidays=said) for opens, closes in NIGHT))


@pytest.mark.parametrize("said", [None, "open", "closed"])
def test_the_night_that_began_the_evening_before_a_holiday_is_not_cut(said) -> None:
    for moment in (at(date(2026, 12, 24), "22:00"), at(CHRISTMAS, "02:00")):
        found = open_state(night(said), moment)
        assert (found.state, found.until) == (Opening.OPEN, at(CHRISTMAS, "08:00"))


@pytest.mark.parametrize(
    ("said", "state"), [(None, Opening.HOLIDAY), ("open", Opening.OPEN), ("closed", Opening.CLOSED)]
)
def test_the_night_of_a_holiday_is_one_until_its_morning(said, state) -> None:
    for moment in (at(CHRISTMAS, "22:00"), at(THE_DAY_AFTER, "02:00")):
        assert open_state(night(said), moment).state is state
    assert open_state(night(said), at(THE_DAY_AFTER, "22:00")).state is Opening.OPEN


def test_it_does_not_close_by_a_guess_when_a_holiday_begins_at_midnight() -> None:
    found = open_state(current(slot("00:00", "24:00", DAYS[:5])), at(date(2026, 12, 24), "23:30"))
    assert (found.state, found.until) == (Opening.OPEN, None)


@pytest.mark.parametrize("day", HOLIDAYS)
@pytest.mark.parametrize("clock", ["02:00", "12:00"])
def test_day_and_night_bears_no_doubt_on_a_holiday(day: date, clock: str) -> None:
    for said in (None, "open"):
        service = current(slot("00:00", "24:00", EVERY_DAY, holidays=said), day=day)
        assert open_state(service, at(day, clock)) == OpenState(Opening.DAY_AND_NIGHT)
    rests = current(slot("00:00", "24:00", EVERY_DAY, holidays="closed"), day=day)
    assert open_state(rests, at(day, clock)).state is Opening.CLOSED


def test_a_week_names_only_the_holidays_that_lie_in_it() -> None:
    assert {row.holiday for row in week(current(), date(2026, 12, 7))} == {None}
    named = {row.code: row.holiday for row in week(current(), date(2026, 12, 21)) if row.holiday}
    assert named == {"FR": CHRISTMAS}


# Held against a plain reading of the same hours, minute by minute.

MINUTES_OF_A_DAY = 24 * 60


def minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


@st.composite
def slots(draw, said) -> Schedule:
    begins, ends = sorted(draw(st.lists(st.integers(0, 48), min_size=2, max_size=2, unique=True)))
    days = draw(st.lists(st.sampled_from(DAYS), min_size=1, unique=True))
    clock = [f"{half // 2:02}:{half % 2 * 30:02}" for half in (begins, ends)]
    return slot(*clock, days=days, holidays=draw(said))


def week_of(said) -> st.SearchStrategy:
    return st.lists(slots(said), min_size=1, max_size=4).filter(
        lambda found: not Timetable.of(found).is_day_and_night(CHRISTMAS)
    )


@settings(max_examples=100, deadline=None)
@given(
    hours=week_of(st.none()), holiday=st.sampled_from(HOLIDAYS), minute=st.integers(0, MINUTES_OF_A_DAY - 1)
)
def test_with_nothing_said_a_holiday_never_closes_within_stated_hours(hours, holiday, minute) -> None:
    moment = at(holiday, "00:00") + timedelta(minutes=minute)
    code = DAYS[holiday.weekday()]
    stated = any(
        code in one.byday and minutes(one.opens_at) <= minute < minutes(one.closes_at) for one in hours
    )
    assert (held(hours, moment) is not False) is stated
    assert (open_state(current(*hours, day=holiday), moment).state is Opening.CLOSED) is not stated
