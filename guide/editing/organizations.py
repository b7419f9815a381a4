"""An organisation's own words and standing, changed by the coordinator without losing anybody's edit."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from guide import audit
from guide.audit import AuditVerb, Edit
from guide.languages import LANGUAGES
from guide.model import Account, AccountState, Membership, Organization, Publication, Role, Service
from guide.records.lookup import DatabaseLookup
from guide.records.paths import FieldPath
from guide.records.shapes import ORGANIZATION
from guide.records.three_way_merge import three_way_merge

FLAT = ("name_fr", "name_nl", "description_fr", "description_nl", "website", "email", "trusted", "secrecy")
"""The fields of the coordinator's form, as plain strings; '' is "nothing"."""


@dataclass(frozen=True, slots=True)
class Looked:
    """An organisation with whoever looks after it (active or invited) and its published listings, counted."""

    organization: Organization
    people: list[Account]
    listings: int


class OrganizationValidationError(Exception):
    """Values that cannot stand; `fields` are names of FLAT."""

    def __init__(self, fields: list[str]) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


def with_people(session: Session) -> list[Looked]:
    """Every organisation, in the order of keys, with its editors. Three queries, however many there are."""
    people: dict[int, list[Account]] = defaultdict(list)
    for organization, account in session.execute(
        select(Membership.organization_id, Account)
        .join(Membership.account)
        .where(Account.role == Role.EDITOR, Account.state != AccountState.DISABLED)
        .order_by(Account.id)
    ):
        people[organization].append(account)
    counted = select(Service.organization_id, func.count())
    listed = {
        organization: number
        for organization, number in session.execute(
            counted.where(Service.publication == Publication.PUBLISHED).group_by(Service.organization_id)
        )
        if organization is not None
    }
    return [
        Looked(organization, people[organization.id], listed.get(organization.id, 0))
        for organization in session.scalars(select(Organization).order_by(Organization.key))
    ]


def record_of(organization: Organization) -> dict[str, Any]:
    """The organisation as plain values, in the shape of its data file."""
    return ORGANIZATION.write(organization)


def flat(record: Mapping[str, Any]) -> dict[str, str]:
    """What of a record the form shows."""
    found = {
        f"{name}_{side}": (record.get(name) or {}).get(side, "")
        for name in ("name", "description")
        for side in LANGUAGES
    }
    return found | {
        "website": record.get("website", ""),
        "email": record.get("email", ""),
        "trusted": "yes" if record.get("trusted") else "no",
        "secrecy": record.get("bound_by_secrecy", ""),
    }


def from_flat(values: Mapping[str, str]) -> dict[str, str]:
    """The form's values, only those that are its to say."""
    return {name: values.get(name, "") for name in FLAT}


def save(
    session: Session,
    organization: Organization,
    values: Mapping[str, str],
    seen: Mapping[str, str] | None,
    edit: Edit,
) -> list[str]:
    """Saves what the form says; the names of fields somebody else changed meanwhile (then nothing is saved).

    `seen` are the values as the form first showed them; None when nobody knows: then whatever
    differs from what stands now is asked about. Raises OrganizationValidationError.
    """
    session.refresh(organization, with_for_update=True)
    stands = record_of(organization)
    merge = three_way_merge(seen, values, flat(stands))
    changed = merge.edits
    if merge.conflicts or not changed:
        return [conflict.path for conflict in merge.conflicts]
    record = _with(stands, changed)
    lookup = DatabaseLookup(session)
    errors = list(ORGANIZATION.errors(record, lookup.knows, lookup.follow))
    if errors:
        raise OrganizationValidationError(sorted({_flat_name(path) for path, _words in errors}))
    with session.no_autoflush:
        ORGANIZATION.fill(organization, record, lookup)
    session.flush()
    audit.record(
        session,
        edit.actor,
        AuditVerb.ORGANIZATION_CHANGED,
        f"organization:{organization.key}",
        ", ".join(sorted(changed)),
        now=edit.at,
    )
    return []


def _with(record: Mapping[str, Any], changed: Mapping[FieldPath, str]) -> dict[str, Any]:
    made = dict(record)
    for name, value in changed.items():
        text, _line, side = name.rpartition("_")
        if side in LANGUAGES:
            sides = dict(made.get(text) or {}) | {side: value}
            _put(made, text, {key: sides[key] for key in LANGUAGES if sides.get(key)})
        elif name == "trusted":
            _put(made, name, value == "yes")
        else:
            _put(made, {"secrecy": "bound_by_secrecy"}.get(name, name), value)
    return ORGANIZATION.canonical(made)


def _put(record: dict[str, Any], name: str, value: Any) -> None:
    record.pop(name, None)
    if value:
        record[name] = value


def _flat_name(path: str) -> str:
    name = path.replace(".", "_")
    return (
        name if name in FLAT else {"bound_by_secrecy": "secrecy", "name": "name_fr"}.get(name, f"{name}_fr")
    )
