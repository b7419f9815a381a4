"""Open, closing soon, closed: by current hours only, in Jette's time."""

from datetime import date, datetime, timedelta

import pytest

from guide.clock import BRUSSELS
from guide.directory.hours import (
    Opening,
    hours_year,
    is_open_now,
    open_state,
    shown_schedules,
    week,
)
from tests import factories
from tests.factories import EVERY_DAY, held, open_service, slot


def at(day: str, time: str) -> datetime:
    """A moment in Jette; Monday 23 November 2026 is an ordinary day."""
    return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=BRUSSELS)


MONDAY, SUNDAY, CHRISTMAS = "2026-11-23", "2026-11-22", "2026-12-25"
MORNING_AND_AFTERNOON = (slot("08:30", "12:00"), slot("13:30", "16:00"))


@pytest.mark.parametrize(
    ("time", "state", "until", "opens"),
    [
        ("08:29", Opening.CLOSED, None, "08:30"),
        ("08:30", Opening.OPEN, "12:00", None),
        ("10:59", Opening.OPEN, "12:00", None),
        ("11:00", Opening.CLOSES_SOON, "12:00", None),
        ("11:59", Opening.CLOSES_SOON, "12:00", None),
        ("12:00", Opening.CLOSED, None, "13:30"),
        ("13:30", Opening.OPEN, "16:00", None),
        ("15:30", Opening.CLOSES_SOON, "16:00", None),
    ],
)
def test_a_day_is_open_closes_soon_and_is_closed(time, state, until, opens) -> None:
    found = open_state(open_service(*MORNING_AND_AFTERNOON), at(MONDAY, time))
    assert found.state is state
    assert found.until == (at(MONDAY, until) if until else None)
    assert found.opens == (at(MONDAY, opens) if opens else None)
    assert found.is_open is (until is not None)
    assert is_open_now(open_service(*MORNING_AND_AFTERNOON), at(MONDAY, time)) is found.is_open


def test_after_its_last_hour_of_the_week_it_opens_on_monday() -> None:
    found = open_state(open_service(), at("2026-11-27", "17:00"))
    assert (found.state, found.opens) == (Opening.CLOSED, at("2026-11-30", "09:00"))


@pytest.mark.parametrize(
    ("day", "state"),
    [
        ("2026-11-22", Opening.CLOSED),
        ("2026-11-23", Opening.TEMPORARILY_CLOSED),
        ("2026-11-25", Opening.TEMPORARILY_CLOSED),
        ("2026-11-27", Opening.TEMPORARILY_CLOSED),
        ("2026-11-30", Opening.OPEN),
    ],
)
def test_a_closure_holds_on_its_first_and_its_last_day_and_then_leaves(day, state) -> None:
    closed = factories.closure(date(2026, 11, 23), date(2026, 11, 27))
    found = open_state(open_service(closures=[closed]), at(day, "10:00"))
    assert found.state is state
    announced = found.closure
    assert (announced is None) is (day == "2026-11-30")
    assert announced is None or (announced.starts, announced.ends) == (closed.starts, closed.ends)


def test_the_next_opening_is_after_a_closure_that_is_announced() -> None:
    closed = factories.closure(date(2026, 12, 24), date(2027, 1, 3))
    found = open_state(open_service(closures=[closed]), at("2026-12-23", "18:00"))
    assert (found.state, found.opens, found.perhaps) == (Opening.CLOSED, at("2027-01-04", "09:00"), None)


def test_a_closure_is_told_even_where_no_hours_are_known() -> None:
    service = factories.service(closures=[factories.closure(date(2026, 11, 23), date(2026, 11, 23))])
    assert open_state(service, at(MONDAY, "03:00")).state is Opening.TEMPORARILY_CLOSED


@pytest.mark.parametrize("read", ["2025-11", "2019-04", "2018", None])
def test_old_and_undated_hours_never_open(read) -> None:
    service = open_service(slot("00:00", "23:00", EVERY_DAY), schedule_source=factories.source(read))
    for hour in range(24 * 7):
        moment = at(MONDAY, "00:30") + timedelta(hours=hour)
        assert open_state(service, moment).state is Opening.UNKNOWN
        assert not is_open_now(service, moment)


def test_without_hours_nobody_knows() -> None:
    service = factories.service()
    assert open_state(service, at(MONDAY, "10:00")).state is Opening.UNKNOWN
    assert not is_open_now(service, at(MONDAY, "10:00"))
    assert week(service, date(2026, 11, 23)) == []
    assert hours_year(service) is None


@pytest.mark.parametrize(("read", "now"), [("2026-10", True), ("2020", False), (None, False)])
@pytest.mark.parametrize("day", [MONDAY, SUNDAY, CHRISTMAS])
def test_a_line_of_day_and_night_says_so_and_is_open_only_by_current_hours(day, read, now) -> None:
    service = open_service(slot("00:00", "24:00", EVERY_DAY), schedule_source=factories.source(read))
    assert open_state(service, at(day, "03:00")).state is Opening.DAY_AND_NIGHT
    assert is_open_now(service, at(day, "03:00")) is now


def test_a_slot_until_midnight_closes_at_midnight() -> None:
    found = open_state(open_service(slot("20:00", "24:00")), at(MONDAY, "23:30"))
    assert (found.state, found.until) == (Opening.CLOSES_SOON, at("2026-11-24", "00:00"))


def test_a_night_written_as_two_slots_does_not_close_soon_at_midnight() -> None:
    night = open_service(slot("20:00", "24:00", EVERY_DAY), slot("00:00", "08:00", EVERY_DAY))
    found = open_state(night, at(MONDAY, "23:30"))
    assert (found.state, found.until) == (Opening.OPEN, at("2026-11-24", "08:00"))


def test_the_clock_may_change_in_between() -> None:
    service = open_service(slot("00:00", "06:00", EVERY_DAY), schedule_source=factories.source("2026"))
    for day in ("2026-03-29", "2026-10-25"):
        found = open_state(service, at(day, "01:30"))
        assert (found.state, found.until) == (Opening.OPEN, at(day, "06:00"))


def test_hours_of_the_visit_come_before_those_of_the_telephone() -> None:
    both = open_service(slot("08:00", "20:00", kind="phone"), slot("09:00", "12:00"))
    assert [shown.opens_at for shown in shown_schedules(both, date(2026, 11, 23))] == ["09:00"]
    assert open_state(both, at(MONDAY, "15:00")).state is Opening.CLOSED
    only = open_service(slot("08:00", "20:00", kind="phone"))
    assert open_state(only, at(MONDAY, "15:00")).state is Opening.OPEN


def test_a_week_has_seven_days_with_their_slots_in_order() -> None:
    days = week(open_service(*reversed(MORNING_AND_AFTERNOON)), date(2026, 11, 25))
    assert [day.code for day in days] == list(EVERY_DAY)
    assert days[0].slots == (("08:30", "12:00"), ("13:30", "16:00"))
    assert days[6].slots == ()
    assert [day.code for day in days if day.is_today] == ["WE"]


@pytest.mark.parametrize(
    ("time", "answers"), [("08:59", False), ("09:00", True), ("16:59", True), ("17:00", False)]
)
def test_a_line_answers_from_its_first_minute_to_its_last(time, answers) -> None:
    office = [slot()]
    assert held(office, at(MONDAY, time)) is answers
    assert held(office, at(SUNDAY, time)) is False
