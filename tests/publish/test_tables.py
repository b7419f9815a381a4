"""No cell of a table is a formula, whatever it holds."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guide.publish.tables import csv_text, safe_cell
from tests.characters import ANY_CHARACTER

TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "|", "%")


@pytest.mark.control("C19")
@pytest.mark.parametrize(
    "evil", ["=1+1", "+32 2", "-1", "@SUM(A1)", "\t=1", " =1", "\ufeff=1", "\x00=1", "|x", "%x", "\r=1"]
)
def test_what_could_be_a_formula_begins_with_an_apostrophe(evil: str) -> None:
    assert safe_cell(evil).startswith("'")


@pytest.mark.parametrize("plain", ["Soupe", "12", "", None, "a = b", "« oui »"])
def test_plain_cells_stay_as_they_are(plain: str | None) -> None:
    assert safe_cell(plain) == (plain or "")


CELLS = st.one_of(st.text(ANY_CHARACTER), st.text(alphabet="=+-@|%\t\r\n \ufeff\x00'a1"))


@pytest.mark.control("C19")
@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=5))
def test_no_cell_of_a_file_begins_with_a_sign_of_a_formula(rows: list[list[str]]) -> None:
    text = csv_text(["a", "b"], rows)
    assert text.startswith("\ufeff")
    read = list(csv.reader(io.StringIO(text[1:], newline=""), delimiter=";"))
    assert [[cell.removeprefix("'") for cell in row] for row in read[1:]] == [
        [cell.removeprefix("'") for cell in row] for row in rows
    ], "nothing of what was there is lost"
    for row in read:
        for cell in row:
            assert not cell.lstrip(" \ufeff\x00").startswith(TRIGGERS)
