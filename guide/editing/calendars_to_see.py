"""The calendars that editors changed: public at once, and shown to the coordinators until one has looked.

That a calendar was written, and seen, is known by the audit log.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, String, case, cast, func, literal, select
from sqlalchemy.orm import Session

from guide import audit
from guide.audit import AuditVerb, Edit
from guide.editing.listings import TEAM
from guide.model import Account, AuditEntry, Organization


@dataclass(frozen=True, slots=True)
class Unseen:
    """A calendar that an editor changed and no coordinator has looked at since: the last time, and who it was.

    `seq` is the number of that change in the audit log; `by` None when the account is gone.
    """

    organization: Organization
    seq: int
    at: datetime
    by: Account | None


def to_see(session: Session) -> list[Unseen]:
    """The calendars that editors changed and no coordinator has seen since, the oldest change first. Two queries."""
    found = session.execute(
        select(AuditEntry, Organization)
        .join(Organization, literal(_OF).concat(Organization.key) == AuditEntry.object)
        .where(AuditEntry.seq.in_(_unseen()))
        .order_by(AuditEntry.seq)
    ).all()
    numbers = [int(entry.actor.removeprefix(_BY)) for entry, _organization in found]
    authors = {one.id: one for one in session.scalars(select(Account).where(Account.id.in_(numbers)))}
    return [
        Unseen(organization, entry.seq, datetime.fromisoformat(entry.at), authors.get(number))
        for (entry, organization), number in zip(found, numbers, strict=True)
    ]


def unseen_count() -> Select[int]:
    """The query that counts them."""
    return select(func.count()).select_from(_unseen().subquery())


def call_seen(session: Session, numbers: Collection[int], edit: Edit) -> int:
    """The coordinator has looked at these changes (`seq`); how many nobody had seen before.

    A calendar that was changed again meanwhile stays on the list.
    """
    keys = [one.organization.id for one in to_see(session) if one.seq in numbers]
    # Held as `save` holds it: what is said to be seen is what stands.
    session.execute(
        select(Organization.id).where(Organization.id.in_(keys)).order_by(Organization.id).with_for_update()
    )
    seen = [one for one in to_see(session) if one.seq in numbers]
    for one in seen:
        audit.record(session, edit.actor, AuditVerb.CHANGE_SEEN, f"{_OF}{one.organization.key}", now=edit.at)
    return len(seen)


_OF, _BY = "organization:", "account:"
"""How the audit log names what an act is done to, and who did it."""


def _unseen() -> Select[int]:
    """The number of the last change of each calendar that is to be seen."""
    # Only accounts change calendars.
    team = select(literal(_BY).concat(cast(Account.id, String))).where(Account.role.in_(TEAM))
    changed = case(
        (
            (AuditEntry.verb == AuditVerb.CALENDAR_CHANGED) & AuditEntry.actor.not_in(team),
            AuditEntry.seq,
        )
    )
    seen = case((AuditEntry.verb == AuditVerb.CHANGE_SEEN, AuditEntry.seq), else_=0)
    return (
        select(func.max(changed))
        .where(
            AuditEntry.verb.in_((AuditVerb.CALENDAR_CHANGED, AuditVerb.CHANGE_SEEN)),
            AuditEntry.object.startswith(_OF),
        )
        .group_by(AuditEntry.object)
        .having(func.max(changed) > func.max(seen))
    )
