"""Ready-made sheets: their list, and each as a page that prints well. Always made of today's records."""

from flask import Blueprint, abort, g, render_template, url_for

from guide.directory.selections import all_selections, selection_by_slug, services_of, week_table
from guide.languages import Language, other
from guide.model import ServiceKind
from guide.publish.qr import qr_svg
from guide.web.ui import discretion
from guide.web.ui.cards import cards, key_facts
from guide.web.ui.list_cookie import MOST
from guide.web.ui.request_context import now, session
from guide.web.ui.urls import absolute, bilingual_page, query_string

pages = Blueprint("sheets", __name__)


@bilingual_page(pages, "/feuilles/", "/bladen/")
def index(lang: Language) -> str:
    """Every sheet there is."""
    return render_template("public/sheets/index.html", sheets=all_selections(session()))


@bilingual_page(pages, "/feuilles/<slug>", "/bladen/<slug>")
def show(lang: Language, slug: str) -> str:
    """One sheet: its services in order, with the week where that is what people ask; never "open now"."""
    sheet = selection_by_slug(session(), slug, lang)
    if sheet is None:
        abort(404)
    g.alternate_values = {"slug": sheet.slug.side(other(lang))}
    today = now().date()
    services = services_of(session(), sheet, today)
    discretion.show(services)
    address = absolute(url_for("public.sheets.show", slug=slug))
    codes = [service.short_code for service in services[:MOST]]
    return render_template(
        "public/sheets/show.html",
        sheet=sheet,
        cards=cards(services),
        facts={service.key: key_facts(service) for service in services},
        week=week_table([one for one in services if one.kind is ServiceKind.SERVICE], today)
        if sheet.week_table
        else None,
        address=address,
        qr=qr_svg(address),
        list_url=url_for("public.my_list.show") + query_string({"list": ",".join(codes)}, lang),
        printed=today,
        pdf_url=url_for("public.printing.selection", slug=slug),
        poster_url=url_for("public.printing.selection", slug=slug)
        + query_string({"paper": "a3-affiche"}, lang),
    )
