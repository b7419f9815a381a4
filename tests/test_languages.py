"""One text in two languages: the reader's own, else the other, and it says so."""

import pytest

from guide.languages import LANGUAGES, Bilingual, LocalText, other


def test_a_text_in_both_languages_is_read_in_the_readers_own() -> None:
    text = Bilingual("soupe", "soep")
    assert text.localized("fr") == LocalText("soupe", "fr")
    assert text.localized("nl") == LocalText("soep", "nl")


@pytest.mark.parametrize(
    ("text", "reader", "words", "lang"),
    [
        (Bilingual("soupe"), "nl", "soupe", "fr"),
        (Bilingual(nl="soep"), "fr", "soep", "nl"),
        (Bilingual("soupe", ""), "nl", "soupe", "fr"),
    ],
)
def test_a_missing_side_falls_back_and_says_so(text, reader, words, lang) -> None:
    assert text.localized(reader) == LocalText(words, lang, fell_back=True)


@pytest.mark.parametrize("reader", LANGUAGES)
def test_a_text_that_nobody_wrote_is_empty_and_fell_back_to_nothing(reader) -> None:
    found = Bilingual().localized(reader)
    assert not found
    assert str(found) == ""
    assert found.lang == reader
    assert not found.fell_back


def test_the_sides_that_are_written_come_french_first() -> None:
    assert dict(Bilingual("soupe", "soep")) == {"fr": "soupe", "nl": "soep"}
    assert list(Bilingual(nl="soep")) == [("nl", "soep")]
    assert list(Bilingual("", None)) == []


def test_a_text_is_true_when_one_side_is_written() -> None:
    assert Bilingual("soupe")
    assert Bilingual(nl="soep")
    assert not Bilingual()
    assert not Bilingual("", "")


def test_neither_language_is_the_source_of_the_other() -> None:
    assert [other(language) for language in LANGUAGES] == ["nl", "fr"]
    assert Bilingual("soupe").has("fr")
    assert not Bilingual("soupe").has("nl")
    assert Bilingual("soupe").side("nl") is None
