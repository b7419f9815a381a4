"""The calendar of an organisation: days that bear on all its listings, entered once a year by its people.

It is public at once, whoever writes it; what an editor wrote is then shown to the coordinators (`calendars_to_see`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from guide import audit
from guide.audit import AuditVerb, Edit
from guide.editing.listings import is_team
from guide.editing.organizations import record_of
from guide.model import (
    Account,
    AccountState,
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
    audit.record(
        session,
        edit.actor,
        AuditVerb.CALENDAR_CHANGED,
        f"organization:{organization.key}",
        ", ".join(sorted(merge.edits)),
        now=edit.at,
    )
    return []


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
