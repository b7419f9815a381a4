"""What protects a listing that must not be exposed, such as a refuge, and the coordinator's word on it.

Two flags: `sensitive` (neutral title, quick exit, kept on no telephone) and `address_confidential` (the address is
written nowhere). What is filed under a sensitive need has the effect of both before anybody has decided
(`Service.is_sensitive`, `Service.hides_address`); publishing it without them is asked about, and only a coordinator
decides otherwise (`safety_decided`). No proposal, merge or restored revision takes them away. A listing whose
address is confidential holds none: it stays in the proposal and in the history, which strangers never read. Its hours
are then those of the whole listing; where they differ by address they go too, and she is asked first.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from guide.editing.addresses import hours_differ, placeless
from guide.editing.listings import TEXTS, Record, differing, paths, value_at, with_values
from guide.editing.street_names import is_written_in
from guide.model import Proposal, Revision, Service, ServiceKind, TaxonomyTerm
from guide.records.paths import FieldPath, field_of, path_to

FLAGS = (path_to("sensitive"), path_to("address_confidential"))
DECIDED = path_to("safety_decided")
KEPT = (*FLAGS, DECIDED)
"""What nobody but a coordinator changes, hence what no old revision brings back."""

WITHHELD = (path_to("addresses"), path_to("neighbourhood"))
"""What a listing with a confidential address does not hold."""

ALSO_READ = tuple(path_to(name) for name in ("documents", "phones", "closures", "website"))
"""Fields that are no text in two languages, in which a street may be written as well."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the coordinator answered. `sure`: she was asked, and publishes without what she left out."""

    sensitive: bool
    address_confidential: bool
    sure: bool = False


class UnprotectedListingError(Exception):
    """The listing would expose people, or lose hours with its addresses, and nobody has confirmed it.

    `lacking` names what is left out, of FLAGS; `written_in` the paths of texts that hold the hidden street; `hours`
    says that hours go.
    """

    def __init__(self, lacking: list[FieldPath], written_in: list[FieldPath], hours: bool = False) -> None:
        super().__init__(", ".join([*lacking, *written_in, *(["schedules"] if hours else [])]))
        self.lacking = lacking
        self.written_in = written_in
        self.hours = hours


def sensitive_terms(session: Session, record: Mapping[str, Any]) -> set[str]:
    """The sensitive needs and topics that a listing is filed under."""
    keys = {item["term"] for item in record.get("terms", [])}
    found = session.scalars(
        select(TaxonomyTerm)
        .where(TaxonomyTerm.taxonomy == "needs", TaxonomyTerm.key.in_(keys))
        .options(joinedload(TaxonomyTerm.parent))
    )
    return {term.key for term in found if term.is_sensitive}


def concerns(session: Session, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Does this change touch what must be protected: a sensitive need, or a flag that stands?"""
    flagged = any(record.get(flag) for record in (before, after) for flag in FLAGS)
    return flagged or bool(sensitive_terms(session, before) or sensitive_terms(session, after))


def proposed(session: Session, before: Mapping[str, Any], after: Mapping[str, Any]) -> Decision:
    """What is ticked when the coordinator is first asked: what stands, and all that a sensitive need proposes.

    A help line has no address to hide.
    """
    open_question = _is_open(session, before, after)
    has_door = after.get("kind") != ServiceKind.HELPLINE
    return Decision(
        sensitive=bool(after.get(FLAGS[0])) or open_question,
        address_confidential=bool(after.get(FLAGS[1])) or (open_question and has_door),
    )


def lacking(session: Session, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[FieldPath]:
    """The flags without which `after` would expose people and that nobody has decided on; [] when none is."""
    if not _is_open(session, before, after):
        return []
    needed = [FLAGS[0], *([FLAGS[1]] if after.get("addresses") else [])]
    return [flag for flag in needed if not after.get(flag)]


def settled(
    session: Session,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    decision: Decision | None,
    streets: Collection[str] = (),
) -> Record:
    """The record to publish in place of `before` ({} for a new one), with what the coordinator decided in it.

    Without a decision what stands is kept. `streets` are those the listing is known to hide (`hidden_streets`).
    Raises UnprotectedListingError when something is lacking, when what was decided for a sensitive need is taken
    away, when a text holds a hidden street, or when hours go with the addresses (`loses_hours`), and she has not said
    that she is sure.
    """
    if decision is None:
        record = followed(session, before, after)
        missing, street_in = lacking(session, before, after), exposing(before, after, record, streets)
        if missing or street_in:
            raise UnprotectedListingError(missing, street_in)
        return record
    record = with_values(after, {flag: getattr(decision, flag) for flag in FLAGS})
    missing = _left_out(session, before, record)
    street_in = exposing(before, after, record, streets)
    hours = loses_hours(record)
    if (missing or street_in or hours) and not decision.sure:
        raise UnprotectedListingError(missing, street_in, hours)
    decided = bool(sensitive_terms(session, record))
    return without_address(with_values(record, {DECIDED: decided}))


def followed(session: Session, before: Mapping[str, Any], after: Mapping[str, Any]) -> Record:
    """The record after a change that says nothing of its protection: none is lost, and a new need asks anew."""
    record = with_values(after, {name: before.get(name) for name in KEPT if before})
    had, has = sensitive_terms(session, before), sensitive_terms(session, after)
    if had and not has and not before.get(DECIDED):
        # The need protected it: what it gave is written down before it goes.
        hidden = bool(before.get("addresses") or before.get(FLAGS[1]))
        record = with_values(record, {FLAGS[0]: True, FLAGS[1]: hidden})
    if has - had or not has:
        record = with_values(record, {DECIDED: None})
    return without_address(record)


def joined(kept: Mapping[str, Any], flags: Iterable[FieldPath]) -> Record:
    """The record of a listing that takes another's place, with what protected that one (some of FLAGS)."""
    return without_address(with_values(kept, dict.fromkeys(flags, True)))


def without_address(record: Mapping[str, Any]) -> Record:
    """The record as it may be kept: a confidential address is not in it, nor the neighbourhood it is in.

    What was said of one address is said of the whole listing, where that is so (`placeless`).
    """
    if not record.get(FLAGS[1]):
        return dict(record)
    return with_values(placeless(record), dict.fromkeys(WITHHELD))


def loses_hours(record: Mapping[str, Any]) -> bool:
    """Is its address confidential, and are there hours that cannot be told without an address?"""
    return bool(record.get(FLAGS[1])) and hours_differ(record)


def _left_out(session: Session, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[FieldPath]:
    """As `lacking`, with the flags that were decided and that this very answer takes away under a sensitive need."""
    missing = lacking(session, before, after)
    if sensitive_terms(session, before) or sensitive_terms(session, after):
        missing += [
            flag for flag in FLAGS if before.get(flag) and not after.get(flag) and flag not in missing
        ]
    return [flag for flag in FLAGS if flag in missing]


def _is_open(session: Session, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Is there something to decide: a sensitive need that nobody has decided about yet?"""
    had, has = sensitive_terms(session, before), sensitive_terms(session, after)
    if has:
        return not after.get(DECIDED) or bool(has - had)
    return bool(had) and not before.get(DECIDED)


def hidden_streets(session: Session, service: Service) -> set[str]:
    """The streets that a listing had or was proposed with: once its address is confidential, it holds none."""
    records = [
        *session.scalars(select(Revision.record).where(Revision.service_id == service.id)),
        *session.scalars(select(Proposal.record).where(Proposal.service_id == service.id)),
        *session.scalars(select(Proposal.base).where(Proposal.service_id == service.id)),
    ]
    return {street for record in records for street in _streets(record)}


def exposing(
    before: Mapping[str, Any], after: Mapping[str, Any], record: Mapping[str, Any], streets: Collection[str]
) -> list[FieldPath]:
    """The paths of what the public would read in `record` in which a street is written that it hides.

    Of a listing that hid its address already, only what changes from `before` to `after` is looked through, or
    all when nothing does; otherwise she would be asked again about what she has allowed.
    """
    if not record.get(FLAGS[1]):
        return []
    written = texts_with_street(record, {*streets, *_streets(before), *_streets(after)})
    changed = differing(before, after)
    return [path for path in written if path in changed] if before.get(FLAGS[1]) and changed else written


def texts_with_street(record: Mapping[str, Any], streets: Collection[str]) -> list[FieldPath]:
    """The paths of what the public reads in which one of these streets is written, however it is spelled."""
    read = [path for path in paths(TEXTS) if field_of(path) != "professional_note"]
    return [
        path
        for path in (*read, *ALSO_READ)
        if any(is_written_in(street, value_at(record, path)) for street in streets)
    ]


def _streets(record: Mapping[str, Any]) -> list[str]:
    return [
        words for address in record.get("addresses") or [] for words in (address.get("street") or {}).values()
    ]
