"""axe on every kind of page: narrow and wide, light and dark, in both languages."""

from collections.abc import Iterator
from itertools import cycle

import pytest
from playwright.sync_api import Browser, Page, expect

from guide.languages import LANGUAGES
from tests.browser.axe import faults_light_and_dark
from tests.browser.conftest import PATIENCE
from tests.browser.kinds import NOT_ALIKE, PAGES


@pytest.fixture(scope="module")
def page(chromium: Browser, site: str) -> Iterator[Page]:
    """One for all: a new one takes longer than axe."""
    # The policy forbids axe itself, which is put into the page; only this test steps over it.
    context = chromium.new_context(
        bypass_csp=True, locale="de-DE", base_url=site, reduced_motion="reduce", service_workers="block"
    )
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("kind", PAGES)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(page: Page, kind: str) -> None:
    # A page that is one for both languages is looked at as each of them is.
    for path, lang in zip(cycle(PAGES[kind]), LANGUAGES, strict=False):
        page.context.clear_cookies()
        page.goto(path)
        if kind == "kept search":
            # Its cards are written by the script, when the kept guide has come.
            expect(page.locator("[data-count]")).not_to_be_empty()
        for look in LANGUAGES if kind in NOT_ALIKE else (lang,):
            assert faults_light_and_dark(page, look) == []
