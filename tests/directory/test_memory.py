"""What a revision leaves behind is let go when the next one comes: lexicon, index, and what died in cycles."""

import gc
import os
import shutil
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from guide import memory, migrations
from guide.database import open_database
from guide.directory import indexing
from guide.directory.indexing import LiveIndex
from guide.directory.suggesting import suggest
from guide.languages import Bilingual
from guide.model import SearchChange, Service
from guide.search.whoosh_engine import WhooshEngine
from tests import factories, running
from tests.running import MONDAY_MORNING

TODAY = MONDAY_MORNING.date()


Gone = list[weakref.ref[Any]]


@pytest.fixture(autouse=True, scope="module")
def _as_a_server() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(indexing, "freeze_gc", memory.freeze_gc)
        yield
    # What this file has left is let go; the rest stays set aside, as tests/conftest.py wants it.
    gc.unfreeze()
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('database') / 'guide.sqlite3'}")
    migrations.upgrade(engine)
    with Session(engine) as session:
        session.add_all([factories.service(key="a"), SearchChange(document="*")])
        session.commit()
    yield engine
    engine.dispose()


class Cycle:
    """What only the garbage collector can let go."""

    def __init__(self) -> None:
        self.itself = self


def look_through() -> None:
    """As many lexicons later."""
    for _ in range(memory.THOROUGH):
        memory.freeze_gc()


def edit(engine: Engine, number: int) -> None:
    with Session(engine) as session:
        session.scalars(select(Service)).one().name = Bilingual(f"Nom {number}", f"Naam {number}")
        session.add(SearchChange(document="service:a"))
        session.commit()


def asked(live: LiveIndex, engine: Engine) -> tuple[Any, Any]:
    """Somebody searches and types; the engine and the lexicon that answered."""
    with Session(engine) as session:
        live.ask(session, TODAY, lambda engine, words: suggest(engine, words, "no", "fr", 8))
        return live.ask(session, TODAY, lambda engine, words: (engine, words))


def a_cycle() -> Gone:
    dying = Cycle()
    gone = weakref.ref(dying)
    memory.freeze_gc()
    assert gc.get_freeze_count() > 0
    del dying
    gc.collect()
    assert gone() is not None, "what was set aside is not looked at"
    return [gone]


def lexicons_and_indexes(database: Engine, folder: Path) -> tuple[Gone, LiveIndex]:
    live = LiveIndex(WhooshEngine(folder), lambda: Session(database))
    asked(live, database)
    live.wait()
    before: Gone = []
    for number in range(4):
        edit(database, number)
        engine, words = asked(live, database)
        assert isinstance(engine, WhooshEngine)
        before += [weakref.ref(words), weakref.ref(engine._current()[1])]
    edit(database, 99)
    asked(live, database)
    return before, live


def a_closed_application(instance: Path) -> Gone:
    app = running.open_app(running.settings_for(instance))
    visitor = app.test_client()
    for path in (
        "/fr/",
        "/fr/services/?q=faim",
        "/nl/diensten/?q=honger",
        "/fr/suggestions?q=fa",
        "/fr/imprimer/fiche/cpas-jette.pdf",
        "/fr/mon-association/",
    ):
        assert visitor.get(path).status_code < 400
    running.close_app(app)
    guide = app.extensions["guide"]
    return [weakref.ref(one) for one in (app, guide, guide.engine, guide.index, guide.index._lexicon[1])]


@pytest.fixture(scope="module")
def left_behind(
    loaded: Path, database: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Gone]]:
    """What a server has left behind, some lexicons later: for all tests, since looking through all takes seconds."""
    folder = tmp_path_factory.mktemp("left_behind")
    shutil.copytree(loaded, folder / "instance")
    cycle = a_cycle()
    application = a_closed_application(folder / "instance")
    revisions, live = lexicons_and_indexes(database, folder / "index")
    look_through()
    yield {"cycle": cycle, "application": application, "revisions": revisions}
    live.wait()


def test_what_has_died_since_it_was_set_aside_is_collected_some_lexicons_later(left_behind) -> None:
    assert [one() for one in left_behind["cycle"]] == [None]


def test_the_lexicon_and_the_index_of_before_a_change_are_let_go(left_behind) -> None:
    assert [one() for one in left_behind["revisions"]] == [None] * 8


def test_an_application_that_was_closed_is_let_go_with_its_words(left_behind) -> None:
    assert [one() for one in left_behind["application"]] == [None] * 5


@pytest.mark.skipif(memory._TRIM is None, reason="only glibc gives memory back when told")
def test_what_threads_have_freed_goes_back_to_the_system() -> None:
    last: list[bytes] = []

    def work() -> None:
        held = [bytes(1000 + number % 8) for number in range(100_000)]
        last.append(held[-1])  # so the end of what this thread was given stays in use

    for _ in range(2):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    before = resident()
    memory.freeze_gc()
    assert before - resident() > 50


def resident() -> float:
    """Megabytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def test_the_index_in_memory_is_let_go_when_the_other_one_is_back(database: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "index"
    live = LiveIndex(WhooshEngine(folder), lambda: Session(database))
    with WhooshEngine(folder).writing():  # so this process does not mend it
        stood_in = weakref.ref(asked(live, database)[0])
        live.wait()
        gc.collect()
        assert stood_in() is not None
    with Session(database) as session:
        indexing.rebuild(session, WhooshEngine(folder), TODAY)
    assert isinstance(asked(live, database)[0], WhooshEngine)
    gc.collect()
    assert stood_in() is None
