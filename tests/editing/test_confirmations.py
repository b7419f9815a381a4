"""Confirming by a link: looking changes nothing, deciding works once, for one person and one listing."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from guide.accounts import links
from guide.editing.confirmations import confirm, question
from guide.model import AccountState, AuditEntry, LinkPurpose, Publication, Revision, ServiceState
from tests.editing.conftest import NOW, House


@pytest.fixture
def token(house: House) -> str:
    return links.issue(house.session, house.editor, LinkPurpose.CONFIRM, NOW, service=house.service)


def test_a_link_asks_about_one_listing_for_one_person(house: House, token: str) -> None:
    asked = question(house.session, token, NOW)
    assert asked is not None
    assert (asked.account, asked.service) == (house.editor, house.service)
    assert house.service.assured_date is None


def test_confirming_sets_the_day_in_jette_and_is_told_in_the_history(house: House, token: str) -> None:
    late = NOW.replace(hour=23, minute=30)  # half past midnight in Jette
    assert confirm(house.session, token, late) is house.service
    assert house.service.assured_date == date(2026, 11, 24)
    newest = house.session.scalars(select(Revision).order_by(Revision.number.desc())).first()
    assert newest is not None
    assert (newest.fields, newest.account_id) == (["assured_date"], house.editor.id)
    (entry,) = house.session.scalars(select(AuditEntry)).all()
    assert (entry.actor, entry.verb, entry.object) == (
        f"link:{house.editor.id}",
        "listing_confirmed",
        "service:soupe",
    )


def test_a_link_works_once(house: House, token: str) -> None:
    assert confirm(house.session, token, NOW)
    version = house.service.version
    assert question(house.session, token, NOW) is None
    assert confirm(house.session, token, NOW + timedelta(days=3)) is None
    assert (house.service.version, house.service.assured_date) == (version, NOW.date())


@pytest.mark.parametrize(("days", "works"), [(29, True), (30, False), (400, False)])
def test_a_link_lives_thirty_days(house: House, token: str, days: int, works: bool) -> None:
    assert (question(house.session, token, NOW + timedelta(days=days)) is not None) is works
    assert (confirm(house.session, token, NOW + timedelta(days=days)) is not None) is works


def test_a_link_of_another_purpose_or_none_at_all_asks_nothing(house: House) -> None:
    other = links.issue(house.session, house.editor, LinkPurpose.RESET, NOW, service=house.service)
    without = links.issue(house.session, house.editor, LinkPurpose.CONFIRM, NOW)
    for token in (other, without, "", "x" * 43, "é"):
        assert question(house.session, token, NOW) is None
        assert confirm(house.session, token, NOW) is None
    assert house.service.assured_date is None


def test_who_may_no_longer_edit_may_no_longer_confirm(house: House, token: str) -> None:
    house.editor.state = AccountState.DISABLED
    house.session.flush()
    assert confirm(house.session, token, NOW) is None
    house.editor.state = AccountState.ACTIVE
    house.editor.memberships.clear()
    house.session.flush()
    assert confirm(house.session, token, NOW) is None
    assert house.service.assured_date is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("publication", Publication.ARCHIVED),
        ("publication", Publication.DRAFT),
        ("state", ServiceState.ENDED),
    ],
)
def test_what_is_no_longer_public_is_not_asked_about(house: House, token: str, name: str, value) -> None:
    setattr(house.service, name, value)
    house.session.flush()
    assert question(house.session, token, NOW) is None
