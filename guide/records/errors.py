"""What checking a data file answers with: each thing to mend, in words that say what to write instead."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ErrorDetail:
    """One thing to mend: in which file, which record, which field, and what is wrong, in words."""

    file: str
    record: str
    field: str
    words: str

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.file, self.record, self.field) if part)
        return f"{where}: {self.words}"


Known = Callable[[str, str], bool]
"""Does this kind of record hold this key? Used while checking, before anything is loaded."""

Follow = Callable[[str, str, str], Iterable[str]]
"""What do the records of this kind that stand at this key name in this field? Used to see where a reference ends."""


def no_further(kind: str, field: str, key: str) -> Iterable[str]:
    """The `Follow` of somebody who has one record only and knows no other."""
    return ()


FieldErrors = Iterator[tuple[str, str]]
"""Pairs (path of the field, words)."""
