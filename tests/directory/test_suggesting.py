"""What is offered while somebody types."""

from collections.abc import Callable

import pytest

from guide.directory.suggesting import suggest
from guide.directory.vocabulary import Lexicon
from guide.languages import Language
from guide.search.memory_engine import MemoryEngine


@pytest.fixture
def offered(vocabulary: Lexicon, index: MemoryEngine) -> Callable[..., list[str]]:
    return lambda prefix, language="fr": suggest(index, vocabulary, prefix, language, 8)


@pytest.mark.parametrize("prefix", ["medi", "médi", "MÉDI"])
def test_words_bear_their_accents_however_they_are_typed(offered, prefix: str) -> None:
    found = offered(prefix)
    assert {"médiation", "médicalisé"} <= set(found)
    assert not {"mediation", "medicalise"} & set(found)


@pytest.mark.parametrize(
    ("prefix", "language"), [("ecol", "fr"), ("heb", "nl"), ("log", "fr"), ("ver", "nl")]
)
def test_every_offer_begins_so_and_is_a_word_that_asks(offered, prefix: str, language: Language) -> None:
    found = offered(prefix, language)
    assert len(found) == len(set(found)) <= 8
    assert "je" not in found


@pytest.mark.control("C29")
@pytest.mark.parametrize(
    ("prefix", "language", "never"),
    [
        ("suici", "fr", "suicid"),
        ("viol", "fr", "viol"),
        ("zelfmo", "nl", "zelfmoord"),
        ("zelfdo", "nl", "zelfdod"),
        ("verkr", "nl", "verkracht"),
    ],
)
def test_no_word_of_a_crisis_is_offered(offered, prefix: str, language: Language, never: str) -> None:
    assert [word for word in offered(prefix, language) if word.startswith(never)] == []
