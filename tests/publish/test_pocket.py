"""The guide to keep on a telephone: what is in it, what never is, and the words it is found by."""

import json
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.directory.vocabulary import lexicon
from guide.languages import LANGUAGES, Language
from guide.model import Service, ServiceState, Visibility, WordGroup
from guide.publish.pocket import pocket
from guide.search import analysis
from tests import factories
from tests.running import MONDAY_MORNING


def kept(session: Session, lang: Language) -> dict[str, Any]:
    found = pocket(
        session,
        lexicon(session),
        lang,
        MONDAY_MORNING.date(),
        lambda service: f"/{service.key}",
        lambda n: f"tel:{n}",
    )
    again: dict[str, Any] = json.loads(json.dumps(found))
    return again


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_public_service_is_in_it_but_the_sensitive_ones(directory: Session, lang: Language) -> None:
    paths = {one["path"] for one in kept(directory, lang)["services"]}
    every = directory.scalars(select(Service).where(Service.visibility == Visibility.PUBLIC)).all()
    assert paths == {f"/{service.key}" for service in every if not service.sensitive}
    assert any(service.sensitive for service in every)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_service_turns_up_once_it_is_sensitive_or_for_professionals(
    directory: Session, lang: Language
) -> None:
    directory.scalars(select(Service).where(Service.key == "resto-jet")).one().sensitive = True
    directory.scalars(select(Service).where(Service.key == "caba-jette")).one().visibility = next(
        value for value in Visibility if value is not Visibility.PUBLIC
    )
    factories.as_committed(directory)
    paths = {one["path"] for one in kept(directory, lang)["services"]}
    assert not {"/resto-jet", "/caba-jette"} & paths


def test_a_service_brings_its_number_its_facts_and_its_terms(directory: Session) -> None:
    cpas = next(one for one in kept(directory, "fr")["services"] if one["path"] == "/cpas-jette")
    assert cpas["phones"][0][1] == "tel:02 422 46 11"
    questions = [question for question, _ in cpas["facts"]]
    assert "Quand ?" in questions
    assert "Où ?" in questions
    assert cpas["terms"]["aide-sociale"] == 6
    assert not [lines for _, lines in cpas["facts"] if not lines or "Rien n’est écrit ici." in lines]


def test_what_does_not_exist_has_no_number_and_says_so(directory: Session) -> None:
    every = directory.scalars(select(Service).where(Service.state == ServiceState.ANNOUNCED)).all()
    announced = {f"/{service.key}" for service in every}
    shown = [one for one in kept(directory, "nl")["services"] if one["path"] in announced]
    assert shown
    assert {one["standing"] for one in shown} == {"Aangekondigd in een plan"}
    assert not [one for one in shown if one["phones"] or one["exists"]]


def test_nothing_tells_whether_it_is_open_at_this_hour(directory: Session) -> None:
    text = json.dumps(kept(directory, "fr"), ensure_ascii=False)
    assert "Ouvert, jusqu’à" not in text
    assert "Ouvre " not in text


@pytest.mark.parametrize(
    ("lang", "term", "phrase"),
    [("fr", "faim", "nourriture gratuite"), ("nl", "faim", "honger"), ("fr", "faim", "bouffe")],
)
def test_everyday_words_lead_to_a_need(directory: Session, lang: Language, term: str, phrase: str) -> None:
    found = kept(directory, lang)
    assert phrase in found["phrases"][term]
    assert term in found["terms"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_hidden_words_are_searched_and_stand_in_no_text_that_is_shown(
    directory: Session, lang: Language
) -> None:
    found = kept(directory, lang)
    searched = {phrase for phrases in found["phrases"].values() for phrase in phrases} | set(found["rows"])
    groups = directory.scalars(select(WordGroup).where(WordGroup.hidden)).all()
    hidden = {text for group in groups for text in getattr(group, lang)}
    assert hidden
    assert any(analysis.fold(text) in searched for text in hidden)
    shown = set(found["terms"].values())
    assert not shown & hidden


@pytest.mark.parametrize(("lang", "row"), [("fr", "suicide"), ("nl", "zelfmoord")])
def test_the_words_of_a_crisis_are_told_apart(directory: Session, lang: Language, row: str) -> None:
    assert row in kept(directory, lang)["rows"]
