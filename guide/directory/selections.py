"""Ready-made sheets and what stands on them now: for the pages and for whoever prints them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from guide.directory.freshness import Freshness, freshness, hours_are_current
from guide.directory.hours import Day, hours_of_kind, week_of
from guide.directory.listing import AnyPlace
from guide.directory.listings import service_options, services_by_key
from guide.directory.timetable import DAYS
from guide.languages import Language
from guide.model import (
    Attribute,
    ScheduleKind,
    Selection,
    Service,
    ServiceKind,
    ServicePublic,
    ServiceState,
    TaxonomyTerm,
    TermRank,
)

OFFERED = (ServiceKind.SERVICE, ServiceKind.HELPLINE, ServiceKind.BENEFIT)
"""What a rule may find: somewhere to go or to call, or something to ask for."""


@dataclass(frozen=True, slots=True)
class Presence:
    """A service on a day, with the slots of that day; `sure` when its hours are current.

    `place`: where, when the places of the service have hours of their own.
    """

    service: Service
    day: Day
    sure: bool
    place: AnyPlace | None = None


@dataclass(frozen=True, slots=True)
class WeekTable:
    """Who is there on which day: seven pairs (code MO…SU, who), and those whose days nobody knows yet."""

    days: list[tuple[str, list[Presence]]]
    unknown: list[Service]


def all_selections(session: Session) -> Sequence[Selection]:
    """Every sheet, in the order it is offered."""
    return session.scalars(select(Selection).order_by(Selection.sort_order, Selection.key)).all()


def selection_by_slug(session: Session, slug: str, language: Language) -> Selection | None:
    """The sheet whose page has this slug in this language, or None."""
    column = Selection.__table__.c[f"slug_{language}"]
    return session.scalar(select(Selection).where(column == slug))


def services_of(session: Session, selection: Selection, today: date) -> list[Service]:
    """Published services that exist: those with a place of their own, then what the rule finds beside them.

    What the rule finds stands as on the page of a need: what nobody confirmed for long last, then by how
    much it is for this, then who can be called.
    """
    placed = services_by_key(session, [entry.service.key for entry in selection.entries])
    taken = {service.id for service in placed} | {service.id for service in selection.without}
    found = [service for service in _found(session, selection, today) if service.id not in taken]
    return [service for service in (*placed, *found) if service.state is ServiceState.EXISTING]


def _found(session: Session, selection: Selection, today: date) -> list[Service]:
    terms = {term.id for term in selection.terms}
    terms.update(topic.id for term in selection.terms for topic in term.topics)
    publics = {public.id for public in selection.publics}
    if not terms and not publics:
        return []
    everyone = Service.publics.any(TaxonomyTerm.key == "everyone")
    services = session.scalars(
        select(Service)
        .where(
            Service.is_public,
            Service.kind.in_(OFFERED),
            or_(
                Service.attributes.any(
                    Attribute.taxonomy_term_id.in_(terms) & (Attribute.rank == TermRank.PRIMARY)
                ),
                Service.id.in_(
                    select(ServicePublic.service_id).where(ServicePublic.taxonomy_term_id.in_(publics))
                )
                & ~everyone,
            ),
        )
        .options(*service_options())
    )

    def weight(service: Service) -> int:
        return sum(
            filed.taxonomy_term_id in terms and filed.rank is TermRank.PRIMARY for filed in service.attributes
        )

    return sorted(
        services,
        key=lambda one: (
            freshness(one, today) is Freshness.STALE,
            -weight(one),
            not one.phones,
            one.key,
        ),
    )


def week_table(services: Sequence[Service], today: date) -> WeekTable:
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
