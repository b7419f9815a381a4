"""What tests of the fiche-relais share: houses that are made once, and begun from in copies."""

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from flask import Flask

from guide.languages import Language
from tests.web.referral_accounts import House, Kept


@pytest.fixture(scope="package")
def kept(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Language, bool], Kept]:
    """A house whose workers speak this language, with a fiche that was sent or without."""
    return cache(lambda lang, sent: Kept.made(loaded, tmp_path_factory.mktemp("kept"), lang, sent))


@pytest.fixture
def house_before(
    request: pytest.FixtureRequest, kept: Callable[[Language, bool], Kept], lang: Language
) -> Kept:
    """The house that `relays` is a copy of: for tests that name `reference` one in which that fiche is sent."""
    return kept(lang, "reference" in request.fixturenames)


@pytest.fixture
def instance(request: pytest.FixtureRequest, loaded: Path, place: Path) -> Path:
    """A copy that a test may change: of the house of a test that has one, else of the loaded instance."""
    with_house = "relays" in request.fixturenames
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(request.getfixturevalue("house_before").folder if with_house else loaded, place)
    return place


@pytest.fixture
def relays(house_before: Kept, instance: Path, make_app: Callable[..., Flask]) -> House:
    """A house whose services receive fiches-relais."""
    return house_before.opened(make_app(instance))


@pytest.fixture
def reference(relays: House) -> str:
    """The fiche that `an` had sent to FOOD before the test began."""
    [reference] = relays.rows()
    return reference
