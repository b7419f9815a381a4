"""Nobody's text is lost: what becomes of it at each end of a proposal, who reads it, and how it comes back."""

from datetime import timedelta
from typing import Any

import pytest

from guide.audit import Edit
from guide.editing import fulfilments, kept, merging, proposals, protection, review, taking_up
from guide.editing.listings import value_at
from guide.languages import Bilingual, Language
from guide.model import (
    AccountState,
    FulfilmentRole,
    FulfilmentState,
    Mail,
    Proposal,
    ProposalState,
    Publication,
    Role,
    Service,
    SetAside,
)
from tests import factories
from tests.editing.conftest import NOW, Scenario, make_account

WORDS = {"summary.fr": "Une soupe.", "description.nl": "Elke middag."}
LATER = NOW + timedelta(days=3)


def propose(
    scenario: Scenario, values: dict[str, Any] | None = None, service: Service | None = None
) -> Proposal:
    values = values or WORDS
    stands = proposals.sheet_of(scenario.session, service or scenario.service).record
    seen = {path: value_at(stands, path) for path in values}
    saved = proposals.save(
        scenario.session,
        service or scenario.service,
        proposals.Typed(values, seen),
        Edit(scenario.editor, NOW),
    ).proposal
    assert saved is not None
    return saved


def another_listing(scenario: Scenario, **values: Any) -> Service:
    made = factories.service(
        **{
            "key": "soupe-bis",
            "name": Bilingual("Soupe bis", "Soep bis"),
            "organization": scenario.organization,
            "attributes": [factories.filed(scenario.need)],
        }
        | values
    )
    scenario.session.add(made)
    scenario.session.commit()
    return made


def mails(scenario: Scenario) -> list[Mail]:
    return scenario.session.query(Mail).order_by(Mail.id).all()


def ends(scenario: Scenario, end: str) -> Proposal:
    """A proposal of `WORDS` that came to this end."""
    proposal = propose(scenario)
    if end == "refused":
        review.refuse(scenario.session, proposal, Edit(scenario.coordinator, NOW, "Trop court."))
    elif end == "partly":
        review.accept(
            scenario.session, proposal, Edit(scenario.coordinator, NOW, "Oui, non."), ["summary.fr"]
        )
    elif end == "withdrawn":
        proposals.withdraw(scenario.session, proposal, Edit(scenario.editor, NOW))
    elif end == "archived":
        proposals.archive(scenario.session, scenario.service, Edit(scenario.coordinator, NOW, "Fini."))
    else:
        merging.merge(
            scenario.session, scenario.service, another_listing(scenario), Edit(scenario.coordinator, NOW)
        )
    return proposal


ENDS = ("refused", "partly", "withdrawn", "archived", "merged")


@pytest.mark.parametrize("end", ENDS)
def test_at_each_end_what_was_not_published_stays_with_its_author(scenario: Scenario, end: str) -> None:
    proposal = ends(scenario, end)
    [text] = taking_up.of_account(scenario.session, scenario.editor)
    assert text.proposal is proposal
    left = {"description.nl": WORDS["description.nl"]} if end == "partly" else WORDS
    assert text.words == left
    assert text.published == (["summary.fr"] if end == "partly" else [])
    assert text.own
    assert text.archived is (end == "archived")
    assert text.listing is not None
    assert text.listing.key == ("soupe-bis" if end == "merged" else "soupe")


@pytest.mark.parametrize("language", ["fr", "nl"])
@pytest.mark.parametrize("end", ENDS)
def test_at_each_end_its_author_is_told_in_her_language_and_led_there(
    scenario: Scenario, end: str, language: Language
) -> None:
    scenario.editor.language = language
    proposal = ends(scenario, end)
    told = mails(scenario)
    if end == "withdrawn":
        assert told == []  # she did it herself
        return
    [mail] = told
    assert (mail.account_id, mail.language) == (scenario.editor.id, language)
    assert mail.content["number"] == str(proposal.id)
    assert mail.kind == {"refused": "proposal_refused", "partly": "proposal_partly"}.get(
        end, "proposal_set_aside"
    )
    if end in ("archived", "merged"):
        assert mail.content["why"] == end
        assert len(mail.content["texts"]) == 2
        assert mail.content["successor"] == (
            {"fr": "Soupe bis", "nl": "Soep bis"}[language] if end == "merged" else ""
        )


def test_when_the_authors_account_is_closed_her_colleagues_are_told(
    scenario: Scenario, another_editor
) -> None:
    proposal = propose(scenario)
    colleague = another_editor()
    scenario.editor.state = AccountState.DISABLED
    review.refuse(scenario.session, proposal, Edit(scenario.coordinator, NOW, "Non."))
    assert [mail.account_id for mail in mails(scenario)] == [colleague.id]
    assert [text.proposal for text in taking_up.of_account(scenario.session, colleague)] == [proposal]


@pytest.mark.parametrize("end", ENDS)
def test_only_its_people_read_it(scenario: Scenario, another_editor, end: str) -> None:
    proposal = ends(scenario, end)
    stranger = make_account(Role.EDITOR)
    scenario.session.add(stranger)
    scenario.session.flush()
    assert taking_up.find(scenario.session, stranger, proposal.id) is None
    assert taking_up.of_account(scenario.session, stranger) == []
    assert taking_up.find(scenario.session, another_editor(), proposal.id) is not None
    assert taking_up.find(scenario.session, scenario.coordinator, proposal.id) is not None
    # Who left the organisation reads her own words, and writes nowhere with them.
    scenario.editor.memberships = []
    scenario.session.flush()
    [text] = taking_up.of_account(scenario.session, scenario.editor)
    assert not text.own


def test_a_text_merged_into_anothers_listing_is_read_and_not_written_there(scenario: Scenario) -> None:
    other = factories.organization(key="autre")
    kept_one = another_listing(scenario, organization=other)
    proposal = propose(scenario)
    merging.merge(scenario.session, scenario.service, kept_one, Edit(scenario.coordinator, NOW))
    stranger = make_account(Role.EDITOR, other)
    scenario.session.add(stranger)
    scenario.session.flush()
    [text] = taking_up.of_account(scenario.session, scenario.editor)
    assert (text.own, text.listing) == (False, kept_one)
    # Another organisation's editors read nothing that nobody published; the coordinators see it at both.
    assert taking_up.find(scenario.session, stranger, proposal.id) is None
    assert taking_up.of_listing(scenario.session, stranger, kept_one) == []
    theirs = taking_up.of_listing(scenario.session, scenario.coordinator, kept_one)
    assert [one.proposal for one in theirs] == [proposal]


def test_a_text_merged_within_one_organisation_is_read_by_its_editors(
    scenario: Scenario, another_editor
) -> None:
    kept_one = another_listing(scenario)
    proposal = propose(scenario)
    merging.merge(scenario.session, scenario.service, kept_one, Edit(scenario.coordinator, NOW))
    [text] = taking_up.of_listing(scenario.session, another_editor(), kept_one)
    assert (text.proposal, text.own) == (proposal, True)


def test_a_withheld_address_is_read_by_its_author_and_the_team_only(
    scenario: Scenario, another_editor
) -> None:
    address = {"street": {"fr": "Rue des Absents 3"}, "postal_code": "1090"}
    proposal = propose(scenario, {"summary.fr": "Une soupe.", "addresses": [address]})
    hide = protection.Decision(sensitive=True, address_confidential=True, sure=True)
    review.accept(
        scenario.session,
        proposal,
        Edit(scenario.coordinator, NOW),
        ["summary.fr", "addresses"],
        decision=hide,
    )
    assert proposal.kept["addresses"]["words"] == [address]
    for reader in (scenario.editor, scenario.coordinator):
        text = taking_up.find(scenario.session, reader, proposal.id)
        assert text is not None
        assert text.words == {"addresses": [address]}
    colleague = another_editor()
    assert taking_up.of_account(scenario.session, colleague) == []
    text = taking_up.find(scenario.session, colleague, proposal.id)
    assert text is not None
    assert text.words == {}


def test_what_changed_since_is_told_apart_from_what_did_not(scenario: Scenario) -> None:
    ends(scenario, "refused")
    values = {"summary.fr": "Un repas de midi."}
    proposals.save(
        scenario.session,
        scenario.service,
        proposals.Typed(values, {"summary.fr": "Un repas chaud."}),
        Edit(scenario.coordinator, LATER),
    )
    [text] = taking_up.of_account(scenario.session, scenario.editor)
    assert text.clashes == {"summary.fr": "Un repas chaud."}
    assert text.words == WORDS


def test_what_stands_in_the_guide_meanwhile_is_not_offered(scenario: Scenario) -> None:
    ends(scenario, "refused")
    for path, words in WORDS.items():
        seen = {path: value_at(scenario.record, path)}
        proposals.save(
            scenario.session,
            scenario.service,
            proposals.Typed({path: words}, seen),
            Edit(scenario.coordinator, LATER),
        )
    assert taking_up.of_account(scenario.session, scenario.editor) == []


def test_what_was_taken_up_is_no_longer_offered_and_the_rest_is(scenario: Scenario) -> None:
    proposal = ends(scenario, "refused")
    values = {"summary.fr": "Une bonne soupe."}
    taking_up.taken(scenario.session, scenario.editor, proposal.id, scenario.service, values)
    [text] = taking_up.of_account(scenario.session, scenario.editor)
    assert list(text.words) == ["description.nl"]
    # A coordinator who publishes other words leaves the author's with her.
    taking_up.taken(
        scenario.session,
        scenario.coordinator,
        proposal.id,
        scenario.service,
        {"description.nl": "Iets anders."},
    )
    assert list(kept.unpublished_values(proposal)) == ["description.nl"]


def test_a_coordinator_who_writes_over_what_waits_leaves_it_with_its_author(scenario: Scenario) -> None:
    proposal = propose(scenario)
    seen = {"summary.fr": WORDS["summary.fr"]}
    proposals.save(
        scenario.session,
        scenario.service,
        proposals.Typed({"summary.fr": "Un potage."}, seen),
        Edit(scenario.coordinator, LATER),
    )
    assert scenario.service.summary.fr == "Un potage."
    [text] = taking_up.of_account(scenario.session, scenario.editor)
    assert (text.proposal, text.words) == (proposal, {"summary.fr": WORDS["summary.fr"]})
    [mail] = mails(scenario)
    assert (mail.content["why"], mail.content["texts"]) == ("rewritten", ["En bref (français)"])
    # The rest of the proposal goes on as it was.
    assert [change.path for change in review.changes(scenario.session, proposal)] == ["description.nl"]
    kept.erase(scenario.session, proposal, Edit(scenario.editor, LATER))
    assert [change.path for change in review.changes(scenario.session, proposal)] == ["description.nl"]
    assert taking_up.of_account(scenario.session, scenario.editor) == []


@pytest.mark.parametrize("given_up", [False, True])
def test_a_new_listing_that_is_not_taken_becomes_a_new_draft(scenario: Scenario, given_up: bool) -> None:
    begun = proposals.begin(scenario.session, scenario.organization, Edit(scenario.editor, NOW))
    sheet = proposals.new_sheet(scenario.session, scenario.editor, begun.id)
    assert sheet is not None
    over = {"starts": "2026-01-01", "ends": "2026-01-02"}
    ahead = {"starts": "2026-12-24", "ends": "2027-01-03"}
    values = {"name.fr": "Table", "summary.fr": "Un repas.", "closures": [over, ahead]}
    proposals.save_new(scenario.session, sheet, proposals.Typed(values, {}), Edit(scenario.editor, NOW))
    if given_up:
        proposals.withdraw(scenario.session, begun, Edit(scenario.editor, NOW))
    else:
        begun.state = ProposalState.WAITING
        review.refuse(scenario.session, begun, Edit(scenario.coordinator, NOW, "Existe déjà."))
        assert mails(scenario)[0].content["reference"] == f"nouvelle-{begun.id}"
    [text] = taking_up.of_account(scenario.session, scenario.editor)
    draft = taking_up.begin_again(scenario.session, text, Edit(scenario.editor, LATER))
    assert draft.id != begun.id
    assert draft.state is ProposalState.DRAFT
    assert draft.record == {"name": {"fr": "Table"}, "summary": {"fr": "Un repas."}, "closures": [ahead]}
    assert taking_up.of_account(scenario.session, scenario.editor) == []
    assert begun.record["name"] == {"fr": "Table"}


def test_an_archived_listing_is_asked_back_with_the_words(scenario: Scenario) -> None:
    ends(scenario, "archived")
    [text] = taking_up.of_account(scenario.session, scenario.editor)
    asked = taking_up.ask_back(scenario.session, text, Edit(scenario.editor, LATER))
    paths = [change.path for change in review.changes(scenario.session, asked)]
    assert paths == ["publication", "summary.fr", "description.nl"]
    review.accept(scenario.session, asked, Edit(scenario.coordinator, LATER))
    assert scenario.service.publication is Publication.PUBLISHED
    assert scenario.service.summary.fr == WORDS["summary.fr"]
    assert taking_up.of_account(scenario.session, scenario.editor) == []


def test_what_was_typed_while_the_listing_left_the_guide_is_kept_once(scenario: Scenario) -> None:
    seen = {"summary.fr": "Un repas chaud.", "summary.nl": "Een warme maaltijd."}
    typed = {"summary.fr": "Une soupe.", "summary.nl": "Een warme maaltijd."}
    proposals.archive(scenario.session, scenario.service, Edit(scenario.coordinator, NOW))
    made = taking_up.keep_typed(
        scenario.session, scenario.service, proposals.Typed(typed, seen), Edit(scenario.editor, LATER)
    )
    again = taking_up.keep_typed(
        scenario.session, scenario.service, proposals.Typed(typed, seen), Edit(scenario.editor, LATER)
    )
    assert made is again
    [text] = taking_up.of_account(scenario.session, scenario.editor)
    assert text.words == {"summary.fr": "Une soupe."}
    assert text.proposal.set_aside is SetAside.ARCHIVED
    assert (
        taking_up.keep_typed(
            scenario.session, scenario.service, proposals.Typed(seen, seen), Edit(scenario.editor, LATER)
        )
        is None
    )


@pytest.mark.parametrize("end", ENDS)
def test_it_goes_when_its_author_erases_it_and_by_itself_after_a_year(scenario: Scenario, end: str) -> None:
    proposal = ends(scenario, end)
    number = proposal.id
    assert kept.forget(scenario.session, NOW + kept.KEPT_FOR) == 0
    assert kept.forget(scenario.session, NOW + kept.KEPT_FOR + timedelta(days=1)) == 1
    assert kept.forget(scenario.session, NOW + kept.KEPT_FOR + timedelta(days=1)) == 0
    left = scenario.session.get(Proposal, number)
    if end == "partly":
        # What was published stays told, with the answer.
        assert left is not None
        assert [change.path for change in review.suggested(left)] == ["summary.fr"]
        assert left.answer == "Oui, non."
    else:
        # Its number is given to no other, and no word of it is left.
        assert left is not None
        assert kept.is_erased(left)
        assert (left.base, left.record, left.kept, left.minor, left.answer) == ({}, {}, {}, [], None)
        assert taking_up.find(scenario.session, scenario.editor, number) is None
        assert proposals.last_answer(scenario.session, scenario.service) is None
        assert propose(scenario, service=another_listing(scenario, key="encore")).id != number


def test_an_open_proposal_is_never_erased_by_time(scenario: Scenario) -> None:
    propose(scenario)
    assert kept.forget(scenario.session, NOW + timedelta(days=4000)) == 0


def test_the_second_of_two_clicks_is_told_what_it_saved(scenario: Scenario) -> None:
    seen = {path: value_at(scenario.record, path) for path in WORDS}
    first = proposals.save(
        scenario.session, scenario.service, proposals.Typed(WORDS, seen), Edit(scenario.editor, NOW)
    )
    second = proposals.save(
        scenario.session, scenario.service, proposals.Typed(WORDS, seen), Edit(scenario.editor, NOW)
    )
    assert sorted(first.waiting) == sorted(second.standing) == sorted(WORDS)
    assert (second.waiting, second.conflicts) == ([], [])


# Links to actions


@pytest.fixture
def action(scenario: Scenario):
    plan = factories.plan([factories.action()])
    scenario.session.add(plan)
    scenario.session.commit()
    return plan.themes[0].actions[0]


def stated(scenario: Scenario, action, service: Service | None = None):
    return fulfilments.propose(
        scenario.session,
        service or scenario.service,
        fulfilments.Claim(action, FulfilmentRole.DELIVERS, Bilingual("Chaque mardi.", None)),
        Edit(scenario.editor, NOW),
    )


def test_a_refused_link_is_told_to_who_proposed_it_and_keeps_her_sentence(scenario: Scenario, action) -> None:
    link = stated(scenario, action)
    fulfilments.decide(
        scenario.session,
        link,
        FulfilmentState.REFUSED,
        Edit(scenario.coordinator, NOW, "Autre chose."),
        Bilingual("x"),
    )
    assert link.reason == Bilingual("Chaque mardi.", None)
    [mail] = mails(scenario)
    assert (mail.kind, mail.account_id, mail.content["answer"]) == (
        "link_refused",
        scenario.editor.id,
        "Autre chose.",
    )


def test_a_link_that_is_taken_back_keeps_its_sentence_and_waits_no_more(scenario: Scenario, action) -> None:
    link = stated(scenario, action)
    assert fulfilments.withdraw(scenario.session, link, Edit(scenario.editor, NOW))
    assert fulfilments.taken_back(link)
    assert link.reason.fr == "Chaque mardi."
    assert fulfilments.proposed(scenario.session) == []
    assert mails(scenario) == []
    assert stated(scenario, action) is link
    assert not fulfilments.taken_back(link)


def test_links_that_wait_at_a_listing_that_goes_are_told_and_wait_for_its_return(
    scenario: Scenario, action
) -> None:
    link = stated(scenario, action)
    proposals.archive(scenario.session, scenario.service, Edit(scenario.coordinator, NOW))
    [mail] = mails(scenario)
    assert (mail.kind, mail.content["why"], mail.content["texts"]) == ("proposal_set_aside", "archived", [])
    assert len(mail.content["actions"]) == 1
    assert fulfilments.proposed(scenario.session) == []
    proposals.republish(scenario.session, scenario.service, Edit(scenario.coordinator, LATER))
    assert fulfilments.proposed(scenario.session) == [link]


def test_a_text_and_a_link_of_one_author_are_told_in_one_mail(scenario: Scenario, action) -> None:
    stated(scenario, action)
    ends(scenario, "merged")
    [mail] = mails(scenario)
    assert len(mail.content["texts"]) == 2
    assert len(mail.content["actions"]) == 1
