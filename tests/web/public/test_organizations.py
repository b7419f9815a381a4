"""The page of an organisation and its link with the record of the same key."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide import paths
from guide.model import Service
from tests.pages import PageClient
from tests.rounds import ALL
from tests.words import of_class

ORGANISATIONS = sorted(file.stem for file in (paths.DATA / "organizations").iterdir())
RECORDS = {Path(file).stem for file in (paths.DATA / "services").iterdir()}


PATHS = (("/fr/organismes/", "/fr/services/"), ("/nl/organisaties/", "/nl/diensten/"))


@pytest.fixture(scope="module")
def links(shared_app: Flask) -> dict[str, list[str]]:
    """What the page of every organisation leads to, in both languages, by its address."""
    client, found = PageClient(shared_app), {}
    for path in (organisation + key for organisation, _ in PATHS for key in ORGANISATIONS):
        page = client.get(path)
        assert page.status == 200, path
        found[path] = page.links()
    return found


def test_an_organisation_and_the_record_of_its_key_link_to_each_other(
    client: PageClient, links: dict[str, list[str]]
) -> None:
    keys = [key for key in ORGANISATIONS if key in RECORDS]
    assert keys
    for place, key in enumerate(keys):
        for organisation, record in PATHS:
            assert record + key in links[organisation + key]
        # The page of a record in one of the languages, by turns, and in CI in both.
        for organisation, record in PATHS if ALL else (PATHS[place % 2],):
            assert organisation + key in client.get(record + key).links()


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/fr/organismes/resto-jet", "/fr/services/resto-jet"),
        ("/nl/organisaties/resto-jet", "/nl/diensten/resto-jet"),
        ("/fr/organismes/article-27", "/fr/aides/article-27"),
        ("/nl/organisaties/tig", "/nl/projecten/tig"),
    ],
)
def test_a_record_that_is_no_organisation_redirects_to_its_own_page(
    client: PageClient, path: str, target: str
) -> None:
    page = client.get(path)
    assert page.status == 301
    assert page.headers["Location"] == target


def test_an_unknown_organisation_is_not_found(client: PageClient) -> None:
    for path in ("/fr/organismes/rien", "/nl/organisaties/niets", "/fr/organismes/%00"):
        assert client.get(path).status == 404


def test_the_cpas_shows_what_it_offers(client: PageClient) -> None:
    page = client.get("/fr/organismes/cpas-jette")
    assert len(of_class(page, "card")) >= 10
    assert "/fr/services/mediation-dettes" in page.links()


def test_the_professional_record_is_on_no_organisation(links: dict[str, list[str]]) -> None:
    assert not {"/fr/services/crisis-bxl", "/nl/diensten/crisis-bxl"} & {
        one for found in links.values() for one in found
    }


def test_what_does_not_exist_never_stands_above_what_does(
    links: dict[str, list[str]], directory: Session
) -> None:
    states = {service.key: service.state for service in directory.scalars(select(Service))}
    families = (
        "/fr/services/",
        "/fr/aides/",
        "/fr/projets/",
        "/nl/diensten/",
        "/nl/steun/",
        "/nl/projecten/",
    )
    for path, found in links.items():
        names = [link.rpartition("/")[2] for link in found if link.startswith(families)]
        listed = [states[name] == "existing" for name in names if name in states]
        assert listed == sorted(listed, reverse=True), path
