"""Lines on paper: their length, their bends, their parts, and how SVG writes them."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

TURN = 24
"""Degrees that a line may turn at one corner and still be gentle."""

Point = tuple[float, float]


def svg_path(line: Sequence[Point], closed: bool = False) -> str:
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


def length_of(line: Sequence[Point]) -> float:
    return sum(math.dist(one, two) for one, two in pairwise(line))


def point_at(line: Sequence[Point], along: float) -> Point:
    """The point this far along a line."""
    for (ax, ay), (bx, by) in pairwise(line):
        span = math.hypot(bx - ax, by - ay)
        if along <= span and span:
            return ax + (bx - ax) * along / span, ay + (by - ay) * along / span
        along -= span
    return line[-1]


def part_of(line: Sequence[Point], start: float, end: float) -> list[Point]:
    """The piece of a line between two distances along it."""
    found, along = [point_at(line, start)], 0.0
    for one, two in pairwise(line):
        along += math.dist(one, two)
        if start + 1 < along < end - 1:
            found.append(two)
    return [*found, point_at(line, end)]


def gentle(line: Sequence[Point]) -> Iterator[list[Point]]:
    """The line cut at its sharp corners."""
    part = list(line[:2])
    for place in range(2, len(line)):
        if bend(line[place - 2 : place + 1]) > TURN:
            yield part
            part = [line[place - 1]]
        part.append(line[place])
    yield part


def bend(line: Sequence[Point]) -> float:
    """Degrees between the directions of the first and the last piece of a line, 0 to 180."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = line[0], line[1], line[-2], line[-1]
    turned = math.degrees(math.atan2(by - ay, bx - ax) - math.atan2(dy - cy, dx - cx)) % 360
    return min(turned, 360 - turned)


def beside(point: Point, one: Point, two: Point) -> float:
    """How far a point is beside the straight line through two others."""
    span = math.dist(one, two)
    if not span:
        return math.dist(point, one)
    return abs((point[0] - one[0]) * (two[1] - one[1]) - (point[1] - one[1]) * (two[0] - one[0])) / span


def simplified(line: Sequence[Point], tolerance: float) -> list[Point]:
    """The line without corners smaller than this, in units of the drawing (the way of Douglas and Peucker)."""
    kept, open_parts = {0, len(line) - 1}, [(0, len(line) - 1)]
    while open_parts:
        start, end = open_parts.pop()
        if end - start < 2:
            continue
        far, place = max((beside(line[i], line[start], line[end]), i) for i in range(start + 1, end))
        # A ring begins where it ends: it is cut once whatever its corners are.
        if far > tolerance or line[start] == line[end]:
            kept.add(place)
            open_parts += [(start, place), (place, end)]
    return [line[place] for place in sorted(kept)]
