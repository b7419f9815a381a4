"""A signed-in browser: found by its cookie, alive for as long as its role allows, named by two words."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from guide.accounts import sessions
from guide.model import Account, AccountSession, AccountState, Role
from tests.editing.conftest import NOW, make_account

HOURS, DAYS = timedelta(hours=1), timedelta(days=1)


def open_for(session: Session, role: Role) -> tuple[Account, str]:
    account = make_account(role)
    session.add(account)
    session.flush()
    return account, sessions.begin(session, account, "Mozilla/5.0 (Android) Firefox/140", NOW, False)


@pytest.mark.control("C11")
def test_only_the_digest_of_a_token_is_kept(session: Session) -> None:
    account, token = open_for(session, Role.EDITOR)
    [row] = session.query(AccountSession)
    assert token not in repr(vars(row))
    assert (row.account, row.device) == (account, "Firefox, Android")
    assert sessions.find(session, token, NOW) is row
    assert sessions.find(session, row.digest, NOW) is None
    assert account.last_seen == NOW.date()


@pytest.mark.control("C11")
@pytest.mark.parametrize("role", Role)
def test_a_session_ends_unused_and_at_the_latest(session: Session, role: Role) -> None:
    idle, longest = (12 * HOURS, 30 * DAYS) if role is Role.EDITOR else (HOURS / 2, 12 * HOURS)
    _, token = open_for(session, role)
    assert sessions.find(session, token, NOW + idle - timedelta(seconds=1)) is not None
    assert sessions.find(session, token, NOW + idle) is None
    moment = NOW
    while moment < NOW + longest:
        found = sessions.find(session, token, moment)
        assert found is not None
        sessions.seen(session, found, moment)
        moment += idle / 2
    assert sessions.find(session, token, NOW + longest) is None


@pytest.mark.control("C11")
def test_a_closed_account_has_no_living_session(session: Session) -> None:
    account, token = open_for(session, Role.EDITOR)
    account.state = AccountState.DISABLED
    assert sessions.find(session, token, NOW) is None


def test_sessions_are_listed_the_last_used_first_and_ended(session: Session) -> None:
    account, _ = open_for(session, Role.EDITOR)
    later = NOW + HOURS
    last = sessions.begin(session, account, "", later, False)
    found = sessions.of(session, account, later)
    assert [row.seen_at for row in found] == [later, NOW]
    sessions.end_all(session, account, but=found[0].id)
    assert [row.id for row in sessions.of(session, account, later)] == [found[0].id]
    sessions.end(session, found[0])
    assert sessions.find(session, last, later) is None


@pytest.mark.usefixtures("days_pass")
def test_sessions_that_are_over_are_forgotten(session: Session) -> None:
    open_for(session, Role.EDITOR)
    sessions.forget(session, NOW + 30 * DAYS)
    assert session.query(AccountSession).count() == 1
    sessions.forget(session, NOW + 32 * DAYS)
    assert session.query(AccountSession).count() == 0


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", "Firefox, Android"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36",
            "Chrome, Linux",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari, iPhone",
        ),
        ("curl/8.5.0", ""),
        ("<script>alert(1)</script>", ""),
        ("", ""),
    ],
)
def test_a_device_is_named_by_browser_and_system_only(user_agent: str, name: str) -> None:
    assert sessions.device_name(user_agent) == name
