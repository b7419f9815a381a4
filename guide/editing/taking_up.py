"""Taking up again what was not published: who may read it, what of it still differs, and the ways back.

A change of a published listing goes back through the form of its part (the pages show it beside what stands
there now); a new listing that was refused becomes a new draft; of an archived listing it is asked back with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from guide import audit
from guide.audit import AuditVerb, Edit
from guide.database import locked_row
from guide.editing import kept, proposals, protection
from guide.editing.listings import (
    EDITABLE,
    Record,
    is_team,
    locked,
    may_edit,
    said,
    successor,
    value_at,
    with_values,
)
from guide.model import (
    OPEN_PROPOSALS,
    Account,
    Proposal,
    ProposalState,
    Publication,
    Revision,
    Service,
    SetAside,
)
from guide.records.paths import FieldPath, field_of, path_to
from guide.records.three_way_merge import Outcome, three_way_merge

CLOSURES = path_to("closures")


@dataclass(frozen=True, slots=True)
class KeptText:
    """What stays with its author of one proposal, as it can be taken up today.

    `listing`: where it would go now (the one that took its listing's place), None for a new listing;
    `stands`: what one edits there; `words`: path → what she wrote, only where that still differs; `published`:
    the paths of the proposal that were accepted; `own`: may this account write there; `names`: what addresses are
    called that the words name, none of a secret one for whom it is withheld from.
    """

    proposal: Proposal
    listing: Service | None
    stands: Record
    words: dict[FieldPath, Any]
    published: list[FieldPath]
    own: bool
    names: Record

    @property
    def archived(self) -> bool:
        """Has its listing left the guide?"""
        return self.listing is not None and self.listing.publication is Publication.ARCHIVED

    @property
    def clashes(self) -> dict[FieldPath, Any]:
        """Path → what stood there when she wrote, for paths that say something else since."""
        before = {path: self.proposal.kept[path]["before"] for path in self.words}
        stands = {path: value_at(self.stands, path) for path in self.words}
        moved = three_way_merge(before, self.words, stands).of(
            Outcome.THEIRS, Outcome.AGREED, Outcome.CONFLICT
        )
        return {change.path: change.base for change in moved}


def find(session: Session, account: Account, number: int) -> KeptText | None:
    """What is kept of the proposal with this number, for who may read it; None tells nothing of why not."""
    proposal = session.get(Proposal, number)
    if proposal is None or not proposal.kept or not _may_read(account, proposal):
        return None
    return _as_text(session, account, proposal)


def of_account(session: Session, account: Account) -> list[KeptText]:
    """What an account's own desk keeps: hers, and her organisations', newest first."""
    organizations = [membership.organization_id for membership in account.memberships]
    return _texts(
        session,
        account,
        or_(Proposal.author_id == account.id, Proposal.organization_id.in_(organizations)),
    )


def of_listing(session: Session, account: Account, service: Service) -> list[KeptText]:
    """What is kept of proposals for this listing, or for those that were merged into it, newest first."""
    merged = select(Service.id).where(Service.merged_into == service.key)
    return _texts(session, account, or_(Proposal.service_id == service.id, Proposal.service_id.in_(merged)))


def hold(session: Session, account: Account, number: int) -> KeptText | None:
    """As `find`, held until the transaction ends: of two clicks the second finds what the first has done."""
    locked_row(session, Proposal, number)
    return find(session, account, number)


def begin_again(session: Session, text: KeptText, edit: Edit) -> Proposal:
    """A new draft with the words of a new listing that was refused or given up; the old one keeps its answer."""
    old = text.proposal
    assert old.organization is not None
    draft = proposals.begin(session, old.organization, edit)
    draft.record = with_values(draft.record, _still_to_come(text.words, edit.at))
    kept.put_away(old, list(text.words))
    session.flush()
    return draft


def ask_back(session: Session, text: KeptText, edit: Edit) -> Proposal:
    """An archived listing is asked back together with these words, in the one proposal that waits for it."""
    assert text.listing is not None
    service = locked(session, text.listing.id)
    asked = proposals.ask_back(session, service, edit)
    asked.record = with_values(asked.record, _still_to_come(text.words, edit.at))
    asked.version = (asked.version or 1) + 1
    asked.changed_at = edit.at
    kept.put_away(text.proposal, list(text.words))
    session.flush()
    return asked


def taken(
    session: Session, account: Account, number: int, service: Service, values: Mapping[FieldPath, Any]
) -> None:
    """These values (path → what was saved) came out of a kept text: it is no longer offered for these paths.

    A coordinator who published other words leaves the author's with her.
    """
    text = hold(session, account, number)
    if text is None or text.listing is None or text.listing.id != service.id:
        return
    words = kept.unpublished_values(text.proposal)
    kept.put_away(
        text.proposal,
        [path for path in values if path in words and (not is_team(account) or values[path] == words[path])],
    )


def keep_typed(session: Session, service: Service, typed: proposals.Typed, edit: Edit) -> Proposal | None:
    """A listing left the guide while somebody was typing: what she changed is kept for her; None when nothing."""
    changed = {
        path: value
        for path, value in typed.values.items()
        if field_of(path) in EDITABLE and (value or None) != (typed.seen.get(path) or None)
    }
    if not changed:
        return None
    words: dict[str, Any] = {
        path: {"before": typed.seen.get(path), "words": value} for path, value in changed.items()
    }
    for before in session.scalars(
        select(Proposal).where(Proposal.service_id == service.id, Proposal.author_id == edit.account_id)
    ):
        if before.kept == words:
            return before  # the second of two clicks
    why = SetAside.MERGED if service.merged_into else SetAside.ARCHIVED
    made = proposals.change_of(service, changed, ProposalState.SUPERSEDED, edit)
    made.set_aside, made.kept, made.decided_at = why, words, edit.at
    session.add(made)
    session.flush()
    audit.record(
        session, edit.actor, AuditVerb.PROPOSAL_SET_ASIDE, f"proposal:{made.id}", why.value, now=edit.at
    )
    return made


def _texts(session: Session, account: Account, which: Any) -> list[KeptText]:
    found = session.scalars(
        select(Proposal)
        .where(which, kept.HAS_KEPT)
        .order_by(Proposal.changed_at.desc(), Proposal.id.desc())
        .options(joinedload(Proposal.service), joinedload(Proposal.organization))
    )
    texts = [_as_text(session, account, one) for one in found if _may_read(account, one)]
    return [text for text in texts if text.words]


def _as_text(session: Session, account: Account, proposal: Proposal) -> KeptText:
    listing = proposal.service
    if listing is not None:
        listing = successor(session, listing) or listing
    stands = proposals.sheet_of(session, listing).record if listing is not None else {}
    hidden = _withheld_from(account, proposal, listing)
    words = {
        path: value
        for path, value in kept.unpublished_values(proposal).items()
        if path not in hidden and (value_at(stands, path) or None) != (value or None)
    }
    own = (
        may_edit(account, listing)
        if listing is not None
        else proposals.belongs(account, proposal) and proposal.organization is not None
    )
    names = with_values(proposal.record, dict.fromkeys(hidden))
    return KeptText(proposal, listing, stands, words, _published(session, proposal), own, names)


def _may_read(account: Account, proposal: Proposal) -> bool:
    if proposal.author_id == account.id or proposals.belongs(account, proposal):
        return True
    # Not whoever edits the listing it was merged into: nobody published these words, least of all for others.
    return proposal.service is not None and may_edit(account, proposal.service)


def _withheld_from(account: Account, proposal: Proposal, listing: Service | None) -> tuple[FieldPath, ...]:
    """A confidential address is read by who wrote it and by the coordinators' team, by nobody else."""
    if proposal.author_id == account.id or is_team(account):
        return ()
    places = [one for one in (proposal.service, listing) if one is not None]
    return protection.WITHHELD if any(one.address_confidential for one in places) else ()


def _published(session: Session, proposal: Proposal) -> list[FieldPath]:
    """What of a decided proposal was made public, in the order of the data file."""
    if proposal.state in OPEN_PROPOSALS:
        return []
    made = {
        path
        for fields in session.scalars(select(Revision.fields).where(Revision.proposal_id == proposal.id))
        for path in fields
    }
    return [path for path in said(proposal.base, proposal.record) if path in made]


def _still_to_come(words: dict[FieldPath, Any], now: datetime) -> dict[FieldPath, Any]:
    """The words without the closures that are over by now: nobody has to be told of them any more."""
    if CLOSURES not in words:
        return words
    today = now.date().isoformat()
    ahead = [closure for closure in words[CLOSURES] or [] if closure["ends"] >= today]
    return {**words, CLOSURES: ahead or None}
