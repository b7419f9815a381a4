"""A listing as people edit it: its record, the paths of what differs, who may edit it, what is still missing.

Proposals, reviews and revisions all speak of paths (`guide.records.paths`).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.database import locked_row
from guide.editing.addresses import settled
from guide.languages import LANGUAGES
from guide.model import Account, AccountState, Publication, Role, Service
from guide.records.fields import Both
from guide.records.paths import FieldPath, field_of, path_to, side_of
from guide.records.shapes import SERVICE

Record = dict[str, Any]

PARTS: dict[str, tuple[str, ...]] = {
    "about": ("name", "summary", "description", "terms"),
    "for_whom": ("eligibility", "publics", "residents_only", "languages", "confidential"),
    "price": ("free", "fees", "papers_needed", "documents"),
    "access": (
        "access_modes", "application", "phones", "email", "website", "addresses", "wheelchair", "accessibility",
    ),
    "hours": ("schedules", "follows_school_calendar", "schedule_note", "closures", "intake_status", "intake_note"),
    "plan": (),
    "professionals": ("professional_note", "accepts_relay", "relay_email", "review_interval_months"),
}  # fmt: skip
"""The seven parts of a listing, in the order of its task list, and the fields each holds.

The part `plan` holds no field of the record: links to actions are records of their own.
"""

EDITABLE = frozenset(name for names in PARTS.values() for name in names)
"""What an association may change. Everything else (its key, its state, its sources…) is not a form's to say."""

READ_BY_ALL = EDITABLE - frozenset(PARTS["professionals"])
"""What of it the page of a listing shows to everybody; the rest is for social workers and for the guide itself."""

QUICK = frozenset(
    {
        "phones", "schedules", "follows_school_calendar", "schedule_note", "closures", "intake_status", "intake_note",
    }
)  # fmt: skip
"""What goes live at once when the organisation is trusted: wrong here costs somebody a journey."""

FOLLOWING = ("citations", "schedule_source", "intake_as_of")
"""Fields that follow others: nobody changes them by herself."""

BACK_IN_THE_GUIDE = {path_to("publication"): None, path_to("merged_into"): None}
"""Path → value of a listing that is published again under its own address."""

TEXTS = tuple(field.name for field in SERVICE.fields if isinstance(field, Both))
"""The fields that are texts in two languages."""

TEAM = (Role.COORDINATOR, Role.ADMINISTRATOR)
"""The roles of the commune's people."""

_TRANSLATED = tuple(name for name in TEXTS if name not in ("professional_note",))


def record_of(service: Service) -> Record:
    """The listing as plain values, in the shape of its data file; empty fields are left out.

    Each of several addresses has a key, so that hours and phones can name it.
    """
    return settled(SERVICE.write(service))


def paths(fields: Iterable[str] = EDITABLE) -> list[FieldPath]:
    """Every path of these fields: a text has one a language."""
    return [
        path
        for name in fields
        for path in ([path_to(name, side) for side in LANGUAGES] if name in TEXTS else [path_to(name)])
    ]


def public_reads(service: Service | None, path: FieldPath) -> bool:
    """Does everybody read in the guide what stands at this path of the listing? None is one that is new."""
    name = field_of(path)
    if service is None or not service.is_public or name not in READ_BY_ALL:
        return False
    return name != "addresses" or not service.hides_address


def value_at(record: Mapping[str, Any], path: FieldPath) -> Any:
    """What stands at this path; None when nothing does."""
    name, side = field_of(path), side_of(path)
    value = record.get(name)
    return (value or {}).get(side) if side else value


def with_value(record: Mapping[str, Any], path: FieldPath, value: Any) -> Record:
    """The record with this value at this path; an empty value leaves the field out."""
    name, side = field_of(path), side_of(path)
    changed = dict(record)
    if side:
        sides = dict(changed.get(name) or {})
        sides[side] = value
        value = {key: sides[key] for key in LANGUAGES if sides.get(key)}
    if value in (None, "", [], {}, False):
        changed.pop(name, None)
    else:
        changed[name] = value
    return changed


def with_values(record: Mapping[str, Any], values: Mapping[FieldPath, Any]) -> Record:
    """The record with each value at its path."""
    changed = dict(record)
    for path, value in values.items():
        changed = with_value(changed, path, value)
    return changed


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[FieldPath]:
    """The paths at which two records differ, in the order of the data file."""
    names = [field.name for field in SERVICE.fields]
    return [path for path in paths(names) if value_at(before, path) != value_at(after, path)]


def said(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[FieldPath]:
    """The paths that differ and that somebody said: what only follows another field goes with it."""
    return [path for path in differing(before, after) if path not in FOLLOWING]


def successor(session: Session, service: Service) -> Service | None:
    """The listing that took this one's place in the end, over however many merges; None when none did.

    A circle, which no rule lets in any more, ends nowhere: None.
    """
    seen = {service.key}
    last, key = None, service.merged_into
    while key:
        if key in seen:
            return None
        seen.add(key)
        further = session.scalar(select(Service).where(Service.key == key))
        last, key = further or last, further.merged_into if further is not None else None
    return last


def is_team(account: Account) -> bool:
    """Is she one of the commune's people, who edit every listing?"""
    return account.role in TEAM


def may_edit(account: Account, service: Service) -> bool:
    """An editor edits the listings of her organisations; the commune's people edit all."""
    if account.state is not AccountState.ACTIVE:
        return False
    if is_team(account):
        return True
    belongs_to = {membership.organization_id for membership in account.memberships}
    return account.role is Role.EDITOR and service.organization_id in belongs_to


def find(session: Session, account: Account, key: str) -> Service | None:
    """The listing with this key if this account may edit it; None tells nothing of why not."""
    service = session.scalar(select(Service).where(Service.key == key))
    return service if service is not None and may_edit(account, service) else None


def editable_by(session: Session, account: Account) -> list[Service]:
    """The listings of an account's own organisations, in the order of their keys; archived ones last."""
    belongs_to = [membership.organization_id for membership in account.memberships]
    found = session.scalars(
        select(Service).where(Service.organization_id.in_(belongs_to)).order_by(Service.key)
    ).all()
    return sorted(found, key=lambda service: service.publication is Publication.ARCHIVED)


def locked(session: Session, service_id: int) -> Service:
    """The listing as it stands now, held until this transaction ends, so that two editors come one by one."""
    service = locked_row(session, Service, service_id)
    assert service is not None  # listings are archived, never deleted
    return service


def missing(record: Mapping[str, Any]) -> list[str]:
    """The fields without which a listing cannot be published; [] when it can be.

    A name and a short description in one language at least, a need it is filed under, and a way to reach it.
    """
    absent = [name for name in ("name", "summary") if not record.get(name)]
    if not any(term.get("rank") == "primary" for term in record.get("terms", [])):
        absent.append("terms")
    if not any(record.get(name) for name in ("phones", "email", "website", "addresses")):
        absent.append("phones")
    if record.get("accepts_relay") and not record.get("relay_email"):
        absent.append("relay_email")
    return absent


def wanted(record: Mapping[str, Any]) -> list[str]:
    """The facts people ask for before they come and that are not written yet, in the order of the parts."""
    if record.get("kind", "service") not in ("service", "helpline", "benefit"):
        return []
    kind = record.get("kind", "service")
    asked: list[tuple[str, tuple[str, ...]]] = [
        ("eligibility", ("eligibility", "publics")),
        ("languages", ("languages",)),
        ("fees", ("fees", "free")),
        ("application", ("application", "access_modes")),
        ("phones", ("phones",)),
    ]
    if kind == "service" and not record.get("address_confidential"):
        asked.append(("addresses", ("addresses",)))
    if kind != "benefit":
        asked.append(("schedules", ("schedules", "schedule_note")))
    return [name for name, any_of in asked if not any(record.get(other) for other in any_of)]


def one_sided(record: Mapping[str, Any]) -> list[str]:
    """The texts for the public that stand in one language only."""
    return [name for name in _TRANSLATED if record.get(name) and len(record[name]) < len(LANGUAGES)]


def part_state(record: Mapping[str, Any], part: str) -> str:
    """'done', 'half' (a text stands in one language only) or 'todo' (nothing is written yet)."""
    names = PARTS[part]
    filled = [name for name in names if record.get(name)]
    if not filled or any(name in names for name in missing(record)):
        return "todo"
    return "half" if any(name in names for name in one_sided(record)) else "done"
