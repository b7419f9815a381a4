"""Databases of either kind: empty, or with all tables, which are made once a process and then copied."""

import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from guide import migrations, private_files
from tests import postgresql
from tests.rounds import ALL

BOTH = ("sqlite", pytest.param("postgresql", marks=[pytest.mark.postgresql, postgresql.needed]))
"""The kinds of database, for the parameters of a fixture that gives one of each."""

IN_CI = BOTH if ALL and postgresql.SERVER else BOTH[:1]
"""The same for what meets PostgreSQL in CI alone: each kind there, SQLite elsewhere."""


@contextmanager
def address_of(kind: str, folder: Path) -> Iterator[str]:
    """The address of an empty database of this kind: one on the server, or a file in this folder."""
    if kind == "postgresql":
        with postgresql.own_address() as address:
            yield address
    else:
        yield f"sqlite:///{folder / 'guide.sqlite3'}"


@contextmanager
def database_of(kind: str, folder: Path) -> Iterator[Engine]:
    """An engine on an empty database of this kind."""
    with address_of(kind, folder) as address, postgresql.opened(address) as engine:
        yield engine


@contextmanager
def migrated_address_of(kind: str, folder: Path) -> Iterator[str]:
    """The address of a database of this kind as the migrations make it, without rows."""
    if kind == "postgresql":
        with postgresql.own_address(postgresql.migrated()) as address:
            yield address
    else:
        yield migrated_file(folder)


@contextmanager
def migrated_database_of(kind: str, folder: Path) -> Iterator[Engine]:
    """An engine on a database of this kind as the migrations make it, without rows."""
    with migrated_address_of(kind, folder) as address, postgresql.opened(address) as engine:
        yield engine


def wait_until_idle(engine: Engine) -> None:
    """Waits until what a killed process had asked the server for is done or undone; a file has nobody to wait for."""
    if engine.dialect.name != "postgresql":
        return
    others = "datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        end = time.monotonic() + 60
        while connection.scalar(text(f"SELECT count(*) FROM pg_stat_activity WHERE {others}")):
            assert time.monotonic() < end, "the server does not come to its end with it"
            time.sleep(0.01)


def migrated_file(folder: Path) -> str:
    """The address of `guide.sqlite3` in this folder, as the migrations make it, without rows."""
    file = folder / "guide.sqlite3"
    private_files.make(file)
    file.write_bytes(_migrated())
    return f"sqlite:///{file}"


@contextmanager
def session_on(kind: str) -> Iterator[Session]:
    """A session on a database of this kind without rows: in memory, or on the server."""
    if kind == "postgresql":
        with postgresql.own_address(postgresql.migrated()) as address, postgresql.opened(address) as engine:
            yield from _session(engine)
    else:
        with postgresql.opened("sqlite://") as engine:
            with engine.connect() as connection:
                _in_memory().backup(connection.connection.driver_connection)
            yield from _session(engine)


def _session(engine: Engine) -> Iterator[Session]:
    with Session(engine, info={"secret_key": "x" * 40}) as session:
        yield session


@pytest.fixture(params=BOTH)
def session_of_each_kind(request: pytest.FixtureRequest) -> Iterator[Session]:
    """A session on a database without rows, of each kind: the `session` of folders whose tests write or search."""
    with session_on(request.param) as session:
        yield session


@pytest.fixture(params=IN_CI)
def session_in_ci(request: pytest.FixtureRequest) -> Iterator[Session]:
    """The same where a session on SQLite is enough outside CI."""
    with session_on(request.param) as session:
        yield session


@cache
def _in_memory() -> sqlite3.Connection:
    """The migrated database, to be copied by SQLite itself: one in memory has no file."""
    with tempfile.TemporaryDirectory() as folder:
        migrated_file(Path(folder))
        kept = sqlite3.connect(":memory:", check_same_thread=False)
        with closing(sqlite3.connect(Path(folder) / "guide.sqlite3")) as source:
            source.backup(kept)
    return kept


@cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        with database_of("sqlite", Path(folder)) as engine:
            migrations.upgrade(engine)
        return (Path(folder) / "guide.sqlite3").read_bytes()
