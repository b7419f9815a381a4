"""PostgreSQL for the tests that ask for it: each works in a database of its own, made and dropped here."""

import atexit
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from guide import migrations
from guide.database import open_database

SERVER = os.environ.get("GUIDE_TEST_DATABASE_URL", "")
"""A role that may create databases; which database it names matters only for coming in."""

needed = pytest.mark.skipif(not SERVER, reason="GUIDE_TEST_DATABASE_URL names no PostgreSQL server")


def run(statement: str, address: str = SERVER) -> None:
    """Runs a statement outside of any transaction."""
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@contextmanager
def own_address(template: str = "template0") -> Iterator[str]:
    """The address of a copy of a database (an empty one), dropped at the end with all it holds.

    Of its own, since what the guide locks is locked for a whole database: tests wait for nobody else's.
    """
    name = _made(template, new_name())
    try:
        yield address(name)
    finally:
        drop(name)


@contextmanager
def own_database() -> Iterator[Engine]:
    """An engine on an empty database."""
    with own_address() as address, opened(address) as engine:
        yield engine


@contextmanager
def opened(address: str) -> Iterator[Engine]:
    """An engine on the database there, closed at the end."""
    engine = open_database(address)
    try:
        yield engine
    finally:
        engine.dispose()


@cache
def migrated() -> str:
    """The name of a database with all tables, to be copied: made once a process, dropped when it ends."""
    name = copied("template0", new_name())
    with opened(address(name)) as engine:
        migrations.upgrade(engine)
    return name


_kept: set[str] = set()
"""The databases that are dropped when this process ends."""


def copied(template: str, name: str) -> str:
    """A copy of a database under this name, in place of an earlier one; dropped when this process ends."""
    if name in _kept:
        drop(name)
    else:
        atexit.register(drop, name)
        _kept.add(name)
    return _made(template, name)


def new_name() -> str:
    """What no database is called."""
    return f"guide_test_{secrets.token_hex(6)}"


def address(name: str) -> str:
    """The address of the database of this name."""
    return make_url(SERVER).set(database=name).render_as_string(hide_password=False)


def in_schema(address: str, name: str) -> str:
    """The address of this schema of the database there."""
    named = make_url(address).update_query_dict({"options": f"-csearch_path={name}"})
    return named.render_as_string(hide_password=False)


def new_schema(address: str, name: str) -> str:
    """The address of a new, empty schema of the database there."""
    run(f'CREATE SCHEMA "{name}"', address)
    return in_schema(address, name)


def _made(template: str, name: str) -> str:
    # As files, not page by page through the log: in half the time.
    run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    return name


@contextmanager
def closed(name: str) -> Iterator[None]:
    """The server lets nobody into this database meanwhile, and whoever was in it is out."""
    run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    try:
        run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        yield
    finally:
        run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


def drop(name: str) -> None:
    """A database that may be gone already is gone, whoever uses it."""
    run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
