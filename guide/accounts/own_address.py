"""One's own address, changed by nobody but its owner: a code shows that mails reach her at the new one.

Whoever looks after accounts must not do this for her: with the address goes everything that an account may read.
Nothing here tells whether the new address is somebody else's before its mailbox has been shown to be hers.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from guide import audit, mail
from guide.accounts import known_places, links, people, sessions, throttle
from guide.audit import AuditVerb
from guide.clock import BRUSSELS
from guide.crypto import digest
from guide.languages import Language
from guide.model import Account, LinkPurpose, Reminder

TRIES = 5
"""So often a code may be typed; then it is worth nothing any more."""

CODES = 3
"""So many codes are mailed for an account in an hour."""

HOUR = timedelta(hours=1)

WITH_LINKS = ("invitation", "password_reset", "reminder", "sign_in_link")
"""Kinds of mails to an account whose links die with its old address."""


class WrongCodeError(Exception):
    """It is not the code that was mailed; it may be typed again."""


class CodeOverError(Exception):
    """No code helps any more: it is too old, used, tried too often, or a newer one was asked for."""


def send_code(session: Session, account: Account, email: str, now: datetime) -> tuple[str, int]:
    """Mails a code to the new address. The token that must come back with it, and the seconds to wait ('' and not 0)
    when codes were asked for too often. An earlier code is worth nothing any more.

    Token and code are worth nothing without each other, and good for this account and this address only.
    """
    wait = throttle.attempt(session, f"address:{account.id}", CODES, HOUR, now)
    if wait:
        return "", wait
    who, life = f"account:{account.id}", links.LIFE[LinkPurpose.ADDRESS]
    token = links.issue(session, account, LinkPurpose.ADDRESS, now)
    mail.post(
        session,
        mail.NewMail(
            "address_code",
            email,
            {"code": _code(session, account, email, token)},
            language=_language(account),
            sealed=True,
            about=who,
            expires_at=now + life,
            actor_id=account.id,
            instead=True,
        ),
        now,
    )
    audit.record(session, who, AuditVerb.ADDRESS_CODE_ASKED, who, now=now)
    return token, 0


@dataclass(frozen=True, slots=True)
class MailboxProof:
    """What shows that a mailbox is hers: the token her browser was given, and the code that was mailed there."""

    token: str
    code: str


def change(
    session: Session,
    account: Account,
    email: str,
    proof: MailboxProof,
    now: datetime,
    keep_session: int | None = None,
) -> None:
    """The account's address is the new one, if this is the code that went there.

    Other browsers are signed out, no place is known any more, open links die, and the old address is told. Mails
    that it did not take go to the new one. Raises WrongCodeError, CodeOverError, and people.AddressTakenError when
    the address is another account's. The caller commits in each case: tries are counted.
    """
    link = links.find(session, proof.token, LinkPurpose.ADDRESS, now)
    if link is None or link.account_id != account.id:
        raise CodeOverError
    if throttle.attempt(session, f"address-code:{link.id}", TRIES, HOUR, now):
        links.use(session, link, now)
        raise CodeOverError
    right = _code(session, account, email, proof.token)
    if not hmac.compare_digest(right.encode(), "".join(proof.code.split()).encode()):
        raise WrongCodeError
    if not links.use(session, link, now):
        raise CodeOverError
    old = account.email
    _set(session, account, email)
    sessions.end_all(session, account, but=keep_session)
    known_places.forget_all(session, account)
    links.revoke(session, account, None, now)
    _send_what_was_refused(session, account, now)
    who = f"account:{account.id}"
    audit.record(session, who, AuditVerb.OWN_ADDRESS_CHANGED, who, now=now)
    mail.post(
        session,
        mail.NewMail(
            "address_changed", old, language=_language(account), sealed=True, about=who, actor_id=account.id
        ),
        now,
    )


def _send_what_was_refused(session: Session, account: Account, now: datetime) -> None:
    """To the new address; a reminder of this month whose links are dead now is written anew by the next round."""
    gone = mail.send_to_new_address(session, account, now, dead=WITH_LINKS)
    if "reminder" in gone:
        month = f"{now.astimezone(BRUSSELS):%Y-%m}"
        session.execute(delete(Reminder).where(Reminder.account_id == account.id, Reminder.month == month))


def _set(session: Session, account: Account, email: str) -> None:
    taken = people.by_email(session, email)
    if taken is not None and taken.id != account.id:
        raise people.AddressTakenError
    old = account.email
    try:
        with session.begin_nested():
            account.email = email.strip().lower()
            session.flush()
    except IntegrityError as somebody_was_quicker:
        account.email = old
        raise people.AddressTakenError from somebody_was_quicker


def _code(session: Session, account: Account, email: str, token: str) -> str:
    """Six figures that only this site can reckon, for one token, account and address."""
    keyed = digest(str(session.info["secret_key"]), "address-code", f"{account.id}:{token}:{email.lower()}")
    return f"{int(keyed, 16) % 1_000_000:06d}"


def _language(account: Account) -> Language:
    return "nl" if account.language == "nl" else "fr"
