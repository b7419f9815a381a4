"""Addresses: the twin of every page, hreflang, canonical links, and the public address of the site."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests.pages import Page, PageClient
from tests.words import of_class

TWINS = [
    ("/fr/", "/nl/"),
    ("/fr/services/", "/nl/diensten/"),
    ("/fr/services/resto-jet", "/nl/diensten/resto-jet"),
    ("/fr/aides/article-27", "/nl/steun/article-27"),
    ("/fr/projets/guide-social", "/nl/projecten/guide-social"),
    ("/fr/besoins/faim", "/nl/noden/honger"),
    ("/fr/organismes/cpas-jette", "/nl/organisaties/cpas-jette"),
    ("/fr/vos-droits", "/nl/uw-rechten"),
    ("/fr/langues", "/nl/talen"),
    ("/fr/carte", "/nl/kaart"),
    ("/fr/urgence", "/nl/dringend"),
    ("/fr/ma-liste", "/nl/mijn-lijst"),
    ("/fr/ma-liste/imprimer", "/nl/mijn-lijst/afdrukken"),
    ("/fr/plans/", "/nl/plannen/"),
    ("/fr/plans/pas-2015-2020/", "/nl/plannen/pas-2015-2020/"),
    ("/fr/plans/pas-2015-2020/precarite-02", "/nl/plannen/pas-2015-2020/precarite-02"),
    ("/fr/plans/pasap-2022-2027/46", "/nl/plannen/pasap-2022-2027/46"),
    ("/fr/plans/pas-2015-2020/couverture", "/nl/plannen/pas-2015-2020/dekking"),
    ("/fr/a-propos", "/nl/over-ons"),
    ("/fr/mode-d-emploi", "/nl/hoe-werkt-het"),
    ("/fr/accessibilite", "/nl/toegankelijkheid"),
    ("/fr/vie-privee", "/nl/privacy"),
    ("/fr/donnees-ouvertes", "/nl/open-data"),
]
QUERIES = [
    ("/fr/services/?q=colis+alimentaire", "/nl/diensten/?q=colis+alimentaire"),
    ("/fr/services/?q=l%27%C3%A9cole+%26+%2B", "/nl/diensten/?q=l%27%C3%A9cole+%26+%2B"),
    ("/fr/services/?ouvert=1&gratuit=1", "/nl/diensten/?open=1&gratis=1"),
    ("/fr/services/?sans-rdv=1&chaise-roulante=1", "/nl/diensten/?zonder-afspraak=1&rolstoel=1"),
    ("/fr/services/?langue=nl&quartier=mercier", "/nl/diensten/?taal=nl&wijk=mercier"),
    ("/fr/services/?besoin=faim&public=everyone", "/nl/diensten/?nood=faim&doelgroep=everyone"),
    ("/fr/services/?q=aide&page=2", "/nl/diensten/?q=aide&pagina=2"),
    ("/fr/plans/pas-2015-2020/?etat=covered", "/nl/plannen/pas-2015-2020/?stand=covered"),
    ("/fr/ma-liste?s=huys%2C3qty", "/nl/mijn-lijst?s=huys%2C3qty"),
    ("/fr/ma-liste/imprimer?s=huys", "/nl/mijn-lijst/afdrukken?s=huys"),
]


def switch(page: Page) -> str:
    """Where the language switch of a page leads."""
    return of_class(page, "switch")[0].attributes["href"]


def alternates(page: Page) -> dict[str, str]:
    return {
        link.attributes["hreflang"]: link.attributes["href"]
        for link in page.all("link")
        if link.attributes["rel"] == "alternate"
    }


def canonical(page: Page) -> str:
    return next(link.attributes["href"] for link in page.all("link") if link.attributes["rel"] == "canonical")


@pytest.mark.parametrize(("french", "dutch"), TWINS + QUERIES)
def test_the_language_switch_keeps_page_query_and_filters(
    client: PageClient, french: str, dutch: str
) -> None:
    assert switch(client.get(french)) == dutch
    assert switch(client.get(dutch)) == french


def test_the_switch_bears_the_language_it_leads_to(client: PageClient) -> None:
    for path, lang in (("/fr/", "nl"), ("/nl/", "fr")):
        link = of_class(client.get(path), "switch")[0]
        assert link.attributes["lang"] == link.attributes["hreflang"] == lang


@pytest.mark.parametrize("query", ["utm_source=x", "q=faim&evil=%22%3E", "page=2&gclid=1"])
def test_what_the_guide_does_not_know_is_not_carried_along(client: PageClient, query: str) -> None:
    page = client.get(f"/fr/services/?{query}")
    for word in ("utm_source", "evil", "gclid"):
        assert word not in switch(page)
        assert word not in canonical(page)


@pytest.mark.parametrize(("french", "dutch"), TWINS)
def test_alternate_links_are_absolute_and_symmetrical(client: PageClient, french: str, dutch: str) -> None:
    pages = [client.get(french), client.get(dutch)]
    links = alternates(pages[0])
    assert links == alternates(pages[1])
    assert links["fr-BE"] == links["x-default"] == "http://localhost" + french
    assert links["nl-BE"] == "http://localhost" + dutch
    assert [canonical(page) for page in pages] == [links["fr-BE"], links["nl-BE"]]


def robots(page: Page) -> list[str]:
    return [
        meta.attributes["content"] for meta in page.all("meta") if meta.attributes.get("name") == "robots"
    ]


@pytest.mark.parametrize("path", ["/nl/mijn-lijst?s=8d48", "/fr/ma-liste/imprimer?s=8d48"])
def test_somebodys_list_is_kept_by_no_search_engine_and_no_shared_cache(
    client: PageClient, path: str
) -> None:
    page = client.get(path)
    assert robots(page) == ["noindex"]
    assert page.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("path", "known_as"),
    [
        ("/fr/services/?q=faim", "/fr/services/"),
        ("/nl/diensten/?q=honger&gratis=1&pagina=2", "/nl/diensten/"),
        ("/nl/mijn-lijst?s=8d48", "/nl/mijn-lijst"),
    ],
)
def test_a_search_engine_is_led_to_the_page_without_somebodys_words(
    client: PageClient, path: str, known_as: str
) -> None:
    page = client.get(path)
    assert canonical(page) == "http://localhost" + known_as
    assert not [address for address in alternates(page).values() if "?" in address]
    assert page.headers["Cache-Control"] == "private, no-cache"


def test_what_is_typed_in_despair_is_listed_nowhere(client: PageClient) -> None:
    page = client.get("/fr/services/?q=je+veux+mourir")
    assert robots(page) == ["noindex"]
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.control("C21")
def test_the_public_address_is_the_operators_and_not_the_visitors(
    make_app: Callable[..., Flask], loaded: Path
) -> None:
    client = PageClient(make_app(loaded, site_url="https://gids.example.be"))
    for host in ("gids.example.be", "localhost", "127.0.0.1:8000"):
        page = client.get("/fr/services/resto-jet", headers={"Host": host})
        assert page.status == 200
        assert canonical(page) == "https://gids.example.be/fr/services/resto-jet"
        assert set(alternates(page).values()) == {
            "https://gids.example.be/fr/services/resto-jet",
            "https://gids.example.be/nl/diensten/resto-jet",
        }
        assert "https://gids.example.be/s/huys" in page.words


@pytest.mark.control("C21")
@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "gids.example.be.evil.example",
        "evil.example:80",
        "gids.example.be@evil.example",
        "a b",
        "",
    ],
)
def test_another_host_is_refused_once_the_public_address_is_set(
    make_app: Callable[..., Flask], loaded: Path, host: str
) -> None:
    client = PageClient(make_app(loaded, site_url="https://gids.example.be"))
    for path in ("/fr/services/resto-jet", "/", "/s/huys", "/sitemap.xml", "/robots.txt"):
        page = client.get(path, headers={"Host": host})
        assert page.status == 400
        assert "evil" not in page.html
        assert "evil" not in page.headers.get("Location", "")


def test_without_a_setting_the_address_being_asked_is_used(client: PageClient) -> None:
    page = client.get("/fr/", headers={"Host": "127.0.0.1:8000"})
    assert canonical(page) == "http://127.0.0.1:8000/fr/"


@pytest.mark.control("C21")
def test_redirects_stay_on_the_site(client: PageClient) -> None:
    for path in ("/", "/s/8d48", "/fr/services", "/fr/projets/resto-jet", "/fr/plans/pasap-2022-2027/01"):
        location = client.get(path, headers={"Accept-Language": "fr"}).headers["Location"]
        assert location.startswith(("/", "http://localhost/")), location
        assert not location.startswith("//")
        # Asked under another name, the guide answers with no page and no address at all.
        other = client.get(path, headers={"Host": "evil.example"})
        assert other.status == 400
        assert "Location" not in other.headers


@pytest.mark.control("C21")
@pytest.mark.parametrize(
    "path", ["//evil.example", "//evil.example/", "//evil.example/fr", "/fr//evil.example", "/\\evil"]
)
def test_no_address_redirects_to_another_host(client: PageClient, path: str) -> None:
    page = client.get("/", environ_overrides={"PATH_INFO": path, "REQUEST_URI": path})
    location = page.headers.get("Location", "/")
    assert page.status in (301, 308, 404)
    assert location.startswith(("/", "http://localhost/"))
    assert not location.startswith("//")
