"""Searches are counted without anybody in them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from guide.database import writing
from guide.directory import search_log
from guide.directory.search_log import Searched, Tally, Words, countable_words
from guide.model import SearchedWord, UnknownWord, WayIn
from tests import databases, factories
from tests.queries import all_rows

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DAY = date(2026, 11, 23)


@pytest.fixture(params=databases.IN_CI)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with databases.migrated_database_of(request.param, tmp_path) as engine:
        yield engine


@pytest.fixture
def tally(engine) -> Tally:
    return Tally(lambda: Session(writing(engine), info={"secret_key": "x" * 40}))


@pytest.mark.control("C10")
def test_digits_addresses_and_odd_words_are_never_counted() -> None:
    typed = ["faim", "90020112345", "be68", "an@maison", "x", "a" * 61, "dupont"]
    assert countable_words(typed, {"faim"}) == Words(("faim",), ("dupont",))


def test_known_words_are_counted_by_day_and_language(engine, tally: Tally) -> None:
    tally.search(Words(("faim",), ()), "fr", True, NOW)
    tally.search(Words(("faim",), ()), "fr", False, NOW)
    tally.flush(NOW)
    tally.search(Words(("faim",), ()), "fr", True, NOW)
    tally.flush(NOW)
    with Session(engine) as session:
        [row] = session.query(SearchedWord)
        assert (row.day, row.language, row.word, row.count, row.without_result) == (DAY, "fr", "faim", 3, 1)
        assert search_log.searches(session, DAY) == [Searched("faim", "fr", 3, 1)]


def test_an_unknown_word_stands_nowhere_until_it_was_searched_on_three_days(
    engine, tally: Tally, tmp_path
) -> None:
    for day in range(3):
        for _ in range(5):
            tally.search(Words((), ("frigolite",)), "fr", False, NOW + timedelta(days=day))
        tally.flush(NOW + timedelta(days=day))
        with Session(engine) as session:
            named = session.query(SearchedWord).count()
        assert named == (1 if day == 2 else 0)
        # In no row, and on SQLite in no file of it either, its journal among them.
        files = b"".join(path.read_bytes() for path in tmp_path.glob("guide.sqlite3*"))
        assert (b"frigolite" in all_rows(engine).encode() + files) is (day == 2)
    with Session(engine) as session:
        assert session.query(UnknownWord).count() == 0
        assert search_log.searches(session, DAY, without_result=True)[0].word == "frigolite"


def test_a_word_searched_often_on_one_day_is_not_named(engine, tally: Tally) -> None:
    for _ in range(50):
        tally.search(Words((), ("peeters",)), "nl", False, NOW)
        tally.flush(NOW)
    with Session(engine) as session:
        assert session.query(SearchedWord).count() == 0
        assert "peeters" not in session.query(UnknownWord).one().digest


@pytest.mark.control("C8")
def test_unknown_words_and_old_counts_are_forgotten(engine, tally: Tally) -> None:
    tally.search(Words(("faim",), ("frigolite",)), "fr", True, NOW)
    tally.flush(NOW)
    tally.flush(NOW + timedelta(days=61))
    with Session(engine) as session:
        assert session.query(UnknownWord).count() == 0
        assert session.query(SearchedWord).count() == 1
    tally.flush(NOW + timedelta(days=800))
    with Session(engine) as session:
        assert session.query(SearchedWord).count() == 0


def test_words_that_led_to_a_listing_are_counted_by_month(engine, tally: Tally) -> None:
    with Session(writing(engine)) as session:
        service = factories.service()
        session.add(service)
        session.commit()
        number = service.id
    tally.way_in(number, Words(("faim",), ("frigolite",)), "fr", NOW)
    tally.way_in(number, Words(("faim",), ()), "fr", NOW)
    tally.way_in(9999, Words(("faim",), ()), "fr", NOW)
    tally.flush(NOW)
    with Session(engine) as session:
        assert [(way.word, way.month, way.count) for way in session.query(WayIn)] == [("faim", "2026-11", 2)]
        from guide.model import Service

        assert search_log.ways_in(session, session.get_one(Service, number), "2026-10") == [("faim", "fr", 2)]


def test_two_processes_add_up(engine) -> None:
    tallies = [Tally(lambda: Session(writing(engine), info={"secret_key": "x" * 40})) for _ in range(2)]
    for tally in tallies:
        tally.search(Words(("faim",), ()), "fr", True, NOW)
    for tally in tallies:
        tally.flush(NOW)
    with Session(engine) as session:
        assert session.query(SearchedWord).one().count == 2


def test_what_cannot_be_written_now_is_written_later(engine, tally: Tally, monkeypatch) -> None:
    from sqlalchemy.exc import OperationalError

    tally.search(Words(("faim",), ()), "fr", True, NOW)

    def locked(*_: object) -> None:
        raise OperationalError("locked", None, Exception("locked"))

    with monkeypatch.context() as patch:
        patch.setattr(search_log, "_add", locked)
        tally.flush(NOW)
    tally.flush(NOW)
    with Session(engine) as session:
        assert session.query(SearchedWord).one().count == 1


def test_memory_is_bounded(tally: Tally, monkeypatch) -> None:
    monkeypatch.setattr(search_log, "FULLEST", 10)
    for number in range(50):
        tally.search(Words((), (f"mot{'a' * number}",)), "fr", False, NOW)
    assert len(tally._words) == 10
