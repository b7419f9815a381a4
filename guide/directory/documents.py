"""What the search index holds: one document for each published service, organisation, need and action.

A document is ready terms only; the texts shown on a page come from the database. Its identifier is
`service:<key>`, `organization:<key>`, `need:<key>` or `action:<plan>/<action>`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from guide.directory.concepts import key_concept, spoken_concept
from guide.directory.freshness import Freshness, freshness, is_uncertain
from guide.directory.signs import concepts_of
from guide.languages import LANGUAGES, Bilingual, Language
from guide.model import (
    Action,
    Attribute,
    Organization,
    Plan,
    PlanOrigin,
    Service,
    ServiceKind,
    ServiceState,
    TaxonomyTerm,
    TermRank,
    TextStatus,
    Theme,
    Vocabulary,
    WordGroup,
    YesNo,
)
from guide.search import analysis
from guide.search.engine import Document

# How often a concept stands in a service's document: the reason one goes there weighs more than
# what it also helps with, and a service more than a tool or programme that citizens do not visit.
_WEIGHT = {TermRank.PRIMARY: 6, TermRank.SECONDARY: 2}
_WEIGHT_OF_TOOL = {TermRank.PRIMARY: 2, TermRank.SECONDARY: 1}
_NEAR = ("jette", "magritte")
_TOOLS = (ServiceKind.TOOL, ServiceKind.PROGRAMME, ServiceKind.MEASURE)


TIER_EXISTING, TIER_STALE, TIER_ANNOUNCED, TIER_ENDED = range(4)

BOOST_CALLED, BOOST_RUN, BOOST_REACHED, BOOST_OUT_OF_REACH = 100, 95, 88, 70
"""In percent, by how one reaches it: by telephone; through its organisation; at a place, a site or a mailbox; not
at all. Of two that help alike the easier to reach comes first; a far better answer still leads."""


def all_documents(session: Session, today: date) -> Iterator[Document]:
    """Every document of the directory, services first."""
    for service in session.scalars(_services()):
        yield _service(service, today)
    for organization in session.scalars(select(Organization).options(selectinload(Organization.services))):
        yield _organization(organization)
    words = _words_of_needs(session)
    for need in session.scalars(
        select(TaxonomyTerm)
        .where(TaxonomyTerm.taxonomy == "needs", TaxonomyTerm.parent_id.is_(None))
        .options(selectinload(TaxonomyTerm.topics))
    ):
        yield _need(need, words.get(need.key, []))
    for action in session.scalars(_actions()):
        yield _action(action)


def documents_for(session: Session, ids: Iterable[str], today: date) -> tuple[list[Document], list[str]]:
    """The documents with these identifiers as they stand now, and the identifiers that exist no more.

    What no index holds (`page`, see `guide.model.changes`) is neither.
    """
    found: list[Document] = []
    gone: list[str] = []
    for identifier in ids:
        kind, _, key = identifier.partition(":")
        if kind not in _ONE_BY_ONE:
            continue
        document = _ONE_BY_ONE[kind](session, key, today)
        if document is not None:
            found.append(document)
        else:
            gone.append(identifier)
    return found, gone


def _service_with(session: Session, key: str, today: date) -> Document | None:
    service = session.scalar(_services().where(Service.key == key))
    return _service(service, today) if service is not None else None


def _organization_with(session: Session, key: str, _: date) -> Document | None:
    organization = session.scalar(select(Organization).where(Organization.key == key))
    return _organization(organization) if organization is not None else None


def _action_with(session: Session, reference: str, _: date) -> Document | None:
    action = session.scalar(_actions().where(Action.reference == reference))
    return _action(action) if action is not None else None


_ONE_BY_ONE: Mapping[str, Callable[[Session, str, date], Document | None]] = {
    "service": _service_with,
    "organization": _organization_with,
    "action": _action_with,
}
"""The kinds of documents that change by themselves; needs change with everything."""


def _actions() -> Select[Action]:
    """A plan of doubtful origin has its page, and is never an answer to a citizen's words."""
    return (
        select(Action)
        .join(Action.theme)
        .join(Theme.plan)
        .where(Action.text_status != TextStatus.MISSING, Plan.origin == PlanOrigin.OFFICIAL)
        .options(joinedload(Action.theme).joinedload(Theme.plan))
    )


def _services() -> Select[Service]:
    return (
        select(Service)
        .where(Service.is_public)
        .options(
            selectinload(Service.attributes).joinedload(Attribute.term).joinedload(TaxonomyTerm.parent),
            selectinload(Service.publics),
            selectinload(Service.service_at_locations),
            selectinload(Service.phones),
            selectinload(Service.citations),
            joinedload(Service.organization),
            joinedload(Service.neighbourhood),
            joinedload(Service.service_area),
        )
    )


def _tier(service: Service, today: date) -> int:
    """What only a plan announced, what is perhaps gone or has ended, never stands above what exists."""
    if service.state is ServiceState.ENDED:
        return TIER_ENDED
    if is_uncertain(service, today):
        return TIER_ANNOUNCED
    return TIER_STALE if freshness(service, today) is Freshness.STALE else TIER_EXISTING


def _boost(service: Service) -> int:
    if service.phones:
        return BOOST_CALLED
    if (
        service.organization or service.kind is ServiceKind.BENEFIT
    ):  # what is granted is asked of whoever grants it
        return BOOST_RUN
    reached = service.email or service.website or service.places
    return BOOST_REACHED if reached else BOOST_OUT_OF_REACH


@dataclass(frozen=True, slots=True)
class _Texts:
    """What a document says in each language: its names, and the texts below them."""

    names: Mapping[Language, Sequence[str]]
    texts: Mapping[Language, Sequence[str]]


def _service(service: Service, today: date) -> Document:
    texts = _Texts(
        {language: _service_names(service, language) for language in LANGUAGES},
        {language: _service_texts(service, language) for language in LANGUAGES},
    )
    concepts = [*([key_concept(service.key)] * 6), *_filed_concepts(service), *concepts_of(service)]
    identifier, facets = f"service:{service.key}", _service_facets(service)
    return _document(identifier, texts, concepts, facets, _tier(service, today), _boost(service))


def _filed_concepts(service: Service) -> list[str]:
    """The topics and needs it is filed under, as often as they weigh; with the languages it speaks beside them."""
    concepts: list[str] = []
    for term, weight in _weights(service):
        concepts += [term] * weight
        for language in LANGUAGES:
            if not service.languages or language in service.languages:
                concepts += [spoken_concept(term, language)] * weight
    return concepts


def _weights(service: Service) -> list[tuple[str, int]]:
    """The topics it is filed under with their weights, then the needs."""
    weights = _WEIGHT_OF_TOOL if service.kind in _TOOLS else _WEIGHT
    # Of two that help alike: first the one with a number to call, and the one in Jette.
    nearer = bool(service.phones) + (service.service_area is not None and service.service_area.key in _NEAR)
    terms: dict[str, int] = {}
    needs: dict[str, int] = {}
    for filed in service.attributes:
        weight = weights[filed.rank] + (nearer if filed.rank is TermRank.PRIMARY else 0)
        need = filed.term.need.key
        if filed.term.parent is not None:
            terms[filed.term.key] = weight
            # Filed under a topic only: it helps with the need, less than who is filed under the need itself.
            needs[need] = max(needs.get(need, 0), weight - weight // 3)
        else:
            needs[need] = max(needs.get(need, 0), weight)
    return [*terms.items(), *needs.items()]


def _service_facets(service: Service) -> dict[str, list[str]]:
    """The values a person can tick (see `finding.FACETS`)."""
    return {
        "type": ["service"],
        "need": list(dict.fromkeys(filed.term.need.key for filed in service.attributes)),
        "public": [public.key for public in service.publics],
        "neighbourhood": [service.area.key] if service.area else [],
        "language": list(service.languages),
        "free": _yes(service.free is YesNo.YES),
        "walk_in": _yes("walk_in" in service.access_modes),
        "wheelchair": _yes(service.wheelchair is YesNo.YES),
    }


def _yes(so: bool) -> list[str]:
    return ["yes"] if so else []


def _service_names(service: Service, language: Language) -> list[str]:
    return [
        *_sides(language, service.name),
        *service.alternate_names.get(language, []),
        service.key.replace("-", " "),
    ]


def _service_texts(service: Service, language: Language) -> list[str]:
    return [
        *_sides(language, service.summary) * 3,
        *_sides(language, service.description, service.eligibility, service.fees),
        *_sides(language, service.operator, service.application, service.schedule_note),
        *service.required_documents.get(language, []),
        *(filed.term.name.side(language) or "" for filed in service.attributes),
        *(place for location in service.places for place in _sides(language, location.street, location.city)),
        *(_sides(language, service.organization.name) if service.organization else []),
    ]


def _organization(organization: Organization) -> Document:
    texts = _Texts(
        {
            language: [
                *_sides(language, organization.name),
                *organization.alternate_names.get(language, []),
            ]
            for language in LANGUAGES
        },
        {language: _sides(language, organization.description) for language in LANGUAGES},
    )
    return _document(f"organization:{organization.key}", texts, [], {"type": ["organization"]})


def _need(need: TaxonomyTerm, words: list[tuple[Language, str]]) -> Document:
    texts = _Texts(
        {language: [need.name.side(language) or ""] for language in LANGUAGES},
        {
            language: [
                *_sides(language, need.description, need.hint),
                *(topic.name.side(language) or "" for topic in need.topics),
                *(text for side, text in words if side == language),
            ]
            for language in LANGUAGES
        },
    )
    concepts = [need.key] * 3 + [topic.key for topic in need.topics]
    return _document(f"need:{need.key}", texts, concepts, {"type": ["need"]})


def _action(action: Action) -> Document:
    objective = action.theme.sub_objective(action.objective)
    texts = _Texts(
        {
            language: [
                f"action {action.number}" if language == "fr" else f"actie {action.number}",
                *_sides(language, action.theme.name),
            ]
            for language in LANGUAGES
        },
        {
            language: [
                *_sides(language, action.text) * 2,
                *(_sides(language, objective.text) if objective else []),
            ]
            for language in LANGUAGES
        },
    )
    return _document(f"action:{action.reference}", texts, [], {"type": ["action"]})


def _words_of_needs(session: Session) -> dict[str, list[tuple[Language, str]]]:
    """The vocabulary, need by need: it makes needs findable and gives the speller its words."""
    found: dict[str, list[tuple[Language, str]]] = {}
    for vocabulary in session.scalars(
        select(Vocabulary).options(
            selectinload(Vocabulary.groups).joinedload(WordGroup.term).joinedload(TaxonomyTerm.parent)
        )
    ):
        for group in vocabulary.groups:
            bucket = found.setdefault(group.term.need.key, [])
            # Hidden words are understood, but never offered as a suggestion.
            if not group.hidden:
                bucket += [("fr", text) for text in group.fr] + [("nl", text) for text in group.nl]
    return found


def _sides(language: Language, *texts: Bilingual) -> list[str]:
    return [side for text in texts if (side := text.side(language))]


def _document(
    identifier: str,
    said: _Texts,
    concepts: list[str],
    facets: dict[str, list[str]],
    tier: int = TIER_EXISTING,
    boost: int = BOOST_CALLED,
) -> Document:
    fields: dict[str, list[str]] = {"concept": concepts}
    words: dict[str, list[str]] = {}
    for language in LANGUAGES:
        names, texts = said.names[language], said.texts[language]
        fields[f"name_{language}"] = [term for name in names for term in analysis.terms(name, language)]
        fields[f"text_{language}"] = [term for text in texts for term in analysis.terms(text, language)]
        words[language] = [
            word for text in (*names, *texts) for word in analysis.written_words(text, language)
        ]
    return Document(identifier, tier, fields, words, facets, boost)
