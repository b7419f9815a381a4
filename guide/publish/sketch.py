"""The map, drawn by the server from the figures in the database: outline, known points, numbered services.

The small one beside a list, light enough for every page: the page of the map draws more (`publish/map/`).
No tiles and no request to anyone. Positions that are not the door are drawn as approximate. Coordinates
are WGS84; the drawing uses an even projection, true enough over three kilometres.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.languages import Bilingual
from guide.model import Location, MapFeature, Precision, Service
from guide.publish.map.marks import numbers

WIDTH = 600
ROOM = 0.0022
"""Degrees of latitude left free around what is drawn: about 250 m, twice that in the east for names."""
_MIDDLE = math.cos(math.radians(50.88))


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


Numbered = tuple[str, Service, Location]
"""A service with its number in the list, at one of its places."""


def sketch(session: Session, numbered: Sequence[tuple[str, Service]]) -> Sketch | None:
    """The map with these services, numbered as in the list beside it; None when the sketch has no outline.

    Services without a known position are left to the list; those outside the frame are in `outside`.
    """
    features = session.scalars(select(MapFeature).order_by(MapFeature.position)).all()
    outline = next((feature.points for feature in features if feature.kind == "outline"), None)
    if not outline:
        return None
    located = _located(numbered)
    inside = [item for item in located if _within(outline, item[2])]
    known = [feature.points[0] for feature in features if feature.kind != "outline"]
    frame = _frame(known if known or inside else outline, inside)
    pins = _pins(frame, inside)
    labels = [
        _label(*frame.place(*feature.points[0]), feature, pins)
        for feature in features
        if feature.kind in ("anchor", "square")
    ]
    path = "M" + "L".join(f"{x} {y}" for x, y in (frame.place(*point) for point in outline)) + "Z"
    outside = [service for _, service, location in located if not _within(outline, location)]
    return Sketch(WIDTH, frame.height, path, labels, pins, list(dict.fromkeys(outside)))


def _located(numbered: Sequence[tuple[str, Service]]) -> list[Numbered]:
    """Each of their places whose position is known."""
    return [
        (number, service, location)
        for number, service in numbered
        for location in service.places
        if location.latitude is not None and location.longitude is not None
    ]


def _pins(frame: "_Frame", inside: Sequence[Numbered]) -> list[Pin]:
    """One pin for all that stand at the same point of the drawing, in the order of the list."""
    groups: dict[tuple[float, float], list[Numbered]] = {}
    for item in inside:
        groups.setdefault(frame.place(*_position(item[2])), []).append(item)
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


@dataclass(frozen=True, slots=True)
class _Frame:
    """The part of the commune that is drawn, in degrees."""

    south: float
    north: float
    west: float
    east: float

    @property
    def scale(self) -> float:
        """Units of the drawing for a degree of latitude."""
        return WIDTH / ((self.east - self.west) * _MIDDLE)

    @property
    def height(self) -> int:
        """Of the drawing, in its units."""
        return round((self.north - self.south) * self.scale)

    def place(self, latitude: float, longitude: float) -> tuple[float, float]:
        """Where this point lies in the drawing."""
        x = (longitude - self.west) * _MIDDLE * self.scale
        return round(x, 1), round((self.north - latitude) * self.scale, 1)


def _position(location: Location) -> tuple[float, float]:
    return float(location.latitude or 0), float(location.longitude or 0)


def _within(outline: list[list[float]], location: Location) -> bool:
    """In the box around the outline."""
    latitude, longitude = _position(location)
    latitudes, longitudes = [point[0] for point in outline], [point[1] for point in outline]
    return min(latitudes) <= latitude <= max(latitudes) and min(longitudes) <= longitude <= max(longitudes)


def _frame(known: list[list[float]], inside: list[Numbered]) -> _Frame:
    """The part of the commune that is drawn: the known points and the services, with room around them.

    The woods in the north-west, where no service is, would otherwise take half of the drawing.
    """
    points = [(point[0], point[1]) for point in known] + [_position(location) for _, _, location in inside]
    return _Frame(
        min(point[0] for point in points) - ROOM,
        max(point[0] for point in points) + ROOM,
        min(point[1] for point in points) - ROOM / _MIDDLE,
        max(point[1] for point in points) + ROOM * 2 / _MIDDLE,
    )
