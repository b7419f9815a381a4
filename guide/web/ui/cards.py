"""What a card says of a service, decided once for results, needs, home, list and map."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property

from flask import url_for

from guide.directory.asking import ask_sentence, ask_words, whom_to_ask
from guide.directory.hours import OpenState
from guide.directory.listing import AnyListing, ListedTerm, Listing
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


class Card:
    """A service as a card: its texts for this reader, its state now, and the matched words marked.

    Each is worked out when a template asks for it: what stands in a part that is kept is not asked for again. The
    page that shows a sensitive listing is sensitive (`discretion`).
    """

    def __init__(
        self, service: AnyListing, meant: Understanding | None = None, to_ask: Sequence[str] = ()
    ) -> None:
        """`meant`: what was searched; `to_ask`: what else is not known of it, for whoever asks."""
        discretion.show([service])
        self.service = service
        self._meant, self._to_ask = meant, to_ask

    @property
    def part(self) -> tuple[Hashable, ...] | None:
        """As what its lower half is kept; None where it is not the same for everybody."""
        kept = isinstance(self.service, Listing) and not self._to_ask
        return ("card", self.service.key) if kept else None

    @cached_property
    def url(self) -> str:
        return service_url(self.service)

    @cached_property
    def name(self) -> LocalText:
        return self.service.name.localized(reader())

    @cached_property
    def summary_text(self) -> LocalText:
        """The summary as it stands, to tell its language."""
        return self.service.summary.localized(reader())

    @cached_property
    def summary(self) -> list[Piece]:
        """Its first sentence."""
        return marked(first_sentence(self.summary_text), self._meant)

    @cached_property
    def match(self) -> LocalText | None:
        """The sentence that holds what was searched, in whichever language it is; None when the summary tells it."""
        if self._meant is None or any(piece.marked for piece in self.summary):
            return None
        for text in (self.service.summary, self.service.description, self.service.eligibility):
            sentence = best_sentence(text.localized(reader()), self._meant)
            if sentence:
                return sentence
        return None

    @property
    def match_pieces(self) -> list[Piece]:
        """What stands in that sentence around the words."""
        return around_the_mark(marked(self.match, self._meant)) if self.match else []

    @property
    def only_other_language(self) -> bool:
        return self.summary_text.fell_back

    @cached_property
    def opening(self) -> OpenState:
        return opening_of(self.service)

    @cached_property
    def asked(self) -> Asked | None:
        """Whom to ask about it, where it has no number of its own."""
        return asked_about(self.service)

    @cached_property
    def unknown(self) -> list[str]:
        """What a visit most often fails on and nobody knows, in words."""
        nouns = unknown_nouns(self.service, reader(), now().date(), ON_CARD)
        return list(dict.fromkeys([*nouns, *self._to_ask]))

    @cached_property
    def sureness(self) -> Sureness:
        return sureness(self.service, now().date(), reader())

    @cached_property
    def made_here(self) -> str:
        """Where on this site it is made, for what the guide itself offers; '' for all others."""
        return made_here(self.service)

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
    return [Card(service, meant) for service in services]


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
