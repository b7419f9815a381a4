"""Instances as tests use them: a folder, and its database, which lies in the folder or on the PostgreSQL server."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

from tests import postgresql

LOADED = {"sqlite": "loaded", "postgresql": "loaded_on_server"}
"""The fixtures that hold the real data, by the kind of their database."""

_on_server: dict[Path, str] = {}
"""The names of the databases on the server, by the folder of their instance; all others lie in the folder."""


def database_url(instance: Path) -> str:
    """The address of the database of this instance, for its settings."""
    name = _on_server.get(instance)
    return postgresql.address(name) if name else f"sqlite:///{instance / 'guide.sqlite3'}"


def put_on_server(instance: Path) -> None:
    """From now on the database of this instance, which has none yet, is one on the server: an empty one."""
    _on_server[instance] = postgresql.copied("template0", _name_at(instance))


def copy(source: Path, target: Path) -> None:
    """Makes `target` a copy of an instance that nobody has open, its database of the same kind.

    What lay there before is gone. A folder that is copied to again has the same address on the server each time.
    """
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
    _on_server.pop(target, None)
    if source in _on_server:
        _on_server[target] = postgresql.copied(_on_server[source], _name_at(target))


def destroy(instance: Path) -> None:
    """What lay in the database of this instance is lost while it is used."""
    if instance in _on_server:
        postgresql.drop(_on_server[instance])
    for file in instance.glob("guide.sqlite3*"):
        file.write_bytes(b"nothing that is a database")


@contextmanager
def held(instance: Path) -> Iterator[None]:
    """Nobody can use the database of this instance meanwhile: another process does something to the whole of it."""
    if instance in _on_server:
        with postgresql.closed(_on_server[instance]):
            yield
        return
    with closing(sqlite3.connect(instance / "guide.sqlite3", isolation_level=None)) as holder:
        holder.execute("PRAGMA locking_mode = EXCLUSIVE")
        holder.execute("BEGIN EXCLUSIVE")
        yield


@cache
def _name_at(folder: Path) -> str:
    """What the database of an instance in this folder is called, whenever it lies on the server."""
    return postgresql.new_name()
