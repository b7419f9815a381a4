"""Urgent numbers and crisis panels: who to call, whether they answer at this hour. Old hours are said to be old.

A public holiday silences nobody by itself: where nothing is said of it, the line perhaps answers.

*Danger now* and *somebody to talk to* are two blocks and are never mixed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from guide.directory.hours import TimeSlot, closure_on, held_at, is_day_and_night, shown_schedules
from guide.languages import Bilingual, Language
from guide.model import Crisis, Schedule, Service, UrgentNumber


class Answers(StrEnum):
    """Whether a line answers at this hour, by the hours it states.

    `HOLIDAY`: within its hours, on a public holiday of which nobody knows. `ELSEWHERE`: outside its hours, when
    its calls go to another number.
    """

    DAY_AND_NIGHT = "day_and_night"
    NOW = "now"
    NOT_NOW = "not_now"
    HOLIDAY = "holiday"
    ELSEWHERE = "elsewhere"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Line:
    """A number ready to show. `short`: two or three words, for the home page.

    `holiday`: the public holiday that `answers` speaks of. `elsewhere`: the number that takes its calls outside
    its hours ('' for none). `holidays_unknown`: it has hours, and nobody knows whether they hold on holidays.
    """

    key: str
    name: Bilingual
    number: str
    purpose: Bilingual
    short: Bilingual
    block: str
    answers: Answers
    holiday: date | None
    holidays_unknown: bool
    elsewhere: str
    answers_words: Bilingual
    languages: list[str]
    free: bool
    checked: bool
    service: Service | None


@dataclass(frozen=True, slots=True)
class Panel:
    """A crisis panel: calm words, then the two blocks."""

    key: str
    title: Bilingual
    advice: Bilingual
    danger: list[Line]
    talk: list[Line]


def urgent_lines(session: Session, at: datetime, language: Language) -> list[Line]:
    """Every urgent number in the order of the file, those that speak the reader's language first."""
    rows = session.scalars(
        select(UrgentNumber)
        .options(
            joinedload(UrgentNumber.service).selectinload(Service.phones),
            joinedload(UrgentNumber.service).selectinload(Service.schedules),
            joinedload(UrgentNumber.service).selectinload(Service.closures),
        )
        .order_by(UrgentNumber.position)
    )
    return _understood_first([line for row in rows if (line := _line(row, at))], language)


def panels(session: Session, keys: Sequence[str], at: datetime, language: Language) -> list[Panel]:
    """The panels of these crises, in the order given; unknown keys are passed over.

    Within a block the lines that speak the reader's language, or every language, come first.
    """
    if not keys:
        return []
    lines = {line.key: line for line in urgent_lines(session, at, language)}
    rows = {row.key: row for row in session.scalars(select(Crisis).where(Crisis.key.in_(keys)))}
    return [
        Panel(
            key,
            rows[key].title,
            rows[key].advice,
            _understood_first([lines[name] for name in rows[key].danger if name in lines], language),
            _understood_first([lines[name] for name in rows[key].talk if name in lines], language),
        )
        for key in dict.fromkeys(keys)
        if key in rows
    ]


def _understood_first(lines: list[Line], language: Language) -> list[Line]:
    return sorted(lines, key=lambda line: bool(line.languages) and language not in line.languages)


def _line(row: UrgentNumber, at: datetime) -> Line | None:
    # The number of a listing that is not for the public, or no longer there, is not the public's either.
    service = row.service if row.service is not None and row.service.is_public else None
    number = row.number or (service.phones[0].number if service and service.phones else None)
    if number is None:
        return None
    slots = _slots(row, service)
    elsewhere = (service.after_hours_phone if service else None) or ""
    answers, holiday = _answers(row, service, slots, elsewhere, at)
    return Line(
        key=row.key,
        name=row.name or (service.name if service else Bilingual()),
        number=number,
        purpose=row.purpose,
        short=row.short or row.purpose,
        block=row.block,
        answers=answers,
        holiday=holiday,
        holidays_unknown=answers is not Answers.DAY_AND_NIGHT
        and any(slot.holidays is None for slot in slots),
        elsewhere=elsewhere,
        answers_words=row.answers,
        languages=list(row.languages or (service.languages if service else [])),
        free=row.free,
        checked=row.checked,
        service=service,
    )


def _slots(row: UrgentNumber, service: Service | None) -> Sequence[TimeSlot]:
    """The hours a line states: its own, or those of its record."""
    own = [
        Schedule(**{name: slot.get(name) for name in ("byday", "opens_at", "closes_at", "holidays")})
        for slot in row.schedules
    ]
    return own or (shown_schedules(service) if service else [])


def _answers(
    row: UrgentNumber, service: Service | None, slots: Sequence[TimeSlot], elsewhere: str, at: datetime
) -> tuple[Answers, date | None]:
    """Whether it answers, and the public holiday for which nobody knows it."""
    silent = (Answers.ELSEWHERE if elsewhere else Answers.NOT_NOW, None)
    if row.always:
        return Answers.DAY_AND_NIGHT, None
    if service and closure_on(service, at.date()):
        return silent
    if not slots:
        return Answers.UNKNOWN, None
    if is_day_and_night(slots):
        return Answers.DAY_AND_NIGHT, None
    held = held_at(slots, at)
    if held is None or held.holds is False:
        return silent
    return (Answers.NOW, None) if held.holds else (Answers.HOLIDAY, held.holiday)
