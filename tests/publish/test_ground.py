"""The ground under the marks: imported streets in the reader's language, else the coarse sketch."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.languages import Bilingual
from guide.model import GeoFeature, GeoKind, Location, MapFeature, Precision, Service, ServiceAtLocation
from guide.publish.ground import ground, map_of, places_of
from guide.publish.map.drawing import draw
from tests import databases, factories

session = databases.session_in_ci

SQUARE = [[50.87, 4.30], [50.87, 4.34], [50.89, 4.34], [50.89, 4.30]]
INSIDE = (50.88, 4.32)


@pytest.fixture
def sketched(session: Session) -> Session:
    """A sketch of a square with one known point."""
    name = factories.both("Jette")
    session.add(MapFeature(key="jette", kind="outline", name=name, points=SQUARE, position=0))
    session.add(MapFeature(key="place", kind="square", name=name, points=[list(INSIDE)], position=1))
    session.flush()
    return session


def imported(kind: GeoKind, name: Bilingual, lines: list[list[list[float]]], **values) -> GeoFeature:
    return GeoFeature(
        **{"position": 0, "kind": kind, "name": name, "main": False, "area": False, "lines": lines} | values
    )


def test_without_an_outline_there_is_no_ground(session: Session) -> None:
    assert ground(session, "fr") is None
    assert map_of(session, [], "fr") is None


def test_the_sketch_alone_is_a_ground(sketched: Session) -> None:
    found = ground(sketched, "nl")
    assert found is not None
    assert [street.kind for street in found.streets] == ["boundary"]
    assert [spot.name for spot in found.spots] == ["Jette nl"]
    assert not found.has_streets
    assert found.credits == ()
    assert all(found.whole.holds(*point) for point in SQUARE)


def test_imported_streets_are_named_in_the_language_of_the_reader(sketched: Session) -> None:
    line = [[[50.88, 4.31], [50.88, 4.33]]]
    sketched.add(imported(GeoKind.STREET, Bilingual("Rue A", "A-straat"), line, main=True, credit="Source"))
    sketched.add(imported(GeoKind.STREET, Bilingual("Rue B", None), line, position=1, credit="Source"))
    sketched.flush()
    found = ground(sketched, "nl")
    assert found is not None
    named = [(street.kind, street.name, street.lang) for street in found.streets[:2]]
    assert named == [("main", "A-straat", ""), ("street", "Rue B", "fr")]
    assert found.credits == ("Source",)
    assert found.has_streets
    assert [street.kind for street in found.streets].count("boundary") == 1


def test_an_imported_boundary_takes_the_place_of_the_sketched_one(sketched: Session) -> None:
    finer = [[[50.865, 4.30], [50.865, 4.34], [50.89, 4.34], [50.865, 4.30]]]
    sketched.add(imported(GeoKind.BOUNDARY, Bilingual("Jette", "Jette"), finer, area=True))
    sketched.flush()
    found = ground(sketched, "fr")
    assert found is not None
    (edge,) = [street for street in found.streets if street.kind == "boundary"]
    assert edge.lines[0][0] == (50.865, 4.30)


def test_only_known_positions_become_places_and_no_confidential_one() -> None:
    service = factories.service(
        service_at_locations=[
            factories.location(*INSIDE, precision=Precision.STREET),
            factories.location(),
            factories.location(50.885, 4.33),
        ]
    )
    places = places_of([("4", service)], "fr")
    assert [(place.number, place.approximate) for place in places] == [("4", True), ("4", False)]
    assert {place.key for place in places} == {service.key}
    service.address_confidential = True
    assert places_of([("4", service)], "fr") == []


def test_the_map_of_some_services_shows_all_of_them_as_near_as_it_can(sketched: Session) -> None:
    sketched.add(imported(GeoKind.STREET, Bilingual("Rue A", "A-straat"), [[[50.88, 4.31], [50.88, 4.33]]]))
    sketched.flush()
    near = factories.service(service_at_locations=[factories.location(*INSIDE)])
    far = factories.service(service_at_locations=[factories.location(50.80, 4.40)])
    drawing = map_of(sketched, [("1", near), ("2", far)], "fr", (400, 400))
    assert drawing is not None
    assert [mark.words for mark in drawing.marks] == ["1"]
    assert [place.number for place in drawing.outside] == ["2"]
    assert (drawing.width, drawing.height) == (400, 400)


@pytest.mark.parametrize("kind", [None, GeoKind.BOUNDARY, GeoKind.SQUARE])
def test_without_streets_there_is_no_map_beside_a_list(sketched: Session, kind: GeoKind | None) -> None:
    beside = factories.service(service_at_locations=[factories.location(50.8801, 4.3201)])
    if kind is not None:
        sketched.add(imported(kind, factories.both("Jette"), [SQUARE], area=True))
        sketched.flush()
    assert map_of(sketched, [("1", beside)], "fr") is None
    sketched.add(imported(GeoKind.STREET, Bilingual("Rue A", "A-straat"), [[[50.88, 4.31], [50.88, 4.33]]]))
    sketched.flush()
    assert map_of(sketched, [("1", beside)], "fr") is not None


def test_every_real_position_is_on_the_whole_map_or_named_outside(directory: Session) -> None:
    placed = Service.service_at_locations.any(ServiceAtLocation.location.has(Location.latitude.is_not(None)))
    services = directory.scalars(select(Service).where(placed)).all()
    under = ground(directory, "fr")
    assert under is not None
    places = places_of([(str(number), service) for number, service in enumerate(services, start=1)], "fr")
    drawn = draw(places, under.streets, under.whole, spots=under.spots)
    shown = {place.key for mark in drawn.marks for place in mark.places}
    shown_or_outside = shown | {place.key for place in drawn.outside}
    assert shown_or_outside == {service.key for service in services if not service.hides_address}
    assert len(shown) >= 9
    assert any(mark.approximate for mark in drawn.marks)


def test_every_real_position_says_where_it_comes_from(directory: Session) -> None:
    for place in directory.scalars(select(Location).where(Location.latitude.is_not(None))):
        assert place.longitude is not None
        assert place.precision is not None
        assert place.position_source is not None


def test_the_sketch_of_the_guide_itself_is_coarse(directory: Session) -> None:
    found = ground(directory, "fr")
    assert found is not None
    assert sum(len(line) for street in found.streets for line in street.lines) <= 40
    assert 3 <= len(found.spots) <= 12
