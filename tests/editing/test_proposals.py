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
from tests.editing.conftest import NOW, Scenario, make_account

PHONES = [{"number": "02 422 46 11"}]


def save(scenario: Scenario, values, seen=None, author=None, minor=()):
    return proposals.save(
        scenario.session,
        scenario.service,
        proposals.Typed(
            values,
            seen if seen is not None else {path: value_at(scenario.record, path) for path in values},
            minor=minor,
        ),
        Edit(author or scenario.editor, NOW),
    )


def test_a_change_to_a_published_listing_waits_and_the_public_sees_the_old_one(scenario: Scenario) -> None:
    saved = save(scenario, {"summary.fr": "Une soupe chaude."})
    assert (saved.live, saved.waiting) == ([], ["summary.fr"])
    assert scenario.service.summary == Bilingual("Un repas chaud.", "Een warme maaltijd.")
    sheet = proposals.sheet_of(scenario.session, scenario.service)
    assert sheet.record["summary"]["fr"] == "Une soupe chaude."
    assert sheet.changed == ["summary.fr"]
    assert scenario.service.version == 1


def test_what_is_typed_unchanged_is_no_proposal(scenario: Scenario) -> None:
    saved = save(scenario, {"summary.fr": "Un repas chaud.", "phones": []})
    assert saved.proposal is None
    assert scenario.session.query(Proposal).count() == 0
    assert scenario.session.query(AuditEntry).count() == 0


def test_the_phone_of_a_trusted_organisation_is_public_at_once_and_shown_to_the_coordinator(
    scenario: Scenario,
) -> None:
    scenario.organization.trusted = True
    saved = save(scenario, {"phones": PHONES, "summary.fr": "Autre."})
    assert (saved.live, saved.waiting) == (["phones"], ["summary.fr"])
    assert [phone.number for phone in scenario.service.phones] == ["02 422 46 11"]
    assert [revision.fields for revision in revisions.to_see(scenario.session)] == [["phones"]]
    assert scenario.service.summary.fr == "Un repas chaud."
    assert sorted(review.changes(scenario.session, saved.proposal), key=str)[0].path == "summary.fr"


def test_what_is_said_otherwise_and_goes_live_is_no_longer_proposed(scenario: Scenario) -> None:
    """She saw her own waiting number, corrected it, and was trusted by then: the older one must not come back."""
    waiting = save(scenario, {"phones": PHONES, "summary.fr": "Autre."}).proposal
    read = waiting.version
    scenario.organization.trusted = True
    other = [{"number": "02 422 46 22"}]
    saved = save(scenario, {"phones": other}, seen={"phones": PHONES})
    assert saved.live == ["phones"]
    assert [change.path for change in review.changes(scenario.session, waiting)] == ["summary.fr"]
    assert proposals.sheet_of(scenario.session, scenario.service).record["phones"] == other
    with pytest.raises(review.ProposalChangedError):
        review.accept(
            scenario.session, waiting, Edit(scenario.coordinator, NOW), read=review.AsRead(version=read)
        )
    review.accept(scenario.session, waiting, Edit(scenario.coordinator, NOW))
    assert record_of(scenario.service)["phones"] == other


def test_a_typo_that_the_coordinator_mends_in_a_waiting_text_does_not_come_back(scenario: Scenario) -> None:
    waiting = save(scenario, {"summary.fr": "Une souppe."}).proposal
    save(
        scenario,
        {"summary.fr": "Une soupe."},
        seen={"summary.fr": "Une souppe."},
        author=scenario.coordinator,
    )
    assert scenario.service.summary.fr == "Une soupe."
    assert waiting.state is ProposalState.SUPERSEDED


def test_the_phone_of_another_organisation_waits(scenario: Scenario) -> None:
    saved = save(scenario, {"phones": PHONES})
    assert saved.waiting == ["phones"]
    assert scenario.service.phones == []


def test_a_change_by_the_coordinator_is_public_at_once_and_needs_no_look(scenario: Scenario) -> None:
    saved = save(scenario, {"summary.fr": "Mieux dit."}, author=scenario.coordinator)
    assert saved.live == ["summary.fr"]
    assert scenario.service.summary.fr == "Mieux dit."
    assert revisions.to_see(scenario.session) == []


@pytest.mark.control("C33")
def test_the_second_of_two_editors_gets_both_texts_and_nothing_is_saved(
    scenario: Scenario, another_editor
) -> None:
    seen = {"summary.fr": "Un repas chaud.", "description.fr": None}
    save(scenario, {"summary.fr": "La première."}, seen)
    saved = save(
        scenario, {"summary.fr": "La seconde.", "description.fr": "Plus."}, seen, author=another_editor()
    )
    [conflict] = saved.conflicts
    assert (conflict.base, conflict.theirs, conflict.mine) == (
        "Un repas chaud.",
        "La première.",
        "La seconde.",
    )
    assert proposals.sheet_of(scenario.session, scenario.service).record["summary"]["fr"] == "La première."
    assert "description" not in proposals.sheet_of(scenario.session, scenario.service).record
    # She has seen both now, and keeps hers.
    saved = save(
        scenario, {"summary.fr": "La seconde."}, {"summary.fr": "La première."}, author=another_editor()
    )
    assert saved.waiting == ["summary.fr"]


def test_two_editors_in_different_fields_do_not_hinder_each_other(scenario: Scenario, another_editor) -> None:
    seen = {"summary.fr": "Un repas chaud.", "summary.nl": "Een warme maaltijd."}
    save(scenario, seen | {"summary.fr": "Première."}, seen)
    saved = save(scenario, seen | {"summary.nl": "Tweede."}, seen, author=another_editor())
    assert not saved.conflicts
    record = proposals.sheet_of(scenario.session, scenario.service).record
    assert record["summary"] == {"fr": "Première.", "nl": "Tweede."}
    assert scenario.session.query(Proposal).count() == 1


def test_both_editors_who_write_the_same_agree(scenario: Scenario, another_editor) -> None:
    seen = {"summary.fr": "Un repas chaud."}
    save(scenario, {"summary.fr": "Pareil."}, seen)
    assert not save(scenario, {"summary.fr": "Pareil."}, seen, author=another_editor()).conflicts


def test_a_waiting_change_stands_on_what_became_public_meanwhile(scenario: Scenario) -> None:
    save(scenario, {"summary.fr": "La mienne."})
    save(scenario, {"description.fr": "Du coordinateur."}, author=scenario.coordinator)
    sheet = proposals.sheet_of(scenario.session, scenario.service)
    assert sheet.record["description"]["fr"] == "Du coordinateur."
    assert sheet.record["summary"]["fr"] == "La mienne."
    assert [change.path for change in review.changes(scenario.session, sheet.proposal)] == ["summary.fr"]


def test_a_change_taken_back_by_typing_the_old_text_no_longer_waits(scenario: Scenario) -> None:
    save(scenario, {"summary.fr": "Autre."})
    saved = save(scenario, {"summary.fr": "Un repas chaud."}, {"summary.fr": "Autre."})
    assert saved.proposal.state is ProposalState.SUPERSEDED
    assert proposals.open_for(scenario.session, scenario.service) is None


def test_what_no_form_may_say_is_left_aside(scenario: Scenario) -> None:
    saved = save(
        scenario, {"key": "pirate", "sensitive": True, "organization": "autre", "assured_date": "2030-01-01"}
    )
    assert (saved.live, saved.waiting, saved.conflicts) == ([], [], [])
    assert scenario.service.key == "soupe"


def test_a_value_that_breaks_a_rule_is_refused_and_nothing_is_saved(scenario: Scenario) -> None:
    with pytest.raises(revisions.RecordValidationError, match="no number one can call"):
        save(scenario, {"phones": [{"number": "tous les jours"}]})
    with pytest.raises(revisions.RecordValidationError, match="bank account"):
        save(scenario, {"summary.fr": "Versez à BE68 5390 0754 7034."})
    assert scenario.session.query(Proposal).count() == 0


def test_an_intake_state_bears_the_day_it_was_said(scenario: Scenario) -> None:
    scenario.organization.trusted = True
    save(scenario, {"intake_status": "waiting_list"})
    assert scenario.service.intake_status == "waiting_list"
    assert scenario.service.intake_as_of.isoformat() == "2026-11-23"
    save(scenario, {"intake_status": None})
    assert scenario.service.intake_as_of is None


def test_a_changed_fact_is_told_as_said_by_the_organisation_this_month(scenario: Scenario) -> None:
    scenario.organization.trusted = True
    save(scenario, {"phones": PHONES, "schedules": [
        {"kind": "visit", "byday": ["MO"], "opens_at": "09:00", "closes_at": "12:00"}
    ]})  # fmt: skip
    assert {(cited.field, cited.source.key) for cited in scenario.service.citations} == {
        ("phone", "statement-2026-11"),
        ("hours", "statement-2026-11"),
    }
    assert scenario.service.schedule_source.date == "2026-11"


def test_a_new_listing_may_stay_incomplete_and_is_sent_when_nothing_is_missing(scenario: Scenario) -> None:
    proposal = proposals.begin(scenario.session, scenario.organization, Edit(scenario.editor, NOW))

    def sheet():
        found = proposals.new_sheet(scenario.session, scenario.editor, proposal.id)
        assert found is not None
        return found

    proposals.save_new(
        scenario.session,
        sheet(),
        proposals.Typed({"name.fr": "Vestiaire"}, {"name.fr": None}),
        Edit(scenario.editor, NOW),
    )
    with pytest.raises(proposals.ProposalIncompleteError) as refused:
        proposals.send_new(scenario.session, sheet(), Edit(scenario.editor, NOW))
    assert refused.value.missing == ["summary", "terms", "phones"]
    assert proposal.state is ProposalState.DRAFT
    values = {
        "summary.fr": "Des vêtements.",
        "terms": [{"term": "faim", "rank": "primary"}],
        "phones": PHONES,
    }
    proposals.save_new(scenario.session, sheet(), proposals.Typed(values, {}), Edit(scenario.editor, NOW))
    proposals.send_new(scenario.session, sheet(), Edit(scenario.editor, NOW))
    assert proposal.state is ProposalState.WAITING


def test_nobody_else_finds_a_draft(scenario: Scenario) -> None:
    from guide.model import Role
    from tests import factories
    from tests.editing.conftest import make_account

    proposal = proposals.begin(scenario.session, scenario.organization, Edit(scenario.editor, NOW))
    stranger = make_account(Role.EDITOR, factories.organization(key="autre"))
    scenario.session.add(stranger)
    scenario.session.flush()
    assert proposals.new_sheet(scenario.session, stranger, proposal.id) is None


def test_an_archived_listing_is_shown_to_the_coordinator_and_can_come_back(scenario: Scenario) -> None:
    proposals.archive(scenario.session, scenario.service, Edit(scenario.editor, NOW, "Nous arrêtons."))
    assert scenario.service.publication is Publication.ARCHIVED
    assert [revision.why for revision in revisions.to_see(scenario.session)] == ["Nous arrêtons."]
    proposals.republish(scenario.session, scenario.service, Edit(scenario.coordinator, NOW))
    assert scenario.service.publication is Publication.PUBLISHED


@pytest.mark.control("C33")
def test_every_accepted_change_reaches_the_index_and_the_audit_log(scenario: Scenario) -> None:
    scenario.session.commit()
    before = scenario.session.query(SearchChange).count()
    save(scenario, {"summary.fr": "Mieux."}, author=scenario.coordinator)
    scenario.session.commit()
    assert scenario.session.query(SearchChange).count() == before + 1
    entry = scenario.session.query(AuditEntry).order_by(AuditEntry.seq.desc()).first()
    assert (entry.verb, entry.object) == ("listing_changed", "service:soupe")
    assert "Mieux" not in entry.detail
    revision = scenario.session.query(Revision).order_by(Revision.number.desc()).first()
    assert (revision.number, revision.fields) == (2, ["summary.fr"])
    assert record_of(scenario.service) == revision.record


def test_an_archived_listing_is_asked_back_once_and_comes_back_when_the_coordinator_accepts(
    scenario: Scenario,
) -> None:
    proposals.archive(scenario.session, scenario.service, Edit(scenario.editor, NOW, "fini"))
    asked = proposals.ask_back(scenario.session, scenario.service, Edit(scenario.editor, NOW))
    assert proposals.ask_back(scenario.session, scenario.service, Edit(scenario.editor, NOW)) is asked
    assert scenario.service.publication is Publication.ARCHIVED
    review.accept(scenario.session, asked, Edit(scenario.coordinator, NOW))
    assert scenario.service.publication is Publication.PUBLISHED


def test_the_last_answer_is_the_coordinators_newest(scenario: Scenario) -> None:
    assert proposals.last_answer(scenario.session, scenario.service) is None
    for words, number in (("Un", 1), ("Deux", 2)):
        saved = proposals.save(
            scenario.session,
            scenario.service,
            proposals.Typed({"summary.fr": words}, {"summary.fr": scenario.record["summary"]["fr"]}),
            Edit(scenario.editor, NOW + timedelta(days=number)),
        )
        assert saved.proposal is not None
        review.refuse(
            scenario.session, saved.proposal, Edit(scenario.coordinator, NOW + timedelta(days=number), words)
        )
    answered = proposals.last_answer(scenario.session, scenario.service)
    assert answered is not None
    assert answered.answer == "Deux"


def test_a_new_listing_that_is_decided_is_known_to_its_own_people_only(
    scenario: Scenario, another_editor: Callable[[], Account]
) -> None:
    begun = proposals.begin(scenario.session, scenario.organization, Edit(scenario.editor, NOW))
    assert proposals.former(scenario.session, scenario.editor, begun.id) is None  # still open
    proposals.withdraw(scenario.session, begun, Edit(scenario.editor, NOW))
    assert proposals.former(scenario.session, another_editor(), begun.id) is begun
    assert proposals.former(scenario.session, scenario.coordinator, begun.id) is begun
    stranger = make_account(Role.EDITOR)
    scenario.session.add(stranger)
    assert proposals.former(scenario.session, stranger, begun.id) is None
    assert proposals.former(scenario.session, scenario.editor, 999_999) is None
