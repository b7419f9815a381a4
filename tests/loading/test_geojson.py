"""A file of streets: read as it comes, made light, and refused in words that say what to mend."""

import json
import math
from typing import Any

import pytest

from guide.languages import Bilingual
from guide.loading import geojson
from guide.loading.geojson import (
    LARGEST,
    LATITUDE_METRES,
    LONGITUDE_METRES,
    MOST_ERRORS,
    GeojsonError,
    join,
    read,
    rounded,
    simplified,
)
from guide.model import GeoKind

LINE = [[4.32, 50.88], [4.325, 50.881]]
RING = [[4.30, 50.87], [4.34, 50.87], [4.34, 50.89], [4.30, 50.89], [4.30, 50.87]]
COURT = [[4.32, 50.88], [4.321, 50.88], [4.321, 50.8805], [4.32, 50.8805], [4.32, 50.88]]


def feature(kind: str = "LineString", coordinates: Any = None, **names: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": names,
        "geometry": {"type": kind, "coordinates": LINE if coordinates is None else coordinates},
    }


def file(*features: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def refused(content: bytes) -> str:
    with pytest.raises(GeojsonError) as caught:
        read(content)
    return " ".join(caught.value.errors)


def test_a_street_keeps_both_its_names_and_turns_to_latitude_first() -> None:
    (street,) = read(file(feature(name_fr="Rue du Lait", name_nl="Melkstraat"))).shapes
    assert (street.kind, street.name) == (GeoKind.STREET, Bilingual("Rue du Lait", "Melkstraat"))
    assert street.lines == (((50.88, 4.32), (50.881, 4.325)),)
    assert not street.main
    assert not street.area


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ({"name:fr": "Rue A", "name:nl": "A-straat", "name": "x"}, Bilingual("Rue A", "A-straat")),
        ({"name": "Rue A - A-straat"}, Bilingual("Rue A", "A-straat")),
        ({"name": "Voetweg 32"}, Bilingual("Voetweg 32", "Voetweg 32")),
        ({"name:nl": "A-straat"}, Bilingual("A-straat", "A-straat")),
        ({"name:fr": "Rue de l'Eau", "name:nl": "Water  straat"}, Bilingual("Rue de l’Eau", "Water straat")),
        ({"name": 7}, Bilingual()),
    ],
)
def test_names_are_found_as_openstreetmap_and_others_write_them(names, expected) -> None:
    assert read(file(feature(**names))).shapes[0].name == expected


def test_parts_of_one_street_are_one_shape_joined_at_their_ends() -> None:
    other = [[4.33, 50.8845], [4.325, 50.881]]
    (street,) = read(file(feature(name="Rue A"), feature(coordinates=other, name="Rue A"))).shapes
    assert street.lines == (((50.88, 4.32), (50.881, 4.325), (50.8845, 4.33)),)


def test_parts_without_a_name_stay_apart() -> None:
    assert len(read(file(feature(), feature(coordinates=[[4.31, 50.87], [4.31, 50.88]]))).shapes) == 2


@pytest.mark.parametrize(
    ("properties", "main"),
    [
        ({"name": "Chaussée de A"}, True),
        ({"name": "Boulevard A"}, True),
        ({"name": "Rue A"}, False),
        ({"name": "Rue A", "highway": "secondary"}, True),
        ({"name": "Boulevard A", "highway": "residential"}, False),
    ],
)
def test_main_streets_are_known_by_their_class_or_their_name(properties, main: bool) -> None:
    assert read(file(feature(**properties))).shapes[0].main is main


def test_a_long_street_is_a_main_one_whatever_its_name() -> None:
    assert read(file(feature(coordinates=[[4.30, 50.88], [4.32, 50.88]], name="Rue A"))).shapes[0].main


def test_areas_are_squares_of_the_town_or_the_boundary() -> None:
    shapes = read(file(feature("Polygon", [COURT], name="Parvis A"), feature("Polygon", [RING]))).shapes
    assert [(shape.kind, shape.area) for shape in shapes] == [
        (GeoKind.BOUNDARY, True),
        (GeoKind.SQUARE, True),
    ]
    assert read(file(feature(name="Place A"))).shapes[0].kind is GeoKind.SQUARE
    assert read(file(feature("MultiPolygon", [[RING]]))).shapes[0].kind is GeoKind.BOUNDARY


def test_one_feature_alone_is_a_file_too_and_a_mark_of_utf8_is_passed_over() -> None:
    assert len(read(b"\xef\xbb\xbf" + json.dumps(feature()).encode()).shapes) == 1


def test_what_lies_elsewhere_or_has_no_figure_is_left_out_and_counted() -> None:
    far = [[4.40, 50.80], [4.41, 50.80]]
    nothing = {"type": "Feature", "properties": {}, "geometry": None}
    ground = read(file(feature(), feature(coordinates=far), nothing))
    assert (len(ground.shapes), ground.elsewhere, ground.empty) == (1, 1, 1)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"not json {", "not JSON (line 1, column 1)"),
        (b'{"type": "FeatureCollection", "features": [', "cut off"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b'{"a": NaN}', "NaN is not a number"),
        (b"[" * 100_000, "not JSON"),
        (b"[1, 2]", "not GeoJSON"),
        (b'{"type": "Topology"}', "TopoJSON"),
        (b'{"type": "FeatureCollection", "features": {}}', "a list of features"),
        (file(), "nothing to draw"),
        (file({"type": "Feature", "properties": None, "geometry": None}), "nothing to draw"),
        (file(7), "Feature 1: it is not of the type Feature"),
        (file(feature("Point", [4.32, 50.88], name="Ici")), "Feature 1 (Ici): a Point cannot be drawn"),
        (file(feature("LineString", "x")), "lists of points"),
        (file(feature("LineString", [[4.32], [4.33, 50.88]])), "pair of figures"),
        (file(feature("LineString", [[True, False], [4.33, 50.88]])), "pair of figures"),
        (file(feature("LineString", [["4.32", "50.88"]])), "pair of figures"),
        (file(feature("LineString", [[10**400, 50.88], [4.33, 50.88]])), "too long to be one"),
        (file(feature("LineString", [[50.88, 4.32], [50.881, 4.325]])), "has the latitude first"),
        (file(feature("LineString", [[147000, 173500], [147100, 173600]])), "convert the file to WGS84"),
        (file(feature(coordinates=[[2.35, 48.85], [2.36, 48.86]])), "a file of another place"),
        (file(feature(name="x" * 121)), "longer than 120"),
        (file(feature(name="a\u202eb")), "hidden"),
        (file({**feature(), "properties": [1]}), "as GeoJSON asks"),
        (
            file(feature("Polygon", [[[4.2, 50.8], [4.4, 50.8], [4.4, 51], [4.2, 50.8]]])),
            "four times as large",
        ),
        (
            file(
                feature("Polygon", [RING], name="A"),
                feature("Polygon", [[[x, y - 0.001] for x, y in RING]], name="B"),
            ),
            "2 areas are as large as a commune",
        ),
    ],
)
def test_every_fault_is_said_in_words(content: bytes, words: str) -> None:
    assert words in refused(content)


def test_many_faults_are_counted_and_not_all_told() -> None:
    told = refused(file(*[feature("Point", [4.32, 50.88])] * (MOST_ERRORS + 3)))
    assert f"Feature {MOST_ERRORS}:" in told
    assert f"Feature {MOST_ERRORS + 1}:" not in told
    assert "3 more faults" in told


def test_a_file_that_is_too_large_or_too_detailed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "10 MB" in refused(b" " * (LARGEST + 1))
    monkeypatch.setattr(geojson, "MOST_POINTS", 500)
    saw = [[4.30 + 0.00005 * n, 50.88 + 0.0002 * (n % 2)] for n in range(501)]
    assert "501 points are left" in refused(file(feature(coordinates=saw)))


def test_lines_that_meet_are_joined_whichever_way_round_they_are_written() -> None:
    a, b, c, d = (50.0, 4.0), (50.1, 4.0), (50.2, 4.0), (50.3, 4.0)
    assert join([(b, c), (a, b), (d, c)]) == [(a, b, c, d)]
    assert join([(a, b), (a, b)]) == [(a, b)]
    assert join([(a, b), (c, d)]) == [(a, b), (c, d)]


def test_a_simplified_line_keeps_its_ends_and_strays_no_further_than_it_may() -> None:
    line = tuple((50.88 + 0.001 * math.sin(n / 10), 4.30 + n / 5000) for n in range(100))
    light = simplified(line, 10)
    assert (light[0], light[-1]) == (line[0], line[-1])
    assert 2 < len(light) < 30
    assert set(light) <= set(line)
    for latitude, longitude in line:
        place = max(n for n, point in enumerate(light) if point[1] <= longitude)
        (south, west), (north, east) = light[place], light[min(place + 1, len(light) - 1)]
        share = (longitude - west) / (east - west) if east > west else 0
        beside = abs(latitude - south - share * (north - south)) * LATITUDE_METRES
        slope = math.atan2((north - south) * LATITUDE_METRES, (east - west) * LONGITUDE_METRES)
        assert beside * math.cos(slope) <= 10.1


def test_a_ring_is_simplified_without_falling_together() -> None:
    ring = tuple((latitude, longitude) for longitude, latitude in RING)
    assert simplified(ring) == ring


def test_rounding_takes_away_points_that_fall_together() -> None:
    assert rounded(((50.880001, 4.32), (50.880002, 4.32), (50.89, 4.32))) == ((50.88, 4.32), (50.89, 4.32))
    assert rounded(((50.880001, 4.32), (50.880002, 4.32))) == ()
