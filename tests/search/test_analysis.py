"""French and Dutch words met in the field, and any text at all."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guide.search import analysis, wordlists
from guide.search.analysis import compound_parts, fold, stem_word, term_groups, terms, words, written_words

ANY_TEXT = st.text(st.characters(), max_size=200)  # lone surrogates included
LANGUAGES = st.sampled_from(["fr", "nl"])


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Œuvre d’été", "oeuvre d'ete"),
        ("Straße ÆØÅ Ł", "strasse aeoa l"),
        ("e\u0301te\u0301", "ete"),
        ("ＡＢＣ ﬁn", "abc fin"),
        ("١١٢ العربيّة", "112 العربية"),
        ("Ёлка", "елка"),
        ("한국", "한국"),
        ("a\0b\u200bc\ud800d\u00a0e", "abcd e"),
    ],
)
def test_letters_are_folded(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("L’aide d'urgence", "fr", ["aide", "urgence"]),
        ("jusqu'à lorsqu'on puisqu'il qu'est-ce", "fr", ["a", "on", "il", "est", "ce"]),
        ("aujourd'hui, d'aujourd’hui", "fr", ["aujourd'hui", "aujourd'hui"]),
        ("C.P.A.S. de Jette", "fr", ["cpas", "de", "jette"]),
        ("a.s.b.l", "fr", ["asbl"]),
        ("112 ou 0800/35.550", "fr", ["112", "ou", "0800", "35", "550"]),
        ("prud'hommes", "fr", ["prud", "hommes"]),
        ("sans-abri", "fr", ["sans", "abri"]),
        ("foto's van L’Ange", "nl", ["foto", "van", "ange"]),
        ("O.C.M.W.", "nl", ["ocmw"]),
        ("", "nl", []),
        ("'.'-_", "nl", []),
    ],
)
def test_words_are_cut_as_people_write_them(text, language, expected):
    assert words(text, language) == expected


@pytest.mark.parametrize(
    "forms",
    [
        "loyer loyers", "logement logements", "animal animaux", "journal journaux", "bateau bateaux",
        "jeu jeux", "travail travaux", "social sociale sociaux sociales", "dette dettes", "école écoles",
        "étranger étrangers", "papier papiers", "impayé impayés impayée impayées", "facture factures",
        "aîné aînés", "vêtement vêtements", "tuyau tuyaux", "crèche crèches", "vélo vélos", "cours cours",
    ],
)  # fmt: skip
def test_french_singular_and_plural_meet(forms):
    assert len({stem_word(fold(form), "fr") for form in forms.split()}) == 1


@pytest.mark.parametrize(
    "forms",
    [
        "fiets fietsen", "klas klassen", "les lessen", "huis huizen", "brief brieven", "kind kinderen",
        "schuld schulden", "was wassen", "werkloos werklozen", "dakloos daklozen", "ouder ouders",
        "rekening rekeningen", "centrum centra", "prijs prijzen", "huur huren", "advies adviezen",
        "taal talen", "bed bedden", "sociaal sociale", "man mannen", "school scholen", "baby baby's",
    ],
)  # fmt: skip
def test_dutch_singular_and_plural_meet(forms):
    assert len({terms(form, "nl", split=False)[0] for form in forms.split()}) == 1


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [("loyer", "loi", "fr"), ("cours", "cour", "fr"), ("sans", "sante", "fr"), ("mois", "moi", "fr"),
     ("rekening", "rek", "nl"), ("lezen", "les", "nl")],
)  # fmt: skip
def test_different_words_do_not_meet(one, other, language):
    assert stem_word(one, language) != stem_word(other, language)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("plus de toit", "fr", ["toit"]),
        ("sans abri", "fr", ["sans", "abri"]),
        ("je n'ai plus rien à manger", "fr", ["mang"]),
        ("été", "fr", ["ete"]),
        ("was doen", "nl", ["was"]),
        ("geen dak", "nl", ["dak"]),
        ("zonder papieren", "nl", ["zonder", "papier"]),
        ("niets te eten", "nl", ["eten"]),
    ],
)
def test_stop_words_leave_what_was_asked(text, language, expected):
    assert terms(text, language) == expected


@pytest.mark.parametrize(
    ("compound", "apart"),
    [
        ("schuldbemiddeling", "schuld bemiddeling"),
        ("kinderfiets", "kind fiets"),
        ("kinderfietsen", "kinderen fietsen"),
        ("huurwaarborg", "huur waarborg"),
        ("voedselpakketten", "voedsel pakket"),
        ("huiswerkklas", "huiswerk klas"),
        ("energierekening", "energie rekening"),
        ("dagcentrum", "dag centrum"),
        ("wijkgezondheidscentrum", "wijk gezondheid centrum"),
        ("maaltijdbedeling", "maaltijd bedeling"),
        ("daklozenopvang", "daklozen opvang"),
    ],
)
def test_a_dutch_compound_meets_its_parts(compound, apart):
    stem, *parts = terms(compound, "nl")
    assert stem == stem_word(compound, "nl")
    assert parts == terms(apart, "nl")
    assert terms(compound, "nl", split=False) == [stem]


@pytest.mark.parametrize(
    "word", ["ziekenhuis", "gemeentehuis", "huis", "partner", "kinderen", "dagen", "112"]
)
def test_other_dutch_words_stay_whole(word):
    assert compound_parts(word) == ()


def test_a_group_of_terms_is_one_word_of_the_person():
    assert term_groups("de kinderfiets betalen", "nl") == [("kinderfiet", "kind", "fiet"), ("betal",)]
    assert term_groups("kinderfiets", "fr") == [("kinderfiet",)]


def test_an_unknown_language_is_refused():
    for function in (words, terms, stem_word):
        with pytest.raises(ValueError, match="fr"):
            function("mot", "en")


@given(ANY_TEXT, LANGUAGES)
def test_any_text_gives_words_that_an_index_accepts(text, language):
    for word in words(text, language):
        assert 0 < len(word) <= analysis.MAX_WORD_LENGTH
        assert word == fold(word)
        word.encode()
    for term in terms(text, language):
        assert term
        term.encode()


@given(ANY_TEXT)
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(ANY_TEXT, LANGUAGES)
def test_parts_come_beside_the_stems_and_never_instead(text, language):
    groups = term_groups(text, language)
    assert [group[0] for group in groups] == terms(text, language, split=False)
    assert [term for group in groups for term in group] == terms(text, language)


@pytest.mark.control("C25")
@pytest.mark.parametrize(
    "piece", ["a", "a.", "l'", "'", ".", "é", "\u0301\u0323", "kinder", "was", "\0", "ﷺ", "1", "a b ", "-"]
)
@pytest.mark.parametrize("language", ["fr", "nl"])
def test_fifty_thousand_characters_are_no_trouble(piece, language):
    text = (piece * 50_000)[:50_000]
    assert all(len(word) <= analysis.MAX_WORD_LENGTH for word in words(text, language))
    terms(text, language)


def test_stems_are_the_same_in_every_thread():
    listed = [f"{start}{end}" for start in wordlists.DUTCH_PARTS for end in ("en", "s", "je")]
    with ThreadPoolExecutor(8) as pool:
        rounds = list(pool.map(lambda _: [analysis._dutch_stem(word) for word in listed], range(8)))
    assert all(stems == rounds[0] for stems in rounds)


def test_the_version_is_the_same_in_another_process_and_follows_the_lists(monkeypatch):
    code = "from guide.search.analysis import ANALYSIS_VERSION; print(ANALYSIS_VERSION)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == analysis.ANALYSIS_VERSION
    monkeypatch.setattr(wordlists, "DUTCH_PARTS", wordlists.DUTCH_PARTS | {"nieuw"})
    assert analysis._digest() != analysis.ANALYSIS_VERSION


def test_lists_are_folded_already():
    listed = [*wordlists.STOP_WORDS["fr"], *wordlists.STOP_WORDS["nl"], *wordlists.DUTCH_PARTS]
    listed += [*wordlists.FRENCH_OWN_STEM, *wordlists.FRENCH_IRREGULAR, *wordlists.DUTCH_IRREGULAR]
    assert [word for word in listed if fold(word) != word] == []
    assert not {"was", "les", "arm"} & wordlists.STOP_WORDS["nl"]
    assert not {"sans", "ete"} & wordlists.STOP_WORDS["fr"]


@pytest.mark.parametrize(
    "text",
    [
        *[
            "L’école d’été",
            "e\u0301cole",
            "médi\u00adation",
            "İzmir",
            "مُحَمَّد والعربيّة",
            "foto’s van C.P.A.S.",
            "Œuvre",
        ],
        *["a\u200bb c\nd", "क्षेत्र"],
    ],
)
@pytest.mark.parametrize("language", ["fr", "nl"])
def test_written_words_are_those_of_the_index_with_their_accents(
    text: str, language: analysis.Language
) -> None:
    assert [fold(word) for word in written_words(text, language)] == words(text, language)
