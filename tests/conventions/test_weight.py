"""Weight over the wire: each part and the first view of a page."""

import gzip
import re

import pytest
from flask import Flask

from guide import paths
from guide.web.ui.assets import asset
from tests.crawl import Site
from tests.pages import PageClient

KB = 1024
LIGHT_PAGES = [
    "/fr/",
    "/nl/",
    "/fr/services/cpas-jette",
    "/nl/diensten/cpas-jette",
    "/fr/services/1712",
    "/fr/plans/pas-2015-2020/precarite-02",
    "/nl/plannen/pasap-2022-2027/46",
]
RESULTS = ["/fr/services/", "/nl/diensten/", "/fr/services/?q=aide", "/nl/diensten/?q=hulp"]
LIMITS = {"css/site.css": 7, "img/sprite.svg": 3, "js/site.js": 4, "vendor/fonts/public-sans.woff2": 17}


def on_the_wire(app: Flask, path: str) -> int:
    """Bytes of the body as a browser receives it."""
    answer = app.test_client().get(path, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    return len(answer.get_data())


def loaded_with(app: Flask, path: str) -> set[str]:
    """What a browser loads to show this page: the addresses, without the page's own."""
    page = PageClient(app).get(path)
    found = {
        e.attributes["href"]
        for e in page.all("link")
        if e.attributes["rel"] not in ("canonical", "alternate")
    }
    found |= {e.attributes["src"] for e in page.elements if "src" in e.attributes}
    found |= {e.attributes["href"].partition("#")[0] for e in page.all("use")}
    return {address for address in found if address}


@pytest.mark.parametrize(("name", "limit"), LIMITS.items())
def test_every_static_part_stays_below_its_limit(app: Flask, name: str, limit: int) -> None:
    content = (paths.STATIC / name).read_bytes()
    if name.endswith(".css"):  # sent without what only a reader of its source needs
        with app.test_request_context():
            size = on_the_wire(app, asset(name))
    else:
        size = len(content) if name.endswith(".woff2") else len(gzip.compress(content, 9))
    assert size <= limit * KB


@pytest.mark.parametrize("path", LIGHT_PAGES)
def test_the_html_of_home_service_and_action_is_at_most_eight_kilobytes(app: Flask, path: str) -> None:
    assert on_the_wire(app, path) <= 8 * KB


@pytest.mark.parametrize("path", RESULTS)
def test_the_html_of_results_is_at_most_twelve_kilobytes(app: Flask, path: str) -> None:
    assert on_the_wire(app, path) <= 12 * KB


@pytest.mark.parametrize("path", LIGHT_PAGES)
def test_a_first_view_is_at_most_forty_kilobytes_in_six_requests(app: Flask, path: str) -> None:
    parts = loaded_with(app, path)
    assert len(parts) + 1 <= 6, sorted(parts)
    assert on_the_wire(app, path) + sum(on_the_wire(app, part) for part in parts) <= 40 * KB


@pytest.mark.parametrize("path", RESULTS)
def test_a_first_view_of_results_is_at_most_forty_five_kilobytes(app: Flask, path: str) -> None:
    parts = loaded_with(app, path)
    assert len(parts) + 1 <= 6, sorted(parts)
    assert on_the_wire(app, path) + sum(on_the_wire(app, part) for part in parts) <= 45 * KB


@pytest.mark.parametrize("path", LIGHT_PAGES[:4])
def test_a_second_view_is_at_most_twelve_kilobytes(app: Flask, path: str) -> None:
    new = loaded_with(app, path) - loaded_with(app, "/fr/")
    assert on_the_wire(app, path) + sum(on_the_wire(app, part) for part in new) <= 12 * KB


def test_no_page_of_a_record_or_an_action_is_heavier_than_eight_kilobytes(whole_site: Site) -> None:
    kinds = (*("services", "diensten", "aides", "steun", "projets", "projecten"), "plans", "plannen")
    heavy = {}
    for path, page in whole_site.html().items():
        if (
            re.fullmatch(rf"/../({'|'.join(kinds)})/([\w-]+/)?[\w-]+", path)
            and 'class="table"' not in page.html
        ):
            size = len(gzip.compress(page.html.encode(), 6))
            if size > 8 * KB:
                heavy[path] = size
    assert not heavy
