"""The home page in each language, and the door at `/` that sends on or lets choose."""

from flask import Blueprint, Response, g, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from guide.directory.urgent import PANEL_OF_NEED
from guide.languages import Language
from guide.web.public.urgent_view import home_numbers
from guide.web.ui import discretion
from guide.web.ui.cards import cards
from guide.web.ui.request_context import listings, needs, open_now
from guide.web.ui.urls import bilingual_page, preferred_language

pages = Blueprint("home", __name__)

SHOWN_OPEN = 2


@bilingual_page(pages, "/", "/")
def index(lang: Language) -> str:
    """Search, the fourteen situations, and what is open now when something surely is.

    Those that cannot wait, whose page begins with the numbers to call, come first and larger.
    """
    every, opened = needs(), open_now()
    # Lines that answer day and night stand in the urgent panel; here is who is open just now.
    shown = listings(discretion.unasked(opened.attended)[:SHOWN_OPEN])
    return render_template(
        "public/home/index.html",
        main_part=("home",),
        urgent_needs=[need for need in every if need.key in PANEL_OF_NEED],
        first_needs=[need for need in every if need.first_row and need.key not in PANEL_OF_NEED],
        more_needs=[need for need in every if not need.first_row and need.key not in PANEL_OF_NEED],
        open_cards=cards(shown),
        # As many as the list behind the link shows: the lines and the sensitive ones too.
        open_count=len(opened.open) if shown else 0,
        numbers=home_numbers(lang),
    )


@pages.get("/")
def door() -> Response | AnyResponse:
    """Sends on by saved choice, then by the browser's language; else a chooser in both languages."""
    language = preferred_language()
    if language:
        answer: Response | AnyResponse = redirect(url_for("public.home.index", lang=language), 302)
    else:
        g.lang = "fr"
        answer = make_response(render_template("public/home/chooser.html"))
    answer.headers["Cache-Control"] = "no-store"
    answer.vary.update(("Accept-Language", "Cookie"))
    return answer
