"""A listing as it would look: with its open change in it, and nothing stored."""

from guide.audit import Edit
from guide.editing import proposals
from guide.editing.listings import record_of
from guide.editing.preview import as_service
from tests.editing.conftest import NOW, House


def test_the_change_that_waits_is_in_the_preview_and_nowhere_else(house: House) -> None:
    new, old = {"summary.fr": "Un repas froid."}, {"summary.fr": "Un repas chaud."}
    proposals.save(house.session, house.service, proposals.Typed(new, old), Edit(house.editor, NOW))
    house.session.commit()
    sheet = proposals.sheet_of(house.session, house.service)
    with house.session.no_autoflush:
        shown = as_service(house.session, sheet)
        assert shown.summary.fr == "Un repas froid."
        assert [filed.term.key for filed in shown.attributes] == ["faim"]
    house.session.rollback()
    assert record_of(house.service)["summary"]["fr"] == "Un repas chaud."


def test_a_new_listing_without_a_single_word_can_be_looked_at(house: House) -> None:
    begun = proposals.begin(house.session, house.organization, Edit(house.editor, NOW))
    sheet = proposals.new_sheet(house.session, house.editor, begun.id)
    assert sheet is not None
    with house.session.no_autoflush:
        shown = as_service(house.session, sheet)
        assert (shown.kind, shown.organization, shown.review_interval_months) == (
            "service",
            house.organization,
            6,
        )
        assert not shown.name
    house.session.rollback()
