"""Coming in, in a real browser: keyboard and 320 pixels, no JavaScript, and nothing that axe finds."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pyotp
import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy.orm import Session

from guide.accounts import links, passwords, sessions
from guide.database import writing
from guide.languages import LANGUAGES, Language
from guide.model import Account, AccountState, LinkPurpose, Mail
from tests.browser.axe import faults_light_and_dark
from tests.browser.conftest import PATIENCE
from tests.mails import content_of
from tests.people import PASSWORD, add_account
from tests.running import MONDAY_MORNING, app_on_copy, served

EDITOR, BOSS, OTHER = "an@maison.example", "bo@maison.example", "di@maison.example"
WORKER = "el@maison.example"


@pytest.fixture(scope="module")
def served_app(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, str]]:
    """The guide on an instance of its own, with an editor, a coordinator and somebody invited; its address."""
    with app_on_copy(loaded, tmp_path_factory.mktemp("accounts")) as app, served(app) as address:
        hashed = passwords.hashed(PASSWORD)
        add_account(app, "editor", "caba-jette", email=EDITOR, password_hash=hashed)
        add_account(app, "editor", "caba-jette", email=OTHER)
        add_account(app, "social_worker", "caba-jette", email=WORKER, password_hash=hashed)
        add_account(app, "coordinator", email=BOSS, password_hash=hashed)
        add_account(
            app, "editor", "caba-jette", email="cy@maison.example", state=AccountState.INVITED, name=""
        )
        yield app, address


def new_context(
    chromium: Browser, served_app: tuple[Flask, str], who: str = "", width: int = 360, **options: object
) -> BrowserContext:
    """The browser of one who is signed in, or of nobody."""
    context = chromium.new_context(
        base_url=served_app[1],
        viewport={"width": width, "height": 800},
        **({"java_script_enabled": False} | options),  # type: ignore[arg-type]
    )
    context.set_default_timeout(PATIENCE)
    if who:
        token = signed_in(served_app[0], who)
        context.add_cookies([{"name": "session", "value": token, "url": served_app[1]}])
    return context


@pytest.fixture
def browse(chromium: Browser, served_app: tuple[Flask, str]) -> Iterator[Callable[..., BrowserContext]]:
    contexts: list[BrowserContext] = []

    def make(who: str = "", width: int = 360, **options: object) -> BrowserContext:
        contexts.append(new_context(chromium, served_app, who, width, **options))
        return contexts[-1]

    yield make
    for context in contexts:
        context.close()


def changing(app: Flask) -> Session:
    session = Session(writing(app.extensions["guide"].engine))
    session.info["secret_key"] = "x" * 40
    return session


def signed_in(app: Flask, email: str) -> str:
    with changing(app) as session:
        account = session.query(Account).filter_by(email=email).one()
        token = sessions.begin(session, account, "Firefox, Android", MONDAY_MORNING, True)
        session.commit()
        return token


def link(app: Flask, purpose: LinkPurpose) -> str:
    email = "cy@maison.example" if purpose is LinkPurpose.INVITATION else EDITOR
    with changing(app) as session:
        account = session.query(Account).filter_by(email=email).one()
        token = links.issue(session, account, purpose, MONDAY_MORNING)
        session.commit()
        return token


PAGES = {
    "sign in": ("", "/fr/connexion", "/nl/inloggen"),
    "link asked": ("", "/fr/connexion/lien", "/nl/inloggen/link"),
    "forgotten": ("", "/fr/mot-de-passe-oublie", "/nl/wachtwoord-vergeten"),
    "link that is over": ("", "/fr/lien/rien", "/nl/link/niets"),
    "invited": ("", "/fr/lien/{invitation}", "/nl/link/{invitation}"),
    "new password": ("", "/fr/lien/{reset}", "/nl/link/{reset}"),
    "in by link": ("", "/fr/lien/{sign_in}", "/nl/link/{sign_in}"),
    "my account": (EDITOR, "/fr/mon-compte/", "/nl/mijn-account/"),
    "password": (EDITOR, "/fr/mon-compte/mot-de-passe", "/nl/mijn-account/wachtwoord"),
    "address": (EDITOR, "/fr/mon-compte/adresse", "/nl/mijn-account/adres"),
    "codes": (EDITOR, "/fr/mon-compte/codes", "/nl/mijn-account/codes"),
    "devices": (EDITOR, "/fr/mon-compte/appareils", "/nl/mijn-account/toestellen"),
    "not for you": (EDITOR, "/fr/comptes/", "/nl/accounts/"),
    "people": (BOSS, "/fr/comptes/", "/nl/accounts/"),
    "who changes an address": (BOSS, "/fr/comptes/{in_use}/adresse", "/nl/accounts/{in_use}/adres"),
    "address of an invitation": (BOSS, "/fr/comptes/{unused}/adresse", "/nl/accounts/{unused}/adres"),
    "invite": (BOSS, "/fr/comptes/inviter", "/nl/accounts/uitnodigen"),
    "any page": (BOSS, "/fr/a-propos", "/nl/over-ons"),
}


def addresses(app: Flask, kind: str) -> list[str]:
    tokens = {
        purpose.value: link(app, purpose) for purpose in LinkPurpose if f"{{{purpose}}}" in str(PAGES[kind])
    }
    with changing(app) as session:
        numbers = {
            name: session.query(Account).filter_by(email=email).one().id
            for name, email in (("in_use", WORKER), ("unused", "cy@maison.example"))
        }
    return [path.format(**tokens, **numbers) for path in PAGES[kind][1:]]


@pytest.fixture(scope="module")
def page_of(chromium: Browser, served_app: tuple[Flask, str]) -> Iterator[Callable[[str], Page]]:
    """A page for axe of each who is signed in, or of nobody: a new one for each test takes longer than axe."""
    contexts: list[BrowserContext] = []

    @cache
    def opened(who: str) -> Page:
        context = new_context(
            chromium, served_app, who, java_script_enabled=True, bypass_csp=True, reduced_motion="reduce"
        )
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("kind", PAGES)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    served_app: tuple[Flask, str], page_of: Callable[[str], Page], kind: str
) -> None:
    page = page_of(PAGES[kind][0])
    for path, lang in zip(addresses(served_app[0], kind), LANGUAGES, strict=True):
        page.goto(path)
        assert page.url == served_app[1] + path, "who was signed out is led elsewhere"
        assert faults_light_and_dark(page, lang) == []


def test_a_coordinator_comes_in_by_keyboard_sets_up_codes_and_comes_in_again(
    served_app: tuple[Flask, str], browse: Callable[..., BrowserContext]
) -> None:
    page = browse().new_page()
    page.goto("/fr/comptes/")
    assert page.url.endswith("/fr/connexion?suite=/fr/comptes/")
    page.focus("input[name=email]")
    page.keyboard.type(BOSS)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/fr/mon-compte/codes")
    expect(page.locator(".totp-qr svg")).to_be_visible()
    secret = page.locator(".secret").inner_text().replace(" ", "")
    totp = pyotp.TOTP(secret)
    page.focus("form#codes input[name=code]")
    page.keyboard.type(totp.at(MONDAY_MORNING))
    page.keyboard.press("Enter")
    expect(page.locator(".recovery-codes code")).to_have_count(10)
    codes = page.locator(".recovery-codes code").all_inner_texts()
    assert len(codes) == 10
    page.goto("/fr/comptes/")
    expect(page.locator("h1")).to_have_text("Comptes")
    page.click("nav.desk-bar button")
    page.wait_for_url("**/fr/")
    page.goto("/nl/inloggen")
    page.fill("input[name=email]", BOSS)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    # The same code again is refused, a recovery code is taken.
    page.fill("input[name=code]", totp.at(MONDAY_MORNING))
    page.press("input[name=code]", "Enter")
    expect(page.locator(".error")).to_be_visible()
    page.fill("input[name=code]", codes[3])
    with page.expect_navigation(url=re.compile("^(?!.*/inloggen)")):
        page.press("input[name=code]", "Enter")
    page.goto("/nl/accounts/")
    assert page.locator("html").get_attribute("lang") == "nl"
    assert page.locator("h1").inner_text() == "Accounts"


def test_what_was_typed_comes_through_the_sign_in(
    served_app: tuple[Flask, str], browse: Callable[..., BrowserContext]
) -> None:
    page = browse(EDITOR).new_page()
    page.goto("/fr/mon-compte/")
    with changing(served_app[0]) as session:
        token = next(one["value"] for one in page.context.cookies() if one["name"] == "session")
        row = sessions.find(session, token, MONDAY_MORNING)
        assert row is not None
        sessions.end(session, row)
        session.commit()
    page.fill("input[name=name]", "Écrit avant la fin")
    page.press("input[name=name]", "Enter")
    expect(page.locator("h1")).to_have_text("Connectez-vous pour continuer")
    page.click("form#session-over button")
    page.fill("input[name=email]", EDITOR)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.click("form#again button")
    expect(page.locator("input[name=name]")).to_have_value("Écrit avant la fin")
    expect(page).to_have_url(re.compile("/fr/mon-compte/$"))


def test_the_list_of_recovery_codes_prints_on_one_sheet(
    served_app: tuple[Flask, str],
    browse: Callable[..., BrowserContext],
    pdf_pages: Callable[[Page, str], int],
) -> None:
    context = browse(OTHER)
    page = context.new_page()
    page.goto("/fr/mon-compte/codes")
    secret = page.locator(".secret").inner_text().replace(" ", "")
    page.fill("form#codes input[name=code]", pyotp.TOTP(secret).at(MONDAY_MORNING))
    page.press("form#codes input[name=code]", "Enter")
    expect(page.locator(".recovery-codes code")).to_have_count(10)
    assert pdf_pages(page, "A4") == 1


@pytest.mark.parametrize(
    ("lang", "path", "typed"),
    [("fr", "/fr/mon-compte/adresse", "neuve"), ("nl", "/nl/mijn-account/adres", "nieuw")],
)
def test_an_address_is_changed_by_keyboard_and_axe_finds_nothing_on_the_way(
    served_app: tuple[Flask, str],
    browse: Callable[..., BrowserContext],
    lang: Language,
    path: str,
    typed: str,
) -> None:
    app, email = served_app[0], f"{typed}-depart@maison.example"
    add_account(app, "editor", "caba-jette", email=email, password_hash=passwords.hashed(PASSWORD))
    page = browse(email, java_script_enabled=True, bypass_csp=True, reduced_motion="reduce").new_page()
    page.goto(path)
    page.focus("input[name=email]")
    page.keyboard.type(f"{typed}@maison.example")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("form#address-code")).to_be_visible()
    assert faults_light_and_dark(page, lang) == []
    with changing(app) as session:
        mail = session.query(Mail).filter_by(kind="address_code").order_by(Mail.id.desc()).first()
        assert mail is not None
        code = content_of(mail)["code"]
    page.fill("input[name=code]", "12")
    page.press("input[name=code]", "Enter")
    expect(page.locator(".error-summary")).to_be_focused()
    assert faults_light_and_dark(page, lang) == []
    page.fill("input[name=code]", code)
    page.press("input[name=code]", "Enter")
    page.wait_for_url("**fait=adresse")
    expect(page.locator("main")).to_contain_text(f"{typed}@maison.example")
