"""The named lists of a social worker: each is of one account, and of nobody else. The caller commits.

Nothing of them stands in the audit log: they are somebody's own working notes.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from guide.directory.listings import services_by_key
from guide.model import Account, NamedList, NamedListEntry, Service
from guide.records.values import holds_national_number

MOST_LISTS = 100
MOST_ENTRIES = 60
"""As many services as an address can carry (`guide.web.ui.list_cookie`)."""

LONGEST_TITLE = 80
LONGEST_NOTE = 500


class NumberInTextError(Exception):
    """A national number stands in these words; it is not kept."""


class TextTooLongError(Exception):
    """A note of more than LONGEST_NOTE letters: it is not cut behind somebody's back."""


class TooManyListsError(Exception):
    """The account has as many lists, or the list as many services, as there may be."""


def lists_of(session: Session, account: Account) -> Sequence[NamedList]:
    """The lists of this account, the last changed first."""
    return session.scalars(
        select(NamedList)
        .where(NamedList.account_id == account.id)
        .options(selectinload(NamedList.entries))
        .order_by(NamedList.changed_at.desc(), NamedList.id.desc())
    ).all()


def list_of(session: Session, account: Account, number: int) -> NamedList | None:
    """A list of this account by its number; None when there is none, or when it is another's."""
    return session.scalar(select(NamedList).where(NamedList.id == number, NamedList.account_id == account.id))


def shown_entries(session: Session, kept: NamedList) -> list[NamedListEntry]:
    """The entries whose service the public may see today, in order: what print and messages are made of."""
    public = services_by_key(session, [entry.service.key for entry in kept.entries])
    seen = {service.id for service in public}
    return [entry for entry in kept.entries if entry.service_id in seen]


def create(session: Session, account: Account, title: str, now: datetime) -> NamedList:
    """A new, empty list. Raises NumberInTextError and TooManyListsError."""
    _refuse_number(title)
    if len(lists_of(session, account)) >= MOST_LISTS:
        raise TooManyListsError
    made = NamedList(account_id=account.id, title=title[:LONGEST_TITLE], changed_at=now)
    session.add(made)
    session.flush()
    return made


def rename(kept: NamedList, title: str, now: datetime) -> None:
    """Another title. Raises NumberInTextError."""
    _refuse_number(title)
    kept.title, kept.changed_at = title[:LONGEST_TITLE], now


def delete(session: Session, kept: NamedList) -> None:
    """The list goes, with its notes; the services stay in the guide."""
    session.delete(kept)


def add(kept: NamedList, services: Sequence[Service], now: datetime) -> int:
    """Puts services at the end, each once; how many were new. Raises TooManyListsError, and none is added."""
    has = {entry.service_id for entry in kept.entries}
    new = [service for service in services if service.id not in has]
    if len(kept.entries) + len(new) > MOST_ENTRIES:
        raise TooManyListsError
    for service in new:
        kept.entries.append(NamedListEntry(service=service, position=len(kept.entries)))
    if new:
        kept.changed_at = now
    return len(new)


def remove(kept: NamedList, entry: NamedListEntry, now: datetime) -> None:
    """Takes a service out, with its note."""
    kept.entries.remove(entry)
    _number(kept, now)


def move(kept: NamedList, entry: NamedListEntry, steps: int, now: datetime) -> bool:
    """So many places down (up when negative); False when there is no such place."""
    place = kept.entries.index(entry)
    if not 0 <= place + steps < len(kept.entries):
        return False
    kept.entries.insert(place + steps, kept.entries.pop(place))
    _number(kept, now)
    return True


def set_note(kept: NamedList, entry: NamedListEntry, note: str, now: datetime) -> None:
    """What the worker wants to remember of this service; empty takes it away. Raises NumberInTextError,
    TextTooLongError.
    """
    _refuse_number(note)
    if len(note) > LONGEST_NOTE:
        raise TextTooLongError
    entry.note, kept.changed_at = note or None, now


def _number(kept: NamedList, now: datetime) -> None:
    for position, entry in enumerate(kept.entries):
        entry.position = position
    kept.changed_at = now


def _refuse_number(words: str) -> None:
    """The one place that says what never stands in a list."""
    if holds_national_number(words):
        raise NumberInTextError
