"""Accounts nobody uses: after two years their owner is told, thirty days later the account is deleted.

What the person did stays in the history of the listings, without her name.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from guide import audit, clock_guard, mail
from guide.audit import AuditVerb
from guide.clock import BRUSSELS
from guide.model import Account, AccountState, Role

IDLE_AFTER = timedelta(days=730)
NOTICE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class IdleReport:
    """How many owners were told, and how many accounts were deleted."""

    told: int
    deleted: int


def tidy(
    session: Session, now: datetime, before_deletion: Callable[[Account], object] = lambda account: None
) -> IdleReport:
    """Tells and deletes whom it concerns today; a second run the same day finds nothing to do.

    `before_deletion` sees to what an account holds that this layer does not know of. The last administrator is
    never deleted. Somebody who signs in after the notice is idle no longer. Raises ClockJumpedError: a clock that
    seems to have jumped ends nobody's account, and frightens nobody.
    """
    clock_guard.require_right_clock(session, now)
    today = now.astimezone(BRUSSELS).date()
    told = deleted = 0
    for account in _idle(session, today):
        if account.idle_notice is None or account.idle_notice < _last_used(account):
            account.idle_notice = today
            if account.state is AccountState.ACTIVE:
                until, ends = today + NOTICE, now + NOTICE
                mail.post(
                    session,
                    mail.NewMail("account_idle", account, {"until": until.isoformat()}, expires_at=ends),
                    now,
                )
            told += 1
        elif today >= account.idle_notice + NOTICE and not _last_administrator(session, account):
            before_deletion(account)
            audit.record(
                session, "command", AuditVerb.ACCOUNT_DELETED, f"account:{account.id}", "idle", now=now
            )
            session.delete(account)
            deleted += 1
    session.flush()
    return IdleReport(told, deleted)


def _idle(session: Session, today: date) -> list[Account]:
    limit = today - IDLE_AFTER
    unused = or_(Account.last_seen < limit, Account.last_seen.is_(None))
    found = session.scalars(select(Account).where(unused).order_by(Account.id)).all()
    return [account for account in found if _last_used(account) < limit]


def _last_used(account: Account) -> date:
    return account.last_seen or account.created_at.astimezone(BRUSSELS).date()


def _last_administrator(session: Session, account: Account) -> bool:
    others = select(func.count()).where(
        Account.role == Role.ADMINISTRATOR, Account.state == AccountState.ACTIVE, Account.id != account.id
    )
    return account.role is Role.ADMINISTRATOR and not session.scalar(others)
