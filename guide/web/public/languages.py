"""In other languages: the eight main needs on one page, for readers of neither French nor Dutch."""

from flask import Blueprint, render_template, url_for

from guide.directory.urgent import PANEL_OF_NEED
from guide.languages import Language
from guide.model import TaxonomyTerm
from guide.web.ui.request_context import needs, tongues
from guide.web.ui.urls import bilingual_page, query_string

pages = Blueprint("languages", __name__)


@bilingual_page(pages, "/langues", "/talen")
def show(lang: Language) -> str:
    """One section a language, each marked with its own `lang` and direction."""

    def need_url(need: TaxonomyTerm, code: str) -> str:
        # A page that begins with a panel says it in that language.
        asked = query_string({"language": code if need.key in PANEL_OF_NEED else ""}, lang)
        return url_for("public.needs.show", slug=need.slug.side(lang)) + asked

    return render_template(
        "public/languages/show.html",
        languages=tongues(),
        needs={need.key: need for need in needs()},
        need_url=need_url,
    )
