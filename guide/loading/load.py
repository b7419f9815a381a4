"""Loads the data files into the database, once and then again.

After the first load the database is the truth. Each record's content is remembered as it was last
loaded; a later load compares three versions field by field (file, remembered, database), takes the file's
where nobody edited it here, keeps what somebody edited, and lists it.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from guide import model
from guide.editing import revisions
from guide.languages import LANGUAGES, Bilingual
from guide.loading.check import check_files
from guide.loading.export import all_of
from guide.loading.files import DataFile, absent, read_all
from guide.loading.heard import hearing_errors
from guide.memory import gc_paused
from guide.records.errors import ErrorDetail
from guide.records.kinds import KINDS, Kind
from guide.records.lookup import DatabaseLookup
from guide.records.shape import Many, Shape
from guide.records.three_way_merge import Outcome

AT_ONCE = 200
"""Records that are written together: fewer cost more time, more cost memory."""


class DataValidationError(Exception):
    """The data files have faults; nothing was loaded. `errors` lists them."""

    def __init__(self, errors: list[ErrorDetail]) -> None:
        super().__init__("\n".join(str(error) for error in errors))
        self.errors = errors


@dataclass
class LoadReport:
    """What a load did: how many records were new, changed or the same, and what it left alone."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    kept: list[str] = field(default_factory=list)
    """What was left as it is here: `kind key: field` for each field edited here, and records removed here."""
    gone: list[str] = field(default_factory=list)
    """Records that are no longer in the files and were left in the database."""
    absent: list[str] = field(default_factory=list)
    """Files and folders that were not there, as an older guide wrote none; what they would hold stays as it is."""


def load(
    session: Session,
    folder: Path,
    now: datetime,
    progress: Callable[[str, int], None] = lambda kind, count: None,
    only: Collection[str] | None = None,
) -> LoadReport:
    """Brings the database up to the files, in the caller's transaction (the caller commits).

    `progress` hears each kind with its number of records. `only` names the kinds to load (default: all that are
    there). Raises DataValidationError before anything is written.
    """
    with gc_paused():
        return _load(session, folder, now, progress, only)


def _load(
    session: Session,
    folder: Path,
    now: datetime,
    progress: Callable[[str, int], None],
    only: Collection[str] | None,
) -> LoadReport:
    files, unread = read_all(folder)
    errors = check_files(folder, files, unread)
    if errors:
        raise DataValidationError(errors)
    left_out = absent(folder)
    kinds = [kind for kind in KINDS if kind not in left_out and (only is None or kind.name in only)]
    report = LoadReport(absent=[kind.place for kind in left_out])
    remembered = {(row.kind, row.key): row for row in session.scalars(select(model.LoadedRecord))}
    if _words_change(files, remembered) and (errors := list(hearing_errors(files))):
        raise DataValidationError(errors)
    seen: set[tuple[str, str]] = set()
    loading = _Loading(session, DatabaseLookup(session), remembered, report, now)
    for kind in kinds:
        records = [record for file in files if file.kind is kind for record in file.records]
        records = _in_order(kind, records)
        progress(kind.name, len(records))
        loading.begin(kind)
        for position, record in enumerate(records):
            seen.add((kind.name, kind.key(record)))
            loading.take(kind, position, record)
            if position % AT_ONCE == AT_ONCE - 1:
                session.flush()
        session.flush()
    finders = {kind.name: kind.find for kind in kinds}
    report.gone = sorted(
        f"{kind} {key}"
        for kind, key in remembered
        if kind in finders and (kind, key) not in seen and finders[kind](session, key)
    )
    return report


def _words_change(
    files: Collection[DataFile], remembered: Mapping[tuple[str, str], model.LoadedRecord]
) -> bool:
    """Does the vocabulary differ from what was loaded last? That of a new database is not yet a change."""
    return bool(remembered) and any(
        memory is None or memory.content != file.kind.shape.canonical(record)
        for file in files
        if file.kind.name == "vocabulary"
        for record in file.records
        for memory in [remembered.get((file.kind.name, file.kind.key(record)))]
    )


def _in_order(kind: Kind, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The records, each after the one of its own kind that it leads on to, wherever their files are."""
    chain = kind.shape.chain
    if chain is None or chain.kind != kind.name:
        return records
    by_key = {kind.key(record): record for record in records}
    ordered: dict[str, dict[str, Any]] = {}
    for key in by_key:
        line: dict[str, None] = {}
        while key in by_key and key not in ordered and key not in line:
            line[key] = None
            key = str(by_key[key].get(chain.name))
        ordered.update({named: by_key[named] for named in reversed(line)})
    return list(ordered.values())


@dataclass(frozen=True, slots=True)
class _Loading:
    """One load: what it brings each record of the files to, what was loaded before, and what it tells of it.

    All objects of a kind are read before its first record, with what hangs on them, and all new ones are written
    after its last: one by one, 5,000 listings take three times as long.
    """

    session: Session
    lookup: DatabaseLookup
    remembered: Mapping[tuple[str, str], model.LoadedRecord]
    report: LoadReport
    now: datetime
    present: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Kind → key → the object. All are held here, so that none is read twice."""

    def begin(self, kind: Kind) -> None:
        """Reads the objects of a kind that are here already.

        Until the load ends nobody edits them, as on SQLite: what was written meanwhile would be written over.
        """
        query = all_of(kind).options(*_all_of_it(kind.shape)).with_for_update(of=kind.shape.model)
        found = {kind.key(_Written(kind.shape, one)): one for one in self.session.scalars(query)}
        self.present[kind.name] = found
        for key, one in found.items():
            self.lookup.remember(kind.name, key, one)

    def _find(self, kind: Kind, key: str) -> Any:
        present = self.present[kind.name]
        if key not in present and present and kind.shape.model is model.TaxonomyTerm:
            # What was a topic of another need is one itself in the files now: not among the needs that were read.
            return kind.find(self.session, key)
        return present.get(key)

    def take(self, kind: Kind, position: int, record: Mapping[str, Any]) -> None:
        """Makes or changes what this record is of, and remembers the record; else says why not."""
        key, ordered = kind.key(record), kind.shape.canonical(record)
        memory = self.remembered.get((kind.name, key))
        target = self._find(kind, key)
        if target is not None:
            done = self._change(kind, target, position, ordered, memory)
        elif memory is not None:
            # Somebody removed it here after it was loaded: the database is the truth.
            self.report.kept.append(f"{kind.name} {key}: removed here, still in the files")
            done = False
        else:
            done = self._create(kind, key, position, ordered)
        if done:
            self._remember(kind, key, ordered, memory)

    def _create(self, kind: Kind, key: str, position: int, record: dict[str, Any]) -> bool:
        # In a database that held nothing nothing can have been removed: `check` has followed every reference.
        missing = self._missing(kind, record) if self.remembered else ""
        if missing:
            self.report.kept.append(f"{kind.name} {key}: not loaded, {missing}")
            return False
        target = kind.shape.model()
        self._fill(kind, target, position, record)
        self.session.add(target)
        self.present[kind.name][key] = target
        self.lookup.remember(kind.name, key, target)
        self.report.created += 1
        return True

    def _change(
        self,
        kind: Kind,
        target: Any,
        position: int,
        record: dict[str, Any],
        memory: model.LoadedRecord | None,
    ) -> bool:
        """Takes the file's side of each field that nobody edited here; False when the whole could not stand then."""
        key, stored = kind.key(record), kind.shape.write(target)
        merge = kind.shape.merge(memory.content if memory else stored, stored, record)
        content = merge.merged
        edited = [str(change.path) for change in merge.of(Outcome.MINE, Outcome.CONFLICT)]
        if kind.name == "services" and content.get("short_code") != stored["short_code"]:
            # It stands on printed sheets: it is never taken back.
            content["short_code"] = stored["short_code"]
            edited.append("short_code (printed on paper, so it never changes)")
        self.report.kept.extend(f"{kind.name} {key}: {name}" for name in edited)
        missing = self._missing(kind, content)
        if missing:
            self.report.kept.append(f"{kind.name} {key}: {missing}")
            return False
        moved = getattr(target, "position", position) != position
        if content == stored and not moved:
            self.report.unchanged += 1
            return True
        self._fill(kind, target, position, content)
        self.session.flush()
        self.report.changed += 1
        if content != stored and isinstance(target, model.Service):
            revisions.from_files(self.session, target, stored, self.now)
        return True

    def _fill(self, kind: Kind, target: Any, position: int, content: dict[str, Any]) -> None:
        with self.session.no_autoflush:
            kind.shape.fill(target, content, self.lookup)
            _finish(kind, target, position)

    def _remember(
        self, kind: Kind, key: str, content: dict[str, Any], memory: model.LoadedRecord | None
    ) -> None:
        """The next load compares with this one; what is the same keeps its day."""
        if memory is None:
            made = model.LoadedRecord(kind=kind.name, key=key, content=content, loaded_at=self.now)
            self.session.add(made)
        elif memory.content != content:
            memory.content, memory.loaded_at = content, self.now

    def _missing(self, kind: Kind, content: Mapping[str, Any]) -> str:
        """What this record names that was removed here, or that leads back to it here, in words; ''."""
        errors = kind.shape.errors(content, self.lookup.knows, self.lookup.follow)
        return "; ".join(f"{field}: {words}" for field, words in errors)


@dataclass(frozen=True, slots=True, eq=False)
class _Written(Mapping[str, Any]):
    """An object as its record, each field written when it is asked for: its key alone costs little then."""

    shape: Shape
    source: Any

    def __getitem__(self, name: str) -> Any:
        item = self.shape.field(name)
        return item.write(getattr(self.source, item.stored_as))

    def __iter__(self) -> Iterator[str]:
        return (item.name for item in self.shape.fields)

    def __len__(self) -> int:
        return len(self.shape.fields)


def _all_of_it(shape: Shape, above: Any = None) -> Iterator[ORMOption]:
    """Options of a query that reads, with the objects of a shape, all that their records say."""
    relationships = inspect(shape.model).relationships
    for item in shape.fields:
        if item.stored_as not in relationships:
            continue
        attribute = getattr(shape.model, item.stored_as)
        option = above.selectinload(attribute) if above else selectinload(attribute)
        yield option
        if isinstance(item, Many):
            yield from _all_of_it(item.shape, option)


def _finish(kind: Kind, target: Any, position: int) -> None:
    """What a record's own fields do not say: its place in a list, an action's full reference, text states."""
    if hasattr(target, "position"):
        target.position = position
    if isinstance(target, model.Service | model.Organization):
        target.text_state = _text_state(target)
    if isinstance(target, model.Plan):
        place = 0
        for theme in target.themes:
            for action in theme.actions:
                action.reference = f"{target.key}/{action.key}"
                action.position = place
                place += 1


def _text_state(target: model.Service | model.Organization) -> Bilingual:
    """Current or missing, side by side; what a person has marked draft or behind stays so."""
    text = target.summary if isinstance(target, model.Service) else (target.description or target.name)
    kept = (model.TextState.DRAFT, model.TextState.BEHIND)
    states = {
        side: target.text_state.side(side)
        if target.text_state.side(side) in kept and text.has(side)
        else (model.TextState.CURRENT if text.has(side) else model.TextState.MISSING)
        for side in LANGUAGES
    }
    return Bilingual(fr=states["fr"], nl=states["nl"])
