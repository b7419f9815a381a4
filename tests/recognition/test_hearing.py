"""What is heard of sentences that nothing was trained with, and of the kinds that once were missed."""

import pytest

from guide.languages import LANGUAGES, Language
from guide.recognition import quality, sentences
from guide.recognition.hearing import CALM, METHOD, UNSURE, Heard, hearing
from guide.recognition.sentences import Sentence


@pytest.fixture(scope="module")
def unseen() -> list[tuple[Sentence, Heard]]:
    """Every unseen sentence, with what is heard of it."""
    return [(one, hearing().dangers(one.text)) for one in sentences.sentences("unseen_*")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_dangers_never_read_before_are_heard(
    unseen: list[tuple[Sentence, Heard]], language: Language
) -> None:
    measured = quality.measure([pair for pair in unseen if pair[0].language == language])
    assert measured.dangers >= 300
    assert measured.calm >= 600
    assert quality.reaches(measured, quality.GOALS), str(measured)


def test_dangers_are_heard_in_ten_other_languages(unseen: list[tuple[Sentence, Heard]]) -> None:
    others = [pair for pair in unseen if pair[0].language not in LANGUAGES]
    assert len({pair[0].language for pair in others}) == 10
    measured = quality.measure(others)
    assert quality.reaches(measured, quality.GOALS_IN_OTHER_LANGUAGES), str(measured)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_language_of_a_sentence_is_heard(
    unseen: list[tuple[Sentence, Heard]], language: Language
) -> None:
    own = [one.text for one, _ in unseen if one.language == language]
    heard = [hearing().language(text)[0] for text in own]
    assert heard.count(language) >= 0.99 * len(own)


def test_no_unseen_sentence_was_trained_with() -> None:
    trained = {one.text.casefold() for name in ("crises", "needs") for one in sentences.sentences(name)}
    seen = [one.text for one in sentences.sentences("unseen_*") if one.text.casefold() in trained]
    assert seen == []


@pytest.mark.parametrize("name", ["crises", "needs", "languages"])
def test_each_model_was_trained_from_the_sentences_that_stand_here(name: str) -> None:
    model, files = next((model, files) for told, model, files in hearing().models() if told == name)
    assert model.trained_on == sentences.digest(*files)


def test_every_label_is_a_panel_or_one_of_three_that_are_none(crisis_keys: set[str]) -> None:
    assert set(hearing().crises.labels) == crisis_keys | {CALM, UNSURE, METHOD}


@pytest.mark.parametrize(
    ("text", "danger"),
    [
        ("ma sœur parle de se suicider", "worry"),
        ("mijn broer zegt dat hij zichzelf iets gaat aandoen", "worry"),
        ("jvx plu vivre", "suicide"),
        ("kheb genoeg van t leven", "suicide"),
        ("mijne vent geeft mij slagen", "violence"),
        ("je vais tuer mon mari", "own-violence"),
        ("on n’a rien mangé depuis deux jours", "hunger"),
        ("someone is hurting me", "violence"),
    ],
)
def test_kinds_that_once_were_missed_are_heard(text: str, danger: str) -> None:
    assert danger in hearing().dangers(text).dangers


@pytest.mark.parametrize(
    "text",
    [
        *["violon", "geweldig weer", "coupe de cheveux", "on m’a coupé le chômage", "sauter à la corde"],
        *["touwtje springen", "tuer le temps", "doodmoe", "saut en parachute"],
    ],
)
def test_words_of_danger_without_danger_have_no_panel(text: str) -> None:
    assert hearing().dangers(text).dangers == ()


@pytest.mark.parametrize(
    "text", ["comment mourir sans souffrir", "how to kill myself", "hoe zelfmoord plegen"]
)
def test_a_means_that_is_heard_beside_the_wish_to_die_is_what_is_heard(text: str) -> None:
    assert hearing().dangers(text).dangers == (METHOD,)


def test_features_that_are_known_already_are_heard_the_same() -> None:
    text = "mijne vent geeft mij slagen"
    assert hearing().dangers(text, hearing().features.of(text)) == hearing().dangers(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00" * 100_000,
        "a" * 100_000,
        "je " * 50_000,
        "e" + "\u0301" * 100_000,
        "\ud800" * 1000,
        "\u202e😀\x07",
    ],
)
def test_whatever_is_said_is_heard_without_an_error(text: str) -> None:
    counted = hearing().features.of(text)
    assert len(counted) < 10_000
    assert not hearing().dangers(text, counted).dangers
    assert hearing().needed(counted)
    assert hearing().language(text)
