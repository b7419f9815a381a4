"""Paper: the page that offers the guide as a booklet, the booklets themselves, and one service on one sheet.

Asked by plain addresses. What everybody may have is made once a day and kept (`Press`); a list somebody made and what
is sensitive are kept by nobody. A PDF bears the day and never says what is open now.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import cast

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from guide import __version__
from guide.clock import BRUSSELS
from guide.directory.indexing import database_identity, revision
from guide.directory.listings import services_by_key
from guide.directory.selections import selection_by_slug, services_of
from guide.languages import Language, other
from guide.model import SelectionKind, Service
from guide.publish import leaflets
from guide.publish.booklet import PAPERS, SIDES, Choice, NothingToPrintError, make, printed
from guide.publish.ground import credit_line, map_of
from guide.publish.map.svg import svg
from guide.publish.press import Press, PressBusyError
from guide.publish.worker_pool import WorkerError
from guide.web.ui import discretion
from guide.web.ui.list_cookie import kept_codes, parse_codes
from guide.web.ui.request_context import bodies, catalogue, needs, neighbourhoods, now, session
from guide.web.ui.shared_device import is_shared
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import absolute, bilingual_page, query_string, query_value, site_url

pages = Blueprint("printing", __name__)

POSTERS: dict[str, leaflets.PosterPaper] = {"a3-affiche": "a3", "a4-affiche": "a4"}
"""What `?papier=` says for a poster, and the paper it is set on."""
MOST_ON_POSTER, MOST_ON_CARD = 6, 8
"""So many services can be read from a step away, or stand on two small pages; the code leads to all of them."""

NEED, NEIGHBOURHOOD, LIST = "need-", "area-", "list"
"""How a value of the choice begins: `need-faim`, `area-mercier`; `list` takes the codes beside it."""
WAIT_SECONDS = 10


@bilingual_page(pages, "/imprimer", "/afdrukken")
def index(lang: Language) -> str:
    """What can be printed: the whole guide, a need, a neighbourhood, a list; language and paper."""
    return _choices(lang)


@bilingual_page(pages, "/imprimer/guide.pdf", "/afdrukken/gids.pdf")
def booklet(lang: Language) -> Response | AnyResponse:
    """The booklet of the address; an address that asks for nothing we have leads back to the choices."""
    choice = _asked(lang)
    g.personal = bool(choice.keys)
    discretion.mark(any(need.page_is_sensitive for need in needs() if need.key == choice.need))
    day = _today()
    try:
        if not choice.whole:  # the whole guide is what everybody has
            discretion.show(printed(session(), choice, day.date()))
        return _pdf((choice, lang), lambda: make(session(), choice, day, site_url()), _file_name(choice))
    except NothingToPrintError:
        return redirect(url_for("public.printing.index"))
    except (PressBusyError, WorkerError):
        return _come_back(lang)


@bilingual_page(pages, "/imprimer/fiche/<key>.pdf", "/afdrukken/fiche/<key>.pdf")
def sheet(lang: Language, key: str) -> Response:
    """One service on one page, A4 or A5 (`?papier=a5`)."""
    found = services_by_key(session(), [key])
    if not found:
        abort(404)
    service, day, asked = found[0], _today(), bodies()
    discretion.show([service])
    paper: leaflets.SheetPaper = "a5" if query_value("paper", lang) == "a5" else "a4"

    def made() -> bytes:
        return leaflets.service_sheet(service, lang, day, site_url(), asked, paper)

    try:
        return _pdf(("sheet", key, lang, paper), made, _("fiche"))
    except (PressBusyError, WorkerError):
        return _come_back(lang)


@bilingual_page(pages, "/imprimer/feuille/<slug>.pdf", "/afdrukken/blad/<slug>.pdf")
def selection(lang: Language, slug: str) -> Response:
    """A ready-made sheet as it is today: with its week and map, or as a card; or its poster (`?papier=`)."""
    chosen = selection_by_slug(session(), slug, lang)
    if chosen is None:
        abort(404)
    g.alternate_values = {"slug": chosen.slug.side(other(lang))}
    day = _today()
    services = services_of(session(), chosen, day.date())
    discretion.show(services)
    asked = query_value("paper", lang)
    kind = asked if asked in POSTERS else str(chosen.kind)
    leaflet = leaflets.Leaflet(
        title=str(chosen.title.localized(lang)),
        introduction=str(chosen.introduction.localized(lang)),
        extra=str(chosen.extra.localized(lang)),
        services=services,
        lang=lang,
        made=day,
        site=site_url(),
        bodies=bodies(),
        address=absolute(url_for("public.sheets.show", slug=slug)),
    )
    drawn = SheetMap(_map(services, lang) if kind == SelectionKind.SHEET else "", credit_line(session()))
    try:
        return _pdf(
            ("selection", slug, lang, kind, _said(leaflet), drawn),
            lambda: _leaflet(kind, leaflet, drawn),
            _("feuille"),
        )
    except (PressBusyError, WorkerError):
        return _come_back(lang)


def _said(leaflet: leaflets.Leaflet) -> tuple[str, ...]:
    """What may have changed since a file was kept without another revision: the words of a sheet, its services."""
    texts = (leaflet.title, leaflet.introduction, leaflet.extra)
    return (*texts, *(service.key for service in leaflet.services))


@dataclass(frozen=True, slots=True)
class SheetMap:
    """A map as a file of its own ('' for none), and whom its licences ask to name."""

    svg: str
    credit: str


def _leaflet(kind: str, leaflet: leaflets.Leaflet, drawn: SheetMap) -> bytes:
    """The selection on the paper asked for; only a sheet shows its map."""
    if kind in POSTERS:
        return leaflets.poster(_first(leaflet, MOST_ON_POSTER), POSTERS[kind])
    if kind == SelectionKind.CARD:
        return leaflets.card(_first(leaflet, MOST_ON_CARD))
    if kind == SelectionKind.POSTER:
        return leaflets.poster(_first(leaflet, MOST_ON_POSTER))
    return leaflets.sheet(leaflet, drawn.svg, _map_title(), drawn.credit)


def _first(leaflet: leaflets.Leaflet, most: int) -> leaflets.Leaflet:
    return replace(leaflet, services=leaflet.services[:most])


def _map_title() -> str:
    return str(_("Où sont ces services"))


def _map(services: list[Service], lang: Language) -> str:
    """The map of these services, numbered as they stand; '' without streets to draw."""
    numbered = [(str(place), service) for place, service in enumerate(services, start=1)]
    drawing = map_of(session(), numbered, lang)
    return svg(drawing, _map_title()) if drawing is not None else ""


def _asked(lang: Language) -> Choice:
    """What the address asks for; anything unknown in it is passed over."""
    chosen, codes = query_value("chosen", lang), parse_codes(query_value("list", lang))
    sides, paper = query_value("sides", lang), query_value("paper", lang)
    return Choice(
        sides=next((one for one in SIDES if one == sides), lang),
        paper=next((one for one in PAPERS if one == paper), "a4"),
        need=chosen.removeprefix(NEED) if chosen.startswith(NEED) else "",
        neighbourhood=chosen.removeprefix(NEIGHBOURHOOD) if chosen.startswith(NEIGHBOURHOOD) else "",
        keys=_keys(codes) if chosen == LIST else (),
    )


def _keys(codes: list[str]) -> tuple[str, ...]:
    # A list of codes that are all unknown is still a list: it must not become the whole guide.
    return tuple(one.key for one in catalogue().with_codes(codes)) or ("",)


def _pdf(made_of: tuple[object, ...], made: Callable[[], bytes], name: str) -> Response:
    """The file, as it was kept or made anew; the browser asks whether its own is still good."""
    # Which database, too: one that was restored counts its revisions from an older one on.
    edition = (database_identity(session()), revision(session()), _today().date().isoformat(), __version__)
    whole = (*made_of, site_url())
    tag = hashlib.sha256(repr((whole, edition)).encode()).hexdigest()[:32]
    answer = make_response()
    answer.set_etag(tag)
    if not request.if_none_match.contains(tag):
        answer.set_data(_press().file(edition, whole, made, keep=not (_is_sensitive() or _is_personal())))
    answer.mimetype = "application/pdf"
    answer.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Cache-Control"] = _kept_by()
    return cast(Response, answer.make_conditional(request))


def _is_sensitive() -> bool:
    """Would the file tell whoever finds it what its reader lives through (`discretion`)?"""
    return bool(g.get("sensitive"))


def _is_personal() -> bool:
    """Is it a list somebody made?"""
    return bool(g.get("personal"))


def _kept_by() -> str:
    """Who may keep the file: nobody what is sensitive, and nothing on a telephone that is not one's own."""
    if _is_sensitive() or is_shared():
        return "no-store"
    return "private, no-cache" if _is_personal() else "public, no-cache"


def _come_back(lang: Language) -> Response:
    """Others are being served: the choices again, and a word of patience."""
    answer = make_response(_choices(lang, busy=True), 503)
    answer.headers["Retry-After"] = str(WAIT_SECONDS)
    return answer


def _choices(lang: Language, busy: bool = False) -> str:
    codes = parse_codes(query_value("list", lang)) or kept_codes()
    g.personal = bool(codes)
    chosen = query_value("chosen", lang)
    discretion.mark(any(need.page_is_sensitive for need in needs() if f"{NEED}{need.key}" == chosen))
    discretion.show(catalogue().with_codes(codes))
    return render_template(
        "public/printing/index.html",
        busy=busy,
        again=request.full_path if busy else "",
        chosen=chosen or (LIST if query_value("list", lang) else ""),
        sides=query_value("sides", lang) or lang,
        paper=query_value("paper", lang) or "a4",
        codes=codes,
        needs=[(f"{NEED}{need.key}", need.name) for need in needs()],
        areas=[(f"{NEIGHBOURHOOD}{area.key}", area.name) for area in neighbourhoods()],
        whole_url=url_for("public.printing.booklet") + query_string({"paper": "a4"}, lang),
    )


def _today() -> datetime:
    """The beginning of this day in Jette, which paper bears: so one file serves the whole day."""
    return datetime.combine(now().date(), time(), BRUSSELS)


def _file_name(choice: Choice) -> str:
    """The same whatever was chosen: a shared computer's folder of downloads stays neutral."""
    return "sociale-gids-jette" if choice.sides == "nl" else "guide-social-jette"


def _press() -> Press:
    """The press of this application."""
    return cast(Press, current_app.extensions.setdefault("press", Press(current_app.config["PDF_FOLDER"])))
