"""Edits that meet: three versions of one thing, and what of them is kept. The one comparison for all that edit.

`base` is what an edit began with, `mine` what it makes of it, `theirs` what stands there otherwise by now: a data
file beside what was edited here, a proposal beside the public listing, a form beside what a colleague saved.

It stays ours: libraries that merge (merge3, diff3) work line by line, and what meets here are values with a shape:
the sides of a text, the actions of a plan, each by itself.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar

from guide.records.paths import FieldPath

Name = TypeVar("Name", bound=str)


class Outcome(StrEnum):
    """Who changed a value. What both changed to the same is no conflict."""

    UNCHANGED = "unchanged"
    MINE = "mine"
    THEIRS = "theirs"
    AGREED = "agreed"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Change:
    """One value that somebody changed: where, and its three versions."""

    path: FieldPath
    base: Any
    mine: Any
    theirs: Any

    @property
    def outcome(self) -> Outcome:
        if self.mine == self.theirs:
            return Outcome.UNCHANGED if self.mine == self.base else Outcome.AGREED
        if self.mine == self.base:
            return Outcome.THEIRS
        return Outcome.MINE if self.theirs == self.base else Outcome.CONFLICT


@dataclass(frozen=True, slots=True)
class Merge:
    """What comes of three versions: `merged`, and every change in it. In a conflict `merged` has mine."""

    merged: Any
    changes: tuple[Change, ...]

    def of(self, *outcomes: Outcome) -> list[Change]:
        """The changes that ended so, in the order of the record."""
        return [change for change in self.changes if change.outcome in outcomes]

    @property
    def conflicts(self) -> list[Change]:
        """What both changed, each otherwise."""
        return self.of(Outcome.CONFLICT)

    @property
    def edits(self) -> dict[FieldPath, Any]:
        """Path → my value, where only I changed it."""
        return {change.path: change.mine for change in self.of(Outcome.MINE)}


Merger = Callable[[Any, Any, Any], Merge]
"""Merges three versions of a value: base, mine, theirs. The paths of its changes begin at the value."""


def merge_value(base: Any, mine: Any, theirs: Any) -> Merge:
    """The three versions of a value that is one thing."""
    change = Change(FieldPath(""), base, mine, theirs)
    kept = mine if change.outcome in (Outcome.MINE, Outcome.CONFLICT) else theirs
    return Merge(kept, () if change.outcome is Outcome.UNCHANGED else (change,))


def three_way_merge(
    base: Mapping[Name, Any] | None,
    mine: Mapping[Name, Any] | None,
    theirs: Mapping[Name, Any] | None,
    parts: Mapping[Name, Merger] | None = None,
) -> Merge:
    """Merges records part by part. `parts` says which there are and how each merges, in their order; None means
    those that mine names, each as one value. `merged` leaves out the parts of which nothing is left.
    """
    base, mine, theirs = base or {}, mine or {}, theirs or {}
    merged: dict[Name, Any] = {}
    changes: list[Change] = []
    for name, merge in (dict.fromkeys(mine, merge_value) if parts is None else parts).items():
        part = merge(base.get(name), mine.get(name), theirs.get(name))
        if part.merged is not None:
            merged[name] = part.merged
        changes += [replace(change, path=_joined(name, change.path)) for change in part.changes]
    return Merge(merged, tuple(changes))


def seen_now(
    base: Mapping[str, Any] | None, theirs: Mapping[str, Any], conflicts: Collection[str]
) -> dict[str, Any]:
    """The base of the next try, once the page showed what others wrote in these fields (None: nothing was seen).

    Of the other fields it stays what the form first showed: what somebody changed there, and its author did not,
    is not undone by what still stands in her boxes.
    """
    return {**(theirs if base is None else base), **{name: theirs[name] for name in conflicts}}


def _joined(name: str, path: str) -> FieldPath:
    """'themes' and '[food].name' → 'themes[food].name'; 'name' and 'fr' → 'name.fr'."""
    return FieldPath(f"{name}.{path}" if path and not path.startswith("[") else name + path)
