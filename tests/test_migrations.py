"""The migrations make the tables of the models, up and down, and leave nothing behind when they fail."""

from collections.abc import Iterator

import pytest
from alembic import op
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, select
from sqlalchemy.orm import Session

from guide import migrations
from guide.database import open_database
from guide.model import Base, Organization, Service
from tests import factories, postgresql

BEFORE_HOLIDAYS = "0008"
"""The revision before hours said what becomes of them on public holidays."""

ON_POSTGRESQL = pytest.param("postgresql", marks=[pytest.mark.postgresql, postgresql.needed])


@pytest.fixture(params=["sqlite", ON_POSTGRESQL])
def engine(request, tmp_path) -> Iterator[Engine]:
    """An empty database of each kind."""
    if request.param == "postgresql":
        with postgresql.own_database() as engine:
            yield engine
        return
    engine = open_database(f"sqlite:///{tmp_path / 'guide.sqlite3'}")
    yield engine
    engine.dispose()


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_from_an_empty_database_the_migrations_make_the_tables_of_the_models(engine: Engine) -> None:
    assert migrations.current(engine) is None
    migrations.upgrade(engine)
    assert migrations.current(engine) == migrations.head()
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_up_down_and_up_again_ends_where_it_began(engine: Engine) -> None:
    migrations.upgrade(engine)
    made = tables(engine)
    migrations.downgrade(engine, "base")
    assert tables(engine) == set()
    assert migrations.current(engine) is None
    migrations.upgrade(engine)
    assert tables(engine) == made == set(Base.metadata.tables)


def test_an_upgrade_that_has_nothing_to_do_keeps_what_is_there(engine: Engine) -> None:
    migrations.upgrade(engine)
    with Session(engine) as session:
        session.add(factories.organization(key="kept"))
        session.commit()
    migrations.upgrade(engine)
    with Session(engine) as session:
        assert [row.key for row in session.query(Organization)] == ["kept"]


def test_a_migration_that_fails_leaves_nothing(engine: Engine, monkeypatch) -> None:
    create = op.create_table
    made = []

    def full(name, *columns, **options):
        if len(made) == 5:
            raise OSError("the disk is full")
        made.append(name)
        return create(name, *columns, **options)

    monkeypatch.setattr(op, "create_table", full)
    with pytest.raises(OSError, match="the disk is full"):
        migrations.upgrade(engine)
    assert len(made) == 5
    assert inspect(engine).get_table_names() == []
    assert migrations.current(engine) is None
    monkeypatch.undo()
    migrations.upgrade(engine)
    assert migrations.current(engine) == migrations.head()


def test_every_constraint_has_a_name_that_a_migration_can_use(engine: Engine) -> None:
    migrations.upgrade(engine)
    inspector = inspect(engine)
    for table in Base.metadata.tables:
        # SQLite keeps no name for a key that counts by itself (AUTOINCREMENT).
        assert inspector.get_pk_constraint(table)["name"] in (f"pk_{table}", None)
        assert all(key["name"].startswith(f"fk_{table}_") for key in inspector.get_foreign_keys(table))
        assert all(key["name"].startswith(f"uq_{table}_") for key in inspector.get_unique_constraints(table))


def test_hours_that_are_there_say_nothing_of_holidays_after_the_upgrade(engine: Engine) -> None:
    migrations.upgrade(engine)
    with Session(engine) as session:
        session.add(factories.open_service(key="kept", closures=[], phones=[factories.phone()]))
        session.commit()
    migrations.downgrade(engine, BEFORE_HOLIDAYS)
    assert "holidays" not in {column["name"] for column in inspect(engine).get_columns("schedule")}
    migrations.upgrade(engine)
    with Session(engine) as session:
        kept = session.scalars(select(Service)).one()
        assert [(slot.opens_at, slot.closes_at, slot.holidays) for slot in kept.schedules] == [
            ("09:00", "17:00", None)
        ]
        assert (kept.key, kept.after_hours_phone, len(kept.phones)) == ("kept", None, 1)
