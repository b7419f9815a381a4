"""The map, drawn by the server from the figures in the database: outline, known points, numbered services.

The small one beside a list, light enough for every page: the page of the map draws more (`publish/map/`), on the
same paper and with the same numbers. No tiles and no request to anyone. Positions that are not the door are
drawn as approximate. Coordinates are WGS84.

Its pins stay where the services are and its names at their points: giving way to each other, as the large map's
do, takes longer than a page beside a list may.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.languages import Bilingual
from guide.model import MapFeature, Precision, Service, ServiceAtLocation
from guide.publish.ground import located
from guide.publish.map.marks import numbers
from guide.publish.map.shapes import Paper
from guide.publish.views import SQUASH, Box

WIDTH = 600
ROOM = 0.0022
"""Degrees of latitude left free around what is drawn: about 250 m, twice that in the east for names."""


@dataclass(frozen=True, slots=True)
class Pin:
    """A numbered service on the map; several at the same place share a pin."""

    x: float
    y: float
    numbers: str
    approximate: bool
    services: tuple[Service, ...]


@dataclass(frozen=True, slots=True)
class Label:
    """A known point at (x, y), its name written from (text_x, text_y)."""

    x: float
    y: float
    text_x: float
    text_y: float
    name: Bilingual
    kind: str


@dataclass(frozen=True, slots=True)
class Sketch:
    """A drawing of `width` x `height` units: the outline as a path, labels, pins; `outside` lie beyond it."""

    width: int
    height: int
    outline: str
    labels: list[Label]
    pins: list[Pin]
    outside: list[Service]


Numbered = tuple[str, Service, ServiceAtLocation]
"""A service with its number in the list, at one of its places."""


def sketch(session: Session, numbered: Sequence[tuple[str, Service]]) -> Sketch | None:
    """The map with these services, numbered as in the list beside it; None when the sketch has no outline.

    Services without a known position are left to the list; those outside the frame are in `outside`.
    """
    features = session.scalars(select(MapFeature).order_by(MapFeature.position)).all()
    outline = next((feature.points for feature in features if feature.kind == "outline"), None)
    if not outline:
        return None
    placed = list(located(numbered))
    commune = _box(outline)
    inside = [item for item in placed if commune.holds(*_position(item[2]))]
    known = [feature.points[0] for feature in features if feature.kind != "outline"]
    paper = _paper(known if known or inside else outline, [_position(location) for _, _, location in inside])

    def place(point: Sequence[float]) -> tuple[float, float]:
        x, y = paper.at(point[0], point[1])
        return round(x, 1), round(y, 1)

    pins = _pins(inside, place)
    labels = [
        _label(*place(feature.points[0]), feature, pins)
        for feature in features
        if feature.kind in ("anchor", "square")
    ]
    path = "M" + "L".join(f"{x} {y}" for x, y in map(place, outline)) + "Z"
    outside = dict.fromkeys(item[1] for item in placed if not commune.holds(*_position(item[2])))
    return Sketch(WIDTH, round(paper.height), path, labels, pins, list(outside))


def _pins(inside: Sequence[Numbered], place: Callable[[Sequence[float]], tuple[float, float]]) -> list[Pin]:
    """One pin for all that stand at the same point of the drawing, in the order of the list."""
    groups: dict[tuple[float, float], list[Numbered]] = {}
    for item in inside:
        groups.setdefault(place(_position(item[2])), []).append(item)
    return [
        Pin(
            x,
            y,
            numbers([number for number, _, _ in members]),
            any(location.precision is not Precision.HOUSE for _, _, location in members),
            tuple(service for _, service, _ in members),
        )
        for (x, y), members in groups.items()
    ]


def _label(x: float, y: float, feature: MapFeature, pins: list[Pin]) -> Label:
    """The name of a known point, moved above the pins that would cover it."""
    covered = any(-70 < pin.x - x < 110 and abs(pin.y - y) < 24 for pin in pins)
    return Label(x, y, x - 24 if covered else x + 7, y - 27 if covered else y - 6, feature.name, feature.kind)


def _position(location: ServiceAtLocation) -> tuple[float, float]:
    return float(location.latitude or 0), float(location.longitude or 0)


def _box(points: Iterable[Sequence[float]]) -> Box:
    """The smallest box around these points."""
    latitudes, longitudes = zip(*((point[0], point[1]) for point in points), strict=True)
    return Box(min(latitudes), min(longitudes), max(latitudes), max(longitudes))


def _paper(known: Sequence[Sequence[float]], inside: Sequence[tuple[float, float]]) -> Paper:
    """The part of the commune that is drawn: the known points and the services, with room around them.

    The woods in the north-west, where no service is, would otherwise take half of the drawing.
    """
    around = _box([*known, *inside])
    box = Box(
        around.south - ROOM,
        around.west - ROOM / SQUASH,
        around.north + ROOM,
        around.east + ROOM * 2 / SQUASH,
    )
    return Paper(box, (WIDTH, WIDTH * (box.north - box.south) / ((box.east - box.west) * SQUASH)))
