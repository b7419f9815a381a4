"""Hours as stretches of time: when one begins, when it ends, and whether it is so on that day.

A slot belongs to the day on which it begins, and so does the whole of it: a night is not cut by a holiday or a
closure that begins at midnight, and one that did not begin does not open the morning after. Of one moment the table
knows three answers: it holds, it rests, nobody knows. The library of opening hours has neither (decision 16); what it
does well proves this table in its tests.

Times are wall-clock times in Jette, without a zone. Pure: no database, no clock.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol

from guide.directory.public_holidays import is_public_holiday
from guide.languages import Bilingual
from guide.model import Holidays, PeriodKind

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FARTHEST = 400
"""How many days ahead the next opening is looked for: a closure may last a year."""
LONGEST_GAP = 14
"""Closures with at most so many days between them may be one, where nothing opens on these days."""
LONGEST_LOOK = 62
"""How many days of a period are looked at to say what it does: two months hold every day of the month."""
NIGHT_ENDS = "12:00"
"""A slot from midnight that follows one until midnight is the rest of that night when it ends by noon."""

_HOLDS: Mapping[Holidays | None, bool | None] = {Holidays.OPEN: True, Holidays.CLOSED: False, None: None}


class TimeSlot(Protocol):
    """What a slot needs to have: a `Schedule` has it, and so has a `Slot`."""

    @property
    def byday(self) -> Sequence[str]: ...
    @property
    def opens_at(self) -> str: ...
    @property
    def closes_at(self) -> str: ...
    @property
    def holidays(self) -> Holidays | None: ...
    @property
    def valid_from(self) -> date | None: ...
    @property
    def valid_to(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Slot:
    """A time slot by itself, outside of the database; its fields are those of `Schedule`."""

    byday: tuple[str, ...]
    opens_at: str
    closes_at: str
    holidays: Holidays | None = None
    valid_from: date | None = None
    valid_to: date | None = None


def slot_of(record: Mapping[str, Any]) -> Slot:
    """The slot of a record (`guide.records.shapes.SLOT`)."""
    begins, ends = (record.get(name) for name in ("valid_from", "valid_to"))
    return Slot(
        tuple(record["byday"]),
        record["opens_at"],
        record["closes_at"],
        Holidays(record["holidays"]) if record.get("holidays") else None,
        date.fromisoformat(begins) if begins else None,
        date.fromisoformat(ends) if ends else None,
    )


@dataclass(frozen=True, slots=True)
class DaysOff:
    """Days, both included, on which hours do not hold as they usually do, and why.

    `kind`: None for a closure of the listing itself, on which nothing begins; else what the organization's calendar
    says of these days (`CalendarPeriod`).
    """

    starts: date
    ends: date
    reason: Bilingual
    kind: PeriodKind | None = None
    opens_at: str | None = None
    closes_at: str | None = None

    def __contains__(self, day: date) -> bool:
        return self.starts <= day <= self.ends


@dataclass(frozen=True, slots=True)
class Stretch:
    """A slot on one day. `holds`: is it so? False when it rests, None when nobody knows.

    `holiday`: the public holiday it begins on, if any. `off`: the days off it begins on that change it.
    """

    begins: datetime
    ends: datetime
    holds: bool | None = True
    holiday: date | None = None
    off: DaysOff | None = None


@dataclass(frozen=True, slots=True)
class ClosedSpan:
    """Days on which it is closed, both included: one closure, or several between which nothing opens."""

    starts: date
    ends: date
    parts: tuple[DaysOff, ...]

    def __contains__(self, day: date) -> bool:
        return self.starts <= day <= self.ends

    @property
    def reasons(self) -> list[Bilingual]:
        """Why, each reason once, in the order of the days."""
        return list(dict.fromkeys(part.reason for part in self.parts if part.reason))


@dataclass(frozen=True)
class Timetable:
    """The hours of one kind at one place, and the days on which they do not hold as usual."""

    slots: tuple[Slot, ...]
    days_off: tuple[DaysOff, ...] = ()

    @classmethod
    def of(cls, slots: Iterable[TimeSlot], days_off: Iterable[DaysOff] = ()) -> "Timetable":
        """The table of these slots; a night that is written as two slots is read as one."""
        plain = [
            Slot(tuple(one.byday), one.opens_at, one.closes_at, one.holidays, one.valid_from, one.valid_to)
            for one in slots
        ]
        return cls(tuple(_merged(_without_doubles(nights_joined(plain)))), tuple(days_off))

    def __bool__(self) -> bool:
        return bool(self.slots)

    def in_force(self, day: date) -> list[Slot]:
        """The slots that count on this day: those of the season that began last, or those without a season."""
        valid = [slot for slot in self.slots if _is_valid(slot, day)]
        if not valid:
            return []
        season = max(valid, key=_season_order)
        return [slot for slot in valid if _season(slot) == _season(season)]

    def is_day_and_night(self, day: date) -> bool:
        """Seven days, around the clock? No public holiday raises a doubt here, unless it is said to rest then."""
        return any(_is_always(slot) for slot in self.in_force(day))

    def stretches(self, day: date) -> list[Stretch]:
        """What begins on this day, in order; what rests is among it."""
        found = [self._judged(slot, day) for slot in self.in_force(day) if falls_on(slot, day)]
        return sorted(found, key=lambda one: (one.begins, one.ends))

    def held_at(self, moment: datetime) -> Stretch | None:
        """The stretch that decides this moment, one that surely holds before all others; None outside of all."""
        days = (moment.date() - timedelta(days=1), moment.date())
        found = [one for day in days for one in self.stretches(day) if one.begins <= moment < one.ends]
        return min(found, key=lambda one: (True, None, False).index(one.holds), default=None)

    def end(self, moment: datetime) -> datetime | None:
        """When it closes that is open at this moment; None when it stays open for a week, or when nobody knows
        because a stretch of which nobody knows follows without a gap."""
        end = moment
        while end - moment < timedelta(days=7):
            held = self.held_at(end)
            if held is None or held.holds is False:
                return end
            if held.holds is None:
                return None
            end = held.ends
        return None

    def next_opening(self, moment: datetime) -> Stretch | None:
        """The next stretch to begin that does not rest."""
        return next(
            (
                one
                for day in _days_from(moment.date())
                if day <= self._last_day
                for one in sorted(self.stretches(day), key=lambda one: (one.begins, one.holds is None))
                if one.begins > moment and one.holds is not False
            ),
            None,
        )

    @property
    def _last_day(self) -> date:
        """The last day on which anything may begin: the end of the last season, where all slots have one."""
        return max((slot.valid_to or date.max for slot in self.slots), default=date.min)

    def shortened(self, today: date) -> list[DaysOff]:
        """The short hours of today and later that change these hours, in order; those that leave nothing are told
        as closures."""
        return [
            off
            for off in sorted(self.days_off, key=lambda one: (one.starts, one.ends))
            if off.kind is PeriodKind.SHORT_HOURS
            and off.ends >= today
            and any(one.off == off for day in _days_of(off) for one in self.stretches(day))
            and not _closes([self], off)
        ]

    def rest_of(self, day: date) -> Stretch | None:
        """Why this day's hours rest, all of them; None when some hold, may hold, or there are none."""
        found = self.stretches(day)
        return found[0] if found and all(one.holds is False for one in found) else None

    def closures(self, today: date) -> list[ClosedSpan]:
        """The closures of today and later at this place, in order (`closures`)."""
        return closures([self], self.days_off, today)

    def _judged(self, slot: Slot, day: date) -> Stretch:
        """The slot on this day, by what is said of the day."""
        begins, ends = _at(day, slot.opens_at), _at(day, slot.closes_at)
        usual = Stretch(begins, ends if ends > begins else ends + timedelta(days=1))
        holiday = day if is_public_holiday(day) else None
        closing = next((off for off in self.days_off if day in off and _rests_on(slot, off)), None)
        if closing is not None:
            return replace(usual, holds=False, holiday=holiday, off=closing)
        if holiday:
            always = _is_always(slot) or _HOLDS[slot.holidays]
            usual = replace(usual, holds=always, holiday=holiday)
        for off in self.days_off:
            # What rests on a holiday rests because of it, whatever the summer.
            if usual.holds is not False and day in off and _is_shortened_by(slot, off):
                usual = _shortened(usual, day, off)
        return usual


def closures(tables: Sequence[Timetable], days_off: Iterable[DaysOff], today: date) -> list[ClosedSpan]:
    """The closures of today and later on which none of these tables opens, in order.

    Those that touch, overlap, or between which nothing opens (a weekend, a holiday on which it is closed) are one;
    where no hours are known, only those that touch or overlap.
    """
    recent = [off for off in days_off if off.ends >= today - timedelta(days=LONGEST_GAP)]
    spans: list[ClosedSpan] = []
    for off in sorted(recent, key=lambda one: (one.starts, one.ends)):
        if not _closes(tables, off):
            continue
        before = spans[-1] if spans else None
        if before and _is_one(tables, before.ends, off.starts):
            spans[-1] = ClosedSpan(before.starts, max(before.ends, off.ends), (*before.parts, off))
        else:
            spans.append(ClosedSpan(off.starts, off.ends, (off,)))
    return [span for span in spans if span.ends >= today]


def _closes(tables: Sequence[Timetable], off: DaysOff) -> bool:
    """Is it a closure? One of the listing itself is; days of the calendar are, where by them whole days rest."""
    if off.kind is None or not any(tables):
        return off.kind is not PeriodKind.SHORT_HOURS
    days = [
        all(one.holds is False for one in begun) and any(one.off == off for one in begun)
        for day in _days_of(off)
        if (begun := [one for table in tables for one in table.stretches(day)])
    ]
    # Short hours close where nothing is left of any day; other days of the calendar, where a whole day rests.
    return all(days) and bool(days) if off.kind is PeriodKind.SHORT_HOURS else any(days)


def _is_one(tables: Sequence[Timetable], ends: date, starts: date) -> bool:
    gap = (starts - ends).days - 1
    if gap <= 0:
        return True
    if gap > LONGEST_GAP or not any(tables):
        return False
    between = (ends + timedelta(days=number) for number in range(1, gap + 1))
    return not any(
        one.holds is not False for day in between for table in tables for one in table.stretches(day)
    )


def falls_on(slot: Slot, day: date) -> bool:
    """Does the slot begin on this day, by its days alone: 'MO', or '1SU' for the first Sunday of the month?"""
    code = DAYS[day.weekday()]
    return any(
        said[-2:] == code and (len(said) == 2 or int(said[:-2]) in _places_in_month(day))
        for said in slot.byday
    )


def is_monthly(slot: Slot) -> bool:
    """Is it of certain days of the month, such as the first Sunday?"""
    return any(len(said) > 2 for said in slot.byday)


def nights_joined(slots: Sequence[Slot]) -> list[Slot]:
    """The slots, with each night that is written as two (until midnight, from midnight on) as one.

    So the guide kept nights until its hours could cross midnight; records and proposals of that time are read so.
    """
    evenings = [slot for slot in slots if slot.closes_at == "24:00" and slot.opens_at != "00:00"]
    mornings = [slot for slot in slots if slot.opens_at == "00:00" and slot.closes_at <= NIGHT_ENDS]
    left = {slot: list(slot.byday) for slot in (*evenings, *mornings)}
    nights: list[Slot] = []
    for evening in evenings:
        for morning in mornings:
            both = [day for day in left[evening] if _day_after(day) in left[morning]]
            if both and _is_one_night(evening, morning):
                nights.append(replace(evening, byday=tuple(both), closes_at=morning.closes_at))
                ended = [_day_after(day) for day in both]
                left[evening] = [day for day in left[evening] if day not in both]
                left[morning] = [day for day in left[morning] if day not in ended]
    kept = [replace(slot, byday=tuple(left.get(slot, slot.byday))) for slot in slots]
    return [*(slot for slot in kept if slot.byday), *nights]


def _without_doubles(slots: Sequence[Slot]) -> list[Slot]:
    """The slots without mornings that a night of the day before holds already."""
    kept = []
    for slot in slots:
        held = {
            _day_after(said)
            for night in slots
            if slot.opens_at == "00:00" and night.closes_at <= night.opens_at
            if slot.closes_at <= night.closes_at and _are_alike(slot, night)
            for said in night.byday
        }
        byday = tuple(day for day in slot.byday if day not in held)
        if byday:
            kept.append(replace(slot, byday=byday))
    return kept


def _merged(slots: Sequence[Slot]) -> list[Slot]:
    """The slots, with those of one day that touch or overlap as one, and the days of the same hours together.

    So what is written as several slots is told as what it is: day and night, every day.
    """
    found: dict[Slot, list[str]] = {}
    for said, alike in _by_day(slots).items():
        for slot in _touching_joined(alike):
            found.setdefault(replace(slot, byday=()), []).append(said)
    return [replace(slot, byday=tuple(_in_order(days))) for slot, days in found.items()]


def _by_day(slots: Sequence[Slot]) -> dict[str, list[Slot]]:
    by_day: dict[str, list[Slot]] = {}
    for slot in slots:
        for said in slot.byday:
            by_day.setdefault(said, []).append(slot)
    return by_day


def _touching_joined(slots: Sequence[Slot]) -> list[Slot]:
    joined: list[Slot] = []
    for slot in sorted(slots, key=lambda one: (one.opens_at, one.closes_at)):
        before = next((one for one in joined if _touches(one, slot)), None)
        if before is None:
            joined.append(slot)
        else:
            longer = replace(before, closes_at=max(before.closes_at, slot.closes_at))
            joined[joined.index(before)] = longer
    return joined


def _touches(before: Slot, slot: Slot) -> bool:
    """Does it begin before the other one ends, or as it ends? Nights are left as they are."""
    is_day = before.closes_at > before.opens_at and slot.closes_at > slot.opens_at
    return is_day and slot.opens_at <= before.closes_at and _are_alike(before, slot)


def _are_alike(one: Slot, other: Slot) -> bool:
    return _season(one) == _season(other) and one.holidays == other.holidays


def _in_order(days: Iterable[str]) -> list[str]:
    """Weekdays from Monday on, then the days that are counted in their month."""
    return sorted(dict.fromkeys(days), key=lambda said: DAYS.index(said) if said in DAYS else len(DAYS))


def _is_one_night(evening: Slot, morning: Slot) -> bool:
    return morning.closes_at < evening.opens_at and _are_alike(evening, morning)


def _day_after(said: str) -> str:
    """The code of the next weekday; '' for one that is counted in its month, whose morrow has no code."""
    return DAYS[(DAYS.index(said) + 1) % 7] if said in DAYS else ""


def _is_valid(slot: Slot, day: date) -> bool:
    return (slot.valid_from is None or slot.valid_from <= day) and (
        slot.valid_to is None or day <= slot.valid_to
    )


def _season(slot: Slot) -> tuple[date | None, date | None]:
    return slot.valid_from, slot.valid_to


def _season_order(slot: Slot) -> tuple[date, int]:
    """Of two seasons the one counts that began later; of two that began together, the shorter."""
    return slot.valid_from or date.min, -(slot.valid_to or date.max).toordinal()


def _is_always(slot: Slot) -> bool:
    return (
        set(slot.byday) >= set(DAYS)
        and slot.opens_at == "00:00"
        and slot.closes_at == "24:00"
        and slot.holidays != Holidays.CLOSED
    )


def _holds_on_holidays(slot: Slot) -> bool:
    return slot.holidays == Holidays.OPEN or _is_always(slot)


def _rests_on(slot: Slot, off: DaysOff) -> bool:
    """Does nothing of this slot begin on these days off?"""
    if off.kind is PeriodKind.CLOSED:
        return not _holds_on_holidays(slot)
    return off.kind is None or off.kind is PeriodKind.SCHOOL_HOLIDAYS


def _is_shortened_by(slot: Slot, off: DaysOff) -> bool:
    """Do short hours change this slot? Not one that holds on holidays, a night, or one of a season of its own."""
    return (
        off.kind is PeriodKind.SHORT_HOURS
        and not _holds_on_holidays(slot)
        and slot.closes_at > slot.opens_at
        and _season(slot) == (None, None)
    )


def _shortened(usual: Stretch, day: date, off: DaysOff) -> Stretch:
    begins = max(usual.begins, _at(day, off.opens_at or "00:00"))
    ends = min(usual.ends, _at(day, off.closes_at or "24:00"))
    if (begins, ends) == (usual.begins, usual.ends):
        return usual
    if begins >= ends:
        return replace(usual, holds=False, off=off)
    return replace(usual, begins=begins, ends=ends, off=off)


def _places_in_month(day: date) -> tuple[int, int]:
    """Which of its weekdays this day is in its month: 1 for the first from the beginning, -1 for the last."""
    following = day.replace(day=28) + timedelta(days=4)
    last = following - timedelta(days=following.day)
    return (day.day - 1) // 7 + 1, -((last.day - day.day) // 7 + 1)


def _at(day: date, clock: str) -> datetime:
    hours, minutes = (int(part) for part in clock.split(":"))
    return datetime.combine(day, time()) + timedelta(hours=hours, minutes=minutes)


def _days_of(off: DaysOff) -> Iterator[date]:
    """Its days, the first of them where there are many: what they do to a week shows by then."""
    days = min((off.ends - off.starts).days + 1, LONGEST_LOOK)
    return (off.starts + timedelta(days=number) for number in range(days))


def _days_from(day: date) -> Iterator[date]:
    return (day + timedelta(days=number) for number in range(FARTHEST))
