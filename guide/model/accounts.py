"""Who may come in: accounts, what they belong to, their sessions and links. No secret is stored in clear.

Times are in UTC. Tokens and recovery codes are random and stored only as digests.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Boolean, Date, ForeignKey, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from guide.model.base import Base, Moment, choice
from guide.model.directory import Organization


class Role(StrEnum):
    """What an account may do. An editor and a social worker belong to organisations; the others to the commune."""

    EDITOR = "editor"
    SOCIAL_WORKER = "social_worker"
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"


class AccountState(StrEnum):
    INVITED = "invited"
    ACTIVE = "active"
    DISABLED = "disabled"


class LinkPurpose(StrEnum):
    """What a link sent by mail is for; each is used once and dies at its time. The one of a new address is sent as a
    code (`guide.accounts.own_address`)."""

    INVITATION = "invitation"
    RESET = "reset"
    SIGN_IN = "sign_in"
    CONFIRM = "confirm"
    ADDRESS = "address"


class Account(Base):
    """A person who signs in. `email` in small letters; `name` is how she wants to be named in the history."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(String(2))
    role: Mapped[Role] = mapped_column(choice(Role))
    state: Mapped[AccountState] = mapped_column(choice(AccountState), default=AccountState.INVITED)
    password_hash: Mapped[str | None] = mapped_column(String(255))
    totp_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_last_step: Mapped[int | None] = mapped_column(Integer)
    oidc_subject: Mapped[str | None] = mapped_column(String(255), unique=True)
    phone: Mapped[str | None] = mapped_column(String(32))
    created_at: Mapped[datetime] = mapped_column(Moment)
    last_seen: Mapped[date | None] = mapped_column(Date)
    idle_notice: Mapped[date | None] = mapped_column(Date)

    memberships: Mapped[list["Membership"]] = relationship(
        cascade="all, delete-orphan", back_populates="account", order_by="Membership.id"
    )
    recovery_codes: Mapped[list["RecoveryCode"]] = relationship(cascade="all, delete-orphan")

    @property
    def organizations(self) -> list[Organization]:
        return [membership.organization for membership in self.memberships]


class Membership(Base):
    """An account works for an organisation."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("account_id", "organization_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    organization_id: Mapped[int] = mapped_column(
        ForeignKey("organization.id", ondelete="CASCADE"), index=True
    )

    account: Mapped[Account] = relationship(back_populates="memberships")
    organization: Mapped[Organization] = relationship()


class RecoveryCode(Base):
    """One of ten codes that replace a one-time code once; only its keyed digest is kept."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class AccountSession(Base):
    """A signed-in browser. The cookie holds the token, this row its digest; `device` is 'Firefox, Android'."""

    __tablename__ = "account_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    device: Mapped[str] = mapped_column(String(80), default="")
    second_factor: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)

    account: Mapped[Account] = relationship()


class PlaceKind(StrEnum):
    BROWSER = "browser"
    NETWORK = "network"


class KnownPlace(Base):
    """A browser or a network from which this account was signed in; `digest` is all that is kept of it."""

    __tablename__ = "known_place"
    __table_args__ = (UniqueConstraint("account_id", "kind", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    kind: Mapped[PlaceKind] = mapped_column(choice(PlaceKind))
    digest: Mapped[str] = mapped_column(String(64), index=True)
    seen_at: Mapped[datetime] = mapped_column(Moment)


class OneTimeLink(Base):
    """A link in a mail: the digest of its token, whom it is for, and for which listing where it confirms one."""

    __tablename__ = "one_time_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[LinkPurpose] = mapped_column(choice(LinkPurpose))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)

    account: Mapped[Account] = relationship()


class Attempts(Base):
    """A throttle that all processes share: how often something was tried since `since`.

    `key` is a keyed digest (never an address); rows older than their window are deleted.
    """

    __tablename__ = "attempts"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    since: Mapped[datetime] = mapped_column(Moment, index=True)
    count: Mapped[int] = mapped_column(Integer, default=0)
