"""The map: a drawing of the server with a list beside it, links for everything, and nothing from elsewhere."""

import gzip
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from guide.clock import BRUSSELS
from guide.database import writing
from guide.loading import geo
from tests.markup import Element
from tests.pages import Page, PageClient
from tests.running import app_on_copy
from tests.streets import CREDIT, grid
from tests.words import folded, of_class

Seen = Callable[[str], Page]
PAGES = ["/fr/carte", "/nl/kaart"]
KB = 1024
FRIDAY_AFTERNOON = datetime(2026, 11, 27, 15, 30, tzinfo=BRUSSELS)
"""The library on the square is open by its stated hours."""


def listed(page: Page) -> list[str]:
    return [folded(number.text) for number in of_class(page, "num")]


def marks(page: Page) -> list[Element]:
    return of_class(page, "mark")


def link(page: Page, words: str) -> str:
    """The address of the link that says this."""
    found = [a.attributes["href"] for a in page.all("a") if words in folded(a.text)]
    assert found, words
    return found[0]


@pytest.fixture(scope="module")
def streets(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageClient]:
    """A visitor of a map with as many streets as Jette has."""
    with app_on_copy(loaded, tmp_path_factory.mktemp("streets")) as app:
        with Session(writing(app.extensions["guide"].engine)) as session:
            geo.put(session, grid(), CREDIT)
            session.commit()
        yield PageClient(app)


@pytest.fixture(scope="module")
def seen(shared_app: Flask) -> Seen:
    """The page of the map at an address, fetched once for all tests."""
    return cache(PageClient(shared_app).get)


@pytest.mark.parametrize("path", PAGES)
def test_the_numbers_on_the_map_are_those_of_the_list(seen: Seen, path: str) -> None:
    page = seen(path)
    numbers = listed(page)
    assert list(dict.fromkeys(numbers)) == [str(place) for place in range(1, len(set(numbers)) + 1)]
    assert len(numbers) >= 9
    drawn = " ".join(mark.attributes["aria-label"] for mark in marks(page))
    for number, name in zip(numbers, of_class(page, "stop-name"), strict=True):
        assert f"{number} {folded(name.text)}" in folded(drawn)


@pytest.mark.parametrize("path", PAGES)
def test_every_mark_leads_to_its_place_in_the_list_in_the_order_of_the_list(seen: Seen, path: str) -> None:
    page = seen(path)
    targets = [mark.attributes["href"] for mark in marks(page)]
    assert targets == sorted(targets, key=lambda target: int(target.removeprefix("#s")))
    stops = {stop.attributes.get("id") for stop in of_class(page, "stop")}
    assert {target.removeprefix("#") for target in targets} <= stops


@pytest.mark.parametrize("path", PAGES)
def test_a_mark_can_be_touched_and_none_lies_on_another(seen: Seen, path: str) -> None:
    # 98 of 720 units are 44 pixels of the 326 that the drawing has on a telephone of 360.
    boxes = [
        tuple(int(reach.attributes[name]) for name in ("x", "y", "width", "height"))
        for reach in of_class(seen(path), "reach")
    ]
    assert boxes
    for place, (x, y, width, height) in enumerate(boxes):
        assert min(width, height) >= 98
        for other_x, other_y, other_width, other_height in boxes[place + 1 :]:
            across = min(x + width, other_x + other_width) - max(x, other_x)
            down = min(y + height, other_y + other_height) - max(y, other_y)
            assert across <= 2 or down <= 2


@pytest.mark.parametrize("path", PAGES)
def test_the_drawing_has_a_name_a_description_and_a_source(seen: Seen, path: str) -> None:
    page = seen(path)
    (plan,) = of_class(page, "plan")
    assert plan.attributes["role"] == "group"
    told = {e.attributes.get("id"): folded(e.text) for e in page.elements if e.tag in ("title", "desc")}
    assert told[plan.attributes["aria-labelledby"]]
    assert told[plan.attributes["aria-describedby"]]
    assert "OpenStreetMap" in page.words


@pytest.mark.parametrize("path", PAGES)
def test_the_outline_has_at_most_forty_points(seen: Seen, path: str) -> None:
    outline = of_class(seen(path), "land")[0].attributes["d"]
    assert 3 <= len(re.findall(r"-?\d+", outline)) / 2 <= 40


@pytest.mark.parametrize("path", PAGES)
def test_every_place_has_its_address_in_words(seen: Seen, path: str) -> None:
    places = of_class(seen(path), "stop-place")
    assert len(places) >= 9
    assert all(folded(place.text).partition("(")[0].strip() for place in places)


def test_approximate_places_are_hollow_and_said_so(seen: Seen) -> None:
    page = seen("/fr/carte")
    near = [stop for stop in of_class(page, "stop") if "(emplacement approximatif)" in folded(stop.text)]
    assert near
    assert len(near) == len(of_class(page, "num-near"))
    hollow = [mark for mark in marks(page) if "mark-near" in mark.attributes["class"]]
    assert hollow
    assert all("emplacement approximatif" in mark.attributes["aria-label"] for mark in hollow)


def test_no_address_of_a_confidential_or_professional_record_is_on_the_map(seen: Seen) -> None:
    links = seen("/fr/carte").links()
    assert "/fr/services/logements-transit" not in links
    assert "/fr/services/crisis-bxl" not in links


@pytest.mark.parametrize(
    ("path", "heading"), [(PAGES[0], "Adresse à confirmer"), (PAGES[1], "Adres nog te bevestigen")]
)
def test_services_without_a_place_are_named_below(seen: Seen, path: str, heading: str) -> None:
    page = seen(path)
    assert heading in [folded(h.text) for h in page.all("h2")]
    below = folded(of_class(page, "unplaced")[0].text)
    assert "Foodtruck" in below or "Resto" in below
    on_the_map = {folded(name.text) for name in of_class(page, "stop-name")}
    assert not [name for name in on_the_map if name in below.split("\n")]


def test_the_way_there_is_opened_by_an_app_or_by_a_click_that_tells_nothing(seen: Seen) -> None:
    page = seen("/fr/carte")
    apps = [a for a in page.all("a") if a.attributes.get("href", "").startswith("geo:")]
    maps = [a for a in page.all("a") if "www.openstreetmap.org/search" in a.attributes.get("href", "")]
    assert len(apps) == len(of_class(page, "stop")) == len(maps)
    assert re.match(r"geo:50\.\d+,4\.\d+\?q=", apps[0].attributes["href"])
    assert "1090 Jette" in unquote(apps[0].attributes["href"])
    assert all("noreferrer" in a.attributes["rel"].split() for a in maps)


@pytest.mark.parametrize(
    ("path", "need", "opened"),
    [("/fr/carte", "besoin=dettes", "ouvert=1"), ("/nl/kaart", "nood=dettes", "open=1")],
)
def test_a_need_and_open_now_leave_fewer_services(
    loaded: Path, make_app: Callable[..., Flask], path: str, need: str, opened: str
) -> None:
    client = PageClient(make_app(loaded, clock=FRIDAY_AFTERNOON))
    every = set(listed(client.get(path)))
    some = client.get(f"{path}?{need}")
    assert 0 < len(set(listed(some))) < len(every)
    open_now = client.get(f"{path}?{opened}")
    assert 0 < len(set(listed(open_now))) < len(every)
    assert folded(open_now.all("h1")[0].text).startswith(str(len(set(listed(open_now)))))
    assert len(of_class(open_now, "pill-ok")) + len(of_class(open_now, "pill-warn")) == len(listed(open_now))
    # What is asked for stays when the map is moved, and in the other language.
    assert folded(some.all("h1")[0].text).startswith(("J’ai des dettes : ", "Ik heb schulden: "))
    assert need in next(a for a in some.links() if "#plan" in a)
    twin = next(e.attributes["href"] for e in some.all("link") if e.attributes.get("hreflang") == "nl-BE")
    assert twin.endswith("?nood=dettes")


def test_a_sensitive_need_has_the_way_out(seen: Seen) -> None:
    assert of_class(seen("/fr/carte?besoin=danger"), "leave")
    assert not of_class(seen("/fr/carte"), "leave")


def test_a_filter_that_leaves_nothing_says_so_and_can_be_taken_away(seen: Seen) -> None:
    page = seen("/fr/carte?besoin=danger&ouvert=1")
    assert "Aucun service sur la carte" in page.words
    assert link(page, "Voir la carte sans filtre") == "/fr/carte"
    assert "(0)" in page.words
    # Who is in danger finds whom to call there.
    assert link(page, "On me fait du mal") == "/fr/besoins/danger"
    assert link(page, "Tous les numéros urgents") == "/fr/urgence"


@pytest.mark.parametrize(
    "asked", ["vue=x", "vue=9.9.9", "vue=1.99.0", "besoin=x&vue=", "ouvert=2", "vue=0.0.0"]
)
def test_whatever_stands_in_the_address_the_whole_list_is_there(seen: Seen, asked: str) -> None:
    assert listed(seen(f"/fr/carte?{asked}")) == listed(seen("/fr/carte"))


def test_the_map_is_moved_by_links_that_keep_the_list(seen: Seen) -> None:
    page = seen("/fr/carte?vue=0")
    every = listed(page)
    assert not of_class(page, "way-north")
    for level in ("1", "2", "3"):
        page = seen(link(page, "Agrandir la carte"))
        assert f"vue={level}." in link(page, "Vers le nord")
        assert listed(page) == every
    assert "hors de cette carte" in page.words
    assert len(of_class(page, "way-off")) == 1
    north = seen(link(page, "Vers le nord"))
    assert of_class(north, "land")[0].attributes["d"] != of_class(page, "land")[0].attributes["d"]
    assert seen(link(page, "Tout Jette")).status == 200


def test_at_the_edge_there_is_no_way_on(seen: Seen) -> None:
    page = seen("/fr/carte?vue=1.0.0")
    off = [folded(e.text) for e in of_class(page, "way-off")]
    assert off == ["Vers le nord (déjà au bord)", "Vers l’ouest (déjà au bord)"]


def test_a_known_point_is_a_link_to_what_lies_around_it(seen: Seen) -> None:
    page = seen("/nl/kaart")
    there = seen(link(page, "Gemeentehuis"))
    assert "beeld=2." in link(page, "Gemeentehuis")
    here = [a for a in there.all("a") if a.attributes.get("aria-current") == "true"]
    assert [folded(a.text) for a in here] == ["Gemeentehuis"]


def test_imported_streets_are_drawn_and_named_in_the_language_of_the_page(streets: PageClient) -> None:
    for path, word in ((PAGES[0], "Ch. de la Page"), (PAGES[1], "Steenweg op")):
        page = streets.get(path)
        assert of_class(page, "road-main")
        assert any(word in folded(name.text) for name in of_class(page, "n-main"))
        assert CREDIT in page.words


@pytest.mark.parametrize(
    "path",
    [
        "/fr/services/?q=faim",
        "/nl/diensten/",
        "/fr/besoins/faim",
        "/fr/ma-liste?s=huys,8d48",
        "/fr/feuilles/dettes",
    ],
)
def test_no_list_has_a_drawing_beside_it_even_with_streets(streets: PageClient, path: str) -> None:
    page = streets.get(path)
    assert page.status == 200
    assert not page.all("text")
    assert of_class(streets.get("/fr/carte"), "plan")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/fr/besoins/faim", "Voir ces services sur la carte"),
        ("/nl/noden/honger", "Deze diensten op de kaart"),
    ],
)
def test_a_need_leads_to_its_services_on_the_map(seen: Seen, path: str, words: str) -> None:
    there = seen(link(seen(path), words))
    assert marks(there)
    assert len(set(listed(there))) < len(set(listed(seen(PAGES[0]))))


def test_a_need_whose_services_have_no_known_place_leads_to_no_map(seen: Seen) -> None:
    page = seen("/fr/besoins/numerique")
    assert page.keys
    assert not [one for one in page.links() if one.startswith("/fr/carte?")]


@pytest.mark.parametrize("path", ["/fr/carte?vue=0", "/nl/kaart?beeld=0", "/fr/carte", "/fr/carte?vue=2.6.6"])
def test_with_every_street_the_page_weighs_at_most_twenty_kilobytes(streets: PageClient, path: str) -> None:
    page = streets.get(path)
    assert of_class(page, "road")[0].attributes["d"].count("M") > 20
    assert len(gzip.compress(page.html.encode(), 6)) <= 20 * KB


def test_the_page_of_the_map_loads_its_own_style_sheet_and_no_script_of_its_own(seen: Seen) -> None:
    page = seen("/fr/carte")
    sheets = [e.attributes["href"] for e in page.all("link") if e.attributes["rel"] == "stylesheet"]
    assert [re.sub(r"\?.*", "", sheet).rpartition("/")[2] for sheet in sheets] == ["site.css", "map.css"]
    assert [e.attributes["src"].rpartition("/")[2] for e in page.all("script")] == ["site.js"]
