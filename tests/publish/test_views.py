"""Views of the map: a grid of levels and places, each with one address."""

import pytest

from guide.publish.views import LEVELS, SQUASH, Box, View, around, fitting, read_view, square_around

WHOLE = Box(50.86, 4.30, 50.90, 4.30 + 0.04 / SQUASH)
EVERY = [
    View(level, column, row)
    for level in range(LEVELS + 1)
    for column in range(View(level).last + 1)
    for row in range(View(level).last + 1)
]


def middle(view: View) -> tuple[float, float]:
    box = view.box(WHOLE)
    return (box.south + box.north) / 2, (box.west + box.east) / 2


def test_every_view_has_one_address_and_is_found_by_it() -> None:
    assert len({view.address for view in EVERY}) == len(EVERY)
    for view in EVERY:
        assert read_view(view.address) == view


@pytest.mark.parametrize(
    "text",
    ["", "1", "4.0.0", "1.5.0", "1.0.5", "0.0.0", "-1.0.0", "1.0", "01.0.0", "1.0.0.0", "²", "1.٣.0", "x"],
)
def test_what_is_no_view_is_none(text: str) -> None:
    assert read_view(text) is None


def test_every_view_lies_in_the_whole_and_shows_half_of_the_level_before() -> None:
    for view in EVERY:
        box = view.box(WHOLE)
        assert box.north - box.south == pytest.approx(0.04 / 2**view.level)
        assert box.south >= WHOLE.south - 1e-9
        assert box.north <= WHOLE.north + 1e-9
        assert box.west >= WHOLE.west - 1e-9
        assert box.east <= WHOLE.east + 1e-9


def test_going_nearer_and_back_keeps_the_middle() -> None:
    for view in EVERY:
        near = view.nearer()
        if near is None:
            assert view.level == LEVELS
            continue
        assert middle(near) == pytest.approx(middle(view))
        assert near.wider() == view


def test_going_wider_at_the_edge_stays_in_the_whole() -> None:
    assert View(1).wider() == View()
    assert View().wider() is None
    assert all((view.wider() or view) in EVERY for view in EVERY)


def test_a_step_moves_by_half_a_view_and_stops_at_the_edge() -> None:
    view = View(2, 4, 4)
    east = view.moved(2, 0)
    assert east is not None
    assert middle(east)[1] - middle(view)[1] == pytest.approx((WHOLE.east - WHOLE.west) / 4 / 2)
    assert View(1, 0, 0).moved(-2, 0) is None
    assert View(1, 4, 1).moved(2, 0) is None
    assert View(1, 1, 0).moved(-2, 0) == View(1, 0, 0)


def test_the_view_around_a_point_holds_it() -> None:
    for point in ((50.861, 4.301), (50.88, 4.33), (50.899, 4.35)):
        for level in range(LEVELS + 1):
            assert around(WHOLE, *point, level).box(WHOLE).holds(*point)


def test_the_fitting_view_shows_every_point_with_room_around_it() -> None:
    points = [(50.872, 4.321), (50.878, 4.328)]
    view = fitting(WHOLE, points)
    assert 0 < view.level < LEVELS
    assert all(view.box(WHOLE).holds(*point, clear=0.1) for point in points)
    assert fitting(WHOLE, []) == View()
    assert fitting(WHOLE, [(50.862, 4.302), (50.898, 4.35)]) == View()


def test_the_box_around_an_outline_is_a_square_on_the_ground() -> None:
    box = square_around([(50.87, 4.30), (50.88, 4.30), (50.88, 4.36)], margin=0)
    assert (box.east - box.west) * SQUASH == pytest.approx(box.north - box.south)
    assert box.holds(50.875, 4.33)
    assert box.metres == pytest.approx(0.06 * SQUASH * 111_200)
