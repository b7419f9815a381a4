"""The reviewed sentences of `data/sentences/`, and the digest that ties a model to them."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from sys import intern

from guide import paths
from guide.recognition.concepts import Concepts
from guide.recognition.features import FEATURES_VERSION, words

FOLDER = paths.DATA / "sentences"


@dataclass(frozen=True, slots=True)
class Sentence:
    """What somebody might type, in which language, and what it tells of; several when it tells of several."""

    language: str
    labels: tuple[str, ...]
    text: str


def sentences(name: str, folder: Path = FOLDER) -> Iterator[Sentence]:
    """The sentences of `<name>_fr.tsv`, `<name>_nl.tsv` and, in other languages, `<name>_other.tsv`."""
    for path in sorted(folder.glob(f"{name}_*.tsv")):
        named = path.stem.rpartition("_")[2]
        for row in rows(path):
            language, label, text = row if named == "other" else (named, *row)
            yield Sentence(language, tuple(label.replace("|", "+").split("+")), text)


def rows(path: Path) -> Iterator[list[str]]:
    """The rows of a file of tab-separated columns."""
    for line in path.read_text(encoding="utf-8").splitlines():
        yield line.split("\t")


def concepts(folder: Path = FOLDER) -> Concepts:
    """The lexicon of concepts."""
    # A concept stands in a hundred lines: kept once.
    return Concepts.of([(intern(concept), text) for concept, text in rows(folder / "concepts.tsv")], words)


def digest(*names: str, folder: Path = FOLDER) -> str:
    """What a model was trained from, in 16 hex digits: other sentences or concepts, another digest."""
    whole = hashlib.sha256(FEATURES_VERSION.encode())
    for path in [
        folder / "concepts.tsv",
        *(path for name in names for path in sorted(folder.glob(f"{name}_*.tsv"))),
    ]:
        whole.update(path.name.encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()[:16]
