"""The pages about the guide itself: how it works, who makes it, accessibility, privacy, open data."""

from flask import Blueprint, render_template
from sqlalchemy import Select, func, select

from guide.languages import Language
from guide.model import (
    Action,
    Fulfilment,
    FulfilmentState,
    Plan,
    PlanOrigin,
    Publication,
    Service,
    SourceDocument,
    TextStatus,
    Theme,
)
from guide.web.ui.request_context import session
from guide.web.ui.urls import bilingual_page

pages = Blueprint("about", __name__)


@bilingual_page(pages, "/a-propos", "/over-ons")
def about(lang: Language) -> str:
    """What the guide is, what it is made from, and what it does not know."""
    return render_template(
        "public/about/about.html",
        services=session().scalar(
            select(func.count()).select_from(Service).where(Service.publication == Publication.PUBLISHED)
        ),
        actions=session().scalar(_held_actions()),
        links=session().scalar(
            select(func.count()).select_from(Fulfilment).where(Fulfilment.state != FulfilmentState.REFUSED)
        ),
        sources=session().scalars(select(SourceDocument).order_by(SourceDocument.position)).all(),
    )


def _held_actions() -> Select[int]:
    """How many actions of official plans we hold the text of."""
    return (
        select(func.count())
        .select_from(Action)
        .join(Action.theme)
        .join(Theme.plan)
        .where(Action.text_status != TextStatus.MISSING, Plan.origin == PlanOrigin.OFFICIAL)
    )


@bilingual_page(pages, "/mode-d-emploi", "/hoe-werkt-het")
def help_page(lang: Language) -> str:
    """How to search, keep, send and print."""
    return render_template("public/about/help.html")


@bilingual_page(pages, "/accessibilite", "/toegankelijkheid")
def accessibility(lang: Language) -> str:
    """The accessibility statement."""
    return render_template("public/about/accessibility.html")


@bilingual_page(pages, "/vie-privee", "/privacy")
def privacy(lang: Language) -> str:
    """What is kept about a visitor: nothing but three cookies in her own browser."""
    return render_template("public/about/privacy.html")


@bilingual_page(pages, "/donnees-ouvertes", "/open-data")
def open_data(lang: Language) -> str:
    """What of the guide may be taken along, and under which terms."""
    return render_template("public/about/open_data.html")
