"""A query means a phrase when it holds its words; crises are heard strictly, and never missed."""

import pytest
import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide import paths
from guide.directory.dangers import dangers
from guide.directory.understanding import understand
from guide.directory.vocabulary import Lexicon, lexicon, query_words
from guide.languages import LANGUAGES, Language
from guide.model import Crisis, TaxonomyTerm, Vocabulary, WordGroup
from guide.recognition.hearing import PANEL_OF, Heard, hearing
from guide.search import analysis
from guide.search.memory_engine import MemoryEngine
from tests import factories


@pytest.fixture
def heard(session: Session):
    """`heard({"faim": ["rien à manger"]})("j'ai rien à manger")` gives the needs and topics meant."""

    def make(phrases: dict[str, list[str]], language: Language = "fr", crises: tuple[str, ...] = ()):
        for key, texts in phrases.items():
            crisis = None
            if key in crises:
                text = factories.both(key)
                crisis = Crisis(key=key, title=text, advice=text)
            group = WordGroup(term=factories.need(key, name=factories.both("zzz")), crisis=crisis)
            setattr(group, language, texts)
            session.add(Vocabulary(key=key, groups=[group]))
        session.flush()
        built = lexicon(session)

        def understand_words(query: str, reader: Language = language) -> list[str]:
            return [meaning.phrase.term for meaning in built.understand(query_words(query, reader))]

        return understand_words

    return make


def test_a_phrase_is_heard_in_any_order_and_among_other_words(heard) -> None:
    ask = heard({"faim": ["manger gratuitement"]})
    assert ask("où puis-je gratuitement manger à Jette") == ["faim"]
    assert ask("MANGER, gratuitement !") == ["faim"]
    assert ask("manger") == []


def test_a_longer_phrase_wins_over_the_shorter_one_inside_it(heard) -> None:
    ask = heard({"logement": ["logement"], "chaud": ["logement froid"]})
    assert ask("logement froid") == ["chaud"]
    assert ask("logement") == ["logement"]


def test_no_and_without_say_the_same_and_are_not_left_out(heard) -> None:
    ask = heard({"energie": ["plus de gaz"], "papiers": ["sans papiers"]})
    assert ask("gaz") == []
    assert ask("papiers") == []
    assert ask("je n'ai pas de gaz") == ["energie"]
    assert ask("pas de papiers") == ["papiers"]


def test_a_dutch_no_is_heard_too(heard) -> None:
    ask = heard({"papiers": ["geen papieren"]}, "nl")
    assert ask("zonder papieren") == ["papiers"]
    assert ask("papieren") == []


def test_a_phrase_of_little_words_is_heard_as_a_row_only(heard) -> None:
    ask = heard({"moral": ["je n'en peux plus"]})
    assert ask("vraiment je n’en peux plus") == ["moral"]
    assert ask("je peux") == []
    assert ask("plus n'en je peux") == []


def test_a_row_is_heard_in_singular_and_plural_and_not_by_its_stem(heard) -> None:
    ask = heard({"danger": ["violences"], "coups": ["coups"]}, crises=("danger", "coups"))
    assert ask("des violences") == ask("violence") == ["danger"]
    assert ask("coupé") == []


def test_a_crisis_is_not_heard_by_a_single_stem(heard) -> None:
    ask = heard({"danger": ["me jeter", "se jeter"]}, crises=("danger",))
    assert ask("je veux me jeter") == ["danger"]
    assert ask("aide à Jette") == []


@pytest.mark.parametrize("crises", [("danger",), ()])
def test_a_word_that_is_a_little_word_of_the_other_language_must_stand_alone(heard, crises) -> None:
    ask = heard({"danger": ["mes"]}, "nl", crises)
    assert ask("mes") == ["danger"]
    assert ask("mes enfants", "fr") == []


def test_the_names_of_needs_and_services_are_phrases_too(session: Session) -> None:
    named = factories.service(key="marmite", name=factories.both("La Marmite"))
    session.add_all([factories.need("faim"), named])
    session.flush()
    built = lexicon(session)
    for query, term in (("faim", "faim"), ("marmite", "=marmite")):
        assert {meaning.phrase.term for meaning in built.understand(query_words(query, "fr"))} == {term}


@pytest.mark.parametrize("field", [{"publication": "archived"}, {"visibility": "professional"}])
def test_the_name_of_a_service_that_is_not_public_means_nothing(session: Session, field) -> None:
    session.add(factories.service(name=factories.both("La Marmite"), **field))
    session.flush()
    assert lexicon(session).phrases == []


@pytest.mark.parametrize(
    ("query", "reader", "little"),
    [("waar is het eten", "fr", {"waar", "is", "het"}), ("où sont les repas", "nl", {"ou", "sont", "les"})],
)
def test_a_query_in_the_other_language_is_read_in_that_language(query, reader, little) -> None:
    assert {word.surface for word in query_words(query, reader) if not word.is_content} >= little


def crisis_words() -> list[tuple[str, Language, str]]:
    """Every phrase of the vocabulary that tells of a crisis: the phrase, its language, its crisis."""
    reading = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    sides: tuple[tuple[str, Language], ...] = (("fr", "fr"), ("nl", "nl"), ("other", "fr"), ("other", "nl"))
    return [
        (text, side, group["crisis"])
        for path in sorted((paths.DATA / "vocabulary").glob("*.yaml"))
        for group in yaml.load(path.read_text(encoding="utf-8"), Loader=reading)
        if "crisis" in group
        for name, side in sides
        for text in group.get(name, [])
    ]


def test_there_are_a_hundred_words_of_crisis_in_each_language() -> None:
    words = crisis_words()
    assert min(sum(side == language for _, side, _ in words) for language in ("fr", "nl")) >= 100


def test_every_word_of_crisis_is_heard_as_its_crisis(vocabulary: Lexicon) -> None:
    missed = [
        (text, side, crisis)
        for text, side, crisis in crisis_words()
        if crisis not in {meaning.phrase.crisis for meaning in vocabulary.understand(query_words(text, side))}
    ]
    assert missed == []


def test_every_word_of_crisis_is_heard_by_a_reader_of_the_other_language(vocabulary: Lexicon) -> None:
    twin: dict[str, Language] = {"fr": "nl", "nl": "fr"}
    missed = [
        (text, side)
        for text, side, crisis in crisis_words()
        if crisis
        not in {found.phrase.crisis for found in vocabulary.understand(query_words(text, twin[side]))}
    ]
    assert missed == []


def test_a_word_of_crisis_typed_alone_brings_its_panel(vocabulary: Lexicon) -> None:
    missed = [
        (text, crisis)
        for text, _, crisis in crisis_words()
        if crisis not in {PANEL_OF.get(danger, danger) for danger in heard_of(text, vocabulary).dangers}
    ]
    assert missed == []


def heard_of(query: str, vocabulary: Lexicon) -> Heard:
    """The dangers a query tells of."""
    return dangers(query, hearing().features.of(query), vocabulary)


@pytest.mark.parametrize(
    ("query", "panel"),
    [
        ("pensées de suicide", "suicide"),
        ("incendie dans mon appartement", "emergency"),
        ("mes parents m’ont mis dehors", "tonight"),
        ("brand in mijn appartement", "emergency"),
        ("ik sta op straat en heb honger", "tonight"),
        ("vertrouwenscentrum kindermishandeling", "child-violence"),
        ("someone is hurting me", "violence"),
    ],
)
def test_more_words_about_a_crisis_still_tell_of_it(vocabulary: Lexicon, query: str, panel: str) -> None:
    assert panel in heard_of(query, vocabulary).dangers


def test_the_name_of_a_need_or_topic_never_hides_the_crisis_it_tells_of(
    vocabulary: Lexicon, index: MemoryEngine, directory: Session
) -> None:
    """A longer phrase may say something calmer ("colis d'urgence"); the plain name of a danger may not."""
    grave = directory.scalars(select(WordGroup.term_id).where(WordGroup.crisis_id.is_not(None)))
    hidden = []
    for term in directory.scalars(select(TaxonomyTerm).where(TaxonomyTerm.id.in_(set(grave)))):
        for language, name in term.name:
            row = f" {' '.join(analysis.words(name, language))} "
            told = {
                phrase.crisis
                for phrase in vocabulary.phrases
                if phrase.crisis and not phrase.whole and f" {' '.join(phrase.words)} " in row
            }
            if told and not understand(name, language, vocabulary, index).is_secret:
                hidden.append((name, told))
    assert hidden == []


@pytest.mark.parametrize(
    ("query", "both"),
    [
        ("mon mari me frappe. je n’ai pas où dormir cette nuit", {"violence", "tonight"}),
        ("mon mari me frappe et je veux mourir", {"violence", "suicide"}),
        ("mijn man slaat mij en ik ruik gas", {"violence", "gas"}),
    ],
)
def test_two_dangers_at_once_are_both_heard(vocabulary: Lexicon, query: str, both: set[str]) -> None:
    assert set(heard_of(query, vocabulary).dangers) == both


@pytest.mark.parametrize(
    "query", ["mariage", "huisgenoot", "gas", "sortir", "mazout", "j’ai faim", "ik heb honger"]
)
def test_a_need_named_in_a_word_is_neither_danger_nor_distress(vocabulary: Lexicon, query: str) -> None:
    assert heard_of(query, vocabulary) == Heard()


CALM: dict[Language, list[str]] = {
    "fr": ["vélo pour enfant", "aide à Jette", "bibliothèque", "apprendre le français", "seniors"],
    "nl": ["fiets voor kind", "hulp in Jette", "bibliotheek", "Nederlands leren", "senioren"],
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_everyday_queries_bring_no_panel(
    vocabulary: Lexicon, index: MemoryEngine, language: Language
) -> None:
    assert [query for query in CALM[language] if understand(query, language, vocabulary, index).crises] == []
