"""One number for all that the public sees: whatever changes it raises the number, in its own transaction.

`SearchChange` is that number's table, one row a changed document; the highest is the revision of the whole. Search
indexes catch up by it, pages that are kept hold for one revision, and the stored listings that a change touches are
deleted with it. Rows are written here, for every public table, when a session commits: no editing function has to
think of it, and none can forget it.

A document is `service:<key>`, `organization:<key>`, `action:<plan>/<action>`, `page` for what no index holds (urgent
numbers, ready-made sheets, the ground of the map), or `*` for what may touch everything.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, event, inspect, select
from sqlalchemy.orm import InstrumentedAttribute, Mapper, ORMExecuteState, Session, UOWTransaction

from guide.database import one_at_a_time
from guide.model.choosing import Question, QuestionSet
from guide.model.directory import (
    Attribute,
    Organization,
    SearchChange,
    Service,
    ServicePublic,
    StoredListing,
    TaxonomyTerm,
    UrgentNumber,
)
from guide.model.geo import GeoFeature
from guide.model.places import CalendarPeriod, Closure, Location, Phone, Schedule, ServiceAtLocation
from guide.model.plans import (
    Action,
    ActionBody,
    ActionLineage,
    ActionStanding,
    Fulfilment,
    Indicator,
    IndicatorFigure,
    Objective,
    Plan,
    Theme,
)
from guide.model.selections import (
    Selection,
    SelectionEntry,
    SelectionPublic,
    SelectionTerm,
    SelectionWithout,
)
from guide.model.sources import Citation, SourceDocument
from guide.model.words import Crisis, MapFeature, OtherLanguage, PlainWord, Vocabulary, WordGroup

PAGE, EVERYTHING = "page", "*"
MOST_DOCUMENTS = 200
"""A transaction that touches more documents has touched everything: an index is then built anew, which is quicker."""
NUMBERING = 871_091
"""Number of the PostgreSQL advisory lock under which changes are numbered (any constant of ours)."""

OF_A_SERVICE = (Attribute, Closure, Fulfilment, Phone, Schedule, ServiceAtLocation, ServicePublic)
OF_PAGES = (
    ActionBody,
    ActionLineage,
    ActionStanding,
    GeoFeature,
    Indicator,
    IndicatorFigure,
    MapFeature,
    PlainWord,
    Question,
    QuestionSet,
    Selection,
    SelectionEntry,
    SelectionPublic,
    SelectionTerm,
    SelectionWithout,
)
OF_EVERYTHING = (
    Crisis,
    Objective,
    OtherLanguage,
    Plan,
    SourceDocument,
    TaxonomyTerm,
    Theme,
    Vocabulary,
    WordGroup,
)
"""What listings share, and the words that searches are understood by."""
OTHERS = (Action, CalendarPeriod, Citation, Location, Organization, Service, UrgentNumber)
PUBLIC = frozenset((*OF_A_SERVICE, *OF_PAGES, *OF_EVERYTHING, *OTHERS))
"""The tables that the public's pages are made of."""

_CHANGES = "public changes"


@dataclass
class _Changes:
    """What a transaction has touched so far: documents by name, and rows whose documents are found at its end."""

    documents: set[str] = field(default_factory=set)
    services: set[int] = field(default_factory=set)
    organizations: set[int] = field(default_factory=set)
    actions: set[int] = field(default_factory=set)
    locations: set[int] = field(default_factory=set)

    def note(self, row: object) -> None:  # noqa: C901 (one line a kind of row)
        """This row is new, changed or deleted."""
        if isinstance(row, Service):
            self.documents |= {f"service:{key}" for key in _before_and_now(row, "key")}
            self.services.add(row.id)
        elif isinstance(row, OF_A_SERVICE):
            self.services |= _before_and_now(row, "service_id")
        elif isinstance(row, Organization):
            self.documents |= {f"organization:{key}" for key in _before_and_now(row, "key")}
            self.organizations.add(row.id)
        elif isinstance(row, CalendarPeriod):
            self.organizations |= _before_and_now(row, "organization_id")
        elif isinstance(row, Action):
            self.documents.add(f"action:{row.reference}")
            self.actions.add(row.id)
        elif isinstance(row, Location):
            self.locations.add(row.id)
        elif isinstance(row, Citation):
            self._note_citation(row)
        elif isinstance(row, UrgentNumber):
            self.documents.add(PAGE)
            self.services |= _before_and_now(row, "service_id")
        elif isinstance(row, OF_EVERYTHING):
            self.documents.add(EVERYTHING)
        elif isinstance(row, OF_PAGES):
            self.documents.add(PAGE)

    def _note_citation(self, row: Citation) -> None:
        services = _before_and_now(row, "service_id")
        self.services |= services
        if not services:
            self.documents.add(PAGE)

    def resolve(self, session: Session) -> None:
        """Finds the services behind the rows, and the names of the documents."""
        at = ServiceAtLocation
        self.services |= _all(session, at.service_id, at.location_id, self.locations)
        self.services |= _all(session, Service.id, Service.organization_id, self.organizations)
        self.services |= _all(session, Fulfilment.service_id, Fulfilment.action_id, self.actions)
        keys = _all(session, Organization.key, Organization.id, self.organizations)
        self.documents |= {f"organization:{key}" for key in keys}
        # The page of a listing leads to the organization of the same key.
        self.services |= _all(session, Service.id, Service.key, keys)
        keys = _all(session, Service.key, Service.id, self.services)
        self.documents |= {f"service:{key}" for key in keys}


def _before_and_now(row: object, name: str) -> set[Any]:
    """What a column of this row held before the flush and what it holds now: a row that moves changes both."""
    history = inspect(row).attrs[name].history
    return {value for value in (*history.deleted, *history.unchanged, *history.added) if value is not None}


def _all(
    session: Session,
    wanted: InstrumentedAttribute[Any],
    known: InstrumentedAttribute[Any],
    values: Iterable[int],
) -> set[Any]:
    found: set[Any] = set()
    rest = sorted(values)
    while rest:  # a statement takes a bounded number of values
        found.update(session.scalars(select(wanted).where(known.in_(rest[:500]))))
        rest = rest[500:]
    return found


def note_change(session: Session, document: str) -> None:
    """This document changed, though none of its rows did."""
    _changes(session).documents.add(document)


def _changes(session: Session) -> _Changes:
    found: _Changes = session.info.setdefault(_CHANGES, _Changes())
    return found


@event.listens_for(Session, "after_flush")
def _note_rows(session: Session, _: UOWTransaction) -> None:
    dirty = (row for row in session.dirty if session.is_modified(row))
    for row in (*session.new, *dirty, *session.deleted):
        if isinstance(row, SourceDocument) and row in session.new:
            note_change(session, PAGE)  # nothing cites it yet but what is new or changed itself
        elif type(row) in PUBLIC:
            _changes(session).note(row)


@event.listens_for(Session, "do_orm_execute")
def _note_statements(asked: ORMExecuteState) -> None:
    """A statement that changes rows by itself does not tell which."""
    if asked.is_insert or asked.is_update or asked.is_delete:
        mapper: Mapper[Any] | None = asked.bind_mapper
        if mapper is not None and mapper.class_ in PUBLIC:
            of_page = issubclass(mapper.class_, OF_PAGES)
            note_change(asked.session, PAGE if of_page else EVERYTHING)


@event.listens_for(Session, "before_commit")
def _number_changes(session: Session) -> None:
    """Writes the documents down and deletes what was derived of them.

    Revisions must become visible in their order, or an index that has seen 8 would never fetch a 7 that was
    committed later. SQLite has one writer at a time; on PostgreSQL whoever takes a number holds a lock until
    its transaction ends, which is now.
    """
    if session.in_nested_transaction():
        return
    session.flush()
    changes: _Changes | None = session.info.pop(_CHANGES, None)
    if changes is None:
        return
    changes.resolve(session)
    everything = EVERYTHING in changes.documents or len(changes.documents) > MOST_DOCUMENTS
    one_at_a_time(session, NUMBERING)
    stale = delete(StoredListing)
    if not everything:
        numbers = sorted(changes.services)
        stale = stale.where(StoredListing.service_id.in_(numbers))
    session.execute(stale, execution_options={"synchronize_session": False})
    documents = [EVERYTHING] if everything else sorted(changes.documents - {PAGE}) or [PAGE]
    session.add_all(SearchChange(document=document) for document in documents)
    session.flush()


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, previous: Any) -> None:
    if previous.parent is None:
        session.info.pop(_CHANGES, None)
