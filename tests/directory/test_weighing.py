"""What a query asks for, apart from the words that carry it; what is named stands first, what is unsure last."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from guide.directory.finding import PAGE_SIZE, Found, SearchQuery, find
from guide.languages import LANGUAGES, Language
from tests.running import MONDAY_MORNING

MOST_RESULTS, USUAL_RESULTS = 48, 20
"""Of 94: the most for a sentence that names several needs, and the mean of all."""


@pytest.fixture
def ask(directory: Session, vocabulary, index):
    def question(query: str, language: Language = "fr", page: int = 1) -> Found:
        return find(directory, index, vocabulary, SearchQuery(query, language, MONDAY_MORNING, page=page))

    return question


def keys(found: Found) -> list[str]:
    return [one.key for one in found.services]


def sentences(language: Language) -> list[tuple[str, set[str]]]:
    text = (Path(__file__).parent / f"sentences_{language}.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines()]
    return [(sentence, set(expected.split(","))) for sentence, expected in rows]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("half", [slice(0, 20), slice(20, 40)], ids=["looked at", "not looked at"])
def test_a_sentence_finds_what_it_asks_for(ask, language: Language, half: slice) -> None:
    weak, score = [], 0.0
    for sentence, expected in sentences(language)[half]:
        found = ask(sentence, language)
        places = [place for place, key in enumerate(keys(found)[:10], 1) if key in expected]
        score += 1 / places[0] if places else 0
        if places[:1] != [1]:
            weak.append(f"{sentence}: {keys(found)[:5]}")
    assert score / 20 >= 0.85, "\n".join(weak)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("fr", "quel est le numéro de téléphone de la maison communale"),
        ("fr", "bonjour, pouvez-vous me donner l’adresse de la commune svp"),
        ("nl", "wat is het telefoonnummer van het gemeentehuis"),
        ("nl", "kunt u mij het adres van de gemeente geven alstublieft"),
    ],
)
def test_words_that_carry_the_question_make_no_results(ask, language: Language, sentence: str) -> None:
    found = ask(sentence, language)
    assert keys(found)[0] == "commune-jette"
    assert found.services[0].phones
    assert found.total <= 10
    assert found.understanding.corrected is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_do_not_match_everything(ask, language: Language) -> None:
    totals = [ask(sentence, language).total for sentence, _ in sentences(language)]
    assert max(totals) <= MOST_RESULTS
    assert sum(totals) / len(totals) <= USUAL_RESULTS


@pytest.mark.parametrize(
    "query", ["téléphone", "adresse", "numéro", "horaire", "je cherche un numéro de téléphone"]
)
def test_a_query_of_nothing_but_such_words_is_still_searched(ask, query: str) -> None:
    assert ask(query).understanding.clauses


@pytest.mark.parametrize(
    ("language", "query", "first"),
    [
        ("fr", "AMO", "amo-jette"),
        ("fr", "PEF", "pef"),
        ("fr", "AIS", "ais-jette"),
        ("fr", "CPAS", "cpas-jette"),
        ("nl", "OCMW", "cpas-jette"),
        ("fr", "c’est quoi l’ALE", "ale-jette"),
        ("nl", "wat is PWA", "ale-jette"),
        ("fr", "EPN", "epn-jette"),
        ("fr", "viva", "viva-jette"),
        ("fr", "Actiris", "actiris-jette"),
        ("fr", "fiche-relais", "fiche-relais"),
        ("fr", "fiche relais", "fiche-relais"),
        ("nl", "doorverwijsfiche", "fiche-relais"),
        ("fr", "l’ange gardien", "ange-gardien"),
        ("fr", "1733", "medecin-garde-1733"),
        ("fr", "médecin de garde", "medecin-garde-1733"),
        ("nl", "dokter van wacht", "medecin-garde-1733"),
        ("nl", "wachtdokter", "medecin-garde-1733"),
        ("fr", "child focus", "child-focus"),
        ("fr", "116 000", "child-focus"),
        ("fr", "centre antipoisons", "centre-antipoisons"),
        ("nl", "antigifcentrum", "centre-antipoisons"),
        ("fr", "card stop", "card-stop"),
        ("nl", "bankkaart gestolen", "card-stop"),
        ("fr", "112", "urgence-112"),
        ("fr", "107", "tele-accueil-107"),
    ],
)
def test_a_service_asked_for_by_its_name_stands_first(ask, language, query, first) -> None:
    assert keys(ask(query, language))[0] == first


@pytest.mark.parametrize(("language", "query"), [("fr", "avocat gratuit"), ("nl", "gratis advocaat")])
def test_a_price_alone_makes_no_result(ask, language: Language, query: str) -> None:
    found = keys(ask(query, language))
    assert found[0] == "cpas-service-social"
    assert not {"prevention-suicide", "zelfmoordlijn-1813"} & set(found)


@pytest.mark.parametrize(
    ("language", "query"),
    [
        ("fr", "j’ai faim"),
        ("nl", "goedkoop eten"),
        ("fr", "restaurant social"),
        ("nl", "sociaal restaurant"),
        ("fr", "aide aux jeunes en difficulté"),
        ("fr", "gérer son budget"),
        ("fr", "ordinateur gratuit"),
        ("fr", "logement"),
    ],
)
def test_what_may_not_exist_stands_last_and_apart(ask, language: Language, query: str) -> None:
    found = ask(query, language)
    order = keys(found)
    assert found.uncertain.isdisjoint(order[: min(3, len(order) - len(found.uncertain))])
    assert [key in found.uncertain for key in order] == sorted(key in found.uncertain for key in order)
    for service in found.services:
        unsure = service.state != "existing" or service.key == "ange-gardien"
        assert unsure == (service.key in found.uncertain), service.key


def test_what_may_not_exist_is_no_doubt_when_its_name_is_asked_for(ask) -> None:
    found = ask("AMO")
    assert keys(found)[0] == "amo-jette"
    assert "amo-jette" not in found.uncertain


def test_the_numbers_of_the_pages_go_on_where_the_doubtful_begin(ask) -> None:
    pages = [ask("", page=number) for number in range(1, ask("").pages + 1)]
    listed = [key for page in pages for key in keys(page)]
    doubtful = {key for page in pages for key in page.uncertain}
    assert len(listed) == len(set(listed)) == pages[0].total > PAGE_SIZE
    assert set(listed[-len(doubtful) :]) == doubtful


def test_of_what_helps_alike_what_can_be_called_comes_first(ask) -> None:
    for query, language in (("j’ai faim", "fr"), ("ik heb honger", "nl")):
        found = ask(query, language)
        order = keys(found)
        assert found.services[0].phones
        assert order.index("cpas-jette") < order.index("foodtruck-solidaire")
