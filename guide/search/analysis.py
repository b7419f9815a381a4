"""How a text becomes terms: one pure analysis, used when listings are indexed and when people search.

Every engine receives ready terms, so a change here means another index: `ANALYSIS_VERSION` says so.
This module knows letters and words of French and Dutch; it knows no need, no listing and no engine.

A text goes through three steps: `fold` (letters), `words` (words), `terms` (stems without stop words).
All three are linear in the length of the text and accept any string, lone surrogates included.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from importlib.metadata import version
from sys import intern
from typing import Literal, cast

from snowballstemmer.dutch_porter_stemmer import DutchPorterStemmer
from snowballstemmer.french_stemmer import FrenchStemmer

from guide.search import wordlists

Language = Literal["fr", "nl"]

MAX_WORD_LENGTH = 48  # a longer run of letters is cut: no real word is longer, and stems stay cheap
MIN_COMPOUND_LENGTH = 6
MIN_PART_LENGTH = 3
_ALGORITHM = 1  # to raise when the code of this module changes what it returns

MAX_WRITTEN = 20_000  # signs of a text whose words are offered as suggestions

_APOSTROPHES = "'’‘‛`´ʼʹ′ʾʿ＇"
_SPECIAL_LETTERS = {
    "œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "ẞ": "ss", "ø": "o", "Ø": "o",
    "đ": "d", "Đ": "d", "ð": "d", "Ð": "d", "ł": "l", "Ł": "l", "ı": "i", "þ": "th", "Þ": "th",
}  # fmt: skip
_TOKEN = re.compile(r"[^\W_]+(?:['.][^\W_]+)*")


class _Letters(dict[int, str]):
    """What stands for each code point, filled as they are met.

    One code point at a time: normalising a whole string of combining marks takes quadratic time in CPython.
    """

    _limit = 20_000

    def __init__(self, read: Callable[[str], str]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, code: int) -> str:
        letter = self._read(chr(code))
        if len(self) < self._limit:
            self[code] = letter
        return letter


def _fold_letter(letter: str) -> str:
    if letter in _APOSTROPHES:
        return "'"
    if letter in _SPECIAL_LETTERS:
        return _SPECIAL_LETTERS[letter]
    category = unicodedata.category(letter)
    if letter.isspace() or category in ("Zs", "Zl", "Zp"):
        return " "
    if category[0] in "CM":  # controls, invisible marks, lone surrogates; accents typed on their own
        return ""
    digit = unicodedata.decimal(letter, None)
    if digit is not None:
        return str(digit)
    decomposed = unicodedata.normalize("NFKD", letter).casefold()
    if decomposed == letter:
        return letter
    if len(decomposed) == 1:
        return _fold_letter(decomposed)
    kept = "".join(_fold_letter(part) for part in decomposed)
    return unicodedata.normalize("NFC", kept)  # puts Korean syllables together again


def _written_letter(letter: str) -> str:
    if letter in _APOSTROPHES:
        return "'"
    # What folding drops parts no word: a soft hyphen, the vowels of Arabic, the dot of a Turkish "İ" in lower case.
    return letter if letter.isspace() or unicodedata.category(letter)[0] not in "CM" else ""


_LETTERS = _Letters(_fold_letter)
_WRITTEN_LETTERS = _Letters(_written_letter)


def fold(text: str) -> str:
    """The text in lower case without accents: « Œuvre d’été » gives `oeuvre d'ete`.

    Other scripts keep their letters and lose their accents; digits of any script become 0-9; every space
    becomes a plain one; control characters and lone surrogates disappear. Folding twice changes nothing.
    """
    return text.translate(_LETTERS)


def words(text: str, language: Language) -> list[str]:
    """The folded words of a text in their order, stop words included, repetitions too.

    French elisions are cut (`l'aide` gives `aide`) in both languages, since names of associations are
    French on Dutch pages; the Dutch plural `'s` is cut; `C.P.A.S.` gives `cpas`; numbers are words.
    A word never exceeds MAX_WORD_LENGTH letters.
    """
    _check(language)
    found: list[str] = []
    for token in _TOKEN.findall(fold(text)):
        # A vocabulary holds a hundred thousand words, of which ten thousand differ: each is in memory once.
        if token.isalnum():  # as nearly all are: no list is made of one
            found.append(intern(token[:MAX_WORD_LENGTH]))
        else:
            found.extend(map(intern, _words_of(token, language)))
    return found


def written_words(text: str, language: Language) -> list[str]:
    """The words of a text as people write them, in lower case with their accents: what a suggestion offers.

    Folded, they are those of `words`.
    """
    _check(language)
    plain = unicodedata.normalize("NFC", text[:MAX_WRITTEN]).lower().translate(_WRITTEN_LETTERS)
    found: list[str] = []
    for token in _TOKEN.findall(plain):
        found.extend(_words_of(token, language))
    return found


def _words_of(token: str, language: Language) -> list[str]:
    if token.isalnum():
        return [token[:MAX_WORD_LENGTH]]
    if token in wordlists.WHOLE_WITH_APOSTROPHE:
        return [token]
    pieces = token.split("'")
    cut = 0
    while cut < len(pieces) - 1 and pieces[cut] in wordlists.ELISIONS:
        cut += 1
    pieces = pieces[cut:]
    if language == "nl" and len(pieces) > 1 and pieces[-1] == "s":
        pieces = pieces[:-1]
    rest = "'".join(pieces)
    if rest in wordlists.WHOLE_WITH_APOSTROPHE:
        return [rest]
    found: list[str] = []
    for piece in pieces:
        parts = piece.split(".")
        if len(parts) > 1 and all(len(part) == 1 for part in parts):
            parts = ["".join(parts)]
        found.extend(part[:MAX_WORD_LENGTH] for part in parts)
    return found


def terms(text: str, language: Language, split: bool = True) -> list[str]:
    """The stems of a text in their order, without stop words, repetitions kept (they are weights).

    With `split`, a Dutch compound is followed by its parts: `kinderfiets` gives its own stem, then those
    of `kind` and `fiets`, so that `kinder fiets` typed in two words meets it and the other way round.
    """
    return [term for group in term_groups(text, language, split) for term in group]


def term_groups(text: str, language: Language, split: bool = True) -> list[tuple[str, ...]]:
    """As `terms`, one group per word: the stem first, then the parts of a Dutch compound.

    A search makes one clause of each group.
    """
    stop_words = wordlists.STOP_WORDS[_check(language)]
    groups: list[tuple[str, ...]] = []
    for word in words(text, language):
        if word in stop_words:
            continue
        stem = stem_word(word, language)
        parts = compound_parts(word) if split and language == "nl" else ()
        groups.append((stem, *(part for part in parts if part != stem)))
    return groups


@lru_cache(maxsize=65_536)
def stem_word(word: str, language: Language) -> str:
    """The stem of one folded word, so that singular and plural meet; other scripts come back unchanged."""
    _check(language)
    word = word[:MAX_WORD_LENGTH]
    if not word.isascii() or not word.isalpha():
        return word
    return intern(_french_stem(word) if language == "fr" else _dutch_stem(word))


@lru_cache(maxsize=65_536)
def compound_parts(word: str) -> tuple[str, ...]:
    """The stems of the parts of one folded Dutch compound, or () when it is no compound of our lexicon.

    The parts cover the whole word, with the linking letters of Dutch between them; the fewest parts win.
    """
    word = word[:MAX_WORD_LENGTH]
    if len(word) < MIN_COMPOUND_LENGTH or word in wordlists.DUTCH_PARTS or _dutch_stem(word) in _PART_STEMS:
        return ()
    best: dict[int, tuple[str, ...]] = {0: ()}  # where a part may start -> parts so far
    for start in range(len(word) - MIN_PART_LENGTH + 1):
        if start not in best:
            continue
        before = best[start]
        for end in range(start + MIN_PART_LENGTH, len(word) + 1):
            part = word[start:end]
            listed, last = part in wordlists.DUTCH_PARTS, end == len(word)
            if not listed and not last:
                continue  # before its stem is looked for: of a long word there are hundreds of pieces
            stem = _dutch_stem(part)
            if not listed and stem not in _PART_STEMS:
                continue
            for link in wordlists.DUTCH_LINKS:
                after = end + len(link)
                if not word.startswith(link, end) or (link and after == len(word)):
                    continue
                if after not in best or len(best[after]) > len(before) + 1:
                    best[after] = (*before, stem)
    parts = best.get(len(word), ())
    return parts if len(parts) > 1 else ()


def _check(language: str) -> str:
    if language not in wordlists.STOP_WORDS:
        raise ValueError(f"language must be 'fr' or 'nl', not {language!r}")
    return language


class _Stemmers(threading.local):
    """Snowball stemmers keep their word in themselves: each thread has its own."""

    def __init__(self) -> None:
        self.french = FrenchStemmer()
        self.dutch = DutchPorterStemmer()


_STEMMERS = _Stemmers()


def _french_stem(word: str) -> str:
    word = wordlists.FRENCH_IRREGULAR.get(word, word)
    if word in wordlists.FRENCH_OWN_STEM:
        return word
    singular = _french_singular(word)
    singular = wordlists.FRENCH_IRREGULAR.get(singular, singular)
    if singular in wordlists.FRENCH_OWN_STEM:
        return singular
    return cast(str, _STEMMERS.french.stemWord(singular))


def _french_singular(word: str) -> str:
    """Cut the plural first: Snowball alone makes `loyer` -> `loi` and `loyers` -> `loyer`."""
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    if word.endswith(("eaux", "yaux")) or word in wordlists.FRENCH_PLURAL_X:
        return word[:-1]
    if len(word) > 4 and word.endswith("aux"):
        return word[:-2] + "l"
    return word


def _dutch_stem(word: str) -> str:
    word = wordlists.DUTCH_IRREGULAR.get(word, word)
    if word in wordlists.DUTCH_IRREGULAR.values():
        return word
    word = _dutch_pass(word)
    if word.endswith("s"):  # fietsen -> fiets, then fiets -> fiet, where the singular also ends
        word = _dutch_pass(word)
    if word.endswith("iaal"):  # sociaal meets sociale
        word = word[:-2] + "l"
    if len(word) > 2 and word[-1] in "vz":  # brieven -> briev -> brief, huizen -> huiz -> huis
        word = word[:-1] + ("f" if word[-1] == "v" else "s")
    return word


def _dutch_pass(word: str) -> str:
    stem = cast(str, _STEMMERS.dutch.stemWord(word))
    if len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "aeiou":
        stem = stem[:-1]  # klassen -> klass -> klas
    return stem


_PART_STEMS = frozenset(_dutch_stem(part) for part in wordlists.DUTCH_PARTS)


def _digest() -> str:
    content = {
        "algorithm": _ALGORITHM,
        "snowball": version("snowballstemmer"),
        "unicode": unicodedata.unidata_version,
        "limits": [MAX_WORD_LENGTH, MIN_COMPOUND_LENGTH, MIN_PART_LENGTH],
        "letters": [_APOSTROPHES, sorted(_SPECIAL_LETTERS.items()), _TOKEN.pattern],
        "stop": {language: sorted(listed) for language, listed in wordlists.STOP_WORDS.items()},
        "french": [
            sorted(wordlists.ELISIONS),
            sorted(wordlists.WHOLE_WITH_APOSTROPHE),
            sorted(wordlists.FRENCH_OWN_STEM),
            sorted(wordlists.FRENCH_IRREGULAR.items()),
            sorted(wordlists.FRENCH_PLURAL_X),
        ],
        "dutch": [
            sorted(wordlists.DUTCH_IRREGULAR.items()),
            sorted(wordlists.DUTCH_PARTS),
            list(wordlists.DUTCH_LINKS),
        ],
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]


SNOWBALL_VERSION = version("snowballstemmer")
ANALYSIS_VERSION = _digest()
"""Twelve hex digits over lists, constants and the stemmer's version: another value, another index."""
