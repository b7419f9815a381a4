"""The database for one command: opened, checked to be of this version, closed."""

import contextlib
import sys
from collections.abc import Iterator

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from guide import clock, clock_guard
from guide.app import require_current
from guide.clock_guard import ClockJumpedError
from guide.database import open_database, writing
from guide.operations import locks
from guide.settings import SettingError, Settings


@contextlib.contextmanager
def current_database(settings: Settings) -> Iterator[Engine]:
    """The database at the revision this code needs, with nothing left open afterwards. Raises SettingError.

    While another process prepares or loads it, this waits and says so.
    """
    wait_until_prepared(settings)
    engine = open_database(settings.database_url)
    try:
        require_current(engine)
        yield engine
    finally:
        engine.dispose()


def wait_until_prepared(settings: Settings) -> None:
    """Returns when no process here prepares, loads or restores the database; says on stderr that it waits."""
    locks.wait_until_prepared(
        settings.instance,
        lambda: print(
            "guide: another command prepares the database; waiting for it …", file=sys.stderr, flush=True
        ),
    )


@contextlib.contextmanager
def changing(settings: Settings) -> Iterator[Session]:
    """A session that commits when the block ends well, and knows the secret key."""
    with current_database(settings) as engine, Session(writing(engine)) as session:
        session.info.update(settings.session_info)
        yield session
        session.commit()


@contextlib.contextmanager
def reading(settings: Settings) -> Iterator[Session]:
    """A session that only looks."""
    with current_database(settings) as engine, Session(engine) as session:
        session.info.update(settings.session_info)
        yield session


@contextlib.contextmanager
def minding_the_clock(nothing: str) -> Iterator[None]:
    """Says what to do where the block finds that the clock jumped; `nothing` is what was not done. SettingError."""
    try:
        yield
    except ClockJumpedError as jump:
        raise SettingError(f"{clock_guard.jump_in_words(jump.last, clock.now())} {nothing}") from jump
