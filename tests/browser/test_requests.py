"""A full tour asks nobody but the site itself; a first view is light."""

import pytest
from playwright.sync_api import Browser

from tests.browser.kinds import ADDRESSES, PAGES


@pytest.mark.control("C10")
def test_a_tour_asks_nobody_else_and_leaves_no_cookie_but_the_chosen_language(
    chromium: Browser, site: str
) -> None:
    context = chromium.new_context(base_url=site)
    page = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    for path in ADDRESSES:
        page.goto(path)
    assert [url for url in asked if not url.startswith(site)] == []
    # A page that is not there, or no longer, says so itself; anything else would be a policy breach or a
    # broken script.
    assert [text for text in complaints if "404" not in text and "410" not in text] == []
    assert context.cookies() == []
    # Both pages were seen a moment ago: the browser has them, and still says that one was switched to.
    page.goto("/fr/urgence")
    page.get_by_role("link", name="Nederlands").click()
    page.wait_for_url("**/nl/dringend")
    assert [cookie["name"] for cookie in context.cookies()] == ["langue"]
    context.close()


def test_a_first_view_weighs_at_most_40_kilobytes_in_six_requests(chromium: Browser, site: str) -> None:
    for path in (
        path for kind in ("home", "results", "service", "need", "action", "urgent") for path in PAGES[kind]
    ):
        context = chromium.new_context(base_url=site)
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        sizes: list[float] = []
        session.on(
            "Network.loadingFinished", lambda event, sizes=sizes: sizes.append(event["encodedDataLength"])
        )
        page.goto(path, wait_until="networkidle")
        context.close()
        assert len(sizes) <= 6, path
        assert sum(sizes) <= 40 * 1024, f"{path}: {sum(sizes)}"


def test_a_browser_that_saves_data_fetches_no_font(chromium: Browser, site: str) -> None:
    for header, fonts in (({}, 1), ({"Save-Data": "on"}, 0)):
        context = chromium.new_context(base_url=site, extra_http_headers=header, service_workers="block")
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto("/fr/", wait_until="networkidle")
        assert len([url for url in asked if url.endswith(".woff2")]) == fonts
        context.close()
