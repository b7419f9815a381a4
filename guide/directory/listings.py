"""Listings as they stand in the database: their rows, and what is stored of those that everybody may see.

A page reads a stored listing (`Listing`): one statement for all that it shows. It is true or it is not there, since
whatever changes a listing deletes it in the same transaction (`guide.model.changes`). Until it is stored again,
whoever reads it derives it of its rows.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import msgspec
from sqlalchemy import ColumnElement, Result, Select, delete, insert, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from guide.database import one_at_a_time
from guide.directory.hours import hours_options
from guide.directory.listing import SHAPE, Listing, ListingFacts, listing_of, read, read_facts, written
from guide.model import (
    Action,
    Attribute,
    Citation,
    Fulfilment,
    FulfilmentState,
    Organization,
    Service,
    StoredListing,
    TaxonomyTerm,
    Theme,
)
from guide.model.changes import NUMBERING

log = logging.getLogger(__name__)
T = TypeVar("T")

AT_ONCE = 200
"""How many are derived by one set of statements."""


def service_options() -> tuple[_AbstractLoad, ...]:
    """What a card or a page of a service shows, loaded in a fixed number of queries."""
    return (
        *safety_options(),
        *hours_options(),
        selectinload(Service.service_at_locations),
        selectinload(Service.citations).joinedload(Citation.source),
        selectinload(Service.publics),
        joinedload(Service.service_area),
        joinedload(Service.neighbourhood),
    )


def safety_options() -> tuple[_AbstractLoad, ...]:
    """What `Service.is_sensitive` looks at, loaded in a fixed number of queries."""
    return (
        selectinload(Service.phones),
        selectinload(Service.attributes).joinedload(Attribute.term).joinedload(TaxonomyTerm.parent),
    )


def services_by_key(session: Session, keys: Sequence[str]) -> list[Service]:
    """Published, public services in the order of the keys; keys that no longer exist are passed over."""
    if not keys:
        return []
    rows = session.scalars(
        select(Service)
        .where(
            Service.key.in_(keys),
            Service.is_public,
        )
        .options(*service_options())
    )
    by_key = {service.key: service for service in rows}
    return [by_key[key] for key in dict.fromkeys(keys) if key in by_key]


def listings_by_key(session: Session, keys: Sequence[str]) -> list[Listing]:
    """Those of these listings that everybody may see, in the order of the keys, each once.

    One statement when all of them are stored.
    """
    if not keys:
        return []
    rows = session.execute(
        select(StoredListing.key, StoredListing.content).where(
            StoredListing.key.in_(list(keys)), StoredListing.shape == SHAPE
        )
    )
    found = _whole(rows, read)
    missing = [key for key in keys if key not in found]
    if missing:
        found |= {one.key: one for one in derived(session, Service.key.in_(missing))}
    return [found[key] for key in dict.fromkeys(keys) if key in found]


def all_listings(session: Session) -> Iterator[Listing]:
    """Every listing that everybody may see, in the order of the keys, a few in memory at a time."""
    keys = session.scalars(select(Service.key).where(Service.is_public).order_by(Service.key)).all()
    for start in range(0, len(keys), AT_ONCE):
        yield from listings_by_key(session, keys[start : start + AT_ONCE])


def all_facts(session: Session) -> dict[str, ListingFacts]:
    """Of every listing that everybody may see what is asked of all at once, by key, in the order of the keys."""
    rows = session.execute(
        select(StoredListing.key, StoredListing.content).where(StoredListing.shape == SHAPE)
    )
    found = _whole(rows, read_facts)
    keys = session.scalars(select(Service.key).where(Service.is_public)).all()
    missing = [key for key in keys if key not in found]
    for start in range(0, len(missing), AT_ONCE):
        some = missing[start : start + AT_ONCE]
        found |= {one.key: read_facts(written(one)) for one in derived(session, Service.key.in_(some))}
    return dict(sorted(found.items()))


def _whole(rows: Result[str, bytes], read_one: Callable[[bytes], T]) -> dict[str, T]:
    """Those that can be read, by key. One that is torn is passed over, and derived as if it were not there."""
    found = {}
    for key, content in rows:
        try:
            found[key] = read_one(content)
        except msgspec.MsgspecError:
            log.error("stored listing %s cannot be read: it is derived anew (guide index verify)", key)
    return found


def facts_by_key(session: Session, keys: Sequence[str]) -> dict[str, ListingFacts]:
    """The same of those of these listings that everybody may see."""
    return {one.key: read_facts(written(one)) for one in listings_by_key(session, keys)}


def derived(session: Session, which: ColumnElement[bool]) -> Iterator[Listing]:
    """The listings of this condition that everybody may see, derived of their rows."""
    services = session.scalars(
        select(Service)
        .where(which, Service.is_public)
        .order_by(Service.key)
        .options(*service_options(), selectinload(Service.urgent_numbers))
    ).all()
    if not services:
        return
    links = links_of_services(session, [service.id for service in services])
    keys = [service.key for service in services]
    organizations = set(session.scalars(select(Organization.key).where(Organization.key.in_(keys))))
    for service in services:
        try:
            yield listing_of(service, links.get(service.id, ()), service.key in organizations)
        except msgspec.MsgspecError as problem:
            # Its own page is made of its rows; one listing must not take the guide from everybody.
            log.error("listing %s cannot be derived: %s", service.key, problem)


def links_of_services(session: Session, ids: Sequence[int]) -> dict[int, list[Fulfilment]]:
    """The plan actions that these services fulfil, by number: the newest plan first, refused links left out."""
    found: dict[int, list[Fulfilment]] = {}
    links = session.scalars(
        select(Fulfilment)
        .where(Fulfilment.service_id.in_(ids), Fulfilment.state != FulfilmentState.REFUSED)
        .options(joinedload(Fulfilment.action).joinedload(Action.theme).joinedload(Theme.plan))
    )
    for link in sorted(links, key=lambda link: (-link.action.theme.plan.starts, link.action.position)):
        found.setdefault(link.service_id, []).append(link)
    return found


def store_missing(session: Session, most: int | None = None) -> int:
    """Stores what is not stored, about `most` of it, in a session that writes; gives how many. The caller commits.

    What cannot be derived is passed over, and is not among them. Nothing is derived of rows that somebody is
    changing: the lock is that of the changes.
    """
    one_at_a_time(session, NUMBERING)
    session.execute(delete(StoredListing).where(StoredListing.shape != SHAPE))
    missing, stored = session.scalars(_not_stored()).all(), 0
    step = min(AT_ONCE, most or AT_ONCE)
    for start in range(0, len(missing), step):
        if most is not None and stored >= most:
            break
        some = missing[start : start + step]
        rows = [
            {"service_id": one.id, "key": one.key, "shape": SHAPE, "content": written(one)}
            for one in derived(session, Service.id.in_(some))
        ]
        if rows:
            session.execute(insert(StoredListing), rows)
        session.expunge_all()
        stored += len(rows)
    return stored


def store_anew(session: Session) -> int:
    """Stores all of them, whatever is stored; as `store_missing`."""
    session.execute(delete(StoredListing))
    return store_missing(session)


def _not_stored() -> Select[int]:
    stored = select(StoredListing.service_id).where(StoredListing.shape == SHAPE)
    return select(Service.id).where(Service.is_public, Service.id.not_in(stored)).order_by(Service.id)


def untrue_listings(session: Session) -> list[str]:
    """The keys of stored listings that are not what their rows say, or that nobody may see; [] when all is well."""
    stored = {
        key: (shape, content)
        for key, shape, content in session.execute(
            select(StoredListing.key, StoredListing.shape, StoredListing.content)
        )
    }
    ids = session.scalars(select(Service.id).where(Service.is_public).order_by(Service.id)).all()
    wrong = []
    for start in range(0, len(ids), AT_ONCE):
        for listing in derived(session, Service.id.in_(ids[start : start + AT_ONCE])):
            shape, content = stored.pop(listing.key, ("", b""))
            if shape == SHAPE and content != written(listing):
                wrong.append(listing.key)
        session.expunge_all()
    return sorted([*wrong, *(key for key, (shape, _) in stored.items() if shape == SHAPE)])
