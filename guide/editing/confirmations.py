"""Confirming a listing from a mail, without signing in: the link shows, and only a decision records.

A link belongs to one person and one listing, and works once. It tells nothing of why it no longer works.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from guide.accounts import links
from guide.audit import Edit
from guide.editing import revisions
from guide.editing.listings import locked, may_edit
from guide.model import Account, LinkPurpose, OneTimeLink, Publication, Service, ServiceState


@dataclass(frozen=True, slots=True)
class Question:
    """Is this listing still right? Put to this person by this link."""

    link: OneTimeLink
    account: Account
    service: Service


def question(session: Session, token: str, now: datetime) -> Question | None:
    """What a link asks; None when it is unknown, used or too old, or when its person may no longer say."""
    link = links.find(session, token, LinkPurpose.CONFIRM, now)
    service = session.get(Service, link.service_id) if link is not None and link.service_id else None
    if link is None or service is None or not may_edit(link.account, service):
        return None
    if service.publication is not Publication.PUBLISHED or service.state is ServiceState.ENDED:
        return None
    return Question(link, link.account, service)


def confirm(session: Session, token: str, now: datetime) -> Service | None:
    """Records "still right" and uses the link up; None, and nothing recorded, when there is no question.

    Of two answers at the same moment the second finds the link used.
    """
    asked = question(session, token, now)
    if asked is None:
        return None
    service = locked(session, asked.service.id)
    if not links.use(session, asked.link, now):
        return None
    revisions.confirm(session, service, Edit(asked.account, now), by_link=True)
    return service
