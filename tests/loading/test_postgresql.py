"""The same data on PostgreSQL: migrated, loaded, exported and found as on SQLite."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from guide import paths
from guide.directory import indexing
from guide.directory.finding import Filters, SearchQuery, find
from guide.directory.vocabulary import lexicon
from guide.loading import export, load
from guide.model import Service
from guide.search.memory_engine import MemoryEngine
from tests import postgresql
from tests.commands import commands
from tests.loading.helpers import files_of, shipped_records
from tests.running import MONDAY_MORNING

pytestmark = [pytest.mark.postgresql, postgresql.needed]


@pytest.fixture(scope="module")
def loaded_there() -> Iterator[Engine]:
    """The real data in a database of its own; tests only read."""
    with postgresql.own_address(postgresql.migrated()) as address, postgresql.opened(address) as engine:
        with Session(engine) as session:
            load(session, paths.DATA, MONDAY_MORNING)
            session.commit()
        yield engine


def test_an_export_gives_the_files_back_byte_for_byte(loaded_there: Engine, tmp_path: Path) -> None:
    with Session(loaded_there) as session:
        export(session, tmp_path)
    assert files_of(tmp_path) == shipped_records()


def test_a_second_load_changes_nothing(loaded_there: Engine) -> None:
    with Session(loaded_there) as session:
        report = load(session, paths.DATA, MONDAY_MORNING)
        assert (report.created, report.changed, report.kept, report.gone) == (0, 0, [], [])
        assert report.unchanged > 0
        session.rollback()


@pytest.mark.parametrize(
    ("query", "language", "filters"),
    [
        ("j'ai faim", "fr", Filters()),
        ("te veel schulden", "nl", Filters()),
        ("velo", "fr", Filters(facets={"need": "enfants"})),
        ("", "nl", Filters(open_now=True)),
    ],
)
def test_a_query_finds_the_same_as_on_sqlite(
    loaded_there: Engine, directory: Session, query, language, filters
) -> None:
    def answer(session: Session):
        engine = MemoryEngine()
        indexing.rebuild(session, engine, MONDAY_MORNING.date())
        found = find(session, engine, lexicon(session), SearchQuery(query, language, MONDAY_MORNING, filters))
        return (
            [service.key for service in found.services],
            found.total,
            found.open_count,
            found.facets,
            [action.reference for action in found.actions],
        )

    with Session(loaded_there) as session:
        assert answer(session) == answer(directory)


def test_prepare_and_load_run_on_postgresql_as_commands(tmp_path: Path, monkeypatch, capsys) -> None:
    instance = tmp_path / "instance"
    with (
        postgresql.own_address() as address,
        commands(instance, monkeypatch, GUIDE_DATABASE_URL=address) as (run, _),
    ):
        assert run("prepare") == 0
        assert run("prepare") == 0
        assert run("load") == 0
        assert "new: 0, changed: 0" in capsys.readouterr().out
        assert run("index", "verify") == 0
    assert not (tmp_path / "instance" / "guide.sqlite3").exists()


def test_every_service_is_there(loaded_there: Engine, directory: Session) -> None:
    with Session(loaded_there) as session:
        count = select(func.count()).select_from(Service)
        assert session.scalar(count) == directory.scalar(count)
