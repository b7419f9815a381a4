"""What an association wrote and nobody published stays with its author: kept, told, and erased in the end.

A refused, partly accepted, withdrawn or overtaken proposal keeps, path by path, what was not taken. Its author
and whoever may edit the listing read it on the desk and take it up again (`editing.taking_up`). It is kept until
she erases it, or for KEPT_FOR after the decision; then the words go, with the coordinator's answer to them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Text, cast, or_, select
from sqlalchemy.orm import Session, joinedload

from guide import audit, mail
from guide.audit import AuditVerb, Edit
from guide.editing.field_words import field_label
from guide.editing.listings import EDITABLE, Record, said, value_at, with_values
from guide.languages import LANGUAGES, Language
from guide.model import (
    OPEN_PROPOSALS,
    Account,
    AccountState,
    Action,
    Fulfilment,
    FulfilmentBasis,
    FulfilmentState,
    Membership,
    Proposal,
    ProposalState,
    Role,
    Service,
    SetAside,
    Theme,
)
from guide.records.paths import FieldPath, field_of

KEPT_FOR = timedelta(days=365)
"""How long what was not published can be read and taken up again."""

HAS_KEPT = cast(Proposal.kept, Text) != "{}"
"""Something is kept of this proposal: for queries."""

_WHOLLY_OURS = (ProposalState.REFUSED, ProposalState.WITHDRAWN, ProposalState.SUPERSEDED)
"""The states of proposals of which nothing was published: all their words go."""

HAS_WORDS = Proposal.version > 0
"""Its words were not erased: for queries. An emptied proposal has version 0."""


def keep(proposal: Proposal, paths: Iterable[FieldPath] | None = None) -> None:
    """These paths of a proposal stay with its author as she wrote them; all that she said when None."""
    chosen = said(proposal.base, proposal.record) if paths is None else paths
    kept: dict[str, Any] = {
        path: {"before": value_at(proposal.base, path), "words": value_at(proposal.record, path)}
        for path in chosen
        if field_of(path) in EDITABLE
    }
    proposal.kept = {**(proposal.kept or {}), **kept}


def unpublished_values(proposal: Proposal) -> dict[FieldPath, Any]:
    """Path → what its author wrote there and nobody published."""
    return {FieldPath(path): sides["words"] for path, sides in (proposal.kept or {}).items()}


def put_away(proposal: Proposal, paths: Collection[FieldPath]) -> None:
    """These paths were taken up again: the desk no longer offers them."""
    proposal.kept = {path: sides for path, sides in (proposal.kept or {}).items() if path not in paths}


def waiting_at(session: Session, service: Service) -> list[Proposal]:
    """The open proposal of a listing that would be overtaken if the listing went; [] when nothing waits."""
    return list(
        session.scalars(
            select(Proposal)
            .where(Proposal.service_id == service.id, Proposal.state.in_(OPEN_PROPOSALS))
            .order_by(Proposal.id)
            .options(joinedload(Proposal.organization), joinedload(Proposal.author))
        )
    )


def links_waiting_at(session: Session, service: Service) -> list[Fulfilment]:
    """The links to actions that somebody proposed for a listing and that nobody answered."""
    return list(
        session.scalars(
            select(Fulfilment)
            .where(
                Fulfilment.service_id == service.id,
                Fulfilment.state == FulfilmentState.PROPOSED,
                Fulfilment.basis == FulfilmentBasis.STATED,
            )
            .order_by(Fulfilment.id)
            .options(
                joinedload(Fulfilment.author),
                joinedload(Fulfilment.action).joinedload(Action.theme).joinedload(Theme.plan),
            )
        )
    )


def set_aside(
    session: Session, service: Service, why: SetAside, edit: Edit, instead: Service | None = None
) -> None:
    """The listing leaves the guide: what waits there ends, stays with its authors, and each is told.

    `instead` is the listing that takes its place. Call it before the listing changes.
    """
    end = _End(service, why, edit, instead)
    proposals, links = waiting_at(session, service), links_waiting_at(session, service)
    for proposal in proposals:
        keep(proposal)
        proposal.state, proposal.set_aside, proposal.decided_at = ProposalState.SUPERSEDED, why, edit.at
        proposal.reviewer_id = edit.account_id
        session.flush()
        audit.record(
            session,
            edit.actor,
            AuditVerb.PROPOSAL_SET_ASIDE,
            f"proposal:{proposal.id}",
            why.value,
            now=edit.at,
        )
        mine = [link for link in links if link.author is None or link.author.id == proposal.author_id]
        for author in receivers(session, proposal):
            _tell(session, end, author, proposal, list(unpublished_values(proposal)), mine)
        links = [link for link in links if link not in mine]
    for author in {link.author.id: link.author for link in links if link.author is not None}.values():
        _tell(session, end, author, links=[link for link in links if link.author is author])


def overtaken(
    session: Session, service: Service, proposal: Proposal, mine: Mapping[FieldPath, Any], edit: Edit
) -> None:
    """A coordinator published other words than those that wait: path → what the author wrote, kept and told."""
    lost = {path: words for path, words in mine.items() if field_of(path) in EDITABLE}
    if not lost:
        return
    proposal.kept = {
        **(proposal.kept or {}),
        **{path: {"before": value_at(proposal.base, path), "words": words} for path, words in lost.items()},
    }
    proposal.set_aside = SetAside.REWRITTEN
    session.flush()
    for author in receivers(session, proposal):
        _tell(session, _End(service, SetAside.REWRITTEN, edit), author, proposal, list(lost))


def receivers(session: Session, proposal: Proposal) -> list[Account]:
    """Who is told of a proposal: its author; when her account is closed, the editors of its organisation."""
    author = session.get(Account, proposal.author_id) if proposal.author_id else None
    if author is not None and author.state is AccountState.ACTIVE:
        return [author]
    if proposal.organization_id is None:
        return []
    return list(
        session.scalars(
            select(Account)
            .join(Account.memberships)
            .where(
                Membership.organization_id == proposal.organization_id,
                Account.role == Role.EDITOR,
                Account.state == AccountState.ACTIVE,
            )
            .order_by(Account.id)
        )
    )


def title_in(record: Record, lang: Language) -> str:
    """The name a record bears, in this language where it has one; '' without a name."""
    name = record.get("name") or {}
    return str(name.get(lang) or next((name[side] for side in LANGUAGES if name.get(side)), ""))


def is_erased(proposal: Proposal) -> bool:
    """Is nothing left of it but its number and what became of it?"""
    return proposal.version == 0


def erase(session: Session, proposal: Proposal, edit: Edit) -> None:
    """The words that nobody published go for good, and the answer to them; what was published stays told."""
    audit.record(session, edit.actor, AuditVerb.KEPT_TEXT_ERASED, f"proposal:{proposal.id}", now=edit.at)
    if proposal.state in _WHOLLY_OURS:
        # The empty row stays: mails and the journal name its number, which SQLite would give to another.
        proposal.base, proposal.record, proposal.kept, proposal.minor = {}, {}, {}, []
        proposal.answer, proposal.version = None, 0
    else:
        before = {
            path: proposal.kept[path]["before"]
            for path, words in unpublished_values(proposal).items()
            if value_at(proposal.record, path) == words
        }
        proposal.record = with_values(proposal.record, before)
        proposal.kept = {}
    session.flush()


def forget(session: Session, now: datetime) -> int:
    """Erases what was decided longer than KEPT_FOR ago and not taken up; how many. A second run finds none."""
    old = session.scalars(
        select(Proposal)
        .where(
            Proposal.decided_at < now - KEPT_FOR,
            Proposal.state.not_in(OPEN_PROPOSALS),
            or_(HAS_KEPT, Proposal.state.in_(_WHOLLY_OURS)),
            HAS_WORDS,
        )
        .order_by(Proposal.id)
    ).all()
    for proposal in old:
        erase(session, proposal, Edit(None, now))
    return len(old)


@dataclass(frozen=True, slots=True)
class _End:
    """What became of a listing's waiting texts, and by whom: the same for each person who is told of it."""

    service: Service
    why: SetAside
    edit: Edit
    instead: Service | None = None


def _tell(
    session: Session,
    end: _End,
    author: Account,
    proposal: Proposal | None = None,
    paths: Sequence[FieldPath] = (),
    links: Sequence[Fulfilment] = (),
) -> None:
    """One mail to one person, in her language: what happened, which of her texts it meets, where they lie."""
    if author.id == end.edit.account_id or author.state is not AccountState.ACTIVE:
        return
    lang: Language = "nl" if author.language == "nl" else "fr"
    mail.post(
        session,
        mail.NewMail(
            "proposal_set_aside",
            author,
            {
                "listing": end.service.name.localized(lang).words,
                "why": end.why.value,
                "successor": end.instead.name.localized(lang).words if end.instead is not None else "",
                "texts": [field_label(path, lang) for path in paths],
                "actions": [action_label(link.action, lang) for link in links],
                "number": str(proposal.id) if proposal is not None and paths else "",
                "reference": end.service.key,
            },
            about=f"proposal:{proposal.id}" if proposal is not None else f"service:{end.service.id}",
            actor_id=end.edit.account_id,
        ),
        end.edit.at,
    )


def action_label(action: Action, lang: Language) -> str:
    """A plan's action as a mail names it: 'PASAP 2022-2027, Alimentation 46'."""
    theme = action.theme
    return (
        f"{theme.plan.short_title.localized(lang).words}, {theme.name.localized(lang).words} {action.number}"
    )
