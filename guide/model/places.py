"""Where and when a service is offered: its places, numbers and hours, and the calendar of its organization.

Names are those of HSDS 3.1; what is ours is said beside it.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, ForeignKey, Integer, Numeric, String
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.orm import Mapped, mapped_column, relationship

from guide.languages import Bilingual
from guide.model.base import Base, bilingual, choice, json_list
from guide.model.sources import SourceDocument


class ScheduleKind(StrEnum):
    VISIT = "visit"
    PHONE = "phone"


class Holidays(StrEnum):
    """What becomes of a slot on a public holiday (ours): it holds, or it rests. Not known is no value."""

    OPEN = "open"
    CLOSED = "closed"


class PeriodKind(StrEnum):
    """What a period of an organization's calendar does to the hours of its listings (ours)."""

    CLOSED = "closed"
    SHORT_HOURS = "short_hours"
    SCHOOL_HOLIDAYS = "school_holidays"


class Precision(StrEnum):
    """How near a position is to the door. All but `house` are shown as approximate."""

    HOUSE = "house"
    NEIGHBOUR = "neighbour"
    STREET = "street"
    SQUARE = "square"


class Location(Base):
    """HSDS location with its address and position, in one row.

    WGS84 degrees. The position says how near it is (`precision`) and who measured it.
    """

    __tablename__ = "location"

    id: Mapped[int] = mapped_column(primary_key=True)
    street: Mapped[Bilingual] = bilingual("address_1")
    postal_code: Mapped[str | None] = mapped_column(String(8))
    city: Mapped[Bilingual] = bilingual("city")
    note: Mapped[Bilingual] = bilingual("note")
    latitude: Mapped[Decimal | None] = mapped_column(Numeric(8, 5))
    longitude: Mapped[Decimal | None] = mapped_column(Numeric(8, 5))
    precision: Mapped[Precision | None] = mapped_column(choice(Precision))
    position_source_id: Mapped[int | None] = mapped_column(ForeignKey("source_document.id"))

    position_source: Mapped[SourceDocument | None] = relationship()


def _of_location(name: str) -> Any:
    """An attribute of a place that stands in its location; setting it makes the location where there is none."""
    return association_proxy("location", name, creator=lambda value: Location(**{name: value}))


class ServiceAtLocation(Base):
    """HSDS service_at_location: a place where one service is offered; its address is that of its location.

    `key` (ours) tells the places of one service apart; phones and hours that are of this place alone name it.
    """

    __tablename__ = "service_at_location"

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"), index=True)
    position: Mapped[int] = mapped_column(Integer, default=0)
    key: Mapped[str | None] = mapped_column(String(64))

    # A place of one service alone: whoever reads it reads its address.
    location: Mapped[Location] = relationship(
        lazy="joined", innerjoin=True, cascade="all, delete-orphan", single_parent=True
    )

    street: AssociationProxy[Bilingual] = _of_location("street")
    postal_code: AssociationProxy[str | None] = _of_location("postal_code")
    city: AssociationProxy[Bilingual] = _of_location("city")
    note: AssociationProxy[Bilingual] = _of_location("note")
    latitude: AssociationProxy[Decimal | None] = _of_location("latitude")
    longitude: AssociationProxy[Decimal | None] = _of_location("longitude")
    precision: AssociationProxy[Precision | None] = _of_location("precision")
    position_source: AssociationProxy[SourceDocument | None] = _of_location("position_source")


class _OfOnePlace:
    """What a service has everywhere, or at one of its places alone (`service_at_location`)."""

    service_at_location: Mapped[ServiceAtLocation | None]
    _named: str | None = None

    @property
    def address(self) -> str | None:
        """The key of the place it is of alone; None for what is of the whole service."""
        if self.service_at_location is not None:
            return self.service_at_location.key
        return self._named

    @address.setter
    def address(self, key: str | None) -> None:
        """Names the place; `link_places` finds it among those of the service."""
        self._named = key
        if key is None:
            self.service_at_location = None


class Phone(_OfOnePlace, Base):
    """HSDS phone. `number` as it is dialled in Belgium ('02 422 46 11', '107'); never a private line."""

    __tablename__ = "phone"

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    service_at_location_id: Mapped[int | None] = mapped_column(
        ForeignKey("service_at_location.id", ondelete="SET NULL")
    )
    position: Mapped[int] = mapped_column(Integer, default=0)
    number: Mapped[str] = mapped_column(String(32))
    label: Mapped[Bilingual] = bilingual("label")

    service_at_location: Mapped[ServiceAtLocation | None] = relationship()


class Schedule(_OfOnePlace, Base):
    """HSDS schedule, one row a time slot; times of day in Jette.

    `byday` as in RFC 5545: MO to SU for every week, '1SU' or '-1FR' for the first Sunday or the last Friday of the
    month. One that closes when or before it opens ends the day after; `closes_at` may be '24:00'. `valid_from` and
    `valid_to`, both included: on these days the slots of this season count, and no others of their kind and place.
    `holidays` (ours): what becomes of it on a public holiday; None when nobody has said it.
    """

    __tablename__ = "schedule"

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    service_at_location_id: Mapped[int | None] = mapped_column(
        ForeignKey("service_at_location.id", ondelete="CASCADE")
    )
    position: Mapped[int] = mapped_column(Integer, default=0)
    kind: Mapped[ScheduleKind] = mapped_column(choice(ScheduleKind))
    byday: Mapped[list[str]] = json_list()
    opens_at: Mapped[str] = mapped_column(String(5))
    closes_at: Mapped[str] = mapped_column(String(5))
    holidays: Mapped[Holidays | None] = mapped_column(choice(Holidays))
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)

    service_at_location: Mapped[ServiceAtLocation | None] = relationship()


class Closure(Base):
    """A temporary closure, both days included; it leaves the pages by itself after `ends` (ours)."""

    __tablename__ = "closure"

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    starts: Mapped[date] = mapped_column(Date)
    ends: Mapped[date] = mapped_column(Date)
    reason: Mapped[Bilingual] = bilingual("reason")


class CalendarPeriod(Base):
    """Days of an organization's calendar, both included, that bear on all its listings (ours).

    `closed`: bridge days, days of a community or the region; nothing begins then but what holds on public holidays
    too. `short_hours`: summer hours; only between `opens_at` and `closes_at`. `school_holidays`: those listings rest
    that follow the school calendar. What a listing says itself of these days comes before it.
    """

    __tablename__ = "calendar_period"

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(
        ForeignKey("organization.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[PeriodKind] = mapped_column(choice(PeriodKind))
    starts: Mapped[date] = mapped_column(Date)
    ends: Mapped[date] = mapped_column(Date)
    opens_at: Mapped[str | None] = mapped_column(String(5))
    closes_at: Mapped[str | None] = mapped_column(String(5))
    reason: Mapped[Bilingual] = bilingual("reason")
