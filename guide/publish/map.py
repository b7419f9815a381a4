"""Draws a map: outline, streets with their names, numbered marks that never cover each other. Pure.

`draw` gives figures for a template; `svg` the same as a file of its own, for paper. An even projection is
true enough over three kilometres. The measures are units of the drawing, whose width is 720: on a telephone
of 360 pixels a unit is 0.45 of a pixel, and sizes are chosen for that.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from guide.publish.views import Box

SIZE = (720, 720)
TARGET = 49
"""Half of what a finger needs: 98 units are 44 pixels on a telephone."""
RADIUS = 32
SAME_PLACE = 24
"""Places nearer to each other than this share a mark."""
STEM_FROM = 14
"""A mark moved further than this from its place is tied to it by a line."""
FONT = {"spot": 25, "square": 22, "main": 23, "street": 21}
"""Height of the letters, by what is named."""
LETTER = 0.53
"""Mean width of a letter, as a share of its height."""
STRAIGHT = 3
"""A name is written along a path when its street leaves the straight line by more than this."""
TURN, WHOLE_TURN = 24, 60
"""Degrees that a street may turn under a name, at one corner and from end to end."""
SMOOTH = 4
"""Corners smaller than this are passed over by a name."""
SHORTEST = 9
"""Side streets shorter than this are left out: they would be a dot."""
MOST_NAMES = 45
ROUNDS = 120
FULL = 0.5
"""Share of the drawing that marks may cover, with the room a finger needs."""
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


def _runs(streets: Sequence[Street], kind: str, paper: _Paper) -> list[tuple[Street, list[Point]]]:
    """The parts of the lines of this kind that are in sight; an area stays whole."""
    found: list[tuple[Street, list[Point]]] = []
    for street in streets:
        if street.kind != kind:
            continue
        for line in paper.lines(street):
            if street.area:
                if any(paper.sees(a, b) for a, b in pairwise(line)):
                    found.append((street, line))
                continue
            run: list[Point] = []
            for one, two in pairwise(line):
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
    steps = [_pair(bx - ax, by - ay) for (ax, ay), (bx, by) in pairwise(points)]
    return f"M{_pair(*points[0])}l{' '.join(steps)}{'z' if closed else ''}"


def _pair(x: int, y: int) -> str:
    return f"{x} {y}" if y >= 0 else f"{x}{y}"


def _length(line: Sequence[Point]) -> float:
    return sum(math.dist(one, two) for one, two in pairwise(line))


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
    near = float(SAME_PLACE)
    piles = _piles(places, paper, near)
    while len(piles) * (2 * TARGET) ** 2 > FULL * paper.width * paper.height or not _spread(piles, paper):
        # No room for all: places a little further from each other share a mark too, and all start again.
        near *= 1.4
        piles = _piles(places, paper, near)
    return tuple(_mark(pile) for pile in piles)


def _piles(places: Sequence[Place], paper: _Paper, near: float) -> list[_Pile]:
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
            and all((x - ax) ** 2 + (y - ay) ** 2 > (radius + there) ** 2 for ax, ay, there in self._circles)
            for x, y, radius in circles
        )


def _names(
    runs: dict[str, list[tuple[Street, list[Point]]]],
    spots: Sequence[Spot],
    marks: Sequence[Mark],
    paper: _Paper,
) -> tuple[Name, ...]:
    """Known points first, then main streets, squares, and side streets from the longest on."""
    taken = _Taken(paper)
    for mark in marks:
        reach = mark.half - RADIUS
        taken.take(_row([(mark.x - reach, mark.y), (mark.x + reach, mark.y)], RADIUS + 3))
        if mark.foot:
            taken.take(_row([(mark.x, mark.y), mark.foot], 6))
    for spot in spots:
        taken.take([(*paper.at(spot.latitude, spot.longitude), 5)])
    found: list[Name] = []
    for spot in spots:
        x, y = paper.at(spot.latitude, spot.longitude)
        _write(found, taken, spot.name, "spot", spot.lang, _beside_point(x, y, _width(spot.name, "spot")))
    for kind in ("main", "square", "street"):
        for street, lines in _longest_first(runs[kind]):
            words = shortened(street.name)
            for line in lines:
                width = _width(words, kind)
                seats = _middle(line, width) if street.area else _along(line, width)
                if _write(found, taken, words, kind, street.lang, seats):
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


Seat = list[Point]
"""Where a name may sit: its base from the first letter to the last, two points or a bent line."""


def _write(found: list[Name], taken: _Taken, words: str, kind: str, lang: str, seats: Iterable[Seat]) -> bool:
    """Writes the name at the first of these seats that is free."""
    if len(found) >= MOST_NAMES or not words:
        return False
    for seat in seats:
        row = _row(seat, FONT[kind] * 0.6)
        if taken.free(row):
            taken.take(row)
            found.append(_name(seat, words, kind, lang))
            return True
    return False


def _name(seat: Seat, words: str, kind: str, lang: str) -> Name:
    """The letters stand on their line: lowered by a third of their height they sit in its middle."""
    (ax, ay), (bx, by) = seat[0], seat[-1]
    turn = math.atan2(by - ay, bx - ax)
    down = FONT[kind] * 0.35
    x, y = (ax + bx) / 2 - down * math.sin(turn), (ay + by) / 2 + down * math.cos(turn)
    bent = any(_off(point, seat[0], seat[-1]) > STRAIGHT for point in seat[1:-1])
    path = _path(_longer(seat)) if bent else ""
    return Name(round(x), round(y), round(math.degrees(turn)), words, kind, lang, path)


def _longer(seat: Seat) -> Seat:
    """With a little more line at both ends: letters beyond the end of a path are not shown at all."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = seat[0], seat[1], seat[-2], seat[-1]
    first, last = 18 / (math.dist(seat[0], seat[1]) or 1), 18 / (math.dist(seat[-2], seat[-1]) or 1)
    start = (ax + (ax - bx) * first, ay + (ay - by) * first)
    return [start, *seat[1:-1], (dx + (dx - cx) * last, dy + (dy - cy) * last)]


def _width(words: str, kind: str) -> float:
    return len(words) * FONT[kind] * LETTER


def _row(seat: Seat, radius: float) -> list[tuple[float, float, float]]:
    """Circles that cover what is written there."""
    length = _length(seat)
    steps = max(1, math.ceil(length / radius))
    return [(*_at(seat, length * step / steps), radius) for step in range(steps + 1)]


def _at(line: Sequence[Point], along: float) -> Point:
    """The point this far along a line."""
    for (ax, ay), (bx, by) in pairwise(line):
        span = math.hypot(bx - ax, by - ay)
        if along <= span and span:
            return ax + (bx - ax) * along / span, ay + (by - ay) * along / span
        along -= span
    return line[-1]


def _part(line: Sequence[Point], start: float, end: float) -> Seat:
    """The piece of a line between two distances along it."""
    found, along = [_at(line, start)], 0.0
    for one, two in pairwise(line):
        along += math.dist(one, two)
        if start + 1 < along < end - 1:
            found.append(two)
    return [*found, _at(line, end)]


def _level(x: float, y: float, width: float) -> Seat:
    return [(x - width / 2, y), (x + width / 2, y)]


def _beside_point(x: float, y: float, width: float) -> list[Seat]:
    """Right of a point, left, above, below, the corners; then clear of a mark that stands on the point."""
    half, high = width / 2, FONT["spot"]
    sides = [(half + 14, 0.0), (-half - 14, 0.0), (0.0, -high), (0.0, high)]
    corners = [(sign * half * 0.8, rise * high) for rise in (-1, 1) for sign in (1, -1)]
    clear = [(shift * half, rise * (RADIUS + high)) for rise in (-1, 1) for shift in (0, 0.6, -0.6)]
    wide = [(sign * (half + 2 * RADIUS), 0.0) for sign in (1, -1)]
    return [_level(x + right, y + down, width) for right, down in (*sides, *corners, *clear, *wide)]


def _middle(ring: Sequence[Point], width: float) -> list[Seat]:
    x = (min(point[0] for point in ring) + max(point[0] for point in ring)) / 2
    y = (min(point[1] for point in ring) + max(point[1] for point in ring)) / 2
    return [_level(x, y + down, width) for down in (0, -24, 24)]


def _along(line: Sequence[Point], width: float) -> Iterator[Seat]:
    """Where on a line a name of this width may sit: on parts without a sharp corner, the longest first."""
    parts = [(_length(part), part) for part in _gentle(simplified(tuple(line), SMOOTH))]
    for length, part in sorted(parts, key=lambda found: -found[0])[:3]:
        room = (length - width) / 2
        if room < 3:
            return
        for share in (0, -0.5, 0.5, -0.95, 0.95):
            middle = length / 2 + room * share
            seat = _part(part, middle - width / 2, middle + width / 2)
            seat = seat if seat[0][0] <= seat[-1][0] else seat[::-1]
            if _bend(seat) <= WHOLE_TURN:
                yield seat


def _gentle(line: Sequence[Point]) -> Iterator[list[Point]]:
    """The line cut at its sharp corners."""
    part = list(line[:2])
    for place in range(2, len(line)):
        if _bend(line[place - 2 : place + 1]) > TURN:
            yield part
            part = [line[place - 1]]
        part.append(line[place])
    yield part


def _bend(line: Sequence[Point]) -> float:
    """Degrees between the directions of the first and the last piece of a line, 0 to 180."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = line[0], line[1], line[-2], line[-1]
    turned = math.degrees(math.atan2(by - ay, bx - ax) - math.atan2(dy - cy, dx - cx)) % 360
    return min(turned, 360 - turned)


def _off(point: Point, one: Point, two: Point) -> float:
    """How far a point is beside the straight line through two others."""
    span = math.dist(one, two)
    if not span:
        return math.dist(point, one)
    return abs((point[0] - one[0]) * (two[1] - one[1]) - (point[1] - one[1]) * (two[0] - one[0])) / span


def simplified(line: Sequence[Point], tolerance: float) -> list[Point]:
    """The line without corners smaller than this, in units of the drawing."""
    if len(line) < 3:
        return list(line)
    far, place = max((_off(line[i], line[0], line[-1]), i) for i in range(1, len(line) - 1))
    if far <= tolerance and line[0] != line[-1]:
        return [line[0], line[-1]]
    return simplified(line[: place + 1], tolerance)[:-1] + simplified(line[place:], tolerance)


# Paper

INK, WATER, LAND, ROAD, EDGE = "#182127", "#fff", "#f1f1ee", "#fff", "#68757c"


def svg(drawing: Drawing, title: str) -> str:
    """The drawing as an SVG file by itself, in ink and grey for a printer; `title` says what it shows."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {drawing.width} {drawing.height}" role="img">',
        f'<title>{escape(title)}</title><g font-family="Public Sans, sans-serif">',
        f'<rect width="100%" height="100%" fill="{WATER}"/>',
        f'<path d="{drawing.land}" fill="{LAND}"/>',
        f'<path d="{drawing.squares}" fill="#dfe5e0"/>',
        f'<path d="{drawing.streets}" fill="none" stroke="#d5d5d0" stroke-width="4" stroke-linejoin="round"/>',
        f'<path d="{drawing.mains}" fill="none" stroke="#bdbdb6" stroke-width="9" stroke-linejoin="round"/>',
        f'<path d="{drawing.land}" fill="none" stroke="{EDGE}" stroke-width="3"/>',
    ]
    parts += [f'<circle cx="{x}" cy="{y}" r="5" fill="{EDGE}"/>' for x, y in drawing.spots]
    for name in drawing.names:
        # Straight here even where the street bends: what renders a sheet may not know text on a path.
        turned = f' transform="rotate({name.angle} {name.x} {name.y})"' if name.angle else ""
        parts.append(
            f'<text x="{name.x}" y="{name.y}"{turned} text-anchor="middle" font-size="{FONT[name.kind]}" '
            f'fill="{INK}" stroke="{LAND}" stroke-width="6" stroke-linejoin="round" paint-order="stroke">'
            f"{escape(name.words)}</text>"
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
    return "".join(parts) + "</g></svg>"
