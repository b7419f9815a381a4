"""PostgreSQL for the tests that ask for it: each works in a schema of its own, made and dropped here.

Also a database of either kind, for the tests that must hold on both.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from guide.database import open_database

SERVER = os.environ.get("GUIDE_TEST_DATABASE_URL", "")

needed = pytest.mark.skipif(not SERVER, reason="GUIDE_TEST_DATABASE_URL names no PostgreSQL server")

BOTH = ("sqlite", pytest.param("postgresql", marks=[pytest.mark.postgresql, needed]))
"""The kinds of database, for the parameters of a fixture that gives one of each (`database_of`)."""


@contextmanager
def own_address() -> Iterator[str]:
    """The address of an empty schema, dropped at the end with all it holds."""
    schema = f"test_{secrets.token_hex(6)}"
    server = create_engine(SERVER, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    try:
        address = make_url(SERVER).update_query_dict({"options": f"-csearch_path={schema}"})
        yield address.render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        server.dispose()


@contextmanager
def own_database() -> Iterator[Engine]:
    """An engine on an empty schema."""
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


@contextmanager
def address_of(kind: str, folder: Path) -> Iterator[str]:
    """The address of an empty database of this kind: a schema of its own, or a file in this folder."""
    if kind == "postgresql":
        with own_address() as address:
            yield address
    else:
        yield f"sqlite:///{folder / 'guide.sqlite3'}"


@contextmanager
def database_of(kind: str, folder: Path) -> Iterator[Engine]:
    """An engine on an empty database of this kind."""
    with address_of(kind, folder) as address, opened(address) as engine:
        yield engine
