"""Databases of either kind: empty, or with all tables, which are made once a process and then copied."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Engine

from guide import migrations, private_files
from tests import postgresql

BOTH = ("sqlite", pytest.param("postgresql", marks=[pytest.mark.postgresql, postgresql.needed]))
"""The kinds of database, for the parameters of a fixture that gives one of each."""


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


def migrated_file(folder: Path) -> str:
    """The address of `guide.sqlite3` in this folder, as the migrations make it, without rows."""
    file = folder / "guide.sqlite3"
    private_files.make(file)
    file.write_bytes(_migrated())
    return f"sqlite:///{file}"


@cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        with database_of("sqlite", Path(folder)) as engine:
            migrations.upgrade(engine)
        return (Path(folder) / "guide.sqlite3").read_bytes()
