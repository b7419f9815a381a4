"""The order of the answers and the counts beside the boxes, for every engine.

Listings are scored in layers, those that answer every clause first: once a page is full and the best score
of the next layer cannot reach it, the rest is only counted. The result is the same as scoring everything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from itertools import islice

from guide.search.engine import MAX_CLAUSES, Beside, Clause, Hit, SearchPage, SearchRequest
from guide.search.snapshot import Scored, Snapshot, slots_of

_ROUNDING = 1 + 1e-9  # a ceiling computed in another order may fall short of a score by one rounding

Ranked = tuple[float, str, int]  # minus the score, identifier, slot: sorts best first


def search(snapshot: Snapshot, request: SearchRequest) -> SearchPage:
    """One page of answers from one snapshot; the meaning is that of `SearchEngine.search`."""
    scored = [snapshot.scored(clause) for clause in request.clauses[:MAX_CLAUSES]]
    asked = _asked(request.clauses, scored)
    answering = _answering(snapshot, asked.strong, request.require_all) & _in_scope(snapshot, request.scope)
    ticked = {name: _any_value(snapshot, name, values) for name, values in request.filters.items() if values}
    ticked |= {name: snapshot.members(among) for name, among in request.within.items()}
    shown = _passing(answering, ticked)
    total = shown.bit_count()
    limit = max(0, request.limit)
    offset = _start_of_page(total, limit, max(0, request.offset))
    groups = _groups(snapshot, shown, request.first)
    return SearchPage(
        total,
        _hits(snapshot, asked, scored, groups, limit, offset),
        {name: _counts(snapshot, name, _passing(answering, ticked, name)) for name in request.facets},
        offset,
        answering.bit_count(),
        {name: _passing(answering, ticked, name).bit_count() for name in ticked},
        {
            name: (_passing(answering, ticked, one.without) & snapshot.members(one.among)).bit_count()
            for name, one in request.counted.items()
        },
        {name: _beside(snapshot, asked, scored, one) for name, one in request.beside.items()},
    )


def _beside(snapshot: Snapshot, asked: _Asked, scored: Sequence[Scored], beside: Beside) -> tuple[Hit, ...]:
    shown = _answering(snapshot, asked.strong, beside.require_all) & _in_scope(snapshot, beside.scope)
    return _hits(snapshot, asked, scored, _groups(snapshot, shown, ()), beside.limit, 0)


def _hits(
    snapshot: Snapshot,
    asked: _Asked,
    scored: Sequence[Scored],
    groups: Sequence[int],
    limit: int,
    offset: int,
) -> tuple[Hit, ...]:
    return tuple(
        Hit(identifier, 0.0 - minus_score, len(answered), answered)
        for minus_score, identifier, slot in _page(snapshot, asked, groups, limit, offset)
        for answered in [tuple(place for place, clause in enumerate(scored) if slot in clause.scores)]
    )


def _start_of_page(total: int, limit: int, offset: int) -> int:
    """The offset of a page that holds something: beyond the end that of the last one."""
    if offset < total or not limit:
        return offset
    return max(0, (total - 1) // limit * limit)


def _in_scope(snapshot: Snapshot, scope: Mapping[str, Collection[str]]) -> int:
    found = snapshot.live
    for name, values in scope.items():
        found &= _any_value(snapshot, name, values)
    return found


def _passing(answering: int, ticked: Mapping[str, int], without: str = "") -> int:
    for name, bitmap in ticked.items():
        if name != without:
            answering &= bitmap
    return answering


@dataclass(frozen=True, slots=True)
class _Asked:
    """The clauses of a question: the strong make a listing an answer, the weak only order the answers."""

    strong: list[Scored]
    weak: list[Scored]


def _asked(clauses: Sequence[Clause], scored: Sequence[Scored]) -> _Asked:
    """Weak clauses are weak only beside a strong one that some listing answers."""
    pairs = list(zip(clauses, scored, strict=False))
    strong = [found for clause, found in pairs if not clause.weak]
    if any(found.bitmap for found in strong):
        return _Asked(strong, [found for clause, found in pairs if clause.weak])
    return _Asked(list(scored), [])


def _groups(snapshot: Snapshot, shown: int, first: Collection[str]) -> list[int]:
    """What is shown in the groups that no score crosses: those named, then tier by tier."""
    if not first:
        return [shown & tier for tier in snapshot.tiers]
    named = snapshot.slots_of_these(first) & shown
    return [named, *(shown & tier & ~named for tier in snapshot.tiers)]


def _answering(snapshot: Snapshot, scored: Sequence[Scored], require_all: bool) -> int:
    if not scored:
        return snapshot.live
    found = scored[0].bitmap
    for clause in scored[1:]:
        found = found & clause.bitmap if require_all else found | clause.bitmap
    return found


def _any_value(snapshot: Snapshot, name: str, values: Collection[str]) -> int:
    known = snapshot.facet(name)
    found = 0
    for value in values:
        found |= known.get(value, 0)
    return found


def _counts(snapshot: Snapshot, name: str, seen: int) -> dict[str, int]:
    counts = ((value, (bitmap & seen).bit_count()) for value, bitmap in snapshot.facet(name).items())
    return {value: count for value, count in counts if count}


def _page(
    snapshot: Snapshot, asked: _Asked, groups: Sequence[int], limit: int, offset: int
) -> Iterator[Ranked]:
    for members in groups:
        if limit <= 0:
            return
        count = members.bit_count()
        if offset >= count:  # the page starts in a later tier: this one need not be ordered
            offset -= count
            continue
        ranked = _best(snapshot, asked, members, min(count, offset + limit))[offset:]
        offset = 0
        limit -= len(ranked)
        yield from ranked


def _best(snapshot: Snapshot, asked: _Asked, members: int, wanted: int) -> list[Ranked]:
    ids = snapshot.ids
    if not asked.strong:
        return [(0.0, ids[slot], slot) for slot in islice(snapshot.in_order(members), wanted)]
    everything = [*asked.strong, *asked.weak]
    ceilings = sorted((clause.best for clause in asked.strong), reverse=True)
    above = sum(clause.best for clause in asked.weak)
    best: list[Ranked] = []
    for answered, layer in _layers(asked.strong, members):
        share = (answered / len(asked.strong)) ** 2
        ceiling = (sum(ceilings[:answered]) + above) * share
        if len(best) >= wanted and -best[-1][0] > ceiling * _ROUNDING:
            break
        best = nsmallest(wanted, [*best, *_ranked(everything, layer, share, ids)])
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
