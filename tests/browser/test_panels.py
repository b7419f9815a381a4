"""How the panels, the urgent numbers and the names of the languages stand on a screen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.kinds import PAGES

NARROWER = """() => [...document.querySelectorAll('.calls')].filter(e => e.checkVisibility()).flatMap(list =>
    [...list.querySelectorAll('.dial')].filter(
        dial => dial.offsetWidth < list.clientWidth - 1 || dial.offsetHeight < 56)
).map(dial => dial.innerText)"""
SIZE = """query => Math.max(
    0, ...[...document.querySelectorAll(query)].map(e => parseFloat(getComputedStyle(e).fontSize)))"""
CUT = """() => [...document.querySelectorAll('.tongues summary, .tongues summary *')]
    .filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX !== 'visible')
    .map(e => e.innerText)"""


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("kind", ["crisis", "crisis in Arabic", "urgent"])
def test_numbers_are_as_wide_as_their_list_and_larger_than_a_cards(
    visit: Callable[..., Page], kind: str, width: int
) -> None:
    for path in PAGES[kind]:
        page = visit(path, width=width)
        assert page.locator(".calls .dial").count() > 1
        assert page.evaluate(NARROWER) == []
        assert page.evaluate(SIZE, ".dial-n") > page.evaluate(SIZE, '.card a[href^="tel:"]')


@pytest.mark.parametrize("width", [320, 360, 1280])
@pytest.mark.parametrize("path", ["/fr/", "/nl/"])
def test_no_name_of_a_language_is_cut_off(visit: Callable[..., Page], path: str, width: int) -> None:
    page = visit(path, width=width)
    names = page.locator(".tongues summary bdi")
    assert names.count() == 10
    assert page.evaluate(CUT) == []
    for name in names.all():
        box = name.bounding_box()
        assert box is not None
        assert 0 <= box["x"] <= box["x"] + box["width"] <= width
