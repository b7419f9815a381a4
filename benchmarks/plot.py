"""A plot as a small SVG, without a library: lines over a logarithmic axis, readable on light and on dark."""

import math
from collections.abc import Mapping, Sequence
from html import escape

Points = Sequence[tuple[float, float]]

WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 56, 190, 44, 48
COLOURS = ("#2f6fd0", "#c2611f", "#2e8b57", "#9a58c9", "#b8860b", "#c23b5a", "#3a8f9e", "#7a7a7a")
"""Each stands out from white and from nearly black."""
APART = 15
"""Pixels between the names of two lines."""


def drawn(title: str, description: str, across: str, lines: Mapping[str, Points]) -> str:
    """The lines by name, each from left to right, as the text of an SVG; its y axis begins at 0."""
    xs = sorted({x for points in lines.values() for x, _ in points})
    most = _rounded_up(max(y for points in lines.values() for _, y in points))
    low, high = math.log(xs[0]), math.log(xs[-1])

    def at(x: float, y: float) -> tuple[float, float]:
        share = (math.log(x) - low) / ((high - low) or 1)
        return (
            LEFT + share * (WIDTH - LEFT - RIGHT),
            HEIGHT - BOTTOM - y / most * (HEIGHT - TOP - BOTTOM),
        )

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"',
        f'width="{WIDTH}" height="{HEIGHT}"',
        'aria-labelledby="title desc" font-family="sans-serif" font-size="12">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="desc">{escape(description)}</desc>',
        "<style>text{fill:#333}.grid{stroke:#999;stroke-opacity:.35}",
        "@media(prefers-color-scheme:dark){text{fill:#ddd}}</style>",
        f'<text x="{LEFT - 40}" y="22" font-size="14">{escape(title)}</text>',
    ]
    for step in range(5):
        y = most * step / 4
        parts += _across_at(at(xs[0], y)[1], f"{y:g}")
    for x in xs:
        place = at(x, 0)[0]
        parts.append(f'<text x="{place:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{x:,g}</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f'<text x="{middle:.0f}" y="{HEIGHT - 10}" text-anchor="middle">{escape(across)}</text>')
    heights = _spread({name: at(*points[-1])[1] for name, points in lines.items()})
    for place, (name, points) in enumerate(lines.items()):
        colour = COLOURS[place % len(COLOURS)]
        way = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(*point) for point in points))
        parts.append(f'<polyline points="{way}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>'
            for x, y in (at(*point) for point in points)
        ]
        x, y = at(*points[-1])
        to = heights[name]
        parts.append(
            f'<path d="M{x + 5:.1f} {y:.1f}L{x + 20:.1f} {to:.1f}" stroke="{colour}" stroke-opacity=".6"/>'
        )
        parts.append(f'<text x="{x + 24:.1f}" y="{to + 4:.1f}">{escape(name)}, {points[-1][1]:.1f}</text>')
    return "\n".join([*parts, "</svg>\n"])


def _across_at(height: float, label: str) -> list[str]:
    return [
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{height:.1f}" y2="{height:.1f}"/>',
        f'<text x="{LEFT - 8}" y="{height + 4:.1f}" text-anchor="end">{label}</text>',
    ]


def _rounded_up(figure: float) -> float:
    """The next of 1, 2, 4, 6, 8, 10, 20, 40 …"""
    unit = 10 ** math.floor(math.log10(figure))
    return float(next(step * unit for step in (1, 2, 4, 6, 8, 10) if step * unit >= figure))


def _spread(heights: Mapping[str, float]) -> dict[str, float]:
    """The same heights, moved within the drawing until no two names stand on each other."""
    names = sorted(heights, key=lambda one: heights[one])
    found, ceiling = dict(heights), TOP + 0.0
    for name in names:
        found[name] = max(found[name], ceiling)
        ceiling = found[name] + APART
    floor = HEIGHT - BOTTOM + 0.0
    for name in reversed(names):
        found[name] = min(found[name], floor)
        floor = found[name] - APART
    return found
