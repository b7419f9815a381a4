"""`guide referrals tick`, `guide purge`, `guide keys`: twice the same, and careful with the clock."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy.orm import Session

from guide import clock, erasures
from guide.database import open_database, writing
from guide.keys import KeyFile
from guide.model import Account, Mail, Organization, ReferralState, Service, SiteFact, Urgency
from guide.model.referrals import Referral
from guide.referrals import sealing, sending
from guide.referrals.content import SealedSection
from tests.commands import commands
from tests.people import make_account
from tests.referrals.conftest import CONTENT, SECRET, consent
from tests.running import MONDAY_MORNING


@pytest.fixture
def office(loaded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """An instance with one referral to CABA Jette, and a clock that a test sets."""
    instance = tmp_path / "instance"
    shutil.copytree(loaded, instance)
    engine = open_database(f"sqlite:///{instance / 'guide.sqlite3'}")
    keys = KeyFile(instance / "referral_keys")
    keys.make()
    info = {"secret_key": SECRET, "keys": keys, "ledger": instance / "erasures"}

    def turn(days: float) -> None:
        monkeypatch.setattr(clock, "now", lambda: MONDAY_MORNING + timedelta(days=days))

    def send() -> int:
        with Session(writing(engine), info=dict(info)) as session:
            service = session.query(Service).filter(Service.key == "caba-jette").one()
            service.accepts_relay, service.relay_email = True, "relais@maison.example"
            worker = session.query(Account).first() or make_account(session, "social_worker", "caba-jette")
            made = sending.send(
                session,
                sending.NewReferral(service, worker, CONTENT, "faim", Urgency.NORMAL),
                consent(MONDAY_MORNING),
                MONDAY_MORNING,
            )
            session.commit()
            return made.id

    turn(0)
    send()
    with commands(instance, monkeypatch, GUIDE_SITE_URL="https://guide.example.be") as (run, _):
        monkeypatch.setenv("GUIDE_SECRET_KEY", SECRET)
        yield SimpleNamespace(
            run=run, engine=engine, keys=keys, turn=turn, send=send, info=info, instance=instance
        )
    engine.dispose()


def referrals(office: SimpleNamespace) -> int:
    with Session(office.engine) as session:
        return session.query(Referral).count()


def test_a_tick_writes_what_is_due_and_a_second_one_nothing(office, capsys) -> None:
    office.turn(7)
    assert office.run("referrals", "tick") == 0
    assert "1 reminder(s) written" in capsys.readouterr().out
    assert office.run("referrals", "tick") == 0
    assert "0 reminder(s) written" in capsys.readouterr().out
    with Session(office.engine) as session:
        assert session.query(Mail).count() == 2


def test_a_tick_needs_the_public_address_and_says_so(office, monkeypatch, capsys) -> None:
    monkeypatch.delenv("GUIDE_SITE_URL")
    assert office.run("referrals", "tick") == 1
    assert "GUIDE_SITE_URL" in capsys.readouterr().err


def test_a_purge_erases_what_is_due_and_notes_when_it_ran(office, capsys) -> None:
    assert office.run("purge") == 0
    assert "0 referral(s) erased" in capsys.readouterr().out
    office.turn(181)
    assert office.run("purge", "--clock-is-right", "--dry-run") == 0
    assert "1 referral(s) would be erased" in capsys.readouterr().out
    assert referrals(office) == 1
    assert not (office.instance / "erasures").exists()
    assert office.run("purge", "--clock-is-right") == 0
    assert referrals(office) == 0
    assert len(erasures.read(office.instance / "erasures").uids) == 1
    with Session(office.engine) as session:
        assert session.get_one(SiteFact, "last_purge").value.startswith("2027-05-2")


def test_a_purge_refuses_a_clock_that_jumped(office, capsys) -> None:
    assert office.run("purge") == 0
    office.turn(400)
    assert office.run("purge") == 1
    assert "Nothing was erased" in capsys.readouterr().err
    assert referrals(office) == 1
    assert office.run("purge", "--clock-is-right") == 0
    assert referrals(office) == 0


def test_a_tick_refuses_a_clock_that_jumped_and_ends_nothing(office, capsys) -> None:
    assert office.run("purge") == 0
    office.turn(400)
    assert office.run("referrals", "tick") == 1
    assert "Nothing was done" in capsys.readouterr().err
    assert referrals(office) == 1
    with Session(office.engine) as session:
        assert session.query(Referral).one().state is ReferralState.SENT


@pytest.mark.control("C4")
def test_a_start_erases_again_what_the_ledger_names(office) -> None:
    with Session(office.engine) as session:
        uid = session.query(Referral).one().uid
    (office.instance / "erasures").write_text(f"{uid}\n")
    assert office.run("prepare") == 0
    assert referrals(office) == 0


@pytest.mark.control("C3")
def test_keys_are_rotated_and_everything_stays_readable(office, capsys) -> None:
    old = office.keys.current()
    assert office.run("keys", "rotate") == 0
    assert "1 referral key(s) wrapped anew" in capsys.readouterr().out
    assert office.keys.current() != old
    assert office.run("keys", "list") == 0
    told = capsys.readouterr().out
    assert f"{old}: 0 referral(s)" in told
    assert f"{office.keys.current()}: 1 referral(s)  (current)" in told
    with Session(office.engine, info=dict(office.info)) as session:
        assert sealing.unseal(session, session.query(Referral).one(), SealedSection.PERSON).name == "Zoulou"


@pytest.mark.control("C3")
def test_a_rotation_that_was_interrupted_is_finished_with_the_key_it_had_made(office) -> None:
    made = office.keys.add()
    assert office.run("keys", "rotate") == 0
    assert office.keys.current() == made
    assert len(office.keys.kids()) == 2


def test_without_its_file_of_keys_nothing_starts_and_the_file_is_named(office, capsys) -> None:
    office.keys.path.write_text("damaged\n")
    assert office.run("prepare") == 1
    told = capsys.readouterr().err
    assert "GUIDE_KEYS" in told
    assert "Put back the copy" in told


def test_the_file_of_keys_may_lie_elsewhere(office, monkeypatch, tmp_path: Path) -> None:
    file = tmp_path / "elsewhere" / "keys"
    monkeypatch.setenv("GUIDE_KEYS", str(file))
    assert office.run("prepare") == 1
    file.parent.mkdir()
    assert office.run("prepare") == 0
    assert KeyFile(file).kids()
    with Session(office.engine) as session:
        assert session.query(Organization).count() > 0
