"""What tests share: the real data loaded once, an application with a fixed clock, a client that checks pages."""

import gc
import os
import resource
import shutil
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
from flask import Flask
from hypothesis import settings
from hypothesis.internal.conjecture import providers
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from guide import clock_guard, memory
from guide.database import open_database
from guide.model import Base
from tests import instances
from tests.crawl import Site, crawled
from tests.pages import PageClient
from tests.running import MONDAY_MORNING, app_on_copy, close_app, load_shipped, open_app, settings_for

# Tests make many objects that live long, and a sixth of their time went into looking through them for garbage: so
# seldom; and not so seldom that applications of tests that are over pile up.
gc.set_threshold(100_000, 5, 5)

# Some systems are set to keep no bytecode: each program that a test starts would compile the guide anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A busy machine is no fault: no example is too slow. The same examples each time: a change fails by what it changed,
# not by what was drawn today.
settings.register_profile("guide", deadline=None, derandomize=True)
settings.load_profile("guide")
# Nor by which files of tests ran before: Hypothesis would also draw from the constants of every module of ours that
# is imported by then, which it parses, for seconds and a hundred megabytes.
if hasattr(providers, "_get_local_constants"):
    providers._get_local_constants = lambda: providers._local_constants


AS_LONG_AS = {"browser": 8, "publish": 5, "operations": 5}
"""A test of these folders takes as long as so many others."""


@cache
def _shared(path: Path) -> str:
    """What several processes must share as one: a file, for what it opens once, or what many files open together.

    All files with tests on the crawled site go to one process, since the crawl takes longer than the tests; and
    all that use the PostgreSQL server, where a restore is refused while another host prepares.
    """
    text = path.read_text(encoding="utf-8")
    return next((name for name in ("whole_site", "postgresql") if name in text), path.as_posix())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long comes first: several processes then end at about the same time."""
    shared = {path: _shared(path) for path in {item.path for item in items}}
    long: Counter[str] = Counter()
    for item in items:
        long[shared[item.path]] += AS_LONG_AS.get(item.path.parent.name, 1)
    items.sort(key=lambda item: -long[shared[item.path]])


def pytest_collection_finish() -> None:
    """What is imported and collected stays to the end: no search for garbage looks through it again."""
    gc.collect()
    gc.freeze()


GROWN = 80
"""A process that has grown by so many megabytes since it was last looked through is looked through again."""
_resident = 0


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """What a file of tests leaves behind is let go before the next begins, where it is much."""
    global _resident
    if nextitem is not None and nextitem.path == item.path:
        return
    if nextitem is None or _shared(nextitem.path) != _shared(item.path):
        crawled.cache_clear()
    if _megabytes() < _resident + GROWN:
        return
    gc.collect()
    memory.trim()
    _resident = _megabytes()


def _megabytes() -> int:
    """What this process holds; 0 where the system does not say it in this way."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * resource.getpagesize() >> 20
    except OSError:
        return 0


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Who runs what when several processes share the tests: see `_shared`, in the order of the tests."""
    from xdist.scheduler import LoadFileScheduling

    config.option.loadscopereorder = False
    tests = Path(__file__).parent
    together = {path.relative_to(tests.parent).as_posix(): _shared(path) for path in tests.rglob("test_*.py")}

    class ByFile(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return together[super()._split_scope(nodeid)]

    return ByFile(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance folder with the real data loaded and indexed, as `guide serve` makes it; never written to."""
    instance = tmp_path_factory.mktemp("loaded") / "instance"
    instance.mkdir()
    load_shipped(instance)
    return instance


@pytest.fixture(scope="session")
def loaded_on_server(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with its database on the PostgreSQL server."""
    instance = tmp_path_factory.mktemp("loaded-on-server") / "instance"
    instance.mkdir()
    instances.put_on_server(instance)
    load_shipped(instance)
    return instance


@pytest.fixture
def instance(loaded: Path, tmp_path: Path) -> Path:
    """A copy of the loaded instance that a test may change."""
    target = tmp_path / "instance"
    shutil.copytree(loaded, target)
    return target


@pytest.fixture
def days_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """For a test that walks through months in a few calls: the days between are taken as seen."""
    monkeypatch.setattr(clock_guard, "JUMP", timedelta(days=36_500))


@pytest.fixture
def make_app() -> Iterator[Callable[..., Flask]]:
    """Makes applications on an instance; `clock` fixes the time (default: Monday 23 November 2026, 10:00)."""
    made: list[Flask] = []

    def make(instance: Path, clock: datetime = MONDAY_MORNING, **changes: object) -> Flask:
        app = open_app(settings_for(instance, **changes), clock)
        made.append(app)
        return app

    yield make
    for app in made:
        close_app(app)


@pytest.fixture(scope="session")
def shared_app(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on a copy of the loaded data; tests only read, but what they search is counted."""
    with app_on_copy(loaded, tmp_path_factory.mktemp("app")) as app:
        app.config["TRUSTED_HOSTS"] = ["localhost", "127.0.0.1"]  # as `guide serve` on the loopback
        yield app


@pytest.fixture(scope="session")
def app(shared_app: Flask) -> Flask:
    """The application that tests read from."""
    return shared_app


@pytest.fixture
def whole_site(shared_app: Flask) -> Site:
    """Every page a visitor can reach by clicking, in both languages: kept while files follow that ask for it."""
    return crawled(shared_app)


@pytest.fixture
def client(app: Flask) -> PageClient:
    """A visitor. Every page it fetches is checked (see tests/pages.py)."""
    return PageClient(app)


@pytest.fixture(scope="session")
def engine(loaded: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{loaded / 'guide.sqlite3'}")
    yield engine
    engine.dispose()


@pytest.fixture
def directory(engine: Engine) -> Iterator[Session]:
    """A session on the loaded data; whatever a test changes is rolled back."""
    with Session(engine) as session:
        yield session
        session.rollback()


@pytest.fixture(scope="session")
def empty_tables() -> Iterator[sqlite3.Connection]:
    """A database in memory with all tables and no row, to be copied: making tables takes longer than most tests."""
    engine = open_database("sqlite://")
    Base.metadata.create_all(engine)
    with engine.connect() as connection:
        yield cast(sqlite3.Connection, connection.connection.driver_connection)
    engine.dispose()


@pytest.fixture
def session(empty_tables: sqlite3.Connection) -> Iterator[Session]:
    """A session on an empty database in memory."""
    engine = open_database("sqlite://")
    with engine.connect() as connection:
        empty_tables.backup(cast(sqlite3.Connection, connection.connection.driver_connection))
    with Session(engine) as session:
        session.info["secret_key"] = "x" * 40
        yield session
    engine.dispose()
