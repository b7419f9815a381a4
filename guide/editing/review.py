"""The coordinator's answer to a proposal: accept it, accept it in part, refuse it, or ask for a correction.

Each answer is mailed to the author in the same transaction, and stands in the audit log.
"""

import re
import secrets
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from guide import audit, mail, model
from guide.editing import revisions
from guide.editing.listings import (
    Record,
    differing,
    field_of,
    locked,
    missing,
    record_of,
    value_at,
    with_values,
)
from guide.editing.proposals import NotReady
from guide.languages import LANGUAGES
from guide.model import OPEN_PROPOSALS, Account, Proposal, ProposalState, Publication, Revision, Service
from guide.records.lookup import DatabaseLookup
from guide.records.shapes import SERVICE

CODE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters of a short code: none that is taken for another when it is read aloud or from paper."""


@dataclass(frozen=True, slots=True)
class Change:
    """One path of a proposal: what the public sees now, and what would stand there."""

    path: str
    before: Any
    after: Any


class AlreadyDecided(Exception):
    """Somebody else has answered this proposal, or its author has taken it back."""


class NothingLeft(Exception):
    """None of the chosen paths is a change any more."""


def waiting(session: Session) -> list[Proposal]:
    """The proposals that wait for an answer, oldest first."""
    return list(
        session.scalars(
            select(Proposal).where(Proposal.state == ProposalState.WAITING).order_by(Proposal.changed_at)
        )
    )


def changes(session: Session, proposal: Proposal) -> list[Change]:
    """What accepting the whole proposal would change today, path by path."""
    before, after = _two_sides(session, proposal)
    return [Change(path, value_at(before, path), value_at(after, path)) for path in differing(before, after)]


def accept(
    session: Session,
    proposal: Proposal,
    reviewer: Account,
    now: datetime,
    paths: Collection[str] | None = None,
    note: str = "",
) -> Revision:
    """Makes the proposal, or only these paths of it, public; the author is told which.

    A new listing is accepted whole. Raises AlreadyDecided, NothingLeft, NotReady, revisions.UnsoundRecord.
    """
    proposal = _held(session, proposal)
    before, after = _two_sides(session, proposal)
    differs = differing(before, after)
    taken = [path for path in differs if paths is None or path in paths]
    if not taken:
        raise NothingLeft
    if proposal.service_id is None:
        service = _publish(session, proposal, after)
        revision = revisions.begin(session, service, proposal=proposal, reviewer=reviewer, why=note, now=now)
        taken = differs
    else:
        service = locked(session, proposal.service_id)
        record = with_values(before, {path: value_at(after, path) for path in taken})
        if any(field_of(path) == "intake_status" for path in taken):
            record = with_values(record, {"intake_as_of": after.get("intake_as_of")})
        author = proposal.author or reviewer
        revised = revisions.apply(
            session, service, record, actor=author, why=note, now=now, minor=proposal.minor, proposal=proposal
        )
        assert revised is not None
        revision = revised
    whole = len(taken) == len(differs)
    proposal.state = ProposalState.ACCEPTED if whole else ProposalState.PARTLY
    _decide(session, proposal, reviewer, note, now)
    _tell(session, proposal, "proposal_accepted" if whole else "proposal_partly", now, accepted=taken)
    return revision


def refuse(session: Session, proposal: Proposal, reviewer: Account, reason: str, now: datetime) -> None:
    """The proposal is not taken; the reason is mailed to its author. Raises AlreadyDecided."""
    proposal = _held(session, proposal)
    proposal.state = ProposalState.REFUSED
    _decide(session, proposal, reviewer, reason, now)
    _tell(session, proposal, "proposal_refused", now)


def ask_correction(
    session: Session, proposal: Proposal, reviewer: Account, question: str, now: datetime
) -> None:
    """The author is asked to mend something; the proposal stays open with her. Raises AlreadyDecided."""
    proposal = _held(session, proposal)
    proposal.state = ProposalState.CORRECTION
    proposal.reviewer_id, proposal.answer = reviewer.id, question
    audit.record(session, f"account:{reviewer.id}", "correction_asked", f"proposal:{proposal.id}", now=now)
    _tell(session, proposal, "proposal_correction", now)


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


def _held(session: Session, proposal: Proposal) -> Proposal:
    """The proposal as it stands now, held until the end; AlreadyDecided when it is no longer open."""
    found = session.scalars(
        select(Proposal)
        .where(Proposal.id == proposal.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if found.state not in OPEN_PROPOSALS or found.state is ProposalState.DRAFT:
        raise AlreadyDecided
    return found


def _two_sides(session: Session, proposal: Proposal) -> tuple[Record, Record]:
    """The listing as it is public now, and as it would be."""
    if proposal.service_id is None:
        return {}, dict(proposal.record)
    service = session.get_one(Service, proposal.service_id)
    live = record_of(service)
    if proposal.state in OPEN_PROPOSALS:
        merged, _ = SERVICE.merge(proposal.record, proposal.base, live)
        return live, merged
    return dict(proposal.base), dict(proposal.record)


def _publish(session: Session, proposal: Proposal, record: Record) -> Service:
    """A new listing out of an accepted proposal."""
    absent = missing(record)
    if absent:
        raise NotReady(absent)
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
    author = proposal.author
    assert author is not None
    today = proposal.changed_at.date()
    ordered = SERVICE.canonical(revisions.with_sources(session, {}, whole, author, today))
    lookup = DatabaseLookup(session)
    faults = list(SERVICE.faults(ordered, lookup.knows))
    if faults:
        raise revisions.UnsoundRecord(faults)
    with session.no_autoflush:
        SERVICE.fill(service, ordered, lookup)
        service.publication = Publication.PUBLISHED
    session.add(service)
    session.flush()
    proposal.service_id = service.id
    return service


def _decide(session: Session, proposal: Proposal, reviewer: Account, answer: str, now: datetime) -> None:
    proposal.reviewer_id, proposal.answer, proposal.decided_at = reviewer.id, answer or None, now
    session.flush()
    audit.record(
        session,
        f"account:{reviewer.id}",
        f"proposal_{proposal.state.value}",
        f"proposal:{proposal.id}",
        now=now,
    )


def _tell(
    session: Session, proposal: Proposal, kind: str, now: datetime, accepted: Collection[str] = ()
) -> None:
    author = session.get(Account, proposal.author_id) if proposal.author_id else None
    if author is None or author.state is not model.AccountState.ACTIVE:
        return
    name = proposal.record.get("name") or {}
    title = name.get(author.language) or next((name[side] for side in LANGUAGES if name.get(side)), "")
    service = session.get(Service, proposal.service_id) if proposal.service_id else None
    mail.post(
        session,
        kind,
        author,
        now,
        listing=title,
        reference=service.key if service else f"nouvelle-{proposal.id}",
        answer=proposal.answer or "",
        accepted=list(accepted),
    )


def count_waiting(session: Session) -> int:
    return session.scalar(select(func.count()).where(Proposal.state == ProposalState.WAITING)) or 0
