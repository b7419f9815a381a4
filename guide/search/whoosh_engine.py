"""The search engine on disk: Whoosh stores the postings, this project ranks them.

Whoosh is used for what it does well, writing and merging segments, and nothing else: no parser, no scorer,
no `groupedby` (it ignores limits), no highlights. A reader is never refreshed, reused or buffered
(`searcher.refresh`, `reader(reuse=)`, BufferedWriter): since 2.7.4 these bring deleted listings back.
A change on disk means a fresh reader, 5 to 40 ms for 60 to 5,000 listings.
"""

from __future__ import annotations

import threading
from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

import whoosh
from cachetools import LRUCache
from whoosh import columns, fields, index
from whoosh.filedb.filestore import RamStorage
from whoosh.filedb.structfile import BufferFile
from whoosh.matching.wrappers import FilterMatcher

from guide.search.analysis import ANALYSIS_VERSION, SNOWBALL_VERSION
from guide.search.base import SnapshotEngine
from guide.search.engine import FIELDS, Document, IndexUnavailableError
from guide.search.generations import Generation, Generations
from guide.search.snapshot import (
    FACET,
    KEPT_AT_ALL,
    WORDS,
    WRITTEN,
    Snapshot,
    bitmap_of,
    slots_of,
    stored_terms,
)

_FORMAT = 2  # of the schema below
_LENGTH = "length_"
_DECODED_BUDGET = 1_000_000  # entries of 8 bytes: 8 MB
_WRITER_MEMORY = 256  # megabytes before postings are sorted on disk


_Postings = tuple["array[int]", "array[float]"]
_NOWHERE: _Postings = array("I"), array("f")


def versions() -> dict[str, object]:
    """What an index must have been built with to be read by this code."""
    return {
        "format": _FORMAT,
        "analysis": ANALYSIS_VERSION,
        "snowball": SNOWBALL_VERSION,
        "whoosh": whoosh.versionstring(),
    }


def _schema() -> Any:
    """Fields take lists of ready terms: no analyzer of ours enters the pickled schema."""
    described: dict[str, Any] = {
        "id": fields.COLUMN(columns.VarBytesColumn()),
        "tier": fields.COLUMN(columns.NumericColumn("B")),
        "boost": fields.COLUMN(columns.NumericColumn("B")),
        FACET: fields.KEYWORD(),
    }
    for name in FIELDS:
        described[name] = fields.KEYWORD()
        described[_LENGTH + name] = fields.COLUMN(columns.NumericColumn("H"))
    for name in (*WORDS.values(), *WRITTEN.values()):
        described[name] = fields.KEYWORD()
    return fields.Schema(**described)


def _stored(document: Document) -> dict[str, object]:
    terms = stored_terms(document)
    stored: dict[str, object] = {name: texts for name, texts in terms.items() if texts}
    stored.update({_LENGTH + name: len(terms[name]) for name in FIELDS})
    return stored | {"id": document.id.encode(), "tier": document.tier, "boost": document.boost}


@contextmanager
def _unavailable_when_unreadable() -> Iterator[None]:
    """Whoosh meets damage with any exception at all: struct.error, pickle errors, IndexError, zlib.error."""
    try:
        yield
    except IndexUnavailableError:
        raise
    except Exception as error:
        raise IndexUnavailableError(f"unreadable: {error!r}") from error


class _InMemory(BufferFile):
    """A file of an index that is in memory already: Whoosh's own copies it twice for each reader.

    `parts`: those of its content that were asked for before, by their place.
    """

    def __init__(self, content: bytes, parts: dict[tuple[int, int], bytes], name: str | None) -> None:
        super().__init__(content, name=name)  # type: ignore[no-untyped-call]
        self._content, self._parts = content, parts

    def subset(self, position: int, length: int, name: str | None = None) -> Any:
        part = self._parts.get((position, length))
        if part is None:
            part = self._parts[position, length] = self._content[position : position + length]
        return BufferFile(part, name=name or self._name)


class _Storage(RamStorage):
    """The files of a generation."""

    def __init__(self, files: Mapping[str, bytes], decoded: _Decoded) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.files = dict(files)
        self._decoded = decoded

    def open_file(self, name: str, **_options: Any) -> Any:
        if name not in self.files:
            raise NameError(name)  # as its own does
        return _InMemory(self.files[name], self._decoded.parts.setdefault(name, {}), name)


class _Decoded:
    """What was decoded of segments: their columns, and the postings asked for last. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.parts: dict[str, dict[tuple[int, int], bytes]] = {}
        self._columns: dict[tuple[str, str], Sequence[Any]] = {}
        self._postings: LRUCache[tuple[str, str, str], _Postings] = LRUCache(
            _DECODED_BUDGET, lambda postings: len(postings[0]) + KEPT_AT_ALL
        )

    def column(self, leaf: Any, name: str) -> Sequence[Any]:
        """The value of each document of a segment."""
        key = leaf.segment().segment_id(), name
        known = self._columns.get(key)
        if known is None:
            reader = leaf.column_reader(name, translate=False)
            known = self._columns[key] = [reader[number] for number in range(leaf.doc_count_all())]
        return known

    def postings(self, leaf: Any, field: str, text: str) -> _Postings:
        """The documents of a segment that hold a term, and how often. Some that were deleted may be among them."""
        key = leaf.segment().segment_id(), field, text
        with self._lock:
            known = self._postings.get(key)
        if known is not None:
            return known
        if (field, text) not in leaf:  # as in most small segments: nothing to keep
            return _NOWHERE
        known = array("I"), array("f")
        matcher = leaf.postings(field, text)
        if isinstance(matcher, FilterMatcher):  # it passes over the deleted ones, as we do, at a higher price
            matcher = matcher.child
        while matcher.is_active():
            known[0].append(matcher.id())
            known[1].append(matcher.weight())
            matcher.next()
        with self._lock, suppress(ValueError):  # longer than all that is kept together
            self._postings[key] = known
        return known

    def forget_all_but(self, leaves: Iterable[Any], files: Collection[str]) -> None:
        """Lets go of what belongs to segments that were merged away."""
        names = {leaf.segment().segment_id() for leaf in leaves}
        for key in list(self._columns):
            if key[0] not in names:
                self._columns.pop(key, None)
        with self._lock:
            for place in [place for place in self._postings if place[0] not in names]:
                del self._postings[place]
        for file in list(self.parts):
            if file not in files:
                self.parts.pop(file, None)


class _WhooshSnapshot(Snapshot):
    """One generation in memory; slots are the document numbers of Whoosh.

    `decoded`: what was decoded of segments before. Segments never change, they only lose listings: what an update
    leaves as it was is not decoded again.
    """

    def __init__(self, generation: Generation, decoded: _Decoded) -> None:
        with _unavailable_when_unreadable():
            reader = index.FileIndex(_Storage(generation.files, decoded)).reader()
            self._leaves: list[tuple[Any, int]] = (
                list(reader.leaf_readers()) if reader.doc_count_all() else []
            )
            ids: list[str] = []
            tiers: list[int] = []
            boosts: list[int] = []
            deleted: set[int] = set()
            for leaf, base in self._leaves:
                ids.extend(identifier.decode() for identifier in decoded.column(leaf, "id"))
                tiers.extend(decoded.column(leaf, "tier"))
                boosts.extend(decoded.column(leaf, "boost"))
                deleted.update(base + number for number in leaf.deleted_docs_set)
            decoded.forget_all_but([leaf for leaf, _ in self._leaves], generation.files)
            live = ((1 << len(ids)) - 1) ^ bitmap_of(deleted, len(ids))
        super().__init__(ids, tiers, boosts, live)
        self._decoded = decoded
        self._deleted = deleted
        self._exact = not deleted
        if len({ids[slot] for slot in slots_of(live)}) != self.count:
            raise IndexUnavailableError("a listing is in the index twice")

    def _read(self, field: str, text: str) -> tuple[Sequence[int], Sequence[float]]:
        slots: list[int] = []
        counts: list[float] = []
        with _unavailable_when_unreadable():
            for leaf, base in self._leaves:
                found, often = self._decoded.postings(leaf, field, text)
                slots.extend(base + number for number in found)
                counts.extend(often)
        if not self._deleted:
            return slots, counts
        left = [place for place, slot in enumerate(slots) if slot not in self._deleted]
        return [slots[place] for place in left], [counts[place] for place in left]

    def _starting(self, field: str, prefix: str) -> Iterable[tuple[str, int]]:
        counts: dict[bytes, int] = defaultdict(int)
        start = prefix.encode()
        with _unavailable_when_unreadable():
            for leaf, _ in self._leaves:
                for (name, text), info in leaf.iter_from(field, prefix):
                    if name != field or not text.startswith(start):
                        break
                    counts[text] += info.doc_frequency()
            return [(text.decode(), count) for text, count in counts.items()]

    def _lengths(self, field: str) -> Sequence[int]:
        with _unavailable_when_unreadable():
            return [
                number for leaf, _ in self._leaves for number in self._decoded.column(leaf, _LENGTH + field)
            ]


class WhooshEngine(SnapshotEngine):
    """A `SearchEngine` in a folder that several processes and threads may share.

    Writing may raise OSError as well (full disk): the index that was there stays.
    """

    def __init__(self, folder: Path) -> None:
        self._generations = Generations(folder)
        self._loading = threading.Lock()
        self._loaded: tuple[Generation, _WhooshSnapshot] | None = None
        self._decoded = _Decoded()

    def writing(self) -> AbstractContextManager[None]:
        """Hold the one writer of all processes; IndexBusyError when it is taken."""
        return self._generations.writing()

    def rebuild(self, documents: Iterable[Document], revision: int) -> None:
        """Replace everything; needs nothing of what is there. The last of two equal identifiers stays."""
        with self.writing(), self._generations.draft(None) as place:
            writer = index.create_in(str(place), _schema()).writer(limitmb=_WRITER_MEMORY)
            try:
                for document in {document.id: document for document in documents}.values():
                    writer.add_document(**_stored(document))
            except BaseException:
                writer.cancel()
                raise
            writer.commit()
            self._publish(place, revision, None)

    def apply(self, documents: Iterable[Document], deleted: Iterable[str], revision: int) -> None:
        """Replace or add documents and forget the deleted ones, in one generation."""
        fresh = {document.id: document for document in documents}
        with self.writing():
            base, snapshot = self._current()
            replaced = [snapshot.slot(identifier) for identifier in {*fresh, *deleted}]
            with self._generations.draft(base) as place:
                writer = index.open_dir(str(place)).writer()
                try:
                    for slot in replaced:
                        if slot is not None:
                            writer.delete_document(slot)
                    for document in fresh.values():
                        writer.add_document(**_stored(document))
                except BaseException:
                    writer.cancel()
                    raise
                writer.commit()
                self._publish(place, revision, base)

    def optimise(self) -> None:
        """Merge all segments into one."""
        with self.writing():
            base, _ = self._current()
            with self._generations.draft(base) as place:
                index.open_dir(str(place)).writer(limitmb=_WRITER_MEMORY).commit(optimize=True)
                self._publish(place, self.revision(), base)

    def revision(self) -> int:
        """The revision of the last write of any process."""
        generation, _ = self._current()
        revision = generation.manifest.get("revision")
        if not isinstance(revision, int):
            raise IndexUnavailableError("the manifest names no revision")
        return revision

    def _publish(self, place: Path, revision: int, base: Generation | None) -> None:
        for path in place.iterdir():  # locks and scratch files of the writer
            if path.suffix not in (".toc", ".seg"):
                path.unlink()
        self._generations.publish(place, {**versions(), "revision": revision}, base)

    @contextmanager
    def _reading(self) -> Iterator[Snapshot]:
        yield self._current()[1]

    def _current(self) -> tuple[Generation, _WhooshSnapshot]:
        loaded = self._loaded
        if loaded is not None and loaded[0].is_current():
            return loaded
        with self._loading:
            loaded = self._loaded
            if loaded is not None and loaded[0].is_current():  # another thread has just done it
                return loaded
            generation = self._generations.load(loaded[0] if loaded else None)
            built_with = {name: generation.manifest.get(name) for name in versions()}
            if built_with != versions():
                raise IndexUnavailableError(f"built with {built_with}")
            self._loaded = (generation, _WhooshSnapshot(generation, self._decoded))
            return self._loaded
