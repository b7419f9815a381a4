"""`guide check`, the data part: every fault of the data files, with file, record, field and words."""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from guide import paths
from guide.loading.files import DataFile, Unread, file_texts, read_all, write_beside
from guide.records.errors import ErrorDetail


def check(folder: Path) -> list[ErrorDetail]:
    """All faults of the data files in this folder; an empty list means they can be loaded.

    Besides each field by itself: references, keys and short codes that must be unique, names of files,
    crisis panels that name a number, and the canonical way of writing (so that an export changes nothing).
    What names something of a file that cannot be read is not held against it.
    """
    return check_files(folder, *read_all(folder))


def check_files(folder: Path, files: list[DataFile], unread: list[Unread]) -> list[ErrorDetail]:
    """As `check`, of files that were read already: to read 5,000 listings takes as long as to check them."""
    errors, missed = _in_records(files, {file.kind.name for file in unread})
    errors[:0] = [_unread(file, file.kind.name in missed) for file in unread]
    errors.extend(_doubles(files))
    errors.extend(_names(files))
    errors.extend(_strays(folder, {file.path for file in files} | {file.path for file in unread}))
    errors.extend(_icons(files))
    if not errors:
        errors.extend(_panels(files))
    if not errors:
        errors.extend(_writing(folder, files))
    return errors


def _in_records(files: list[DataFile], closed: set[str]) -> tuple[list[ErrorDetail], set[str]]:
    """The faults of the records, each by itself and in what it names; and which of the kinds of `closed`, whose files
    cannot be read, were needed to tell.
    """
    known = _keys(files)
    named = _chains(files)
    missed: set[str] = set()

    def knows(kind: str, key: str) -> bool:
        if key in known[kind]:
            return True
        holder = _HELD_IN.get(kind, kind)
        missed.update({holder} & closed)
        return holder in closed

    def follow(kind: str, field: str, key: str) -> list[str]:
        return named[kind, field, key]

    errors = [
        ErrorDetail(file.path, file.kind.key(record), field, words)
        for file in files
        for record in file.records
        for field, words in file.kind.shape.errors(record, knows, follow)
    ]
    return errors, missed


def _keys(files: list[DataFile]) -> dict[str, set[str]]:
    """Kind → the keys of all that stands in the files, parts of records too."""
    known: dict[str, set[str]] = defaultdict(set)
    for file in files:
        for record in file.records:
            known[file.kind.name].add(file.kind.key(record))
            for kind, keys in file.kind.parts(record).items():
                known[kind].update(keys)
    return known


_HELD_IN = {
    "publics": "taxonomies",
    "neighbourhoods": "taxonomies",
    "areas": "taxonomies",
    "actions": "plans",
}
"""What is named by itself and stands in the files of another kind."""


def _unread(file: Unread, missed: bool) -> ErrorDetail:
    beside = "; nothing else was checked that needs it" if missed else ""
    return ErrorDetail(file.path, "", "", file.words + beside)


def _chains(files: list[DataFile]) -> dict[tuple[str, str, str], list[str]]:
    """Kind, field and key → what the records there name in that field, for fields that lead on in a chain."""
    named: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for file in files:
        chain = file.kind.shape.chain
        if chain is None:
            continue
        for record in file.records:
            if isinstance(record.get(chain.name), str):
                named[file.kind.name, chain.name, str(record.get(chain.chain_from))].append(
                    record[chain.name]
                )
    return named


def _doubles(files: list[DataFile]) -> Iterator[ErrorDetail]:
    """Keys, short codes and addresses that two records share."""
    seen: dict[tuple[str, str], str] = {}
    for file in files:
        for record in file.records:
            claims = [(file.kind.name, file.kind.key(record), "key")]
            if file.kind.name == "services":
                claims.append(("short code", str(record.get("short_code")), "short_code"))
            if file.kind.name == "needs":
                claims += [(f"slug {side}", _side(record.get("slug"), side), "slug") for side in ("fr", "nl")]
                claims += [("needs", key, "topics") for key in file.kind.parts(record)["needs"]]
            if file.kind.name == "selections":
                claims += [
                    (f"sheet {side}", _side(record.get("slug"), side), "slug") for side in ("fr", "nl")
                ]
            if file.kind.name == "plans":
                claims += [
                    ("actions", reference, "themes") for reference in file.kind.parts(record)["actions"]
                ]
            for group, value, field in claims:
                if (group, value) in seen:
                    yield ErrorDetail(
                        file.path,
                        file.kind.key(record),
                        field,
                        f"“{value}” is already taken in {seen[group, value]}",
                    )
                seen[group, value] = file.path


def _side(value: Any, side: str) -> str:
    return str(value.get(side)) if isinstance(value, dict) else ""


def _names(files: list[DataFile]) -> Iterator[ErrorDetail]:
    for file in files:
        if (
            file.kind.layout == "folder"
            and file.path != f"{file.kind.place}/{file.records[0].get('key')}.yaml"
        ):
            yield ErrorDetail(
                file.path,
                str(file.records[0].get("key")),
                "key",
                "the file is named otherwise than its record",
            )


def _strays(folder: Path, read: set[str]) -> Iterator[ErrorDetail]:
    """Files nobody reads: a record in one of them would be missing without a word."""
    for path in sorted(folder.rglob("*")):
        shown = path.relative_to(folder).as_posix()
        if path.suffix in (".yml", ".yaml", ".json") and shown not in read:
            what = "folder" if path.is_dir() else "file"
            yield ErrorDetail(
                shown, "", "", f"this {what} is never read; records end in .yaml and have their own folder"
            )


def _icons(files: list[DataFile]) -> Iterator[ErrorDetail]:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (paths.STATIC / "img/sprite.svg").read_text("utf-8")))
    for file in files:
        if file.kind.name == "needs":
            for record in file.records:
                if record.get("icon") not in drawn:
                    yield ErrorDetail(
                        file.path, str(record.get("key")), "icon", f"“{record.get('icon')}” is not drawn"
                    )


def _panels(files: list[DataFile]) -> Iterator[ErrorDetail]:
    """A crisis panel names somebody to call; an urgent number has a number and a name of its own or a record."""
    for file in files:
        for record in file.records:
            key = str(record.get("key"))
            if file.kind.name == "urgent_numbers" and not (
                "service" in record or ("number" in record and "name" in record)
            ):
                yield ErrorDetail(file.path, key, "number", "give a service, or a number and a name")
            if file.kind.name == "crises" and not ("danger" in record or "talk" in record):
                yield ErrorDetail(file.path, key, "danger", "a panel needs somebody to call")


def _writing(folder: Path, files: list[DataFile]) -> Iterator[ErrorDetail]:
    for path, text in _canonical_texts(files):
        if (folder / path).read_text(encoding="utf-8") != text:
            yield ErrorDetail(
                path, "", "", "is not written in the usual way: run `guide format` on the data folder"
            )


def format_files(folder: Path) -> list[str]:
    """Rewrites data files in the usual way; the paths that changed. Contents stay the same.

    A file with a fault in its fields is left as it is: `check` says what to mend first.
    """
    changed = []
    files, _ = read_all(folder)
    sound = [
        file
        for file in files
        if not any(
            error
            for record in file.records
            for error in file.kind.shape.errors(record, lambda kind, key: True)
        )
    ]
    for path, text in _canonical_texts(sound):
        if (folder / path).read_text(encoding="utf-8") != text:
            write_beside(folder / path, text)
            changed.append(path)
    return changed


def _canonical_texts(files: list[DataFile]) -> Iterator[tuple[str, str]]:
    for file in files:
        records = [file.kind.shape.canonical(record) for record in file.records]
        yield from file_texts(file.kind, records).items()
