"""In other languages: each section in its own language and direction, leading to pages that exist."""

from typing import Any

import pytest

from tests.data_files import data_file
from tests.pages import PageClient

TONGUES: list[dict[str, Any]] = data_file("other_languages.yaml")


@pytest.mark.parametrize("path", ["/fr/langues", "/nl/talen"])
def test_every_language_bears_its_own_lang_and_direction(client: PageClient, path: str) -> None:
    page = client.get(path)
    sections = {e.attributes["id"]: e.attributes for e in page.all("section") if "dir" in e.attributes}
    assert set(sections) == {tongue["code"] for tongue in TONGUES}
    for tongue in TONGUES:
        assert sections[tongue["code"]]["lang"] == tongue["code"]
        assert sections[tongue["code"]]["dir"] == tongue["direction"]
        assert tongue["name"] in page.words
    assert any(tongue["direction"] == "rtl" for tongue in TONGUES)


@pytest.mark.parametrize(("path", "folder"), [("/fr/langues", "/fr/besoins/"), ("/nl/talen", "/nl/noden/")])
def test_each_language_names_the_eight_main_needs(client: PageClient, path: str, folder: str) -> None:
    page = client.get(path)
    links = [link for link in page.links() if link.startswith(folder)]
    assert len(links) == sum(len(tongue["needs"]) for tongue in TONGUES)
    assert all(len(tongue["needs"]) == 8 for tongue in TONGUES)
    for link in set(links):
        assert client.get(link).status == 200


def test_the_number_to_call_reads_from_left_to_right_everywhere(client: PageClient) -> None:
    page = client.get("/fr/langues")
    calls = [
        e for e in page.all("a") if e.attributes.get("href") == "tel:+3224224611" and "dir" in e.attributes
    ]
    assert len(calls) == len(TONGUES)
    assert {call.attributes["dir"] for call in calls} == {"ltr"}
