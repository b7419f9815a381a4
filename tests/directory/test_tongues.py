"""Other languages: every sentence of their page finds its need, every crisis sentence its panel, from both sides."""

import unicodedata
from typing import Any

import pytest

from guide.directory.tongues import is_in_other_script, language_name_in, spoken_in
from guide.directory.understanding import Understanding, understand
from guide.directory.urgent import PANEL_OF_NEED
from guide.directory.vocabulary import Lexicon
from guide.languages import LANGUAGES, Language
from guide.search.memory_engine import MemoryEngine
from tests.data_files import data_file

TONGUES: list[dict[str, Any]] = data_file("other_languages.yaml")
CRISES = [record["key"] for record in data_file("crises.yaml")]


def spellings(sentence: str) -> set[str]:
    """A sentence as it stands, in small letters, without its last point, without accents, and all of these."""
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", sentence) if not unicodedata.combining(letter)
    )
    plain = plain.replace("ł", "l").replace("ı", "i")
    small = sentence.lower().rstrip(".")
    return {sentence, sentence.lower(), sentence.rstrip("."), plain, plain.lower().rstrip("."), small}


def each_sentence() -> list[tuple[str, str | None, str | None, str]]:
    """(language, need, crisis, sentence) of the whole file."""
    found: list[tuple[str, str | None, str | None, str]] = []
    for tongue in TONGUES:
        found += [
            (tongue["code"], key, PANEL_OF_NEED.get(key), words) for key, words in tongue["needs"].items()
        ]
        found += [
            (tongue["code"], None, told["crisis"], words)
            for told in tongue["crises"]
            for words in told["says"]
        ]
    return found


@pytest.fixture
def ask(vocabulary: Lexicon, index: MemoryEngine):
    def meant(query: str, side: Language) -> Understanding:
        return understand(query, side, vocabulary, index)

    return meant


def test_ten_languages_have_the_main_needs_and_a_panel_for_every_crisis() -> None:
    assert [tongue["code"] for tongue in TONGUES] == [
        "en",
        "ar",
        "tr",
        "es",
        "pt",
        "pl",
        "ro",
        "uk",
        "ru",
        "it",
    ]
    for tongue in TONGUES:
        assert len(tongue["needs"]) == 8
        assert {told["crisis"] for told in tongue["crises"]} == set(CRISES), tongue["code"]


@pytest.mark.parametrize("side", LANGUAGES)
def test_every_sentence_finds_its_need_its_panel_and_its_language(ask, side: Language) -> None:
    lost = []
    for code, need, crisis, sentence in each_sentence():
        for spelling in spellings(sentence):
            meant = ask(spelling, side)
            if (
                (need and need not in meant.needs[:1])
                or (crisis and crisis not in meant.crises[:1])
                or (not crisis and meant.crises)
                or meant.spoken != code
            ):
                lost.append((code, need, crisis, spelling, meant.needs, meant.crises, meant.spoken))
    assert not lost, "\n".join(map(str, lost))


@pytest.mark.parametrize("side", LANGUAGES)
def test_a_sentence_is_heard_among_other_words(ask, side: Language) -> None:
    assert ask("hello please I want to die tonight", side).crises == ("suicide",)
    assert ask("salam, أريد أن أموت الآن", side).crises == ("suicide",)
    assert "faim" in ask("proszę o pomoc nie mam co jeść", side).needs


@pytest.mark.parametrize("side", LANGUAGES)
def test_what_tells_of_danger_is_not_repeated_on_the_page(ask, side: Language) -> None:
    for _, _, crisis, sentence in each_sentence():
        if crisis:
            assert ask(sentence, side).holds_hidden_words, sentence


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("أين أجد طبيب أسنان", "ar"),
        ("де знайти стоматолога і ліки", "uk"),
        ("где купить лекарства, ещё вопрос", "ru"),
        ("молоко", ""),  # the same word in both
        ("سلام، دکتر می‌خواهم", ""),  # Persian: the page has none of it
        ("CPAS أين", ""),
        ("médecin", ""),
        ("", ""),
    ],
)
def test_letters_tell_the_language_where_they_are_of_one_only(query: str, code: str) -> None:
    assert spoken_in(query, []) == code


def test_a_query_in_other_letters_is_seen_as_such() -> None:
    assert is_in_other_script("молоко")
    assert is_in_other_script("ምግብ")
    assert is_in_other_script("CPAS أين أجد")
    assert not is_in_other_script("où est le CPAS")
    assert not is_in_other_script("łóżko")
    assert not is_in_other_script("112")
    assert not is_in_other_script("")


def test_the_names_of_languages_are_said_in_each_other_language() -> None:
    assert language_name_in("fr", "en") == "French"
    assert language_name_in("nl", "uk") == "нідерландська"
    assert language_name_in("xx", "ar") == "xx"
    for tongue in TONGUES:
        for code in ("fr", "nl", "de", "en"):
            assert language_name_in(code, tongue["code"]) != code
