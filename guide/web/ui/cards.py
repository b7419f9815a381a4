"""What a card says of a service, decided once for results, needs, home, list and map."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from guide.directory.asking import ask_sentence, ask_words, whom_to_ask
from guide.directory.hours import OpenState
from guide.directory.listing import AnyListing, ListedTerm
from guide.directory.snippets import Piece, around_the_mark, best_sentence, first_sentence, marked
from guide.directory.sureness import Sureness, sureness
from guide.directory.understanding import Understanding
from guide.directory.unknown import ON_CARD, is_asked_by_phone, unknown_nouns
from guide.directory.wording import ASKED_FOR
from guide.languages import LANGUAGES, Bilingual, LocalText
from guide.model import ServiceKind, ServiceState, TaxonomyTerm, TermRank, YesNo
from guide.web.ui import discretion
from guide.web.ui.request_context import bodies, now, opening_of
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import reader

FAMILIES = {
    ServiceKind.SERVICE: "public.services.service",
    ServiceKind.HELPLINE: "public.services.service",
    ServiceKind.BENEFIT: "public.services.benefit",
    ServiceKind.TOOL: "public.services.project",
    ServiceKind.PROGRAMME: "public.services.project",
    ServiceKind.MEASURE: "public.services.project",
}
"""The endpoint of a record's page, by what it is."""

MADE_HERE = {"fiche-relais": "referrals.paper.new"}
"""Records of things that this site itself offers, each with the endpoint where one makes it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A number to ask, what its button says before it, and the advice that it follows in a sentence."""

    number: str
    label: str
    advice: str


@dataclass(frozen=True, slots=True)
class Card:
    """A service as a card: its texts for this reader, its state now, and the matched words marked."""

    service: AnyListing
    url: str
    name: LocalText
    summary: list[Piece]
    summary_text: LocalText
    match: list[Piece]
    match_lang: str
    opening: OpenState
    only_other_language: bool
    asked: Asked | None
    """Whom to ask about it, where it has no number of its own."""
    unknown: list[str]
    """What a visit most often fails on and nobody knows, in words."""
    sureness: Sureness
    made_here: str
    """Where on this site it is made, for what the guide itself offers; '' for all others."""

    @property
    def can_be_called(self) -> bool:
        """Is there a number to call before one goes: its own, or that of who knows?"""
        return self.asked is not None or is_asked_by_phone(self.service)


def service_url(service: AnyListing) -> str:
    """The address of a record's page, in its family, in the reader's language."""
    return url_for(FAMILIES[service.kind], key=service.key)


def made_here(service: AnyListing) -> str:
    """Where the reader makes it on this site; '' for what is not of this site."""
    endpoint = MADE_HERE.get(service.key)
    return url_for(endpoint) if endpoint else ""


def cards(services: Sequence[AnyListing], meant: Understanding | None = None) -> list[Card]:
    """Cards in the order given."""
    return [card(service, meant) for service in services]


def card(service: AnyListing, meant: Understanding | None = None) -> Card:
    """What a card says of a service. The page that shows a sensitive one is sensitive (`discretion`)."""
    discretion.show([service])
    lang = reader()
    whole = service.summary.localized(lang)
    summary = first_sentence(whole)
    pieces = marked(summary, meant)
    match: list[Piece] = []
    match_lang = summary.lang
    if meant and not any(piece.marked for piece in pieces):
        # The match is not in the line: show the sentence that holds it, in whichever language it is.
        for text in (whole, service.description.localized(lang), service.eligibility.localized(lang)):
            sentence = best_sentence(text, meant)
            if sentence:
                match, match_lang = around_the_mark(marked(sentence, meant)), sentence.lang
                break
    return Card(
        service=service,
        url=service_url(service),
        name=service.name.localized(lang),
        summary=pieces,
        summary_text=whole,
        match=match,
        match_lang=match_lang,
        opening=opening_of(service),
        only_other_language=summary.fell_back,
        asked=asked_about(service),
        unknown=unknown_nouns(service, lang, now().date(), ON_CARD),
        sureness=sureness(service, now().date(), lang),
        made_here=made_here(service),
    )


def asked_about(service: AnyListing) -> Asked | None:
    """Whom to ask about a listing without a number; None where it has one, or nothing is to be asked."""
    body = whom_to_ask(service, bodies())
    return Asked(body.number, ask_words(body, reader()), ask_sentence(body, reader())) if body else None


def key_facts(service: AnyListing) -> list[tuple[str, LocalText]]:
    """For whom, the price, what to bring, where the record says it: pairs (label, short words), for paper."""
    if service.state is not ServiceState.EXISTING or service.kind not in ASKED_FOR:
        return []
    lang = reader()
    price = {YesNo.YES: _("gratuit"), YesNo.NO: _("payant"), None: ""}[service.free]
    papers = {YesNo.YES: _("des papiers"), YesNo.NO: _("aucun papier"), None: ""}[service.papers_needed]
    bring = Bilingual(*(", ".join(service.required_documents.get(side, [])) for side in LANGUAGES))
    found = (
        (_("Pour qui :"), first_sentence(service.eligibility.localized(lang))),
        (_("Prix :"), first_sentence(service.fees.localized(lang)) or LocalText(price, lang)),
        (_("À apporter :"), bring.localized(lang) or LocalText(papers, lang)),
    )
    return [(label, words) for label, words in found if words]


def first_need(service: AnyListing) -> TaxonomyTerm | ListedTerm | None:
    """The need a service's breadcrumb goes through: that of its first primary term."""
    for filed in service.attributes:
        if filed.rank is TermRank.PRIMARY:
            return filed.need
    return service.attributes[0].need if service.attributes else None
