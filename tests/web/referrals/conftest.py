"""What tests of the fiche-relais share: sites that are made once, and begun from in copies."""

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from flask import Flask

from guide.languages import Language
from tests.web.referral_accounts import Kept, ReferralSite


@pytest.fixture(scope="package")
def kept(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Language, bool], Kept]:
    """A site whose workers speak this language, with a fiche that was sent or without."""
    return cache(lambda lang, sent: Kept.made(loaded, tmp_path_factory.mktemp("kept"), lang, sent))


@pytest.fixture
def kept_site(request: pytest.FixtureRequest, kept: Callable[[Language, bool], Kept], lang: Language) -> Kept:
    """What `site` is a copy of: for tests that name `reference` one in which that fiche is sent."""
    return kept(lang, "reference" in request.fixturenames)


@pytest.fixture
def instance(request: pytest.FixtureRequest, loaded: Path, place: Path) -> Path:
    """A copy that a test may change: of the site of a test that has one, else of the loaded instance."""
    asks_site = "site" in request.fixturenames
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(request.getfixturevalue("kept_site").folder if asks_site else loaded, place)
    return place


@pytest.fixture
def site(kept_site: Kept, instance: Path, make_app: Callable[..., Flask]) -> ReferralSite:
    """A site whose services receive fiches-relais."""
    return kept_site.opened(make_app(instance))


@pytest.fixture
def reference(site: ReferralSite) -> str:
    """The fiche that `an` had sent to FOOD before the test began."""
    [reference] = site.rows()
    return reference
