"""The application as tests run it: on an instance of its own, at a fixed moment, and on a real address."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

from argon2 import PasswordHasher
from cachetools import LRUCache
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from guide import app as application
from guide import migrations, paths
from guide.accounts import passwords
from guide.app import create_app
from guide.clock import BRUSSELS
from guide.database import open_database, writing
from guide.directory import indexing
from guide.directory.listings import store_missing
from guide.loading import files, load, shipped
from guide.model import changes
from guide.search.whoosh_engine import WhooshEngine
from guide.server import make_server
from guide.settings import Settings
from tests import instances

MONDAY_MORNING = datetime(2026, 11, 23, 10, 0, tzinfo=BRUSSELS)
"""The moment at which tests look at the guide: the CPAS is open by its stated hours."""


OWN_HASHER = passwords.hasher
"""What the guide hashes passwords with."""

# It takes a tenth of a second and more on purpose, and a test signs people in hundreds of times.
passwords.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def _written_once(to_yaml: Callable[[Any], str]) -> Callable[[Any], str]:
    """Each load, check and export writes the whole guide as YAML, which takes a second.

    The text depends on the content alone, and on the order of its fields.
    """
    kept: LRUCache[str, str] = LRUCache(1000)

    def write(content: Any) -> str:
        key = repr(content)
        if key not in kept:
            kept[key] = to_yaml(content)
        return kept[key]

    return write


OWN_TO_YAML = files.to_yaml
"""How the guide writes it."""

files.to_yaml = _written_once(files.to_yaml)


class _Compiled(BytecodeCache):
    """Templates compiled once for all applications of a run: a test would spend most of its time on them."""

    def __init__(self) -> None:
        self._kept: dict[str, CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get(bucket.key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        self._kept[bucket.key] = bucket.code


_COMPILED = _Compiled()


def _kept_builder(
    compile_builder: Callable[[Rule, bool], Callable[..., tuple[str, str]]],
) -> Callable[[Rule, bool], Callable[..., tuple[str, str]]]:
    """What makes the address of a route, compiled once for all applications of a run: a fifth of a second each."""
    kept: dict[tuple[str, str, bool], Callable[..., tuple[str, str]]] = {}

    def compiled(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        # The result is bound to its rule by the caller; it depends on nothing else of the application.
        key = (rule.rule, repr(rule.defaults), append_unknown)
        if key not in kept:
            kept[key] = compile_builder(rule, append_unknown)
        return kept[key]

    return compiled


# A server looks through all it holds whenever its words change, so that its pages need not. A run of tests makes
# hundreds of applications of a few pages each: it would do nothing else.
indexing.freeze_gc = lambda: None

Rule._compile_builder = _kept_builder(Rule._compile_builder)  # type: ignore[method-assign]


def settings_for(instance: Path, **changes: Any) -> Settings:
    """Settings of a test instance."""
    values: dict[str, Any] = {
        "instance": instance,
        "database_url": instances.database_url(instance),
        "site_url": None,
        "secret_key": "x" * 40,
    }
    return Settings(**(values | changes))


def open_app(settings: Settings, clock: Callable[[], datetime] | datetime = MONDAY_MORNING) -> Flask:
    """The application of these settings; `clock` is a moment at which time stands still, or what tells it."""
    app = create_app(settings, clock=clock if callable(clock) else lambda: clock)
    app.testing = True
    app.jinja_env.bytecode_cache = _COMPILED
    return app


def close_app(app: Flask) -> None:
    """Waits for what the application does beside its requests, then lets go of its files."""
    app.extensions["guide"].index.wait()
    for thread in threading.enumerate():
        if thread.name == "count-searches":
            thread.join(60)
            assert not thread.is_alive(), "searches are still being counted"
    app.extensions["guide"].engine.dispose()


def load_shipped(instance: Path) -> None:
    """Makes the database of this instance and its index, of the data that the guide ships, as `guide serve` does."""
    engine = open_database(instances.database_url(instance))
    migrations.upgrade(engine)
    with Session(writing(engine)) as session:
        load(session, paths.DATA, MONDAY_MORNING)
        shipped.note_loaded(session, shipped.fingerprint(paths.DATA))
        identity = indexing.database_identity(session)
        session.commit()
        store_missing(session)
        session.commit()
    with Session(engine) as session:
        indexing.rebuild(session, WhooshEngine(instance / "index" / identity), MONDAY_MORNING.date())
    engine.dispose()


MOST_IDLE = 4
"""So many applications are kept for the next test, those that were lent last: each holds some 10 MB."""


class AppPool:
    """Applications lent to one test after another. Their routes, their compiled templates and statements stay.

    Whatever they know of a database is made anew each time, and what a test has set is set back; so each comes as
    from `open_app`, and two that a test asks for are two. The database of a test lies where the last one lay.
    """

    def __init__(self) -> None:
        self._idle: list[tuple[Settings, Flask, dict[str, Any]]] = []
        self._lent: list[tuple[Settings, Flask, dict[str, Any]]] = []

    def lend(self, settings: Settings, clock: Callable[[], datetime] | datetime = MONDAY_MORNING) -> Flask:
        """An application of these settings on what lies in their instance now."""
        found = next((idle for idle in reversed(self._idle) if idle[0] == settings), None)
        if found is None:
            app = open_app(settings, clock)
            self._lent.append((settings, app, dict(app.config)))
            return app
        self._idle.remove(found)
        _, app, config = found
        app.config.clear()
        app.config.update(config, CLOCK=clock if callable(clock) else lambda: clock)
        for name in ("serving", "press"):
            app.extensions.pop(name, None)
        # With an engine of its own: what a test listens to is not heard by the next.
        application._open_directory(app, settings)
        # One that could not be opened again is not lent, so that no later test fails by it.
        self._lent.append((settings, app, config))
        return app

    def take_back(self) -> None:
        """All that were lent since the last time."""
        for settings, app, config in self._lent:
            close_app(app)
            app.extensions["serving"].release()
            for name in ("guide", "background"):  # its words and its index: those of one guide are 30 MB
                del app.extensions[name]
            self._idle.append((settings, app, config))
        self._lent.clear()
        del self._idle[:-MOST_IDLE]


@contextmanager
def app_on_copy(loaded: Path, folder: Path, **changes: object) -> Iterator[Flask]:
    """An application on a copy of the loaded instance, made in `folder`."""
    instance = folder / "instance"
    instances.copy(loaded, instance)
    app = open_app(settings_for(instance, **changes))
    yield app
    close_app(app)


@contextmanager
def app_on_changed_copy(loaded: Path, folder: Path, change: Callable[[Session], None]) -> Iterator[Flask]:
    """The same, on a copy that `change` has changed; its index knows of it."""
    instance = folder / "instance"
    instances.copy(loaded, instance)
    engine = open_database(instances.database_url(instance))
    with Session(writing(engine)) as session:
        change(session)
        changes.note_change(session, "*")
        session.commit()
    with Session(engine) as session:
        identity = indexing.database_identity(session)
        indexing.rebuild(session, WhooshEngine(instance / "index" / identity), MONDAY_MORNING.date())
    engine.dispose()
    app = open_app(settings_for(instance))
    yield app
    close_app(app)


@contextmanager
def apps_on_copies(loaded_on: Callable[[str], Path], folder: Path) -> Iterator[Callable[[str], Flask]]:
    """Gives the application on a copy of the loaded instance: one for each kind of database that is asked for."""
    with ExitStack() as opened:
        yield cache(lambda kind: opened.enter_context(app_on_copy(loaded_on(kind), folder / kind)))


@contextmanager
def served(app: Flask, believes_proxies: bool = False, secure: bool = False) -> Iterator[str]:
    """The address of the running application, on a free port of the loopback."""
    server = make_server(app, "127.0.0.1", 0, believes_proxies=believes_proxies, secure=secure)
    running = threading.Thread(target=server.run, daemon=True)
    running.start()
    yield f"http://127.0.0.1:{server.port}"
    server.stop()
    running.join()
    server.close()
