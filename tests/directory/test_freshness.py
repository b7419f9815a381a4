"""A listing is fresh until its interval ends, then to confirm, then stale; hours live for twelve months."""

from datetime import date

import pytest

from guide.directory.freshness import (
    Freshness,
    asks_to_be_archived,
    confirm_by,
    freshness,
    hours_are_current,
    later,
    source_day,
    source_year,
    standing,
)
from guide.model import Citation
from tests import factories

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 15), 1, date(2026, 2, 15)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 1), 0, date(2026, 12, 1)),
        (date(2026, 10, 31), 2, date(2026, 12, 31)),
        (date(2026, 11, 23), 13, date(2027, 12, 23)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last_of_the_month(day, months, expected) -> None:
    assert later(day, months) == expected


@pytest.mark.parametrize(
    ("assured", "interval", "today", "expected"),
    [
        (None, 6, TODAY, Freshness.UNVERIFIED),
        (date(2026, 11, 23), 6, date(2026, 11, 23), Freshness.FRESH),
        (date(2026, 5, 23), 6, date(2026, 11, 23), Freshness.FRESH),
        (date(2026, 5, 23), 6, date(2026, 11, 24), Freshness.TO_CONFIRM),
        (date(2026, 5, 23), 6, date(2027, 1, 23), Freshness.TO_CONFIRM),
        (date(2026, 5, 23), 6, date(2027, 1, 24), Freshness.STALE),
        (date(2026, 8, 31), 6, date(2027, 2, 28), Freshness.FRESH),
        (date(2026, 8, 31), 6, date(2027, 3, 1), Freshness.TO_CONFIRM),
        (date(2026, 8, 31), 6, date(2027, 4, 28), Freshness.TO_CONFIRM),
        (date(2026, 8, 31), 6, date(2027, 4, 29), Freshness.STALE),
        (date(2026, 11, 30), 3, date(2027, 2, 28), Freshness.FRESH),
        (date(2026, 11, 30), 3, date(2027, 3, 1), Freshness.TO_CONFIRM),
        (date(2025, 11, 23), 12, date(2026, 11, 23), Freshness.FRESH),
        (date(2025, 11, 23), 12, date(2026, 11, 24), Freshness.TO_CONFIRM),
        (date(2010, 1, 1), 6, TODAY, Freshness.STALE),
    ],
)
def test_a_listing_ages_by_its_interval(assured, interval, today, expected) -> None:
    listing = factories.service(assured_date=assured, review_interval_months=interval)
    assert freshness(listing, today) is expected


@pytest.mark.parametrize(
    ("dates", "year"), [([], None), ([None], None), (["2018", None], 2018), (["2018-07-13", "2025-12"], 2025)]
)
def test_a_listing_tells_the_newest_year_of_its_sources(dates, year) -> None:
    cited = [Citation(field="name", source=factories.source(day)) for day in dates]
    found = standing(factories.service(citations=cited), TODAY)
    assert (found.state, found.assured, found.source_year) == (Freshness.UNVERIFIED, None, year)


@pytest.mark.parametrize(
    ("written", "day", "year"),
    [
        ("2025", date(2025, 1, 1), 2025),
        ("2025-12", date(2025, 12, 1), 2025),
        ("2016-02-29", date(2016, 2, 29), 2016),
        (None, None, None),
    ],
)
def test_a_partial_date_means_its_earliest_day(written, day, year) -> None:
    assert source_day(factories.source(written)) == day
    assert source_year(factories.source(written)) == year


@pytest.mark.parametrize(
    ("read", "current"),
    [
        ("2026-11-23", True),
        ("2025-11-23", True),
        ("2025-11-22", False),
        ("2026", True),
        ("2025-12", True),
        ("2025-11", False),
        ("2025", False),
        ("2026-11-24", False),
        (None, False),
    ],
)
def test_hours_are_current_for_twelve_months_after_they_were_read(read, current) -> None:
    assert hours_are_current(factories.open_service(schedule_source=factories.source(read)), TODAY) is current


def test_hours_without_a_source_are_never_current() -> None:
    assert not hours_are_current(factories.open_service(schedule_source=None), TODAY)


@pytest.mark.parametrize(
    ("assured", "current"), [(date(2026, 6, 1), True), (date(2026, 4, 1), False), (date(2025, 1, 1), False)]
)
def test_old_hours_are_current_again_once_the_listing_is_confirmed(assured, current) -> None:
    listing = factories.open_service(schedule_source=factories.source("2019"), assured_date=assured)
    assert hours_are_current(listing, TODAY) is current


def test_what_nobody_confirmed_yet_has_no_day_to_be_confirmed_by() -> None:
    assert confirm_by(factories.service()) is None
    assert confirm_by(factories.service(assured_date=date(2026, 8, 31))) == date(2027, 2, 28)


@pytest.mark.parametrize(
    ("assured", "asked"),
    [
        (None, False),
        (date(2025, 3, 24), False),
        (date(2025, 3, 23), False),
        (date(2025, 3, 22), True),
        (date(2010, 1, 1), True),
    ],
)
def test_the_coordinator_is_asked_to_archive_what_is_stale_for_more_than_a_year(assured, asked) -> None:
    assert asks_to_be_archived(factories.service(assured_date=assured), TODAY) is asked
