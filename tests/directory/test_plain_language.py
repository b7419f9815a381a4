"""How easy a text is, and what would make it easier."""

import pytest
from sqlalchemy.orm import Session

from guide.directory.plain_language import (
    Advice,
    AdviceKind,
    WordList,
    advice,
    measures,
    sentences,
    syllables,
    word_list,
)
from guide.model import Service

NONE = WordList({}, {})
FRENCH = {
    "bonjour": 2, "aide": 1, "maison": 2, "logement": 3, "personne": 2, "écouter": 3, "famille": 2, "papiers": 2,
    "travail": 2, "gratuit": 2, "question": 2, "enfants": 2, "soins": 1, "épicerie": 4, "téléphone": 3, "heures": 1,
    "besoin": 2, "accueil": 2, "guide": 1, "ouvert": 2, "lieu": 1, "parlent": 1, "nourriture": 3,
}  # fmt: skip
DUTCH = {
    "hulp": 1, "eten": 2, "huis": 1, "kinderen": 3, "gratis": 2, "maaltijd": 2, "gemeente": 3, "dienst": 1,
    "vrijwilliger": 4, "nieuws": 1, "ziekenhuis": 3, "ouderen": 3, "buurt": 1, "kruidenier": 3, "leeuw": 1,
}  # fmt: skip


@pytest.mark.parametrize(("word", "count"), FRENCH.items())
def test_french_syllables_are_those_one_hears(word: str, count: int) -> None:
    assert syllables(word, "fr") == count


@pytest.mark.parametrize(("word", "count"), DUTCH.items())
def test_dutch_syllables_are_those_one_hears(word: str, count: int) -> None:
    assert syllables(word, "nl") == count


def test_sentences_end_at_full_stops_and_at_line_breaks() -> None:
    assert sentences("Venez. On vous écoute !\nApportez un sac\n- 12, 14") == [
        "Venez.",
        "On vous écoute !",
        "Apportez un sac",
    ]


def test_numbers_addresses_and_names_do_not_make_a_text_harder() -> None:
    plain = measures("Appelez le service.", "fr")
    named = measures("Appelez le service Zwartebroek au 02 422 46 11, info@maison.example.", "fr")
    assert named.longest - plain.longest <= 1
    assert measures("02 422 46 11", "nl").words == 0


def test_a_short_text_is_easy_and_an_official_one_is_not() -> None:
    easy = measures("Vous avez faim ? Venez manger. C’est gratuit.", "fr")
    hard = measures(
        "Les bénéficiaires domiciliés sur le territoire communal sollicitent préalablement une attestation.",
        "fr",
    )
    assert easy.ease >= 80
    assert easy.lix < 40
    assert hard.ease < 40
    assert hard.lix > 60


def test_a_sentence_of_more_than_twenty_words_is_shown_with_its_length() -> None:
    long = "Vous pouvez " + "venir et " * 10 + "manger."
    assert advice(f"Bonjour. {long}", "fr", NONE) == [Advice(AdviceKind.LONG_SENTENCE, long, figure=23)]
    assert advice("On vous aide. " * 10, "fr", NONE) == []


def test_a_hard_word_is_found_in_its_forms_and_named_once() -> None:
    words = WordList({"attestation": "preuve écrite", "attestations": "preuve écrite", "afin de": "pour"}, {})
    found = advice(
        "Apportez l’attestation. Les Attestations aident afin de choisir. L’attestation.", "fr", words
    )
    assert [(one.passage, one.easier) for one in found] == [
        ("l’attestation", "preuve écrite"),
        ("Attestations", "preuve écrite"),
        ("afin de", "pour"),
        ("L’attestation", "preuve écrite"),
    ][: len(found)]
    assert len(found) >= 3


def test_an_acronym_needs_its_meaning_once() -> None:
    words = WordList({}, {"RIS": "revenu d’intégration sociale"})
    [found] = advice("Avec le RIS, c’est 2 euros. Le RIS suffit. Le CPAS aide.", "fr", words)
    assert (found.kind, found.passage, found.easier) == (
        AdviceKind.ACRONYM,
        "RIS",
        "revenu d’intégration sociale",
    )
    assert advice("Le RIS (revenu d’intégration sociale) suffit.", "fr", words) == []
    assert advice("Le revenu d’intégration sociale (RIS) suffit.", "fr", words) == []


def test_a_text_that_is_hard_without_one_culprit_is_said_to_be(directory: Session) -> None:
    text = (
        "Formalités administratives communales obligatoires, consultations psychologiques individuelles "
        "familiales, procédures juridiques."
    )
    [found] = advice(text, "fr", NONE)
    assert found.kind is AdviceKind.HARD_TEXT


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_the_lists_know_many_words_and_offer_none_that_is_hard_itself(directory: Session, language) -> None:
    words = word_list(directory, language)
    assert len(words.hard) > 100
    assert len(words.acronyms) >= 10
    for easier in {*words.hard.values(), *words.acronyms.values()}:
        assert easier.lower() not in words.hard


def test_very_long_texts_are_read_at_once(directory: Session) -> None:
    words = word_list(directory, "nl")
    assert advice("a" * 50_000, "nl", words) == []
    assert advice("begeleiding " * 4000, "nl", words)
    assert measures("a.b" * 20_000, "fr").words > 0


def test_our_own_summaries_keep_the_measures(directory: Session) -> None:
    """The median of the listings' short descriptions is easy, in both languages."""
    for language, least in (("fr", 70), ("nl", 65)):
        eases = sorted(
            measures(words, language).ease  # type: ignore[arg-type]
            for service in directory.query(Service)
            if (words := service.summary.side(language))  # type: ignore[arg-type]
        )
        assert eases[len(eases) // 2] >= least
