"""The association's desk in a real browser: axe, 320 pixels, both languages, light and dark, without script."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.accounts import sessions
from guide.database import writing
from guide.languages import Language
from guide.model import Account, Organization
from guide.web.desk.part_forms import SLUGS
from tests.browser.axe import faults_at
from tests.browser.conftest import PATIENCE, followed
from tests.pages import PageClient
from tests.people import add_account
from tests.running import MONDAY_MORNING, app_on_copy, served
from tests.web.desks import PLACES, WORDS, Desk

KEY = "caba-jette"


@dataclass
class RunningGuide:
    """A running guide with two editors of CABA Jette and a coordinator: its address and their cookies."""

    app: Flask
    address: str
    tokens: dict[str, str]

    def path(self, lang: Language, name: str, ref: str = KEY) -> str:
        start, folder = PLACES[lang]
        if name == "index":
            return start
        if name == "begin":
            return start + WORDS[name][lang]
        last = "" if name == "listing" else SLUGS[name][lang] if name in SLUGS else WORDS[name][lang]
        return f"{start}{folder}/{ref}/{last}"

    def page(self, chromium: Browser, who: str, width: int = 360, **options: object) -> Page:
        context = chromium.new_context(
            base_url=self.address,
            viewport={"width": width, "height": 800},
            **({"java_script_enabled": False} | options),  # type: ignore[arg-type]
        )
        context.set_default_timeout(PATIENCE)
        context.add_cookies([{"name": "session", "value": self.tokens[who], "url": self.address}])
        return context.new_page()


@pytest.fixture(scope="module")
def running(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGuide]:
    with app_on_copy(loaded, tmp_path_factory.mktemp("desk-browser")) as app, served(app) as address:
        numbers = {
            "an": add_account(app, "editor", KEY),
            "bo": add_account(app, "editor", KEY),
            "boss": add_account(app, "coordinator"),
        }
        tokens = {}
        with Session(writing(app.extensions["guide"].engine)) as session:
            session.scalars(select(Organization).where(Organization.key == KEY)).one().trusted = True
            for who, number in numbers.items():
                account = session.get_one(Account, number)
                tokens[who] = sessions.begin(session, account, "Firefox", MONDAY_MORNING, True)
            session.commit()
        yield RunningGuide(app, address, tokens)


def save(page: Page) -> None:
    followed(page, "#part .form-actions button")


def checked(page: Page, what: str) -> None:
    """Nothing that axe finds, nothing that scrolls sideways at 320 and at 1280 pixels."""
    assert faults_at(page, 320, 1280) == [], what


@pytest.mark.parametrize(("lang", "scheme"), [("fr", "light"), ("nl", "dark")])
def test_axe_finds_nothing_on_any_page_of_the_desk(
    chromium: Browser, running: RunningGuide, lang: Language, scheme: str
) -> None:
    options = {"java_script_enabled": True, "bypass_csp": True, "color_scheme": scheme}
    boss, page = running.page(chromium, "boss", **options), running.page(chromium, "an", **options)
    boss.goto(running.path(lang, "price"))
    boss.check("#free-0" if lang == "fr" else "#free-1")
    save(boss)
    for name in ("history", "index", "begin"):
        boss.goto(running.path(lang, name))
        checked(boss, name)
    for name in ("index", "listing", "begin", "look", "history", "remove", *SLUGS):
        page.goto(running.path(lang, name))
        checked(page, name)
    # With errors, with a change that waits and advice, with a conflict, and of a new listing.
    page.goto(running.path(lang, "hours"))
    page.fill("#visit-MO-0-from", "9x")
    page.fill("#closures-0-ends", "2026-12-24")
    page.fill("#intake_note_fr", "Demandez Madame Exemple.")
    save(page)
    expect(page.locator("#errors")).to_be_focused()
    checked(page, "errors")
    other = running.page(chromium, "bo", **options)
    other.goto(running.path(lang, "about"))
    page.goto(running.path(lang, "about"))
    page.fill("#summary_fr", f"Les bénéficiaires du RIS sollicitent une attestation ({lang}).")
    save(page)
    checked(page, "saved")
    other.fill("#summary_fr", f"Un autre texte ({lang}).")
    save(other)
    checked(other, "conflict")
    page.goto(running.path(lang, "begin"))
    followed(page, "#begin .form-actions button")
    checked(page, "new listing")
    followed(page, "form[action$='envoyer'] button, form[action$='versturen'] button")
    checked(page, "what is missing")
    for opened in (boss, page, other):
        opened.context.close()


@pytest.mark.parametrize("lang", ["fr", "nl"])
def test_a_phone_number_is_changed_in_three_clicks_by_keyboard_without_script(
    chromium: Browser, running: RunningGuide, lang: Language
) -> None:
    page = running.page(chromium, "an", width=320)
    page.goto(running.path(lang, "index"))
    page.locator(f"a[href='{running.path(lang, 'listing')}']").first.click()
    page.locator(f"a[href='{running.path(lang, 'access')}#champ-phones']").click()
    number = "02 425 11 22" if lang == "fr" else "02 425 33 44"
    page.fill("#phones-0-number", number)
    # Enter sends the form; it must not press the button of the other language, nor "one more line".
    page.locator("#phones-0-number").press("Enter")
    expect(page).to_have_url(re.compile(re.escape(running.address + running.path(lang, "listing"))))
    assert Desk(running.app, lang, PageClient(running.app)).record()["phones"] == [{"number": number}]
    page.context.close()


@pytest.mark.parametrize("lang", ["fr", "nl"])
def test_the_switch_of_language_keeps_what_is_typed_without_script(
    chromium: Browser, running: RunningGuide, lang: Language
) -> None:
    page = running.page(chromium, "an")
    page.goto(running.path(lang, "for_whom"))
    page.fill("#eligibility_fr", "Un texte pas encore gardé.")
    page.locator("button.switch").click()
    other: Language = "nl" if lang == "fr" else "fr"
    expect(page.locator("html")).to_have_attribute("lang", other)
    expect(page).to_have_url(running.address + running.path(other, "for_whom"))
    expect(page.locator("#eligibility_fr")).to_have_value("Un texte pas encore gardé.")
    page.context.close()


CALENDAR = {"fr": "/fr/mon-association/calendrier/", "nl": "/nl/mijn-vereniging/kalender/"}


@pytest.mark.parametrize(("lang", "scheme"), [("fr", "dark"), ("nl", "light")])
def test_axe_finds_nothing_where_hours_of_every_kind_are_entered(
    chromium: Browser, running: RunningGuide, lang: Language, scheme: str
) -> None:
    options = {"java_script_enabled": True, "bypass_csp": True, "color_scheme": scheme}
    boss = running.page(chromium, "boss", **options)
    boss.goto(running.path(lang, "access"))
    if not boss.locator("[name='addresses-1-street_fr']").count():
        followed(boss, "button[value='addresses']")
    boss.fill("[name='addresses-1-street_fr']", "Rue Esseghem 2")
    save(boss)
    for name in ("access", "hours"):
        boss.goto(running.path(lang, name))
        boss.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        checked(boss, name)
    for control in ("visit_monthly-0-opens", "visit_seasons-0-closes", "own-1-visit-MO-0-from"):
        boss.fill(f"[name='{control}']", "x")
    save(boss)
    expect(boss.locator("#errors")).to_be_focused()
    for control in ("visit_monthly-0-opens", "visit_seasons-0-closes", "own-1-visit-MO-0-from"):
        # What is to mend is not folded away.
        expect(boss.locator(f"[name='{control}']")).to_be_visible()
    checked(boss, "errors")
    boss.goto(CALENDAR[lang] + KEY)
    checked(boss, "calendar")
    boss.fill("#short_hours-0-opens", "x")
    followed(boss, "#calendar .form-actions button")
    checked(boss, "errors of the calendar")
    boss.context.close()


@pytest.mark.parametrize("lang", ["fr", "nl"])
def test_a_night_a_first_sunday_and_a_bridge_day_are_entered_on_a_phone_without_script(
    chromium: Browser, running: RunningGuide, lang: Language
) -> None:
    page = running.page(chromium, "an")
    page.goto(running.path(lang, "hours"))
    page.fill("#visit-MO-0-from", "20h")
    page.fill("#visit-MO-0-to", "8h")
    followed(page, "button[value='visit']")
    expect(page.locator("#visit-FR-0-to")).to_have_value("8h")
    folded = page.locator("#champ-visit_monthly:not([open]) > summary")
    if folded.count():
        folded.click()
    page.select_option("#visit_monthly-0-which", "1")
    page.select_option("#visit_monthly-0-day", "SU")
    page.fill("#visit_monthly-0-opens", "10h")
    page.fill("#visit_monthly-0-closes", "13h")
    save(page)
    expect(page.locator("main")).to_contain_text("20h" if lang == "fr" else "20\u00a0–\u00a08\u00a0uur")
    page.goto(running.path(lang, "index"))
    followed(page, f"a[href='{CALENDAR[lang]}{KEY}']")
    page.fill("#closed-0-starts", "2027-05-07")
    followed(page, "#calendar .form-actions button")
    expect(page.locator("#closed-0-starts")).to_have_value("2027-05-07")
    page.context.close()
