"""What tests of the fiche-relais share: sites that are made once, and begun from in copies."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from flask import Flask

from guide.languages import Language
from tests import instances
from tests.web.referral_accounts import Kept, ReferralSite


@pytest.fixture(scope="package")
def kept(
    loaded_on: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, Language, bool], Kept]:
    """A site on this kind of database whose workers speak this language, with a fiche that was sent or without."""
    return cache(
        lambda kind, lang, sent: Kept.made(loaded_on(kind), tmp_path_factory.mktemp("kept"), lang, sent)
    )


@pytest.fixture
def kept_site(
    request: pytest.FixtureRequest,
    kept: Callable[[str, Language, bool], Kept],
    database_kind: str,
    lang: Language,
) -> Kept:
    """The site that `site` is a copy of: for tests that name `reference` one in which that fiche is sent."""
    return kept(database_kind, lang, "reference" in request.fixturenames)


@pytest.fixture
def instance(
    request: pytest.FixtureRequest, loaded_on: Callable[[str], Path], database_kind: str, place: Path
) -> Path:
    """A copy that a test may change: of the site of a test that has one, else of the loaded instance."""
    asks_site = "site" in request.fixturenames
    instances.copy(
        request.getfixturevalue("kept_site").folder if asks_site else loaded_on(database_kind), place
    )
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
