"""Long lists in pages of twenty: no page of the site grows with the directory."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import request, url_for

from guide.languages import Language
from guide.web.ui.urls import query_string, query_value

PAGE_SIZE = 20

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """The items of a page; `before`: how many stand on the pages before it. Pages start at 1."""

    items: Sequence[T]
    number: int
    pages: int
    before: int


def asked_page(lang: Language) -> int:
    """The number of the page that the address asks for; 1 for anything that is no number."""
    text = query_value("page", lang)
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 5 else 1


def page_of(items: Sequence[T], lang: Language, size: int = PAGE_SIZE) -> Page[T]:
    """The page of these items that the address asks for; beyond the last, the last one."""
    pages = max(1, -(-len(items) // size))
    number = min(asked_page(lang), pages)
    before = (number - 1) * size
    return Page(items[before : before + size], number, pages, before)


def address_of_page(number: int, lang: Language, **asked: str) -> str:
    """The address of this list at another of its pages; `asked`: what else stands in the address, by name."""
    path = url_for(request.endpoint or "", **(request.view_args or {}))
    return path + query_string({**asked, "page": str(number) if number > 1 else ""}, lang)
