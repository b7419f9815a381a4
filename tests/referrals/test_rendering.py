"""What a content says in words, wherever it is read."""

from dataclasses import replace
from datetime import date

import pytest

from guide.languages import Bilingual, Language
from guide.referrals import rendering
from guide.referrals.content import Content, Need, Person, Sender
from guide.referrals.labels import Medium
from guide.referrals.paper import PaperReferral
from tests import factories

NEED = Need(
    request="yes",
    tried="6-11",
    language="ar",
    interpreter=True,
    documents=("no", "unknown"),
    adults="2",
    children="0",
    children_ages=("0-2", "6-11"),
    age="65+",
    bim="unknown",
)
PERSON = Person("Bleuet", ("phone", "post"), phone="0400 00 00 99", safe="phone")
PAPER = PaperReferral(
    content=Content(Sender("Maison", "Personne", phone="02 000 00 00"), PERSON, NEED),
    theme=Bilingual("J’ai faim", "Ik heb honger"),
    urgency="this_week",
    agreed_on=date(2026, 11, 23),
    written_in="fr",
    brings=(1,),
)


def rendered(part: object, medium: Medium, lang: Language = "fr") -> dict[str, list[str]]:
    return {line.name: line.values for line in rendering.lines(part, lang, medium)}


@pytest.mark.parametrize("medium", Medium)
@pytest.mark.parametrize("lang", ["fr", "nl"])
def test_what_was_typed_stays_as_it_was_typed(medium: Medium, lang: Language) -> None:
    """Also where it looks like a value of a list of ours."""
    need, person = rendered(NEED, medium, lang), rendered(PERSON, medium, lang)
    assert (need["request"], need["tried"], need["documents"]) == (["yes"], ["6-11"], ["no", "unknown"])
    assert (person["name"], person["safe"]) == (["Bleuet"], ["phone"])


@pytest.mark.parametrize(
    ("medium", "ages", "age", "bim", "way"),
    [
        (
            Medium.ACCOUNT, ["0 à 2 ans", "6 à 11 ans"], "65 ans ou plus", "On ne le sait pas",
            "Par courrier, remis par le travailleur social",
        ),
        (
            Medium.LINK, ["0 – 2 ans", "6 – 11 ans"], "65 ans et plus", "On ne le sait pas",
            "Par courrier, remis par le travailleur social",
        ),
        (
            Medium.PAPER, ["de 0 à 2 ans", "de 6 à 11 ans"], "65 ans ou plus", "Elle ne sait pas",
            "Par courrier, que je transmets",
        ),
    ],
)  # fmt: skip
def test_a_value_is_told_as_its_place_tells_it(
    medium: Medium, ages: list[str], age: str, bim: str, way: str
) -> None:
    need = rendered(NEED, medium)
    assert (need["children_ages"], need["age"], need["bim"]) == (ages, [age], [bim])
    assert rendered(PERSON, medium)["contact"] == ["Par téléphone", way]


def test_values_that_an_older_fiche_may_hold_are_shown_as_they_are() -> None:
    old = rendered(Person(contact=("pigeon",)), Medium.ACCOUNT) | rendered(
        Need(age="grand", language="xx"), Medium.LINK
    )
    assert old == {"contact": ["pigeon"], "age": ["grand"], "language": ["xx"]}


def test_only_what_says_something_is_a_line_and_each_field_may_be_left_out() -> None:
    assert [line.name for line in rendering.lines(Sender(phone="02"), "fr", Medium.ACCOUNT)] == [
        "worker_phone"
    ]
    assert rendering.lines(Need(), "fr", Medium.PAPER) == []
    left = rendering.lines(NEED, "fr", Medium.LINK, without={"language", "interpreter"})
    assert not {line.name for line in left} & {"language", "interpreter"}
    # A household without children says so.
    assert ["0"] in [line.values for line in left if line.name == "children"]


def test_the_scope_names_the_fields_that_were_agreed_to() -> None:
    assert rendering.scope(["name", "phone", "request"], "fr") == "Prénom ou initiales, Téléphone, Sa demande"
    assert "Prénom" not in rendering.scope(PAPER.content.scope(), "nl")


def test_the_sheet_tells_papers_in_its_own_language_and_the_rest_in_the_workers() -> None:
    service = factories.service()
    service.required_documents = {"fr": ["Carte", "Titre"], "nl": ["Kaart", "Titel"]}
    facts = {fact.question: fact.lines for fact in rendering.facts(service, PAPER, "nl")}
    words = [[line.words for line in lines] for lines in facts.values()]
    assert ["Titel"] in words
    assert ["Kaart"] in words
    assert all(
        line.lang == "fr" for lines in facts.values() for line in lines if line.words in ("6-11", "phone")
    )
    silent = replace(PAPER, no_message=True)
    assert [line.lang for line in rendering.safety(silent, "nl")] == ["fr", "nl"]


def test_the_check_page_asks_again_in_the_order_of_the_form_without_what_is_empty() -> None:
    lines = rendering.check_lines(factories.service(), PAPER, "fr")
    assert [line.name for line in lines] == [
        "theme", "request", "urgency", "tried", "name", "language", "contact", "safe", "household",
        "organization", "agreed",
    ]  # fmt: skip
    assert all(value for line in lines for value in line.values)
