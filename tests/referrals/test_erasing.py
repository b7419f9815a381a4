"""Forgetting on time: every column declared, every deadline held, the ledger replayed, killed at any moment."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from guide import erasures
from guide.clock_guard import ClockJumpedError
from guide.crypto import UnsealError
from guide.database import open_database, writing
from guide.model import AuditEntry, Base, Mail, Outcome, ReferralState
from guide.model.referrals import ErasedReferral, Referral, ReferralKey, ReferralTrace
from guide.referrals import answering, erasing, finding, purging, reading, sealing, sending
from guide.referrals.content import SealedSection
from guide.referrals.erasing import ERASE, KEEP, RETENTION
from guide.referrals.life import Party
from guide.referrals.purging import Purged
from tests import databases
from tests.killing import killed_after
from tests.referrals import mill
from tests.referrals.conftest import CONTENT, NOW, Scenario, consent
from tests.rounds import rounds

IN_A_FILE = pytest.mark.parametrize("scenario", ["sqlite"], indirect=True)
"""What is looked for in the file of the database, or read from a copy of it."""


def on(day: float) -> datetime:
    """So many days of 24 hours later: the change of the hour in between must not matter."""
    return NOW.astimezone(UTC) + timedelta(days=day)


def purge(scenario: Scenario, now: datetime, sure: bool = True) -> Purged:
    done = purging.purge(scenario.session, now, clock_is_right=sure)
    scenario.session.commit()
    assert purging.purge(scenario.session, now).erased == 0
    scenario.session.commit()
    return done


@pytest.mark.control("C8")
def test_every_column_of_a_referral_is_declared_keep_or_erase() -> None:
    tables = {name: table for name, table in Base.metadata.tables.items() if "referral" in name}
    assert {name: set(table.columns.keys()) for name, table in tables.items()} == {
        name: set(columns) for name, columns in RETENTION.items()
    }
    assert {word for columns in RETENTION.values() for word in columns.values()} == {KEEP, ERASE}


def test_what_is_kept_tells_of_nobody() -> None:
    kept = {
        (table, name)
        for table, columns in RETENTION.items()
        for name, word in columns.items()
        if word == KEEP
    }
    assert kept == {
        *(("referral_trace", name) for name in ("id", "service_id", "theme", "reason", "outcome")),
        *(("referral_step", name) for name in ("id", "trace_id", "state", "week")),
        *(("paper_referral_count", name) for name in ("id", "service_id", "month", "count")),
        *(("erased_referral", name) for name in ("uid", "week")),
    }


def ended(scenario: Scenario, how: str) -> Referral:
    """A referral that came to this end ten days after it was sent."""
    if how == "draft":
        made = sending.keep_draft(
            scenario.session,
            sending.NewReferral(scenario.bound, scenario.worker, CONTENT, "faim", "normal"),
            NOW,
        )
    else:
        made = scenario.send(consent=consent(expires=NOW.date() + timedelta(days=90)))
    if how == "declined":
        answering.decline(scenario.session, made, "visit", "full", "Désolé", on(10))
    if how in ("accepted", "closed"):
        reading.open_person(scenario.session, made, "visit", on(9))
        answering.accept(scenario.session, made, "visit", "Lundi", None, on(9))
    if how == "closed":
        sending.close(scenario.session, made, Party.SENDER, "account:1", "met", on(10))
    scenario.session.commit()
    return made


@pytest.mark.control("C8")
@pytest.mark.parametrize(
    ("how", "days"), [("draft", 7), ("declined", 40), ("closed", 40), ("accepted", 180), ("sent", 180)]
)
def test_each_goes_on_its_day_and_not_before(scenario: Scenario, how: str, days: int) -> None:
    made = ended(scenario, how)
    uid = made.uid
    purging.purge(scenario.session, on(days) - timedelta(seconds=1), clock_is_right=True)
    scenario.session.commit()
    assert scenario.count(Referral) == 1
    assert purge(scenario, on(days)) == Purged(1, int(how == "draft"))
    assert scenario.count(Referral) == scenario.count(ReferralKey) == 0
    assert scenario.ledger() == [uid]
    assert scenario.count(ReferralTrace) == int(how != "draft")


def test_a_purge_that_comes_before_the_tick_gives_it_its_end_and_tells_the_sender(scenario: Scenario) -> None:
    ended(scenario, "accepted")
    purge(scenario, on(180))
    trace = scenario.session.query(ReferralTrace).one()
    assert trace.outcome is Outcome.UNKNOWN
    assert [step.state for step in trace.steps][-1] is ReferralState.CLOSED
    assert [mail["what"] for mail in scenario.mails("referral_news")] == ["lapsed"]


@pytest.mark.control("C8")
def test_nothing_lives_longer_than_180_days_whatever_happens_to_it(scenario: Scenario) -> None:
    made = ended(scenario, "accepted")
    sending.close(scenario.session, made, Party.SENDER, "account:1", "met", on(175))
    scenario.session.commit()
    assert erasing.erased_from(made) == on(180)


@pytest.mark.control("C8")
@pytest.mark.parametrize(
    ("how", "days"), [("declined", 40), ("closed", 40), ("accepted", 180), ("sent", 180)]
)
def test_from_its_day_on_nobody_reads_it_though_no_purge_has_run(
    scenario: Scenario, how: str, days: int
) -> None:
    made = ended(scenario, how)
    for moment, is_read in ((on(days) - timedelta(seconds=1), True), (on(days), False)):
        for reader in (scenario.worker, scenario.receiver):
            assert (finding.find(scenario.session, reader, made.reference, moment) is not None) is is_read
        assert bool(finding.sent_by(scenario.session, scenario.worker, moment)) is is_read
        assert bool(finding.received_by(scenario.session, scenario.receiver, moment)) is is_read


def test_a_mail_that_waits_goes_with_its_referral(scenario: Scenario) -> None:
    ended(scenario, "draft")
    scenario.send(copy_by_mail=True)
    assert {mail["kind"] for mail in scenario.mails()} == {"referral_received", "referral_person"}
    purge(scenario, on(180))
    assert scenario.count(Mail) == 0


@pytest.mark.control("C28")
def test_a_clock_that_jumped_erases_nothing_until_somebody_has_looked(scenario: Scenario) -> None:
    scenario.send()
    assert purging.purge(scenario.session, NOW).erased == 0
    scenario.session.commit()
    for moment in (on(400), on(-400), on(7.01)):
        with pytest.raises(ClockJumpedError):
            purging.purge(scenario.session, moment)
        scenario.session.rollback()
        assert scenario.count(Referral) == 1
    assert purging.purge(scenario.session, on(7)).erased == 0
    scenario.session.commit()
    assert purge(scenario, on(400)).erased == 1


@pytest.mark.control("C4")
@IN_A_FILE
def test_the_bytes_of_an_erased_key_are_in_no_file(scenario: Scenario) -> None:
    referral = scenario.send()
    wrapped = scenario.session.get_one(ReferralKey, referral.id).wrapped
    scenario.session.rollback()
    assert any(wrapped in file.read_bytes() for file in scenario.folder.iterdir())
    sending.withdraw(scenario.session, referral, Party.SENDER, "account:1", NOW)
    scenario.session.commit()
    scenario.session.close()
    erasing.shred(scenario.engine)
    assert not any(wrapped in file.read_bytes() for file in scenario.folder.iterdir())


@pytest.mark.control("C4")
@IN_A_FILE
def test_an_older_copy_is_unreadable_once_the_ledger_is_replayed(scenario: Scenario, tmp_path: Path) -> None:
    gone, stays = scenario.send(), scenario.send()
    uids = [gone.uid, stays.uid]
    scenario.session.commit()
    copy = tmp_path / "older.sqlite3"
    with sqlite3.connect(scenario.folder / "guide.sqlite3") as now, sqlite3.connect(copy) as older:
        now.backup(older)
    now.close()
    older.close()
    sending.withdraw(scenario.session, gone, Party.PERSON, "person", NOW)
    scenario.session.commit()
    engine = open_database(f"sqlite:///{copy}")
    with Session(writing(engine)) as session:
        session.info.update(scenario.session.info)
        assert sealing.unseal(session, session.get_one(Referral, 1), SealedSection.PERSON).name == "Zoulou"
        assert erasing.replay(session, scenario.ledger()) == 1
        session.commit()
        assert [row.uid for row in session.query(Referral)] == uids[1:]
        assert session.query(ReferralKey).count() == 1
        assert erasing.replay(session, scenario.ledger()) == 0
    engine.dispose()


def test_with_another_master_key_nothing_is_readable(scenario: Scenario) -> None:
    referral = scenario.send()
    scenario.keys.path.unlink()
    scenario.keys.make()
    with pytest.raises(UnsealError):
        sealing.unseal(scenario.session, referral, SealedSection.NEED)


def test_a_ledger_cut_off_by_a_crash_loses_only_its_last_line(tmp_path: Path) -> None:
    file = tmp_path / "erasures"
    file.write_text("a" * 32 + "\n" + "b" * 20)
    session = Session(info={"ledger": file})
    erasing.note_in_ledger(session, ["c" * 32, "a" * 32])
    assert list(erasures.read(file).uids) == ["a" * 32, "c" * 32]


def test_a_purge_notes_what_the_file_of_the_ledger_lacks(scenario: Scenario) -> None:
    scenario.session.add(ErasedReferral(uid="d" * 32, week=NOW.date()))
    purge(scenario, NOW)
    assert scenario.ledger() == ["d" * 32]


def test_each_erasure_stands_in_the_audit_log_without_content(scenario: Scenario) -> None:
    made = ended(scenario, "declined")
    uid = made.uid
    purge(scenario, on(40))
    entry = scenario.session.query(AuditEntry).order_by(AuditEntry.seq.desc()).first()
    assert (entry.actor, entry.verb, entry.object, entry.detail) == (
        "command",
        "referral_erased",
        f"referral:{uid}",
        "",
    )


@pytest.mark.control("C4")
@pytest.mark.parametrize("after", [60 + 53 * turn for turn in range(rounds(here=8, ci=12))])
def test_killed_at_any_moment_each_is_readable_or_erased(scenario: Scenario, after: int) -> None:
    """A process sends, answers, withdraws, purges and rotates keys until it is killed after so many statements."""
    ids = (scenario.bound.id, scenario.worker.id)
    scenario.session.rollback()
    url = scenario.engine.url.render_as_string(hide_password=False)
    killed_after(after, "tests.referrals.mill", url, str(scenario.folder), *map(str, ids))
    databases.wait_until_idle(scenario.engine)
    assert scenario.count(Referral) + scenario.count(ErasedReferral) > 0
    require_whole(scenario)
    erasing.replay(scenario.session, scenario.ledger())
    left = {row.uid for row in scenario.session.query(Referral)}
    assert not left & set(scenario.ledger())


@pytest.mark.control("C4")
def test_between_any_two_transactions_each_is_readable_or_erased(scenario: Scenario) -> None:
    """What stands there is what a process leaves that is killed in the second of them."""
    ids = (scenario.bound.id, scenario.worker.id)
    scenario.session.rollback()
    working = open_database(scenario.engine.url.render_as_string(hide_password=False))
    event.listen(working, "begin", lambda connection: require_whole(scenario))
    mill.run(working, scenario.folder, *ids, range(5))
    working.dispose()
    require_whole(scenario)
    assert scenario.count(ErasedReferral) > 0


def require_whole(scenario: Scenario) -> None:
    """Every referral in the database can be read, and is counted once it is sent."""
    with Session(scenario.engine, info=scenario.session.info) as session:
        for referral in session.query(Referral).all():
            assert sealing.unseal(session, referral, SealedSection.PERSON).name == "Zoulou"
            assert (referral.state is ReferralState.DRAFT) == (referral.trace is None)
