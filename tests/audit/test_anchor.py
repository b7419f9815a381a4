"""The log's end is noted outside the database from its first entry: a cut is named, a crash raises no alarm."""

import logging
import stat
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from guide import audit, clock_guard
from guide.audit import AuditVerb, anchor
from guide.database import open_database, writing
from tests import databases
from tests.audit.test_log import NOW, unguarded
from tests.killing import killed_after, started

KEY = "x" * 40


@pytest.fixture(params=databases.BOTH)
def url(request, tmp_path: Path) -> Iterator[str]:
    """A migrated database that several processes may open."""
    with databases.migrated_address_of(request.param, tmp_path) as address:
        yield address


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = open_database(url)
    yield engine
    engine.dispose()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "audit_head"


def opened(engine: Engine, file: Path) -> Session:
    return Session(writing(engine), info={"secret_key": KEY, "audit_head": file})


def record(session: Session) -> None:
    audit.record(session, "account:7", AuditVerb.LISTING_CHANGED, "service:x", now=NOW)


def write(engine: Engine, file: Path, count: int = 1) -> None:
    with opened(engine, file) as session:
        for _ in range(count):
            record(session)
        session.commit()


def verdict(engine: Engine, file: Path) -> audit.Verdict:
    known = anchor.read(file)
    with Session(engine, info={"secret_key": KEY}) as session:
        return audit.verify(session, known)


@pytest.mark.control("C9")
@pytest.mark.parametrize(("written", "kept"), [(1, 0), (6, 5), (6, 0), (6, 3)])
def test_an_end_that_was_cut_off_before_anybody_verified_is_named(
    engine: Engine, file: Path, written: int, kept: int
) -> None:
    write(engine, file, written)
    assert verdict(engine, file).sound
    unguarded(engine, f"DELETE FROM audit_entry WHERE seq > {kept}")
    found = verdict(engine, file)
    assert (found.sound, found.wrong_seq) == (False, kept + 1)
    assert "its end was cut off" in str(found.problem)


def test_the_file_is_for_nobody_else_and_holds_one_line(engine: Engine, file: Path) -> None:
    for _ in range(11):
        write(engine, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    [line] = file.read_text().splitlines()
    assert line.startswith("11 ")


def test_what_is_undone_is_not_noted(engine: Engine, file: Path) -> None:
    write(engine, file, 2)
    with opened(engine, file) as session:
        record(session)
        session.rollback()
        record(session)
        undone = session.begin_nested()
        record(session)
        undone.rollback()
        with session.begin_nested():
            record(session)
        session.commit()
        record(session)
    assert anchor.read(file)[0] == 4
    assert verdict(engine, file).sound


def test_a_transaction_without_an_entry_touches_no_file(engine: Engine, file: Path) -> None:
    with opened(engine, file) as session:
        session.execute(text("DELETE FROM attempts"))
        session.commit()
    assert not file.exists()


def test_what_is_written_after_a_cut_does_not_hide_it(engine: Engine, file: Path) -> None:
    write(engine, file, 6)
    unguarded(engine, "DELETE FROM audit_entry WHERE seq > 3")
    for number in range(5):
        with opened(engine, file) as session:
            audit.record(session, "account:8", AuditVerb.LISTING_CHANGED, f"service:{number}", now=NOW)
            session.commit()
        found = verdict(engine, file)
        assert not found.sound
        assert found.wrong_seq <= 7
    assert anchor.read(file)[0] == 6


def test_a_checkpoint_is_no_cut(engine: Engine, file: Path) -> None:
    write(engine, file, 3)
    later = NOW + timedelta(days=800)
    known = anchor.read(file)
    with opened(engine, file) as session:
        audit.record(session, "command", AuditVerb.LISTING_CHANGED, "y", now=later)
        session.commit()
    with opened(engine, file) as session:
        clock_guard.vouch(session, later)
        assert audit.checkpoint(session, later) == 3
        session.commit()
    # Another host that has written nothing since goes on from where it stood.
    file.write_text(f"{known[0]} {known[1]}\n")
    with opened(engine, file) as session:
        audit.record(session, "command", AuditVerb.LISTING_CHANGED, "y", now=later)
        session.commit()
    assert (anchor.read(file)[0], verdict(engine, file).sound) == (5, True)


def test_two_hosts_note_each_what_they_wrote(engine: Engine, file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    write(engine, file)
    write(engine, other, 2)
    assert (anchor.read(file)[0], anchor.read(other)[0]) == (1, 3)
    assert verdict(engine, file).sound
    write(engine, file)
    unguarded(engine, "DELETE FROM audit_entry WHERE seq > 3")
    assert verdict(engine, other).sound
    assert verdict(engine, file).wrong_seq == 4


def test_an_instance_of_a_former_version_begins_with_the_end_as_it_stands(engine: Engine, file: Path) -> None:
    with opened(engine, file) as session:
        anchor.begin(session)
        assert not file.exists(), "an empty log has no end"
    with Session(writing(engine), info={"secret_key": KEY}) as session:
        record(session)
        session.commit()
    with opened(engine, file) as session:
        anchor.begin(session)
    assert anchor.read(file)[0] == 1


@pytest.mark.parametrize("content", ["six", "6 abc", "0 " + "0" * 64, "é", "1 2 3"])
def test_a_damaged_file_is_left_as_it_is_and_stops_no_work(
    engine: Engine, file: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    file.write_text(content)
    with caplog.at_level(logging.ERROR):
        write(engine, file)
    assert file.read_text() == content
    with pytest.raises(anchor.AnchorDamagedError):
        anchor.read(file)


def test_a_file_that_cannot_be_written_stops_no_work_and_is_told(
    engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(engine, tmp_path / "absent" / "audit_head")
    assert "the end of the audit log is not noted (FileNotFoundError)" in caplog.text


@pytest.mark.control("C9")
@pytest.mark.parametrize("after", [1, 2, 3, 5, 8, 13])
def test_killed_at_any_moment_there_is_no_false_alarm_and_a_cut_is_named(
    url: str, engine: Engine, file: Path, after: int
) -> None:
    killed_after(after, "tests.audit.recorder", url, str(file))
    found = verdict(engine, file)
    assert found.sound
    noted = anchor.read(file)
    assert noted is not None
    assert found.seq - noted[0] <= 1, "only the entry of the very moment may be missing"
    unguarded(engine, f"DELETE FROM audit_entry WHERE seq > {noted[0] - 1}")
    assert verdict(engine, file).wrong_seq == noted[0]


def test_several_processes_note_the_last_of_all(url: str, engine: Engine, file: Path) -> None:
    with ExitStack() as ended:
        running = [ended.enter_context(started("tests.audit.recorder", url, str(file))) for _ in range(3)]
        for process in running:
            for _ in range(10):
                assert process.says.readline()
    write(engine, file)
    found = verdict(engine, file)
    assert found.sound
    assert anchor.read(file) == (found.seq, found.hash)
