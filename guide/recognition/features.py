"""From a sentence to what a model counts: words, pairs of words, groups of letters, and what is spoken of."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from guide.recognition.concepts import Concepts
from guide.recognition.wordlists import CLASS_OF, SPELLED_OUT, THINGS
from guide.search.analysis import fold

LONGEST = 60
"""Words of a sentence that are heard."""

NEAR = 4
"""How far apart the two words of a pair may stand."""

MOST_CONCEPTS = 14
"""Concepts of a sentence that are taken two by two."""

LETTERS_OF_A_STEM = 6

FEATURES_VERSION = hashlib.sha256(
    repr((2, LONGEST, NEAR, MOST_CONCEPTS, sorted(SPELLED_OUT.items()), sorted(CLASS_OF.items()))).encode()
).hexdigest()[:12]
"""Another value, other features: the models want training anew. Its first number is raised by hand."""

_WORD = re.compile(r"[^\W_]+")
_HELD = re.compile(r"(.)\1{2,}")


def words(text: str) -> list[str]:
    """The folded words of a sentence, short spellings written out; a figure is `#`, a held letter is let go."""
    found: list[str] = []
    for word in _WORD.findall(_HELD.sub(r"\1\1", fold(text))):
        if word.isdigit():
            found.append("#")
        else:
            found.extend(SPELLED_OUT.get(word, (word[:32],)))
    return found[:LONGEST]


@dataclass(frozen=True, slots=True)
class Features:
    """What the models count of a sentence, with this lexicon of concepts."""

    concepts: Concepts

    def of(self, text: str) -> list[str]:
        """Each feature once, in the order found."""
        said = words(text)
        return list(dict.fromkeys([*_spelling(said), *_pairs(said), *self._meaning(said)]))

    def _meaning(self, said: Sequence[str]) -> Iterator[str]:
        """The concepts and persons spoken of, wherever in the sentence, alone and two by two."""
        found: dict[str, None] = {}
        for place, word in enumerate(said):
            if word in CLASS_OF:
                found["@" + CLASS_OF[word]] = None
            found.update(dict.fromkeys(self.concepts.at(said, place)))
        yield from ("c " + concept for concept in found)
        for one, two in combinations(sorted(list(found)[:MOST_CONCEPTS]), 2):
            yield f"k {one} {two}"


def has_person(text: str) -> bool:
    """Is somebody spoken of: oneself, kin, a friend, "she"?"""
    return any(CLASS_OF.get(word, "") not in THINGS | {""} for word in words(text))


def spelling(text: str) -> list[str]:
    """The words of a sentence and their groups of letters alone: enough to tell its language."""
    return list(dict.fromkeys(_spelling(words(text))))


def _spelling(said: Sequence[str]) -> Iterator[str]:
    for word in said:
        yield "w " + word
        held = f"<{word}>"
        for length in (3, 4, 5):
            for place in range(len(held) - length + 1):
                yield "l " + held[place : place + length]


def _pairs(said: Sequence[str]) -> Iterator[str]:
    """Neighbours as they are said; and beginnings of words, or who is meant, that stand near each other."""
    for one, two in zip(["<", *said], [*said, ">"], strict=True):
        yield f"2 {one} {two}"
    meant = ["@" + CLASS_OF[word] if word in CLASS_OF else word[:LETTERS_OF_A_STEM] for word in said]
    framed = ["<", *meant, ">"]
    for place, one in enumerate(framed):
        for two in framed[place + 1 : place + 1 + NEAR]:
            yield f"p {one} {two}"
