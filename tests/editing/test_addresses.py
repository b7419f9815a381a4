"""Hours and numbers of one address, when addresses and hours change apart from one another."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from guide.audit import Edit
from guide.editing import proposals, review, revisions
from guide.editing.addresses import names_only, settled
from guide.editing.listings import record_of, value_at
from guide.model import Role
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
    review.accept(scenario.session, sheet.proposal, Edit(boss, NOW), ["addresses"])
    assert record_of(scenario.service)["schedules"] == [hours()]
    assert [one["key"] for one in record_of(scenario.service)["addresses"]] == ["1"]


def test_hours_of_a_proposed_address_are_not_public_without_it(scenario: Scenario) -> None:
    boss = coordinator(scenario)
    save(scenario, boss, addresses=[place("Rue A")], schedules=[hours()])
    save(scenario, scenario.editor, addresses=TWO)
    save(
        scenario, scenario.editor, schedules=[hours(), hours("2")], phones=[{"number": "107", "address": "2"}]
    )
    [proposal] = [proposals.open_for(scenario.session, scenario.service)]
    assert proposal is not None
    review.accept(scenario.session, proposal, Edit(boss, NOW), ["schedules", "phones"])
    live = record_of(scenario.service)
    assert live["schedules"] == [hours()]
    assert live["phones"] == [{"number": "107"}]


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
