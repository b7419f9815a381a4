"""Each check of the readiness page, with the clock, the disk and the index handed to it."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from guide import facts
from guide.database import open_database
from guide.directory import indexing
from guide.model import SiteFact
from guide.operations import readiness
from guide.operations.readiness import Aged, Check, Light
from guide.search.engine import IndexUnavailableError
from guide.settings import Settings
from tests.running import MONDAY_MORNING

PLENTY = 10_000_000_000


@pytest.fixture
def db_session(living: Settings) -> Iterator[Session]:
    engine = open_database(living.database_url)
    with Session(engine) as session:
        yield session
    engine.dispose()


def looked(
    session: Session,
    *aged: Aged,
    seen: Callable[[], int] | None = None,
    free: Callable[[], int] = lambda: PLENTY,
    now: datetime = MONDAY_MORNING,
) -> dict[str, Check]:
    current = seen or (lambda: indexing.revision(session))
    return {check.name: check for check in readiness.look(session, current, free, now, aged)}


def test_all_is_well(db_session: Session) -> None:
    facts.note(db_session, facts.LAST_BACKUP, MONDAY_MORNING - timedelta(hours=12))
    checks = looked(db_session, Aged(facts.LAST_BACKUP))
    assert {check.light for check in checks.values()} == {Light.OK}
    assert checks["last_backup"].words == "12 hours ago"
    assert readiness.worst(checks.values()) is Light.OK


@pytest.mark.parametrize(
    ("free", "light"),
    [
        (500_000_000, Light.OK),
        (499_999_999, Light.AMBER),
        (50_000_000, Light.AMBER),
        (49_999_999, Light.RED),
        (0, Light.RED),
    ],
)
def test_the_disk_is_amber_when_little_and_red_when_nothing_is_left(
    db_session: Session, free: int, light: Light
) -> None:
    assert looked(db_session, free=lambda: free)["disk"].light is light


def test_a_disk_that_does_not_answer_is_red(db_session: Session) -> None:
    def fails() -> int:
        raise OSError(5, "Input/output error")

    assert looked(db_session, free=fails)["disk"] == Check(
        "disk", Light.RED, "it cannot be asked (Input/output error)"
    )


@pytest.mark.parametrize(
    ("hours", "light"),
    [
        (0, Light.OK),
        (36, Light.OK),
        (36.1, Light.AMBER),
        (900, Light.AMBER),
        (-0.5, Light.OK),
        (-2, Light.AMBER),
    ],
)
def test_what_is_done_daily_is_amber_after_a_day_and_a_half_or_when_the_clock_is_wrong(
    db_session: Session, hours: float, light: Light
) -> None:
    facts.note(db_session, facts.LAST_PURGE, MONDAY_MORNING - timedelta(hours=hours))
    # Too long ago counts even when nothing would need it now: the timer has stopped.
    assert looked(db_session, Aged(facts.LAST_PURGE, needed=lambda _: False))["last_purge"].light is light


@pytest.mark.parametrize(("needed", "light"), [(True, Light.AMBER), (False, Light.OK)])
def test_never_matters_only_where_it_is_needed(db_session: Session, needed: bool, light: Light) -> None:
    assert looked(db_session, Aged(facts.LAST_PURGE, needed=lambda _: needed))["last_purge"] == Check(
        "last_purge", light, "never"
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-11-23T09:00:00+00:00", MONDAY_MORNING),
        ("2026-11-23T10:00:00+01:00", MONDAY_MORNING),
        ("2026-11-23T09:00:00", MONDAY_MORNING),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_moment_without_a_zone_is_utc_and_one_that_is_none_is_never(
    db_session: Session, value: str, expected: datetime | None
) -> None:
    db_session.add(SiteFact(name=facts.LAST_PURGE, value=value))
    db_session.flush()
    assert facts.noted(db_session, facts.LAST_PURGE) == expected


def test_an_index_that_is_behind_or_unusable_is_amber_since_searches_are_answered_all_the_same(
    db_session: Session,
) -> None:
    def fails() -> int:
        raise IndexUnavailableError("damaged")

    assert looked(db_session, seen=lambda: -1)["index"].light is Light.AMBER
    assert looked(db_session, seen=fails)["index"].light is Light.AMBER


def test_another_revision_is_red(db_session: Session) -> None:
    db_session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    found = looked(db_session)["migration"]
    assert (found.light, "0001" in found.words) == (Light.RED, True)


def test_a_database_that_cannot_be_read_is_red_and_the_disk_is_still_told(db_session: Session) -> None:
    db_session.execute(text("DROP TABLE site_fact"))
    checks = looked(db_session, Aged(facts.LAST_BACKUP))
    assert checks["database"] == Check("database", Light.RED, "it cannot be read (OperationalError)")
    assert checks["disk"].light is Light.OK
    assert readiness.worst(checks.values()) is Light.RED


def test_the_worst_light_is_that_of_the_whole() -> None:
    lights = [Check(light, light, "") for light in (Light.AMBER, Light.OK)]
    assert readiness.worst(lights) is Light.AMBER
    assert readiness.worst([*lights, Check("x", Light.RED, "")]) is Light.RED
    assert readiness.worst([]) is Light.OK
