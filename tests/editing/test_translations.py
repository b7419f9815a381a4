"""Which side of a text is behind, missing or current, and that a small correction disturbs nobody."""

import pytest

from guide.audit import Edit
from guide.editing import proposals, revisions, translations
from guide.editing.listings import with_values
from guide.model import TextState
from tests.editing.conftest import NOW, Scenario


def change(scenario: Scenario, values, minor=(), drafts=()):
    record = with_values(scenario.record, values)
    return revisions.apply(
        scenario.session,
        scenario.service,
        record,
        Edit(scenario.coordinator, NOW),
        marks=translations.TextMarks(minor=minor, drafts=drafts),
    )


def test_a_substantial_change_leaves_the_other_side_behind(scenario: Scenario) -> None:
    change(scenario, {"summary.nl": "Een warme maaltijd, elke dag."})
    [side] = translations.to_translate(scenario.session, "fr")
    assert (side.path, side.state, side.words) == ("summary.fr", TextState.BEHIND, "Un repas chaud.")
    assert (side.was, side.other_text) == ("Een warme maaltijd.", "Een warme maaltijd, elke dag.")
    assert scenario.service.text_state.fr == TextState.BEHIND
    assert scenario.service.text_state.nl == TextState.CURRENT


def test_a_small_correction_leaves_the_other_side_current(scenario: Scenario) -> None:
    change(scenario, {"summary.nl": "Een warme maaltijd!"}, minor=["summary.nl"])
    assert translations.to_translate(scenario.session, "fr") == []


def test_what_is_changed_on_both_sides_is_current_on_both(scenario: Scenario) -> None:
    change(scenario, {"summary.nl": "Soep.", "summary.fr": "Soupe."})
    assert translations.to_translate(scenario.session, "fr") == []
    assert translations.to_translate(scenario.session, "nl") == []


def test_a_side_that_is_behind_is_current_again_once_it_is_written(scenario: Scenario) -> None:
    change(scenario, {"summary.nl": "Soep."})
    change(scenario, {"summary.fr": "Soupe."})
    # The French was brought up to the Dutch: that does not make the Dutch old.
    assert translations.to_translate(scenario.session, "fr") == []
    assert translations.to_translate(scenario.session, "nl") == []


def test_what_the_other_side_said_when_both_agreed_is_kept_through_further_changes(
    scenario: Scenario,
) -> None:
    change(scenario, {"summary.nl": "Soep."})
    change(scenario, {"summary.nl": "Soep en brood."})
    [side] = translations.to_translate(scenario.session, "fr")
    assert side.was == "Een warme maaltijd."


def test_a_text_on_one_side_only_is_missing_on_the_other(scenario: Scenario) -> None:
    change(scenario, {"description.fr": "Chaque midi."})
    [side] = translations.to_translate(scenario.session, "nl")
    assert (side.path, side.state, side.words) == ("description.nl", TextState.MISSING, None)
    assert translations.states_of(scenario.session, scenario.service)["description.nl"] is TextState.MISSING


def test_writing_a_missing_side_leaves_the_other_current(scenario: Scenario) -> None:
    change(scenario, {"description.fr": "Chaque midi."})
    change(scenario, {"description.nl": "Elke middag."})
    assert translations.to_translate(scenario.session, "fr") == []
    assert translations.to_translate(scenario.session, "nl") == []


def test_a_translators_draft_is_shown_as_one(scenario: Scenario) -> None:
    change(scenario, {"description.fr": "Chaque midi."})
    change(scenario, {"description.nl": "Elke middag?"}, drafts=["description.nl"])
    [side] = translations.to_translate(scenario.session, "nl")
    assert side.state is TextState.DRAFT


def test_somebody_who_read_both_can_say_that_nothing_changed(scenario: Scenario) -> None:
    change(scenario, {"summary.nl": "Soep."})
    translations.call_current(scenario.session, scenario.service, "summary.fr")
    assert translations.to_translate(scenario.session, "fr") == []
    assert scenario.service.text_state.fr == TextState.CURRENT


def test_a_text_taken_away_is_behind_nowhere(scenario: Scenario) -> None:
    change(scenario, {"description.fr": "A.", "description.nl": "B."})
    change(scenario, {"description.fr": "Autre."})
    change(scenario, {"description.nl": None})
    [side] = translations.to_translate(scenario.session, "nl")
    assert side.state is TextState.MISSING


@pytest.mark.parametrize("minor", [[], ["summary.nl"]])
def test_the_tick_of_an_editor_is_kept_until_her_change_is_accepted(
    scenario: Scenario, minor: list[str]
) -> None:
    from guide.editing import review

    typed = proposals.Typed({"summary.nl": "Een warm maal."}, {"summary.nl": "Een warme maaltijd."}, minor)
    saved = proposals.save(scenario.session, scenario.service, typed, Edit(scenario.editor, NOW))
    review.accept(scenario.session, saved.proposal, Edit(scenario.coordinator, NOW))
    assert bool(translations.to_translate(scenario.session, "fr")) is not bool(minor)
