"""How many paper referrals were made: a service and a month, and nothing of who or why."""

from sqlalchemy import ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from guide.model.base import Base


class PaperReferralCount(Base):
    """The sheets made for a service in a month ('2026-11'). All that the paper mode ever writes."""

    __tablename__ = "paper_referral_count"
    __table_args__ = (UniqueConstraint("service_id", "month"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    month: Mapped[str] = mapped_column(String(7))
    count: Mapped[int] = mapped_column(Integer, default=0)
