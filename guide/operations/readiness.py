"""Is all well? What `/readyz` tells: a few checks, each green, amber (somebody should look) or red (it cannot serve).

Only looks. Words are for operators, in English, and name nobody.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from guide import clock_guard, facts, migrations, paths
from guide.directory import indexing
from guide.loading import shipped
from guide.mail import fates, outage
from guide.search.engine import IndexUnavailableError

LITTLE_SPACE, NO_SPACE = 500_000_000, 50_000_000
"""Free bytes below which the disk is amber, and red."""

A_DAY_AND_A_HALF = timedelta(hours=36)
_AHEAD = timedelta(hours=1)


class Light(StrEnum):
    """How one thing stands: as it should, to be seen to soon, or the guide cannot be used."""

    OK = "ok"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: its name, its light, and why in words."""

    name: str
    light: Light
    words: str


@dataclass(frozen=True, slots=True)
class Aged:
    """Something done regularly, whose last time is a fact of the database.

    `needed` says whether its never having been done matters; too long ago always does. `failed` is the fact that
    stands there since it went wrong, and `remedy` says what to do then.
    """

    fact: str
    limit: timedelta = A_DAY_AND_A_HALF
    needed: Callable[[Session], bool] = lambda session: True
    failed: str | None = None
    remedy: str = ""


def look(
    session: Session,
    index_revision: Callable[[], int],
    free: Callable[[], int],
    now: datetime,
    aged: Iterable[Aged],
) -> list[Check]:
    """All checks. `index_revision` may raise IndexUnavailableError, `free` (bytes) OSError: both are findings too."""
    checks = [_disk(free)]
    try:
        checks.append(_migration(session))
        checks.append(_index(session, index_revision))
        checks.append(_data(session))
        checks.append(_clock(session, now))
        checks.append(_mail(session, now))
        checks += [_age(session, item, now) for item in aged]
    except SQLAlchemyError as problem:
        reason = type(getattr(problem, "orig", None) or problem).__name__
        checks.append(Check("database", Light.RED, f"it cannot be read ({reason})"))
    else:
        checks.append(Check("database", Light.OK, "it can be read"))
    return sorted(checks, key=lambda check: check.name)


def worst(checks: Iterable[Check]) -> Light:
    """The light of the whole."""
    order = list(Light)
    return max((check.light for check in checks), key=order.index, default=Light.OK)


def _migration(session: Session) -> Check:
    found = session.scalar(text("SELECT version_num FROM alembic_version"))
    if found == migrations.head():
        return Check("migration", Light.OK, "the database is at the revision of the program")
    return Check("migration", Light.RED, f"the database is at {found}, the program needs {migrations.head()}")


def _index(session: Session, index_revision: Callable[[], int]) -> Check:
    try:
        seen, wanted = index_revision(), indexing.revision(session)
    except IndexUnavailableError:
        return Check(
            "index", Light.AMBER, "it cannot be used; the next search answers from memory and rebuilds it"
        )
    if seen == wanted:
        return Check("index", Light.OK, f"it stands at {seen}, as the database")
    return Check(
        "index", Light.AMBER, f"it stands at {seen}, the database at {wanted}; the next search mends it"
    )


def _data(session: Session) -> Check:
    """Never amber: whoever keeps data of their own need not load those of a release."""
    if shipped.is_loaded(session, shipped.fingerprint(paths.DATA)):
        return Check("data", Light.OK, "those of this version are loaded")
    return Check("data", Light.OK, "this version brings other data than was last loaded: see `guide prepare`")


def _clock(session: Session, now: datetime) -> Check:
    last = clock_guard.jumped(session, now)
    if last is None:
        return Check("clock", Light.OK, "it agrees with what the database knows")
    return Check(
        "clock",
        Light.AMBER,
        f"it says {now.astimezone(UTC):%Y-%m-%d %H:%M} UTC, the newest moment known is {last:%Y-%m-%d %H:%M} UTC; "
        "nothing ends or is erased until it is set right or, where it is right, `guide purge --clock-is-right` "
        "has been run",
    )


def _mail(session: Session, now: datetime) -> Check:
    """Amber while mails wait for longer than ten minutes, or nobody has decided about those that failed."""
    late, failed, expired = (
        fates.count(session, which(now)) for which in (fates.late, fates.undecided, fates.expired)
    )
    away = outage.current(session)
    words = [f"{late} wait for longer than ten minutes"] if late else []
    if failed:
        words.append(f"{failed} refused, given up or perhaps sent: the coordinator's desk lists them")
    if expired:
        words.append(f"{expired} not sent in time, and of no use any more")
    # A code that was not sent in time needs nobody any more; that the server took none is to be known.
    if away is not None and (late or expired or fates.count(session, fates.over(now))):
        words.append(f"the mail server takes nothing: {away.reason}")
    return Check("mail", Light.AMBER if words else Light.OK, "; ".join(words) or "nothing waits")


def _disk(free: Callable[[], int]) -> Check:
    try:
        left = free()
    except OSError as problem:
        return Check("disk", Light.RED, f"it cannot be asked ({problem.strerror})")
    light = Light.RED if left < NO_SPACE else Light.AMBER if left < LITTLE_SPACE else Light.OK
    return Check("disk", light, f"{left // 1_000_000} MB free")


def _age(session: Session, item: Aged, now: datetime) -> Check:
    since = facts.noted(session, item.failed) if item.failed else None
    if since is not None:
        return Check(item.fact, Light.AMBER, f"it failed on {since:%Y-%m-%d %H:%M} UTC: {item.remedy}")
    moment = facts.noted(session, item.fact)
    if moment is None:
        light = Light.AMBER if item.needed(session) else Light.OK
        return Check(item.fact, light, "never")
    age = now - moment
    hours = int(age.total_seconds() // 3600)
    if age < -_AHEAD:
        return Check(item.fact, Light.AMBER, f"{-hours} hours from now: is the clock right?")
    return Check(item.fact, Light.AMBER if age > item.limit else Light.OK, f"{max(hours, 0)} hours ago")
