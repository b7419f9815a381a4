"""The words that answered a query are marked; the text itself never changes."""

from hypothesis import given
from hypothesis import strategies as st

from guide.directory.snippets import Piece, around_the_mark, best_sentence, first_sentence, marked
from guide.directory.understanding import Understanding
from guide.directory.vocabulary import query_words
from guide.languages import LocalText
from tests.characters import ANY_CHARACTER


def meant(query: str, language="fr") -> Understanding:
    return Understanding(query, False, query_words(query, language))


def test_the_words_searched_are_marked_in_all_their_forms() -> None:
    pieces = marked(LocalText("Des repas, un repas. L’Épicerie sociale !", "fr"), meant("epiceries repas"))
    assert [piece.words for piece in pieces if piece.marked] == ["repas", "repas", "L’Épicerie"]


def test_without_a_query_nothing_is_marked() -> None:
    assert marked(LocalText("Un repas.", "fr"), None) == [Piece("Un repas.", False)]
    assert marked(LocalText("Un repas.", "fr"), meant("")) == [Piece("Un repas.", False)]
    assert marked(LocalText("", "fr"), meant("repas")) == []


def test_a_text_is_marked_in_its_own_language() -> None:
    pieces = marked(LocalText("Gratis maaltijden in Jette", "nl"), meant("maaltijd", "nl"))
    assert [piece.words for piece in pieces if piece.marked] == ["maaltijden"]


@given(st.text(ANY_CHARACTER, max_size=200), st.text(ANY_CHARACTER, max_size=40))
def test_joined_the_pieces_are_the_text(text: str, query: str) -> None:
    assert "".join(piece.words for piece in marked(LocalText(text, "fr"), meant(query))) == text


def test_the_best_sentence_holds_most_of_the_words_searched() -> None:
    text = LocalText("Un accueil. Un repas chaud. Un repas.\nUne douche chaude et un repas.", "fr", True)
    found = best_sentence(text, meant("repas chaud"))
    assert found == LocalText("Un repas chaud.", "fr", True)
    assert best_sentence(text, meant("vélo")) is None
    assert best_sentence(LocalText("", "fr"), meant("vélo")) is None
    assert best_sentence(text, meant("")) is None


@given(st.text("ab éx .", max_size=200), st.integers(10, 80))
def test_around_the_mark_are_whole_words_of_the_text_and_every_mark_that_fits(text: str, most: int) -> None:
    pieces = marked(LocalText(f"{text} repas {text}", "fr"), meant("repas"))
    shown = around_the_mark(pieces, most)
    words = "".join(piece.words for piece in shown)
    assert "repas" in [piece.words for piece in shown if piece.marked]
    cut = words.removesuffix("…")
    assert cut in f"{text} repas {text}"
    longest = max(len(word) for word in f"{text} repas".split(" "))
    assert len(cut) <= most + 2 * longest + 2 or len(cut) == len(f"{text} repas {text}")


def test_around_the_mark_a_long_sentence_is_one_line() -> None:
    text = "Le service aide les familles de toute la commune et donne aussi un repas chaud aux enfants le mercredi."
    words = "".join(piece.words for piece in around_the_mark(marked(LocalText(text, "fr"), meant("repas"))))
    assert "un repas chaud" in words
    assert len(words) < 75
    assert around_the_mark(marked(LocalText("Un repas.", "fr"), meant("repas"))) == marked(
        LocalText("Un repas.", "fr"), meant("repas")
    )


def test_a_card_that_asks_gives_the_answer_too() -> None:
    asked = LocalText(
        "Vous avez des dettes\u00a0? Le CPAS fait le point avec vous. Il parle aux autres.", "fr"
    )
    assert first_sentence(asked).words == "Vous avez des dettes\u00a0? Le CPAS fait le point avec vous."
    assert first_sentence(LocalText("Un repas. Pas cher.", "fr")).words == "Un repas."
    assert first_sentence(LocalText("Hebt u schulden?", "nl")).words == "Hebt u schulden?"
