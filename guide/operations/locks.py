"""Who is at work in an instance: those that serve share one lock, whoever restores holds it alone.

The kernel lets go of it when a process ends, however it ends.
"""

import contextlib
import fcntl
import os
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

SERVING, PREPARE, ADDRESS = "serving.lock", "prepare.lock", "served_at"
PREPARING = 871_090
"""Number of the PostgreSQL advisory lock held while a database is prepared (any constant of ours)."""


class LockTakenError(Exception):
    """Somebody holds the lock; `name` is its file."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Hold:
    """A lock for as long as this object lives, until `release`, or to the end of a `with`."""

    def __init__(self, file: Path, exclusive: bool) -> None:
        handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        self.release = weakref.finalize(self, os.close, handle)
        try:
            fcntl.flock(handle, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            self.release()
            raise LockTakenError(file.name) from problem

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def serving(instance: Path) -> Hold:
    """For whoever uses this instance's database while others may too. Raises LockTakenError during a restore."""
    return Hold(instance / SERVING, exclusive=False)


def wait_until_prepared(instance: Path, waiting: Callable[[], None]) -> None:
    """Returns when nobody prepares, loads or restores; calls `waiting` once, before it waits."""
    handle = os.open(instance / PREPARE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(handle, fcntl.LOCK_SH)
    finally:
        os.close(handle)


@contextlib.contextmanager
def alone(instance: Path) -> Iterator[None]:
    """Nobody serves, prepares, loads or backs up meanwhile. Raises LockTakenError."""
    held: list[Hold] = []
    try:
        for name in (PREPARE, SERVING):
            held.append(Hold(instance / name, exclusive=True))
        yield
    finally:
        for hold in held:
            hold.release()


def note_address(instance: Path, url: str) -> Hold:
    """Notes at which address this process serves, for as long as it lives and the hold is kept."""
    hold = Hold(instance / ADDRESS, exclusive=False)
    (instance / ADDRESS).write_text(url)
    return hold


def served_address(instance: Path) -> str | None:
    """The address at which somebody serves this instance now; None when nobody has noted one."""
    file = instance / ADDRESS
    try:
        Hold(file, exclusive=True).release()
    except LockTakenError:
        return file.read_text().strip() or None
    return None
