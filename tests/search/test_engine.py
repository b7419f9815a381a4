"""The contract of a search engine, on every engine."""

import random
import threading
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guide.search.engine import (
    MAX_CLAUSES,
    Beside,
    Clause,
    Counted,
    Document,
    IndexBusyError,
    IndexUnavailableError,
    SearchRequest,
    Term,
)
from guide.search.memory_engine import MemoryEngine
from guide.search.snapshot import TIE
from guide.search.whoosh_engine import WhooshEngine


def test_an_engine_never_built_is_unavailable(engine, listing):
    for ask in (
        lambda: engine.search(SearchRequest()),
        engine.revision,
        engine.optimise,
        lambda: engine.suggest("so", "fr"),
        lambda: engine.near("soupe", "fr"),
        lambda: engine.knows("soupe", "fr"),
        lambda: engine.upsert([listing("a")], 1),
    ):
        with pytest.raises(IndexUnavailableError):
            ask()


def test_an_empty_index_answers_with_nothing(engine, asking):
    engine.rebuild([], 1)
    page = engine.search(SearchRequest(asking("soupe"), facets=["need"], filters={"need": ["food"]}))
    assert (page.total, page.hits, page.facets) == (0, (), {"need": {}})
    assert engine.search(SearchRequest()).total == 0
    assert engine.suggest("so", "fr") == engine.near("soupe", "fr") == []


def test_an_update_replaces_and_leaves_no_ghost(engine, listing, asking):
    engine.rebuild([listing("a", "soupe"), listing("b", "pain")], 1)
    engine.upsert([listing("a", "lessive")], 2)
    assert engine.search(SearchRequest(asking("soupe"))).ids == ()
    assert engine.search(SearchRequest(asking("lessive"))).ids == ("a",)
    assert engine.search(SearchRequest()).ids == ("a", "b")
    assert not engine.knows("soupe", "fr")
    assert engine.suggest("so", "fr") == []


def test_a_deleted_listing_stays_away_after_optimising(engine, listing, asking):
    engine.rebuild([listing(name, "soupe", need=["food"]) for name in "abc"], 1)
    engine.delete(["b", "unknown"], 2)
    for _ in range(2):
        page = engine.search(SearchRequest(asking("soupe"), facets=["need"]))
        assert page.ids == ("a", "c")
        assert page.facets == {"need": {"food": 2}}
        engine.optimise()
    engine.delete(["a", "c"], 3)
    engine.optimise()
    assert engine.search(SearchRequest()).total == 0
    engine.upsert([listing("b", "pain")], 4)
    assert engine.search(SearchRequest()).ids == ("b",)


def test_many_updates_never_double_a_listing(engine, listing, asking):
    engine.rebuild([listing(f"l{number:02d}", "soupe") for number in range(20)], 0)
    for number in range(1, 31):
        engine.upsert([listing(f"l{number % 7:02d}", f"soupe mot{number}")], number)
    assert engine.search(SearchRequest(asking("soupe"), limit=99)).total == 20
    assert len(set(engine.search(SearchRequest(asking("soupe"), limit=99)).ids)) == 20
    assert engine.search(SearchRequest(asking("mot29"))).ids == ("l01",)
    assert engine.search(SearchRequest(asking("mot22"))).ids == ()
    assert engine.revision() == 30


def test_of_two_documents_with_one_identifier_the_last_stays(engine, listing):
    engine.rebuild([listing("a", "soupe"), listing("a", "pain")], 1)
    assert (
        engine.search(SearchRequest()).total,
        engine.knows("pain", "fr"),
        engine.knows("soupe", "fr"),
    ) == (
        1,
        True,
        False,
    )
    engine.upsert([listing("a", "lait"), listing("a", "miel")], 2)
    assert (engine.search(SearchRequest()).total, engine.knows("miel", "fr"), engine.knows("lait", "fr")) == (
        1,
        True,
        False,
    )


def test_changes_and_deletions_arrive_in_one_step(engine, listing):
    engine.rebuild([listing("a"), listing("b")], 1)
    engine.apply([listing("c")], ["a"], 7)
    assert engine.search(SearchRequest()).ids == ("b", "c")
    assert engine.revision() == 7


def test_filters_are_all_needed_and_their_values_are_alternatives(engine, listing):
    engine.rebuild(
        [
            listing("a", need=["food"], kind=["place"]),
            listing("b", need=["food", "home"], kind=["phone"]),
            listing("c", need=["work"], kind=["place"]),
        ],
        1,
    )
    assert engine.search(SearchRequest(filters={"need": ["home", "work"]})).ids == ("b", "c")
    assert engine.search(SearchRequest(filters={"need": {"food", "work"}, "kind": ["place"]})).ids == (
        "a",
        "c",
    )
    assert engine.search(SearchRequest(filters={"need": []})).total == 3
    assert engine.search(SearchRequest(filters={"need": ["unknown"]})).total == 0
    assert engine.search(SearchRequest(filters={"unknown": ["x"]})).total == 0


def test_facet_counts_ignore_their_own_filter_and_no_other(engine, listing):
    engine.rebuild(
        [
            listing("a", "soupe", need=["food"], kind=["place"]),
            listing("b", "soupe", need=["home"], kind=["phone"]),
            listing("c", "soupe", need=["home"], kind=["place"]),
            listing("d", "pain", need=["work"], kind=["place"]),
        ],
        1,
    )
    soup = [Clause((Term("name_fr", "soupe"),))]
    page = engine.search(
        SearchRequest(soup, filters={"need": ["home"], "kind": ["place"]}, facets=["need", "kind", "none"])
    )
    assert page.ids == ("c",)
    assert page.facets == {"need": {"food": 1, "home": 1}, "kind": {"phone": 1, "place": 1}, "none": {}}


def test_only_restricted_listings_are_found_and_counted(engine, listing, asking):
    engine.rebuild([listing(name, "soupe", need=["food"]) for name in "abc"], 1)
    page = engine.search(
        SearchRequest(asking("soupe"), within={"open": frozenset({"c", "a", "gone"})}, facets=["need"])
    )
    assert (page.ids, page.facets) == (("a", "c"), {"need": {"food": 2}})
    assert engine.search(SearchRequest(within={"open": frozenset()})).total == 0


def test_a_lower_tier_always_comes_first(engine, listing, asking):
    engine.rebuild(
        [
            listing("a", "soupe soupe soupe", tier=2),
            listing("b", "soupe", tier=1),
            listing("c", "pain soupe"),
        ],
        1,
    )
    assert engine.search(SearchRequest(asking("soupe"))).ids == ("c", "b", "a")
    assert engine.search(SearchRequest()).ids == ("c", "b", "a")
    assert engine.search(SearchRequest(asking("soupe"), offset=1, limit=1)).ids == ("b",)


def test_pages_follow_each_other_without_gap(engine, listing, asking):
    engine.rebuild(
        [listing(f"l{number}", "soupe " * (number % 4 + 1), tier=number % 3) for number in range(25)], 1
    )
    whole = engine.search(SearchRequest(asking("soupe"), limit=99)).ids
    parts = [
        engine.search(SearchRequest(asking("soupe"), limit=4, offset=offset)).ids
        for offset in range(0, 28, 4)
    ]
    assert tuple(identifier for part in parts for identifier in part) == whole
    assert len(whole) == 25
    assert engine.search(SearchRequest(asking("soupe"), limit=-1, offset=-5)).hits == ()


def test_a_clause_scores_by_its_best_alternative_and_a_small_share_of_the_others(engine):
    engine.rebuild([Document("a", fields={"name_fr": ["soupe"], "concept": ["food"]}), Document("b")], 1)

    def score(*alternatives):
        return engine.search(SearchRequest([Clause(alternatives)])).hits[0].score

    light, heavy = Term("name_fr", "soupe"), Term("concept", "food", 4.0)
    assert score(light) < score(heavy)
    assert score(light, heavy) == score(heavy, light) == pytest.approx(score(heavy) + TIE * score(light))
    assert 0 < TIE < 0.5


def test_listings_that_answer_more_clauses_are_preferred(engine, listing, asking):
    engine.rebuild([listing("a", "soupe soupe"), listing("b", "soupe pain"), listing("c", "pain pain")], 1)
    page = engine.search(SearchRequest(asking("soupe pain inconnu")))
    assert page.ids[0] == "b"
    assert (page.hits[0].clauses_matched, page.hits[0].clauses) == (2, (0, 1))
    assert engine.search(SearchRequest(asking("soupe pain"), require_all=True)).ids == ("b",)
    assert engine.search(SearchRequest(asking("soupe inconnu"), require_all=True)).total == 0


def test_repetition_in_a_field_weighs(engine, listing, asking):
    engine.rebuild([listing("a", "soupe pain"), listing("b", "soupe soupe"), listing("c", "lait lait")], 1)
    assert engine.search(SearchRequest(asking("soupe"))).ids == ("b", "a")


def test_a_prefix_is_a_prefix_only_when_asked(engine, listing):
    engine.rebuild([listing("a", "soupe"), listing("b", "souper"), listing("c", "sou")], 1)
    assert engine.search(SearchRequest([Clause((Term("name_fr", "soup"),))])).total == 0
    assert engine.search(SearchRequest([Clause((Term("name_fr", "soup", prefix=True),))])).total == 2
    assert engine.search(SearchRequest([Clause((Term("name_fr", "s", prefix=True),))])).total == 0


def test_a_prefix_takes_the_twelve_most_frequent_terms(engine, listing):
    documents = [
        listing(f"{term:02d}-{copy}", f"mot{term:02d}") for term in range(20) for copy in range(term + 1)
    ]
    engine.rebuild(documents, 1)
    page = engine.search(SearchRequest([Clause((Term("name_fr", "mot", prefix=True),))], limit=999))
    assert {identifier[:2] for identifier in page.ids} == {f"{term:02d}" for term in range(8, 20)}


@pytest.mark.parametrize("text", ["", "\ud800", "x" * 500, "\0", "*", "a\x1fb", "[a TO z]"])
def test_odd_terms_find_nothing_and_break_nothing(engine, listing, text):
    engine.rebuild(
        [Document("a", fields={"name_fr": [text, "soupe"]}, words={"fr": [text]}), listing("b")], 1
    )
    engine.upsert([Document("c", fields={"name_fr": [text]}, facets={"need": [text]})], 2)
    page = engine.search(
        SearchRequest([Clause((Term("name_fr", text, prefix=True),)), Clause(())], facets=["need", text])
    )
    assert page.total <= 2
    assert (
        engine.search(
            SearchRequest(
                [Clause((Term("unknown", "soupe"),))],
                within={text: frozenset({text})},
                filters={text: [text]},
            )
        ).total
        == 0
    )
    engine.suggest(text, "fr")
    engine.near(text, "fr")
    engine.knows(text, "fr")


@pytest.mark.control("C24")
def test_forty_clauses_count_and_the_rest_is_left_out(engine, listing):
    engine.rebuild([listing("a", "soupe")], 1)
    many = [Clause(tuple(Term("name_fr", f"mot{n}", prefix=True) for n in range(200)))] * 500
    assert engine.search(SearchRequest(many)).total == 0
    soup = Clause((Term("name_fr", "soupe"),))
    assert engine.search(SearchRequest([*many[:MAX_CLAUSES], soup])).total == 0
    assert engine.search(SearchRequest([*many[: MAX_CLAUSES - 1], soup])).total == 1


def test_documents_the_index_cannot_hold_are_refused():
    for wrong in ({"id": ""}, {"id": "a", "tier": 9}, {"id": "a", "fields": {"title": []}}, {"id": "\ud800"}):
        with pytest.raises(ValueError, match=r"document|tier|fields"):
            Document(**wrong)


def test_one_writer_at_a_time_and_nesting_in_a_thread(engine, listing):
    engine.rebuild([], 1)
    told = []

    def other():
        try:
            engine.upsert([listing("b")], 9)
        except IndexBusyError as busy:
            told.append(busy)

    with engine.writing(), engine.writing():
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        engine.upsert([listing("a")], 2)
    assert len(told) == 1
    assert engine.search(SearchRequest()).ids == ("a",)
    engine.upsert([listing("b")], 3)
    assert engine.search(SearchRequest()).ids == ("a", "b")


def test_threads_may_read_while_another_writes(engine, listing, asking):
    engine.rebuild([listing(f"l{n}", f"soupe mot{n}") for n in range(30)], 0)
    wrong = []

    def read():
        for number in range(40):
            page = engine.search(SearchRequest(asking(f"soupe mot{number % 30}"), limit=99))
            if page.total != 30 or len(set(page.ids)) != 30:
                wrong.append(page)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(10):
        engine.upsert([listing(f"l{number}", f"soupe mot{number}")], number)
    for thread in threads:
        thread.join()
    assert wrong == []


WORDS = st.lists(st.sampled_from(["soupe", "pain", "lait", "miel", "riz"]), max_size=5)
CHANGES = st.lists(st.tuples(st.sampled_from("abcdef"), st.none() | WORDS, st.integers(0, 2)), max_size=6)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CHANGES, CHANGES, st.lists(WORDS.filter(bool), max_size=3), st.booleans(), st.integers(1, 5))
def test_both_engines_give_the_same_page(tmp_path, first, later, asked, require_all, limit):
    engines = [MemoryEngine(), WhooshEngine(Path(mkdtemp(dir=tmp_path)))]
    clauses = [Clause(tuple(Term("name_fr", word, 1.0 + len(word)) for word in words)) for words in asked]
    pages = []
    for engine in engines:
        engine.rebuild([_document(*change) for change in first if change[1] is not None], 1)
        for number, change in enumerate(later):
            if change[1] is None:
                engine.delete([change[0]], number)
            else:
                engine.upsert([_document(*change)], number)
        pages.append(
            engine.search(SearchRequest(clauses, facets=["need"], limit=limit, require_all=require_all))
        )
        pages[-1] = (pages[-1], engine.suggest("so", "fr"), engine.near("pains", "fr"))
    assert pages[0] == pages[1]


def _document(identifier, words, tier):
    return Document(identifier, tier, {"name_fr": words}, {"fr": words}, {"need": words[:2]})


KINDS, NEEDS, TYPES = ("place", "phone"), ("food", "home", "work"), ("service", "need")


@pytest.mark.parametrize("seed", range(12))
def test_one_question_gives_what_many_would(engine, listing, asking, seed):
    """Facets, counts without each filter, further counts and what stands beside, as each asked alone."""
    draw = random.Random(seed)
    documents = [
        listing(
            f"l{number:02d}",
            " ".join(draw.sample(("soupe", "pain", "lait", "riz"), draw.randint(0, 3))),
            tier=draw.choice((0, 0, 1)),
            type=[draw.choice(TYPES)],
            kind=[draw.choice(KINDS)],
            need=draw.sample(NEEDS, draw.randint(0, 2)),
        )
        for number in range(40)
    ]
    engine.rebuild(documents, 1)
    ids = [document.id for document in documents]
    opened, receiving = frozenset(draw.sample(ids, 15)), frozenset(draw.sample(ids, 9))
    clauses, scope = asking("soupe pain"), {"type": ["service"]}
    filters, within = {"kind": ["place"], "need": ["food", "home"]}, {"open": opened}
    page = engine.search(
        SearchRequest(
            clauses,
            scope=scope,
            filters=filters,
            within=within,
            facets=("kind", "need"),
            counted={"receiving": Counted(receiving), "perhaps": Counted(receiving, "open")},
            beside={"needs": Beside({"type": ["need"]}, 3), "all": Beside({"type": ["need"]}, 9, True)},
            limit=5,
        )
    )

    def alone(**asked):
        return engine.search(SearchRequest(clauses, scope=scope, limit=50, **asked))

    assert page.total == alone(filters=filters, within=within).total
    assert page.ids == alone(filters=filters, within=within).ids[:5]
    assert page.unfiltered == alone().total
    assert page.without == {
        "kind": alone(filters={"need": filters["need"]}, within=within).total,
        "need": alone(filters={"kind": filters["kind"]}, within=within).total,
        "open": alone(filters=filters).total,
    }
    both = alone(filters=filters, within={**within, "receiving": receiving}).total
    assert page.counted == {
        "receiving": both,
        "perhaps": alone(filters=filters, within={"receiving": receiving}).total,
    }
    for value in KINDS:
        seen = alone(filters={**filters, "kind": [value]}, within=within).total
        assert page.facets["kind"].get(value, 0) == seen
    for name, every in (("needs", False), ("all", True)):
        wanted = engine.search(SearchRequest(clauses, require_all=every, scope={"type": ["need"]}, limit=50))
        assert page.beside[name] == wanted.hits[: 9 if every else 3]


def test_beyond_the_last_page_the_last_one_answers(engine, listing, asking):
    engine.rebuild([listing(f"l{number}", "soupe") for number in range(7)], 1)
    page = engine.search(SearchRequest(asking("soupe"), limit=3, offset=300))
    assert (page.offset, page.ids, page.total) == (6, ("l6",), 7)
    assert engine.search(SearchRequest(asking("rien"), limit=3, offset=300)).offset == 0


def test_a_set_is_looked_up_again_after_a_change(engine, listing, asking):
    engine.rebuild([listing("a", "soupe"), listing("b", "soupe")], 1)
    opened = frozenset({"b", "c"})
    request = SearchRequest(asking("soupe"), within={"open": opened})
    assert engine.search(request).ids == ("b",)
    engine.apply([listing("c", "soupe")], ["a"], 2)
    assert engine.search(request).ids == ("b", "c")
