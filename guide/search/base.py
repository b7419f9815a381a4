"""What both engines do alike: answer from a snapshot, and spell out one kind of write by another."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from contextlib import AbstractContextManager

from guide.search import ranking, spelling
from guide.search.analysis import Language
from guide.search.engine import Document, SearchPage, SearchRequest
from guide.search.snapshot import Snapshot


class SnapshotEngine(ABC):
    """A `SearchEngine` in all but its storage; the meaning of each method is written there."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Snapshot]:
        """Give the view to answer from, as fresh as the last write of any process."""

    @abstractmethod
    def apply(self, documents: Iterable[Document], deleted: Iterable[str], revision: int) -> None:
        """Replace or add documents and forget the deleted ones, in one step."""

    def search(self, request: SearchRequest) -> SearchPage:
        """One page of listings, best first."""
        with self._reading() as snapshot:
            return ranking.search(snapshot, request)

    def upsert(self, documents: Iterable[Document], revision: int) -> None:
        """Replace or add documents."""
        self.apply(documents, (), revision)

    def delete(self, ids: Iterable[str], revision: int) -> None:
        """Forget documents."""
        self.apply((), ids, revision)

    def suggest(self, prefix: str, language: Language, limit: int = 8) -> list[str]:
        """Words that start so, most frequent first."""
        with self._reading() as snapshot:
            return spelling.suggest(snapshot, prefix, language, limit)

    def near(self, word: str, language: Language, limit: int = 3) -> list[str]:
        """Words spelt nearly so, nearest first."""
        with self._reading() as snapshot:
            return spelling.near(snapshot, word, language, limit)

    def knows(self, word: str, language: Language) -> bool:
        """Whether a listing holds this word."""
        with self._reading() as snapshot:
            return spelling.knows(snapshot, word, language)
