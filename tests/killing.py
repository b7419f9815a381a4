"""Processes that say each thing they have done, killed after some of them.

They are forked from one that has imported what they run: a Python that starts anew imports for a second or two.
"""

import importlib
import multiprocessing
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import TextIO

MODULES = (
    *("tests.audit.recorder", "tests.editing.writers", "tests.mail.sender", "tests.operations.killed"),
    *("tests.operations.writer", "tests.referrals.mill"),
)
"""Those whose `main(*arguments)` is run so."""

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload([__name__, *MODULES])


@dataclass
class Started:
    """A process that runs; `says` is what it writes, line by line, to the end of it."""

    says: TextIO
    _process: BaseProcess

    def kill(self) -> list[str]:
        """Kills it wherever it is; gives what it had still written before it was gone."""
        self._process.kill()
        self._process.join()
        return self.says.read().splitlines()

    def finish(self) -> list[str]:
        """Waits for its end, which must be a good one; gives what it had still written."""
        lines = self.says.read().splitlines()
        self._process.join()
        assert self._process.exitcode == 0, "it ended badly; see the lines above"
        return lines


@contextmanager
def started(module: str, *arguments: str) -> Iterator[Started]:
    """A process that runs `main` of a module of the tests; killed at the end if it still runs."""
    ours, theirs = _forks.Pipe(duplex=False)
    process = _forks.Process(target=_run, args=(theirs, module, arguments), daemon=True)
    process.start()
    theirs.close()
    with os.fdopen(os.dup(ours.fileno()), encoding="utf-8") as says:
        ours.close()
        try:
            yield Started(says, process)
        finally:
            process.kill()
            process.join()
            process.close()


def killed_after(lines: int, module: str, *arguments: str) -> None:
    """Runs a module of the tests until it has written this many lines, and kills it wherever it is by then."""
    with started(module, *arguments) as process:
        for _ in range(lines):
            assert process.says.readline(), "it ended by itself"


def _run(tell: Connection, module: str, arguments: tuple[str, ...]) -> None:
    sys.stdout = os.fdopen(os.dup(tell.fileno()), "w", encoding="utf-8")
    tell.close()
    importlib.import_module(module).main(*arguments)
