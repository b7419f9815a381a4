"""The coordinator's answer to a proposal: accept it, accept it in part, refuse it, or ask for a correction.

Each answer is mailed to the author in the same transaction, and stands in the audit log.
"""

import re
import secrets
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from guide import audit, mail
from guide.audit import AuditVerb, Edit
from guide.database import locked_row
from guide.editing import kept, proposals, protection, revisions, translations
from guide.editing.addresses import (
    OF_AN_ADDRESS,
    TOGETHER,
    hours_differ,
    needed_with,
    new_addresses,
    placeless,
    settled,
)
from guide.editing.field_words import field_label
from guide.editing.listings import (
    QUICK,
    Record,
    locked,
    missing,
    public_reads,
    record_of,
    said,
    value_at,
    with_values,
)
from guide.editing.proposals import ProposalIncompleteError, brought_up
from guide.languages import Language
from guide.model import OPEN_PROPOSALS, Proposal, ProposalState, Publication, Revision, Service
from guide.records.lookup import DatabaseLookup
from guide.records.paths import FieldPath, field_of, path_to
from guide.records.shapes import SERVICE

CODE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters of a short code: none that is taken for another when it is read aloud or from paper."""


@dataclass(frozen=True, slots=True)
class Change:
    """One path of a proposal: what the public sees now, and what would stand there."""

    path: FieldPath
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class AsRead:
    """A proposal as its reviewer read it: its version and its state; what is None is not compared."""

    version: int | None = None
    state: ProposalState | None = None


_DECIDED = {
    ProposalState.ACCEPTED: AuditVerb.PROPOSAL_ACCEPTED,
    ProposalState.PARTLY: AuditVerb.PROPOSAL_PARTLY,
    ProposalState.REFUSED: AuditVerb.PROPOSAL_REFUSED,
}


class ProposalDecidedError(Exception):
    """Somebody else has answered this proposal, or its author has taken it back."""


class NothingLeftError(Exception):
    """None of the chosen paths is a change."""


class AddressGoneError(Exception):
    """All that is left of a proposal is of addresses the listing has no more; `gone` names the paths."""

    def __init__(self, gone: Sequence[FieldPath]) -> None:
        super().__init__(", ".join(gone))
        self.gone = list(gone)


class DependentChangesError(Exception):
    """What was chosen cannot be published without `needed`: hours and numbers are those of an address.

    `chosen`: what needs it; `new`: is it for an address that the proposal adds?
    """

    def __init__(self, needed: Sequence[FieldPath], chosen: Sequence[FieldPath], new: bool) -> None:
        super().__init__(", ".join(needed))
        self.needed, self.chosen, self.new = list(needed), list(chosen), new


class ProposalChangedError(Exception):
    """The association saved its proposal again after the reviewer had opened it: nobody has read that."""


class CorrectionAskedError(Exception):
    """A colleague asked the author for a correction after the reviewer read the proposal."""


def waiting(session: Session) -> list[Proposal]:
    """The proposals that wait for an answer, oldest first, with whose they are. One query."""
    return _in_state(session, ProposalState.WAITING)


def asked_to_correct(session: Session) -> list[Proposal]:
    """The proposals that are with their authors again, because a correction was asked; as `waiting`."""
    return _in_state(session, ProposalState.CORRECTION)


def _in_state(session: Session, state: ProposalState) -> list[Proposal]:
    return list(
        session.scalars(
            select(Proposal)
            .where(Proposal.state == state)
            .order_by(Proposal.changed_at, Proposal.id)
            .options(joinedload(Proposal.organization), joinedload(Proposal.author))
        )
    )


def changes(session: Session, proposal: Proposal) -> list[Change]:
    """What accepting the whole proposal would change today, path by path."""
    before, after = _two_sides(session, proposal)
    return [Change(path, value_at(before, path), value_at(after, path)) for path in said(before, after)]


def suggested(proposal: Proposal) -> list[Change]:
    """What the author changed since she began, path by path, whatever became public meanwhile."""
    return [
        Change(path, value_at(proposal.base, path), value_at(proposal.record, path))
        for path in said(proposal.base, proposal.record)
    ]


def records(session: Session, proposal: Proposal) -> tuple[Record, Record]:
    """The listing as it is public now ({} for a new one), and as it would be with the whole proposal."""
    return _two_sides(session, proposal)


def is_quick(proposal: Proposal) -> bool:
    """Is it a correction of numbers, hours, closures or places only, that can be answered at a glance?"""
    changed = suggested(proposal)
    return bool(changed) and all(field_of(change.path) in QUICK for change in changed)


def accept(
    session: Session,
    proposal: Proposal,
    edit: Edit,
    paths: Collection[FieldPath] | None = None,
    read: AsRead | None = None,
    decision: protection.Decision | None = None,
) -> Revision | None:
    """Makes the proposal, or only these paths of it, public; the author is told which. Gives the new revision.

    A new listing is accepted whole. What became public by another way meanwhile is accepted without a new revision:
    None. The reason of `edit` is the reviewer's note to the author; `read` is the proposal as she read it;
    `decision` is what she said of its protection. Raises ProposalDecidedError, ProposalChangedError,
    CorrectionAskedError, NothingLeftError, AddressGoneError, DependentChangesError, ProposalIncompleteError,
    protection.UnprotectedListingError, revisions.RecordValidationError.
    """
    proposal = _held(session, proposal, read)
    before, after = _two_sides(session, proposal)
    differs, lost = said(before, after), proposals.gone(proposal, before)
    if not differs and lost:
        raise AddressGoneError(lost)
    if not differs:
        proposal.state = ProposalState.ACCEPTED
        _decide(session, proposal, edit)
        _tell(session, proposal, "proposal_accepted", edit, [change.path for change in suggested(proposal)])
        return None
    taken = [path for path in differs if paths is None or path in paths]
    if not taken:
        raise NothingLeftError
    if proposal.service_id is None:
        service = _publish(session, proposal, protection.settled(session, {}, after, decision))
        revision, taken = revisions.begin(session, service, proposal, edit), differs
    else:
        _require_together(before, after, taken)
        revision, taken = _publish_change(session, proposal, taken, edit, decision)
    left = [*(path for path in differs if path not in taken), *lost]
    proposal.state = ProposalState.PARTLY if left else ProposalState.ACCEPTED
    kept.keep(proposal, left)
    _decide(session, proposal, edit)
    _tell(session, proposal, f"proposal_{proposal.state.value}", edit, taken if before else [], left)
    return revision


def _publish_change(
    session: Session,
    proposal: Proposal,
    paths: Collection[FieldPath],
    edit: Edit,
    decision: protection.Decision | None,
) -> tuple[Revision, list[FieldPath]]:
    """Makes these paths of a change public in its author's name: the revision, and the paths that are public now."""
    before, after = _two_sides(session, proposal)
    service = session.get_one(Service, proposal.service_id)
    record = with_values(before, {path: value_at(after, path) for path in paths})
    if any(field_of(path) == "intake_status" for path in paths):
        record = with_values(record, {path_to("intake_as_of"): after.get("intake_as_of")})
    streets = protection.hidden_streets(session, service)
    record = settled(protection.settled(session, before, record, decision, streets))
    revision = revisions.apply(
        session,
        service,
        record,
        replace(edit, by=proposal.author or edit.by),
        translations.TextMarks(minor=[FieldPath(path) for path in proposal.minor]),
        revisions.Review(proposal=proposal, sure=decision is not None and decision.sure),
    )
    if revision is None:
        raise NothingLeftError
    # An address that is confidential is withheld, whatever was ticked.
    return revision, [path for path in said(before, after) if _stands(path, record, after)]


def _stands(path: FieldPath, record: Record, after: Record) -> bool:
    """Is what was proposed at this path in the record, if need be without the address that it is of?"""
    value = value_at(record, path)
    if value == value_at(after, path):
        return True
    whole = field_of(path) == "phones" or not hours_differ(after)
    return field_of(path) in OF_AN_ADDRESS and whole and value == value_at(placeless(after), path)


def _require_together(before: Record, after: Record, taken: Collection[FieldPath]) -> None:
    """Raises DependentChangesError when what is taken means something else without another change."""
    chosen = [path for path in taken if field_of(path) in TOGETHER]
    needed = needed_with(before, after, chosen)
    if needed:
        raise DependentChangesError(
            [path_to(name) for name in needed], chosen, bool(new_addresses(before, after))
        )


def refuse(session: Session, proposal: Proposal, edit: Edit, read: AsRead | None = None) -> None:
    """The proposal is not taken and stays with its author, who is told why. Raises as `accept` does."""
    proposal = _held(session, proposal, read)
    kept.keep(proposal)
    proposal.state = ProposalState.REFUSED
    _decide(session, proposal, edit)
    _tell(session, proposal, "proposal_refused", edit)


def ask_correction(session: Session, proposal: Proposal, edit: Edit, read: AsRead | None = None) -> None:
    """The author is asked to mend something (why: the question); the proposal stays open with her.

    Raises as `accept` does.
    """
    proposal = _held(session, proposal, read)
    proposal.state = ProposalState.CORRECTION
    proposal.reviewer_id, proposal.answer = edit.account_id, edit.why
    audit.record(session, edit.actor, AuditVerb.CORRECTION_ASKED, f"proposal:{proposal.id}", now=edit.at)
    _tell(session, proposal, "proposal_correction", edit)


def new_key(session: Session, words: str) -> str:
    """A key for a new listing, made of its name: small letters and hyphens, unique, the same for ever."""
    folded = unicodedata.normalize("NFKD", words.replace("’", " ")).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")[:48].strip("-") or "service"
    key, number = stem, 1
    while session.scalar(select(Service.id).where(Service.key == key)) is not None:
        number += 1
        key = f"{stem}-{number}"
    return key


def new_short_code(session: Session) -> str:
    """A short code that no listing bears and none has borne: five letters, drawn by chance."""
    taken = set(session.scalars(select(Service.short_code)))
    while True:
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(5))
        if code not in taken:
            return code


def _held(session: Session, proposal: Proposal, read: AsRead | None) -> Proposal:
    """The proposal as it stands now, held until the end; it must stand as it was read.

    Raises ProposalDecidedError, ProposalChangedError and CorrectionAskedError.
    """
    if proposal.service_id is not None:
        # The listing before its proposal, as whoever saves one does; what is read from here on stands.
        locked(session, proposal.service_id)
    found = locked_row(session, Proposal, proposal.id)
    if found is None or found.state not in OPEN_PROPOSALS or found.state is ProposalState.DRAFT:
        raise ProposalDecidedError
    if read is not None and read.version not in (None, found.version):
        raise ProposalChangedError
    if read is not None and read.state not in (None, found.state):
        raise CorrectionAskedError
    return found


def _two_sides(session: Session, proposal: Proposal) -> tuple[Record, Record]:
    """The listing as it is public now, and as it would be."""
    if proposal.service_id is None:
        return {}, settled(proposal.record)
    service = session.get_one(Service, proposal.service_id)
    live = record_of(service)
    if proposal.state in OPEN_PROPOSALS:
        return live, brought_up(proposal, live)
    return dict(proposal.base), dict(proposal.record)


def _publish(session: Session, proposal: Proposal, record: Record) -> Service:
    """A new listing out of an accepted proposal."""
    absent = missing(record)
    if absent:
        raise ProposalIncompleteError(absent)
    name = record["name"]
    owner = proposal.organization
    whole = {
        "key": new_key(session, str(name.get("fr") or name.get("nl"))),
        "short_code": new_short_code(session),
        "kind": "service",
        "state": "existing",
        **({"organization": owner.key} if owner else {}),
        **record,
    }
    service = Service(version=0)
    said_by = Edit(proposal.author, proposal.changed_at)
    ordered = SERVICE.canonical(revisions.with_sources(session, {}, whole, said_by))
    lookup = DatabaseLookup(session)
    errors = list(SERVICE.errors(ordered, lookup.knows, lookup.follow))
    if errors:
        raise revisions.RecordValidationError(errors)
    with session.no_autoflush:
        SERVICE.fill(service, ordered, lookup)
        service.publication = Publication.PUBLISHED
    session.add(service)
    session.flush()
    proposal.service_id = service.id
    return service


def _decide(session: Session, proposal: Proposal, edit: Edit) -> None:
    proposal.reviewer_id, proposal.answer, proposal.decided_at = edit.account_id, edit.why or None, edit.at
    session.flush()
    audit.record(session, edit.actor, _DECIDED[proposal.state], f"proposal:{proposal.id}", now=edit.at)


def _tell(
    session: Session,
    proposal: Proposal,
    kind: str,
    edit: Edit,
    accepted: Collection[FieldPath] = (),
    left: Collection[FieldPath] = (),
) -> None:
    service = session.get(Service, proposal.service_id) if proposal.service_id else None
    for receiver in kept.receivers(session, proposal):
        lang: Language = "nl" if receiver.language == "nl" else "fr"
        mail.post(
            session,
            mail.NewMail(
                kind,
                receiver,
                {
                    "listing": kept.title_in(proposal.record, lang),
                    "reference": service.key if service else f"nouvelle-{proposal.id}",
                    # A new listing's own page keeps its words; of a change there is a page of what was not taken.
                    "number": str(proposal.id)
                    if service is not None and proposal.base and proposal.kept
                    else "",
                    "new": not proposal.base,
                    "answer": proposal.answer or "",
                    "accepted": [field_label(path, lang) for path in accepted if public_reads(service, path)],
                    "inside": [
                        field_label(path, lang) for path in accepted if not public_reads(service, path)
                    ],
                    "left": [field_label(path, lang) for path in left],
                },
                about=f"proposal:{proposal.id}",
                actor_id=proposal.reviewer_id,
            ),
            edit.at,
        )
