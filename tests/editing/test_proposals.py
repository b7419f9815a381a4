"""Saving a part of a listing: what waits, what is public at once, and that nobody's words are lost."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from guide.audit import Edit
from guide.editing import proposals, review, revisions
from guide.editing.listings import record_of, value_at
from guide.languages import Bilingual
from guide.model import (
    Account,
    AuditEntry,
    Proposal,
    ProposalState,
    Publication,
    Revision,
    Role,
    SearchChange,
)
from tests.editing.conftest import NOW, House, make_account

PHONES = [{"number": "02 422 46 11"}]


def save(house: House, values, seen=None, author=None, minor=()):
    return proposals.save(
        house.session,
        house.service,
        proposals.Typed(
            values,
            seen if seen is not None else {path: value_at(house.record, path) for path in values},
            minor=minor,
        ),
        Edit(author or house.editor, NOW),
    )


def test_a_change_to_a_published_listing_waits_and_the_public_sees_the_old_one(house: House) -> None:
    saved = save(house, {"summary.fr": "Une soupe chaude."})
    assert (saved.live, saved.waiting) == ([], ["summary.fr"])
    assert house.service.summary == Bilingual("Un repas chaud.", "Een warme maaltijd.")
    sheet = proposals.sheet_of(house.session, house.service)
    assert sheet.record["summary"]["fr"] == "Une soupe chaude."
    assert sheet.changed == ["summary.fr"]
    assert house.service.version == 1


def test_what_is_typed_unchanged_is_no_proposal(house: House) -> None:
    saved = save(house, {"summary.fr": "Un repas chaud.", "phones": []})
    assert saved.proposal is None
    assert house.session.query(Proposal).count() == 0
    assert house.session.query(AuditEntry).count() == 0


def test_the_phone_of_a_trusted_organisation_is_public_at_once_and_shown_to_the_coordinator(
    house: House,
) -> None:
    house.organization.trusted = True
    saved = save(house, {"phones": PHONES, "summary.fr": "Autre."})
    assert (saved.live, saved.waiting) == (["phones"], ["summary.fr"])
    assert [phone.number for phone in house.service.phones] == ["02 422 46 11"]
    assert [revision.fields for revision in revisions.to_see(house.session)] == [["phones"]]
    assert house.service.summary.fr == "Un repas chaud."
    assert sorted(review.changes(house.session, saved.proposal), key=str)[0].path == "summary.fr"


def test_what_is_said_otherwise_and_goes_live_is_no_longer_proposed(house: House) -> None:
    """She saw her own waiting number, corrected it, and was trusted by then: the older one must not come back."""
    waiting = save(house, {"phones": PHONES, "summary.fr": "Autre."}).proposal
    read = waiting.version
    house.organization.trusted = True
    other = [{"number": "02 422 46 22"}]
    saved = save(house, {"phones": other}, seen={"phones": PHONES})
    assert saved.live == ["phones"]
    assert [change.path for change in review.changes(house.session, waiting)] == ["summary.fr"]
    assert proposals.sheet_of(house.session, house.service).record["phones"] == other
    with pytest.raises(review.ProposalChangedError):
        review.accept(house.session, waiting, Edit(house.coordinator, NOW), read=review.AsRead(version=read))
    review.accept(house.session, waiting, Edit(house.coordinator, NOW))
    assert record_of(house.service)["phones"] == other


def test_a_typo_that_the_coordinator_mends_in_a_waiting_text_does_not_come_back(house: House) -> None:
    waiting = save(house, {"summary.fr": "Une souppe."}).proposal
    save(house, {"summary.fr": "Une soupe."}, seen={"summary.fr": "Une souppe."}, author=house.coordinator)
    assert house.service.summary.fr == "Une soupe."
    assert waiting.state is ProposalState.SUPERSEDED


def test_the_phone_of_another_organisation_waits(house: House) -> None:
    saved = save(house, {"phones": PHONES})
    assert saved.waiting == ["phones"]
    assert house.service.phones == []


def test_a_change_by_the_coordinator_is_public_at_once_and_needs_no_look(house: House) -> None:
    saved = save(house, {"summary.fr": "Mieux dit."}, author=house.coordinator)
    assert saved.live == ["summary.fr"]
    assert house.service.summary.fr == "Mieux dit."
    assert revisions.to_see(house.session) == []


@pytest.mark.control("C33")
def test_the_second_of_two_editors_gets_both_texts_and_nothing_is_saved(house: House, another_editor) -> None:
    seen = {"summary.fr": "Un repas chaud.", "description.fr": None}
    save(house, {"summary.fr": "La première."}, seen)
    saved = save(
        house, {"summary.fr": "La seconde.", "description.fr": "Plus."}, seen, author=another_editor()
    )
    [conflict] = saved.conflicts
    assert (conflict.base, conflict.theirs, conflict.mine) == (
        "Un repas chaud.",
        "La première.",
        "La seconde.",
    )
    assert proposals.sheet_of(house.session, house.service).record["summary"]["fr"] == "La première."
    assert "description" not in proposals.sheet_of(house.session, house.service).record
    # She has seen both now, and keeps hers.
    saved = save(
        house, {"summary.fr": "La seconde."}, {"summary.fr": "La première."}, author=another_editor()
    )
    assert saved.waiting == ["summary.fr"]


def test_two_editors_in_different_fields_do_not_hinder_each_other(house: House, another_editor) -> None:
    seen = {"summary.fr": "Un repas chaud.", "summary.nl": "Een warme maaltijd."}
    save(house, seen | {"summary.fr": "Première."}, seen)
    saved = save(house, seen | {"summary.nl": "Tweede."}, seen, author=another_editor())
    assert not saved.conflicts
    record = proposals.sheet_of(house.session, house.service).record
    assert record["summary"] == {"fr": "Première.", "nl": "Tweede."}
    assert house.session.query(Proposal).count() == 1


def test_both_editors_who_write_the_same_agree(house: House, another_editor) -> None:
    seen = {"summary.fr": "Un repas chaud."}
    save(house, {"summary.fr": "Pareil."}, seen)
    assert not save(house, {"summary.fr": "Pareil."}, seen, author=another_editor()).conflicts


def test_a_waiting_change_stands_on_what_became_public_meanwhile(house: House) -> None:
    save(house, {"summary.fr": "La mienne."})
    save(house, {"description.fr": "Du coordinateur."}, author=house.coordinator)
    sheet = proposals.sheet_of(house.session, house.service)
    assert sheet.record["description"]["fr"] == "Du coordinateur."
    assert sheet.record["summary"]["fr"] == "La mienne."
    assert [change.path for change in review.changes(house.session, sheet.proposal)] == ["summary.fr"]


def test_a_change_taken_back_by_typing_the_old_text_no_longer_waits(house: House) -> None:
    save(house, {"summary.fr": "Autre."})
    saved = save(house, {"summary.fr": "Un repas chaud."}, {"summary.fr": "Autre."})
    assert saved.proposal.state is ProposalState.SUPERSEDED
    assert proposals.open_for(house.session, house.service) is None


def test_what_no_form_may_say_is_left_aside(house: House) -> None:
    saved = save(
        house, {"key": "pirate", "sensitive": True, "organization": "autre", "assured_date": "2030-01-01"}
    )
    assert (saved.live, saved.waiting, saved.conflicts) == ([], [], [])
    assert house.service.key == "soupe"


def test_a_value_that_breaks_a_rule_is_refused_and_nothing_is_saved(house: House) -> None:
    with pytest.raises(revisions.RecordValidationError, match="no number one can call"):
        save(house, {"phones": [{"number": "tous les jours"}]})
    with pytest.raises(revisions.RecordValidationError, match="bank account"):
        save(house, {"summary.fr": "Versez à BE68 5390 0754 7034."})
    assert house.session.query(Proposal).count() == 0


def test_an_intake_state_bears_the_day_it_was_said(house: House) -> None:
    house.organization.trusted = True
    save(house, {"intake_status": "waiting_list"})
    assert house.service.intake_status == "waiting_list"
    assert house.service.intake_as_of.isoformat() == "2026-11-23"
    save(house, {"intake_status": None})
    assert house.service.intake_as_of is None


def test_a_changed_fact_is_told_as_said_by_the_organisation_this_month(house: House) -> None:
    house.organization.trusted = True
    save(house, {"phones": PHONES, "schedules": [
        {"kind": "visit", "byday": ["MO"], "opens_at": "09:00", "closes_at": "12:00"}
    ]})  # fmt: skip
    assert {(cited.field, cited.source.key) for cited in house.service.citations} == {
        ("phone", "statement-2026-11"),
        ("hours", "statement-2026-11"),
    }
    assert house.service.schedule_source.date == "2026-11"


def test_a_new_listing_may_stay_incomplete_and_is_sent_when_nothing_is_missing(house: House) -> None:
    proposal = proposals.begin(house.session, house.organization, Edit(house.editor, NOW))

    def sheet():
        found = proposals.new_sheet(house.session, house.editor, proposal.id)
        assert found is not None
        return found

    proposals.save_new(
        house.session,
        sheet(),
        proposals.Typed({"name.fr": "Vestiaire"}, {"name.fr": None}),
        Edit(house.editor, NOW),
    )
    with pytest.raises(proposals.ProposalIncompleteError) as refused:
        proposals.send_new(house.session, sheet(), Edit(house.editor, NOW))
    assert refused.value.missing == ["summary", "terms", "phones"]
    assert proposal.state is ProposalState.DRAFT
    values = {
        "summary.fr": "Des vêtements.",
        "terms": [{"term": "faim", "rank": "primary"}],
        "phones": PHONES,
    }
    proposals.save_new(house.session, sheet(), proposals.Typed(values, {}), Edit(house.editor, NOW))
    proposals.send_new(house.session, sheet(), Edit(house.editor, NOW))
    assert proposal.state is ProposalState.WAITING


def test_nobody_else_finds_a_draft(house: House) -> None:
    from guide.model import Role
    from tests import factories
    from tests.editing.conftest import make_account

    proposal = proposals.begin(house.session, house.organization, Edit(house.editor, NOW))
    stranger = make_account(Role.EDITOR, factories.organization(key="autre"))
    house.session.add(stranger)
    house.session.flush()
    assert proposals.new_sheet(house.session, stranger, proposal.id) is None


def test_an_archived_listing_is_shown_to_the_coordinator_and_can_come_back(house: House) -> None:
    proposals.archive(house.session, house.service, Edit(house.editor, NOW, "Nous arrêtons."))
    assert house.service.publication is Publication.ARCHIVED
    assert [revision.why for revision in revisions.to_see(house.session)] == ["Nous arrêtons."]
    proposals.republish(house.session, house.service, Edit(house.coordinator, NOW))
    assert house.service.publication is Publication.PUBLISHED


@pytest.mark.control("C33")
def test_every_accepted_change_reaches_the_index_and_the_audit_log(house: House) -> None:
    before = house.session.query(SearchChange).count()
    save(house, {"summary.fr": "Mieux."}, author=house.coordinator)
    assert house.session.query(SearchChange).count() == before + 1
    entry = house.session.query(AuditEntry).order_by(AuditEntry.seq.desc()).first()
    assert (entry.verb, entry.object) == ("listing_changed", "service:soupe")
    assert "Mieux" not in entry.detail
    revision = house.session.query(Revision).order_by(Revision.number.desc()).first()
    assert (revision.number, revision.fields) == (2, ["summary.fr"])
    assert record_of(house.service) == revision.record


def test_an_archived_listing_is_asked_back_once_and_comes_back_when_the_coordinator_accepts(
    house: House,
) -> None:
    proposals.archive(house.session, house.service, Edit(house.editor, NOW, "fini"))
    asked = proposals.ask_back(house.session, house.service, Edit(house.editor, NOW))
    assert proposals.ask_back(house.session, house.service, Edit(house.editor, NOW)) is asked
    assert house.service.publication is Publication.ARCHIVED
    review.accept(house.session, asked, Edit(house.coordinator, NOW))
    assert house.service.publication is Publication.PUBLISHED


def test_the_last_answer_is_the_coordinators_newest(house: House) -> None:
    assert proposals.last_answer(house.session, house.service) is None
    for words, number in (("Un", 1), ("Deux", 2)):
        saved = proposals.save(
            house.session,
            house.service,
            proposals.Typed({"summary.fr": words}, {"summary.fr": house.record["summary"]["fr"]}),
            Edit(house.editor, NOW + timedelta(days=number)),
        )
        assert saved.proposal is not None
        review.refuse(
            house.session, saved.proposal, Edit(house.coordinator, NOW + timedelta(days=number), words)
        )
    answered = proposals.last_answer(house.session, house.service)
    assert answered is not None
    assert answered.answer == "Deux"


def test_a_new_listing_that_is_decided_is_known_to_its_own_people_only(
    house: House, another_editor: Callable[[], Account]
) -> None:
    begun = proposals.begin(house.session, house.organization, Edit(house.editor, NOW))
    assert proposals.former(house.session, house.editor, begun.id) is None  # still open
    proposals.withdraw(house.session, begun, Edit(house.editor, NOW))
    assert proposals.former(house.session, another_editor(), begun.id) is begun
    assert proposals.former(house.session, house.coordinator, begun.id) is begun
    stranger = make_account(Role.EDITOR)
    house.session.add(stranger)
    assert proposals.former(house.session, stranger, begun.id) is None
    assert proposals.former(house.session, house.editor, 999_999) is None
