"""The listings that differ: the fewest among which everything occurs that any of them has.

A rule that is asked of every listing finds most of its faults with these; CI asks it of all (`tests.rounds`).
"""

from collections.abc import Hashable, Iterable, Mapping
from enum import Enum
from typing import TypeVar

from sqlalchemy import inspect

from guide.model import Service, TermRank

RULES = ("is_public", "hides_address", "is_sensitive")
"""What a listing's fields together decide."""

Trait = tuple[str, object]
T = TypeVar("T", bound=Hashable)


def traits(service: Service) -> frozenset[Trait]:
    """Whatever a page may treat otherwise: each value of few, each field filled or empty, none or one or several."""
    mapper = inspect(Service)
    found: set[Trait] = {(rule, getattr(service, rule)) for rule in RULES}
    for column in mapper.column_attrs:
        value = getattr(service, column.key)
        found |= {(column.key, one) for one in value} if isinstance(value, list) else set()
        found.add((column.key, value if isinstance(value, Enum | bool) else bool(value)))
    for relation in mapper.relationships:
        value = getattr(service, relation.key)
        found.add((relation.key, min(len(value), 2) if isinstance(value, list) else value is not None))
    filed = (one.term for one in service.attributes if one.rank is TermRank.PRIMARY)
    return frozenset(found | {("need", (term.parent or term).key) for term in filed})


def differing(services: Iterable[Service]) -> list[Service]:
    """The fewest that have every trait of these, as a greedy choice finds them; the same for the same listings."""
    return fewest({one: traits(one) for one in sorted(services, key=lambda one: one.key)})


def fewest(having: Mapping[T, frozenset[Hashable]]) -> list[T]:
    """The fewest that have every trait of all, as a greedy choice finds them."""
    missing = frozenset[Hashable]().union(*having.values())
    chosen: list[T] = []
    while missing:
        chosen.append(max(having, key=lambda one: len(having[one] & missing)))
        missing -= having[chosen[-1]]
    return chosen
