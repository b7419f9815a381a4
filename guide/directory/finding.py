"""Finding services: the results page's questions, answered from the index and the database together.

The index ranks and counts; everything shown comes from the database. What depends on the hour (open now)
is computed here and handed to the engine as the set of services it may return.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from guide.directory.concepts import key_of
from guide.directory.freshness import is_uncertain
from guide.directory.hours import Opening, OpenState, open_state
from guide.directory.names import own_names_of
from guide.directory.understanding import Understanding, understand
from guide.directory.vocabulary import Lexicon
from guide.languages import Language
from guide.model import (
    Action,
    Attribute,
    Citation,
    Organization,
    Service,
    TaxonomyTerm,
    Theme,
)
from guide.search.engine import SearchEngine, SearchPage

FACETS = ("need", "public", "neighbourhood", "language", "free", "walk_in", "wheelchair")
PAGE_SIZE = 20
MOST_PAGES = 500


@dataclass(frozen=True)
class Filters:
    """What the reader ticked. Facet values are keys; `open_now` asks for what helps at this moment.

    `takes_relay` asks for the services that receive a fiche-relais; `find` is told which these are.
    """

    facets: Mapping[str, str] = field(default_factory=dict)
    open_now: bool = False
    takes_relay: bool = False

    def __bool__(self) -> bool:
        return bool(self.facets) or self.open_now or self.takes_relay


@dataclass(frozen=True, slots=True)
class PerhapsOpen:
    """How many are not said to be open for want of knowledge: within their hours on a public holiday, or day and
    night by hours that are old."""

    holiday: int = 0
    unverified: int = 0


@dataclass(frozen=True)
class Found:
    """A page of results. `services` in rank order; `total` over all pages; `facets` with counts.

    `uncertain`: keys of those on this page that may not exist; they stand last, and are shown apart.
    `without_filters` is the total of the same search without any filter (None when none is set).
    """

    understanding: Understanding
    services: list[Service]
    uncertain: frozenset[str]
    total: int
    page: int
    pages: int
    facets: dict[str, dict[str, int]]
    open_count: int
    relay_count: int
    perhaps_open: PerhapsOpen
    """Asked for what is open now: how many of these results were left out although they may be."""
    without_filters: int | None
    without_each: dict[str, int]
    """For each filter set, how many services there would be without it."""
    needs: list[TaxonomyTerm]
    organizations: list[Organization]
    actions: list[Action]


def find(
    session: Session,
    engine: SearchEngine,
    lexicon: Lexicon,
    query: str | Understanding,
    language: Language,
    at: datetime,
    filters: Filters | None = None,
    page: int = 1,
    receiving: Collection[str] = (),
) -> Found:
    """The services that answer this query, with facets, needs, organisations and plan actions beside them.

    `query`: the words, or what was already understood of them.
    `receiving`: keys of the services that receive a fiche-relais; a social worker may ask for these alone.
    An empty query gives every service. Pages start at 1; beyond the last, the last one answers.
    """
    filters = filters or Filters()
    meant = query if isinstance(query, Understanding) else understand(query, language, lexicon, engine)
    states = opening_states(session, at)
    sets = {
        "open_now": _documents(states, lambda state: state.helps_now),
        "takes_relay": {f"service:{key}" for key in receiving},
    }
    chosen: dict[str, Collection[str]] = {"type": ["service"]}
    chosen.update({facet: [value] for facet, value in filters.facets.items()})
    page = max(1, min(page, MOST_PAGES))
    asked = bool(meant.query)
    if asked and not meant.clauses:
        # Nothing but stop words or signs: there is nothing to look for, and everything would be noise.
        return _nothing(session, meant)
    restrict = _restricted(filters, sets)
    named = _named(session, meant, at.date())
    first = [f"service:{key}" for key in named]

    def count_with(name: str) -> int:
        """How many there are when this set is asked for too."""
        both = sets[name] if restrict is None else restrict & sets[name]
        return engine.search(meant.clauses, filters=chosen, limit=0, restrict=both).total if both else 0

    def count_perhaps(means: Callable[[OpenState], bool]) -> int:
        """How many of the results without the filter on hours are in this state."""
        if not filters.open_now:
            return 0
        others = _restricted(filters, sets, without="open_now")
        wanted = _documents(states, means)
        both = wanted if others is None else others & wanted
        return engine.search(meant.clauses, filters=chosen, limit=0, restrict=both).total if both else 0

    def at_page(number: int) -> SearchPage:
        return engine.search(
            meant.clauses,
            filters=chosen,
            facets=FACETS,
            limit=PAGE_SIZE,
            offset=(number - 1) * PAGE_SIZE,
            restrict=restrict,
            first=first,
        )

    result = at_page(page)
    pages = max(1, -(-result.total // PAGE_SIZE))
    if page > pages:
        page, result = pages, at_page(pages)  # an address from yesterday, or a slip: the last page answers
    without = engine.search(meant.clauses, filters={"type": ["service"]}, limit=0).total if filters else None
    services = services_by_key(session, [hit.id.partition(":")[2] for hit in result.hits])
    uncertain = frozenset(
        one.key for one in services if one.key not in named and is_uncertain(one, at.date())
    )
    services.sort(key=lambda one: one.key in uncertain)
    return Found(
        understanding=meant,
        services=services,
        uncertain=uncertain,
        total=result.total,
        page=page,
        pages=pages,
        facets={facet: dict(counts) for facet, counts in result.facets.items()},
        open_count=result.total if filters.open_now else count_with("open_now"),
        relay_count=result.total if filters.takes_relay else count_with("takes_relay"),
        perhaps_open=PerhapsOpen(
            count_perhaps(lambda state: state.state is Opening.HOLIDAY),
            count_perhaps(lambda state: state.state is Opening.DAY_AND_NIGHT and not state.current),
        ),
        without_filters=without,
        without_each=_without_each(engine, meant, filters, sets),
        needs=_needs(session, engine, meant) if asked else [],
        organizations=_organizations(session, engine, meant) if asked else [],
        actions=_actions(session, engine, meant) if asked else [],
    )


def _without_each(
    engine: SearchEngine, meant: Understanding, filters: Filters, sets: Mapping[str, set[str]]
) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name in (*filters.facets, *(each for each in sets if getattr(filters, each))):
        rest: dict[str, Collection[str]] = {
            facet: [v] for facet, v in filters.facets.items() if facet != name
        }
        restrict = _restricted(filters, sets, without=name)
        counts[name] = engine.search(
            meant.clauses, filters={"type": ["service"], **rest}, limit=0, restrict=restrict
        ).total
    return counts


def _documents(states: Mapping[str, OpenState], means: Callable[[OpenState], bool]) -> set[str]:
    """The documents of the index whose services are in such a state."""
    return {f"service:{key}" for key, state in states.items() if means(state)}


def _restricted(filters: Filters, sets: Mapping[str, set[str]], without: str = "") -> set[str] | None:
    """The documents that all the sets asked for hold; None when none is asked for."""
    asked = [found for name, found in sets.items() if name != without and getattr(filters, name)]
    return set.intersection(*asked) if asked else None


def _nothing(session: Session, meant: Understanding) -> Found:
    return Found(
        meant,
        [],
        frozenset(),
        0,
        1,
        1,
        {facet: {} for facet in FACETS},
        0,
        0,
        PerhapsOpen(),
        None,
        {},
        [],
        [],
        [],
    )


def _named(session: Session, meant: Understanding, today: date) -> frozenset[str]:
    """The services that the query names and that stand first.

    Many a listing bears a common word as another name; what may not exist stands first only when it is asked for
    by its own name, or by its acronym.
    """
    said: dict[str, set[str]] = {}
    short: set[str] = set()
    for meaning in meant.named:
        said.setdefault(key_of(meaning.phrase.term), set()).add(meaning.phrase.text)
        if len(meaning.phrase.words) == 1:
            short.add(meaning.phrase.text)
    if not said:
        return frozenset()
    services = session.scalars(select(Service).where(Service.key.in_(said), Service.is_public))
    return frozenset(
        one.key
        for one in services
        if not is_uncertain(one, today) or said[one.key] & (own_names_of(one) | short)
    )


def service_options() -> tuple[ORMOption, ...]:
    """What a card or a page of a service shows, loaded in a fixed number of queries."""
    return (
        *safety_options(),
        selectinload(Service.locations),
        selectinload(Service.schedules),
        selectinload(Service.closures),
        selectinload(Service.citations).joinedload(Citation.source),
        selectinload(Service.publics),
        joinedload(Service.organization),
        joinedload(Service.schedule_source),
        joinedload(Service.service_area),
        joinedload(Service.neighbourhood),
    )


def safety_options() -> tuple[ORMOption, ...]:
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


def open_service_keys(session: Session, at: datetime) -> list[str]:
    """The services that are open at this moment, by hours current enough to say so."""
    return [key for key, state in opening_states(session, at).items() if state.helps_now]


def opening_states(session: Session, at: datetime) -> dict[str, OpenState]:
    """The state at this moment of every public service with hours, by its key, in the order of keys."""
    with_hours = session.scalars(
        select(Service)
        .where(
            Service.schedules.any(),
            Service.is_public,
        )
        .options(
            selectinload(Service.phones),
            selectinload(Service.schedules),
            selectinload(Service.closures),
            joinedload(Service.schedule_source),
        )
        .order_by(Service.key)
    )
    return {service.key: open_state(service, at) for service in with_hours}


def _needs(session: Session, engine: SearchEngine, meant: Understanding) -> list[TaxonomyTerm]:
    """At most three needs: those the words name, then those the index finds near them."""
    keys = meant.near_needs
    hits = engine.search(meant.clauses, filters={"type": ["need"]}, limit=3).hits
    keys += [hit.id.partition(":")[2] for hit in hits]
    if not keys:
        return []
    found = {
        need.key: need
        for need in session.scalars(
            select(TaxonomyTerm).where(
                TaxonomyTerm.taxonomy == "needs",
                TaxonomyTerm.key.in_(keys),
                TaxonomyTerm.parent_id.is_(None),
            )
        )
    }
    return [found[key] for key in dict.fromkeys(keys) if key in found][:3]


def _organizations(session: Session, engine: SearchEngine, meant: Understanding) -> list[Organization]:
    hits = engine.search(meant.clauses, filters={"type": ["organization"]}, limit=3, require_all=True).hits
    keys = [hit.id.partition(":")[2] for hit in hits]
    if not keys:
        return []
    found = {
        organization.key: organization
        for organization in session.scalars(select(Organization).where(Organization.key.in_(keys)))
    }
    return [found[key] for key in keys if key in found]


def _actions(session: Session, engine: SearchEngine, meant: Understanding) -> list[Action]:
    hits = engine.search(meant.clauses, filters={"type": ["action"]}, limit=4, require_all=True).hits
    references = [hit.id.partition(":")[2] for hit in hits]
    if not references:
        return []
    found = {
        action.reference: action
        for action in session.scalars(
            select(Action)
            .where(Action.reference.in_(references))
            .options(joinedload(Action.theme).joinedload(Theme.plan))
        )
    }
    return [found[reference] for reference in references if reference in found]
