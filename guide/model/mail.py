"""The outbox of mails. Times are in UTC."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from guide.model.accounts import Account
from guide.model.base import Base, Moment, choice


class MailReason(StrEnum):
    """Why a mail is where it is: a code, which each reader is told in her language.

    Of the server, so that all mails wait: UNREACHABLE (or it hangs), TLS, LOGIN, SENDER (it refuses the address we
    write from), BUSY (it says "later" to us), FOLDER (mails are files, and none can be written). Of one mail:
    LATER (not this one, not now), RECEIVER (it refuses this address), CONTENT (it refuses this message), ADDRESS
    (nobody can write to it), TEXT (we cannot make the message). ON_ITS_WAY: the server has it and has not answered
    yet; UNANSWERED: it broke off without an answer. FILE: it was written as a file, there is no mail server. DROPPED:
    somebody decided that it is not sent any more.
    """

    UNREACHABLE = "unreachable"
    TLS = "tls"
    LOGIN = "login"
    SENDER = "sender"
    BUSY = "busy"
    FOLDER = "folder"
    LATER = "later"
    RECEIVER = "receiver"
    CONTENT = "content"
    ADDRESS = "address"
    TEXT = "text"
    ON_ITS_WAY = "on_its_way"
    UNANSWERED = "unanswered"
    FILE = "file"
    DROPPED = "dropped"


class Mail(Base):
    """The outbox: one row a mail, written in the transaction of what it tells of.

    `content` is what the template needs, and is emptied once the mail is sent: a link's token stands there
    until then and nowhere else. `sealed` holds address and content where they must not lie in clear while they
    wait (a referral's); `about` names what they tell of, so that its page can say what became of them and its
    erasure takes them along; `actor` did what they tell of, and is told when they fail. `handed_at` is
    set, and committed, just before the mail is handed over; a row that has it without `sent_at` was perhaps
    sent, and is never sent again by itself. `sent_at` says that the server accepted it, never that it arrived.
    After `expires_at` what it says is of no use (its link is dead), and it is not sent. `reason` and `problem` say
    why it did not go: a code for readers, and words in English for the operator. One that somebody stopped is
    given up and empty; `handed_at` stays, for it perhaps arrived before.
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
    reason: Mapped[MailReason | None] = mapped_column(choice(MailReason))
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)

    account: Mapped[Account | None] = relationship(foreign_keys=account_id)
    actor: Mapped[Account | None] = relationship(foreign_keys=actor_id)
