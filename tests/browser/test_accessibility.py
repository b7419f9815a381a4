"""axe finds nothing on any page kind, in both languages, light and dark, narrow and wide."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.kinds import PAGES


@pytest.mark.parametrize("kind", PAGES)
def test_axe_finds_nothing(chromium: Browser, site: str, kind: str) -> None:
    axe = Axe()
    for scheme in ("light", "dark"):
        # The policy forbids axe itself, which is put into the page; only this test steps over it.
        context = chromium.new_context(color_scheme=scheme, bypass_csp=True, locale="de-DE", base_url=site)  # type: ignore[arg-type]
        page = context.new_page()
        for path in PAGES[kind]:
            page.goto(path)
            for width in (320, 1280):
                page.set_viewport_size({"width": width, "height": 900})
                found = axe.run(page)
                faults = [
                    f"{path} {scheme} {width}: {fault['id']}: {fault['nodes'][0]['html'][:160]}"
                    for fault in found.response["violations"]
                ]
                assert not faults, "\n".join(faults)
        context.close()


@pytest.mark.parametrize("kind", PAGES)
def test_nothing_scrolls_sideways_at_320_pixels(visit: Callable[..., Page], kind: str) -> None:
    for path in PAGES[kind]:
        page = visit(path, width=320, script=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
