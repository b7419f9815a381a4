"""Finding services: the results page's questions, answered from the index and the database together.

The index ranks and counts; everything shown comes from the database. What depends on the hour (open now)
is computed here and handed to the engine as the set of services it may return.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from guide.directory.catalogue import OpenNow, open_at, read_catalogue
from guide.directory.concepts import key_of
from guide.directory.freshness import is_uncertain
from guide.directory.listing import Listing
from guide.directory.listings import listings_by_key
from guide.directory.names import own_names_of
from guide.directory.understanding import Understanding, understand
from guide.directory.vocabulary import Lexicon
from guide.languages import Language
from guide.model import (
    Action,
    Organization,
    Service,
    TaxonomyTerm,
    Theme,
)
from guide.search.engine import Clause, SearchEngine, SearchPage, SearchRequest

FACETS = ("need", "public", "neighbourhood", "language", "free", "walk_in", "wheelchair")
PAGE_SIZE = 20
MOST_PAGES = 500


@dataclass(frozen=True)
class Filters:
    """What the reader ticked. Facet values are keys; `open_now` asks for what helps at this moment.

    `takes_referrals` asks for the services that receive a fiche-relais; `find` is told which these are.
    """

    facets: Mapping[str, str] = field(default_factory=dict)
    open_now: bool = False
    takes_referrals: bool = False

    def __bool__(self) -> bool:
        return bool(self.facets) or self.open_now or self.takes_referrals


@dataclass(frozen=True, slots=True)
class PerhapsOpen:
    """How many are not said to be open for want of knowledge: within their hours on a public holiday, day and
    night by hours that are old, or without hours that are known and current."""

    holiday: int = 0
    unverified: int = 0
    unknown: int = 0


@dataclass(frozen=True)
class SearchQuery:
    """What a reader asks of the results page.

    `words`: as typed, or what was already understood of them; empty for every service. `at`: the moment that
    "open now" means. Pages start at 1; beyond the last, the last one answers.
    `receiving`: keys of the services that receive a fiche-relais; a social worker may ask for these alone.
    """

    words: str | Understanding
    language: Language
    at: datetime
    filters: Filters = field(default_factory=Filters)
    page: int = 1
    receiving: Collection[str] = ()


@dataclass(frozen=True)
class Found:
    """A page of results. `services` in rank order; `total` over all pages; `facets` with counts.

    `uncertain`: keys of those on this page that may not exist; they stand last, and are shown apart.
    `without_filters` is the total of the same search without any filter (None when none is set).
    """

    understanding: Understanding
    services: list[Listing] = field(default_factory=list)
    uncertain: frozenset[str] = frozenset()
    total: int = 0
    page: int = 1
    pages: int = 1
    facets: dict[str, dict[str, int]] = field(default_factory=lambda: {facet: {} for facet in FACETS})
    open_count: int = 0
    referral_count: int = 0
    perhaps_open: PerhapsOpen = PerhapsOpen()
    """Asked for what is open now: how many of these results were left out although they may be."""
    without_filters: int | None = None
    without_each: dict[str, int] = field(default_factory=dict)
    """For each filter set, how many services there would be without it."""
    needs: list[TaxonomyTerm] = field(default_factory=list)
    organizations: list[Organization] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)


@dataclass(frozen=True)
class _Matching:
    """The services that a reader's words mean, as the engine is asked for them: a page of them, or how many.

    Every question about services that a results page has for the engine is put here.
    """

    engine: SearchEngine
    clauses: tuple[Clause, ...]
    filters: Filters
    passing: Mapping[str, frozenset[str]]
    """For each filter that the index cannot judge, by its name in `Filters`, the documents that pass it."""

    def page(self, number: int, first: Sequence[str]) -> tuple[int, int, SearchPage]:
        """This page or, beyond the end, the last one: its number, how many there are, and what stands on it."""
        number = max(1, min(number, MOST_PAGES))
        result = self._page(number, first)
        pages = max(1, -(-result.total // PAGE_SIZE))
        if number > pages:
            number, result = pages, self._page(pages, first)  # an address from yesterday, or a slip
        return number, pages, result

    def count(self, within: frozenset[str] | None = None, without: str = "") -> int:
        """How many there are: only `within` these documents, and as if the filter `without` were not set."""
        restrict = self._restricted(without)
        if within is not None:
            restrict = within if restrict is None else restrict & within
        if restrict is not None and not restrict:
            return 0
        request = SearchRequest(self.clauses, filters=self._ticked(without), restrict=restrict, limit=0)
        return self.engine.search(request).total

    def count_unfiltered(self) -> int | None:
        """How many there are without any filter; None when none is set."""
        return replace(self, filters=Filters()).count() if self.filters else None

    def count_without_each(self) -> dict[str, int]:
        """For each filter set, how many there would be without it."""
        names = (*self.filters.facets, *(name for name in self.passing if getattr(self.filters, name)))
        return {name: self.count(without=name) for name in names}

    def _page(self, number: int, first: Sequence[str]) -> SearchPage:
        return self.engine.search(
            SearchRequest(
                self.clauses,
                filters=self._ticked(),
                restrict=self._restricted(),
                first=first,
                facets=FACETS,
                limit=PAGE_SIZE,
                offset=(number - 1) * PAGE_SIZE,
            )
        )

    def _ticked(self, without: str = "") -> dict[str, Collection[str]]:
        ticked = {facet: [value] for facet, value in self.filters.facets.items() if facet != without}
        return {"type": ["service"], **ticked}

    def _restricted(self, without: str = "") -> frozenset[str] | None:
        """The documents that pass all the filters asked for; None when none is asked for."""
        asked = [
            found for name, found in self.passing.items() if name != without and getattr(self.filters, name)
        ]
        return frozenset.intersection(*asked) if asked else None


def find(
    session: Session,
    engine: SearchEngine,
    lexicon: Lexicon,
    query: SearchQuery,
    opened: OpenNow | None = None,
) -> Found:
    """The services that answer this query, with facets, needs, organisations and plan actions beside them.

    `opened`: what is open at that moment, for whoever knows it already.
    """
    meant = query.words
    if not isinstance(meant, Understanding):
        meant = understand(meant, query.language, lexicon, engine)
    if meant.query and not meant.clauses:
        # Nothing but stop words or signs: there is nothing to look for, and everything would be noise.
        return Found(meant)
    filters, today = query.filters, query.at.date()
    if opened is None:
        opened = open_at(read_catalogue(session), query.at)
    matching = _Matching(
        engine,
        meant.clauses,
        filters,
        {
            "open_now": opened.open,
            "takes_referrals": frozenset(f"service:{key}" for key in query.receiving),
        },
    )
    named = _named(session, meant, today)
    page, pages, result = matching.page(query.page, [f"service:{key}" for key in named])
    services = listings_by_key(session, [hit.id.partition(":")[2] for hit in result.hits])
    uncertain = frozenset(one.key for one in services if one.key not in named and is_uncertain(one, today))
    services.sort(key=lambda one: one.key in uncertain)
    found = Found(
        understanding=meant,
        services=services,
        uncertain=uncertain,
        total=result.total,
        page=page,
        pages=pages,
        facets={facet: dict(counts) for facet, counts in result.facets.items()},
        open_count=matching.count(within=matching.passing["open_now"]),
        referral_count=matching.count(within=matching.passing["takes_referrals"]),
        perhaps_open=_perhaps_open(matching, opened),
        without_filters=matching.count_unfiltered(),
        without_each=matching.count_without_each(),
    )
    return _with_what_stands_beside(session, engine, found) if meant.query else found


def _perhaps_open(matching: _Matching, opened: OpenNow) -> PerhapsOpen:
    """Of the results without the filter on hours, those that may be open; none where that filter is not set."""
    if not matching.filters.open_now:
        return PerhapsOpen()
    return PerhapsOpen(
        matching.count(within=opened.holiday, without="open_now"),
        matching.count(within=opened.unverified, without="open_now"),
        matching.count(within=opened.unknown, without="open_now"),
    )


def _with_what_stands_beside(session: Session, engine: SearchEngine, found: Found) -> Found:
    meant = found.understanding
    return replace(
        found,
        needs=_needs(session, engine, meant),
        organizations=_organizations(session, engine, meant),
        actions=_actions(session, engine, meant),
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


def _needs(session: Session, engine: SearchEngine, meant: Understanding) -> list[TaxonomyTerm]:
    """At most three needs: those the words name, then those the index finds near them."""
    keys = meant.near_needs
    hits = engine.search(SearchRequest(meant.clauses, filters={"type": ["need"]}, limit=3)).hits
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
    request = SearchRequest(meant.clauses, require_all=True, filters={"type": ["organization"]}, limit=3)
    hits = engine.search(request).hits
    keys = [hit.id.partition(":")[2] for hit in hits]
    if not keys:
        return []
    found = {
        organization.key: organization
        for organization in session.scalars(select(Organization).where(Organization.key.in_(keys)))
    }
    return [found[key] for key in keys if key in found]


def _actions(session: Session, engine: SearchEngine, meant: Understanding) -> list[Action]:
    request = SearchRequest(meant.clauses, require_all=True, filters={"type": ["action"]}, limit=4)
    hits = engine.search(request).hits
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
