"""The whole site as a visitor can click it, fetched and checked once for all tests that need it."""

import re
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import urljoin, urlsplit
from zlib import crc32

from flask import Flask

from guide.languages import LANGUAGES
from tests.pages import Page, PageClient
from tests.rounds import ALL

START = ("/", "/fr/", "/nl/")
REDIRECTS = (301, 302, 303, 308)


ALIKE = re.compile(
    r"/(fr/services|nl/diensten)/[^/]+/[^/?]+"  # an error is told of a listing,
    r"|/(fr/relais|nl/doorverwijzing)/[^/?]+\?.*"  # a sheet begun for one,
    r"|/(fr/besoins|nl/noden)/[^/]+/[^/?]+\?.*"  # a question of a need answered
)
"""Pages that ask the same of each listing, a third of the site: a part of them is enough here, CI looks at all."""

IN_TURN = re.compile(r"/(fr|nl)/(?:(?:services|diensten)/|(?:plans|plannen)/[^/]+/(?=\d))([^/?]+)")
"""The page of a listing or of an action: here in one language, by turns, CI looks at both."""


def is_left_out(path: str) -> bool:
    """Is it one of many alike that this run does not look at?"""
    if ALL:
        return False
    if (one := IN_TURN.fullmatch(path)) is not None:
        return one[1] != LANGUAGES[crc32(one[2].encode()) % 2]
    return bool(ALIKE.fullmatch(path)) and crc32(path.encode()) % 8 != 0


@dataclass
class Site:
    """What was reached: pages by address, redirects, and for every address a page that links to it."""

    pages: dict[str, Page] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    linked_from: dict[str, str] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    """PDFs that are there, by address."""

    def html(self, language: str | None = None) -> dict[str, Page]:
        """The HTML pages by address, of one language when it is named."""
        start = f"/{language}/" if language else "/"
        return {
            path: page
            for path, page in self.pages.items()
            if path.startswith(start) and page.response.mimetype == "text/html"
        }


@cache
def crawled(app: Flask) -> Site:
    """Follows every link from the door and both home pages, without cookies.

    Links with a query are followed from pages without one, and no further: filters combine without end.
    """
    client, site = PageClient(app), Site()
    todo = list(START)
    while todo:
        path = todo.pop(0)
        if path in site.pages or path in site.redirects or path in site.files or is_left_out(path):
            continue
        if urlsplit(path).path.endswith(".pdf"):
            # Asked as a browser that has the file already: is it there? What it holds has tests of its own,
            # and setting two hundred of them takes minutes.
            answer = client.http.get(path, headers={"If-None-Match": "*"})
            if answer.status_code == 304:
                site.files.add(path)
                continue
        page = client.get(path)
        if page.status in REDIRECTS:
            site.redirects[path] = page.headers["Location"]
            found = [page.headers["Location"]]
        else:
            site.pages[path] = page
            found = page.links()
        for link in found:
            target = urljoin(path, link).partition("#")[0]
            if not target.startswith("/") or target.startswith("//"):
                continue
            site.linked_from.setdefault(target, path)
            if not (urlsplit(path).query and urlsplit(target).query):
                todo.append(target)
    return site
