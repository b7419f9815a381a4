"""Listings by telephone number and by postal code: that one, however it is typed, and never another's."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.directory.finding import SearchQuery, find
from guide.directory.signs import HOME_AREAS, as_dialled
from guide.model import Service
from tests.running import MONDAY_MORNING


@pytest.fixture
def ask(directory: Session, vocabulary, index):
    """The keys that a query finds, best first."""

    def question(query: str, language="fr") -> list[str]:
        return [
            one.key
            for one in find(
                directory, index, vocabulary, SearchQuery(query, language, MONDAY_MORNING)
            ).services
        ]

    return question


WAYS = [
    "02 428 90 56",
    "024289056",
    "02/428.90.56",
    "02-428-90-56",
    "(02) 428 90 56",
    "+32 2 428 90 56",
    "+32 (0)2 428 90 56",
    "0032 2 428 90 56",
    "32 2 428 90 56",
    "+3224289056",
    "02\u00a0428\u00a090\u00a056",
    "０２ ４２８ ９０ ５６",
    "428 90 56",
    "02 428 90",
]


@pytest.mark.parametrize("typed", WAYS)
@pytest.mark.parametrize(
    "sentence", ["{}", "c’est qui {}", "van wie is het nummer {} ?", "tél. {}, rue Léopold 12"]
)
def test_a_number_finds_its_listing_alone_however_it_is_typed(ask, typed: str, sentence: str) -> None:
    assert ask(sentence.format(typed)) == ["centre-entraide-jette"]


@pytest.mark.parametrize("typed", WAYS[:3])
def test_a_code_before_a_number_is_not_a_part_of_it(ask, typed: str) -> None:
    assert ask(f"1090 {typed}") == ["centre-entraide-jette"]


def test_every_number_of_the_guide_finds_those_who_have_it_and_nobody_else(ask, directory: Session) -> None:
    holders: dict[str, set[str]] = {}
    for service in directory.scalars(select(Service).where(Service.is_public)):
        for line in service.phones:
            holders.setdefault(line.number, set()).add(service.key)
    assert len(holders) > 20
    for number, keys in holders.items():
        for typed in (number, number.replace(" ", ""), f"c’est quoi le {number.replace(' ', '.')}"):
            assert set(ask(typed)) == keys, typed


@pytest.mark.parametrize("typed", ["02 428 90 57", "0476 12 34 56", "02 209 16 36", "+33 1 22 33 44 55"])
def test_a_number_of_nobody_or_for_professionals_finds_nobody(ask, typed: str) -> None:
    assert ask(typed) == []


def test_figures_in_a_sentence_are_no_telephone_number(ask) -> None:
    assert len(ask("j’ai 107 euros pour manger ce mois-ci")) > 1
    assert ask("article 27")[0] == "article-27"
    assert "mille-jours" in ask("1000 jours")[:1]


def test_the_code_of_jette_finds_who_lies_there_or_works_for_its_people(ask, directory: Session) -> None:
    found = set(ask("1090"))
    assert "cpas-jette" in found
    for service in directory.scalars(select(Service).where(Service.key.in_(found))):
        at_home = service.service_area is not None and service.service_area.key in HOME_AREAS
        assert at_home or "1090" in {place.postal_code for place in service.places}, service.key


def test_another_code_of_the_region_finds_who_lies_there_then_who_serves_everybody(ask) -> None:
    assert ask("1070")[0] == "doucheflux"
    found = ask("1081")
    assert found
    assert not {"cpas-jette", "commune-jette", "velotheque-jette"} & set(found)
    assert ask("2000") == []


def test_a_code_beside_other_words_only_orders_the_answers(ask) -> None:
    assert set(ask("vélo 1090")) == set(ask("vélo"))
    assert ask("vélo 1090")[0] == "velotheque-jette"


@pytest.mark.parametrize(
    ("written", "figures"),
    [
        ("+32 (0)488 88 06 96", "0488880696"),
        ("0800/35.123", "080035123"),
        ("116 000", "116000"),
        ("107", "107"),
        ("+33 1 22 33 44 55", "0033122334455"),
        ("٠٢ ٤٢٨ ٩٠ ٥٦", "024289056"),
    ],
)
def test_figures_are_those_one_dials_in_belgium(written: str, figures: str) -> None:
    assert as_dialled(written) == figures
