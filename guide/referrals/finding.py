"""The one way to a referral: by who looks. To anybody else it does not exist.

A referral is reached by its sender, by social workers of the receiving organisation, by the visitor whom a link
and a code let in, and by nobody else: coordinators and administrators get counts (`counting`) and, of one that
nobody holds, that it waits (`holding.unheld`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session, joinedload

from guide.clock import BRUSSELS
from guide.database import locked_row
from guide.model import Account, ReferralState, Role
from guide.model.referrals import ErasedReferral, Referral
from guide.referrals.deliveries import Delivery, deliveries, undelivered
from guide.referrals.erasing import erased_from
from guide.referrals.life import OPEN, WAITING, Party

CONSENT_NOTICE = timedelta(days=7)
"""How long before the end of an agreement both sides of an accepted referral are warned."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A referral in a list: it names nobody. `waits` says that the reader is the one to act; `delivery` what became
    of the last mail that announced it to the service, and `agreement` of the one that says that the agreement ends,
    for its sender; `news` of the last one to who holds it, for its receiver: the one with her answer, once there is
    one."""

    referral: Referral
    role: Party
    waits: bool
    days: int
    delivery: Delivery | None = None
    agreement: Delivery | None = None
    news: Delivery | None = None

    @property
    def failed(self) -> Delivery | None:
        """What became of the mail that the service lacks, if one has failed."""
        last = self.delivery if self.referral.state in WAITING else self.agreement
        return last if last is not None and last.failed else None

    @property
    def undelivered(self) -> bool:
        """Does the service lack a mail that has failed?"""
        return self.failed is not None


def role_of(referral: Referral, reader: Account) -> Party | None:
    """As what this person takes part; None for everybody else."""
    if reader.role is not Role.SOCIAL_WORKER:
        return None
    if referral.sender_id == reader.id:
        return Party.SENDER
    if referral.state is ReferralState.DRAFT:
        return None
    belongs = {membership.organization_id for membership in reader.memberships}
    return Party.RECEIVER if referral.receiver_organization_id in belongs else None


def find(session: Session, reader: Account, reference: str, now: datetime) -> tuple[Referral, Party] | None:
    """The referral of this reference and the reader's role in it; None for wrong, erased and others' alike."""
    referral = session.scalar(select(Referral).where(Referral.reference == reference))
    if referral is None or erased_from(referral) <= now:
        return None
    role = role_of(referral, reader)
    return (referral, role) if role is not None else None


def of_form(session: Session, reader: Account, uid: str) -> Referral | None:
    """What this person has already made with the form of this uid: a second click finds what the first one did."""
    return session.scalar(select(Referral).where(Referral.uid == uid, Referral.sender_id == reader.id))


def is_erased(session: Session, uid: str) -> bool:
    """Is the referral of this uid gone for good? Its uid is never used again."""
    return session.get(ErasedReferral, uid) is not None


def previous_of(session: Session, referral: Referral) -> Referral | None:
    """The declined referral that this one hands on, while it lives."""
    return session.get(Referral, referral.previous_id) if referral.previous_id is not None else None


def hold(session: Session, referral: Referral) -> Referral:
    """The same row as it stands now, held to the end of the transaction. Raises NoResultFound when it is erased."""
    row = locked_row(session, Referral, referral.id)
    if row is None:
        raise NoResultFound
    return row


def sent_by(session: Session, reader: Account, now: datetime) -> list[Listed]:
    """What this person sent or keeps as a draft: what waits for her first, then the longest waiting first."""
    return _listed(session, Referral.sender_id == reader.id, Party.SENDER, now)


def lately_sent_to(session: Session, reader: Account, now: datetime) -> list[int]:
    """The services (their ids) this person has sent to, the latest first: from what of hers still lives."""
    rows = session.scalars(
        select(Referral)
        .where(Referral.sender_id == reader.id, Referral.sent_at.is_not(None))
        .order_by(Referral.sent_at.desc(), Referral.id.desc())
    )
    return list(dict.fromkeys(row.service_id for row in rows if erased_from(row) > now))


def received_by(session: Session, reader: Account, now: datetime) -> list[Listed]:
    """What her organisations received: what waits for them first, then the longest waiting first."""
    belongs = [membership.organization_id for membership in reader.memberships]
    mine = and_(Referral.receiver_organization_id.in_(belongs), Referral.state != ReferralState.DRAFT)
    return _listed(session, mine, Party.RECEIVER, now)


def _listed(session: Session, which: ColumnElement[bool], role: Party, now: datetime) -> list[Listed]:
    rows: Sequence[Referral] = session.scalars(
        select(Referral)
        .where(which)
        .options(joinedload(Referral.service), joinedload(Referral.sender))
        .order_by(Referral.state_since)
    ).all()
    alive = [row for row in rows if erased_from(row) > now]
    told = deliveries(session, alive, now)
    found = []
    for row in alive:
        mails = told[row.uid]
        one = Listed(row, role, waits_for(row, role, now), (now - row.state_since).days)
        if role is Party.SENDER:
            announced, agreement = mails.get("referral_received"), agreement_mail(row, mails)
            one = replace(one, delivery=announced, agreement=agreement)
        else:
            one = replace(one, news=mails.get("referral_news"))
        found.append(replace(one, waits=True) if one.undelivered else one)
    order = {state: place for place, state in enumerate((ReferralState.DECLINED, *OPEN, ReferralState.DRAFT))}
    return sorted(
        found, key=lambda one: (not one.waits, order.get(one.referral.state, 99), one.referral.state_since)
    )


def waits_for(referral: Referral, role: Party, now: datetime) -> bool:
    """Is this one the reader's to act on? A declined one waits for its sender, and so does an agreement that ends."""
    if role is Party.RECEIVER:
        return referral.state in WAITING and not consent_lapsed(referral, now)
    return (
        referral.state in (ReferralState.DECLINED, ReferralState.DRAFT)
        or (referral.state in OPEN and consent_lapsed(referral, now))
        or consent_ends_soon(referral, now)
        or (referral.state in WAITING and _silent(referral, now))
    )


def may_hand_on(session: Session, referral: Referral, now: datetime) -> bool:
    """May its sender pass it to another service: it was declined, or the mail about it has failed and nobody there
    has read it?"""
    if referral.state is ReferralState.DECLINED:
        return True
    return referral.state is ReferralState.SENT and undelivered_now(session, referral, now)


def undelivered_now(session: Session, referral: Referral, now: datetime) -> bool:
    """Has the last mail to the service failed, as far as is known?"""
    return undelivered(deliveries(session, [referral], now)[referral.uid])


def agreement_mail(referral: Referral, delivered: Mapping[str, Delivery]) -> Delivery | None:
    """What became of the mail to the service that the agreement ends; None once that is of no use any more: she has
    agreed anew, or it is over."""
    if referral.state is not ReferralState.ACCEPTED or referral.consent_warned != referral.consent_expires:
        return None
    return delivered.get("referral_agreement")


def consent_lapsed(referral: Referral, now: datetime) -> bool:
    """The person's agreement has run out: the content closes until it is renewed. Its last day counts."""
    return referral.consent_expires is not None and referral.consent_expires < now.astimezone(BRUSSELS).date()


def consent_ends_soon(referral: Referral, now: datetime) -> bool:
    """The agreement of an accepted one ends within a week: both sides are warned while something can be done."""
    if referral.state is not ReferralState.ACCEPTED or referral.consent_expires is None:
        return False
    left = referral.consent_expires - now.astimezone(BRUSSELS).date()
    return timedelta(0) <= left <= CONSENT_NOTICE


def consent_ends_before_appointment(referral: Referral) -> bool:
    """The person is expected on a day for which her agreement does not hold: it is to be asked for anew."""
    return (
        referral.state is ReferralState.ACCEPTED
        and referral.appointment is not None
        and referral.consent_expires is not None
        and referral.consent_expires < referral.appointment
    )


def _silent(referral: Referral, now: datetime) -> bool:
    return referral.sent_at is not None and now - referral.sent_at >= timedelta(days=21)


def longest_consent(today: date) -> date:
    """The last day an agreement may be given for: ninety days on."""
    return today + timedelta(days=90)


def with_services(session: Session, uids: Collection[str]) -> dict[str, Referral]:
    """Referrals by their uid, each with its service: what mails are about."""
    if not uids:
        return {}
    found = select(Referral).where(Referral.uid.in_(uids)).options(joinedload(Referral.service))
    return {referral.uid: referral for referral in session.scalars(found)}
