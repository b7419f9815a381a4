"""Needs and who helps with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from guide.directory.freshness import Freshness, freshness
from guide.directory.listings import service_options
from guide.languages import Language
from guide.model import (
    Attribute,
    Service,
    ServiceState,
    TaxonomyTerm,
    TermRank,
)


@dataclass(frozen=True, slots=True)
class NeedHelp:
    """Who helps with a need: `first` are the reasons one goes there, `also` help with it too."""

    need: TaxonomyTerm
    first: list[Service]
    also: list[Service]
    announced: list[Service]


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


def help_with(session: Session, need: TaxonomyTerm, language: Language, today: date) -> NeedHelp:
    """The services filed under a need or one of its topics; what does not exist stands apart, at the end.

    First who surely speaks the reader's language, then for whom the need is the reason one goes there, then
    those with a number to call. Among each, what nobody has confirmed for too long stands last.
    """
    terms = [need.id, *(topic.id for topic in need.topics)]
    services = session.scalars(
        select(Service)
        .where(
            Service.attributes.any(Attribute.taxonomy_term_id.in_(terms)),
            Service.is_public,
        )
        .options(*service_options())
    ).all()
    primary = {
        service.id: sum(
            filed.rank is TermRank.PRIMARY and filed.taxonomy_term_id in terms for filed in service.attributes
        )
        for service in services
    }
    ordered = sorted(
        services,
        key=lambda service: (
            freshness(service, today) is Freshness.STALE,
            bool(service.languages) and language not in service.languages,
            not _filed_itself(service, need),
            -primary[service.id],
            not service.phones,
            service.key,
        ),
    )
    existing = [service for service in ordered if service.state is ServiceState.EXISTING]
    return NeedHelp(
        need,
        first=[service for service in existing if primary[service.id]],
        also=[service for service in existing if not primary[service.id]],
        announced=[service for service in ordered if service.state is not ServiceState.EXISTING],
    )


def _filed_itself(service: Service, need: TaxonomyTerm) -> bool:
    return any(
        filed.taxonomy_term_id == need.id and filed.rank is TermRank.PRIMARY for filed in service.attributes
    )


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
