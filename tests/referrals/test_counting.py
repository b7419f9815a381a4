"""Figures that tell of nobody: the same before and after an erasure, none below five."""

from datetime import timedelta

import pytest

from guide.model import FulfilmentState
from guide.model.referrals import Referral
from guide.referrals import answering, counting, purging, reading, sending
from guide.referrals.counting import Hidden
from guide.referrals.life import Party
from tests import factories
from tests.referrals.conftest import NOW, Scenario, consent


def accepted(scenario: Scenario, outcome: str) -> None:
    made = scenario.send(consent=consent(expires=NOW.date() + timedelta(days=90)))
    reading.open_person(scenario.session, made, "visit", NOW)
    answering.accept(scenario.session, made, "visit", "", None, NOW)
    sending.close(scenario.session, made, Party.SENDER, "account:1", outcome, NOW)
    scenario.session.commit()


def test_the_figures_are_the_same_after_everything_was_erased(scenario: Scenario) -> None:
    for _ in range(6):
        accepted(scenario, "met")
    for _ in range(4):
        accepted(scenario, "partly")
    before = counting.figures(scenario.session, 2026)
    # The six would give the four away, as what is left of ten.
    assert (before.total, before.outcomes) == (10, [("met", Hidden.BESIDE), ("partly", Hidden.SMALL)])
    (row,) = before.by_service
    assert (row.label, row.sent, row.accepted, row.declined, row.met) == (
        scenario.bound,
        10,
        10,
        Hidden.SMALL,
        6,
    )
    purging.purge(scenario.session, NOW + timedelta(days=60), clock_is_right=True)
    scenario.session.commit()
    assert scenario.count(Referral) == 0
    assert counting.figures(scenario.session, 2026) == before


@pytest.mark.control("C34")
def test_a_figure_below_five_is_never_given(scenario: Scenario) -> None:
    for _ in range(4):
        scenario.send()
    found = counting.figures(scenario.session, 2026)
    assert found.total is Hidden.SMALL
    assert [row.sent for row in (*found.by_theme, *found.by_service)] == [Hidden.SMALL, Hidden.SMALL]
    assert counting.shown(4) is Hidden.SMALL
    assert counting.shown(5) == 5


def test_a_referral_counts_for_the_confirmed_actions_of_its_service(scenario: Scenario) -> None:
    action, proposed = factories.action(), factories.action()
    scenario.session.add_all(
        [
            factories.plan([action, proposed]),
            factories.fulfilment(action, scenario.bound, state=FulfilmentState.CONFIRMED),
            factories.fulfilment(proposed, scenario.bound, state=FulfilmentState.PROPOSED),
        ]
    )
    scenario.session.commit()
    for _ in range(5):
        scenario.send()
    found = counting.figures(scenario.session, 2026)
    assert [(row.label, row.sent) for row in found.by_action] == [(action, 5)]


def test_a_year_without_any_is_empty(scenario: Scenario) -> None:
    scenario.send()
    assert counting.years(scenario.session) == [2026]
    assert counting.figures(scenario.session, 2025).by_theme == []
