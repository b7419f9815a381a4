"""What the index holds: one document for each public service, organisation, need and action."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from guide.directory.documents import (
    TIER_ANNOUNCED,
    TIER_ENDED,
    TIER_EXISTING,
    TIER_STALE,
    all_documents,
    documents_for,
)
from guide.languages import Bilingual
from guide.model import Vocabulary, WordGroup
from guide.search.engine import Document
from tests import factories

TODAY = date(2026, 11, 23)


def document(session: Session, *objects: object) -> Document:
    """The document of the last of these objects, when it is a service; else of the only one there is."""
    session.add_all(objects)
    session.flush()
    key = getattr(objects[-1], "key", "")
    return next(found for found in all_documents(session, TODAY) if found.id.endswith(f":{key}"))


@pytest.mark.parametrize(
    ("values", "tier"),
    [
        ({}, TIER_EXISTING),
        ({"assured_date": date(2026, 11, 1)}, TIER_EXISTING),
        ({"assured_date": date(2026, 4, 1)}, TIER_EXISTING),
        ({"assured_date": date(2020, 1, 1)}, TIER_STALE),
        ({"state": "announced"}, TIER_ANNOUNCED),
        ({"state": "announced", "assured_date": date(2026, 11, 1)}, TIER_ANNOUNCED),
        ({"state": "ended"}, TIER_ENDED),
        ({"state": "ended", "assured_date": date(2020, 1, 1)}, TIER_ENDED),
    ],
)
def test_what_exists_stands_before_what_is_stale_announced_or_ended(session: Session, values, tier) -> None:
    assert document(session, factories.service(**values)).tier == tier


def test_the_tiers_are_in_the_order_of_the_page() -> None:
    assert TIER_EXISTING < TIER_STALE < TIER_ANNOUNCED < TIER_ENDED


@pytest.mark.parametrize(
    "values",
    [
        {"publication": "draft"},
        {"publication": "in_review"},
        {"publication": "archived"},
        {"visibility": "professional"},
    ],
)
def test_what_is_not_public_has_no_document(session: Session, values) -> None:
    hidden = factories.service(**values)
    session.add(hidden)
    session.flush()
    assert list(all_documents(session, TODAY)) == []
    assert documents_for(session, [f"service:{hidden.key}"], TODAY) == ([], [f"service:{hidden.key}"])


def test_each_kind_of_record_has_its_document(session: Session) -> None:
    need = factories.need("faim")
    not_held = factories.action(key="2", text=Bilingual(), text_status="missing")
    session.add_all(
        [
            factories.service(key="a"),
            factories.organization(key="b"),
            need,
            factories.topic(need, "repas"),
            factories.plan([factories.action(key="1"), not_held], key="p"),
        ]
    )
    session.flush()
    found = {document.id: document for document in all_documents(session, TODAY)}
    assert list(found) == ["service:a", "organization:b", "need:faim", "action:p/1"]
    kinds = [document.facets["type"] for document in found.values()]
    assert kinds == [["service"], ["organization"], ["need"], ["action"]]


def test_a_service_is_filed_under_its_needs_and_its_topics_need(session: Session) -> None:
    need, other = factories.need("faim"), factories.need("eau")
    meal = factories.topic(need, "repas")
    found = document(
        session,
        need,
        other,
        meal,
        factories.service(attributes=[factories.filed(meal), factories.filed(other, "secondary")]),
    )
    concepts = found.fields["concept"]
    assert found.facets["need"] == ["faim", "eau"]
    assert concepts.count("repas") > concepts.count("faim") > concepts.count("eau") > 0


def test_a_service_weighs_more_for_those_whose_language_it_speaks(session: Session) -> None:
    need = factories.need("faim")
    dutch = document(session, need, factories.service(attributes=[factories.filed(need)], languages=["nl"]))
    assert "faim@nl" in dutch.fields["concept"]
    assert "faim@fr" not in dutch.fields["concept"]
    unknown = document(session, factories.service(attributes=[factories.filed(need)]))
    assert {"faim@nl", "faim@fr"} <= set(unknown.fields["concept"])


def test_the_boxes_a_reader_ticks_are_filled_from_what_is_known(session: Session) -> None:
    place, public = factories.term("neighbourhoods", "magritte"), factories.term("publics", "seniors")
    found = document(
        session,
        place,
        public,
        factories.service(
            neighbourhood=place,
            publics=[public],
            free="yes",
            wheelchair="no",
            access_modes=["walk_in"],
            languages=["fr", "ar"],
        ),
    )
    assert found.facets == {
        "type": ["service"],
        "need": [],
        "public": ["seniors"],
        "neighbourhood": ["magritte"],
        "language": ["fr", "ar"],
        "free": ["yes"],
        "walk_in": ["yes"],
        "wheelchair": [],
    }


def test_a_text_is_searched_in_its_own_language(session: Session) -> None:
    found = document(session, factories.service(summary=Bilingual("un potage", "een borrelhapje")))
    assert "potage" in found.words["fr"]
    assert "potage" not in found.words["nl"]
    assert "borrelhapje" in found.words["nl"]


def test_a_confidential_address_is_not_searched(session: Session) -> None:
    hidden = factories.service(
        address_confidential=True,
        service_at_locations=[factories.location(street=factories.both("impasse Invisible"))],
    )
    found = document(session, hidden)
    assert "invisible" not in found.words["fr"]


def test_hidden_words_of_the_vocabulary_are_never_offered(session: Session) -> None:
    need = factories.need("danger")
    groups = [WordGroup(term=need, fr=["gifle"], hidden=True), WordGroup(term=need, fr=["coups"])]
    found = document(session, Vocabulary(key="danger", groups=groups), need)
    assert "coups" in found.words["fr"]
    assert "gifle" not in found.words["fr"]


def test_documents_are_made_again_one_by_one(session: Session) -> None:
    session.add_all([factories.service(key="a"), factories.organization(key="b")])
    session.flush()
    whole = {document.id: document for document in all_documents(session, TODAY)}
    asked = ["service:a", "organization:b", "service:x", "organization:x"]
    found, gone = documents_for(session, asked, TODAY)
    assert found == [whole["service:a"], whole["organization:b"]]
    assert gone == ["service:x", "organization:x"]


def test_the_real_guide_has_a_document_for_all_that_is_public(directory: Session) -> None:
    found = [document.id for document in all_documents(directory, TODAY)]
    assert len(found) == len(set(found))
    assert sum(identifier.startswith("service:") for identifier in found) == 94
    assert sum(identifier.startswith(("action:pas-", "action:pasap-")) for identifier in found) == 90
    assert "service:crisis-bxl" not in found
