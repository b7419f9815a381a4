"""The map's ground in the database: what a file holds takes the place of what was imported before it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from guide.loading.geojson import Shape
from guide.model import GeoFeature, GeoKind


@dataclass(frozen=True, slots=True)
class Imported:
    """How many of each are in the file, and whether that changed anything."""

    streets: int
    squares: int
    boundary: bool
    changed: bool


def put(session: Session, shapes: Sequence[Shape], credit: str | None = None) -> Imported:
    """Puts these in. A boundary replaces the boundary; streets and squares replace streets and squares.

    The same shapes a second time change nothing.
    """
    boundary = [shape for shape in shapes if shape.kind is GeoKind.BOUNDARY]
    streets = [shape for shape in shapes if shape.kind is not GeoKind.BOUNDARY]
    changed = False
    for part, kinds in ((boundary, (GeoKind.BOUNDARY,)), (streets, (GeoKind.STREET, GeoKind.SQUARE))):
        if part:
            changed |= _replace(session, part, kinds, credit)
    squares = sum(shape.kind is GeoKind.SQUARE for shape in streets)
    return Imported(len(streets) - squares, squares, bool(boundary), changed)


def _replace(session: Session, shapes: Sequence[Shape], kinds: Sequence[GeoKind], credit: str | None) -> bool:
    """True when anything is different from what was there."""
    query = select(GeoFeature).where(GeoFeature.kind.in_(kinds)).order_by(GeoFeature.position)
    there = [_values(row) for row in session.scalars(query)]
    rows = [
        GeoFeature(
            position=position,
            kind=shape.kind,
            name=shape.name,
            main=shape.main,
            area=shape.area,
            lines=[[list(point) for point in line] for line in shape.lines],
            credit=credit,
        )
        for position, shape in enumerate(shapes)
    ]
    if [_values(row) for row in rows] == there:
        return False
    session.execute(delete(GeoFeature).where(GeoFeature.kind.in_(kinds)))
    session.add_all(rows)
    session.flush()
    return True


def _values(row: GeoFeature) -> tuple[object, ...]:
    return row.kind, row.name, row.main, row.area, row.lines, row.credit


def forget(session: Session) -> int:
    """Takes all of it away; how many there were. The coarse sketch of the data files is drawn again."""
    rows = session.scalars(select(GeoFeature)).all()
    for row in rows:
        session.delete(row)
    session.flush()
    return len(rows)
