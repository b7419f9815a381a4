"""Our font holds the letters of French and Dutch: what is set in it comes whole from it, and nothing else is."""

import re
import unicodedata
from functools import cache
from html.parser import HTMLParser

import pytest
from fontTools.ttLib import TTFont

from guide import paths
from guide.languages import LANGUAGES
from tests.crawl import Site
from tests.data_files import data_file
from tests.markup import VOID
from tests.pages import PageClient

CSS = (paths.STATIC / "css" / "site.css").read_text(encoding="utf-8")
TONGUES = data_file("other_languages.yaml")


@cache
def own_letters() -> frozenset[str]:
    font = TTFont(paths.STATIC / "vendor" / "fonts" / "public-sans.woff2")
    return frozenset(map(chr, font.getBestCmap()))


class Letters(HTMLParser):
    """The letters of a page by the language they are marked with, fields included."""

    def __init__(self) -> None:
        super().__init__()
        self.languages: list[str] = [""]
        self.found: dict[str, set[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        language = named.get("lang") or self.languages[-1]
        if tag not in VOID:
            self.languages.append(language)
        if named.get("type") != "hidden":
            self._note(named.get("value") or "", language)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and len(self.languages) > 1:
            self.languages.pop()

    def handle_data(self, data: str) -> None:
        self._note(data, self.languages[-1])

    def _note(self, text: str, language: str) -> None:
        letters = {letter for letter in text if unicodedata.category(letter)[0] in "LM"}
        self.found.setdefault(language, set()).update(letters)


def letters_of(html: str) -> dict[str, set[str]]:
    reader = Letters()
    reader.feed(re.sub(r"<(script|style|svg)\b.*?</\1>", "", html, flags=re.S))
    return reader.found


def in_our_font(html: str) -> set[str]:
    """The letters of a page that are set in our font and that it has not."""
    found = letters_of(html)
    return set().union(*(found.get(side, set()) for side in LANGUAGES)) - own_letters()


def test_only_french_and_dutch_are_set_in_our_font() -> None:
    # Whatever bears a `lang` leaves our font, unless it is French or Dutch; its children follow it.
    rules = dict(re.findall(r"^((?:\[lang[^\]]*\](?:, )?)+) \{ font-family: ([^;]+); \}$", CSS, flags=re.M))
    assert list(rules) == ["[lang]", '[lang="fr"], [lang="nl"]']
    assert "Public Sans" not in rules["[lang]"]
    assert "var(--font)" not in rules["[lang]"]
    assert rules["[lang]"].startswith("system-ui")
    assert rules['[lang="fr"], [lang="nl"]'] == "var(--font)"
    assert re.search(r'--font: "Public Sans"', CSS)
    for file in sorted((paths.STATIC / "css").glob("*.css")):
        # Named where it is loaded and where the variable is set, nowhere else.
        rest = re.sub(r"@font-face\{.*?\}|--font: [^;]+;", "", file.read_text(encoding="utf-8"))
        assert "Public Sans" not in rest, file.name


def test_every_letter_of_every_page_is_in_the_font_it_is_set_in(whole_site: Site) -> None:
    strange = {path: found for path, page in whole_site.html().items() if (found := in_our_font(page.html))}
    assert not strange


@pytest.mark.parametrize("place", range(len(TONGUES)), ids=lambda place: TONGUES[place]["code"])
def test_words_of_another_language_are_marked_where_a_search_repeats_them(
    client: PageClient, place: int
) -> None:
    tongue, path = TONGUES[place], ("/fr/services/", "/nl/diensten/")[place % 2]
    for sentence in (list(tongue["needs"].values())[place % 7], tongue["crises"][place]["says"][0]):
        page = client.get(path, query_string={"q": sentence})
        while page.status == 303:
            page = client.get(page.headers["Location"])
        assert page.status == 200
        assert not in_our_font(page.html), sentence


def test_the_reader_of_letters_sees_a_letter_that_our_font_lacks() -> None:
    page = (
        '<html lang="fr"><p>Bonjour <b lang="pl">łóżko<i lang="fr">là</i></b> ł <input value="ę"></p></html>'
    )
    assert in_our_font(page) == {"ł", "ę"}
    assert letters_of(page)["pl"] == set("łóżko")
