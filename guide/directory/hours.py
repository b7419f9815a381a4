"""Is a listing open, until when, and its week as a table. Hours that are old or undated never say "open".

What its slots, its closures and the calendar of its organization make of a day says `guide.directory.timetable`.
Times are wall-clock times in Jette; the caller passes an aware datetime in Europe/Brussels.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from guide.directory.freshness import hours_are_current, source_year
from guide.directory.listing import AnyFacts, AnyPhone, AnyPlace, AnySlot
from guide.directory.timetable import (
    DAYS,
    ClosedSpan,
    DaysOff,
    Slot,
    Stretch,
    Timetable,
    closures,
    is_monthly,
)
from guide.model import (
    Attribute,
    Organization,
    PeriodKind,
    ScheduleKind,
    Service,
    ServiceKind,
    TaxonomyTerm,
)

SOON = timedelta(minutes=60)
ANNOUNCED = timedelta(days=30)
"""How long before they begin the days of a calendar are announced; a closure of the listing itself always is."""


FORGOTTEN = timedelta(days=365)
"""So long after its end a season still tells that a listing rests outside of it; then nobody knows."""


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
    closure: ClosedSpan | None = None
    """The closure of this day (TEMPORARILY_CLOSED), or the next that is announced."""
    current: bool = True
    """Are the hours recent enough to be relied on? Only of lines to call something is told with old ones: that they
    answer day and night, or rest. It is then to be checked."""
    holiday: date | None = None
    """The public holiday of this day: nobody knows whether the hours hold (HOLIDAY), or they rest (CLOSED)."""
    off: DaysOff | None = None
    """What the organization's calendar says of this day, where its hours rest by it (CLOSED)."""
    perhaps: date | None = None
    """The public holiday on which `opens` lies, when nobody knows whether the hours hold on it."""
    place: AnyPlace | None = None
    """The place this is of, when the places of the listing have hours of their own."""
    elsewhere: bool = False
    """Is it of the other places, those without hours of their own?"""
    night_before: bool = False
    """Is it the night of the day before that rests, because of `holiday` or `off`?"""
    by_phone: bool = False
    """Is it the state of a telephone, which answers or does not, rather than of a door?"""
    calls: "OpenState | None" = None
    """The state of its telephone, where that is answered at this moment and nobody can be visited."""

    @property
    def is_open(self) -> bool:
        """Is somebody there at this moment, be it for a quarter of an hour more?"""
        return self.state in (Opening.OPEN, Opening.CLOSES_SOON)

    @property
    def helps_now(self) -> bool:
        """Is it open, or does it answer day and night, by hours that are current?"""
        return self.is_open or (self.state is Opening.DAY_AND_NIGHT and self.current)


@dataclass(frozen=True, slots=True)
class PlaceHours:
    """Hours of one kind: of one place, or of the whole listing (`place` None).

    `by_phone`: are they of its telephone?
    """

    place: AnyPlace | None
    timetable: Timetable
    by_phone: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """One row of the week: code MO…SU, and its slots as ('08:30', '12:00') in order; none means closed.

    `day`: the day it is next, from today on (None in a week of no date). `holiday`: the public holiday that
    bears on its hours then; `off`: the closure or the days of the calendar that do. `holds`: do the slots hold? None
    when nobody knows. `partly`: the rest of the day's usual hours does not hold; `perhaps`: nobody knows of the rest.
    `by_phone`: are these the hours of a telephone?
    """

    code: str
    slots: tuple[tuple[str, str], ...]
    is_today: bool
    day: date | None = None
    holiday: date | None = None
    holds: bool | None = True
    off: DaysOff | None = None
    partly: bool = False
    perhaps: bool = False
    by_phone: bool = False


def hours_options() -> tuple[_AbstractLoad, ...]:
    """What is looked at to say whether a listing is open; of places with hours of their own, `places_options` too."""
    return (
        selectinload(Service.schedules),
        selectinload(Service.closures),
        joinedload(Service.schedule_source),
        joinedload(Service.organization).selectinload(Organization.calendar),
    )


def places_options() -> tuple[_AbstractLoad, ...]:
    """Which places of a listing the public may know: those of one under a sensitive need are hidden."""
    return (
        selectinload(Service.service_at_locations),
        selectinload(Service.attributes).joinedload(Attribute.term).joinedload(TaxonomyTerm.parent),
    )


def open_state(service: AnyFacts, at: datetime) -> OpenState:
    """The state at this moment. A line that answers day and night is said so, but counts as open only
    while its hours are current, like every other. Hours that are old never open anything; that a line to call
    rests outside of them is still said, and that this is to be checked. Where places have hours of their own, it is
    the state of the place that helps most."""
    if service.kind is ServiceKind.HELPLINE:
        return telephone_state(service, at)
    state = _best(service, shown_hours(service, at.date()), at)
    if state.helps_now or not has_both_hours(service, at.date()):
        return state
    calls = telephone_state(service, at)
    return replace(state, calls=calls) if calls.helps_now else state


def changes_after(service: AnyFacts, at: datetime) -> datetime:
    """Until when what is said of its hours at this moment holds: a stretch begins, closes soon or ends; or the day
    does, since what is current is judged by the day."""
    tables = (*shown_hours(service, at.date()), *telephone_hours(service, at.date()))
    return next_turn((one.timetable for one in tables), at)


def next_turn(tables: Iterable[Timetable], at: datetime) -> datetime:
    """The next moment at which one of these tables says something else (`changes_after`)."""
    moment, today = at.replace(tzinfo=None), at.date()
    turns = {datetime.combine(today + timedelta(days=1), time())}
    for table in tables:
        for day in (today - timedelta(days=1), today):
            for one in table.stretches(day):
                turns.update((one.begins, one.ends))
        # Not that of a stretch: the next day's may follow without a gap.
        end = table.end(moment)
        if end is not None:
            turns.add(_an_hour_before(end, at))
    # In UTC again: of a wall's hour that comes twice the second is later than all of the first.
    known = (turn.replace(tzinfo=at.tzinfo) for turn in turns)
    return min((turn for turn in known if _in_utc(turn) > _in_utc(at)), key=_in_utc)


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _an_hour_before(end: datetime, at: datetime) -> datetime:
    """When it closes soon. In UTC: on the nights when clocks change an hour of the wall is not an hour."""
    return (end.replace(tzinfo=at.tzinfo).astimezone(UTC) - SOON).astimezone(at.tzinfo).replace(tzinfo=None)


def phone_to_call(service: AnyFacts, at: datetime) -> AnyPhone | None:
    """The number to call at this moment: that of the place that its state is of, else the first of the listing."""
    if all(line.service_at_location is None for line in service.phones):
        return service.first_phone
    state = open_state(service, at)
    place = (state.calls or state).place
    own = (line for line in service.phones if place is not None and line.service_at_location == place)
    return next(own, service.first_phone)


def telephone_state(service: AnyFacts, at: datetime) -> OpenState:
    """The state of its telephone at this moment (`telephone_hours`)."""
    return _best(service, telephone_hours(service, at.date()), at)


def telephone_hours(service: AnyFacts, today: date) -> list[PlaceHours]:
    """When it is called: the hours of its telephone, or those of the visit where it has no others."""
    return hours_of_kind(service, ScheduleKind.PHONE, today) or shown_hours(service, today)


def _best(service: AnyFacts, tables: Sequence[PlaceHours], at: datetime) -> OpenState:
    """The state of the place that helps most; what is known without hours where there are none."""
    if not tables:
        closed = _closure_of_today(service, at.date())
        return closed or OpenState(Opening.UNKNOWN, closure=_announced(service, at.date()))
    states = [state_at(service, one, at) for one in tables]
    if all(state == states[0] for state in states):
        # It is so at each of its places.
        return replace(states[0], place=tables[0].place if len(tables) == 1 else None)
    of_places = [
        replace(state, place=one.place, elsewhere=one.place is None)
        for state, one in zip(states, tables, strict=True)
    ]
    return min(of_places, key=_helpfulness)


def state_at(service: AnyFacts, hours: PlaceHours, at: datetime) -> OpenState:
    """The state at this moment by these hours of the listing."""
    is_line = service.kind is ServiceKind.HELPLINE
    state = state_of(hours.timetable, at, hours_are_current(service, at.date()), is_line)
    return replace(state, by_phone=hours.by_phone)


def state_of(timetable: Timetable, at: datetime, current: bool, is_line: bool) -> OpenState:
    """The state at this moment by this table.

    `current`: are its hours recent enough to be relied on? `is_line`: of a line to call it is told by old hours too
    that it rests, and that this is to be checked.
    """
    moment, today = at.replace(tzinfo=None), at.date()
    held = timetable.held_at(moment)
    closure = next(iter(_to_be_told(timetable.closures(today), today)), None)
    if closure and today in closure and not (held is not None and held.holds is not False):
        # What opens after it is told by current hours only, and with its doubt.
        following = timetable.next_opening(moment) if current else None
        return OpenState(
            Opening.TEMPORARILY_CLOSED,
            opens=_begin(following, at),
            closure=closure,
            perhaps=_perhaps(following),
        )
    if timetable.is_day_and_night(today) and not (held is not None and held.off):
        return OpenState(Opening.DAY_AND_NIGHT, closure=closure, current=current)
    if not current:
        rests = is_line and is_outside(held)
        state = Opening.CLOSED if rests else Opening.UNKNOWN
        return OpenState(state, closure=closure, current=not rests)
    if held is not None and held.holds:
        return _open(timetable, at, closure)
    if held is not None and held.holds is None:
        return OpenState(Opening.HOLIDAY, closure=closure, holiday=held.holiday)
    following = timetable.next_opening(moment)
    # In the night of yesterday that rests it is told why, and not of the day that has hardly begun.
    night = held if held is not None and held.begins.date() < today else None
    resting = night or timetable.rest_of(today)
    return OpenState(
        Opening.CLOSED,
        opens=_begin(following, at),
        closure=closure,
        holiday=resting.holiday if resting else None,
        off=resting.off if resting else None,
        perhaps=_perhaps(following),
        night_before=night is not None,
    )


def _perhaps(stretch: Stretch | None) -> date | None:
    """The holiday on which it lies, when nobody knows whether it holds."""
    return stretch.holiday if stretch is not None and stretch.holds is None else None


def _open(timetable: Timetable, at: datetime, closure: ClosedSpan | None) -> OpenState:
    end = timetable.end(at.replace(tzinfo=None))
    until = end.replace(tzinfo=at.tzinfo) if end else None
    # In UTC: on the nights when clocks change an hour of the wall is not an hour.
    soon = until is not None and until.astimezone(UTC) - at.astimezone(UTC) <= SOON
    return OpenState(Opening.CLOSES_SOON if soon else Opening.OPEN, until=until, closure=closure)


def _begin(stretch: Stretch | None, at: datetime) -> datetime | None:
    return stretch.begins.replace(tzinfo=at.tzinfo) if stretch else None


_BY_HELP = (
    Opening.OPEN,
    Opening.DAY_AND_NIGHT,
    Opening.CLOSES_SOON,
    Opening.HOLIDAY,
    Opening.CLOSED,
    Opening.TEMPORARILY_CLOSED,
    Opening.UNKNOWN,
)


def _helpfulness(state: OpenState) -> tuple[int, float, bool, float]:
    """Open before closed; of what is open the one that stays longest, of what is closed the one that surely opens
    first."""
    until = -state.until.timestamp() if state.until else float("-inf")
    opens = state.opens.timestamp() if state.opens else float("inf")
    return _BY_HELP.index(state.state), until, state.perhaps is not None, opens


def is_open_now(service: AnyFacts, at: datetime) -> bool:
    """Does it help at this very moment, by hours that are current? Day-and-night lines included."""
    return open_state(service, at).helps_now


def is_outside(held: Stretch | None) -> bool:
    """Does what decides the moment (`Timetable.held_at`) say that it is outside of the hours?"""
    return held is None or held.holds is False


def days_off(service: AnyFacts) -> list[DaysOff]:
    """The days on which its hours do not hold as usual: its closures, then the calendar of its organization."""
    found = [DaysOff(closure.starts, closure.ends, closure.reason) for closure in service.closures]
    calendar = service.organization.calendar if service.organization is not None else []
    return found + [
        DaysOff(one.starts, one.ends, one.reason, one.kind, one.opens_at, one.closes_at)
        for one in calendar
        if one.kind is not PeriodKind.SCHOOL_HOLIDAYS or service.follows_school_calendar
    ]


def closures_from(service: AnyFacts, today: date) -> list[ClosedSpan]:
    """The closures of today and later of the whole listing, in order: on their days no place of it opens."""
    tables = [one.timetable for one in shown_hours(service, today)]
    return _to_be_told(closures(tables, days_off(service), today), today)


def _to_be_told(spans: Sequence[ClosedSpan], today: date) -> list[ClosedSpan]:
    return [
        span
        for span in spans
        if span.starts <= today + ANNOUNCED or any(part.kind is None for part in span.parts)
    ]


def _closure_of_today(service: AnyFacts, today: date) -> OpenState | None:
    closure = _announced(service, today)
    return OpenState(Opening.TEMPORARILY_CLOSED, closure=closure) if closure and today in closure else None


def _announced(service: AnyFacts, today: date) -> ClosedSpan | None:
    return next(iter(closures_from(service, today)), None)


def shown_schedules(service: AnyFacts, today: date) -> list[AnySlot]:
    """The hours people go by: of the visit, or of the telephone where there is nothing to visit."""
    told = _told(service, today)
    visits = [slot for slot in told if slot.kind is ScheduleKind.VISIT]
    return visits or told


def shown_hours(service: AnyFacts, today: date) -> list[PlaceHours]:
    """The hours people go by, place by place where places have their own; [] when none are known."""
    return _by_place(service, shown_schedules(service, today))


def hours_of_kind(service: AnyFacts, kind: ScheduleKind, today: date) -> list[PlaceHours]:
    """The hours of the visit, or those of the telephone, place by place where places have their own."""
    return _by_place(service, [slot for slot in _told(service, today) if slot.kind is kind])


def has_both_hours(service: AnyFacts, today: date) -> bool:
    """Has it hours of the visit and others of the telephone?"""
    return len({slot.kind for slot in _told(service, today)}) > 1


def _told(service: AnyFacts, today: date) -> list[AnySlot]:
    """The slots the public may know: none of a place that is hidden, and no season that was over a year ago."""
    slots = [slot for slot in service.schedules if slot.valid_to is None or slot.valid_to > today - FORGOTTEN]
    if not any(slot.service_at_location is not None for slot in slots):
        return slots
    places = service.places
    return [slot for slot in slots if slot.service_at_location is None or slot.service_at_location in places]


def _by_place(service: AnyFacts, slots: Sequence[AnySlot]) -> list[PlaceHours]:
    off = days_off(service)
    by_phone = service.kind is ServiceKind.HELPLINE or all(slot.kind is ScheduleKind.PHONE for slot in slots)
    general = [slot for slot in slots if slot.service_at_location is None]
    if len(general) == len(slots):
        return [PlaceHours(None, Timetable.of(slots, off), by_phone)] if slots else []
    found, without = [], []
    for place in service.places:
        own = [slot for slot in slots if slot.service_at_location is place]
        # What is said of the whole listing is so at the places that say nothing else.
        if own or general:
            found.append(PlaceHours(place, Timetable.of(own or general, off), by_phone))
        if not own:
            without.append(place)
    if general and len(without) > 1:
        found = [one for one in found if one.place not in without]
        found.append(PlaceHours(None, Timetable.of(general, off), by_phone))
    return found


def week(service: AnyFacts, today: date) -> list[Day]:
    """Seven days from Monday, or an empty list when no hours are known; of the first place where they differ."""
    tables = shown_hours(service, today)
    return week_of(tables[0], today) if tables else []


def week_of(hours: PlaceHours, today: date) -> list[Day]:
    """Seven days from Monday, each the next of its name, with what bears on it then; [] without hours."""
    days = ((code, today + timedelta(days=(place - today.weekday()) % 7)) for place, code in enumerate(DAYS))
    return [_row(hours, code, day, day == today) for code, day in days] if hours.timetable else []


def every_week(slots: Sequence[Slot]) -> list[Day]:
    """The week of these slots, whatever the date: slots of certain days of the month are not in it."""
    weekly = [slot for slot in slots if not is_monthly(slot)]
    return [
        Day(
            code,
            tuple(sorted((slot.opens_at, slot.closes_at) for slot in weekly if code in slot.byday)),
            False,
        )
        for code in DAYS
        if weekly
    ]


def _row(hours: PlaceHours, code: str, day: date, is_today: bool) -> Day:
    found = hours.timetable.stretches(day)
    answers = {one.holds for one in found}
    # What surely holds is told; where nothing does, the usual hours are.
    shown = [one for one in found if one.holds] or found
    slots = tuple((f"{one.begins:%H:%M}", _closing(one)) for one in shown)
    holds = True in answers or not found or (None if None in answers else False)
    return Day(
        code,
        slots,
        is_today,
        day,
        holiday=next((one.holiday for one in found if one.holiday), None),
        holds=holds,
        off=next((one.off for one in found if one.off), None),
        partly=bool(holds) and any(one.holds is False or one.off for one in found),
        perhaps=bool(holds) and None in answers,
        by_phone=hours.by_phone,
    )


def _closing(stretch: Stretch) -> str:
    """When it closes, as a slot says it: '24:00' at midnight."""
    shown = f"{stretch.ends:%H:%M}"
    return "24:00" if shown == "00:00" else shown


def regular_week(timetable: Timetable, today: date) -> list[Day]:
    """What is so every week in the season of today, as a week of no date: for paper that is kept."""
    return every_week(timetable.in_force(today))


def hours_year(service: AnyFacts) -> int | None:
    """The year the hours were read, or None when their source is undated."""
    return source_year(service.schedule_source) if service.schedule_source else None
