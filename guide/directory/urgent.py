"""Urgent numbers and crisis panels: who to call, whether they answer at this hour, how to reach them without a voice.

The hours of a line are those of its record, judged as its listing judges them: the two never disagree. A public
holiday silences nobody by itself: where nothing is said of it, the line perhaps answers.

*Danger now* and *somebody to talk to* are two blocks and are never mixed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from guide.directory.freshness import hours_are_current
from guide.directory.hours import (
    Opening,
    OpenState,
    days_off,
    is_outside,
    next_turn,
    phone_to_call,
    state_of,
    telephone_hours,
    telephone_state,
)
from guide.directory.hours_in_words import line_hours
from guide.directory.listing import ListedTerm, ListingFacts, term_of
from guide.directory.listings import facts_by_key
from guide.directory.timetable import Timetable, slot_of
from guide.languages import Bilingual, Language
from guide.model import Crisis, CrisisBlock, Service, TaxonomyTerm, UrgentNumber

PANEL_OF_NEED = {
    "danger": "violence",
    "sans-abri": "tonight",
}
"""Needs whose page itself begins with a crisis panel."""


class Answers(StrEnum):
    """Whether a line answers at this hour, by the hours it states.

    `HOLIDAY`: within its hours, on a public holiday of which nobody knows. `ELSEWHERE`: outside its hours, when
    its calls go to another number. `UNKNOWN`: it states no hours, or these are too old to be relied on.
    """

    DAY_AND_NIGHT = "day_and_night"
    NOW = "now"
    NOT_NOW = "not_now"
    HOLIDAY = "holiday"
    ELSEWHERE = "elsewhere"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Way:
    """A way without a voice. `kind`: chat, app or mail. `url` is '' where no page of it was read."""

    kind: str
    url: str
    hours: Bilingual


@dataclass(frozen=True, slots=True)
class Line:
    """A number ready to show. `short`: two or three words, for the home page.

    `opening`: its state at the moment `at` of this page, judged as a listing's. `elsewhere`: the number that takes
    its calls outside its hours ('' for none). `timetable`: the hours it states.
    `doubtful`: these hours are to be checked; never those of a number for danger. `said`: words about its hours
    where it states none.
    """

    key: str
    name: Bilingual
    number: str
    purpose: Bilingual
    short: Bilingual
    block: str
    opening: OpenState
    elsewhere: str
    timetable: Timetable
    at: datetime
    doubtful: bool
    said: Bilingual
    languages: list[str]
    free: bool
    ways: list[Way]
    service: ListingFacts | None

    @property
    def answers(self) -> Answers:
        """Does it answer at this moment?"""
        answers = _SAID[self.opening.state]
        return Answers.ELSEWHERE if self.elsewhere and answers is Answers.NOT_NOW else answers

    @property
    def rests(self) -> bool:
        """Is it outside of its hours, however old these are?"""
        if self.answers is Answers.UNKNOWN:
            return bool(self.timetable) and is_outside(self.timetable.held_at(self.at.replace(tzinfo=None)))
        return self.answers in (Answers.NOT_NOW, Answers.ELSEWHERE)

    def hours(self, lang: Language, beside_state: bool = False) -> str:
        """When it answers, in words; '' when nothing is known.

        `beside_state`: without what the words on this hour (`answers`) say already.
        """
        elsewhere = "" if beside_state and self.answers is Answers.ELSEWHERE else self.elsewhere
        perhaps = not (beside_state and self.answers is Answers.HOLIDAY)
        hours = line_hours(self.timetable, elsewhere, lang, self.at.date(), perhaps)
        return hours or self.said.localized(lang).words


@dataclass(frozen=True, slots=True)
class Panel:
    """A crisis panel: calm words, what to do, then the two blocks, and the need whose services help on.

    `talk_first`: somebody to talk to stands before danger. `today`: help of the day rather than an emergency.
    """

    key: str
    title: Bilingual
    advice: Bilingual
    steps: Mapping[str, list[str]]
    danger: list[Line]
    talk: list[Line]
    talk_first: bool
    today: bool
    need: ListedTerm | None


@dataclass(frozen=True, slots=True)
class PanelText:
    """What a panel says, whatever the hour: the names of its lines, and the words around them (`Panel`)."""

    key: str
    title: Bilingual
    advice: Bilingual
    steps: Mapping[str, list[str]]
    danger: Sequence[str]
    talk: Sequence[str]
    talk_first: bool
    today: bool
    need: ListedTerm | None


def lines_at(session: Session, at: datetime) -> list[Line]:
    """Every urgent number at this moment, in the order of the file. Plain values: they belong to no session."""
    rows = session.execute(
        select(UrgentNumber, Service.key).outerjoin(UrgentNumber.service).order_by(UrgentNumber.position)
    ).all()
    listings = facts_by_key(session, sorted({key for _row, key in rows if key is not None}))
    # The number of a listing that is not for the public, or no longer there, is not the public's either.
    return [line for row, key in rows if (line := _line(row, listings.get(key), at))]


def urgent_lines(session: Session, at: datetime, language: Language) -> list[Line]:
    """Every urgent number in the order of the file, those that speak the reader's language first."""
    return spoken_first(lines_at(session, at), language)


def lines_change(lines: Iterable[Line], at: datetime) -> datetime:
    """The next moment at which one of these numbers answers otherwise than at this one."""
    return next_turn((line.timetable for line in lines), at)


def spoken_first(lines: Iterable[Line], language: Language) -> list[Line]:
    """These lines in their order, those that speak the reader's language, or every language, first."""
    return sorted(lines, key=lambda line: not _understood(line, language))


def answering_first(lines: Iterable[Line], language: Language) -> list[Line]:
    """Those that speak the reader's language, or every language, first; what rests stands behind all that may answer.

    Among them those that answer by their hours, then those of which nobody knows it.
    """
    return sorted(lines, key=lambda line: (line.rests, not _understood(line, language), _standing(line)))


MINORS = frozenset({"child", "child-violence", "missing-child"})
NIGHT_SHELTER = "tonight"
"""Where no child is sent: its panel never stands beside one of a minor."""


def panels(session: Session, keys: Sequence[str], at: datetime, language: Language) -> list[Panel]:
    """The panels of these crises, the most dangerous first; unknown keys are passed over.

    Within a block the lines that answer come first.
    """
    return panels_of(panel_texts(session), lines_at(session, at), keys, language) if keys else []


def panel_texts(session: Session) -> dict[str, PanelText]:
    """What each panel says, by the key of its crisis, the most dangerous first. Plain values."""
    terms = session.scalars(
        select(TaxonomyTerm).where(TaxonomyTerm.taxonomy == "needs").options(joinedload(TaxonomyTerm.parent))
    )
    needs = {term.key: term_of(term.need) for term in terms}
    return {
        row.key: PanelText(
            key=row.key,
            title=row.title,
            advice=row.advice,
            steps=row.steps,
            danger=tuple(row.danger),
            talk=tuple(row.talk),
            talk_first=row.first is CrisisBlock.TALK,
            today=row.today,
            need=needs.get(row.need or ""),
        )
        for row in session.scalars(select(Crisis).order_by(Crisis.position))
    }


def panels_of(
    texts: Mapping[str, PanelText], lines: Iterable[Line], keys: Sequence[str], language: Language
) -> list[Panel]:
    """The panels with these keys, of what they say and of the lines of this moment; see `panels`."""
    if MINORS & set(keys):
        keys = [key for key in keys if key != NIGHT_SHELTER]
    known = {line.key: line for line in lines}

    def block(names: Sequence[str]) -> list[Line]:
        return answering_first((known[name] for name in names if name in known), language)

    return [
        Panel(
            key=text.key,
            title=text.title,
            advice=text.advice,
            steps=text.steps,
            danger=block(text.danger),
            talk=block(text.talk),
            talk_first=text.talk_first,
            today=text.today,
            need=text.need,
        )
        for key, text in texts.items()
        if key in keys
    ]


def _understood(line: Line, language: Language) -> bool:
    return not line.languages or language in line.languages


def _standing(line: Line) -> int:
    if line.rests:
        return 2
    return (
        1
        if line.answers is Answers.HOLIDAY or (line.answers is Answers.UNKNOWN and not line.timetable)
        else 0
    )


def _line(row: UrgentNumber, service: ListingFacts | None, at: datetime) -> Line | None:
    own = phone_to_call(service, at) if service and not row.number else None
    number = row.number or (own.number if own else None)
    if number is None:
        return None
    elsewhere = (service.after_hours_phone if service else None) or ""
    timetable, opening, current = (
        _recorded(service, at) if service and telephone_hours(service, at.date()) else _own(row, service, at)
    )
    return Line(
        key=row.key,
        name=row.name or (service.name if service else Bilingual()),
        number=number,
        purpose=row.purpose,
        short=row.short or row.purpose,
        block=row.block,
        opening=opening,
        elsewhere=elsewhere,
        timetable=timetable,
        at=at,
        doubtful=row.block != "danger" and not current,
        said=row.answers,
        languages=list(row.languages or (service.languages if service else [])),
        free=row.free,
        ways=[_way(way) for way in row.ways],
        service=service,
    )


def _way(way: Mapping[str, Any]) -> Way:
    return Way(way["kind"], way.get("url", ""), Bilingual(**way.get("hours", {})))


_SAID: Mapping[Opening, Answers] = {
    Opening.OPEN: Answers.NOW,
    Opening.CLOSES_SOON: Answers.NOW,
    Opening.CLOSED: Answers.NOT_NOW,
    Opening.TEMPORARILY_CLOSED: Answers.NOT_NOW,
    Opening.HOLIDAY: Answers.HOLIDAY,
    Opening.DAY_AND_NIGHT: Answers.DAY_AND_NIGHT,
    Opening.UNKNOWN: Answers.UNKNOWN,
}
"""What the state of a listing is called of a line."""


def _recorded(service: ListingFacts, at: datetime) -> tuple[Timetable, OpenState, bool]:
    """By the record: its hours, the state of its listing, and whether these hours are current."""
    opening = telephone_state(service, at)
    tables = telephone_hours(service, at.date())
    # Where places have hours of their own: those that the state is of.
    timetable = next((one.timetable for one in tables if one.place is opening.place), tables[0].timetable)
    return timetable, opening, hours_are_current(service, at.date())


def _own(row: UrgentNumber, service: ListingFacts | None, at: datetime) -> tuple[Timetable, OpenState, bool]:
    """By what stands beside the number, where no record states hours."""
    timetable = Timetable.of(map(slot_of, row.schedules), days_off(service) if service else ())
    opening = state_of(timetable, at, row.checked, is_line=True)
    if opening.state is not Opening.TEMPORARILY_CLOSED:
        if row.always:
            opening = OpenState(Opening.DAY_AND_NIGHT)
        elif not timetable:
            opening = OpenState(Opening.UNKNOWN)
    return timetable, opening, row.checked
