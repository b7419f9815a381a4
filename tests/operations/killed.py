"""Runs one operation again and again, each time killed (SIGKILL) at a later call that touches the disk.

Run by `tests.killing` with `backup` or `restore`, the instance and a place, it prints a line of JSON per run: at
which call it was killed (0: it ended by itself), and what then stands there. Each run is a child forked for it.
Killed at some of the earlier calls and at each of the last ones, where the fresh takes the place of the old.
"""

import json
import os
import shutil
import signal
import sqlite3
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from guide.operations import archives, back_up, restore
from tests.running import MONDAY_MORNING, settings_for

TOUCHING = ("replace", "link", "unlink", "fsync", "rmdir", "mkdir", "ftruncate")
LAST = 9


made = 0


def kill_at(count: int) -> None:
    """From now on the `count`-th call of any of these functions is not made: the process is gone instead."""

    def counting(call: Any) -> Any:
        def counted(*arguments: Any, **options: Any) -> Any:
            global made
            made += 1
            if made == count:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*arguments, **options)

        return counted

    for name in TOUCHING:
        setattr(os, name, counting(getattr(os, name)))


def run(what: str, instance: Path, place: Path, number: int) -> None:
    settings, now = settings_for(instance), MONDAY_MORNING + timedelta(minutes=number)
    if what == "backup":
        back_up(settings, place, now, keep=2)
    else:
        restore(settings, place, now, lambda session, uids: len(uids), replace=True)


def found(what: str, instance: Path, place: Path) -> dict[str, Any]:
    """What stands there, read without any code of the guide."""
    with sqlite3.connect(instance / "guide.sqlite3") as connection:
        check = connection.execute("PRAGMA integrity_check").fetchone()[0]
        services = connection.execute("SELECT count(*) FROM service").fetchone()[0]
        counted = connection.execute("SELECT value FROM site_fact WHERE name = 'counted'").fetchone()
    connection.close()
    whole = []
    if what == "backup":
        whole = [archives.read(file).revision for file in sorted(place.glob("guide-*.tar.gz"))]
    return {"check": check, "services": services, "counted": counted and counted[0], "whole": len(whole)}


def attempt(what: str, given: Path, place: Path, number: int, count: int) -> tuple[Path, int]:
    """One run on a copy of the instance, killed at this call (0: at none); how many calls it made, or 0."""
    instance = given.with_name(f"{given.name}-run")
    shutil.rmtree(instance, ignore_errors=True)
    shutil.copytree(given, instance)
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        kill_at(count)
        try:
            run(what, instance, place, number)
        except BaseException as problem:
            print(repr(problem), file=sys.stderr, flush=True)
            os._exit(1)
        os.write(tell, str(made).encode())
        os._exit(0)
    os.close(tell)
    _, status = os.waitpid(child, 0)
    with os.fdopen(told) as pipe:
        calls = int(pipe.read() or 0)
    assert os.WIFSIGNALED(status) == (count > 0), f"it ended with {status}"
    return instance, calls


def main(what: str, given: str, place: str) -> None:
    # The first only counts, at a place of its own, since a backup leaves one behind.
    counted = Path(f"{place}-counted") if what == "backup" else Path(place)
    _, calls = attempt(what, Path(given), counted, 0, 0)
    moments = sorted({*range(1, calls, max(calls // 4, 1)), *range(max(calls - LAST, 1), calls + 1)})
    for number, moment in enumerate((*moments, 0), start=1):
        instance, _ = attempt(what, Path(given), Path(place), number, moment)
        print(json.dumps({"killed_at": moment} | found(what, instance, Path(place))), flush=True)
