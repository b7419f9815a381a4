"""What an association suggests: saving one part of a listing, without losing anybody's words.

A change to a published listing waits for the coordinator in the listing's one open proposal; what a trusted
organisation says of its phone numbers, hours, closures and intake goes live at once. The form tells what it
showed at first (`seen`), so that of two editors the second is asked, never overwritten.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from guide import audit
from guide.audit import AuditVerb, Edit
from guide.editing import kept, protection, revisions, translations
from guide.editing.addresses import OF_AN_ADDRESS, hours_differ, names_only, placeless, settled
from guide.editing.listings import (
    BACK_IN_THE_GUIDE,
    EDITABLE,
    QUICK,
    Record,
    differing,
    is_team,
    locked,
    missing,
    record_of,
    value_at,
    with_values,
)
from guide.model import (
    OPEN_PROPOSALS,
    Account,
    Organization,
    Proposal,
    ProposalState,
    Publication,
    Revision,
    Role,
    Service,
    SetAside,
)
from guide.records.lookup import DatabaseLookup
from guide.records.paths import FieldPath, field_of, path_to
from guide.records.shapes import SERVICE
from guide.records.three_way_merge import Change, Merge, Outcome, three_way_merge

SCHEDULES = path_to("schedules")

ANSWERED = (ProposalState.ACCEPTED, ProposalState.PARTLY, ProposalState.REFUSED)
"""The states in which a coordinator has answered."""


@dataclass(slots=True)
class Saved:
    """What became of a save: paths that are public now, paths that wait, and conflicts (then nothing was saved).

    `standing`: paths that stood so already: the first of two clicks made them, or somebody wrote the same.
    """

    live: list[FieldPath] = field(default_factory=list)
    waiting: list[FieldPath] = field(default_factory=list)
    standing: list[FieldPath] = field(default_factory=list)
    conflicts: list[Change] = field(default_factory=list)
    revision: Revision | None = None
    proposal: Proposal | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A listing as its editor sees it: what is public, and the change that waits, if any.

    `record` is what she goes on editing, `public` what stands in the guide. For a new listing `service` is None and
    `public` empty.
    """

    service: Service | None
    proposal: Proposal | None
    record: Record
    public: Record = field(default_factory=dict)

    @property
    def changed(self) -> list[FieldPath]:
        """The paths in which the editor's version differs from the public one."""
        return [] if self.proposal is None else differing(self.public, self.record)

    @property
    def gone(self) -> list[FieldPath]:
        """What of her change nobody can publish any more (`gone`)."""
        return [] if self.proposal is None else gone(self.proposal, self.public)


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form says of a part: path → value as it was typed, and as the form began (`seen`).

    `minor`: the paths of texts whose author calls the change a small correction (see `translations.TextMarks`).
    """

    values: Mapping[FieldPath, Any]
    seen: Mapping[FieldPath, Any]
    minor: Collection[FieldPath] = ()


class ProposalIncompleteError(Exception):
    """The new listing lacks what publishing needs; `missing` names the fields."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.missing = names


def open_for(session: Session, service: Service) -> Proposal | None:
    """The one open proposal of a listing, if there is one."""
    return session.scalar(
        select(Proposal)
        .where(Proposal.service_id == service.id, Proposal.state.in_(OPEN_PROPOSALS))
        .order_by(Proposal.id)
        .limit(1)
    )


def sheet_of(session: Session, service: Service) -> Sheet:
    """The listing with its open change, brought up to what is public now."""
    proposal = open_for(session, service)
    live = record_of(service)
    if proposal is None:
        return Sheet(service, None, live, live)
    return Sheet(service, proposal, brought_up(proposal, live), live)


def brought_up(proposal: Proposal, live: Record) -> Record:
    """The listing with all that a proposal says, brought up to what is public now (`live`).

    Once the addresses are confidential, what she said of the hours of one is said of the whole listing, as the public
    hours are; hours that differ by address cannot be.
    """
    merged = settled(SERVICE.merge(proposal.base, proposal.record, live).merged)
    if not live.get("address_confidential") or merged.get("addresses"):
        return merged
    base, mine = placeless(proposal.base), placeless(proposal.record)
    if hours_differ(proposal.record):
        mine = with_values(mine, {SCHEDULES: base.get(SCHEDULES)})
    return settled(SERVICE.merge(base, mine, live).merged)


def gone(proposal: Proposal, live: Record) -> list[FieldPath]:
    """The hours of a proposal, when they are of addresses that the listing has no more: they neither stand in it
    (`live`) nor can be published. [] else.
    """
    wanted, stands = value_at(proposal.record, SCHEDULES), value_at(live, SCHEDULES)
    if not live or wanted in (stands, value_at(proposal.base, SCHEDULES)):
        return []
    stands_without = value_at(placeless(proposal.record), SCHEDULES) == stands
    is_change = value_at(brought_up(proposal, live), SCHEDULES) != stands
    if is_change or (stands_without and not hours_differ(proposal.record)):
        return []
    return [SCHEDULES]


def new_sheet(session: Session, account: Account, number: int, hold: bool = False) -> Sheet | None:
    """A new listing that an account may still edit; None when there is none (`hold` it for a change)."""
    query = select(Proposal).where(
        Proposal.id == number, Proposal.service_id.is_(None), Proposal.state.in_(OPEN_PROPOSALS)
    )
    proposal = session.scalar(query.with_for_update() if hold else query)
    if proposal is None or not belongs(account, proposal):
        return None
    return Sheet(None, proposal, settled(proposal.record))


def new_sheets(session: Session, account: Account) -> list[Proposal]:
    """The new listings an account is still at, oldest first."""
    belongs_to = [membership.organization_id for membership in account.memberships]
    return list(
        session.scalars(
            select(Proposal)
            .where(
                Proposal.service_id.is_(None),
                Proposal.state.in_(OPEN_PROPOSALS),
                Proposal.organization_id.in_(belongs_to),
            )
            .order_by(Proposal.id)
        )
    )


def begin(session: Session, organization: Organization, edit: Edit) -> Proposal:
    """A new, empty listing of an organisation, as a draft that may be interrupted."""
    proposal = Proposal(
        organization_id=organization.id,
        author_id=edit.author.id,
        state=ProposalState.DRAFT,
        base={},
        record={},
        created_at=edit.at,
        changed_at=edit.at,
    )
    session.add(proposal)
    session.flush()
    audit.record(session, edit.actor, AuditVerb.LISTING_BEGUN, f"proposal:{proposal.id}", now=edit.at)
    return proposal


def save(session: Session, service: Service, typed: Typed, edit: Edit) -> Saved:
    """Saves what an editor typed in a part of a listing.

    The transaction must be a writing one. A coordinator's change is public at once; of an editor's, what is
    quick and trusted; the rest waits. With conflicts nothing is saved. Raises revisions.RecordValidationError.
    """
    service = locked(session, service.id)
    sheet = sheet_of(session, service)
    merge = _merge(typed.seen, typed.values, sheet.record)
    if merge.conflicts:
        return Saved(conflicts=merge.conflicts)
    taken, standing = merge.edits, [change.path for change in merge.of(Outcome.AGREED)]
    if not taken:
        return Saved(standing=standing, proposal=sheet.proposal)
    said = _parted(service, taken, _following(sheet.record, taken), typed.minor, edit.author)
    saved = Saved(live=list(said.at_once), waiting=list(said.later), standing=standing)
    if said.at_once:
        saved.revision = _publish(session, service, said, edit)
    if said.later:
        _check(session, record_of(service), said.later)
    if said.later or sheet.proposal is not None:
        saved.proposal = _note_in_proposal(session, service, sheet, said, edit)
    if said.later:
        audit.record(
            session,
            edit.actor,
            AuditVerb.CHANGE_PROPOSED,
            f"service:{service.key}",
            ", ".join(said.later),
            now=edit.at,
        )
    return saved


@dataclass(frozen=True, slots=True)
class _Said:
    """What a save says otherwise than before, path → value: what is public at once, and what waits for an answer."""

    at_once: dict[FieldPath, Any]
    later: dict[FieldPath, Any]
    minor: Collection[FieldPath]


def _parted(
    service: Service,
    taken: Mapping[FieldPath, Any],
    following: Mapping[FieldPath, Any],
    minor: Collection[FieldPath],
    author: Account,
) -> _Said:
    """What is public at once is quick, said by a trusted organisation, and fits the addresses that are public.

    `following`: what becomes of hours and phones by the addresses that are taken; it goes where these go.
    """
    said = {**taken, **following}
    if is_team(author):
        return _Said(said, {}, minor)
    trusted = service.organization is not None and service.organization.trusted
    public = record_of(service).get("addresses")
    at_once = {
        path: value
        for path, value in said.items()
        if trusted
        and field_of(path) in QUICK
        and path not in following
        and (field_of(path) not in OF_AN_ADDRESS or names_only(value, public))
    }
    return _Said(at_once, {path: value for path, value in said.items() if path not in at_once}, minor)


def _following(record: Record, taken: Mapping[FieldPath, Any]) -> dict[FieldPath, Any]:
    """Path → what becomes of hours and phones by the change of something else, that of the addresses."""
    wanted = with_values(record, taken)
    fitting = settled(wanted)
    return {path: value_at(fitting, path) for path in differing(wanted, fitting)}


def _publish(session: Session, service: Service, said: _Said, edit: Edit) -> Revision | None:
    """Makes public what needs no answer; the coordinator sees afterwards what others did."""
    before = record_of(service)
    record = _stamped(with_values(before, said.at_once), said.at_once, edit.day)
    record = protection.followed(session, before, record)
    return revisions.apply(
        session,
        service,
        record,
        edit,
        translations.TextMarks(minor=said.minor),
        revisions.Review(to_see=not is_team(edit.author)),
    )


def _note_in_proposal(session: Session, service: Service, sheet: Sheet, said: _Said, edit: Edit) -> Proposal:
    """The listing's open proposal, begun when there is none, after a save: what of it is public now, what waits.

    What was public meanwhile is its new ground; what it says by itself stays, but for what this very save said
    otherwise and made public. One that says nothing any more ends.
    """
    live = record_of(service)
    if sheet.proposal is None:
        proposal, wanted = change_of(service, {}, ProposalState.WAITING, edit), live
        session.add(proposal)
    else:
        proposal = sheet.proposal
        wanted = SERVICE.merge(sheet.public, sheet.record, live).merged
        kept.keep(proposal, sheet.gone)
    overtaken = {path: value for path, value in said.at_once.items() if path in sheet.changed}
    if is_team(edit.author):
        mine = {path: value_at(proposal.record, path) for path in overtaken}
        kept.overtaken(session, service, proposal, mine, edit)
    told = overtaken | said.later
    proposal.base, proposal.record = live, settled(_stamped(with_values(wanted, told), told, edit.day))
    proposal.minor = sorted({*(proposal.minor or []), *said.minor} & set(differing(live, proposal.record)))
    if told:
        # A reviewer who has it open has not read this.
        proposal.version = (proposal.version or 0) + 1
    if said.later:
        proposal.author_id, proposal.state = edit.author.id, ProposalState.WAITING
    proposal.changed_at = edit.at
    if not differing(proposal.base, proposal.record):
        proposal.state, proposal.decided_at = ProposalState.SUPERSEDED, edit.at
    session.flush()
    return proposal


def save_new(session: Session, sheet: Sheet, typed: Typed, edit: Edit) -> Saved:
    """Saves a part of a new listing, which may stay incomplete. Conflicts as in `save`."""
    assert sheet.proposal is not None
    assert sheet.service is None
    merge = _merge(typed.seen, typed.values, sheet.record)
    if merge.conflicts:
        return Saved(conflicts=merge.conflicts)
    taken, standing = merge.edits, [change.path for change in merge.of(Outcome.AGREED)]
    taken |= _following(sheet.record, taken)
    proposal = sheet.proposal
    if taken:
        _check(session, sheet.record, taken)
        proposal.record = _stamped(with_values(sheet.record, taken), taken, edit.day)
        proposal.version += 1
        proposal.author_id, proposal.changed_at = edit.author.id, edit.at
        session.flush()
        audit.record(
            session,
            edit.actor,
            AuditVerb.DRAFT_SAVED,
            f"proposal:{proposal.id}",
            ", ".join(taken),
            now=edit.at,
        )
    return Saved(waiting=list(taken), standing=standing, proposal=proposal)


def send_new(session: Session, sheet: Sheet, edit: Edit) -> None:
    """Hands a new listing to the coordinator. Raises ProposalIncompleteError with what is missing; the draft
    stays.
    """
    assert sheet.proposal is not None
    absent = missing(sheet.record)
    if absent:
        raise ProposalIncompleteError(absent)
    sheet.proposal.state, sheet.proposal.changed_at = ProposalState.WAITING, edit.at
    audit.record(
        session, edit.actor, AuditVerb.LISTING_PROPOSED, f"proposal:{sheet.proposal.id}", now=edit.at
    )


def withdraw(session: Session, proposal: Proposal, edit: Edit) -> None:
    """The author's side takes an open proposal back; what is public stays as it is, and her words with her."""
    kept.keep(proposal)
    proposal.state, proposal.decided_at = ProposalState.WITHDRAWN, edit.at
    audit.record(session, edit.actor, AuditVerb.PROPOSAL_WITHDRAWN, f"proposal:{proposal.id}", now=edit.at)


def archive(session: Session, service: Service, edit: Edit) -> None:
    """Takes a listing out of the guide: its address then says so (410) and names others. It can be restored.

    What waits for an answer stays with its authors, who are told.
    """
    service = locked(session, service.id)
    kept.set_aside(session, service, SetAside.ARCHIVED, edit)
    record = with_values(record_of(service), {path_to("publication"): Publication.ARCHIVED.value})
    to_see = edit.author.role is Role.EDITOR
    revisions.apply(session, service, record, edit, review=revisions.Review(to_see=to_see))


def republish(session: Session, service: Service, edit: Edit) -> None:
    """Brings an archived listing back to the public."""
    service = locked(session, service.id)
    record = with_values(record_of(service), BACK_IN_THE_GUIDE)
    revisions.apply(session, service, record, edit)


def ask_back(session: Session, service: Service, edit: Edit) -> Proposal:
    """An archived listing's people want it back: a change like any other, that waits for the coordinator."""
    service = locked(session, service.id)
    asked = open_for(session, service)
    if asked is not None:
        return asked
    asked = change_of(service, {path_to("publication"): None}, ProposalState.WAITING, edit)
    session.add(asked)
    session.flush()
    audit.record(session, edit.actor, AuditVerb.LISTING_ASKED_BACK, f"service:{service.key}", now=edit.at)
    return asked


def change_of(
    service: Service, values: Mapping[FieldPath, Any], state: ProposalState, edit: Edit
) -> Proposal:
    """A new proposal, not in the session yet: the listing as it stands, with these values (path → value)."""
    live = record_of(service)
    return Proposal(
        service_id=service.id,
        organization_id=service.organization_id,
        author_id=edit.author.id,
        state=state,
        base=live,
        record=with_values(live, values),
        created_at=edit.at,
        changed_at=edit.at,
    )


def last_answer(session: Session, service: Service) -> Proposal | None:
    """The proposal of this listing that the coordinator answered last."""
    return session.scalar(
        select(Proposal)
        .where(Proposal.service_id == service.id, Proposal.state.in_(ANSWERED), kept.HAS_WORDS)
        .order_by(Proposal.decided_at.desc(), Proposal.id.desc())
        .limit(1)
    )


def former(session: Session, account: Account, number: int) -> Proposal | None:
    """What was once a new listing of this account's and is decided now; None tells nothing of why not.

    Of what was not published its author reads her own words, wherever she works by now. The listing that it may
    have become is another matter: whoever opens that asks `may_edit`.
    """
    proposal = session.get(Proposal, number)
    if proposal is None or kept.is_erased(proposal) or proposal.base or proposal.state in OPEN_PROPOSALS:
        return None
    hers = proposal.author_id == account.id and proposal.service_id is None
    return proposal if hers or belongs(account, proposal) else None


def belongs(account: Account, proposal: Proposal) -> bool:
    """Is it a proposal of this account's organisations? The commune's people look after all of them."""
    if is_team(account):
        return True
    return proposal.organization_id in {membership.organization_id for membership in account.memberships}


def _merge(seen: Mapping[FieldPath, Any], values: Mapping[FieldPath, Any], stands: Record) -> Merge:
    """The typed values beside what the form showed and what stands now, path by path; nothing typed is None."""
    mine = {path: value or None for path, value in values.items() if field_of(path) in EDITABLE}
    base = {path: seen.get(path) or None for path in mine}
    theirs = {path: value_at(stands, path) or None for path in mine}
    return three_way_merge(base, mine, theirs)


def _stamped(record: Record, changed: Mapping[FieldPath, Any], today: date) -> Record:
    """An intake state bears the day it was said; without a state there is no day."""
    if "intake_status" not in changed:
        return record
    day = today.isoformat() if record.get("intake_status") else None
    return with_values(record, {path_to("intake_as_of"): day})


def _check(session: Session, record: Mapping[str, Any], values: Mapping[FieldPath, Any]) -> None:
    """Each changed field must be sound by itself; a draft may lack others. Raises RecordValidationError."""
    lookup = DatabaseLookup(session)
    wanted = with_values(record, values)
    names = {field_of(path) for path in values}
    errors = [
        error
        for item in SERVICE.fields
        if item.name in names and wanted.get(item.name) is not None
        for error in item.errors(wanted[item.name], lookup.knows)
    ]
    if errors:
        raise revisions.RecordValidationError(errors)
