"""The map is a coarse sketch: few points, numbered services, what is approximate said so."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.model import Location, MapFeature, Precision, Service, ServiceAtLocation
from guide.publish.sketch import sketch
from tests import databases, factories

session = databases.session_in_ci

SQUARE = [[50.87, 4.30], [50.87, 4.34], [50.89, 4.34], [50.89, 4.30]]
INSIDE = (50.88, 4.32)


@pytest.fixture
def outlined(session: Session) -> Session:
    """A map that is a square."""
    name = factories.both("Jette")
    session.add(MapFeature(key="jette", kind="outline", name=name, points=SQUARE, position=0))
    session.add(MapFeature(key="place", kind="square", name=name, points=[list(INSIDE)], position=1))
    session.flush()
    return session


def at(*places: tuple[float, float] | None, precision: str = "house") -> Service:
    known = [place or (None, None) for place in places]
    return factories.service(
        service_at_locations=[factories.location(*place, precision=Precision(precision)) for place in known]
    )


def test_without_an_outline_there_is_no_map(session: Session) -> None:
    assert sketch(session, [("1", at(INSIDE))]) is None


def test_an_outline_alone_is_drawn(session: Session) -> None:
    session.add(MapFeature(key="jette", kind="outline", name=factories.both("Jette"), points=SQUARE))
    session.flush()
    drawn = sketch(session, [])
    assert (drawn.pins, drawn.labels) == ([], [])


def test_a_service_is_a_numbered_pin_where_it_stands(outlined: Session) -> None:
    service = at(INSIDE)
    drawn = sketch(outlined, [("7", service)])
    (pin,) = drawn.pins
    assert (pin.numbers, pin.approximate, pin.services) == ("7", False, (service,))
    assert 0 < pin.x < drawn.width
    assert 0 < pin.y < drawn.height
    assert drawn.outside == []


def test_north_is_up_and_east_is_right(outlined: Session) -> None:
    drawn = sketch(outlined, [("1", at((50.885, 4.31))), ("2", at((50.875, 4.33)))])
    north_west, south_east = sorted(drawn.pins, key=lambda pin: pin.numbers)
    assert north_west.x < south_east.x
    assert north_west.y < south_east.y


@pytest.mark.parametrize(
    ("precision", "approximate"), [("house", False), ("neighbour", True), ("street", True), ("square", True)]
)
def test_all_but_the_door_itself_is_approximate(outlined: Session, precision, approximate) -> None:
    (pin,) = sketch(outlined, [("1", at(INSIDE, precision=precision))]).pins
    assert pin.approximate is approximate


def test_services_at_one_place_share_a_pin(outlined: Session) -> None:
    (pin,) = sketch(outlined, [("1", at(INSIDE)), ("2", at(INSIDE, precision="street"))]).pins
    assert pin.numbers == "1·2"
    assert pin.approximate
    for numbers, shown in (("12345", "1–5"), ("13579", "1+4"), ("49", "4·9"), ("234", "2–4")):
        (crowd,) = sketch(outlined, [(number, at(INSIDE)) for number in numbers]).pins
        assert crowd.numbers == shown
        assert len(crowd.services) == len(numbers)


def test_a_service_without_a_position_is_left_to_the_list(outlined: Session) -> None:
    drawn = sketch(outlined, [("1", at(None)), ("2", factories.service())])
    assert (drawn.pins, drawn.outside) == ([], [])


def test_a_service_far_away_is_named_and_not_drawn(outlined: Session) -> None:
    far = at((50.80, 4.40), (50.81, 4.41))
    drawn = sketch(outlined, [("1", far), ("2", at(INSIDE))])
    assert drawn.outside == [far]
    assert [pin.numbers for pin in drawn.pins] == ["2"]


def test_a_confidential_address_is_never_drawn(outlined: Session) -> None:
    hidden = at(INSIDE)
    hidden.address_confidential = True
    drawn = sketch(outlined, [("1", hidden)])
    assert (drawn.pins, drawn.outside) == ([], [])


def points(path: str) -> list[str]:
    return re.findall(r"-?\d+(?:\.\d+)? -?\d+(?:\.\d+)?", path)


def test_the_real_outline_is_coarse_and_of_our_own(directory: Session) -> None:
    outlines = directory.scalars(select(MapFeature).where(MapFeature.kind == "outline")).all()
    assert len(outlines) == 1
    assert 4 <= len(outlines[0].points) <= 40
    assert len(points(sketch(directory, []).outline)) <= 40


def test_every_real_position_is_drawn_inside_the_frame_or_named_outside(directory: Session) -> None:
    placed = Service.service_at_locations.any(ServiceAtLocation.location.has(Location.latitude.is_not(None)))
    services = directory.scalars(select(Service).where(placed)).all()
    drawn = sketch(directory, [(str(number), service) for number, service in enumerate(services, start=1)])
    shown = {service.key for pin in drawn.pins for service in pin.services}
    assert shown | {service.key for service in drawn.outside} == {service.key for service in services}
    assert len(shown) >= 9
    for mark in (*drawn.pins, *drawn.labels):
        assert 0 <= mark.x <= drawn.width
        assert 0 <= mark.y <= drawn.height
    assert any(pin.approximate for pin in drawn.pins)


def test_every_real_position_says_where_it_comes_from(directory: Session) -> None:
    for place in directory.scalars(select(Location).where(Location.latitude.is_not(None))):
        assert place.longitude is not None
        assert place.precision is not None
        assert place.position_source is not None
