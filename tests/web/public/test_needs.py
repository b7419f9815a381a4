"""The page of one need, in both languages."""

from typing import Any

import pytest

from tests.data_files import data_file
from tests.pages import PageClient
from tests.words import folded, of_class

NEEDS: list[dict[str, Any]] = data_file("needs.yaml")


@pytest.mark.parametrize("need", NEEDS, ids=lambda need: str(need["key"]))
def test_every_need_answers_offers_somebody_and_leads_to_its_twin(
    client: PageClient, need: dict[str, Any]
) -> None:
    for lang, folder in (("fr", "/fr/besoins/"), ("nl", "/nl/noden/")):
        page = client.get(folder + need["slug"][lang])
        assert page.status == 200
        assert folded(page.all("h1")[0].text) == need["name"][lang]
        assert page.keys or "tel:+3224224611" in page.links()
        twin = {"fr": "/nl/noden/" + need["slug"]["nl"], "nl": "/fr/besoins/" + need["slug"]["fr"]}[lang]
        assert of_class(page, "switch")[0].attributes["href"] == twin


def test_fourteen_needs_stand_in_the_first_row_and_nine_behind_it() -> None:
    assert len([need for need in NEEDS if need.get("first_row")]) == 14
    assert len(NEEDS) == 23


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/fr/besoins/honger", 404),
        ("/nl/noden/faim", 404),
        ("/fr/besoins/rien", 404),
        ("/fr/besoins/%00", 404),
        ("/nl/noden/%FF", 404),
    ],
)
def test_a_slug_of_the_other_language_or_of_nothing_is_not_found(
    client: PageClient, path: str, status: int
) -> None:
    assert client.get(path).status == status


@pytest.mark.parametrize("path", ["/fr/besoins/danger", "/nl/noden/gevaar"])
def test_danger_begins_with_who_to_call_and_can_be_left_fast(client: PageClient, path: str) -> None:
    page = client.get(path)
    assert page.html.index('class="crisis"') < page.html.index('class="cards"')
    assert of_class(page, "leave")
    assert page.headers["Cache-Control"] == "no-store"
    heading = folded(page.all("h1")[0].text)
    assert heading not in page.title, "the browser's history stays neutral"


def test_a_bed_for_tonight_is_the_first_thing_for_who_has_none(client: PageClient) -> None:
    page = client.get("/fr/besoins/sans-abri")
    panel = page.html[page.html.index('class="crisis"') : page.html.index('class="cards"')]
    assert "0800" in panel


def test_what_is_only_announced_stands_after_what_exists(client: PageClient) -> None:
    for need in NEEDS:
        page = client.get("/fr/besoins/" + need["slug"]["fr"])
        announced = ["Annoncé dans un plan" in c.text or "Terminé" in c.text for c in of_class(page, "card")]
        assert announced == sorted(announced)


def test_numbers_on_cards_are_the_numbers_on_the_map(client: PageClient) -> None:
    page = client.get("/fr/besoins/faim")
    numbers = [folded(number.text) for number in of_class(page, "num")]
    assert numbers == [str(place) for place in range(1, len(numbers) + 1)]
    for pin in of_class(page, "pin-n"):
        for number in folded(pin.text).replace(",", " ").replace("·", " ").split():
            assert number in numbers
