"""Whatever the public sees: its change raises the revision, and what was derived of it is gone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, inspect, select, update
from sqlalchemy.orm import Session

from guide import migrations
from guide.database import open_database, writing
from guide.directory.indexing import revision
from guide.directory.listings import store_missing, untrue_listings
from guide.languages import Bilingual
from guide.model import (
    Base,
    CalendarPeriod,
    Citation,
    Fulfilment,
    Location,
    Organization,
    PeriodKind,
    Phone,
    SearchChange,
    Service,
    SourceDocument,
    StoredListing,
    UrgentNumber,
    changes,
)
from guide.model.changes import EVERYTHING, PAGE
from tests import factories, filling, instances

NOT_PUBLIC = {
    # What somebody does here, or is sent.
    *("Account", "AccountSession", "Attempts", "KnownPlace", "Membership", "OneTimeLink", "RecoveryCode"),
    *("AuditCheckpoint", "AuditEntry", "Mail", "NamedList", "NamedListEntry", "Proposal", "Reminder"),
    *("ErrorReport", "Revision", "FulfilmentAuthor", "Translation"),
    # What is counted.
    *("PaperReferralCount", "SearchedWord", "UnknownWord", "WayIn"),
    # What the guide notes of itself.
    *("LoadedRecord", "SearchChange", "SiteFact", "StoredListing"),
}


def test_every_table_is_the_publics_or_says_that_it_is_not() -> None:
    every = {mapper.class_ for mapper in Base.registry.mappers}
    referrals = {one.__name__ for one in every if one.__module__ == "guide.model.referrals"}
    public = {one.__name__ for one in changes.PUBLIC}
    assert not public & (NOT_PUBLIC | referrals)
    assert {one.__name__ for one in every} == public | NOT_PUBLIC | referrals


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database with rows in every table."""
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('filled') / 'guide.sqlite3'}")
    migrations.upgrade(engine)
    with engine.begin() as connection:
        filling.fill(connection, {})
    yield engine
    engine.dispose()


def _change(session: Session, row: Any) -> None:
    """Another value in a column that nothing hangs on; a row that has none is deleted."""
    for column in inspect(type(row)).columns:
        if column.foreign_keys or column.primary_key or column.unique:
            continue
        name = inspect(type(row)).get_property_by_column(column).key
        value = getattr(row, name)
        if column.type.python_type is int:
            setattr(row, name, (value or 0) + 1)
            return
        if column.type.python_type is str and not hasattr(column.type, "enums"):
            setattr(row, name, "autre")
            return
    session.delete(row)


@pytest.mark.parametrize("model", sorted(changes.PUBLIC, key=lambda one: one.__name__))
def test_a_change_of_any_public_table_raises_the_revision(filled: Engine, model: type[Any]) -> None:
    with Session(writing(filled)) as session:
        before = revision(session)
        row = session.scalars(select(model)).first()
        assert row is not None
        _change(session, row)
        session.flush()
        assert revision(session) == before, "only with its commit"
        session.commit()
        assert revision(session) > before


def test_what_the_public_does_not_see_raises_nothing(filled: Engine) -> None:
    with Session(writing(filled)) as session:
        before = revision(session)
        for name in sorted(NOT_PUBLIC - {"SearchChange", "StoredListing", "AuditEntry", "AuditCheckpoint"}):
            model = next(one.class_ for one in Base.registry.mappers if one.class_.__name__ == name)
            session.delete(session.scalars(select(model)).first())
            session.flush()
        session.commit()
        assert revision(session) == before


@pytest.fixture
def db(loaded: Path, tmp_path: Path) -> Iterator[Session]:
    """A session that writes, on a copy of the loaded guide with every listing stored."""
    instances.copy(loaded, tmp_path / "instance")
    engine = open_database(instances.database_url(tmp_path / "instance"))
    with Session(writing(engine)) as session:
        store_missing(session)
        session.commit()
        yield session
    engine.dispose()


def documents(session: Session, since: int) -> list[str]:
    return list(session.scalars(select(SearchChange.document).where(SearchChange.revision > since)))


def stored(session: Session) -> set[str]:
    return set(session.scalars(select(StoredListing.key)))


def service(session: Session, key: str) -> Service:
    return session.scalars(select(Service).where(Service.key == key)).one()


def test_only_the_listings_behind_a_change_are_derived_anew(db: Session) -> None:
    every, before = stored(db), revision(db)
    service(db, "resto-jet").phones = [Phone(number="02 555 01 01")]
    db.commit()
    assert documents(db, before) == ["service:resto-jet"]
    assert every - stored(db) == {"resto-jet"}


def test_a_calendar_changes_the_listings_of_its_organisation(db: Session) -> None:
    every, before = stored(db), revision(db)
    cpas = db.scalars(select(Organization).where(Organization.key == "cpas-jette")).one()
    its = {one.key for one in cpas.services if one.is_public}
    day = factories.date(2026, 12, 24)
    cpas.calendar.append(CalendarPeriod(kind=PeriodKind.CLOSED, starts=day, ends=day))
    db.commit()
    assert set(documents(db, before)) == {"organization:cpas-jette", *(f"service:{key}" for key in its)}
    assert every - stored(db) == its
    assert store_missing(db) == len(its)
    assert untrue_listings(db) == []


def test_what_is_found_by_other_rows_is_found(db: Session) -> None:
    every = stored(db)
    placed = next(one for one in db.scalars(select(Service)) if one.is_public and one.places)
    db.scalars(select(Location)).all()
    placed.service_at_locations[0].location.note = Bilingual("Sonnez deux fois.")
    db.commit()
    assert every - stored(db) == {placed.key}
    store_missing(db)
    db.commit()
    linked = db.scalars(select(Fulfilment).join(Fulfilment.service).where(Service.is_public)).first()
    assert linked is not None
    action, before = linked.action, revision(db)
    action.text = Bilingual(f"{action.text.fr} ", action.text.nl)
    db.commit()
    behind = set(db.scalars(select(Service.key).join(Fulfilment).where(Fulfilment.action_id == action.id)))
    assert every - stored(db) == behind & every
    assert f"action:{action.reference}" in documents(db, before)


def test_what_many_listings_share_changes_all_of_them(db: Session) -> None:
    before = revision(db)
    db.scalars(select(SourceDocument)).first().title = Bilingual("Autre titre", "Andere titel")  # type: ignore[union-attr]
    db.commit()
    assert documents(db, before) == [EVERYTHING]
    assert stored(db) == set()


def test_what_no_listing_holds_changes_pages_only(db: Session) -> None:
    every, before = stored(db), revision(db)
    db.add(factories.source("2026"))
    number = db.scalars(select(UrgentNumber).where(UrgentNumber.service_id.is_(None))).first()
    if number is not None:
        number.purpose = Bilingual("Autre", "Ander")
    db.commit()
    assert documents(db, before) == [PAGE]
    assert stored(db) == every


def test_a_row_that_moves_changes_what_it_leaves_too(db: Session) -> None:
    every = stored(db)
    number = db.scalars(select(UrgentNumber).where(UrgentNumber.service_id.is_not(None))).first()
    assert number is not None
    left = db.get_one(Service, number.service_id).key
    number.service_id = service(db, "resto-jet").id
    db.commit()
    assert every - stored(db) == {left, "resto-jet"} & every
    store_missing(db)
    assert untrue_listings(db) == []


def test_a_listing_that_goes_or_hides_is_stored_no_more(db: Session) -> None:
    before = revision(db)
    hidden = service(db, "caba-jette")
    hidden.visibility = "professional"  # type: ignore[assignment]
    db.commit()
    assert documents(db, before) == ["service:caba-jette"]
    assert "caba-jette" not in stored(db)
    assert store_missing(db) == 0


def test_what_is_undone_is_no_change(db: Session) -> None:
    before = revision(db)
    service(db, "resto-jet").summary = Bilingual("Autre chose.")
    db.flush()
    db.rollback()
    db.commit()
    assert revision(db) == before
    assert "resto-jet" in stored(db)
    with db.begin_nested():
        service(db, "resto-jet").email = "accueil@resto.example"
    assert revision(db) == before, "the outer transaction has not ended"
    db.commit()
    assert documents(db, before) == ["service:resto-jet"]


def test_a_statement_that_does_not_tell_its_rows_changes_everything(db: Session) -> None:
    before = revision(db)
    db.execute(update(Phone).values(position=Phone.position + 1))
    db.commit()
    assert documents(db, before) == [EVERYTHING]


def test_a_citation_of_a_listing_is_the_listings(db: Session) -> None:
    every = stored(db)
    db.add(
        Citation(
            service_id=service(db, "resto-jet").id,
            source=db.scalars(select(SourceDocument)).first(),
            field="name",
        )
    )
    db.commit()
    assert every - stored(db) == {"resto-jet"}
