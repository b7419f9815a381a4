"""What search engines read: robots.txt and the sitemap, each page with its alternate."""

from flask import Blueprint, Response, render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from guide.directory.selections import all_selections
from guide.languages import LANGUAGES
from guide.model import Action, Organization, Plan, PlanOrigin, Service, Theme
from guide.web.ui.cards import FAMILIES
from guide.web.ui.request_context import needs, session
from guide.web.ui.urls import absolute

pages = Blueprint("robots", __name__)

FIXED = (
    "public.home.index",
    "public.services.results",
    "public.urgent.show",
    "public.rights.show",
    "public.languages.show",
    "public.map.show",
    "public.sheets.index",
    "public.plans.index",
    "public.about.about",
    "public.about.help_page",
    "public.about.accessibility",
    "public.about.privacy",
    "public.about.open_data",
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
        f"Sitemap: {absolute(url_for('public.robots.sitemap'))}",
    ]
    answer = Response("\n".join(lines) + "\n", mimetype="text/plain")
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


@pages.get("/sitemap.xml")
def sitemap() -> Response:
    """Every public page in both languages, linked to its alternate by hreflang."""
    answer = Response(
        render_template("public/robots/sitemap.xml", entries=_entries()), mimetype="application/xml"
    )
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


def _entries() -> list[dict[str, str]]:
    """For each page its address per language."""
    found: list[dict[str, str]] = [
        {lang: absolute(url_for(endpoint, lang=lang)) for lang in LANGUAGES} for endpoint in FIXED
    ]
    for need in needs():
        found.append(
            {
                lang: absolute(url_for("public.needs.show", lang=lang, slug=need.slug.side(lang)))
                for lang in LANGUAGES
            }
        )
    for sheet in all_selections(session()):
        found.append(
            {
                lang: absolute(url_for("public.sheets.show", lang=lang, slug=sheet.slug.side(lang)))
                for lang in LANGUAGES
            }
        )
    public = select(Service).where(Service.is_public)
    for service in session().scalars(public.order_by(Service.key)):
        endpoint = FAMILIES[service.kind]
        found.append({lang: absolute(url_for(endpoint, lang=lang, key=service.key)) for lang in LANGUAGES})
    for key in session().scalars(select(Organization.key).order_by(Organization.key)):
        found.append(
            {lang: absolute(url_for("public.organizations.show", lang=lang, key=key)) for lang in LANGUAGES}
        )
    for plan in session().scalars(select(Plan).order_by(Plan.key)):
        found.append(
            {lang: absolute(url_for("public.plans.show", lang=lang, plan=plan.key)) for lang in LANGUAGES}
        )
        if plan.origin is PlanOrigin.OFFICIAL:
            found.append(
                {
                    lang: absolute(url_for("public.plans.picture", lang=lang, plan=plan.key))
                    for lang in LANGUAGES
                }
            )
    for action in session().scalars(
        select(Action).options(joinedload(Action.theme).joinedload(Theme.plan)).order_by(Action.reference)
    ):
        plan_key = action.theme.plan.key
        found.append(
            {
                lang: absolute(url_for("public.plans.action", lang=lang, plan=plan_key, key=action.key))
                for lang in LANGUAGES
            }
        )
    return found
