"""The drawing of the map: marks that never cover each other, names that keep off them, light paths."""

import math
import random
import re
from itertools import combinations
from xml.etree import ElementTree

import pytest

from guide.publish.map.drawing import draw
from guide.publish.map.marks import TARGET, numbers
from guide.publish.map.names import LETTER, shortened
from guide.publish.map.shapes import FONT, RADIUS, Drawing, Mark, Place, Spot, Street
from guide.publish.map.svg import svg
from guide.publish.views import Box

BOX = Box(50.87, 4.31, 50.88, 4.31 + 0.01 / math.cos(math.radians(50.88)))


def at(number: int, down: float, right: float, **values) -> Place:
    """A place this share of the box below its top and right of its left."""
    latitude = BOX.north - down * (BOX.north - BOX.south)
    return Place(str(number), latitude, BOX.west + right * (BOX.east - BOX.west), **values)


def line(kind: str, name: str, *points: tuple[float, float], **values) -> Street:
    """A street through these (down, right) shares of the box."""
    places = [at(0, *point) for point in points]
    return Street(kind, name, (tuple((place.latitude, place.longitude) for place in places),), **values)


def room(mark: Mark) -> int:
    return max(TARGET, mark.half)


def assert_apart(drawing: Drawing) -> None:
    for one, two in combinations(drawing.marks, 2):
        across, down = abs(one.x - two.x), abs(one.y - two.y)
        # Rounded to whole units, two neighbours may come one nearer.
        assert across >= room(one) + room(two) - 2 or down >= 2 * TARGET - 2, (one, two)
    for mark in drawing.marks:
        assert room(mark) <= mark.x <= drawing.width - room(mark)
        assert TARGET <= mark.y <= drawing.height - TARGET


def test_a_place_by_itself_is_marked_where_it_is() -> None:
    (mark,) = draw([at(7, 0.25, 0.5)], [], BOX).marks
    assert (mark.x, mark.y, mark.words, mark.foot, mark.half) == (360, 180, "7", None, RADIUS)
    assert not mark.approximate


def test_places_at_one_address_share_a_mark_that_names_all_numbers() -> None:
    (mark,) = draw([at(1, 0.5, 0.5), at(2, 0.5, 0.5, approximate=True), at(9, 0.5, 0.51)], [], BOX).marks
    assert mark.words == "1·2·9"
    assert mark.approximate
    assert [place.number for place in mark.places] == ["1", "2", "9"]


def test_neighbours_give_way_and_are_tied_to_their_places() -> None:
    drawing = draw([at(1, 0.5, 0.5), at(2, 0.5, 0.56)], [], BOX)
    assert_apart(drawing)
    one, two = drawing.marks
    assert one.foot == (360, 360)
    assert two.foot == (403, 360)
    assert one.x < two.x


@pytest.mark.parametrize("seed", range(8))
def test_however_many_there_are_every_place_is_marked_and_no_mark_covers_another(seed: int) -> None:
    chance = random.Random(seed)
    places = [at(n, chance.uniform(0.3, 0.7), chance.uniform(0.3, 0.7)) for n in range(1, 10 + 12 * seed)]
    drawing = draw(places, [], BOX)
    assert_apart(drawing)
    assert [place for mark in drawing.marks for place in mark.places if place not in places] == []
    assert sum(len(mark.places) for mark in drawing.marks) == len(places)
    # Keyboard order is the order of the list.
    firsts = [int(mark.places[0].number) for mark in drawing.marks]
    assert firsts == sorted(firsts)


def test_a_place_outside_the_box_is_named_and_not_drawn() -> None:
    far = at(2, 1.5, 0.5)
    drawing = draw([at(1, 0.5, 0.5), far], [], BOX)
    assert drawing.outside == (far,)
    assert [mark.words for mark in drawing.marks] == ["1"]


def test_the_same_map_is_drawn_twice_the_same() -> None:
    places = [at(n, 0.5 + n / 50, 0.5 + n / 70) for n in range(1, 9)]
    streets = [line("main", "Chaussée A", (0.1, 0.1), (0.9, 0.9))]
    assert draw(places, streets, BOX) == draw(places, streets, BOX)


def test_numbers_are_told_short() -> None:
    told = {"3": "3", "39": "3·9", "34567": "3–7", "13579": "1+4", "2 10 11": "2·10·11"}
    for given, words in told.items():
        assert numbers(given.split() if " " in given else list(given)) == words


def test_a_straight_street_bears_its_name_turned_along_it() -> None:
    (name,) = draw([], [line("main", "Chaussée de Wemmel", (0.2, 0.2), (0.8, 0.8))], BOX).names
    assert (name.words, name.angle, name.path, name.kind) == ("Ch. de Wemmel", 45, "", "main")
    assert abs(name.x - name.y) < 20


def test_a_name_never_stands_on_its_head() -> None:
    for start, end in (((0.2, 0.8), (0.8, 0.2)), ((0.8, 0.2), (0.2, 0.8)), ((0.9, 0.5), (0.1, 0.5))):
        (name,) = draw([], [line("street", "Rue A", start, end)], BOX).names
        assert -90 <= name.angle <= 90


def test_a_street_that_bends_bears_its_name_along_a_path() -> None:
    bend = [(0.5 - 0.12 * math.sin(math.pi * n / 12), 0.1 + 0.8 * n / 12) for n in range(13)]
    (name,) = draw([], [line("main", "Boulevard de Smet de Naeyer", *bend)], BOX).names
    assert name.path.startswith("M")


def test_a_street_too_short_for_its_name_is_drawn_without() -> None:
    drawing = draw([], [line("street", "Rue Antoine Baeck", (0.5, 0.5), (0.5, 0.6))], BOX)
    assert drawing.streets
    assert drawing.names == ()


def test_names_keep_off_marks_stems_and_each_other() -> None:
    chance = random.Random(5)

    def anywhere() -> tuple[float, float]:
        return chance.random(), chance.random()

    streets = [
        line("main" if n % 4 else "street", f"Rue numéro {n}", anywhere(), anywhere()) for n in range(60)
    ]
    spots = [Spot(f"Repère {n}", at(0, *anywhere()).latitude, at(0, *anywhere()).longitude) for n in range(5)]
    places = [at(n, *anywhere()) for n in range(1, 10)]
    drawing = draw(places, streets, BOX, spots=spots)
    assert len(drawing.names) > 8
    rows = [written(name) for name in drawing.names]
    for one, two in combinations(rows, 2):
        assert min(math.dist(a, b) for a in one for b in two) > 20
    for row in rows:
        for x, y in row:
            assert 0 <= x <= drawing.width
            assert 0 <= y <= drawing.height
            for mark in drawing.marks:
                assert abs(x - mark.x) > mark.half or abs(y - mark.y) > RADIUS


def written(name) -> list[tuple[float, float]]:
    """Points along the middle of the letters of a straight name."""
    assert name.path == ""
    turn, half = math.radians(name.angle), len(name.words) * FONT[name.kind] * LETTER / 2
    lift = FONT[name.kind] * 0.35
    x, y = name.x + lift * math.sin(turn), name.y - lift * math.cos(turn)
    return [
        (x + half * share / 10 * math.cos(turn), y + half * share / 10 * math.sin(turn))
        for share in range(-10, 11)
    ]


def test_each_street_is_named_once() -> None:
    parts = [
        line("main", "Avenue A", (0.2, 0.1), (0.2, 0.9)),
        line("main", "Avenue A", (0.6, 0.1), (0.6, 0.9)),
    ]
    assert [name.words for name in draw([], parts, BOX).names] == ["Av. A"]


def test_only_what_is_in_sight_is_drawn() -> None:
    far = line("street", "Rue A", (2, 2), (3, 3))
    through = line("street", "Rue B", (0.5, -3), (0.5, -2), (0.5, 0.5), (0.5, 4), (0.5, 5))
    drawing = draw([], [far, through], BOX)
    assert drawing.streets.count("M") == 1
    assert len(re.findall(r"-?\d+", drawing.streets)) == 6


def test_paths_are_whole_units_told_from_the_point_before() -> None:
    edge = line("boundary", "", (0, 0), (0, 1), (1, 1), (1, 0), area=True)
    assert draw([], [edge], BOX).land == "M0 0l720 0 0 720 -720 0z"


def test_squares_are_filled_and_named() -> None:
    court = line("square", "Place B", (0.3, 0.3), (0.3, 0.7), (0.7, 0.7), (0.7, 0.3), (0.3, 0.3), area=True)
    drawing = draw([], [court], BOX)
    assert drawing.squares.endswith("z")
    assert drawing.streets == ""
    assert [(name.words, name.kind) for name in drawing.names] == [("Pl. B", "square")]


def test_only_usual_words_are_shortened() -> None:
    assert shortened("Avenue de Jette") == "Av. de Jette"
    assert shortened("Rue Léopold Ier") == "Rue Léopold Ier"
    assert shortened("Jetselaan") == "Jetselaan"


def test_the_file_for_paper_is_one_svg_that_loads_nothing() -> None:
    places = [at(1, 0.5, 0.5, name="A & B"), at(2, 0.5, 0.55, approximate=True)]
    drawn = draw(
        places, [line("main", "Rue <A>", (0.1, 0.1), (0.1, 0.9))], BOX, spots=[Spot("C & D", 50.875, 4.315)]
    )
    text = svg(drawn, "Carte : l’aide & vous")
    root = ElementTree.fromstring(text)
    assert root.get("viewBox") == "0 0 720 720"
    assert root[0].text == "Carte : l’aide & vous"
    words = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"1", "2", "Rue <A>", "C & D"} <= set(words)
    assert re.findall(r"https?://[^\"]+", text) == ["http://www.w3.org/2000/svg"]


def test_another_size_is_drawn_whole() -> None:
    drawing = draw([at(1, 0.99, 0.99)], [], BOX, (400, 500))
    assert (drawing.width, drawing.height) == (400, 500)
    assert_apart(drawing)
