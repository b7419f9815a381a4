"""Ready-made sheets: their list, and each as a page that prints well. Always made of today's records."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, g, render_template, url_for
from sqlalchemy.orm import Session

from guide.directory.selections import chosen, week_table, whole_selections
from guide.languages import Language, other
from guide.model import Selection, ServiceKind
from guide.publish.qr import qr_svg
from guide.web.ui import discretion
from guide.web.ui.cards import cards, key_facts
from guide.web.ui.list_cookie import MOST
from guide.web.ui.paging import address_of_page, page_of
from guide.web.ui.request_context import catalogue, guide, listings, now, per_revision
from guide.web.ui.urls import absolute, bilingual_page, query_string

pages = Blueprint("sheets", __name__)


@bilingual_page(pages, "/feuilles/", "/bladen/")
def index(lang: Language) -> str:
    """Every sheet there is."""
    return render_template("public/sheets/index.html", sheets=_selections())


@bilingual_page(pages, "/feuilles/<slug>", "/bladen/<slug>")
def show(lang: Language, slug: str) -> str:
    """One sheet: its services in order, with the week where that is what people ask; never "open now"."""
    sheet = next((one for one in _selections() if one.slug.side(lang) == slug), None)
    if sheet is None:
        abort(404)
    g.alternate_values = {"slug": sheet.slug.side(other(lang))}
    today = now().date()
    every = catalogue()
    found = every.once(("sheet", sheet.key, today), lambda: chosen(sheet, every.listings, today))
    page = page_of(found, lang, MOST)
    discretion.show(page.items)
    address = absolute(url_for("public.sheets.show", slug=slug))
    codes = [service.short_code for service in page.items]

    def content() -> dict[str, Any]:
        """What stands on it: its cards, what each is and costs, and who is there on which day."""
        services = listings(page.items)
        visited = [one for one in services if one.kind is ServiceKind.SERVICE]
        return {
            "cards": cards(services),
            "facts": {service.key: key_facts(service) for service in services},
            "week": week_table(visited, today) if sheet.week_table else None,
        }

    return render_template(
        "public/sheets/show.html",
        main_part=("sheet", sheet.key, page.number),
        sheet=sheet,
        content=content,
        any_cards=bool(page.items),
        page=page,
        page_url=lambda number: address_of_page(number, lang),
        address=address,
        qr=qr_svg(address),
        list_url=url_for("public.my_list.show") + query_string({"list": ",".join(codes)}, lang),
        printed=today,
        pdf_url=url_for("public.printing.selection", slug=slug),
        poster_url=url_for("public.printing.selection", slug=slug)
        + query_string({"paper": "a3-affiche"}, lang),
    )


def _selections() -> Sequence[Selection]:
    return per_revision("selections", _whole_selections)


def _whole_selections() -> Sequence[Selection]:
    with Session(guide().engine) as db_session:
        return whole_selections(db_session)
