"""What is typed lies sealed; a ciphertext moved elsewhere is refused; without its key nothing is read."""

from pathlib import Path

import pytest
from sqlalchemy import select

from guide.crypto import UnsealError
from guide.keys import KeyFile, KeysMissingError
from guide.model.referrals import Referral, ReferralKey, ReferralPart
from guide.referrals import sealing
from guide.referrals.content import (
    HOUSEHOLD,
    KINDS,
    Content,
    Need,
    Person,
    SealedSection,
    as_values,
    from_values,
)
from tests.referrals.conftest import CONTENT, NEED, PERSON, Scenario


def part(scenario: Scenario, referral, name: SealedSection) -> ReferralPart:
    return scenario.session.scalars(
        select(ReferralPart).where(ReferralPart.referral_id == referral.id, ReferralPart.part == name)
    ).one()


def test_what_was_sealed_comes_back_as_it_was(scenario: Scenario) -> None:
    referral = scenario.send()
    read = {name: sealing.unseal(scenario.session, referral, name) for name in SealedSection}
    assert read[SealedSection.PERSON] == PERSON
    assert read[SealedSection.NEED] == NEED
    assert read[SealedSection.SENDER] == CONTENT.sender
    assert read[SealedSection.ANSWER] == KINDS[SealedSection.ANSWER]()


@pytest.mark.control("C3")
def test_no_file_of_the_instance_holds_a_word_of_it(scenario: Scenario) -> None:
    scenario.send(copy_by_mail=True)
    words = [
        "Zoulou",
        "0470 12 34 56",
        "zoulou@",
        "colis pour la semaine",
        "voisin",
        "le matin",
        "assistante",
    ]
    for file in (each for each in scenario.folder.rglob("*") if each.is_file()):
        content = file.read_bytes()
        found = [word for word in words if word.encode() in content or word.encode("utf-16-le") in content]
        assert found == [], file


@pytest.mark.control("C3")
def test_two_of_the_same_words_are_sealed_differently(scenario: Scenario) -> None:
    first, second = scenario.send(), scenario.send()
    assert (
        part(scenario, first, SealedSection.NEED).sealed != part(scenario, second, SealedSection.NEED).sealed
    )


@pytest.mark.control("C3")
def test_each_referral_has_a_random_key_of_its_own(scenario: Scenario) -> None:
    rows = [scenario.session.get_one(ReferralKey, scenario.send().id) for _ in range(2)]
    uids = [scenario.session.get_one(Referral, row.referral_id).uid for row in rows]
    keys = [
        sealing.key_file(scenario.session).unwrap(row.kid, row.wrapped, uid)
        for row, uid in zip(rows, uids, strict=True)
    ]
    assert len(set(keys)) == 2
    assert all(len(key) == 32 and len(set(key)) > 16 for key in keys)


@pytest.mark.control("C3")
def test_a_part_put_in_place_of_another_is_refused(scenario: Scenario) -> None:
    referral = scenario.send()
    person, need = (
        part(scenario, referral, SealedSection.PERSON),
        part(scenario, referral, SealedSection.NEED),
    )
    person.sealed, need.sealed = need.sealed, person.sealed
    scenario.session.flush()
    for name in (SealedSection.PERSON, SealedSection.NEED):
        with pytest.raises(UnsealError):
            sealing.unseal(scenario.session, referral, name)


@pytest.mark.control("C3")
def test_a_part_or_a_key_of_another_referral_is_refused(scenario: Scenario) -> None:
    first, second = scenario.send(), scenario.send()
    mine, theirs = part(scenario, first, SealedSection.NEED), part(scenario, second, SealedSection.NEED)
    mine.sealed, theirs.sealed = theirs.sealed, mine.sealed
    scenario.session.flush()
    with pytest.raises(UnsealError):
        sealing.unseal(scenario.session, first, SealedSection.NEED)
    keys = [scenario.session.get_one(ReferralKey, one.id) for one in (first, second)]
    keys[0].wrapped, keys[1].wrapped = keys[1].wrapped, keys[0].wrapped
    scenario.session.flush()
    for referral in (first, second):
        with pytest.raises(UnsealError):
            sealing.unseal(scenario.session, referral, SealedSection.PERSON)


@pytest.mark.control("C3")
@pytest.mark.parametrize("place", [0, 11, 12, -1])
def test_one_changed_byte_is_noticed(scenario: Scenario, place: int) -> None:
    referral = scenario.send()
    row = part(scenario, referral, SealedSection.NEED)
    changed = bytearray(row.sealed)
    changed[place] ^= 1
    row.sealed = bytes(changed)
    scenario.session.flush()
    with pytest.raises(UnsealError):
        sealing.unseal(scenario.session, referral, SealedSection.NEED)


@pytest.mark.control("C3")
def test_without_its_key_nothing_is_read(scenario: Scenario) -> None:
    referral = scenario.send()
    scenario.session.delete(scenario.session.get_one(ReferralKey, referral.id))
    scenario.session.flush()
    with pytest.raises(UnsealError):
        sealing.unseal(scenario.session, referral, SealedSection.NEED)


@pytest.mark.parametrize("content", ["", "abc", "0123abcd:short=\n", "\xff\n"])
def test_a_damaged_file_of_keys_says_how_to_mend_it(tmp_path: Path, content: str) -> None:
    file = tmp_path / "keys"
    file.write_bytes(content.encode("latin-1"))
    with pytest.raises(KeysMissingError, match="Put back the copy"):
        KeyFile(file).current()


def test_the_file_of_keys_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    keys = KeyFile(tmp_path / "keys")
    keys.make()
    first = keys.path.read_text()
    keys.make()
    assert keys.path.read_text() == first
    assert keys.path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["keys"]


@pytest.mark.control("C6")
def test_the_fields_that_exist_are_these_and_no_others() -> None:
    """There is none for a national number, a birth date, a nationality, an address or a diagnosis."""
    assert {name: set(kind.__dataclass_fields__) for name, kind in KINDS.items()} == {
        "sender": {"organization", "worker", "function", "phone", "email"},
        "person": {"name", "contact", "phone", "mail", "safe", "coming_along"},
        "need": {
            "request",
            "tried",
            "availability",
            "language",
            "interpreter",
            "publics",
            "documents",
            *HOUSEHOLD,
        },
        "answer": {"words"},
        "motive": {"words"},
    }


@pytest.mark.control("C6")
def test_a_receiver_not_bound_by_secrecy_gets_name_contact_and_language_only() -> None:
    whole = Content(
        person=Person("Z", ("phone",), "0470", "", "le soir", "sa sœur"),
        need=Need(
            "x", "y", "z", "ar", True, ("femmes",), ("carte",), "1", "2", ("0-2",), "25-64", "lente", "yes"
        ),
    )
    cut = whole.cut_for(bound_by_secrecy=False)
    assert as_values(cut.person) == {"name": "Z", "contact": ("phone",), "phone": "0470", "safe": "le soir"}
    assert as_values(cut.need) == {"language": "ar", "interpreter": True}
    assert whole.cut_for(bound_by_secrecy=True) == whole


def test_a_field_of_a_later_version_is_left_aside() -> None:
    assert from_values(SealedSection.ANSWER, {"words": "oui", "mood": "bad"}) == KINDS[SealedSection.ANSWER](
        "oui"
    )
