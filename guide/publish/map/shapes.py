"""What a map shows, in degrees, and what is drawn of it, in units of the drawing."""

from collections.abc import Iterator
from dataclasses import dataclass

from guide.publish.map.lines import Point
from guide.publish.views import Box

SIZE = (720, 720)
RADIUS = 32
FONT = {"spot": 28, "square": 27, "main": 27, "street": 27}
"""Height of the letters, by what is named. A telephone of 320 pixels is filled by the drawing: 27 units are 12."""

LatLon = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Place:
    """What gets a number on the map. `approximate`: the position is not the door. `key`: the caller's own."""

    number: str
    latitude: float
    longitude: float
    approximate: bool = False
    name: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Street:
    """A street, square or boundary as lines of (latitude, longitude). kind: street, main, square, boundary."""

    kind: str
    name: str
    lines: tuple[tuple[LatLon, ...], ...]
    area: bool = False
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """A known point with its name, to find one's way by."""

    name: str
    latitude: float
    longitude: float
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """Numbers at (x, y) in a pill `half` units to each side; `foot` is the true place when it was moved."""

    x: int
    y: int
    half: int
    words: str
    approximate: bool
    places: tuple[Place, ...]
    foot: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Name:
    """Words written around (x, y), turned by `angle` degrees, or along `path` where it is not ''.

    kind: spot, square, main, street.
    """

    x: int
    y: int
    angle: int
    words: str
    kind: str
    lang: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything in units of the drawing; paths as SVG writes them. `outside` lie beyond the box."""

    width: int
    height: int
    land: str
    squares: str
    streets: str
    mains: str
    spots: tuple[tuple[int, int], ...]
    names: tuple[Name, ...]
    marks: tuple[Mark, ...]
    outside: tuple[Place, ...]


class Paper:
    """From degrees to units of the drawing, for every map of the guide."""

    def __init__(self, box: Box, size: tuple[float, float]) -> None:
        self.box, (self.width, self.height) = box, size
        self._x = self.width / (box.east - box.west)
        self._y = self.height / (box.north - box.south)

    def at(self, latitude: float, longitude: float) -> Point:
        return (longitude - self.box.west) * self._x, (self.box.north - latitude) * self._y

    def whole(self, latitude: float, longitude: float) -> tuple[int, int]:
        x, y = self.at(latitude, longitude)
        return round(x), round(y)

    def lines(self, street: Street) -> Iterator[list[Point]]:
        for line in street.lines:
            yield [self.at(*point) for point in line]

    def sees(self, one: Point, two: Point, margin: float = 12) -> bool:
        """May the piece between two points be on the drawing?"""
        return (
            max(one[0], two[0]) > -margin
            and min(one[0], two[0]) < self.width + margin
            and max(one[1], two[1]) > -margin
            and min(one[1], two[1]) < self.height + margin
        )
