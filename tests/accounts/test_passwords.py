"""A password is refused for its length or because everybody tries it, never for its signs."""

import unicodedata

import pytest
from argon2 import PasswordHasher
from argon2.low_level import Type

from guide.accounts import passwords
from guide.accounts.passwords import (
    PasswordTooCommonError,
    PasswordTooLongError,
    PasswordTooShortError,
    check,
    hashed,
    is_common,
    matches,
)
from tests.running import OWN_HASHER


@pytest.mark.parametrize(
    "good",
    [
        "tulipes sur un balcon",
        "lampe verte au grenier",
        "vier sjaals op een dak",
        "k7rm-2xqp-9wdh",
        "chat fromage orange velo",
        "    x    y    z  qrs  ",
        "ünïcødé ütan gränser",
        "雨の日は本を読みますよね。",
        "мой зонтик на балконе",
    ],
)
def test_long_enough_and_ones_own_is_all_that_is_asked(good: str) -> None:
    check(good, "an.dubreuxmont@maison.example", "An")


@pytest.mark.control("C11")
@pytest.mark.parametrize(
    "common",
    [
        "motdepasse2026!",
        "M0td3p@sse1234",
        "Wachtwoord123!",
        "azertyuiop12",
        "poiuytreza99",
        "Bruxelles1090!!",
        "Jette2026Jette2026",
        "cpas-jette-2026",
        "standarddeliege1",
        "anderlecht1908",
        "Sophie.Marie.1985",
        "lundimardimercredi",
        "vrijdag13vrijdag",
        "jetaimemaman123",
        "ikhouvanjou2015",
        "le chat de Marie",
        "Élise et Noémie 2009",
        "mon cœur à toi 14",
        "abababababab",
        "839201746583",
        "            ",
        "!!!!!!!!!!!!!!",
    ],
)
def test_words_that_everybody_tries_are_refused_with_whatever_hangs_on_them(common: str) -> None:
    with pytest.raises(PasswordTooCommonError):
        check(common, "an@maison.example")


def test_ones_own_name_and_address_are_no_password() -> None:
    assert not is_common("vandergrote-peltier 7")
    assert is_common("vandergrote-peltier 7", "an@maison.example", "An Vandergrote Peltier")
    assert is_common("vandergrotepeltier7", "vandergrote.peltier@maison.example")


@pytest.mark.control("C11")
def test_twelve_to_128_characters() -> None:
    text = "grenouille lavabo pétunia clavecin " * 300
    for length, problem in (
        (0, PasswordTooShortError),
        (11, PasswordTooShortError),
        (129, PasswordTooLongError),
        (9999, PasswordTooLongError),
    ):
        with pytest.raises(problem):
            check(text[:length])
    check("clavecin, q!")
    check(text[:128])


def test_thousands_of_words_are_listed_in_both_languages() -> None:
    words = passwords.common_words()
    assert len(words) >= 3000
    assert all(word.isascii() and word.islower() and len(word) >= 4 for word in words if word.isalpha())
    for word in ("motdepasse", "wachtwoord", "anderlecht", "janvier", "januari", "azerty", "jette"):
        assert word in words
    assert words["motdepasse"] == words["jette"] == 0
    assert len(set(words.values())) > 10


@pytest.mark.control("C11")
def test_a_hash_is_argon2id_in_the_librarys_own_profile() -> None:
    own, library = OWN_HASHER, PasswordHasher()
    assert own.type is Type.ID
    assert (own.memory_cost, own.time_cost) == (library.memory_cost, library.time_cost)
    assert own.memory_cost >= 19 * 1024


def test_a_password_matches_its_hash_and_no_other() -> None:
    kept = hashed("tulipes sur un balcon")
    assert "tulipes" not in kept
    assert kept != hashed("tulipes sur un balcon")
    assert matches(kept, "tulipes sur un balcon")
    assert not matches(kept, "tulipes sur un balcon ")
    assert not matches(None, "nobody has this password")
    assert not matches("no hash at all", "tulipes sur un balcon")


def test_an_accent_is_the_same_from_every_keyboard() -> None:
    one, two = (unicodedata.normalize(form, "fenêtre à Évere, été") for form in ("NFC", "NFD"))
    assert one != two
    assert matches(hashed(one), two)


def test_a_hash_of_an_older_profile_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = hashed("tulipes sur un balcon")
    assert not passwords.outdated(kept)
    monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    assert passwords.outdated(kept)
    assert matches(kept, "tulipes sur un balcon")
