"""Needs and who helps with them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from guide.directory.freshness import Freshness, freshness
from guide.directory.listing import AnyFacts
from guide.directory.listings import service_options
from guide.languages import Language
from guide.model import (
    Attribute,
    Service,
    ServiceState,
    TaxonomyTerm,
    TermRank,
)

Facts = TypeVar("Facts", bound=AnyFacts)


@dataclass(frozen=True, slots=True)
class NeedHelp(Generic[Facts]):
    """Who helps with a need: for `first` one goes there, `also` help with it too, `announced` may not exist."""

    first: list[Facts]
    also: list[Facts]
    announced: list[Facts]


def all_needs(session: Session) -> Sequence[TaxonomyTerm]:
    """Every need in its order, with its topics, which know it: nothing is left to be read."""
    return session.scalars(
        select(TaxonomyTerm)
        .where(TaxonomyTerm.taxonomy == "needs", TaxonomyTerm.parent_id.is_(None))
        .options(
            joinedload(TaxonomyTerm.parent),
            selectinload(TaxonomyTerm.topics).joinedload(TaxonomyTerm.parent),
        )
        .order_by(TaxonomyTerm.position)
    ).all()


def need_by_slug(session: Session, slug: str, language: Language) -> TaxonomyTerm | None:
    """The need whose page has this slug in this language, or None."""
    column = TaxonomyTerm.__table__.c[f"slug_{language}"]
    return session.scalar(
        select(TaxonomyTerm)
        .where(TaxonomyTerm.taxonomy == "needs", column == slug)
        .options(selectinload(TaxonomyTerm.topics))
    )


def services_for(session: Session, need: TaxonomyTerm) -> Sequence[Service]:
    """The public listings filed under a need or one of its topics, by their rows."""
    terms = [need.id, *(topic.id for topic in need.topics)]
    filed = Service.attributes.any(Attribute.taxonomy_term_id.in_(terms))
    return session.scalars(select(Service).where(filed, Service.is_public).options(*service_options())).all()


def help_with(services: Iterable[Facts], need: str, language: Language, today: date) -> NeedHelp[Facts]:
    """These listings of a need in their order; what does not exist stands apart, at the end.

    First who surely speaks the reader's language, then for whom the need is the reason one goes there, then
    those with a number to call. Among each, what nobody has confirmed for too long stands last.
    """
    primary = {service.key: _weight(service, need) for service in services}

    def place(service: Facts) -> tuple[bool, bool, bool, int, bool, str]:
        return (
            freshness(service, today) is Freshness.STALE,
            bool(service.languages) and language not in service.languages,
            not _is_filed_itself(service, need),
            -primary[service.key],
            not service.phones,
            service.key,
        )

    ordered = sorted(services, key=place)
    existing = [service for service in ordered if service.state is ServiceState.EXISTING]
    return NeedHelp(
        first=[service for service in existing if primary[service.key]],
        also=[service for service in existing if not primary[service.key]],
        announced=[service for service in ordered if service.state is not ServiceState.EXISTING],
    )


def _weight(service: AnyFacts, need: str) -> int:
    """For how much of this need it is the reason one goes there."""
    return sum(filed.rank is TermRank.PRIMARY and filed.need.key == need for filed in service.attributes)


def _is_filed_itself(service: AnyFacts, need: str) -> bool:
    """Is the need itself, not one of its topics, the reason one goes there?"""
    return any(filed.term.key == need and filed.rank is TermRank.PRIMARY for filed in service.attributes)


def terms_by_taxonomy(session: Session, taxonomy: str) -> list[TaxonomyTerm]:
    """The terms of a taxonomy (publics, neighbourhoods, areas) in their order."""
    return list(
        session.scalars(
            select(TaxonomyTerm)
            .where(TaxonomyTerm.taxonomy == taxonomy, TaxonomyTerm.parent_id.is_(None))
            .options(joinedload(TaxonomyTerm.parent))
            .order_by(TaxonomyTerm.position)
        )
    )
