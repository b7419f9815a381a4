"""The real guide in memory, read-only: its vocabulary and an index of it."""

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from guide.directory import indexing
from guide.directory.vocabulary import Lexicon, lexicon
from guide.search.memory_engine import MemoryEngine
from tests import databases
from tests.running import MONDAY_MORNING

session = databases.session_of_each_kind


@pytest.fixture(scope="session")
def vocabulary(engine: Engine) -> Lexicon:
    """The vocabulary of the real guide."""
    with Session(engine) as session:
        return lexicon(session)


@pytest.fixture(scope="session")
def index(engine: Engine) -> MemoryEngine:
    """An index of the real guide as it stands on Monday morning."""
    built = MemoryEngine()
    with Session(engine) as session:
        indexing.rebuild(session, built, MONDAY_MORNING.date())
    return built
