"""The outbox: a mail is a row, written in the transaction of what it tells of, and sent later."""

import json
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, event, select, update
from sqlalchemy.orm import Session

from guide.crypto import seal, unseal
from guide.database import rowcount
from guide.languages import Language
from guide.model import Account, Mail

PURPOSE = "mail"
"""What the key of sealed mails is for (see `guide.crypto`)."""

posted = threading.Event()
"""Set when this process has committed a mail: whoever sends here need not wait for the next round."""


@dataclass(frozen=True, slots=True)
class NewMail:
    """A mail to be written: `kind` names its template, `to` is an account or an address somebody left.

    `content` is what the template needs (plain values), and is emptied once the mail is sent. The language is the
    one given, else the account's, else French.
    `sealed`: address and content wait sealed with the application's key, so that a backup holds no link that lets
    anybody in: for whatever bears a token or tells of a person.
    `about` ('referral:…') lets `forget_about` take the mail back while it waits, and its page find it.
    After `expires_at` it is not sent; `actor_id` is the account that is told when it fails.
    `instead`: it takes the place of the earlier ones of its kind to the same account about the same, whose links
    are dead by now.
    """

    kind: str
    to: Account | str
    content: Mapping[str, Any] = field(default_factory=dict)
    language: Language | None = None
    sealed: bool = False
    about: str | None = None
    expires_at: datetime | None = None
    actor_id: int | None = None
    instead: bool = False

    @property
    def account(self) -> Account | None:
        """Whom it goes to, where that is an account: it is then sent to the address the account has by then."""
        return self.to if isinstance(self.to, Account) else None


def post(session: Session, new: NewMail, now: datetime) -> Mail:
    """Puts a mail into the outbox; it is sent once the caller has committed."""
    account = new.account
    address = None if account else str(new.to)
    content = dict(new.content)
    message_id = secrets.token_hex(16)
    closed = None
    if new.sealed:
        inside = json.dumps({"address": address, "content": content})
        closed = seal(str(session.info["secret_key"]), PURPOSE, message_id, inside)
        address, content = None, {}
    if new.instead:
        _replace(session, new, now)
    row = Mail(
        message_id=message_id,
        kind=new.kind,
        language=new.language or (account.language if account else "fr"),
        account_id=account.id if account else None,
        address=address,
        content=content,
        sealed=closed,
        about=new.about,
        created_at=now,
        next_try_at=now,
        expires_at=new.expires_at,
        actor_id=new.actor_id,
    )
    session.add(row)
    session.flush()
    session.info["mail_posted"] = True
    return row


def _replace(session: Session, new: NewMail, now: datetime) -> None:
    """Deletes what never left of this kind. What perhaps arrived stays, to be told of, but goes no more: its link
    is dead."""
    earlier = (
        Mail.kind == new.kind,
        Mail.account_id == new.account.id if new.account is not None else Mail.account_id.is_(None),
        Mail.about == new.about if new.about is not None else Mail.about.is_(None),
        Mail.sent_at.is_(None),
    )
    never_left = delete(Mail).where(*earlier, Mail.handed_at.is_(None))
    session.execute(never_left.execution_options(synchronize_session=False))
    perhaps = update(Mail).where(*earlier).values(expires_at=now)
    session.execute(perhaps.execution_options(synchronize_session=False))


def open_sealed(row: Mail, secret_key: str) -> None:
    """Puts what was sealed back into the row, for the moment of sending. Raises UnsealError."""
    if row.sealed is not None:
        inside = json.loads(unseal(secret_key, PURPOSE, row.message_id, row.sealed))
        row.address, row.content = inside["address"], inside["content"]


def addressed_to(session: Session, row: Mail, address: str) -> dict[str, object]:
    """What of a mail that waits changes with its address, which stays as sealed as it was. Raises UnsealError."""
    if row.sealed is None:
        return {"address": address}
    secret_key = str(session.info["secret_key"])
    inside = json.loads(unseal(secret_key, PURPOSE, row.message_id, row.sealed)) | {"address": address}
    return {"sealed": seal(secret_key, PURPOSE, row.message_id, json.dumps(inside))}


def hold_about(session: Session, about: str) -> None:
    """The mails about this are handed over by nobody until the transaction ends."""
    session.execute(select(Mail.id).where(Mail.about == about).order_by(Mail.id).with_for_update()).all()


def forget_about(session: Session, about: str) -> int:
    """Takes back the mails about this that were not sent; of those that were, nothing names it any more."""
    gone = session.execute(
        delete(Mail)
        .where(Mail.about == about, Mail.sent_at.is_(None))
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Mail)
        .where(Mail.about == about)
        .values(about=None)
        .execution_options(synchronize_session=False)
    )
    return rowcount(gone)


@event.listens_for(Session, "after_commit")
def _ring(session: Session) -> None:
    if session.info.get("mail_posted"):
        posted.set()
