"""Streets to draw a map with: as many as Jette has, in a grid over the commune."""

from guide.languages import Bilingual
from guide.loading.geojson import Shape
from guide.model import GeoKind

CREDIT = "Relevé de l’essai"


def grid() -> list[Shape]:
    """240 streets of 12 points, bent at every point, so that the path is as heavy as that of real streets."""
    shapes = []
    for n in range(120):
        down = [
            (50.866 + 0.0024 * k, round(4.296 + 0.00036 * n + 0.00007 * (k * n % 3), 5)) for k in range(12)
        ]
        right = [
            (round(50.866 + 0.00023 * n + 0.00006 * (k * n % 3), 5), 4.296 + 0.0039 * k) for k in range(12)
        ]
        for line, name in ((down, f"Avenue du Essai {n}"), (right, f"Chaussée de la Page {n}")):
            name_nl = name.replace("Avenue du", "Laan van").replace("Chaussée de la", "Steenweg op")
            shapes.append(Shape(GeoKind.STREET, Bilingual(name, name_nl), n % 12 == 0, False, (tuple(line),)))
    return shapes
