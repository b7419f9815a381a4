"""The fiche-relais: a social worker hands a person over to a listed service, and learns what became of it.

Action Précarité 2 of the plan 2015-2020. Times are in UTC, dates are days in Jette. Only
`guide.referrals` touches these tables. Whatever somebody typed lies in `referral_part`, sealed; of an erased
referral only `referral_trace`, `referral_step` and its line in `erased_referral` remain.
"""

from datetime import date, datetime

from sqlalchemy import JSON, Boolean, Date, ForeignKey, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from guide.model.accounts import Account
from guide.model.base import Base, Moment, choice
from guide.model.directory import Service
from guide.model.referral_values import ConsentWay, DeclineReason, Outcome, ReferralState, Urgency


class ReferralTrace(Base):
    """What stays of a referral for the yearly report, and says nothing of anybody."""

    __tablename__ = "referral_trace"

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id", ondelete="SET NULL"), index=True)
    theme: Mapped[str] = mapped_column(String(64))
    reason: Mapped[DeclineReason | None] = mapped_column(choice(DeclineReason))
    outcome: Mapped[Outcome | None] = mapped_column(choice(Outcome))

    service: Mapped[Service | None] = relationship()
    steps: Mapped[list["ReferralStep"]] = relationship(
        cascade="all, delete-orphan", order_by="ReferralStep.id"
    )


class ReferralStep(Base):
    """A state was reached in a week (its Monday). Kept: a week tells of nobody."""

    __tablename__ = "referral_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    trace_id: Mapped[int] = mapped_column(ForeignKey("referral_trace.id", ondelete="CASCADE"), index=True)
    state: Mapped[ReferralState] = mapped_column(choice(ReferralState))
    week: Mapped[date] = mapped_column(Date)


class Referral(Base):
    """A referral that lives. The row goes when it is erased; nothing in it was typed by anybody.

    `uid` (32 hex digits) binds what is sealed to it; `reference` ('JR-2026-7K3M9', random) is what people say.
    `emergency`: it was sent without the person's agreement, for a motive that lies sealed, and stays marked when
    she agrees later. `reminders` counts the reminders that were written. `ended_at`: when it came to its end.
    `copy_by_mail`: the person wants a mail. `sender`: who holds it; `substitute`: the colleague the person agreed
    to, who holds it once the sender's account is closed. `consent_warned`: the end of agreement (its day) that
    both sides were warned of.
    """

    __tablename__ = "referral"

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    trace_id: Mapped[int | None] = mapped_column(ForeignKey("referral_trace.id", ondelete="SET NULL"))
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    sender_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    receiver_organization_id: Mapped[int | None] = mapped_column(
        ForeignKey("organization.id", ondelete="SET NULL"), index=True
    )
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("referral.id", ondelete="SET NULL"))
    state: Mapped[ReferralState] = mapped_column(choice(ReferralState), index=True)
    theme: Mapped[str] = mapped_column(String(64))
    urgency: Mapped[Urgency] = mapped_column(choice(Urgency))
    created_at: Mapped[datetime] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    state_since: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    seen_at: Mapped[datetime | None] = mapped_column(Moment)
    reminders: Mapped[int] = mapped_column(Integer, default=0)
    reason: Mapped[DeclineReason | None] = mapped_column(choice(DeclineReason))
    outcome: Mapped[Outcome | None] = mapped_column(choice(Outcome))
    appointment: Mapped[date | None] = mapped_column(Date)
    consent_way: Mapped[ConsentWay | None] = mapped_column(choice(ConsentWay))
    consent_date: Mapped[date | None] = mapped_column(Date)
    consent_language: Mapped[str | None] = mapped_column(String(2))
    consent_scope: Mapped[list[str]] = mapped_column(JSON, default=list)
    consent_expires: Mapped[date | None] = mapped_column(Date)
    consent_copy: Mapped[bool | None] = mapped_column(Boolean)
    consent_warned: Mapped[date | None] = mapped_column(Date)
    emergency: Mapped[bool] = mapped_column(Boolean, default=False)
    copy_by_mail: Mapped[bool] = mapped_column(Boolean, default=False)

    service: Mapped[Service] = relationship()
    sender: Mapped[Account | None] = relationship()
    substitute: Mapped[Account | None] = relationship(secondary="referral_substitute")
    trace: Mapped[ReferralTrace | None] = relationship()
    events: Mapped[list["ReferralEvent"]] = relationship(
        cascade="all, delete-orphan", order_by="ReferralEvent.id"
    )
    key: Mapped["ReferralKey | None"] = relationship(cascade="all, delete-orphan")
    parts: Mapped[list["ReferralPart"]] = relationship(cascade="all, delete-orphan")
    links: Mapped[list["ReferralLink"]] = relationship(cascade="all, delete-orphan")


class ReferralSubstitute(Base):
    """The colleague who holds a referral once its sender's account is closed; the person agreed to her by name."""

    __tablename__ = "referral_substitute"

    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)


class ReferralEvent(Base):
    """What happened to a referral, when, and by which role; for its participants, as long as it lives."""

    __tablename__ = "referral_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)
    event: Mapped[str] = mapped_column(String(20))
    role: Mapped[str] = mapped_column(String(20))


class ReferralKey(Base):
    """The referral's own key, wrapped by the master key `kid`. Without this row nothing of it can be read."""

    __tablename__ = "referral_key"

    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id", ondelete="CASCADE"), primary_key=True)
    kid: Mapped[str] = mapped_column(String(8), index=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)


class ReferralPart(Base):
    """One sealed part of a referral (`guide.referrals.content.SealedSection`)."""

    __tablename__ = "referral_part"
    __table_args__ = (UniqueConstraint("referral_id", "part"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id", ondelete="CASCADE"), index=True)
    part: Mapped[str] = mapped_column(String(20))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class ReferralLink(Base):
    """A link sent to the receiver: the digest of its token, of the code asked for, and of the visit it opened.

    `code_tries` counts wrong codes. Digests of codes are keyed: six digits alone would be guessed.
    """

    __tablename__ = "referral_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
    code_digest: Mapped[str | None] = mapped_column(String(64))
    code_expires_at: Mapped[datetime | None] = mapped_column(Moment)
    code_tries: Mapped[int] = mapped_column(Integer, default=0)
    visit_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    visit_ends_at: Mapped[datetime | None] = mapped_column(Moment)

    referral: Mapped[Referral] = relationship(back_populates="links")


class ErasedReferral(Base):
    """The ledger of erasures: which referral is gone, in which week. A restored backup replays it."""

    __tablename__ = "erased_referral"

    uid: Mapped[str] = mapped_column(String(32), primary_key=True)
    week: Mapped[date] = mapped_column(Date)
