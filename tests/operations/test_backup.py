"""A backup is whole or is not there, holds no key, is made while others write, and the newest stay."""

import json
import os
import stat
import tarfile
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from guide import clock, erasures, facts
from guide.database import open_database
from guide.operations import BackupError, archives, back_up, locks
from guide.settings import Settings
from tests.commands import commands
from tests.killing import started
from tests.operations.conftest import UID
from tests.running import MONDAY_MORNING


def test_a_backup_holds_the_database_the_ledger_and_what_they_must_be(
    living: Settings, tmp_path: Path
) -> None:
    erasures.add(living.instance / "erasures", [UID])
    made = back_up(living, tmp_path / "kept", MONDAY_MORNING)
    assert made.file.name == "guide-20261123-090000.tar.gz", "the time is UTC"
    with tarfile.open(made.file) as tar:
        assert tar.getnames() == ["manifest.json", "guide.sqlite3", "erasures"]
        stated = json.load(tar.extractfile("manifest.json"))
        ledger = tar.extractfile("erasures").read()
    assert ledger == f"{UID}\n".encode()
    assert stated["files"]["erasures"]["size"] == 33
    assert (stated["database"], stated["audit"][0]) == ("sqlite", 3)
    manifest = archives.read(made.file)
    assert manifest.made_at == MONDAY_MORNING
    assert made.problem is None


def test_only_its_owner_may_read_it(living: Settings, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        made = back_up(living, tmp_path / "kept", MONDAY_MORNING)
    finally:
        os.umask(before)
    assert stat.S_IMODE(made.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.file.parent.stat().st_mode) == 0o700


@pytest.mark.control("C32")
def test_no_key_no_index_and_no_mail_is_in_it(living: Settings, tmp_path: Path) -> None:
    planted = {"secret_key": "tulipe-cle", "referral_keys": "jacinthe-cle", "mail/1.eml": "pivoine-mail"}
    for name, words in planted.items():
        file = living.instance / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(words)
    made = back_up(living, tmp_path / "kept", MONDAY_MORNING)
    with tarfile.open(made.file) as tar:
        content = b"".join(tar.extractfile(member).read() for member in tar.getmembers())
    assert b"La Marmite" in content, "the search below would find what is there"
    assert [words for words in planted.values() if words.encode() in content] == []


def test_the_database_knows_when_the_last_one_was_made(living: Settings, tmp_path: Path) -> None:
    back_up(living, tmp_path / "kept", MONDAY_MORNING)
    engine = open_database(living.database_url)
    with Session(engine) as session:
        assert facts.noted(session, facts.LAST_BACKUP) == MONDAY_MORNING
    engine.dispose()


def test_the_newest_stay_and_what_is_not_a_backup_is_never_removed(living: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    for day in range(5):
        made = back_up(living, folder, MONDAY_MORNING + timedelta(days=day), keep=3)
    names = sorted(file.name for file in folder.glob("*.tar.gz"))
    assert names == [f"guide-202611{day}-090000.tar.gz" for day in (25, 26, 27)]
    assert made.pruned == ("guide-20261124-090000.tar.gz",)


def test_a_clock_that_jumped_removes_no_backup_and_is_in_the_way_of_none(
    living: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "kept"
    for day in range(3):
        back_up(living, folder, MONDAY_MORNING + timedelta(days=day), keep=3)
    for days in (400, 401, -400):
        made = back_up(living, folder, MONDAY_MORNING + timedelta(days=days), keep=3)
        assert (made.pruned, made.jumped) == ((), MONDAY_MORNING + timedelta(days=2))
    # Right again: those of 2027 are not taken for the newest, in whose favour today's would be removed.
    for day in (3, 4, 5):
        back_up(living, folder, MONDAY_MORNING + timedelta(days=day), keep=3)
    names = sorted(file.name[6:14] for file in folder.glob("*.tar.gz"))
    assert names == ["20261126", "20261127", "20261128", "20271228", "20271229"]


def test_a_folder_with_other_things_is_left_alone(living: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir(mode=0o755)
    (folder / "letter.txt").write_text("…")
    with pytest.raises(BackupError, match=r"letter\.txt"):
        back_up(living, folder, MONDAY_MORNING)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755
    assert [file.name for file in folder.iterdir()] == ["letter.txt"]


def test_a_damaged_database_makes_no_backup_and_removes_none(living: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    back_up(living, folder, MONDAY_MORNING)
    engine = open_database(living.database_url)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    database = living.instance / "guide.sqlite3"
    content = bytearray(database.read_bytes())
    content[8192:60000] = b"\x17" * (60000 - 8192)
    database.write_bytes(content)
    with pytest.raises(BackupError, match=r"damaged|not sound"):
        back_up(living, folder, MONDAY_MORNING + timedelta(hours=1), keep=1)
    assert len(list(folder.glob("guide-*"))) == 1


def test_without_a_database_none_is_made_up(empty: Settings, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="no database"):
        back_up(empty, tmp_path / "kept", MONDAY_MORNING)
    assert not (empty.instance / "guide.sqlite3").exists()


def test_two_into_one_folder_at_once_are_one_too_many(living: Settings, tmp_path: Path) -> None:
    back_up(living, tmp_path / "kept", MONDAY_MORNING)
    with pytest.raises(BackupError, match="is there already"):
        back_up(living, tmp_path / "kept", MONDAY_MORNING)
    held = locks.Hold(tmp_path / "kept" / ".lock", exclusive=True)
    with pytest.raises(BackupError, match="another backup"):
        back_up(living, tmp_path / "kept", MONDAY_MORNING + timedelta(hours=1))
    held.release()
    back_up(living, tmp_path / "kept", MONDAY_MORNING + timedelta(hours=1))


@pytest.mark.control("C32")
def test_killed_at_any_moment_it_leaves_no_file_that_looks_whole_and_is_not(
    living: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "kept"
    with started("tests.operations.killed", "backup", str(living.instance), str(folder)) as process:
        runs = [json.loads(line) for line in process.finish()]
    assert len(runs) > 5
    # Every file there was read to its end and compared with its manifest (tests/operations/killed.py).
    assert {(run["check"], run["services"]) for run in runs} == {("ok", 2)}
    assert runs[0]["whole"] == 0
    assert runs[-1] == runs[-1] | {"killed_at": 0, "whole": 2}
    assert [file.name for file in folder.glob(".write-*")] == [], (
        "the last one swept what the killed ones left"
    )


def test_the_command_says_in_one_sentence_what_it_did(
    living: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.setattr(clock, "now", lambda: MONDAY_MORNING)
    with commands(living.instance, monkeypatch, GUIDE_SECRET_KEY="x" * 40) as (run, _):
        assert run("backup", tmp_path / "kept", "--keep", "2") == 0
        said = capsys.readouterr().out
        assert said.startswith(f"Backed up to {tmp_path / 'kept' / 'guide-20261123-090000.tar.gz'} (")
        assert said.endswith("not in it: keep them elsewhere.\n")
        assert said.count("\n") == 1
        assert run("backup", tmp_path / "kept") == 1
        assert "guide: no backup was made: " in capsys.readouterr().err
        (tmp_path / "file").write_text("")
        assert run("backup", tmp_path / "file") == 1
        assert "File exists" in capsys.readouterr().err
        with pytest.raises(SystemExit):
            run("backup", tmp_path / "kept", "--keep", "0")
