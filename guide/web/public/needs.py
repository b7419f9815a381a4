"""The page of one need: "J'ai faim", and who helps."""

from collections.abc import Sequence

from flask import Blueprint, abort, g, render_template, url_for

from guide.directory.listing import ListingFacts
from guide.directory.urgent import PANEL_OF_NEED
from guide.languages import Language, other
from guide.model import TaxonomyTerm
from guide.web.ui import discretion
from guide.web.ui.cards import Card, cards
from guide.web.ui.paging import address_of_page, page_of
from guide.web.ui.request_context import (
    catalogue,
    crisis_panels,
    listings,
    need_with_slug,
    now,
    questions,
    tongue,
)
from guide.web.ui.urls import bilingual_page, query_string, query_value

pages = Blueprint("needs", __name__)


@bilingual_page(pages, "/besoins/<slug>", "/noden/<slug>")
def show(lang: Language, slug: str) -> str:
    """The services for a need, those one goes there for first; what is only announced stands at the end.

    Asked for from the page in other languages, its panel is in that language.
    """
    need = need_with_slug(slug, lang)
    if need is None:
        abort(404)
    g.alternate_values = {"slug": need.slug.side(other(lang))}
    spoken = tongue(query_value("language", lang))
    g.unlisted = spoken is not None
    discretion.mark(need.page_is_sensitive)
    found = catalogue().help_with(need.key, lang, now().date())
    page = page_of([*found.first, *found.also, *found.announced], lang)
    discretion.show(page.items)
    ends = [len(found.first), len(found.first) + len(found.also)]

    def sections() -> list[list[Card]]:
        """The cards of this page: for whom one goes there, who helps too, what may not exist."""
        # By their keys: an edit between two statements may have taken one away.
        shown = {card.service.key: card for card in cards(listings(page.items))}
        parts = [
            page.items[max(0, begin - page.before) : max(0, end - page.before)]
            for begin, end in zip([0, *ends], [*ends, page.before + len(page.items)], strict=True)
        ]
        return [[shown[one.key] for one in part if one.key in shown] for part in parts]

    return render_template(
        "public/needs/show.html",
        main_part=("need", need.key, page.number, spoken.code if spoken else ""),
        need=need,
        questions=len(questions(need)),
        sections=sections,
        page=page,
        page_url=lambda number: address_of_page(number, lang),
        nobody=not found.first and not found.also,
        print_url=url_for("public.printing.index") + query_string({"chosen": f"need-{need.key}"}, lang),
        tongue=spoken,
        crisis=crisis_panels([PANEL_OF_NEED[need.key]] if need.key in PANEL_OF_NEED else [], lang),
        map_url=_map_url([*found.first, *found.also], need, lang),
    )


def _map_url(services: Sequence[ListingFacts], need: TaxonomyTerm, lang: Language) -> str:
    """The map of this need; '' when none of these services has a known place.

    A list has no drawing beside it. Without imported streets it is dots in an empty square; with them (240 streets)
    it takes 4 KB and 0.15 to 0.28 s of every page of results.
    """
    if not any(place.latitude is not None for service in services for place in service.places):
        return ""
    return url_for("public.map.show") + query_string({"need": need.key}, lang)
