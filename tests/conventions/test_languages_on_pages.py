"""No French sentence on a Dutch page, no Dutch one on a French page, and no English on either."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import pytest
from babel.messages.pofile import read_po

from guide import paths
from guide.languages import Language
from tests.crawl import Site
from tests.data_files import data_file
from tests.pages import Page, PageClient
from tests.words import folded, words_in

LEAST = 3
"""Fewer words may be a name that both languages share."""

ENGLISH = {
    *("the", "and", "with", "your", "you", "this", "that", "these", "from", "which", "about", "between"),
    *(
        "when",
        "where",
        "what",
        "been",
        "would",
        "should",
        "could",
        "results",
        "click",
        "here",
        "less",
        "next",
    ),
    *(
        "previous",
        "contributors",
        "loading",
        "submit",
        "login",
        "welcome",
        "announced",
        "covered",
        "proposed",
    ),
}
"""Common words that are neither French nor Dutch; "contributors" stands in a credit that must bear lang=en."""

_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%")
_WORD = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*")


def words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def sides(value: Any) -> Iterator[dict[str, Any]]:
    """Every bilingual value of a data file, however deep it stands."""
    if isinstance(value, dict):
        if value and set(value) <= {"fr", "nl"}:
            yield value
        else:
            for part in value.values():
                yield from sides(part)
    elif isinstance(value, list):
        for part in value:
            yield from sides(part)


@cache
def data_texts(lang: Language) -> tuple[str, ...]:
    """What the data say in this language and also, in other words, in the other one."""
    twin = "nl" if lang == "fr" else "fr"
    own: set[str] = set()
    others: set[str] = set()
    folders = ("services", "organizations", "plans", ".")
    for file in (file for folder in folders for file in sorted((paths.DATA / folder).glob("*.yaml"))):
        for pair in sides(data_file(file.relative_to(paths.DATA).as_posix())):
            if isinstance(pair.get(lang), str) and isinstance(pair.get(twin), str):
                own.add(folded(pair[lang]))
                others.add(folded(pair[twin]))
    return tuple(sorted(text for text in own - others if len(words(text)) >= LEAST))


@cache
def interface_texts(lang: Language) -> tuple[str, ...]:
    """The sentences of the interface; those with a placeholder in their longest unbroken part."""
    with (paths.TRANSLATIONS / "nl" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale="nl")
    own: set[str] = set()
    others: set[str] = set()
    for message in catalogue:
        if not message.id:
            continue
        french = tuple(message.id) if isinstance(message.id, tuple | list) else (message.id,)
        dutch = tuple(message.string) if isinstance(message.string, tuple | list) else (message.string or "",)
        own.update(french if lang == "fr" else dutch)
        others.update(dutch if lang == "fr" else french)
    parts = {max((folded(part) for part in _PLACEHOLDER.split(text)), key=len) for text in own if text}
    return tuple(sorted(text for text in parts - others if len(words(text)) >= LEAST))


def strangers(whole_site: Site, page_lang: Language, texts: Iterable[str]) -> dict[str, str]:
    """The texts that stand on pages of this language outside elements of another: text → one page that bears it."""
    by_start: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for text in texts:
        by_start[tuple(words(text)[:LEAST])].append(text)
    found: dict[str, str] = {}
    for path, page in whole_site.html(page_lang).items():
        shown = words_in(page, page_lang)
        flow = words(shown)
        for start in set(zip(*(flow[place:] for place in range(LEAST)), strict=False)) & by_start.keys():
            for text in by_start[start]:
                if text in shown:
                    found.setdefault(text, path)
    return found


@pytest.mark.parametrize(("page_lang", "text_lang"), [("nl", "fr"), ("fr", "nl")])
def test_no_text_of_the_data_stands_in_the_wrong_language(
    whole_site: Site, page_lang: Language, text_lang: Language
) -> None:
    assert len(data_texts(text_lang)) > 900
    assert not strangers(whole_site, page_lang, data_texts(text_lang))


@pytest.mark.parametrize(("page_lang", "text_lang"), [("nl", "fr"), ("fr", "nl")])
def test_no_sentence_of_the_interface_stands_in_the_wrong_language(
    whole_site: Site, page_lang: Language, text_lang: Language
) -> None:
    assert len(interface_texts(text_lang)) > 100
    assert not strangers(whole_site, page_lang, interface_texts(text_lang))


@pytest.mark.parametrize("page_lang", ["fr", "nl"])
def test_no_english_word_stands_outside_its_own_lang(whole_site: Site, page_lang: Language) -> None:
    found = {
        (word, path)
        for path, page in whole_site.html(page_lang).items()
        for word in set(words(words_in(page, page_lang))) & ENGLISH
    }
    assert not sorted(found)[:20]


@pytest.mark.parametrize("page_lang", ["fr", "nl"])
def test_every_page_is_in_the_language_of_its_address(whole_site: Site, page_lang: Language) -> None:
    for path, page in whole_site.html(page_lang).items():
        assert page.all("html")[0].attributes["lang"] == page_lang, path


def test_a_page_and_its_twin_do_not_read_the_same(whole_site: Site, client: PageClient) -> None:
    french = {page.title for page in whole_site.html("fr").values()}
    dutch = {page.title for page in whole_site.html("nl").values()}
    # Outside CI the page of a listing and of an action is crawled in one language.
    for path in ("plans/pasap-2022-2027/46", "services/cpas-jette", "services/resto-jet"):
        french.add(client.get(f"/fr/{path}").title)
        dutch.add(client.get(f"/nl/{path.replace('plans', 'plannen').replace('services', 'diensten')}").title)
    shared = {title.partition(" – ")[0] for title in french} & {title.partition(" – ")[0] for title in dutch}
    assert len(shared) < 40, "only proper names may be titles in both languages"


def test_titles_are_unique_among_pages_without_a_query(whole_site: Site) -> None:
    for lang in ("fr", "nl"):
        by_title: dict[str, list[str]] = defaultdict(list)
        for path, page in whole_site.html(lang).items():
            # Sensitive pages share a neutral title on purpose: a shared computer's history tells nothing.
            neutral = page.title.startswith(("Aide et écoute", "Hulp en een luisterend oor"))
            if "?" not in path and not neutral:
                by_title[page.title].append(path)
        twice = {
            title: paths_
            for title, paths_ in by_title.items()
            if len({path.rpartition("/")[2] for path in paths_}) > 1
        }
        assert not twice


def description(page: Page) -> str:
    (found,) = (meta for meta in page.all("meta") if meta.attributes.get("name") == "description")
    return found.attributes["content"]


def test_every_page_says_in_a_sentence_what_it_is_for_whoever_lists_it(
    whole_site: Site, client: PageClient
) -> None:
    for path, page in whole_site.html().items():
        assert 0 < len(description(page)) <= 160, path
    assert "épicerie sociale" in description(client.get("/fr/services/caba-jette"))
    assert "sociale kruidenier" in description(client.get("/nl/diensten/caba-jette"))
    # A sensitive page says nothing of itself outside itself.
    assert description(client.get("/nl/diensten/1712")) == description(client.get("/nl/"))
