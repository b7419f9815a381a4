"""Reads and writes the data files. There is one way to write a record, so that a round trip changes no byte."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from guide.records.kinds import KINDS, Kind

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _StrictLoader(_Loader):  # type: ignore[misc]
    """Safe loading that refuses a field written twice (YAML would keep the last without a word)."""


def _mapping(loader: Any, node: yaml.MappingNode) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(loader.construct_object(key_node, deep=True))
        if key in record:
            line = key_node.start_mark.line + 1
            raise yaml.constructor.ConstructorError(None, None, f"“{key}” is written twice (line {line})")
        record[key] = loader.construct_object(value_node, deep=True)
    return record


_StrictLoader.add_constructor("tag:yaml.org,2002:map", _mapping)


class _Writer(yaml.SafeDumper):
    """Block style, texts of several lines as literal blocks, no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


class _QuickWriter(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """The same by libyaml where it is there, in a fifth of the time."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


_QUOTED = re.compile(r'(?:^|- |: )"', re.MULTILINE)
"""Where a text may stand in double quotes. Only there the two writers differ: libyaml escapes signs beyond U+FFFF and
breaks long lines elsewhere."""


_PLAIN = str.maketrans("", "", "\n\u00a0\u202f")
"""The line end and the no-break spaces: Python calls them unprintable, texts are full of them."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    if not text.translate(_PLAIN).isprintable():
        style = '"'  # control characters and exotic line ends survive only as escapes
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Writer.add_representer(str, _text)
_QuickWriter.add_representer(str, _text)


def to_yaml(content: Any) -> str:
    """The one text for this content: UTF-8, two spaces, at most about 110 characters a line."""
    text = _written(content, _QuickWriter)
    return _written(content, _Writer) if _QUOTED.search(text) else text


def _written(content: Any, writer: Any) -> str:
    return str(
        yaml.dump(
            content, Dumper=writer, allow_unicode=True, sort_keys=False, default_flow_style=False, width=110
        )
    )


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file of a kind: its path below the data folder and its records in order."""

    kind: Kind
    path: str
    records: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Unread:
    """A file of a kind that cannot be read as records at all, and why, in words."""

    kind: Kind
    path: str
    words: str


def read_all(folder: Path) -> tuple[list[DataFile], list[Unread]]:
    """Every data file in loading order, and the files that cannot be read as records at all."""
    files: list[DataFile] = []
    unread: list[Unread] = []
    for kind in KINDS:
        for path in paths_of(folder, kind):
            shown = path.relative_to(folder).as_posix()
            try:
                content = yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)  # noqa: S506 (a safe loader)
                files.append(DataFile(kind, shown, tuple(_records(kind, path, content))))
            except FileNotFoundError:
                unread.append(Unread(kind, shown, "this file is missing"))
            except IsADirectoryError:
                unread.append(Unread(kind, shown, "this is a folder, a file is expected here"))
            except OSError as error:
                unread.append(Unread(kind, shown, f"cannot be read: {error.strerror}"))
            except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
                unread.append(Unread(kind, shown, f"cannot be read: {' '.join(str(error).split())}"))
    return files, unread


def absent(folder: Path) -> list[Kind]:
    """The kinds that this folder does not hold and need not: those that guides wrote from some version on."""
    return [kind for kind in KINDS if kind.optional and not (folder / kind.place).exists()]


def paths_of(folder: Path, kind: Kind) -> list[Path]:
    """The files of a kind in this folder, in order, whether or not they can be read."""
    if kind.layout != "list":
        return sorted((folder / kind.place).glob("*.yaml"))
    return [] if kind in absent(folder) else [folder / kind.place]


def _records(kind: Kind, path: Path, content: Any) -> Iterator[dict[str, Any]]:
    if kind.layout == "folder":
        if not isinstance(content, dict):
            raise ValueError("one record, as a map of fields, is expected here")
        yield content
        return
    if not isinstance(content, list) or not all(isinstance(item, dict) for item in content):
        raise ValueError("a list of records is expected here")
    if kind.layout == "groups":
        yield {"key": path.stem, "groups": content}
    else:
        yield from content


def file_texts(kind: Kind, records: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Path below the data folder → text, for all records of a kind in their order."""
    if kind.layout == "list":
        return {kind.place: to_yaml([dict(record) for record in records])}
    return {
        f"{kind.place}/{record['key']}.yaml": to_yaml(
            dict(record) if kind.layout == "folder" else record["groups"]
        )
        for record in records
    }


def write_beside(path: Path, text: str) -> None:
    """Writes a file so that a reader sees the old one or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".new")
    draft.write_text(text, encoding="utf-8")
    os.replace(draft, path)
