"""Forgetting on time: every column declared, every deadline held, the ledger replayed, killed at any moment."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
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
from tests.referrals.conftest import CONTENT, NOW, House, consent
from tests.rounds import rounds

IN_A_FILE = pytest.mark.parametrize("house", ["sqlite"], indirect=True)
"""What is looked for in the file of the database, or read from a copy of it."""


def on(day: float) -> datetime:
    """So many days of 24 hours later: the change of the hour in between must not matter."""
    return NOW.astimezone(UTC) + timedelta(days=day)


def purge(house: House, now: datetime, sure: bool = True) -> Purged:
    done = purging.purge(house.session, now, clock_is_right=sure)
    house.session.commit()
    assert purging.purge(house.session, now).erased == 0
    house.session.commit()
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


def ended(house: House, how: str) -> Referral:
    """A referral that came to this end ten days after it was sent."""
    if how == "draft":
        made = sending.keep_draft(
            house.session, sending.NewReferral(house.bound, house.worker, CONTENT, "faim", "normal"), NOW
        )
    else:
        made = house.send(consent=consent(expires=NOW.date() + timedelta(days=90)))
    if how == "declined":
        answering.decline(house.session, made, "visit", "full", "Désolé", on(10))
    if how in ("accepted", "closed"):
        reading.open_person(house.session, made, "visit", on(9))
        answering.accept(house.session, made, "visit", "Lundi", None, on(9))
    if how == "closed":
        sending.close(house.session, made, Party.SENDER, "account:1", "met", on(10))
    house.session.commit()
    return made


@pytest.mark.control("C8")
@pytest.mark.parametrize(
    ("how", "days"), [("draft", 7), ("declined", 40), ("closed", 40), ("accepted", 180), ("sent", 180)]
)
def test_each_goes_on_its_day_and_not_before(house: House, how: str, days: int) -> None:
    made = ended(house, how)
    uid = made.uid
    purging.purge(house.session, on(days) - timedelta(seconds=1), clock_is_right=True)
    house.session.commit()
    assert house.count(Referral) == 1
    assert purge(house, on(days)) == Purged(1, int(how == "draft"))
    assert house.count(Referral) == house.count(ReferralKey) == 0
    assert house.ledger() == [uid]
    assert house.count(ReferralTrace) == int(how != "draft")


def test_a_purge_that_comes_before_the_tick_gives_it_its_end_and_tells_the_sender(house: House) -> None:
    ended(house, "accepted")
    purge(house, on(180))
    trace = house.session.query(ReferralTrace).one()
    assert trace.outcome is Outcome.UNKNOWN
    assert [step.state for step in trace.steps][-1] is ReferralState.CLOSED
    assert [mail["what"] for mail in house.mails("referral_news")] == ["lapsed"]


@pytest.mark.control("C8")
def test_nothing_lives_longer_than_180_days_whatever_happens_to_it(house: House) -> None:
    made = ended(house, "accepted")
    sending.close(house.session, made, Party.SENDER, "account:1", "met", on(175))
    house.session.commit()
    assert erasing.erased_from(made) == on(180)


@pytest.mark.control("C8")
@pytest.mark.parametrize(
    ("how", "days"), [("declined", 40), ("closed", 40), ("accepted", 180), ("sent", 180)]
)
def test_from_its_day_on_nobody_reads_it_though_no_purge_has_run(house: House, how: str, days: int) -> None:
    made = ended(house, how)
    for moment, is_read in ((on(days) - timedelta(seconds=1), True), (on(days), False)):
        for reader in (house.worker, house.receiver):
            assert (finding.find(house.session, reader, made.reference, moment) is not None) is is_read
        assert bool(finding.sent_by(house.session, house.worker, moment)) is is_read
        assert bool(finding.received_by(house.session, house.receiver, moment)) is is_read


def test_a_mail_that_waits_goes_with_its_referral(house: House) -> None:
    ended(house, "draft")
    house.send(copy_by_mail=True)
    assert {mail["kind"] for mail in house.mails()} == {"referral_received", "referral_person"}
    purge(house, on(180))
    assert house.count(Mail) == 0


@pytest.mark.control("C28")
def test_a_clock_that_jumped_erases_nothing_until_somebody_has_looked(house: House) -> None:
    house.send()
    assert purging.purge(house.session, NOW).erased == 0
    house.session.commit()
    for moment in (on(400), on(-400), on(7.01)):
        with pytest.raises(ClockJumpedError):
            purging.purge(house.session, moment)
        house.session.rollback()
        assert house.count(Referral) == 1
    assert purging.purge(house.session, on(7)).erased == 0
    house.session.commit()
    assert purge(house, on(400)).erased == 1


@pytest.mark.control("C4")
@IN_A_FILE
def test_the_bytes_of_an_erased_key_are_in_no_file(house: House) -> None:
    referral = house.send()
    wrapped = house.session.get_one(ReferralKey, referral.id).wrapped
    house.session.rollback()
    assert any(wrapped in file.read_bytes() for file in house.folder.iterdir())
    sending.withdraw(house.session, referral, Party.SENDER, "account:1", NOW)
    house.session.commit()
    house.session.close()
    erasing.shred(house.engine)
    assert not any(wrapped in file.read_bytes() for file in house.folder.iterdir())


@pytest.mark.control("C4")
@IN_A_FILE
def test_an_older_copy_is_unreadable_once_the_ledger_is_replayed(house: House, tmp_path: Path) -> None:
    gone, stays = house.send(), house.send()
    uids = [gone.uid, stays.uid]
    house.session.commit()
    copy = tmp_path / "older.sqlite3"
    with sqlite3.connect(house.folder / "guide.sqlite3") as now, sqlite3.connect(copy) as older:
        now.backup(older)
    now.close()
    older.close()
    sending.withdraw(house.session, gone, Party.PERSON, "person", NOW)
    house.session.commit()
    engine = open_database(f"sqlite:///{copy}")
    with Session(writing(engine)) as session:
        session.info.update(house.session.info)
        assert sealing.unseal(session, session.get_one(Referral, 1), SealedSection.PERSON).name == "Zoulou"
        assert erasing.replay(session, house.ledger()) == 1
        session.commit()
        assert [row.uid for row in session.query(Referral)] == uids[1:]
        assert session.query(ReferralKey).count() == 1
        assert erasing.replay(session, house.ledger()) == 0
    engine.dispose()


def test_with_another_master_key_nothing_is_readable(house: House) -> None:
    referral = house.send()
    house.keys.path.unlink()
    house.keys.make()
    with pytest.raises(UnsealError):
        sealing.unseal(house.session, referral, SealedSection.NEED)


def test_a_ledger_cut_off_by_a_crash_loses_only_its_last_line(tmp_path: Path) -> None:
    file = tmp_path / "erasures"
    file.write_text("a" * 32 + "\n" + "b" * 20)
    session = Session(info={"ledger": file})
    erasing.note_in_ledger(session, ["c" * 32, "a" * 32])
    assert list(erasures.read(file).uids) == ["a" * 32, "c" * 32]


def test_a_purge_notes_what_the_file_of_the_ledger_lacks(house: House) -> None:
    house.session.add(ErasedReferral(uid="d" * 32, week=NOW.date()))
    purge(house, NOW)
    assert house.ledger() == ["d" * 32]


def test_each_erasure_stands_in_the_audit_log_without_content(house: House) -> None:
    made = ended(house, "declined")
    uid = made.uid
    purge(house, on(40))
    entry = house.session.query(AuditEntry).order_by(AuditEntry.seq.desc()).first()
    assert (entry.actor, entry.verb, entry.object, entry.detail) == (
        "command",
        "referral_erased",
        f"referral:{uid}",
        "",
    )


@pytest.mark.control("C4")
@pytest.mark.parametrize("after", [60 + 53 * turn for turn in range(rounds(here=8, ci=40))])
def test_killed_at_any_moment_each_is_readable_or_erased(house: House, after: int) -> None:
    """A process sends, answers, withdraws, purges and rotates keys until it is killed after so many statements."""
    ids = (house.bound.id, house.worker.id)
    house.session.rollback()
    url = house.engine.url.render_as_string(hide_password=False)
    killed_after(after, "tests.referrals.mill", url, str(house.folder), *map(str, ids))
    databases.wait_until_idle(house.engine)
    assert house.count(Referral) + house.count(ErasedReferral) > 0
    for referral in house.session.query(Referral).all():
        assert sealing.unseal(house.session, referral, SealedSection.PERSON).name == "Zoulou"
        assert (referral.state is ReferralState.DRAFT) == (referral.trace is None)
    erasing.replay(house.session, house.ledger())
    left = {row.uid for row in house.session.query(Referral)}
    assert not left & set(house.ledger())
