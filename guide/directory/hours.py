"""Is it open, until when, and the week as a table. Hours that are old or undated never say "open".

On a public holiday a slot does what is said of it (`Schedule.holidays`); where nothing is said it neither
opens nor closes anything. A night belongs to the day on which it begins.

Times are wall-clock times in Jette; the caller passes an aware datetime in Europe/Brussels.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Protocol

from opening_hours import OpeningHours, State

from guide.directory.freshness import hours_are_current, source_year
from guide.model import Closure, Holidays, Schedule, ScheduleKind, Service, ServiceKind

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
SOON = timedelta(minutes=60)
FARTHEST = 400
"""How many days ahead the next opening is looked for: a closure may last a year."""
NIGHT_ENDS = "12:00"
"""A slot from midnight that follows one until midnight is the rest of that night when it ends by noon."""


_HOLDS: dict[Holidays | None, bool | None] = {Holidays.OPEN: True, Holidays.CLOSED: False, None: None}


class TimeSlot(Protocol):
    """What a slot needs to have: a `Schedule` has it, and so has a slot of an urgent number."""

    byday: list[str]
    opens_at: str
    closes_at: str
    holidays: Holidays | None


class Opening(StrEnum):
    """`HOLIDAY`: within the stated hours, on a public holiday of which nobody knows whether they hold."""

    OPEN = "open"
    CLOSES_SOON = "closes_soon"
    CLOSED = "closed"
    HOLIDAY = "holiday"
    DAY_AND_NIGHT = "day_and_night"
    TEMPORARILY_CLOSED = "temporarily_closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class OpenState:
    """What the pill says. `until`: when it closes; `opens`: when it opens next (both in Brussels time)."""

    state: Opening
    until: datetime | None = None
    opens: datetime | None = None
    closure: Closure | None = None
    current: bool = True
    """Are the hours recent enough to be relied on? Only of lines to call something is told with old ones: that they
    answer day and night, or rest. It is then to be checked."""
    holiday: date | None = None
    """The public holiday of this moment: nobody knows whether the hours hold (HOLIDAY), or they rest (CLOSED)."""
    perhaps: date | None = None
    """The public holiday on which `opens` lies, when nobody knows whether the hours hold on it."""

    @property
    def is_open(self) -> bool:
        """Is somebody there at this moment, be it for a quarter of an hour more?"""
        return self.state in (Opening.OPEN, Opening.CLOSES_SOON)

    @property
    def helps_now(self) -> bool:
        """Is it open, or does it answer day and night, by hours that are current?"""
        return self.is_open or (self.state is Opening.DAY_AND_NIGHT and self.current)


@dataclass(frozen=True, slots=True)
class Day:
    """One row of the week: code MO…SU, and its slots as ('08:30', '12:00') in order; none means closed.

    `day`: the day it is next, from today on (None in a week of no date). `holiday`: the public holiday that
    bears on its hours then; `holds`: do they hold on it? None when nobody knows.
    """

    code: str
    slots: tuple[tuple[str, str], ...]
    is_today: bool
    day: date | None = None
    holiday: date | None = None
    holds: bool | None = True


@dataclass(frozen=True, slots=True)
class Stretch:
    """A slot on one day, in wall-clock times. `holiday`: the public holiday it belongs to, if any.

    `holds`: is it so? False when it rests on that holiday, None when nobody knows.
    """

    begins: datetime
    ends: datetime
    holiday: date | None
    holds: bool | None


def open_state(service: Service, at: datetime) -> OpenState:
    """The state at this moment. A line that answers day and night is said so, but counts as open only
    while its hours are current, like every other. Hours that are old never open anything; that a line to call
    rests outside of them is still said, and that this is to be checked."""
    closure = closure_on(service, at.date())
    if closure:
        return OpenState(Opening.TEMPORARILY_CLOSED, closure=closure)
    slots = shown_schedules(service)
    if not slots:
        return OpenState(Opening.UNKNOWN)
    if is_day_and_night(slots):
        return OpenState(Opening.DAY_AND_NIGHT, current=hours_are_current(service, at.date()))
    moment = at.replace(tzinfo=None)
    held = held_at(slots, at)
    if not hours_are_current(service, at.date()):
        rests = service.kind is ServiceKind.HELPLINE and is_outside(held)
        return OpenState(Opening.CLOSED, current=False) if rests else OpenState(Opening.UNKNOWN)
    if held is not None and held.holds:
        end = _end(slots, moment)
        until = end.replace(tzinfo=at.tzinfo) if end else None
        soon = until is not None and until - at <= SOON
        return OpenState(Opening.CLOSES_SOON if soon else Opening.OPEN, until=until)
    if held is not None and held.holds is None:
        return OpenState(Opening.HOLIDAY, holiday=held.holiday)
    following = _next(service, slots, moment)
    return OpenState(
        Opening.CLOSED,
        opens=following.begins.replace(tzinfo=at.tzinfo) if following else None,
        holiday=held.holiday if held else None,
        perhaps=following.holiday if following and following.holds is None else None,
    )


def is_open_now(service: Service, at: datetime) -> bool:
    """Does it help at this very moment, by hours that are current? Day-and-night lines included."""
    return open_state(service, at).helps_now


def held_at(slots: Sequence[TimeSlot], at: datetime) -> Stretch | None:
    """The slot that decides this moment, one that surely holds before all others; None outside of all slots."""
    moment = at.replace(tzinfo=None)
    found = [one for one in _stretches(slots, moment.date()) if one.begins <= moment < one.ends]
    return min(found, key=lambda one: (True, None, False).index(one.holds), default=None)


def is_outside(held: Stretch | None) -> bool:
    """Does what decides the moment (`held_at`) say that it is outside of the hours?"""
    return held is None or held.holds is False


@lru_cache(maxsize=4096)
def is_public_holiday(day: date) -> bool:
    """Is this day one of the ten public holidays in Belgium?

    The library's days of the country hold Easter Sunday too, which is a Sunday like another by law.
    """
    return _in_country_data(day) and not (
        day.weekday() == 6 and day.month in (3, 4) and _in_country_data(day + timedelta(days=1))
    )


def _in_country_data(day: date) -> bool:
    noon = datetime(day.year, day.month, day.day, 12)  # noqa: DTZ001 (the library takes local times)
    return bool(_BUT_HOLIDAYS.state(noon)[0] == State.CLOSED)


_BUT_HOLIDAYS = OpeningHours("Mo-Su 00:00-24:00; PH off", country="BE")


def closure_on(service: Service, day: date) -> Closure | None:
    """The temporary closure that holds on this day (first and last day included), if any."""
    return next((closure for closure in service.closures if closure.starts <= day <= closure.ends), None)


def shown_schedules(service: Service) -> list[Schedule]:
    """The hours people go by: of the visit, or of the telephone where there is nothing to visit."""
    visits = [slot for slot in service.schedules if slot.kind is ScheduleKind.VISIT]
    return visits or list(service.schedules)


def is_day_and_night(slots: Sequence[TimeSlot]) -> bool:
    """Seven days, around the clock? No public holiday raises a doubt here, unless it is said to rest then."""
    return any(
        set(slot.byday) == set(DAYS)
        and slot.opens_at == "00:00"
        and slot.closes_at == "24:00"
        and slot.holidays != Holidays.CLOSED
        for slot in slots
    )


def week(service: Service, today: date | None, kind: ScheduleKind | None = None) -> list[Day]:
    """Seven days from Monday, or an empty list when no hours are known.

    With `today` each day says which public holiday bears on it the next time it comes.
    """
    slots = [slot for slot in service.schedules if slot.kind is kind] if kind else shown_schedules(service)
    return week_of(slots, today)


def week_of(slots: Sequence[TimeSlot], today: date | None) -> list[Day]:
    """The same of these slots, whoever states them."""
    return [_row(slots, code, today) for code in DAYS] if slots else []


def _row(slots: Sequence[TimeSlot], code: str, today: date | None) -> Day:
    times = tuple(sorted((slot.opens_at, slot.closes_at) for slot in slots if code in slot.byday))
    if today is None:
        return Day(code, times, False)
    day = today + timedelta(days=(DAYS.index(code) - today.weekday()) % 7)
    bearing = [one for one in _stretches(slots, day) if one.holiday]
    if not bearing:
        return Day(code, times, day == today, day)
    # Where some of the day's hours rest and others hold, the row alone does not say which.
    answers = {one.holds for one in _stretches(slots, day)}
    return Day(
        code, times, day == today, day, bearing[0].holiday, answers.pop() if len(answers) == 1 else None
    )


def hours_year(service: Service) -> int | None:
    """The year the hours were read, or None when their source is undated."""
    return source_year(service.schedule_source) if service.schedule_source else None


def _stretches(slots: Sequence[TimeSlot], day: date) -> list[Stretch]:
    """What the slots say of this day, those that rest on its holiday included."""
    code = DAYS[day.weekday()]
    return [_stretch(slots, slot, day) for slot in slots if code in slot.byday]


def _stretch(slots: Sequence[TimeSlot], slot: TimeSlot, day: date) -> Stretch:
    belongs_to = day - timedelta(days=1) if _ends_a_night(slots, slot, day) else day
    holiday = belongs_to if is_public_holiday(belongs_to) else None
    holds = _HOLDS[slot.holidays] if holiday else True
    return Stretch(_at(day, slot.opens_at), _at(day, slot.closes_at), holiday, holds)


def _ends_a_night(slots: Sequence[TimeSlot], slot: TimeSlot, day: date) -> bool:
    """Is this slot the rest of a night that began the day before?"""
    before = DAYS[(day.weekday() - 1) % 7]
    return (
        slot.opens_at == "00:00"
        and slot.closes_at <= NIGHT_ENDS
        and any(other.closes_at == "24:00" and before in other.byday for other in slots)
    )


def _at(day: date, clock: str) -> datetime:
    hours, minutes = (int(part) for part in clock.split(":"))
    return datetime.combine(day, time()) + timedelta(hours=hours, minutes=minutes)


def _end(slots: Sequence[TimeSlot], moment: datetime) -> datetime | None:
    """When it closes that is open at this moment; None when it stays open for a week, or when nobody knows
    because a slot of a public holiday follows without a gap."""
    end = moment
    while end - moment < timedelta(days=7):
        held = held_at(slots, end)
        if held is None or held.holds is False:
            return end
        if held.holds is None:
            return None
        end = held.ends
    return None


def _next(service: Service, slots: Sequence[TimeSlot], moment: datetime) -> Stretch | None:
    """The next slot to begin that does not rest, outside of temporary closures."""
    return next(
        (
            one
            for day in _days_from(moment.date())
            if not closure_on(service, day)
            for one in sorted(_stretches(slots, day), key=lambda one: (one.begins, one.holds is None))
            if one.begins > moment and one.holds is not False
        ),
        None,
    )


def _days_from(day: date) -> Iterator[date]:
    return (day + timedelta(days=number) for number in range(FARTHEST))
