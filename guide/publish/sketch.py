"""The map, drawn by the server from the figures in the database: outline, known points, numbered services.

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

WIDTH = 600
MARGIN = 24
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
    x: float
    y: float
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


def sketch(session: Session, numbered: Sequence[tuple[str, Service]]) -> Sketch | None:
    """The map with these services, numbered as in the list beside it; None when the sketch has no outline.

    Services without a known position are left to the list; those outside the frame are in `outside`.
    """
    features = session.scalars(select(MapFeature).order_by(MapFeature.position)).all()
    outline = next((feature.points for feature in features if feature.kind == "outline"), None)
    if not outline:
        return None
    south, north = min(point[0] for point in outline), max(point[0] for point in outline)
    west, east = min(point[1] for point in outline), max(point[1] for point in outline)
    scale = (WIDTH - 2 * MARGIN) / ((east - west) * _MIDDLE)
    height = round((north - south) * scale + 2 * MARGIN)

    def place(latitude: float, longitude: float) -> tuple[float, float]:
        x = MARGIN + (longitude - west) * _MIDDLE * scale
        return round(x, 1), round(MARGIN + (north - latitude) * scale, 1)

    path = "M" + "L".join(f"{x} {y}" for x, y in (place(*point) for point in outline)) + "Z"
    labels = [
        Label(*place(*feature.points[0]), feature.name, feature.kind)
        for feature in features
        if feature.kind in ("anchor", "square")
    ]
    groups: dict[tuple[float, float], list[tuple[str, Service, Location]]] = {}
    outside: list[Service] = []
    for number, service in numbered:
        for location in service.locations:
            if location.latitude is None or location.longitude is None:
                continue
            latitude, longitude = float(location.latitude), float(location.longitude)
            if south <= latitude <= north and west <= longitude <= east:
                groups.setdefault(place(latitude, longitude), []).append((number, service, location))
            else:
                outside.append(service)
    pins = [
        Pin(
            x,
            y,
            _numbers([number for number, _, _ in members]),
            any(location.precision is not Precision.HOUSE for _, _, location in members),
            tuple(service for _, service, _ in members),
        )
        for (x, y), members in groups.items()
    ]
    return Sketch(WIDTH, height, path, labels, pins, outside)


def _numbers(numbers: list[str]) -> str:
    return (
        numbers[0]
        if len(numbers) == 1
        else f"{numbers[0]}+{len(numbers) - 1}"
        if len(numbers) > 3
        else "·".join(numbers)
    )
