"""Which searches are counted, and which never are."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.model import SearchedWord, Service, UnknownWord, WayIn
from tests.pages import PageClient
from tests.people import someone
from tests.running import MONDAY_MORNING


@pytest.fixture
def guide_app(instance, make_app) -> Flask:
    return make_app(instance)


def counted(guide_app: Flask) -> set[str]:
    guide_app.extensions["guide"].tally.flush(MONDAY_MORNING)
    with Session(guide_app.extensions["guide"].engine) as session:
        return set(session.scalars(select(SearchedWord.word)))


def test_a_search_counts_its_words_and_writes_nothing_while_it_is_answered(guide_app: Flask) -> None:
    PageClient(guide_app).get("/fr/services/?q=j%27ai+faim")
    with Session(guide_app.extensions["guide"].engine) as session:
        assert session.query(SearchedWord).count() == 0
    assert "faim" in counted(guide_app)


@pytest.mark.parametrize(
    "query",
    ["je veux mourir", "mon mari me frappe", "90.02.01-123.45", "BE68 5390 0754 7034", "an@maison.example"],
)
def test_what_tells_of_a_crisis_or_a_person_is_counted_nowhere(guide_app: Flask, query: str) -> None:
    PageClient(guide_app).get("/fr/services/", query_string={"q": query})
    assert not {word for word in counted(guide_app) if any(letter.isdigit() for letter in word)}
    if "je veux" in query or "frappe" in query:
        assert counted(guide_app) == set()
        with Session(guide_app.extensions["guide"].engine) as session:
            assert session.query(UnknownWord).count() == 0


@pytest.mark.parametrize("header", ["DNT", "Sec-GPC"])
def test_who_asks_to_be_left_uncounted_is(guide_app: Flask, header: str) -> None:
    PageClient(guide_app).get("/fr/services/?q=faim", headers={header: "1"})
    assert counted(guide_app) == set()


def test_who_works_here_is_not_counted(guide_app: Flask) -> None:
    someone(guide_app, "coordinator").get("/fr/services/?q=faim")
    assert counted(guide_app) == set()


def test_the_way_from_our_results_to_a_listing_is_counted_but_to_no_sensitive_one(guide_app: Flask) -> None:
    visitor = PageClient(guide_app)
    visitor.get(
        "/nl/diensten/caba-jette", headers={"Referer": "http://localhost/nl/diensten/?q=goedkoop+eten"}
    )
    visitor.get(
        "/fr/services/caba-jette", headers={"Referer": "https://ailleurs.example/fr/services/?q=faim"}
    )
    visitor.get(
        "/fr/services/ecoute-violences-conjugales",
        headers={"Referer": "http://localhost/fr/services/?q=faim"},
    )
    counted(guide_app)
    with Session(guide_app.extensions["guide"].engine) as session:
        keys = set(session.scalars(select(Service.key).join(WayIn, WayIn.service_id == Service.id)))
        assert keys == {"caba-jette"}
        assert set(session.scalars(select(WayIn.language))) == {"nl"}


def test_the_coordinator_sees_what_found_nothing_and_the_editor_how_she_was_found(guide_app: Flask) -> None:
    visitor = PageClient(guide_app)
    visitor.get("/fr/services/?q=faim")
    visitor.get("/fr/services/caba-jette", headers={"Referer": "http://localhost/fr/services/?q=faim"})
    page = someone(guide_app, "coordinator").get("/fr/moderation/recherches")
    assert "faim" in page.words
    desk = someone(guide_app, "editor", "caba-jette").get("/fr/mon-association/services/caba-jette/")
    assert "faim (1)" in desk.words
    assert "sur 100" in desk.words
