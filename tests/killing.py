"""A process that says each thing it has done, killed after some of them."""

import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def killed_after(lines: int, module: str, *arguments: str) -> None:
    """Runs a module of the tests until it has written this many lines, and kills it wherever it is by then."""
    with subprocess.Popen(
        [sys.executable, "-m", module, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            for _ in range(lines):
                assert process.stdout.readline(), "it ended by itself"
        finally:
            process.send_signal(signal.SIGKILL)
