"""What a search engine of the guide can do, and the values it takes and gives.

An engine stores terms and ranks identifiers. Analysis, vocabulary, texts and snippets stay outside: the
caller brings ready terms and fetches the listings of a page from the database.
Two engines exist, `whoosh_engine` and `memory_engine`; they give the same page for the same question.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from guide.search.analysis import Language

FIELDS = ("name_fr", "name_nl", "concept", "text_fr", "text_nl")
"""The searchable fields: names, keys of needs (`concept`, shared by both languages), descriptions."""

TIERS = (0, 1, 2, 3)
"""Four ranks that no score crosses: a lower tier always comes first. What they mean, the caller says."""

LANGUAGES: tuple[Language, ...] = ("fr", "nl")

MAX_CLAUSES = 40
MAX_ALTERNATIVES = 64
MAX_EXPANSIONS = 12
MIN_PREFIX = 2
MAX_SUGGESTIONS = 12
MAX_TERM_LENGTH = 128


class IndexUnavailableError(Exception):
    """The index is missing, damaged, or was built by another analysis: serve from memory and rebuild."""


class IndexBusyError(Exception):
    """Somebody else is writing the index: leave the outbox alone, the holder drains it."""


@dataclass(frozen=True, slots=True)
class Document:
    """What the index keeps of one listing.

    `fields` holds ready terms for names of FIELDS; a term repeated three times weighs three times.
    `words` holds the words of each language as people write them, for suggestion; correction folds them.
    `boost` multiplies every score of the listing, in percent (1 to 100): of two that answer alike, the one
    with the higher boost comes first.
    `facets` holds the values a person can tick: `{"need": ["food", "food/parcel"], "kind": ["service"]}`.
    Raises ValueError on an empty identifier, an unknown tier, field or language, a boost out of range.
    """

    id: str
    tier: int = 0
    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    words: Mapping[str, Sequence[str]] = field(default_factory=dict)
    facets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    boost: int = 100

    def __post_init__(self) -> None:
        if not usable(self.id):
            raise ValueError(f"a document needs an identifier of 1 to {MAX_TERM_LENGTH} letters: {self.id!r}")
        if self.tier not in TIERS:
            raise ValueError(f"unknown tier {self.tier!r}")
        if not 1 <= self.boost <= 100:
            raise ValueError(f"a boost is 1 to 100 percent, not {self.boost!r}")
        if unknown := (set(self.fields) - set(FIELDS)) | (set(self.words) - set(LANGUAGES)):
            raise ValueError(f"unknown fields or languages {sorted(unknown)}")


@dataclass(frozen=True, slots=True)
class Term:
    """One term of one field; with `prefix`, every term that starts with `text` (12 most frequent)."""

    field: str
    text: str
    weight: float = 1.0
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing the person asked for: a listing answers it when it holds any alternative.

    Its score is the best of weight x BM25 over the alternatives, plus a small share of the others.
    A `weak` clause orders the answers and is none by itself: a listing must answer another one, as long as
    some listing does.
    """

    alternatives: tuple[Term, ...]
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """How many of the answers are among these documents, as if the filter named `without` were not set."""

    among: frozenset[str]
    without: str = ""


@dataclass(frozen=True, slots=True)
class Beside:
    """Other documents that answer the same clauses (all of them with `require_all`), for the side of a page."""

    scope: Mapping[str, Collection[str]]
    limit: int
    require_all: bool = False


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One question to an engine: what is asked, among which documents, and all that the page wants to know of it.

    `clauses`: a document answers at least one (all of them with `require_all`); without clauses every one does.
    Only the first MAX_CLAUSES clauses and MAX_ALTERNATIVES alternatives count.
    `scope`: facets that always hold, such as the type of a document. `filters`: those that a person has ticked.
    AND between facets, OR inside one; a facet with no value filters nothing.
    `within`: further filters by name, for facts known elsewhere (open now): only these documents. An engine keeps
    what it makes of a set that it has seen before; give the same object again.
    `first`: identifiers that stand before all others, when they answer.
    `facets`: those whose values are counted. `counted`: further counts, by a name of the caller's. `beside`: other
    documents, by a name of the caller's.
    `limit` and `offset` are the page; 0 only counts. An offset beyond the last answer gives the last page.
    """

    clauses: Sequence[Clause] = ()
    require_all: bool = False
    scope: Mapping[str, Collection[str]] = field(default_factory=dict)
    filters: Mapping[str, Collection[str]] = field(default_factory=dict)
    within: Mapping[str, frozenset[str]] = field(default_factory=dict)
    first: Collection[str] = ()
    facets: Sequence[str] = ()
    counted: Mapping[str, Counted] = field(default_factory=dict)
    beside: Mapping[str, Beside] = field(default_factory=dict)
    limit: int = 20
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Hit:
    """One listing of a page; `clauses` are the positions of the clauses it answers."""

    id: str
    score: float
    clauses_matched: int
    clauses: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchPage:
    """`total` documents match; `hits` are those of this page, best first, from the position `offset` on.

    `facets` gives, for each facet asked for, the values found and how many documents the person would see
    with that value: the other filters apply, the facet's own do not. Values without a document are left out.
    `without`: for each filter that is set, of `filters` and of `within`, how many there would be without it;
    `unfiltered`: without any of them. `counted` and `beside` answer those of the request.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: dict[str, dict[str, int]]
    offset: int = 0
    unfiltered: int = 0
    without: dict[str, int] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)
    beside: dict[str, tuple[Hit, ...]] = field(default_factory=dict)

    @property
    def ids(self) -> tuple[str, ...]:
        """The identifiers of this page in rank order; ask a larger `limit` for more (a map, a booklet)."""
        return tuple(hit.id for hit in self.hits)


class SearchReader(Protocol):
    """What pages ask of an index, as fresh as the last write of any process. Raises IndexUnavailableError alone."""

    def search(self, request: SearchRequest) -> SearchPage:
        """The listings that answer the request, best first.

        Order: those of `first`, then tier, then score, then identifier. Score: boost x sum of the clause
        scores x (answered / asked)^2; weak clauses count in the sum alone.
        Without clauses the order is that of tier and identifier, with score 0.
        """
        ...

    def revision(self) -> int:
        """The revision given with the last write."""
        ...

    def suggest(self, prefix: str, language: Language, limit: int = 8) -> list[str]:
        """Words of the listings that start so, most frequent first; [] under MIN_PREFIX letters."""
        ...

    def near(self, word: str, language: Language, limit: int = 3) -> list[str]:
        """Words of the listings spelt nearly so, nearest first, then most frequent; never `word` itself.

        One change for 4 or 5 letters, two from 6 on; [] for shorter words.
        """
        ...

    def knows(self, word: str, language: Language) -> bool:
        """Whether a listing holds this word as it is spelt (after folding)."""
        ...


class SearchWriter(Protocol):
    """What keeps an index true. Raises IndexBusyError, IndexUnavailableError, and OSError when the disk is full."""

    def writing(self) -> AbstractContextManager[None]:
        """Hold the writer, to read the outbox after the lock and not before; may be nested in a thread.

        Raises IndexBusyError at once when another thread or process holds it.
        """
        ...

    def rebuild(self, documents: Iterable[Document], revision: int) -> None:
        """Replace everything by these documents; readers see the old index until the new one is whole."""
        ...

    def apply(self, documents: Iterable[Document], deleted: Iterable[str], revision: int) -> None:
        """Replace or add documents and forget the deleted ones, in one step that happens whole or not."""
        ...

    def upsert(self, documents: Iterable[Document], revision: int) -> None:
        """`apply` without deletions."""
        ...

    def delete(self, ids: Iterable[str], revision: int) -> None:
        """`apply` with deletions only; unknown identifiers are no fault."""
        ...

    def optimise(self) -> None:
        """Merge what updates have scattered; changes no answer."""
        ...


class SearchEngine(SearchReader, SearchWriter, Protocol):
    """A search index: both."""


def usable(text: str) -> bool:
    """Whether a text can be a term: not empty, of a length an index accepts, free of lone surrogates."""
    if not 0 < len(text) <= MAX_TERM_LENGTH:
        return False
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)
