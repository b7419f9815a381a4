"""The file of one backup: a compressed tar of a manifest, the database, and the ledger of erasures.

Read with suspicion, block by block and not by `tarfile`: names other than the few that are ours, links, further
headers, sizes beyond what the manifest states or the disk holds, anything after the end, are all refused.
"""

import gzip
import hashlib
import json
import os
import re
import shutil
import tarfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from gzip import GzipFile
from pathlib import Path
from typing import Any

from guide.erasures import LEDGER
from guide.operations.files import sync

FORMAT = 1
MANIFEST = "manifest.json"
DATABASES: Mapping[str, str] = {"sqlite": "guide.sqlite3", "postgresql": "guide.dump"}
"""What the database is called in a backup, per kind."""

SPARE = 50 * 1024 * 1024
"""So many bytes stay free when a backup is unpacked."""

_BLOCK = 512
_CHUNK = 1024 * 1024
_LARGEST_MANIFEST = 64 * 1024
_SCHEMA = re.compile(r"[a-z_][a-z0-9_]{0,62}")


class ArchiveError(Exception):
    """This file is no whole backup of ours; the message says why."""


@dataclass(frozen=True, slots=True)
class Stated:
    """What the manifest says of a file: its size in bytes and its SHA-256."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself.

    made_at     the moment of the copy
    version     of the program that made it
    revision    of the database
    kind        'sqlite' or 'postgresql'
    schema      the PostgreSQL schema it was in; '' on SQLite
    audit       number and hash of the newest audit entry; None when there was none
    files       per name what it must be
    """

    made_at: datetime
    version: str
    revision: str
    kind: str
    schema: str
    audit: tuple[int, str] | None
    files: Mapping[str, Stated]

    @property
    def database(self) -> str:
        """The file of the archive that holds the database."""
        return DATABASES[self.kind]


def write(target: Path, manifest: Manifest, folder: Path) -> None:
    """Writes the archive (mode 0600) of the manifest's files in the folder, and has it on the disk."""
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    text = folder / MANIFEST
    text.write_bytes(_to_json(manifest))
    with (
        os.fdopen(handle, "wb") as file,
        GzipFile("", "wb", 6, file, mtime=0) as stream,
        tarfile.open(fileobj=stream, mode="w", format=tarfile.USTAR_FORMAT) as tar,
    ):
        for name in (MANIFEST, *manifest.files):
            member = tarfile.TarInfo(name)
            member.size, member.mode = (folder / name).stat().st_size, 0o600
            member.mtime = int(manifest.made_at.timestamp())
            with (folder / name).open("rb") as content:
                tar.addfile(member, content)
    sync(target)


def read(archive: Path, folder: Path | None = None) -> Manifest:
    """Reads the whole archive and compares it with its manifest; unpacks it when a folder is given.

    Raises ArchiveError; the folder may then hold parts. Raises OSError when the disk cannot.
    """
    try:
        with gzip.open(archive, "rb") as stream:
            return _read(stream, folder)
    except (EOFError, zlib.error, gzip.BadGzipFile, tarfile.TarError) as problem:
        raise ArchiveError(f"it is damaged or not a backup ({problem})") from problem
    except (FileNotFoundError, IsADirectoryError, PermissionError) as problem:
        raise ArchiveError(str(problem.strerror)) from problem


def _read(stream: GzipFile, folder: Path | None) -> Manifest:
    name, size = _header(stream) or ("", 0)
    if name != MANIFEST or size > _LARGEST_MANIFEST:
        raise ArchiveError("it does not begin with the manifest of a backup")
    text = _exactly(stream, size)
    _exactly(stream, -size % _BLOCK)
    manifest = _from_json(text)
    _require_room(manifest, folder)
    for expected, stated in manifest.files.items():
        name, size = _header(stream) or ("", 0)
        if (name, size) != (expected, stated.size):
            raise ArchiveError(f"it holds {name or 'nothing'!r} where the manifest states {expected!r}")
        if _content(stream, size, folder / expected if folder else None) != stated.sha256:
            raise ArchiveError(f"{expected} is not what the manifest states: its SHA-256 differs")
    if _header(stream) is not None:
        raise ArchiveError("it holds more than the manifest states")
    # To its very end, where the compression keeps its own checksum; tar fills up with zeros.
    rest = stream.read(_CHUNK)
    if rest.strip(b"\0") or stream.read(1):
        raise ArchiveError("it goes on after its end")
    return manifest


def _header(stream: GzipFile) -> tuple[str, int] | None:
    """Name and size of the next file; None at the end. Only plain files: no link, no long name, no extension."""
    block = _exactly(stream, _BLOCK)
    if not block.strip(b"\0"):
        return None
    member = tarfile.TarInfo.frombuf(block, "ascii", "backslashreplace")
    if member.type != tarfile.REGTYPE or not 0 <= member.size < 1 << 40:
        raise ArchiveError(f"it holds something else than plain files ({member.name!r})")
    return member.name, member.size


def _exactly(stream: GzipFile, size: int) -> bytes:
    content = stream.read(size)
    if len(content) != size:
        raise ArchiveError("it ends too early")
    return content


def _content(stream: GzipFile, size: int, target: Path | None) -> str:
    """Reads one file, writing it if wanted; its SHA-256."""
    digest = hashlib.sha256()
    handle = os.open(target or os.devnull, os.O_WRONLY | (os.O_CREAT | os.O_EXCL if target else 0), 0o600)
    with os.fdopen(handle, "wb") as file:
        left = size
        while left:
            chunk = _exactly(stream, min(left, _CHUNK))
            digest.update(chunk)
            file.write(chunk)
            left -= len(chunk)
    _exactly(stream, -size % _BLOCK)
    return digest.hexdigest()


def _require_room(manifest: Manifest, folder: Path | None) -> None:
    if folder is None:
        return
    needed = sum(stated.size for stated in manifest.files.values()) + SPARE
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise ArchiveError(
            f"unpacked it needs {needed // 1_000_000} MB and {folder.parent} has {free // 1_000_000} MB free"
        )


def _to_json(manifest: Manifest) -> bytes:
    content = {
        "format": FORMAT,
        "made_at": manifest.made_at.isoformat(timespec="seconds"),
        "version": manifest.version,
        "revision": manifest.revision,
        "database": manifest.kind,
        "schema": manifest.schema,
        "audit": list(manifest.audit) if manifest.audit else None,
        "files": {
            name: {"size": stated.size, "sha256": stated.sha256} for name, stated in manifest.files.items()
        },
    }
    return json.dumps(content, indent=1).encode() + b"\n"


def _from_json(text: bytes) -> Manifest:
    try:
        content = json.loads(text)
        if content["format"] != FORMAT:
            raise ArchiveError("another version of the guide made it; restore it with that version")
        made_at = datetime.fromisoformat(content["made_at"])
        kind, schema = content["database"], content["schema"]
        files = {name: _stated(value) for name, value in content["files"].items()}
        audit = content["audit"]
        head = (int(audit[0]), str(audit[1])) if audit is not None else None
        known = kind in DATABASES and list(files) == [DATABASES[kind], LEDGER]
        named = kind != "postgresql" or bool(_SCHEMA.fullmatch(schema))
        if not known or not named or made_at.tzinfo is None:
            raise ValueError("other files than those of a backup")
        return Manifest(made_at, str(content["version"]), str(content["revision"]), kind, schema, head, files)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as problem:
        raise ArchiveError("its manifest is not one of a backup") from problem


def _stated(value: Any) -> Stated:
    size, digest = value["size"], value["sha256"]
    if type(size) is not int or size < 0 or not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise ValueError("no size or sum")
    return Stated(size, digest)
