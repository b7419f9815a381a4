"""Listings as they are stored: what their rows say, nothing that is hidden, and never a stale word."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from guide.clock import BRUSSELS
from guide.directory.catalogue import LiveCatalogue, open_at, read_catalogue
from guide.directory.hours import Opening, changes_after, open_state, phone_to_call
from guide.directory.indexing import revision
from guide.directory.listing import SHAPE, Listing, listing_of, read, read_facts, written
from guide.directory.listings import (
    derived,
    listings_by_key,
    services_by_key,
    store_anew,
    store_missing,
    untrue_listings,
)
from guide.directory.sureness import sureness
from guide.directory.unknown import unknown
from guide.languages import LANGUAGES
from guide.model import Phone, SearchChange, Service, StoredListing
from tests import factories
from tests.factories import slot
from tests.queries import counted
from tests.running import MONDAY_MORNING

MOMENTS = [
    MONDAY_MORNING,
    MONDAY_MORNING.replace(hour=23, minute=30),
    datetime(2026, 12, 25, 10, 0, tzinfo=BRUSSELS),
    datetime(2027, 3, 28, 2, 30, tzinfo=BRUSSELS),
    datetime(2027, 7, 21, 14, 0, tzinfo=BRUSSELS),
]


def all_keys(session: Session) -> list[str]:
    return list(session.scalars(select(Service.key).where(Service.is_public).order_by(Service.key)))


def test_every_stored_listing_says_what_its_rows_say(directory: Session) -> None:
    keys = all_keys(directory)
    assert untrue_listings(directory) == []
    rows = {one.key: one for one in services_by_key(directory, keys)}
    listings = listings_by_key(directory, keys)
    assert [one.key for one in listings] == keys
    for listing in listings:
        row = rows[listing.key]
        for at in MOMENTS:
            told, kept = open_state(row, at), open_state(listing, at)
            assert (told.state, told.until, told.opens, told.closure, told.perhaps) == (
                *(kept.state, kept.until, kept.opens, kept.closure, kept.perhaps),
            ), (listing.key, at)
            called, kept_call = phone_to_call(row, at), phone_to_call(listing, at)
            assert (called and called.number) == (kept_call and kept_call.number)
            for lang in LANGUAGES:
                assert sureness(row, at.date(), lang) == sureness(listing, at.date(), lang)
            assert unknown(row, at.date()) == unknown(listing, at.date())
        for name in ("is_sensitive", "hides_address", "is_called", "is_emergency_number", "organization_id"):
            assert getattr(row, name) == getattr(listing, name), (listing.key, name)


def test_it_is_one_statement_for_all_that_a_page_shows(directory: Session) -> None:
    keys = all_keys(directory)[:20]
    with counted(directory) as asked:
        assert [one.key for one in listings_by_key(directory, [*keys, "nobody", keys[0]])] == keys
    assert len(asked) == 2, "that of the unknown key is looked for among the rows"
    with counted(directory) as asked:
        listings_by_key(directory, keys)
    assert len(asked) == 1


def refuge(**values: Any) -> Service:
    made = factories.service(
        key="abri",
        address_confidential=True,
        service_at_locations=[factories.location(street=factories.both("Rue Secrète 1"), key="rue-secrete")],
        phones=[factories.phone("02 555 07 08")],
        professional_note=factories.both("Code 1234"),
        relay_email="relais@abri.example",
        **values,
    )
    made.phones[0].address = "rue-secrete"
    made.schedules = [slot("09:00", "12:00"), slot("03:17", "04:00")]
    made.schedules[1].address = "rue-secrete"
    made.link_places()
    return made


def test_what_is_hidden_or_for_professionals_is_not_stored(session: Session) -> None:
    session.add_all([refuge(), factories.service(key="inside", visibility="professional")])
    session.commit()
    assert store_missing(session) == 1
    (content,) = session.scalars(select(StoredListing.content)).all()
    for word in (b"Secr", b"secrete", b"03:17", b"1234", b"relais@"):
        assert word not in content
    listing = read(content)
    assert (listing.places, listing.phones[0].service_at_location) == ((), None)
    assert listings_by_key(session, ["inside"]) == []


def test_phones_and_hours_know_their_places_again(session: Session) -> None:
    made = factories.service(
        key="a",
        service_at_locations=[
            factories.location(key=key, position=place) for place, key in enumerate(("nord", "sud"))
        ],
        phones=[factories.phone("02 555 07 08"), factories.phone("02 555 07 09")],
        schedules=[slot("09:00", "12:00")],
    )
    made.phones[1].address, made.schedules[0].address = "sud", "sud"
    made.link_places()
    session.add(made)
    session.commit()
    store_missing(session)
    (listing,) = listings_by_key(session, ["a"])
    assert [line.service_at_location for line in listing.phones] == [None, listing.places[1]]
    assert listing.schedules[0].service_at_location is listing.places[1]
    assert read(written(listing)) == listing


def test_one_that_is_missing_or_of_another_shape_is_derived_on_the_way(session: Session) -> None:
    session.add(factories.service(key="a"))
    session.commit()
    assert [one.key for one in listings_by_key(session, ["a"])] == ["a"]
    store_missing(session)
    session.execute(update(StoredListing).values(shape="older", content=b"[]"))
    assert [one.key for one in listings_by_key(session, ["a"])] == ["a"]
    assert list(read_catalogue(session).listings) == ["a"]
    assert untrue_listings(session) == []
    assert store_missing(session) == 1
    assert session.scalars(select(StoredListing.shape)).all() == [SHAPE]


def test_what_is_not_what_its_rows_say_is_found_and_stored_anew(session: Session) -> None:
    session.add_all([factories.service(key="a"), factories.service(key="b")])
    session.commit()
    store_missing(session)
    (listing,) = listings_by_key(session, ["a"])
    bent = written(msgspec.structs.replace(listing, email="autre@exemple.example"))
    session.execute(update(StoredListing).where(StoredListing.key == "a").values(content=bent))
    assert untrue_listings(session) == ["a"]
    assert store_anew(session) == 2
    assert untrue_listings(session) == []


def test_the_facts_of_a_listing_are_part_of_it(directory: Session) -> None:
    for listing in derived(directory, Service.is_public):
        facts = read_facts(written(listing))
        for name in facts.__struct_fields__:
            assert getattr(facts, name) == getattr(listing, name)


def test_a_catalogue_takes_over_what_did_not_change(session: Session) -> None:
    session.add_all([factories.service(key=key) for key in ("a", "b", "c")])
    session.commit()
    before = read_catalogue(session)
    session.scalars(select(Service).where(Service.key == "b")).one().phones = [Phone(number="02 555 01 01")]
    session.delete(session.scalars(select(Service).where(Service.key == "c")).one())
    session.add(factories.service(key="aa"))
    session.commit()
    now = read_catalogue(session, before=before)
    assert list(now.listings) == ["a", "aa", "b"]
    assert now.listings["a"] is before.listings["a"]
    assert [line.number for line in now.listings["b"].phones] == ["02 555 01 01"]
    assert now.listings == read_catalogue(session).listings
    session.add(SearchChange(document="page"))
    session.commit()
    assert read_catalogue(session, before=now).listings is now.listings


def test_what_is_open_is_told_as_each_listing_tells_it(session: Session) -> None:
    session.add_all(
        [
            factories.open_service(key="jour"),
            factories.open_service(slot("20:00", "08:00"), key="nuit"),
            factories.open_service(slot("09:00", "12:00", holidays="open"), key="fete"),
            factories.service(key="sans"),
        ]
    )
    session.commit()
    live, number = LiveCatalogue(), revision(session)
    at = MONDAY_MORNING.replace(hour=0)
    for minutes in (*range(0, 3 * 24 * 60, 7), 31 * 24 * 60 + 600, 5, 1441):  # a clock may also be set back
        moment = at + timedelta(minutes=minutes)
        found = live.open_now(live.read(session, number), moment)
        wanted = {one.key: open_state(one, moment) for one in read_catalogue(session).listings.values()}
        assert {document.removeprefix("service:") for document in found.open} == {
            key for key, state in wanted.items() if state.helps_now
        }, moment
        assert {one.key for one in found.attended} == {key for key, one in wanted.items() if one.is_open}
        assert found.states == {key: wanted[key] for key in found.states}
        assert found.unknown == {"service:sans"}


@pytest.mark.parametrize("at", MOMENTS, ids=str)
def test_a_state_holds_until_it_is_said_to_change(directory: Session, at: datetime) -> None:
    catalogue = read_catalogue(directory)
    for listing in catalogue.listings.values():
        state, until = open_state(listing, at), changes_after(listing, at)
        assert at < until <= (at + timedelta(days=1)).replace(hour=0, minute=0)
        for share in (0.3, 0.6, 0.99):
            moment = at + (until - at) * share
            assert open_state(listing, moment) == state, (listing.key, moment)
    assert open_at(catalogue, at).until == min(
        changes_after(one, at) for one in catalogue.listings.values() if one.schedules or one.closures
    )


@pytest.mark.parametrize(
    ("slots", "at", "turn"),
    [
        # A night in two slots without a gap closes at half past midnight, not at midnight.
        (
            [("20:00", "24:00", "MO"), ("00:00", "00:30", "TU")],
            datetime(2026, 11, 30, 22, tzinfo=BRUSSELS),
            datetime(2026, 11, 30, 23, 30, tzinfo=BRUSSELS),
        ),
        # The night in which the clock goes from 3 to 2: an hour before 3 is the second 2 o'clock.
        (
            [("00:30", "03:00", "SU")],
            datetime(2026, 10, 25, 1, tzinfo=BRUSSELS),
            datetime(2026, 10, 25, 2, fold=1, tzinfo=BRUSSELS),
        ),
    ],
)
def test_it_closes_soon_an_hour_before_it_really_closes(
    slots: list[tuple[str, str, str]], at: datetime, turn: datetime
) -> None:
    service = factories.service(
        schedules=[slot(opens, closes, [day]) for opens, closes, day in slots],
        schedule_source=factories.source("2026-10"),
    )
    assert changes_after(service, at).astimezone(UTC) == turn.astimezone(UTC)
    assert open_state(service, turn - timedelta(minutes=1)).state is Opening.OPEN
    assert open_state(service, turn).state is Opening.CLOSES_SOON


def test_a_listing_of_rows_that_only_flushed_is_derived_as_they_stand(session: Session) -> None:
    made = factories.service(key="a")
    session.add(made)
    session.flush()
    listing = listing_of(made, [], is_organization=False)
    assert isinstance(listing, Listing)
    assert (listing.key, listing.is_organization, listing.links) == ("a", False, ())


def test_one_that_is_torn_is_never_told(session: Session, caplog: pytest.LogCaptureFixture) -> None:
    session.add_all([factories.service(key="a"), factories.service(key="b")])
    session.commit()
    store_missing(session)
    (content,) = session.scalars(select(StoredListing.content).where(StoredListing.key == "a")).all()
    for torn in (content[:-20], b"", b"[]", b'{"key":"a"}'):
        session.execute(update(StoredListing).where(StoredListing.key == "a").values(content=torn))
        assert [one.id for one in listings_by_key(session, ["a", "b"])] == [1, 2]
        assert list(read_catalogue(session).listings) == ["a", "b"]
        assert untrue_listings(session) == ["a"]
        assert "stored listing a cannot be read" in caplog.text
    store_anew(session)
    assert untrue_listings(session) == []


def test_one_that_cannot_be_derived_takes_no_other_with_it(
    session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    session.add_all([factories.service(key="a", access_modes=[7]), factories.service(key="b")])
    session.commit()
    assert store_missing(session, most=1) == 1
    session.commit()
    assert store_missing(session) == 0
    assert list(read_catalogue(session).listings) == ["b"]
    assert "listing a cannot be derived" in caplog.text
