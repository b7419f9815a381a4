"""The outbox: a mail is a row, written in the transaction of what it tells of, and sent later."""

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from guide.languages import Language
from guide.model import Account, Mail


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
    needs (plain values; tokens too), and is emptied once the mail is sent. The language is the account's,
    else the one given, else French.
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
    return row
