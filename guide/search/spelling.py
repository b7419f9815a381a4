"""Words to propose: those that start like what is typed, those that are spelt nearly like it.

The words are those of the listings themselves, never of a dictionary, so that no proposal finds nothing.
"""

from __future__ import annotations

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from guide.search.analysis import Language, fold
from guide.search.engine import MAX_SUGGESTIONS, MIN_PREFIX, usable
from guide.search.snapshot import SEPARATOR, WORDS, WRITTEN, Snapshot

MIN_LETTERS = 4
LONG_WORD = 6


def suggest(snapshot: Snapshot, prefix: str, language: Language, limit: int) -> list[str]:
    """The most frequent words that start with `prefix`, as people write them; [] when it is too short.

    Of "école" and "ecole", typed without its accent, the more frequent is offered; of equals the accented one.
    """
    start = fold(prefix).strip()
    if len(start) < MIN_PREFIX or not usable(start) or limit < 1:
        return []
    offered = snapshot.frequent(WORDS[language], start, min(limit, MAX_SUGGESTIONS))
    return [_as_written(snapshot, word, language) for word in offered]


def _as_written(snapshot: Snapshot, word: str, language: Language) -> str:
    ways = snapshot.counted(WRITTEN[language], word + SEPARATOR, 1)
    holders = snapshot.bitmap(WORDS[language], word).bit_count()
    for minus_count, text in ways:
        if -2 * minus_count >= holders:
            return text.partition(SEPARATOR)[2]
    return word


def near(snapshot: Snapshot, word: str, language: Language, limit: int) -> list[str]:
    """The words of the listings nearest to `word`: fewest changes, then most frequent, then a-z."""
    wanted = fold(word).strip()
    if len(wanted) < MIN_LETTERS or not usable(wanted) or limit < 1:
        return []
    field = WORDS[language]
    changes = 2 if len(wanted) >= LONG_WORD else 1
    known = snapshot.known(field)
    found = [
        (distance, other)
        for letters in range(len(wanted) - changes, len(wanted) + changes + 1)
        for other, distance, _ in process.extract(
            wanted,
            known.get(letters, ()),
            scorer=DamerauLevenshtein.distance,
            score_cutoff=changes,
            limit=None,
        )
        if other != wanted
    ]
    counted = [(distance, -snapshot.bitmap(field, other).bit_count(), other) for distance, other in found]
    return [other for _, count, other in sorted(counted) if count][: min(limit, MAX_SUGGESTIONS)]


def knows(snapshot: Snapshot, word: str, language: Language) -> bool:
    """Whether a live listing holds the word as it is spelt."""
    wanted = fold(word).strip()
    return usable(wanted) and snapshot.bitmap(WORDS[language], wanted) != 0
