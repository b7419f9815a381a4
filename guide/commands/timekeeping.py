"""The thread by which a running server notes, every hour, that its clock is right (see `guide.clock_guard`)."""

import logging

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from guide import clock, clock_guard
from guide.commands.background import Background
from guide.commands.database import jump_in_words
from guide.database import writing

log = logging.getLogger(__name__)

EVERY = clock_guard.NOTED_EVERY.total_seconds()


class Timekeeper(Background):
    """Notes the time while a server runs: `with Timekeeper(engine):`. Several servers may each have one."""

    def __init__(self, engine: Engine) -> None:
        super().__init__("timekeeper")
        self._engine = engine

    def work(self) -> None:
        """Notes the time every hour."""
        while not self.over.wait(EVERY):
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
            log.warning("%s Until then nothing ends and nothing is erased.", jump_in_words(last))
