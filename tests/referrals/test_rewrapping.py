"""A new master key: everything stays readable, the rotation goes on where it was interrupted."""

import contextlib
from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from guide.crypto import UnsealError
from guide.model.referrals import ReferralKey
from guide.referrals import rewrapping, sealing
from guide.referrals.content import SealedSection
from tests.referrals.conftest import House


def opener(house: House, breaks_after: int = 1_000):
    left = [breaks_after]

    @contextlib.contextmanager
    def opened() -> Iterator[Session]:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        yield house.session
        house.session.commit()

    return opened


@pytest.mark.control("C3")
def test_every_referral_is_readable_before_during_and_after(house: House, monkeypatch) -> None:
    monkeypatch.setattr(rewrapping, "BATCH", 2)
    made = [house.send() for _ in range(5)]
    old = house.keys.current()
    sealed = {row.id: row.sealed for referral in made for row in referral.parts}
    new = house.keys.add()
    house.send()
    with pytest.raises(KeyboardInterrupt):
        rewrapping.rewrap(opener(house, breaks_after=1), house.keys)
    assert rewrapping.in_use(house.session) == {old: 3, new: 3}
    for referral in made:
        assert sealing.unseal(house.session, referral, SealedSection.PERSON).name == "Zoulou"
    assert rewrapping.rewrap(opener(house), house.keys) == 3
    assert rewrapping.rewrap(opener(house), house.keys) == 0
    assert rewrapping.in_use(house.session) == {new: 6}
    for referral in made:
        assert sealing.unseal(house.session, referral, SealedSection.PERSON).name == "Zoulou"
    assert {row.id: row.sealed for referral in made for row in referral.parts} == sealed


def test_an_older_key_stays_in_the_file(house: House) -> None:
    old = house.keys.current()
    new = house.keys.add()
    assert house.keys.kids() == [old, new]
    assert house.keys.path.stat().st_mode & 0o777 == 0o600


def test_a_key_that_is_not_in_the_file_stops_the_rotation_and_changes_nothing(house: House) -> None:
    referral = house.send()
    before = house.session.get_one(ReferralKey, referral.id).wrapped
    house.keys.path.unlink()
    house.keys.make()
    with pytest.raises(UnsealError):
        rewrapping.rewrap(opener(house), house.keys)
    house.session.rollback()
    assert house.session.get_one(ReferralKey, referral.id).wrapped == before
