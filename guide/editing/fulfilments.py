"""Which plan actions a service fulfils: proposed by its organisation, confirmed or refused by the coordinator."""

from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, joinedload

from guide import audit, mail
from guide.audit import AuditVerb, Edit
from guide.editing.kept import action_label
from guide.languages import Bilingual, Language
from guide.model import (
    AccountState,
    Action,
    Fulfilment,
    FulfilmentBasis,
    FulfilmentRole,
    FulfilmentState,
    Publication,
    Service,
    Theme,
)

WAITING = and_(
    Fulfilment.state == FulfilmentState.PROPOSED,
    Fulfilment.service.has(Service.publication != Publication.ARCHIVED),
)
"""This link waits for the coordinator: for queries."""


@dataclass(frozen=True, slots=True)
class Claim:
    """ "This service fulfils this action", in this role, with a sentence of evidence."""

    action: Action
    role: FulfilmentRole
    evidence: Bilingual


_DECIDED = {
    FulfilmentState.CONFIRMED: AuditVerb.FULFILMENT_CONFIRMED,
    FulfilmentState.REFUSED: AuditVerb.FULFILMENT_REFUSED,
    FulfilmentState.PROPOSED: AuditVerb.FULFILMENT_PROPOSED,
}


class CannotConfirmError(Exception):
    """What is only our reading of the texts has no evidence yet, so it cannot be confirmed."""


class LinkDecidedError(Exception):
    """Somebody else has confirmed or refused this link, or its author took it back."""


def of(session: Session, service: Service) -> list[Fulfilment]:
    """The links of a service, newest plan first, in the order of its actions."""
    return list(
        session.scalars(
            select(Fulfilment)
            .join(Action)
            .join(Theme)
            .where(Fulfilment.service_id == service.id)
            .order_by(Theme.plan_id.desc(), Action.position)
            .options(joinedload(Fulfilment.action).joinedload(Action.theme).joinedload(Theme.plan))
        )
    )


def proposed(session: Session) -> list[Fulfilment]:
    """The links that wait for the coordinator: those an organisation stated first, then our own readings.

    What is proposed for a listing that left the guide waits until it comes back.
    """
    found = session.scalars(
        select(Fulfilment)
        .where(WAITING)
        .order_by(Fulfilment.id)
        .options(
            joinedload(Fulfilment.service),
            joinedload(Fulfilment.action).joinedload(Action.theme).joinedload(Theme.plan),
        )
    ).all()
    return sorted(found, key=lambda link: link.basis is not FulfilmentBasis.STATED)


def propose(session: Session, service: Service, claim: Claim, edit: Edit) -> Fulfilment:
    """Links a service to an action as its organisation says; proposed until it is confirmed.

    A link that was refused or only read by us is proposed anew; a confirmed one is left as it is.
    """
    action = claim.action
    link = session.scalar(
        select(Fulfilment).where(Fulfilment.service_id == service.id, Fulfilment.action_id == action.id)
    )
    if link is not None and link.state is FulfilmentState.CONFIRMED:
        return link
    if link is None:
        last = session.scalar(select(Fulfilment.position).order_by(Fulfilment.position.desc()).limit(1))
        link = Fulfilment(service_id=service.id, action_id=action.id, position=(last or 0) + 1)
        session.add(link)
    link.role, link.basis, link.state = claim.role, FulfilmentBasis.STATED, FulfilmentState.PROPOSED
    link.reason, link.decided_on, link.decision_note, link.author = claim.evidence, None, None, edit.by
    session.flush()
    _record(session, link, AuditVerb.FULFILMENT_PROPOSED, edit)
    return link


def answer(
    session: Session, number: int, state: FulfilmentState, edit: Edit, evidence: Bilingual | None = None
) -> None:
    """Decides about a link (its id) that is still proposed. Raises LinkDecidedError, and as `decide` does."""
    link = session.scalar(
        select(Fulfilment)
        .where(Fulfilment.id == number, Fulfilment.state == FulfilmentState.PROPOSED)
        .with_for_update()
    )
    if link is None:
        raise LinkDecidedError
    decide(session, link, state, edit, evidence)


def decide(
    session: Session, link: Fulfilment, state: FulfilmentState, edit: Edit, evidence: Bilingual | None = None
) -> None:
    """Confirms or refuses a link, with a note (the reason of `edit`); coverage follows at once.

    `evidence` is the coordinator's own sentence: with it, what was only our reading becomes something stated; an
    organisation's sentence is never written over. Whoever proposed what is refused is told why.
    Raises CannotConfirmError for a reading without any.
    """
    if evidence and link.basis is FulfilmentBasis.INFERRED:
        link.reason, link.basis = evidence, FulfilmentBasis.STATED
    if state is FulfilmentState.CONFIRMED and link.basis is FulfilmentBasis.INFERRED:
        raise CannotConfirmError
    link.state, link.decision_note, link.decided_on = state, edit.why or None, edit.day
    session.flush()
    _record(session, link, _DECIDED[state], edit)
    if state is FulfilmentState.REFUSED:
        _tell_refused(session, link, edit)


def withdraw(session: Session, link: Fulfilment, edit: Edit) -> bool:
    """Takes a proposed link back; a confirmed one stays (the coordinator decides). Was it taken back?

    The sentence stays with its people, who can propose it again.
    """
    if link.state is not FulfilmentState.PROPOSED:
        return False
    link.state, link.decided_on, link.decision_note = FulfilmentState.REFUSED, None, None
    session.flush()
    _record(session, link, AuditVerb.FULFILMENT_WITHDRAWN, edit)
    return True


def taken_back(link: Fulfilment) -> bool:
    """Did its own people take it back? Nobody has refused it then."""
    return (
        link.state is FulfilmentState.REFUSED
        and link.basis is FulfilmentBasis.STATED
        and link.decided_on is None
    )


def _tell_refused(session: Session, link: Fulfilment, edit: Edit) -> None:
    author = link.author
    if author is None or author.id == edit.account_id or author.state is not AccountState.ACTIVE:
        return
    lang: Language = "nl" if author.language == "nl" else "fr"
    mail.post(
        session,
        mail.NewMail(
            "link_refused",
            author,
            {
                "listing": link.service.name.localized(lang).words,
                "action": action_label(link.action, lang),
                "answer": link.decision_note or "",
                "reference": link.service.key,
            },
            about=f"service:{link.service_id}",
            actor_id=edit.account_id,
        ),
        edit.at,
    )


def _record(session: Session, link: Fulfilment, verb: AuditVerb, edit: Edit) -> None:
    audit.record(
        session,
        edit.actor,
        verb,
        f"service:{link.service.key}",
        f"action {link.action.reference}",
        now=edit.at,
    )
