"""The fiche-relais on paper in a real browser: axe, 320 pixels, both languages, no script, and the sheet itself."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from guide.languages import Language
from tests.browser.axe import faults_light_and_dark
from tests.browser.conftest import PATIENCE, followed
from tests.running import app_on_copy, served

PATHS: dict[Language, str] = {
    "fr": "/fr/relais/papier?service=cpas-jette",
    "nl": "/nl/doorverwijzing/papier?dienst=cpas-jette",
}
CHOOSE: dict[Language, str] = {"fr": "/fr/relais/papier", "nl": "/nl/doorverwijzing/papier"}


@pytest.fixture(scope="module")
def address(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running guide that may count."""
    with app_on_copy(loaded, tmp_path_factory.mktemp("referral")) as app, served(app) as address:
        yield address


def opened(chromium: Browser, address: str, width: int = 1280, **options: object) -> Page:
    context = chromium.new_context(base_url=address, viewport={"width": width, "height": 900}, **options)  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE)
    return context.new_page()


def fill(page: Page, urgency: str = "normal") -> None:
    page.fill("#request", "Un colis alimentaire pour le week-end.")
    page.check(f'input[name="urgency"][value="{urgency}"]')
    page.fill("#person", "A. D.")
    page.select_option("#spoken", "ar")
    page.check('input[name="ways"][value="phone"]')
    page.fill("#phone", "0400 00 00 00")
    page.fill("#organization", "Maison de quartier")
    page.fill("#worker_phone", "02 000 00 00")
    page.check("#agreed")


def press(page: Page, step: str = "") -> None:
    button = f'button[value="{step}"]' if step else "#relay .form-actions button"
    followed(page, button)


@pytest.mark.parametrize("lang", ["fr", "nl"])
def test_axe_finds_nothing_and_320_pixels_are_enough_on_every_page_of_it(
    chromium: Browser, address: str, lang: Language
) -> None:
    # The policy forbids axe itself, which is put into the page; only this test steps over it.
    page = opened(chromium, address, reduced_motion="reduce", bypass_csp=True)

    def look(name: str) -> None:
        assert faults_light_and_dark(page, lang) == [], name

    page.goto(CHOOSE[lang])
    look("choose")
    page.goto(PATHS[lang])
    page.locator("#household summary").click()
    look("form")
    press(page)
    look("form with faults")
    fill(page, "today")
    press(page)
    look("check")
    page.check("#sheet-both")
    press(page, "print")
    look("sheet")
    page.context.close()


@pytest.mark.parametrize("lang", ["fr", "nl"])
def test_without_script_a_sheet_is_filled_in_mended_printed_and_taken_as_pdf(
    chromium: Browser, address: str, lang: Language
) -> None:
    page = opened(chromium, address, java_script_enabled=False, accept_downloads=True)
    page.goto(PATHS[lang])
    fill(page)
    # Enter in a field does what the form is for.
    page.press("#person", "Enter")
    page.wait_for_selector("form#check")
    followed(page, 'button[formaction$="#person"]')
    assert page.url.endswith("#person")
    assert page.input_value("#request") == "Un colis alimentaire pour le week-end."
    page.fill("#person", "B. E.")
    press(page)
    page.check("#sheet-both")
    with page.expect_download() as started:
        page.locator('button[value="pdf"]').click()
    file = started.value
    assert file.suggested_filename == ("fiche-relais.pdf" if lang == "fr" else "doorverwijsfiche.pdf")
    read = PdfReader(BytesIO(Path(file.path()).read_bytes()))
    assert len(read.pages) == 2
    assert "B. E." in read.pages[1].extract_text()
    press(page, "print")
    assert page.locator("article.referral-sheet").count() == 2
    printed = PdfReader(BytesIO(page.pdf(format="A4")))
    assert len(printed.pages) == 2
    page.context.close()


def test_it_can_be_filled_in_with_the_keyboard_alone(chromium: Browser, address: str) -> None:
    page = opened(chromium, address, java_script_enabled=False)
    page.goto(PATHS["fr"])
    page.focus("#request")
    page.keyboard.type("Un colis alimentaire.")
    for name, keys in (
        ("person", "A. D."),
        ("organization", "Maison de quartier"),
        ("worker_phone", "02 000 00 00"),
    ):
        while page.evaluate("document.activeElement.id") != name:
            before = page.evaluate("document.activeElement.id")
            if before == "spoken":
                page.keyboard.type("arabe")
            if before == "ways-2":
                page.keyboard.press("Space")
            page.keyboard.press("Tab")
        page.keyboard.type(keys)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("form#check")
    page.context.close()
