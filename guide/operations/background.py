"""What a process that serves does beside answering: it sends mails, notes the time and keeps the counters.

Every way of serving has it: `create_app` makes it, and whoever serves starts it in the process that answers and
stops it there (`guide serve`; `guide.gunicorn_conf` for the workers of gunicorn). Threads do not survive a fork.
"""

import contextlib
import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from types import TracebackType
from typing import Self

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from guide import clock, clock_guard, mail
from guide.database import writing
from guide.directory.indexing import revision
from guide.directory.listings import store_missing
from guide.directory.search_log import Tally
from guide.mail.outbox import posted
from guide.memory import trim
from guide.operations import locks
from guide.settings import Settings

log = logging.getLogger(__name__)

PATIENCE = 30
"""Seconds that the end of the server waits for work that has begun."""

LOOKS_EVERY = 15
"""Seconds between two looks at the outbox, when nothing rings: other processes post mails too."""

STORES_EVERY = 2
"""Seconds between two looks for listings that are to be stored."""

MOST_AT_ONCE = 20
"""Listings that are stored in one transaction: a tenth of a second."""

NOTES_EVERY = clock_guard.NOTED_EVERY.total_seconds()


class BackgroundWork:
    """All of it, for one process. Nothing runs before `start`; several processes may each have theirs."""

    def __init__(self, engine: Engine, settings: Settings, tally: Tally) -> None:
        self._engine, self._settings, self._tally = engine, settings, tally
        self._running = ExitStack()

    def start(self, address: str | None = None) -> None:
        """Starts the threads. `address`: where this process answers, for links where no public one is set.

        Without either no mail is sent here, since its links would lead nowhere: the log says so.
        """
        site_url = self._settings.site_url or address
        if site_url is None:
            log.warning("mails wait: GUIDE_SITE_URL is not set, and a mail needs the address for its links")
        else:
            self._running.enter_context(Postman(self._engine, self._settings, site_url))
        self._running.enter_context(Timekeeper(self._engine))
        self._running.enter_context(Storekeeper(self._engine))

    def stop(self) -> None:
        """Ends the threads, after the mail under way, and writes down what was counted. May be called twice."""
        self._running.close()
        self._tally.flush(clock.now())

    @contextlib.contextmanager
    def running(self, address: str | None = None) -> Iterator[None]:
        """Started on entering, stopped on leaving."""
        try:
            self.start(address)
            yield
        finally:
            self.stop()


class Background(ABC):
    """Works in a thread of this name while it is entered: `with Task(…):`. A task says in `work` what it does.

    At the end `over` is set, and `wake` called for a task that waits for something else too; once the work has
    ended, or was waited for long enough, what stands in `held` is given back.
    """

    def __init__(self, name: str, wake: Callable[[], object] = lambda: None) -> None:
        self.over = threading.Event()
        self.held = ExitStack()
        self._wake = wake
        self._thread = threading.Thread(target=self.work, name=name, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.over.set()
        self._wake()
        self._thread.join(timeout=PATIENCE)
        self.held.close()

    @abstractmethod
    def work(self) -> None:
        """Everything the thread does; ends soon after `over` is set."""


class Postman(Background):
    """Sends a server's mails while it runs: `with Postman(…):`. Several servers may each have one.

    He goes at once when this process has committed a mail, and looks every 15 seconds for those of others.
    """

    def __init__(self, engine: Engine, settings: Settings, site_url: str) -> None:
        # He is woken as a mail wakes him.
        super().__init__("postman", posted.set)
        self._engine, self._settings, self._site_url = engine, settings, site_url
        self._way = transport(settings)
        self._tidied: date | None = None

    def __enter__(self) -> Self:
        if self._settings.site_url is None:
            # For the links that a command prints meanwhile.
            with contextlib.suppress(OSError, locks.LockTakenError):
                self.held.enter_context(locks.note_address(self._settings.instance, self._site_url))
        return super().__enter__()

    def work(self) -> None:
        """Sends, then waits for the bell."""
        while not self.over.is_set():
            posted.clear()
            self.send()
            # The end may have rung before the bell was silenced.
            if not self.over.is_set():
                posted.wait(LOOKS_EVERY)

    def send(self) -> None:
        """One round. Whatever goes wrong is told in the log, without address or text, and tried again."""
        try:
            mail.send_all(
                self._engine,
                self._way,
                self._settings.mail_from,
                self._site_url,
                clock.now,
                self._settings.secret_key,
            )
            self._tidy()
        except SQLAlchemyError as problem:
            log.warning("mails wait: the database cannot be used (%s)", type(problem).__name__)
        except Exception as problem:
            # Not its words: they may be the mail's.
            log.error("mails wait: sending failed (%s)", type(problem).__name__)

    def _tidy(self) -> None:
        """Once a day."""
        now = clock.now()
        if self._tidied == now.date():
            return
        with Session(writing(self._engine)) as session:
            mail.tidy(session, now, self._settings.mail_folder)
            session.commit()
        self._tidied = now.date()


class Timekeeper(Background):
    """Notes every hour that the clock is right, while a server runs (see `clock_guard`)."""

    def __init__(self, engine: Engine) -> None:
        super().__init__("timekeeper")
        self._engine = engine

    def work(self) -> None:
        """Notes the time every hour."""
        while not self.over.wait(NOTES_EVERY):
            self.note()

    def note(self) -> None:
        """Once: the moment is noted, or a clock that jumped is told of in the log."""
        try:
            with Session(writing(self._engine)) as session:
                last = clock_guard.note(session, clock.now())
                session.commit()
        except SQLAlchemyError as problem:
            log.warning("the time is not noted: the database cannot be used (%s)", type(problem).__name__)
            return
        if last is not None:
            told = clock_guard.jump_in_words(last, clock.now())
            log.warning("%s Until then nothing ends and nothing is erased.", told)


class Storekeeper(Background):
    """Stores the listings that changes have deleted, while a server runs; until then pages derive them anew.

    A few at a time: whoever edits meanwhile waits for no more than that.
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__("storekeeper")
        self._engine = engine
        self._seen = -1

    def work(self) -> None:
        """Looks every second or two whether anything has changed."""
        while not self.over.wait(STORES_EVERY):
            self.store()

    def store(self) -> None:
        """Once. What goes wrong (the disk is full, somebody else writes for long) is tried again at the next look."""
        try:
            with Session(self._engine) as session:
                now = revision(session)
            if self._seen == now:
                return
            while self._seen != now and not self.over.is_set():
                with Session(writing(self._engine)) as session:
                    if not store_missing(session, MOST_AT_ONCE):
                        self._seen = now
                    session.commit()
            # A change lets go of all kept pages: some megabytes, which the allocator would keep in pieces.
            trim()
        except SQLAlchemyError as problem:
            log.warning("listings are not stored: the database cannot be used (%s)", type(problem).__name__)
        except Exception as problem:
            log.error("listings are not stored (%s)", type(problem).__name__)


def transport(settings: Settings) -> mail.Transport:
    """The mail server that was set, else the folder of files in the instance."""
    return mail.Smtp(settings.smtp_url) if settings.smtp_url else mail.Folder(settings.mail_folder)
