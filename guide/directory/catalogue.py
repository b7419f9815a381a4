"""Every listing that everybody may see, in short and in memory: what is asked of all of them at once.

Which of them help with a need and in which order, which are open at this moment, which belong to an organisation: a
page asks here, then reads from the database only the twenty that it shows. A catalogue is of one revision, does not
change and is shared by all threads; the next one takes over what the changes between the two have not touched.
"""

import threading
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.directory.hours import Opening, OpenState, changes_after, open_state
from guide.directory.indexing import revision
from guide.directory.listing import ListingFacts
from guide.directory.listings import all_facts, facts_by_key
from guide.directory.needs import NeedHelp, help_with
from guide.languages import Language
from guide.memory import freeze_gc
from guide.model import SearchChange, ServiceKind, ServiceState
from guide.model.changes import EVERYTHING, MOST_DOCUMENTS

T = TypeVar("T")


class Catalogue:
    """The listings of one revision, by their keys, in the order of the keys."""

    def __init__(self, at_revision: int, listings: Mapping[str, ListingFacts]) -> None:
        self.revision = at_revision
        self.listings = listings
        self._made: dict[Hashable, Any] = {}

    @cached_property
    def of_need(self) -> Mapping[str, Sequence[ListingFacts]]:
        """The listings filed under each need or one of its topics, by the key of the need."""
        found: dict[str, list[ListingFacts]] = {}
        for listing in self.listings.values():
            for key in dict.fromkeys(filed.need.key for filed in listing.attributes):
                found.setdefault(key, []).append(listing)
        return found

    @cached_property
    def of_organization(self) -> Mapping[int, Sequence[ListingFacts]]:
        """What each organisation offers, by its number; what does not exist stands last."""
        found: dict[int, list[ListingFacts]] = {}
        for listing in sorted(self.listings.values(), key=lambda one: one.state is not ServiceState.EXISTING):
            if listing.organization_id is not None:
                found.setdefault(listing.organization_id, []).append(listing)
        return found

    @cached_property
    def by_code(self) -> Mapping[str, str]:
        """Keys by short code."""
        return {listing.short_code: key for key, listing in self.listings.items()}

    @cached_property
    def that_may_open(self) -> frozenset[str]:
        """The documents of what can be open or answer at all: a benefit or a programme of a plan has no hours."""
        return documents(
            one
            for one in self.listings.values()
            if one.state is ServiceState.EXISTING and one.kind in (ServiceKind.SERVICE, ServiceKind.HELPLINE)
        )

    def with_codes(self, codes: Iterable[str]) -> list[ListingFacts]:
        """The listings with these short codes, in their order; unknown ones are passed over."""
        return [self.listings[self.by_code[code]] for code in codes if code in self.by_code]

    def help_with(self, need: str, language: Language, today: date) -> NeedHelp[ListingFacts]:
        """Who helps with the need of this key, in the order of its page on this day."""
        return self.once(
            ("help with", need, language, today),
            lambda: help_with(self.of_need.get(need, ()), need, language, today),
        )

    def once(self, name: Hashable, make: Callable[[], T]) -> T:
        """What is made of this catalogue, made once; after `MOST_MADE` of it all is made anew."""
        found: T | None = self._made.get(name)
        if found is None:
            if len(self._made) > MOST_MADE:
                self._made.clear()
            found = self._made[name] = make()
        return found


MOST_MADE = 500
"""So much may be made of one catalogue: each need and organisation in both languages, and the day before."""


@dataclass(frozen=True, slots=True, eq=False)
class OpenNow:
    """What is open at a moment. Sets are documents of the index; `states` are of listings with hours or closures."""

    states: Mapping[str, OpenState]
    attended: Sequence[ListingFacts]
    """Where somebody is just now, in the order of the keys: what is open, without what answers day and night."""
    open: frozenset[str]
    holiday: frozenset[str]
    """Within their hours on a public holiday of which nobody knows whether they hold."""
    unverified: frozenset[str]
    """Those that answer day and night by hours that are old."""
    unknown: frozenset[str]
    """Those that may open and of whose hours nobody knows anything current."""
    until: datetime
    """So long nothing of it changes, if no listing does."""


@dataclass(frozen=True, slots=True)
class State:
    """The state of a listing from one moment to another."""

    listing: ListingFacts
    state: OpenState
    since: datetime
    until: datetime

    def holds(self, listing: ListingFacts, at: datetime) -> bool:
        return self.listing is listing and self.since <= at < self.until


class LiveCatalogue:
    """The catalogue of a process: always that of the revision a page reads. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._catalogue: Catalogue | None = None
        self._states: dict[str, State] = {}
        self._open: tuple[Catalogue, datetime, OpenNow] | None = None

    def read(self, session: Session, at_revision: int) -> Catalogue:
        """The catalogue of this revision, which is the session's."""
        kept = self._catalogue
        if kept is not None and kept.revision == at_revision:
            return kept
        with self._lock:
            kept = self._catalogue
            if kept is None or kept.revision != at_revision:
                before, kept = kept, read_catalogue(session, at_revision, kept)
                self._catalogue = kept
                if before is None or kept.listings.keys() != before.listings.keys():
                    freeze_gc()
            return kept

    def state_of(self, catalogue: Catalogue, key: str, at: datetime) -> State | None:
        """The state of a listing with hours or closures, and until when it holds; None of any other."""
        self.open_now(catalogue, at)
        found, listing = self._states.get(key), catalogue.listings.get(key)
        return found if found is not None and listing is not None and found.holds(listing, at) else None

    def open_now(self, catalogue: Catalogue, at: datetime) -> OpenNow:
        """What of this catalogue is open at this moment, to the minute."""
        minute = at.replace(second=0, microsecond=0)
        kept = self._open
        if kept is not None and kept[0] is catalogue and kept[1] == minute:
            return kept[2]
        with self._lock:
            states = _states(catalogue, minute, self._states)
            found = open_now(catalogue, states, minute)
            before = kept[2] if kept is not None else None
            if before is not None:
                found = _same_sets(before, found)
            self._states, self._open = states, (catalogue, minute, found)
            return found


def read_catalogue(
    session: Session, at_revision: int | None = None, before: Catalogue | None = None
) -> Catalogue:
    """The catalogue as the database stands (`at_revision`, when the caller knows it), of the one before it where
    little has changed since."""
    number = revision(session) if at_revision is None else at_revision
    if before is None or before.revision > number:
        return Catalogue(number, all_facts(session))
    documents_changed = session.scalars(
        select(SearchChange.document)
        .where(SearchChange.revision > before.revision, SearchChange.revision <= number)
        .limit(MOST_DOCUMENTS + 1)
    ).all()
    if EVERYTHING in documents_changed or len(documents_changed) > MOST_DOCUMENTS:
        return Catalogue(number, all_facts(session))
    keys = {key for kind, _, key in (one.partition(":") for one in documents_changed) if kind == "service"}
    if not keys:
        return Catalogue(number, before.listings)
    now = facts_by_key(session, sorted(keys))
    listings = {key: one for key, one in before.listings.items() if key not in keys} | now
    return Catalogue(number, dict(sorted(listings.items())) if now else listings)


def open_at(catalogue: Catalogue, at: datetime) -> OpenNow:
    """What is open at this moment, for whoever asks once."""
    return open_now(catalogue, _states(catalogue, at, {}), at)


def _states(catalogue: Catalogue, at: datetime, before: Mapping[str, State]) -> dict[str, State]:
    found: dict[str, State] = {}
    for key, listing in catalogue.listings.items():
        if not listing.schedules and not listing.closures:
            continue  # without hours it may still be known to be closed
        kept = before.get(key)
        if kept is None or not kept.holds(listing, at):
            kept = State(listing, open_state(listing, at), at, changes_after(listing, at))
        found[key] = kept
    return found


def open_now(catalogue: Catalogue, states: Mapping[str, State], at: datetime) -> OpenNow:
    """The sets of these states."""
    told = {key: one.state for key, one in states.items()}

    def those(means: Callable[[OpenState], bool]) -> frozenset[str]:
        return frozenset(f"service:{key}" for key, state in told.items() if means(state))

    return OpenNow(
        states=told,
        attended=[one.listing for one in states.values() if one.state.is_open],
        open=those(lambda state: state.helps_now),
        holiday=those(lambda state: state.state is Opening.HOLIDAY),
        unverified=those(lambda state: state.state is Opening.DAY_AND_NIGHT and not state.current),
        unknown=catalogue.that_may_open - those(lambda state: state.state is not Opening.UNKNOWN),
        until=min((one.until for one in states.values()), default=at),
    )


def _same_sets(before: OpenNow, now: OpenNow) -> OpenNow:
    """`now` with the sets of `before` where they are equal: an index keeps what it made of each set."""
    return OpenNow(
        states=now.states,
        attended=now.attended,
        open=before.open if before.open == now.open else now.open,
        holiday=before.holiday if before.holiday == now.holiday else now.holiday,
        unverified=before.unverified if before.unverified == now.unverified else now.unverified,
        unknown=before.unknown if before.unknown == now.unknown else now.unknown,
        until=now.until,
    )


def documents(listings: Iterable[ListingFacts]) -> frozenset[str]:
    """The documents of these listings in the index."""
    return frozenset(f"service:{one.key}" for one in listings)
