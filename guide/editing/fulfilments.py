"""Which plan actions a service fulfils: proposed by its organisation, confirmed or refused by the coordinator."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from guide import audit
from guide.clock import BRUSSELS
from guide.directory.indexing import note_change
from guide.languages import Bilingual
from guide.model import (
    Account,
    Action,
    Fulfilment,
    FulfilmentBasis,
    FulfilmentRole,
    FulfilmentState,
    Service,
    Theme,
)


class CannotConfirm(Exception):
    """What is only our reading of the texts has no evidence yet, so it cannot be confirmed."""


class AlreadyDecided(Exception):
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
    """The links that wait for the coordinator: those an organisation stated first, then our own readings."""
    found = session.scalars(
        select(Fulfilment)
        .where(Fulfilment.state == FulfilmentState.PROPOSED)
        .order_by(Fulfilment.id)
        .options(
            joinedload(Fulfilment.service),
            joinedload(Fulfilment.action).joinedload(Action.theme).joinedload(Theme.plan),
        )
    ).all()
    return sorted(found, key=lambda link: link.basis is not FulfilmentBasis.STATED)


def propose(
    session: Session,
    service: Service,
    action: Action,
    role: FulfilmentRole,
    evidence: Bilingual,
    author: Account,
    now: datetime,
) -> Fulfilment:
    """ "This service fulfils this action", with a sentence of evidence; proposed until it is confirmed.

    A link that was refused or only read by us is proposed anew; a confirmed one is left as it is.
    """
    link = session.scalar(
        select(Fulfilment).where(Fulfilment.service_id == service.id, Fulfilment.action_id == action.id)
    )
    if link is not None and link.state is FulfilmentState.CONFIRMED:
        return link
    if link is None:
        last = session.scalar(select(Fulfilment.position).order_by(Fulfilment.position.desc()).limit(1))
        link = Fulfilment(service_id=service.id, action_id=action.id, position=(last or 0) + 1)
        session.add(link)
    link.role, link.basis, link.state = role, FulfilmentBasis.STATED, FulfilmentState.PROPOSED
    link.reason, link.decided_on, link.decision_note = evidence, None, None
    session.flush()
    _record(session, link, service, action, author, "fulfilment_proposed", now)
    return link


def answer(
    session: Session,
    number: int,
    state: FulfilmentState,
    note: str,
    reviewer: Account,
    now: datetime,
    evidence: Bilingual | None = None,
) -> None:
    """Decides about a link (its id) that is still proposed. Raises AlreadyDecided, and as `decide` does."""
    link = session.scalar(
        select(Fulfilment)
        .where(Fulfilment.id == number, Fulfilment.state == FulfilmentState.PROPOSED)
        .with_for_update()
    )
    if link is None:
        raise AlreadyDecided
    decide(session, link, state, note, reviewer, now, evidence)


def decide(
    session: Session,
    link: Fulfilment,
    state: FulfilmentState,
    note: str,
    reviewer: Account,
    now: datetime,
    evidence: Bilingual | None = None,
) -> None:
    """Confirms or refuses a link, with a note; coverage follows at once.

    `evidence` is the coordinator's own sentence: with it, what was only our reading becomes something stated.
    Raises CannotConfirm for a reading without any.
    """
    if evidence:
        link.reason, link.basis = evidence, FulfilmentBasis.STATED
    if state is FulfilmentState.CONFIRMED and link.basis is FulfilmentBasis.INFERRED:
        raise CannotConfirm
    link.state, link.decision_note = state, note or None
    link.decided_on = now.astimezone(BRUSSELS).date()
    session.flush()
    _record(session, link, link.service, link.action, reviewer, f"fulfilment_{state.value}", now)


def withdraw(session: Session, link: Fulfilment, author: Account, now: datetime) -> bool:
    """Takes a proposed link back; a confirmed one stays (the coordinator decides). Was it taken back?"""
    if link.state is not FulfilmentState.PROPOSED:
        return False
    service, action = link.service, link.action
    session.delete(link)
    session.flush()
    _record(session, link, service, action, author, "fulfilment_withdrawn", now)
    return True


def _record(
    session: Session,
    link: Fulfilment,
    service: Service,
    action: Action,
    actor: Account,
    verb: str,
    now: datetime,
) -> None:
    note_change(session, f"service:{service.key}")
    audit.record(
        session, f"account:{actor.id}", verb, f"service:{service.key}", f"action {action.reference}", now=now
    )
