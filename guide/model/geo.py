"""The map's finer ground, when the operator has imported it: the boundary, the streets, the squares.

Kept apart from the guide's own records: its licence (often the ODbL's share-alike) stays on these rows.
"""

from enum import StrEnum

from sqlalchemy import JSON, Boolean, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from guide.languages import Bilingual
from guide.model.base import Base, bilingual, choice


class GeoKind(StrEnum):
    """What is drawn: the edge of the commune, a street as lines, a square as an area (closed) or as lines."""

    BOUNDARY = "boundary"
    STREET = "street"
    SQUARE = "square"


class GeoFeature(Base):
    """One imported thing of the ground. `lines` are lists of (latitude, longitude) in WGS84 degrees.

    `main` streets are drawn wider and named first. `area` says that the lines are closed and to be filled.
    `credit` is what the licence of the file asks to be written on the map, beside OpenStreetMap's.
    """

    __tablename__ = "geo_feature"

    id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    kind: Mapped[GeoKind] = mapped_column(choice(GeoKind))
    name: Mapped[Bilingual] = bilingual("name")
    main: Mapped[bool] = mapped_column(Boolean)
    area: Mapped[bool] = mapped_column(Boolean)
    lines: Mapped[list[list[list[float]]]] = mapped_column(JSON)
    credit: Mapped[str | None] = mapped_column(String(200))
