"""The outbox of mails. Times are in UTC."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from guide.model.accounts import Account
from guide.model.base import Base, Moment


class Mail(Base):
    """The outbox: one row a mail, written in the transaction of what it tells of.

    `content` is what the template needs, and is emptied once the mail is sent: a link's token stands there
    until then and nowhere else. `sealed` holds address and content where they must not lie in clear while they
    wait (a referral's); `about` names what they tell of, so that its erasure takes them along. `handed_at` is
    set, and committed, just before the mail is handed over; a row that has it without `sent_at` was perhaps
    sent, and is never sent again by itself.
    """

    __tablename__ = "mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(2))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    address: Mapped[str | None] = mapped_column(String(254))
    content: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    about: Mapped[str | None] = mapped_column(String(48), index=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    next_try_at: Mapped[datetime] = mapped_column(Moment, index=True)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    handed_at: Mapped[datetime | None] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    given_up_at: Mapped[datetime | None] = mapped_column(Moment)
    problem: Mapped[str | None] = mapped_column(String(200))

    account: Mapped[Account | None] = relationship()
