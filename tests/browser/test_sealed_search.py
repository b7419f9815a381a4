"""After a search that tells of a crisis: the address bar, the history, what the browser writes to its disk."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE, arguments, executable
from tests.browser.test_offline import CONTROLLED, KEPT

SIGN = "zqmot"
WORDS = {"fr": f"mon mari me frappe {SIGN}", "nl": f"mijn man slaat mij {SIGN}"}
SEALED = {
    "fr": re.compile(r"/fr/services/\?recherche=[\w-]+$"),
    "nl": re.compile(r"/nl/diensten/\?zoekopdracht=[\w-]+$"),
}
HELD = """async () => {
    let found = "";
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const one of await cache.keys()) found += one.url + await (await cache.match(one)).text();
    }
    return found + JSON.stringify(localStorage) + JSON.stringify(sessionStorage);
}"""


def searched(page: Page, words: str) -> None:
    page.locator("#q").fill(words)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def entries(page: Page) -> list[tuple[str, str]]:
    """(address, title) of the tab's history as the browser itself holds it, also without a script."""
    session = page.context.new_cdp_session(page)
    found = session.send("Page.getNavigationHistory")["entries"]
    return [(one["url"], one["title"]) for one in found]


@pytest.mark.control("C29")
@pytest.mark.parametrize("script", [False, True], ids=["without script", "with script"])
@pytest.mark.parametrize("lang", ["fr", "nl"])
def test_the_words_are_in_no_entry_of_the_history(
    visit: Callable[..., Page], lang: str, script: bool
) -> None:
    page = visit(f"/{lang}/", script=script)
    before = len(entries(page))
    searched(page, WORDS[lang])
    expect(page).to_have_url(SEALED[lang])
    expect(page.locator("[data-crisis]").first).to_be_visible()
    assert len(entries(page)) == before + 1, "the redirect is no entry of its own"
    assert SIGN not in str(entries(page))
    expect(page.locator("#q")).to_have_value(WORDS[lang])
    page.go_back()
    expect(page).to_have_url(re.compile(f"/{lang}/$"))
    expect(page.locator("#q")).to_have_value("")
    page.go_forward()
    expect(page).to_have_url(SEALED[lang])
    expect(page.locator("[data-crisis]").first).to_be_visible()
    page.reload()
    expect(page).to_have_url(SEALED[lang])
    assert SIGN not in str(entries(page))


def test_filters_the_other_language_and_a_listing_hear_nothing_of_the_words(
    visit: Callable[..., Page],
) -> None:
    page = visit("/fr/", width=1280)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.url} {request.headers.get('referer')}"))
    searched(page, "violence")
    page.locator(".filters summary").click()
    page.locator("#f-langue").select_option(index=1)
    with page.expect_navigation():
        page.get_by_role("button", name="Filtrer").click()
    expect(page).to_have_url(re.compile(r"\?recherche=[\w-]+&.*langue=\w+"))
    with page.expect_navigation():
        page.locator(".switch").click()
    expect(page).to_have_url(re.compile(r"/nl/diensten/\?zoekopdracht=[\w-]+&.*taal=\w+"))
    expect(page.locator("#q")).to_have_value("violence")
    with page.expect_navigation():
        page.locator("[data-key] a").first.click()
    assert [one for one in asked if "violence" in one.replace("violences", "")] == [
        one for one in asked if "?q=violence " in one
    ], "only the search itself"
    assert len([one for one in asked if "?q=violence " in one]) == 1
    searched_for = visit("/fr/services/?recherche=x")
    searched(searched_for, "velo")
    expect(searched_for).to_have_url(re.compile(r"/fr/services/\?q=velo$"))


def test_the_worker_keeps_nothing_of_it(chromium: Browser, site: str) -> None:
    context = chromium.new_context(base_url=site, service_workers="allow", locale="fr-BE")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto("/fr/")
    page.evaluate(CONTROLLED)
    searched(page, WORDS["fr"])
    expect(page).to_have_url(SEALED["fr"])
    sealed = page.url.partition("recherche=")[2]
    page.goto("/fr/services/?recherche=x")
    page.goto("/fr/a-propos")
    for _ in range(PATIENCE // 100):
        if "/fr/a-propos" in page.evaluate(KEPT).get("seen", []):
            break
        page.wait_for_timeout(100)
    held = page.evaluate(HELD)
    assert "/fr/a-propos" in held
    assert SIGN not in held
    assert sealed not in held
    context.close()


def test_without_a_network_the_words_leave_the_address(chromium: Browser, site: str) -> None:
    context = chromium.new_context(base_url=site, service_workers="allow", locale="fr-BE")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto("/fr/hors-ligne")
    page.evaluate(CONTROLLED)
    page.locator("[data-keep-now]").click()
    expect(page.locator("a[data-if-kept]")).to_be_visible()
    page.goto("/fr/")
    context.set_offline(True)
    searched(page, WORDS["fr"])
    # Found in the address when the script has read the kept guide.
    expect(page).to_have_url(re.compile("/fr/services/$"))
    expect(page.locator("[data-urgent]")).to_be_visible()
    assert SIGN not in str(entries(page))
    expect(page.locator("#q")).to_have_value(WORDS["fr"])
    page.goto("/fr/services/?q=il+me+serre+la+gorge")
    expect(page).to_have_url(re.compile("/fr/services/$"))  # a sentence that only the models hear
    expect(page.locator("#q")).to_have_value("il me serre la gorge")
    page.goto("/fr/services/?q=faim")
    expect(page.locator("[data-results] h2").first).to_be_visible()
    assert page.url.endswith("?q=faim"), "other words stay, to come back to"
    context.close()


def test_the_history_on_the_disk_holds_no_word(chromium: Browser, site: str, tmp_path: Path) -> None:
    """A profile as somebody else finds it later: the file from which the browser shows and suggests addresses."""
    context = chromium.browser_type.launch_persistent_context(
        tmp_path / "profile",
        executable_path=executable(),
        args=[*arguments(), "--headless=new"],
        base_url=site,
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto("/fr/")
    searched(page, WORDS["fr"])
    expect(page).to_have_url(SEALED["fr"])
    page.goto("/fr/")
    searched(page, "velo")
    context.close()
    with closing(sqlite3.connect(tmp_path / "profile" / "Default" / "History")) as history:
        addresses = [address for (address,) in history.execute("SELECT url FROM urls")]
    assert [one for one in addresses if "?q=velo" in one], "it is the file that holds addresses"
    assert [one for one in addresses if "?recherche=" in one]
    assert not [one for one in addresses if SIGN in one]
