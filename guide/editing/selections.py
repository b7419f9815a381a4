"""What the coordinator does to a ready-made sheet. The caller commits; every change stands in the audit log."""

from collections.abc import Mapping
from enum import StrEnum

from sqlalchemy.orm import Session

from guide import audit
from guide.audit import AuditVerb, Edit
from guide.directory.selections import services_of
from guide.languages import LANGUAGES, Bilingual
from guide.model import Selection, SelectionEntry, Service
from guide.records.three_way_merge import three_way_merge

TEXTS = ("title", "introduction", "extra")


class Direction(StrEnum):
    """Where a service of a sheet goes, by one place."""

    UP = "up"
    DOWN = "down"


def texts_of(selection: Selection) -> dict[str, str]:
    """The words of a sheet as its form shows them: title_fr … extra_nl; '' is "nothing"."""
    return {
        f"{name}_{side}": getattr(selection, name).side(side) or "" for name in TEXTS for side in LANGUAGES
    }


def set_texts(
    session: Session,
    selection: Selection,
    values: Mapping[str, str],
    seen: Mapping[str, str] | None,
    edit: Edit,
) -> list[str]:
    """Writes what somebody changed in the words of a sheet; the names somebody else changed meanwhile.

    With such names nothing is written. `values` and `seen` are as `texts_of` gives them, now and as the form
    first showed them (None: nobody knows).
    """
    session.refresh(selection, with_for_update=True)
    stands = texts_of(selection)
    merge = three_way_merge(seen, values, stands)
    changed = merge.edits
    if merge.conflicts or not changed:
        return [conflict.path for conflict in merge.conflicts]
    wanted = stands | changed
    for name in TEXTS:
        setattr(selection, name, Bilingual(*(wanted[f"{name}_{side}"] or None for side in LANGUAGES)))
    _record(session, selection, f"texts: {', '.join(sorted(changed))}", edit)
    return []


def move(session: Session, selection: Selection, service: Service, where: Direction, edit: Edit) -> bool:
    """One place up or down. From then on the services have the places they are seen in; False at the end."""
    order = services_of(session, selection, edit.day)
    ids = [one.id for one in order]
    if service.id not in ids:
        return False
    place = ids.index(service.id)
    other = place + (1 if where is Direction.DOWN else -1)
    if not 0 <= other < len(order):
        return False
    order[place], order[other] = order[other], order[place]
    _place(selection, order)
    _record(session, selection, f"moved {service.key}", edit)
    return True


def add(session: Session, selection: Selection, service: Service, edit: Edit) -> bool:
    """A service more, at the end; False when it is already there."""
    order = services_of(session, selection, edit.day)
    if service in order:
        return False
    selection.without = [one for one in selection.without if one.id != service.id]
    _place(selection, [*order, service])
    _record(session, selection, f"added {service.key}", edit)
    return True


def remove(session: Session, selection: Selection, service: Service, edit: Edit) -> bool:
    """A service less, also when the rule would find it again; False when it was not there."""
    if service not in services_of(session, selection, edit.day):
        return False
    selection.entries = [entry for entry in selection.entries if entry.service_id != service.id]
    selection.without = [*selection.without, service]
    _record(session, selection, f"removed {service.key}", edit)
    return True


def _place(selection: Selection, order: list[Service]) -> None:
    """Gives each service its own place; entries of what is not shown at the moment keep theirs, at the end."""
    kept = {entry.service_id: entry for entry in selection.entries}
    seen = [
        kept.pop(service.id) if service.id in kept else SelectionEntry(service=service) for service in order
    ]
    selection.entries = [*seen, *kept.values()]
    for position, entry in enumerate(selection.entries):
        entry.position = position


def _record(session: Session, selection: Selection, detail: str, edit: Edit) -> None:
    session.flush()
    audit.record(
        session, edit.actor, AuditVerb.SELECTION_CHANGED, f"selection:{selection.key}", detail, now=edit.at
    )
