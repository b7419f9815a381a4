"""axe on every kind of page: narrow and wide, light and dark in one language, its words in the other."""

import pytest
from playwright.sync_api import Browser

from tests.browser.axe import faults_in_other_words, faults_light_and_dark
from tests.browser.conftest import PATIENCE
from tests.browser.kinds import PAGES


@pytest.mark.parametrize("kind", PAGES)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(chromium: Browser, site: str, kind: str) -> None:
    # The policy forbids axe itself, which is put into the page; only this test steps over it.
    context = chromium.new_context(bypass_csp=True, locale="de-DE", base_url=site, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    for number, path in enumerate(PAGES[kind]):
        page.goto(path)
        assert (faults_in_other_words if number else faults_light_and_dark)(page) == []
    context.close()
