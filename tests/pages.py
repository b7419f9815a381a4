"""A client that checks every page it fetches, so that no test needs to ask for valid HTML, titles or headers."""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import html5lib
from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

IN_ORDER: set[int] = set()
VOID = {"meta", "link", "img", "br", "input", "hr", "path", "circle", "rect", "use", "line"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    pieces: list[str]

    @property
    def text(self) -> str:
        return "".join(self.pieces)


class Page:
    """A fetched page: its status, headers, raw text, elements, and the words people see; `client` fetched it."""

    def __init__(self, response: TestResponse, client: "PageClient | None" = None) -> None:
        self.client = client
        self.response = response
        self.status = response.status_code
        self.headers = response.headers
        # A PDF has no markup to read.
        self.html = "" if response.mimetype == "application/pdf" else response.get_data(as_text=True)

    @cached_property
    def elements(self) -> list[Element]:
        """Every element, in the order of the page."""
        parser = _Reader()
        parser.feed(self.html)
        parser.close()
        return parser.elements

    @property
    def title(self) -> str:
        return next((element.text for element in self.elements if element.tag == "title"), "")

    @property
    def words(self) -> str:
        """The text of the page without markup, spaces folded."""
        body = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", self.html, flags=re.S)
        return " ".join(_unescape(re.sub(r"<[^>]+>", " ", body)).split())

    @property
    def keys(self) -> list[str]:
        """The services of the result cards, in rank order."""
        return [
            element.attributes["data-key"] for element in self.elements if "data-key" in element.attributes
        ]

    def all(self, tag: str) -> list[Element]:
        return [element for element in self.elements if element.tag == tag]

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
        target, filled = form_values(page.html, form_id)
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

    What was found in order once is not parsed again: pages that differ only in the token of a form.
    """
    content = hash(re.sub(r'name="_jeton" value="[^"]*"', "", page.html))
    if content in IN_ORDER:
        return
    _tree, errors = _parsed(page.html)
    faults = [error for error in errors if error[1] != "expected-doctype-but-got-start-tag"]
    assert not faults, f"invalid HTML: {faults[:3]}"
    html = page.all("html")
    assert html, "a page needs an html element"
    assert html[0].attributes.get("lang") in ("fr", "nl"), "html needs lang fr or nl"
    assert page.title.strip(), "a page needs a title"
    assert len(page.all("h1")) == 1, "a page has one h1"
    ids = [element.attributes["id"] for element in page.elements if "id" in element.attributes]
    assert len(ids) == len(set(ids)), f"ids stand twice: {sorted({i for i in ids if ids.count(i) > 1})}"
    labelled = {element.attributes.get("for") for element in page.all("label")}
    for field in (*page.all("input"), *page.all("select"), *page.all("textarea")):
        if field.attributes.get("type") in ("hidden", "submit"):
            continue
        assert field.attributes.get("id") in labelled, f"a field without label: {field.attributes}"
    for element in page.elements:
        assert "style" not in element.attributes, f"inline style on {element.tag}"
        handlers = [name for name in element.attributes if name.startswith("on")]
        assert not handlers, f"inline handlers on {element.tag}: {handlers}"
        if element.tag == "script":
            assert "src" in element.attributes, "inline script"
        for name in ("src", "href"):
            if (
                element.tag in ("script", "img", "link", "use", "source", "iframe")
                and name in element.attributes
            ):
                rel = element.attributes.get("rel", "")
                if element.tag == "link" and rel in ("canonical", "alternate"):
                    continue
                assert element.attributes[name].startswith(("/", "#")), (
                    f"loads from elsewhere: {element.attributes}"
                )
    levels = [int(element.tag[1]) for element in page.elements if re.fullmatch(r"h[1-6]", element.tag)]
    body_levels = levels[levels.index(1) :]
    jumps = [pair for pair in pairwise(body_levels) if pair[1] - pair[0] > 1]
    assert not jumps, f"heading levels jump: {jumps}"
    IN_ORDER.add(content)


@lru_cache(maxsize=8)
def _parsed(html: str) -> tuple[Any, list[Any]]:
    """The tree of a page and what is wrong with it. Its check and its forms ask for the same."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    return parser.parse(html), parser.errors


def form_values(html: str, form_id: str) -> tuple[str, dict[str, list[str]]]:
    """Where a form goes, and what a browser would send of it untouched. `form_id`: its id, or its address."""
    tree, _errors = _parsed(html)
    found = [form for form in tree.iter("form") if form_id in (form.get("id"), form.get("action"))]
    assert found, f"no form {form_id}: {[form.get('id') or form.get('action') for form in tree.iter('form')]}"
    form = found[0]
    values: dict[str, list[str]] = {}
    for field in form.iter():
        name = field.get("name")
        if not name or field.get("disabled") is not None:
            continue
        if field.tag == "input":
            kind = field.get("type", "text")
            if kind in ("submit", "button", "file", "image"):
                continue
            if kind in ("checkbox", "radio") and field.get("checked") is None:
                continue
            values.setdefault(name, []).append(field.get("value", "on" if kind == "checkbox" else ""))
        elif field.tag == "textarea":
            text = "".join(field.itertext())
            values.setdefault(name, []).append(text.removeprefix("\n").replace("\n", "\r\n"))
        elif field.tag == "select":
            options = list(field.iter("option"))
            chosen = [option for option in options if option.get("selected") is not None]
            if not chosen and field.get("multiple") is None:
                chosen = options[:1]
            for option in chosen:
                values.setdefault(name, []).append(option.get("value", "".join(option.itertext())))
    return form.get("action", ""), values


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, [])
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}, []))

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place].tag == tag:
                del self._open[place:]
                return

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.pieces.append(data)


def _unescape(text: str) -> str:
    import html

    return html.unescape(text)
