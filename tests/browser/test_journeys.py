"""The citizen's journeys in a real browser with JavaScript off, at 360 and 1280 pixels, in both languages."""

import io
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

WIDTHS = (360, 1280)


@pytest.mark.parametrize("width", WIDTHS)
def test_one_click_leads_to_the_same_page_in_dutch(visit: Callable[..., Page], width: int) -> None:
    page = visit("/fr/services/?q=velo&sans-rdv=1", width=width)
    page.get_by_role("link", name="Nederlands").click()
    expect(page).to_have_url(re.compile(re.escape("/nl/diensten/?q=velo&zonder-afspraak=1") + "$"))
    expect(page.locator("html")).to_have_attribute("lang", "nl")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    "word", ["epicerie", "épicerie", "ÉPICERIE SOLIDAIRE", "kruidenier", "goedkoop eten"]
)
def test_the_grocery_is_found_whatever_the_spelling(
    visit: Callable[..., Page], width: int, word: str
) -> None:
    for home, button in (("/fr/", "Chercher"), ("/nl/", "Zoeken")):
        page = visit(home, width=width)
        page.locator("#q").fill(word)
        page.get_by_role("button", name=button).click()
        expect(page.locator("[data-key=caba-jette]")).to_be_visible()


@pytest.mark.parametrize("word", ["theodor", "Théodor"])
def test_a_street_with_variants_finds_its_services(visit: Callable[..., Page], word: str) -> None:
    page = visit(f"/fr/services/?q={word}")
    expect(page.locator("[data-key=viva-jette]")).to_be_visible()
    expect(page.locator("[data-key=pef]")).to_be_visible()


def test_a_card_holds_the_number_to_call(visit: Callable[..., Page]) -> None:
    page = visit("/fr/")
    page.get_by_role("link", name="J’ai des dettes").click()
    card = page.locator("[data-key=mediation-dettes]")
    expect(card.locator("a[href^='tel:']")).to_have_attribute("href", "tel:+3224224611")


def test_an_empty_result_offers_a_person_and_urgent_numbers(visit: Callable[..., Page]) -> None:
    page = visit("/nl/diensten/?q=xqzvbw")
    expect(page.locator("main")).to_contain_text("xqzvbw")
    expect(page.locator("main a[href='/nl/dringend']")).to_be_visible()
    expect(page.locator("main a[href='tel:+3224224611']").first).to_be_visible()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_list_is_kept_printed_and_emptied_without_script(visit: Callable[..., Page], width: int) -> None:
    page = visit("/fr/services/?q=faim", width=width)
    page.locator("[data-key=caba-jette] form button").click()
    expect(page).to_have_url(re.compile(re.escape("/fr/ma-liste?s=")))
    expect(page.get_by_role("heading", level=1)).to_contain_text("1 service")
    page.goto("/fr/services/cpas-jette")
    page.locator("main form button").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("2 services")
    page.get_by_role("main").get_by_role("link", name="Imprimer").click()
    expect(page.locator("svg.qr")).to_have_count(2)
    page.go_back()
    page.get_by_role("button", name="Tout effacer").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("vide")


def test_a_service_prints_on_one_a4_and_one_a5_sheet(
    visit: Callable[..., Page], pdf_pages: Callable[[Page, str], int]
) -> None:
    for path in ("/fr/services/cpas-jette", "/nl/diensten/caba-jette", "/nl/diensten/bibliojette"):
        page = visit(path, width=1280)
        assert pdf_pages(page, "A4") == 1, path
    page = visit("/fr/services/caba-jette", width=1280)
    assert pdf_pages(page, "A5") == 1
    page.emulate_media(media="print")
    expect(page.locator(".print-phone, .print-qr").first).to_be_visible()
    expect(page.locator("header")).to_be_hidden()


@pytest.mark.parametrize("path", ["/fr/urgence", "/nl/dringend"])
def test_the_urgent_numbers_print_on_one_page(visit: Callable[..., Page], path: str) -> None:
    page = visit(path)
    content = PdfReader(io.BytesIO(page.pdf(format="A4", prefer_css_page_size=True)))
    assert len(content.pages) == 1
    words = " ".join(content.pages[0].extract_text().split())
    assert "112" in words
    # Nobody knows at what hour paper is read.
    for at_this_hour in ("à cette heure", "maintenant, ", "en principe maintenant", "In principe nu"):
        assert at_this_hour not in words


def test_the_first_result_is_few_tab_stops_away(visit: Callable[..., Page]) -> None:
    page = visit("/fr/services/?q=dettes", width=1280, script=True)
    stops = page.evaluate(
        """() => {
            const all = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, summary')]
                .filter(one => one.checkVisibility({contentVisibilityAuto: true}))
                .filter(one => !one.closest('details:not([open]) > form'));
            return all.indexOf(document.querySelector('[data-key] a')) + 1;
        }"""
    )
    assert stops <= 13


@pytest.mark.control("C26")
def test_quick_exit_leaves_nothing_to_go_back_to(visit: Callable[..., Page]) -> None:
    page = visit("/fr/", script=True)
    page.route("https://www.meteo.be/**", lambda route: route.fulfill(body="<title>meteo</title>"))
    page.goto("/fr/besoins/danger")
    page.get_by_role("link", name="Quitter vite").click()
    page.wait_for_url("https://www.meteo.be/**")
    page.go_back()
    assert page.url.endswith("/fr/")


def test_a_page_that_comes_back_from_memory_stays_for_whoever_did_not_leave(
    visit: Callable[..., Page],
) -> None:
    """Playwright's browser keeps no page in memory: the event of one that comes back is sent by hand."""
    page = visit("/fr/besoins/danger", script=True)
    page.route("https://www.meteo.be/**", lambda route: route.fulfill(body="<title>meteo</title>"))
    comes_back = "window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))"
    page.evaluate(comes_back)
    assert not page.evaluate("document.documentElement.hidden")
    page.evaluate("sessionStorage.left = 1")
    page.evaluate(comes_back)
    page.wait_for_url("https://www.meteo.be/**")


def test_after_a_quick_exit_back_shows_no_sensitive_page_until_she_comes_anew(
    visit: Callable[..., Page],
) -> None:
    page = visit("/fr/", script=True)
    page.route("https://www.meteo.be/**", lambda route: route.fulfill(body="<title>meteo</title>"))
    page.goto("/fr/besoins/danger")
    page.goto("/fr/services/sos-viol")
    page.go_back()
    assert page.url.endswith("/fr/besoins/danger"), "back is back for whoever did not leave"
    page.go_forward()
    page.get_by_role("link", name="Quitter vite").click()
    page.wait_for_url("https://www.meteo.be/**")
    page.evaluate("history.back()")
    page.wait_for_url("**/fr/besoins/danger")
    page.wait_for_url("https://www.meteo.be/**")
    page.goto("/fr/besoins/danger")
    page.goto("/fr/services/sos-viol")
    page.go_back()
    expect(page.get_by_role("link", name="Quitter vite")).to_be_visible()
    assert page.url.endswith("/fr/besoins/danger")


def test_three_presses_of_shift_leave_too(visit: Callable[..., Page]) -> None:
    page = visit("/nl/noden/gevaar", script=True)
    page.route("https://www.meteo.be/**", lambda route: route.fulfill(body="<title>meteo</title>"))
    # All three in one go: a busy machine may not take longer than the second and a half in which they count.
    page.evaluate(
        """() => {
            for (let time = 0; time < 3; time++)
                for (const type of ['keydown', 'keyup'])
                    document.dispatchEvent(new KeyboardEvent(type, {key: 'Shift', bubbles: true}));
        }"""
    )
    page.wait_for_url("https://www.meteo.be/**")


@pytest.mark.control("C26")
def test_quick_exit_is_a_plain_link_without_script(visit: Callable[..., Page]) -> None:
    page = visit("/nl/noden/gevaar")
    link = page.get_by_role("link", name="Snel weg")
    assert link.get_attribute("href") == "https://www.meteo.be/nl"
    assert "noreferrer" in (link.get_attribute("rel") or "")


def test_words_are_suggested_while_typing(visit: Callable[..., Page]) -> None:
    page = visit("/fr/", script=True)
    page.get_by_role("combobox").press_sequentially("épic")
    expect(page.locator("datalist option[value=épicerie]")).to_have_count(1)
