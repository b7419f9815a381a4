"""Who helps with a need: those one goes to for it first, what does not exist apart."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from guide.directory.catalogue import read_catalogue
from guide.directory.needs import all_needs, need_by_slug, terms_by_taxonomy
from guide.languages import LANGUAGES, Bilingual
from guide.model import ServiceState
from tests import factories
from tests.factories import filed

TODAY = date(2026, 11, 23)


def keys(services) -> list[str]:
    return [service.key for service in services]


def test_those_one_goes_to_for_it_stand_before_those_who_also_help(session: Session) -> None:
    need, other = factories.need("faim"), factories.need("eau")
    meal = factories.topic(need, "repas")
    session.add_all(
        [
            factories.service(key="first", attributes=[filed(need)]),
            factories.service(key="by-topic", attributes=[filed(meal)]),
            factories.service(key="also", attributes=[filed(need, "secondary"), filed(other)]),
            factories.service(key="elsewhere", attributes=[filed(other)]),
            factories.service(key="planned", state="announced", attributes=[filed(need)]),
            factories.service(key="over", state="ended", attributes=[filed(need)]),
            factories.service(key="draft", publication="draft", attributes=[filed(need)]),
            factories.service(key="inside", visibility="professional", attributes=[filed(need)]),
        ]
    )
    session.flush()
    session.expire_all()
    for language in LANGUAGES:
        found = read_catalogue(session).help_with(need.key, language, TODAY)
        assert set(keys(found.first)) == {"first", "by-topic"}
        assert keys(found.also) == ["also"]
        assert set(keys(found.announced)) == {"planned", "over"}


def test_a_service_filed_twice_under_a_need_stands_once(session: Session) -> None:
    need = factories.need("faim")
    topics = [factories.topic(need, key) for key in ("repas", "colis")]
    session.add(factories.service(key="a", attributes=[filed(topic) for topic in topics]))
    session.flush()
    session.expire_all()
    assert keys(read_catalogue(session).help_with(need.key, "fr", TODAY).first) == ["a"]


def test_what_nobody_has_confirmed_for_too_long_stands_last_and_is_never_hidden(session: Session) -> None:
    need = factories.need("faim")
    session.add_all(
        [
            factories.service(key=key, attributes=[filed(need)], assured_date=assured)
            for key, assured in (
                ("a-stale", date(2026, 3, 1)),
                ("b-to-confirm", date(2026, 4, 1)),
                ("c-never-confirmed", None),
                ("d-fresh", date(2026, 11, 1)),
            )
        ]
    )
    session.flush()
    session.expire_all()
    found = read_catalogue(session).help_with(need.key, "fr", TODAY)
    assert keys(found.first) == ["b-to-confirm", "c-never-confirmed", "d-fresh", "a-stale"]


def test_a_need_that_nobody_answers_is_empty(session: Session) -> None:
    need = factories.need("faim")
    session.add(need)
    session.flush()
    found = read_catalogue(session).help_with(need.key, "fr", TODAY)
    assert (found.first, found.also, found.announced) == ([], [], [])


def test_a_need_is_found_by_the_slug_of_its_own_language_only(session: Session) -> None:
    need = factories.need("faim", slug=Bilingual("faim", "honger"))
    factories.topic(need, "repas")
    session.add(need)
    session.flush()
    assert need_by_slug(session, "honger", "nl") is need
    assert need_by_slug(session, "faim", "fr") is need
    assert need_by_slug(session, "honger", "fr") is None
    assert need_by_slug(session, "repas", "fr") is None


def test_needs_come_in_their_order_without_their_topics(session: Session) -> None:
    later, first = factories.need("b", position=2), factories.need("a", position=1)
    factories.topic(first, "t")
    session.add_all([later, first, factories.term("publics", "seniors")])
    session.flush()
    assert keys(all_needs(session)) == ["a", "b"]
    assert keys(terms_by_taxonomy(session, "publics")) == ["seniors"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_for_every_real_need_those_named_to_help_exist(directory: Session, language) -> None:
    for need in all_needs(directory):
        found = read_catalogue(directory).help_with(need.key, language, TODAY)
        assert {service.state for service in (*found.first, *found.also)} <= {ServiceState.EXISTING}, need.key
        assert need_by_slug(directory, need.slug.side(language), language) is need
