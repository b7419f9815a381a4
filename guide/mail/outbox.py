"""The outbox: a mail is a row, written in the transaction of what it tells of, and sent later."""

import secrets
import threading
from datetime import datetime
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from guide.languages import Language
from guide.model import Account, Mail

posted = threading.Event()
"""Set when this process has committed a mail: whoever sends here need not wait for the next round."""


def post(
    session: Session,
    kind: str,
    to: Account | str,
    now: datetime,
    language: Language | None = None,
    **content: Any,
) -> Mail:
    """Puts a mail into the outbox; it is sent once the caller has committed.

    `kind` names its template, `to` is an account or an address somebody left; `content` is what the template
    needs (plain values; tokens too), and is emptied once the mail is sent. The language is the one given,
    else the account's, else French.
    """
    account = to if isinstance(to, Account) else None
    row = Mail(
        message_id=f"{secrets.token_hex(16)}",
        kind=kind,
        language=language or (account.language if account else "fr"),
        account_id=account.id if account else None,
        address=None if account else str(to),
        content=content,
        created_at=now,
        next_try_at=now,
    )
    session.add(row)
    session.flush()
    session.info["mail_posted"] = True
    return row


@event.listens_for(Session, "after_commit")
def _ring(session: Session) -> None:
    if session.info.get("mail_posted"):
        posted.set()
