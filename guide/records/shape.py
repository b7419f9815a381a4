"""Records made of fields: a `Shape` is a model class with its fields in the order of the file.

Checking, filling an object, writing it back and merging an edit with a new file all go field by field.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import inspect

from guide.records.errors import FieldErrors, Follow, Known, no_further
from guide.records.fields import Field, Lookup, Reference
from guide.records.three_way_merge import Merge, three_way_merge


@dataclass(frozen=True)
class Shape:
    """A model class, the fields of its record in the order of the file, and values that are always the same.

    `also`: checks across fields. `finish`: what ties the parts of a filled object together.
    """

    model: type[Any]
    fields: tuple[Field, ...]
    constants: Mapping[str, Any] = field(default_factory=dict)
    also: Callable[[Mapping[str, Any]], FieldErrors] | None = None
    finish: Callable[[Any], None] | None = None

    @property
    def chain(self) -> Reference | None:
        """The field by which records of this shape lead on to one another; a shape has one at most."""
        return next((item for item in self.fields if isinstance(item, Reference) and item.chain), None)

    def field(self, name: str) -> Field:
        """The field of this name; StopIteration when there is none."""
        return next(item for item in self.fields if item.name == name)

    def errors(self, data: Mapping[str, Any], known: Known, follow: Follow = no_further) -> FieldErrors:
        """What is wrong with this record's fields, and with where its references lead; `also` adds checks
        across fields."""
        names = {item.name for item in self.fields}
        for name in data:
            if name not in names:
                yield str(name), f"unknown field; this record knows: {', '.join(sorted(names))}"
        sound = True
        for item in self.fields:
            for error in _of_field(item, data, known):
                sound = False
                yield error
        if not sound:
            return
        for item in self.fields:
            if data.get(item.name) is not None:
                yield from item.beside(data, known, follow)
        if self.also:
            yield from self.also(data)

    def fill(self, target: Any, data: Mapping[str, Any], lookup: Lookup) -> None:
        """Sets every field of the object from a checked record; a field left out is emptied."""
        fresh = inspect(target).transient
        for name, value in self.constants.items():
            setattr(target, name, value)
        for item in self.fields:
            existing = getattr(target, item.stored_as)
            value = data.get(item.name)
            # What is already so is left alone: a list replaced by its equal would be deleted and inserted again.
            if fresh or item.write(existing) != value:
                setattr(target, item.stored_as, item.read(value, lookup, existing))
        if self.finish:
            self.finish(target)

    def write(self, source: Any) -> dict[str, Any]:
        """The record as the file has it: fields in order, empty ones left out."""
        record = {item.name: item.write(getattr(source, item.stored_as)) for item in self.fields}
        return {name: value for name, value in record.items() if value is not None}

    def canonical(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """A sound record as it is written: fields in order, defaults left out, sets sorted."""
        ordered = {
            item.name: item.canonical(record[item.name]) for item in self.fields if item.name in record
        }
        return {name: value for name, value in ordered.items() if value is not None}

    def merge(self, base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Merge:
        """What comes of three versions of a record, field by field, as each field merges."""
        return three_way_merge(base, mine, theirs, {item.name: item.merge for item in self.fields})


def _of_field(item: Field, data: Mapping[str, Any], known: Known) -> FieldErrors:
    """What is wrong with one field of a record by itself: missing, empty, or not what the field takes."""
    value = data.get(item.name)
    if value is not None:
        yield from item.errors(value, known)
    elif item.required:
        yield item.name, "is missing"
    elif item.name in data:
        yield item.name, "is empty: write something or take the line away"


@dataclass(frozen=True, kw_only=True)
class Many(Field):
    """A list of records of their own shape.

    `identity` names the field that tells them apart: such a child is changed, not replaced, when the list is
    read again, and none may stand twice.
    """

    shape: Shape
    identity: str = ""

    def errors(self, value: Any, known: Known) -> FieldErrors:
        """A list of records, each sound by its shape, none twice; paths name the item, from 1: "phones[2].number"."""
        if not isinstance(value, list) or not value:
            yield self.name, "write a list here, or leave the field out"
            return
        seen: set[str] = set()
        for index, item in enumerate(value, start=1):
            path = f"{self.name}[{index}]"
            if not isinstance(item, Mapping):
                yield path, "each item is a map of fields"
                continue
            for sub_path, words in self.shape.errors(item, known):
                yield f"{path}.{sub_path}", words
            if self.identity:
                key = str(item.get(self.identity))
                if key in seen:
                    yield path, f"“{key}” stands here twice"
                seen.add(key)

    def read(self, value: Any, lookup: Lookup, existing: Any) -> Any:
        """The children in the order of the file; one whose identity stood there before is changed, not replaced."""
        kept = (
            {self.shape.write(child)[self.identity]: child for child in existing or []}
            if self.identity
            else {}
        )
        children = []
        for position, item in enumerate(value or []):
            child = kept.get(item.get(self.identity)) or self.shape.model()
            self.shape.fill(child, item, lookup)
            if hasattr(child, "position"):
                child.position = position
            children.append(child)
        return children

    def write(self, stored: Sequence[Any]) -> Any:
        """The records of the children in their order; left out when there are none."""
        return [self.shape.write(child) for child in stored] or None

    def merge(self, base: Any, mine: Any, theirs: Any) -> Merge:
        """Child by child where children have an identity: one action edited here leaves the others to the file."""
        if not self.identity:
            return super().merge(base, mine, theirs)
        base_by, mine_by, theirs_by = (
            {f"[{item[self.identity]}]": item for item in value or []} for value in (base, mine, theirs)
        )
        # The order of the file, then what only stands here.
        keys = [*theirs_by, *mine_by]
        children = three_way_merge(base_by, mine_by, theirs_by, dict.fromkeys(keys, self._merge_child))
        return replace(children, merged=list(children.merged.values()) or None)

    def _merge_child(self, base: Any, mine: Any, theirs: Any) -> Merge:
        """A child that is new or gone on a side is one thing; else its fields are."""
        if base is None or mine is None or theirs is None:
            return super().merge(base, mine, theirs)
        return self.shape.merge(base, mine, theirs)

    def canonical(self, value: Any) -> Any:
        """Each record as its shape writes it; the order stays."""
        return [self.shape.canonical(item) for item in value]


@dataclass(frozen=True, kw_only=True)
class Records(Field):
    """A list of small records checked by a shape and kept as they are."""

    shape: Shape

    def errors(self, value: Any, known: Known) -> FieldErrors:
        """A list of records, each sound by the shape; paths as of `Many`."""
        yield from Many(name=self.name, shape=self.shape).errors(value, known)

    def read(self, value: Any, lookup: Lookup, existing: Any) -> Any:
        """The records; [] when the field is left out."""
        return list(value or [])

    def write(self, stored: Any) -> Any:
        """The records; left out when there are none."""
        return list(stored) or None

    def canonical(self, value: Any) -> Any:
        """Each record as its shape writes it; the order stays."""
        return [self.shape.canonical(item) for item in value]
