"""A restore gives back what was backed up, forgets again what was erased since, and is done wholly or not at all."""

import gzip
import io
import json
import shutil
import sqlite3
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from guide import audit, clock, erasures, facts, migrations
from guide.app import create_app
from guide.database import open_database, writing
from guide.directory import indexing
from guide.loading import export
from guide.model import Account, AccountSession, AuditEntry, Mail, SiteFact
from guide.operations import ArchiveError, RestoreError, archives, back_up, restore
from guide.search.whoosh_engine import WhooshEngine
from guide.settings import SettingError, Settings
from tests.commands import commands
from tests.killing import started
from tests.loading.helpers import files_of
from tests.operations.conftest import KEY, OTHER, UID
from tests.running import MONDAY_MORNING

LATER = MONDAY_MORNING + timedelta(days=1)


def nothing(session: Session, uids: list[str]) -> int:
    return 0


@contextmanager
def opened(settings: Settings) -> Iterator[Session]:
    """A session on the database, with nothing left open afterwards: a restore would find it in use."""
    engine = open_database(settings.database_url)
    try:
        with Session(engine, info={"secret_key": KEY}) as session:
            yield session
    finally:
        engine.dispose()


def exported(settings: Settings, target: Path) -> dict[str, bytes]:
    with opened(settings) as session:
        export(session, target)
    return files_of(target)


def state_of(folder: Path) -> dict[str, bytes]:
    """Every file but the locks, and the databases by what they hold."""
    found = {}
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.suffix != ".lock" and not file.name.endswith(("-shm", "-wal")):
            found[str(file.relative_to(folder))] = file.read_bytes()
    return found


@pytest.fixture
def backup(living: Settings, tmp_path: Path) -> Path:
    erasures.add(living.instance / "erasures", [UID])
    return back_up(living, tmp_path / "kept", MONDAY_MORNING).file


def test_a_backup_made_under_writes_gives_back_the_same_data_and_a_sound_audit_log(
    living: Settings, empty: Settings, tmp_path: Path
) -> None:
    before = exported(living, tmp_path / "before")
    with started("tests.operations.writer", living.database_url) as process:
        first = int(process.says.readline())
        made = back_up(living, tmp_path / "kept", MONDAY_MORNING)
        process.says.readline()
    done = restore(empty, made.file, LATER, nothing)
    assert (done.sound, done.kept) == (True, None)
    assert exported(empty, tmp_path / "after") == before
    with opened(empty) as session:
        counted = int(session.get_one(SiteFact, "counted").value)
        assert counted >= first, "what was acknowledged before the backup is in it"
        verdict = audit.verify(session, archives.read(made.file).audit)
        assert verdict.sound
        # The writes, the three of before, and the restore itself: each write with its entry or not at all.
        assert verdict.entries == counted + 3 + 1


def test_what_was_signed_in_or_waiting_then_does_not_wake_up_now(backup: Path, empty: Settings) -> None:
    done = restore(empty, backup, LATER, nothing)
    assert done.mails == 1
    with opened(empty) as session:
        assert session.query(AccountSession).count() == 0
        assert session.query(Account).count() == 1
        waiting = session.query(Mail).filter_by(message_id="<waits@guide.example>").one()
        assert waiting.handed_at == LATER
        assert waiting.sent_at is None, "a person decides whether it goes out again"
        assert session.query(AuditEntry).order_by(AuditEntry.seq.desc()).first().verb == "backup_restored"
        assert facts.noted(session, facts.LAST_BACKUP) == MONDAY_MORNING


def test_either_ledger_is_replayed_and_both_are_kept(backup: Path, empty: Settings) -> None:
    ledger = empty.instance / "erasures"
    ledger.write_text(f"{OTHER}\n{OTHER}\n0123 torn")
    asked: list[list[str]] = []

    def replay(session: Session, uids: list[str]) -> int:
        asked.append(uids)
        return int(session.query(SiteFact).count() > 0)

    done = restore(empty, backup, LATER, replay)
    assert asked == [[OTHER, UID]]
    assert (done.erased, done.torn) == (1, 1)
    assert erasures.read(ledger).uids == (OTHER, UID)
    assert ledger.read_text().startswith(f"{OTHER}\n{OTHER}\n0123 torn\n"), "nothing of it is rewritten"
    restore(empty, backup, LATER, replay, replace=True)
    assert ledger.read_text().count(UID) == 1


def test_a_replay_that_fails_restores_nothing(backup: Path, living: Settings) -> None:
    before = state_of(living.instance)

    def fails(session: Session, uids: list[str]) -> int:
        raise OSError(5, "the disk")

    with pytest.raises(OSError, match="the disk"):
        restore(living, backup, LATER, fails, replace=True)
    assert state_of(living.instance) == before


def test_a_database_that_is_there_stays_unless_asked_and_is_then_kept_aside(
    backup: Path, living: Settings
) -> None:
    with Session(writing(engine := open_database(living.database_url))) as session:
        session.add(SiteFact(name="since", value="yesterday"))
        session.commit()
        # Left in the log as a killed process leaves it: the old database is these two files together.
        shutil.copy2(living.instance / "guide.sqlite3", living.instance / "copy")
        shutil.copy2(living.instance / "guide.sqlite3-wal", living.instance / "copy-wal")
    engine.dispose()
    for ending in ("", "-wal"):
        (living.instance / f"copy{ending}").replace(living.instance / f"guide.sqlite3{ending}")
    with pytest.raises(RestoreError, match="--replace"):
        restore(living, backup, LATER, nothing)
    done = restore(living, backup, LATER, nothing, replace=True)
    assert done.kept is not None
    assert done.kept.startswith("guide.sqlite3.before-restore-20261124-090000-")
    assert not (living.instance / "guide.sqlite3-wal").exists()
    with closing(sqlite3.connect(living.instance / done.kept)) as old:
        assert old.execute("SELECT value FROM site_fact WHERE name = 'since'").fetchone() == ("yesterday",)
    with opened(living) as session:
        assert session.get(SiteFact, "since") is None


def test_a_damaged_old_database_is_kept_as_it_is_with_its_log(backup: Path, living: Settings) -> None:
    (living.instance / "guide.sqlite3").write_bytes(b"not a database" * 100)
    (living.instance / "guide.sqlite3-wal").write_bytes(b"its log")
    done = restore(living, backup, LATER, nothing, replace=True)
    assert (living.instance / f"{done.kept}-wal").read_bytes() == b"its log"
    assert (living.instance / str(done.kept)).read_bytes() == b"not a database" * 100
    with opened(living) as session:
        assert session.query(Account).count() == 1


def test_a_log_that_no_database_belongs_to_is_not_played_into_the_new_one(
    backup: Path, empty: Settings
) -> None:
    (empty.instance / "guide.sqlite3-wal").write_bytes(b"of another database" * 500)
    restore(empty, backup, LATER, nothing)
    assert not (empty.instance / "guide.sqlite3-wal").exists()


def test_the_index_is_that_of_the_new_database_and_no_other_stays(backup: Path, living: Settings) -> None:
    with opened(living) as session:
        before = session.get_one(SiteFact, "identity").value
        indexing.rebuild(session, WhooshEngine(living.index_folder / before), LATER.date())
    restore(living, backup, LATER, nothing, replace=True)
    with opened(living) as session:
        after = session.get_one(SiteFact, "identity").value
        assert after != before
        assert [folder.name for folder in living.index_folder.iterdir()] == [after]
        assert WhooshEngine(living.index_folder / after).revision() == indexing.revision(session)


def test_no_pdf_of_the_database_before_stays(backup: Path, living: Settings) -> None:
    living.pdf_folder.mkdir()
    (living.pdf_folder / "a").write_bytes(b"of what the restored database does not hold")
    restore(living, backup, LATER, nothing, replace=True)
    assert not living.pdf_folder.exists()


def test_a_served_guide_is_not_restored_under_its_visitors(backup: Path, living: Settings) -> None:
    app = create_app(living)
    with pytest.raises(RestoreError, match="Stop it first"):
        restore(living, backup, LATER, nothing, replace=True)
    app.extensions["serving"].release()
    app.extensions["guide"].engine.dispose()
    restore(living, backup, LATER, nothing, replace=True)


def test_a_command_that_has_the_database_open_is_not_cut_off_from_it(
    backup: Path, living: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Five seconds of patience are for a host, not for a test.
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *a, **o: connect(*a, **(o | {"timeout": 0.1})))
    with opened(living) as session:
        session.query(Account).count()
        before = state_of(living.instance)
        with pytest.raises(RestoreError, match="another process has"):
            restore(living, backup, LATER, nothing, replace=True)
        left = {name: content for name, content in state_of(living.instance).items() if "index" not in name}
        assert left.keys() == {name for name in before if "index" not in name}
    restore(living, backup, LATER, nothing, replace=True)


def test_during_a_restore_nothing_starts_and_nothing_is_backed_up(
    backup: Path, living: Settings, tmp_path: Path
) -> None:
    seen: list[str] = []

    def meanwhile(session: Session, uids: list[str]) -> int:
        with pytest.raises(SettingError, match="being restored"):
            create_app(living)
        with pytest.raises(Exception, match="a restore is under way"):
            back_up(living, tmp_path / "elsewhere", LATER)
        seen.append("both")
        return 0

    restore(living, backup, LATER, meanwhile, replace=True)
    assert seen == ["both"]


def test_a_backup_of_an_earlier_version_is_brought_to_this_one(
    living: Settings, empty: Settings, tmp_path: Path
) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    migrations.upgrade(engine, "0001")
    engine.dispose()
    old = back_up(
        Settings(tmp_path, f"sqlite:///{tmp_path / 'old.sqlite3'}", None, KEY),
        tmp_path / "kept",
        MONDAY_MORNING,
    )
    assert archives.read(old.file).revision == "0001"
    restore(empty, old.file, LATER, nothing)
    engine = open_database(empty.database_url)
    assert migrations.current(engine) == migrations.head()
    engine.dispose()


def test_with_another_secret_key_it_says_that_the_log_does_not_verify(
    backup: Path, empty: Settings, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.setattr(clock, "now", lambda: LATER)
    with commands(empty.instance, monkeypatch, GUIDE_SECRET_KEY="y" * 40) as (run, _):
        assert run("restore", backup) == 0
        said = capsys.readouterr().out
        assert "Restored the backup of 23/11/2026 10:00" in said
        assert "does NOT verify: is this the secret key" in said
        assert run("restore", backup) == 1
        assert "nothing was restored: there is a database already" in capsys.readouterr().err
    with opened(empty) as session:
        assert audit.verify(session).sound, "nothing was chained with the wrong key"


def test_the_head_noted_of_the_other_log_is_set_aside(
    backup: Path, living: Settings, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.setattr(clock, "now", lambda: LATER)
    with commands(living.instance, monkeypatch, GUIDE_SECRET_KEY=KEY) as (run, _):
        assert run("audit", "verify") == 0
        assert run("restore", backup, "--replace") == 0
        said = capsys.readouterr().out
        assert "erased again by the ledger: 0" in said
        assert "the old database is kept as guide.sqlite3.before-restore-" in said
        assert "1 mail(s) that waited" in said
        assert run("audit", "verify") == 0
        assert "No head was noted before" not in capsys.readouterr().out, "that of the restored log is"
    assert len(list(living.instance.glob("audit_head.before-restore-*"))) == 1


# Files that are no whole backups of ours


def packed(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w:gz", format=tarfile.USTAR_FORMAT) as tar:
        for member, content in members:
            tar.addfile(member, io.BytesIO(content))
    return written.getvalue()


def member(name: str, content: bytes, kind: bytes = tarfile.REGTYPE) -> tuple[tarfile.TarInfo, bytes]:
    made = tarfile.TarInfo(name)
    made.type, made.size = kind, len(content)
    if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
        made.linkname, made.size = "/etc/passwd", 0
    return made, content


def parts(backup: Path) -> dict[str, bytes]:
    with tarfile.open(backup) as tar:
        return {name: tar.extractfile(name).read() for name in tar.getnames()}


def with_manifest(backup: Path, **changes: object) -> bytes:
    content = parts(backup)
    stated = json.loads(content["manifest.json"]) | changes
    content["manifest.json"] = json.dumps(stated).encode()
    return packed(*(member(*part) for part in content.items()))


def with_size(backup: Path, size: int) -> bytes:
    files = json.loads(parts(backup)["manifest.json"])["files"]
    files["guide.sqlite3"]["size"] = size
    return with_manifest(backup, files=files)


def first_member(backup: Path, name: str, kind: bytes) -> bytes:
    content = parts(backup)
    manifest = member("manifest.json", content.pop("manifest.json"))
    return packed(
        manifest, member(name, content["guide.sqlite3"], kind), member("erasures", content["erasures"])
    )


def flipped(backup: Path) -> bytes:
    content = parts(backup)
    database = bytearray(content["guide.sqlite3"])
    database[50_000] ^= 1
    content["guide.sqlite3"] = bytes(database)
    return packed(*(member(*part) for part in content.items()))


def truncated_anywhere(backup: Path) -> bytes:
    return backup.read_bytes()[: backup.stat().st_size // 2]


HOSTILE: dict[str, Callable[[Path], bytes]] = {
    "nothing": lambda backup: b"",
    "not compressed": lambda backup: b"a backup" * 1000,
    "cut off": truncated_anywhere,
    "without its last byte": lambda backup: backup.read_bytes()[:-1],
    "one bit of the database": flipped,
    "something after its end": lambda backup: backup.read_bytes() + gzip.compress(b"more"),
    "endless zeros": lambda backup: backup.read_bytes() + gzip.compress(b"\0" * 9_000_000),
    "a path upwards": lambda backup: first_member(backup, "../guide.sqlite3", tarfile.REGTYPE),
    "a path from the root": lambda backup: first_member(backup, "/tmp/guide.sqlite3", tarfile.REGTYPE),
    "a symbolic link": lambda backup: first_member(backup, "guide.sqlite3", tarfile.SYMTYPE),
    "a hard link": lambda backup: first_member(backup, "guide.sqlite3", tarfile.LNKTYPE),
    "a device": lambda backup: first_member(backup, "guide.sqlite3", tarfile.CHRTYPE),
    "a long header": lambda backup: first_member(backup, "guide.sqlite3", tarfile.XHDTYPE),
    "one file more": lambda backup: packed(
        *(member(*part) for part in parts(backup).items()), member("secret_key", b"x" * 64)
    ),
    "no manifest": lambda backup: packed(member("guide.sqlite3", parts(backup)["guide.sqlite3"])),
    "a manifest of another shape": lambda backup: packed(member("manifest.json", b"[" * 60_000)),
    "another size": lambda backup: with_size(backup, 512),
    "more than the disk holds": lambda backup: with_size(backup, 1 << 60),
    "a size below nothing": lambda backup: with_size(backup, -1),
    "names of its own": lambda backup: with_manifest(
        backup, files={"../../x": {"size": 0, "sha256": "0" * 64}}
    ),
    "another format": lambda backup: with_manifest(backup, format=99),
    "a day without a zone": lambda backup: with_manifest(backup, made_at="2026-11-23T10:00:00"),
}


@pytest.mark.control("C32")
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_file_that_is_no_whole_backup_is_refused_before_anything_is_touched(
    backup: Path, living: Settings, tmp_path: Path, kind: str
) -> None:
    file = tmp_path / "given.tar.gz"
    file.write_bytes(HOSTILE[kind](backup))
    before = state_of(living.instance)
    with pytest.raises(ArchiveError) as refused:
        restore(living, file, LATER, nothing, replace=True)
    assert len(str(refused.value)) > 10
    assert state_of(living.instance) == before


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"revision": "9999", "version": "8.0"}, r"revision 9999, which this version .* calls itself 8\.0"),
        ({"revision": "0001"}, "not at the revision"),
    ],
)
def test_a_manifest_that_tells_of_another_database_is_not_believed(
    backup: Path, living: Settings, tmp_path: Path, changes: dict[str, object], words: str
) -> None:
    file = tmp_path / "given.tar.gz"
    file.write_bytes(with_manifest(backup, **changes))
    before = state_of(living.instance)
    with pytest.raises(RestoreError, match=words):
        restore(living, file, LATER, nothing, replace=True)
    assert state_of(living.instance) == before


def test_a_database_damaged_before_it_was_packed_is_found_out(
    backup: Path, living: Settings, tmp_path: Path
) -> None:
    content = parts(backup)
    database = bytearray(content["guide.sqlite3"])
    database[8192:60000] = b"\x17" * (60000 - 8192)
    files = {"guide.sqlite3": bytes(database), "erasures": content["erasures"]}
    import hashlib

    stated = {
        name: {"size": len(value), "sha256": hashlib.sha256(value).hexdigest()}
        for name, value in files.items()
    }
    manifest = json.loads(content["manifest.json"]) | {"files": stated}
    file = tmp_path / "given.tar.gz"
    ordered = {"manifest.json": json.dumps(manifest).encode(), **files}
    file.write_bytes(packed(*(member(*part) for part in ordered.items())))
    before = state_of(living.instance)
    with pytest.raises(RestoreError, match="is damaged"):
        restore(living, file, LATER, nothing, replace=True)
    assert state_of(living.instance) == before


def test_the_command_refuses_in_a_sentence(
    living: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    with commands(living.instance, monkeypatch, GUIDE_SECRET_KEY=KEY) as (run, _):
        assert run("restore", tmp_path / "nothing.tar.gz", "--replace") == 1
        said = capsys.readouterr().err
    assert (
        said
        == f"guide: nothing was restored: {tmp_path}/nothing.tar.gz cannot be used, No such file or directory.\n"
    )


@pytest.mark.control("C32")
def test_killed_at_any_moment_the_old_state_stands_or_the_new_one_does(
    backup: Path, living: Settings
) -> None:
    with Session(writing(engine := open_database(living.database_url))) as session:
        session.add(SiteFact(name="counted", value="old"))
        session.commit()
    engine.dispose()
    with started("tests.operations.killed", "restore", str(living.instance), str(backup)) as process:
        runs = [json.loads(line) for line in process.finish()]
    assert len(runs) > 8
    assert {(run["check"], run["services"]) for run in runs} == {("ok", 2)}
    states = [run["counted"] for run in runs]
    turned = states.index(None)
    assert 5 < turned < len(states), "most of the work comes before the stroke"
    assert set(states[:turned]) == {"old"}
    assert set(states[turned:]) == {None}
    assert runs[-1]["killed_at"] == 0
