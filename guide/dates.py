"""Dates that are read: as people type them in forms, and as data files write them (ISO 8601).

It stays ours: a parser for all the world (dateutil, dateparser) also takes "24/12" or "12/24/2026" for a date, and
guesses which; a closure, an agreement or a deadline is asked about again instead.
"""

import re
import unicodedata
from datetime import date

_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})")
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_NAMED_DAY = re.compile(r"(\d{1,2})(?:er|ste|e)?([a-z]{3,9})\.?(\d{4})")
_MONTHS = (
    ("janvier", "januari"), ("fevrier", "februari"), ("mars", "maart"), ("avril", "april"), ("mai", "mei"),
    ("juin", "juni"), ("juillet", "juli"), ("aout", "augustus"), ("septembre", "september"),
    ("octobre", "oktober"), ("novembre", "november"), ("decembre", "december"),
)  # fmt: skip


def parse_date(typed: str | None) -> date | None:
    """'24/12/2026', '24-12-26', '2026-12-24', '24 décembre 2026' → that day; None when it is no date."""
    plain = squeezed(typed or "")
    if match := _ISO_DAY.fullmatch(plain):
        year, month, day = (int(part) for part in match.groups())
    elif match := _DAY.fullmatch(plain):
        day, month, year = (int(part) for part in match.groups())
        year += 2000 if len(match[3]) == 2 else 0
    elif match := _NAMED_DAY.fullmatch(plain):
        day, month, year = int(match[1]), _month_named(match[2]), int(match[3])
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def years_around(today: date) -> tuple[int, int]:
    """The first and the last year of the days that people write of hours: another is a slip, as 0027 and 2226 are."""
    return today.year - 1, today.year + 3


def parse_iso_date(text: str) -> date | None:
    """'2026-12-24' → that day, as data files write it and in no other way; None for anything else."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def squeezed(typed: str) -> str:
    """Small letters without accents and spaces; figures of other scripts are those figures."""
    decomposed = unicodedata.normalize("NFKD", typed.strip().lower())
    kept = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return "".join(kept.split())


def _month_named(word: str) -> int:
    """'dec' → 12; 0 when no month begins so, or more than one."""
    named = [place for place, names in enumerate(_MONTHS, 1) if any(name.startswith(word) for name in names)]
    return named[0] if len(named) == 1 else 0
