"""Opens the database: SQLite with the pragmas the guide relies on, or PostgreSQL by psycopg 3."""

import contextlib
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, CursorResult, Engine, Result, create_engine, event, make_url, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from guide import private_files

_Row = TypeVar("_Row")


def open_database(url: str) -> Engine:
    """An engine for this URL. Nothing is connected until the first use, so it may be made before a fork.

    SQLite: foreign keys enforced, write-ahead log, full sync (an acknowledged write survives a power
    cut) and five seconds of patience when another process writes.
    """
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    in_memory = url in ("sqlite://", "sqlite:///:memory:")
    options = {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}} if in_memory else {}
    # Parameters stay out of error messages: they would carry what people searched into the log.
    engine = create_engine(url, hide_parameters=True, **options)

    @event.listens_for(engine, "do_connect")
    def _make(*_: Any) -> None:
        # Made before SQLite makes it by the umask; the files it puts beside have the mode of this one.
        database = make_url(url).database
        if not in_memory and database and not database.startswith("file:"):
            with contextlib.suppress(OSError):  # SQLite says it in its own words
                private_files.make(Path(database))
                for ending in ("-wal", "-shm", "-journal"):
                    private_files.close(Path(database + ending))

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: ConnectionPoolEntry) -> None:
        # The driver would run a migration's CREATE TABLE outside any transaction; the guide begins its own.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA busy_timeout = 5000")
        cursor.execute("PRAGMA secure_delete = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("immediate", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


def writing(engine: Engine) -> Engine:
    """The same engine for a transaction that will write: on SQLite it takes the write lock at its start.

    A transaction that reads first and writes later may otherwise find the database changed under it.
    """
    return engine.execution_options(immediate=True)


def rowcount(done: Result[Any]) -> int:
    """How many rows an UPDATE or a DELETE has touched; a session says no type for their result."""
    return cast("CursorResult[Any]", done).rowcount


def locked_row(session: Session, model: type[_Row], number: int) -> _Row | None:
    """The row with this number as it stands now, locked until this transaction ends; None when there is none.

    Two who act at once act one by one: the second finds what the first has done, and judges by that. On SQLite
    a transaction that writes holds the whole database already (see `writing`).
    """
    return session.get(model, number, with_for_update=True, populate_existing=True)


def wait_at_most(session: Session, seconds: float) -> None:
    """From here to the end of this transaction no statement waits longer than this for what others hold.

    Then it is an OperationalError; PostgreSQL itself would wait without end. On SQLite a transaction that writes has
    waited at its start (see `open_database`) and waits for nobody later.
    """
    if session.get_bind().dialect.name == "postgresql":
        milliseconds = max(1, round(seconds * 1000))  # 0 is without end
        session.execute(text(f"SET LOCAL lock_timeout = {milliseconds}"))


def one_at_a_time(session: Session, number: int) -> None:
    """From here to the end of this transaction no other one is past the same call with this number (any of ours).

    On SQLite a transaction that writes is alone anyway; on PostgreSQL it is an advisory lock.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})
