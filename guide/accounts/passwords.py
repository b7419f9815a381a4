"""Passwords: Argon2id, a length, and words that everybody tries first. No rule about signs, no yearly change.

Twelve characters already refuse nearly every password of the usual lists, which are short; what is left are
common words with something hung on. So the words are listed once (`common_words.txt`: French, Dutch and
Brussels, by families), and a password that is one or two of them, or words that go together, with figures and
signs around, is refused.
"""

import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

SHORTEST, LONGEST = 12, 128

hasher = PasswordHasher()
"""The library's own profile (RFC 9106); tests put a cheap one here."""

_SMALL = (
    " a au aux ce d de den der des du een elle en et het ik il in is j je jij l la le les ma mes met mon my of on "
    "op ou pour s sa ses son sur ta te ten ter the tu un une van vous wij "
)
"""Little words between others: they make nothing harder to guess."""

_LEET = str.maketrans("01345789@$!", "oieastbgasi")


class PasswordTooShortError(Exception):
    """Fewer than SHORTEST characters."""


class PasswordTooLongError(Exception):
    """More than LONGEST characters."""


class PasswordTooCommonError(Exception):
    """A word or a row of keys that is tried first, or the person's own address."""


def check(password: str, *own: str) -> None:
    """Raises PasswordTooShortError, PasswordTooLongError or PasswordTooCommonError; says nothing of a good one.
    Spaces and every sign may be used.

    `own` are the person's address and name, which others know.
    """
    if len(password) < SHORTEST:
        raise PasswordTooShortError
    if len(password) > LONGEST:
        raise PasswordTooLongError
    if is_common(password, *own):
        raise PasswordTooCommonError


def is_common(password: str, *own: str) -> bool:
    """Is it a row of keys, a few signs again and again, or made of listed words that one tries together?"""
    plain = _folded(password)
    if len(set(plain)) < 5:
        return True
    known = {_folded(part) for text in own for part in re.split(r"[@._+\s-]+", text) if len(part) > 3}
    return any(_is_made_of_words(text, known) for text in (plain, plain.translate(_LEET)))


def _is_made_of_words(text: str, known: set[str]) -> bool:
    for word in sorted(known, key=len, reverse=True):
        text = text.replace(word, " ")
    words, families = 0, set()
    # The longest listed word is taken away first; what stays must be something of one's own.
    for word, family in _longest_first():
        if word in text:
            text = text.replace(word, " ")
            if family:
                words += 1
                families.add(family)
    if words >= 3 and len(families) >= 2:
        return False
    return sum(len(piece) for piece in re.findall(r"[^\W\d_]+", text) if f" {piece} " not in _SMALL) < 4


def common_words() -> dict[str, int]:
    """The listed words, in small letters without accents, and their family: 0 for those that add nothing."""
    return dict(_longest_first())


@cache
def _longest_first() -> tuple[tuple[str, int], ...]:
    found: dict[str, int] = {}
    family = number = 0
    for line in (files("guide.accounts") / "common_words.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            number += 1
            family = 0 if line.startswith("# *") else number
        else:
            found |= {_folded(word): family for word in line.split()}
    return tuple(sorted(found.items(), key=lambda pair: -len(pair[0])))


def hashed(password: str) -> str:
    """What is kept of a password."""
    return hasher.hash(_typed(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Is it the password? One hash is computed in every case, so that the time tells nobody who has an account."""
    try:
        return hasher.verify(password_hash or _dummy(), _typed(password)) and password_hash is not None
    except (Argon2Error, InvalidHashError):
        return False


def outdated(password_hash: str) -> bool:
    """Was it hashed with an older profile? Then hash it again while the password is at hand."""
    return hasher.check_needs_rehash(password_hash)


@lru_cache(maxsize=1)
def _dummy_of(made_by: PasswordHasher) -> str:
    return made_by.hash("nobody has this password")


def _dummy() -> str:
    return _dummy_of(hasher)


def _typed(password: str) -> str:
    """The same letters whatever keyboard wrote them: an é may come as one sign or as two."""
    return unicodedata.normalize("NFC", password)


def _folded(text: str) -> str:
    """In small letters without accents; letters of other scripts stay."""
    return "".join(
        sign
        for sign in unicodedata.normalize("NFKD", text.lower().replace("œ", "oe"))
        if not unicodedata.combining(sign)
    )
