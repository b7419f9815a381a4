"""Browsers and networks from which an account was signed in: tries from there do not share the strangers' count.

A stranger who knows an address can use up what all strangers together may try, and her owner would wait with
them. From a known place she has a count of her own, no larger than theirs: it lets nobody in. Kept are the digest
of a cookie's random token, and a keyed digest of a network, each for one account alone.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.orm import Session

from guide import clock_guard
from guide.clock import SLACK
from guide.crypto import digest, token_digest
from guide.model import Account, KnownPlace, PlaceKind

KEPT = {PlaceKind.BROWSER: timedelta(days=180), PlaceKind.NETWORK: timedelta(days=90)}
"""How long a place stays known after the last sign-in from there."""

MOST = {PlaceKind.BROWSER: 10, PlaceKind.NETWORK: 5}
"""So many places of an account stay known; the longest unused goes."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request comes from, as far as one account knows it; `name` is for its own count."""

    kind: PlaceKind
    name: str


def find(session: Session, account: Account | None, token: str, network: str, now: datetime) -> Place | None:
    """The known browser of this cookie, else the known network; None for strangers, and where there is no account.

    The same is asked for no account as for any, so that the time tells nothing.
    """
    number = account.id if account is not None else 0
    wanted = {
        PlaceKind.BROWSER: token_digest(token),
        PlaceKind.NETWORK: _network_digest(session, number, network),
    }
    found = {
        row.kind: row
        for row in session.scalars(
            select(KnownPlace).where(
                KnownPlace.account_id == number,
                KnownPlace.seen_at <= now + SLACK,
                or_(
                    *(
                        and_(
                            KnownPlace.kind == kind,
                            KnownPlace.digest == value,
                            KnownPlace.seen_at > now - KEPT[kind],
                        )
                        for kind, value in wanted.items()
                    )
                ),
            )
        )
    }
    row = found.get(PlaceKind.BROWSER) or found.get(PlaceKind.NETWORK)
    return Place(row.kind, f"{row.kind} {row.id}") if row is not None else None


def remember_browser(session: Session, account: Account, token: str, now: datetime) -> str:
    """This browser is known from here on: its new token, kept nowhere but in its cookie.

    The token it had is worth nothing any more, also where other accounts know this browser by it.
    """
    fresh = secrets.token_urlsafe(32)
    if token:
        session.execute(
            update(KnownPlace)
            .where(KnownPlace.kind == PlaceKind.BROWSER, KnownPlace.digest == token_digest(token))
            .values(digest=token_digest(fresh))
            .execution_options(synchronize_session="fetch")
        )
    _remember(session, account, PlaceKind.BROWSER, token_digest(fresh), now)
    return fresh


def remember_network(session: Session, account: Account, network: str, now: datetime) -> None:
    """This network is known from here on."""
    _remember(session, account, PlaceKind.NETWORK, _network_digest(session, account.id, network), now)


def forget_all(session: Session, account: Account) -> None:
    """No place is known any more: a password or a telephone may be in other hands."""
    session.execute(
        delete(KnownPlace)
        .where(KnownPlace.account_id == account.id)
        .execution_options(synchronize_session="fetch")
    )


def forget(session: Session, now: datetime) -> None:
    """Deletes places that nobody signed in from for long; none when the clock seems to have jumped."""
    if clock_guard.jumped(session, now):
        return
    for kind, kept in KEPT.items():
        session.execute(delete(KnownPlace).where(KnownPlace.kind == kind, KnownPlace.seen_at <= now - kept))


def _remember(session: Session, account: Account, kind: PlaceKind, value: str, now: datetime) -> None:
    own = select(KnownPlace).where(KnownPlace.account_id == account.id, KnownPlace.kind == kind)
    row = session.scalar(own.where(KnownPlace.digest == value))
    if row is None:
        row = KnownPlace(account_id=account.id, kind=kind, digest=value)
        session.add(row)
    row.seen_at = now
    session.flush()
    latest_first = own.order_by(KnownPlace.seen_at.desc(), KnownPlace.id.desc())
    for old in session.scalars(latest_first.offset(MOST[kind])).all():
        session.delete(old)
    session.flush()


def _network_digest(session: Session, account_id: int, network: str) -> str:
    return digest(str(session.info["secret_key"]), "known-network", f"{account_id}:{network}")
