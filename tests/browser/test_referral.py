"""The fiche-relais in a real browser: axe, 320 pixels, both languages, light and dark, keyboard only, no script."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from guide.accounts import sessions
from guide.database import writing
from guide.languages import Language
from guide.model import Account
from tests.browser.axe import faults_at
from tests.browser.conftest import PATIENCE, followed
from tests.running import MONDAY_MORNING, app_on_copy, served
from tests.web.referral_accounts import FOOD, UNBOUND, ReferralSite, referral_site


@pytest.fixture(scope="module")
def running(
    loaded: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[ReferralSite, str, dict[str, str]]]:
    """A guide with workers on both sides: the site, its address, and their cookies."""
    with app_on_copy(loaded, tmp_path_factory.mktemp("referral-browser")) as app, served(app) as address:
        made = referral_site(app, "fr")
        tokens = {}
        with Session(writing(app.extensions["guide"].engine)) as session:
            for who, number in made.numbers.items():
                account = session.get_one(Account, number)
                tokens[who] = sessions.begin(session, account, "Firefox", MONDAY_MORNING, True)
            session.commit()
        yield made, address, tokens


def opened(
    chromium: Browser, running: tuple[ReferralSite, str, dict[str, str]], who: str, **options: object
) -> Page:
    _site, address, tokens = running
    context = chromium.new_context(
        base_url=address,
        viewport={"width": 360, "height": 800},
        **({"java_script_enabled": False} | options),  # type: ignore[arg-type]
    )
    context.set_default_timeout(PATIENCE)
    context.add_cookies([{"name": "session", "value": tokens[who], "url": address}])
    return context.new_page()


def checked(page: Page, what: str) -> None:
    """Nothing that axe finds, nothing that scrolls sideways at 320 pixels."""
    assert faults_at(page, 320) == [], what


def typed(page: Page, field: str, words: str) -> None:
    page.locator(f"#{field}").focus()
    page.keyboard.type(words)


def ticked(page: Page, field: str) -> None:
    page.locator(f"#{field}").focus()
    page.keyboard.press("Space")


def filled_in(page: Page) -> None:
    """A form filled in by the keyboard alone, up to its check page."""
    typed(page, "name", "Z.")
    ticked(page, "contact-0")
    typed(page, "phone", "0470 12 34 56")
    typed(page, "request", "Un colis par semaine.")
    for place in range(5):
        ticked(page, f"conditions-{place}")
    ticked(page, "way-0")
    ticked(page, "copy-0")
    page.locator("#copy-0").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#relay-check")


@pytest.mark.parametrize("lang", ["fr", "nl"])
def test_a_fiche_is_filled_in_and_sent_by_keyboard_without_script(
    chromium: Browser, running: tuple[ReferralSite, str, dict[str, str]], lang: Language
) -> None:
    page = opened(chromium, running, "an")
    made = running[0]
    made.lang = lang
    page.goto(made.path("new") + f"?{'service' if lang == 'fr' else 'dienst'}={FOOD}")
    before = len(made.rows())
    filled_in(page)
    assert len(made.rows()) == before
    page.locator("#relay-check .form-actions button").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".referral-history")
    assert len(made.rows()) == before + 1
    page.context.close()


@pytest.mark.parametrize(("lang", "scheme"), [("fr", "light"), ("nl", "dark")])
def test_axe_finds_nothing_on_any_page_of_the_fiche(
    chromium: Browser, running: tuple[ReferralSite, str, dict[str, str]], lang: Language, scheme: str
) -> None:
    made = running[0]
    made.lang = lang
    options = {"java_script_enabled": True, "bypass_csp": True, "color_scheme": scheme}
    page, other = opened(chromium, running, "an", **options), opened(chromium, running, "bo", **options)
    service = "service" if lang == "fr" else "dienst"
    page.goto(made.path("new"))
    checked(page, "choose")
    page.goto(f"{made.path('new')}?{service}={UNBOUND}")
    checked(page, "form without secrecy")
    page.goto(f"{made.path('new')}?{service}={FOOD}")
    checked(page, "form")
    followed(page, ".form-actions button[value=relire]")
    expect(page.locator("#errors")).to_be_focused()
    checked(page, "errors")
    page.check("#urgency-2")
    followed(page, ".form-actions button[value=relire]")
    checked(page, "call")
    followed(page, ".form-actions button")
    page.check("#urgency-0")
    filled_in(page)
    checked(page, "check")
    followed(page, "#relay-check .form-actions button")
    checked(page, "sent")
    reference = page.url.partition("?")[0].rpartition("/")[2]
    for name in ("read", "copy", "sheet"):
        page.goto(made.path("", reference))
        followed(page, f"form[action='{made.path(name, reference)}'] button")
        checked(page, name)
    for name in ("renew", "withdraw"):
        page.goto(made.path(name, reference))
        checked(page, name)
    for target in ("", "table"):
        page.goto(made.path(target))
        checked(page, target or "list")
    for name in ("accept", "decline"):
        other.goto(made.path(name, reference))
        checked(other, name)
    other.goto(made.path("", reference))
    checked(other, "receiver")
    followed(other, f"form[action='{made.path('open_person', reference)}'] button")
    checked(other, "opened")
    for each in (page, other):
        each.context.close()
