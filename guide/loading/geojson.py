"""Reads a GeoJSON file of streets, squares or the boundary: checked, joined and made as light as a map needs.

Pure: bytes in, shapes out. Coordinates leave as (latitude, longitude) in WGS84 degrees, five decimals
(about a metre), while the file holds them the other way round, as RFC 7946 asks.

Joining, simplifying and measuring stay ours: shapely would take the place of some sixty lines here and brings numpy
with it, 82 MB on disk, for a command that is run once. What is long here is saying what is wrong with a file.
"""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from guide.languages import Bilingual
from guide.model import GeoKind

Point = tuple[float, float]
Line = tuple[Point, ...]

LARGEST = 10 * 1024 * 1024
"""Bytes of a file. The streets of the commune take a hundredth of it."""
MOST_POINTS = 20_000
"""Points kept after simplifying: five times what all streets of the commune need."""
SOUTH, NORTH, WEST, EAST = 50.84, 50.92, 4.25, 4.38
"""The surroundings of Jette, about two kilometres on every side of it."""
TOLERANCE = 2.5
"""Metres a simplified line may stand beside the true one: half a pixel of the map at its nearest."""
BOUNDARY_FROM, BOUNDARY_TO = 1e6, 20e6
"""Square metres: a smaller area is a square of the town, a larger one is more than the commune (5 km²)."""
MAIN_LENGTH = 1000
"""Metres from which a street is a main one, whatever it is called."""
LONGEST_NAME = 120
MOST_ERRORS = 10
STRETCH = 200
"""Points of a line simplified at a time: the work grows with the square of it."""
MOST_PIECES = 1000
"""Pieces of one name that are joined; more are no street."""

MAIN_CLASSES = ("motorway", "trunk", "primary", "secondary", "tertiary")
"""OpenStreetMap's classes of streets with traffic (`highway`)."""
MAIN_NAMES = ("chaussée ", "boulevard ")
SQUARE_NAMES = ("place ", "square ", "parvis ", "rond-point ", "esplanade ")
LATITUDE_METRES = 111_200.0
LONGITUDE_METRES = LATITUDE_METRES * math.cos(math.radians(50.88))


class GeojsonError(Exception):
    """The file cannot be imported; `errors` are sentences that say what to mend."""

    def __init__(self, *errors: str) -> None:
        super().__init__("; ".join(errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Shape:
    """One thing to draw; its names may be missing. `area`: the lines are closed and filled."""

    kind: GeoKind
    name: Bilingual
    main: bool
    area: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """What a file holds. `elsewhere` counts what lies outside the surroundings, `empty` what has no figure."""

    shapes: tuple[Shape, ...]
    elsewhere: int
    empty: int


def read(content: bytes) -> Ground:
    """The shapes of a file, streets of one name together. Raises GeojsonError with every fault found."""
    if len(content) > LARGEST:
        raise GeojsonError(
            f"The file is larger than {LARGEST // 1024 // 1024} MB. Keep only the streets of Jette and around it."
        )
    found: list[tuple[Shape, dict[str, Any]]] = []
    errors: list[str] = []
    elsewhere = empty = 0
    for number, feature in enumerate(_features(_parsed(content)), start=1):
        try:
            shape = _shape(feature)
        except ValueError as error:
            errors.append(f"Feature {number}{_called(feature)}: {error}.")
            continue
        if shape is None:
            empty += 1
        elif not any(_near(point) for line in shape.lines for point in line):
            elsewhere += 1
        else:
            found.append((shape, feature))
    if errors:
        more = len(errors) - MOST_ERRORS
        raise GeojsonError(
            *errors[:MOST_ERRORS], *([f"{more} more faults of this kind."] if more > 0 else [])
        )
    if not found:
        raise GeojsonError(
            "Nothing in the file lies in or around Jette: is it a file of another place?"
            if elsewhere
            else "The file holds nothing to draw: it needs LineString, MultiLineString or Polygon features."
        )
    return Ground(_put_together([shape for shape, _ in found]), elsewhere, empty)


def _parsed(content: bytes) -> Any:
    def refuse(name: str) -> None:
        raise ValueError(f"{name} is not a number")

    try:
        return json.loads(content.decode("utf-8-sig"), parse_constant=refuse)
    except UnicodeDecodeError as problem:
        raise GeojsonError("The file is not text in UTF-8. Save it again as GeoJSON, in UTF-8.") from problem
    except json.JSONDecodeError as problem:
        raise GeojsonError(
            f"The file is not JSON (line {problem.lineno}, column {problem.colno}). Was it cut off, or saved as "
            "something else? Export it again as GeoJSON."
        ) from problem
    except (ValueError, RecursionError) as problem:
        raise GeojsonError(f"The file is not JSON as it should be ({problem}).") from problem


def _features(document: Any) -> list[Any]:
    kind = document.get("type") if isinstance(document, dict) else None
    if kind == "Feature":
        return [document]
    if kind == "Topology":
        raise GeojsonError("This is TopoJSON. Export it as GeoJSON instead.")
    if kind != "FeatureCollection" or not isinstance(document.get("features"), list):
        raise GeojsonError(
            "This is JSON, but not GeoJSON: it should be a FeatureCollection with a list of features."
        )
    return list(document["features"])


def _shape(feature: Any) -> Shape | None:
    """One feature, or None when it has no geometry. Raises ValueError with what to mend."""
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise ValueError("it is not of the type Feature")
    geometry, properties = feature.get("geometry"), feature.get("properties") or {}
    if geometry is None:
        return None
    if not isinstance(geometry, dict) or not isinstance(properties, dict):
        raise ValueError("its geometry or its properties are not written as GeoJSON asks")
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind == "LineString":
        lists, area = [coordinates], False
    elif kind == "MultiLineString":
        lists, area = _list(coordinates), False
    elif kind == "Polygon":
        lists, area = _list(coordinates)[:1], True
    elif kind == "MultiPolygon":
        lists, area = [ring for polygon in _list(coordinates) for ring in _list(polygon)[:1]], True
    else:
        raise ValueError(
            f"a {kind} cannot be drawn; use LineString, MultiLineString, Polygon or MultiPolygon"
        )
    lines = tuple(line for line in (_line(points) for points in lists) if len(line) > 1)
    if not lines:
        return None
    name = _name(properties)
    return Shape(_kind(name, area, lines), name, _is_main(name, properties), area, lines)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("its coordinates are not lists of points")
    return value


def _line(points: Any) -> Line:
    return tuple(_point(point) for point in _list(points))


def _point(point: Any) -> Point:
    """(latitude, longitude). Raises ValueError for what is no position on earth, or has its figures turned."""
    if (
        not isinstance(point, list)
        or len(point) < 2
        or any(isinstance(figure, bool) or not isinstance(figure, int | float) for figure in point[:2])
    ):
        raise ValueError("a point is a pair of figures [longitude, latitude]")
    try:
        longitude, latitude = float(point[0]), float(point[1])
    except OverflowError as error:
        raise ValueError("a figure of a point is too long to be one") from error
    if SOUTH <= longitude <= NORTH and WEST <= latitude <= EAST:
        raise ValueError(
            f"[{point[0]}, {point[1]}] has the latitude first; GeoJSON writes [longitude, latitude], "
            "as in [4.32, 50.88]"
        )
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise ValueError(
            f"[{point[0]}, {point[1]}] is not in degrees; convert the file to WGS84 (EPSG:4326) first"
        )
    return latitude, longitude


def _near(point: Point) -> bool:
    return SOUTH <= point[0] <= NORTH and WEST <= point[1] <= EAST


def _name(properties: dict[str, Any]) -> Bilingual:
    """`name:fr` and `name:nl` (or with `_`); else `name`, which in Brussels is often 'French - Nederlands'."""

    def text(*keys: str) -> str | None:
        for key in keys:
            value = properties.get(key)
            if isinstance(value, str) and value.strip():
                words = " ".join(value.split())
                if len(words) > LONGEST_NAME or not words.isprintable():
                    raise ValueError(f"its name is longer than {LONGEST_NAME} signs, or holds hidden ones")
                return words.replace("'", "’")
        return None

    fr, nl, either = text("name:fr", "name_fr"), text("name:nl", "name_nl"), text("name")
    if either and not (fr or nl):
        first, _, second = either.partition(" - ")
        return Bilingual(first, second or first)
    return Bilingual(fr or nl or either, nl or fr or either)


def _called(feature: Any) -> str:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        return ""
    names = [properties.get(key) for key in ("name", "name:fr", "name_fr", "name:nl", "name_nl")]
    return next((f" ({name[:60]})" for name in names if isinstance(name, str) and name.isprintable()), "")


def _kind(name: Bilingual, area: bool, lines: Sequence[Line]) -> GeoKind:
    if not area:
        return GeoKind.SQUARE if (name.fr or "").lower().startswith(SQUARE_NAMES) else GeoKind.STREET
    size = sum(_surface(line) for line in lines)
    if size > BOUNDARY_TO:
        raise ValueError("it is an area four times as large as Jette; keep the outline of the commune only")
    return GeoKind.BOUNDARY if size >= BOUNDARY_FROM else GeoKind.SQUARE


def _is_main(name: Bilingual, properties: dict[str, Any]) -> bool:
    if isinstance(properties.get("highway"), str):
        return properties["highway"].removesuffix("_link") in MAIN_CLASSES
    return (name.fr or "").lower().startswith(MAIN_NAMES)


def _put_together(shapes: Sequence[Shape]) -> tuple[Shape, ...]:
    """Parts of one name as one shape, joined and simplified; in the order of their names."""
    groups: dict[tuple[GeoKind, bool, str, str], list[Shape]] = {}
    for number, shape in enumerate(shapes):
        # Parts without a name are each their own.
        names = (shape.name.fr or "", shape.name.nl or "") if shape.name else ("", f"\uffff{number:06}")
        groups.setdefault((shape.kind, shape.area, *names), []).append(shape)
    boundaries = sum(len(group) for key, group in groups.items() if key[0] is GeoKind.BOUNDARY)
    if boundaries > 1:
        raise GeojsonError(
            f"{boundaries} areas are as large as a commune. Keep the outline of Jette only in the file."
        )
    made = [_one([*groups[key]]) for key in sorted(groups)]
    points = sum(len(line) for shape in made for line in shape.lines)
    if points > MOST_POINTS:
        raise GeojsonError(
            f"The file is too detailed: {points} points are left after simplifying, {MOST_POINTS} can be drawn. "
            "Keep only the streets of Jette, without paths and buildings."
        )
    return tuple(made)


def _one(parts: list[Shape]) -> Shape:
    lines = [line for part in parts for line in part.lines]
    joined = lines if parts[0].area else join(lines)
    light = tuple(sorted({rounded(simplified(line)) for line in joined} - {()}))
    length = sum(_length(line) for line in light)
    main = any(part.main for part in parts) or (parts[0].kind is GeoKind.STREET and length >= MAIN_LENGTH)
    return replace(parts[0], main=main and parts[0].kind is GeoKind.STREET, lines=light)


def join(lines: Sequence[Line]) -> list[Line]:
    """Lines that meet at their ends, as one: a street arrives in a dozen pieces."""
    left = list(dict.fromkeys(lines))
    if len(left) > MOST_PIECES:
        return left
    done: list[Line] = []
    while left:
        line = left.pop(0)
        met = True
        while met:
            met = False
            for place, piece in enumerate(left):
                longer = _joined(line, piece)
                if longer:
                    line, met = longer, True
                    del left[place]
                    break
        done.append(line)
    return done


def _joined(line: Line, piece: Line) -> Line | None:
    for turned in (piece, piece[::-1]):
        if line[-1] == turned[0]:
            return line + turned[1:]
        if turned[-1] == line[0]:
            return turned + line[1:]
    return None


def simplified(line: Line, tolerance: float = TOLERANCE) -> Line:
    """The line with fewer points, none of the others further than `tolerance` metres (Douglas and Peucker)."""
    if len(line) < 3:
        return line
    if len(line) > STRETCH:
        stretches = [line[first : first + STRETCH] for first in range(0, len(line) - 1, STRETCH - 1)]
        return (
            tuple(point for stretch in stretches for point in simplified(stretch, tolerance)[:-1]) + line[-1:]
        )
    metres = [_metres(point) for point in line]
    keep = {0, len(line) - 1}
    parts = [(0, len(line) - 1)]
    while parts:
        first, last = parts.pop()
        far, place = max(
            ((_beside(metres[i], metres[first], metres[last]), i) for i in range(first + 1, last)),
            default=(0.0, 0),
        )
        if far > tolerance:
            keep.add(place)
            parts += [(first, place), (place, last)]
    return tuple(line[place] for place in sorted(keep))


def rounded(line: Line) -> Line:
    """To five decimals, without a point twice in a row; () for what shrinks to a point."""
    found: list[Point] = []
    for latitude, longitude in line:
        point = (round(latitude, 5), round(longitude, 5))
        if not found or found[-1] != point:
            found.append(point)
    return tuple(found) if len(found) > 1 else ()


def _metres(point: Point) -> Point:
    return point[1] * LONGITUDE_METRES, point[0] * LATITUDE_METRES


def _beside(point: Point, first: Point, last: Point) -> float:
    """How far a point is from the piece between two others, all in metres."""
    (x, y), (ax, ay), (bx, by) = point, first, last
    span = (bx - ax) ** 2 + (by - ay) ** 2
    along = max(0.0, min(1.0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / span)) if span else 0.0
    return math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay))


def _pairs(line: Line) -> Iterator[tuple[Point, Point]]:
    metres = [_metres(point) for point in line]
    return pairwise(metres)


def _length(line: Line) -> float:
    return sum(math.hypot(bx - ax, by - ay) for (ax, ay), (bx, by) in _pairs(line))


def _surface(line: Line) -> float:
    """Square metres inside a ring, whichever way round it is written."""
    return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in _pairs((*line, line[0])))) / 2
