"""Passwords: Argon2id, a length, and words that everybody tries first. No rule about signs, no yearly change.

Twelve characters already refuse nearly every password of the usual lists, which are short; what is left are
common words with something hung on. So the words are listed once (`common_words.txt`: French, Dutch and
Brussels), and a password that is only such words, figures and signs around them is refused.
"""

import re
import unicodedata
from functools import cache
from importlib.resources import files

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

SHORTEST, LONGEST = 12, 128

hasher = PasswordHasher()
"""The library's own profile (RFC 9106); tests put a cheap one here."""

_LEET = str.maketrans("01345789@$!", "oieastbgasi")


class TooShort(Exception):
    """Fewer than SHORTEST characters."""


class TooLong(Exception):
    """More than LONGEST characters."""


class TooCommon(Exception):
    """A word or a row of keys that is tried first, or the person's own address."""


def check(password: str, email: str = "") -> None:
    """Raises TooShort, TooLong or TooCommon; says nothing of a good one. Spaces and every sign may be used."""
    if len(password) < SHORTEST:
        raise TooShort
    if len(password) > LONGEST:
        raise TooLong
    if is_common(password, email):
        raise TooCommon


def is_common(password: str, email: str = "") -> bool:
    """Is it made of listed words, figures and signs only, of few letters, or of a row of keys?"""
    plain = _folded(password)
    if len(set(plain)) < 5:
        return True
    own = [_folded(part) for part in re.split(r"[@._+-]", email) if len(part) > 3]
    words = common_words()
    for text in (plain, plain.translate(_LEET)):
        # Take the longest listed word away, again and again: what stays must be something of one's own.
        rest = text
        for word in sorted((w for w in words if w in rest), key=len, reverse=True):
            rest = rest.replace(word, " ")
        for part in own:
            rest = rest.replace(part, " ")
        if len(re.sub(r"[^a-z]", "", rest)) < 4:
            return True
    return False


@cache
def common_words() -> frozenset[str]:
    """The listed words, in small letters without accents; at least four letters each."""
    text = (files("guide.accounts") / "common_words.txt").read_text(encoding="utf-8")
    return frozenset(_folded(word) for line in text.splitlines() if line[:1] != "#" for word in line.split())


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


@cache
def _dummy_of(made_by: PasswordHasher) -> str:
    return made_by.hash("nobody has this password")


def _dummy() -> str:
    return _dummy_of(hasher)


def _typed(password: str) -> str:
    """The same letters whatever keyboard wrote them: an é may come as one sign or as two."""
    return unicodedata.normalize("NFC", password)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
