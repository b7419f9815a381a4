"""Files that are made once and kept on disk for everybody, up to so many bytes: a booklet costs seconds of a core.

Two are made at once, a few wait, and the next is told to come back: so many requests for paper never keep the pages
waiting. What is made for one person is made the same way and not kept.

The folder may be deleted at any time, is in no backup, and may be shared by several processes. A file holds a digest
of its name and content before the content: one that is torn, or stands under another's name, is removed, never given.
Its name is a digest too, and begins with that of the edition it belongs to (the state of the data, the day): files of
other editions, which nobody asks for any more, go when the first of a new one is kept; then those that were asked for
least recently.
"""

import contextlib
import hashlib
import logging
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from guide import private_files

log = logging.getLogger(__name__)

MOST_KEPT = 64 * 1024 * 1024
"""Bytes of files on disk: the whole guide in its languages and on its papers, and hundreds of sheets."""
AT_WORK = 2
"""How many files are made at once, of one process."""
MOST_WAITING = 2
"""How many more may wait. Each holds one of the server's eight threads, as each that is at work does."""
PATIENCE = 30
"""Seconds that one waits."""

WRITING = 60
"""Seconds after which a draft is one that a killed process has left."""

_DRAFT = "."
_DIGEST = hashlib.sha256().digest_size


class PressBusyError(Exception):
    """Too many wait already; in a few seconds there is room."""


class Press:
    """Makes files, and keeps what everybody may have in a folder. One a process; safe between threads."""

    def __init__(
        self,
        folder: Path,
        most_kept: int = MOST_KEPT,
        at_work: int = AT_WORK,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        self._folder, self._most_kept = folder, most_kept
        self._places = threading.BoundedSemaphore(at_work + most_waiting)
        self._at_work = threading.BoundedSemaphore(at_work)
        # Who asks for what is being made waits for it; that others wait with her by chance costs little.
        self._turns = [threading.BoundedSemaphore() for _ in range(16)]
        self._keeping = threading.Lock()
        self._is_failing = False

    def file(self, edition: object, made_of: object, make: Callable[[], bytes], keep: bool = True) -> bytes:
        """The file of this edition that is made of these, made anew only when it is not kept.

        Both are told apart by their `repr`. Without `keep` it is neither looked for nor kept. Raises PressBusyError,
        and whatever `make` raises.
        """
        name = f"{_digest(edition)[:16]}-{_digest(made_of)}"
        found = self._find(name) if keep else None
        if found is not None:
            return found
        if not self._places.acquire(blocking=False):
            raise PressBusyError
        try:
            return self._shared(name, make) if keep else self._made(make)
        finally:
            self._places.release()

    def _shared(self, name: str, make: Callable[[], bytes]) -> bytes:
        with _held(self._turns[int(name[-8:], 16) % len(self._turns)]):
            # Whoever waited may have waited for this very file.
            found = self._find(name)
            if found is not None:
                return found
            content = self._made(make)
            self._keep(name, content)
            return content

    def _made(self, make: Callable[[], bytes]) -> bytes:
        with _held(self._at_work):
            return make()

    def _find(self, name: str) -> bytes | None:
        path = self._folder / name
        try:
            written = path.read_bytes()
            content = written[_DIGEST:]
            if written[:_DIGEST] != _seal(name, content):
                path.unlink(missing_ok=True)
                return None
        except OSError:
            # Not there, or another process has just removed it.
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        return content

    def _keep(self, name: str, content: bytes) -> None:
        """Writes it beside and renames it, then makes room. A disk that is full keeps nothing: that is said once."""
        draft = self._folder / f"{_DRAFT}{name}-{secrets.token_hex(4)}"
        if len(content) > self._most_kept:
            return
        with self._keeping:
            try:
                self._folder.mkdir(mode=private_files.FOLDER, exist_ok=True)
                with open(draft, "wb", opener=private_files.opener) as file:
                    file.write(_seal(name, content) + content)
                os.replace(draft, self._folder / name)
                self._make_room(name)
                self._is_failing = False
            except OSError as problem:
                with contextlib.suppress(OSError):
                    draft.unlink(missing_ok=True)
                if not self._is_failing:
                    log.warning("PDFs are made anew each time: they cannot be kept (%s)", problem.strerror)
                self._is_failing = True

    def _make_room(self, newest: str) -> None:
        """Removes other editions, drafts of processes that were killed, then what was asked for longest ago."""
        edition = newest.partition("-")[0]
        kept: list[tuple[float, int, Path]] = []
        for entry in list(os.scandir(self._folder)):
            with contextlib.suppress(FileNotFoundError):
                found = entry.stat(follow_symlinks=False)
                if entry.name.startswith(_DRAFT) and time.time() - found.st_mtime < WRITING:
                    continue
                if entry.name.startswith(f"{edition}-"):
                    kept.append((found.st_mtime, found.st_size - _DIGEST, Path(entry.path)))
                else:
                    os.unlink(entry.path)
        total = sum(size for _, size, _ in kept)
        for _, size, path in sorted(kept):
            if total <= self._most_kept:
                return
            if path.name != newest:
                path.unlink(missing_ok=True)
                total -= size


def _digest(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()


def _seal(name: str, content: bytes) -> bytes:
    """What stands before the content of a whole file of this name."""
    return hashlib.sha256(name.encode() + b"\n" + content).digest()


@contextlib.contextmanager
def _held(turn: threading.BoundedSemaphore) -> Iterator[None]:
    if not turn.acquire(timeout=PATIENCE):
        raise PressBusyError
    try:
        yield
    finally:
        turn.release()
