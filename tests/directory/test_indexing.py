"""The index follows the database; while it cannot, memory answers."""

import logging
import shutil
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from guide.database import open_database
from guide.directory import indexing
from guide.directory.finding import SearchQuery, find
from guide.directory.indexing import LiveIndex
from guide.directory.vocabulary import Lexicon, lexicon
from guide.languages import Bilingual
from guide.model import SearchChange, Service
from guide.search.engine import IndexBusyError, IndexUnavailableError, SearchRequest
from guide.search.memory_engine import MemoryEngine
from guide.search.whoosh_engine import WhooshEngine
from tests import databases, factories
from tests.running import MONDAY_MORNING

TODAY = MONDAY_MORNING.date()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Engine]:
    """A database of two services, of which nothing is indexed yet."""
    engine = open_database(databases.migrated_file(tmp_path))
    with Session(engine) as session:
        session.add_all([factories.service(key="a"), factories.service(key="b"), SearchChange(document="*")])
        session.commit()
    yield engine
    engine.dispose()


@pytest.fixture
def db(database: Engine) -> Iterator[Session]:
    with Session(database) as session:
        yield session


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def live(database: Engine, folder: Path) -> Iterator[LiveIndex]:
    made = LiveIndex(WhooshEngine(folder), lambda: Session(database))
    yield made
    made.wait()


def asked(live: LiveIndex, session: Session, query: str = "") -> list[str]:
    """The keys that this query finds."""
    found = live.ask(
        session,
        TODAY,
        lambda engine, words: find(session, engine, words, SearchQuery(query, "fr", MONDAY_MORNING)),
    )
    return sorted(service.key for service in found.services)


def engine_of(live: LiveIndex, session: Session) -> object:
    return live.ask(session, TODAY, lambda engine, words: engine)


@pytest.mark.control("C31")
def test_an_index_that_is_missing_is_built_while_memory_answers(live, db, folder: Path, caplog) -> None:
    with caplog.at_level(logging.WARNING):
        assert asked(live, db) == ["a", "b"]
    assert "answering from memory" in caplog.text
    live.wait()
    assert WhooshEngine(folder).revision() == indexing.revision(db)
    assert isinstance(engine_of(live, db), WhooshEngine)
    assert asked(live, db) == ["a", "b"]


@pytest.fixture
def built(live: LiveIndex, db: Session, folder: Path) -> Path:
    """The folder of an index that is whole."""
    indexing.rebuild(db, WhooshEngine(folder), TODAY)
    assert asked(live, db) == ["a", "b"]
    return folder


@pytest.mark.control("C31")
@pytest.mark.parametrize("how", ["lost", "cut", "other"])
@pytest.mark.parametrize("file", ["current", "sums.json", "manifest.json", ".toc", ".seg"])
def test_an_index_damaged_in_any_file_is_rebuilt_and_answers_meanwhile(built, live, db, file, how) -> None:
    (place,) = [path for path in built.rglob("*") if path.is_file() and path.name.endswith(file)]
    if how == "lost":
        place.unlink()
    elif how == "cut":
        place.write_bytes(place.read_bytes()[: place.stat().st_size // 2])
    else:
        place.write_bytes(b"\xff" * place.stat().st_size)
    assert asked(live, db) == ["a", "b"]
    live.wait()
    assert isinstance(engine_of(live, db), WhooshEngine)
    assert asked(live, db) == ["a", "b"]


def test_an_index_of_another_analysis_is_rebuilt(built, live, db, monkeypatch) -> None:
    from guide.search import whoosh_engine

    monkeypatch.setattr(whoosh_engine, "ANALYSIS_VERSION", "another")
    fresh = LiveIndex(WhooshEngine(built), live._open_session)
    with pytest.raises(IndexUnavailableError):
        WhooshEngine(built).revision()
    assert asked(fresh, db) == ["a", "b"]
    fresh.wait()
    assert WhooshEngine(built).revision() == indexing.revision(db)


def change(session: Session, key: str, *documents: str) -> None:
    service = session.query(Service).filter_by(key=key).one()
    service.summary = Bilingual("un potiron", "een pompoen")
    session.add_all([SearchChange(document=document) for document in documents or (f"service:{key}",)])
    session.commit()


def test_a_change_is_found_at_the_next_question(built, live, db) -> None:
    change(db, "b")
    assert asked(live, db, "potiron") == ["b"]
    assert WhooshEngine(built).revision() == indexing.revision(db)


def test_a_service_removed_is_found_no_more(built, live, db) -> None:
    db.delete(db.query(Service).filter_by(key="b").one())
    db.add(SearchChange(document="service:b"))
    db.commit()
    assert asked(live, db) == ["a"]


def test_a_change_of_everything_rebuilds_everything(built, live, db) -> None:
    change(db, "b", "*")
    assert asked(live, db, "potiron") == ["b"]


def test_many_changes_at_once_rebuild_everything(built, live, db) -> None:
    change(db, "b", *["service:a"] * (indexing.MOST_DOCUMENTS + 1))
    assert asked(live, db, "potiron") == ["b"]


@pytest.mark.parametrize(
    "document", ["need:faim", "action:plan/1", "service:", "service:absent", "organization:absent", "odd"]
)
def test_a_change_of_any_document_is_taken_up_without_harm(built, live, db, document) -> None:
    change(db, "b", "service:b", document)
    assert asked(live, db, "potiron") == ["b"]


def test_an_index_ahead_of_its_database_is_rebuilt(built, live, db) -> None:
    WhooshEngine(built).upsert([], 99)
    assert asked(live, db) == ["a", "b"]
    assert WhooshEngine(built).revision() == indexing.revision(db)


def test_an_index_that_is_true_is_left_alone(built, live, db) -> None:
    before = {path: path.stat().st_mtime_ns for path in built.rglob("*")}
    for _ in range(3):
        asked(live, db)
    assert {path: path.stat().st_mtime_ns for path in built.rglob("*")} == before


def test_while_another_process_writes_the_old_index_answers(built, live, db) -> None:
    change(db, "b")
    with WhooshEngine(built).writing():
        assert asked(live, db) == ["a", "b"]
        assert asked(live, db, "potiron") == []
    assert asked(live, db, "potiron") == ["b"]


def test_while_another_process_builds_a_missing_index_memory_answers(live, db, folder: Path) -> None:
    with WhooshEngine(folder).writing():
        assert asked(live, db) == ["a", "b"]
        live.wait()
    assert asked(live, db) == ["a", "b"]
    live.wait()
    assert WhooshEngine(folder).revision() == indexing.revision(db)


class FullDisk(MemoryEngine):
    """An index on a disk that is full: what is there can be read."""

    full = False

    def apply(self, documents, deleted, revision) -> None:
        if self.full:
            raise OSError(28, "No space left on device")
        super().apply(documents, deleted, revision)

    def rebuild(self, documents, revision) -> None:
        if self.full:
            raise OSError(28, "No space left on device")
        super().rebuild(documents, revision)


@pytest.mark.control("C31")
@pytest.mark.parametrize("document", ["service:b", "*"])
def test_a_full_disk_does_not_stop_the_answers(database: Engine, db: Session, document: str) -> None:
    engine = FullDisk()
    indexing.rebuild(db, engine, TODAY)
    engine.full = True
    live = LiveIndex(engine, lambda: Session(database))
    change(db, "b", document)
    assert "a" in asked(live, db)
    live.wait()


def test_memory_follows_the_database_too(live, db, folder: Path, monkeypatch) -> None:
    monkeypatch.setattr(live, "_rebuild_beside", lambda today: None)
    assert asked(live, db) == ["a", "b"]
    change(db, "b")
    assert asked(live, db, "potiron") == ["b"]


def test_a_database_keeps_the_identity_it_was_given(database: Engine, db: Session, session: Session) -> None:
    given = indexing.database_identity(db)
    db.commit()
    with Session(database) as again:
        assert indexing.database_identity(again) == given
    assert indexing.database_identity(session) != given


def test_the_index_of_another_database_is_not_used(built: Path, db, session: Session, tmp_path: Path) -> None:
    session.add(factories.service(key="other"))
    while indexing.revision(session) < indexing.revision(db):
        session.add(SearchChange(document="*"))
        session.flush()
    mine = tmp_path / "instance" / indexing.database_identity(db)
    shutil.copytree(built, mine)
    theirs = WhooshEngine(tmp_path / "instance" / indexing.database_identity(session))
    with pytest.raises(IndexUnavailableError):
        theirs.revision()


def test_a_rebuild_takes_the_lock_before_it_reads(built: Path, db: Session) -> None:
    with WhooshEngine(built).writing(), pytest.raises(IndexBusyError):
        indexing.rebuild(db, WhooshEngine(built), TODAY)


def test_an_empty_database_is_indexed_too(session: Session) -> None:
    engine = MemoryEngine()
    assert indexing.rebuild(session, engine, TODAY) == 0
    indexing.catch_up(session, engine, TODAY)
    assert engine.search(SearchRequest()).total == 0


def test_a_listing_that_grows_stale_sinks_without_any_change_of_the_database(live, db) -> None:
    for service in db.query(Service):
        service.assured_date = TODAY.replace(year=TODAY.year - 2) if service.key == "a" else TODAY
    db.add(SearchChange(document="*"))
    db.commit()
    engine = MemoryEngine()
    indexing.rebuild(db, engine, TODAY.replace(year=TODAY.year - 2))
    ageing = LiveIndex(engine, live._open_session)

    def order() -> tuple[str, ...]:
        return ageing.ask(
            db, TODAY, lambda index, words: index.search(SearchRequest((), filters={"type": ["service"]})).ids
        )

    order()
    ageing.wait()
    assert order() == ("service:b", "service:a")


def words_after(live: LiveIndex, session: Session) -> Lexicon:
    session.commit()
    return live.ask(session, TODAY, lambda _engine, words: words)


def test_the_words_are_read_again_only_when_a_name_or_a_word_has_changed(live, db) -> None:
    first = words_after(live, db)
    service = db.scalars(select(Service).where(Service.key == "a")).one()
    service.phones = [factories.phone("02 555 07 08")]
    service.summary = Bilingual("Autre chose.")
    assert words_after(live, db) is first
    db.add(factories.source("2026"))
    assert words_after(live, db) is first
    service.alternate_names = {"fr": ["La Louche"]}
    named = words_after(live, db)
    assert named is not first
    assert "louche" in named.surfaces
    db.delete(service)
    gone = words_after(live, db)
    assert gone is not named
    assert "louche" not in gone.surfaces
    db.add(factories.service(key="neuf", name=Bilingual("Le Chaudron")))
    assert "chaudron" in words_after(live, db).surfaces
    db.add(SearchChange(document="*"))
    before = words_after(live, db)
    assert words_after(live, db) is before


def test_a_crowd_that_searches_at_once_reads_the_words_once(
    built, live, database: Engine, monkeypatch
) -> None:
    crowd, read = threading.Barrier(4), []

    def slowly(session: Session) -> Lexicon:
        read.append(1)
        time.sleep(0.2)  # the others ask meanwhile
        return lexicon(session)

    def search() -> Lexicon:
        with Session(database) as session:
            crowd.wait()
            return live.ask(session, TODAY, lambda _engine, words: words)

    monkeypatch.setattr(indexing, "lexicon", slowly)
    live._lexicon = None
    with ThreadPoolExecutor(crowd.parties) as pool:
        found = [one.result() for one in [pool.submit(search) for _ in range(crowd.parties)]]
    assert len(read) == 1
    assert len(set(map(id, found))) == 1
