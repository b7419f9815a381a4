"""In other languages: the eight main needs on one page, for readers of neither French nor Dutch."""

from flask import Blueprint, render_template
from sqlalchemy import select

from guide.languages import Language
from guide.model import OtherLanguage
from guide.web.addresses import bilingual_page
from guide.web.context import needs, session

pages = Blueprint("languages", __name__)


@bilingual_page(pages, "/langues", "/talen")
def show(lang: Language) -> str:
    """One section a language, each marked with its own `lang` and direction."""
    languages = session().scalars(select(OtherLanguage).order_by(OtherLanguage.position)).all()
    return render_template(
        "languages/show.html", languages=languages, needs={need.key: need for need in needs()}
    )
