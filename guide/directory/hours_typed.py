"""Hours as people type them ('9h', '9.30', '14u'), and a week as a form shows it.

A *week* is {'MO': [('09:00', '12:00'), …], …}; *slots* are the records of the listing's field `schedules`.
Pure: no database, no clock.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guide.dates import squeezed
from guide.directory.timetable import DAYS

Week = dict[str, list[tuple[str, str]]]

ALWAYS: tuple[tuple[str, str], ...] = (("00:00", "24:00"),)
"""The hours of a day of who answers day and night."""

_TIME = re.compile(r"(\d{1,2})(?:(?:[h:.,u]|heures?|uur)(?:(\d{2})(?:uur|u|h|min)?)?)?")
_RUN = re.compile(r"(\d{1,2})(\d{2})")
_NAMED = {"midi": "12:00", "middag": "12:00", "minuit": "00:00", "middernacht": "00:00"}


@dataclass(frozen=True, slots=True)
class SlotProblem:
    """Where in a typed week something is wrong: the day, which of its slots, and what.

    what: 'time' (not understood: `typed`), 'half' (only one of the two), 'order' (ends before it begins),
    'overlap' (two slots of the day hold the same moment).
    """

    day: str
    slot: int
    end: str
    what: str
    typed: str = ""


def time_of(typed: str, closing: bool = False) -> str | None:
    """'9h' → '09:00', '9.30' → '09:30', '14u' → '14:00'; None when it is no time of day.

    Midnight is '24:00' as the end of a slot and '00:00' as its beginning.
    """
    plain = squeezed(typed)
    plain = plain.removeprefix("a") if plain[1:2].isdigit() else plain
    if plain in _NAMED:
        found = _NAMED[plain]
    else:
        match = _TIME.fullmatch(plain) or _RUN.fullmatch(plain)
        if match is None:
            return None
        hours, minutes = int(match[1]), int(match[2] or 0)
        if minutes > 59 or hours > 24 or (hours == 24 and (minutes or not closing)):
            return None
        found = f"{hours:02}:{minutes:02}"
    return "24:00" if closing and found == "00:00" else found


Slot = tuple[str, str, str]
"""A day and the times of one of its slots: ('MO', '09:00', '12:00')."""


def week_of(slots: Iterable[Mapping[str, Any]], kind: str) -> Week:
    """The week of one kind of hours ('visit', 'phone'): for each day its slots in order; days without are []."""
    week: Week = {day: [] for day in DAYS}
    for slot in slots:
        if slot["kind"] == kind:
            for day in slot["byday"]:
                week[day].append((slot["opens_at"], slot["closes_at"]))
    return {day: sorted(times) for day, times in week.items()}


def holidays_of(slots: Iterable[Mapping[str, Any]], kind: str) -> dict[Slot, str]:
    """What is said of each slot of this kind on public holidays: 'open', 'closed', or '' when it is not known."""
    return {
        (day, slot["opens_at"], slot["closes_at"]): slot.get("holidays") or ""
        for slot in slots
        if slot["kind"] == kind
        for day in slot["byday"]
    }


def slots_of(
    week: Mapping[str, Sequence[tuple[str, str]]], kind: str, holidays: Mapping[Slot, str] | str = ""
) -> list[dict[str, Any]]:
    """The records of a week: days that share a slot stand together, in the order of days and times.

    `holidays` is said of every slot; or it says what of which, and nothing of the others.
    """
    days_by_slot: dict[Slot, list[str]] = {}
    for day in DAYS:
        for opens, closes in week.get(day, ()):
            said = holidays if isinstance(holidays, str) else holidays.get((day, opens, closes), "")
            days_by_slot.setdefault((opens, closes, said), []).append(day)
    ordered = sorted(days_by_slot.items(), key=lambda item: (DAYS.index(item[1][0]), item[0]))
    return [
        {"kind": kind, "byday": days, "opens_at": opens, "closes_at": closes}
        | ({"holidays": said} if said else {})
        for (opens, closes, said), days in ordered
    ]


def is_always(week: Mapping[str, Sequence[tuple[str, str]]]) -> bool:
    """Day and night, seven days?"""
    return all(tuple(week.get(day, ())) == ALWAYS for day in DAYS)


def read_week(typed: Mapping[str, Sequence[tuple[str, str]]]) -> tuple[Week, list[SlotProblem]]:
    """What was typed in a week, as a week of times; and what is wrong with it, day by day (then not to be used).

    `typed` holds for each day pairs (from, to) as they were typed; a pair of nothing is left out.
    """
    week: Week = {day: [] for day in DAYS}
    errors: list[SlotProblem] = []
    for day in DAYS:
        for number, (begins, ends) in enumerate(typed.get(day, ())):
            begins, ends = begins.strip(), ends.strip()
            if not begins and not ends:
                continue
            opens, closes = time_of(begins), time_of(ends, closing=True)
            found = _slot_fault(day, number, (begins, opens), (ends, closes))
            if found is not None:
                errors.append(found)
            elif opens is not None and closes is not None:
                if any(
                    opens < other_closes and other_opens < closes for other_opens, other_closes in week[day]
                ):
                    errors.append(SlotProblem(day, number, "from", "overlap"))
                week[day].append((opens, closes))
    return {day: sorted(times) for day, times in week.items()}, errors


def _slot_fault(
    day: str, number: int, begins: tuple[str, str | None], ends: tuple[str, str | None]
) -> SlotProblem | None:
    for end, (typed, time) in (("from", begins), ("to", ends)):
        if not typed:
            return SlotProblem(day, number, end, "half")
        if time is None:
            return SlotProblem(day, number, end, "time", typed)
    if str(begins[1]) >= str(ends[1]):
        return SlotProblem(day, number, "to", "order")
    return None
