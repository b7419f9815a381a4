"""Keeps the search index true to the database, and answers while it is not.

The database is the truth. An index knows the revision it has seen and the identity of its database;
when it is behind it catches up, when it is missing, damaged or of another analysis it is rebuilt beside
and swapped. Meanwhile a small index in memory answers.
"""

import logging
import os
import secrets
import sqlite3
import threading
import weakref
from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar
from urllib.parse import quote

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from guide.directory.documents import all_documents, documents_for
from guide.directory.vocabulary import Lexicon, lexicon, still_holds
from guide.memory import freeze_gc
from guide.model import SearchChange, Service, SiteFact
from guide.model.changes import EVERYTHING, MOST_DOCUMENTS
from guide.search.engine import IndexBusyError, IndexUnavailableError, SearchEngine, SearchReader
from guide.search.memory_engine import MemoryEngine

log = logging.getLogger(__name__)
T = TypeVar("T")


def revision(session: Session) -> int:
    """The number of the last change of what the public sees (`guide.model.changes`); 0 for an empty database."""
    return session.scalar(select(func.max(SearchChange.revision))) or 0


def _changed(session: Session, since: int, now: int) -> Sequence[str]:
    """The documents that changed between two revisions; everything, when it is not known."""
    if since > now:
        return [EVERYTHING]
    numbered = SearchChange.revision > since, SearchChange.revision <= now
    return session.scalars(select(SearchChange.document).where(*numbered).limit(MOST_DOCUMENTS + 1)).all()


class RevisionWatch:
    """The revision as it stands at this moment, asked before every page: as cheaply as can be. Safe between threads.

    SQLite tells of a connection that stays open whether anybody has committed since (`PRAGMA data_version`): 10 µs
    instead of 300 for a session and its transaction.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._file = engine.url.database if engine.dialect.name == "sqlite" else None
        self._lock = threading.Lock()
        self._open: tuple[int, sqlite3.Connection] | None = None
        self._seen: tuple[int, int] = (-1, -1)

    def now(self) -> int | None:
        """The revision; None when the database cannot be asked."""
        try:
            if self._file is None or self._file == ":memory:":
                with Session(self._engine) as session:
                    return revision(session)
            with self._lock:
                return self._of_file(self._file)
        except (sqlite3.Error, SQLAlchemyError):
            return None

    def _of_file(self, file: str) -> int:
        connection = self._connection(file)
        version = int(connection.execute("PRAGMA data_version").fetchone()[0])
        if self._seen[0] != version:
            found = connection.execute("SELECT max(revision) FROM search_change").fetchone()[0]
            self._seen = (version, found or 0)
        return self._seen[1]

    def _connection(self, file: str) -> sqlite3.Connection:
        """That of this process: a connection must not be used by two of them."""
        if self._open is None or self._open[0] != os.getpid():
            opened = sqlite3.connect(f"file:{quote(file)}?mode=ro", uri=True, check_same_thread=False)
            weakref.finalize(self, opened.close)
            self._open, self._seen = (os.getpid(), opened), (-1, -1)
        return self._open[1]


def database_identity(session: Session) -> str:
    """A random name this database was given once, which also names its index folder.

    An index can then never be taken for that of another database (a restored copy, another instance).
    """
    fact = session.get(SiteFact, "identity")
    if fact is None:
        fact = SiteFact(name="identity", value=secrets.token_hex(8))
        session.add(fact)
        session.flush()
    return fact.value


def rebuild(session: Session, engine: SearchEngine, today: date) -> int:
    """Builds the whole index anew from the database; gives the revision it now stands at.

    The lock is taken before the revision is read, and the revision before the documents: a change that
    lands in between is seen again, never missed. Raises IndexBusyError when another process is writing.
    """
    with engine.writing():
        reached = revision(session)
        engine.rebuild(all_documents(session, today), reached)
    return reached


def catch_up(session: Session, engine: SearchEngine, today: date, at_revision: int | None = None) -> None:
    """Brings the index to the database's revision: the changed documents only, or all where that is needed.

    `at_revision`: that revision, for whoever has just read it.
    Raises IndexBusyError when another process is at it, IndexUnavailableError when the index cannot be used.
    """
    if engine.revision() == (revision(session) if at_revision is None else at_revision):
        return
    with engine.writing():
        seen, now = engine.revision(), revision(session)
        changes = session.scalars(
            select(SearchChange.document).where(SearchChange.revision > seen, SearchChange.revision <= now)
        ).all()
        if seen > now or EVERYTHING in changes or not 0 < len(changes) <= MOST_DOCUMENTS:
            rebuild(session, engine, today)
        else:
            documents, gone = documents_for(session, dict.fromkeys(changes), today)
            engine.apply(documents, gone, now)


def _ages(session: Session) -> bool:
    """Can a listing grow stale at all? Only one that was confirmed once."""
    return session.scalar(select(Service.id).where(Service.assured_date.is_not(None)).limit(1)) is not None


class LiveIndex:
    """The index as the pages use it: always an answer, the true one as soon as there is one.

    One per process. `open_session` gives a session of its own to the thread that rebuilds.
    """

    def __init__(self, engine: SearchEngine, open_session: Callable[[], Session]) -> None:
        self._engine = engine
        self._open_session = open_session
        self._lock, self._reading = threading.Lock(), threading.Lock()
        self._rebuilding: threading.Thread | None = None
        self._day: date | None = None
        self._lexicon: tuple[int, Lexicon] | None = None
        self._fallback: tuple[int, MemoryEngine] | None = None

    def ask(
        self,
        session: Session,
        today: date,
        question: Callable[[SearchReader, Lexicon], T],
        at_revision: int | None = None,
    ) -> T:
        """The question's answer from the index; from memory while the index is missing or damaged.

        `at_revision`: the revision of this session, for whoever has read it.
        """
        now = revision(session) if at_revision is None else at_revision
        words = self._words(session, now)
        try:
            self._bring_up_to_date(session, today, now)
            answer = question(self._engine, words)
        except IndexUnavailableError as problem:
            log.warning("search index unavailable, answering from memory: %s", problem)
            self._rebuild_beside(today)
            return question(self._memory(session, now, today), words)
        self._fallback = None  # whoever mended the index, this process or another
        return answer

    def stands_at(self) -> int:
        """The revision the index on disk has seen; nothing is mended. Raises IndexUnavailableError."""
        return self._engine.revision()

    def _bring_up_to_date(self, session: Session, today: date, now: int) -> None:
        """What cannot be done now (another process is at it, the disk is full) is tried at the next question."""
        try:
            catch_up(session, self._engine, today, now)
        except IndexBusyError:
            pass
        except OSError as problem:
            log.error("search index cannot be written: %s", problem.strerror)
        if self._day != today and _ages(session):
            # Listings that grew stale overnight sink; nothing in the database says so.
            self._rebuild_beside(today)
        self._day = today

    def wait(self, seconds: float = 60) -> None:
        """Until a rebuild under way has ended."""
        thread = self._rebuilding
        if thread is not None:
            thread.join(seconds)

    def _words(self, session: Session, now: int) -> Lexicon:
        kept = self._lexicon
        if kept is not None and kept[0] == now:
            return kept[1]
        # Of a crowd that searches after a start or a change one reads the words, a second of work and 12 MB.
        with self._reading:
            kept = self._lexicon
            if kept is not None and kept[0] != now:
                holds = still_holds(session, kept[1], _changed(session, kept[0], now))
                kept = self._lexicon = (now, kept[1]) if holds else None
            if kept is None:
                kept = self._lexicon = (now, lexicon(session))
                freeze_gc()
            return kept[1]

    def _memory(self, session: Session, now: int, today: date) -> MemoryEngine:
        with self._lock:
            if self._fallback is None or self._fallback[0] != now:
                engine = MemoryEngine()
                engine.rebuild(all_documents(session, today), now)
                self._fallback = (now, engine)
            return self._fallback[1]

    def _rebuild_beside(self, today: date) -> None:
        with self._lock:
            if self._rebuilding is not None and self._rebuilding.is_alive():
                return
            self._rebuilding = threading.Thread(
                target=self._rebuild, args=(today,), name="rebuild-search-index", daemon=True
            )
            self._rebuilding.start()

    def _rebuild(self, today: date) -> None:
        try:
            with self._open_session() as session:
                rebuild(session, self._engine, today)
        except IndexBusyError:
            log.info("search index: another process is rebuilding it")
        except Exception:
            # The memory engine goes on answering, and the next question tries again.
            log.exception("search index: rebuilding failed")
