"""Finding services: the results page's questions, answered from the index and the database together.

The index ranks and counts; everything shown comes from the database, of the services what is asked of all of
them at once. What depends on the hour (open now)
is computed here and handed to the engine as the set of services it may return.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from guide.directory.catalogue import Catalogue, OpenNow, open_at, read_catalogue
from guide.directory.concepts import key_of
from guide.directory.freshness import is_uncertain
from guide.directory.listing import ListingFacts
from guide.directory.names import own_names_of
from guide.directory.understanding import Understanding, understand
from guide.directory.vocabulary import Lexicon
from guide.languages import Language
from guide.model import (
    Action,
    Organization,
    TaxonomyTerm,
    Theme,
)
from guide.search.engine import Beside, Counted, SearchPage, SearchReader, SearchRequest

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
    services: list[ListingFacts] = field(default_factory=list)
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


def find(
    session: Session,
    engine: SearchReader,
    lexicon: Lexicon,
    query: SearchQuery,
    every: Catalogue | None = None,
    opened: OpenNow | None = None,
) -> Found:
    """The services that answer this query, with facets, needs, organisations and plan actions beside them.

    `every`: all listings in short, `opened`: what of them is open at that moment, for whoever knows these already.
    """
    meant = query.words
    if not isinstance(meant, Understanding):
        meant = understand(meant, query.language, lexicon, engine)
    if meant.query and not meant.clauses:
        # Nothing but stop words or signs: there is nothing to look for, and everything would be noise.
        return Found(meant)
    filters, today = query.filters, query.at.date()
    if every is None:
        every = read_catalogue(session)
    if opened is None:
        opened = open_at(every, query.at)
    named = _named(every, meant, today)
    result = engine.search(_request(query, meant, opened, [f"service:{key}" for key in named]))
    hits = [hit.id.partition(":")[2] for hit in result.hits]
    services = [every.listings[key] for key in hits if key in every.listings]
    uncertain = frozenset(one.key for one in services if one.key not in named and is_uncertain(one, today))
    services.sort(key=lambda one: one.key in uncertain)
    return Found(
        understanding=meant,
        services=services,
        uncertain=uncertain,
        total=result.total,
        page=result.offset // PAGE_SIZE + 1,
        pages=max(1, -(-result.total // PAGE_SIZE)),
        facets=result.facets,
        open_count=result.counted["open_now"],
        referral_count=result.counted["takes_referrals"],
        perhaps_open=_perhaps_open(result) if filters.open_now else PerhapsOpen(),
        without_filters=result.unfiltered if filters else None,
        without_each=result.without,
        needs=_needs(session, meant, result) if meant.query else [],
        organizations=_organizations(session, result) if meant.query else [],
        actions=_actions(session, result) if meant.query else [],
    )


def _request(
    query: SearchQuery, meant: Understanding, opened: OpenNow, first: Sequence[str]
) -> SearchRequest:
    """All that a results page has for the engine, as one question."""
    sets = {
        "open_now": opened.open,
        "takes_referrals": frozenset(f"service:{key}" for key in query.receiving),
    }
    beside = {
        "needs": Beside({"type": ["need"]}, 3),
        "organizations": Beside({"type": ["organization"]}, 3, require_all=True),
        "actions": Beside({"type": ["action"]}, 4, require_all=True),
    }
    return SearchRequest(
        meant.clauses,
        scope={"type": ["service"]},
        filters={facet: [value] for facet, value in query.filters.facets.items()},
        within={name: among for name, among in sets.items() if getattr(query.filters, name)},
        first=first,
        facets=FACETS,
        counted={
            **{name: Counted(among) for name, among in sets.items()},
            # Of the results without the filter on hours, those that may be open.
            "holiday": Counted(opened.holiday, "open_now"),
            "unverified": Counted(opened.unverified, "open_now"),
            "unknown": Counted(opened.unknown, "open_now"),
        },
        beside=beside if meant.query else {},
        limit=PAGE_SIZE,
        offset=(max(1, min(query.page, MOST_PAGES)) - 1) * PAGE_SIZE,
    )


def _perhaps_open(result: SearchPage) -> PerhapsOpen:
    """How many results the filter on hours leaves out although they may be open."""
    counted = result.counted
    return PerhapsOpen(counted["holiday"], counted["unverified"], counted["unknown"])


def _named(every: Catalogue, meant: Understanding, today: date) -> frozenset[str]:
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
    return frozenset(
        key
        for key in said
        if (one := every.listings.get(key)) is not None
        and (not is_uncertain(one, today) or said[key] & (own_names_of(one) | short))
    )


def _needs(session: Session, meant: Understanding, result: SearchPage) -> list[TaxonomyTerm]:
    """At most three needs: those the words name, then those the index finds near them."""
    keys = meant.near_needs
    keys += [hit.id.partition(":")[2] for hit in result.beside["needs"]]
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


def _organizations(session: Session, result: SearchPage) -> list[Organization]:
    keys = [hit.id.partition(":")[2] for hit in result.beside["organizations"]]
    if not keys:
        return []
    found = {
        organization.key: organization
        for organization in session.scalars(select(Organization).where(Organization.key.in_(keys)))
    }
    return [found[key] for key in keys if key in found]


def _actions(session: Session, result: SearchPage) -> list[Action]:
    references = [hit.id.partition(":")[2] for hit in result.beside["actions"]]
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
