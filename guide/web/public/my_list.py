"""My list: services someone keeps, in the address and in a cookie that ends with the browser. Nothing is stored.

Adding is a form (a GET changes nothing); it lands on the list with its codes in the address, so that the
list works without any cookie, can be sent, and can be printed.
"""

from urllib.parse import quote

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for

from guide.languages import Language
from guide.publish.qr import qr_svg
from guide.web.security.access_control import own_path
from guide.web.ui.cards import Card, cards
from guide.web.ui.list_cookie import keep_codes, kept_codes, parse_codes
from guide.web.ui.request_context import catalogue, listings, now
from guide.web.ui.shared_device import is_shared
from guide.web.ui.sharing import share_links
from guide.web.ui.urls import absolute, bilingual_page, query_string, query_value, reader

pages = Blueprint("my_list", __name__)


@bilingual_page(pages, "/ma-liste", "/mijn-lijst")
def show(lang: Language) -> str:
    """The list: of the address when it names one, else of the browser."""
    codes = _codes(lang)
    shown = _cards(codes)
    g.personal = bool(codes)
    return render_template(
        "public/my_list/show.html",
        cards=shown,
        codes=",".join(card.service.short_code for card in shown),
        share=share_links([card.service for card in shown]),
        print_url=url_for("public.my_list.print_sheet") + query_string({"list": ",".join(codes)}, lang),
        booklet_url=url_for("public.printing.index") + query_string({"list": ",".join(codes)}, lang),
        back=_own_path(request.args.get("retour", "")),
    )


@bilingual_page(pages, "/ma-liste/imprimer", "/mijn-lijst/afdrukken")
def print_sheet(lang: Language) -> str:
    """The list on paper: every service with its phone and its QR; never "open now"."""
    shown = _cards(_codes(lang))
    g.personal = True
    short = {
        card.service.key: absolute(url_for("public.short_links.follow", code=card.service.short_code))
        for card in shown
    }
    return render_template(
        "public/my_list/print.html",
        cards=shown,
        short=short,
        qr={key: qr_svg(address) for key, address in short.items()},
        printed=now().date(),
    )


@bilingual_page(pages, "/ma-liste/changer", "/mijn-lijst/wijzigen", methods=("POST",))
def change(lang: Language) -> Response:
    """Adds, takes away or empties; then shows the list. A service marked sensitive never enters the cookie."""
    codes = list(dict.fromkeys([*parse_codes(request.form.get("liste", "")), *kept_codes()]))
    added = parse_codes(request.form.get("ajouter", ""))
    removed = parse_codes(request.form.get("enlever", ""))
    codes = [] if request.form.get("vider") else [code for code in [*codes, *added] if code not in removed]
    codes = list(dict.fromkeys(codes))
    target = url_for("public.my_list.show") + query_string({"list": ",".join(codes)}, lang)
    back = _own_path(request.form.get("retour", ""))
    if back and codes:
        target += f"&retour={quote(back)}"
    answer = make_response(redirect(target, 303))
    every = catalogue()
    sensitive = {one.short_code for one in every.with_codes(codes) if one.is_sensitive}
    # On a telephone that is not one's own the list lives in the address only.
    keep_codes(answer, [] if is_shared() else [code for code in codes if code not in sensitive])
    return answer


def _codes(lang: Language) -> list[str]:
    return parse_codes(query_value("list", lang)) or kept_codes()


def _cards(codes: list[str]) -> list[Card]:
    return cards(listings(catalogue().with_codes(codes)))


def _own_path(path: str) -> str:
    """A path of this site in the language of the page, to go back to, or ''."""
    return own_path(path) if path.startswith(f"/{reader()}/") else ""
