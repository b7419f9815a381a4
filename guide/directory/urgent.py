"""Urgent numbers and crisis panels: who to call, whether they answer at this hour. Old hours are said to be old.

*Danger now* and *somebody to talk to* are two blocks and are never mixed (DESIGN.md, crisis first).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from guide.directory.hours import answers_at, closure_on, is_day_and_night, shown_schedules
from guide.languages import Bilingual, Language
from guide.model import Crisis, Schedule, Service, UrgentNumber


class Answers(StrEnum):
    """Whether a line answers at this hour, by the hours it states."""

    DAY_AND_NIGHT = "day_and_night"
    NOW = "now"
    NOT_NOW = "not_now"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Line:
    """A number ready to show. `short`: two or three words, for the home page."""

    key: str
    name: Bilingual
    number: str
    purpose: Bilingual
    short: Bilingual
    block: str
    answers: Answers
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
    return Line(
        key=row.key,
        name=row.name or (service.name if service else Bilingual()),
        number=number,
        purpose=row.purpose,
        short=row.short or row.purpose,
        block=row.block,
        answers=_answers(row, service, at),
        answers_words=row.answers,
        languages=list(row.languages or (service.languages if service else [])),
        free=row.free,
        checked=row.checked,
        service=service,
    )


def _answers(row: UrgentNumber, service: Service | None, at: datetime) -> Answers:
    if row.always:
        return Answers.DAY_AND_NIGHT
    if service and closure_on(service, at.date()):
        return Answers.NOT_NOW
    slots = [
        Schedule(**{name: slot[name] for name in ("byday", "opens_at", "closes_at")})
        for slot in row.schedules
    ]
    if not slots and service:
        slots = shown_schedules(service)
        if is_day_and_night(slots):
            return Answers.DAY_AND_NIGHT
    if not slots:
        return Answers.UNKNOWN
    return Answers.NOW if answers_at(slots, at) else Answers.NOT_NOW
