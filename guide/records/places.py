"""The keys by which the addresses of one record are told apart."""

from collections.abc import Mapping, Sequence
from typing import Any


def keyed_places(
    addresses: Sequence[Mapping[str, Any]], before: Sequence[Mapping[str, Any]] = ()
) -> list[dict[str, Any]]:
    """The addresses, each with a key of its own where there are several: the smallest number that is free.

    A key that stands in `before` belongs to that address: it never becomes another's, whose hours it would bring.
    """
    taken = {key for item in before if (key := item.get("key"))}
    used: set[str] = set()
    kept = []
    for item in addresses:
        key = item.get("key")
        sound = key in taken and key not in used
        kept.append(dict(item) if sound or not key else {name: item[name] for name in item if name != "key"})
        used |= {key} if key and sound else set()
    if len(kept) < 2:
        return kept
    free = (str(number) for number in range(1, 1000) if str(number) not in taken)
    return [item if "key" in item else {"key": next(free), **item} for item in kept]
