"""`guide user`: the first account, and help where nobody can sign in to help."""

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide import migrations
from guide.clock import now
from guide.database import open_database, writing
from guide.model import Account, AccountState, AuditEntry, LinkPurpose, Mail, OneTimeLink, Role
from tests import factories
from tests.commands import commands
from tests.people import make_account


@pytest.fixture
def guide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """An instance with one organisation and nobody; `user` runs `guide user …`."""
    instance = tmp_path / "instance"
    instance.mkdir()
    engine = open_database(f"sqlite:///{instance / 'guide.sqlite3'}")
    migrations.upgrade(engine)
    with Session(writing(engine)) as session:
        session.add(factories.organization(key="marmite"))
        session.commit()
    with commands(instance, monkeypatch, GUIDE_SITE_URL="https://guide.example.be") as (run, _):
        yield SimpleNamespace(user=lambda *arguments: run("user", *arguments), engine=engine)
    engine.dispose()


def account(guide: SimpleNamespace, email: str) -> Account:
    with Session(guide.engine) as session:
        return session.scalars(select(Account).where(Account.email == email)).one()


def test_the_first_administrator_is_invited_and_the_link_printed(guide: SimpleNamespace, capsys) -> None:
    assert guide.user("add", "An@maison.example", "--role", "administrator", "--language", "nl") == 0
    told = capsys.readouterr().out
    assert "Invited an@maison.example as administrator" in told
    assert re.search(r"https://guide\.example\.be/nl/link/[\w-]{43}\n", told)
    made = account(guide, "an@maison.example")
    assert (made.role, made.state, made.language) == (Role.ADMINISTRATOR, AccountState.INVITED, "nl")
    with Session(guide.engine) as session:
        assert session.query(OneTimeLink).one().purpose is LinkPurpose.INVITATION
        assert session.query(Mail).one().kind == "invitation"
        assert session.query(AuditEntry).one().actor == "command"


def test_an_editor_needs_an_organisation_that_exists(guide: SimpleNamespace, capsys) -> None:
    for arguments, problem in (
        ([], "need --organization"),
        (["--organization", "absent"], "no organisation “absent”"),
    ):
        assert guide.user("add", "ed@maison.example", *arguments) == 1
        assert problem in capsys.readouterr().err
    assert guide.user("add", "ed@maison.example", "--organization", "marmite") == 0
    assert account(guide, "ed@maison.example").role is Role.EDITOR


@pytest.mark.parametrize("address", ["nobody", "a@b", "a@b.example\nBcc: c@d.example", "A <a@b.example>"])
def test_what_is_no_address_is_refused(guide: SimpleNamespace, capsys, address: str) -> None:
    assert guide.user("add", address, "--role", "coordinator") == 1
    assert "is no address" in capsys.readouterr().err


def test_an_account_of_another_role_is_left_as_it_is(guide: SimpleNamespace, capsys) -> None:
    guide.user("add", "co@maison.example", "--role", "coordinator")
    assert guide.user("add", "co@maison.example", "--role", "administrator") == 1
    assert "has an account already, as coordinator" in capsys.readouterr().err


def test_an_account_is_closed_but_never_the_last_administrator_s(guide: SimpleNamespace, capsys) -> None:
    with Session(writing(guide.engine)) as session:
        make_account(session, Role.ADMINISTRATOR, email="admin@maison.example", created_at=now())
        make_account(session, Role.COORDINATOR, email="co@maison.example", created_at=now())
        session.commit()
    assert guide.user("disable", "co@maison.example") == 0
    assert account(guide, "co@maison.example").state is AccountState.DISABLED
    assert guide.user("disable", "admin@maison.example") == 1
    assert "last administrator" in capsys.readouterr().err
    assert guide.user("disable", "absent@maison.example") == 1
    assert "Nobody has an account" in capsys.readouterr().err


def test_a_lost_telephone_is_forgotten_and_its_owner_told(guide: SimpleNamespace) -> None:
    with Session(writing(guide.engine)) as session:
        made = make_account(session, Role.COORDINATOR, email="co@maison.example", totp_sealed=b"sealed")
        made.totp_last_step = 7
        session.commit()
    assert guide.user("reset-2fa", "co@maison.example") == 0
    assert account(guide, "co@maison.example").totp_sealed is None
    with Session(guide.engine) as session:
        assert session.query(Mail).one().kind == "second_factor_reset"
