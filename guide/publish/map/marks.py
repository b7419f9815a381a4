"""Numbered marks that never cover each other."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from guide.publish.map.lines import Point
from guide.publish.map.shapes import RADIUS, LatLon, Mark, Paper, Place

TARGET = 49
"""Half of what a finger needs: 98 units are 44 pixels on a telephone."""
SAME_PLACE = 24
"""Places nearer to each other than this share a mark."""
STEM_FROM = 14
"""A mark moved further than this from its place is tied to it by a line."""
SQUARES = 6
"""How many squares of the grid lie side by side: each has room for a mark that a finger meets."""
ROUNDS = 120
FULL = 0.5
"""Share of the drawing that marks may cover, with the room a finger needs."""


def marks_of(places: Sequence[Place], paper: Paper) -> tuple[Mark, ...]:
    """In the order of the numbers. Near places share a mark; the others give way until none covers another."""
    near = float(SAME_PLACE)
    piles = _piles(places, paper, near)
    while len(piles) * (2 * TARGET) ** 2 > FULL * paper.width * paper.height or not _spread(piles, paper):
        # No room for all: places a little further from each other share a mark too, and all start again.
        near *= 1.4
        piles = _piles(places, paper, near)
    return tuple(_mark(pile) for pile in piles)


def counts_of(points: Sequence[LatLon], paper: Paper) -> list[tuple[Mark, LatLon]]:
    """How many of these points are in each square of a grid, from north to south, each with their middle.

    For more places than can have a number each. A mark stands where its places are, as near as its square allows.
    """
    wide, tall = paper.width / SQUARES, paper.height / SQUARES
    squares: dict[tuple[int, int], list[LatLon]] = {}
    for latitude, longitude in points:
        x, y = paper.at(latitude, longitude)
        if 0 <= x <= paper.width and 0 <= y <= paper.height:
            column, row = min(int(x / wide), SQUARES - 1), min(int(y / tall), SQUARES - 1)
            squares.setdefault((row, column), []).append((latitude, longitude))
    return [
        _counted(its, paper, ((column + 0.5) * wide, (row + 0.5) * tall))
        for (row, column), its in sorted(squares.items())
    ]


def _counted(points: Sequence[LatLon], paper: Paper, middle: Point) -> tuple[Mark, LatLon]:
    """The mark of a square around this middle, and where its points are in the mean."""
    latitude = sum(point[0] for point in points) / len(points)
    longitude = sum(point[1] for point in points) / len(points)
    x, y = paper.at(latitude, longitude)
    words = str(len(points))
    half = max(RADIUS, round(9.5 * len(words) + 14))
    slack = paper.width / SQUARES / 2 - TARGET, paper.height / SQUARES / 2 - TARGET
    mark = Mark(
        x=round(_near(x, middle[0], slack[0])),
        y=round(_near(y, middle[1], slack[1])),
        half=half,
        words=words,
        approximate=False,
        places=(),
        foot=None,
    )
    return mark, (latitude, longitude)


def _near(wished: float, middle: float, slack: float) -> float:
    return max(middle - slack, min(middle + slack, wished))


def numbers(figures: Sequence[str]) -> str:
    """'3', '3·9', or '3–7' for numbers in a row; more than three that are not in a row: '3+4'."""
    if len(figures) == 1:
        return figures[0]
    row = sorted(int(figure) for figure in figures)
    if len(row) > 2 and row[-1] - row[0] == len(row) - 1:
        return f"{row[0]}–{row[-1]}"
    return "·".join(map(str, row)) if len(row) <= 3 else f"{row[0]}+{len(row) - 1}"


@dataclass(slots=True)
class _Pile:
    """Places that share a mark while the marks look for room: where they are, and where the mark is now."""

    places: list[Place]
    foot: Point
    x: float
    y: float

    @property
    def half(self) -> int:
        return max(RADIUS, round(9.5 * len(numbers([place.number for place in self.places])) + 14))

    @property
    def room(self) -> float:
        return max(TARGET, self.half + 6)


def _piles(places: Sequence[Place], paper: Paper, near: float) -> list[_Pile]:
    """The places in piles: each with the first one that lies nearer than this."""
    piles: list[_Pile] = []
    for place in places:
        x, y = paper.at(place.latitude, place.longitude)
        shared = next((pile for pile in piles if math.dist(pile.foot, (x, y)) < near), None)
        if shared:
            shared.places.append(place)
        else:
            piles.append(_Pile([place], (x, y), x, y))
    return piles


def _mark(pile: _Pile) -> Mark:
    moved = math.dist(pile.foot, (pile.x, pile.y)) > STEM_FROM
    return Mark(
        round(pile.x),
        round(pile.y),
        pile.half,
        numbers([place.number for place in pile.places]),
        any(place.approximate for place in pile.places),
        tuple(pile.places),
        (round(pile.foot[0]), round(pile.foot[1])) if moved else None,
    )


def _spread(piles: Sequence[_Pile], paper: Paper) -> bool:
    """Pushes overlapping marks apart inside the frame; False when there is not enough room."""
    for _ in range(ROUNDS):
        rest = True
        for place, one in enumerate(piles):
            for two in piles[place + 1 :]:
                across = one.room + two.room - abs(one.x - two.x)
                down = 2 * TARGET - abs(one.y - two.y)
                if across <= 1 or down <= 1:
                    continue
                rest = False
                if across < down:
                    push = across / 2 if one.x <= two.x else -across / 2
                    one.x, two.x = one.x - push, two.x + push
                else:
                    push = down / 2 if one.y <= two.y else -down / 2
                    one.y, two.y = one.y - push, two.y + push
        for pile in piles:
            pile.x = max(pile.room, min(paper.width - pile.room, pile.x))
            pile.y = max(TARGET, min(paper.height - TARGET, pile.y))
        if rest:
            return True
    return len(piles) < 2
