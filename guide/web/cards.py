"""What a card says of a service, decided once for results, needs, home, list and map."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from guide.directory.freshness import Standing, standing
from guide.directory.hours import OpenState, open_state
from guide.directory.snippets import Piece, best_sentence, marked
from guide.directory.understanding import Understanding
from guide.languages import LocalText
from guide.model import Service, ServiceKind, TaxonomyTerm, TermRank
from guide.web.addresses import reader
from guide.web.context import now

FAMILIES = {
    ServiceKind.SERVICE: "services.service",
    ServiceKind.HELPLINE: "services.service",
    ServiceKind.BENEFIT: "services.benefit",
    ServiceKind.TOOL: "services.project",
    ServiceKind.PROGRAMME: "services.project",
    ServiceKind.MEASURE: "services.project",
}
"""The endpoint of a record's page, by what it is."""


@dataclass(frozen=True, slots=True)
class Card:
    """A service as a card: its texts for this reader, its state now, and the matched words marked."""

    service: Service
    url: str
    name: LocalText
    summary: list[Piece]
    summary_text: LocalText
    match: list[Piece]
    match_lang: str
    opening: OpenState
    standing: Standing
    only_other_language: bool


def service_url(service: Service) -> str:
    """The address of a record's page, in its family, in the reader's language."""
    return url_for(FAMILIES[service.kind], key=service.key)


def cards(services: Sequence[Service], meant: Understanding | None = None) -> list[Card]:
    """Cards in the order given."""
    return [card(service, meant) for service in services]


def card(service: Service, meant: Understanding | None = None) -> Card:
    lang = reader()
    summary = service.summary.into(lang)
    pieces = marked(summary, meant)
    match: list[Piece] = []
    match_lang = summary.lang
    if meant and not any(piece.marked for piece in pieces):
        # The match is not in the summary: show the sentence that holds it, in whichever language it is.
        for text in (service.description.into(lang), service.eligibility.into(lang)):
            sentence = best_sentence(text, meant)
            if sentence:
                match, match_lang = marked(sentence, meant), sentence.lang
                break
    return Card(
        service=service,
        url=service_url(service),
        name=service.name.into(lang),
        summary=pieces,
        summary_text=summary,
        match=match,
        match_lang=match_lang,
        opening=open_state(service, now()),
        standing=standing(service, now().date()),
        only_other_language=summary.fell_back,
    )


def first_need(service: Service) -> TaxonomyTerm | None:
    """The need a service's breadcrumb goes through: that of its first primary term."""
    for filed in service.attributes:
        if filed.rank is TermRank.PRIMARY:
            return filed.term.need
    return service.attributes[0].term.need if service.attributes else None
