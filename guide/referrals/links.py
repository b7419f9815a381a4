"""The links by which a service without an account comes to a referral: made and mailed, found, and ended.

One lives at a time, for eight days; only its digest is kept. What a visitor does with one is `answering`'s.
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, joinedload

from guide.clock import lasts
from guide.crypto import token_digest
from guide.model.referrals import Referral, ReferralLink
from guide.referrals.telling import Notice, tell_receiver

LINK_LIFE = timedelta(days=8)


def announce(
    session: Session,
    referral: Referral,
    now: datetime,
    again: bool = False,
    kind: str = "referral_received",
    instead: bool = False,
) -> bool:
    """Mails the receiver a fresh link; earlier ones die. False without an address on file.

    `again`: a reminder. `kind`: the mail that bears the link. `instead`: of a mail that failed, which is not sent
    any more.
    """
    drop_links(session, referral)
    return send(session, referral, now, again, kind, instead)


def send(
    session: Session,
    referral: Referral,
    now: datetime,
    again: bool = False,
    kind: str = "referral_received",
    instead: bool = False,
) -> bool:
    """As `announce`, but the earlier links stay, and with them a visit that is under way."""
    token = secrets.token_urlsafe(32)
    ends = now + LINK_LIFE
    session.add(
        ReferralLink(referral_id=referral.id, digest=token_digest(token), expires_at=ends, code_tries=0)
    )
    session.flush()
    content = {"token": token, "again": again}
    return tell_receiver(session, referral, Notice(kind, content, expires_at=ends, instead=instead), now)


def of_token(session: Session, token: str) -> ReferralLink | None:
    """The link of this token, held to the end of the transaction, with all that is asked of its referral."""
    return session.scalar(
        select(ReferralLink)
        .where(ReferralLink.digest == token_digest(token))
        .options(
            joinedload(ReferralLink.referral).options(
                joinedload(Referral.service), joinedload(Referral.sender)
            )
        )
        .with_for_update(of=ReferralLink)
    )


def lives(link: ReferralLink, now: datetime) -> bool:
    """Is it young enough to be used?"""
    return lasts(link.expires_at, now, LINK_LIFE)


def drop_links(session: Session, referral: Referral) -> None:
    """No link leads to it any more; a visit that is under way ends too."""
    session.execute(
        delete(ReferralLink)
        .where(ReferralLink.referral_id == referral.id)
        .execution_options(synchronize_session="fetch")
    )
    session.expire(referral, ["links"])


def end_all_but_visits(session: Session, referral: Referral) -> None:
    """The links die; whoever has just answered may still read her answer until her visit ends."""
    session.execute(
        update(ReferralLink)
        .where(ReferralLink.referral_id == referral.id, ReferralLink.used_at.is_(None))
        .values(used_at=referral.ended_at, code_digest=None)
        .execution_options(synchronize_session="fetch")
    )
