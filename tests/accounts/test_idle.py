"""An account that nobody uses is deleted, but never without thirty days' notice."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from guide.accounts import idle
from guide.accounts.idle import IdleReport
from guide.model import Account, Mail, Membership, Role
from tests import factories
from tests.editing.conftest import NOW, make_account


def at(days: int):
    return NOW + timedelta(days=days)


def test_an_account_in_use_is_left_alone(session: Session) -> None:
    session.add(make_account(Role.EDITOR, last_seen=date(2025, 1, 1)))
    session.flush()
    assert idle.tidy(session, NOW) == IdleReport(0, 0)


@pytest.mark.control("C8")
@pytest.mark.usefixtures("days_pass")
def test_after_two_years_its_owner_is_told_once_and_thirty_days_later_it_is_deleted(session: Session) -> None:
    account = make_account(Role.EDITOR, factories.organization(), last_seen=date(2024, 11, 1))
    session.add(account)
    session.flush()
    assert idle.tidy(session, NOW) == IdleReport(1, 0)
    assert idle.tidy(session, NOW) == IdleReport(0, 0)
    assert [(mail.kind, mail.content["until"]) for mail in session.query(Mail)] == [
        ("account_idle", "2026-12-23")
    ]
    assert idle.tidy(session, at(29)) == IdleReport(0, 0)
    assert idle.tidy(session, at(30)) == IdleReport(0, 1)
    assert idle.tidy(session, at(30)) == IdleReport(0, 0)
    assert session.query(Account).count() == session.query(Membership).count() == 0


@pytest.mark.usefixtures("days_pass")
def test_who_signs_in_after_the_notice_is_idle_no_longer(session: Session) -> None:
    account = make_account(Role.EDITOR, last_seen=date(2024, 11, 1))
    session.add(account)
    session.flush()
    idle.tidy(session, NOW)
    account.last_seen = date(2026, 12, 1)
    assert idle.tidy(session, at(60)) == IdleReport(0, 0)
    # Two years later everything begins anew, with a notice of its own.
    assert idle.tidy(session, at(60 + 731)) == IdleReport(1, 0)


def test_the_last_administrator_stays(session: Session) -> None:
    account = make_account(Role.ADMINISTRATOR, last_seen=date(2020, 1, 1), idle_notice=date(2026, 1, 1))
    session.add(account)
    session.flush()
    assert idle.tidy(session, NOW) == IdleReport(0, 0)


@pytest.mark.usefixtures("days_pass")
def test_an_invitation_nobody_took_ends_too(session: Session) -> None:
    account = make_account(Role.EDITOR, state="invited", created_at=NOW - timedelta(days=800))
    session.add(account)
    session.flush()
    assert idle.tidy(session, NOW) == IdleReport(1, 0)
    assert session.query(Mail).count() == 0
