"""A client that checks every page it fetches, so that no test needs to ask for valid HTML, titles or headers."""

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html import unescape
from itertools import pairwise
from typing import Any, overload

import html5lib
from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

IN_ORDER: set[int] = set()
WELL_BUILT: set[int] = set()
VOID = {"meta", "link", "img", "br", "input", "hr", "path", "circle", "rect", "use", "line"}


@dataclass(slots=True, frozen=True)
class Element:
    """An element of a page: its tag, its attributes, and the text within it."""

    tag: str
    attributes: dict[str, str]
    text: str
    first: int
    """Where in the page's list of elements those within it begin,"""
    last: int
    """and where the first one after them stands."""


class Elements(Sequence[Element]):
    """The elements of a page in its order, as flat rows: a whole site of them is kept."""

    def __init__(self) -> None:
        self.tags: list[str] = []
        self.attributes: list[dict[str, str]] = []
        self.text = ""
        self.ends = array("I")
        """Of each element three: where its text begins and ends, and the first element after it."""

    def add(self, tag: str, attributes: dict[str, str]) -> int:
        """Takes in an element; its number."""
        self.tags.append(tag)
        self.attributes.append(attributes)
        self.ends.extend((0, 0, 0))
        return len(self.tags) - 1

    def of(self, tag: str) -> list[Element]:
        """Those with this tag."""
        return [self._element(number) for number, name in enumerate(self.tags) if name == tag]

    def within(self, element: Element) -> "list[Element]":
        """Those within one of them."""
        return [self._element(number) for number in range(element.first, element.last)]

    def _element(self, number: int) -> Element:
        start, end, last = self.ends[3 * number : 3 * number + 3]
        return Element(self.tags[number], self.attributes[number], self.text[start:end], number + 1, last)

    def __len__(self) -> int:
        return len(self.tags)

    @overload
    def __getitem__(self, place: int) -> Element: ...
    @overload
    def __getitem__(self, place: slice) -> list[Element]: ...
    def __getitem__(self, place: int | slice) -> Element | list[Element]:
        numbers = range(len(self.tags))[place]
        return self._element(numbers) if isinstance(numbers, int) else [self._element(n) for n in numbers]


class Page:
    """A fetched page: its status, headers, raw text, elements, and the words people see; `client` fetched it."""

    def __init__(self, response: TestResponse, client: "PageClient | None" = None) -> None:
        self.client = client
        self.response = response
        self.status = response.status_code
        self.headers = response.headers

    @property
    def html(self) -> str:
        """The page as text, read from what was sent each time; a PDF has none."""
        return "" if self.response.mimetype == "application/pdf" else self.response.get_data(as_text=True)

    @cached_property
    def elements(self) -> Elements:
        """Every element, in the order of the page."""
        return read(self.html)

    @property
    def title(self) -> str:
        return next((element.text for element in self.elements.of("title")), "")

    @property
    def words(self) -> str:
        """The text of the page without markup, spaces folded."""
        body = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", self.html, flags=re.S)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())

    @property
    def keys(self) -> list[str]:
        """The services of the result cards, in rank order."""
        return [given["data-key"] for given in self.elements.attributes if "data-key" in given]

    def all(self, tag: str) -> list[Element]:
        return self.elements.of(tag)

    def links(self) -> list[str]:
        return [element.attributes["href"] for element in self.all("a") if "href" in element.attributes]


class PageClient:
    """A visitor without JavaScript. `get` and `post` follow nothing; every HTML answer is checked.

    But for one: a search whose words are sealed leads on to its page, as in a browser.
    """

    def __init__(self, app: Flask) -> None:
        self.http = app.test_client()

    def get(self, path: str, **options: Any) -> Page:
        page = self._checked(self.http.get(path, **options))
        sealed = page.headers.get("Location", "") if page.status == 303 else ""
        if re.match(r"/(fr/services/\?recherche|nl/diensten/\?zoekopdracht)=", sealed):
            options.pop("query_string", None)
            return self._checked(self.http.get(sealed, **options))
        return page

    def post(self, path: str, **options: Any) -> Page:
        return self._checked(self.http.post(path, **options))

    def submit(self, page: Page, form_id: str, button: str = "", **values: Any) -> Page:
        """Sends a form of a page as a browser would: its hidden and filled values, with these written over.

        A list ticks several boxes, None leaves the field out; `button` is 'name=value' of the one pressed.
        """
        target, filled = _form_values(page.elements, form_id)
        for name, value in values.items():
            filled.pop(name, None)
            if value is not None:
                filled[name] = list(value) if isinstance(value, list | tuple) else [str(value)]
        if button:
            name, _, value = button.partition("=")
            filled[name] = [value]
        return self.post(target, data=MultiDict(filled))

    def _checked(self, response: TestResponse) -> Page:
        page = Page(response, self)
        check_headers(response)
        if response.mimetype == "text/html" and response.status_code not in (301, 302, 303, 304, 308):
            check_html(page)
        return page


def check_headers(response: TestResponse) -> None:
    """Every answer bears the headers that keep a browser from loading, keeping and telling more than it must."""
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert "Server" not in response.headers or "guide" not in response.headers["Server"].lower()


def check_html(page: Page) -> None:
    """Valid HTML, one h1, a title, `lang`, unique ids, labels on fields, no inline script or style.

    What was found in order once is not looked at again: pages that differ only in the token of a form.
    """
    content = hash(re.sub(r'name="_jeton" value="[^"]*"', "", page.html))
    if content in IN_ORDER:
        return
    check_markup(page.html)
    html = page.all("html")
    assert html, "a page needs an html element"
    assert html[0].attributes.get("lang") in ("fr", "nl"), "html needs lang fr or nl"
    assert page.title.strip(), "a page needs a title"
    assert len(page.all("h1")) == 1, "a page has one h1"
    ids = [given["id"] for given in page.elements.attributes if "id" in given]
    assert len(ids) == len(set(ids)), f"ids stand twice: {sorted({i for i in ids if ids.count(i) > 1})}"
    labelled = {element.attributes.get("for") for element in page.all("label")}
    for tag, given in zip(page.elements.tags, page.elements.attributes, strict=True):
        _check_element(tag, given, labelled)
    levels = [int(tag[1]) for tag in page.elements.tags if re.fullmatch(r"h[1-6]", tag)]
    body_levels = levels[levels.index(1) :]
    jumps = [pair for pair in pairwise(body_levels) if pair[1] - pair[0] > 1]
    assert not jumps, f"heading levels jump: {jumps}"
    IN_ORDER.add(content)


def _check_element(tag: str, given: dict[str, str], labelled: set[str | None]) -> None:
    if tag in ("input", "select", "textarea") and given.get("type") not in ("hidden", "submit"):
        assert given.get("id") in labelled, f"a field without label: {given}"
    assert "style" not in given, f"inline style on {tag}"
    handlers = [name for name in given if name.startswith("on")]
    assert not handlers, f"inline handlers on {tag}: {handlers}"
    if tag == "script":
        assert "src" in given, "inline script"
    if tag not in ("script", "img", "link", "use", "source", "iframe"):
        return
    if tag == "link" and given.get("rel", "") in ("canonical", "alternate"):
        return
    for name in ("src", "href"):
        address = given.get(name, "/")
        assert re.match(r"[#/](?!/)|$", address), f"loads from elsewhere: {given}"


def check_markup(html: str) -> None:
    """The page is valid HTML, as a strict parser reads it.

    That takes long, and most pages are built as another one was, with other words: each build is parsed once.
    """
    for part in _parts(html):
        build = hash(_build(part))
        if build in WELL_BUILT:
            continue
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        parser.parse(part)
        faults = [error for error in parser.errors if error[1] != "expected-doctype-but-got-start-tag"]
        assert not faults, f"invalid HTML: {faults[:3]}"
        WELL_BUILT.add(build)


def _parts(html: str) -> list[str]:
    """The frame, which pages have in common, and what stands in it, each as a page of its own."""
    start, end = html.find("<main"), html.rfind("</main>") + len("</main>")
    if not 0 <= start < end:
        return [html]
    alone = '<!doctype html><html lang="fr"><head><title>x</title></head><body>'
    return [html[:start] + "<main></main>" + html[end:], f"{alone}{html[start:end]}</body></html>"]


_SIGN = re.compile("&(?:amp|lt|gt|quot|#3[49]);")
_VALUE = re.compile(r'(?<!type)="[^"&<>]*"')
_TEXT = re.compile(r"(?<=>)[^<>&\"']+(?=<)")
_ODD = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffd-\uffff\U0001fffe-\U0010ffff]")


def _build(html: str) -> str:
    """What a parser may find fault with: the page without its plain words and without the values of attributes.

    What is left out holds no sign that ends a text or a value, so nothing else is read otherwise without it; but
    for signs that no page may hold: a page with one is its own build. `type` decides where a field may stand.
    """
    if _ODD.search(html):
        return html
    bare = _VALUE.sub('=""', _SIGN.sub("x", html))
    return _TEXT.sub(lambda text: " " if text[0].isspace() else "x", bare)


def form_values(html: str, form_id: str) -> tuple[str, dict[str, list[str]]]:
    """Where a form goes, and what a browser would send of it untouched. `form_id`: its id, or its address."""
    return _form_values(read(html), form_id)


def _form_values(elements: Elements, form_id: str) -> tuple[str, dict[str, list[str]]]:
    forms = elements.of("form")
    found = [form for form in forms if form_id in (form.attributes.get("id"), form.attributes.get("action"))]
    there = [form.attributes.get("id") or form.attributes.get("action") for form in forms]
    assert found, f"no form {form_id}: {there}"
    form = found[0]
    values: dict[str, list[str]] = {}
    for element in elements.within(form):
        name = element.attributes.get("name")
        if name and "disabled" not in element.attributes:
            sent = _sent(element, elements)
            if sent:
                values.setdefault(name, []).extend(sent)
    return form.attributes.get("action", ""), values


def _sent(element: Element, elements: Elements) -> list[str]:
    """What a browser sends of a field that nobody touched."""
    given = element.attributes
    if element.tag == "input":
        kind = given.get("type", "text")
        if kind in ("submit", "button", "file", "image"):
            return []
        if kind in ("checkbox", "radio") and "checked" not in given:
            return []
        return [given.get("value", "on" if kind == "checkbox" else "")]
    if element.tag == "textarea":
        return ["\r\n".join(element.text.removeprefix("\n").split("\n"))]
    if element.tag == "select":
        options = [option for option in elements.within(element) if option.tag == "option"]
        chosen = [option for option in options if "selected" in option.attributes]
        if not chosen and "multiple" not in given:
            chosen = options[:1]
        return [option.attributes.get("value", option.text) for option in chosen]
    return []


_TAG = re.compile(
    r"""<!--.*?-->|<![^>]*>|<(?P<end>/?)(?P<name>[a-zA-Z][^\s/>]*)(?P<given>(?:"[^"]*"|'[^']*'|[^"'>])*)>""",
    re.S,
)
_GIVEN = re.compile(
    r"""(?P<name>[^\s"'<>/=]+)(?:\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"'>]+)))?"""
)


def read(html: str) -> Elements:
    """The elements of a page, in its order. It is checked to be valid elsewhere: nothing is repaired here."""
    html = html.replace("\r\n", "\n").replace("\r", "\n")
    elements = Elements()
    texts: list[str] = []
    length = reached = 0
    still_open: list[int] = []

    def say(text: str) -> None:
        nonlocal length
        texts.append(text)
        length += len(text)

    while (found := _TAG.search(html, reached)) is not None:
        if found.start() > reached:
            say(unescape(html[reached : found.start()]))
        reached = found.end()
        name = (found["name"] or "").lower()
        if found["end"]:
            _close(name, still_open, elements, length)
        elif name:
            number = elements.add(name, _attributes(found["given"]))
            elements.ends[3 * number] = length
            if name in VOID or found["given"].endswith("/"):
                _end(number, elements, length)
            else:
                still_open.append(number)
            if name in ("script", "style"):
                # What it holds is no markup.
                closing = re.compile(f"</{name}", re.I).search(html, reached)
                ends = closing.start() if closing else len(html)
                say(html[reached:ends])
                reached = ends
    say(unescape(html[reached:]))
    for number in still_open:
        _end(number, elements, length)
    elements.text = "".join(texts)
    return elements


@lru_cache(maxsize=20_000)
def _attributes(given: str) -> dict[str, str]:
    # Pages have most elements in common, and a whole site of them is kept: alike ones share this.
    return {
        one["name"].lower(): unescape(one["double"] or one["single"] or one["bare"] or "")
        for one in _GIVEN.finditer(given)
    }


def _close(name: str, still_open: list[int], elements: Elements, length: int) -> None:
    """Ends the innermost open element of this name and all within it; what no element opened ends nothing."""
    for place in range(len(still_open) - 1, -1, -1):
        if elements.tags[still_open[place]] == name:
            for number in still_open[place:]:
                _end(number, elements, length)
            del still_open[place:]
            return


def _end(number: int, elements: Elements, length: int) -> None:
    elements.ends[3 * number + 1] = length
    elements.ends[3 * number + 2] = len(elements)
