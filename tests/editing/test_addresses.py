"""Hours and numbers of one address, when addresses and hours change apart from one another."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guide.audit import Edit
from guide.editing import kept, proposals, protection, review, revisions
from guide.editing.addresses import hours_differ, names_only, needed_with, placeless, settled
from guide.editing.listings import record_of, value_at
from guide.model import Mail, ProposalState, Role
from guide.records.places import keyed_places
from guide.records.shapes import _address_faults
from tests.editing.conftest import NOW, Scenario, make_account


def place(street: str, key: str = "") -> dict[str, Any]:
    return {**({"key": key} if key else {}), "street": {"fr": street}}


def hours(address: str = "", kind: str = "visit") -> dict[str, Any]:
    named = {"address": address} if address else {}
    return {"kind": kind, **named, "byday": ["MO"], "opens_at": "09:00", "closes_at": "12:00"}


def test_one_address_needs_no_key_and_two_have_the_smallest_free_numbers() -> None:
    assert keyed_places([place("A")]) == [place("A")]
    assert [one["key"] for one in keyed_places([place("A"), place("B")])] == ["1", "2"]
    assert [one["key"] for one in keyed_places([place("A", "b"), place("B")], [place("A", "b")])] == [
        "b",
        "1",
    ]


def test_the_key_of_an_address_that_went_is_not_given_to_the_one_that_came() -> None:
    before = [place("A", "1"), place("B", "2")]
    assert [one["key"] for one in keyed_places([place("A", "1"), place("C")], before)] == ["1", "3"]


def test_a_key_that_nobody_gave_or_that_stands_twice_is_given_anew() -> None:
    before = [place("A", "1"), place("B", "2")]
    assert [one["key"] for one in keyed_places([place("A", "9"), place("B", "2")], before)] == ["3", "2"]
    assert [one["key"] for one in keyed_places([place("A", "1"), place("B", "1")], before)] == ["1", "3"]


def test_hours_go_with_their_address_and_numbers_stay() -> None:
    record = {
        "addresses": [place("A", "1")],
        "phones": [{"number": "107", "address": "2"}],
        "schedules": [hours(), hours("2"), hours("2", "phone")],
    }
    assert settled(record) == {
        "addresses": [place("A", "1")],
        "phones": [{"number": "107"}],
        "schedules": [hours()],
    }


def test_names_are_known_or_not() -> None:
    assert names_only([hours(), hours("1")], [place("A", "1")])
    assert not names_only([hours("2")], [place("A", "1")])
    assert names_only(None, None)


def test_hours_of_one_address_are_of_the_whole_listing_once_it_holds_no_address() -> None:
    record = {
        "phones": [{"number": "107", "address": "2"}],
        "schedules": [hours("2"), hours("1", "phone"), hours("2", "phone")],
    }
    assert not hours_differ(record)
    assert placeless(record) == {"phones": [{"number": "107"}], "schedules": [hours(), hours(kind="phone")]}
    assert placeless({"schedules": [hours()]}) == {"schedules": [hours()]}


def test_hours_that_differ_by_address_go_and_those_of_the_whole_listing_stay() -> None:
    late = {**hours("2"), "opens_at": "10:00"}
    assert hours_differ({"schedules": [hours("1"), late]})
    assert placeless({"schedules": [hours("1"), late]}) == {}
    assert placeless({"schedules": [hours(), late, hours("2", "phone")]}) == {
        "schedules": [hours(), hours(kind="phone")]
    }


LATE = {**hours("2"), "opens_at": "10:00"}
BEFORE = {"addresses": [place("A")], "phones": [{"number": "107"}], "schedules": [hours()]}
AFTER = {
    "addresses": [place("A", "1"), place("B", "2")],
    "phones": [{"number": "107", "address": "1"}, {"number": "106", "address": "2"}],
    "schedules": [hours("1"), LATE],
}


@pytest.mark.parametrize(
    ("chosen", "added", "removed"),
    [
        (["addresses"], ["schedules"], ["phones", "schedules"]),
        (["phones"], ["addresses", "schedules"], []),
        (["schedules"], ["addresses"], ["addresses", "phones"]),
        (["phones", "schedules"], ["addresses"], ["addresses"]),
        (["addresses", "schedules"], [], ["phones"]),
        (["addresses", "phones"], ["schedules"], ["schedules"]),
        (["addresses", "phones", "schedules"], [], []),
        ([], [], []),
    ],
)
def test_addresses_numbers_and_hours_that_need_each_other_are_named(
    chosen: list[str], added: list[str], removed: list[str]
) -> None:
    assert needed_with(BEFORE, AFTER, chosen) == added
    assert needed_with(AFTER, BEFORE, chosen) == removed


keys = st.sampled_from(["", "1", "2", "3"])
records = st.fixed_dictionaries(
    {
        "addresses": st.lists(
            st.builds(place, st.sampled_from(["A", "B", "C"]), keys),
            max_size=3,
            unique_by=lambda one: one.get("key") or object(),
        ),
        "phones": st.lists(
            keys.map(lambda key: {"number": "107", **({"address": key} if key else {})}), max_size=3
        ),
        "schedules": st.lists(st.builds(hours, keys, st.sampled_from(["visit", "phone"])), max_size=4),
    }
)


@given(records)
def test_whatever_comes_together_is_sound_and_stays_as_it_is(record: dict[str, Any]) -> None:
    fitting = settled(record)
    assert list(_address_faults(fitting)) == []
    assert settled(fitting) == fitting
    assert [one["number"] for one in fitting.get("phones", [])] == [one["number"] for one in record["phones"]]
    if not list(_address_faults(record)):
        # Nothing is lost of what fits already.
        assert fitting.get("schedules", []) == record["schedules"]
        assert fitting.get("phones", []) == record["phones"]


@given(records, records, st.sets(st.sampled_from(["addresses", "phones", "schedules"])))
def test_with_what_is_needed_nothing_that_was_chosen_is_lost(
    before: dict[str, Any], after: dict[str, Any], chosen: set[str]
) -> None:
    before, after = settled(before), settled(after)
    whole = {*chosen, *needed_with(before, after, chosen)}
    made = settled({name: (after if name in whole else before).get(name) for name in before | after})
    for name in ("addresses", "phones", "schedules"):
        side = after if name in whole else before
        assert (made.get(name) or []) == (side.get(name) or [])


@given(records)
def test_without_addresses_nothing_names_one(record: dict[str, Any]) -> None:
    made = placeless(settled(record))
    assert all("address" not in item for name in ("phones", "schedules") for item in made.get(name, []))
    assert placeless(made) == made


def save(scenario: Scenario, author: Any, **values: Any) -> proposals.Saved:
    sheet = proposals.sheet_of(scenario.session, scenario.service)
    seen = {path: value_at(sheet.record, path) for path in values}
    return proposals.save(
        scenario.session, scenario.service, proposals.Typed(values, seen), Edit(author, NOW)
    )


def coordinator(scenario: Scenario) -> Any:
    boss = make_account(Role.COORDINATOR)
    scenario.session.add(boss)
    scenario.session.flush()
    return boss


TWO = [place("Rue A", "1"), place("Rue B", "2")]


def test_a_proposal_on_addresses_and_hours_that_became_public_meanwhile_fit(scenario: Scenario) -> None:
    boss = coordinator(scenario)
    save(scenario, boss, addresses=TWO, schedules=[hours()])
    save(scenario, scenario.editor, addresses=[TWO[0]])
    live = {**record_of(scenario.service), "schedules": [hours(), hours("2")]}
    revisions.apply(scenario.session, scenario.service, live, Edit(boss, NOW))
    sheet = proposals.sheet_of(scenario.session, scenario.service)
    assert sheet.record["schedules"] == [hours()]
    assert sheet.proposal is not None
    # The coordinator reads that the hours go with it.
    assert [one.path for one in review.changes(scenario.session, sheet.proposal)] == [
        "addresses",
        "schedules",
    ]
    with pytest.raises(review.DependentChangesError) as refused:
        review.accept(scenario.session, sheet.proposal, Edit(boss, NOW), ["addresses"])
    assert refused.value.needed == ["schedules"]
    assert record_of(scenario.service)["schedules"] == [hours(), hours("2")]
    review.accept(scenario.session, sheet.proposal, Edit(boss, NOW), ["addresses", "schedules"])
    assert record_of(scenario.service)["schedules"] == [hours()]
    assert [one["key"] for one in record_of(scenario.service)["addresses"]] == ["1"]


def test_hours_and_numbers_of_a_proposed_address_are_not_published_without_it(scenario: Scenario) -> None:
    boss = coordinator(scenario)
    save(scenario, boss, addresses=[place("Rue A")], schedules=[hours()], phones=[{"number": "106"}])
    save(scenario, scenario.editor, addresses=TWO)
    save(scenario, scenario.editor, schedules=[hours("1"), LATE], phones=[{"number": "107", "address": "2"}])
    [proposal] = [proposals.open_for(scenario.session, scenario.service)]
    assert proposal is not None
    before = record_of(scenario.service)
    for chosen in (["schedules"], ["phones"], ["schedules", "phones"]):
        with pytest.raises(review.DependentChangesError) as refused:
            review.accept(scenario.session, proposal, Edit(boss, NOW), chosen)
        assert refused.value.needed[0] == "addresses"
        assert refused.value.new
    assert (record_of(scenario.service), proposal.state) == (before, ProposalState.WAITING)
    review.accept(scenario.session, proposal, Edit(boss, NOW), ["schedules", "addresses"])
    live = record_of(scenario.service)
    assert live["schedules"] == [hours("1"), LATE]
    assert live["phones"] == [{"number": "106"}]
    [told] = scenario.session.query(Mail)
    assert (told.content["accepted"], told.content["left"]) == (["Adresse", "Heures"], ["Téléphone"])


def hide(scenario: Scenario, boss: Any, sure: bool = False) -> None:
    """The coordinator makes the address confidential."""
    live = record_of(scenario.service)
    decision = protection.Decision(sensitive=False, address_confidential=True, sure=sure)
    wanted = protection.settled(scenario.session, live, live, decision)
    revisions.apply(scenario.session, scenario.service, wanted, Edit(boss, NOW))


def test_hours_of_an_address_that_goes_confidential_stay(scenario: Scenario) -> None:
    boss = coordinator(scenario)
    save(scenario, boss, addresses=TWO, schedules=[hours("1"), hours("2", "phone")])
    hide(scenario, boss)
    live = record_of(scenario.service)
    assert "addresses" not in live
    assert live["schedules"] == [hours(), hours(kind="phone")]


def test_hours_that_differ_by_address_go_only_once_the_coordinator_is_sure(scenario: Scenario) -> None:
    boss = coordinator(scenario)
    save(scenario, boss, addresses=TWO, schedules=[hours("1"), LATE])
    with pytest.raises(protection.UnprotectedListingError) as asked:
        hide(scenario, boss)
    assert asked.value.hours
    assert record_of(scenario.service)["schedules"] == [hours("1"), LATE]
    hide(scenario, boss, sure=True)
    assert "schedules" not in record_of(scenario.service)


THURSDAY = {**hours("1"), "byday": ["TH"]}


def test_a_slot_that_waits_stays_a_change_when_its_address_goes_confidential(scenario: Scenario) -> None:
    boss = coordinator(scenario)
    save(scenario, boss, addresses=TWO, schedules=[hours("1")])
    save(scenario, scenario.editor, schedules=[hours("1"), THURSDAY])
    hide(scenario, boss)
    sheet = proposals.sheet_of(scenario.session, scenario.service)
    assert (sheet.changed, sheet.gone) == (["schedules"], [])
    assert sheet.proposal is not None
    [change] = review.changes(scenario.session, sheet.proposal)
    thursday = {**hours(), "byday": ["TH"]}
    assert (change.before, change.after) == ([hours()], [hours(), thursday])
    review.accept(scenario.session, sheet.proposal, Edit(boss, NOW))
    assert record_of(scenario.service)["schedules"] == [hours(), thursday]
    [told] = scenario.session.query(Mail)
    assert (told.kind, told.content["accepted"]) == ("proposal_accepted", ["Heures"])


@pytest.mark.parametrize("how", ["confidential", "removed"])
def test_a_slot_of_an_address_that_is_gone_is_not_said_to_stand(scenario: Scenario, how: str) -> None:
    boss = coordinator(scenario)
    save(scenario, boss, addresses=TWO, schedules=[hours("1"), LATE])
    save(scenario, scenario.editor, schedules=[hours("1"), LATE, {**THURSDAY, "address": "2"}])
    if how == "confidential":
        hide(scenario, boss, sure=True)
    else:
        live = {**record_of(scenario.service), "addresses": [TWO[0]]}
        revisions.apply(scenario.session, scenario.service, live, Edit(boss, NOW))
    sheet = proposals.sheet_of(scenario.session, scenario.service)
    assert (sheet.changed, sheet.gone) == ([], ["schedules"])
    assert sheet.proposal is not None
    with pytest.raises(review.AddressGoneError):
        review.accept(scenario.session, sheet.proposal, Edit(boss, NOW))
    assert scenario.session.query(Mail).count() == 0
    # Whatever becomes of the proposal, its author's words stay with her.
    save(scenario, boss, phones=[{"number": "107"}])
    assert "schedules" in kept.unpublished_values(sheet.proposal)


def test_what_is_gone_is_told_beside_what_is_published(scenario: Scenario) -> None:
    boss = coordinator(scenario)
    save(scenario, boss, addresses=TWO, schedules=[hours("1"), LATE])
    save(scenario, scenario.editor, schedules=[LATE], **{"summary.fr": "Une soupe."})
    hide(scenario, boss, sure=True)
    proposal = proposals.open_for(scenario.session, scenario.service)
    assert proposal is not None
    # She had made them those of one address alone: that can be told.
    assert [one.path for one in review.changes(scenario.session, proposal)] == ["summary.fr", "schedules"]
    proposal.record = {**proposal.record, "schedules": [hours("1"), {**LATE, "closes_at": "16:00"}]}
    scenario.session.flush()
    assert [one.path for one in review.changes(scenario.session, proposal)] == ["summary.fr"]
    review.accept(scenario.session, proposal, Edit(boss, NOW))
    [told] = scenario.session.query(Mail)
    assert (told.kind, told.content["accepted"], told.content["left"]) == (
        "proposal_partly",
        ["En bref (français)"],
        ["Heures"],
    )
    assert "schedules" in kept.unpublished_values(proposal)


def test_what_others_changed_since_is_not_called_the_editors_change(scenario: Scenario) -> None:
    boss = coordinator(scenario)
    save(scenario, boss, addresses=TWO)
    save(scenario, scenario.editor, **{"summary.fr": "Une soupe."})
    hide(scenario, boss)
    sheet = proposals.sheet_of(scenario.session, scenario.service)
    assert sheet.changed == ["summary.fr"]
    assert "addresses" not in sheet.public
    # And the next save makes no change of it either.
    saved = save(scenario, scenario.editor, **{"summary.nl": "Een soep."})
    assert saved.proposal is not None
    assert [one.path for one in review.changes(scenario.session, saved.proposal)] == [
        "summary.fr",
        "summary.nl",
    ]


def test_a_trusted_organisations_hours_wait_with_the_address_that_they_name(scenario: Scenario) -> None:
    boss = coordinator(scenario)
    scenario.organization.trusted = True
    save(scenario, boss, addresses=[place("Rue A")])
    assert save(scenario, scenario.editor, addresses=TWO).waiting == ["addresses"]
    named = save(scenario, scenario.editor, schedules=[hours("2")])
    assert (named.live, named.waiting) == ([], ["schedules"])
    common = save(scenario, scenario.editor, phones=[{"number": "107"}])
    assert common.live == ["phones"]


def test_an_address_that_a_trusted_organisation_takes_away_keeps_its_hours_until_it_goes(
    scenario: Scenario,
) -> None:
    boss = coordinator(scenario)
    scenario.organization.trusted = True
    save(scenario, boss, addresses=TWO, schedules=[hours(), hours("2")])
    saved = save(scenario, scenario.editor, addresses=[TWO[0]])
    assert (saved.live, sorted(saved.waiting)) == ([], ["addresses", "schedules"])
    assert record_of(scenario.service)["schedules"] == [hours(), hours("2")]
    assert saved.proposal is not None
    review.accept(scenario.session, saved.proposal, Edit(boss, NOW))
    assert record_of(scenario.service)["schedules"] == [hours()]


def test_a_record_of_two_addresses_without_keys_is_shown_with_them_and_no_change_is_claimed(
    scenario: Scenario,
) -> None:
    boss = coordinator(scenario)
    save(scenario, boss, addresses=TWO)
    for one in scenario.service.service_at_locations:
        one.key = None
    scenario.session.flush()
    save(scenario, scenario.editor, **{"summary.fr": "Une soupe."})
    sheet = proposals.sheet_of(scenario.session, scenario.service)
    assert [one["key"] for one in sheet.record["addresses"]] == ["1", "2"]
    assert sheet.changed == ["summary.fr"]
    changed = save(scenario, boss, schedules=[hours("2")])
    assert changed.revision is not None
    assert changed.revision.fields == ["schedules"]
    assert [one.key for one in scenario.service.service_at_locations] == ["1", "2"]
