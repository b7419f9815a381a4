"""The receiver's and the person's pages and the figures in a real browser: axe, 320 pixels, no JavaScript."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext

from guide.languages import LANGUAGES, Language
from guide.model import Role
from tests.browser.axe import faults_light_and_dark
from tests.browser.conftest import PATIENCE
from tests.people import someone
from tests.web.referral_links import PLACES, LinkSite


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_service_answers_by_keyboard_and_axe_finds_nothing(
    chromium: Browser,
    serve: Callable[[Flask], str],
    instance: Path,
    make_app: Callable[..., Flask],
    lang: Language,
) -> None:
    link_site = LinkSite(instance, make_app, lang)
    base = serve(link_site.app)
    context: BrowserContext = chromium.new_context(
        bypass_csp=True, locale="fr-BE", base_url=base, reduced_motion="reduce"
    )
    elsewhere: list[str] = []
    context.on("request", lambda asked: None if asked.url.startswith(base) else elsewhere.append(asked.url))
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    faults: list[str] = []
    reference = link_site.send()

    def press(selector: str) -> None:
        """The button is reached and pressed as a keyboard does."""
        page.focus(selector)
        with page.expect_navigation():
            page.keyboard.press("Enter")

    page.goto(link_site.link_path(link_site.token(reference)))
    faults += faults_light_and_dark(page, lang)
    press("#ask button")
    faults += faults_light_and_dark(page, lang)
    page.fill("#code", link_site.code(reference))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{link_site.path(reference)}")
    faults += faults_light_and_dark(page, lang)
    press("#read button")
    page.wait_for_selector("#open")
    faults += faults_light_and_dark(page, lang)
    press("#open button")
    page.wait_for_selector("text=Bleuet")
    faults += faults_light_and_dark(page, lang)
    page.goto(link_site.path(reference, "decline"))
    faults += faults_light_and_dark(page, lang)
    page.goto(link_site.path(reference, "accept"))
    press("#answer .form-actions button")
    page.wait_for_selector("#errors")
    faults += faults_light_and_dark(page, lang)
    page.fill("#words", "Mardi")
    press("#answer .form-actions button")
    page.wait_for_url(f"**{link_site.path(reference)}")
    assert link_site.state(reference) == "accepted"
    page.goto(link_site.path(reference, "close"))
    faults += faults_light_and_dark(page, lang)
    page.goto(PLACES["data"][link_site.lang])
    faults += faults_light_and_dark(page, lang)
    page.goto(link_site.person_path(reference))
    faults += faults_light_and_dark(page, lang)
    press("#agreement button")
    page.wait_for_selector("text=" + link_site.say("prise en compte", "verwerkt"))
    assert link_site.referral(reference) is None
    boss = someone(link_site.app, Role.COORDINATOR)
    cookie = boss.http.get_cookie("session")
    assert cookie is not None
    context.add_cookies([{"name": "session", "value": cookie.value, "url": base}])
    page.goto(link_site.say("/fr/moderation/fiches-relais", "/nl/moderatie/doorverwijzingen"))
    faults += faults_light_and_dark(page, lang)
    context.close()
    assert not faults, "\n".join(faults)
    assert not elsewhere
