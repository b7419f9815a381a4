"""What search engines read: robots.txt and the sitemap, each page with its alternate."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, abort, render_template, url_for
from sqlalchemy import select

from guide.directory.selections import all_selections
from guide.languages import LANGUAGES, Language
from guide.model import Action, Organization, Plan, PlanOrigin, Theme
from guide.web.ui.cards import FAMILIES
from guide.web.ui.request_context import catalogue, needs, per_revision, session
from guide.web.ui.urls import absolute

pages = Blueprint("robots", __name__)

PAGES_IN_A_FILE = 500
"""Each in both languages: 300 KB."""

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
        *(f"Sitemap: {absolute(_address(number))}" for number in range(1, _files() + 1)),
    ]
    answer = Response("\n".join(lines) + "\n", mimetype="text/plain")
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


@pages.get("/sitemap.xml")
def sitemap() -> Response:
    """Every public page in both languages, linked to its alternate by hreflang; the first of several files."""
    return _sitemap(1)


@pages.get("/sitemap-<int:number>.xml")
def further(number: int) -> Response:
    """The pages that the files before it do not hold."""
    if not 2 <= number <= _files():
        abort(404)
    return _sitemap(number)


def _address(number: int) -> str:
    if number == 1:
        return url_for("public.robots.sitemap")
    return url_for("public.robots.further", number=number)


def _sitemap(number: int) -> Response:
    begin = (number - 1) * PAGES_IN_A_FILE
    entries = _entries()[begin : begin + PAGES_IN_A_FILE]
    shown = [
        {lang: absolute(_path(endpoint, lang, values[lang])) for lang in LANGUAGES}
        for endpoint, values in entries
    ]
    answer = Response(render_template("public/robots/sitemap.xml", entries=shown), mimetype="application/xml")
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


def _path(endpoint: str, lang: Language, values: Mapping[str, str]) -> str:
    named: dict[str, Any] = {"lang": lang, **values}
    return url_for(endpoint, **named)


def _files() -> int:
    return max(1, -(-len(_entries()) // PAGES_IN_A_FILE))


Entry = tuple[str, Mapping[Language, Mapping[str, str]]]
"""A page: its endpoint, and in each language what stands in its address."""


def _entries() -> Sequence[Entry]:
    return per_revision("sitemap", lambda: list(_every_page()))


def _every_page() -> Iterator[Entry]:
    for endpoint in FIXED:
        yield _same(endpoint)
    for need in needs():
        yield "public.needs.show", {lang: {"slug": need.slug.side(lang) or ""} for lang in LANGUAGES}
    for sheet in all_selections(session()):
        yield "public.sheets.show", {lang: {"slug": sheet.slug.side(lang) or ""} for lang in LANGUAGES}
    for listing in catalogue().listings.values():
        yield _same(FAMILIES[listing.kind], key=listing.key)
    for key in session().scalars(select(Organization.key).order_by(Organization.key)):
        yield _same("public.organizations.show", key=key)
    plans = session().execute(select(Plan.key, Plan.origin).order_by(Plan.key)).all()
    for key, origin in plans:
        yield _same("public.plans.show", plan=key)
        if origin is PlanOrigin.OFFICIAL:
            yield _same("public.plans.picture", plan=key)
    actions = select(Plan.key, Action.key).join(Action.theme).join(Theme.plan).order_by(Action.reference)
    for plan, key in session().execute(actions).all():
        yield _same("public.plans.action", plan=plan, key=key)


def _same(endpoint: str, **values: str) -> Entry:
    return endpoint, dict.fromkeys(LANGUAGES, values)
