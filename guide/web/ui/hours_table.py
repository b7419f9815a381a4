"""The hours of a listing as its page shows them: for each place the coming seven days, and what else holds."""

from dataclasses import dataclass
from datetime import datetime

from guide.directory import hours_in_words
from guide.directory.hours import (
    Day,
    OpenState,
    PlaceHours,
    has_both_hours,
    hours_of_kind,
    shown_hours,
    state_at,
    week_of,
)
from guide.directory.listing import AnyListing, AnyPlace
from guide.model import ScheduleKind
from guide.web.ui.urls import reader


@dataclass(frozen=True, slots=True)
class HoursTable:
    """The hours of one place, or of the whole listing (`place` None).

    `opening`: its state at this moment. `always`: day and night; then there are no `days`. `until`: how long these
    hours hold ('' when no end is known). `further`: days of the month, the seasons to come, summer hours.
    `holidays`: what becomes of them on public holidays. Where no day of the week has hours, there are no `days`.
    """

    place: AnyPlace | None
    opening: OpenState
    always: bool
    days: list[Day]
    until: str
    further: list[str]
    holidays: str


def hours_tables(service: AnyListing, at: datetime) -> list[HoursTable]:
    """The hours people go by, place by place where places have their own; [] when none are known."""
    return [_table(service, one, at) for one in shown_hours(service, at.date())]


def phone_tables(service: AnyListing, at: datetime) -> list[HoursTable]:
    """Those of the telephone, where the visit has others."""
    if not has_both_hours(service, at.date()):
        return []
    return [_table(service, one, at) for one in hours_of_kind(service, ScheduleKind.PHONE, at.date())]


def _table(service: AnyListing, hours: PlaceHours, at: datetime) -> HoursTable:
    lang, today, timetable = reader(), at.date(), hours.timetable
    always = timetable.is_day_and_night(today)
    days = [] if always else week_of(hours, today)
    until = hours_in_words.until_words(timetable, lang, today)
    monthly = hours_in_words.monthly_words(timetable, lang, today)
    further = [monthly] if monthly else []
    if until and any(timetable.in_force(day.day) != timetable.in_force(today) for day in days if day.day):
        # The table goes beyond the season: each of the two is told in words below it.
        until, further = "", hours_in_words.in_force_lines(timetable, lang, today)
    further += [
        *hours_in_words.seasons_lines(timetable, lang, today),
        *hours_in_words.over_lines(timetable, lang, today),
        *hours_in_words.short_lines(timetable, lang, today),
    ]
    if not any(day.slots for day in days):
        days = []
    holidays = hours_in_words.on_holidays_at(service, hours, lang, today)
    return HoursTable(hours.place, state_at(service, hours, at), always, days, until, further, holidays)
