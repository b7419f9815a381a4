"""Dates as people type them: one parser for every form, and one for data files, that guesses nothing."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guide.dates import parse_date, parse_iso_date
from tests.characters import ANY_CHARACTER


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("24/12/2026", date(2026, 12, 24)),
        ("24-12-2026", date(2026, 12, 24)),
        ("24.12.26", date(2026, 12, 24)),
        ("24-12-26", date(2026, 12, 24)),
        ("2026-12-24", date(2026, 12, 24)),
        ("2026-1-5", date(2026, 1, 5)),
        (" 24 / 12 / 2026 ", date(2026, 12, 24)),
        ("２４/12/2026", date(2026, 12, 24)),
        ("1/2/2027", date(2027, 2, 1)),
        ("24 décembre 2026", date(2026, 12, 24)),
        ("24 dec. 2026", date(2026, 12, 24)),
        ("1er août 2026", date(2026, 8, 1)),
        ("1 mei 2027", date(2027, 5, 1)),
    ],
)
def test_a_day_is_understood_as_people_write_it(typed: str, meant: date) -> None:
    assert parse_date(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        None,
        "",
        "31/02/2026",
        "noël",
        "24/12",
        "12/24/2026",
        "24 ju 2026",
        "24 jui 2026",
        "0/1/2026",
        "24/12/126",
    ],
)
def test_what_is_no_day_is_none(typed: str | None) -> None:
    assert parse_date(typed) is None


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_way_of_writing_a_day_means_that_day(day: date) -> None:
    ways = ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%y", "%d/%m/%y", "%Y-%m-%d"]
    assert {parse_date(day.strftime(way)) for way in ways} == {day}
    assert parse_date(f"{day.day}/{day.month}/{day.year}") == day


@given(st.text(ANY_CHARACTER, max_size=40))
def test_nothing_that_is_typed_breaks_it(typed: str) -> None:
    assert parse_date(typed) is None or isinstance(parse_date(typed), date)
    if (day := parse_iso_date(typed)) is not None:
        assert (day.isoformat(), parse_date(typed)) == (typed, day)


@pytest.mark.parametrize(
    "text", ["2026-1-5", "20261224", "2026-W52-4", "24/12/2026", "2026-02-30", " 2026-12-24"]
)
def test_a_data_file_writes_a_day_in_one_way_only(text: str) -> None:
    assert parse_iso_date(text) is None
