"""What a start imports, and what is said before it does: whoever starts the guide waits for all of it."""

import gc
import subprocess
import sys

import pytest

from guide import memory

REFUSED = """
import sys

class Refuses:
    def find_spec(self, name, path, target=None):
        if name == "guide.cli":
            raise SystemExit("sqlalchemy" in sys.modules or "flask" in sys.modules)

sys.meta_path.insert(0, Refuses())
sys.argv = ["guide", *sys.argv[1:]]
from guide.__main__ import main
main()
"""


def run(program: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["serve"], "Starting …\n"), (["check"], ""), (["serve", "--help"], ""), ([], "")],
)
def test_a_start_says_so_before_it_imports_anything(arguments: list[str], said: str) -> None:
    assert run(REFUSED, *arguments) == said


def test_a_start_imports_nothing_that_no_page_needs() -> None:
    spared = (
        "alembic",
        "mako",
        "pypdf",
        "fontTools",
        "email_validator",
        "cryptography",
        "typst",
        "authlib",
        "requests",
    )
    program = f"import sys, guide.cli; print([name for name in {spared} if name in sys.modules])"
    assert run(program) == "[]\n"


@pytest.mark.parametrize("enabled", [True, False])
def test_collecting_garbage_goes_on_after_a_pause_as_before_it(enabled: bool) -> None:
    before = gc.isenabled()
    try:
        (gc.enable if enabled else gc.disable)()
        with memory.gc_paused():
            assert not gc.isenabled()
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if before else gc.disable)()


def test_a_start_collects_garbage_seldom_and_a_server_as_ever() -> None:
    before = gc.get_threshold()
    with memory.gc_seldom():
        assert gc.get_threshold()[0] == memory.SELDOM
    assert gc.get_threshold() == before
