"""`guide user`: the first account, and help where nobody can sign in to help."""

import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy.orm import Session

from guide import clock
from guide.accounts import sessions
from guide.commands.database import changing
from guide.database import open_database, writing
from guide.model import Account, AccountSession, AccountState, AuditEntry, Mail, Role, Service, Urgency
from guide.model.referrals import Referral
from guide.operations.background import Postman
from guide.referrals import sending
from tests.commands import commands
from tests.people import make_account
from tests.referrals.conftest import CONTENT, consent
from tests.running import MONDAY_MORNING, settings_for


@pytest.fixture
def desk(loaded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    instance = tmp_path / "instance"
    shutil.copytree(loaded, instance)
    monkeypatch.setattr(clock, "now", lambda: MONDAY_MORNING)
    engine = open_database(f"sqlite:///{instance / 'guide.sqlite3'}")
    with commands(instance, monkeypatch, GUIDE_SITE_URL="https://guide.example.be") as (run, _):
        yield SimpleNamespace(run=run, engine=engine, instance=instance)
    engine.dispose()


def test_the_first_administrator_gets_a_link_that_opens_the_account(desk, make_app, capsys) -> None:
    assert desk.run("user", "add", "an@maison.example", "--role", "administrator", "--language", "nl") == 0
    said = capsys.readouterr().out
    found = re.search(r"https://guide\.example\.be(/nl/link/[\w-]{43,})", said)
    assert found, said
    app = make_app(desk.instance)
    assert app.test_client().get(found[1]).status_code == 200
    with Session(desk.engine) as session:
        account = session.query(Account).one()
        assert (account.role, account.state) == (Role.ADMINISTRATOR, AccountState.INVITED)
        assert session.query(Mail).one().kind == "invitation"
        assert session.query(AuditEntry).one().actor == "command"


def test_an_editor_is_invited_for_organisations_by_their_keys(desk, capsys) -> None:
    add = ("user", "add", "an@maison.example")
    assert desk.run(*add) == 1
    assert "--organization KEY" in capsys.readouterr().err
    assert desk.run(*add, "--organization", "nulle-part") == 1
    assert "nulle-part" in capsys.readouterr().err
    assert desk.run(*add, "--organization", "caba-jette") == 0
    assert desk.run(*add, "--organization", "caba-jette") == 0
    with Session(desk.engine) as session:
        assert [organization.key for organization in session.query(Account).one().organizations] == [
            "caba-jette"
        ]


@pytest.mark.parametrize(
    "wrong", ["an", "an@maison", "an@maison.example\nBcc: x@y.example", "a b@maison.example"]
)
def test_what_is_no_address_is_refused(desk, capsys, wrong: str) -> None:
    assert desk.run("user", "add", wrong, "--role", "coordinator") == 1
    assert "is no address" in capsys.readouterr().err
    with Session(desk.engine) as session:
        assert session.query(Account).count() == 0


def test_an_account_keeps_its_role_and_a_closed_one_stays_closed(desk, capsys) -> None:
    with Session(writing(desk.engine)) as session:
        make_account(session, Role.COORDINATOR, email="an@maison.example")
        make_account(session, Role.COORDINATOR, email="bo@maison.example", state=AccountState.DISABLED)
        session.commit()
    assert desk.run("user", "add", "an@maison.example", "--role", "administrator") == 1
    assert "as coordinator" in capsys.readouterr().err
    assert desk.run("user", "add", "bo@maison.example", "--role", "coordinator") == 1
    assert "closed" in capsys.readouterr().err
    assert desk.run("user", "add", "an@maison.example", "--role", "coordinator") == 0
    assert "already" in capsys.readouterr().out


def test_disable_and_reset_sign_out_everywhere(desk, capsys) -> None:
    with Session(writing(desk.engine)) as session:
        for name in ("an", "bo"):
            account = make_account(
                session, Role.COORDINATOR, email=f"{name}@maison.example", totp_sealed=b"sealed"
            )
            sessions.begin(session, account, "", MONDAY_MORNING, True)
        session.commit()
    assert desk.run("user", "disable", "An@Maison.example") == 0
    assert desk.run("user", "reset-2fa", "bo@maison.example") == 0
    with Session(desk.engine) as session:
        one, two = session.query(Account).order_by(Account.email)
        assert (one.state, two.state) == (AccountState.DISABLED, AccountState.ACTIVE)
        assert two.totp_sealed is None
        assert session.query(AccountSession).count() == 0
    for verb in ("disable", "reset-2fa"):
        assert desk.run("user", verb, "personne@maison.example") == 1
        assert "Nobody has an account" in capsys.readouterr().err


def referring(session: Session) -> tuple[Service, Account, Account]:
    """A service that takes referrals, and two social workers of one organisation."""
    session.info["keys"].make()
    service = session.query(Service).filter(Service.key == "caba-jette").one()
    service.accepts_relay, service.relay_email = True, "relais@maison.example"
    worker, other = (make_account(session, Role.SOCIAL_WORKER, "cpas-jette") for _ in range(2))
    return service, worker, other


def test_closing_an_account_says_what_becomes_of_its_referrals(desk, capsys) -> None:
    now = MONDAY_MORNING
    with changing(settings_for(desk.instance)) as session:
        service, worker, other = referring(session)
        make_account(session, Role.COORDINATOR)
        for substitute in (None, other.id):
            agreed = consent(now, substitute=substitute)
            sending.send(
                session, sending.NewReferral(service, worker, CONTENT, "faim", Urgency.NORMAL), agreed, now
            )
        sending.keep_draft(
            session, sending.NewReferral(service, worker, CONTENT, "faim", Urgency.NORMAL), now
        )
        email = worker.email
    assert desk.run("user", "disable", email) == 0
    said = capsys.readouterr().out
    assert "2 open referral(s)" in said
    assert "1 went to a substitute, 1 wait on" in said
    assert "1 draft(s)" in said
    with Session(desk.engine) as session:
        kinds = [mail.kind for mail in session.query(Mail).order_by(Mail.id)]
        assert kinds[-2:] == ["referral_substitute", "referral_waiting"]


def test_an_idle_account_that_is_deleted_hands_over_what_it_holds(desk, capsys) -> None:
    now = MONDAY_MORNING
    with changing(settings_for(desk.instance)) as session:
        service, worker, other = referring(session)
        sending.send(
            session,
            sending.NewReferral(service, worker, CONTENT, "faim", Urgency.NORMAL),
            consent(now, substitute=other.id),
            now,
        )
        worker.last_seen, worker.idle_notice = date(2024, 1, 1), date(2026, 1, 1)
        number = other.id
    assert desk.run("remind") == 0
    assert "1 deleted" in capsys.readouterr().out
    with Session(desk.engine) as session:
        assert session.query(Referral).one().sender_id == number


def test_the_last_administrator_is_not_disabled(desk, capsys) -> None:
    with Session(writing(desk.engine)) as session:
        make_account(session, Role.ADMINISTRATOR, email="an@maison.example")
        session.commit()
    assert desk.run("user", "disable", "an@maison.example") == 1
    assert "last administrator" in capsys.readouterr().err


def test_the_link_leads_to_where_the_site_is_served(desk, capsys, monkeypatch) -> None:
    """`guide serve --port 8123` without a public address: port 8000 answers nobody."""
    monkeypatch.delenv("GUIDE_SITE_URL")
    settings = settings_for(desk.instance)
    with Postman(desk.engine, settings, "http://127.0.0.1:8123"):
        desk.run("user", "add", "an@maison.example", "--role", "coordinator")
        assert "http://127.0.0.1:8123/fr/lien/" in (said := capsys.readouterr().out), said
        assert "GUIDE_SITE_URL" not in said
    desk.run("user", "add", "an@maison.example", "--role", "coordinator")
    said = capsys.readouterr().out
    assert "8123" not in said, "nobody serves there any more"
    assert "set GUIDE_SITE_URL" in said


def test_an_address_with_an_accent_is_refused_with_the_sign(desk, capsys) -> None:
    assert desk.run("user", "add", "josé@association.example", "--role", "coordinator") == 1
    assert "because of “é”" in capsys.readouterr().err
    with Session(desk.engine) as session:
        assert session.query(Account).count() == 0
