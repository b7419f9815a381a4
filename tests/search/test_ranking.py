"""Scoring in layers gives what scoring everything would give."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guide.search import snapshot
from guide.search.engine import Clause, Document, SearchRequest, Term
from guide.search.memory_engine import MemoryEngine
from guide.search.snapshot import bitmap_of, slots_of


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
        whole = engine.search(SearchRequest(asked, limit=400))
        assert len(whole.hits) == whole.total
        for limit in (1, 3, 10, 50):
            assert engine.search(SearchRequest(asked, limit=limit)).hits == whole.hits[:limit]


def test_what_a_snapshot_remembers_is_bounded_by_what_it_holds(monkeypatch):
    monkeypatch.setattr(snapshot, "POSTINGS_BUDGET", 100)
    monkeypatch.setattr(snapshot, "CLAUSES_BUDGET", 100)
    monkeypatch.setattr(snapshot, "FACETS_KEPT", 3)
    engine = MemoryEngine()
    engine.rebuild([Document(f"l{n}", 0, {"name_fr": ["pain", f"mot{n}"]}) for n in range(90)], 1)
    with engine._reading() as view:
        for number in range(50):
            terms = [_word(f"mot{number}"), _word(f"absent{number}")]
            engine.search(SearchRequest(terms, filters={f"f{number}": ["x"]}))
            # What is larger than all that is kept together is found, and not kept.
            assert engine.search(SearchRequest([_word("pain")])).total == 90
        for kept in (view._postings, view._clauses):
            assert 0 < kept.currsize <= 100
            assert 0 < len(kept) <= 5
        assert len(view._facets) <= 3


def _word(text, weak=False):
    return Clause((Term("name_fr", text),), weak=weak)


def test_a_weak_clause_orders_the_answers_and_is_none_by_itself(engine, listing):
    engine.rebuild(
        [listing("a", "soupe"), listing("b", "soupe gratuit"), listing("c", "gratuit"), listing("d", "pain")],
        1,
    )
    page = engine.search(SearchRequest([_word("soupe"), _word("gratuit", weak=True)]))
    assert page.ids == ("b", "a")
    assert engine.search(SearchRequest([_word("gratuit", weak=True)])).ids == ("c", "b")
    # Nobody answers the strong one: then what is weak is all there is.
    assert engine.search(SearchRequest([_word("unknown"), _word("gratuit", weak=True)])).total == 2
    assert (
        engine.search(SearchRequest([_word("soupe"), _word("gratuit", weak=True)], require_all=True)).total
        == 2
    )


def test_those_named_stand_first_whatever_their_tier(engine, listing):
    engine.rebuild([listing("a", "soupe"), listing("b", "soupe", tier=2), listing("c", "soupe", tier=1)], 1)
    asked = [_word("soupe")]
    assert engine.search(SearchRequest(asked)).ids == ("a", "c", "b")
    assert engine.search(SearchRequest(asked, first=["b", "unknown"])).ids == ("b", "a", "c")
    assert engine.search(SearchRequest(asked, first=["b"], limit=1, offset=1)).ids == ("a",)
    assert engine.search(SearchRequest(asked, first=["b"], within={"open": frozenset({"a", "c"})})).ids == (
        "a",
        "c",
    )
    assert engine.search(SearchRequest([_word("pain")], first=["b"])).ids == ()


def test_a_boost_divides_those_that_answer_alike(engine):
    def held(identifier, boost):
        return Document(identifier, 0, {"name_fr": ["soupe"]}, boost=boost)

    engine.rebuild([held("a", 60), held("b", 100)], 1)
    page = engine.search(SearchRequest([_word("soupe")]))
    assert page.ids == ("b", "a")
    assert page.hits[1].score == pytest.approx(page.hits[0].score * 0.6)
    engine.upsert([held("b", 50)], 2)
    assert engine.search(SearchRequest([_word("soupe")])).ids == ("a", "b")
    for wrong in (0, 101):
        with pytest.raises(ValueError, match="boost"):
            held("c", wrong)
