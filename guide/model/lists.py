"""Named lists of a social worker: services kept together, with a note an entry that nobody else reads."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from guide.model.accounts import Account
from guide.model.base import Base, Moment
from guide.model.directory import Service


class NamedList(Base):
    """A list of one account; it goes with the account. No name of a client belongs in its title."""

    __tablename__ = "named_list"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(80))
    changed_at: Mapped[datetime] = mapped_column(Moment)

    account: Mapped[Account] = relationship()
    entries: Mapped[list["NamedListEntry"]] = relationship(
        cascade="all, delete-orphan", order_by="NamedListEntry.position"
    )


class NamedListEntry(Base):
    """A service of a list. `note` stays on the professional side: no printed or shared form reads it."""

    __tablename__ = "named_list_entry"
    __table_args__ = (UniqueConstraint("named_list_id", "service_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    named_list_id: Mapped[int] = mapped_column(ForeignKey("named_list.id", ondelete="CASCADE"), index=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(Integer, default=0)
    note: Mapped[str | None] = mapped_column(Text)

    service: Mapped[Service] = relationship()
