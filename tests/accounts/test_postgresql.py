"""Accounts on PostgreSQL, where many write at the same time: counts are right, links and codes serve once."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from guide.accounts import links, own_address, people, second_factor, throttle
from guide.database import writing
from guide.languages import Bilingual
from guide.model import Account, AccountState, AuditEntry, LinkPurpose, Mail, Role
from tests import factories, postgresql
from tests.editing.conftest import NOW, make_account
from tests.mails import content_of

pytestmark = [pytest.mark.postgresql, postgresql.needed]


@pytest.fixture
def there() -> Iterator[Engine]:
    with postgresql.own_address(postgresql.migrated()) as address, postgresql.opened(address) as engine:
        yield engine


def session_on(engine: Engine) -> Session:
    session = Session(writing(engine))
    session.info["secret_key"] = "x" * 40
    return session


def all_at_once(engine: Engine, act: Callable[[Session], Any], times: int = 8) -> list[Any]:
    """What each of them got; all begin together."""
    found: list[Any] = []
    ready = threading.Barrier(times, timeout=60)

    def run() -> None:
        with session_on(engine) as session:
            session.connection()
            ready.wait()
            got = act(session)
            session.commit()
            found.append(got)

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == times, "one of them failed"
    return found


@pytest.mark.parametrize("count", [throttle.attempt, throttle.guess])
def test_of_many_at_once_exactly_the_limit_go_on(there: Engine, count: Callable[..., int]) -> None:
    for name in ("a", "b", "c"):
        waits = all_at_once(
            there, lambda session, name=name: count(session, name, 5, timedelta(minutes=1), NOW)
        )
        assert sorted(waits) == [0] * 5 + [60] * 3


def test_a_link_and_a_code_serve_one_of_many(there: Engine) -> None:
    with session_on(there) as session:
        account = make_account(Role.COORDINATOR)
        session.add(account)
        session.flush()
        secret = second_factor.new_secret()
        codes = second_factor.set_up(session, account, secret, pyotp.TOTP(secret).at(NOW), NOW)
        token = links.issue(session, account, LinkPurpose.RESET, NOW)
        session.commit()
        number = account.id
    assert codes
    later = NOW + timedelta(minutes=5)
    code = pyotp.TOTP(secret).at(later)

    def use(session: Session) -> bool:
        link = links.find(session, token, LinkPurpose.RESET, NOW)
        return link is not None and links.use(session, link, NOW)

    assert all_at_once(there, use).count(True) == 1
    assert (
        all_at_once(there, lambda s: second_factor.check(s, s.get_one(Account, number), code, later)).count(
            True
        )
        == 1
    )
    assert (
        all_at_once(
            there, lambda s: second_factor.recover(s, s.get_one(Account, number), codes[0], later)
        ).count(True)
        == 1
    )


def test_invited_asked_and_let_in_as_on_sqlite(there: Engine) -> None:
    with session_on(there) as session:
        organization = factories.organization(key="maison", name=Bilingual("La Maison", "Het Huis"))
        session.add(organization)
        session.flush()
        _, token = people.invite(
            session, people.Invitation("an@maison.example", Role.EDITOR, [organization], "nl"), NOW, "command"
        )
        session.commit()
        link = links.find(session, token, LinkPurpose.INVITATION, NOW)
        assert link is not None
        people.accept(session, link, "An", "nl", "tulipes sur un balcon", NOW)
        assert people.send_link(session, "an@maison.example", LinkPurpose.SIGN_IN, NOW)
        assert not people.send_link(session, "personne@maison.example", LinkPurpose.SIGN_IN, NOW)
        session.commit()
    with session_on(there) as session:
        assert session.query(Account).count() == 1
        assert [mail.kind for mail in session.query(Mail).order_by(Mail.id)] == ["invitation", "sign_in_link"]
        verbs = [entry.verb for entry in session.query(AuditEntry).order_by(AuditEntry.seq)]
        assert verbs == ["account_invited", "invitation_accepted", "sign_in_link_asked"]


def test_an_invitation_is_answered_or_corrected_never_both(there: Engine) -> None:
    """Else whoever corrects would send herself the account of somebody who has just come in."""
    for turn in range(6):
        old, new = f"an{turn}@maison.example", f"autre{turn}@maison.example"
        with session_on(there) as session:
            organization = factories.organization(
                key=f"maison-{turn}", name=Bilingual("La Maison", "Het Huis")
            )
            session.add(organization)
            account, token = people.invite(
                session, people.Invitation(old, Role.EDITOR, [organization], "fr"), NOW, "account:1"
            )
            session.commit()
            number = account.id

        def answer(session: Session, token: str = token) -> str:
            link = links.find(session, token, LinkPurpose.INVITATION, NOW)
            if link is None:
                return "over"
            try:
                people.accept(session, link, "An", "fr", "tulipes sur un balcon", NOW)
            except people.LinkUsedError:
                return "over"
            return "answered"

        def correct(session: Session, number: int = number, new: str = new) -> str:
            try:
                people.correct_address(session, session.get_one(Account, number), new, NOW, "account:1")
            except people.AddressInUseError:
                return "in use"
            return "corrected"

        acts = iter([answer, correct] * 2)
        got = sorted(all_at_once(there, lambda session, acts=acts: next(acts)(session), times=4))
        with session_on(there) as session:
            account = session.get_one(Account, number)
            stands = (account.email, account.state)
        if "answered" in got:
            assert (got, stands) == (
                ["answered", "in use", "in use", "over"],
                (old, AccountState.ACTIVE),
            )
        else:
            assert (got, stands) == (
                ["corrected", "corrected", "over", "over"],
                (new, AccountState.INVITED),
            )


def test_of_two_who_take_one_address_the_second_is_told(there: Engine) -> None:
    new, numbers, tokens, codes = "neuve@maison.example", [], [], []
    with session_on(there) as session:
        for _ in range(2):
            account = make_account(Role.COORDINATOR)
            session.add(account)
            session.flush()
            token, wait = own_address.send_code(session, account, new, NOW)
            assert not wait
            numbers.append(account.id)
            tokens.append(token)
            [mail] = session.query(Mail).filter_by(kind="address_code", actor_id=account.id)
            codes.append(content_of(mail)["code"])
        session.commit()
    turns = iter(range(2))

    def take(session: Session) -> str:
        turn = next(turns)
        account = session.get_one(Account, numbers[turn])
        try:
            own_address.change(
                session, account, new, own_address.MailboxProof(tokens[turn], codes[turn]), NOW
            )
        except people.AddressTakenError:
            return "taken"
        return "changed"

    assert sorted(all_at_once(there, take, times=2)) == ["changed", "taken"]
    with session_on(there) as session:
        assert session.query(Account).filter_by(email=new).count() == 1
