"""The pages about the guide itself."""

import pytest
import yaml

from guide import paths
from tests.pages import PageClient
from tests.words import folded

PAGES = {
    "a-propos": "over-ons",
    "mode-d-emploi": "hoe-werkt-het",
    "accessibilite": "toegankelijkheid",
    "vie-privee": "privacy",
    "donnees-ouvertes": "open-data",
}


@pytest.mark.parametrize(("french", "dutch"), PAGES.items())
def test_every_page_answers_and_is_linked_from_each_footer(
    client: PageClient, french: str, dutch: str
) -> None:
    for path, home in ((f"/fr/{french}", "/fr/"), (f"/nl/{dutch}", "/nl/")):
        assert client.get(path).status == 200
        html = client.get(home).html
        assert f'href="{path}"' in html[html.index("<footer") :]


def test_about_names_every_source_with_its_date_and_no_file_name(client: PageClient) -> None:
    page = client.get("/fr/a-propos")
    sources = yaml.safe_load((paths.DATA / "sources.yaml").read_text(encoding="utf-8"))
    for source in sources:
        title = source["title"].get("fr") or source["title"]["nl"]
        assert folded(title) in page.words
    for ending in (".pdf", ".yaml", ".tsv", ".docx"):
        assert ending not in page.words.lower()


def test_about_states_the_figures_of_the_database(client: PageClient) -> None:
    words = client.get("/fr/a-propos").words
    assert "95 fiches" in words
    fulfilments = yaml.safe_load((paths.DATA / "fulfilments.yaml").read_text(encoding="utf-8"))
    assert f"{len(fulfilments)} liens" in words


def test_privacy_names_the_three_cookies_and_no_other(client: PageClient) -> None:
    page = client.get("/fr/vie-privee")
    assert [folded(code.text) for code in page.all("code")] == ["langue", "liste", "partage"]


def test_the_accessibility_statement_has_a_contact_a_date_and_known_gaps(client: PageClient) -> None:
    words = client.get("/fr/accessibilite").words
    assert "02 422 46 11" in words
    assert "2026" in words
    assert "Qu’est-ce qui manque encore" in words


def test_the_map_data_are_attributed(client: PageClient) -> None:
    for path in ("/fr/a-propos", "/fr/donnees-ouvertes", "/nl/open-data"):
        assert "OpenStreetMap" in client.get(path).words
