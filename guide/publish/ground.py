"""What lies under the map's marks, from the database: the imported streets, else the coarse sketch.

The outline is the imported boundary or the sketch's; known points are always the sketch's.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.directory.listing import AnyFacts, AnyPlace
from guide.languages import Language
from guide.model import GeoFeature, GeoKind, MapFeature, Precision
from guide.publish.map.drawing import draw
from guide.publish.map.shapes import SIZE, Drawing, Place, Spot, Street
from guide.publish.views import Box, fitting, square_around


@dataclass(frozen=True, slots=True)
class Ground:
    """The ground in one language; `whole` is the box around the commune, `credits` what licences ask to name."""

    streets: tuple[Street, ...]
    spots: tuple[Spot, ...]
    whole: Box
    credits: tuple[str, ...]

    @property
    def has_streets(self) -> bool:
        """Did the operator import streets, and not a boundary or squares alone?"""
        return any(street.kind in ("street", "main") for street in self.streets)


def ground(session: Session, language: Language) -> Ground | None:
    """The ground for a reader of this language; None when not even a sketch of the outline is there."""
    sketched = session.scalars(select(MapFeature).order_by(MapFeature.position)).all()
    imported = session.scalars(select(GeoFeature).order_by(GeoFeature.position)).all()
    streets = [_street(feature, language) for feature in imported]
    if not any(feature.kind is GeoKind.BOUNDARY for feature in imported):
        streets += [
            Street("boundary", "", (tuple((point[0], point[1]) for point in feature.points),), area=True)
            for feature in sketched
            if feature.kind == "outline" and feature.points
        ]
    edge = [
        point for street in streets if street.kind == "boundary" for line in street.lines for point in line
    ]
    if not edge:
        return None
    spots = [
        Spot(str(name), feature.points[0][0], feature.points[0][1], name.lang if name.fell_back else "")
        for feature in sketched
        if feature.kind != "outline" and feature.points
        for name in (feature.name.localized(language),)
    ]
    credits = dict.fromkeys(feature.credit for feature in imported if feature.credit)
    return Ground(tuple(streets), tuple(spots), square_around(edge), tuple(credits))


def _street(feature: GeoFeature, language: Language) -> Street:
    name = feature.name.localized(language)
    kind = "main" if feature.main else feature.kind.value
    lines = tuple(tuple((point[0], point[1]) for point in line) for line in feature.lines)
    return Street(kind, str(name), lines, feature.area, name.lang if name.fell_back else "")


def places_of(numbered: Iterable[tuple[str, AnyFacts]], language: Language) -> list[Place]:
    """The known positions of these services (`located`), as the map takes them."""
    return [
        Place(
            number,
            float(location.latitude or 0),
            float(location.longitude or 0),
            location.precision is not Precision.HOUSE,
            str(service.name.localized(language)),
            service.key,
        )
        for number, service, location in located(numbered)
    ]


def located(numbered: Iterable[tuple[str, AnyFacts]]) -> Iterator[tuple[str, AnyFacts, AnyPlace]]:
    """Each known position of these services, with its number; never that of a confidential address."""
    for number, service in numbered:
        for location in service.places:
            if location.latitude is not None and location.longitude is not None:
                yield number, service, location


def credit_line(session: Session) -> str:
    """Whom a printed map names: OpenStreetMap always, and what the licence of an import asks for."""
    credits = session.scalars(
        select(GeoFeature.credit).where(GeoFeature.credit.is_not(None)).order_by(GeoFeature.position)
    )
    return " · ".join(["© OpenStreetMap contributors", *dict.fromkeys(filter(None, credits))])


def map_of(
    session: Session,
    numbered: Sequence[tuple[str, AnyFacts]],
    language: Language,
    size: tuple[int, int] = SIZE,
) -> Drawing | None:
    """The map of these services for a sheet, as near as shows all of them.

    None without imported streets: dots in an empty outline tell nobody where to go, and each service has its
    address in words.
    """
    under = ground(session, language)
    if under is None or not under.has_streets:
        return None
    places = places_of(numbered, language)
    known = [(place.latitude, place.longitude) for place in places]
    inside = [point for point in known if under.whole.holds(*point)]
    box = fitting(under.whole, inside).box(under.whole)
    return draw(places, under.streets, box, size, under.spots)
