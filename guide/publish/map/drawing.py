"""Draws a map: outline, streets with their names, numbered marks."""

from collections.abc import Sequence
from itertools import pairwise

from guide.publish.map.lines import Point, length_of, svg_path
from guide.publish.map.marks import marks_of
from guide.publish.map.names import names_of
from guide.publish.map.shapes import SIZE, Drawing, Mark, Paper, Place, Spot, Street
from guide.publish.views import Box

SHORTEST = 9
"""Side streets shorter than this are left out: they would be a dot."""


def draw(
    places: Sequence[Place],
    streets: Sequence[Street],
    box: Box,
    size: tuple[int, int] = SIZE,
    spots: Sequence[Spot] = (),
    marks: Sequence[Mark] = (),
) -> Drawing:
    """The map of this box. Marks keep a finger's width from each other; names keep off marks and each other.

    Whatever does not fit is left out, never crammed in: names first, then side streets that would be a dot.
    `marks`: those to draw in the place of one for each of `places`.
    """
    paper = Paper(box, size)
    inside = [place for place in places if box.holds(place.latitude, place.longitude)]
    shown = tuple(marks) or marks_of(inside, paper)
    runs = {kind: _runs(streets, kind, paper) for kind in ("street", "main", "square")}
    known = [spot for spot in spots if box.holds(spot.latitude, spot.longitude)]
    return Drawing(
        width=size[0],
        height=size[1],
        land="".join(
            svg_path(line, closed=True)
            for street in streets
            if street.kind == "boundary"
            for line in paper.lines(street)
        ),
        squares="".join(svg_path(line, closed=True) for street, line in runs["square"] if street.area),
        streets="".join(
            svg_path(line)
            for street, line in (*runs["street"], *runs["square"])
            if not street.area and length_of(line) >= SHORTEST
        ),
        mains="".join(svg_path(line) for _, line in runs["main"]),
        spots=tuple(paper.whole(spot.latitude, spot.longitude) for spot in known),
        names=names_of(runs, known, shown, paper),
        marks=shown,
        outside=tuple(place for place in places if place not in inside),
    )


def _runs(streets: Sequence[Street], kind: str, paper: Paper) -> list[tuple[Street, list[Point]]]:
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
