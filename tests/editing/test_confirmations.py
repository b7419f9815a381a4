"""Confirming by a link: looking changes nothing, deciding works once, for one person and one listing."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from guide.accounts import links
from guide.editing.confirmations import confirm, question
from guide.model import AccountState, AuditEntry, LinkPurpose, Publication, Revision, ServiceState
from tests.editing.conftest import NOW, Scenario


@pytest.fixture
def token(scenario: Scenario) -> str:
    return links.issue(scenario.session, scenario.editor, LinkPurpose.CONFIRM, NOW, service=scenario.service)


def test_a_link_asks_about_one_listing_for_one_person(scenario: Scenario, token: str) -> None:
    asked = question(scenario.session, token, NOW)
    assert asked is not None
    assert (asked.account, asked.service) == (scenario.editor, scenario.service)
    assert scenario.service.assured_date is None


def test_confirming_sets_the_day_in_jette_and_is_told_in_the_history(scenario: Scenario, token: str) -> None:
    late = NOW.replace(hour=23, minute=30)  # half past midnight in Jette
    assert confirm(scenario.session, token, late) is scenario.service
    assert scenario.service.assured_date == date(2026, 11, 24)
    newest = scenario.session.scalars(select(Revision).order_by(Revision.number.desc())).first()
    assert newest is not None
    assert (newest.fields, newest.account_id) == (["assured_date"], scenario.editor.id)
    (entry,) = scenario.session.scalars(select(AuditEntry)).all()
    assert (entry.actor, entry.verb, entry.object) == (
        f"link:{scenario.editor.id}",
        "listing_confirmed",
        "service:soupe",
    )


def test_a_link_works_once(scenario: Scenario, token: str) -> None:
    assert confirm(scenario.session, token, NOW)
    version = scenario.service.version
    assert question(scenario.session, token, NOW) is None
    assert confirm(scenario.session, token, NOW + timedelta(days=3)) is None
    assert (scenario.service.version, scenario.service.assured_date) == (version, NOW.date())


@pytest.mark.parametrize(("days", "works"), [(29, True), (30, False), (400, False)])
def test_a_link_lives_thirty_days(scenario: Scenario, token: str, days: int, works: bool) -> None:
    assert (question(scenario.session, token, NOW + timedelta(days=days)) is not None) is works
    assert (confirm(scenario.session, token, NOW + timedelta(days=days)) is not None) is works


def test_a_link_of_another_purpose_or_none_at_all_asks_nothing(scenario: Scenario) -> None:
    other = links.issue(scenario.session, scenario.editor, LinkPurpose.RESET, NOW, service=scenario.service)
    without = links.issue(scenario.session, scenario.editor, LinkPurpose.CONFIRM, NOW)
    for token in (other, without, "", "x" * 43, "é"):
        assert question(scenario.session, token, NOW) is None
        assert confirm(scenario.session, token, NOW) is None
    assert scenario.service.assured_date is None


def test_who_may_no_longer_edit_may_no_longer_confirm(scenario: Scenario, token: str) -> None:
    scenario.editor.state = AccountState.DISABLED
    scenario.session.flush()
    assert confirm(scenario.session, token, NOW) is None
    scenario.editor.state = AccountState.ACTIVE
    scenario.editor.memberships.clear()
    scenario.session.flush()
    assert confirm(scenario.session, token, NOW) is None
    assert scenario.service.assured_date is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("publication", Publication.ARCHIVED),
        ("publication", Publication.DRAFT),
        ("state", ServiceState.ENDED),
    ],
)
def test_what_is_no_longer_public_is_not_asked_about(
    scenario: Scenario, token: str, name: str, value
) -> None:
    setattr(scenario.service, name, value)
    scenario.session.flush()
    assert question(scenario.session, token, NOW) is None
