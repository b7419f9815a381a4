"""Two listings of the same thing become one: the old addresses lead to the one that stays."""

import re
from dataclasses import dataclass
from datetime import datetime

from rapidfuzz import fuzz
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from guide import audit
from guide.editing import revisions
from guide.editing.listings import locked, record_of, with_values
from guide.editing.proposals import open_for
from guide.languages import LANGUAGES
from guide.model import (
    Account,
    ErrorReport,
    Fulfilment,
    ProposalState,
    Publication,
    Service,
    UrgentNumber,
    WayIn,
)

ALIKE = 88
"""From this likeness (0 to 100, rapidfuzz) on two names are shown as perhaps the same."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two published listings that look like one: by a phone number they share, or by their names."""

    first: Service
    second: Service
    same_phone: str | None
    likeness: int


class CannotMerge(Exception):
    """A listing cannot take its own place, nor that of one that is not published."""


def likely_duplicates(session: Session) -> list[Pair]:
    """Pairs that look like one, the likest first."""
    services = session.scalars(
        select(Service)
        .where(Service.publication == Publication.PUBLISHED)
        .options(selectinload(Service.phones))
        .order_by(Service.key)
    ).all()
    numbers = {
        service.id: {re.sub(r"\D", "", phone.number): phone.number for phone in service.phones}
        for service in services
    }
    found = []
    for place, first in enumerate(services):
        for second in services[place + 1 :]:
            shared = next((n for d, n in numbers[first.id].items() if d in numbers[second.id]), None)
            alike = _likeness(first, second)
            same_house = first.organization_id is not None and first.organization_id == second.organization_id
            # A house answers many services on one number: only a like name tells then.
            if alike >= ALIKE or (shared and not same_house and alike >= ALIKE // 2):
                found.append(Pair(first, second, shared, alike))
    return sorted(found, key=lambda pair: (-pair.likeness, pair.first.key))


def merge(session: Session, gone: Service, kept: Service, actor: Account, now: datetime) -> None:
    """`kept` takes the place of `gone`: links to actions move, names are remembered, old addresses redirect.

    Nothing is deleted: `gone` is archived with its history. Raises CannotMerge.
    """
    if gone.id == kept.id or kept.publication is not Publication.PUBLISHED:
        raise CannotMerge
    first, second = sorted(
        (gone.id, kept.id)
    )  # always in this order, so that two merges cannot wait for each other
    locked(session, first)
    locked(session, second)
    _move_fulfilments(session, gone, kept)
    for table in (ErrorReport,):
        for row in session.scalars(select(table).where(table.service_id == gone.id)):
            row.service_id = kept.id
    for way in session.scalars(select(WayIn).where(WayIn.service_id == gone.id)):
        session.delete(way)
    for number in session.scalars(select(UrgentNumber).where(UrgentNumber.service_id == gone.id)):
        number.service_id = kept.id
    open_change = open_for(session, gone)
    if open_change is not None:
        open_change.state, open_change.decided_at = ProposalState.SUPERSEDED, now
    session.flush()
    session.expire_all()
    record = record_of(kept)
    names = {side: list(record.get("alternate_names", {}).get(side, [])) for side in LANGUAGES}
    old = record_of(gone)
    for side in LANGUAGES:
        for name in (old.get("name", {}).get(side), *old.get("alternate_names", {}).get(side, [])):
            if name and name != record["name"].get(side) and name not in names[side]:
                names[side].append(name)
    known = {side: listed for side, listed in names.items() if listed}
    revisions.apply(
        session,
        kept,
        with_values(record, {"alternate_names": known}),
        actor=actor,
        why=f"merged: {gone.key}",
        now=now,
    )
    # Whatever led to the one that goes leads straight to the one that stays.
    for earlier in session.scalars(select(Service).where(Service.merged_into == gone.key)):
        earlier.merged_into = kept.key
    archived = with_values(record_of(gone), {"publication": "archived", "merged_into": kept.key})
    revisions.apply(session, gone, archived, actor=actor, why=f"merged into: {kept.key}", now=now)
    audit.record(
        session, f"account:{actor.id}", "listings_merged", f"service:{gone.key}", f"into {kept.key}", now=now
    )


def successor(session: Session, service: Service) -> Service | None:
    """The listing that took this one's place, if one did."""
    if not service.merged_into:
        return None
    return session.scalar(select(Service).where(Service.key == service.merged_into))


def _move_fulfilments(session: Session, gone: Service, kept: Service) -> None:
    has = set(session.scalars(select(Fulfilment.action_id).where(Fulfilment.service_id == kept.id)))
    for link in session.scalars(select(Fulfilment).where(Fulfilment.service_id == gone.id)):
        if link.action_id not in has:
            link.service_id = kept.id


def _likeness(first: Service, second: Service) -> int:
    best = 0.0
    for side in LANGUAGES:
        one, two = first.name.side(side), second.name.side(side)
        if one and two:
            best = max(best, fuzz.token_sort_ratio(one.lower(), two.lower()))
    return round(best)
