"""An older guide becomes this one: a genuine database of the first revision, its backups, and what a release brings.

`revision_0001.sql` is what `guide prepare` of that time made of two listings (sqlite3's iterdump).
"""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import MetaData, create_engine
from sqlalchemy.orm import Session

from guide import migrations, paths
from guide.database import open_database
from guide.model import PlainWord
from guide.operations import RestoreError, archives, back_up, locks, restore
from guide.settings import SettingError, Settings
from tests import filling, postgresql
from tests.commands import commands
from tests.loading import helpers
from tests.pages import PageClient
from tests.rounds import rounds
from tests.running import MONDAY_MORNING, close_app, open_app, settings_for

DUMP = Path(__file__).with_name("revision_0001.sql")
UNKNOWN = "9999"
EVERY_COMMAND = (
    "serve --port=1",
    "prepare",
    "load",
    "export out",
    "export --format=site site",
    "remind",
    "mail send",
    "audit verify",
    "audit checkpoint",
    "audit export log",
    "user add somebody@example.be --role=editor --organization=marmite",
    "user disable somebody@example.be",
    "user reset-2fa somebody@example.be",
    "referrals tick",
    "purge",
    "keys rotate",
    "keys list",
    "geo forget",
    "booklet guide.pdf",
    "index rebuild",
    "index verify",
)


def write_old(instance: Path) -> Path:
    """The genuine database of revision 0001, in this folder."""
    instance.mkdir(parents=True, mode=0o700, exist_ok=True)
    with closing(sqlite3.connect(instance / "guide.sqlite3")) as connection:
        connection.executescript(DUMP.read_text(encoding="utf-8"))
    return instance


def rows(instance: Path) -> filling.Rows:
    engine = create_engine(f"sqlite:///{instance / 'guide.sqlite3'}")
    with engine.connect() as connection:
        found = filling.rows(connection)
    engine.dispose()
    return found


def stand_at(instance: Path, revision: str) -> None:
    with closing(sqlite3.connect(instance / "guide.sqlite3")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
        connection.commit()


def upgraded(settings: Settings, revision: str) -> None:
    engine = open_database(settings.database_url)
    migrations.upgrade(engine, revision)
    engine.dispose()


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return write_old(tmp_path / "instance")


@pytest.fixture
def guide(old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """`guide.run("prepare")` on the old database; the release brings the same records and some more."""
    data = helpers.write(tmp_path / "data")
    monkeypatch.setattr(paths, "DATA", data)
    monkeypatch.chdir(tmp_path)
    with commands(old, monkeypatch, GUIDE_SITE_URL="https://guide.example") as (run, _):
        yield SimpleNamespace(run=run, instance=old, data=data)


def test_the_old_guide_is_prepared_and_answers_with_every_row_it_had(guide: SimpleNamespace, capsys) -> None:
    before = rows(guide.instance)
    assert guide.run("prepare") == 0
    told = capsys.readouterr().out
    assert f"from revision 0001 to {migrations.head()}" in told
    # Numbers of the index go on; all else stands.
    assert filling.lost(before, rows(guide.instance), {}) == []
    assert guide.run("index", "verify") == 0
    app = open_app(settings_for(guide.instance))
    client = PageClient(app)
    assert "Soupe" in client.get("/fr/services/").html
    assert client.get("/nl/diensten/?q=soupe").status == 200
    close_app(app)


def test_what_was_never_held_comes_along_and_the_rest_is_announced_until_it_is_loaded(
    guide: SimpleNamespace, capsys
) -> None:
    helpers.write(guide.data, {"services/pain.yaml": helpers.service("pain", kind="benefit")})
    assert guide.run("prepare") == 0
    told = capsys.readouterr().out
    assert "plain_words: 1" in told, "the old guide had none"
    assert "(services: 1 changed)" in told
    assert "guide load" in told
    services = {row["key"]: row for row in rows(guide.instance)["service"].values()}
    assert services["pain"]["kind"] == "service", "what was there is not touched"
    for _ in range(2):
        assert guide.run("prepare") == 0
        assert "(services: 1 changed)" in capsys.readouterr().out
    assert guide.run("load") == 0
    capsys.readouterr()
    assert guide.run("prepare") == 0
    assert capsys.readouterr().out == ""


def test_faulty_files_of_a_release_keep_no_site_down(guide: SimpleNamespace, capsys) -> None:
    helpers.write(guide.data, {"services/pain.yaml": helpers.service("pain", kind=["bread"])})
    before = rows(guide.instance)
    assert guide.run("prepare") == 0
    told = capsys.readouterr().out
    assert "nothing was loaded: 1 fault(s), which `guide check` lists" in told
    assert "services: 1 changed" in told
    assert filling.lost(before, rows(guide.instance), {}) == []


def test_words_made_here_keep_those_of_the_release_waiting(guide: SimpleNamespace, capsys) -> None:
    """A kind with rows that no file brought is somebody's work: nothing is loaded beside it unasked."""
    engine = open_database(settings_for(guide.instance).database_url)
    migrations.upgrade(engine)
    with Session(engine) as session:
        words = {"key": "ours", "position": 0, "language": "fr", "words": ["nous"], "easier": "on"}
        session.add(PlainWord(acronym=False, **words))
        session.commit()
    engine.dispose()
    assert guide.run("prepare") == 0
    assert "(plain_words: 1 new)" in capsys.readouterr().out
    assert [row["key"] for row in rows(guide.instance)["plain_word"].values()] == ["ours"]


def test_a_database_of_the_same_data_says_nothing_of_them(guide: SimpleNamespace, capsys) -> None:
    assert guide.run("prepare") == 0
    capsys.readouterr()
    assert guide.run("prepare") == 0
    assert capsys.readouterr().out == ""


def test_killed_in_the_middle_the_old_database_stands_and_the_next_start_upgrades_it(
    guide: SimpleNamespace,
) -> None:
    before = rows(guide.instance)
    script = (
        "import os, sys; from alembic import op; from sqlalchemy import event; from guide import migrations\n"
        "from guide.database import open_database\n"
        "engine = open_database(sys.argv[1])\n"
        # So little memory that pages are written before the commit.
        "event.listen(engine, 'connect', lambda driver, _: driver.execute('PRAGMA cache_size = 2'))\n"
        "op.execute = lambda *_: os.kill(os.getpid(), 9)\n"
        "migrations.upgrade(engine)"
    )
    url = settings_for(guide.instance).database_url
    killed = subprocess.run([sys.executable, "-c", script, url], cwd=paths.BUNDLE, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert (guide.instance / "guide.sqlite3-wal").stat().st_size > 0, "it had begun to write"
    assert rows(guide.instance) == before
    assert guide.run("prepare") == 0
    assert filling.lost(before, rows(guide.instance), {}) == []


def test_a_guide_that_is_being_served_is_not_upgraded_under_its_visitors(
    guide: SimpleNamespace, capsys
) -> None:
    serving = locks.serving(guide.instance)
    before = rows(guide.instance)
    assert guide.run("prepare") == 1
    assert "being served" in capsys.readouterr().err
    assert rows(guide.instance) == before
    serving.release()
    assert guide.run("prepare") == 0


BACKED_UP = sorted({*migrations.revisions()[:: rounds(here=5, ci=1)], migrations.head()})


@pytest.mark.parametrize("revision", BACKED_UP)
def test_a_backup_of_each_revision_is_restored(old: Path, tmp_path: Path, revision: str) -> None:
    settings = settings_for(old)
    upgraded(settings, revision)
    before = rows(old)
    made = back_up(settings, tmp_path / "kept", MONDAY_MORNING)
    assert archives.read(made.file).revision == made.revision == revision
    elsewhere = settings_for(tmp_path / "elsewhere")
    elsewhere.instance.mkdir(mode=0o700)
    done = restore(elsewhere, made.file, MONDAY_MORNING + timedelta(hours=1), lambda session, uids: 0)
    assert (done.sound, done.indexed) == (True, True)
    # A restored guide has an identity and a last backup of its own.
    assert filling.lost(before, rows(elsewhere.instance), {"site_fact": "it is another guide"}) == []


@pytest.mark.postgresql
@postgresql.needed
@pytest.mark.parametrize("revision", migrations.revisions()[:2])
def test_a_backup_of_an_old_revision_is_restored_on_postgresql(
    old: Path, tmp_path: Path, revision: str
) -> None:
    with postgresql.own_address() as address, postgresql.own_address() as other:
        engine = open_database(address)
        migrations.upgrade(engine, migrations.revisions()[0])
        source = create_engine(f"sqlite:///{old / 'guide.sqlite3'}")
        metadata = MetaData()
        metadata.reflect(source)
        with source.connect() as reading, engine.begin() as writing:
            for table in metadata.sorted_tables:
                content = reading.execute(table.select()).mappings().all()
                if content and table.name != "alembic_version":
                    writing.execute(table.insert(), [dict(row) for row in content])
        source.dispose()
        migrations.upgrade(engine, revision)
        with engine.connect() as connection:
            before = filling.rows(connection)
        engine.dispose()
        made = back_up(settings_for(old, database_url=address), tmp_path / "kept", MONDAY_MORNING)
        elsewhere = settings_for(tmp_path / "elsewhere", database_url=other)
        elsewhere.instance.mkdir(mode=0o700)
        done = restore(elsewhere, made.file, MONDAY_MORNING + timedelta(hours=1), lambda session, uids: 0)
        assert (done.sound, done.indexed) == (True, True)
        engine = open_database(other)
        with engine.connect() as connection:
            after = filling.rows(connection)
        engine.dispose()
        assert filling.lost(before, after, {"site_fact": "it is another guide"}) == []


@pytest.fixture
def newer(guide: SimpleNamespace) -> SimpleNamespace:
    """The guide of a version that does not exist yet."""
    assert guide.run("prepare") == 0
    stand_at(guide.instance, UNKNOWN)
    return guide


def test_every_command_names_an_unknown_revision_in_a_sentence(newer: SimpleNamespace, capsys) -> None:
    before = rows(newer.instance)
    for command in EVERY_COMMAND:
        capsys.readouterr()
        assert newer.run(*command.split()) == 1, command
        told = capsys.readouterr().err
        assert f"stands at revision {UNKNOWN}" in told, command
        assert migrations.head() in told, command
        assert told.count("\n") == 1, command
    assert rows(newer.instance) == before


def test_a_server_names_an_unknown_revision_in_a_sentence(newer: SimpleNamespace) -> None:
    with pytest.raises(SettingError, match=f"stands at revision {UNKNOWN}"):
        open_app(settings_for(newer.instance))


def test_a_backup_of_an_unknown_revision_is_made_and_not_restored(newer: SimpleNamespace, capsys) -> None:
    capsys.readouterr()
    assert newer.run("backup", "kept") == 0
    assert f"revision {UNKNOWN}, which this version" in capsys.readouterr().out
    (file,) = Path("kept").glob("*.tar.gz")
    stand_at(newer.instance, migrations.head())
    before = rows(newer.instance)
    assert newer.run("restore", "--replace", file) == 1
    assert f"revision {UNKNOWN}, which this version" in capsys.readouterr().err
    assert rows(newer.instance) == before


def test_rows_that_belong_to_nothing_are_no_traceback(guide: SimpleNamespace, capsys) -> None:
    with closing(sqlite3.connect(guide.instance / "guide.sqlite3")) as connection:
        connection.execute("DELETE FROM plan")
        connection.commit()
    before = rows(guide.instance)
    assert guide.run("prepare") == 1
    assert "1 of theme (no such plan)" in capsys.readouterr().err
    assert rows(guide.instance) == before


def test_a_backup_that_cannot_be_brought_up_leaves_the_instance_as_it_is(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = back_up(settings_for(old), tmp_path / "kept", MONDAY_MORNING)
    living = settings_for(shutil.copytree(old, tmp_path / "living"))

    def refused(*_: object) -> None:
        raise migrations.MigrationError("Rows would belong to nothing.")

    monkeypatch.setattr(migrations, "_require_no_orphans", refused)
    before = rows(living.instance)
    with pytest.raises(RestoreError, match="cannot be brought to this version"):
        restore(living, made.file, MONDAY_MORNING, lambda session, uids: 0, replace=True)
    assert rows(living.instance) == before


def test_a_command_waits_while_another_prepares(tmp_path: Path) -> None:
    preparing = locks.Hold(tmp_path / locks.PREPARE, exclusive=True)
    waited = []

    def told() -> None:
        waited.append(True)
        preparing.release()

    locks.wait_until_prepared(tmp_path, told)
    locks.wait_until_prepared(tmp_path, told)
    assert waited == [True]
    assert os.stat(tmp_path / locks.PREPARE).st_mode & 0o777 == 0o600
