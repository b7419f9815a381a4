"""Duplicates become one, and every old address leads to it."""

import pytest

from guide.audit import Edit
from guide.editing import fulfilments, merging
from guide.languages import Bilingual
from guide.model import FulfilmentRole, FulfilmentState, NamedList, NamedListEntry, Publication
from tests import factories
from tests.editing.conftest import NOW, House
from tests.queries import counted


@pytest.fixture
def twin(house: House):
    service = factories.service(
        key="soupe-bis", name=Bilingual("Soupe bis", "Soep bis"), attributes=[factories.filed(house.need)]
    )
    house.session.add(service)
    house.session.commit()
    return service


def test_the_one_that_goes_is_archived_and_leads_to_the_one_that_stays(house: House, twin) -> None:
    merging.merge(house.session, twin, house.service, Edit(house.coordinator, NOW))
    assert twin.publication is Publication.ARCHIVED
    assert merging.successor(house.session, twin) is house.service
    assert house.service.alternate_names == {"fr": ["Soupe bis"], "nl": ["Soep bis"]}


def test_links_to_actions_move_and_none_stands_twice(house: House, twin) -> None:
    first, second = factories.action(), factories.action()
    house.session.add(factories.plan([first, second]))
    house.session.flush()
    sentence = Bilingual("Nous donnons de la soupe.", None)
    for service, action in ((house.service, first), (twin, first), (twin, second)):
        fulfilments.propose(
            house.session,
            service,
            fulfilments.Claim(action, FulfilmentRole.DELIVERS, sentence),
            Edit(house.editor, NOW),
        )
    merging.merge(house.session, twin, house.service, Edit(house.coordinator, NOW))
    assert [link.action for link in fulfilments.of(house.session, house.service)] == [first, second]


def test_it_takes_the_place_on_sheets_and_on_named_lists(house: House, twin) -> None:
    session = house.session
    sheets = [
        factories.selection(key=key, services=services)
        for key, services in (
            ("alone", [twin]),
            ("both", [house.service, twin]),
        )
    ]
    lists = [
        NamedList(account=house.editor, title=title, changed_at=NOW, entries=entries)
        for title, entries in (
            ("alone", [NamedListEntry(service=twin, note="Le mardi.")]),
            (
                "both",
                [
                    NamedListEntry(service=house.service, note="Sonner."),
                    NamedListEntry(service=twin, note="Le mardi.", position=1),
                ],
            ),
        )
    ]
    session.add_all([*sheets, *lists])
    session.commit()
    merging.merge(session, twin, house.service, Edit(house.coordinator, NOW))
    session.commit()
    session.expire_all()
    assert [[entry.service for entry in sheet.entries] for sheet in sheets] == [[house.service]] * 2
    assert [[(entry.service, entry.note) for entry in kept.entries] for kept in lists] == [
        [(house.service, "Le mardi.")],
        [(house.service, "Sonner.\nLe mardi.")],
    ]


def test_a_chain_of_merges_leads_straight_to_the_last(house: House, twin) -> None:
    third = factories.service(key="soupe-ter", attributes=[factories.filed(house.need)])
    house.session.add(third)
    house.session.commit()
    merging.merge(house.session, twin, third, Edit(house.coordinator, NOW))
    merging.merge(house.session, third, house.service, Edit(house.coordinator, NOW))
    assert merging.successor(house.session, twin) is house.service


def test_a_listing_cannot_take_its_own_place_nor_that_of_an_archived_one(house: House, twin) -> None:
    with pytest.raises(merging.MergeError):
        merging.merge(house.session, twin, twin, Edit(house.coordinator, NOW))
    twin.publication = Publication.ARCHIVED
    for gone, kept in ((house.service, twin), (twin, house.service)):
        with pytest.raises(merging.MergeError):
            merging.merge(house.session, gone, kept, Edit(house.coordinator, NOW))


def test_a_merge_can_be_undone_once(house: House, twin) -> None:
    merging.merge(house.session, twin, house.service, Edit(house.coordinator, NOW))
    assert merging.merged(house.session) == [(twin, house.service)]
    assert merging.separate(house.session, twin, Edit(house.coordinator, NOW))
    assert (twin.publication, twin.merged_into) == (Publication.PUBLISHED, None)
    assert merging.successor(house.session, twin) is None
    assert not merging.separate(house.session, twin, Edit(house.coordinator, NOW))


def test_likely_duplicates_share_a_name_or_a_number_across_houses(house: House, twin) -> None:
    house.service.name = Bilingual("Restaurant social de Jette", None)
    twin.name = Bilingual("Jette restaurant social", None)
    house.session.flush()
    house.session.expire_all()
    with counted(house.session) as asked:
        [pair] = merging.likely_duplicates(house.session)
    assert len(asked) == 2
    assert {pair.first.key, pair.second.key} == {"soupe", "soupe-bis"}


def test_a_shared_number_tells_only_across_houses(house: House, twin) -> None:
    house.service.name = Bilingual("Repas du midi de la paroisse", None)
    twin.name = Bilingual("Repas chauds du quartier", None)
    for service in (house.service, twin):
        service.phones = [factories.phone("02 423 00 00")]
    house.session.flush()
    [pair] = merging.likely_duplicates(house.session)
    assert pair.same_phone == "02 423 00 00"
    twin.organization = house.organization
    house.session.flush()
    assert merging.likely_duplicates(house.session) == []


def test_a_link_is_proposed_then_confirmed_with_a_note_and_a_day(house: House) -> None:
    action = factories.action()
    house.session.add(factories.plan([action]))
    house.session.flush()
    link = fulfilments.propose(
        house.session,
        house.service,
        fulfilments.Claim(action, FulfilmentRole.CONTRIBUTES, Bilingual("Chaque midi.")),
        Edit(house.editor, NOW),
    )
    assert (link.state, fulfilments.proposed(house.session)) == (FulfilmentState.PROPOSED, [link])
    fulfilments.decide(
        house.session, link, FulfilmentState.CONFIRMED, Edit(house.coordinator, NOW, "Vu sur place.")
    )
    assert (link.state, link.decided_on.isoformat(), link.decision_note) == (
        FulfilmentState.CONFIRMED,
        "2026-11-23",
        "Vu sur place.",
    )
    assert not fulfilments.withdraw(house.session, link, Edit(house.editor, NOW))


def test_our_own_reading_is_not_confirmed_without_a_sentence(house: House) -> None:
    action = factories.action()
    link = factories.fulfilment(action, house.service, basis="inferred", state="proposed")
    house.session.add_all([factories.plan([action]), link])
    house.session.flush()
    house.session.expire_all()
    with pytest.raises(fulfilments.CannotConfirmError):
        fulfilments.decide(house.session, link, FulfilmentState.CONFIRMED, Edit(house.coordinator, NOW))
    fulfilments.decide(
        house.session, link, FulfilmentState.CONFIRMED, Edit(house.coordinator, NOW), Bilingual("Vu.")
    )
    assert link.state is FulfilmentState.CONFIRMED
