"""The mails about a referral: a reference, the service's name and a link, and nothing else.

A mail to the receiver goes to the address on file of the listing, never to one that somebody typed. Its content
waits sealed in the outbox: a link's token stands nowhere in clear.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from guide import mail
from guide.languages import Language
from guide.model import Account, AccountState, Mail, Membership, Role, Service
from guide.model.referrals import Referral


class Hearer(StrEnum):
    """Whom an answer reaches: who holds the referral, else the coordinators (that it came), else nobody."""

    HOLDER = "holder"
    COORDINATION = "coordination"
    NOBODY = "nobody"


def about(referral: Referral) -> str:
    """How the outbox names what a mail is about, so that an erasure takes the waiting mails along."""
    return f"referral:{referral.uid}"


@dataclass(frozen=True, slots=True)
class Notice:
    """What one mail about a referral brings, beside the reference and the service's name that each of them holds.

    `kind` names its template and `content` is what that needs. `last`: it tells of the end, so an erasure leaves
    it; `actor_id` is then told on her list when it fails. Not sent after `expires_at`, when what it brings is dead.
    `instead`: of the one that failed.
    """

    kind: str
    content: Mapping[str, Any] = field(default_factory=dict)
    last: bool = False
    actor_id: int | None = None
    expires_at: datetime | None = None
    instead: bool = False


def tell_receiver(session: Session, referral: Referral, notice: Notice, now: datetime) -> bool:
    """Puts a mail to the receiving service into the outbox. False when it has no address on file any more."""
    address = referral.service.relay_email
    if not address:
        return False
    _post(session, referral, notice, address, receiver_language(session, referral), now)
    return True


TO_SERVICE = ("referral_received", "referral_code", "referral_agreement", "referral_ended")
"""Kinds that go to the receiving service's address on file."""


def receiving_service(session: Session, row: Mail) -> Service | None:
    """The service a mail about a referral goes to; None for every other mail."""
    kind, _colon, key = (row.about or "").partition(":")
    if row.kind not in TO_SERVICE or row.account_id is not None:
        return None
    if kind == "service":
        return session.get(Service, int(key))
    return session.scalar(
        select(Service).join(Referral, Referral.service_id == Service.id).where(Referral.uid == key)
    )


def tell_sender(session: Session, what: str, referral: Referral, now: datetime, last: bool = False) -> None:
    """Tells the worker who holds it what happened ('accepted', 'silent', …).

    Where nobody holds it the coordinators are told, who see that it happened and never what it says.
    """
    if (holder := holder_of(referral)) is not None:
        news = Notice("referral_news", {"what": what}, last)
        _post(session, referral, news, holder, _language(holder.language), now)
        return
    unheld = Notice("referral_unheld", {"what": what}, last)
    for each in coordinators(session):
        _post(session, referral, unheld, each, _language(each.language), now)


def holder_of(referral: Referral) -> Account | None:
    """The worker who sent it or took it over, while she can come in; None when her account is closed or gone."""
    sender = referral.sender
    return sender if sender is not None and works_here(sender) else None


def works_here(account: Account) -> bool:
    """Can this person come in as a social worker?"""
    return account.state is AccountState.ACTIVE and account.role is Role.SOCIAL_WORKER


def hearer(session: Session, referral: Referral) -> Hearer:
    """Whom `tell_sender` tells now: what a page says of it must be true."""
    if holder_of(referral) is not None:
        return Hearer.HOLDER
    return Hearer.COORDINATION if coordinators(session) else Hearer.NOBODY


def coordinators(session: Session) -> list[Account]:
    """The coordinators who can come in; where there are none, the administrators."""
    active = list(
        session.scalars(
            select(Account)
            .where(
                Account.role.in_((Role.COORDINATOR, Role.ADMINISTRATOR)), Account.state == AccountState.ACTIVE
            )
            .order_by(Account.id)
        )
    )
    return [each for each in active if each.role is Role.COORDINATOR] or active


COUNTED = ("referral_substitute", "referral_waiting", "referral_returned")
"""Kinds that tell somebody of the guide's how many referrals there are, and name none."""


def tell_of_several(
    session: Session, kind: str, to: Account, count: int, now: datetime, actor_id: int | None
) -> None:
    """Tells somebody of the guide's of so many referrals at once; the mail names none of them.

    `kind` is one of COUNTED. `actor_id`: whoever closed or opened an account, told when the mail fails.
    """
    language = _language(to.language)
    mail.post(session, mail.NewMail(kind, to, {"count": count}, language=language, actor_id=actor_id), now)


def tell_person(session: Session, address: str, referral: Referral, code: str, now: datetime) -> None:
    """The one mail that the person asked for, with her code, in the language the agreement was explained in."""
    language = _language(referral.consent_language or "fr")
    _post(session, referral, Notice("referral_person", {"code": code}), address, language, now)


def receiver_language(session: Session, referral: Referral) -> Language:
    """The language of whoever has an account there, else the sender's: she knows whom she writes to."""
    return receiver_language_of(session, referral.receiver_organization_id, referral.sender)


def receiver_language_of(session: Session, organization_id: int | None, sender: Account | None) -> Language:
    """As `receiver_language`, of an organisation (its id) and whoever writes to it."""
    found = session.scalar(
        select(Account.language)
        .join(Membership, Membership.account_id == Account.id)
        .where(Membership.organization_id == organization_id, Account.state == AccountState.ACTIVE)
        .order_by(Account.id)
        .limit(1)
    )
    return _language(found or (sender.language if sender is not None else "fr"))


def _post(
    session: Session,
    referral: Referral,
    notice: Notice,
    to: Account | str,
    language: Language,
    now: datetime,
) -> None:
    names = {"reference": referral.reference, "service": str(referral.service.name.localized(language))}
    new = mail.NewMail(
        notice.kind,
        to,
        {**names, **notice.content},
        language=language,
        sealed=True,
        # What outlives the referral names the service only.
        about=f"service:{referral.service_id}" if notice.last else about(referral),
        expires_at=notice.expires_at,
        actor_id=notice.actor_id,
        instead=notice.instead,
    )
    mail.post(session, new, now)


def _language(code: str) -> Language:
    return "nl" if code == "nl" else "fr"
