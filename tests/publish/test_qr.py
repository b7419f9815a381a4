"""A QR code is a drawing of squares that needs no inline style."""

import re
from xml.etree import ElementTree

import segno

from guide.publish.qr import qr_svg, secret_qr_svg

ADDRESS = "https://guide.example.be/s/8d48"


def test_a_code_is_one_svg_without_any_style() -> None:
    drawn = qr_svg(ADDRESS)
    assert drawn.startswith("<svg ")
    assert "style" not in drawn
    assert "<?xml" not in drawn
    root = ElementTree.fromstring(drawn)
    assert root.get("class") == "qr"
    assert root.get("aria-hidden") == "true"
    assert "width" not in root.attrib
    assert not [element for element in root.iter() if element.tag in ("script", "image", "a", "style")]


def test_a_code_draws_the_squares_of_its_address() -> None:
    """Each row of the drawing, run by run, is the row of the code itself."""
    root = ElementTree.fromstring(qr_svg(ADDRESS))
    code = segno.make(ADDRESS, error="m")
    border = 2
    size = code.symbol_size(border=border)[0]
    assert root.get("viewBox") == f"0 0 {size} {size}"
    (path,) = root.iter("path")
    drawn: set[tuple[int, int]] = set()
    x = y = 0.0
    for move, numbers in re.findall(r"([Mmh])([^Mmh]*)", path.get("d", "")):
        values = [float(number) for number in re.findall(r"-?\d*\.?\d+", numbers)]
        if move == "M":
            x, y = values
        elif move == "m":
            x, y = x + values[0], y + values[1]
        else:
            drawn |= {(int(x) + step, int(y)) for step in range(int(values[0]))}
            x += values[0]
    expected = {
        (column + border, row + border)
        for row, modules in enumerate(code.matrix)
        for column, dark in enumerate(modules)
        if dark & 1
    }
    assert drawn == expected


def test_another_address_is_another_code() -> None:
    assert qr_svg(ADDRESS) == qr_svg(ADDRESS)
    assert qr_svg(ADDRESS) != qr_svg(f"{ADDRESS}0")


def test_a_code_with_a_secret_is_drawn_alike_and_kept_nowhere() -> None:
    before = qr_svg.cache_info().currsize
    secret = "https://guide.example.be/fr/relais/mon-accord/123/une-clef"
    drawn = secret_qr_svg(secret)
    assert qr_svg.cache_info().currsize == before
    assert drawn == qr_svg(secret)
