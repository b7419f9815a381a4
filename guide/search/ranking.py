"""The order of the answers and the counts beside the boxes, for every engine.

Listings are scored in layers, those that answer every clause first: once a page is full and the best score
of the next layer cannot reach it, the rest is only counted. The result is the same as scoring everything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from heapq import nsmallest

from guide.search.engine import MAX_CLAUSES, Clause, Hit, SearchPage
from guide.search.snapshot import Scored, Snapshot, bitmap_of, slots_of

_ROUNDING = 1 + 1e-9  # a ceiling computed in another order may fall short of a score by one rounding

Ranked = tuple[float, str, int]  # minus the score, identifier, slot: sorts best first


def search(
    snapshot: Snapshot,
    clauses: Sequence[Clause],
    filters: Mapping[str, Collection[str]],
    facets: Sequence[str],
    limit: int,
    offset: int,
    restrict: Collection[str] | None,
    require_all: bool,
) -> SearchPage:
    """One page of answers from one snapshot; the meaning is that of `SearchEngine.search`."""
    scored = [snapshot.scored(clause) for clause in clauses[:MAX_CLAUSES]]
    answering = _answering(snapshot, scored, require_all) & _allowed(snapshot, restrict)
    ticked = {name: _any_value(snapshot, name, values) for name, values in filters.items() if values}
    shown = answering
    for bitmap in ticked.values():
        shown &= bitmap
    counts = {name: _counts(snapshot, name, answering, ticked) for name in facets}
    hits = tuple(_page(snapshot, scored, shown, max(0, limit), max(0, offset)))
    return SearchPage(shown.bit_count(), hits, counts)


def _answering(snapshot: Snapshot, scored: Sequence[Scored], require_all: bool) -> int:
    if not scored:
        return snapshot.live
    found = scored[0].bitmap
    for clause in scored[1:]:
        found = found & clause.bitmap if require_all else found | clause.bitmap
    return found


def _allowed(snapshot: Snapshot, restrict: Collection[str] | None) -> int:
    if restrict is None:
        return snapshot.live
    slots = (snapshot.slot(identifier) for identifier in restrict)
    return bitmap_of((slot for slot in slots if slot is not None), snapshot.size)


def _any_value(snapshot: Snapshot, name: str, values: Collection[str]) -> int:
    known = snapshot.facet(name)
    found = 0
    for value in values:
        found |= known.get(value, 0)
    return found


def _counts(snapshot: Snapshot, name: str, answering: int, ticked: Mapping[str, int]) -> dict[str, int]:
    seen = answering
    for other, bitmap in ticked.items():
        if other != name:
            seen &= bitmap
    counts = ((value, (bitmap & seen).bit_count()) for value, bitmap in snapshot.facet(name).items())
    return {value: count for value, count in counts if count}


def _page(snapshot: Snapshot, scored: Sequence[Scored], shown: int, limit: int, offset: int) -> Iterator[Hit]:
    for tier in snapshot.tiers:
        if limit <= 0:
            return
        members = shown & tier
        count = members.bit_count()
        if offset >= count:  # the page starts in a later tier: this one need not be ordered
            offset -= count
            continue
        ranked = _best(snapshot, scored, members, min(count, offset + limit))[offset:]
        offset = 0
        limit -= len(ranked)
        for minus_score, identifier, slot in ranked:
            clauses = tuple(place for place, clause in enumerate(scored) if slot in clause.scores)
            yield Hit(identifier, 0.0 - minus_score, len(clauses), clauses)


def _best(snapshot: Snapshot, scored: Sequence[Scored], members: int, wanted: int) -> list[Ranked]:
    ids = snapshot.ids
    if not scored:
        return nsmallest(wanted, ((0.0, ids[slot], slot) for slot in slots_of(members)))
    asked = len(scored)
    ceilings = sorted((clause.best for clause in scored), reverse=True)
    best: list[Ranked] = []
    for answered, layer in _layers(scored, members):
        share = (answered / asked) ** 2
        if len(best) >= wanted and -best[-1][0] > sum(ceilings[:answered]) * share * _ROUNDING:
            break
        best = nsmallest(wanted, [*best, *_ranked(scored, layer, share, ids)])
    return best


def _layers(scored: Sequence[Scored], members: int) -> Iterator[tuple[int, int]]:
    """How many clauses are answered, and by which members: from all clauses down to one."""
    at_least = [members] + [0] * len(scored)
    for clause in scored:
        for count in range(len(scored), 0, -1):
            at_least[count] |= at_least[count - 1] & clause.bitmap
    above = 0
    for count in range(len(scored), 0, -1):
        layer = at_least[count] ^ above
        above = at_least[count]
        if layer:
            yield count, layer


def _ranked(scored: Sequence[Scored], layer: int, share: float, ids: Sequence[str]) -> Iterator[Ranked]:
    if len(scored) == 1:
        scores = scored[0].scores
        for slot in slots_of(layer):
            yield (-scores[slot] * share, ids[slot], slot)
        return
    getters = [clause.scores.get for clause in scored]
    for slot in slots_of(layer):
        yield (-sum([get(slot, 0.0) for get in getters]) * share, ids[slot], slot)
