"""A clock that jumped erases nothing: starts, ticks, purges and the rest, at +400 days, −2 hours, the right time."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from guide import audit, clock, facts, mail
from guide.accounts import links, passwords, sessions
from guide.audit import AuditVerb
from guide.database import open_database, writing
from guide.directory.search_log import Tally, Words
from guide.keys import KeyFile
from guide.model import (
    Account,
    Attempts,
    Base,
    ErrorReport,
    LinkPurpose,
    Mail,
    NamedList,
    Organization,
    Proposal,
    ProposalState,
    SearchedWord,
    Service,
    UnknownWord,
    Urgency,
)
from guide.model.referrals import Referral
from guide.operations.background import Timekeeper
from guide.referrals import sending
from tests.commands import Run, commands
from tests.pages import PageClient
from tests.people import PASSWORD, make_account
from tests.referrals.conftest import CONTENT, SECRET, consent
from tests.running import MONDAY_MORNING as NOW

AHEAD, BACK, RIGHT = timedelta(days=400), timedelta(hours=-2), timedelta()
DAYS = timedelta(days=1)
ENVIRONMENT = {"GUIDE_SITE_URL": "https://guide.example.be", "GUIDE_SECRET_KEY": SECRET}


@dataclass
class Office:
    """An instance in which people have begun all kinds of things at NOW; `turn` sets the clock."""

    run: Run
    engine: Engine
    instance: Path
    turn: Callable[[timedelta], None]
    session_token: str
    link_token: str

    def ids(self) -> dict[str, set[Any]]:
        """What is in each table, by its key."""
        with Session(self.engine) as session:
            return {
                table.name: {tuple(row) for row in session.execute(select(*table.primary_key.columns))}
                for table in Base.metadata.sorted_tables
            }

    def lost_since(self, before: dict[str, set[Any]]) -> dict[str, set[Any]]:
        """The rows that were there before and are no more, by table."""
        now = self.ids()
        return {name: rows - now[name] for name, rows in before.items() if rows - now[name]}

    def day(self, backups: Path) -> dict[str, int]:
        """Everything that runs at a start, every hour, every night; the exit code of each."""
        done = {
            " ".join(each): self.run(*each)
            for each in (
                ("prepare",),
                ("referrals", "tick"),
                ("purge",),
                ("remind",),
                ("mail", "send"),
                ("audit", "verify"),
                ("audit", "checkpoint"),
            )
        }
        done["backup"] = self.run("backup", backups)
        Timekeeper(self.engine).note()
        info = {"secret_key": SECRET}
        tally = Tally(lambda: Session(writing(self.engine), info=dict(info)))
        tally.search(Words(("colis",), ("zzz",)), "fr", True, clock.now())
        tally.flush(clock.now())
        return done


def fill(session: Session) -> tuple[str, str]:
    """One of each thing that time ends; (token of a session, token of a link)."""
    service = session.query(Service).filter(Service.key == "caba-jette").one()
    service.accepts_relay, service.relay_email = True, "relais@maison.example"
    worker = make_account(session, "social_worker", "caba-jette")
    editor = make_account(session, "editor", "caba-jette", last_seen=NOW.date())
    make_account(session, "administrator")
    make_account(session, "editor", "caba-jette", last_seen=(NOW - 700 * DAYS).date())
    sending.send(
        session, sending.NewReferral(service, worker, CONTENT, "faim", Urgency.NORMAL), consent(NOW), NOW
    )
    sending.keep_draft(session, sending.NewReferral(service, worker, CONTENT, "faim", "normal"), NOW)
    for state in (ProposalState.DRAFT, ProposalState.WAITING):
        session.add(
            Proposal(
                service_id=service.id if state is ProposalState.WAITING else None,
                organization_id=session.scalar(select(Organization.id).limit(1)),
                author_id=editor.id,
                state=state,
                record={"name": {"fr": "Un brouillon"}},
                created_at=NOW,
                changed_at=NOW,
            )
        )
    session.add(
        ErrorReport(service_id=service.id, part="phone", address="a@b.example", language="fr", created_at=NOW)
    )
    session.add(
        ErrorReport(
            service_id=service.id, part="text", language="fr", created_at=NOW - 300 * DAYS,
            closed_at=NOW - 300 * DAYS, mended=True,
        )
    )  # fmt: skip
    session.add(NamedList(account_id=editor.id, title="Ma liste", changed_at=NOW))
    session.add(SearchedWord(day=NOW.date() - 500 * DAYS, language="fr", word="colis", count=3))
    session.add(UnknownWord(digest="f" * 64, days=[NOW.date().isoformat()]))
    session.add(Attempts(key="k", since=NOW, count=4))
    mail.post(session, mail.NewMail("account_idle", editor, {"until": "2026-12-23"}), NOW)
    session.add(
        Mail(
            message_id="given-up", kind="account_idle", language="fr", account_id=editor.id,
            content={"until": "2026-12-23"}, created_at=NOW, next_try_at=NOW, given_up_at=NOW,
        )
    )  # fmt: skip
    links.issue(session, editor, LinkPurpose.SIGN_IN, NOW - 20 * DAYS)
    token = links.issue(session, editor, LinkPurpose.RESET, NOW)
    audit.record(session, f"account:{editor.id}", AuditVerb.LISTING_CHANGED, "service:caba-jette", now=NOW)
    return sessions.begin(session, editor, "Firefox", NOW, False), token


@pytest.fixture(scope="module", params=["new", "former"])
def begun(
    loaded: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[tuple[Path, str, str]]:
    """An instance in which people have begun all kinds of things, to be copied; token of a session, of a link.

    `new`: started once at the right time; `former`: of the version before, which noted no moment.
    """
    instance = tmp_path_factory.mktemp("office") / "instance"
    shutil.copytree(loaded, instance)
    keys = KeyFile(instance / "referral_keys")
    keys.make()
    engine = open_database(f"sqlite:///{instance / 'guide.sqlite3'}")
    info = {"secret_key": SECRET, "keys": keys, "ledger": instance / "erasures"}
    with pytest.MonkeyPatch.context() as patch, commands(instance, patch, **ENVIRONMENT) as (run, _):
        patch.setattr(clock, "now", lambda: NOW)
        if request.param == "new":
            assert run("prepare") == 0
        with Session(writing(engine), info=info) as session:
            tokens = fill(session)
            session.commit()
            assert (facts.noted(session, facts.CLOCK) is None) is (request.param == "former")
    engine.dispose()
    yield instance, *tokens
    shutil.rmtree(instance)


@pytest.fixture
def office(begun: tuple[Path, str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """A copy of what people have begun, at NOW."""
    made, *tokens = begun
    instance = tmp_path / "instance"
    shutil.copytree(made, instance)
    engine = open_database(f"sqlite:///{instance / 'guide.sqlite3'}")

    def turn(ahead: timedelta) -> None:
        monkeypatch.setattr(clock, "now", lambda: NOW + ahead)

    turn(RIGHT)
    with commands(instance, monkeypatch, **ENVIRONMENT) as (run, _):
        yield Office(run, engine, instance, turn, *tokens)
    engine.dispose()


@pytest.mark.control("C28")
@pytest.mark.parametrize(
    "way",
    [
        (AHEAD, BACK, RIGHT),
        (BACK, AHEAD, RIGHT),
        (RIGHT, AHEAD, BACK),
        (-AHEAD, RIGHT, AHEAD),
        (AHEAD, AHEAD + 3 * DAYS, AHEAD + 9 * DAYS, RIGHT),
    ],
    ids=lambda way: " ".join(f"{each.total_seconds() / 86400:+.1f}" for each in way),
)
def test_whatever_the_clock_says_all_is_still_there(
    office: Office, tmp_path: Path, way: tuple[timedelta, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    before = office.ids()
    for ahead in way:
        office.turn(ahead)
        done = office.day(tmp_path / "backups")
        jumped = abs(ahead) > 7 * DAYS
        refusing = {"referrals tick", "purge", "remind", "audit checkpoint"}
        assert {name for name, code in done.items() if code} == (refusing if jumped else set()), done
        told = capsys.readouterr()
        assert ("guide purge --clock-is-right" in told.out) is jumped, "the start says what to do"
        assert office.lost_since(before) == {}
    assert len(list((tmp_path / "backups").glob("*.tar.gz"))) == len(way)
    assert len(list((office.instance / "mail").glob("*.eml"))) > 0
    with Session(office.engine) as session:
        kept = session.query(ErrorReport).filter(ErrorReport.address.is_not(None)).count()
        assert kept == 1, "nor was anything emptied"
        assert session.query(Referral).filter(Referral.ended_at.is_not(None)).count() == 0
        assert session.query(Account).filter(Account.idle_notice.is_not(None)).count() == 0


def test_people_who_work_on_under_a_wrong_clock_do_not_vouch_for_it(
    office: Office, make_app: Callable[..., Flask], tmp_path: Path
) -> None:
    before = office.ids()
    office.turn(AHEAD)
    assert office.run("prepare") == 0
    app = make_app(office.instance, clock=NOW + AHEAD, secret_key=SECRET)
    sign_in(app)
    assert office.run("purge") == 1
    office.day(tmp_path / "backups")
    del before["attempts"]  # counts of the last hour, which every sign-in clears of older ones
    assert office.lost_since(before) == {}
    office.turn(RIGHT)
    assert office.run("purge") == 0
    assert office.run("audit", "verify") == 0


def sign_in(app: Flask) -> None:
    """Somebody signs in, and asks for a link before: as much as anybody leaves behind."""
    with Session(writing(app.extensions["guide"].engine)) as session:
        email = make_account(session, "editor", "caba-jette", password_hash=passwords.hashed(PASSWORD)).email
        session.commit()
    client = PageClient(app)
    asked = client.submit(client.get("/fr/mot-de-passe-oublie"), "forgotten", email=email)
    assert asked.status == 200
    done = client.submit(client.get("/fr/connexion"), "sign-in", email=email, password=PASSWORD)
    assert done.status == 303


def test_sessions_links_and_codes_end_under_a_wrong_clock_and_last_again_under_the_right_one(
    office: Office,
) -> None:
    with Session(office.engine) as session:
        for ahead, lasting in ((RIGHT, True), (AHEAD, False), (BACK, True), (-AHEAD, False), (RIGHT, True)):
            moment = NOW + ahead + timedelta(minutes=1)
            assert (sessions.find(session, office.session_token, moment) is not None) is lasting
            found = links.find(session, office.link_token, LinkPurpose.RESET, moment)
            assert (found is not None) is lasting


def test_what_a_wrong_clock_has_opened_does_not_stay_open_for_a_year(office: Office) -> None:
    later = NOW + AHEAD
    with Session(writing(office.engine), info={"secret_key": SECRET}) as session:
        account = session.query(Account).filter(Account.role == "editor").first()
        assert account is not None
        opened = sessions.begin(session, account, "Firefox", later, False)
        link = links.issue(session, account, LinkPurpose.RESET, later)
        assert sessions.find(session, opened, later) is not None
        assert sessions.find(session, opened, NOW) is None
        assert links.find(session, link, LinkPurpose.RESET, later) is not None
        assert links.find(session, link, LinkPurpose.RESET, NOW) is None


def test_a_mail_posted_under_a_clock_that_ran_ahead_goes_out_under_the_right_one(office: Office) -> None:
    with Session(writing(office.engine), info={"secret_key": SECRET}) as session:
        account = session.query(Account).first()
        number = mail.post(
            session, mail.NewMail("account_idle", account, {"until": "2026-12-23"}), NOW + AHEAD
        ).id
        session.commit()
    office.turn(RIGHT)
    assert office.run("mail", "send") == 0
    with Session(office.engine) as session:
        assert session.get_one(Mail, number).sent_at == NOW


def test_somebody_who_has_looked_is_not_asked_again(office: Office, capsys) -> None:
    """The site stood still for three weeks, which the guide cannot tell from a clock that jumped."""
    office.turn(timedelta(days=21))
    assert office.run("prepare") == 0
    assert "If it is right, because the guide stood still" in capsys.readouterr().out
    assert office.run("referrals", "tick") == 1
    assert office.run("purge", "--clock-is-right") == 0
    assert "1 referral(s) erased, 1 of them drafts" in capsys.readouterr().out
    for command in (("prepare",), ("referrals", "tick"), ("purge",), ("remind",)):
        assert office.run(*command) == 0
    assert "--clock-is-right" not in capsys.readouterr().out


def test_reminders_are_not_doubled_by_a_clock_put_back(office: Office) -> None:
    def mails() -> int:
        with Session(office.engine) as session:
            return session.query(Mail).filter(Mail.kind.in_(("reminder", "referral_received"))).count()

    for days in (6, 7):
        office.turn(timedelta(days=days))
        assert office.run("referrals", "tick") == office.run("remind") == 0
    sent = mails()
    for ahead in (timedelta(days=7) + BACK, timedelta(days=7)):
        office.turn(ahead)
        assert office.run("referrals", "tick") == office.run("remind") == 0
    assert (mails(), sent > 1) == (sent, True)


def test_readiness_is_amber_and_says_what_to_do(office: Office, make_app: Callable[..., Flask]) -> None:
    told = PageClient(make_app(office.instance, clock=NOW + AHEAD, secret_key=SECRET)).get("/readyz").html
    assert told.startswith("amber")
    assert (
        "clock: amber (it says 2027-12-28 09:00 UTC, the newest moment known is 2026-11-23 09:00 UTC" in told
    )
    assert "guide purge --clock-is-right" in told
    told = PageClient(make_app(office.instance, secret_key=SECRET)).get("/readyz").html
    assert "clock: ok" in told


def test_a_running_server_notes_the_time_and_tells_of_a_jump(office: Office, caplog) -> None:
    keeper = Timekeeper(office.engine)
    office.turn(timedelta(days=3))
    keeper.note()
    with Session(office.engine) as session:
        assert facts.noted(session, facts.CLOCK) == NOW + timedelta(days=3)
    office.turn(AHEAD)
    keeper.note()
    assert "more than seven days apart" in caplog.text
    with keeper:
        pass
