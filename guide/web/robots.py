"""What search engines read: robots.txt and the sitemap, each page with its twin."""

from flask import Blueprint, Response, render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from guide.directory.needs import all_needs
from guide.directory.selections import all_selections
from guide.languages import LANGUAGES
from guide.model import Action, Organization, Plan, PlanOrigin, Service, Theme
from guide.web.addresses import absolute
from guide.web.cards import FAMILIES
from guide.web.context import session

pages = Blueprint("robots", __name__)

FIXED = (
    "home.index",
    "services.results",
    "urgent.show",
    "rights.show",
    "languages.show",
    "map.show",
    "sheets.index",
    "plans.index",
    "about.about",
    "about.help_page",
    "about.accessibility",
    "about.privacy",
    "about.open_data",
)


@pages.get("/robots.txt")
def robots() -> Response:
    """Everything may be read but lists, which belong to one person, and filters, which combine without end.

    A search for words is led to the page without them (`canonical`).
    """
    lines = [
        "User-agent: *",
        "Disallow: /fr/ma-liste",
        "Disallow: /nl/mijn-lijst",
        "Disallow: /*?*&",
        f"Sitemap: {absolute(url_for('robots.sitemap'))}",
    ]
    answer = Response("\n".join(lines) + "\n", mimetype="text/plain")
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


@pages.get("/sitemap.xml")
def sitemap() -> Response:
    """Every public page in both languages, linked to its twin by hreflang."""
    answer = Response(render_template("robots/sitemap.xml", entries=_entries()), mimetype="application/xml")
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


def _entries() -> list[dict[str, str]]:
    """For each page its address per language."""
    found: list[dict[str, str]] = [
        {lang: absolute(url_for(endpoint, lang=lang)) for lang in LANGUAGES} for endpoint in FIXED
    ]
    for need in all_needs(session()):
        found.append(
            {
                lang: absolute(url_for("needs.show", lang=lang, slug=need.slug.side(lang)))
                for lang in LANGUAGES
            }
        )
    for sheet in all_selections(session()):
        found.append(
            {
                lang: absolute(url_for("sheets.show", lang=lang, slug=sheet.slug.side(lang)))
                for lang in LANGUAGES
            }
        )
    public = select(Service).where(Service.is_public)
    for service in session().scalars(public.order_by(Service.key)):
        endpoint = FAMILIES[service.kind]
        found.append({lang: absolute(url_for(endpoint, lang=lang, key=service.key)) for lang in LANGUAGES})
    for key in session().scalars(select(Organization.key).order_by(Organization.key)):
        found.append(
            {lang: absolute(url_for("organisations.show", lang=lang, key=key)) for lang in LANGUAGES}
        )
    for plan in session().scalars(select(Plan).order_by(Plan.key)):
        found.append({lang: absolute(url_for("plans.show", lang=lang, plan=plan.key)) for lang in LANGUAGES})
        if plan.origin is PlanOrigin.OFFICIAL:
            found.append(
                {lang: absolute(url_for("plans.picture", lang=lang, plan=plan.key)) for lang in LANGUAGES}
            )
    for action in session().scalars(
        select(Action).options(joinedload(Action.theme).joinedload(Theme.plan)).order_by(Action.reference)
    ):
        plan_key = action.theme.plan.key
        found.append(
            {
                lang: absolute(url_for("plans.action", lang=lang, plan=plan_key, key=action.key))
                for lang in LANGUAGES
            }
        )
    return found
