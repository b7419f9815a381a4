"""A link from a mail works once, in time, for what it was sent; only its digest is kept."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from guide.accounts import links
from guide.model import Account, LinkPurpose, OneTimeLink, Role
from tests import factories
from tests.editing.conftest import NOW, make_account


@pytest.fixture
def account(session: Session) -> Account:
    account = make_account(Role.EDITOR, factories.organization())
    session.add(account)
    session.flush()
    return account


@pytest.mark.control("C7")
def test_a_link_works_once_and_is_kept_as_a_digest(session: Session, account: Account) -> None:
    token = links.issue(session, account, LinkPurpose.RESET, NOW)
    assert len(token) >= 43
    link = links.find(session, token, LinkPurpose.RESET, NOW)
    assert link is not None
    assert link.account is account
    assert token not in repr(vars(link))
    assert links.use(session, link, NOW)
    assert not links.use(session, link, NOW)
    assert links.find(session, token, LinkPurpose.RESET, NOW) is None


@pytest.mark.control("C7")
def test_a_link_is_for_its_purpose(session: Session, account: Account) -> None:
    token = links.issue(session, account, LinkPurpose.CONFIRM, NOW)
    for purpose in set(LinkPurpose) - {LinkPurpose.CONFIRM}:
        assert links.find(session, token, purpose, NOW) is None
    assert links.find(session, token + "x", LinkPurpose.CONFIRM, NOW) is None
    assert links.find(session, "", LinkPurpose.CONFIRM, NOW) is None


@pytest.mark.control("C7")
@pytest.mark.parametrize("purpose", LinkPurpose)
def test_a_link_dies_at_its_time(session: Session, account: Account, purpose: LinkPurpose) -> None:
    token = links.issue(session, account, purpose, NOW)
    life = links.LIFE[purpose]
    assert links.find(session, token, purpose, NOW + life - timedelta(seconds=1)) is not None
    assert links.find(session, token, purpose, NOW + life) is None


def test_a_new_link_ends_the_one_before_but_each_listing_has_its_own(
    session: Session, account: Account
) -> None:
    first = links.issue(session, account, LinkPurpose.SIGN_IN, NOW)
    links.issue(session, account, LinkPurpose.SIGN_IN, NOW)
    assert links.find(session, first, LinkPurpose.SIGN_IN, NOW) is None
    one = links.issue(session, account, LinkPurpose.CONFIRM, NOW)
    links.issue(session, account, LinkPurpose.CONFIRM, NOW)
    assert links.find(session, one, LinkPurpose.CONFIRM, NOW) is not None


def test_links_of_an_account_are_ended_together(session: Session, account: Account) -> None:
    tokens = {purpose: links.issue(session, account, purpose, NOW) for purpose in LinkPurpose}
    links.revoke(session, account, None, NOW)
    assert all(links.find(session, token, purpose, NOW) is None for purpose, token in tokens.items())


def test_links_that_ended_long_ago_are_forgotten(session: Session, account: Account) -> None:
    links.issue(session, account, LinkPurpose.RESET, NOW - timedelta(days=40))
    links.issue(session, account, LinkPurpose.CONFIRM, NOW)
    assert links.forget(session, NOW) == 1
    assert links.forget(session, NOW) == 0
    assert session.query(OneTimeLink).count() == 1
