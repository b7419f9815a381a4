"""A translator's work on one text: writing it, or saying that it still says the same as the other side.

Both are answers to two texts that were read: when one of them is another meanwhile, nothing is done and the
translator is told. A translation never makes the other side old.
"""

from collections.abc import Collection, Mapping

from sqlalchemy.orm import Session

from guide import audit
from guide.audit import AuditVerb, Edit
from guide.editing import revisions, translations
from guide.editing.listings import locked, record_of, value_at, with_values
from guide.editing.translations import Side
from guide.languages import Language
from guide.model import Revision, Service
from guide.records.paths import FieldPath, path_to
from guide.records.three_way_merge import Outcome, three_way_merge


class TextChangedError(Exception):
    """One of the two texts is no longer what the translator read; `stands` is what stands there now."""

    def __init__(self, stands: Side) -> None:
        super().__init__(stands.path)
        self.stands = stands


def write(session: Session, read: Side, words: str, seen: tuple[str, str], edit: Edit) -> None:
    """Makes these words the side; current from now on. `seen`: the side and the other one as they were read.

    Raises TextChangedError, and revisions.RecordValidationError for words that cannot stand.
    """
    stands = _held(session, read, seen, allowed=words)
    take(session, stands.service, stands.side, {stands.field: words}, (), edit)


def call_right(session: Session, read: Side, seen: tuple[str, str], edit: Edit) -> None:
    """ "Still right": somebody read both sides. Raises TextChangedError."""
    stands = _held(session, read, seen)
    _call_current(session, stands.service, stands.path, edit)


def take(
    session: Session,
    service: Service,
    side: Language,
    texts: Mapping[str, str],
    drafts: Collection[str],
    edit: Edit,
) -> Revision | None:
    """Makes these texts (field → words) this side of a listing, as one revision; those of `drafts` as drafts.

    The listing must be held. Raises revisions.RecordValidationError, and nothing is written.
    """
    before = record_of(service)
    values = {path_to(name, side): words for name, words in texts.items()}
    sure = [path_to(name, side) for name in texts if name not in drafts]
    revision = revisions.apply(
        session,
        service,
        with_values(before, values),
        edit.because("translation"),
        translations.TextMarks(minor=sure, drafts=[path_to(name, side) for name in drafts]),
    )
    for path in sure:
        if value_at(before, path) == values[path]:
            _call_current(session, service, path, edit)
        else:
            translations.call_current(session, service, path)
    return revision


def _held(session: Session, read: Side, seen: tuple[str, str], allowed: str = "") -> Side:
    """The text as it stands now, held until the end."""
    service = locked(session, read.service.id)
    stands = translations.side_of(session, service, read.field, read.side)
    side, other_text = seen
    there = three_way_merge(
        {"side": side, "other": other_text},
        {"side": allowed or side, "other": other_text},
        {"side": stands.words or "", "other": stands.other_text},
    )
    if there.of(Outcome.THEIRS, Outcome.CONFLICT):
        raise TextChangedError(stands)
    return stands


def _call_current(session: Session, service: Service, path: FieldPath, edit: Edit) -> None:
    translations.call_current(session, service, path)
    audit.record(
        session, edit.actor, AuditVerb.TRANSLATION_CURRENT, f"service:{service.key}", path, now=edit.at
    )
