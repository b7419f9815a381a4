"""Reading what is sealed: only a participant, only while the agreement holds, and never without a trace of it.

One thing outlives the agreement: the sender may still reach her own client (`read_contact`).

Each view writes its entry in the audit log in the same transaction, without content (the person may
ask who looked). A page with content is therefore always the answer to a POST.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from guide import audit
from guide.audit import AuditVerb
from guide.model import Account, ReferralState
from guide.model.referrals import Referral
from guide.referrals import sealing
from guide.referrals.content import Answer, Content, Motive, SealedSection
from guide.referrals.finding import consent_lapsed
from guide.referrals.life import OPEN, Event, InvalidTransitionError, Party, transition
from guide.referrals.telling import tell_sender


class ReferralClosedError(Exception):
    """The person's agreement has run out: nobody reads the content until it is renewed."""


def read_need(session: Session, referral: Referral, actor: str, now: datetime) -> Content:
    """What the receiver sees first: the need and who sends it; not the person.

    Raises ReferralClosedError, UnsealError, and InvalidTransitionError once the referral has ended: it is none of
    the receiver's any more.
    """
    if referral.state not in OPEN:
        raise InvalidTransitionError(referral.state)
    _require_agreement(referral, now)
    audit.record(session, actor, AuditVerb.REFERRAL_NEED_READ, f"referral:{referral.uid}", now=now)
    return Content(
        sender=sealing.unseal(session, referral, SealedSection.SENDER),
        need=sealing.unseal(session, referral, SealedSection.NEED),
    )


def open_person(session: Session, referral: Referral, actor: str, now: datetime) -> Content:
    """The receiver opens the person's part: logged, and shown to the sender as seen. All of it is given.

    Raises ReferralClosedError, UnsealError, and InvalidTransitionError once the referral has ended.
    """
    _require_agreement(referral, now)
    transition(session, referral, Event.OPEN, Party.RECEIVER, now)
    if referral.seen_at is None:
        referral.seen_at = now
        tell_sender(session, "seen", referral, now)
    audit.record(session, actor, AuditVerb.REFERRAL_PERSON_READ, f"referral:{referral.uid}", now=now)
    return _all(session, referral)


def read_own(session: Session, referral: Referral, reader: Account, now: datetime) -> Content:
    """The sender reads, prints or exports what she sent. Raises ReferralClosedError, UnsealError."""
    if referral.state is not ReferralState.DRAFT:
        _require_agreement(referral, now)
    audit.record(
        session, f"account:{reader.id}", AuditVerb.REFERRAL_READ, f"referral:{referral.uid}", now=now
    )
    return _all(session, referral)


def read_contact(session: Session, referral: Referral, reader: Account, now: datetime) -> Content:
    """Whom it is about and how to reach her, for the sender, whose own client she is; nothing else of it.

    As long as the data are held, and above all after the agreement's end: she is the one to be asked anew.
    """
    audit.record(
        session, f"account:{reader.id}", AuditVerb.REFERRAL_CONTACT_READ, f"referral:{referral.uid}", now=now
    )
    return Content(person=replace(sealing.unseal(session, referral, SealedSection.PERSON), coming_along=""))


def read_answer(session: Session, referral: Referral) -> Answer:
    """What the receiver wrote back; it stands with the content that was read in the same transaction."""
    answer: Answer = sealing.unseal(session, referral, SealedSection.ANSWER)
    return answer


def read_motive(session: Session, referral: Referral) -> Motive:
    """Why it was sent without the person's agreement. Raises UnsealError."""
    motive: Motive = sealing.unseal(session, referral, SealedSection.MOTIVE)
    return motive


def _require_agreement(referral: Referral, now: datetime) -> None:
    if consent_lapsed(referral, now):
        raise ReferralClosedError


def _all(session: Session, referral: Referral) -> Content:
    return Content(
        sender=sealing.unseal(session, referral, SealedSection.SENDER),
        person=sealing.unseal(session, referral, SealedSection.PERSON),
        need=sealing.unseal(session, referral, SealedSection.NEED),
    )
