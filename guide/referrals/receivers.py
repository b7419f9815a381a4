"""Who may receive a fiche-relais, on paper or sent: the one rule, and why somebody may not.

A help line or an urgent number is called, now: a sheet that waits in a letter box helps nobody there. What is kept
for professionals is no address to give to a person. What does not exist, or nobody goes to, receives nothing.
"""

from enum import StrEnum

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from guide.directory.listing import AnyFacts
from guide.directory.wording import ASKED_FOR
from guide.model import Publication, Service, ServiceKind, ServiceState


class NoReceiver(StrEnum):
    """Why no fiche-relais can be made for a service, hence what to do instead."""

    CALL = "call"
    """It is a number to call: call it, with the person."""
    PROFESSIONALS = "professionals"
    """Its listing is kept for professionals: contact it oneself."""
    NOT_THERE = "not_there"
    """It is not published, does not exist, or is nothing people come to: choose another."""


def why_not(service: AnyFacts) -> NoReceiver | None:
    """Why nobody can be sent to this service with a fiche-relais on paper; None when one can."""
    if service.publication != Publication.PUBLISHED or service.merged_into is not None:
        return NoReceiver.NOT_THERE
    if not service.is_public:
        return NoReceiver.PROFESSIONALS
    if service.is_called:
        return NoReceiver.CALL
    if service.state != ServiceState.EXISTING or service.kind not in ASKED_FOR:
        return NoReceiver.NOT_THERE
    if service.kind == ServiceKind.BENEFIT and not (service.phones or service.email or service.places):
        # Help in money or in kind has no door of its own unless its listing names one.
        return NoReceiver.NOT_THERE
    return None


def takes_paper(service: AnyFacts) -> bool:
    """Can somebody be sent there with a sheet? It need not have said so, nor have a number: the person goes.

    A service whose number nobody knows yet counts: the sheet says whom to ask.
    """
    return why_not(service) is None


def can_receive(service: Service) -> bool:
    """May a fiche-relais be sent to it? It says so itself, and has an address on file.

    Also a listing that is kept for professionals: it is a professional who sends.
    """
    return (
        service.accepts_relay
        and bool(service.relay_email)
        and service.state == ServiceState.EXISTING
        and why_not(service) in (None, NoReceiver.PROFESSIONALS)
        and not service.is_called
    )


def services_that_receive(session: Session) -> list[Service]:
    """The published services that take a fiche-relais and have an address for it, in the order of their keys."""
    has_address = or_(Service.relay_email != "", Service.relay_email.is_not(None))
    query = (
        select(Service)
        .where(Service.accepts_relay, has_address, Service.publication == Publication.PUBLISHED)
        .options(joinedload(Service.organization), selectinload(Service.urgent_numbers))
        .order_by(Service.key)
    )
    return [service for service in session.scalars(query) if can_receive(service)]
