"""Hours as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guide.directory.hours import DAYS
from guide.directory.hours_typed import (
    SlotProblem,
    holidays_of,
    is_always,
    read_week,
    slots_of,
    time_of,
    week_of,
)
from tests.characters import ANY_CHARACTER


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("9h", "09:00"),
        ("9:00", "09:00"),
        ("9.30", "09:30"),
        ("09h30", "09:30"),
        ("14u", "14:00"),
        ("14u30", "14:30"),
        ("9", "09:00"),
        ("9 h 30", "09:30"),
        ("9 H 30", "09:30"),
        ("14.30 uur", "14:30"),
        ("14 uur", "14:00"),
        ("9 heures", "09:00"),
        ("9 heures 30", "09:30"),
        ("9h30min", "09:30"),
        ("930", "09:30"),
        ("0930", "09:30"),
        ("à 9h", "09:00"),
        ("midi", "12:00"),
        ("Minuit", "00:00"),
        ("0h", "00:00"),
        ("23:59", "23:59"),
        ("９h３０", "09:30"),
        ("9\u00a0h\u00a030", "09:30"),
    ],
)
def test_a_time_is_understood_as_people_write_it(typed: str, meant: str) -> None:
    assert time_of(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "25h",
        "24h",
        "9h60",
        "9x30",
        "matin",
        "9h5",
        "-9",
        "12345",
        "9-17",
        "9h – 17h",
        "٩x",
    ],
)
def test_what_is_no_time_is_none(typed: str) -> None:
    assert time_of(typed) is None


@pytest.mark.parametrize("typed", ["24h", "0h", "minuit", "24:00", "00.00"])
def test_midnight_ends_a_day(typed: str) -> None:
    assert time_of(typed, closing=True) == "24:00"


def test_days_with_the_same_hours_stand_together() -> None:
    week = {"MO": [("09:00", "12:00"), ("13:00", "16:00")], "WE": [("09:00", "12:00")]}
    assert slots_of(week, "visit") == [
        {"kind": "visit", "byday": ["MO", "WE"], "opens_at": "09:00", "closes_at": "12:00"},
        {"kind": "visit", "byday": ["MO"], "opens_at": "13:00", "closes_at": "16:00"},
    ]


def test_a_typed_week_is_read_and_empty_lines_are_left_out() -> None:
    week, faults = read_week({"MO": [("13h", "16h"), ("9", "12")], "TU": [("", ""), (" ", "")]})
    assert not faults
    assert week["MO"] == [("09:00", "12:00"), ("13:00", "16:00")]
    assert week["TU"] == []


@pytest.mark.parametrize(
    ("pairs", "error"),
    [
        ([("9x", "12h")], SlotProblem("MO", 0, "from", "time", "9x")),
        ([("9h", "midid")], SlotProblem("MO", 0, "to", "time", "midid")),
        ([("9h", "")], SlotProblem("MO", 0, "to", "half")),
        ([("", "12h")], SlotProblem("MO", 0, "from", "half")),
        ([("9h", "5h")], SlotProblem("MO", 0, "to", "order")),
        ([("9h", "9h")], SlotProblem("MO", 0, "to", "order")),
        ([("9h", "12h"), ("11h", "14h")], SlotProblem("MO", 1, "from", "overlap")),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(pairs: list[tuple[str, str]], error: SlotProblem) -> None:
    _, faults = read_week({"MO": pairs})
    assert faults == [error]


def test_slots_that_touch_do_not_overlap() -> None:
    _, faults = read_week({"MO": [("9h", "12h"), ("12h", "14h")]})
    assert not faults


def test_day_and_night_is_known() -> None:
    always = {day: [("00:00", "24:00")] for day in DAYS}
    assert is_always(always)
    assert not is_always(always | {"SU": []})


times = st.lists(st.integers(0, 96), min_size=2, max_size=6, unique=True).map(
    lambda quarters: [
        (f"{a // 4:02}:{a % 4 * 15:02}", f"{b // 4:02}:{b % 4 * 15:02}")
        for a, b in zip(sorted(quarters)[::2], sorted(quarters)[1::2], strict=False)
    ]
)


@given(st.fixed_dictionaries({day: st.one_of(st.just([]), times) for day in DAYS}))
def test_a_week_comes_back_as_it_was(week: dict[str, list[tuple[str, str]]]) -> None:
    slots = slots_of(week, "visit")
    assert week_of(slots, "visit") == week
    assert not any(week_of(slots, "phone").values())
    assert slots_of(week_of(slots, "visit"), "visit") == slots


@given(st.text(ANY_CHARACTER, max_size=40))
def test_nothing_that_is_typed_breaks_it(typed: str) -> None:
    assert time_of(typed) is None or len(str(time_of(typed))) == 5


def test_what_is_said_of_holidays_is_said_of_all_slots_or_of_each() -> None:
    week = {"MO": [("09:00", "12:00")], "SU": [("09:00", "12:00")]}
    [all_of_them] = slots_of(week, "visit", "open")
    assert (all_of_them["byday"], all_of_them["holidays"]) == (["MO", "SU"], "open")
    each = {("MO", "09:00", "12:00"): "closed"}
    assert [(slot["byday"], slot.get("holidays")) for slot in slots_of(week, "visit", each)] == [
        (["MO"], "closed"),
        (["SU"], None),
    ]
    assert holidays_of(slots_of(week, "visit", each), "visit") == each | {("SU", "09:00", "12:00"): ""}
    assert holidays_of(slots_of(week, "visit", "open"), "phone") == {}
