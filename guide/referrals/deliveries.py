"""What became of the mails about referrals: whether a service has been told, and what failed.

`telling` puts them into the outbox; what is done next depends on whether they left, which is read here.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from guide import mail
from guide.model import Mail, MailReason
from guide.model.referrals import Referral
from guide.referrals.telling import about, holder_of


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of the last mail of a kind about a referral.

    `at`: since when it waits, or when it was accepted. `known`: this one or an earlier one was handed over to the
    mail server, and so perhaps arrived.
    """

    fate: mail.Fate
    reason: MailReason | None
    at: datetime
    known: bool

    @property
    def failed(self) -> bool:
        """Did it not arrive, as far as is known? Somebody then has to do something."""
        return self.fate in mail.TROUBLES


Deliveries = dict[str, Delivery]
"""The kind of a mail, and what became of the last one."""


def deliveries(session: Session, referrals: Collection[Referral], now: datetime) -> dict[str, Deliveries]:
    """What became of the mails about these referrals, by uid: those to the service, and those to who holds it now."""
    names = {about(referral): referral for referral in referrals}
    found: dict[str, Deliveries] = {referral.uid: {} for referral in referrals}
    away = mail.outage_reason(session)
    for row in mail.latest(session, Mail.about.in_(names)):
        referral = names[str(row.about)]
        if row.account_id is not None and not _is_to_holder(row, referral):
            continue
        kinds, fate = found[referral.uid], mail.fate(row, now, away)
        before = kinds.get(row.kind)
        left = row.sent_at is not None or row.handed_at is not None
        known = left or (before is not None and before.known)
        reason = row.reason or (away if row.sent_at is None else None)
        kinds[row.kind] = Delivery(fate, reason, row.sent_at or row.created_at, known)
    return found


def _is_to_holder(row: Mail, referral: Referral) -> bool:
    """What did not reach somebody who held it before says nothing of whoever holds it now."""
    holder = holder_of(referral)
    return holder is not None and row.account_id == holder.id


def undelivered(delivered: Mapping[str, Delivery]) -> bool:
    """Has the receiver not been told, as far as is known?"""
    last = delivered.get("referral_received")
    return last is not None and last.failed


def never_left(delivered: Mapping[str, Delivery]) -> bool:
    """Is it certain that the receiver has not been told?

    What still waits has not left either: an erasure takes it back in its own transaction.
    """
    last = delivered.get("referral_received")
    return last is not None and not last.known
