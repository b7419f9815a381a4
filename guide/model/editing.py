"""What people do to listings: proposals, revisions, reports of errors, the state of each translation.

Times are in UTC; dates are days in Jette. A `record` is a service as plain values, in the
shape of its data file (`guide.records.shapes.SERVICE`).
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    ForeignKey,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from guide.model.accounts import Account
from guide.model.base import Base, Moment, choice
from guide.model.directory import Organization, Service


class ProposalState(StrEnum):
    """draft: the author is still at it; waiting: sent; correction: came back with a question."""

    DRAFT = "draft"
    WAITING = "waiting"
    CORRECTION = "correction"
    ACCEPTED = "accepted"
    PARTLY = "partly"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


OPEN_PROPOSALS = (ProposalState.DRAFT, ProposalState.WAITING, ProposalState.CORRECTION)


class SetAside(StrEnum):
    """Why a proposal ended, or a part of it, without an answer: what became of its listing or of its place."""

    ARCHIVED = "archived"
    MERGED = "merged"
    REWRITTEN = "rewritten"


class Proposal(Base):
    """What an association suggests: a change to a published listing, or a new listing (`service_id` None).

    `base` is the listing as it stood when the change began ({} for a new one), `record` as it should be: their
    difference is the change. A listing has at most one open proposal, shared by its organisation's editors;
    `version` counts its saves, from 1; 0 says that its words were erased. `minor`: texts of which the author said
    "a small correction" ('summary.nl').
    `kept`: what nobody published and its author can take up again, path → {before, words} (`editing.kept`);
    `set_aside` says why, where it was not a coordinator's answer or the author's own wish.
    """

    __tablename__ = "proposal"

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    organization_id: Mapped[int | None] = mapped_column(
        ForeignKey("organization.id", ondelete="CASCADE"), index=True
    )
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    state: Mapped[ProposalState] = mapped_column(choice(ProposalState), index=True)
    base: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    record: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    minor: Mapped[list[str]] = mapped_column(JSON, default=list)
    kept: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    set_aside: Mapped[SetAside | None] = mapped_column(choice(SetAside))
    version: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    answer: Mapped[str | None] = mapped_column(Text)

    service: Mapped[Service | None] = relationship()
    organization: Mapped[Organization | None] = relationship()
    author: Mapped[Account | None] = relationship(foreign_keys=[author_id])
    reviewer: Mapped[Account | None] = relationship(foreign_keys=[reviewer_id])


class Revision(Base):
    """What was accepted: the whole listing as it stood from then on, who, when and why (HSDS metadata).

    `number` is the listing's `version` after the change. `fields` are the paths that changed
    ('summary.fr', 'phones'). `seen_at` is empty while the coordinator has not looked at a change that went
    live by itself.
    """

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("service_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    number: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(Moment)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id", ondelete="SET NULL"))
    why: Mapped[str] = mapped_column(String(400), default="")
    fields: Mapped[list[str]] = mapped_column(JSON, default=list)
    record: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    to_see: Mapped[bool] = mapped_column(Boolean, default=False)

    service: Mapped[Service] = relationship()
    account: Mapped[Account | None] = relationship()


class TranslationState(StrEnum):
    """What a row of `translation` says; a text without a row is current, or missing when it is empty."""

    DRAFT = "draft"
    BEHIND = "behind"


class Translation(Base):
    """One language side of one text of a listing that is a draft, or behind the other side.

    `was` is the other side as it stood when this side last said the same: a translator sees what changed.
    """

    __tablename__ = "translation"
    __table_args__ = (UniqueConstraint("service_id", "field", "side"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    field: Mapped[str] = mapped_column(String(40))
    side: Mapped[str] = mapped_column(String(2))
    state: Mapped[TranslationState] = mapped_column(choice(TranslationState))
    since: Mapped[date] = mapped_column(Date)
    was: Mapped[str | None] = mapped_column(Text)

    service: Mapped[Service] = relationship()


class ErrorReport(Base):
    """A visitor says that something is wrong. `address` is erased once she was told."""

    __tablename__ = "error_report"

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    part: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(Text, default="")
    address: Mapped[str | None] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2))
    created_at: Mapped[datetime] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    mended: Mapped[bool | None] = mapped_column(Boolean)

    service: Mapped[Service] = relationship()


class Reminder(Base):
    """A person was reminded in a month: at most once."""

    __tablename__ = "reminder"
    __table_args__ = (UniqueConstraint("account_id", "month"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    month: Mapped[str] = mapped_column(String(7))


class SearchedWord(Base):
    """How often a word was searched on a day: only words the vocabulary knows, or seen on three days.

    `without_result` counts the searches that found nothing. Never digits, never an address.
    """

    __tablename__ = "searched_word"
    __table_args__ = (UniqueConstraint("day", "language", "word"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date, index=True)
    language: Mapped[str] = mapped_column(String(2))
    word: Mapped[str] = mapped_column(String(60))
    count: Mapped[int] = mapped_column(Integer, default=0)
    without_result: Mapped[int] = mapped_column(Integer, default=0)


class UnknownWord(Base):
    """A word not seen on three days yet: its keyed digest and the days, never the word itself."""

    __tablename__ = "unknown_word"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    days: Mapped[list[str]] = mapped_column(JSON, default=list)


class WayIn(Base):
    """Which searched word led to a listing, a month at a time ('2026-11')."""

    __tablename__ = "way_in"
    __table_args__ = (UniqueConstraint("service_id", "month", "language", "word"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    month: Mapped[str] = mapped_column(String(7))
    language: Mapped[str] = mapped_column(String(2))
    word: Mapped[str] = mapped_column(String(60))
    count: Mapped[int] = mapped_column(Integer, default=0)
