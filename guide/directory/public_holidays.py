"""The ten legal public holidays of Belgium: data that ships with the guide (`public_holidays.yaml`).

What an organization keeps beside them is its own list (`CalendarPeriod`); nothing of that is known here.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml
from dateutil.easter import easter

from guide.languages import Bilingual


def public_holiday(day: date) -> Bilingual | None:
    """What the public holiday on this day is called; None on every other day."""
    return _of_year(day.year).get(day)


def is_public_holiday(day: date) -> bool:
    """Is this day one of the ten public holidays in Belgium?"""
    return day in _of_year(day.year)


@lru_cache(maxsize=64)
def _of_year(year: int) -> Mapping[date, Bilingual]:
    return {_day(one, year): Bilingual(**one["name"]) for one in _shipped()}


def _day(holiday: Mapping[str, Any], year: int) -> date:
    if "date" in holiday:
        return date.fromisoformat(f"{year:04}-{holiday['date']}")
    return easter(year) + timedelta(days=holiday["after_easter"])


@cache
def _shipped() -> list[Mapping[str, Any]]:
    path = Path(__file__).with_name("public_holidays.yaml")
    holidays: list[Mapping[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return holidays
