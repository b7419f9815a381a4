"""What tests of signed-in pages share: each is asked once in French and once in Dutch."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from guide.languages import Language
from guide.model import Role
from tests.people import someone
from tests.web.desks import Desk


@pytest.fixture(params=["fr", "nl"])
def lang(request: pytest.FixtureRequest) -> Language:
    language: Language = request.param
    return language


@pytest.fixture
def desk(lang: Language, instance: Path, make_app: Callable[..., Flask]) -> Desk:
    """The desk of an editor of CABA Jette, in both languages one after the other."""
    app = make_app(instance)
    return Desk(app, lang, someone(app, Role.EDITOR, "caba-jette"))
