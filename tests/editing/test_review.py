"""The coordinator's answers: whole, in part, refused, to correct; each told to the author, each undoable."""

import pytest
from sqlalchemy import select

from guide.audit import Edit
from guide.editing import proposals, review, revisions
from guide.editing.field_words import field_label
from guide.editing.listings import record_of, value_at
from guide.languages import LANGUAGES, Bilingual, Language
from guide.mail.rendering import text
from guide.model import (
    AuditEntry,
    Mail,
    Proposal,
    ProposalState,
    Publication,
    SearchChange,
    Service,
    Visibility,
)
from tests.editing.conftest import NOW, Scenario
from tests.queries import counted


@pytest.fixture
def proposal(scenario: Scenario) -> Proposal:
    values = {"summary.fr": "Une soupe.", "description.fr": "Chaque midi."}
    seen = {path: value_at(scenario.record, path) for path in values}
    saved = proposals.save(
        scenario.session, scenario.service, proposals.Typed(values, seen), Edit(scenario.editor, NOW)
    )
    assert saved.proposal is not None
    return saved.proposal


def kinds(scenario: Scenario) -> list[str]:
    return [mail.kind for mail in scenario.session.query(Mail).order_by(Mail.id)]


def test_an_accepted_proposal_is_public_and_its_author_is_told(
    scenario: Scenario, proposal: Proposal
) -> None:
    revision = review.accept(scenario.session, proposal, Edit(scenario.coordinator, NOW))
    assert scenario.service.summary.fr == "Une soupe."
    assert proposal.state is ProposalState.ACCEPTED
    assert revision.account_id == scenario.editor.id
    assert kinds(scenario) == ["proposal_accepted"]


def test_a_part_can_be_accepted(scenario: Scenario, proposal: Proposal) -> None:
    review.accept(
        scenario.session, proposal, Edit(scenario.coordinator, NOW, "Le reste non."), ["description.fr"]
    )
    assert scenario.service.description.fr == "Chaque midi."
    assert scenario.service.summary.fr == "Un repas chaud."
    assert proposal.state is ProposalState.PARTLY
    [mail] = scenario.session.query(Mail)
    assert mail.content["accepted"] == ["Plus d’explications (français)"]
    assert mail.content["left"] == ["En bref (français)"]
    assert mail.content["answer"] == "Le reste non."


def test_what_became_public_by_another_way_is_closed_as_accepted_and_its_author_told(
    scenario: Scenario,
) -> None:
    values = {"summary.nl": "Een soep."}
    seen = {path: value_at(scenario.record, path) for path in values}
    proposal = proposals.save(
        scenario.session, scenario.service, proposals.Typed(values, seen), Edit(scenario.editor, NOW)
    ).proposal
    assert proposal is not None
    scenario.service.summary = Bilingual("Un repas chaud.", "Een soep.")
    scenario.session.flush()
    assert review.changes(scenario.session, proposal) == []
    assert review.accept(scenario.session, proposal, Edit(scenario.coordinator, NOW), []) is None
    assert proposal.state is ProposalState.ACCEPTED
    [mail] = scenario.session.query(Mail)
    assert (mail.kind, mail.content["accepted"]) == ("proposal_accepted", [field_label("summary.nl", "fr")])


def test_the_author_reads_the_names_of_fields_in_her_language(scenario: Scenario, proposal: Proposal) -> None:
    scenario.editor.language = "nl"
    review.accept(scenario.session, proposal, Edit(scenario.coordinator, NOW), ["summary.fr"])
    [mail] = scenario.session.query(Mail)
    assert mail.content["accepted"] == [field_label("summary.fr", "nl")]
    assert mail.content["accepted"] != [field_label("summary.fr", "fr")]


def test_what_follows_another_field_goes_with_it(scenario: Scenario) -> None:
    """The day of an intake state is nobody's to tick: all that was asked is accepted, not a part."""
    saved = proposals.save(
        scenario.session,
        scenario.service,
        proposals.Typed({"intake_status": "full"}, {"intake_status": None}),
        Edit(scenario.editor, NOW),
    )
    assert saved.proposal is not None
    [change] = review.changes(scenario.session, saved.proposal)
    assert change.path == "intake_status"
    review.accept(scenario.session, saved.proposal, Edit(scenario.coordinator, NOW), ["intake_status"])
    assert saved.proposal.state is ProposalState.ACCEPTED
    assert scenario.service.intake_as_of == NOW.date()


def test_what_the_reviewer_has_not_read_is_not_decided(scenario: Scenario, proposal: Proposal) -> None:
    read = proposal.version
    proposals.save(
        scenario.session,
        scenario.service,
        proposals.Typed({"summary.fr": "Une tout autre soupe."}, {"summary.fr": "Une soupe."}),
        Edit(scenario.editor, NOW),
    )
    for answer in (
        lambda: review.accept(
            scenario.session, proposal, Edit(scenario.coordinator, NOW), read=review.AsRead(version=read)
        ),
        lambda: review.refuse(
            scenario.session,
            proposal,
            Edit(scenario.coordinator, NOW, "Non."),
            read=review.AsRead(version=read),
        ),
        lambda: review.ask_correction(
            scenario.session, proposal, Edit(scenario.coordinator, NOW, "?"), read=review.AsRead(version=read)
        ),
    ):
        with pytest.raises(review.ProposalChangedError):
            answer()
    review.accept(
        scenario.session,
        proposal,
        Edit(scenario.coordinator, NOW),
        read=review.AsRead(version=proposal.version),
    )
    assert scenario.service.summary.fr == "Une tout autre soupe."


def test_numbers_and_hours_alone_are_quick_to_answer(scenario: Scenario) -> None:
    phones = {"phones": [{"number": "02 423 00 00"}]}
    saved = proposals.save(
        scenario.session,
        scenario.service,
        proposals.Typed(phones, {"phones": None}),
        Edit(scenario.editor, NOW),
    )
    assert saved.proposal is not None
    assert review.is_quick(saved.proposal)
    proposals.save(
        scenario.session,
        scenario.service,
        proposals.Typed({"summary.fr": "Une soupe."}, {"summary.fr": "Un repas chaud."}),
        Edit(scenario.editor, NOW),
    )
    assert not review.is_quick(saved.proposal)
    assert [change.path for change in review.suggested(saved.proposal)] == ["summary.fr", "phones"]


def test_nothing_chosen_is_nothing_accepted(scenario: Scenario, proposal: Proposal) -> None:
    with pytest.raises(review.NothingLeftError):
        review.accept(scenario.session, proposal, Edit(scenario.coordinator, NOW), [])


def test_a_refusal_leaves_the_public_listing_and_tells_the_reason(
    scenario: Scenario, proposal: Proposal
) -> None:
    review.refuse(scenario.session, proposal, Edit(scenario.coordinator, NOW, "Trop court."))
    assert scenario.service.summary.fr == "Un repas chaud."
    assert (proposal.state, proposal.answer) == (ProposalState.REFUSED, "Trop court.")
    assert kinds(scenario) == ["proposal_refused"]
    assert proposals.open_for(scenario.session, scenario.service) is None


def test_a_correction_stays_with_the_author_and_comes_back_when_she_saves(
    scenario: Scenario, proposal: Proposal
) -> None:
    review.ask_correction(scenario.session, proposal, Edit(scenario.coordinator, NOW, "Quel midi ?"))
    assert proposal.state is ProposalState.CORRECTION
    assert review.waiting(scenario.session) == []
    proposals.save(
        scenario.session,
        scenario.service,
        proposals.Typed(
            {"description.fr": "Chaque midi, sauf dimanche."}, {"description.fr": "Chaque midi."}
        ),
        Edit(scenario.editor, NOW),
    )
    assert review.waiting(scenario.session) == [proposal]


def test_two_reviewers_cannot_both_decide(scenario: Scenario, proposal: Proposal) -> None:
    review.refuse(scenario.session, proposal, Edit(scenario.coordinator, NOW, "Non."))
    with pytest.raises(review.ProposalDecidedError):
        review.accept(scenario.session, proposal, Edit(scenario.coordinator, NOW))


def test_accepting_keeps_what_became_public_meanwhile(scenario: Scenario, proposal: Proposal) -> None:
    values = {"eligibility.fr": "Pour tous."}
    proposals.save(
        scenario.session, scenario.service, proposals.Typed(values, {}), Edit(scenario.coordinator, NOW)
    )
    review.accept(scenario.session, proposal, Edit(scenario.coordinator, NOW))
    assert scenario.service.eligibility.fr == "Pour tous."
    assert scenario.service.summary.fr == "Une soupe."


def test_a_new_listing_becomes_a_service_with_its_own_key_and_code(scenario: Scenario) -> None:
    begun = proposals.begin(scenario.session, scenario.organization, Edit(scenario.editor, NOW))
    sheet = proposals.new_sheet(scenario.session, scenario.editor, begun.id)
    assert sheet is not None
    values = {
        "name.fr": "L’été à Jette",
        "summary.fr": "Des jeux.",
        "terms": [{"term": "faim", "rank": "primary"}],
        "email": "ete@maison.example",
    }
    proposals.save_new(scenario.session, sheet, proposals.Typed(values, {}), Edit(scenario.editor, NOW))
    sheet = proposals.new_sheet(scenario.session, scenario.editor, begun.id)
    assert sheet is not None
    proposals.send_new(scenario.session, sheet, Edit(scenario.editor, NOW))
    review.accept(scenario.session, begun, Edit(scenario.coordinator, NOW))
    made = scenario.session.query(Service).filter(Service.key != "soupe").one()
    assert (made.key, made.publication, made.organization) == (
        "l-ete-a-jette",
        Publication.PUBLISHED,
        scenario.organization,
    )
    assert len(made.short_code) == 5
    assert made.assured_date.isoformat() == "2026-11-23"
    assert [revision.number for revision in revisions.history(scenario.session, made)] == [1]
    assert begun.service_id == made.id


@pytest.mark.control("C33")
def test_a_new_listing_reaches_the_index_and_the_audit_log(scenario: Scenario) -> None:
    begun = proposals.begin(scenario.session, scenario.organization, Edit(scenario.editor, NOW))
    values = {"name.fr": "Vestiaire", "summary.fr": "Des vêtements.", "phones": [{"number": "02 345 67 89"}]}
    for typed in (values, {"terms": [{"term": "faim", "rank": "primary"}]}):
        sheet = proposals.new_sheet(scenario.session, scenario.editor, begun.id)
        assert sheet is not None
        proposals.save_new(scenario.session, sheet, proposals.Typed(typed, {}), Edit(scenario.editor, NOW))
    sheet = proposals.new_sheet(scenario.session, scenario.editor, begun.id)
    assert sheet is not None
    proposals.send_new(scenario.session, sheet, Edit(scenario.editor, NOW))
    scenario.session.commit()
    before = scenario.session.query(SearchChange).count()
    review.accept(scenario.session, begun, Edit(scenario.coordinator, NOW))
    scenario.session.commit()
    changes = scenario.session.scalars(select(SearchChange.document).order_by(SearchChange.revision)).all()
    assert changes[before:] == ["service:vestiaire"]
    assert ("listing_published", "service:vestiaire") in [
        (entry.verb, entry.object) for entry in scenario.session.query(AuditEntry)
    ]


def test_a_new_key_never_takes_an_old_one(scenario: Scenario) -> None:
    assert review.new_key(scenario.session, "Soupe !") == "soupe-2"
    assert review.new_key(scenario.session, "«»") == "service"


def test_an_old_revision_can_be_restored_and_the_history_keeps_both(
    scenario: Scenario, proposal: Proposal
) -> None:
    review.accept(scenario.session, proposal, Edit(scenario.coordinator, NOW))
    first = revisions.history(scenario.session, scenario.service)[-1]
    assert (first.number, first.fields) == (1, [])
    before = record_of(scenario.service)
    restored = revisions.restore(scenario.session, first, Edit(scenario.coordinator, NOW))
    assert restored is not None
    assert scenario.service.summary.fr == "Un repas chaud."
    assert not scenario.service.description
    assert [r.number for r in revisions.history(scenario.session, scenario.service)] == [3, 2, 1]
    again = revisions.restore(
        scenario.session,
        revisions.history(scenario.session, scenario.service)[1],
        Edit(scenario.coordinator, NOW),
    )
    assert again is not None
    assert record_of(scenario.service) == before


def test_restoring_brings_no_printed_address_back(scenario: Scenario, proposal: Proposal) -> None:
    review.accept(scenario.session, proposal, Edit(scenario.coordinator, NOW))
    first = revisions.history(scenario.session, scenario.service)[-1]
    first.record = first.record | {"short_code": "autre", "key": "autre"}
    revisions.restore(scenario.session, first, Edit(scenario.coordinator, NOW))
    assert scenario.service.key == "soupe"
    assert scenario.service.short_code != "autre"


def test_what_went_live_stands_beside_the_revision_before_until_it_is_seen(scenario: Scenario) -> None:
    scenario.organization.trusted = True
    for number in ("02 423 00 00", "02 423 11 11"):
        seen = {"phones": value_at(scenario.record, "phones")}
        phones = {"phones": [{"number": number}]}
        proposals.save(
            scenario.session, scenario.service, proposals.Typed(phones, seen), Edit(scenario.editor, NOW)
        )
    with counted(scenario.session) as asked:
        found = revisions.to_see_with_before(scenario.session)
        assert [revision.service.key for revision, _before in found] == ["soupe", "soupe"]
    assert len(asked) == 1
    assert [value_at(before, "phones") for _revision, before in found] == [
        None,
        [{"number": "02 423 00 00"}],
    ]
    first = found[0][0]
    assert revisions.call_seen(scenario.session, [first.id, 999], Edit(scenario.coordinator, NOW)) == 1
    assert revisions.call_seen(scenario.session, [first.id], Edit(scenario.coordinator, NOW)) == 0
    assert revisions.to_see(scenario.session) == [found[1][0]]


HELD_BACK = {"relay_email": "relais@maison.example", "professional_note.fr": "Demandez le dossier bleu."}


def suggest(scenario: Scenario, values: dict[str, str]) -> Proposal:
    seen = {path: value_at(scenario.record, path) for path in values}
    saved = proposals.save(
        scenario.session, scenario.service, proposals.Typed(values, seen), Edit(scenario.editor, NOW)
    )
    assert saved.proposal is not None
    return saved.proposal


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("part", [False, True])
def test_the_mail_calls_public_only_what_the_public_reads(
    scenario: Scenario, lang: Language, part: bool
) -> None:
    scenario.editor.language = lang
    proposal = suggest(scenario, {"summary.fr": "Une soupe.", "description.fr": "À midi.", **HELD_BACK})
    paths = ["summary.fr", *HELD_BACK] if part else None
    review.accept(scenario.session, proposal, Edit(scenario.coordinator, NOW), paths)
    [mail] = scenario.session.query(Mail)
    assert set(mail.content["inside"]) == {field_label(path, lang) for path in HELD_BACK}
    body = text(mail, "https://guide.example.be")[1].replace("\u00a0", " ")
    public, inside = (
        ("Le public voit maintenant :", "Ceci est enregistré dans la fiche :")
        if lang == "fr"
        else ("Het publiek ziet nu:", "Dit is opgeslagen in de fiche:")
    )
    said_public, said_inside = body.partition(public)[2].split(inside)
    for path in HELD_BACK:
        assert field_label(path, lang) not in said_public
        assert field_label(path, lang) in said_inside
    assert field_label("summary.fr", lang) in said_public


@pytest.mark.parametrize("visibility", list(Visibility))
@pytest.mark.parametrize("values", [{"summary.fr": "Une soupe."}, HELD_BACK])
def test_a_mail_names_the_public_only_when_it_reads_something(
    scenario: Scenario, visibility: Visibility, values: dict[str, str]
) -> None:
    scenario.service.visibility = visibility
    scenario.session.flush()
    review.accept(scenario.session, suggest(scenario, values), Edit(scenario.coordinator, NOW))
    [mail] = scenario.session.query(Mail)
    body = text(mail, "https://guide.example.be")[1]
    told = visibility is Visibility.PUBLIC and "summary.fr" in values
    assert ("Le public voit" in body) == told
    assert ("Ceci est enregistré dans la fiche" in body) != told
    assert "Elle est maintenant dans le guide" not in body, "that is said of a new listing"
