"""The audit log: whatever is done to it afterwards is found, and nobody can do it by the database alone."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from guide import audit
from guide.audit import AuditVerb
from guide.clock_guard import ClockJumpedError
from guide.database import writing
from guide.model import AuditCheckpoint, AuditEntry
from tests import databases, postgresql

COPIED = (
    "INSERT INTO audit_entry SELECT 7, at, actor, verb, object, detail, hash, hash "
    "FROM audit_entry WHERE seq = 6"
)
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture(params=databases.BOTH)
def engine(request, tmp_path: Path) -> Iterator[Engine]:
    with databases.migrated_database_of(request.param, tmp_path) as engine:
        yield engine


def write(engine: Engine, count: int = 6, now: datetime = NOW) -> None:
    with Session(writing(engine)) as session:
        session.info["secret_key"] = "x" * 40
        for number in range(count):
            audit.record(
                session, "account:7", AuditVerb.LISTING_CHANGED, f"service:s{number}", "summary.fr", now=now
            )
        session.commit()


def verdict(engine: Engine, known=None, key: str = "x" * 40) -> audit.Verdict:
    with Session(engine) as session:
        session.info["secret_key"] = key
        return audit.verify(session, known)


def unguarded(engine: Engine, *statements: str) -> None:
    """What somebody with the whole database in his hands could do: the triggers are gone, then it is changed."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER audit_entry_update"))
            connection.execute(text("DROP TRIGGER audit_entry_delete"))
        else:
            connection.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER USER"))
        for statement in statements:
            connection.execute(text(statement))


def test_a_log_that_nobody_touched_is_sound(engine: Engine) -> None:
    assert verdict(engine).sound
    write(engine)
    found = verdict(engine)
    assert (found.sound, found.entries, found.seq) == (True, 6, 6)


@pytest.mark.control("C9")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET verb = 'nothing' WHERE seq = 3",
        "DELETE FROM audit_entry WHERE seq = 3",
        "DELETE FROM audit_entry",
    ],
)
def test_the_database_itself_refuses_to_change_an_entry(engine: Engine, statement: str) -> None:
    write(engine)
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text(statement))
    assert verdict(engine).sound


@pytest.mark.postgresql
@postgresql.needed
def test_postgresql_refuses_to_empty_the_log() -> None:
    with postgresql.own_address(postgresql.migrated()) as address, postgresql.opened(address) as engine:
        write(engine)
        with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
            connection.execute(text("TRUNCATE audit_entry"))


@pytest.mark.control("C9")
@pytest.mark.parametrize(
    ("statements", "seq"),
    [
        (["UPDATE audit_entry SET actor = 'account:8' WHERE seq = 3"], 3),
        (["UPDATE audit_entry SET at = '2020-01-01T00:00:00+00:00' WHERE seq = 1"], 1),
        (["DELETE FROM audit_entry WHERE seq = 3"], 3),
        (["DELETE FROM audit_entry WHERE seq = 1"], 1),
        (["DELETE FROM audit_entry WHERE seq = 3", "UPDATE audit_entry SET seq = seq - 1 WHERE seq > 3"], 3),
        (
            [
                "UPDATE audit_entry SET seq = 99 WHERE seq = 2",
                "UPDATE audit_entry SET seq = 2 WHERE seq = 3",
                "UPDATE audit_entry SET seq = 3 WHERE seq = 99",
            ],
            2,
        ),
        (
            [COPIED],
            7,
        ),
    ],
)
def test_whatever_was_changed_is_found(engine: Engine, statements: list[str], seq: int) -> None:
    write(engine)
    unguarded(engine, *statements)
    found = verdict(engine)
    assert not found.sound
    assert found.wrong_seq == seq


@pytest.mark.control("C9")
def test_an_end_that_was_cut_off_is_found_by_a_head_noted_before(engine: Engine) -> None:
    write(engine)
    head = verdict(engine)
    unguarded(engine, "DELETE FROM audit_entry WHERE seq > 4")
    assert verdict(engine).sound, "the chain alone cannot tell"
    found = verdict(engine, (head.seq, head.hash))
    assert (found.sound, found.wrong_seq) == (False, 5)


@pytest.mark.control("C9")
def test_another_key_makes_no_sound_log(engine: Engine) -> None:
    write(engine)
    assert not verdict(engine, key="y" * 40).sound


def test_without_the_key_nothing_is_written(engine: Engine) -> None:
    with Session(writing(engine)) as session, pytest.raises(audit.AuditKeyMissingError):
        audit.record(session, "visitor", AuditVerb.ERROR_REPORTED, "service:s", now=NOW)


@pytest.mark.control("C9")
def test_what_is_undone_leaves_no_trace_and_no_gap(engine: Engine) -> None:
    write(engine, 1)
    with Session(writing(engine)) as session:
        session.info["secret_key"] = "x" * 40
        audit.record(session, "account:7", AuditVerb.LISTING_CHANGED, "service:s", now=NOW)
        session.rollback()
    write(engine, 1)
    assert verdict(engine).seq == 2


@pytest.mark.control("C9")
def test_twenty_who_write_at_once_make_one_chain(engine: Engine) -> None:
    def act() -> None:
        for _ in range(3):
            write(engine, 1)

    threads = [threading.Thread(target=act) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = verdict(engine)
    assert (found.sound, found.seq) == (True, 60)


def test_entries_of_more_than_two_years_end_in_a_signed_checkpoint(engine: Engine) -> None:
    write(engine, 4, NOW - timedelta(days=800))
    write(engine, 3)
    with Session(writing(engine)) as session:
        session.info["secret_key"] = "x" * 40
        assert audit.checkpoint(session, NOW) == 4
        assert audit.checkpoint(session, NOW) == 0
        session.commit()
        assert [entry.seq for entry in session.query(AuditEntry).order_by(AuditEntry.seq)] == [5, 6, 7]
    assert verdict(engine).sound
    with engine.begin() as connection:
        connection.execute(text("UPDATE audit_checkpoint SET seq = 5"))
    found = verdict(engine)
    assert not found.sound
    assert "signature" in (found.problem or "")
    with Session(engine) as session:
        assert session.query(AuditCheckpoint).count() == 1


def test_a_log_that_is_not_sound_is_not_shortened(engine: Engine) -> None:
    write(engine, 4, NOW - timedelta(days=800))
    write(engine, 1)
    unguarded(engine, "UPDATE audit_entry SET actor = 'account:8' WHERE seq = 2")
    with Session(writing(engine)) as session:
        session.info["secret_key"] = "x" * 40
        assert audit.checkpoint(session, NOW) == 0


def checkpointed(engine: Engine, now: datetime) -> int:
    with Session(writing(engine)) as session:
        session.info["secret_key"] = "x" * 40
        gone = audit.checkpoint(session, now)
        session.commit()
        return gone


@pytest.mark.usefixtures("days_pass")
def test_the_log_goes_on_where_its_checkpoint_ended(engine: Engine) -> None:
    write(engine, 4, NOW - timedelta(days=800))
    write(engine, 1, NOW)
    head = verdict(engine)
    assert checkpointed(engine, NOW) == 4
    write(engine, 1, NOW)
    found = verdict(engine, (head.seq, head.hash))
    assert (found.sound, found.seq, found.entries) == (True, 6, 2)
    # And again, two years on: an old checkpoint makes room for a new one.
    later = NOW + timedelta(days=740)
    write(engine, 1, later)
    assert checkpointed(engine, later) == 2
    assert verdict(engine).sound
    with Session(engine) as session:
        assert [made.seq for made in session.query(AuditCheckpoint)] == [6]


def test_the_newest_entry_stays_however_old_it_is(engine: Engine) -> None:
    write(engine, 3, NOW - timedelta(days=731))
    # Nothing but old entries: nobody has worked here for two years, or the clock is wrong.
    with pytest.raises(ClockJumpedError):
        checkpointed(engine, NOW)
    assert verdict(engine).entries == 3


@pytest.mark.control("C28")
def test_a_clock_that_jumped_ahead_deletes_nothing(engine: Engine) -> None:
    write(engine, 4, NOW - timedelta(days=400))
    write(engine, 1, NOW)
    with pytest.raises(ClockJumpedError) as stopped:
        checkpointed(engine, NOW + timedelta(days=400))
    assert stopped.value.last == NOW
    assert verdict(engine).entries == 5


def test_an_entry_that_a_wrong_clock_dated_too_early_takes_no_younger_ones_with_it(engine: Engine) -> None:
    write(engine, 2, NOW - timedelta(days=800))
    write(engine, 2, NOW)
    write(engine, 1, NOW - timedelta(days=3000))
    write(engine, 1, NOW)
    assert checkpointed(engine, NOW) == 2
    assert verdict(engine).seq == 6


@pytest.mark.parametrize("seq", [-1, 0, 2])
def test_an_entry_slipped_in_before_the_beginning_is_found(engine: Engine, seq: int) -> None:
    write(engine, 4, NOW - timedelta(days=800))
    write(engine, 1, NOW)
    checkpointed(engine, NOW)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO audit_entry SELECT :seq, at, actor, verb, object, detail, previous, hash "
                "FROM audit_entry WHERE seq = 5"
            ),
            {"seq": seq},
        )
    found = verdict(engine)
    assert (found.sound, found.wrong_seq) == (False, seq)


def test_a_beginning_that_was_moved_without_the_key_is_found(engine: Engine) -> None:
    write(engine)
    with engine.begin() as connection:
        # The trigger lets go what a checkpoint covers; the forged checkpoint bears no signature of ours.
        connection.execute(
            text("INSERT INTO audit_checkpoint SELECT seq, at, hash, hash FROM audit_entry WHERE seq = 4")
        )
        connection.execute(text("DELETE FROM audit_entry WHERE seq <= 4"))
    found = verdict(engine)
    assert (found.sound, found.wrong_seq) == (False, 4)


def test_a_log_that_was_begun_anew_is_found_by_its_noted_head(engine: Engine) -> None:
    write(engine)
    head = verdict(engine)
    unguarded(engine, "DELETE FROM audit_entry")
    write(engine, 9, NOW + timedelta(seconds=1))
    assert verdict(engine).sound, "whoever has the key can write a sound log"
    found = verdict(engine, (head.seq, head.hash))
    assert (found.sound, found.wrong_seq) == (False, 6)


def test_every_entry_is_a_line_of_the_export_and_holds_no_content(engine: Engine) -> None:
    write(engine)
    with Session(engine) as session:
        lines = [json.loads(line) for line in audit.lines(session)]
    assert [line["seq"] for line in lines] == [1, 2, 3, 4, 5, 6]
    assert set(lines[0]) == {"seq", "at", "actor", "verb", "object", "detail", "previous", "hash"}
    assert lines[1]["previous"] == lines[0]["hash"]


def test_the_latest_come_first_of_all_or_of_one_thing(engine: Engine) -> None:
    write(engine)
    write(engine)
    with Session(engine) as session:
        assert [entry.seq for entry in audit.latest(session, limit=3)] == [12, 11, 10]
        assert [entry.seq for entry in audit.latest(session, "service:s2")] == [9, 3]
