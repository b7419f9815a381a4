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
from tests.editing.conftest import NOW, House
from tests.queries import counted


@pytest.fixture
def proposal(house: House) -> Proposal:
    values = {"summary.fr": "Une soupe.", "description.fr": "Chaque midi."}
    seen = {path: value_at(house.record, path) for path in values}
    saved = proposals.save(
        house.session, house.service, proposals.Typed(values, seen), Edit(house.editor, NOW)
    )
    assert saved.proposal is not None
    return saved.proposal


def kinds(house: House) -> list[str]:
    return [mail.kind for mail in house.session.query(Mail).order_by(Mail.id)]


def test_an_accepted_proposal_is_public_and_its_author_is_told(house: House, proposal: Proposal) -> None:
    revision = review.accept(house.session, proposal, Edit(house.coordinator, NOW))
    assert house.service.summary.fr == "Une soupe."
    assert proposal.state is ProposalState.ACCEPTED
    assert revision.account_id == house.editor.id
    assert kinds(house) == ["proposal_accepted"]


def test_a_part_can_be_accepted(house: House, proposal: Proposal) -> None:
    review.accept(house.session, proposal, Edit(house.coordinator, NOW, "Le reste non."), ["description.fr"])
    assert house.service.description.fr == "Chaque midi."
    assert house.service.summary.fr == "Un repas chaud."
    assert proposal.state is ProposalState.PARTLY
    [mail] = house.session.query(Mail)
    assert mail.content["accepted"] == ["Plus d’explications (français)"]
    assert mail.content["left"] == ["En bref (français)"]
    assert mail.content["answer"] == "Le reste non."


def test_what_became_public_by_another_way_is_closed_as_accepted_and_its_author_told(house: House) -> None:
    values = {"summary.nl": "Een soep."}
    seen = {path: value_at(house.record, path) for path in values}
    proposal = proposals.save(
        house.session, house.service, proposals.Typed(values, seen), Edit(house.editor, NOW)
    ).proposal
    assert proposal is not None
    house.service.summary = Bilingual("Un repas chaud.", "Een soep.")
    house.session.flush()
    assert review.changes(house.session, proposal) == []
    assert review.accept(house.session, proposal, Edit(house.coordinator, NOW), []) is None
    assert proposal.state is ProposalState.ACCEPTED
    [mail] = house.session.query(Mail)
    assert (mail.kind, mail.content["accepted"]) == ("proposal_accepted", [field_label("summary.nl", "fr")])


def test_the_author_reads_the_names_of_fields_in_her_language(house: House, proposal: Proposal) -> None:
    house.editor.language = "nl"
    review.accept(house.session, proposal, Edit(house.coordinator, NOW), ["summary.fr"])
    [mail] = house.session.query(Mail)
    assert mail.content["accepted"] == [field_label("summary.fr", "nl")]
    assert mail.content["accepted"] != [field_label("summary.fr", "fr")]


def test_what_follows_another_field_goes_with_it(house: House) -> None:
    """The day of an intake state is nobody's to tick: all that was asked is accepted, not a part."""
    saved = proposals.save(
        house.session,
        house.service,
        proposals.Typed({"intake_status": "full"}, {"intake_status": None}),
        Edit(house.editor, NOW),
    )
    assert saved.proposal is not None
    [change] = review.changes(house.session, saved.proposal)
    assert change.path == "intake_status"
    review.accept(house.session, saved.proposal, Edit(house.coordinator, NOW), ["intake_status"])
    assert saved.proposal.state is ProposalState.ACCEPTED
    assert house.service.intake_as_of == NOW.date()


def test_what_the_reviewer_has_not_read_is_not_decided(house: House, proposal: Proposal) -> None:
    read = proposal.version
    proposals.save(
        house.session,
        house.service,
        proposals.Typed({"summary.fr": "Une tout autre soupe."}, {"summary.fr": "Une soupe."}),
        Edit(house.editor, NOW),
    )
    for answer in (
        lambda: review.accept(
            house.session, proposal, Edit(house.coordinator, NOW), read=review.AsRead(version=read)
        ),
        lambda: review.refuse(
            house.session, proposal, Edit(house.coordinator, NOW, "Non."), read=review.AsRead(version=read)
        ),
        lambda: review.ask_correction(
            house.session, proposal, Edit(house.coordinator, NOW, "?"), read=review.AsRead(version=read)
        ),
    ):
        with pytest.raises(review.ProposalChangedError):
            answer()
    review.accept(
        house.session, proposal, Edit(house.coordinator, NOW), read=review.AsRead(version=proposal.version)
    )
    assert house.service.summary.fr == "Une tout autre soupe."


def test_numbers_and_hours_alone_are_quick_to_answer(house: House) -> None:
    phones = {"phones": [{"number": "02 423 00 00"}]}
    saved = proposals.save(
        house.session, house.service, proposals.Typed(phones, {"phones": None}), Edit(house.editor, NOW)
    )
    assert saved.proposal is not None
    assert review.is_quick(saved.proposal)
    proposals.save(
        house.session,
        house.service,
        proposals.Typed({"summary.fr": "Une soupe."}, {"summary.fr": "Un repas chaud."}),
        Edit(house.editor, NOW),
    )
    assert not review.is_quick(saved.proposal)
    assert [change.path for change in review.suggested(saved.proposal)] == ["summary.fr", "phones"]


def test_nothing_chosen_is_nothing_accepted(house: House, proposal: Proposal) -> None:
    with pytest.raises(review.NothingLeftError):
        review.accept(house.session, proposal, Edit(house.coordinator, NOW), [])


def test_a_refusal_leaves_the_public_listing_and_tells_the_reason(house: House, proposal: Proposal) -> None:
    review.refuse(house.session, proposal, Edit(house.coordinator, NOW, "Trop court."))
    assert house.service.summary.fr == "Un repas chaud."
    assert (proposal.state, proposal.answer) == (ProposalState.REFUSED, "Trop court.")
    assert kinds(house) == ["proposal_refused"]
    assert proposals.open_for(house.session, house.service) is None


def test_a_correction_stays_with_the_author_and_comes_back_when_she_saves(
    house: House, proposal: Proposal
) -> None:
    review.ask_correction(house.session, proposal, Edit(house.coordinator, NOW, "Quel midi ?"))
    assert proposal.state is ProposalState.CORRECTION
    assert review.waiting(house.session) == []
    proposals.save(
        house.session,
        house.service,
        proposals.Typed(
            {"description.fr": "Chaque midi, sauf dimanche."}, {"description.fr": "Chaque midi."}
        ),
        Edit(house.editor, NOW),
    )
    assert review.waiting(house.session) == [proposal]


def test_two_reviewers_cannot_both_decide(house: House, proposal: Proposal) -> None:
    review.refuse(house.session, proposal, Edit(house.coordinator, NOW, "Non."))
    with pytest.raises(review.ProposalDecidedError):
        review.accept(house.session, proposal, Edit(house.coordinator, NOW))


def test_accepting_keeps_what_became_public_meanwhile(house: House, proposal: Proposal) -> None:
    values = {"eligibility.fr": "Pour tous."}
    proposals.save(house.session, house.service, proposals.Typed(values, {}), Edit(house.coordinator, NOW))
    review.accept(house.session, proposal, Edit(house.coordinator, NOW))
    assert house.service.eligibility.fr == "Pour tous."
    assert house.service.summary.fr == "Une soupe."


def test_a_new_listing_becomes_a_service_with_its_own_key_and_code(house: House) -> None:
    begun = proposals.begin(house.session, house.organization, Edit(house.editor, NOW))
    sheet = proposals.new_sheet(house.session, house.editor, begun.id)
    assert sheet is not None
    values = {
        "name.fr": "L’été à Jette",
        "summary.fr": "Des jeux.",
        "terms": [{"term": "faim", "rank": "primary"}],
        "email": "ete@maison.example",
    }
    proposals.save_new(house.session, sheet, proposals.Typed(values, {}), Edit(house.editor, NOW))
    sheet = proposals.new_sheet(house.session, house.editor, begun.id)
    assert sheet is not None
    proposals.send_new(house.session, sheet, Edit(house.editor, NOW))
    review.accept(house.session, begun, Edit(house.coordinator, NOW))
    made = house.session.query(Service).filter(Service.key != "soupe").one()
    assert (made.key, made.publication, made.organization) == (
        "l-ete-a-jette",
        Publication.PUBLISHED,
        house.organization,
    )
    assert len(made.short_code) == 5
    assert made.assured_date.isoformat() == "2026-11-23"
    assert [revision.number for revision in revisions.history(house.session, made)] == [1]
    assert begun.service_id == made.id


@pytest.mark.control("C33")
def test_a_new_listing_reaches_the_index_and_the_audit_log(house: House) -> None:
    begun = proposals.begin(house.session, house.organization, Edit(house.editor, NOW))
    values = {"name.fr": "Vestiaire", "summary.fr": "Des vêtements.", "phones": [{"number": "02 345 67 89"}]}
    for typed in (values, {"terms": [{"term": "faim", "rank": "primary"}]}):
        sheet = proposals.new_sheet(house.session, house.editor, begun.id)
        assert sheet is not None
        proposals.save_new(house.session, sheet, proposals.Typed(typed, {}), Edit(house.editor, NOW))
    sheet = proposals.new_sheet(house.session, house.editor, begun.id)
    assert sheet is not None
    proposals.send_new(house.session, sheet, Edit(house.editor, NOW))
    before = house.session.query(SearchChange).count()
    review.accept(house.session, begun, Edit(house.coordinator, NOW))
    changes = house.session.scalars(select(SearchChange.document).order_by(SearchChange.revision)).all()
    assert changes[before:] == ["service:vestiaire"]
    assert ("listing_published", "service:vestiaire") in [
        (entry.verb, entry.object) for entry in house.session.query(AuditEntry)
    ]


def test_a_new_key_never_takes_an_old_one(house: House) -> None:
    assert review.new_key(house.session, "Soupe !") == "soupe-2"
    assert review.new_key(house.session, "«»") == "service"


def test_an_old_revision_can_be_restored_and_the_history_keeps_both(house: House, proposal: Proposal) -> None:
    review.accept(house.session, proposal, Edit(house.coordinator, NOW))
    first = revisions.history(house.session, house.service)[-1]
    assert (first.number, first.fields) == (1, [])
    before = record_of(house.service)
    restored = revisions.restore(house.session, first, Edit(house.coordinator, NOW))
    assert restored is not None
    assert house.service.summary.fr == "Un repas chaud."
    assert not house.service.description
    assert [r.number for r in revisions.history(house.session, house.service)] == [3, 2, 1]
    again = revisions.restore(
        house.session, revisions.history(house.session, house.service)[1], Edit(house.coordinator, NOW)
    )
    assert again is not None
    assert record_of(house.service) == before


def test_restoring_brings_no_printed_address_back(house: House, proposal: Proposal) -> None:
    review.accept(house.session, proposal, Edit(house.coordinator, NOW))
    first = revisions.history(house.session, house.service)[-1]
    first.record = first.record | {"short_code": "autre", "key": "autre"}
    revisions.restore(house.session, first, Edit(house.coordinator, NOW))
    assert house.service.key == "soupe"
    assert house.service.short_code != "autre"


def test_what_went_live_stands_beside_the_revision_before_until_it_is_seen(house: House) -> None:
    house.organization.trusted = True
    for number in ("02 423 00 00", "02 423 11 11"):
        seen = {"phones": value_at(house.record, "phones")}
        phones = {"phones": [{"number": number}]}
        proposals.save(house.session, house.service, proposals.Typed(phones, seen), Edit(house.editor, NOW))
    with counted(house.session) as asked:
        found = revisions.to_see_with_before(house.session)
        assert [revision.service.key for revision, _before in found] == ["soupe", "soupe"]
    assert len(asked) == 1
    assert [value_at(before, "phones") for _revision, before in found] == [
        None,
        [{"number": "02 423 00 00"}],
    ]
    first = found[0][0]
    assert revisions.call_seen(house.session, [first.id, 999], Edit(house.coordinator, NOW)) == 1
    assert revisions.call_seen(house.session, [first.id], Edit(house.coordinator, NOW)) == 0
    assert revisions.to_see(house.session) == [found[1][0]]


HELD_BACK = {"relay_email": "relais@maison.example", "professional_note.fr": "Demandez le dossier bleu."}


def suggest(house: House, values: dict[str, str]) -> Proposal:
    seen = {path: value_at(house.record, path) for path in values}
    saved = proposals.save(
        house.session, house.service, proposals.Typed(values, seen), Edit(house.editor, NOW)
    )
    assert saved.proposal is not None
    return saved.proposal


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("part", [False, True])
def test_the_mail_calls_public_only_what_the_public_reads(house: House, lang: Language, part: bool) -> None:
    house.editor.language = lang
    proposal = suggest(house, {"summary.fr": "Une soupe.", "description.fr": "À midi.", **HELD_BACK})
    paths = ["summary.fr", *HELD_BACK] if part else None
    review.accept(house.session, proposal, Edit(house.coordinator, NOW), paths)
    [mail] = house.session.query(Mail)
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
    house: House, visibility: Visibility, values: dict[str, str]
) -> None:
    house.service.visibility = visibility
    house.session.flush()
    review.accept(house.session, suggest(house, values), Edit(house.coordinator, NOW))
    [mail] = house.session.query(Mail)
    body = text(mail, "https://guide.example.be")[1]
    told = visibility is Visibility.PUBLIC and "summary.fr" in values
    assert ("Le public voit" in body) == told
    assert ("Ceci est enregistré dans la fiche" in body) != told
    assert "Elle est maintenant dans le guide" not in body, "that is said of a new listing"
