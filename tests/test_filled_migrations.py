"""Every migration, up and down, on a database with rows in every table: no row and no value is lost.

Nothing here names a revision or a table. A migration that loses or changes values on purpose says so itself:
`CHANGES = {"table.column": "why"}` (or a whole table) beside its `revision`.
"""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from alembic import op
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, Inspector, inspect, text

from guide import migrations
from guide.database import open_database
from guide.migrations import MigrationError
from guide.model import Base
from tests import databases, filling
from tests.rounds import rounds

REVISIONS = migrations.revisions()


def meant(*revisions: str) -> Mapping[str, str]:
    """What these migrations lose or change on purpose."""
    return {what: why for revision in revisions for what, why in migrations.changes(revision).items()}


def after(revision: str) -> tuple[str, ...]:
    return REVISIONS[REVISIONS.index(revision) + 1 :]


def rows(engine: Engine) -> filling.Rows:
    with engine.connect() as connection:
        return filling.rows(connection)


Described = tuple[dict[str, Any], list[str], list[str], list[str]]


def schema(engine: Engine) -> dict[str, Described]:
    """Tables with their columns and keys, in a form that compares."""
    with engine.connect() as connection:
        inspector = inspect(connection)
        if engine.dialect.name != "sqlite":
            return {table: described(inspector, table) for table in inspector.get_table_names()}
        # SQLite keeps what made a table: the same words are the same table, and most steps change one or two.
        made: dict[str, list[str]] = {}
        for table, words in connection.exec_driver_sql(
            "SELECT tbl_name, sql FROM sqlite_master ORDER BY name"
        ):
            made.setdefault(table, []).append(str(words))
        for table in inspector.get_table_names():
            if (table, *made[table]) not in DESCRIBED:
                DESCRIBED[table, *made[table]] = described(inspector, table)
        return {table: DESCRIBED[table, *made[table]] for table in inspector.get_table_names()}


DESCRIBED: dict[tuple[str, ...], Described] = {}
"""Tables of SQLite by their name and all that made them."""


def described(inspector: Inspector, table: str) -> Described:
    return (
        {
            column["name"]: (str(column["type"]), column["nullable"])
            for column in inspector.get_columns(table)
        },
        sorted(str(key["name"]) for key in inspector.get_foreign_keys(table)),
        sorted(str(key["name"]) for key in inspector.get_unique_constraints(table)),
        sorted(str(index["name"]) for index in inspector.get_indexes(table)),
    )


def triggers(engine: Engine) -> set[str]:
    if engine.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = (
            "SELECT DISTINCT trigger_name FROM information_schema.triggers "
            "WHERE trigger_schema = current_schema()"
        )
    with engine.connect() as connection:
        return set(connection.scalars(text(query)))


def require_sound(engine: Engine) -> None:
    """At head, with rows: the tables are those of the models, whole, and foreign keys hold and are followed."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        if engine.dialect.name != "sqlite":
            return
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalars().all() == ["ok"]
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        # A table that is rebuilt would lose it without a word, and numbers would be given out twice.
        counting = "SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'"
        assert set(connection.exec_driver_sql(counting).scalars()) == {
            name
            for name, table in Base.metadata.tables.items()
            if table.dialect_options["sqlite"]["autoincrement"]
        }


@pytest.fixture(params=databases.BOTH)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database of each kind."""
    with databases.database_of(request.param, tmp_path) as engine:
        yield engine


def test_no_step_up_or_down_loses_a_row(engine: Engine, tmp_path: Path) -> None:
    """Filled at each revision, one step at a time; on SQLite also from revisions to head at one stroke."""
    schemas: dict[str, Any] = {}
    guards: set[str] = set()
    before: filling.Rows = {}
    made: filling.Made = {}
    for number, revision in enumerate(REVISIONS):
        migrations.upgrade(engine, revision)
        assert filling.lost(before, rows(engine), meant(revision)) == []
        assert guards <= triggers(engine), "a table that is rebuilt loses its triggers"
        schemas[revision], guards = schema(engine), triggers(engine)
        with engine.begin() as connection:
            filling.fill(connection, made, number)
        before = rows(engine)
        assert min(len(kept) for kept in before.values()) >= 4, "every table is filled"
        if engine.dialect.name == "sqlite":
            keep_copy(engine, tmp_path / revision)
    require_sound(engine)
    # From the first revision every step is in the stroke; from each of the others the same again, in CI.
    for revision in (
        REVISIONS[: rounds(here=1, ci=len(REVISIONS) - 1)] if engine.dialect.name == "sqlite" else ()
    ):
        to_head_at_one_stroke(tmp_path / revision, revision, engine)
    for revision in reversed(REVISIONS[:-1]):
        before = rows(engine)
        migrations.downgrade(engine, revision)
        there = schema(engine)
        columns = {table: names for table, (names, *_) in there.items()}
        assert filling.lost(only(before, columns), rows(engine), meant(after(revision)[0])) == []
        assert there == schemas[revision]


def keep_copy(engine: Engine, target: Path) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(str(engine.url.database), target)


def to_head_at_one_stroke(file: Path, revision: str, by_steps: Engine) -> None:
    engine = open_database(f"sqlite:///{file}")
    try:
        before = rows(engine)
        migrations.upgrade(engine)
        assert filling.lost(before, rows(engine), meant(*after(revision))) == []
        assert statements(engine) == statements(by_steps)
    finally:
        engine.dispose()


def statements(engine: Engine) -> dict[str, list[str]]:
    """How SQLite would make these tables, indexes and triggers, line by line: rebuilt ones have them in any order."""
    with engine.connect() as connection:
        made = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").all()
    return {name: sorted(line.strip(" ,\t") for line in sql.splitlines()) for name, sql in made}


def only(before: filling.Rows, columns: Mapping[str, Any]) -> filling.Rows:
    """Of these rows what the tables of an earlier revision have room for."""
    return {
        table: {
            key: {name: value for name, value in row.items() if name in columns[table]}
            for key, row in kept.items()
        }
        for table, kept in before.items()
        if table in columns
    }


def test_from_the_first_revision_to_head_at_one_stroke(engine: Engine) -> None:
    migrations.upgrade(engine, REVISIONS[0])
    with engine.begin() as connection:
        filling.fill(connection, {})
    before = rows(engine)
    migrations.upgrade(engine)
    assert filling.lost(before, rows(engine), meant(*REVISIONS[1:])) == []
    require_sound(engine)


def test_an_upgrade_that_fails_leaves_every_row_where_it_was(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrations.upgrade(engine, REVISIONS[0])
    with engine.begin() as connection:
        filling.fill(connection, {})
    before, had = rows(engine), schema(engine)

    def full(*arguments: object, **options: object) -> None:
        raise OSError("the disk is full")

    # The last thing the second revision does, after it has rebuilt what it rebuilds.
    monkeypatch.setattr(op, "execute", full)
    with pytest.raises(OSError, match="the disk is full"):
        migrations.upgrade(engine)
    assert (rows(engine), schema(engine), migrations.current(engine)) == (before, had, REVISIONS[0])
    monkeypatch.undo()
    migrations.upgrade(engine)
    assert filling.lost(before, rows(engine), meant(*REVISIONS[1:])) == []


def test_rows_that_would_belong_to_nothing_stop_the_upgrade_with_a_sentence(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'guide.sqlite3'}")
    migrations.upgrade(engine, REVISIONS[0])
    with engine.begin() as connection:
        filling.fill(connection, {})
    before = rows(engine)
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys = OFF")
        driver.execute("DELETE FROM plan WHERE id = 1")
        driver.execute("PRAGMA foreign_keys = ON")
    with pytest.raises(MigrationError, match=r"belong to nothing: 1 of theme \(no such plan\)\."):
        migrations.upgrade(engine)
    assert migrations.current(engine) == REVISIONS[0]
    assert len(filling.lost(before, rows(engine), {})) == 1, "only the plan deleted here"
    engine.dispose()
