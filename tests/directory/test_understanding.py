"""Whatever is typed is words: mended where it can be, bounded always, an error never."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from guide.directory import indexing
from guide.directory.understanding import LONGEST_QUERY, MOST_CLAUSES, MOST_WORDS, tidy, understand
from guide.directory.vocabulary import Lexicon, lexicon
from guide.languages import LANGUAGES, Language
from guide.model import Vocabulary, WordGroup
from guide.search.engine import MAX_ALTERNATIVES, SearchRequest
from guide.search.memory_engine import MemoryEngine
from tests import factories
from tests.characters import ANY_CHARACTER
from tests.running import MONDAY_MORNING


@pytest.fixture
def meant(session: Session):
    """`meant("ordinnateur")` on a guide that knows a few words."""
    need = factories.need("numerique", name=factories.both("zzz"))
    group = WordGroup(term=need, fr=["ordinateur", "zone blanche"], nl=["computer"])
    lending = factories.both("prêt")
    session.add_all(
        [
            Vocabulary(key="numerique", groups=[group]),
            factories.service(key="velotheque", name=factories.both("Vélothèque"), summary=lending),
            factories.service(key="social", name=factories.both("service social")),
            factories.service(key="article-27", name=factories.both("Article 27")),
        ]
    )
    session.flush()
    engine, vocabulary = MemoryEngine(), lexicon(session)
    indexing.rebuild(session, engine, MONDAY_MORNING.date())
    return lambda query, language="fr": understand(query, language, vocabulary, engine)


@pytest.mark.parametrize(
    ("query", "language", "corrected"),
    [
        ("ordinnateur", "fr", "ordinateur"),
        ("ordinateur", "fr", None),
        ("computter", "nl", "computer"),
        ("velo theque", "fr", "velotheque"),
        ("servicesocial", "fr", "service social"),
        ("article27", "fr", "article 27"),
        ("velot", "fr", None),
        ("xyzzyx", "fr", None),
        ("abc", "fr", None),
    ],
)
def test_unknown_words_are_mended_joined_or_split_and_it_is_said(meant, query, language, corrected) -> None:
    assert meant(query, language).corrected == corrected


def test_a_mended_word_means_what_the_right_one_means(meant) -> None:
    assert meant("ordinnateur").terms == meant("ordinateur").terms == ["numerique"]
    assert meant("ordinnateur").needs == ["numerique"]


def test_a_reader_is_understood_in_the_other_language_too(meant) -> None:
    assert meant("computer", "fr").terms == ["numerique"]


def test_words_of_one_phrase_make_one_clause_and_each_other_word_its_own(meant) -> None:
    assert len(meant("zone blanche").clauses) == 1
    assert len(meant("zone blanche prêt inconnu").clauses) == 3
    assert meant("").clauses == meant("le la les").clauses == meant("?!*").clauses == ()


def test_the_name_of_a_service_asks_for_that_service(meant) -> None:
    (clause,) = meant("velotheque").clauses
    assert ("concept", "=velotheque") in [(term.field, term.text) for term in clause.alternatives]


def test_the_last_word_may_be_a_beginning(meant) -> None:
    assert any(term.prefix for term in meant("prêt vélo").clauses[-1].alternatives)
    assert not any(term.prefix for term in meant("prêt vélo").clauses[0].alternatives)


@pytest.mark.control("C24")
@pytest.mark.parametrize(
    ("typed", "searched", "cut"),
    [
        ("  j'ai   faim ", "j'ai faim", False),
        ("a\x00b\tc\nd", "a b c d", False),
        ("a" * 200, "a" * 200, False),
        ("a" * 201, "a" * 200, True),
        (" " * 500 + "soupe", "soupe", False),
        ("soupe " * 400, ("soupe " * 400)[:200].strip(), True),
        ("\u202esoupe\ud800", "soupe", False),
    ],
)
def test_a_query_is_cut_to_two_hundred_characters_and_it_is_said(typed, searched, cut) -> None:
    assert tidy(typed) == (searched, cut)


@pytest.mark.control("C24")
def test_a_query_without_end_is_answered_from_its_beginning(meant) -> None:
    found = meant("ordinateur " * 10_000)
    assert found.cut
    assert len(found.query) <= LONGEST_QUERY
    assert len(found.words) <= MOST_WORDS
    assert found.needs == ["numerique"]


ODD = st.sampled_from(["*", "?", "AND", '"', "name:", "^4", "~", "\\", "\x00", "مساعدة", "帮助", "’", "plus"])
ANYTHING = st.one_of(
    st.text(ANY_CHARACTER, max_size=400),
    st.lists(ODD | st.text(ANY_CHARACTER, max_size=12), max_size=40).map(" ".join),
)


@pytest.mark.control("C24")
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=ANYTHING, language=st.sampled_from(["fr", "nl"]))
def test_any_text_is_understood_in_at_most_twelve_clauses(vocabulary, index, query, language) -> None:
    found = understand(query, language, vocabulary, index)
    assert len(found.query) <= LONGEST_QUERY
    assert len(found.clauses) <= MOST_CLAUSES == 12
    assert found.query == found.query.strip()
    index.search(SearchRequest(found.clauses, limit=5))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_reading_of_a_phrase_is_lost_to_the_bounds_of_the_engine(vocabulary, index, data) -> None:
    phrase = data.draw(st.sampled_from(vocabulary.phrases))
    for clause in understand(phrase.text, phrase.language or "fr", vocabulary, index).clauses:
        concepts = [place for place, term in enumerate(clause.alternatives) if term.field == "concept"]
        assert max(concepts, default=0) < MAX_ALTERNATIVES


@pytest.mark.parametrize("sign", ["\u00ad", "\u200b", "\u200e", "\ufeff"])
def test_invisible_marks_part_no_word(sign: str) -> None:
    assert tidy(f"sui{sign}cide") == ("suicide", False)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "query", ["comment se suicider", "hoe zelfmoord plegen", "Hoe zelfmoord plegen ?", "how to kill myself"]
)
def test_a_means_is_heard_in_words_of_the_vocabulary_too(
    vocabulary: Lexicon, index: MemoryEngine, query: str, language: Language
) -> None:
    meant = understand(query, language, vocabulary, index)
    assert meant.alone
    assert meant.crises == ("suicide",)


@pytest.mark.parametrize(
    "query",
    [
        *["j’ai 14 ans je ne sais pas où dormir ce soir", "je suis mineure, à la rue ce soir"],
        *["ik ben 16 en ik slaap op straat", "ik ben minderjarig en heb geen bed vannacht"],
    ],
)
def test_a_minor_without_a_bed_is_led_to_the_lines_for_the_young(
    vocabulary: Lexicon, index: MemoryEngine, query: str
) -> None:
    meant = understand(query, "fr", vocabulary, index)
    assert meant.crises == ("child",)
    assert not meant.needs_bed


def test_a_family_without_a_bed_is_led_to_the_night_shelter(vocabulary: Lexicon, index: MemoryEngine) -> None:
    assert understand("famille avec 2 enfants à la rue ce soir", "fr", vocabulary, index).crises == (
        "tonight",
    )


@pytest.mark.parametrize(
    ("query", "crisis"),
    [
        *[("Pensées de suicide", "suicide"), ("Denken aan zelfmoord", "suicide")],
        *[
            ("urgence médicale", "emergency"),
            ("danger maintenant", "emergency"),
            ("harcèlement et menaces", "violence"),
        ],
    ],
)
def test_the_name_of_a_danger_has_its_panel(
    vocabulary: Lexicon, index: MemoryEngine, query: str, crisis: str
) -> None:
    assert understand(query, "fr", vocabulary, index).crises == (crisis,)
