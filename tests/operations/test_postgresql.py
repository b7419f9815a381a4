"""The same on PostgreSQL: dumped in one snapshot, loaded beside, renamed into place in one transaction."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.orm import Session

from guide import audit, erasures
from guide.database import open_database, writing
from guide.loading import export
from guide.model import AccountSession, SiteFact
from guide.operations import BackupError, RestoreError, archives, back_up, postgresql, restore
from guide.settings import Settings
from tests import postgresql as server
from tests.loading import helpers
from tests.operations.conftest import UID, fill
from tests.operations.test_restore import LATER, nothing, opened
from tests.running import MONDAY_MORNING, settings_for

SCHEMA = "the_guide"

pytestmark = [pytest.mark.postgresql, server.needed]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database with a small guide in a named schema, to be copied; the name of it."""
    with server.own_address() as database:
        fill(server.new_schema(database, SCHEMA), helpers.write(tmp_path_factory.mktemp("data")))
        yield str(make_url(database).database)


@pytest.fixture
def there(filled: str, tmp_path: Path) -> Iterator[Settings]:
    """A copy of it that a test may change."""
    (tmp_path / "instance").mkdir(mode=0o700)
    with server.own_address(filled) as database:
        yield settings_for(tmp_path / "instance", database_url=server.in_schema(database, SCHEMA))


def schemas(there: Settings) -> list[str]:
    engine = create_engine(there.database_url)
    with engine.connect() as connection:
        found = list(connection.scalars(text("SELECT nspname FROM pg_namespace")))
    engine.dispose()
    return found


def test_restored_in_place_it_gives_the_same_data_and_keeps_the_old_schema_aside(
    there: Settings, tmp_path: Path
) -> None:
    with opened(there) as session:
        export(session, tmp_path / "before")
    made = back_up(there, tmp_path / "kept", MONDAY_MORNING)
    manifest = archives.read(made.file)
    assert (manifest.kind, manifest.audit and manifest.audit[0]) == ("postgresql", 3)
    with Session(writing(engine := open_database(there.database_url))) as session:
        session.add(SiteFact(name="since", value="yesterday"))
        session.commit()
    engine.dispose()
    erasures.add(there.instance / "erasures", [UID])
    with pytest.raises(RestoreError, match="--replace"):
        restore(there, made.file, LATER, nothing)
    done = restore(there, made.file, LATER, lambda session, uids: len(uids), replace=True)
    assert (done.erased, done.sound, done.mails, done.indexed) == (1, True, 1, True)
    assert done.kept in schemas(there)
    with opened(there) as session:
        export(session, tmp_path / "after")
        assert session.get(SiteFact, "since") is None
        assert session.query(AccountSession).count() == 0
        assert audit.verify(session, manifest.audit).sound
        kept = session.scalar(text(f"SELECT value FROM {done.kept}.site_fact WHERE name = 'since'"))
        assert kept == "yesterday"
        # The triggers that guard the log came along.
        with pytest.raises(Exception, match="audit"):
            session.execute(text("UPDATE audit_entry SET verb = 'nothing'"))
    assert helpers.files_of(tmp_path / "after") == helpers.files_of(tmp_path / "before")


def test_into_an_empty_schema_of_another_name(there: Settings, tmp_path: Path) -> None:
    made = back_up(there, tmp_path / "kept", MONDAY_MORNING)
    address = server.new_schema(there.database_url, "elsewhere")
    elsewhere = settings_for(tmp_path / "elsewhere", database_url=address)
    elsewhere.instance.mkdir()
    done = restore(elsewhere, made.file, LATER, nothing)
    assert (done.kept, done.sound) == (None, True)
    with opened(elsewhere) as session:
        assert audit.verify(session).entries == 4
    with opened(there) as session:
        assert audit.verify(session).entries == 3, "the guide that was backed up is as it was"


def test_a_replay_that_fails_leaves_the_old_schema_and_the_next_restore_works(
    there: Settings, tmp_path: Path
) -> None:
    made = back_up(there, tmp_path / "kept", MONDAY_MORNING)

    def fails(session: Session, uids: list[str]) -> int:
        raise OSError(5, "the disk")

    with pytest.raises(OSError, match="the disk"):
        restore(there, made.file, LATER, fails, replace=True)
    with opened(there) as session:
        assert session.query(AccountSession).count() == 1
    restore(there, made.file, LATER, nothing, replace=True)


def test_a_backup_of_the_other_kind_is_refused(there: Settings, living: Settings, tmp_path: Path) -> None:
    of_file = back_up(living, tmp_path / "files", MONDAY_MORNING)
    of_server = back_up(there, tmp_path / "servers", MONDAY_MORNING)
    with pytest.raises(
        RestoreError, match="backup of a sqlite database, GUIDE_DATABASE_URL names a postgresql"
    ):
        restore(there, of_file.file, LATER, nothing, replace=True)
    with pytest.raises(RestoreError, match="backup of a postgresql database"):
        restore(living, of_server.file, LATER, nothing, replace=True)


def test_without_the_tools_it_says_what_to_install(
    there: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql.shutil, "which", lambda tool: None)
    with pytest.raises(BackupError, match=r"pg_dump was not found\. Install"):
        back_up(there, tmp_path / "kept", MONDAY_MORNING)
    assert list((tmp_path / "kept").glob("guide-*")) == []
    with pytest.raises(RestoreError, match="pg_restore was not found"):
        restore(there, tmp_path / "nothing", LATER, nothing)


def test_a_damaged_dump_leaves_everything_as_it_was(there: Settings, tmp_path: Path) -> None:
    import dataclasses

    made = back_up(there, tmp_path / "kept", MONDAY_MORNING)
    folder = tmp_path / "bent"
    folder.mkdir()
    manifest = archives.read(made.file, folder)
    (folder / "guide.dump").write_bytes((folder / "guide.dump").read_bytes()[:2000])
    from guide.operations.files import sha256

    stated = archives.Stated(2000, sha256(folder / "guide.dump"))
    bent = dataclasses.replace(manifest, files={"guide.dump": stated, "erasures": manifest.files["erasures"]})
    archives.write(tmp_path / "bent.tar.gz", bent, folder)
    before = schemas(there)
    with pytest.raises(RestoreError, match="pg_restore failed"):
        restore(there, tmp_path / "bent.tar.gz", LATER, nothing, replace=True)
    assert schemas(there) == before
    with opened(there) as session:
        assert audit.verify(session, None).entries == 3


def test_the_password_is_on_no_command_line() -> None:
    environment = postgresql.environment(
        "postgresql+psycopg://guide:se%40cret@host:5433/name?sslmode=require"
    )
    assert environment == {
        "PGHOST": "host",
        "PGPORT": "5433",
        "PGUSER": "guide",
        "PGPASSWORD": "se@cret",
        "PGDATABASE": "name",
        "PGSSLMODE": "require",
    }
