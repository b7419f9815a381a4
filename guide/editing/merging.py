"""Two listings of the same thing become one: the old addresses lead to the one that stays."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased, selectinload

from guide import audit
from guide.audit import AuditVerb, Edit
from guide.database import one_at_a_time
from guide.editing import kept as kept_texts
from guide.editing import protection, revisions
from guide.editing.listings import BACK_IN_THE_GUIDE, locked, record_of, with_value, with_values
from guide.editing.listings import successor as successor
from guide.languages import LANGUAGES
from guide.model import (
    ErrorReport,
    Fulfilment,
    NamedList,
    NamedListEntry,
    Publication,
    Selection,
    SelectionEntry,
    Service,
    SetAside,
    UrgentNumber,
    WayIn,
)
from guide.records.paths import FieldPath, path_to

MERGING = 871_093
"""Number under which merges come one by one (see `database.one_at_a_time`)."""

ALIKE = 88
"""From this likeness (0 to 100, rapidfuzz) on two names are shown as perhaps the same."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two published listings that look like one: by a phone number they share, or by their names."""

    first: Service
    second: Service
    same_phone: str | None
    likeness: int


class MergeError(Exception):
    """A listing cannot take its own place; and both must be published."""


def likely_duplicates(session: Session) -> list[Pair]:
    """Pairs that look like one, the likest first. Two queries, however many listings there are."""
    services = session.scalars(
        select(Service)
        .where(Service.publication == Publication.PUBLISHED)
        .options(selectinload(Service.phones))
        .order_by(Service.key)
    ).all()
    numbers = [{re.sub(r"\D", "", phone.number): phone.number for phone in one.phones} for one in services]
    names = [[_sorted_words(one.name.side(side)) for side in LANGUAGES] for one in services]
    found = []
    for place, first in enumerate(services):
        for there in range(place + 1, len(services)):
            second = services[there]
            shared = numbers[place].keys() & numbers[there].keys()
            same_organization = (
                first.organization_id is not None and first.organization_id == second.organization_id
            )
            # An organisation answers many services on one number: only a like name tells then.
            enough = ALIKE // 2 if shared and not same_organization else ALIKE
            alike = _likeness(names[place], names[there], enough)
            if alike >= enough:
                number = numbers[place][min(shared)] if shared else None
                found.append(Pair(first, second, number, alike))
    return sorted(found, key=lambda pair: (-pair.likeness, pair.first.key, pair.second.key))


def merged(session: Session) -> list[tuple[Service, Service]]:
    """Listings that were merged, each with the one that took its place, in the order of their keys."""
    kept = aliased(Service)
    rows = session.execute(
        select(Service, kept).join(kept, Service.merged_into == kept.key).order_by(Service.key)
    )
    return [(gone, successor) for gone, successor in rows]


def inherited(gone: Service, kept: Service) -> list[FieldPath]:
    """What protects the listing that goes and will protect the one that stays too: flags of `protection`.

    Old addresses and names lead there, so whoever was hidden by the one must not be shown by the other.
    """
    sensitive, confidential = protection.FLAGS
    flags = {
        sensitive: gone.is_sensitive and not kept.is_sensitive,
        confidential: gone.hides_address and not kept.hides_address,
    }
    return [flag for flag, taken_over in flags.items() if taken_over]


def merge(session: Session, gone: Service, kept: Service, edit: Edit) -> None:
    """`kept` takes the place of `gone`, on sheets and named lists too: links to actions move, names are
    remembered, old addresses redirect, what waits for an answer stays with its authors, who are told; what
    protected the one protects the other (`inherited`).

    Nothing is deleted: `gone` is archived with its history. Raises MergeError.
    """
    if gone.id == kept.id:
        raise MergeError
    hold(session, gone, kept)
    if any(one.publication is not Publication.PUBLISHED or one.merged_into for one in (gone, kept)):
        raise MergeError
    kept_texts.set_aside(session, gone, SetAside.MERGED, edit, instead=kept)
    _move_fulfilments(session, gone, kept)
    _move_places(session, gone, kept)
    for report in session.scalars(select(ErrorReport).where(ErrorReport.service_id == gone.id)):
        report.service_id = kept.id
    for way in session.scalars(select(WayIn).where(WayIn.service_id == gone.id)):
        session.delete(way)
    for number in session.scalars(select(UrgentNumber).where(UrgentNumber.service_id == gone.id)):
        number.service_id = kept.id
    session.flush()
    session.expire_all()
    record = protection.joined(record_of(kept), inherited(gone, kept))
    names = {side: list(record.get("alternate_names", {}).get(side, [])) for side in LANGUAGES}
    old = record_of(gone)
    for side in LANGUAGES:
        for name in (old.get("name", {}).get(side), *old.get("alternate_names", {}).get(side, [])):
            if name and name != record["name"].get(side) and name not in names[side]:
                names[side].append(name)
    known = {side: listed for side, listed in names.items() if listed}
    named = with_value(record, path_to("alternate_names"), known)
    revisions.apply(session, kept, named, edit.because(f"merged: {gone.key}"))
    # Whatever led to the one that goes leads straight to the one that stays.
    for earlier in session.scalars(select(Service).where(Service.merged_into == gone.key)):
        earlier.merged_into = kept.key
    archived = with_values(
        record_of(gone), {path_to("publication"): "archived", path_to("merged_into"): kept.key}
    )
    revisions.apply(session, gone, archived, edit.because(f"merged into: {kept.key}"))
    # Its links and urgent numbers changed, though its record may not have.
    audit.record(
        session, edit.actor, AuditVerb.LISTINGS_MERGED, f"service:{gone.key}", f"into {kept.key}", now=edit.at
    )


def hold(session: Session, *services: Service) -> None:
    """Holds these listings and all that lead to them, as they stand now; nothing else may be held before.

    Merges come one by one: which listings a merge changes is known only once the one before it has ended. Each
    holds its listings in the order of their numbers, so that it and an editor cannot wait for each other.
    """
    one_at_a_time(session, MERGING)
    keys = [service.key for service in services]
    numbers = [service.id for service in services]
    leading = select(Service.id).where(or_(Service.id.in_(numbers), Service.merged_into.in_(keys)))
    for service_id in session.scalars(leading.order_by(Service.id)).all():
        locked(session, service_id)


def separate(session: Session, gone: Service, edit: Edit) -> bool:
    """Undoes a merge: the listing is published again under its own address. What moved stays where it is.

    False, and nothing is done, when it is not merged any more.
    """
    hold(session, gone)
    if not gone.merged_into:
        return False
    kept = gone.merged_into
    record = with_values(record_of(gone), BACK_IN_THE_GUIDE)
    revisions.apply(session, gone, record, edit.because(f"separated: {kept}"))
    audit.record(
        session, edit.actor, AuditVerb.LISTINGS_SEPARATED, f"service:{gone.key}", f"from {kept}", now=edit.at
    )
    return True


def _move_fulfilments(session: Session, gone: Service, kept: Service) -> None:
    has = set(session.scalars(select(Fulfilment.action_id).where(Fulfilment.service_id == kept.id)))
    for link in session.scalars(select(Fulfilment).where(Fulfilment.service_id == gone.id)):
        if link.action_id not in has:
            link.service_id = kept.id


def _move_places(session: Session, gone: Service, kept: Service) -> None:
    """Its place on ready-made sheets and on workers' named lists; where both stood, one place and both notes."""
    for place in session.scalars(select(SelectionEntry).where(SelectionEntry.service_id == gone.id)):
        sheet = session.get_one(Selection, place.selection_id)
        if any(other.service_id == kept.id for other in sheet.entries):
            sheet.entries.remove(place)
        else:
            place.service = kept
    for entry in session.scalars(select(NamedListEntry).where(NamedListEntry.service_id == gone.id)):
        mine = session.get_one(NamedList, entry.named_list_id)
        there = next((other for other in mine.entries if other.service_id == kept.id), None)
        if there is None:
            entry.service = kept
        else:
            there.note = "\n".join(note for note in (there.note, entry.note) if note) or None
            mine.entries.remove(entry)


def _sorted_words(name: str | None) -> str:
    """A name whose words stand in the order of the alphabet: "Resto Jette" is like "Jette, Resto"."""
    return " ".join(sorted(re.findall(r"\w+", (name or "").casefold())))


def _likeness(first: Sequence[str], second: Sequence[str], enough: int) -> int:
    """How alike two names are in the language in which they are most; 0 below `enough`."""
    pairs = [(one, two) for one, two in zip(first, second, strict=True) if one and two]
    return round(max((fuzz.ratio(one, two, score_cutoff=enough) for one, two in pairs), default=0))
