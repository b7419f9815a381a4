"""In the language of the words: panels, the calm line, the first line of results, the names on every page."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from guide import paths
from guide.database import writing
from guide.model import OtherLanguage
from guide.web.ui.request_context import Guide
from tests.crawl import Site
from tests.pages import Page, PageClient
from tests.rounds import ALL

pytestmark = pytest.mark.usefixtures("database_kind")

TONGUES: list[dict[str, Any]] = yaml.safe_load(
    (paths.DATA / "other_languages.yaml").read_text(encoding="utf-8")
)
CODES = [tongue["code"] for tongue in TONGUES]
BY_CODE = {tongue["code"]: tongue for tongue in TONGUES}
ASKED = [
    (code, lang)
    for place, code in enumerate(CODES)
    for lang in (("fr", "nl") if ALL else ("fr", "nl")[place % 2 :: 2])
]
"""On pages of both languages in CI; elsewhere of one, by turns."""
RESULTS = {"fr": "/fr/services/", "nl": "/nl/diensten/"}
PAGE_OF_LANGUAGES = {"fr": "/fr/langues", "nl": "/nl/talen"}


def search(client: PageClient, lang: str, words: str) -> Page:
    """The answer to a search; one whose words are sealed is followed."""
    page = client.get(RESULTS[lang], query_string={"q": words})
    while page.status == 303:
        page = client.get(page.headers["Location"])
    assert page.status == 200
    return page


def crisis_record(code: str, crisis: str) -> dict[str, Any]:
    return next(one for one in BY_CODE[code]["crises"] if one["crisis"] == crisis)


def panel_keys(page: Page) -> list[str]:
    return [e.attributes["data-crisis"] for e in page.elements if "data-crisis" in e.attributes]


def in_panel(page: Page) -> str:
    """The markup of the first panel up to where it is said again in the page's own language."""
    return page.html.partition("data-crisis=")[2].partition("<details")[0]


@pytest.mark.parametrize(("code", "lang"), ASKED)
def test_a_panel_answers_in_the_language_of_the_words(client: PageClient, code: str, lang: str) -> None:
    tongue, words = BY_CODE[code], crisis_record(code, "violence")
    page = search(client, lang, words["says"][0])
    assert panel_keys(page) == ["violence"]
    panel = in_panel(page)
    assert f'<div lang="{code}" dir="{tongue["direction"]}">' in panel
    text = page.words
    for said in (
        words["title"],
        words["advice"],
        *(tongue["frame"][one] for one in ("danger", "talk", "unread")),
    ):
        assert said in text
    assert 'href="tel:112"' in panel
    assert 'href="tel:101"' in panel
    assert tongue["lines"]["urgence-112"] in panel


@pytest.mark.parametrize("code", CODES)
def test_the_panels_of_each_language_say_their_title_and_that_nobody_read_them_yet(
    client: PageClient, code: str
) -> None:
    tongue = BY_CODE[code]
    # Each language a few, so that every crisis is seen in two of them.
    for words in tongue["crises"][CODES.index(code) % 5 :: 5]:
        page = search(client, ("fr", "nl")[CODES.index(code) // 5], words["says"][0])
        assert panel_keys(page)[0] == words["crisis"], words["says"]
        assert words["title"] in page.words
        assert tongue["frame"]["unread"] in page.words


def test_a_panel_says_which_languages_each_line_speaks(client: PageClient) -> None:
    page = search(client, "fr", crisis_record("en", "suicide")["says"][0])
    panel = in_panel(page)
    assert "Speaks: French." in panel
    assert "Speaks: Dutch." in panel
    assert "Speaks: English" in panel  # a line that speaks it says so first
    assert "français" not in panel


def test_figures_and_names_keep_their_direction_in_arabic(client: PageClient) -> None:
    page = search(client, "nl", crisis_record("ar", "violence")["says"][0])
    panel = in_panel(page)
    assert panel.count('<bdi class="nw" dir="ltr">') == panel.count('class="dial"') > 3
    assert '<bdi lang="nl">' in panel


@pytest.mark.parametrize(
    ("lang", "title"), [("fr", "Quelqu’un vous fait du mal ?"), ("nl", "Doet iemand u pijn?")]
)
def test_the_panel_of_the_page_follows_for_somebody_who_helps(
    client: PageClient, lang: str, title: str
) -> None:
    page = search(client, lang, crisis_record("tr", "violence")["says"][0])
    helper = page.html.partition("data-crisis=")[2].partition("<details")[2].partition("</details>")[0]
    assert title in helper.replace("\xa0", " ")
    assert BY_CODE["tr"]["frame"]["helper"] in helper


@pytest.mark.parametrize(("code", "lang"), ASKED)
def test_a_query_in_another_language_leads_to_its_help_before_the_results(
    client: PageClient, code: str, lang: str
) -> None:
    for sentence in list(BY_CODE[code]["needs"].values())[CODES.index(code) % 3 : -1 : 3]:
        page = search(client, lang, sentence)
        lead = f'<a class="solo" href="{PAGE_OF_LANGUAGES[lang]}#{code}">{BY_CODE[code]["frame"]["help"]}</a>'
        assert lead in page.html
        assert page.keys, sentence
        assert page.html.index(lead) < page.html.index("data-key=")


def test_the_search_box_keeps_the_words_in_their_language(client: PageClient) -> None:
    page = search(client, "fr", BY_CODE["ar"]["needs"]["sante"])
    box = next(e for e in page.all("input") if e.attributes["name"] == "q")
    assert (box.attributes["lang"], box.attributes["dir"]) == ("ar", "auto")
    plain = next(e for e in search(client, "fr", "médecin").all("input") if e.attributes["name"] == "q")
    assert "lang" not in plain.attributes


def chips(page: Page) -> list[str]:
    """The languages named in the page itself, not in its header."""
    return [
        e.attributes["lang"]
        for e in page.all("a")
        if e.attributes.get("class") == "chip" and "/#" not in e.attributes["href"] and "lang" in e.attributes
    ]


@pytest.mark.parametrize(
    "path", ["/fr/services/?q=zzzqqqxx", "/nl/diensten/?q=zzzqqqxx", "/fr/nulle-part", "/nl/nergens"]
)
def test_a_page_without_result_names_the_languages(client: PageClient, path: str) -> None:
    assert chips(client.get(path)) == CODES


def test_letters_of_no_language_of_ours_lead_to_the_names_first(client: PageClient) -> None:
    page = search(client, "fr", "ምግብ እፈልጋለሁ")
    assert chips(page) == CODES
    assert page.html.index('class="chip"') < page.html.index('id="results"')


@pytest.mark.parametrize(("lang", "order"), [("fr", ["107", "106"]), ("nl", ["106", "107"])])
def test_the_calm_line_is_in_the_language_of_the_words(
    client: PageClient, lang: str, order: list[str]
) -> None:
    page = search(client, lang, "ققق ظظظ ضضض")
    line = next(e for e in page.elements if "data-calm" in e.attributes)
    assert (line.attributes["lang"], line.attributes["dir"]) == ("ar", "rtl")
    html = page.html.partition("data-calm")[2].partition("</p>")[0]
    assert BY_CODE["ar"]["frame"]["need_to_talk"] in html
    places = [html.index(f'href="tel:{number}"') for number in [*order, "112", "101"]]
    assert places == sorted(places)


def test_the_names_of_the_languages_stand_in_the_header_of_every_page(whole_site: Site) -> None:
    for path, page in whole_site.html().items():
        header = page.html.partition('<header class="top">')[2].partition("</header>")[0]
        if header:
            lang = "nl" if path.startswith("/nl/") else "fr"
            for tongue in TONGUES:
                link = f'<a href="{PAGE_OF_LANGUAGES[lang]}#{tongue["code"]}" lang="{tongue["code"]}">'
                assert link + tongue["name"] in header, path


def test_the_page_of_danger_is_asked_for_in_a_language_and_says_its_panel_in_it(client: PageClient) -> None:
    page = client.get("/nl/talen")
    link = next(one for one in page.links() if one.endswith("gevaar?taal=ar"))
    asked = client.get(link)
    assert panel_keys(asked) == ["violence"]
    assert crisis_record("ar", "violence")["title"] in asked.words
    assert "noindex" in asked.html
    assert "/fr/besoins/danger?langue=ar" in asked.links()  # the switch keeps it
    plain = client.get("/nl/noden/gevaar")
    assert crisis_record("ar", "violence")["title"] not in plain.words
    assert client.get("/nl/noden/gevaar?taal=%22%3E").status == 200


def test_without_the_words_around_a_panel_the_page_gives_its_own(
    instance: Path, make_app: Callable[..., Flask]
) -> None:
    app = make_app(instance)
    guide: Guide = app.extensions["guide"]
    with Session(writing(guide.engine)) as session:
        session.execute(update(OtherLanguage).values(frame={}, lines={}))
        session.commit()
    page = search(PageClient(app), "fr", crisis_record("es", "violence")["says"][0])
    assert panel_keys(page) == ["violence"]
    assert "Quelqu’un vous fait du mal" in page.words


@pytest.mark.parametrize("code", CODES)
def test_no_mark_stands_alone_after_hours_that_are_a_line_of_their_own(client: PageClient, code: str) -> None:
    page = search(client, "nl", crisis_record(code, "forced-marriage")["says"][0])
    assert "forced-marriage" in panel_keys(page)
    panel = in_panel(page)
    assert 'href="https://' in panel
    assert 'class="own"' in panel
    assert not re.search(r"</bdi>\s*[،,.]", panel.replace('<bdi class="nw"', ""))
