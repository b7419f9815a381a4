"""Draws a map: outline, streets with their names, numbered marks that never cover each other. Pure.

`draw` gives figures for a template; `svg` the same as a file of its own, for paper. An even projection is
true enough over three kilometres. The measures are units of the drawing, whose width is 720: on a telephone
of 360 pixels a unit is 0.45 of a pixel, and sizes are chosen for that.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from guide.loading.geojson import TOLERANCE, simplified
from guide.publish.views import Box

SIZE = (720, 720)
TARGET = 49
"""Half of what a finger needs: 98 units are 44 pixels on a telephone."""
RADIUS = 32
SAME_PLACE = 24
"""Places nearer to each other than this share a mark."""
STEM_FROM = 14
"""A mark moved further than this from its place is tied to it by a line."""
FONT = {"spot": 26, "square": 24, "main": 25, "street": 22}
"""Height of the letters, by what is named."""
LETTER = 0.56
"""Mean width of a letter, as a share of its height."""
BEND = 7
"""How far a street may leave the straight line of its name."""
SHORTEST = 9
"""Side streets shorter than this are left out: they would be a dot."""
MOST_NAMES = 45
ROUNDS = 240
SHORT = (
    ("Chaussée ", "Ch. "),
    ("Boulevard ", "Bd "),
    ("Avenue ", "Av. "),
    ("Place ", "Pl. "),
    ("Square ", "Sq. "),
)
"""Words that every map of a French-speaking town shortens."""

Point = tuple[float, float]
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
    """Words written around (x, y), turned by `angle` degrees. kind: spot, square, main, street."""

    x: int
    y: int
    angle: int
    words: str
    kind: str
    lang: str = ""


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


def draw(
    places: Sequence[Place],
    streets: Sequence[Street],
    box: Box,
    size: tuple[int, int] = SIZE,
    spots: Sequence[Spot] = (),
) -> Drawing:
    """The map of this box. Marks keep a finger's width from each other; names keep off marks and each other.

    Whatever does not fit is left out, never crammed in: names first, then side streets that would be a dot.
    """
    paper = _Paper(box, size)
    inside = [place for place in places if box.holds(place.latitude, place.longitude)]
    marks = _marks(inside, paper)
    runs = {kind: _runs(streets, kind, paper) for kind in ("street", "main", "square")}
    known = [spot for spot in spots if box.holds(spot.latitude, spot.longitude)]
    return Drawing(
        width=size[0],
        height=size[1],
        land="".join(
            _path(line, closed=True)
            for street in streets
            if street.kind == "boundary"
            for line in paper.lines(street)
        ),
        squares="".join(_path(line, closed=True) for street, line in runs["square"] if street.area),
        streets="".join(
            _path(line)
            for street, line in (*runs["street"], *runs["square"])
            if not street.area and _length(line) >= SHORTEST
        ),
        mains="".join(_path(line) for _, line in runs["main"]),
        spots=tuple(paper.whole(spot.latitude, spot.longitude) for spot in known),
        names=_names(runs, known, marks, paper),
        marks=marks,
        outside=tuple(place for place in places if place not in inside),
    )


def numbers(figures: Sequence[str]) -> str:
    """'3', '3·9', or '3–7' for numbers in a row; more than three that are not in a row: '3+4'."""
    if len(figures) == 1:
        return figures[0]
    row = sorted(int(figure) for figure in figures)
    if len(row) > 2 and row[-1] - row[0] == len(row) - 1:
        return f"{row[0]}–{row[-1]}"
    return "·".join(map(str, row)) if len(row) <= 3 else f"{row[0]}+{len(row) - 1}"


class _Paper:
    """From degrees to units of the drawing."""

    def __init__(self, box: Box, size: tuple[int, int]) -> None:
        self.box, (self.width, self.height) = box, size
        self._x = self.width / (box.east - box.west)
        self._y = self.height / (box.north - box.south)
        self.tolerance = max(TOLERANCE, 0.6 * box.metres / self.height)

    def at(self, latitude: float, longitude: float) -> Point:
        return (longitude - self.box.west) * self._x, (self.box.north - latitude) * self._y

    def whole(self, latitude: float, longitude: float) -> tuple[int, int]:
        x, y = self.at(latitude, longitude)
        return round(x), round(y)

    def lines(self, street: Street) -> Iterator[list[Point]]:
        for line in street.lines:
            yield [self.at(*point) for point in simplified(line, self.tolerance)]

    def sees(self, one: Point, two: Point, margin: float = 12) -> bool:
        """May the piece between two points be on the drawing?"""
        return (
            max(one[0], two[0]) > -margin
            and min(one[0], two[0]) < self.width + margin
            and max(one[1], two[1]) > -margin
            and min(one[1], two[1]) < self.height + margin
        )


def _runs(streets: Sequence[Street], kind: str, paper: _Paper) -> list[tuple[Street, list[Point]]]:
    """The parts of the lines of this kind that are in sight; an area stays whole."""
    found: list[tuple[Street, list[Point]]] = []
    for street in streets:
        if street.kind != kind:
            continue
        for line in paper.lines(street):
            if street.area:
                if any(paper.sees(a, b) for a, b in zip(line, line[1:], strict=False)):
                    found.append((street, line))
                continue
            run: list[Point] = []
            for one, two in zip(line, line[1:], strict=False):
                if paper.sees(one, two):
                    run = [*(run or [one]), two]
                elif run:
                    found.append((street, run))
                    run = []
            if run:
                found.append((street, run))
    return found


def _path(line: Sequence[Point], closed: bool = False) -> str:
    """The line in whole units, each point told from the one before it: half the weight of absolute figures."""
    points: list[tuple[int, int]] = []
    for x, y in line:
        point = (round(x), round(y))
        if not points or points[-1] != point:
            points.append(point)
    if len(points) < 2:
        return ""
    steps = [_pair(bx - ax, by - ay) for (ax, ay), (bx, by) in zip(points, points[1:], strict=False)]
    return f"M{_pair(*points[0])}l{' '.join(steps)}{'z' if closed else ''}"


def _pair(x: int, y: int) -> str:
    return f"{x} {y}" if y >= 0 else f"{x}{y}"


def _length(line: Sequence[Point]) -> float:
    return sum(math.dist(one, two) for one, two in zip(line, line[1:], strict=False))


# Marks


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


def _marks(places: Sequence[Place], paper: _Paper) -> tuple[Mark, ...]:
    """In the order of the numbers. Near places share a mark; the others give way until none covers another."""
    piles: list[_Pile] = []
    for place in places:
        x, y = paper.at(place.latitude, place.longitude)
        shared = next((pile for pile in piles if math.dist(pile.foot, (x, y)) < SAME_PLACE), None)
        if shared:
            shared.places.append(place)
        else:
            piles.append(_Pile([place], (x, y), x, y))
    while not _spread(piles, paper):
        # No room for all: the two whose places are nearest to each other become one, and all start again.
        one, two = min(
            ((a, b) for place, a in enumerate(piles) for b in piles[place + 1 :]),
            key=lambda pair: math.dist(pair[0].foot, pair[1].foot),
        )
        one.places += two.places
        piles.remove(two)
        for pile in piles:
            pile.x, pile.y = pile.foot
    return tuple(_mark(pile) for pile in piles)


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


def _spread(piles: Sequence[_Pile], paper: _Paper) -> bool:
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


# Names


class _Taken:
    """What is written or drawn already, as circles."""

    def __init__(self, paper: _Paper) -> None:
        self._paper = paper
        self._circles: list[tuple[float, float, float]] = []

    def take(self, circles: Sequence[tuple[float, float, float]]) -> None:
        self._circles += circles

    def free(self, circles: Sequence[tuple[float, float, float]]) -> bool:
        return all(
            radius <= x <= self._paper.width - radius
            and radius <= y <= self._paper.height - radius
            and all(
                (x - ax) ** 2 + (y - ay) ** 2 > (radius + there) ** 2 for ax, ay, there in self._circles
            )
            for x, y, radius in circles
        )


def _names(
    runs: dict[str, list[tuple[Street, list[Point]]]], spots: Sequence[Spot], marks: Sequence[Mark], paper: _Paper
) -> tuple[Name, ...]:
    """Known points first, then main streets, squares, and side streets from the longest on."""
    taken = _Taken(paper)
    for mark in marks:
        taken.take(_row((mark.x, mark.y), 0, 2 * mark.half, RADIUS + 3))
        if mark.foot:
            taken.take(_between((mark.x, mark.y), mark.foot))
    for spot in spots:
        taken.take([(*paper.at(spot.latitude, spot.longitude), 5)])
    found: list[Name] = []
    for spot in spots:
        x, y = paper.at(spot.latitude, spot.longitude)
        _write(found, taken, spot.name, "spot", spot.lang, _beside_point(x, y, spot.name))
    for kind in ("main", "square", "street"):
        for street, lines in _longest_first(runs[kind]):
            words = shortened(street.name)
            for line in lines:
                places = _middle(line) if street.area else _along(line, _width(words, kind))
                if _write(found, taken, words, kind, street.lang, places):
                    break
    return tuple(found)


def shortened(name: str) -> str:
    """'Av. Charles Woeste' for 'Avenue Charles Woeste'; what has no usual short form stays."""
    for long, short in SHORT:
        if name.startswith(long):
            return short + name[len(long) :]
    return name


def _longest_first(runs: Sequence[tuple[Street, list[Point]]]) -> list[tuple[Street, list[list[Point]]]]:
    """Each named street once, with its parts; the longest street and the longest part first."""
    grouped: dict[str, tuple[Street, list[list[Point]]]] = {}
    for street, line in runs:
        if street.name:
            grouped.setdefault(street.name, (street, []))[1].append(line)
    for _, lines in grouped.values():
        lines.sort(key=_length, reverse=True)
    return sorted(grouped.values(), key=lambda group: -sum(map(_length, group[1])))


def _write(
    found: list[Name],
    taken: _Taken,
    words: str,
    kind: str,
    lang: str,
    places: Sequence[tuple[float, float, float]] | Iterator[tuple[float, float, float]],
) -> bool:
    """Writes the name at the first of these (x, y, angle) that is free."""
    if len(found) >= MOST_NAMES or not words:
        return False
    for x, y, angle in places:
        row = _row((x, y), angle, _width(words, kind), FONT[kind] * 0.62)
        if taken.free(row):
            taken.take(row)
            # The letters stand on the line: lowered by a third of their height they sit in its middle.
            down = FONT[kind] * 0.35
            turn = math.radians(angle)
            found.append(
                Name(
                    round(x - down * math.sin(turn)),
                    round(y + down * math.cos(turn)),
                    round(angle),
                    words,
                    kind,
                    lang,
                )
            )
            return True
    return False


def _width(words: str, kind: str) -> float:
    return len(words) * FONT[kind] * LETTER


def _row(middle: Point, angle: float, width: float, radius: float) -> list[tuple[float, float, float]]:
    """Circles that cover a line of this width, turned around its middle."""
    turn = math.radians(angle)
    reach = max(0.0, width / 2 - radius * 0.6)
    steps = max(1, math.ceil(2 * reach / radius))
    return [
        (middle[0] + along * math.cos(turn), middle[1] + along * math.sin(turn), radius)
        for along in (reach * (2 * step / steps - 1) for step in range(steps + 1))
    ]


def _between(one: Point, two: Point) -> list[tuple[float, float, float]]:
    steps = max(1, round(math.dist(one, two) / 8))
    return [
        (one[0] + (two[0] - one[0]) * step / steps, one[1] + (two[1] - one[1]) * step / steps, 5)
        for step in range(steps + 1)
    ]


def _beside_point(x: float, y: float, words: str) -> list[tuple[float, float, float]]:
    """Right of a point, left, above, below, and the corners."""
    half, high = _width(words, "spot") / 2, FONT["spot"]
    sides = [(half + 12, 0.0), (-half - 12, 0.0), (0.0, -high), (0.0, high)]
    corners = [(sign * half * 0.8, rise * high) for rise in (-1, 1) for sign in (1, -1)]
    return [(x + right, y + down, 0.0) for right, down in (*sides, *corners)]


def _middle(ring: Sequence[Point]) -> list[tuple[float, float, float]]:
    x = (min(point[0] for point in ring) + max(point[0] for point in ring)) / 2
    y = (min(point[1] for point in ring) + max(point[1] for point in ring)) / 2
    return [(x, y, 0.0), (x, y - 26, 0.0), (x, y + 26, 0.0)]


def _along(line: Sequence[Point], width: float) -> Iterator[tuple[float, float, float]]:
    """Where on a line a name of this width may stand: on parts that are straight enough, from the longest on."""
    parts: list[tuple[float, Point, Point]] = []
    for first in range(len(line) - 1):
        last = first + 1
        while last + 1 < len(line) and _straight(line[first : last + 2]):
            last += 1
        span = math.dist(line[first], line[last])
        if span >= width * 1.06:
            parts.append((span, line[first], line[last]))
    for span, one, two in sorted(parts, reverse=True)[:4]:
        if one[0] > two[0]:
            one, two = two, one
        angle = math.degrees(math.atan2(two[1] - one[1], two[0] - one[0]))
        room = (span - width) / span / 2
        for share in (0.5, 0.5 - room / 2, 0.5 + room / 2, 0.5 - room, 0.5 + room):
            yield one[0] + (two[0] - one[0]) * share, one[1] + (two[1] - one[1]) * share, angle


def _straight(part: Sequence[Point]) -> bool:
    (ax, ay), (bx, by) = part[0], part[-1]
    span = math.dist(part[0], part[-1])
    return span > 0 and all(
        abs((x - ax) * (by - ay) - (y - ay) * (bx - ax)) / span <= BEND for x, y in part[1:-1]
    )


# Paper

INK, WATER, LAND, ROAD, EDGE = "#182127", "#fff", "#f1f1ee", "#fff", "#68757c"


def svg(drawing: Drawing, title: str) -> str:
    """The drawing as an SVG file by itself, in ink and grey for a printer; `title` says what it shows."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {drawing.width} {drawing.height}" role="img" '
        f'font-family="Public Sans, sans-serif"><title>{escape(title)}</title>',
        f'<rect width="100%" height="100%" fill="{WATER}"/>',
        f'<path d="{drawing.land}" fill="{LAND}"/>',
        f'<path d="{drawing.squares}" fill="#dfe5e0"/>',
        f'<path d="{drawing.streets}" fill="none" stroke="#d5d5d0" stroke-width="4" stroke-linejoin="round"/>',
        f'<path d="{drawing.mains}" fill="none" stroke="#bdbdb6" stroke-width="9" stroke-linejoin="round"/>',
        f'<path d="{drawing.land}" fill="none" stroke="{EDGE}" stroke-width="3"/>',
    ]
    parts += [f'<circle cx="{x}" cy="{y}" r="5" fill="{EDGE}"/>' for x, y in drawing.spots]
    for name in drawing.names:
        turned = f' transform="rotate({name.angle} {name.x} {name.y})"' if name.angle else ""
        parts.append(
            f'<text x="{name.x}" y="{name.y}"{turned} text-anchor="middle" font-size="{FONT[name.kind]}" '
            f'fill="{INK}">{escape(name.words)}</text>'
        )
    for mark in drawing.marks:
        if mark.foot:
            parts.append(
                f'<path d="M{mark.x} {mark.y}L{mark.foot[0]} {mark.foot[1]}" stroke="{INK}" stroke-width="3"/>'
                f'<circle cx="{mark.foot[0]}" cy="{mark.foot[1]}" r="7" fill="{INK}"/>'
            )
        fill, figure = ("#fff", INK) if mark.approximate else (INK, "#fff")
        parts.append(
            f'<rect x="{mark.x - mark.half}" y="{mark.y - RADIUS}" width="{2 * mark.half}" height="{2 * RADIUS}" '
            f'rx="{RADIUS}" fill="{fill}" stroke="{INK}" stroke-width="5"/>'
            f'<text x="{mark.x}" y="{mark.y + 11}" text-anchor="middle" font-size="32" font-weight="700" '
            f'fill="{figure}">{escape(mark.words)}</text>'
        )
    return "".join(parts) + "</svg>"
