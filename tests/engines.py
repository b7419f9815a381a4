"""What costs a test run most and tells it nothing: compiling the same SQL for each database, waiting for the disk.

SQLAlchemy keeps what it compiled by dialect and engine. All engines of one kind are made alike (`open_database`),
so here their dialects are equal and share what is kept: by engines, and by mappers, which would hold every dialect
of a run. SQLite is told not to wait until what it writes is on the disk: a process that is killed loses nothing by
that, only a machine that stops would.
"""

from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

from guide import database

waits_for_the_disk = False
"""A test of how the guide opens its database sets this."""

_compiled: dict[str, LRUCache[Any, Any]] = {}
_create_engine = database.create_engine


def hasten() -> None:
    """From now on this holds for all engines of the guide; calling it again changes nothing."""
    for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        dialect.__eq__ = _is_alike  # type: ignore[method-assign]
        dialect.__hash__ = _hash_alike  # type: ignore[method-assign]
    database.create_engine = _made


def _made(*arguments: Any, **options: Any) -> Engine:
    engine = _create_engine(*arguments, **options)
    name = engine.dialect.name
    engine._compiled_cache = _compiled.setdefault(name, LRUCache(800))
    if name == "sqlite":
        event.listen(engine, "checkout", _do_not_wait)
    return engine


def _do_not_wait(driver: Any, record: Any, _: object) -> None:
    """Once a connection, after the guide has set it up."""
    if not waits_for_the_disk and not record.info.get("does not wait"):
        driver.execute("PRAGMA synchronous = OFF")
        record.info["does not wait"] = True


def _is_alike(self: object, other: object) -> bool:
    return type(self) is type(other)


def _hash_alike(self: object) -> int:
    return hash(type(self))
