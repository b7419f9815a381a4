"""The search engine in plain dictionaries: while the index on disk is rebuilt, and in tests.

It forgets everything with its process and shares nothing with others.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from guide.search.base import SnapshotEngine
from guide.search.engine import FIELDS, Document, IndexBusyError, IndexUnavailableError
from guide.search.snapshot import FACET, WORDS, WRITTEN, Snapshot, bitmap_of, stored_terms

Inverted = dict[str, dict[str, dict[int, int]]]  # field -> term -> slot -> how often


class _Contents:
    """The dictionaries of one engine: listings in slots, terms by field."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.tiers: list[int] = []
        self.boosts: list[int] = []
        self.lengths: dict[str, list[int]] = {field: [] for field in FIELDS}
        self.inverted: Inverted = {
            field: {} for field in (*FIELDS, *WORDS.values(), *WRITTEN.values(), FACET)
        }
        self.slots: dict[str, int] = {}
        self._terms: dict[str, dict[str, list[str]]] = {}
        self._free: list[int] = []

    def put(self, document: Document) -> None:
        self.drop(document.id)
        slot = self._free.pop() if self._free else self._grow()
        terms = stored_terms(document)
        self.ids[slot] = document.id
        self.tiers[slot] = document.tier
        self.boosts[slot] = document.boost
        self.slots[document.id] = slot
        self._terms[document.id] = terms
        for field, texts in terms.items():
            if field in self.lengths:
                self.lengths[field][slot] = len(texts)
            for text, count in Counter(texts).items():
                self.inverted[field].setdefault(text, {})[slot] = count

    def drop(self, identifier: str) -> None:
        slot = self.slots.pop(identifier, None)
        if slot is None:
            return
        for field, texts in self._terms.pop(identifier).items():
            for text in set(texts):
                holders = self.inverted[field][text]
                del holders[slot]
                if not holders:
                    del self.inverted[field][text]
        self.ids[slot] = ""
        self._free.append(slot)

    def _grow(self) -> int:
        self.ids.append("")
        self.tiers.append(0)
        self.boosts.append(100)
        for lengths in self.lengths.values():
            lengths.append(0)
        return len(self.ids) - 1


class _MemorySnapshot(Snapshot):
    def __init__(self, contents: _Contents) -> None:
        live = bitmap_of(contents.slots.values(), len(contents.ids))
        super().__init__(contents.ids, contents.tiers, contents.boosts, live)
        self._contents = contents
        self._exact = True

    def _read(self, field: str, text: str) -> tuple[Sequence[int], Sequence[float]]:
        holders = self._contents.inverted[field].get(text, {})
        return list(holders), list(holders.values())

    def _starting(self, field: str, prefix: str) -> Iterable[tuple[str, int]]:
        for text, holders in self._contents.inverted[field].items():
            if text.startswith(prefix):
                yield text, len(holders)

    def _lengths(self, field: str) -> Sequence[int]:
        return self._contents.lengths[field]


class MemoryEngine(SnapshotEngine):
    """A `SearchEngine` that lives in this process. Safe between threads; unavailable until rebuilt once."""

    def __init__(self) -> None:
        self._contents: _Contents | None = None
        self._view: Snapshot | None = None
        self._revision = 0
        self._writer = threading.RLock()
        self._changing = threading.RLock()  # held to change the dictionaries and to read them

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the writer; IndexBusyError when another thread does."""
        if not self._writer.acquire(blocking=False):
            raise IndexBusyError("another thread is writing")
        try:
            yield
        finally:
            self._writer.release()

    def rebuild(self, documents: Iterable[Document], revision: int) -> None:
        """Replace everything; the last of two documents with one identifier stays."""
        with self.writing():
            contents = _Contents()
            for document in documents:
                contents.put(document)
            with self._changing:
                self._contents, self._view, self._revision = contents, None, revision

    def apply(self, documents: Iterable[Document], deleted: Iterable[str], revision: int) -> None:
        """Replace or add documents and forget the deleted ones, in one step."""
        ready, gone = list(documents), list(deleted)
        with self.writing(), self._changing:
            contents = self._held()
            for identifier in gone:
                contents.drop(identifier)
            for document in ready:
                contents.put(document)
            self._view, self._revision = None, revision

    def optimise(self) -> None:
        """Nothing is scattered in memory."""
        with self.writing():
            self._held()

    def revision(self) -> int:
        """The revision of the last write."""
        with self._changing:
            self._held()
            return self._revision

    def _held(self) -> _Contents:
        if self._contents is None:
            raise IndexUnavailableError("the index in memory has not been built")
        return self._contents

    @contextmanager
    def _reading(self) -> Iterator[Snapshot]:
        with self._changing:
            if self._view is None:
                self._view = _MemorySnapshot(self._held())
            yield self._view
