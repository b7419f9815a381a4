"""A client that checks every page it fetches, so that no test needs to ask for valid HTML, titles or headers."""

import re
from functools import cached_property
from html import unescape
from itertools import pairwise
from typing import Any

import html5lib
from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.markup import Element, Elements, form_values_in, read

IN_ORDER: set[int] = set()
WELL_BUILT: set[int] = set()


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

    def forget(self) -> None:
        """The next pages are made anew, whatever the application has kept: for whoever replaces a part of it."""
        self.http.application.extensions["guide"].pages.clear()

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
        target, filled = form_values_in(page.elements, form_id)
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
