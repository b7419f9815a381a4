"""How easy a text is, and what would make it easier."""

import time

import pytest
from sqlalchemy.orm import Session

from guide.directory.plain_language import (
    Advice,
    AdviceKind,
    WordList,
    advice,
    easy,
    measures,
    sentences,
    word_list,
)
from guide.languages import Language
from guide.model import PlainWord, Service

NONE = WordList({}, {})


def test_sentences_end_at_full_stops_and_at_line_breaks() -> None:
    assert sentences("Venez. On vous écoute !\nApportez un sac\n- 12, 14") == [
        "Venez.",
        "On vous écoute !",
        "Apportez un sac",
    ]


def test_the_full_stop_of_an_abbreviation_ends_no_sentence() -> None:
    assert sentences("Apportez un papier, p. ex. un bail. Bien. Du pain, etc. Venez.") == [
        "Apportez un papier, p. ex. un bail.",
        "Bien.",
        "Du pain, etc.",
        "Venez.",
    ]
    assert len(sentences("Bel bijv. de dienst, enz. of kom langs.")) == 1


def test_numbers_addresses_and_names_do_not_make_a_text_harder() -> None:
    plain = measures("Appelez le service.", "fr")
    named = measures("Appelez le service Zwartebroek au 02 422 46 11, info@maison.example.", "fr")
    assert named.longest - plain.longest <= 1
    assert measures("Venez.\nRue Léopold Premier 12, 1090 Jette", "fr").words == 1
    assert measures("Kom. Wilgstraat 4. Zie ook maison.be/aide of www.huis.example", "nl").words == 4
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


def test_a_hard_word_is_found_in_its_forms_and_named_once(directory: Session) -> None:
    text = "Apportez l’attestation. Les Attestations aident afin d’entrer. Sollicitez-la, au sein du service."
    found = advice(text, "fr", word_list(directory, "fr"))
    assert [(one.passage, one.easier) for one in found] == [
        ("attestation", "preuve écrite"),
        ("afin d’", "pour"),
        ("au sein du", "dans"),
    ]
    [dutch] = advice("U moet een aanvraag indienen.", "nl", word_list(directory, "nl"))
    assert (dutch.passage, dutch.easier) == ("aanvraag indienen", "aanvragen")


def test_an_accent_makes_another_word(directory: Session) -> None:
    words = word_list(directory, "fr")
    assert advice("La visite est gratuite.", "fr", words) == []
    assert [one.easier for one in advice("La gratuité aide.", "fr", words)] == ["gratuit"]


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_every_word_of_the_list_is_found_as_it_stands_in_a_text(
    directory: Session, language: Language
) -> None:
    words = word_list(directory, language)
    for row in directory.query(PlainWord).where(PlainWord.language == language):
        for word in row.words:
            kinds = {(one.kind, one.easier) for one in advice(f"Ah {word} oh.", language, words)}
            kind = AdviceKind.ACRONYM if row.acronym else AdviceKind.HARD_WORD
            assert (kind, row.easier) in kinds, word


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
    assert advice("Le RIS (revenu d’intégration sociale) suffit.\nApportez le RIS.", "fr", words) == []
    assert [one.passage for one in advice("Le RIS (02 422 46 11) suffit.", "fr", words)] == ["RIS"]
    assert [one.passage for one in advice("Demandez l’A.L.E.", "fr", words)] == ["ALE"]


def test_shouted_lines_and_the_name_of_the_listing_are_no_acronyms() -> None:
    assert advice("ENTRÉE PAR LA COUR\nSonnez.", "fr", NONE) == []
    assert advice("CABA aide.", "fr", NONE, names="CABA Jette") == []
    assert [one.passage for one in advice("CABA aide.", "fr", NONE)] == ["CABA"]


def test_a_text_that_is_hard_without_one_culprit_is_said_to_be(directory: Session) -> None:
    text = (
        "Formalités administratives communales obligatoires, consultations psychologiques individuelles "
        "familiales, procédures juridiques."
    )
    [found] = advice(text, "fr", NONE)
    assert found == Advice(AdviceKind.HARD_TEXT, "")


def test_sentences_that_are_long_on_average_are_told_with_their_figure() -> None:
    text = "On vous aide tous les jours ici avec du pain et de la soupe. " * 3
    assert advice(text, "fr", NONE) == [Advice(AdviceKind.HARD_TEXT, "", figure=14)]


def test_what_is_too_short_to_be_measured_is_easy() -> None:
    assert easy("Iedereen.", "nl")
    assert easy("02 422 46 11", "fr")
    assert not easy(
        "Inclusieve participatiemogelijkheden voor alle anderstalige nieuwkomers en ook andere belangstellenden.",
        "nl",
    )


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_the_lists_know_many_words_and_offer_none_that_is_hard_itself(
    directory: Session, language: Language
) -> None:
    words = word_list(directory, language)
    assert len(set(words.hard.values())) > 150
    assert len(words.acronyms) >= 25
    for easier in set(words.hard.values()):
        assert not [one for one in advice(easier, language, words) if one.kind is AdviceKind.HARD_WORD]


@pytest.mark.control("C25")
@pytest.mark.parametrize(
    "text", ["a", "(AB ", "?!", "d’", "A.", "a-", "x.be ", "rue ", "straat", "M. ", "begeleiding "]
)
def test_very_long_texts_take_no_time_that_grows_faster_than_they(directory: Session, text: str) -> None:
    words = word_list(directory, "nl")
    started = time.process_time()
    advice(text * (50_000 // len(text)), "nl", words)
    assert time.process_time() - started < 10


def test_our_own_summaries_keep_the_measures(directory: Session) -> None:
    """The median of the listings' short descriptions is easy, in both languages."""
    for language, least in (("fr", 70), ("nl", 65)):
        eases = sorted(
            measures(words, language).ease  # type: ignore[arg-type]
            for service in directory.query(Service)
            if (words := service.summary.side(language))  # type: ignore[arg-type]
        )
        assert eases[len(eases) // 2] >= least
