"""Is it open, until when, and the week as a table. Hours that are old or undated never say "open".

Times are wall-clock times in Jette; the caller passes an aware datetime in Europe/Brussels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Protocol

from opening_hours import OpeningHours, State

from guide.directory.freshness import hours_are_current, source_year
from guide.model import Closure, Schedule, ScheduleKind, Service

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
SOON = timedelta(minutes=60)


class TimeSlot(Protocol):
    """What a slot needs to have: a `Schedule` has it, and so has a slot of an urgent number."""

    byday: list[str]
    opens_at: str
    closes_at: str


class Opening(StrEnum):
    OPEN = "open"
    CLOSES_SOON = "closes_soon"
    CLOSED = "closed"
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
    """Are the hours recent enough to be relied on? Only day-and-night lines are told with old ones, and say so."""

    @property
    def is_open(self) -> bool:
        return self.state in (Opening.OPEN, Opening.CLOSES_SOON)


@dataclass(frozen=True, slots=True)
class Day:
    """One row of the week: code MO…SU, and its slots as ('08:30', '12:00') in order; none means closed."""

    code: str
    slots: tuple[tuple[str, str], ...]
    is_today: bool


def open_state(service: Service, at: datetime) -> OpenState:
    """The state at this moment. A line that answers day and night is said so, but counts as open only
    while its hours are current, like every other."""
    closure = closure_on(service, at.date())
    if closure:
        return OpenState(Opening.TEMPORARILY_CLOSED, closure=closure)
    slots = shown_schedules(service)
    if not slots:
        return OpenState(Opening.UNKNOWN)
    if is_day_and_night(slots):
        return OpenState(Opening.DAY_AND_NIGHT, current=hours_are_current(service, at.date()))
    if not hours_are_current(service, at.date()):
        return OpenState(Opening.UNKNOWN)
    hours = _parsed(_notation(slots))
    naive = at.replace(tzinfo=None)
    change = hours.next_change(naive)
    moment = change.replace(tzinfo=at.tzinfo) if isinstance(change, datetime) else None
    if hours.state(naive)[0] == State.OPEN:
        soon = moment is not None and moment - at <= SOON
        return OpenState(Opening.CLOSES_SOON if soon else Opening.OPEN, until=moment)
    return OpenState(Opening.CLOSED, opens=moment)


def is_open_now(service: Service, at: datetime) -> bool:
    """Does it help at this very moment, by hours that are current? Day-and-night lines included."""
    found = open_state(service, at)
    return found.is_open or (found.state is Opening.DAY_AND_NIGHT and found.current)


def answers_at(slots: Sequence[TimeSlot], at: datetime) -> bool:
    """Do these stated slots hold this moment? Closed on public holidays; says nothing of how current they are."""
    return bool(_parsed(_notation(slots)).state(at.replace(tzinfo=None))[0] == State.OPEN)


def is_public_holiday(day: date) -> bool:
    """Is this day a public holiday in Belgium?"""
    noon = datetime(day.year, day.month, day.day, 12)  # noqa: DTZ001 (the library takes local times)
    return bool(_parsed("Mo-Su 00:00-24:00; PH off").state(noon)[0] == State.CLOSED)


def closure_on(service: Service, day: date) -> Closure | None:
    """The temporary closure that holds on this day (first and last day included), if any."""
    return next((closure for closure in service.closures if closure.starts <= day <= closure.ends), None)


def shown_schedules(service: Service) -> list[Schedule]:
    """The hours people go by: of the visit, or of the telephone where there is nothing to visit."""
    visits = [slot for slot in service.schedules if slot.kind is ScheduleKind.VISIT]
    return visits or list(service.schedules)


def is_day_and_night(slots: Sequence[Schedule]) -> bool:
    return any(
        set(slot.byday) == set(DAYS) and slot.opens_at == "00:00" and slot.closes_at == "24:00"
        for slot in slots
    )


def week(service: Service, today: date, kind: ScheduleKind | None = None) -> list[Day]:
    """Seven days from Monday, or an empty list when no hours are known."""
    slots = [slot for slot in service.schedules if slot.kind is kind] if kind else shown_schedules(service)
    if not slots:
        return []
    return [
        Day(
            code,
            tuple(sorted((slot.opens_at, slot.closes_at) for slot in slots if code in slot.byday)),
            index == today.weekday(),
        )
        for index, code in enumerate(DAYS)
    ]


def hours_year(service: Service) -> int | None:
    """The year the hours were read, or None when their source is undated."""
    return source_year(service.schedule_source) if service.schedule_source else None


def _notation(slots: Sequence[TimeSlot]) -> str:
    """The slots in OpenStreetMap's notation; closed on Belgian public holidays."""
    rules = [
        f"{','.join(day.capitalize() for day in slot.byday)} {slot.opens_at}-{slot.closes_at}"
        for slot in slots
    ]
    return ", ".join(rules) + "; PH off"


@lru_cache(maxsize=1024)
def _parsed(notation: str) -> OpeningHours:
    return OpeningHours(notation, country="BE")
