"""What tests of signed-in pages share: each is asked once in French and once in Dutch."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from guide.languages import Language
from guide.model import Role
from tests.people import someone
from tests.running import app_on_copy
from tests.web.desks import Desk
from tests.web.moderating import Office


@pytest.fixture(params=["fr", "nl"])
def lang(request: pytest.FixtureRequest) -> Language:
    language: Language = request.param
    return language


@pytest.fixture
def desk(lang: Language, instance: Path, make_app: Callable[..., Flask]) -> Desk:
    """The desk of an editor of CABA Jette, in both languages one after the other."""
    app = make_app(instance)
    return Desk(app, lang, someone(app, Role.EDITOR, "caba-jette"))


@pytest.fixture(scope="package")
def quiet_app(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One application for all tests in which somebody signs in and nothing is kept of what she sends."""
    with app_on_copy(loaded, tmp_path_factory.mktemp("quiet")) as app:
        yield app


@pytest.fixture
def quiet_desk(lang: Language, quiet_app: Flask) -> Iterator[Desk]:
    """As `desk`, faster, for tests after which no listing and no proposal has changed."""
    quiet = Desk(quiet_app, lang, someone(quiet_app, Role.EDITOR, "caba-jette"))
    yield quiet
    assert quiet.proposals() == []
    assert quiet.revisions() == []


@pytest.fixture
def office(lang: Language, instance: Path, make_app: Callable[..., Flask]) -> Office:
    """The coordinator's desk, in both languages one after the other."""
    app = make_app(instance)
    return Office(app, lang, someone(app, Role.COORDINATOR))


@pytest.fixture
def french_office(instance: Path, make_app: Callable[..., Flask]) -> Office:
    """The coordinator's desk in French, for what does not depend on the language."""
    app = make_app(instance)
    return Office(app, "fr", someone(app, Role.COORDINATOR))
