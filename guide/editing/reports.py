"""Errors that visitors report: told to whoever looks after the listing, closed by them, and answered.

What a visitor writes is read at the desk only: no mail carries it. Her address serves for one answer, and is
erased with it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from guide import audit, clock_guard, mail
from guide.audit import AuditVerb, Edit
from guide.database import locked_row, rowcount
from guide.editing.listings import may_edit
from guide.languages import Language
from guide.model import Account, AccountState, ErrorReport, Membership, Role, Service
from guide.records.values import holds_bank_account, holds_national_number

PARTS = ("phone", "hours", "address", "text", "closed", "other")
"""What can be wrong with a listing, in the order it is offered."""

LONGEST = 500
TOLD_FOR = timedelta(days=1)
"""Who was told of a report is not told again of the same listing for a day: the desk lists them all."""


ADDRESS_KEPT = timedelta(days=180)
"""The longest a reporter's address is kept when nobody answers her."""
CLOSED_KEPT = timedelta(days=365)
"""How long a closed report can still be read."""


class PrivateNumberError(Exception):
    """The words hold a national number or a bank account; nothing was stored. `kind` says which of the two."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def private_number(words: str) -> str | None:
    """'national_number' or 'bank_account' when the words hold one, else None."""
    plain = " ".join(words.split())
    if holds_national_number(plain):
        return "national_number"
    return "bank_account" if holds_bank_account(plain) else None


@dataclass(frozen=True, slots=True)
class Remark:
    """What a visitor says is wrong with a listing: which of PARTS, in her words, and her address for an answer."""

    part: str
    words: str
    address: str | None
    language: Language


def report(session: Session, service: Service, remark: Remark, now: datetime) -> ErrorReport:
    """Keeps a report and tells those who look after the listing.

    Raises PrivateNumberError, and ValueError for a part that is none of ours or words that are too long.
    """
    if remark.part not in PARTS or len(remark.words) > LONGEST:
        raise ValueError("not a report")
    for text in (remark.words, remark.address or ""):
        kind = private_number(text)
        if kind:
            raise PrivateNumberError(kind)
    told = session.scalar(
        select(ErrorReport.id)
        .where(
            ErrorReport.service_id == service.id,
            ErrorReport.closed_at.is_(None),
            ErrorReport.created_at > now - TOLD_FOR,
        )
        .limit(1)
    )
    made = ErrorReport(
        service_id=service.id,
        part=remark.part,
        words=remark.words,
        address=remark.address or None,
        language=remark.language,
        created_at=now,
    )
    session.add(made)
    session.flush()
    audit.record(session, "visitor", AuditVerb.ERROR_REPORTED, f"service:{service.key}", remark.part, now=now)
    if told is None:
        for account in responsible(session, service):
            side: Language = "nl" if account.language == "nl" else "fr"
            mail.post(
                session,
                mail.NewMail(
                    "error_reported",
                    account,
                    {
                        "name": service.name.localized(side).words,
                        "part": remark.part,
                        "key": service.key,
                        "editor": account.role is Role.EDITOR,
                    },
                    about=f"service:{service.id}",
                ),
                now,
            )
    return made


def responsible(session: Session, service: Service) -> list[Account]:
    """Who is told: the active editors of its organisation and the coordinators (administrators if none)."""
    active = select(Account).where(Account.state == AccountState.ACTIVE).order_by(Account.id)
    editors = session.scalars(
        active.join(Account.memberships).where(
            Account.role == Role.EDITOR, Membership.organization_id == service.organization_id
        )
    ).all()
    coordinators = session.scalars(active.where(Account.role == Role.COORDINATOR)).all()
    if not coordinators:
        coordinators = session.scalars(active.where(Account.role == Role.ADMINISTRATOR)).all()
    return [*editors, *coordinators]


def open_reports(session: Session, for_account: Account, service: Service | None = None) -> list[ErrorReport]:
    """The reports that wait for this account, oldest first: of its own listings, or of all for the commune."""
    query = (
        select(ErrorReport)
        .where(ErrorReport.closed_at.is_(None))
        .order_by(ErrorReport.created_at, ErrorReport.id)
    )
    if service is not None:
        query = query.where(ErrorReport.service_id == service.id)
    return [found for found in session.scalars(query) if may_edit(for_account, found.service)]


def find(session: Session, account: Account, number: int) -> ErrorReport | None:
    """The report with this number if this account may close it (open or not); None tells nothing of why not."""
    found = session.get(ErrorReport, number)
    return found if found is not None and may_edit(account, found.service) else None


def close(session: Session, report: ErrorReport, mended: bool, edit: Edit) -> bool:
    """Ends a report: whoever left an address is told, in her language, and the address is erased.

    False, and nothing is done, when somebody has closed it before.
    """
    held = locked_row(session, ErrorReport, report.id)
    if held is None or held.closed_at is not None:
        return False
    held.closed_at, held.closed_by_id, held.mended = edit.at, edit.account_id, mended
    if held.address:
        language: Language = "nl" if held.language == "nl" else "fr"
        mail.post(
            session,
            mail.NewMail(
                "report_closed",
                held.address,
                {
                    "name": held.service.name.localized(language).words,
                    "code": held.service.short_code,
                    "mended": mended,
                },
                language=language,
                about=f"service:{held.service_id}",
                actor_id=edit.account_id,
            ),
            edit.at,
        )
        held.address = None
    session.flush()
    audit.record(
        session,
        edit.actor,
        AuditVerb.REPORT_CLOSED,
        f"service:{held.service.key}",
        "mended" if mended else "not mended",
        now=edit.at,
    )
    return True


def forget(session: Session, now: datetime) -> tuple[int, int]:
    """Erases addresses that waited half a year, and reports closed a year ago: how many of each.

    A second run finds nothing to do, and one whose clock seems to have jumped does nothing.
    """
    if clock_guard.jumped(session, now):
        return 0, 0
    addresses = session.execute(
        update(ErrorReport)
        .where(ErrorReport.address.is_not(None), ErrorReport.created_at < now - ADDRESS_KEPT)
        .values(address=None)
        .execution_options(synchronize_session="fetch")
    )
    closed = session.execute(
        delete(ErrorReport)
        .where(ErrorReport.closed_at < now - CLOSED_KEPT)
        .execution_options(synchronize_session="fetch")
    )
    return rowcount(addresses), rowcount(closed)
