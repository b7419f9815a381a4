"""Finds the objects that a record names, in the database."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from guide import model
from guide.records.fields import Reference
from guide.records.kinds import KINDS

_SHAPES = {kind.name: kind.shape for kind in KINDS}


class DatabaseLookup:
    """Finds what a reference names, and remembers it while one transaction lasts."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._found: dict[tuple[str, str], Any] = {}
        self._finders: dict[str, Callable[[Session, str], Any]] = {kind.name: kind.find for kind in KINDS}
        for taxonomy in ("publics", "neighbourhoods", "areas"):
            self._finders[taxonomy] = self._finder_of(taxonomy)
        self._finders["actions"] = lambda session, key: session.scalar(
            select(model.Action).where(model.Action.reference == key)
        )

    def _finder_of(self, taxonomy: str) -> Callable[[Session, str], Any]:
        return lambda session, key: self._finders["taxonomies"](session, f"{taxonomy}:{key}")

    def remember(self, kind: str, key: str, found: Any) -> None:
        """Says which object has this key, so that nobody asks the database: it may not be written there yet."""
        self._found[kind, key] = found

    def knows(self, kind: str, key: str) -> bool:
        """Is there such an object in the database?"""
        try:
            self(kind, key)
        except KeyError:
            return False
        return True

    def follow(self, kind: str, field: str, key: str) -> Iterable[str]:
        """What the records of this kind that stand at this key name in this field (see `records.errors.Follow`)."""
        shape = _SHAPES[kind]
        chain = shape.field(field)
        assert isinstance(chain, Reference)
        own = shape.field(chain.chain_from)
        column = getattr(shape.model, own.stored_as)
        there = column.has(**{own.key_of: key}) if isinstance(own, Reference) else column == key
        named = (
            chain.write(getattr(row, chain.stored_as))
            for row in self._session.scalars(select(shape.model).where(there))
        )
        return [found for found in named if found is not None]

    def __call__(self, kind: str, key: str) -> Any:
        """The object with this key, remembered from then on. KeyError when there is none."""
        if (kind, key) not in self._found:
            found = self._finders[kind](self._session, key)
            if found is None:
                raise KeyError(f"{kind} {key}")
            self._found[kind, key] = found
        return self._found[kind, key]
