"""Reading markup: the elements of a page, and what a browser would send of a form in it."""

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from typing import overload

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


def form_values(html: str, form_id: str) -> tuple[str, dict[str, list[str]]]:
    """Where a form goes, and what a browser would send of it untouched. `form_id`: its id, or its address."""
    return form_values_in(read(html), form_id)


def form_values_in(elements: Elements, form_id: str) -> tuple[str, dict[str, list[str]]]:
    """The same, of a page that has been read."""
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
