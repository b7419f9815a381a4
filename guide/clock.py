"""The time in Jette. Field functions are told the time; only pages and commands ask for it here."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")

SLACK = timedelta(days=1)
"""By so much a clock may be put back without ending what it began."""


def now() -> datetime:
    """This moment, with its zone, in Europe/Brussels."""
    return datetime.now(UTC).astimezone(BRUSSELS)


def today() -> date:
    """Today's date in Jette."""
    return now().date()


def lasts(until: datetime, now: datetime, life: timedelta) -> bool:
    """Is the end of this still to come? `life` is how long it lasted when it began.

    An end much further away than that was set by a clock that ran ahead: under the right one it has none.
    """
    return now < until <= now + life + SLACK
