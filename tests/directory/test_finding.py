"""The results page's questions: which services, how many, with which filters, and what stands beside them."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from guide.directory import indexing
from guide.directory.catalogue import open_at, read_catalogue
from guide.directory.finding import FACETS, PAGE_SIZE, Filters, SearchQuery, find
from guide.directory.listings import services_by_key
from guide.directory.vocabulary import Lexicon, lexicon
from guide.model import ServiceState
from guide.search.memory_engine import MemoryEngine
from tests import factories
from tests.running import MONDAY_MORNING

SUNDAY_NIGHT = MONDAY_MORNING.replace(day=22, hour=3)


@pytest.fixture
def ask(directory: Session, vocabulary: Lexicon, index: MemoryEngine):
    """`ask("j'ai faim")` on the real guide, on Monday morning."""

    def question(query: str = "", reader="fr", at=MONDAY_MORNING, page=1, open_now=False, **facets: str):
        return find(
            directory, index, vocabulary, SearchQuery(query, reader, at, Filters(facets, open_now), page)
        )

    return question


@pytest.fixture
def small(session: Session):
    """`small(service, …)` saves these services and gives a way to ask about them."""

    def make(*services):
        session.add_all(services)
        session.flush()
        engine = MemoryEngine()
        indexing.rebuild(session, engine, MONDAY_MORNING.date())
        vocabulary = lexicon(session)

        def question(query: str = "", at=MONDAY_MORNING, open_now=False, **facets: str):
            found = find(session, engine, vocabulary, SearchQuery(query, "fr", at, Filters(facets, open_now)))
            return [service.key for service in found.services]

        return question

    return make


def open_keys_at(session: Session, at: datetime) -> set[str]:
    return {document.removeprefix("service:") for document in open_at(read_catalogue(session), at).open}


def keys(found) -> list[str]:
    return [service.key for service in found.services]


def test_an_empty_query_gives_every_service_page_by_page(ask) -> None:
    first = ask()
    assert (first.total, first.page, len(first.services)) == (94, 1, PAGE_SIZE)
    assert first.pages == 5
    seen = [key for page in range(1, first.pages + 1) for key in keys(ask(page=page))]
    assert len(seen) == len(set(seen)) == first.total
    assert (first.needs, first.organizations, first.actions, first.without_filters) == ([], [], [], None)


@pytest.mark.parametrize(("page", "shown"), [(0, 1), (-7, 1), (6, 5), (10**9, 5)])
def test_a_page_that_does_not_exist_is_the_nearest_that_does(ask, page, shown) -> None:
    found = ask(page=page)
    assert found.page == shown
    assert found.services
    assert found.total == 94


@pytest.mark.parametrize("query", ["le la les", "?!*", "et ou", "de het een"])
def test_a_query_of_nothing_but_little_words_finds_nothing_and_keeps_its_facets(ask, query) -> None:
    found = ask(query)
    assert (found.services, found.total, found.pages) == ([], 0, 1)
    assert set(found.facets) == set(FACETS)


def test_what_is_announced_or_ended_never_stands_above_what_exists(ask) -> None:
    for query in ("", "logement", "énergie", "jeunes", "budget"):
        states = [service.state is not ServiceState.EXISTING for service in ask(query).services]
        assert states == sorted(states), query


def test_a_facet_counts_what_it_would_show(ask) -> None:
    for query in ("", "logement"):
        found = ask(query)
        for facet, counts in found.facets.items():
            for value, count in counts.items():
                assert ask(query, **{facet: value}).total == count, (query, facet, value)


def test_filters_narrow_and_the_page_knows_what_there_was_without(ask) -> None:
    found = ask("logement", need="logement")
    assert 0 < found.total <= found.without_filters == ask("logement").total
    both = ask("logement", need="logement", free="yes")
    assert both.total == found.facets["free"].get("yes", 0)
    assert ask("logement", need="no-such-need").services == []


def test_open_now_gives_what_the_hours_say_and_its_count_is_known_before(ask, directory: Session) -> None:
    open_keys = open_keys_at(directory, MONDAY_MORNING)
    found = ask(open_now=True)
    assert set(keys(found)) == open_keys
    assert found.total == found.open_count == ask().open_count == len(open_keys)
    night = ask(open_now=True, at=SUNDAY_NIGHT)
    assert set(keys(night)) == open_keys_at(directory, SUNDAY_NIGHT)
    assert night.without_filters == 94


def test_what_the_hours_do_not_open_is_not_listed_as_open(small) -> None:
    ask = small(
        factories.open_service(key="open"),
        factories.open_service(key="old", schedule_source=factories.source("2019")),
        factories.open_service(factories.slot("14:00", "16:00"), key="later"),
        factories.service(key="unknown"),
    )
    assert ask(open_now=True) == ["open"]
    assert ask("maison", open_now=True) == ["open"]
    assert ask(open_now=True, at=SUNDAY_NIGHT) == []


@pytest.mark.parametrize("values", [{"publication": "archived"}, {"visibility": "professional"}])
def test_what_is_not_public_is_never_found(small, session: Session, values) -> None:
    assert small(factories.open_service(key="hidden", **values))("maison") == []
    assert services_by_key(session, ["hidden"]) == []
    assert open_keys_at(session, MONDAY_MORNING) == set()


def test_a_service_removed_since_the_index_was_built_is_passed_over(small, session: Session) -> None:
    gone = factories.service(key="gone")
    ask = small(gone, factories.service(key="kept"))
    session.delete(gone)
    session.flush()
    assert ask("maison") == ["kept"]


def test_services_come_in_the_order_of_their_keys_each_once(session: Session) -> None:
    session.add_all([factories.service(key=key) for key in "abc"])
    session.flush()
    assert [found.key for found in services_by_key(session, ["c", "a", "c", "x"])] == ["c", "a"]
    assert services_by_key(session, []) == []


def test_needs_organisations_and_actions_stand_beside_the_services(ask) -> None:
    assert "dettes" in [need.key for need in ask("médiation de dettes").needs]
    assert "faim" in [need.key for need in ask("ik heb honger", "nl").needs]
    assert len(ask("logement jeunes travail argent").needs) <= 3
    assert [found.key for found in ask("samusocial").organizations] == ["samusocial"]
    assert any(found.reference.startswith("pas-2015-2020/") for found in ask("brochure logement").actions)


@pytest.mark.parametrize(
    ("query", "language", "key"),
    [
        ("velotheek", "fr", "velotheque-jette"),
        ("épicerie sociale", "nl", "caba-jette"),
        ("AIS", "fr", "ais-jette"),
        ("SVK", "nl", "ais-jette"),
        ("cpas", "nl", "cpas-jette"),
        ("ocmw", "fr", "cpas-jette"),
        ("Theodor", "fr", "viva-jette"),
        ("Théodor", "nl", "viva-jette"),
        ("esseghem", "fr", "plateforme-esseghem"),
        ("Essegem", "nl", "gc-essegem"),
    ],
)
def test_names_are_found_in_either_language_and_in_their_variants(ask, query, language, key) -> None:
    assert key in keys(ask(query, language))[:5]


@pytest.mark.parametrize("query", ["zzzzqqqq", "帮助", "مساعدة", "AND OR NOT", 'name:"x" OR *', "-" * 300])
def test_whatever_is_asked_is_answered(ask, query) -> None:
    found = ask(query)
    assert found.total >= len(found.services)
