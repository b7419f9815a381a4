"""The `guide` command ends with 0, or with 1 and a sentence that says what to mend."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import Engine, create_engine, text

from guide import cli, paths
from guide.model import Base, LoadedRecord, Service
from guide.search.whoosh_engine import WhooshEngine
from tests.commands import commands
from tests.loading import helpers


@pytest.fixture
def guide(tmp_path: Path, monkeypatch) -> Iterator[SimpleNamespace]:
    """`guide.run("prepare")` on an instance that does not exist yet, below a path with a space."""
    instance = tmp_path / "my guide" / "instance"
    with commands(instance, monkeypatch) as (run, opened):
        yield SimpleNamespace(run=run, instance=instance, opened=opened)


@pytest.fixture
def prepared(guide: SimpleNamespace, loaded: Path) -> SimpleNamespace:
    """The same on an instance where the data is loaded already."""
    shutil.copytree(loaded, guide.instance)
    return guide


@pytest.fixture
def small(tmp_path: Path, monkeypatch) -> Path:
    """A small data folder that `prepare` takes for the guide's own."""
    folder = helpers.write(tmp_path / "data")
    monkeypatch.setattr(paths, "DATA", folder)
    return folder


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance that `prepare` made of the small data folder; never written to."""
    base = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "DATA", helpers.write(base / "data"))
        with commands(base / "instance", patch) as (run, _):
            assert run("prepare") == 0
    return base / "instance"


@pytest.fixture
def ready(guide: SimpleNamespace, small: Path, made_once: Path) -> SimpleNamespace:
    """The same on a copy of it."""
    shutil.copytree(made_once, guide.instance)
    return guide


def rows(instance: Path) -> dict[str, list[tuple]]:
    """Every row of the database."""
    engine = create_engine(f"sqlite:///{instance / 'guide.sqlite3'}")
    with engine.connect() as connection:
        found = {
            table: [tuple(row) for row in connection.execute(text(f'SELECT * FROM "{table}" ORDER BY 1, 2'))]
            for table in Base.metadata.tables
        }
    engine.dispose()
    return found


def count(instance: Path, table: type) -> int:
    return len(rows(instance)[table.__tablename__])


def index_folder(instance: Path) -> Path:
    (folder,) = (instance / "index").iterdir()
    return folder


def test_prepare_makes_everything_from_nothing_and_tells_what_it_does(guide, small, capsys) -> None:
    assert guide.run("prepare") == 0
    told = capsys.readouterr().out
    assert [step for step in ("Preparing", "Loading", "services: 2", "Building") if step not in told] == []
    assert count(guide.instance, Service) == 2
    assert guide.run("index", "verify") == 0


def test_prepare_a_second_time_changes_nothing(ready, capsys) -> None:
    before, files = rows(ready.instance), helpers.files_of(ready.instance / "index")
    key = (ready.instance / "secret_key").read_text()
    capsys.readouterr()
    assert ready.run("prepare") == 0
    assert rows(ready.instance) == before
    assert helpers.files_of(ready.instance / "index") == files
    assert (ready.instance / "secret_key").read_text() == key
    assert capsys.readouterr().out == ""


def test_prepare_after_the_files_have_changed_leaves_the_database_as_it_is(ready, small) -> None:
    before = rows(ready.instance)
    helpers.write(small, {"services/pain.yaml": helpers.service("pain", free="yes")})
    assert ready.run("prepare") == 0
    assert rows(ready.instance) == before


def test_prepare_loads_again_when_a_first_load_was_interrupted(guide, small, monkeypatch) -> None:
    def stopped(kind: str, records: int) -> None:
        if kind == "plans":
            raise KeyboardInterrupt

    whole = cli.load
    monkeypatch.setattr(cli, "load", lambda *values, **options: whole(*values, progress=stopped))
    assert guide.run("prepare") == 0
    assert count(guide.instance, LoadedRecord) == count(guide.instance, Service) == 0
    monkeypatch.setattr(cli, "load", whole)
    assert guide.run("prepare") == 0
    assert count(guide.instance, Service) == 2
    assert guide.run("index", "verify") == 0


def test_prepare_builds_an_index_that_was_lost(ready, capsys) -> None:
    shutil.rmtree(ready.instance / "index")
    assert ready.run("prepare") == 0
    assert "Building the search index" in capsys.readouterr().out
    assert ready.run("index", "verify") == 0


def test_check_finds_the_data_of_the_guide_in_order(guide, capsys) -> None:
    assert guide.run("check") == 0
    assert "in order" in capsys.readouterr().out


def test_check_names_file_record_field_and_fault_and_ends_with_1(guide, tmp_path, capsys) -> None:
    folder = helpers.write(tmp_path / "data", {"services/soupe.yaml": helpers.service(kind="soup")})
    assert guide.run("check", folder) == 1
    told = capsys.readouterr().out
    assert "services/soupe.yaml, soupe, kind: “soup” is not one of: service, helpline" in told
    assert "1 fault(s) found" in told


def test_check_of_a_folder_that_is_not_there_ends_with_1(guide, tmp_path, capsys) -> None:
    assert guide.run("check", tmp_path / "absent") == 1
    assert "sources.yaml: this file is missing" in capsys.readouterr().out


def test_format_rewrites_what_is_written_otherwise_and_keeps_its_content(guide, tmp_path, capsys) -> None:
    folder = helpers.write(tmp_path / "data")
    usual = helpers.files_of(folder)
    record = helpers.service()
    helpers.write(folder, {"services/soupe.yaml": dict(reversed(record.items()))})
    assert guide.run("check", folder) == 1
    assert "run `guide format`" in capsys.readouterr().out
    assert guide.run("format", folder) == 0
    assert capsys.readouterr().out == "rewritten: services/soupe.yaml\n"
    assert helpers.files_of(folder) == usual
    assert guide.run("format", folder) == 0
    assert capsys.readouterr().out == ""


def test_format_loses_nothing_of_a_record_it_does_not_understand(guide, tmp_path) -> None:
    folder = helpers.write(tmp_path / "data", {"services/soupe.yaml": helpers.service(mayor="nobody")})
    guide.run("format", folder)
    assert "mayor: nobody" in (folder / "services" / "soupe.yaml").read_text()


def test_load_twice_changes_nothing(ready, small, capsys) -> None:
    before = rows(ready.instance)
    for _ in range(2):
        assert ready.run("load", small) == 0
        assert "new: 0, changed: 0" in capsys.readouterr().out
    assert rows(ready.instance) == before


def test_load_of_unsound_files_loads_nothing_and_ends_with_1(ready, small, capsys) -> None:
    before = rows(ready.instance)
    helpers.write(small, {"services/soupe.yaml": helpers.service(free="perhaps", wheelchair="yes")})
    assert ready.run("load", small) == 1
    problem = capsys.readouterr().err
    assert "nothing was loaded" in problem
    assert "services/soupe.yaml, soupe, free" in problem
    assert rows(ready.instance) == before


def test_load_brings_the_index_up_to_date(ready, small) -> None:
    changed = helpers.service("pain", summary={"fr": "Du croissant chaud."})
    helpers.write(small, {"services/pain.yaml": changed})
    assert ready.run("load", small) == 0
    assert ready.run("index", "verify") == 0
    assert WhooshEngine(index_folder(ready.instance)).knows("croissant", "fr")


def test_export_writes_the_files_of_the_guide_byte_for_byte(prepared, tmp_path, capsys) -> None:
    assert prepared.run("export", tmp_path / "out") == 0
    assert helpers.files_of(tmp_path / "out") == helpers.shipped_records()
    assert "files written" in capsys.readouterr().out


def test_export_into_a_file_ends_with_1_and_a_sentence(ready, tmp_path, capsys) -> None:
    (tmp_path / "out").write_text("a file")
    assert ready.run("export", tmp_path / "out") == 1
    assert "guide:" in capsys.readouterr().err


def test_index_verify_tells_of_damage_and_index_rebuild_mends_it(ready, capsys) -> None:
    damaged = next(index_folder(ready.instance).glob("0*/*.seg"))
    damaged.unlink()
    assert ready.run("index", "verify") == 1
    assert "guide index rebuild" in capsys.readouterr().out
    assert ready.run("index", "rebuild") == 0
    assert ready.run("index", "verify") == 0
    assert "is whole" in capsys.readouterr().out


def test_index_rebuild_while_another_process_writes_ends_with_1_and_a_sentence(ready, capsys) -> None:
    with WhooshEngine(index_folder(ready.instance)).writing():
        assert ready.run("index", "rebuild") == 1
    assert "guide:" in capsys.readouterr().err


@pytest.mark.parametrize("command", [("export", "out"), ("index", "rebuild"), ("index", "verify")])
def test_a_command_before_prepare_names_prepare(guide, tmp_path, monkeypatch, capsys, command) -> None:
    monkeypatch.chdir(tmp_path)
    assert guide.run(*command) == 1
    assert "guide prepare" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GUIDE_DATABASE_URL", "mysql://localhost/guide"),
        ("GUIDE_DATABASE_URL", "sqlite:////absent/folder/guide.sqlite3"),
        ("GUIDE_DATABASE_URL", "postgresql+psycopg://guide@localhost:port/guide"),
        ("GUIDE_SITE_URL", "guide.example.be"),
        ("GUIDE_SECRET_KEY", "short"),
        ("GUIDE_PROXIES", "many"),
    ],
)
@pytest.mark.parametrize("command", ["serve", "prepare", "load"])
def test_a_wrong_setting_stops_the_start_and_is_named(
    guide, monkeypatch, capsys, command, name, value
) -> None:
    monkeypatch.setenv(name, value)
    assert guide.run(command) == 1
    problem = capsys.readouterr().err
    assert problem.startswith("guide: ")
    assert name in problem
    assert "Traceback" not in problem


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "²"])
def test_a_port_that_is_none_is_refused(guide, port, capsys) -> None:
    with pytest.raises(SystemExit):
        guide.run("serve", f"--port={port}")
    assert "a port is a number from 1 to 65535" in capsys.readouterr().err


def test_help_explains_every_command(guide, capsys) -> None:
    with pytest.raises(SystemExit, match="0"):
        guide.run("--help")
    told = capsys.readouterr().out
    for command in ("serve", "prepare", "check", "format", "load", "export", "index"):
        assert f"    {command}  " in told


@pytest.mark.parametrize("command", [("prepare",), ("load", "data"), ("export", "o"), ("index", "verify")])
def test_a_command_leaves_no_connection_open(ready, tmp_path, monkeypatch, command) -> None:
    monkeypatch.chdir(tmp_path)
    assert ready.run(*command) == 0
    assert [engine.pool.status() for engine in ready.opened if _open(engine)] == []


def _open(engine: Engine) -> int:
    return engine.pool.checkedin() + engine.pool.checkedout()  # type: ignore[attr-defined]


def test_two_instances_have_identities_of_their_own(ready, tmp_path, monkeypatch) -> None:
    with commands(tmp_path / "second", monkeypatch) as (run, _):
        assert run("prepare") == 0
    first, second = (dict(rows(folder)["site_fact"]) for folder in (ready.instance, tmp_path / "second"))
    assert first["identity"] != second["identity"]
