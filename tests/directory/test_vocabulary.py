"""A query means a phrase when it holds its words; crises are heard strictly, and never missed."""

import pytest
import yaml
from sqlalchemy.orm import Session

from guide import paths
from guide.directory.understanding import understand
from guide.directory.vocabulary import Lexicon, lexicon, query_words
from guide.languages import Language
from guide.model import Crisis, Vocabulary, WordGroup
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


def test_a_row_is_heard_in_singular_and_plural(heard) -> None:
    ask = heard({"danger": ["coups"]}, crises=("danger",))
    assert ask("des coups") == ["danger"]
    assert ask("coup") == ["danger"]
    assert ask("coupé") == []


def test_a_crisis_is_not_heard_by_a_single_stem(heard) -> None:
    ask = heard({"danger": ["me jeter", "se jeter"]}, crises=("danger",))
    assert ask("je veux me jeter") == ["danger"]
    assert ask("aide à Jette") == []


def test_a_word_that_is_a_little_word_in_the_other_language_must_stand_alone(heard) -> None:
    ask = heard({"danger": ["mes"]}, "nl")
    assert ask("mes") == ["danger"]
    assert ask("mes enfants", "fr") == []


def test_the_names_of_needs_and_services_are_phrases_too(session: Session) -> None:
    session.add_all([factories.need("faim"), factories.service(key="marmite", name=factories.both("La Marmite"))])
    session.flush()
    built = lexicon(session)
    assert [meaning.phrase.term for meaning in built.understand(query_words("faim", "fr"))] == ["faim"]
    assert [meaning.phrase.term for meaning in built.understand(query_words("de marmite", "nl"))] == ["=marmite"]


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
    found: list[tuple[str, Language, str]] = []
    for path in sorted((paths.DATA / "vocabulary").glob("*.yaml")):
        for group in yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            if "crisis" in group:
                sides: tuple[tuple[str, Language], ...] = (("fr", "fr"), ("nl", "nl"), ("other", "fr"), ("other", "nl"))
                found += [(text, side, group["crisis"]) for name, side in sides for text in group.get(name, [])]
    return found


def test_there_are_a_hundred_words_of_crisis_in_each_language() -> None:
    words = crisis_words()
    assert min(sum(side == language for _, side, _ in words) for language in ("fr", "nl")) >= 100


def test_every_word_of_crisis_is_heard_as_its_crisis(words: Lexicon) -> None:
    missed = [
        (text, side, crisis)
        for text, side, crisis in crisis_words()
        if crisis not in {meaning.phrase.crisis for meaning in words.understand(query_words(text, side))}
    ]
    assert missed == []


def test_every_word_of_crisis_is_heard_by_a_reader_of_the_other_language(words: Lexicon) -> None:
    twin: dict[str, Language] = {"fr": "nl", "nl": "fr"}
    missed = [
        (text, side)
        for text, side, crisis in crisis_words()
        if crisis not in {meaning.phrase.crisis for meaning in words.understand(query_words(text, twin[side]))}
    ]
    assert missed == []


def test_a_word_of_crisis_brings_its_panel_whole_with_spelling_and_search(words: Lexicon, index: MemoryEngine) -> None:
    sample = crisis_words()[::7]
    missed = [
        (text, side, crisis)
        for text, side, crisis in sample
        if crisis not in understand(text, side, words, index).crises
    ]
    assert missed == []


def test_a_longer_phrase_never_hides_the_crisis_inside_it(words: Lexicon) -> None:
    hidden = []
    crises = [phrase for phrase in words.phrases if phrase.crisis]
    for phrase in words.phrases:
        if phrase.crisis or phrase.need is None or not phrase.language:
            continue
        meant = {meaning.phrase.crisis for meaning in words.understand(query_words(phrase.text, phrase.language))}
        row = f" {' '.join(phrase.words)} "
        hidden += [
            (phrase.text, crisis.text)
            for crisis in crises
            if not crisis.whole and f" {' '.join(crisis.words)} " in row and crisis.crisis not in meant
        ]
    assert hidden == []


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_everyday_queries_bring_no_panel_of_danger(words: Lexicon, index: MemoryEngine, language: Language) -> None:
    calm = {
        "fr": ["vélo pour enfant", "aide à Jette", "bibliothèque", "apprendre le français", "coupe de cheveux", "seniors"],
        "nl": ["fiets voor kind", "hulp in Jette", "bibliotheek", "Nederlands leren", "mes papiers", "senioren"],
    }
    brought = {query: understand(query, language, words, index).crises for query in calm[language]}
    assert brought == dict.fromkeys(calm[language], [])
