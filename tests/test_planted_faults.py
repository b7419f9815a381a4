"""`benchmarks/planted_faults.py` knows which test went red, whatever its name."""

import sys
from pathlib import Path

import pytest

from benchmarks.planted_faults import Copy

NAMES = """
import pytest


@pytest.mark.parametrize("name", ["one", "a body - 2 MB [é] :: too long"])
def test_it(name):
    assert name == "one"
"""


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """A checkout with two tests in it, of which the second is red, and a file that cannot be read."""
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    (checkout / "pytest.ini").write_text("[pytest]\nmarkers = browser\n")
    (checkout / "test_names.py").write_text(NAMES, encoding="utf-8")
    (checkout / "test_broken.py").write_text("import nothing_of_this_name\n")
    return Copy(tmp_path, checkout, sys.executable)


def test_the_test_that_went_red_is_named_so_that_it_is_run_again(copy: Copy) -> None:
    red = copy.tests("test_names.py").red
    assert red is not None
    assert red.startswith("test_names.py::test_it[a body - 2 MB ")
    assert copy.tests(red).red == red
    left_out = copy.tests("test_names.py", f"--deselect={red}")
    assert (left_out.returncode, left_out.red) == (0, None)


def test_a_file_that_cannot_be_read_is_named(copy: Copy) -> None:
    assert copy.tests("test_broken.py").red == "test_broken.py"
