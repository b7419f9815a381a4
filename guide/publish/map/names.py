"""Names on the map: where there is room for them, off the marks and off each other."""

import math
from collections.abc import Iterable, Iterator, Sequence

from guide.publish.map.lines import (
    Point,
    bend,
    beside,
    gentle,
    length_of,
    part_of,
    point_at,
    simplified,
    svg_path,
)
from guide.publish.map.shapes import FONT, RADIUS, Mark, Name, Paper, Spot, Street

LETTER = 0.53
"""Mean width of a letter, as a share of its height."""
STRAIGHT = 3
"""A name is written along a path when its street leaves the straight line by more than this."""
WHOLE_TURN = 60
"""Degrees that a street may turn under a name from end to end."""
SMOOTH = 4
"""Corners smaller than this are passed over by a name."""
MOST_NAMES = 45
SHORT = (
    ("Chaussée ", "Ch. "),
    ("Boulevard ", "Bd "),
    ("Avenue ", "Av. "),
    ("Place ", "Pl. "),
    ("Square ", "Sq. "),
)
"""Words that every map of a French-speaking town shortens."""

Seat = list[Point]
"""Where a name may sit: its base from the first letter to the last, two points or a bent line."""


class _Taken:
    """What is written or drawn already, as circles."""

    def __init__(self, paper: Paper) -> None:
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


def names_of(
    runs: dict[str, list[tuple[Street, list[Point]]]],
    spots: Sequence[Spot],
    marks: Sequence[Mark],
    paper: Paper,
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
        lines.sort(key=length_of, reverse=True)
    return sorted(grouped.values(), key=lambda group: -sum(map(length_of, group[1])))


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
    bent = any(beside(point, seat[0], seat[-1]) > STRAIGHT for point in seat[1:-1])
    path = svg_path(_longer(seat)) if bent else ""
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
    length = length_of(seat)
    steps = max(1, math.ceil(length / radius))
    return [(*point_at(seat, length * step / steps), radius) for step in range(steps + 1)]


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
    parts = [(length_of(part), part) for part in gentle(simplified(tuple(line), SMOOTH))]
    for length, part in sorted(parts, key=lambda found: -found[0])[:3]:
        room = (length - width) / 2
        if room < 3:
            return
        for share in (0, -0.5, 0.5, -0.95, 0.95):
            middle = length / 2 + room * share
            seat = part_of(part, middle - width / 2, middle + width / 2)
            seat = seat if seat[0][0] <= seat[-1][0] else seat[::-1]
            if bend(seat) <= WHOLE_TURN:
                yield seat
