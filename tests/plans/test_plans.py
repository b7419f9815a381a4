"""The real plans: actions in their places, their French wording as printed, links with their evidence."""

import hashlib

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.languages import LANGUAGES
from guide.model import (
    Action,
    Fulfilment,
    FulfilmentBasis,
    FulfilmentState,
    NumberStatus,
    PlanOrigin,
    Service,
    ServiceState,
    TextStatus,
)
from guide.plans.coverage import LinkStanding, link_standing
from guide.plans.queries import action_by_key, all_plans, links_of, plan_by_key

OFFICIAL = ("pas-2015-2020", "pasap-2022-2027")
DOUBTFUL = "declaration-2018-2024"
WORDING = {
    "pas-2015-2020": "6050c922456bbd65dde53e7f790b5462057599a5d5b40ace7a8fe8949aeedf06",
    "pasap-2022-2027": "311b0db23bf3e816e74e6d7d97b4d127ed6bea958093af3b0a88d4d6c6cf15f1",
    "declaration-2018-2024": "66a889c8de7fd533f4564b108493c27a527e316878afa171b86e4553c9679c51",
}
"""SHA-256 over the French texts in the plan's order, a line each: the wording of the documents themselves."""


@pytest.mark.parametrize("key", WORDING)
def test_the_french_wording_of_every_action_is_that_of_its_document(directory: Session, key: str) -> None:
    texts = [action.text.fr for action in plan_by_key(directory, key).actions if action.text.fr]
    assert hashlib.sha256("\n".join(texts).encode()).hexdigest() == WORDING[key]


@pytest.mark.parametrize(
    ("key", "actions", "held", "objectives", "themes"),
    [("pas-2015-2020", 45, 45, 27, 5), ("pasap-2022-2027", 50, 45, 0, 10), (DOUBTFUL, 21, 21, 0, 5)],
)
def test_a_plan_holds_what_its_document_holds(
    directory: Session, key, actions, held, objectives, themes
) -> None:
    plan = plan_by_key(directory, key)
    assert len(plan.actions) == actions
    assert sum(bool(action.text.fr) for action in plan.actions) == held
    assert sum(len(theme.objectives) for theme in plan.themes) == objectives
    assert len(plan.themes) == themes
    assert [theme.number for theme in plan.themes] == list(range(1, themes + 1))


def test_what_an_official_plan_declares_of_itself_is_what_we_count(directory: Session) -> None:
    for key in OFFICIAL:
        plan = plan_by_key(directory, key)
        assert plan.declared_actions in (None, len(plan.actions))
        assert plan.declared_themes in (None, len(plan.themes))


def test_the_texts_of_thirty_eight_to_forty_two_are_not_held(directory: Session) -> None:
    plan = plan_by_key(directory, "pasap-2022-2027")
    missing = [action for action in plan.actions if action.text_status is TextStatus.MISSING]
    assert [action.number for action in missing] == ["38", "39", "40", "41", "42"]
    assert {action.theme.key for action in missing} == {"sante"}
    for action in missing:
        assert not action.text
        assert action.number_status is not NumberStatus.PRINTED
    assert [action.key for action in plan.actions] == [str(number) for number in range(1, 51)]


def test_a_damaged_text_says_so_in_both_languages(directory: Session) -> None:
    damaged = directory.scalars(select(Action).where(Action.text_status == TextStatus.DAMAGED)).all()
    assert [action.reference for action in damaged] == ["pas-2015-2020/cohesion-11"]
    assert all(damaged[0].note.has(language) for language in LANGUAGES)


def test_every_held_action_reads_in_both_languages(directory: Session) -> None:
    for action in directory.scalars(select(Action).where(Action.text_status != TextStatus.MISSING)):
        assert all(action.text.has(language) for language in LANGUAGES), action.reference


def test_an_action_refers_to_a_sub_objective_that_its_theme_has(directory: Session) -> None:
    for plan in all_plans(directory):
        for action in plan.actions:
            if action.objective is not None:
                assert action.theme.sub_objective(action.objective), action.reference


def quoted(link: Fulfilment) -> list[str]:
    return [citation.quote for citation in link.citations if citation.quote]


def test_every_confirmed_link_has_its_quotation_and_those_of_a_review_have_two(directory: Session) -> None:
    state = FulfilmentState.CONFIRMED
    confirmed = directory.scalars(select(Fulfilment).where(Fulfilment.state == state)).all()
    assert confirmed
    for link in confirmed:
        needed = {FulfilmentBasis.NAMED_IN_ACTION: 1, FulfilmentBasis.NAMED_IN_REVIEW: 2}[link.basis]
        assert len(quoted(link)) >= needed, (link.service.key, link.action.reference)


def folded(text: str) -> str:
    return " ".join(text.replace("’", "'").casefold().split())


def test_a_link_named_in_its_action_quotes_the_words_of_that_action(directory: Session) -> None:
    named = FulfilmentBasis.NAMED_IN_ACTION
    for link in directory.scalars(select(Fulfilment).where(Fulfilment.basis == named)):
        objective = link.action.theme.sub_objective(link.action.objective)
        words = folded(f"{link.action.text.fr} {objective.text.fr if objective else ''}")
        quotes = quoted(link)
        assert not quotes or any(folded(quote) in words for quote in quotes), link.action.reference


def test_a_link_of_a_review_quotes_two_documents(directory: Session) -> None:
    review = FulfilmentBasis.NAMED_IN_REVIEW
    for link in directory.scalars(select(Fulfilment).where(Fulfilment.basis == review)):
        sources = {citation.source.key for citation in link.citations if citation.quote}
        assert len(sources) >= 2, (link.service.key, link.action.reference)


def test_every_link_gives_its_reason_in_both_languages(directory: Session) -> None:
    for link in directory.scalars(select(Fulfilment)):
        assert all(link.reason.has(language) for language in LANGUAGES)


def test_a_link_from_what_a_plan_only_announced_is_shown_as_announced(directory: Session) -> None:
    announced = Service.state == ServiceState.ANNOUNCED
    links = directory.scalars(select(Fulfilment).join(Service).where(announced)).all()
    assert links
    assert {link_standing(link) for link in links} == {LinkStanding.ANNOUNCED}


def test_a_plan_of_doubtful_origin_is_labelled_and_has_no_links(directory: Session) -> None:
    doubtful = [plan for plan in all_plans(directory) if plan.origin is PlanOrigin.DOUBTFUL]
    assert [plan.key for plan in doubtful] == [DOUBTFUL]
    for action in doubtful[0].actions:
        assert action.fulfilments == []
        assert action.leads_to == action.comes_from == []
    assert all(doubtful[0].note.has(language) for language in LANGUAGES)


def test_plans_come_newest_first_and_the_doubtful_one_last(directory: Session) -> None:
    assert [plan.key for plan in all_plans(directory)] == ["pasap-2022-2027", "pas-2015-2020", DOUBTFUL]


def test_an_action_is_found_by_its_plan_and_its_key_only(directory: Session) -> None:
    assert action_by_key(directory, "pas-2015-2020", "precarite-02").number == "2"
    assert action_by_key(directory, "pasap-2022-2027", "46").number == "46"
    assert action_by_key(directory, "pasap-2022-2027", "51") is None
    assert action_by_key(directory, "pas-2015-2020", "46") is None
    assert plan_by_key(directory, "no-plan") is None


def test_lineage_leads_from_the_older_plan_to_the_newer(directory: Session) -> None:
    steps = [step for plan in all_plans(directory) for action in plan.actions for step in action.leads_to]
    assert steps
    for step in steps:
        assert step.from_action.theme.plan.starts < step.to_action.theme.plan.starts
        assert step in step.to_action.comes_from


def test_a_service_tells_its_actions_newest_plan_first_refused_ones_left_out(directory: Session) -> None:
    caba = directory.scalars(select(Service).where(Service.key == "caba-jette")).one()
    links = links_of(directory, caba)
    starts = [link.action.theme.plan.starts for link in links]
    assert starts == sorted(starts, reverse=True)
    assert "pas-2015-2020/alimentation-01" in [link.action.reference for link in links]
    links[0].state = FulfilmentState.REFUSED
    directory.flush()
    assert len(links_of(directory, caba)) == len(links) - 1
