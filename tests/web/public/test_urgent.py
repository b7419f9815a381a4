"""Urgent numbers: danger and talking in two blocks, and no line that looks open when it is not."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from guide.clock import BRUSSELS
from tests.pages import PageClient

PAGES = ["/fr/urgence", "/nl/dringend"]
TALK = [
    "tel:107",
    "tel:106",
    "tel:+3280030030",
    "tel:1712",
    "tel:103",
    "tel:102",
    "tel:1813",
    "tel:+3280032123",
]


@pytest.mark.parametrize("path", PAGES)
def test_danger_and_talking_are_two_blocks_that_share_no_number(client: PageClient, path: str) -> None:
    html = client.get(path).html
    danger = html[html.index('class="crisis-danger"') : html.index('class="crisis-talk"')]
    talk = html[
        html.index('class="crisis-talk"') : html.index("</section>", html.index('class="crisis-talk"'))
    ]
    for number in ("tel:112", "tel:101"):
        assert number in danger
        assert number not in talk
    for number in TALK:
        assert number in talk
        assert number not in danger


@pytest.mark.parametrize("path", PAGES)
def test_a_bed_for_tonight_is_named(client: PageClient, path: str) -> None:
    page = client.get(path)
    assert "tel:+3280099340" in page.html[page.html.index("<main") : page.html.index("<footer")]


def test_a_line_that_does_not_answer_at_night_never_looks_open_at_night(
    make_app: Callable[..., Flask], loaded: Path
) -> None:
    night = PageClient(make_app(loaded, datetime(2026, 11, 24, 3, 0, tzinfo=BRUSSELS))).get("/fr/urgence")
    day = PageClient(make_app(loaded, datetime(2026, 11, 24, 15, 0, tzinfo=BRUSSELS))).get("/fr/urgence")
    assert "Répond en principe maintenant" not in night.words
    assert "Ne répond pas à cette heure" in night.words
    assert night.words.count("Ne répond pas à cette heure") > day.words.count("Ne répond pas à cette heure")


@pytest.mark.parametrize("path", PAGES)
def test_every_number_is_dialled_by_its_own_link(client: PageClient, path: str) -> None:
    page = client.get(path)
    for element in page.all("a"):
        href = element.attributes.get("href", "")
        if href.startswith("tel:"):
            digits = "".join(char for char in element.text if char.isdigit())
            assert href.removeprefix("tel:").replace("+32", "0") == digits
