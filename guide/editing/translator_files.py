"""Texts for a translator's own tools, out and back as PO: one file a language, msgctxt 'service-key.field'.

The msgid is the other side as it stands. A text that is behind goes out as fuzzy, with what the other side
said before; a text that comes back fuzzy is a draft. What no longer fits is refused in words, the rest taken.
"""

import io
from dataclasses import dataclass, field
from datetime import datetime

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po, write_po
from sqlalchemy.orm import Session

from guide.audit import Edit
from guide.clock import BRUSSELS
from guide.editing import revisions, translating, translations
from guide.editing.listings import locked
from guide.editing.translations import Side
from guide.languages import Language, LocalText, other
from guide.model import Service, TextState
from guide.records.lookup import DatabaseLookup
from guide.records.shapes import SERVICE
from guide.records.values import holds_national_number

_RULES = {item.name: item for item in SERVICE.fields}


@dataclass(frozen=True, slots=True)
class Taken:
    """One text that a file changes: where, from what, into what; a draft when its translator was not sure."""

    service: Service
    field: str
    before: str | None
    after: str
    draft: bool

    @property
    def name(self) -> LocalText:
        """The listing's name, as either language has it."""
        return self.service.name.localized("fr")


@dataclass(frozen=True, slots=True)
class Refused:
    """One entry that was left aside. `reason` is 'unknown', 'source_changed', 'twice' or 'unsound'."""

    context: str
    reason: str


@dataclass(slots=True)
class Reading:
    """What a file would change, and what is left aside and why; entries unchanged or without words are counted."""

    taken: list[Taken] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    unchanged: int = 0
    empty: int = 0

    @property
    def summary(self) -> list[list[object]]:
        """What would change, as plain values: two readings that say the same are the same."""
        return [[text.service.key, text.field, text.before, text.after, text.draft] for text in self.taken]


class NotPoError(Exception):
    """The file cannot be read as PO in UTF-8."""


class OtherLanguageError(Exception):
    """The file says that it is in the other language."""


def to_po(session: Session, side: Language, now: datetime) -> bytes:
    """Every text that is missing, behind or a draft in this language, as a PO file in UTF-8."""
    catalogue = Catalog(
        locale=side,
        project="Guide social de Jette / Sociale gids Jette",
        charset="utf-8",
        creation_date=now.astimezone(BRUSSELS),
        revision_date=now.astimezone(BRUSSELS),
        last_translator="",
        language_team="",
        fuzzy=False,
    )
    for text in translations.to_translate(session, side):
        comments = [text.service.name.localized(other(side)).words]
        comments += [f"was: {text.was}"] if text.was and text.was != text.other_text else []
        catalogue.add(
            text.other_text,
            text.words or "",
            context=f"{text.service.key}.{text.field}",
            flags={"fuzzy"} if text.words and text.state is not TextState.CURRENT else set(),
            auto_comments=comments,
        )
    file = io.BytesIO()
    write_po(file, catalogue, width=0)
    return file.getvalue()


def read(session: Session, side: Language, content: bytes) -> Reading:
    """What this file would change; nothing is written. Raises NotPoError and OtherLanguageError."""
    messages = _parsed(content, side)
    texts = {f"{text.service.key}.{text.field}": text for text in translations.sides(session, side)}
    lookup = DatabaseLookup(session)
    found, met = Reading(), set()
    for message in messages:
        words = message.string.strip() if isinstance(message.string, str) else ""
        context = message.context or ""
        text = texts.get(context)
        if text is None:
            found.refused.append(Refused(context[:120] or str(message.id)[:120], "unknown"))
            continue
        if not words:
            found.empty += 1
            continue
        if context in met:
            found.refused.append(Refused(context, "twice"))
        elif text.other_text != message.id:
            found.refused.append(Refused(context, "source_changed"))
        elif words == text.words and (message.fuzzy or text.state is TextState.CURRENT):
            # Still fuzzy and still the same words: nobody has looked at it.
            found.unchanged += 1
        elif holds_national_number(words) or _faults(text, words, lookup):
            found.refused.append(Refused(context, "unsound"))
        else:
            found.taken.append(Taken(text.service, text.field, text.words, words, bool(message.fuzzy)))
        met.add(context)
    return found


def take(session: Session, side: Language, content: bytes, edit: Edit) -> Reading:
    """Makes what the file changes public, a revision a listing; what breaks a rule of the whole is refused.

    The same file a second time changes nothing. Raises as `read` does.
    """
    found = read(session, side, content)
    by_listing: dict[int, list[Taken]] = {}
    for text in found.taken:
        by_listing.setdefault(text.service.id, []).append(text)
    done: list[Taken] = []
    for number in sorted(by_listing):
        texts = by_listing[number]
        service = locked(session, number)
        try:
            with session.begin_nested():
                translating.take(
                    session,
                    service,
                    side,
                    {text.field: text.after for text in texts},
                    [text.field for text in texts if text.draft],
                    edit,
                )
            done += texts
        except revisions.RecordValidationError:
            found.refused += [Refused(f"{text.service.key}.{text.field}", "unsound") for text in texts]
    found.taken = done
    return found


def _faults(text: Side, words: str, lookup: DatabaseLookup) -> bool:
    sides = {text.side: words, other(text.side): text.other_text}
    return any(True for _error in _RULES[text.field].errors(sides, lookup.knows))


def _parsed(content: bytes, side: Language) -> list[Message]:
    try:
        content.decode("utf-8-sig")
        catalogue = read_po(io.BytesIO(content.removeprefix(b"\xef\xbb\xbf")), abort_invalid=True)
    except (PoFileError, UnicodeDecodeError, ValueError, LookupError, AttributeError) as problem:
        # The last one is what the library says of a date in the head that goes on in the next line.
        raise NotPoError from problem
    said = str(catalogue.locale or side)[:2]
    if said == other(side):
        raise OtherLanguageError
    return [message for message in catalogue if isinstance(message.id, str) and message.id]
