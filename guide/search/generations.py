"""The index folder: whole generations beside each other, and one pointer to the one that counts.

    <folder>/lock                     held by the one writer of all processes
    <folder>/current                  name of a generation and SHA-256 of its sums.json
    <folder>/00000012/sums.json       SHA-256 of every other file of the generation
    <folder>/00000012/manifest.json   revision and versions
    <folder>/00000012/…               the files of the engine

Files never change once written: a small update starts a generation with hard links to the files of the last
one. So a crash at any moment leaves either the old or the new generation, never a mixture, and the swap of
`current` is the only moment that counts. Whoosh does not fsync; this module does, before the swap.
The content is read into memory and checked there: a mapped file that somebody truncates kills the process.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from guide import private_files
from guide.search.engine import IndexBusyError, IndexUnavailableError

_POINTER = re.compile(r"([0-9]{8,12}) ([0-9a-f]{64})\n")
SUMS, MANIFEST, CURRENT, LOCK = "sums.json", "manifest.json", "current", "lock"
_ATTEMPTS = 3  # a generation may be swept between reading `current` and opening its files

Stamp = tuple[int, int, int]  # inode, size, time of change in ns


@dataclass(frozen=True, slots=True)
class Generation:
    """A checked generation in memory: its files but sums and manifest, and the stamps of all of them."""

    name: str
    manifest: Mapping[str, object]
    files: Mapping[str, bytes]
    sums: Mapping[str, str]
    stamps: Mapping[str, Stamp]  # by path

    def is_current(self) -> bool:
        """Whether no file of it, nor the pointer, has changed on disk. Costs a few microseconds a file."""
        try:
            return all(_stamp(os.stat(path)) == stamp for path, stamp in self.stamps.items())
        except OSError:
            return False


class Generations:
    """One index folder. Reading raises IndexUnavailableError, writing IndexBusyError, or OSError on a full disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self._owner: int | None = None

    def load(self, last: Generation | None = None) -> Generation:
        """The current generation, every file checked; files unchanged since `last` are not read again."""
        for attempt in range(_ATTEMPTS):
            try:
                return self._load(last)
            except FileNotFoundError as error:
                if attempt == _ATTEMPTS - 1:
                    raise IndexUnavailableError(f"missing: {error.filename}") from error
            except (OSError, ValueError, UnicodeError) as error:
                raise IndexUnavailableError(f"damaged: {error}") from error
        raise AssertionError("unreachable")

    def _load(self, last: Generation | None) -> Generation:
        stamps: dict[str, Stamp] = {}
        pointer = _POINTER.fullmatch(_read(self.folder / CURRENT, stamps).decode("ascii"))
        if pointer is None:
            raise ValueError("the pointer is unreadable")
        name, digest = pointer.groups()
        place = self.folder / name
        listed = _read(place / SUMS, stamps)
        if hashlib.sha256(listed).hexdigest() != digest:
            raise ValueError("sums.json is not the one that was written")
        sums: dict[str, str] = json.loads(listed)
        known = _by_stamp(last, self.folder) if last else {}
        files: dict[str, bytes] = {}
        for filename, expected in sums.items():
            path = place / filename
            kept = known.get((filename, expected, _stamp(os.stat(path))))
            if kept is not None:
                files[filename] = kept
                stamps[str(path)] = _stamp(os.stat(path))
                continue
            content = _read(path, stamps)
            if hashlib.sha256(content).hexdigest() != expected:
                raise ValueError(f"{filename} is not what was written")
            files[filename] = content
        manifest: dict[str, object] = json.loads(files.pop(MANIFEST))
        return Generation(name, manifest, files, sums, stamps)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the one writer of all processes; may be nested in a thread. IndexBusyError when it is taken."""
        if self._owner == threading.get_ident():
            yield
            return
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)  # the files of Whoosh are pickles: nobody else may write here
        with open(self.folder / LOCK, "ab", opener=private_files.opener) as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as taken:
                raise IndexBusyError("another process or thread is writing the index") from taken
            self._owner = threading.get_ident()
            try:
                yield
            finally:
                self._owner = None

    @contextmanager
    def draft(self, base: Generation | None) -> Iterator[Path]:
        """A folder for the next generation, holding the files of `base`; removed when the block fails."""
        self._sweep(keep=base.name if base else self._current_name())
        taken = [int(place.name) for place in self._places()]
        place = self.folder / f"{max(taken, default=0) + 1:08d}"
        place.mkdir(mode=0o700)
        try:
            for filename in base.files if base else ():
                source = self.folder / base.name / filename if base else place
                try:
                    os.link(source, place / filename)
                except OSError:  # a file system without hard links
                    shutil.copy2(source, place / filename)
            yield place
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise

    def publish(self, place: Path, manifest: Mapping[str, object], base: Generation | None) -> None:
        """Make the folder the current generation: sums, fsync, swap; then remove the others."""
        (place / MANIFEST).write_text(json.dumps(manifest, sort_keys=True), encoding="utf-8")
        sums: dict[str, str] = {}
        for path in sorted(place.iterdir()):
            private_files.close(path)  # those of the engine have the mode of the process
            if base and path.name in base.files:  # hard links: written and checked before
                sums[path.name] = base.sums[path.name]
            else:
                sums[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
                _fsync(path)
        listed = json.dumps(sums, sort_keys=True).encode()
        _write(place / SUMS, listed)
        _fsync(place)
        _fsync(self.folder)
        fresh = self.folder / (CURRENT + ".new")
        _write(fresh, f"{place.name} {hashlib.sha256(listed).hexdigest()}\n".encode())
        os.replace(fresh, self.folder / CURRENT)
        _fsync(self.folder)
        self._sweep(keep=place.name)

    def _sweep(self, keep: str | None) -> None:
        for place in self._places():
            if place.name != keep:
                shutil.rmtree(place, ignore_errors=True)

    def _places(self) -> list[Path]:
        return [place for place in self.folder.iterdir() if place.name.isdecimal() and place.is_dir()]

    def _current_name(self) -> str | None:
        with suppress(OSError, UnicodeError):
            return (self.folder / CURRENT).read_text(encoding="ascii").split(" ")[0]
        return None


def _by_stamp(last: Generation, folder: Path) -> dict[tuple[str, str, Stamp], bytes]:
    found = {}
    for filename, content in last.files.items():
        stamp = last.stamps[str(folder / last.name / filename)]
        found[(filename, last.sums[filename], stamp)] = content
    return found


def _stamp(stat: os.stat_result) -> Stamp:
    return (stat.st_ino, stat.st_size, stat.st_mtime_ns)


def _read(path: Path, stamps: dict[str, Stamp]) -> bytes:
    with open(path, "rb") as file:
        stamps[str(path)] = _stamp(os.fstat(file.fileno()))
        return file.read()


def _write(path: Path, content: bytes) -> None:
    with open(path, "wb", opener=private_files.opener) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
