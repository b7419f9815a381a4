"""Hours as people type them ('9h', '9.30', '14u'), and as a form shows them: a week, days of the month, seasons.

A *week* is {'MO': [('09:00', '12:00'), …], …}; a *piece* is a slot on one of its days; *slots* are the records of the
listing's field `schedules`. Pure: no database, no clock.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from guide.dates import squeezed
from guide.directory.timetable import DAYS, nights_joined, slot_of

Week = dict[str, list[tuple[str, str]]]
Times = tuple[str, str]
"""When a slot opens and closes: ('20:00', '08:00') is a night."""

ALWAYS: tuple[Times, ...] = (("00:00", "24:00"),)
"""The hours of a day of who answers day and night."""
LONGEST_NIGHT = 14 * 60
"""In minutes. A longer one is rather a slip: '17h – 9h' for '9h – 17h'."""

_TIME = re.compile(r"(\d{1,2})(?:(?:[h:.,u]|heures?|uur)(?:(\d{2})(?:uur|u|h|min)?)?)?")
_RUN = re.compile(r"(\d{1,2})(\d{2})")
_NAMED = {"midi": "12:00", "middag": "12:00", "minuit": "00:00", "middernacht": "00:00"}
_DAY_LONG = 24 * 60
_WEEK_LONG = 7 * _DAY_LONG


@dataclass(frozen=True, slots=True)
class Piece:
    """A slot on one of its days: 'MO' for every Monday, '1SU' for the first Sunday of the month.

    `begins` and `ends`: the first and the last day of its season, as in a record; '' for none. `address`: the key of
    the one address it is of.
    """

    day: str
    opens: str
    closes: str
    begins: str = ""
    ends: str = ""
    address: str = ""

    @property
    def times(self) -> Times:
        return self.opens, self.closes

    @property
    def is_monthly(self) -> bool:
        return self.day not in DAYS

    @property
    def is_seasonal(self) -> bool:
        return bool(self.begins or self.ends)


@dataclass(frozen=True, slots=True)
class TimesProblem:
    """What is wrong with two times that were typed: at which of them ('from', 'to'), and what.

    what: 'time' (not understood: `typed`), 'half' (only one of the two), 'order' (ends before it begins).
    """

    end: str
    what: str
    typed: str = ""


@dataclass(frozen=True, slots=True)
class SlotProblem:
    """Where in a typed week something is wrong: the day, which of its slots, and what.

    what: as of `TimesProblem`, or 'overlap' (two slots hold the same moment).
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


def pieces_of(slots: Iterable[Mapping[str, Any]], kind: str) -> dict[Piece, str]:
    """The slots of one kind ('visit', 'phone') piece by piece, each with what is said of it on public holidays:
    'open', 'closed', or '' when it is not known. A night that was written as two slots is one.
    """
    records = [slot for slot in slots if slot["kind"] == kind]
    return {
        Piece(
            day, one.opens_at, _end(one.closes_at), _iso(one.valid_from), _iso(one.valid_to), address
        ): one.holidays.value if one.holidays else ""
        for address in dict.fromkeys(record.get("address", "") for record in records)
        for one in nights_joined(
            [slot_of(record) for record in records if record.get("address", "") == address]
        )
        for day in one.byday
    }


def slots_of(said: Mapping[Piece, str], kind: str) -> list[dict[str, Any]]:
    """The records of these pieces: days that share a slot stand together, in the order of days and times; those of a
    season after the others, address by address."""
    days: dict[tuple[Piece, str, bool], list[str]] = {}
    for piece, holidays in said.items():
        days.setdefault((replace(piece, day=""), holidays, piece.is_monthly), []).append(piece.day)
    addresses = list(dict.fromkeys(piece.address for piece in said))
    ordered = sorted(
        ((*shared, sorted(found, key=_day_order)) for shared, found in days.items()),
        key=lambda one: (
            addresses.index(one[0].address),
            one[0].is_seasonal,
            one[0].begins,
            one[0].ends,
            one[2],
            _day_order(one[3][0]),
            one[0].times,
            one[1],
        ),
    )
    return [_record(piece, holidays, found, kind) for piece, holidays, _monthly, found in ordered]


def _record(piece: Piece, holidays: str, days: list[str], kind: str) -> dict[str, Any]:
    named = {
        "kind": kind,
        "address": piece.address,
        "byday": days,
        "opens_at": piece.opens,
        "closes_at": piece.closes,
        "holidays": holidays,
        "valid_from": piece.begins,
        "valid_to": piece.ends,
    }
    return {name: value for name, value in named.items() if value}


def week_of(pieces: Iterable[Piece]) -> Week:
    """The week of these pieces: for each day its slots in order; days without are []. Days of the month and seasons
    are not in it."""
    week: Week = {day: [] for day in DAYS}
    for piece in pieces:
        if not piece.is_monthly and not piece.is_seasonal:
            week[piece.day].append(piece.times)
    return {day: sorted(times) for day, times in week.items()}


def week_pieces(week: Mapping[str, Sequence[Times]], address: str = "") -> list[Piece]:
    """The same the other way round, at this address."""
    return [Piece(day, opens, closes, address=address) for day in DAYS for opens, closes in week.get(day, ())]


def is_always(week: Mapping[str, Sequence[Times]]) -> bool:
    """Day and night, seven days?"""
    return all(tuple(week.get(day, ())) == ALWAYS for day in DAYS)


def read_times(begins: str, ends: str, known: Collection[Times] = ()) -> Times | TimesProblem:
    """What was typed as 'from … to …'; or what is wrong with it. One that ends the day after is a night, of at most
    LONGEST_NIGHT, or one of those that are `known`."""
    opens, closes = time_of(begins), time_of(ends, closing=True)
    for end, typed, time in (("from", begins, opens), ("to", ends, closes)):
        if not typed:
            return TimesProblem(end, "half")
        if time is None:
            return TimesProblem(end, "time", typed)
    assert opens is not None
    assert closes is not None
    if opens == closes or (
        closes < opens and _length(opens, closes) > LONGEST_NIGHT and (opens, closes) not in known
    ):
        return TimesProblem("to", "order")
    return opens, closes


def read_week(
    typed: Mapping[str, Sequence[tuple[str, str]]], known: Collection[Piece] = ()
) -> tuple[Week, list[SlotProblem]]:
    """What was typed in a week, as a week of times; and what is wrong with it, day by day (then not to be used).

    `typed` holds for each day pairs (from, to) as they were typed; a pair of nothing is left out. Of what is `known`,
    a long night and two that overlap are taken as they stand.
    """
    errors: list[SlotProblem] = []
    found: list[tuple[Piece, int]] = []
    usual = {piece.times for piece in known}
    for day in DAYS:
        for number, (begins, ends) in enumerate(typed.get(day, ())):
            if not begins.strip() and not ends.strip():
                continue
            read = read_times(begins.strip(), ends.strip(), usual)
            if isinstance(read, TimesProblem):
                errors.append(SlotProblem(day, number, read.end, read.what, read.typed))
                continue
            piece = Piece(day, *read)
            if any(overlap(piece, other) and not {piece, other} <= set(known) for other, _number in found):
                errors.append(SlotProblem(day, number, "from", "overlap"))
            found.append((piece, number))
    return week_of(piece for piece, _number in found), errors


def overlap(one: Piece, other: Piece) -> bool:
    """Do two pieces of the week hold the same moment, be it after midnight?"""
    first, second = (
        (DAYS.index(piece.day) * _DAY_LONG + _minutes(piece.opens), _length(*piece.times))
        for piece in (one, other)
    )
    return any(
        first[0] + shift < second[0] + second[1] and second[0] < first[0] + shift + first[1]
        for shift in (-_WEEK_LONG, 0, _WEEK_LONG)
    )


def _length(opens: str, closes: str) -> int:
    minutes = _minutes(closes) - _minutes(opens)
    return minutes if minutes > 0 else minutes + _DAY_LONG


def _minutes(time: str) -> int:
    hours, minutes = time.split(":")
    return int(hours) * 60 + int(minutes)


def _end(closes: str) -> str:
    """Midnight as the end of a slot, however the record has it."""
    return "24:00" if closes == "00:00" else closes


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _day_order(day: str) -> tuple[bool, int, str]:
    return day not in DAYS, DAYS.index(day[-2:]), day.replace("-1", "9")
