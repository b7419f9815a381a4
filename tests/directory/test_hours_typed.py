"""Hours as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guide.directory.hours_typed import (
    Piece,
    SlotProblem,
    TimesProblem,
    is_always,
    overlap,
    pieces_of,
    read_times,
    read_week,
    slots_of,
    time_of,
    week_of,
    week_pieces,
)
from guide.directory.timetable import DAYS
from guide.records.shapes import SLOT
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


def said(pieces: list[Piece], holidays: str = "") -> dict[Piece, str]:
    return dict.fromkeys(pieces, holidays)


def test_days_with_the_same_hours_stand_together() -> None:
    week = {"MO": [("09:00", "12:00"), ("13:00", "16:00")], "WE": [("09:00", "12:00")]}
    assert slots_of(said(week_pieces(week)), "visit") == [
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
        ([("17h", "9h")], SlotProblem("MO", 0, "to", "order")),
        ([("18h", "8h01")], SlotProblem("MO", 0, "to", "order")),
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


def test_a_night_of_at_most_fourteen_hours_is_one_slot() -> None:
    week, faults = read_week({"MO": [("20h", "8h")], "SU": [("18h", "8h")]})
    assert not faults
    assert (week["MO"], week["SU"]) == ([("20:00", "08:00")], [("18:00", "08:00")])


@pytest.mark.parametrize(
    ("typed", "where"),
    [
        ({"MO": [("20h", "8h")], "TU": [("7h", "9h")]}, ("TU", 0)),
        ({"MO": [("7h", "9h")], "SU": [("20h", "8h")]}, ("SU", 0)),
        ({"FR": [("20h", "8h"), ("21h", "23h")]}, ("FR", 1)),
        ({"FR": [("20h", "8h")], "SA": [("22h", "24h"), ("6h", "8h")]}, ("SA", 1)),
    ],
)
def test_two_that_meet_after_midnight_overlap(
    typed: dict[str, list[tuple[str, str]]], where: tuple[str, int]
) -> None:
    _, faults = read_week(typed)
    assert [(fault.day, fault.slot, fault.what) for fault in faults] == [(*where, "overlap")]


def test_a_night_and_the_day_that_follows_it_touch() -> None:
    _, faults = read_week({"MO": [("20h", "8h")], "TU": [("8h", "17h")], "SU": [("20h", "8h")]})
    assert not faults


def test_what_the_record_holds_is_taken_as_it_stands() -> None:
    known = [Piece("MO", "14:00", "10:00"), Piece("MO", "15:00", "16:00")]
    typed = {"MO": [("14h", "10h"), ("15h", "16h")]}
    assert [fault.what for fault in read_week(typed)[1]] == ["order"]
    week, faults = read_week(typed, known)
    assert not faults
    assert week["MO"] == [("14:00", "10:00"), ("15:00", "16:00")]
    assert read_week({**typed, "TU": [("9h", "10h")]}, known)[1] == [SlotProblem("TU", 0, "from", "overlap")]


quarters = st.integers(0, 95).map(lambda number: f"{number // 4:02}:{number % 4 * 15:02}")
any_piece = st.builds(Piece, st.sampled_from(DAYS), quarters, quarters).filter(
    lambda piece: piece.opens != piece.closes
)


@given(any_piece, any_piece)
def test_two_overlap_when_they_share_a_minute_of_the_week(one: Piece, other: Piece) -> None:
    def minutes(piece: Piece) -> set[int]:
        hours = [int(hour) * 60 + int(minute) for hour, minute in (t.split(":") for t in piece.times)]
        begin = DAYS.index(piece.day) * 1440 + hours[0]
        length = (hours[1] - hours[0]) % 1440
        return {minute % 10080 for minute in range(begin, begin + length, 15)}

    assert overlap(one, other) == bool(minutes(one) & minutes(other)) == overlap(other, one)


def test_two_times_by_themselves_are_read_as_in_a_week() -> None:
    assert read_times("20h", "8h") == ("20:00", "08:00")
    assert read_times("9h", "") == TimesProblem("to", "half")
    assert read_times("9x", "10h") == TimesProblem("from", "time", "9x")
    assert read_times("17h", "9h") == TimesProblem("to", "order")
    assert read_times("17h", "9h", {("17:00", "09:00")}) == ("17:00", "09:00")


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
    slots = slots_of(said(week_pieces(week)), "visit")
    # The end of one day and the beginning of the next are a night.
    nights = any(
        evening[-1][1] == "24:00" and evening[-1][0] != "00:00" and morning[:1] and morning[0][0] == "00:00"
        for evening, morning in ((week[one], week[DAYS[(DAYS.index(one) + 1) % 7]]) for one in DAYS)
        if evening
    )
    if not nights:
        assert week_of(pieces_of(slots, "visit")) == week
    assert not pieces_of(slots, "phone")
    again = slots_of(pieces_of(slots, "visit"), "visit")
    assert pieces_of(again, "visit") == pieces_of(slots, "visit")


@given(st.text(ANY_CHARACTER, max_size=40))
def test_nothing_that_is_typed_breaks_it(typed: str) -> None:
    assert time_of(typed) is None or len(str(time_of(typed))) == 5


def test_what_is_said_of_holidays_is_said_of_each_piece() -> None:
    monday, sunday = Piece("MO", "09:00", "12:00"), Piece("SU", "09:00", "12:00")
    [both] = slots_of({monday: "open", sunday: "open"}, "visit")
    assert (both["byday"], both["holidays"]) == (["MO", "SU"], "open")
    each = {monday: "closed", sunday: ""}
    assert [(slot["byday"], slot.get("holidays")) for slot in slots_of(each, "visit")] == [
        (["MO"], "closed"),
        (["SU"], None),
    ]
    assert pieces_of(slots_of(each, "visit"), "visit") == each


def test_a_night_that_was_landed_as_two_slots_is_one_piece() -> None:
    landed = [
        {"kind": "visit", "byday": list(DAYS), "opens_at": "20:00", "closes_at": "24:00"},
        {"kind": "visit", "byday": list(DAYS), "opens_at": "00:00", "closes_at": "08:00"},
    ]
    assert set(pieces_of(landed, "visit")) == {Piece(day, "20:00", "08:00") for day in DAYS}


some_pieces = st.builds(
    Piece,
    st.one_of(
        st.sampled_from(DAYS),
        st.builds(str.__add__, st.sampled_from(("1", "3", "-1")), st.sampled_from(DAYS)),
    ),
    st.sampled_from(("09:00", "13:30", "20:00")),
    st.sampled_from(("12:00", "17:00", "08:00", "23:15")),
    st.sampled_from(("", "2026-07-01")),
    st.sampled_from(("", "2026-08-31")),
    st.sampled_from(("", "1", "2")),
)


@given(st.dictionaries(some_pieces, st.sampled_from(("", "open", "closed")), max_size=20))
def test_pieces_become_sound_slots_and_come_back(pieces: dict[Piece, str]) -> None:
    slots = slots_of(pieces, "visit")
    assert [error for slot in slots for error in SLOT.errors(slot, lambda _kind, _key: True)] == []
    assert pieces_of(slots, "visit") == pieces
    assert slots_of(pieces_of(slots, "visit"), "visit") == slots
