"""Covered means: the text is held, and a confirmed link comes from a published record that exists."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from guide.model import Action, FulfilmentState, Service
from guide.plans.coverage import (
    ActionClass,
    LinkStanding,
    classify,
    counts,
    coverage,
    link_standing,
    shown_links,
)
from guide.plans.queries import plan_by_key
from tests.factories import action, fulfilment, plan, service

TODAY = date(2026, 11, 23)
STALE = {"assured_date": date(2020, 1, 1)}
TO_CONFIRM = {"assured_date": date(2026, 5, 1)}


def linked(*links: tuple[dict, str], **values) -> Action:
    """An action with these links: what the service is, and the state of the link."""
    made = action(**values)
    for by, state in links:
        fulfilment(made, service(**by), state=FulfilmentState(state))
    return made


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ([({}, "confirmed")], ActionClass.COVERED),
        ([(TO_CONFIRM, "confirmed")], ActionClass.COVERED),
        ([({"assured_date": TODAY}, "confirmed")], ActionClass.COVERED),
        ([({}, "proposed"), ({}, "confirmed")], ActionClass.COVERED),
        ([(STALE, "confirmed"), ({}, "confirmed")], ActionClass.COVERED),
        ([(STALE, "confirmed")], ActionClass.PROPOSED_ONLY),
        ([({}, "proposed")], ActionClass.PROPOSED_ONLY),
        ([({}, "proposed"), ({"state": "announced"}, "confirmed")], ActionClass.PROPOSED_ONLY),
        ([({"state": "announced"}, "confirmed")], ActionClass.ANNOUNCED_ONLY),
        ([({"state": "announced"}, "proposed")], ActionClass.ANNOUNCED_ONLY),
        ([({"state": "ended"}, "confirmed")], ActionClass.ANNOUNCED_ONLY),
        ([({"publication": "draft"}, "confirmed")], ActionClass.NONE),
        ([({"publication": "in_review"}, "confirmed")], ActionClass.NONE),
        ([({"publication": "archived"}, "confirmed")], ActionClass.NONE),
        ([({}, "refused")], ActionClass.NONE),
        ([], ActionClass.NONE),
    ],
)
def test_an_action_is_covered_by_what_exists_is_published_confirmed_and_not_stale(links, expected) -> None:
    assert classify(linked(*links), TODAY) is expected


@pytest.mark.parametrize("links", [[], [({}, "confirmed")], [({}, "proposed")]])
def test_an_action_whose_text_is_not_held_is_in_no_other_class(links) -> None:
    assert classify(linked(*links, text_status="missing"), TODAY) is ActionClass.TEXT_NOT_HELD


def test_a_damaged_text_is_held() -> None:
    assert classify(linked(({}, "confirmed"), text_status="damaged"), TODAY) is ActionClass.COVERED


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ([], ActionClass.NO_SERVICE_EXPECTED),
        ([({}, "refused")], ActionClass.NO_SERVICE_EXPECTED),
        ([({}, "confirmed")], ActionClass.COVERED),
        ([({}, "proposed")], ActionClass.PROPOSED_ONLY),
        ([({"state": "announced"}, "proposed")], ActionClass.ANNOUNCED_ONLY),
    ],
)
def test_an_action_with_a_link_is_never_no_service_expected(links, expected) -> None:
    assert classify(linked(*links, service_expected="no"), TODAY) is expected


def test_an_action_that_expects_a_service_and_has_none_is_a_gap() -> None:
    assert classify(action(service_expected="yes"), TODAY) is ActionClass.NONE


@pytest.mark.parametrize(
    ("by", "state", "standing", "counting"),
    [
        ({}, "confirmed", LinkStanding.CONFIRMED, True),
        ({}, "proposed", LinkStanding.PROPOSED, False),
        ({"state": "announced"}, "confirmed", LinkStanding.ANNOUNCED, False),
        ({"state": "announced"}, "proposed", LinkStanding.ANNOUNCED, False),
        ({"state": "ended"}, "confirmed", LinkStanding.ENDED, False),
        (STALE, "confirmed", LinkStanding.CONFIRMED, False),
        ({"publication": "archived"}, "confirmed", LinkStanding.CONFIRMED, False),
    ],
)
def test_a_link_is_shown_as_what_its_record_is(by, state, standing, counting) -> None:
    link = linked((by, state)).fulfilments[0]
    assert link_standing(link) is standing
    assert counts(link, TODAY) is counting


def test_refused_links_are_not_shown_and_confirmed_ones_come_first() -> None:
    made = linked(
        ({"state": "announced", "key": "d"}, "confirmed"),
        ({"key": "b"}, "proposed"),
        ({"key": "x"}, "refused"),
        ({"key": "e", "state": "ended"}, "confirmed"),
        ({"key": "a"}, "confirmed"),
        ({"key": "y", "publication": "draft"}, "confirmed"),
        ({"key": "c"}, "proposed"),
    )
    assert [link.service.key for link in shown_links(made)] == ["a", "b", "c", "d", "e"]


def test_a_record_for_professionals_is_not_shown_among_the_links() -> None:
    assert shown_links(linked(({"visibility": "professional"}, "confirmed"))) == []


def test_a_link_that_is_refused_shows_as_refused_to_nobody() -> None:
    assert shown_links(linked(({}, "refused"))) == []


def test_a_plan_counts_each_action_once_by_class_and_by_theme() -> None:
    held = [linked(({}, "confirmed")), linked(({}, "proposed")), action(), action(text_status="missing")]
    found = coverage(plan(held), TODAY)
    assert found.total == 4
    assert found.held == 3
    assert sum(found.counts.values()) == 4
    assert set(found.counts) == set(ActionClass)
    assert found.counts[ActionClass.COVERED] == found.counts[ActionClass.TEXT_NOT_HELD] == 1
    (theme,) = found.themes
    assert theme.counts == found.counts
    assert theme.total == 4
    assert [found.classes[each.reference] for each in held] == [
        ActionClass.COVERED,
        ActionClass.PROPOSED_ONLY,
        ActionClass.NONE,
        ActionClass.TEXT_NOT_HELD,
    ]


@pytest.mark.parametrize(("key", "actions", "held"), [("pas-2015-2020", 45, 45), ("pasap-2022-2027", 50, 45)])
def test_the_classes_of_a_real_plan_sum_to_its_actions(directory: Session, key, actions, held) -> None:
    found = coverage(plan_by_key(directory, key), TODAY)
    assert (found.total, found.held, len(found.classes)) == (actions, held, actions)
    assert sum(theme.total for theme in found.themes) == actions
    for kind in ActionClass:
        assert sum(theme.counts[kind] for theme in found.themes) == found.counts[kind]
    assert found.counts[ActionClass.COVERED] > 0


def test_no_real_action_with_a_link_expects_no_service(directory: Session) -> None:
    for key in ("pas-2015-2020", "pasap-2022-2027"):
        real = plan_by_key(directory, key)
        for each in real.actions:
            if shown_links(each):
                assert classify(each, TODAY) is not ActionClass.NO_SERVICE_EXPECTED, each.reference


def test_years_later_nothing_confirmed_once_still_covers(session: Session) -> None:
    made = linked(({"assured_date": TODAY}, "confirmed"))
    session.add(plan([made]))
    session.flush()
    assert session.query(Service).count() == 1
    assert classify(made, TODAY) is ActionClass.COVERED
    assert classify(made, TODAY.replace(year=2030)) is ActionClass.PROPOSED_ONLY
