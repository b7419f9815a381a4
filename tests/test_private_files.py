"""Files of the instance are their owner's alone, whatever the umask; what was left open is closed at the start."""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from guide import paths, private_files
from guide.settings import Settings
from tests.commands import commands
from tests.loading import helpers
from tests.pages import PageClient
from tests.people import add_account
from tests.running import app_on_copy


@pytest.fixture
def no_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> list[str]:
    """What anybody but its owner may do something with, with the mode of each."""
    found = [folder, *folder.rglob("*")]
    modes = {path: stat.S_IMODE(path.lstat().st_mode) for path in found}
    wanted = {path: 0o700 if path.is_dir() else 0o600 for path in found}
    return [f"{path.relative_to(folder)} {modes[path]:o}" for path in found if modes[path] != wanted[path]]


@pytest.mark.control("C35")
def test_every_file_that_commands_make_is_closed(tmp_path: Path, monkeypatch, no_umask: None, capsys) -> None:
    data = helpers.write(tmp_path / "data")
    monkeypatch.setattr(paths, "DATA", data)
    instance, backups = tmp_path / "instance", tmp_path / "backups"
    site = "https://guide.example.be"
    with commands(instance, monkeypatch, GUIDE_SITE_URL=site) as (run, opened):
        assert run("prepare") == 0
        # While it is in use: the log and the memory of SQLite stand beside the database.
        with opened[0].connect() as connection:
            connection.exec_driver_sql("SELECT 1 FROM organization")
            for command in (
                ("user", "add", "quelquun@maison.example", "--role", "administrator"),
                ("mail", "send"),
                ("referrals", "tick"),
                ("purge",),
                ("index", "rebuild"),
                ("audit", "verify"),
                ("audit", "export", tmp_path / "log.jsonl"),
                ("keys", "rotate"),
                ("backup", backups),
            ):
                assert run(*command) == 0, (command, capsys.readouterr().err)
            assert {f"guide.sqlite3{ending}" for ending in ("", "-wal", "-shm")} <= set(os.listdir(instance))
            named = {"audit_head", "secret_key", "referral_keys", "mail", "index", "prepare.lock"}
            assert named <= set(os.listdir(instance))
            assert open_to_others(instance) == []
        for engine in opened:
            engine.dispose()
        assert run("restore", "--replace", next(backups.glob("*.tar.gz"))) == 0, capsys.readouterr().err
    assert open_to_others(instance) == []
    assert open_to_others(backups) == []
    assert stat.S_IMODE((tmp_path / "log.jsonl").stat().st_mode) == 0o600
    assert list((instance / "mail").glob("*.eml"))


@pytest.mark.control("C35")
def test_every_file_that_the_running_guide_makes_is_closed(
    loaded: Path, tmp_path: Path, no_umask: None
) -> None:
    with app_on_copy(loaded, tmp_path) as app:
        private_files.close_all(tmp_path / "instance")
        add_account(app, "editor", "caba-jette")
        assert PageClient(app).get("/fr/services/?q=faim").status == 200
        assert open_to_others(tmp_path / "instance") == []


def test_an_instance_that_was_left_open_is_closed_at_the_start(loaded: Path, tmp_path: Path) -> None:
    instance, elsewhere = tmp_path / "instance", tmp_path / "public.txt"
    shutil.copytree(loaded, instance)
    elsewhere.write_text("for everybody")
    elsewhere.chmod(0o644)
    for path in instance.rglob("*"):
        path.chmod(0o777 if path.is_dir() else 0o666)
    instance.chmod(0o755)
    (instance / "link").symlink_to(elsewhere)
    Settings.from_environment({"GUIDE_INSTANCE": str(instance)})
    (instance / "link").unlink()
    assert open_to_others(instance) == []
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o644


def test_files_outside_the_instance_are_closed_too(tmp_path: Path, no_umask: None, monkeypatch) -> None:
    monkeypatch.setattr(paths, "DATA", helpers.write(tmp_path / "data"))
    database, keys = tmp_path / "a%20folder?" / "g.sqlite3", tmp_path / "keys"
    database.parent.mkdir()
    given = {"GUIDE_DATABASE_URL": f"sqlite:///{str(database).replace('%', '%25').replace('?', '%3F')}"}
    with commands(tmp_path / "instance", monkeypatch, **given, GUIDE_KEYS=str(keys)) as (run, _):
        assert run("prepare") == 0
        keys.chmod(0o644)
        assert run("index", "verify") == 0
    made = [*tmp_path.glob("a*/*"), keys]
    assert len(made) >= 2
    assert {stat.S_IMODE(path.stat().st_mode) for path in made} == {0o600}


def test_a_key_that_is_only_to_be_read_stays_so(tmp_path: Path) -> None:
    (tmp_path / "key").touch()
    (tmp_path / "key").chmod(0o440)
    private_files.close(tmp_path / "key")
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o400
    private_files.close(tmp_path / "absent")
