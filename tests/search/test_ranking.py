"""Scoring in layers gives what scoring everything would give."""

import random

from hypothesis import given
from hypothesis import strategies as st

from guide.search.engine import Clause, Document, Term
from guide.search.memory_engine import MemoryEngine
from guide.search.snapshot import BoundedCache, bitmap_of, slots_of


@given(st.sets(st.integers(0, 300)))
def test_a_bitmap_keeps_its_slots(slots):
    assert list(slots_of(bitmap_of(slots, 301))) == sorted(slots)


def test_a_short_page_is_the_start_of_the_whole_list():
    chance = random.Random(5)
    vocabulary = [f"mot{number}" for number in range(12)]
    engine = MemoryEngine()
    engine.rebuild(
        [
            Document(
                f"l{number:03d}", chance.choice((0, 0, 1, 2)), {"name_fr": chance.choices(vocabulary, k=6)}
            )
            for number in range(400)
        ],
        1,
    )
    for _ in range(60):
        asked = [Clause((Term("name_fr", word),)) for word in chance.sample(vocabulary, chance.randint(1, 5))]
        whole = engine.search(asked, limit=400)
        assert len(whole.hits) == whole.total
        for limit in (1, 3, 10, 50):
            assert engine.search(asked, limit=limit).hits == whole.hits[:limit]


def test_a_cache_forgets_the_oldest_and_stays_within_its_budget():
    cache = BoundedCache(10)
    made = []

    def get(key):
        return cache.get(key, lambda: made.append(key) or key * 4, len)

    for key in ("a", "b", "a", "c", "a", "b"):
        assert get(key) == key * 4
    assert made == ["a", "b", "c", "b"]
    assert cache.get("big", lambda: "x" * 99, len) == "x" * 99
    assert cache._spent == 100
    get("a")
    assert cache._spent == 5
