"""The lexicon of concepts: words, beginnings, and expressions of several words."""

from guide.recognition.concepts import Concepts
from guide.recognition.features import words

LEXICON = Concepts.of(
    [
        ("choke", "étrangl*"),
        ("choke", "serr* la gorge"),
        ("throat", "gorge"),
        ("death", "mort"),
        ("hit", "een mep"),
    ],
    words,
)


def found(sentence: str) -> list[str]:
    said = words(sentence)
    return [concept for place in range(len(said)) for concept in LEXICON.at(said, place)]


def test_a_beginning_stands_for_every_ending() -> None:
    assert found("il m’étranglait") == ["choke"]


def test_an_expression_is_heard_as_its_words_in_a_row() -> None:
    assert found("il me serre la gorge") == ["choke", "throat"]
    assert found("la gorge serrée") == ["throat"]


def test_a_word_without_a_star_is_heard_whole() -> None:
    assert found("une mortadelle") == []
    assert found("il est mort") == ["death"]


def test_an_expression_that_the_sentence_cuts_short_is_not_heard() -> None:
    assert found("hij geeft een") == []
    assert found("hij geeft een mep") == ["hit"]
