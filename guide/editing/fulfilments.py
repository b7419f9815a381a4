"""Which plan actions a service fulfils: proposed by its organisation, confirmed or refused by the coordinator."""

from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, joinedload

from guide import audit, mail
from guide.clock import BRUSSELS
from guide.directory.indexing import note_change
from guide.editing.kept import action_label
from guide.languages import Bilingual, Language
from guide.model import (
    Account,
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
    link.reason, link.decided_on, link.decision_note, link.author = evidence, None, None, author
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

    `evidence` is the coordinator's own sentence: with it, what was only our reading becomes something stated; an
    organisation's sentence is never written over. Whoever proposed what is refused is told why.
    Raises CannotConfirm for a reading without any.
    """
    if evidence and link.basis is FulfilmentBasis.INFERRED:
        link.reason, link.basis = evidence, FulfilmentBasis.STATED
    if state is FulfilmentState.CONFIRMED and link.basis is FulfilmentBasis.INFERRED:
        raise CannotConfirm
    link.state, link.decision_note = state, note or None
    link.decided_on = now.astimezone(BRUSSELS).date()
    session.flush()
    _record(session, link, link.service, link.action, reviewer, f"fulfilment_{state.value}", now)
    if state is FulfilmentState.REFUSED:
        _tell_refused(session, link, reviewer, now)


def withdraw(session: Session, link: Fulfilment, author: Account, now: datetime) -> bool:
    """Takes a proposed link back; a confirmed one stays (the coordinator decides). Was it taken back?

    The sentence stays with its people, who can propose it again.
    """
    if link.state is not FulfilmentState.PROPOSED:
        return False
    link.state, link.decided_on, link.decision_note = FulfilmentState.REFUSED, None, None
    session.flush()
    _record(session, link, link.service, link.action, author, "fulfilment_withdrawn", now)
    return True


def taken_back(link: Fulfilment) -> bool:
    """Did its own people take it back? Nobody has refused it then."""
    return (
        link.state is FulfilmentState.REFUSED
        and link.basis is FulfilmentBasis.STATED
        and link.decided_on is None
    )


def _tell_refused(session: Session, link: Fulfilment, reviewer: Account, now: datetime) -> None:
    author = link.author
    if author is None or author.id == reviewer.id or author.state is not AccountState.ACTIVE:
        return
    lang: Language = "nl" if author.language == "nl" else "fr"
    mail.post(
        session,
        mail.NewMail(
            "link_refused",
            author,
            {
                "listing": link.service.name.into(lang).words,
                "action": action_label(link.action, lang),
                "answer": link.decision_note or "",
                "reference": link.service.key,
            },
            about=f"service:{link.service_id}",
            actor_id=reviewer.id,
        ),
        now,
    )


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
