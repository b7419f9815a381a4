"""Hours as stretches of time, against a plain reading minute by minute, and against what others wrote.

The plain reading knows nothing of stretches: it asks of one minute on one day which slot may hold it.
"""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from dateutil.rrule import MONTHLY, rrule, weekday
from hypothesis import given, settings
from hypothesis import strategies as st
from opening_hours import OpeningHours, State

from guide.directory.public_holidays import is_public_holiday
from guide.directory.timetable import DAYS, DaysOff, Slot, Timetable, falls_on
from guide.languages import Bilingual
from guide.model import Holidays, PeriodKind

NO_REASON = Bilingual()
CHRISTMAS = date(2026, 12, 25)
AROUND = (
    CHRISTMAS,
    date(2027, 1, 1),
    date(2027, 5, 6),
    date(2027, 7, 21),
    date(2027, 3, 28),
    date(2026, 10, 25),
)
"""Holidays of every kind, and the days on which clocks change."""


def at(day: date, clock: str = "00:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}")


def night(*days: str, holidays: str | None = None) -> Slot:
    return Slot(days or DAYS, "20:00", "08:00", Holidays(holidays) if holidays else None)


def off(starts: date, ends: date, kind: PeriodKind | None = None, *times: str) -> DaysOff:
    return DaysOff(starts, ends, NO_REASON, kind, *times)


# --- the plain reading


def place_in_month(day: date) -> tuple[int, int]:
    last = monthrange(day.year, day.month)[1]
    same = [number for number in range(1, last + 1) if day.replace(day=number).weekday() == day.weekday()]
    return same.index(day.day) + 1, same.index(day.day) - len(same)


def begins_on(slot: Slot, day: date) -> bool:
    code = DAYS[day.weekday()]
    first, last = place_in_month(day)
    return bool({code, f"{first}{code}", f"{last}{code}"} & set(slot.byday))


def counts_on(slots: Sequence[Slot], day: date) -> list[Slot]:
    """The slots of the season that began last."""
    valid = [one for one in slots if (one.valid_from or date.min) <= day <= (one.valid_to or date.max)]
    latest = max(((one.valid_from or date.min) for one in valid), default=None)
    begun = [one for one in valid if (one.valid_from or date.min) == latest]
    shortest = min(((one.valid_to or date.max) for one in begun), default=None)
    return [one for one in begun if (one.valid_to or date.max) == shortest]


def said_of(slot: Slot, day: date, minute: int, days_off: Sequence[DaysOff]) -> bool | None:
    """What the slot that begins on this day says of a minute after its midnight (from 0 to two days)."""
    opens, closes = (int(clock[:2]) * 60 + int(clock[3:]) for clock in (slot.opens_at, slot.closes_at))
    crosses = closes <= opens
    closes += 1440 if crosses else 0
    if not opens <= minute < closes:
        return False
    today = [one for one in days_off if one.starts <= day <= one.ends]
    spared = slot.holidays is Holidays.OPEN
    if any(
        one.kind is not PeriodKind.SHORT_HOURS and not (spared and one.kind is PeriodKind.CLOSED)
        for one in today
    ):
        return False
    short = next((one for one in today if one.kind is PeriodKind.SHORT_HOURS), None)
    of_season = slot.valid_from is not None or slot.valid_to is not None
    if short and not (spared or crosses or of_season) and not _within(short, minute):
        return False
    if is_public_holiday(day):
        return {Holidays.OPEN: True, Holidays.CLOSED: False, None: None}[slot.holidays]
    return True


def _within(short: DaysOff, minute: int) -> bool:
    begins, ends = (int(clock[:2]) * 60 for clock in (short.opens_at or "", short.closes_at or ""))
    return begins <= minute < ends


def plainly(slots: Sequence[Slot], days_off: Sequence[DaysOff], moment: datetime) -> bool | None:
    """Is it so at this minute? None: nobody knows."""
    answers: set[bool | None] = set()
    for before in (0, 1):
        day = moment.date() - timedelta(days=before)
        minute = moment.hour * 60 + moment.minute + 1440 * before
        answers |= {
            said_of(one, day, minute, days_off) for one in counts_on(slots, day) if begins_on(one, day)
        }
    return True if True in answers else None if None in answers else False


def held(table: Timetable, moment: datetime) -> bool | None:
    found = table.held_at(moment)
    return found.holds if found else False


# --- slots and days of every kind

HALF_HOURS = [f"{half // 2:02}:{half % 2 * 30:02}" for half in range(48)]
MONTHLY_DAYS = [f"{place}{day}" for place in (1, 2, 3, 4, 5, -1) for day in DAYS]


def seasons() -> st.SearchStrategy:
    days = st.one_of(st.none(), st.integers(-9, 9))
    return st.tuples(days, days).filter(lambda pair: None in pair or pair[0] <= pair[1])


@st.composite
def slots(draw, around: date) -> Slot:
    opens = draw(st.sampled_from(HALF_HOURS))
    closes = draw(st.sampled_from([*HALF_HOURS, "24:00"]).filter(lambda clock: clock != opens))
    days = draw(
        st.lists(st.sampled_from(draw(st.sampled_from([DAYS, MONTHLY_DAYS]))), min_size=1, unique=True)
    )
    begins, ends = (None if shift is None else around + timedelta(days=shift) for shift in draw(seasons()))
    return Slot(tuple(days), opens, closes, draw(st.sampled_from([None, *Holidays])), begins, ends)


@st.composite
def spans(draw, around: date) -> DaysOff:
    starts = around + timedelta(days=draw(st.integers(-6, 6)))
    kind = draw(st.sampled_from([None, *PeriodKind]))
    times = ("09:00", "13:00") if kind is PeriodKind.SHORT_HOURS else ()
    return off(starts, starts + timedelta(days=draw(st.integers(0, 5))), kind, *times)


def is_written_twice(hours: Sequence[Slot]) -> bool:
    """May two of these be read as one night?"""
    return any(one.closes_at == "24:00" for one in hours) and any(one.opens_at == "00:00" for one in hours)


@settings(max_examples=150, deadline=None)
@given(data=st.data(), around=st.sampled_from(AROUND))
def test_every_minute_is_as_a_plain_reading_has_it(data, around: date) -> None:
    hours = data.draw(st.lists(slots(around), max_size=4).filter(lambda found: not is_written_twice(found)))
    days_off = data.draw(st.lists(spans(around), max_size=2, unique_by=lambda one: one.kind))
    table = Timetable.of(hours, days_off)
    first = at(around - timedelta(days=3))
    said = [plainly(hours, days_off, first + timedelta(minutes=30 * step)) for step in range(48 * 7)]
    # Every slot begins and ends on a half hour: what is so at its first minute is so until the next.
    for step in data.draw(st.lists(st.integers(0, 48 * 7 - 1), min_size=12, max_size=12)):
        moment = first + timedelta(minutes=30 * step + data.draw(st.integers(0, 29)))
        assert held(table, moment) is said[step], moment
    step = data.draw(st.integers(0, 48 * 4))
    moment = first + timedelta(minutes=30 * step)
    if said[step]:
        ends = next((later for later in range(step, len(said)) if said[later] is not True), None)
        if ends is not None:
            until = first + timedelta(minutes=30 * ends) if said[ends] is False else None
            assert table.end(moment) == until
    elif said[step] is False:
        opens = next((later for later in range(step, len(said)) if said[later] is not False), None)
        following = table.next_opening(moment)
        if opens is not None:
            assert following is not None
            assert following.begins == first + timedelta(minutes=30 * opens)


@settings(max_examples=100, deadline=None)
@given(
    days=st.lists(st.sampled_from(DAYS), min_size=1, unique=True),
    times=st.lists(st.sampled_from(HALF_HOURS), min_size=2, max_size=2, unique=True),
    step=st.integers(0, 48 * 7),
)
def test_an_ordinary_week_is_as_the_library_of_opening_hours_has_it(days, times, step) -> None:
    opens, closes = times
    theirs = OpeningHours(f"{','.join(day.title() for day in days)} {opens}-{closes}")
    moment = at(date(2027, 2, 1)) + timedelta(minutes=30 * step)
    ours = Timetable.of([Slot(tuple(days), opens, closes)])
    assert (held(ours, moment) is True) is (theirs.state(moment)[0] == State.OPEN)


@pytest.mark.parametrize("place", [1, 2, 3, 4, 5, -1])
def test_days_of_the_month_are_those_of_the_calendar_standard(place: int) -> None:
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(365 * 3)]
    for number, code in enumerate(DAYS):
        slot = Slot((f"{place}{code}",), "10:00", "13:00")
        theirs = rrule(MONTHLY, byweekday=weekday(number)(place), dtstart=at(days[0]), until=at(days[-1]))
        assert [day for day in days if falls_on(slot, day)] == [one.date() for one in theirs]


def test_the_public_holidays_are_those_the_library_knows_but_easter_sunday() -> None:
    theirs = OpeningHours("Mo-Su 00:00-24:00; PH off", country="BE")
    for number in range(365 * 4):
        day = date(2026, 1, 1) + timedelta(days=number)
        is_easter = is_public_holiday(day + timedelta(days=1)) and day.weekday() == 6 and day.month in (3, 4)
        assert is_public_holiday(day) or is_easter or theirs.state(at(day, "12:00"))[0] == State.OPEN
        assert not is_public_holiday(day) or theirs.state(at(day, "12:00"))[0] == State.CLOSED


# --- by name


def test_the_first_sunday_of_the_month_opens_and_the_second_does_not() -> None:
    table = Timetable.of([Slot(("1SU",), "10:00", "13:00")])
    assert held(table, at(date(2026, 12, 6), "11:00"))
    assert held(table, at(date(2026, 12, 13), "11:00")) is False
    following = table.next_opening(at(date(2026, 12, 6), "13:00"))
    assert following is not None
    assert following.begins == at(date(2027, 1, 3), "10:00")


@pytest.mark.parametrize("holidays", [None, "closed"])
def test_a_night_is_not_cut_by_a_holiday_nor_opened_by_one_that_did_not_begin(holidays: str | None) -> None:
    table = Timetable.of([night(holidays=holidays)])
    assert held(table, at(CHRISTMAS, "02:00")) is True
    assert table.end(at(CHRISTMAS, "02:00")) == at(CHRISTMAS, "08:00")
    evening = {None: None, "closed": False}[holidays]
    assert held(table, at(CHRISTMAS, "22:00")) is evening
    assert held(table, at(CHRISTMAS + timedelta(days=1), "02:00")) is evening


def test_a_night_is_not_cut_by_a_closure_either() -> None:
    table = Timetable.of([night()], [off(date(2026, 11, 10), date(2026, 11, 10))])
    assert held(table, at(date(2026, 11, 10), "02:00")) is True
    assert held(table, at(date(2026, 11, 10), "22:00")) is False
    assert held(table, at(date(2026, 11, 11), "02:00")) is False


@settings(max_examples=60, deadline=None)
@given(
    days=st.lists(st.sampled_from(DAYS), min_size=1, unique=True),
    holidays=st.sampled_from([None, *Holidays]),
    step=st.integers(0, 48 * 6),
)
def test_a_night_written_as_two_slots_is_the_same_night(days, holidays, step) -> None:
    after = tuple(DAYS[(DAYS.index(day) + 1) % 7] for day in days)
    two = Timetable.of(
        [Slot(tuple(days), "20:00", "24:00", holidays), Slot(after, "00:00", "08:00", holidays)]
    )
    one = Timetable.of([Slot(tuple(days), "20:00", "08:00", holidays)])
    moment = at(date(2026, 12, 22)) + timedelta(minutes=30 * step)
    assert held(two, moment) is held(one, moment)
    assert two.end(moment) == one.end(moment)


def test_in_a_season_only_its_hours_count_and_after_it_the_usual_ones_again() -> None:
    usual, summer = (
        Slot(DAYS[:5], "09:00", "17:00"),
        Slot(DAYS[:3], "09:00", "12:00", None, date(2027, 7, 1), date(2027, 8, 31)),
    )
    table = Timetable.of([usual, summer])
    assert held(table, at(date(2027, 7, 5), "11:00"))
    assert held(table, at(date(2027, 7, 5), "15:00")) is False
    assert held(table, at(date(2027, 7, 8), "11:00")) is False  # a Thursday
    assert held(table, at(date(2027, 9, 2), "15:00"))


class TestTheCalendarOfAnOrganization:
    MONDAY = date(2026, 11, 9)
    OFFICE = Slot(DAYS[:5], "09:00", "17:00")
    SHELTER = Slot(DAYS, "20:00", "08:00", Holidays.OPEN)

    def test_a_day_it_keeps_closes_what_does_not_hold_on_holidays(self) -> None:
        closed = [off(self.MONDAY, self.MONDAY, PeriodKind.CLOSED)]
        assert held(Timetable.of([self.OFFICE], closed), at(self.MONDAY, "11:00")) is False
        assert held(Timetable.of([self.SHELTER], closed), at(self.MONDAY, "22:00")) is True

    def test_what_answers_day_and_night_goes_on(self) -> None:
        closed = [off(self.MONDAY, self.MONDAY, PeriodKind.CLOSED)]
        assert held(Timetable.of([Slot(DAYS, "00:00", "24:00")], closed), at(self.MONDAY, "11:00")) is True

    def test_summer_hours_shorten_a_day_and_open_nothing(self) -> None:
        short = [off(self.MONDAY, self.MONDAY, PeriodKind.SHORT_HOURS, "07:00", "13:00")]
        table = Timetable.of([self.OFFICE], short)
        assert [held(table, at(self.MONDAY, clock)) for clock in ("08:00", "10:00", "14:00")] == [
            False,
            True,
            False,
        ]
        afternoon = Timetable.of([Slot(("MO",), "14:00", "17:00")], short)
        rests = afternoon.rest_of(self.MONDAY)
        assert rests is not None
        assert rests.off is short[0]

    def test_summer_hours_leave_a_season_of_the_listing_and_a_night_alone(self) -> None:
        short = [off(self.MONDAY, self.MONDAY, PeriodKind.SHORT_HOURS, "07:00", "13:00")]
        season = Slot(("MO",), "14:00", "17:00", None, self.MONDAY, self.MONDAY)
        assert held(Timetable.of([season], short), at(self.MONDAY, "15:00")) is True
        assert held(Timetable.of([night()], short), at(self.MONDAY, "22:00")) is True


class TestClosuresAreOne:
    """Monday to Friday, 9 to 17 h; 24 December 2026 is a Thursday."""

    def closures(
        self, *days_off: DaysOff, holidays: Holidays | None = Holidays.CLOSED
    ) -> list[tuple[str, str]]:
        table = Timetable.of([Slot(DAYS[:5], "09:00", "17:00", holidays)], days_off)
        found = table.closures(date(2026, 12, 1))
        assert all(before.ends < after.starts for before, after in pairwise(found))
        return [(f"{one.starts:%d.%m}", f"{one.ends:%d.%m}") for one in found]

    def test_that_touch_or_overlap(self) -> None:
        touching = off(date(2026, 12, 21), date(2026, 12, 23)), off(date(2026, 12, 24), date(2026, 12, 28))
        overlapping = off(date(2026, 12, 21), date(2026, 12, 26)), off(date(2026, 12, 24), date(2026, 12, 28))
        assert self.closures(*touching) == self.closures(*overlapping) == [("21.12", "28.12")]

    def test_that_meet_a_weekend_or_a_holiday_on_which_it_is_closed(self) -> None:
        around = off(date(2026, 12, 21), date(2026, 12, 24)), off(date(2026, 12, 28), date(2026, 12, 31))
        assert self.closures(*around) == [("21.12", "31.12")]
        # Nobody knows of Christmas: it may be open between the two.
        assert self.closures(*around, holidays=None) == [("21.12", "24.12"), ("28.12", "31.12")]

    def test_a_day_of_the_calendar_and_a_closure_of_the_listing(self) -> None:
        bridge = off(date(2026, 12, 28), date(2026, 12, 28), PeriodKind.CLOSED)
        assert self.closures(bridge, off(date(2026, 12, 29), date(2026, 12, 31))) == [("28.12", "31.12")]

    def test_a_day_of_the_calendar_that_closes_nothing_here_is_no_closure(self) -> None:
        bridge = off(date(2026, 12, 28), date(2026, 12, 28), PeriodKind.CLOSED)
        assert self.closures(bridge, holidays=Holidays.OPEN) == []

    def test_days_with_an_opening_between_them_stay_apart(self) -> None:
        apart = off(date(2026, 12, 21), date(2026, 12, 21)), off(date(2026, 12, 23), date(2026, 12, 23))
        assert self.closures(*apart) == [("21.12", "21.12"), ("23.12", "23.12")]
