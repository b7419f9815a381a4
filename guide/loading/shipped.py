"""What a release brings as data: its own files, compared with those that were last loaded from a release.

An upgrade brings by itself only what nobody here can have changed: kinds of record that this database never held.
The rest is announced, and comes with `guide load`, which compares with what was edited here.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from guide import model
from guide.loading.files import paths_of, read_all
from guide.records.kinds import KINDS
from guide.records.shape import Shape

RELEASE_DATA = "release_data"
"""Name of the site fact that says which release's files were last loaded."""


def fingerprint(folder: Path) -> str:
    """One word for all the data files of this folder: another name or another byte gives another word."""
    whole = hashlib.sha256()
    for kind in KINDS:
        for path in paths_of(folder, kind):
            content = path.read_bytes() if path.is_file() else b""
            whole.update(f"{path.relative_to(folder).as_posix()} {len(content)}\n".encode())
            whole.update(content)
    return whole.hexdigest()


def is_loaded(session: Session, word: str) -> bool:
    """Were the files of this fingerprint the last that were loaded from a release?"""
    fact = session.get(model.SiteFact, RELEASE_DATA)
    return fact is not None and fact.value == word


def note_loaded(session: Session, word: str) -> None:
    """Keeps that the files of this fingerprint were loaded, in the caller's transaction."""
    session.merge(model.SiteFact(name=RELEASE_DATA, value=word))


def never_held(session: Session, folder: Path) -> list[str]:
    """The kinds that this folder has records of, and of which nothing was ever loaded or made here."""
    loaded = set(session.scalars(select(model.LoadedRecord.kind).distinct()))
    brought = {file.kind.name for file in read_all(folder)[0] if file.records}
    return [
        kind.name
        for kind in KINDS
        if kind.name in brought
        and kind.name not in loaded
        and not session.scalar(select(func.count()).select_from(kind.shape.model))
    ]


def news(session: Session, folder: Path) -> list[str]:
    """Per kind, in words, how many of the folder's records were never loaded here, or were and read otherwise."""
    loaded = {(row.kind, row.key): row.content for row in session.scalars(select(model.LoadedRecord))}
    told: dict[str, list[int]] = {}
    for file in read_all(folder)[0]:
        for record in file.records:
            before = loaded.get((file.kind.name, file.kind.key(record)))
            if before is None or not _reads_as(file.kind.shape, record, before):
                told.setdefault(file.kind.name, [0, 0])[before is not None] += 1
    return [
        f"{kind}: "
        + ", ".join(
            f"{count} {word}" for count, word in zip(counts, ("new", "changed"), strict=True) if count
        )
        for kind, counts in told.items()
    ]


def _reads_as(shape: Shape, record: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    # Only a sound record has a usual way of being written.
    sound = next(shape.errors(record, lambda kind, key: True), None) is None
    return sound and shape.canonical(record) == before
