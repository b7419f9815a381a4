"""`guide audit`: says which entry is wrong, notes and prints the head, exports lines, deletes only what is old."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from guide import audit, clock, facts
from guide.audit import AuditVerb
from guide.clock import BRUSSELS
from guide.database import open_database, writing
from tests import databases
from tests.commands import commands

KEY = "x" * 40
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=BRUSSELS)


@pytest.fixture
def audited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """An instance with six entries of today; `run` runs `guide audit …`."""
    instance = tmp_path / "instance"
    instance.mkdir()
    engine = open_database(databases.migrated_file(instance))
    write(engine, 6, NOW)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    with commands(instance, monkeypatch, GUIDE_SECRET_KEY=KEY) as (run, _):
        yield SimpleNamespace(
            run=lambda *arguments: run("audit", *arguments),
            engine=engine,
            head=instance / "audit_head",
            monkeypatch=monkeypatch,
        )
    engine.dispose()


def write(engine: Engine, count: int, now: datetime) -> None:
    with Session(writing(engine), info={"secret_key": KEY}) as session:
        for number in range(count):
            audit.record(session, "account:7", AuditVerb.LISTING_CHANGED, f"service:s{number}", now=now)
        session.commit()


def tamper(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in ("DROP TRIGGER audit_entry_update", "DROP TRIGGER audit_entry_delete", *statements):
            connection.execute(text(statement))


def test_a_sound_log_says_so_and_its_head_is_noted_and_printed(audited: SimpleNamespace, capsys) -> None:
    assert audited.run("verify") == 0
    first = capsys.readouterr().out
    assert "No head was noted before" in first
    noted = audited.head.read_text().split()
    assert re.fullmatch(r"[0-9a-f]{64}", noted[1])
    assert f"sound: 6 entries. The head now: 6 {noted[1]}" in first
    write(audited.engine, 1, NOW)
    assert audited.run("verify") == 0
    second = capsys.readouterr().out
    assert f"The head noted before: 6 {noted[1]}" in second
    assert audited.head.read_text().startswith("7 ")
    assert sorted(path.name for path in audited.head.parent.glob(".*")) == []


@pytest.mark.control("C9")
def test_a_changed_entry_is_named_and_ends_with_1(audited: SimpleNamespace, capsys) -> None:
    tamper(audited.engine, "UPDATE audit_entry SET actor = 'account:8' WHERE seq = 3")
    assert audited.run("verify") == 1
    assert "NOT sound at entry 3: it was changed" in capsys.readouterr().out
    assert not audited.head.exists()


def test_an_end_that_was_cut_off_is_seen_the_next_time(audited: SimpleNamespace, capsys) -> None:
    audited.run("verify")
    noted = audited.head.read_text()
    tamper(audited.engine, "DELETE FROM audit_entry WHERE seq > 4")
    assert audited.run("verify") == 1
    out = capsys.readouterr().out
    assert "NOT sound at entry 5: the log once reached 6: its end was cut off" in out
    assert "restored from an older backup" in out
    assert audited.head.read_text() == noted, "what was noted stays until somebody decides"
    audited.head.unlink()
    assert audited.run("verify") == 0


def test_a_head_that_was_damaged_is_no_reason_to_forget_it(audited: SimpleNamespace, capsys) -> None:
    audited.head.write_text("six")
    assert audited.run("verify") == 1
    assert "holds no head of the audit log" in capsys.readouterr().err
    assert audited.head.read_text() == "six"


def test_another_key_finds_the_log_unsound(audited: SimpleNamespace, capsys) -> None:
    audited.monkeypatch.setenv("GUIDE_SECRET_KEY", "y" * 40)
    assert audited.run("verify") == 1
    assert "NOT sound at entry 1" in capsys.readouterr().out


def test_a_checkpoint_ends_what_is_older_than_two_years_and_a_second_run_changes_nothing(
    audited: SimpleNamespace, capsys
) -> None:
    later = NOW + timedelta(days=735)
    audited.monkeypatch.setattr(clock, "now", lambda: later)
    write(audited.engine, 2, later)
    for gone in (6, 0):
        assert audited.run("checkpoint") == 0
        assert f"{gone} entries older than two years" in capsys.readouterr().out
    assert audited.run("verify") == 0
    assert "sound: 2 entries. The head now: 8" in capsys.readouterr().out


def test_a_clock_that_jumped_or_a_log_that_is_not_sound_deletes_nothing(
    audited: SimpleNamespace, capsys
) -> None:
    audited.monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=800))
    assert audited.run("checkpoint") == 1
    told = capsys.readouterr().err
    assert "guide purge --clock-is-right" in told
    assert "Nothing was deleted" in told
    tamper(audited.engine, "UPDATE audit_entry SET verb = 'nothing' WHERE seq = 2")
    assert audited.run("checkpoint") == 1
    assert "Nothing was deleted" in capsys.readouterr().out
    with audited.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM audit_entry")).scalar() == 6


def test_the_export_is_one_line_of_json_an_entry_and_overwrites_nothing(
    audited: SimpleNamespace, tmp_path: Path, capsys
) -> None:
    file = tmp_path / "log.jsonl"
    assert audited.run("export", file) == 0
    lines = file.read_text().splitlines()
    assert [json.loads(line)["seq"] for line in lines] == [1, 2, 3, 4, 5, 6]
    assert audited.run("export", file) == 1
    assert file.read_text().splitlines() == lines


def readiness(audited: SimpleNamespace) -> dict[str, str]:
    with Session(audited.engine) as session:
        return {
            name: moment.isoformat()
            for name in (facts.LAST_VERIFY, facts.LAST_UNSOUND)
            if (moment := facts.noted(session, name)) is not None
        }


def test_readiness_is_told_when_it_was_sound_and_since_when_it_is_not(
    audited: SimpleNamespace, capsys
) -> None:
    assert audited.run("verify") == 0
    assert set(readiness(audited)) == {facts.LAST_VERIFY}
    tamper(audited.engine, "DELETE FROM audit_entry WHERE seq > 4")
    later = NOW + timedelta(days=1)
    for day in (1, 2):
        audited.monkeypatch.setattr(clock, "now", lambda day=day: NOW + timedelta(days=day))
        assert audited.run("verify" if day == 1 else "checkpoint") == 1
        assert readiness(audited)[facts.LAST_UNSOUND] == later.astimezone(UTC).isoformat()
    audited.head.unlink()
    assert audited.run("verify") == 0
    assert set(readiness(audited)) == {facts.LAST_VERIFY}
