"""The database is opened with the guarantees the guide relies on."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from guide.database import open_database, writing
from tests import engines


def pragma(connection, name: str) -> object:
    return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


@pytest.fixture
def engine(tmp_path: Path):
    engine = open_database(f"sqlite:///{tmp_path / 'guide.sqlite3'}")
    yield engine
    engine.dispose()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("foreign_keys", 1),
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("busy_timeout", 5000),
        ("secure_delete", 1),
    ],
)
def test_every_connection_has_its_pragmas(engine, monkeypatch, name: str, value: object) -> None:
    monkeypatch.setattr(engines, "waits_for_the_disk", True)
    with engine.connect() as first, engine.connect() as second:
        assert pragma(first, name) == pragma(second, name) == value


def test_a_reference_to_nothing_is_refused(engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE parent (id INTEGER PRIMARY KEY)"))
        connection.execute(text("CREATE TABLE child (parent INTEGER REFERENCES parent (id))"))
    with engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(text("INSERT INTO child VALUES (7)"))


def test_a_table_made_in_a_transaction_that_is_undone_is_not_there(engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE half (id INTEGER)"))
        connection.rollback()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM sqlite_master")).scalar() == 0


def _impatient(tmp_path: Path) -> sqlite3.Connection:
    return sqlite3.connect(tmp_path / "guide.sqlite3", timeout=0, isolation_level=None)


@pytest.mark.control("C33")
def test_a_writing_transaction_holds_the_write_lock_from_its_start(engine, tmp_path: Path) -> None:
    with writing(engine).begin():
        other = _impatient(tmp_path)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()


def test_a_reading_transaction_leaves_the_write_lock_to_others(engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        connection.execute(text("SELECT 1"))
        other = _impatient(tmp_path)
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
        other.close()


def test_a_reader_sees_one_state_while_another_writes(engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE note (words TEXT)"))
    with engine.connect() as reader:
        assert reader.execute(text("SELECT count(*) FROM note")).scalar() == 0
        with writing(engine).begin() as writer:
            writer.execute(text("INSERT INTO note VALUES ('soupe')"))
        assert reader.execute(text("SELECT count(*) FROM note")).scalar() == 0
    with engine.connect() as reader:
        assert reader.execute(text("SELECT count(*) FROM note")).scalar() == 1


def test_a_database_in_memory_is_one_and_the_same_for_all_its_connections() -> None:
    engine = open_database("sqlite://")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE note (words TEXT)"))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM note")).scalar() == 0
    engine.dispose()


def test_nothing_is_opened_before_the_first_use(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'absent' / 'guide.sqlite3'}")
    with pytest.raises(OperationalError):
        engine.connect()
    assert open_database("postgresql+psycopg://nobody@localhost:1/none").dialect.name == "postgresql"
