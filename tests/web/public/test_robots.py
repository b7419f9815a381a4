"""What search engines read."""

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

from flask import Flask

from tests.crawl import Site, is_left_out
from tests.pages import PageClient

SPACES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def test_robots_names_the_sitemap_keeps_lists_private_and_follows_no_combined_filters(
    client: PageClient,
) -> None:
    page = client.get("/robots.txt")
    assert page.response.mimetype == "text/plain"
    for line in (
        "Disallow: /fr/ma-liste",
        "Disallow: /nl/mijn-lijst",
        "Disallow: /*?*&",
        "Sitemap: http://localhost/sitemap.xml",
    ):
        assert line in page.html.splitlines()


def test_every_address_of_the_sitemap_answers_and_has_its_twin(whole_site: Site, client: PageClient) -> None:
    page = client.get("/sitemap.xml")
    assert page.response.mimetype == "application/xml"
    entries = ElementTree.fromstring(page.html).findall("s:url", SPACES)
    listed = {entry.findtext("s:loc", "", SPACES) for entry in entries}
    assert len(listed) == len(entries) > 2 * (90 + 45 + 50 + 23)
    for entry in entries:
        twins = {link.attrib["hreflang"]: link.attrib["href"] for link in entry.findall("x:link", SPACES)}
        assert set(twins) == {"fr-BE", "nl-BE"}
        assert set(twins.values()) <= listed
        assert entry.findtext("s:loc", "", SPACES) in twins.values()
    for address in sorted(listed):
        path = address.removeprefix("http://localhost")
        if is_left_out(path):
            assert client.http.head(path).status_code == 200, address
        else:
            assert path in whole_site.pages or client.get(path).status == 200, address


def test_the_sitemap_holds_no_list_no_search_and_no_professional_contact(client: PageClient) -> None:
    text = client.get("/sitemap.xml").html
    for part in ("ma-liste", "mijn-lijst", "?", "crisis-bxl", "suggestions"):
        assert part not in text.partition("<urlset")[2]


def test_the_sitemap_bears_the_public_address(make_app: Callable[..., Flask], loaded: Path) -> None:
    client = PageClient(make_app(loaded, site_url="https://gids.example.be"))
    host = {"Host": "gids.example.be"}
    assert "http://localhost" not in client.get("/sitemap.xml", headers=host).html
    assert "<loc>https://gids.example.be/fr/</loc>" in client.get("/sitemap.xml", headers=host).html
    assert "Sitemap: https://gids.example.be/sitemap.xml" in client.get("/robots.txt", headers=host).html
