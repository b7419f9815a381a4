"""The pages of an account that closes in a real browser: axe, and nothing that scrolls sideways at 320 pixels."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from guide.languages import LANGUAGES, Language
from guide.model import Role
from tests.browser.axe import faults_at
from tests.browser.conftest import PATIENCE
from tests.people import add_account, signed_in_client
from tests.running import app_on_copy, served
from tests.web.moderating import PATHS
from tests.web.referral_accounts import ReferralSite, referral_site


@pytest.fixture(scope="module", params=LANGUAGES)
def running(
    request: pytest.FixtureRequest, loaded: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[ReferralSite, str]]:
    """A guide with workers on both sides and a coordinator (`boss`): the site and its address."""
    with app_on_copy(loaded, tmp_path_factory.mktemp("holding")) as app, served(app) as address:
        made = referral_site(app, request.param)
        made.numbers["boss"] = add_account(app, Role.COORDINATOR, language=request.param)
        made.clients["boss"] = signed_in_client(app, made.numbers["boss"])
        yield made, address


def opened(chromium: Browser, running: tuple[ReferralSite, str], who: str) -> Page:
    made, address = running
    context = chromium.new_context(base_url=address, viewport={"width": 360, "height": 800})
    context.set_default_timeout(PATIENCE)
    cookie = made.clients[who].http.get_cookie("session")
    assert cookie is not None
    context.add_cookies([{"name": "session", "value": cookie.value, "url": address}])
    return context.new_page()


def checked(page: Page, what: str) -> None:
    assert faults_at(page, 320) == [], what


def pressed(page: Page, action: str) -> None:
    with page.expect_navigation():
        page.locator(f'form[action$="{action}"] button').first.click()


def test_each_page_of_it_is_sound(chromium: Browser, running: tuple[ReferralSite, str]) -> None:
    made, _address = running
    lang: Language = made.lang
    named, alone = made.send(substitute=str(made.numbers["cy"])), made.send(expires="2026-11-30")
    made.press("open_person", alone, "bo")
    made.press("accept", alone, "bo", words="Mardi", appointment="2026-12-08")
    page = opened(chromium, running, "an")
    page.goto(f"{made.path('new')}?{'service' if lang == 'fr' else 'dienst'}=caba-jette")
    checked(page, "form")
    page.goto(made.path("", alone))
    checked(page, "sender")
    page.goto(made.path("renew", alone))
    checked(page, "renew")
    page.goto(made.path("", named))
    pressed(page, made.path("copy", named))
    checked(page, "copy")

    boss = opened(chromium, running, "boss")
    boss.goto("/fr/comptes/" if lang == "fr" else "/nl/accounts/")
    target = f"/{made.numbers['an']}"
    with boss.expect_navigation():
        boss.locator(f'form[action$="{target}"]', has=boss.locator('[value="fermer"]')).locator(
            "button"
        ).first.click()
    checked(boss, "before closing")
    pressed(boss, target)
    checked(boss, "closed")
    boss.goto(PATHS["referrals"][lang])
    assert alone in boss.content()
    checked(boss, "what nobody holds")

    receiver = opened(chromium, running, "bo")
    receiver.goto(made.path("", alone))
    checked(receiver, "receiver, nobody holds it")
    receiver.goto(made.path("", named))
    pressed(receiver, made.path("open_person", named))
    checked(receiver, "receiver, handed over")
    taken = opened(chromium, running, "cy")
    taken.goto(made.path("", named))
    checked(taken, "substitute")
