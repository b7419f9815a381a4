"""A map can be read: its letters are large enough as a screen shows them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy.orm import Session

from guide.database import writing
from guide.loading import geo
from tests.running import app_on_copy, served
from tests.streets import CREDIT, grid

SMALLEST = 12
LETTERS = """all => all.map(text => {
    const turned = text.getScreenCTM();
    return [text.textContent, parseFloat(getComputedStyle(text).fontSize) * Math.hypot(turned.a, turned.b)];
})"""
"""The height of each text in pixels of the screen: in units of the drawing, by its scale, whatever its turn."""


@pytest.fixture(scope="module")
def with_streets(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a guide whose operator has imported streets."""
    with app_on_copy(loaded, tmp_path_factory.mktemp("streets")) as app:
        with Session(writing(app.extensions["guide"].engine)) as session:
            geo.put(session, grid(), CREDIT)
            session.commit()
        with served(app) as address:
            yield address


@pytest.mark.parametrize("width", [320, 360, 768, 1280, 1600])
def test_every_name_and_number_of_the_map_is_at_least_twelve_pixels_high(
    chromium: Browser, with_streets: str, width: int
) -> None:
    kinds = set()
    for path in ("/fr/carte?vue=0", "/nl/kaart"):
        with chromium.new_page(viewport={"width": width, "height": 800}) as page:
            page.goto(with_streets + path)
            found = page.eval_on_selector_all(".plan text", LETTERS)
            small = [(words, high) for words, high in found if high < SMALLEST]
            assert small == []
            kinds |= set(
                page.eval_on_selector_all(".plan text", "all => all.map(one => one.getAttribute('class'))")
            )
    assert {"n-main", "n-street", "n-spot"} <= kinds
