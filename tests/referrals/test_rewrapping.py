"""A new master key: everything stays readable, the rotation goes on where it was interrupted."""

import contextlib
from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from guide.crypto import UnsealError
from guide.model.referrals import ReferralKey
from guide.referrals import rewrapping, sealing
from guide.referrals.content import SealedSection
from tests.referrals.conftest import Scenario


def opener(scenario: Scenario, breaks_after: int = 1_000):
    left = [breaks_after]

    @contextlib.contextmanager
    def opened() -> Iterator[Session]:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        yield scenario.session
        scenario.session.commit()

    return opened


@pytest.mark.control("C3")
def test_every_referral_is_readable_before_during_and_after(scenario: Scenario, monkeypatch) -> None:
    monkeypatch.setattr(rewrapping, "BATCH", 2)
    made = [scenario.send() for _ in range(5)]
    old = scenario.keys.current()
    sealed = {row.id: row.sealed for referral in made for row in referral.parts}
    new = scenario.keys.add()
    scenario.send()
    with pytest.raises(KeyboardInterrupt):
        rewrapping.rewrap(opener(scenario, breaks_after=1), scenario.keys)
    assert rewrapping.in_use(scenario.session) == {old: 3, new: 3}
    for referral in made:
        assert sealing.unseal(scenario.session, referral, SealedSection.PERSON).name == "Zoulou"
    assert rewrapping.rewrap(opener(scenario), scenario.keys) == 3
    assert rewrapping.rewrap(opener(scenario), scenario.keys) == 0
    assert rewrapping.in_use(scenario.session) == {new: 6}
    for referral in made:
        assert sealing.unseal(scenario.session, referral, SealedSection.PERSON).name == "Zoulou"
    assert {row.id: row.sealed for referral in made for row in referral.parts} == sealed


def test_an_older_key_stays_in_the_file(scenario: Scenario) -> None:
    old = scenario.keys.current()
    new = scenario.keys.add()
    assert scenario.keys.kids() == [old, new]
    assert scenario.keys.path.stat().st_mode & 0o777 == 0o600


def test_a_key_that_is_not_in_the_file_stops_the_rotation_and_changes_nothing(scenario: Scenario) -> None:
    referral = scenario.send()
    before = scenario.session.get_one(ReferralKey, referral.id).wrapped
    scenario.keys.path.unlink()
    scenario.keys.make()
    with pytest.raises(UnsealError):
        rewrapping.rewrap(opener(scenario), scenario.keys)
    scenario.session.rollback()
    assert scenario.session.get_one(ReferralKey, referral.id).wrapped == before
