"""A translator's answer holds for the two texts she read, and for no others."""

import pytest

from guide.audit import Edit
from guide.editing import revisions, translating, translations
from guide.editing.listings import record_of, with_values
from guide.editing.translations import Side
from guide.model import AuditEntry, Revision, TextState
from tests.editing.conftest import NOW, Scenario

SEEN = ("Un repas chaud.", "Soep.")


def change(scenario: Scenario, values: dict[str, str | None]) -> None:
    record = with_values(record_of(scenario.service), values)
    revisions.apply(scenario.session, scenario.service, record, Edit(scenario.coordinator, NOW))


@pytest.fixture
def behind(scenario: Scenario) -> Side:
    change(scenario, {"summary.nl": "Soep."})
    return translations.side_of(scenario.session, scenario.service, "summary", "fr")


def state(scenario: Scenario) -> TextState:
    return translations.side_of(scenario.session, scenario.service, "summary", "fr").state


def test_what_is_written_is_current_and_makes_the_other_side_no_older(
    scenario: Scenario, behind: Side
) -> None:
    assert behind.state is TextState.BEHIND
    translating.write(scenario.session, behind, "De la soupe.", SEEN, Edit(scenario.coordinator, NOW))
    assert scenario.service.summary.fr == "De la soupe."
    assert (
        translations.to_translate(scenario.session, "fr")
        == translations.to_translate(scenario.session, "nl")
        == []
    )


def test_who_read_both_may_say_that_it_still_says_the_same(scenario: Scenario, behind: Side) -> None:
    translating.call_right(scenario.session, behind, SEEN, Edit(scenario.coordinator, NOW))
    assert state(scenario) is TextState.CURRENT
    assert scenario.service.summary.fr == "Un repas chaud."
    assert scenario.session.query(AuditEntry).filter_by(verb="translation_current").count() == 1


def test_words_left_as_they_were_are_called_right(scenario: Scenario, behind: Side) -> None:
    versions = scenario.session.query(Revision).count()
    translating.write(scenario.session, behind, "Un repas chaud.", SEEN, Edit(scenario.coordinator, NOW))
    assert state(scenario) is TextState.CURRENT
    assert scenario.session.query(Revision).count() == versions
    assert scenario.session.query(AuditEntry).filter_by(verb="translation_current").count() == 1


@pytest.mark.parametrize("values", [{"summary.nl": "Brood."}, {"summary.fr": "Du pain."}])
def test_when_one_of_the_two_is_another_nothing_is_done(
    scenario: Scenario, behind: Side, values: dict[str, str | None]
) -> None:
    change(scenario, values)
    before = record_of(scenario.service)
    with pytest.raises(translating.TextChangedError) as told:
        translating.write(scenario.session, behind, "De la soupe.", SEEN, Edit(scenario.coordinator, NOW))
    assert told.value.stands.words == scenario.service.summary.fr
    with pytest.raises(translating.TextChangedError):
        translating.call_right(scenario.session, behind, SEEN, Edit(scenario.coordinator, NOW))
    assert record_of(scenario.service) == before


def test_two_who_write_the_same_words_agree(scenario: Scenario, behind: Side) -> None:
    for _person in range(2):
        translating.write(scenario.session, behind, "De la soupe.", SEEN, Edit(scenario.coordinator, NOW))
    assert scenario.service.summary.fr == "De la soupe."


def test_a_text_nobody_edits_at_the_desk_can_be_translated_too(scenario: Scenario) -> None:
    change(scenario, {"operator.fr": "La commune", "operator.nl": "De gemeente"})
    change(scenario, {"operator.nl": "De gemeente Jette"})
    text = translations.side_of(scenario.session, scenario.service, "operator", "fr")
    seen = ("La commune", "De gemeente Jette")
    translating.write(scenario.session, text, "La commune de Jette", seen, Edit(scenario.coordinator, NOW))
    assert scenario.service.operator.fr == "La commune de Jette"
