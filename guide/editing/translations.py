"""Which language side of which text is current, behind, a draft or missing.

Neither language is the source of the other: whichever side changes in substance, the other falls behind,
unless both were changed together or the author says that it was a small correction.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.editing.listings import TEXTS, record_of, value_at
from guide.languages import LANGUAGES, Bilingual, Language, other
from guide.model import Publication, Service, TextState, Translation, TranslationState
from guide.records.paths import FieldPath, path_to

PUBLIC_TEXTS = tuple(name for name in TEXTS if name != "professional_note")


@dataclass(frozen=True, slots=True)
class Side:
    """One language side of one text that needs a translator.

    `words`: as it stands (None when missing); `other_text`: the other side now; `was`: the other side when both
    said the same, so that what changed can be shown (None when not known).
    """

    service: Service
    field: str
    side: Language
    state: TextState
    words: str | None
    other_text: str
    was: str | None
    since: date | None

    @property
    def path(self) -> FieldPath:
        """Its path in the record: 'summary.nl'."""
        return path_to(self.field, self.side)


@dataclass(frozen=True, slots=True)
class TextMarks:
    """What the author of a change says of some of its texts, by their paths ('summary.nl').

    `minor`: a small correction, by which the other side does not fall behind; `drafts`: not sure yet.
    """

    minor: Collection[FieldPath] = ()
    drafts: Collection[FieldPath] = ()


UNMARKED = TextMarks()


def follow(
    session: Session,
    service: Service,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    marks: TextMarks,
    today: date,
) -> None:
    """Keeps the states true after a change of the listing from one record to another."""
    rows = {(row.field, row.side): row for row in _rows(session, service)}
    for name in PUBLIC_TEXTS:
        changed = {
            side
            for side in LANGUAGES
            if value_at(before, path_to(name, side)) != value_at(after, path_to(name, side))
        }
        # A side that was missing or behind and is written now follows the other, which grows no older by it.
        leads = {
            side
            for side in changed
            if path_to(name, side) not in marks.minor
            and value_at(before, path_to(name, side))
            and ((name, side) not in rows or rows[name, side].state is TranslationState.DRAFT)
        }
        for side in LANGUAGES:
            path, other_side = path_to(name, side), other(side)
            row = rows.get((name, side))
            state_of = partial(Translation, service_id=service.id, field=name, side=side, since=today)
            if not value_at(after, path):
                _drop(session, row)
            elif path in marks.drafts:
                _keep(session, row, state_of(state=TranslationState.DRAFT))
            elif side in changed:
                if path not in marks.minor or row is None or row.state is TranslationState.DRAFT:
                    _drop(session, row)
            elif other_side in leads:
                # What this side once agreed with is remembered from the first change on.
                was = row.was if row is not None and row.was else value_at(before, path_to(name, other_side))
                _keep(session, row, state_of(state=TranslationState.BEHIND, was=was))
    session.flush()
    service.text_state = summary_state(session, service, after)


def summary_state(session: Session, service: Service, record: Mapping[str, Any]) -> Bilingual:
    """The state of a whole listing, a side at a time: missing without a summary, else its worst text's."""
    rows = _rows(session, service)
    states = {}
    for side in LANGUAGES:
        found = {row.state for row in rows if row.side == side}
        if not value_at(record, path_to("summary", side)):
            states[side] = TextState.MISSING
        elif TranslationState.BEHIND in found:
            states[side] = TextState.BEHIND
        else:
            states[side] = TextState.DRAFT if TranslationState.DRAFT in found else TextState.CURRENT
    return Bilingual(fr=states["fr"], nl=states["nl"])


def to_translate(session: Session, side: Language) -> list[Side]:
    """Every text of the published listings whose side in this language is missing, behind or a draft.

    Listing by listing, in the order of keys and of the data file. Two queries, however many there are.
    """
    return [text for text in sides(session, side) if text.other_text and text.state is not TextState.CURRENT]


def sides(session: Session, side: Language) -> list[Side]:
    """This language side of every public text of every published listing, in the same order."""
    rows = {
        (row.service_id, row.field): row
        for row in session.scalars(select(Translation).where(Translation.side == side))
    }
    listings = session.scalars(
        select(Service).where(Service.publication == Publication.PUBLISHED).order_by(Service.key)
    )
    return [
        _side(service, name, side, rows.get((service.id, name)))
        for service in listings
        for name in PUBLIC_TEXTS
    ]


def side_of(session: Session, service: Service, name: str, side: Language) -> Side:
    """One language side of a text of a listing, whatever its state; `other_text` is '' where there is none."""
    row = session.scalar(
        select(Translation).where(
            Translation.service_id == service.id, Translation.field == name, Translation.side == side
        )
    )
    return _side(service, name, side, row)


def overview(session: Session) -> list[tuple[Service, dict[Language, Counter[TextState]]]]:
    """Published listings of which a text is not current in both languages, with how many are what, a side each."""
    found: dict[int, tuple[Service, dict[Language, Counter[TextState]]]] = {}
    for side in LANGUAGES:
        for text in to_translate(session, side):
            row = found.setdefault(
                text.service.id, (text.service, {language: Counter() for language in LANGUAGES})
            )
            row[1][side][text.state] += 1
    return sorted(found.values(), key=lambda row: row[0].key)


def states_of(session: Session, service: Service) -> dict[FieldPath, TextState]:
    """Path → state, for every text of the listing that has at least one side."""
    record = record_of(service)
    rows = {(row.field, row.side): row.state for row in _rows(session, service)}
    states = {}
    for name in PUBLIC_TEXTS:
        if not record.get(name):
            continue
        for side in LANGUAGES:
            if not value_at(record, path_to(name, side)):
                states[path_to(name, side)] = TextState.MISSING
            else:
                row = rows.get((name, side))
                states[path_to(name, side)] = TextState(row.value) if row else TextState.CURRENT
    return states


def call_current(session: Session, service: Service, path: FieldPath) -> None:
    """Somebody read both sides and says that this one still says the same."""
    for row in _rows(session, service):
        if path_to(row.field, row.side) == path:
            session.delete(row)
    session.flush()
    service.text_state = summary_state(session, service, record_of(service))


def _side(service: Service, name: str, side: Language, row: Translation | None) -> Side:
    both: Bilingual = getattr(service, name)
    words, known = both.side(side), row if both.side(side) else None
    if not words:
        state = TextState.MISSING
    else:
        state = TextState(known.state.value) if known is not None else TextState.CURRENT
    return Side(
        service,
        name,
        side,
        state,
        words,
        both.side(other(side)) or "",
        known.was if known is not None else None,
        known.since if known is not None else None,
    )


def _rows(session: Session, service: Service) -> list[Translation]:
    return list(session.scalars(select(Translation).where(Translation.service_id == service.id)))


def _drop(session: Session, row: Translation | None) -> None:
    if row is not None:
        session.delete(row)


def _keep(session: Session, row: Translation | None, wanted: Translation) -> None:
    """The state of a side is this one; one that is so already keeps its date and what it once agreed with."""
    if row is None:
        session.add(wanted)
    elif row.state is not wanted.state:
        row.state, row.since, row.was = wanted.state, wanted.since, wanted.was
