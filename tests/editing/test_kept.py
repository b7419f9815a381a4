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
from tests.editing.conftest import NOW, House, make_account

WORDS = {"summary.fr": "Une soupe.", "description.nl": "Elke middag."}
LATER = NOW + timedelta(days=3)


def propose(house: House, values: dict[str, Any] | None = None, service: Service | None = None) -> Proposal:
    values = values or WORDS
    stands = proposals.sheet_of(house.session, service or house.service).record
    seen = {path: value_at(stands, path) for path in values}
    saved = proposals.save(
        house.session, service or house.service, proposals.Typed(values, seen), Edit(house.editor, NOW)
    ).proposal
    assert saved is not None
    return saved


def another_listing(house: House, **values: Any) -> Service:
    made = factories.service(
        **{
            "key": "soupe-bis",
            "name": Bilingual("Soupe bis", "Soep bis"),
            "organization": house.organization,
            "attributes": [factories.filed(house.need)],
        }
        | values
    )
    house.session.add(made)
    house.session.commit()
    return made


def mails(house: House) -> list[Mail]:
    return house.session.query(Mail).order_by(Mail.id).all()


def ends(house: House, end: str) -> Proposal:
    """A proposal of `WORDS` that came to this end."""
    proposal = propose(house)
    if end == "refused":
        review.refuse(house.session, proposal, Edit(house.coordinator, NOW, "Trop court."))
    elif end == "partly":
        review.accept(house.session, proposal, Edit(house.coordinator, NOW, "Oui, non."), ["summary.fr"])
    elif end == "withdrawn":
        proposals.withdraw(house.session, proposal, Edit(house.editor, NOW))
    elif end == "archived":
        proposals.archive(house.session, house.service, Edit(house.coordinator, NOW, "Fini."))
    else:
        merging.merge(house.session, house.service, another_listing(house), Edit(house.coordinator, NOW))
    return proposal


ENDS = ("refused", "partly", "withdrawn", "archived", "merged")


@pytest.mark.parametrize("end", ENDS)
def test_at_each_end_what_was_not_published_stays_with_its_author(house: House, end: str) -> None:
    proposal = ends(house, end)
    [text] = taking_up.of_account(house.session, house.editor)
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
    house: House, end: str, language: Language
) -> None:
    house.editor.language = language
    proposal = ends(house, end)
    told = mails(house)
    if end == "withdrawn":
        assert told == []  # she did it herself
        return
    [mail] = told
    assert (mail.account_id, mail.language) == (house.editor.id, language)
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


def test_when_the_authors_account_is_closed_her_colleagues_are_told(house: House, another_editor) -> None:
    proposal = propose(house)
    colleague = another_editor()
    house.editor.state = AccountState.DISABLED
    review.refuse(house.session, proposal, Edit(house.coordinator, NOW, "Non."))
    assert [mail.account_id for mail in mails(house)] == [colleague.id]
    assert [text.proposal for text in taking_up.of_account(house.session, colleague)] == [proposal]


@pytest.mark.parametrize("end", ENDS)
def test_only_its_people_read_it(house: House, another_editor, end: str) -> None:
    proposal = ends(house, end)
    stranger = make_account(Role.EDITOR)
    house.session.add(stranger)
    house.session.flush()
    assert taking_up.find(house.session, stranger, proposal.id) is None
    assert taking_up.of_account(house.session, stranger) == []
    assert taking_up.find(house.session, another_editor(), proposal.id) is not None
    assert taking_up.find(house.session, house.coordinator, proposal.id) is not None
    # Who left the organisation reads her own words, and writes nowhere with them.
    house.editor.memberships = []
    house.session.flush()
    [text] = taking_up.of_account(house.session, house.editor)
    assert not text.own


def test_a_text_merged_into_anothers_listing_is_read_and_not_written_there(house: House) -> None:
    other = factories.organization(key="autre")
    kept_one = another_listing(house, organization=other)
    proposal = propose(house)
    merging.merge(house.session, house.service, kept_one, Edit(house.coordinator, NOW))
    stranger = make_account(Role.EDITOR, other)
    house.session.add(stranger)
    house.session.flush()
    [text] = taking_up.of_account(house.session, house.editor)
    assert (text.own, text.listing) == (False, kept_one)
    # Another organisation's editors read nothing that nobody published; the coordinators see it at both.
    assert taking_up.find(house.session, stranger, proposal.id) is None
    assert taking_up.of_listing(house.session, stranger, kept_one) == []
    theirs = taking_up.of_listing(house.session, house.coordinator, kept_one)
    assert [one.proposal for one in theirs] == [proposal]


def test_a_text_merged_within_one_organisation_is_read_by_its_editors(house: House, another_editor) -> None:
    kept_one = another_listing(house)
    proposal = propose(house)
    merging.merge(house.session, house.service, kept_one, Edit(house.coordinator, NOW))
    [text] = taking_up.of_listing(house.session, another_editor(), kept_one)
    assert (text.proposal, text.own) == (proposal, True)


def test_a_withheld_address_is_read_by_its_author_and_the_team_only(house: House, another_editor) -> None:
    address = {"street": {"fr": "Rue des Absents 3"}, "postal_code": "1090"}
    proposal = propose(house, {"summary.fr": "Une soupe.", "addresses": [address]})
    hide = protection.Decision(sensitive=True, address_confidential=True, sure=True)
    review.accept(
        house.session, proposal, Edit(house.coordinator, NOW), ["summary.fr", "addresses"], decision=hide
    )
    assert proposal.kept["addresses"]["words"] == [address]
    for reader in (house.editor, house.coordinator):
        text = taking_up.find(house.session, reader, proposal.id)
        assert text is not None
        assert text.words == {"addresses": [address]}
    colleague = another_editor()
    assert taking_up.of_account(house.session, colleague) == []
    text = taking_up.find(house.session, colleague, proposal.id)
    assert text is not None
    assert text.words == {}


def test_what_changed_since_is_told_apart_from_what_did_not(house: House) -> None:
    ends(house, "refused")
    values = {"summary.fr": "Un repas de midi."}
    proposals.save(
        house.session,
        house.service,
        proposals.Typed(values, {"summary.fr": "Un repas chaud."}),
        Edit(house.coordinator, LATER),
    )
    [text] = taking_up.of_account(house.session, house.editor)
    assert text.clashes == {"summary.fr": "Un repas chaud."}
    assert text.words == WORDS


def test_what_stands_in_the_guide_meanwhile_is_not_offered(house: House) -> None:
    ends(house, "refused")
    for path, words in WORDS.items():
        seen = {path: value_at(house.record, path)}
        proposals.save(
            house.session, house.service, proposals.Typed({path: words}, seen), Edit(house.coordinator, LATER)
        )
    assert taking_up.of_account(house.session, house.editor) == []


def test_what_was_taken_up_is_no_longer_offered_and_the_rest_is(house: House) -> None:
    proposal = ends(house, "refused")
    values = {"summary.fr": "Une bonne soupe."}
    taking_up.taken(house.session, house.editor, proposal.id, house.service, values)
    [text] = taking_up.of_account(house.session, house.editor)
    assert list(text.words) == ["description.nl"]
    # A coordinator who publishes other words leaves the author's with her.
    taking_up.taken(
        house.session, house.coordinator, proposal.id, house.service, {"description.nl": "Iets anders."}
    )
    assert list(kept.words_of(proposal)) == ["description.nl"]


def test_a_coordinator_who_writes_over_what_waits_leaves_it_with_its_author(house: House) -> None:
    proposal = propose(house)
    seen = {"summary.fr": WORDS["summary.fr"]}
    proposals.save(
        house.session,
        house.service,
        proposals.Typed({"summary.fr": "Un potage."}, seen),
        Edit(house.coordinator, LATER),
    )
    assert house.service.summary.fr == "Un potage."
    [text] = taking_up.of_account(house.session, house.editor)
    assert (text.proposal, text.words) == (proposal, {"summary.fr": WORDS["summary.fr"]})
    [mail] = mails(house)
    assert (mail.content["why"], mail.content["texts"]) == ("rewritten", ["En bref (français)"])
    # The rest of the proposal goes on as it was.
    assert [change.path for change in review.changes(house.session, proposal)] == ["description.nl"]
    kept.erase(house.session, proposal, Edit(house.editor, LATER))
    assert [change.path for change in review.changes(house.session, proposal)] == ["description.nl"]
    assert taking_up.of_account(house.session, house.editor) == []


@pytest.mark.parametrize("given_up", [False, True])
def test_a_new_listing_that_is_not_taken_becomes_a_new_draft(house: House, given_up: bool) -> None:
    begun = proposals.begin(house.session, house.organization, Edit(house.editor, NOW))
    sheet = proposals.new_sheet(house.session, house.editor, begun.id)
    assert sheet is not None
    over = {"starts": "2026-01-01", "ends": "2026-01-02"}
    ahead = {"starts": "2026-12-24", "ends": "2027-01-03"}
    values = {"name.fr": "Table", "summary.fr": "Un repas.", "closures": [over, ahead]}
    proposals.save_new(house.session, sheet, proposals.Typed(values, {}), Edit(house.editor, NOW))
    if given_up:
        proposals.withdraw(house.session, begun, Edit(house.editor, NOW))
    else:
        begun.state = ProposalState.WAITING
        review.refuse(house.session, begun, Edit(house.coordinator, NOW, "Existe déjà."))
        assert mails(house)[0].content["reference"] == f"nouvelle-{begun.id}"
    [text] = taking_up.of_account(house.session, house.editor)
    draft = taking_up.begin_again(house.session, text, Edit(house.editor, LATER))
    assert draft.id != begun.id
    assert draft.state is ProposalState.DRAFT
    assert draft.record == {"name": {"fr": "Table"}, "summary": {"fr": "Un repas."}, "closures": [ahead]}
    assert taking_up.of_account(house.session, house.editor) == []
    assert begun.record["name"] == {"fr": "Table"}


def test_an_archived_listing_is_asked_back_with_the_words(house: House) -> None:
    ends(house, "archived")
    [text] = taking_up.of_account(house.session, house.editor)
    asked = taking_up.ask_back(house.session, text, Edit(house.editor, LATER))
    paths = [change.path for change in review.changes(house.session, asked)]
    assert paths == ["publication", "summary.fr", "description.nl"]
    review.accept(house.session, asked, Edit(house.coordinator, LATER))
    assert house.service.publication is Publication.PUBLISHED
    assert house.service.summary.fr == WORDS["summary.fr"]
    assert taking_up.of_account(house.session, house.editor) == []


def test_what_was_typed_while_the_listing_left_the_guide_is_kept_once(house: House) -> None:
    seen = {"summary.fr": "Un repas chaud.", "summary.nl": "Een warme maaltijd."}
    typed = {"summary.fr": "Une soupe.", "summary.nl": "Een warme maaltijd."}
    proposals.archive(house.session, house.service, Edit(house.coordinator, NOW))
    made = taking_up.keep_typed(
        house.session, house.service, proposals.Typed(typed, seen), Edit(house.editor, LATER)
    )
    again = taking_up.keep_typed(
        house.session, house.service, proposals.Typed(typed, seen), Edit(house.editor, LATER)
    )
    assert made is again
    [text] = taking_up.of_account(house.session, house.editor)
    assert text.words == {"summary.fr": "Une soupe."}
    assert text.proposal.set_aside is SetAside.ARCHIVED
    assert (
        taking_up.keep_typed(
            house.session, house.service, proposals.Typed(seen, seen), Edit(house.editor, LATER)
        )
        is None
    )


@pytest.mark.parametrize("end", ENDS)
def test_it_goes_when_its_author_erases_it_and_by_itself_after_a_year(house: House, end: str) -> None:
    proposal = ends(house, end)
    number = proposal.id
    assert kept.forget(house.session, NOW + kept.KEPT_FOR) == 0
    assert kept.forget(house.session, NOW + kept.KEPT_FOR + timedelta(days=1)) == 1
    assert kept.forget(house.session, NOW + kept.KEPT_FOR + timedelta(days=1)) == 0
    left = house.session.get(Proposal, number)
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
        assert taking_up.find(house.session, house.editor, number) is None
        assert proposals.last_answer(house.session, house.service) is None
        assert propose(house, service=another_listing(house, key="encore")).id != number


def test_an_open_proposal_is_never_erased_by_time(house: House) -> None:
    propose(house)
    assert kept.forget(house.session, NOW + timedelta(days=4000)) == 0


def test_the_second_of_two_clicks_is_told_what_it_saved(house: House) -> None:
    seen = {path: value_at(house.record, path) for path in WORDS}
    first = proposals.save(
        house.session, house.service, proposals.Typed(WORDS, seen), Edit(house.editor, NOW)
    )
    second = proposals.save(
        house.session, house.service, proposals.Typed(WORDS, seen), Edit(house.editor, NOW)
    )
    assert sorted(first.waiting) == sorted(second.standing) == sorted(WORDS)
    assert (second.waiting, second.conflicts) == ([], [])


# Links to actions


@pytest.fixture
def action(house: House):
    plan = factories.plan([factories.action()])
    house.session.add(plan)
    house.session.commit()
    return plan.themes[0].actions[0]


def stated(house: House, action, service: Service | None = None):
    return fulfilments.propose(
        house.session,
        service or house.service,
        fulfilments.Claim(action, FulfilmentRole.DELIVERS, Bilingual("Chaque mardi.", None)),
        Edit(house.editor, NOW),
    )


def test_a_refused_link_is_told_to_who_proposed_it_and_keeps_her_sentence(house: House, action) -> None:
    link = stated(house, action)
    fulfilments.decide(
        house.session,
        link,
        FulfilmentState.REFUSED,
        Edit(house.coordinator, NOW, "Autre chose."),
        Bilingual("x"),
    )
    assert link.reason == Bilingual("Chaque mardi.", None)
    [mail] = mails(house)
    assert (mail.kind, mail.account_id, mail.content["answer"]) == (
        "link_refused",
        house.editor.id,
        "Autre chose.",
    )


def test_a_link_that_is_taken_back_keeps_its_sentence_and_waits_no_more(house: House, action) -> None:
    link = stated(house, action)
    assert fulfilments.withdraw(house.session, link, Edit(house.editor, NOW))
    assert fulfilments.taken_back(link)
    assert link.reason.fr == "Chaque mardi."
    assert fulfilments.proposed(house.session) == []
    assert mails(house) == []
    assert stated(house, action) is link
    assert not fulfilments.taken_back(link)


def test_links_that_wait_at_a_listing_that_goes_are_told_and_wait_for_its_return(
    house: House, action
) -> None:
    link = stated(house, action)
    proposals.archive(house.session, house.service, Edit(house.coordinator, NOW))
    [mail] = mails(house)
    assert (mail.kind, mail.content["why"], mail.content["texts"]) == ("proposal_set_aside", "archived", [])
    assert len(mail.content["actions"]) == 1
    assert fulfilments.proposed(house.session) == []
    proposals.republish(house.session, house.service, Edit(house.coordinator, LATER))
    assert fulfilments.proposed(house.session) == [link]


def test_a_text_and_a_link_of_one_author_are_told_in_one_mail(house: House, action) -> None:
    stated(house, action)
    ends(house, "merged")
    [mail] = mails(house)
    assert len(mail.content["texts"]) == 2
    assert len(mail.content["actions"]) == 1
