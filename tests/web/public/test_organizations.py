"""The page of an organisation and its link with the record of the same key."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide import paths
from guide.model import Organization, Service
from tests.pages import PageClient
from tests.words import of_class

ORGANISATIONS = sorted(file.stem for file in (paths.DATA / "organizations").iterdir())
RECORDS = {Path(file).stem for file in (paths.DATA / "services").iterdir()}


@pytest.mark.parametrize("key", ORGANISATIONS)
def test_every_organisation_answers_in_both_languages(client: PageClient, key: str) -> None:
    for path in (f"/fr/organismes/{key}", f"/nl/organisaties/{key}"):
        assert client.get(path).status == 200


@pytest.mark.parametrize("key", [key for key in ORGANISATIONS if key in RECORDS])
def test_an_organisation_and_the_record_of_its_key_link_to_each_other(client: PageClient, key: str) -> None:
    for organisation, record in (
        ("/fr/organismes/", "/fr/services/"),
        ("/nl/organisaties/", "/nl/diensten/"),
    ):
        assert record + key in client.get(organisation + key).links()
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


def test_the_professional_record_is_on_no_organisation(client: PageClient) -> None:
    for key in ORGANISATIONS:
        assert "/fr/services/crisis-bxl" not in client.get(f"/fr/organismes/{key}").links()


def test_what_does_not_exist_never_stands_above_what_does(app: Flask, directory: Session) -> None:
    states = {service.key: service.state for service in directory.scalars(select(Service))}
    client = PageClient(app)
    for key in directory.scalars(select(Organization.key)):
        families = ("/fr/services/", "/fr/aides/", "/fr/projets/")
        cards = [link for link in client.get(f"/fr/organismes/{key}").links() if link.startswith(families)]
        links = [href.rpartition("/")[2] for href in cards]
        listed = [states[name] == "existing" for name in links if name in states]
        assert listed == sorted(listed, reverse=True), key
