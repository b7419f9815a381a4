"""Texts for a translator's own tools, out and back as PO: one file a language, msgctxt 'service-key.field'.

The msgid is the other side as it stands. A text that is behind goes out as fuzzy, with what the other side
said before; a text that comes back fuzzy is a draft. What no longer fits is refused in words, the rest taken.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po, write_po
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.editing import revisions, translations
from guide.editing.listings import locked, record_of, value_at, with_values
from guide.languages import Language, other
from guide.model import Account, Publication, Service, TextState
from guide.records.values import holds_bank_account, holds_national_number


@dataclass(frozen=True, slots=True)
class Taken:
    """One text that a file changes: where, from what, into what; a draft when its translator was not sure."""

    key: str
    field: str
    before: str | None
    after: str
    draft: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """One entry that was left aside. `reason` is 'unknown', 'source_changed' or 'unsound'."""

    context: str
    reason: str


@dataclass(slots=True)
class Reading:
    """What a file would change, and what is left aside and why; `unchanged` entries are only counted."""

    taken: list[Taken] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    unchanged: int = 0


class NotPo(Exception):
    """The file cannot be read as PO in UTF-8."""


def to_po(session: Session, side: Language) -> bytes:
    """Every text that is missing, behind or a draft in this language, as a PO file in UTF-8."""
    catalogue = Catalog(locale=side, project="guide social de Jette / sociale gids Jette", charset="utf-8")
    catalogue.fuzzy = False
    for text in translations.to_translate(session, side):
        comments = [f"was: {text.was}"] if text.was else []
        catalogue.add(
            text.twin,
            text.words or "",
            context=f"{text.service.key}.{text.field}",
            flags={"fuzzy"} if text.words and text.state is not TextState.CURRENT else set(),
            auto_comments=comments,
        )
    file = io.BytesIO()
    write_po(file, catalogue, width=0)
    return file.getvalue()


def read(session: Session, side: Language, content: bytes) -> Reading:
    """What this file would change; nothing is written. Raises NotPo."""
    catalogue = _parsed(content, side)
    services = {
        service.key: service
        for service in session.scalars(select(Service).where(Service.publication == Publication.PUBLISHED))
    }
    found = Reading()
    for message in catalogue:
        words = message.string if isinstance(message.string, str) else ""
        if not message.id or not words.strip():
            continue
        context = message.context or ""
        key, _dot, name = context.rpartition(".")
        if key not in services or name not in translations.PUBLIC_TEXTS:
            found.refused.append(Refused(context[:120], "unknown"))
            continue
        record = record_of(services[key])
        before = value_at(record, f"{name}.{side}")
        if value_at(record, f"{name}.{other(side)}") != message.id:
            found.refused.append(Refused(context, "source_changed"))
        elif (words.strip() == before and not message.fuzzy) or (message.fuzzy and words.strip() == before):
            found.unchanged += 1
        elif holds_bank_account(words) or holds_national_number(words):
            found.refused.append(Refused(context, "unsound"))
        else:
            found.taken.append(Taken(key, name, before, words.strip(), bool(message.fuzzy)))
    return found


def take(session: Session, side: Language, content: bytes, actor: Account, now: datetime) -> Reading:
    """Makes what the file changes public, listing by listing; texts that break a rule are refused."""
    found = read(session, side, content)
    by_listing: dict[str, list[Taken]] = {}
    for text in found.taken:
        by_listing.setdefault(text.key, []).append(text)
    done: list[Taken] = []
    for key, texts in by_listing.items():
        service = session.scalars(select(Service).where(Service.key == key)).one()
        service = locked(session, service.id)
        values: Mapping[str, str] = {f"{text.field}.{side}": text.after for text in texts}
        drafts = [f"{text.field}.{side}" for text in texts if text.draft]
        # A translation follows the other side: it never makes that one old.
        minor = [path for path in values if path not in drafts]
        try:
            with session.begin_nested():
                revisions.apply(
                    session,
                    service,
                    with_values(record_of(service), values),
                    actor=actor,
                    why="translation",
                    now=now,
                    minor=minor,
                    drafts=drafts,
                )
                for path in minor:
                    translations.call_current(session, service, path)
            done += texts
        except revisions.UnsoundRecord:
            found.refused += [Refused(f"{text.key}.{text.field}", "unsound") for text in texts]
    found.taken = done
    return found


def _parsed(content: bytes, side: Language) -> Catalog:
    try:
        content.decode("utf-8-sig")
        return read_po(io.BytesIO(content.removeprefix(b"\xef\xbb\xbf")), locale=side, abort_invalid=True)
    except (PoFileError, UnicodeDecodeError, ValueError) as problem:
        raise NotPo from problem
