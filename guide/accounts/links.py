"""Links sent by mail: a random token of 256 bits, of which only the digest is kept; used once, in time."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from guide import clock_guard
from guide.clock import lasts
from guide.crypto import token_digest
from guide.database import rowcount
from guide.model import Account, LinkPurpose, OneTimeLink, Service

LIFE = {
    LinkPurpose.INVITATION: timedelta(days=14),
    LinkPurpose.RESET: timedelta(hours=2),
    LinkPurpose.SIGN_IN: timedelta(minutes=30),
    LinkPurpose.CONFIRM: timedelta(days=30),
    LinkPurpose.ADDRESS: timedelta(minutes=10),
}


def issue(
    session: Session,
    account: Account,
    purpose: LinkPurpose,
    now: datetime,
    service: Service | None = None,
) -> str:
    """A new link's token: it goes into a mail and is kept nowhere. Earlier ones of the same purpose die."""
    if purpose is not LinkPurpose.CONFIRM:
        revoke(session, account, purpose, now)
    token = secrets.token_urlsafe(32)
    session.add(
        OneTimeLink(
            digest=token_digest(token),
            purpose=purpose,
            account_id=account.id,
            service_id=service.id if service else None,
            expires_at=now + LIFE[purpose],
        )
    )
    session.flush()
    return token


def find(session: Session, token: str, purpose: LinkPurpose, now: datetime) -> OneTimeLink | None:
    """The link of this token if it can still be used; None for wrong, used, expired and revoked alike."""
    link = session.scalar(
        select(OneTimeLink).where(OneTimeLink.digest == token_digest(token), OneTimeLink.purpose == purpose)
    )
    usable = link is not None and link.used_at is None and lasts(link.expires_at, now, LIFE[purpose])
    return link if usable else None


def use(session: Session, link: OneTimeLink, now: datetime) -> bool:
    """Uses the link up; False when somebody else was quicker."""
    done = session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.id == link.id, OneTimeLink.used_at.is_(None))
        .values(used_at=now)
        .execution_options(synchronize_session="fetch")
    )
    return bool(rowcount(done))


def revoke(session: Session, account: Account, purpose: LinkPurpose | None, now: datetime) -> None:
    """Ends the open links of an account: of one purpose, or all."""
    statement = update(OneTimeLink).where(OneTimeLink.account_id == account.id, OneTimeLink.used_at.is_(None))
    if purpose is not None:
        statement = statement.where(OneTimeLink.purpose == purpose)
    session.execute(statement.values(used_at=now).execution_options(synchronize_session="fetch"))


def forget(session: Session, now: datetime) -> int:
    """Deletes links that ended more than thirty days ago; how many. None when the clock seems to have jumped."""
    if clock_guard.jumped(session, now):
        return 0
    old = session.scalars(select(OneTimeLink).where(OneTimeLink.expires_at < now - timedelta(days=30))).all()
    for link in old:
        session.delete(link)
    return len(old)
