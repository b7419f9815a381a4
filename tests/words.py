"""Reading pages as people do: the words in each language, elements by class, texts with plain spaces."""

from functools import lru_cache
from html.parser import HTMLParser

from tests.markup import VOID, Element
from tests.pages import Page

SPOKEN_ATTRIBUTES = ("aria-label", "title", "alt", "placeholder")


def folded(text: str) -> str:
    """Text with every run of spaces, no-break ones included, as one space."""
    return " ".join(text.split())


def of_class(page: Page, name: str) -> list[Element]:
    """The elements that bear this class, in the order of the page."""
    return [element for element in page.elements if name in element.attributes.get("class", "").split()]


def words_in(page: Page, language: str) -> str:
    """The words of a page that count as this language: title, texts and spoken attributes, outside other `lang`."""
    return _words_by_language(page.html).get(language, "")


@lru_cache(maxsize=2_000)
def _words_by_language(html: str) -> dict[str, str]:
    """Kept for all pages of the site: several tests ask each for its words."""
    reader = _LanguageReader()
    reader.feed(html)
    reader.close()
    pieces: dict[str, list[str]] = {}
    for lang, text in reader.pieces:
        pieces.setdefault(lang, []).append(text)
    return {lang: folded(" ".join(texts)) for lang, texts in pieces.items()}


class _LanguageReader(HTMLParser):
    """Collects (language, text); the language is that of the nearest element with `lang`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[tuple[str, str]] = []
        self._open: list[tuple[str, str]] = [("", "")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        lang = given.get("lang") or self._open[-1][1]
        self.pieces += [(lang, given[name] or "") for name in SPOKEN_ATTRIBUTES if name in given]
        if tag == "meta" and given.get("name") == "description":
            self.pieces.append((lang, given.get("content") or ""))
        if tag not in VOID:
            self._open.append((tag, lang))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self._open) - 1, 0, -1):
            if self._open[place][0] == tag:
                del self._open[place:]
                return

    def handle_data(self, data: str) -> None:
        tag, lang = self._open[-1]
        if tag not in ("script", "style", "code"):
            self.pieces.append((lang, data))
