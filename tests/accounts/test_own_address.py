"""A code is good for one account, one address and one asking."""

import pytest
from sqlalchemy.orm import Session

from guide import paths
from guide.accounts import own_address
from guide.model import Account, Mail, Role
from tests.editing.conftest import NOW, make_account
from tests.mails import content_of

NEW, OTHER = "neuve@maison.example", "ailleurs@maison.example"


def asked(session: Session, account: Account, email: str = NEW) -> tuple[str, str]:
    """The token that goes into the page, and the code that goes into the mail."""
    token, wait = own_address.send_code(session, account, email, NOW)
    assert not wait
    [mail] = session.query(Mail).filter_by(kind="address_code", actor_id=account.id)
    return token, content_of(mail)["code"]


def test_a_code_is_no_good_for_another_address(session: Session, account: Account) -> None:
    codes = {}
    for email in (NEW, OTHER):
        token, codes[email] = asked(session, account, email)
    old = account.email
    with pytest.raises(own_address.WrongCodeError):
        own_address.change(session, account, NEW, own_address.MailboxProof(token, codes[OTHER]), NOW)
    assert account.email == old
    own_address.change(session, account, OTHER, own_address.MailboxProof(token, codes[OTHER]), NOW)
    assert account.email == OTHER


def test_every_kind_whose_links_die_with_the_address_is_known() -> None:
    folder = paths.TEMPLATES / "mail"
    with_token = {file.stem for file in folder.glob("*.txt") if "token" in file.read_text(encoding="utf-8")}
    to_accounts = {kind for kind in with_token if not kind.startswith("referral_")}
    assert to_accounts == set(own_address.WITH_LINKS)


def test_each_asking_has_a_code_of_its_own(session: Session, account: Account) -> None:
    assert len({asked(session, account)[1] for _ in range(own_address.CODES)}) > 1


def test_a_token_of_another_account_is_worth_nothing(session: Session, account: Account) -> None:
    thief = make_account(Role.COORDINATOR)
    session.add(thief)
    session.flush()
    token, code = asked(session, account)
    with pytest.raises(own_address.CodeOverError):
        own_address.change(session, thief, NEW, own_address.MailboxProof(token, code), NOW)
    own_address.change(session, account, NEW, own_address.MailboxProof(token, code), NOW)
