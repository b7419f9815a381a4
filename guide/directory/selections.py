"""Ready-made sheets and what stands on them now: for the pages and for whoever prints them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from guide.directory.catalogue import read_catalogue
from guide.directory.freshness import Freshness, freshness, hours_are_current
from guide.directory.hours import Day, hours_of_kind, week_of
from guide.directory.listing import AnyListing, AnyPlace, ListingFacts
from guide.directory.listings import services_by_key
from guide.directory.timetable import DAYS
from guide.languages import Language
from guide.model import (
    ScheduleKind,
    Selection,
    SelectionEntry,
    Service,
    ServiceKind,
    ServiceState,
    TaxonomyTerm,
    TermRank,
)

EVERYONE = "everyone"
"""The public of what is for everybody: no rule for one public finds it."""
OFFERED = (ServiceKind.SERVICE, ServiceKind.HELPLINE, ServiceKind.BENEFIT)
"""What a rule may find: somewhere to go or to call, or something to ask for."""


@dataclass(frozen=True, slots=True)
class Presence:
    """A service on a day, with the slots of that day; `sure` when its hours are current.

    `place`: where, when the places of the service have hours of their own.
    """

    service: AnyListing
    day: Day
    sure: bool
    place: AnyPlace | None = None


@dataclass(frozen=True, slots=True)
class WeekTable:
    """Who is there on which day: seven pairs (code MO…SU, who), and those whose days nobody knows yet."""

    days: list[tuple[str, list[Presence]]]
    unknown: list[AnyListing]


def all_selections(session: Session) -> Sequence[Selection]:
    """Every sheet, in the order it is offered."""
    return session.scalars(select(Selection).order_by(Selection.sort_order, Selection.key)).all()


def whole_selections(session: Session) -> Sequence[Selection]:
    """The same with all that says what stands on them, for whoever keeps them: they belong to no session."""
    found = session.scalars(
        select(Selection)
        .options(
            selectinload(Selection.terms).selectinload(TaxonomyTerm.topics),
            selectinload(Selection.publics),
            selectinload(Selection.entries).joinedload(SelectionEntry.service),
            selectinload(Selection.without),
        )
        .order_by(Selection.sort_order, Selection.key)
    ).all()
    session.expunge_all()
    return found


def selection_by_slug(session: Session, slug: str, language: Language) -> Selection | None:
    """The sheet whose page has this slug in this language, or None."""
    column = Selection.__table__.c[f"slug_{language}"]
    return session.scalar(select(Selection).where(column == slug))


def services_of(session: Session, selection: Selection, today: date) -> list[Service]:
    """What stands on a sheet (`chosen`), by its rows."""
    found = chosen(selection, read_catalogue(session).listings, today)
    return services_by_key(session, [listing.key for listing in found])


def chosen(selection: Selection, listings: Mapping[str, ListingFacts], today: date) -> list[ListingFacts]:
    """Of these listings those of a sheet that exist: those with a place of their own, then what its rule finds.

    What the rule finds stands as on the page of a need: what nobody confirmed for long last, then by how
    much it is for this, then who can be called.
    """
    placed = [listings[entry.service.key] for entry in selection.entries if entry.service.key in listings]
    taken = {listing.key for listing in placed} | {service.key for service in selection.without}
    found = [one for one in _by_rule(selection, listings.values(), today) if one.key not in taken]
    return [one for one in (*placed, *found) if one.state is ServiceState.EXISTING]


def _by_rule(selection: Selection, listings: Iterable[ListingFacts], today: date) -> list[ListingFacts]:
    terms = {term.key for term in selection.terms}
    terms.update(topic.key for term in selection.terms for topic in term.topics)
    publics = {public.key for public in selection.publics}

    def weight(listing: ListingFacts) -> int:
        return sum(filed.term.key in terms and filed.rank is TermRank.PRIMARY for filed in listing.attributes)

    def belongs(listing: ListingFacts) -> bool:
        own = {public.key for public in listing.publics}
        by_public = bool(own & publics) and EVERYONE not in own
        return listing.kind in OFFERED and (weight(listing) > 0 or by_public)

    return sorted(
        (listing for listing in listings if belongs(listing)),
        key=lambda one: (
            freshness(one, today) is Freshness.STALE,
            -weight(one),
            not one.phones,
            one.key,
        ),
    )


def week_table(services: Sequence[AnyListing], today: date) -> WeekTable:
    """The week of these services by the hours one can come; a service without any stands under `unknown`."""
    weeks = [
        (service, one.place, week_of(one, today))
        for service in services
        for one in hours_of_kind(service, ScheduleKind.VISIT, today)
    ]
    days = [
        (
            code,
            [
                Presence(service, days[number], hours_are_current(service, today), place)
                for service, place, days in weeks
                if days[number].slots
            ],
        )
        for number, code in enumerate(DAYS)
    ]
    known = {service.key for service, _place, _days in weeks}
    return WeekTable(days, [service for service in services if service.key not in known])
