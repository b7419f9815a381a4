"""The time in Jette. Field functions are told the time; only pages and commands ask for it here."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")


def now() -> datetime:
    """This moment, with its zone, in Europe/Brussels."""
    return datetime.now(UTC).astimezone(BRUSSELS)


def today() -> date:
    """Today's date in Jette."""
    return now().date()
