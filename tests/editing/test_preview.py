"""A listing as it would look: with its open change in it, and nothing stored."""

from guide.audit import Edit
from guide.editing import proposals
from guide.editing.listings import record_of
from guide.editing.preview import as_service
from tests.editing.conftest import NOW, Scenario


def test_the_change_that_waits_is_in_the_preview_and_nowhere_else(scenario: Scenario) -> None:
    new, old = {"summary.fr": "Un repas froid."}, {"summary.fr": "Un repas chaud."}
    proposals.save(scenario.session, scenario.service, proposals.Typed(new, old), Edit(scenario.editor, NOW))
    scenario.session.commit()
    sheet = proposals.sheet_of(scenario.session, scenario.service)
    with scenario.session.no_autoflush:
        shown = as_service(scenario.session, sheet)
        assert shown.summary.fr == "Un repas froid."
        assert [filed.term.key for filed in shown.attributes] == ["faim"]
    scenario.session.rollback()
    assert record_of(scenario.service)["summary"]["fr"] == "Un repas chaud."


def test_a_new_listing_without_a_single_word_can_be_looked_at(scenario: Scenario) -> None:
    begun = proposals.begin(scenario.session, scenario.organization, Edit(scenario.editor, NOW))
    sheet = proposals.new_sheet(scenario.session, scenario.editor, begun.id)
    assert sheet is not None
    with scenario.session.no_autoflush:
        shown = as_service(scenario.session, sheet)
        assert (shown.kind, shown.organization, shown.review_interval_months) == (
            "service",
            scenario.organization,
            6,
        )
        assert not shown.name
    scenario.session.rollback()
