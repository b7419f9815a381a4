"""A frozen view of an index, decoded piece by piece: what `ranking` and `spelling` work on.

Listings are numbered slots. A set of listings is one int used as a bitmap, so that matching, filtering and
counting are single operations of the interpreter. Each engine says how postings are read; everything that
decides an order is here or in `ranking`, once for all engines, and uses live listings only, so that an index
with deletions not yet merged gives the same scores as a fresh one.
"""

from __future__ import annotations

import math
import threading
from abc import ABC, abstractmethod
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from operator import attrgetter

from cachetools import LRUCache, cachedmethod

from guide.search.analysis import fold
from guide.search.engine import (
    FIELDS,
    MAX_ALTERNATIVES,
    MAX_EXPANSIONS,
    MIN_PREFIX,
    Clause,
    Document,
    Term,
    usable,
)

K1 = 1.2  # BM25
B = {"concept": 0.0}  # a service filed under many needs helps with each of them no less
B_OF_TEXTS = 0.75
TIE = 0.15  # of the alternatives beside the best: being found by name and by need beats either alone
FACET, SEPARATOR = "facet", "\x1f"
WORDS = {"fr": "words_fr", "nl": "words_nl"}
WRITTEN = {"fr": "written_fr", "nl": "written_nl"}
"""Words that people write otherwise than folded, each behind its folded form: `ecole` + separator + `école`."""
POSTINGS_BUDGET = 2_000_000  # entries of 12 bytes: 24 MB
CLAUSES_BUDGET = 300_000  # entries of about 100 bytes: 30 MB
KEPT_AT_ALL = 20  # entries that a term or a clause weighs which no listing holds
FACETS_KEPT = 64  # names of facets; the address line may ask for any
SETS_KEPT = 32  # sets of listings that callers know: what is open in this minute, who receives a fiche-relais

MAX_TERMS = 20_000  # per field of a listing: the rest of a text without end is not indexed

_BITS = [tuple(bit for bit in range(8) if byte >> bit & 1) for byte in range(256)]


def bitmap_of(slots: Iterable[int], size: int) -> int:
    """The slots as a bitmap over `size` listings."""
    data = bytearray(size // 8 + 1)
    for slot in slots:
        data[slot >> 3] |= 1 << (slot & 7)
    return int.from_bytes(data, "little")


def slots_of(bitmap: int) -> Iterator[int]:
    """The slots of a bitmap, ascending."""
    for position, byte in enumerate(bitmap.to_bytes((bitmap.bit_length() + 7) // 8, "little")):
        if byte:
            for bit in _BITS[byte]:
                yield position * 8 + bit


def stored_terms(document: Document) -> dict[str, list[str]]:
    """Every term to store for a listing, by field: texts, words for spelling, facet values."""
    stored = {name: list(document.fields.get(name, ())) for name in FIELDS}
    for language, name in WORDS.items():
        written = dict.fromkeys(document.words.get(language, ()))
        stored[name] = list(dict.fromkeys(fold(word) for word in written))
        stored[WRITTEN[language]] = [
            f"{fold(word)}{SEPARATOR}{word}" for word in written if word != fold(word)
        ]
    stored[FACET] = list(
        dict.fromkeys(
            f"{name}{SEPARATOR}{value}" for name, values in document.facets.items() for value in values
        )
    )
    return {name: [text for text in texts if usable(text)][:MAX_TERMS] for name, texts in stored.items()}


@dataclass(frozen=True, slots=True)
class Postings:
    """Where one term stands: slots, the BM25 impact in each, the same slots as a bitmap."""

    slots: Sequence[int]
    impacts: Sequence[float]
    bitmap: int


@dataclass(frozen=True, slots=True)
class Scored:
    """Where one clause is answered, its score per slot, and the highest of them."""

    bitmap: int
    scores: Mapping[int, float]
    best: float


class Snapshot(ABC):
    """One generation of an index. Safe between threads; decodes under a lock, since readers seek in files."""

    def __init__(self, ids: Sequence[str], tiers: Sequence[int], boosts: Sequence[int], live: int) -> None:
        self.ids = ids
        self._boosts = array("d", [boost / 100 for boost in boosts])
        self.size = len(ids)
        self.live = live
        self.count = live.bit_count()
        by_tier: dict[int, list[int]] = {}
        for slot in slots_of(live):
            by_tier.setdefault(tiers[slot], []).append(slot)
        self.tiers = [bitmap_of(by_tier[tier], self.size) for tier in sorted(by_tier)]
        self._lock = threading.RLock()
        self._postings: LRUCache[tuple[str, str], Postings] = LRUCache(
            POSTINGS_BUDGET, lambda postings: len(postings.slots) + KEPT_AT_ALL
        )
        self._clauses: LRUCache[tuple[Term, ...], Scored] = LRUCache(
            CLAUSES_BUDGET, lambda scored: len(scored.scores) + KEPT_AT_ALL
        )
        self._facets: LRUCache[str, dict[str, int]] = LRUCache(FACETS_KEPT)
        self._sets: LRUCache[frozenset[str], int] = LRUCache(SETS_KEPT)
        self._norms: dict[str, Sequence[float]] = {}
        self._known: dict[str, dict[int, list[str]]] = {}
        self._exact = False  # an engine whose counts hold live listings only says True
        self._slots: dict[str, int] | None = None
        self._ordered: list[int] | None = None

    @abstractmethod
    def _read(self, field: str, text: str) -> tuple[Sequence[int], Sequence[float]]:
        """The live slots of a term and how often it stands in each; empty when unknown."""

    @abstractmethod
    def _starting(self, field: str, prefix: str) -> Iterable[tuple[str, int]]:
        """The terms of a field that start so, each once, with a count of listings that may be too high."""

    @abstractmethod
    def _lengths(self, field: str) -> Sequence[int]:
        """How many terms the field of each slot holds; any value for a slot that is not live."""

    def slot(self, identifier: str) -> int | None:
        """The slot of a live listing, or None."""
        with self._lock:
            if self._slots is None:
                self._slots = {self.ids[slot]: slot for slot in slots_of(self.live)}
            return self._slots.get(identifier)

    def slots_of_these(self, identifiers: Iterable[str]) -> int:
        """The live listings among these, as a bitmap."""
        slots = (self.slot(identifier) for identifier in identifiers)
        return bitmap_of((slot for slot in slots if slot is not None), self.size)

    def members(self, identifiers: frozenset[str]) -> int:
        """The same, kept for the next who asks with this set."""
        with self._lock:
            if identifiers not in self._sets:
                self._sets[identifiers] = self.slots_of_these(identifiers)
            return self._sets[identifiers]

    def bitmap(self, field: str, text: str) -> int:
        """The live listings that hold a term, without scores."""
        with self._lock:
            return bitmap_of(self._read(field, text)[0], self.size)

    def facet(self, name: str) -> Mapping[str, int]:
        """The values of a facet, each with the bitmap of its live listings (never empty)."""
        with self._lock:
            if not usable(name):  # a name of the address line may be anything
                return {}
            if name not in self._facets:
                start = name + SEPARATOR
                found = {
                    text[len(start) :]: self.bitmap(FACET, text) for text, _ in self._starting(FACET, start)
                }
                self._facets[name] = {value: bitmap for value, bitmap in sorted(found.items()) if bitmap}
            return self._facets[name]

    def scored(self, clause: Clause) -> Scored:
        """Where a clause is answered, and how well."""
        with self._lock:
            return self._score(clause.alternatives)

    def frequent(self, field: str, prefix: str, limit: int) -> list[str]:
        """The terms of a field that start with `prefix`, most frequent among live listings first, then a-z.

        Counts of the index may include deleted listings: the true count is read while it can still matter.
        """
        return [text for _, text in self.counted(field, prefix, limit)]

    def counted(self, field: str, prefix: str, limit: int) -> list[tuple[int, str]]:
        """As `frequent`, each with minus the number of live listings that hold it."""
        with self._lock:
            found: list[tuple[int, str]] = []
            for ceiling, text in sorted((-most, text) for text, most in self._starting(field, prefix)):
                if len(found) >= limit and (ceiling, text) > found[-1]:
                    break
                count = -ceiling if self._exact else len(self._read(field, text)[0])
                if count:
                    found = nsmallest(limit, [*found, (-count, text)])
            return found

    def known(self, field: str) -> Mapping[int, Sequence[str]]:
        """Every term of a field, of deleted listings too, by its number of letters."""
        with self._lock:
            if field not in self._known:
                by_length: dict[int, list[str]] = {}
                for text, _ in self._starting(field, ""):
                    by_length.setdefault(len(text), []).append(text)
                self._known[field] = by_length
            return self._known[field]

    def in_order(self, among: int) -> Iterator[int]:
        """These live listings in the order of their identifiers."""
        with self._lock:
            if self._ordered is None:
                self._ordered = sorted(slots_of(self.live), key=self.ids.__getitem__)
        members = among.to_bytes(self.size // 8 + 1, "little")
        return (slot for slot in self._ordered if members[slot >> 3] >> (slot & 7) & 1)

    @cachedmethod(attrgetter("_clauses"))
    def _score(self, alternatives: tuple[Term, ...]) -> Scored:
        bitmap = 0
        best: dict[int, float] = {}
        total: dict[int, float] = {}
        for term in self._expanded(alternatives):
            postings = self._postings_of(term.field, term.text)
            bitmap |= postings.bitmap
            weight = term.weight
            for slot, impact in zip(postings.slots, postings.impacts, strict=True):
                score = weight * impact
                total[slot] = total.get(slot, 0.0) + score
                if score > best.get(slot, -1.0):
                    best[slot] = score
        scores = {slot: top + TIE * (total[slot] - top) for slot, top in best.items()}
        return Scored(bitmap, scores, max(scores.values(), default=0.0))

    def _expanded(self, alternatives: Sequence[Term]) -> Iterator[Term]:
        for term in alternatives[:MAX_ALTERNATIVES]:
            if term.field not in FIELDS or not usable(term.text):
                continue
            if not term.prefix:
                yield term
            elif len(term.text) >= MIN_PREFIX:
                for text in self.frequent(term.field, term.text, MAX_EXPANSIONS):
                    yield Term(term.field, text, term.weight)

    @cachedmethod(attrgetter("_postings"))
    def _postings_of(self, field: str, text: str) -> Postings:
        slots, counts = self._read(field, text)
        if not slots:
            return Postings((), (), 0)
        norms = self._norms_of(field)
        rarity = math.log(1 + (self.count - len(slots) + 0.5) / (len(slots) + 0.5)) * (K1 + 1)
        impacts = array(
            "d",
            [
                rarity * count / (count + norms[slot]) * self._boosts[slot]
                for slot, count in zip(slots, counts, strict=True)
            ],
        )
        return Postings(array("I", slots), impacts, bitmap_of(slots, self.size))

    def _norms_of(self, field: str) -> Sequence[float]:
        if field not in self._norms:
            lengths = self._lengths(field)
            total = sum(lengths[slot] for slot in slots_of(self.live))
            mean = total / self.count if total else 1.0
            b = B.get(field, B_OF_TEXTS)
            self._norms[field] = array("d", [K1 * (1 - b + b * length / mean) for length in lengths])
        return self._norms[field]
