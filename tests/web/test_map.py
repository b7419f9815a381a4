"""The map: a drawing of the server with a list beside it, and nothing from elsewhere."""

import pytest

from tests.pages import PageClient
from tests.words import folded, of_class

PAGES = ["/fr/carte", "/nl/kaart"]


@pytest.mark.parametrize("path", PAGES)
def test_the_numbers_on_the_map_are_those_of_the_list(client: PageClient, path: str) -> None:
    page = client.get(path)
    listed = [folded(number.text) for number in of_class(page, "num")]
    assert listed == [str(place) for place in range(1, len(listed) + 1)]
    drawn = " ".join(folded(pin.text) for pin in of_class(page, "pin-n"))
    figures = set("".join(c if c.isdigit() else " " for c in drawn).split())
    assert {"1", listed[-1]} <= figures | {listed[-1]}
    assert figures <= set(listed)
    assert len(listed) >= 9


@pytest.mark.parametrize("path", PAGES)
def test_the_drawing_has_a_name_and_a_source(client: PageClient, path: str) -> None:
    page = client.get(path)
    drawing = [e for e in page.all("svg") if e.attributes.get("role") == "img"]
    assert drawing
    assert all(e.attributes["aria-label"] for e in drawing)
    assert "OpenStreetMap" in page.words


@pytest.mark.parametrize("path", PAGES)
def test_the_outline_has_at_most_forty_points(client: PageClient, path: str) -> None:
    outline = of_class(client.get(path), "land")[0].attributes["d"]
    assert 3 <= sum(outline.upper().count(letter) for letter in "ML") <= 40


@pytest.mark.parametrize("path", PAGES)
def test_every_place_has_its_address_in_words(client: PageClient, path: str) -> None:
    page = client.get(path)
    listed = page.html[page.html.index('class="pin-list"') :]
    for item in listed[: listed.index("</ul>")].split("<li>")[1:]:
        assert "<br>" in item
        assert item.partition("<br>")[2].partition("<")[0].strip() or 'lang="' in item


def test_places_are_said_to_be_approximate(client: PageClient) -> None:
    assert "approximative" in client.get("/fr/carte").words


def test_no_address_of_a_confidential_or_professional_record_is_on_the_map(client: PageClient) -> None:
    links = client.get("/fr/carte").links()
    assert "/fr/services/logements-transit" not in links
    assert "/fr/services/crisis-bxl" not in links
