"""Signed-in browsers: opened, found again by their cookie, listed, ended. Kept in the database."""

import re
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload, selectinload

from guide import clock_guard
from guide.clock import BRUSSELS, lasts
from guide.crypto import token_digest
from guide.model import Account, AccountSession, AccountState, Membership, Role

LIVES = {
    Role.EDITOR: (timedelta(hours=12), timedelta(days=30)),
    Role.SOCIAL_WORKER: (timedelta(minutes=30), timedelta(hours=12)),
    Role.COORDINATOR: (timedelta(minutes=30), timedelta(hours=12)),
    Role.ADMINISTRATOR: (timedelta(minutes=30), timedelta(hours=12)),
}
"""How long a session lives unused, and at most."""

SEEN_EVERY = timedelta(minutes=2)
"""Looking at pages writes "seen" at most so often: a GET should cost no write."""


def begin(session: Session, account: Account, device: str, now: datetime, second_factor: bool) -> str:
    """Opens a session; the token goes into the cookie and is kept nowhere else."""
    token = secrets.token_urlsafe(32)
    session.add(
        AccountSession(
            digest=token_digest(token),
            account_id=account.id,
            device=device_name(device),
            second_factor=second_factor,
            created_at=now,
            seen_at=now,
        )
    )
    account.last_seen = now.astimezone(BRUSSELS).date()
    session.flush()
    return token


def find(session: Session, token: str, now: datetime) -> AccountSession | None:
    """The living session of this cookie, with its account and organisations; None for all others."""
    found = session.scalar(
        select(AccountSession)
        .where(AccountSession.digest == token_digest(token))
        .options(
            joinedload(AccountSession.account)
            .selectinload(Account.memberships)
            .joinedload(Membership.organization)
        )
    )
    return found if found is not None and alive(found, now) else None


def alive(found: AccountSession, now: datetime) -> bool:
    """Does this session last? One that a wrong clock judged is not touched, and lasts again under the right one."""
    idle, longest = LIVES[found.account.role]
    return (
        found.account.state is AccountState.ACTIVE
        and lasts(found.seen_at + idle, now, idle)
        and lasts(found.created_at + longest, now, longest)
    )


def seen(session: Session, found: AccountSession, now: datetime) -> None:
    """Notes that the session is in use."""
    found.seen_at = now
    found.account.last_seen = now.astimezone(BRUSSELS).date()


def of(session: Session, account: Account, now: datetime) -> list[AccountSession]:
    """The living sessions of an account, the last used first."""
    found = session.scalars(
        select(AccountSession)
        .where(AccountSession.account_id == account.id)
        .order_by(AccountSession.seen_at.desc())
        .options(selectinload(AccountSession.account))
    )
    return [row for row in found if alive(row, now)]


def end(session: Session, row: AccountSession) -> None:
    """Ends one session: its browser is signed out at its next request."""
    session.delete(row)
    session.flush()


def end_all(session: Session, account: Account, but: int | None = None) -> None:
    """Ends the sessions of an account, but for one."""
    statement = delete(AccountSession).where(AccountSession.account_id == account.id)
    session.execute(statement if but is None else statement.where(AccountSession.id != but))


def forget(session: Session, now: datetime) -> None:
    """Deletes sessions that are over; none when the clock seems to have jumped."""
    if clock_guard.jumped(session, now):
        return
    session.execute(delete(AccountSession).where(AccountSession.created_at < now - timedelta(days=31)))


def device_name(user_agent: str) -> str:
    """'Firefox, Android' out of what a browser says of itself, and nothing more."""
    browsers = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
    systems = (
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    )
    found = [
        next((name for sign, name in names if re.search(sign, user_agent)), "")
        for names in (browsers, systems)
    ]
    return ", ".join(part for part in found if part)
