"""Which part of the commune a map shows: levels and places on a grid, so that every view has one address.

Level 0 is everything; each further level shows half the width. Views of a level lie a quarter of a view
apart, so that two steps move by half of what is seen.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Point = tuple[float, float]

LEVELS = 3
"""The nearest level: an eighth of the whole width, about 400 m."""
QUARTERS = 4
STEP = 2
"""Quarters that one press on an arrow moves by."""
LATITUDE_METRES = 111_200.0
SQUASH = math.cos(math.radians(50.88))
"""How much shorter a degree of longitude is than one of latitude in Jette."""
MARGIN = 0.04
"""Share of the outline's size left free around it."""
CLEAR = 0.1
"""Share of a view's size that services keep from its edge, to be shown with their numbers."""


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the earth in WGS84 degrees."""

    south: float
    west: float
    north: float
    east: float

    def holds(self, latitude: float, longitude: float, clear: float = 0.0) -> bool:
        """Is the point inside? `clear`: this share of the size stays free at every edge."""
        tall, wide = (self.north - self.south) * clear, (self.east - self.west) * clear
        return (
            self.south + tall <= latitude <= self.north - tall
            and self.west + wide <= longitude <= self.east - wide
        )

    @property
    def metres(self) -> float:
        """Its height in metres."""
        return (self.north - self.south) * LATITUDE_METRES


def square_around(points: Iterable[Sequence[float]], margin: float = MARGIN) -> Box:
    """The smallest box around the points that is a square on the ground, with a margin."""
    pairs = [(point[0], point[1]) for point in points]
    south, north = min(p[0] for p in pairs), max(p[0] for p in pairs)
    west, east = min(p[1] for p in pairs), max(p[1] for p in pairs)
    half = max(north - south, (east - west) * SQUASH) / 2 * (1 + 2 * margin)
    latitude, longitude = (south + north) / 2, (west + east) / 2
    return Box(latitude - half, longitude - half / SQUASH, latitude + half, longitude + half / SQUASH)


@dataclass(frozen=True, slots=True)
class View:
    """A place on the grid: columns count from the west, rows from the north."""

    level: int = 0
    column: int = 0
    row: int = 0

    @property
    def last(self) -> int:
        """The last column and row of this level."""
        return QUARTERS * ((1 << self.level) - 1)

    @property
    def address(self) -> str:
        """As it stands in an address: '2.3.4'; '0' is everything."""
        return f"{self.level}.{self.column}.{self.row}" if self.level else "0"

    def box(self, whole: Box) -> Box:
        """What it shows of the whole."""
        tall = (whole.north - whole.south) / 2**self.level
        wide = (whole.east - whole.west) / 2**self.level
        north = whole.north - self.row * tall / QUARTERS
        west = whole.west + self.column * wide / QUARTERS
        return Box(north - tall, west, north, west + wide)

    def moved(self, columns: int, rows: int) -> "View | None":
        """The view beside it, at the edge at most; None when it is at the edge already."""
        column = max(0, min(self.last, self.column + columns))
        row = max(0, min(self.last, self.row + rows))
        return None if (column, row) == (self.column, self.row) else View(self.level, column, row)

    def nearer(self) -> "View | None":
        """Half the width around the same middle; None at the last level."""
        if self.level == LEVELS:
            return None
        # The middle lies half a view (two quarters) in; a quarter of this level is two of the next.
        return View(self.level + 1, 2 * self.column + STEP, 2 * self.row + STEP)

    def wider(self) -> "View | None":
        """Twice the width around the same middle, or as near to it as the edge allows; None at level 0."""
        if not self.level:
            return None
        last = View(self.level - 1).last
        column, row = (max(0, min(last, round((place - STEP) / 2))) for place in (self.column, self.row))
        return View(self.level - 1, column, row)


def read_view(text: str) -> View | None:
    """The view an address names; None for anything that is not exactly one."""
    if text == "0":
        return View()
    parts = text.split(".")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 3 for part in parts):
        return None
    view = View(*map(int, parts))
    sound = 1 <= view.level <= LEVELS and view.column <= view.last and view.row <= view.last
    return view if sound and view.address == text else None


def around(whole: Box, latitude: float, longitude: float, level: int) -> View:
    """The view of this level whose middle is nearest to a point."""
    last = View(level).last
    share = 1 / 2**level
    tall, wide = (whole.north - whole.south) * share, (whole.east - whole.west) * share
    column = round(((longitude - whole.west) / wide - 0.5) * QUARTERS)
    row = round(((whole.north - latitude) / tall - 0.5) * QUARTERS)
    return View(level, max(0, min(last, column)), max(0, min(last, row)))


def fitting(whole: Box, points: Sequence[Point]) -> View:
    """The nearest view that shows all these points with room around them; everything when there are none.

    Never the last level: a reader who has not asked for it should know where she is.
    """
    if not points:
        return View()
    latitude = (min(p[0] for p in points) + max(p[0] for p in points)) / 2
    longitude = (min(p[1] for p in points) + max(p[1] for p in points)) / 2
    for level in range(LEVELS - 1, 0, -1):
        view = around(whole, latitude, longitude, level)
        if all(view.box(whole).holds(*point, clear=CLEAR) for point in points):
            return view
    return View()
