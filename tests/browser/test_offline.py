"""A first visit, then the network is cut: seen pages, urgent numbers and the kept guide still answer."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from guide.commands import site_copy
from guide.model import Role
from tests.browser.conftest import PATIENCE
from tests.people import someone
from tests.running import settings_for

KEPT = """async () => {
    const found = {};
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        found[name] = (await cache.keys()).map(one => new URL(one.url).pathname);
    }
    return found;
}"""
CONTROLLED = """() => new Promise(done => {
    if (navigator.serviceWorker.controller) done();
    else navigator.serviceWorker.addEventListener("controllerchange", () => done());
})"""
SPEECH = """
    window.SpeechSynthesisUtterance = function (text) { this.text = text; };
    window.spoken = [];
    Object.defineProperty(window, "speechSynthesis", { value: {
        getVoices: () => [{ lang: "fr-BE", localService: LOCAL }],
        speak: one => window.spoken.push(one.text), cancel: () => { window.spoken.push("."); },
        addEventListener: () => {},
    } });
"""

Phone = Callable[..., Page]


@pytest.fixture
def phone(chromium: Browser, site: str) -> Iterator[Phone]:
    """A telephone that has opened one page and waited for the worker."""
    contexts: list[BrowserContext] = []

    def open_page(path: str) -> Page:
        context = chromium.new_context(
            base_url=site, viewport={"width": 360, "height": 800}, locale="fr-BE", service_workers="allow"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(path)
        page.evaluate(CONTROLLED)
        return page

    yield open_page
    for context in contexts:
        context.close()


def kept(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(KEPT)
    return found


def wait_until_kept(page: Page, path: str) -> None:
    """The page is kept after it is shown."""
    for _ in range(PATIENCE // 100):
        if path in kept(page).get("seen", []):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"{path} is not kept: {kept(page)}")


def cut(page: Page) -> None:
    """No network from now on, and nothing that the browser itself would have kept for a minute."""
    session = page.context.new_cdp_session(page)
    session.send("Network.clearBrowserCache")
    page.context.set_offline(True)


def test_a_page_that_was_seen_is_there_without_a_network_and_says_so(phone: Phone) -> None:
    page = phone("/fr/services/cpas-jette")
    wait_until_kept(page, "/fr/services/cpas-jette")
    page.goto("/nl/noden/honger")
    wait_until_kept(page, "/nl/noden/honger")
    cut(page)
    page.goto("/fr/services/cpas-jette")
    expect(page.locator(".kept-line")).to_contain_text("Sans connexion : page gardée le")
    expect(page.locator("h1")).to_have_text("CPAS de Jette")
    # The style sheet is there too.
    assert page.evaluate("getComputedStyle(document.querySelector('.skip')).position") == "absolute"
    page.goto("/nl/noden/honger")
    expect(page.locator(".kept-line")).to_contain_text("Geen verbinding: pagina bewaard op")


def test_a_page_kept_before_an_update_is_shown_with_the_files_of_today(phone: Phone) -> None:
    """The sums of its own files would forbid them: a kept page has none."""
    page = phone("/fr/services/cpas-jette")
    wait_until_kept(page, "/fr/services/cpas-jette")
    older = page.evaluate("""async () => {
        const cache = await caches.open("seen"), path = "/fr/services/cpas-jette";
        const found = await cache.match(path), text = await found.text();
        const older = text.replace(/static.[0-9a-f]{12}/g, "static/000000000000");
        await cache.put(path, new Response(older, { headers: found.headers }));
        return older;
    }""")
    assert "/static/000000000000/css/site.css" in older
    assert "integrity=" not in older
    cut(page)
    page.goto("/fr/services/cpas-jette")
    expect(page.locator(".kept-line")).to_contain_text("Sans connexion : page gardée le")
    assert page.evaluate("getComputedStyle(document.querySelector('.skip')).position") == "absolute"


def test_an_answer_without_a_network_does_not_lead_back_to_the_first_question(phone: Phone) -> None:
    page = phone("/fr/besoins/faim/questions")
    wait_until_kept(page, "/fr/besoins/faim/questions")
    first = page.locator("h1").inner_text()
    cut(page)
    page.locator(".answer-links a").first.click()
    expect(page.locator("h1")).to_contain_text("Pas de connexion")
    page.go_back()
    expect(page.locator("h1")).to_have_text(first)


@pytest.mark.parametrize(
    ("path", "title"), [("/fr/urgence", "Numéros urgents"), ("/nl/dringend", "Dringende nummers")]
)
def test_the_urgent_numbers_are_there_although_nobody_looked_at_them(
    phone: Phone, path: str, title: str
) -> None:
    page = phone("/fr/")
    cut(page)
    page.goto(path)
    expect(page.locator("h1")).to_have_text(title)
    expect(page.locator("a[href='tel:112']").first).to_be_visible()
    expect(page.locator(".kept-line")).to_be_visible()
    assert page.locator(".at-this-hour").count() > 0
    assert page.locator(".at-this-hour:visible").count() == 0


def test_a_page_that_was_never_seen_gives_the_numbers_in_both_languages(phone: Phone) -> None:
    page = phone("/fr/")
    cut(page)
    page.goto("/nl/diensten/bibliojette")
    expect(page.locator("h1")).to_contain_text("Geen verbinding")
    expect(page.locator("main a[href='tel:107']").first).to_be_visible()
    expect(page.locator("main")).to_contain_text("Appeler marche sans connexion")


@pytest.mark.parametrize(
    ("keep", "button", "search", "service"),
    [
        ("/fr/hors-ligne", "Garder le guide", "/fr/services/?q=ÉPICERIE", "/fr/services/pef"),
        ("/nl/offline", "De gids bewaren", "/nl/diensten/?q=honger", "/nl/diensten/pef"),
    ],
)
def test_the_kept_guide_is_searched_and_read_without_a_network_then_forgotten(
    phone: Phone, keep: str, button: str, search: str, service: str
) -> None:
    page = phone(keep)
    page.get_by_role("button", name=button).click()
    expect(page.locator("a[data-if-kept]")).to_be_visible()
    expect(page.locator("[data-keep] [role=status]")).to_contain_text("23 novem")
    cut(page)
    page.goto(search)
    results = page.locator("[data-results]")
    expect(results.get_by_role("heading", name="CABA Jette")).to_be_visible()
    expect(page.locator("[data-date-line]")).to_contain_text("2026")
    page.goto(service)
    expect(results.locator("h2")).to_have_count(1)
    expect(results.locator("details")).to_have_attribute("open", "")
    page.context.set_offline(False)
    page.goto(keep)
    page.locator("[data-erase]").click()
    expect(page.get_by_role("button", name=button)).to_be_visible()
    assert set(kept(page)) == {name for name in kept(page) if name.startswith("frame-")}


def test_a_service_that_is_never_kept_gives_the_urgent_numbers(phone: Phone) -> None:
    page = phone("/fr/hors-ligne")
    page.get_by_role("button", name="Garder le guide").click()
    expect(page.locator("a[data-if-kept]")).to_be_visible()
    cut(page)
    page.goto("/fr/services/sos-viol")
    urgent = page.locator("[data-urgent]")
    expect(page.locator("[data-results] h2").first).to_be_visible()
    expect(urgent).to_be_visible()
    expect(urgent).to_contain_text("112")
    page.goto("/fr/services/")
    expect(page.locator("[data-results] h2").first).to_be_visible()
    expect(urgent).to_be_hidden()


def test_the_kept_search_puts_a_crisis_first_and_shows_no_hidden_word(phone: Phone) -> None:
    page = phone("/fr/hors-ligne/chercher")
    urgent = page.locator("[data-urgent]")
    expect(page.locator("[data-results] h2").first).to_be_visible()
    expect(urgent).to_be_hidden()
    page.locator("#q").fill("mon mari me frappe")
    page.keyboard.press("Enter")
    expect(urgent).to_be_visible()
    page.locator("#q").fill("bouffe")
    page.keyboard.press("Enter")
    expect(urgent).to_be_hidden()
    expect(page.locator("[data-results]").get_by_role("heading", name="CABA Jette")).to_be_visible()


def test_what_the_frame_holds_is_kept_nowhere_else(phone: Phone) -> None:
    """A copy beside it would be the older one after the next release, and be shown first."""
    page = phone("/fr/urgence")
    for path in ("/fr/hors-ligne/chercher", "/nl/dringend", "/fr/a-propos"):
        page.goto(path)
    wait_until_kept(page, "/fr/a-propos")
    held = kept(page)
    framed = next(paths for name, paths in held.items() if name.startswith("frame-"))
    assert {"/fr/urgence", "/nl/dringend"} <= set(framed)
    assert not {"/fr/urgence", "/nl/dringend", "/fr/hors-ligne/chercher"} & set(held["seen"])


def test_neither_sensitive_pages_nor_lists_nor_words_nor_forms_are_kept(phone: Phone) -> None:
    page = phone("/fr/")
    for path in (
        *("/fr/besoins/danger", "/fr/services/1712", "/fr/services/?q=faim", "/fr/ma-liste", "/fr/connexion"),
        "/fr/services/cpas-jette/signaler-une-erreur",
    ):
        page.goto(path)
    page.goto("/fr/a-propos")
    wait_until_kept(page, "/fr/a-propos")
    assert set(kept(page)["seen"]) <= {"/fr/", "/fr/a-propos"}


def test_with_a_list_the_page_of_everybody_is_kept(phone: Phone) -> None:
    page = phone("/fr/services/caba-jette")
    page.locator("main form button").first.click()
    page.goto("/fr/besoins/logement")
    expect(page.locator(".badge")).to_be_visible()
    wait_until_kept(page, "/fr/besoins/logement")
    cut(page)
    page.goto("/fr/besoins/logement")
    expect(page.locator(".kept-line")).to_be_visible()
    expect(page.locator(".badge")).to_have_count(0)


@pytest.mark.control("C22")
def test_no_page_of_somebody_signed_in_is_in_any_cache(
    chromium: Browser, serve: Callable[[Flask], str], instance: Path, make_app: Callable[..., Flask]
) -> None:
    app = make_app(instance)
    app.config["TRUSTED_HOSTS"] = ["localhost", "127.0.0.1"]
    cookie = someone(app, Role.EDITOR, "caba-jette").http.get_cookie("session")
    assert cookie is not None
    address = serve(app)
    context = chromium.new_context(base_url=address)
    page = context.new_page()
    page.goto("/fr/")
    page.evaluate(CONTROLLED)
    context.add_cookies([{"name": "session", "value": cookie.value, "url": address}])
    for path in ("/fr/mon-association/", "/fr/services/caba-jette", "/fr/plans/", "/fr/mon-compte/"):
        page.goto(path)
        expect(page.get_by_role("button", name="Se déconnecter")).to_be_visible()
    page.wait_for_timeout(500)
    held = [path for paths in kept(page).values() for path in paths if not path.startswith("/static/")]
    assert set(held) <= {
        *("/fr/", "/fr/urgence", "/nl/dringend"),
        *("/fr/hors-ligne/sans-connexion", "/nl/offline/geen-verbinding"),
    }
    context.close()


def test_a_telephone_of_somebody_else_forgets_all(phone: Phone) -> None:
    page = phone("/fr/hors-ligne")
    page.get_by_role("button", name="Garder le guide").click()
    expect(page.locator("a[data-if-kept]")).to_be_visible()
    page.get_by_role("button", name="Ne rien garder sur ce téléphone").click()
    expect(page.get_by_role("button", name="C’est mon téléphone")).to_be_visible()
    page.goto("/fr/")
    for _ in range(PATIENCE // 100):
        left = page.evaluate("navigator.serviceWorker.getRegistrations().then(all => all.length)")
        if not left and kept(page) == {}:
            break
        page.wait_for_timeout(100)
    assert kept(page) == {}
    assert left == 0


@pytest.mark.parametrize(("local", "offered"), [("true", True), ("false", False)])
def test_a_page_is_read_aloud_only_by_a_voice_of_the_machine(
    visit: Callable[..., Page], local: str, offered: bool
) -> None:
    page = visit("/fr/urgence", script=True)
    page.context.add_init_script(SPEECH.replace("LOCAL", local))
    page.goto("/fr/services/cpas-jette")
    button = page.locator("[data-read]")
    if not offered:
        expect(button).to_be_hidden()
        return
    button.click()
    expect(button).to_have_text("Arrêter la lecture")
    spoken = page.evaluate("window.spoken")
    assert spoken[0] == "CPAS de Jette"
    assert len(spoken) > 10
    button.click()
    expect(button).to_have_text("Lire à voix haute")
    assert page.evaluate("window.spoken").pop() == "."


@pytest.fixture(scope="module")
def stick(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stick") / "guide"
    with pytest.MonkeyPatch.context() as patch:
        # The pages of plans are many, and tested without a browser.
        patch.setattr(site_copy, "COPIED", site_copy.COPIED - {"public.plans.action", "public.plans.picture"})
        site_copy.write(settings_for(loaded, site_url="https://gids.example.be"), folder, date(2026, 11, 23))
    return folder


@pytest.mark.parametrize(
    ("home", "word", "service"), [("fr", "j’ai faim", "CABA Jette"), ("nl", "huurprijs", "SVK Jette")]
)
def test_the_copy_on_a_stick_opens_and_is_searched(
    chromium: Browser, stick: Path, home: str, word: str, service: str
) -> None:
    context = chromium.new_context(viewport={"width": 360, "height": 800})
    page = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto((stick / "index.html").as_uri())
    page.locator(f"a[hreflang={home}]").first.click()
    expect(page.locator(".kept-line")).to_contain_text("2026")
    page.locator("#q").fill(word)
    page.keyboard.press("Enter")
    first = page.locator("[data-results]").get_by_role("link", name=service).first
    expect(first).to_be_visible()
    first.click()
    expect(page.locator("h1")).to_contain_text(service)
    page.locator(".switch").click()
    expect(page.locator("html")).not_to_have_attribute("lang", home)
    context.close()
    assert [url for url in asked if not url.startswith("file://")] == []
    assert complaints == []
