"""What tests of pages share: those of words are asked in French and in Dutch, outside CI by turns; in CI those that
write or search meet each kind of database."""

import inspect
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import product
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet
from flask import Flask

from guide.languages import LANGUAGES, Language
from guide.model import Role
from tests import databases, instances
from tests.people import someone
from tests.rounds import ALL
from tests.running import MONDAY_MORNING, AppPool, app_on_copy, apps_on_copies, settings_for
from tests.web.desks import Desk
from tests.web.moderating import Office

SPEAKS = {"lang", "say"}
"""What a test names that says something in the language of its reader."""


KINDS = ("sqlite", "postgresql") if len(databases.IN_CI) > 1 else ()
"""The kinds of database by which tests are multiplied: both in CI, none elsewhere, where all is SQLite."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Says in which languages a test is asked, and on which kinds of database.

    A test of words is asked in French and in Dutch; what is the same in both in one of them, by turns. A test is of
    words when it, or a function of its module that it calls, names one of SPEAKS; outside CI one language is left
    out (see below). That every route and every word is there in both languages, and that no text stands in a
    template untranslated, is asked by the tests of conventions.

    In CI a test with a database of its own meets PostgreSQL: one in both languages in one of them, one of several
    cases by turns, any other in its one case, which outside CI is asked on SQLite (see below).
    """
    languages, kinds = _languages(metafunc), _kinds(metafunc)
    if languages and kinds:
        met = _in_turn(languages, kinds, _turn(metafunc.function))
        metafunc.parametrize(("lang", "database_kind"), met, indirect=True)
    elif languages:
        metafunc.parametrize("lang", languages, indirect=True)
    elif kinds:
        metafunc.parametrize("database_kind", [_case(each) for each in kinds], indirect=True)


def _languages(metafunc: pytest.Metafunc) -> tuple[Language, ...]:
    """Those a test is asked in; none where it has no reader, or chooses itself."""
    if "lang" not in metafunc.fixturenames or _chooses_itself(metafunc.definition, "lang"):
        return ()
    of_words = SPEAKS & _names(metafunc.function, metafunc)
    return LANGUAGES if of_words else (LANGUAGES[_turn(metafunc.function)],)


def _kinds(metafunc: pytest.Metafunc) -> tuple[str, ...]:
    """Those a test is asked on; none where it asks for no database of its own, for the crawl, or chooses itself."""
    names = set(metafunc.fixturenames)
    own = "database_kind" in names and "whole_site" not in names
    return KINDS if own and not _chooses_itself(metafunc.definition, "database_kind") else ()


def _in_turn(languages: Sequence[Language], kinds: Sequence[str], turn: int) -> list[ParameterSet]:
    """Each language on a kind of database of its own, where there are two; else the one on each kind."""
    if len(languages) == len(kinds):
        return [_case(*each) for each in zip(languages, kinds[turn:] + kinds[:turn], strict=True)]
    return [_case(*each) for each in product(languages, kinds)]


def _case(*values: str) -> ParameterSet:
    return pytest.param(*values, marks=[pytest.mark.postgresql] if "postgresql" in values else [])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves cases out by turns: outside CI those of words in one of the languages, in CI on one of the databases."""
    tests: dict[tuple[object, str], list[pytest.Function]] = defaultdict(list)
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and isinstance(item, pytest.Function) and hasattr(item, "callspec"):
            tests[item.parent, item.originalname].append(item)
    left_out = {
        item for cases in tests.values() for item in (_other_kinds if ALL else _other_languages)(cases)
    }
    if left_out:
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]


def _other_languages(items: list[pytest.Function]) -> list[pytest.Function]:
    """The cases of a test in the language whose turn it is not; none where it chooses itself."""
    return [] if _chooses_itself(items[0], "lang") else _other_turns(items, "lang", LANGUAGES)


def _other_kinds(items: list[pytest.Function]) -> list[pytest.Function]:
    """The cases of a test on the kind of database whose turn it is not; a single case is asked on PostgreSQL.

    On SQLite it is asked in each run outside CI.
    """
    if _chooses_itself(items[0], "database_kind"):
        return []
    if len(_cases(items, "database_kind")) == 1 < len(items):
        return [item for item in items if item.callspec.params["database_kind"] != "postgresql"]
    return _other_turns(items, "database_kind", KINDS)


def _other_turns(items: list[pytest.Function], name: str, values: Sequence[str]) -> list[pytest.Function]:
    """The cases with another value of this parameter than that whose turn it is.

    None where a case was not collected with each of the values.
    """
    cases = _cases(items, name)
    if any({item.callspec.params.get(name) for item in case} != set(values) for case in cases):
        return []
    first = _turn(items[0].function)
    return [
        item
        for turn, case in enumerate(cases, first)
        for item in case
        if item.callspec.params[name] != values[turn % len(values)]
    ]


def _cases(items: list[pytest.Function], name: str) -> list[list[pytest.Function]]:
    """Those that differ in this parameter alone, together."""
    cases: dict[str, list[pytest.Function]] = defaultdict(list)
    for item in items:
        others = {other: value for other, value in item.callspec.params.items() if other != name}
        cases[repr(others)].append(item)
    return list(cases.values())


def _turn(test: Callable[..., object]) -> int:
    return zlib.crc32(test.__qualname__.encode()) % len(LANGUAGES)


def _chooses_itself(test: pytest.Item, name: str) -> bool:
    chosen = [mark.args[0] for mark in test.iter_markers("parametrize")]
    return any(
        name in (names.replace(",", " ").split() if isinstance(names, str) else names) for names in chosen
    )


def _names(test: Callable[..., object], metafunc: pytest.Metafunc) -> set[str]:
    """All that a test names, and what the functions of its module name that it calls."""
    own = {
        name: one
        for name, one in vars(metafunc.module).items()
        if inspect.isfunction(one) and one.__module__ == metafunc.module.__name__
    }
    found = set(inspect.signature(test).parameters)
    todo = [inspect.unwrap(test).__code__]
    while todo:
        code = todo.pop()
        todo += [part for part in code.co_consts if inspect.iscode(part)]
        todo += [own[name].__code__ for name in own.keys() & set(code.co_names) - found]
        found |= {*code.co_names}
    return found


@pytest.fixture
def lang(request: pytest.FixtureRequest) -> Language:
    """The language of the reader: see `pytest_generate_tests`."""
    language: Language = request.param
    return language


@pytest.fixture
def database_kind(request: pytest.FixtureRequest) -> str:
    """The kind of database that a test works on: see `pytest_generate_tests`."""
    kind: str = getattr(request, "param", "sqlite")
    return kind


@pytest.fixture(scope="package")
def loaded_on(request: pytest.FixtureRequest) -> Callable[[str], Path]:
    """The loaded instance on a database of this kind: one that nobody writes to."""
    return lambda kind: request.getfixturevalue(instances.LOADED[kind])


@pytest.fixture(scope="package")
def app_on_server(loaded_on_server: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """As `shared_app`, on PostgreSQL."""
    with app_on_copy(loaded_on_server, tmp_path_factory.mktemp("app-on-server")) as app:
        app.config["TRUSTED_HOSTS"] = ["localhost", "127.0.0.1"]
        yield app


@pytest.fixture
def app(request: pytest.FixtureRequest) -> Flask:
    """The application that tests read from: on SQLite, but where a test asks for each kind of database.

    One that searches does: `pytestmark = pytest.mark.usefixtures("database_kind")`.
    """
    asked = "database_kind" in request.fixturenames
    kind = request.getfixturevalue("database_kind") if asked else "sqlite"
    app: Flask = request.getfixturevalue("app_on_server" if kind == "postgresql" else "shared_app")
    return app


@pytest.fixture(scope="package")
def pool() -> AppPool:
    """The applications that these tests lend one another."""
    return AppPool()


@pytest.fixture(scope="package")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the instance of each test lies in its turn."""
    return tmp_path_factory.mktemp("place") / "instance"


@pytest.fixture
def instance(loaded_on: Callable[[str], Path], database_kind: str, place: Path) -> Path:
    """A copy of the loaded instance that a test may change."""
    instances.copy(loaded_on(database_kind), place)
    return place


@pytest.fixture
def make_app(pool: AppPool) -> Iterator[Callable[..., Flask]]:
    """Gives applications on an instance; `clock` fixes the time (default: Monday 23 November 2026, 10:00)."""

    def make(instance: Path, clock: datetime = MONDAY_MORNING, **changes: object) -> Flask:
        return pool.lend(settings_for(instance, **changes), clock)

    yield make
    pool.take_back()


@pytest.fixture
def desk(lang: Language, instance: Path, make_app: Callable[..., Flask]) -> Desk:
    """The desk of an editor of CABA Jette, in the language of the test."""
    app = make_app(instance)
    return Desk(app, lang, someone(app, Role.EDITOR, "caba-jette"))


@pytest.fixture(scope="package")
def quiet_apps(
    loaded_on: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Flask]]:
    with apps_on_copies(loaded_on, tmp_path_factory.mktemp("quiet")) as apps:
        yield apps


@pytest.fixture
def quiet_app(quiet_apps: Callable[[str], Flask], database_kind: str) -> Flask:
    """One application for all tests in which somebody signs in and nothing is kept of what she sends."""
    return quiet_apps(database_kind)


@pytest.fixture
def quiet_desk(lang: Language, quiet_app: Flask) -> Iterator[Desk]:
    """As `desk`, faster, for tests after which no listing and no proposal has changed."""
    quiet = Desk(quiet_app, lang, someone(quiet_app, Role.EDITOR, "caba-jette"))
    yield quiet
    assert quiet.proposals() == []
    assert quiet.revisions() == []


@pytest.fixture
def office(lang: Language, instance: Path, make_app: Callable[..., Flask]) -> Office:
    """The coordinator's desk, in the language of the test."""
    app = make_app(instance)
    return Office(app, lang, someone(app, Role.COORDINATOR))


@pytest.fixture
def french_office(instance: Path, make_app: Callable[..., Flask]) -> Office:
    """The coordinator's desk in French, for what does not depend on the language."""
    app = make_app(instance)
    return Office(app, "fr", someone(app, Role.COORDINATOR))
