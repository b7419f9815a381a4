"""What an association suggests: saving one part of a listing, without losing anybody's words.

A change to a published listing waits for the coordinator in the listing's one open proposal; what a trusted
organisation says of its phone numbers, hours, closures and intake goes live at once. The form tells what it
showed at first (`seen`), so that of two editors the second is asked, never overwritten.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from guide import audit
from guide.clock import BRUSSELS
from guide.editing import kept, protection, revisions
from guide.editing.listings import (
    EDITABLE,
    QUICK,
    Record,
    differing,
    field_of,
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
from guide.records.shapes import SERVICE
from guide.records.three_way_merge import Change, Merge, Outcome, three_way_merge

ANSWERED = (ProposalState.ACCEPTED, ProposalState.PARTLY, ProposalState.REFUSED)
"""The states in which a coordinator has answered."""


@dataclass(slots=True)
class Saved:
    """What became of a save: paths that are public now, paths that wait, and conflicts (then nothing was saved).

    `standing`: paths that stood so already: the first of two clicks made them, or somebody wrote the same.
    """

    live: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    standing: list[str] = field(default_factory=list)
    conflicts: list[Change] = field(default_factory=list)
    revision: Revision | None = None
    proposal: Proposal | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A listing as its editor sees it: what is public, and the change that waits, if any.

    `record` is what she goes on editing. For a new listing `service` is None.
    """

    service: Service | None
    proposal: Proposal | None
    record: Record

    @property
    def changed(self) -> list[str]:
        """The paths in which the editor's version differs from the public one."""
        return [] if self.proposal is None else differing(self.proposal.base, self.record)


class NotReady(Exception):
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
        return Sheet(service, None, live)
    return Sheet(service, proposal, SERVICE.merge(proposal.base, proposal.record, live).merged)


def new_sheet(session: Session, account: Account, number: int, hold: bool = False) -> Sheet | None:
    """A new listing that an account may still edit; None when there is none (`hold` it for a change)."""
    query = select(Proposal).where(
        Proposal.id == number, Proposal.service_id.is_(None), Proposal.state.in_(OPEN_PROPOSALS)
    )
    proposal = session.scalar(query.with_for_update() if hold else query)
    if proposal is None or not belongs(account, proposal):
        return None
    return Sheet(None, proposal, dict(proposal.record))


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


def begin(session: Session, organization: Organization, author: Account, now: datetime) -> Proposal:
    """A new, empty listing of an organisation, as a draft that may be interrupted."""
    proposal = Proposal(
        organization_id=organization.id,
        author_id=author.id,
        state=ProposalState.DRAFT,
        base={},
        record={},
        created_at=now,
        changed_at=now,
    )
    session.add(proposal)
    session.flush()
    audit.record(session, f"account:{author.id}", "listing_begun", f"proposal:{proposal.id}", now=now)
    return proposal


def save(
    session: Session,
    service: Service,
    author: Account,
    values: Mapping[str, Any],
    seen: Mapping[str, Any],
    *,
    now: datetime,
    minor: Collection[str] = (),
    why: str = "",
) -> Saved:
    """Saves what an editor typed in a part: `values` and `seen` are path → value, now and as the form began.

    The transaction must be a writing one. A coordinator's change is public at once; of an editor's, what is
    quick and trusted; the rest waits. With conflicts nothing is saved. Raises revisions.UnsoundRecord.
    """
    service = locked(session, service.id)
    sheet = sheet_of(session, service)
    merge = _merge(seen, values, sheet.record)
    if merge.conflicts:
        return Saved(conflicts=merge.conflicts)
    taken, standing = merge.edits, [change.path for change in merge.of(Outcome.AGREED)]
    if not taken:
        return Saved(standing=standing, proposal=sheet.proposal)
    team = is_team(author)
    trusted = service.organization is not None and service.organization.trusted
    at_once = {path: value for path, value in taken.items() if team or (trusted and field_of(path) in QUICK)}
    later = {path: value for path, value in taken.items() if path not in at_once}
    saved = Saved(live=list(at_once), waiting=list(later), standing=standing)
    if at_once:
        before = record_of(service)
        record = _stamped(with_values(before, at_once), at_once, now)
        record = protection.followed(session, before, record)
        saved.revision = revisions.apply(
            session, service, record, actor=author, why=why, now=now, minor=minor, to_see=not team
        )
    live = record_of(service)
    if later:
        _check(session, live, later)
    proposal = sheet.proposal
    if proposal is None and later:
        proposal = change_of(service, author, {}, ProposalState.WAITING, now)
        session.add(proposal)
    if proposal is not None:
        # What was public meanwhile is its new ground; what it says by itself stays, but for what this very save
        # said otherwise and made public.
        wanted = SERVICE.merge(sheet.proposal.base, sheet.record, live).merged if sheet.proposal else live
        overtaken = {path: value for path, value in at_once.items() if path in sheet.changed}
        if team:
            mine = {path: value_at(proposal.record, path) for path in overtaken}
            kept.overtaken(session, service, proposal, mine, author, now)
        said = overtaken | later
        proposal.base, proposal.record = live, _stamped(with_values(wanted, said), said, now)
        proposal.minor = sorted({*(proposal.minor or []), *minor} & set(differing(live, proposal.record)))
        if said:
            # A reviewer who has it open has not read this.
            proposal.version = (proposal.version or 0) + 1
        if later:
            proposal.author_id, proposal.state = author.id, ProposalState.WAITING
        proposal.changed_at = now
        if not differing(proposal.base, proposal.record):
            proposal.state, proposal.decided_at = ProposalState.SUPERSEDED, now
        session.flush()
        saved.proposal = proposal
        if later:
            audit.record(
                session,
                f"account:{author.id}",
                "change_proposed",
                f"service:{service.key}",
                ", ".join(later),
                now=now,
            )
    return saved


def save_new(
    session: Session,
    sheet: Sheet,
    author: Account,
    values: Mapping[str, Any],
    seen: Mapping[str, Any],
    *,
    now: datetime,
) -> Saved:
    """Saves a part of a new listing, which may stay incomplete. Conflicts as in `save`."""
    assert sheet.proposal is not None
    assert sheet.service is None
    merge = _merge(seen, values, sheet.record)
    if merge.conflicts:
        return Saved(conflicts=merge.conflicts)
    taken, standing = merge.edits, [change.path for change in merge.of(Outcome.AGREED)]
    proposal = sheet.proposal
    if taken:
        _check(session, sheet.record, taken)
        proposal.record = _stamped(with_values(sheet.record, taken), taken, now)
        proposal.version += 1
        proposal.author_id, proposal.changed_at = author.id, now
        session.flush()
        audit.record(
            session,
            f"account:{author.id}",
            "draft_saved",
            f"proposal:{proposal.id}",
            ", ".join(taken),
            now=now,
        )
    return Saved(waiting=list(taken), standing=standing, proposal=proposal)


def send_new(session: Session, sheet: Sheet, author: Account, now: datetime) -> None:
    """Hands a new listing to the coordinator. Raises NotReady with what is missing; the draft stays."""
    assert sheet.proposal is not None
    absent = missing(sheet.record)
    if absent:
        raise NotReady(absent)
    sheet.proposal.state, sheet.proposal.changed_at = ProposalState.WAITING, now
    audit.record(
        session, f"account:{author.id}", "listing_proposed", f"proposal:{sheet.proposal.id}", now=now
    )


def withdraw(session: Session, proposal: Proposal, author: Account, now: datetime) -> None:
    """The author's side takes an open proposal back; what is public stays as it is, and her words with her."""
    kept.keep(proposal)
    proposal.state, proposal.decided_at = ProposalState.WITHDRAWN, now
    audit.record(session, f"account:{author.id}", "proposal_withdrawn", f"proposal:{proposal.id}", now=now)


def archive(session: Session, service: Service, actor: Account, now: datetime, why: str = "") -> None:
    """Takes a listing out of the guide: its address then says so (410) and names others. It can be restored.

    What waits for an answer stays with its authors, who are told.
    """
    service = locked(session, service.id)
    kept.set_aside(session, service, SetAside.ARCHIVED, actor, now)
    record = with_values(record_of(service), {"publication": Publication.ARCHIVED.value})
    revisions.apply(session, service, record, actor=actor, why=why, now=now, to_see=actor.role is Role.EDITOR)


def republish(session: Session, service: Service, actor: Account, now: datetime) -> None:
    """Brings an archived listing back to the public."""
    service = locked(session, service.id)
    record = with_values(record_of(service), {"publication": None, "merged_into": None})
    revisions.apply(session, service, record, actor=actor, why="", now=now)


def ask_back(session: Session, service: Service, author: Account, now: datetime) -> Proposal:
    """An archived listing's people want it back: a change like any other, that waits for the coordinator."""
    service = locked(session, service.id)
    asked = open_for(session, service)
    if asked is not None:
        return asked
    asked = change_of(service, author, {"publication": None}, ProposalState.WAITING, now)
    session.add(asked)
    session.flush()
    audit.record(session, f"account:{author.id}", "listing_asked_back", f"service:{service.key}", now=now)
    return asked


def change_of(
    service: Service, author: Account, values: Mapping[str, Any], state: ProposalState, now: datetime
) -> Proposal:
    """A new proposal, not in the session yet: the listing as it stands, with these values (path → value)."""
    live = record_of(service)
    return Proposal(
        service_id=service.id,
        organization_id=service.organization_id,
        author_id=author.id,
        state=state,
        base=live,
        record=with_values(live, values),
        created_at=now,
        changed_at=now,
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


def _merge(seen: Mapping[str, Any], values: Mapping[str, Any], stands: Record) -> Merge:
    """The typed values beside what the form showed and what stands now, path by path; nothing typed is None."""
    mine = {path: value or None for path, value in values.items() if field_of(path) in EDITABLE}
    base = {path: seen.get(path) or None for path in mine}
    theirs = {path: value_at(stands, path) or None for path in mine}
    return three_way_merge(base, mine, theirs)


def _stamped(record: Record, changed: Mapping[str, Any], now: datetime) -> Record:
    """An intake state bears the day it was said; without a state there is no day."""
    if "intake_status" not in changed:
        return record
    today = now.astimezone(BRUSSELS).date()
    day = today.isoformat() if record.get("intake_status") else None
    return with_values(record, {"intake_as_of": day})


def _check(session: Session, record: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Each changed field must be sound by itself; a draft may lack others. Raises UnsoundRecord."""
    lookup = DatabaseLookup(session)
    wanted = with_values(record, values)
    names = {field_of(path) for path in values}
    faults = [
        fault
        for item in SERVICE.fields
        if item.name in names and wanted.get(item.name) is not None
        for fault in item.faults(wanted[item.name], lookup.knows)
    ]
    if faults:
        raise revisions.UnsoundRecord(faults)
