"""The map as an SVG file by itself, for paper."""

from html import escape

from guide.publish.map.shapes import RADIUS, Drawing

INK, WATER, LAND, EDGE = "#182127", "#fff", "#f1f1ee", "#68757c"
FONT = {"spot": 25, "square": 22, "main": 23, "street": 21}
"""Height of the letters on paper, where the drawing is larger than on a telephone."""


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
