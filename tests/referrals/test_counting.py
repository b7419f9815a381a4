"""Figures that tell of nobody: the same before and after an erasure, none below five."""

from datetime import timedelta

import pytest

from guide.model import FulfilmentState
from guide.model.referrals import Referral
from guide.referrals import answering, counting, purging, reading, sending
from guide.referrals.counting import Hidden
from guide.referrals.life import Party
from tests import factories
from tests.referrals.conftest import NOW, House, consent


def accepted(house: House, outcome: str) -> None:
    made = house.send(consent=consent(expires=NOW.date() + timedelta(days=90)))
    reading.open_person(house.session, made, "visit", NOW)
    answering.accept(house.session, made, "visit", "", None, NOW)
    sending.close(house.session, made, Party.SENDER, "account:1", outcome, NOW)
    house.session.commit()


def test_the_figures_are_the_same_after_everything_was_erased(house: House) -> None:
    for _ in range(6):
        accepted(house, "met")
    for _ in range(4):
        accepted(house, "partly")
    before = counting.figures(house.session, 2026)
    # The six would give the four away, as what is left of ten.
    assert (before.total, before.outcomes) == (10, [("met", Hidden.BESIDE), ("partly", Hidden.SMALL)])
    (row,) = before.by_service
    assert (row.label, row.sent, row.accepted, row.declined, row.met) == (
        house.bound,
        10,
        10,
        Hidden.SMALL,
        6,
    )
    purging.purge(house.session, NOW + timedelta(days=60), clock_is_right=True)
    house.session.commit()
    assert house.count(Referral) == 0
    assert counting.figures(house.session, 2026) == before


@pytest.mark.control("C34")
def test_a_figure_below_five_is_never_given(house: House) -> None:
    for _ in range(4):
        house.send()
    found = counting.figures(house.session, 2026)
    assert found.total is Hidden.SMALL
    assert [row.sent for row in (*found.by_theme, *found.by_service)] == [Hidden.SMALL, Hidden.SMALL]
    assert counting.shown(4) is Hidden.SMALL
    assert counting.shown(5) == 5


def test_a_referral_counts_for_the_confirmed_actions_of_its_service(house: House) -> None:
    action, proposed = factories.action(), factories.action()
    house.session.add_all(
        [
            factories.plan([action, proposed]),
            factories.fulfilment(action, house.bound, state=FulfilmentState.CONFIRMED),
            factories.fulfilment(proposed, house.bound, state=FulfilmentState.PROPOSED),
        ]
    )
    house.session.commit()
    for _ in range(5):
        house.send()
    found = counting.figures(house.session, 2026)
    assert [(row.label, row.sent) for row in found.by_action] == [(action, 5)]


def test_a_year_without_any_is_empty(house: House) -> None:
    house.send()
    assert counting.years(house.session) == [2026]
    assert counting.figures(house.session, 2025).by_theme == []
