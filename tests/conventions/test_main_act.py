"""A filled button is the one main act of a page: what is done there. Everything else is outlined.

On results the search is it, unless a panel says whom to call: its numbers are buttons of their own (`.dial`), larger
than any other, and then nothing beside them is filled. The door has one button in each language.
"""

from flask import Flask

from tests.browser.kinds import ADDRESSES
from tests.crawl import Site
from tests.markup import Element
from tests.pages import Page, PageClient

DOOR = "/"


def filled(page: Page) -> list[Element]:
    """The filled buttons that a visitor may see; some wait, hidden, until another is done with."""
    return [
        one
        for one in page.elements
        if {"btn-main", "btn-go"} & set(one.attributes.get("class", "").split())
        and "hidden" not in one.attributes
    ]


def too_many(page: Page) -> list[str]:
    """The words of a page's filled buttons when there is more than the one it may have."""
    may = 0 if "data-crisis" in page.html else 1
    found = filled(page)
    return [one.text for one in found] if len(found) > may else []


def test_no_page_that_can_be_reached_has_two_main_acts(whole_site: Site) -> None:
    pages = {path: page for path, page in whole_site.html().items() if path != DOOR}
    assert len(pages) > 100
    assert not {path: words for path, page in pages.items() if (words := too_many(page))}


def test_no_kind_of_page_has_two_main_acts(app: Flask) -> None:
    client = PageClient(app)
    pages = {path: client.get(path) for path in ADDRESSES if path != DOOR}
    assert not {path: words for path, page in pages.items() if (words := too_many(page))}


def test_the_main_act_of_a_listing_is_to_reach_somebody(client: PageClient) -> None:
    for path in ("/fr/services/cpas-jette", "/nl/diensten/caba-jette", "/fr/services/tele-accueil-107"):
        (act,) = filled(client.get(path))
        assert act.attributes["href"].startswith("tel:")
    (act,) = filled(client.get("/fr/projets/fiche-relais"))
    assert act.attributes["href"] == "/fr/relais/papier"
    assert filled(client.get("/fr/projets/guide-social")) == []


def test_on_results_it_is_the_search_but_beside_a_panel(client: PageClient) -> None:
    (act,) = filled(client.get("/fr/services/?q=faim"))
    assert act.text.strip() == "Chercher"
    crisis = client.get("/fr/services/?q=je+veux+mourir")
    assert "dial" in crisis.html
    assert filled(crisis) == []
