"""A social worker's lists: hers alone, in her order, with notes; what never stands in them is refused."""

from collections.abc import Sequence

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.editing import named_lists
from guide.model import Account, NamedList, NamedListEntry, Publication, Role, Service
from tests.people import make_account
from tests.running import MONDAY_MORNING as NOW

NUMBER = "85.07.30-033 28"
"""The specimen number of the national register's own documents."""


@pytest.fixture
def worker(directory: Session) -> Account:
    return make_account(directory, Role.SOCIAL_WORKER, "caba-jette")


def services(session: Session, *keys: str) -> list[Service]:
    return [session.scalars(select(Service).where(Service.key == key)).one() for key in keys]


def keys(kept: NamedList) -> list[str]:
    return [entry.service.key for entry in kept.entries]


def made(session: Session, worker: Account, *wanted: str) -> NamedList:
    kept = named_lists.create(session, worker, "Logement", NOW)
    named_lists.add(kept, services(session, *(wanted or ("resto-jet", "lojega", "cpas-jette"))), NOW)
    session.flush()
    return kept


def test_a_list_is_found_by_its_own_account_only(directory: Session, worker: Account) -> None:
    kept = made(directory, worker)
    other = make_account(directory, Role.SOCIAL_WORKER, "caba-jette")
    assert named_lists.list_of(directory, worker, kept.id) is kept
    assert named_lists.list_of(directory, other, kept.id) is None
    assert list(named_lists.lists_of(directory, other)) == []
    assert list(named_lists.lists_of(directory, worker)) == [kept]


def test_a_service_stands_once_and_in_the_order_it_came(directory: Session, worker: Account) -> None:
    kept = made(directory, worker)
    assert named_lists.add(kept, services(directory, "lojega", "caba-jette"), NOW) == 1
    assert keys(kept) == ["resto-jet", "lojega", "cpas-jette", "caba-jette"]


def read_again(session: Session, kept: NamedList) -> Sequence[str]:
    session.flush()
    session.expire_all()
    return keys(kept)


def test_moving_up_and_down_stays_after_reading_again(directory: Session, worker: Account) -> None:
    kept = made(directory, worker)
    assert named_lists.move(kept, kept.entries[2], -1, NOW)
    assert read_again(directory, kept) == ["resto-jet", "cpas-jette", "lojega"]
    assert not named_lists.move(kept, kept.entries[0], -1, NOW)
    assert not named_lists.move(kept, kept.entries[2], 1, NOW)
    named_lists.remove(kept, kept.entries[0], NOW)
    assert read_again(directory, kept) == ["cpas-jette", "lojega"]


@pytest.mark.parametrize("words", [f"Client {NUMBER}", NUMBER])
def test_a_national_number_is_refused_in_titles_and_notes(
    directory: Session, worker: Account, words: str
) -> None:
    kept = made(directory, worker)
    with pytest.raises(named_lists.NumberInTextError):
        named_lists.set_note(kept, kept.entries[0], words, NOW)
    with pytest.raises(named_lists.NumberInTextError):
        named_lists.rename(kept, words, NOW)
    with pytest.raises(named_lists.NumberInTextError):
        named_lists.create(directory, worker, words, NOW)
    assert kept.entries[0].note is None
    assert kept.title == "Logement"


def test_a_note_is_kept_and_an_empty_one_taken_away(directory: Session, worker: Account) -> None:
    kept = made(directory, worker)
    named_lists.set_note(kept, kept.entries[0], "Appeler avant 10h, 02 422 46 11", NOW)
    assert kept.entries[0].note == "Appeler avant 10h, 02 422 46 11"
    named_lists.set_note(kept, kept.entries[0], "", NOW)
    assert kept.entries[0].note is None


def test_a_note_that_is_too_long_is_refused_and_not_cut(directory: Session, worker: Account) -> None:
    kept = made(directory, worker)
    named_lists.set_note(kept, kept.entries[0], "x" * named_lists.LONGEST_NOTE, NOW)
    with pytest.raises(named_lists.TextTooLongError):
        named_lists.set_note(kept, kept.entries[0], "y" * (named_lists.LONGEST_NOTE + 1), NOW)
    assert kept.entries[0].note == "x" * named_lists.LONGEST_NOTE


def test_what_leaves_the_guide_is_no_longer_shown_but_stays_to_be_taken_out(
    directory: Session, worker: Account
) -> None:
    kept = made(directory, worker)
    kept.entries[1].service.publication = Publication.ARCHIVED
    directory.flush()
    shown = named_lists.shown_entries(directory, kept)
    assert [entry.service.key for entry in shown] == ["resto-jet", "cpas-jette"]
    assert len(kept.entries) == 3


def test_there_is_an_end_to_lists_and_to_services_in_one(
    directory: Session, worker: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = made(directory, worker)
    monkeypatch.setattr(named_lists, "MOST_ENTRIES", 3)
    with pytest.raises(named_lists.TooManyListsError):
        named_lists.add(kept, services(directory, "caba-jette"), NOW)
    assert len(kept.entries) == 3
    monkeypatch.setattr(named_lists, "MOST_LISTS", 1)
    with pytest.raises(named_lists.TooManyListsError):
        named_lists.create(directory, worker, "Encore", NOW)


def test_a_list_goes_with_its_notes_and_with_its_account(directory: Session, worker: Account) -> None:
    kept = made(directory, worker)
    number = kept.id
    named_lists.delete(directory, kept)
    directory.flush()
    left = select(NamedListEntry).where(NamedListEntry.named_list_id == number)
    assert directory.scalars(left).all() == []
    another = made(directory, worker)
    number = another.id
    directory.expunge(another)
    directory.execute(Account.__table__.delete().where(Account.id == worker.id))
    assert directory.get(NamedList, number) is None
