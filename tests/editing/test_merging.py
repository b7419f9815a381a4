"""Duplicates become one, and every old address leads to it."""

import pytest

from guide.audit import Edit
from guide.editing import fulfilments, merging
from guide.languages import Bilingual
from guide.model import FulfilmentRole, FulfilmentState, NamedList, NamedListEntry, Publication
from tests import factories
from tests.editing.conftest import NOW, Scenario
from tests.queries import counted


@pytest.fixture
def twin(scenario: Scenario):
    service = factories.service(
        key="soupe-bis", name=Bilingual("Soupe bis", "Soep bis"), attributes=[factories.filed(scenario.need)]
    )
    scenario.session.add(service)
    scenario.session.commit()
    return service


def test_the_one_that_goes_is_archived_and_leads_to_the_one_that_stays(scenario: Scenario, twin) -> None:
    merging.merge(scenario.session, twin, scenario.service, Edit(scenario.coordinator, NOW))
    assert twin.publication is Publication.ARCHIVED
    assert merging.successor(scenario.session, twin) is scenario.service
    assert scenario.service.alternate_names == {"fr": ["Soupe bis"], "nl": ["Soep bis"]}


def test_links_to_actions_move_and_none_stands_twice(scenario: Scenario, twin) -> None:
    first, second = factories.action(), factories.action()
    scenario.session.add(factories.plan([first, second]))
    scenario.session.flush()
    sentence = Bilingual("Nous donnons de la soupe.", None)
    for service, action in ((scenario.service, first), (twin, first), (twin, second)):
        fulfilments.propose(
            scenario.session,
            service,
            fulfilments.Claim(action, FulfilmentRole.DELIVERS, sentence),
            Edit(scenario.editor, NOW),
        )
    merging.merge(scenario.session, twin, scenario.service, Edit(scenario.coordinator, NOW))
    assert [link.action for link in fulfilments.of(scenario.session, scenario.service)] == [first, second]


def test_it_takes_the_place_on_sheets_and_on_named_lists(scenario: Scenario, twin) -> None:
    session = scenario.session
    sheets = [
        factories.selection(key=key, services=services)
        for key, services in (
            ("alone", [twin]),
            ("both", [scenario.service, twin]),
        )
    ]
    lists = [
        NamedList(account=scenario.editor, title=title, changed_at=NOW, entries=entries)
        for title, entries in (
            ("alone", [NamedListEntry(service=twin, note="Le mardi.")]),
            (
                "both",
                [
                    NamedListEntry(service=scenario.service, note="Sonner."),
                    NamedListEntry(service=twin, note="Le mardi.", position=1),
                ],
            ),
        )
    ]
    session.add_all([*sheets, *lists])
    session.commit()
    merging.merge(session, twin, scenario.service, Edit(scenario.coordinator, NOW))
    session.commit()
    session.expire_all()
    assert [[entry.service for entry in sheet.entries] for sheet in sheets] == [[scenario.service]] * 2
    assert [[(entry.service, entry.note) for entry in kept.entries] for kept in lists] == [
        [(scenario.service, "Le mardi.")],
        [(scenario.service, "Sonner.\nLe mardi.")],
    ]


def test_a_chain_of_merges_leads_straight_to_the_last(scenario: Scenario, twin) -> None:
    third = factories.service(key="soupe-ter", attributes=[factories.filed(scenario.need)])
    scenario.session.add(third)
    scenario.session.commit()
    merging.merge(scenario.session, twin, third, Edit(scenario.coordinator, NOW))
    merging.merge(scenario.session, third, scenario.service, Edit(scenario.coordinator, NOW))
    assert merging.successor(scenario.session, twin) is scenario.service


def test_a_listing_cannot_take_its_own_place_nor_that_of_an_archived_one(scenario: Scenario, twin) -> None:
    with pytest.raises(merging.MergeError):
        merging.merge(scenario.session, twin, twin, Edit(scenario.coordinator, NOW))
    twin.publication = Publication.ARCHIVED
    for gone, kept in ((scenario.service, twin), (twin, scenario.service)):
        with pytest.raises(merging.MergeError):
            merging.merge(scenario.session, gone, kept, Edit(scenario.coordinator, NOW))


def test_a_merge_can_be_undone_once(scenario: Scenario, twin) -> None:
    merging.merge(scenario.session, twin, scenario.service, Edit(scenario.coordinator, NOW))
    assert merging.merged(scenario.session) == [(twin, scenario.service)]
    assert merging.separate(scenario.session, twin, Edit(scenario.coordinator, NOW))
    assert (twin.publication, twin.merged_into) == (Publication.PUBLISHED, None)
    assert merging.successor(scenario.session, twin) is None
    assert not merging.separate(scenario.session, twin, Edit(scenario.coordinator, NOW))


def test_likely_duplicates_share_a_name_or_a_number_across_organizations(scenario: Scenario, twin) -> None:
    scenario.service.name = Bilingual("Restaurant social de Jette", None)
    twin.name = Bilingual("Jette restaurant social", None)
    scenario.session.flush()
    scenario.session.expire_all()
    with counted(scenario.session) as asked:
        [pair] = merging.likely_duplicates(scenario.session)
    assert len(asked) == 2
    assert {pair.first.key, pair.second.key} == {"soupe", "soupe-bis"}


def test_a_shared_number_tells_only_across_organizations(scenario: Scenario, twin) -> None:
    scenario.service.name = Bilingual("Repas du midi de la paroisse", None)
    twin.name = Bilingual("Repas chauds du quartier", None)
    for service in (scenario.service, twin):
        service.phones = [factories.phone("02 423 00 00")]
    scenario.session.flush()
    [pair] = merging.likely_duplicates(scenario.session)
    assert pair.same_phone == "02 423 00 00"
    twin.organization = scenario.organization
    scenario.session.flush()
    assert merging.likely_duplicates(scenario.session) == []


def test_a_link_is_proposed_then_confirmed_with_a_note_and_a_day(scenario: Scenario) -> None:
    action = factories.action()
    scenario.session.add(factories.plan([action]))
    scenario.session.flush()
    link = fulfilments.propose(
        scenario.session,
        scenario.service,
        fulfilments.Claim(action, FulfilmentRole.CONTRIBUTES, Bilingual("Chaque midi.")),
        Edit(scenario.editor, NOW),
    )
    assert (link.state, fulfilments.proposed(scenario.session)) == (FulfilmentState.PROPOSED, [link])
    fulfilments.decide(
        scenario.session, link, FulfilmentState.CONFIRMED, Edit(scenario.coordinator, NOW, "Vu sur place.")
    )
    assert (link.state, link.decided_on.isoformat(), link.decision_note) == (
        FulfilmentState.CONFIRMED,
        "2026-11-23",
        "Vu sur place.",
    )
    assert not fulfilments.withdraw(scenario.session, link, Edit(scenario.editor, NOW))


def test_our_own_reading_is_not_confirmed_without_a_sentence(scenario: Scenario) -> None:
    action = factories.action()
    link = factories.fulfilment(action, scenario.service, basis="inferred", state="proposed")
    scenario.session.add_all([factories.plan([action]), link])
    scenario.session.flush()
    scenario.session.expire_all()
    with pytest.raises(fulfilments.CannotConfirmError):
        fulfilments.decide(scenario.session, link, FulfilmentState.CONFIRMED, Edit(scenario.coordinator, NOW))
    fulfilments.decide(
        scenario.session, link, FulfilmentState.CONFIRMED, Edit(scenario.coordinator, NOW), Bilingual("Vu.")
    )
    assert link.state is FulfilmentState.CONFIRMED
