"""How far a listing can be trusted today. Nothing is ever hidden silently."""

import calendar
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from guide.directory.listing import AnyFacts, AnyListing, AnySource
from guide.model import ServiceState

STALE_AFTER_MONTHS = 2
HOURS_VALID_MONTHS = 12
ARCHIVE_AFTER_MONTHS = 12
"""So long after a listing grew stale the coordinator is asked whether to archive it; nothing does it by itself."""
INTERVALS = (3, 6, 12)
"""The intervals an association may choose, in months: never "never"."""
USUAL_INTERVAL = 6


class Freshness(StrEnum):
    """unverified: nobody of the organisation has confirmed it yet; stale: not confirmed for too long."""

    UNVERIFIED = "unverified"
    FRESH = "fresh"
    TO_CONFIRM = "to_confirm"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Standing:
    """What the page says about a listing's age: its state, when it was confirmed, the year of its sources."""

    state: Freshness
    assured: date | None
    source_year: int | None


def later(day: date, months: int) -> date:
    """The same day so many months later; the last day of the month where that day does not exist."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def standing(service: AnyListing, today: date) -> Standing:
    """How fresh this listing is today; `source_year` is the newest year its citations bear, if any does."""
    dated = [citation.source for citation in service.citations if citation.source.date]
    # A list somebody keeps (our own reading of help lines among them) is younger than the facts in it.
    documents = [source for source in dated if source.kind != "list"] or dated
    year = max((source_year(source) or 0 for source in documents), default=0)
    return Standing(freshness(service, today), service.assured_date, year or None)


def freshness(service: AnyFacts, today: date) -> Freshness:
    """Fresh until assured_date + interval, then to confirm, and two months later stale."""
    if service.assured_date is None:
        return Freshness.UNVERIFIED
    last = later(service.assured_date, service.review_interval_months)
    if today <= last:
        return Freshness.FRESH
    return Freshness.TO_CONFIRM if today <= later(last, STALE_AFTER_MONTHS) else Freshness.STALE


def confirm_by(service: AnyFacts) -> date | None:
    """The last day on which the listing is fresh; None when nobody has confirmed it yet."""
    if service.assured_date is None:
        return None
    return later(service.assured_date, service.review_interval_months)


def asks_to_be_archived(service: AnyFacts, today: date) -> bool:
    """Has it been stale for more than a year? What nobody ever confirmed never grew stale."""
    last = confirm_by(service)
    return last is not None and today > later(last, STALE_AFTER_MONTHS + ARCHIVE_AFTER_MONTHS)


def is_uncertain(service: AnyFacts, today: date) -> bool:
    """Is it only announced, ended, or perhaps gone? Nobody should be sent there before what is known to be there.

    Perhaps gone: its existence bears a note, and nobody confirms it.
    """
    if service.state is not ServiceState.EXISTING:
        return True
    return bool(service.state_note) and freshness(service, today) in (Freshness.UNVERIFIED, Freshness.STALE)


def source_year(source: AnySource) -> int | None:
    """The year the source bears, or None when it is undated."""
    return int(source.date[:4]) if source.date else None


def source_day(source: AnySource) -> date | None:
    """The earliest day a partial date can mean: '2025-12' is 1 December 2025. None when undated."""
    if not source.date:
        return None
    parts = [int(part) for part in source.date.split("-")]
    return date(parts[0], parts[1] if len(parts) > 1 else 1, parts[2] if len(parts) > 2 else 1)


def hours_are_current(service: AnyFacts, today: date) -> bool:
    """May these hours make the service "open"? Only when their source is at most twelve months old, or the
    organisation has confirmed the listing within its interval. Those of an emergency number always may."""
    if service.is_emergency_number:
        return True
    if service.assured_date is not None and freshness(service, today) is Freshness.FRESH:
        return True
    if service.schedule_source is None:
        return False
    read = source_day(service.schedule_source)
    return read is not None and read <= today <= later(read, HOURS_VALID_MONTHS)
