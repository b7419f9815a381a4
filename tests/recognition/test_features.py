"""How a sentence is cut into what a model counts."""

from hypothesis import given
from hypothesis import strategies as st

from guide.recognition.features import LONGEST, Features, has_person, words
from guide.recognition.sentences import concepts
from tests.characters import ANY_CHARACTER

FEATURES = Features(concepts())
"""With the guide's lexicon, which takes long to read."""


def test_short_spellings_are_written_out() -> None:
    assert words("jvx plu vivre") == ["je", "veux", "plu", "vivre"]
    assert words("kheb honger") == ["ik", "heb", "honger"]


def test_a_held_letter_is_let_go_and_a_figure_is_a_figure() -> None:
    assert words("heeeeelp 112") == ["heelp", "#"]


def test_a_person_is_spoken_of_by_pronoun_kin_or_friend_and_not_by_a_thing() -> None:
    assert has_person("ma voisine crie")
    assert has_person("mijn broer")
    assert not has_person("coupe de cheveux")
    assert not has_person("touwtje springen")


@given(
    st.text(ANY_CHARACTER, max_size=300)
    | st.lists(st.sampled_from(["a", "jvx", "l’eau", "112"]), min_size=LONGEST + 1).map(" ".join)
)
def test_any_text_has_features_in_bounded_number(text: str) -> None:
    found = FEATURES.of(text)
    assert len(found) == len(set(found))
    assert len(words(text)) <= LONGEST


def test_the_same_words_in_other_letters_are_the_same_features() -> None:
    assert FEATURES.of("Il m’a FRAPPÉE !") == FEATURES.of("il m'a frappee")
