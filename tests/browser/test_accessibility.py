"""axe on every kind of page: both languages, light and dark, narrow and wide."""

import pytest
from playwright.sync_api import Browser

from tests.browser.axe import faults_at
from tests.browser.conftest import PATIENCE
from tests.browser.kinds import PAGES


@pytest.mark.parametrize("kind", PAGES)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(chromium: Browser, site: str, kind: str) -> None:
    # The policy forbids axe itself, which is put into the page; only this test steps over it.
    # Without motion: a colour on its way from light to dark is neither.
    context = chromium.new_context(bypass_csp=True, locale="de-DE", base_url=site, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    for path in PAGES[kind]:
        page.goto(path)
        page.emulate_media(color_scheme="light")
        assert faults_at(page, 320, 360, 1280) == []
        page.emulate_media(color_scheme="dark")
        assert faults_at(page, 320, 360, 1280) == [], "dark"
    context.close()
