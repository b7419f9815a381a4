"""Home on screens of every width, and the page of a search that found nothing: what helps stands first."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

WIDTHS = range(320, 1601, 40)
HOLES = """() => {
    // Of each list of tiles: rows that do not reach from edge to edge, or whose tiles have gaps or other heights.
    const holes = [];
    for (const list of document.querySelectorAll('.tiles')) {
        const whole = list.getBoundingClientRect(), rows = new Map();
        for (const tile of list.children) {
            const box = tile.getBoundingClientRect();
            rows.set(Math.round(box.top), [...(rows.get(Math.round(box.top)) || []), box]);
        }
        for (const row of rows.values()) {
            const edges = [whole.left - row[0].left, whole.right - row.at(-1).right];
            const gaps = row.slice(1).map((box, n) => box.left - row[n].right);
            if ([...edges, ...gaps.map(gap => gap > 17 ? gap : 0)].some(off => Math.abs(off) > 1)
                || row.some(box => Math.abs(box.height - row[0].height) > 1)) {
                holes.push(`${list.className}: ${list.children.length} tiles, row of ${row.length}`);
            }
        }
    }
    return holes;
}"""


@pytest.mark.parametrize("path", ["/fr/", "/nl/"])
def test_no_row_of_situations_has_a_hole_at_any_width(visit: Callable[..., Page], path: str) -> None:
    page = visit(path, script=True)
    page.locator("details.more > summary").click()
    columns = set()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(HOLES) == [], width
        columns.add(
            page.evaluate(
                "getComputedStyle(document.querySelector('.tiles-3')).gridTemplateColumns.split(' ').length"
            )
        )
    assert columns == {2, 3}


@pytest.mark.parametrize("width", [360, 1280])
def test_no_row_has_a_hole_however_many_situations_there_are(visit: Callable[..., Page], width: int) -> None:
    page = visit("/fr/", width=width)
    while left := page.evaluate("document.querySelector('.tiles-3').children.length"):
        assert page.evaluate(HOLES) == [], left
        page.evaluate("document.querySelector('.tiles-3').lastElementChild.remove()")


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_danger_and_no_bed_stand_before_the_other_situations_and_are_larger(
    visit: Callable[..., Page], width: int
) -> None:
    page = visit("/fr/", width=width)
    first, later = (
        page.eval_on_selector_all(
            f"{tiles} > .tile",
            """all => all.map(tile => {
                const box = tile.getBoundingClientRect();
                return [box.top, box.width, parseFloat(getComputedStyle(tile.querySelector('a')).fontSize)];
            })""",
        )
        for tiles in (".tiles-now", ".tiles-3:not(details *)")
    )
    assert len(first) == 2
    assert max(top for top, _, _ in first) < min(top for top, _, _ in later)
    assert min(wide for _, wide, _ in first) >= min(wide for _, wide, _ in later)
    assert min(letters for _, _, letters in first) > max(letters for _, _, letters in later)


@pytest.mark.parametrize("path", ["/fr/services/?q=xqzvbw", "/nl/diensten/?q=xqzvbw"])
def test_where_nothing_was_found_the_one_filled_button_calls_a_person_on_the_first_screen(
    visit: Callable[..., Page], path: str
) -> None:
    page = visit(path, width=360, height=740)
    filled = page.locator("main .btn-main, main .btn-go")
    assert [one.get_attribute("href") for one in filled.all()] == ["tel:+3224224611"]
    box = filled.bounding_box()
    assert box
    assert box["y"] + box["height"] <= 740
