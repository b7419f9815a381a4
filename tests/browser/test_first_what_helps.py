"""What helps stands first on a telephone: a number on the first screen of a listing, and cards that are short."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

SCREEN = {"width": 360, "height": 740}
"""A telephone of small price, held upright."""

LISTINGS = [
    # Without a number of its own, with one, a benefit, one that is perhaps gone, the longest names and summaries.
    "/fr/services/caba-jette",
    "/nl/diensten/caba-jette",
    "/fr/services/ais-jette",
    "/nl/diensten/ais-jette",
    "/fr/aides/article-27",
    "/nl/diensten/ange-gardien",
    "/fr/services/bibliojette",
    "/nl/diensten/huis-van-het-kind-jette",
    "/fr/services/logements-transit",
    # Lines to call, and sensitive ones, above which the quick exit stands.
    "/nl/diensten/tele-accueil-107",
    "/fr/services/urgence-112",
    "/fr/services/1712",
    "/fr/services/ecoute-violences-conjugales",
    "/nl/diensten/prevention-suicide",
]
FIRST_CALL = """() => {
    const first = document.querySelector('main a[href^="tel:"]').getBoundingClientRect()
    return [first.top + scrollY, first.bottom + scrollY, first.height]
}"""
NINE = """() => {
    const cards = [...document.querySelectorAll('.cards > .card')].filter(e => e.checkVisibility()).slice(0, 9)
    return [cards.length, cards.at(-1).getBoundingClientRect().bottom - cards[0].getBoundingClientRect().top]
}"""
SMALL = """() => [...document.querySelectorAll('.card .btn, .main-act a, .share summary')]
    .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 44).map(e => e.innerText)"""


@pytest.mark.parametrize("path", LISTINGS)
def test_whom_to_call_stands_on_the_first_screen_below_how_sure_it_is(
    visit: Callable[..., Page], path: str
) -> None:
    page = visit(path, **SCREEN)
    top, bottom, height = page.evaluate(FIRST_CALL)
    assert bottom <= SCREEN["height"]
    assert height >= 44
    sure = page.locator("main .sure").bounding_box()
    assert sure is not None
    assert sure["y"] + sure["height"] <= top
    assert page.locator("main .sure").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= SCREEN["width"]


@pytest.mark.parametrize(
    "path",
    [
        "/fr/services/",
        "/nl/diensten/",
        "/fr/services/?q=logement",
        "/nl/noden/honger",
        "/fr/besoins/faim",
    ],
)
def test_nine_cards_are_four_screens_high_at_most(visit: Callable[..., Page], path: str) -> None:
    page = visit(path, **SCREEN)
    count, height = page.evaluate(NINE)
    assert count == 9
    assert height <= 3000
    assert page.evaluate(SMALL) == []


@pytest.mark.parametrize("path", ["/fr/services/caba-jette", "/nl/diensten/1712"])
def test_what_hands_it_on_is_behind_one_button_that_needs_no_script(
    visit: Callable[..., Page], path: str
) -> None:
    page = visit(path, **SCREEN)
    share = page.locator("main .share")
    assert share.count() == 1
    assert not page.locator('.share a[href^="sms:"]').is_visible()
    share.locator("summary").click()
    for start in ("sms:", "mailto:", "https://wa.me/"):
        assert page.locator(f'.share a[href^="{start}"]').is_visible()
    assert "/s/" in share.locator(".copy").inner_text()
    assert page.evaluate(SMALL) == []
