"""The calendar of an organisation: days that bear on all its listings, entered once a year by its people.

It is public at once, whoever writes it; what an editor wrote is then shown to the coordinators until one has seen it.
That it was written, and seen, is known by the audit log.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, String, case, cast, func, literal, select
from sqlalchemy.orm import Session

from guide import audit
from guide.audit import AuditVerb, Edit
from guide.directory.indexing import enqueue_index_update
from guide.editing.listings import TEAM, is_team
from guide.editing.organizations import record_of
from guide.model import (
    Account,
    AccountState,
    AuditEntry,
    Organization,
    PeriodKind,
    Publication,
    Role,
    Service,
)
from guide.records.lookup import DatabaseLookup
from guide.records.shapes import ORGANIZATION
from guide.records.three_way_merge import Merge, three_way_merge

Periods = dict[str, list[dict[str, Any]]]
"""Kind of period (`PeriodKind`) → its periods as records, in the order in which they begin."""


@dataclass(frozen=True, slots=True)
class CalendarEdit:
    """What a form says of a calendar: the periods of each kind as typed, and as it first showed them.

    The form shows what is not over on the day `since`; `seen` is None when nobody knows what it showed.
    """

    periods: Periods
    seen: Mapping[str, Any] | None
    since: date


@dataclass(frozen=True, slots=True)
class Unseen:
    """A calendar that an editor changed and no coordinator has looked at since: the last time, and who it was.

    `seq` is the number of that change in the audit log; `by` None when the account is gone.
    """

    organization: Organization
    seq: int
    at: datetime
    by: Account | None


def find(session: Session, account: Account, key: str) -> Organization | None:
    """The organisation with this key if this account may write its calendar; None tells nothing of why not."""
    found = session.scalar(select(Organization).where(Organization.key == key))
    if found is None or account.state is not AccountState.ACTIVE:
        return None
    mine = {membership.organization_id for membership in account.memberships}
    may = is_team(account) or (account.role is Role.EDITOR and found.id in mine)
    return found if may else None


def listings_of(session: Session, organization: Organization) -> list[Service]:
    """The listings its calendar bears on, in the order of their keys: those that are in the guide."""
    return list(
        session.scalars(
            select(Service)
            .where(Service.organization_id == organization.id, Service.publication == Publication.PUBLISHED)
            .order_by(Service.key)
        )
    )


def periods_of(organization: Organization, since: date) -> Periods:
    """The periods that are not over on this day, by kind."""
    return _by_kind(one for one in _calendar(organization) if one["ends"] >= since.isoformat())


def over(organization: Organization, since: date) -> Periods:
    """Those that are."""
    return _by_kind(one for one in _calendar(organization) if one["ends"] < since.isoformat())


def save(session: Session, organization: Organization, typed: CalendarEdit, edit: Edit) -> list[str]:
    """Saves the calendar, which counts at once; the kinds somebody else changed meanwhile (then nothing is saved).

    What was over when the form was opened stays. The transaction must be a writing one.
    """
    session.refresh(organization, with_for_update=True)
    merge = _merge(typed, periods_of(organization, typed.since))
    if merge.conflicts or not merge.edits:
        return [conflict.path for conflict in merge.conflicts]
    kept = [one for periods in over(organization, typed.since).values() for one in periods]
    calendar = [*kept, *(one for periods in merge.merged.values() for one in periods)]
    record = {name: value for name, value in record_of(organization).items() if name != "calendar"}
    if calendar:
        record["calendar"] = sorted(calendar, key=_order)
    lookup = DatabaseLookup(session)
    errors = list(ORGANIZATION.errors(record, lookup.knows, lookup.follow))
    assert not errors, errors  # the form has checked each line
    with session.no_autoflush:
        ORGANIZATION.fill(organization, ORGANIZATION.canonical(record), lookup)
    session.flush()
    enqueue_index_update(session, "*")
    audit.record(
        session,
        edit.actor,
        AuditVerb.CALENDAR_CHANGED,
        f"organization:{organization.key}",
        ", ".join(sorted(merge.edits)),
        now=edit.at,
    )
    return []


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


def _merge(typed: CalendarEdit, stands: Periods) -> Merge:
    return three_way_merge(typed.seen, typed.periods, stands)


def _calendar(organization: Organization) -> Sequence[dict[str, Any]]:
    return record_of(organization).get("calendar") or []


def _by_kind(periods: Any) -> Periods:
    found: Periods = {kind.value: [] for kind in PeriodKind}
    for one in sorted(periods, key=_order):
        found[one["kind"]].append(one)
    return found


def _order(period: Mapping[str, Any]) -> tuple[str, str, str]:
    return period["starts"], period["ends"], period["kind"]
