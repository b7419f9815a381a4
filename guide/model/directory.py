"""The directory: who (organization), what (service), where (location), and how it is filed (terms).

Names are those of HSDS 3.1; what is ours is said beside the column. Nothing here builds an address
of a page or asks for the time.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    and_,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.sql import ColumnElement

from guide.languages import Bilingual
from guide.model.base import Base, bilingual, choice, json_list
from guide.model.places import CalendarPeriod, Closure, Phone, Schedule, ServiceAtLocation
from guide.model.sources import Citation, SourceDocument


class OrganizationKind(StrEnum):
    PUBLIC_BODY = "public_body"
    ASBL_VZW = "asbl_vzw"
    HOUSING_AGENCY = "housing_agency"
    NETWORK = "network"
    COMPANY = "company"
    UNKNOWN = "unknown"


class ServiceKind(StrEnum):
    """What a record is. It decides the family of addresses its page lives in."""

    SERVICE = "service"
    HELPLINE = "helpline"
    BENEFIT = "benefit"
    TOOL = "tool"
    PROGRAMME = "programme"
    MEASURE = "measure"


class ServiceState(StrEnum):
    """Does it exist? A plan's promise is `announced`; only `existing` counts for coverage."""

    EXISTING = "existing"
    ANNOUNCED = "announced"
    ENDED = "ended"


class Publication(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Visibility(StrEnum):
    PUBLIC = "public"
    PROFESSIONAL = "professional"


class IntakeStatus(StrEnum):
    """Does it take new people at the moment? Not known is no value at all (ours)."""

    OPEN = "open"
    LIMITED = "limited"
    WAITING_LIST = "waiting_list"
    FULL = "full"


class TextState(StrEnum):
    """The state of one language side of a record: neither side is the source of the other."""

    MISSING = "missing"
    DRAFT = "draft"
    CURRENT = "current"
    BEHIND = "behind"


class YesNo(StrEnum):
    """An answer that was read somewhere; an unknown answer is no value at all."""

    YES = "yes"
    NO = "no"


class TermRank(StrEnum):
    """Primary: the reason one goes there. Secondary: it helps with this too."""

    PRIMARY = "primary"
    SECONDARY = "secondary"


class Organization(Base):
    """HSDS organization: who offers services.

    `trusted` (ours): its changes of phone numbers, hours, closures and intake go live at once.
    `bound_by_secrecy` (ours): may a referral tell it more than a name; set by the coordinator.
    """

    __tablename__ = "organization"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[OrganizationKind] = mapped_column(choice(OrganizationKind))
    name: Mapped[Bilingual] = bilingual("name")
    name_translated: Mapped[str | None] = mapped_column(String(2))
    alternate_names: Mapped[dict[str, list[str]]] = mapped_column(JSON, default=dict)
    description: Mapped[Bilingual] = bilingual("description")
    text_state: Mapped[Bilingual] = bilingual("text_state")
    email: Mapped[str | None] = mapped_column(String(254))
    website: Mapped[str | None] = mapped_column(String(500))
    parent_organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))
    trusted: Mapped[bool] = mapped_column(Boolean, default=False)
    bound_by_secrecy: Mapped[YesNo | None] = mapped_column(choice(YesNo))

    parent_organization: Mapped["Organization | None"] = relationship(remote_side="Organization.id")
    services: Mapped[list["Service"]] = relationship(back_populates="organization", order_by="Service.key")
    calendar: Mapped[list["CalendarPeriod"]] = relationship(
        cascade="all, delete-orphan", order_by="CalendarPeriod.starts, CalendarPeriod.id"
    )
    citations: Mapped[list[Citation]] = relationship(
        cascade="all, delete-orphan", order_by="Citation.position"
    )


class Service(Base):
    """HSDS service: a help line, a counter, a benefit, or a tool or programme that a plan names.

    Dates are plain dates in Jette. `assured_date` (HSDS) is None for a record that nobody of the
    organisation has confirmed yet: the public then reads the year of its sources. `version` counts accepted
    changes. `professional_note`, `accepts_relay` and `relay_email` are for social workers. `merged_into` is
    the key of the listing that took this one's place (its addresses then redirect). `after_hours_phone` (ours):
    the number that takes its calls outside its hours. `follows_school_calendar` (ours): it rests in the school
    holidays of its organization's calendar. `phones` and `schedules` hold those of its places too.

    What strangers may see of it is said here and nowhere else: `is_public`, `places`, `hides_address`,
    `is_sensitive`. Who is filed under a sensitive need is sensitive and hides its address, also when nobody has
    said so yet, until the coordinator decides (`safety_decided`): from then on `sensitive` and
    `address_confidential` say it alone.
    """

    __tablename__ = "service"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    short_code: Mapped[str] = mapped_column(String(8), unique=True)
    kind: Mapped[ServiceKind] = mapped_column(choice(ServiceKind))
    state: Mapped[ServiceState] = mapped_column(choice(ServiceState))
    state_note: Mapped[Bilingual] = bilingual("state_note")
    publication: Mapped[Publication] = mapped_column(choice(Publication), default=Publication.PUBLISHED)
    visibility: Mapped[Visibility] = mapped_column(choice(Visibility), default=Visibility.PUBLIC)
    sensitive: Mapped[bool] = mapped_column(Boolean, default=False)
    name: Mapped[Bilingual] = bilingual("name")
    name_translated: Mapped[str | None] = mapped_column(String(2))
    alternate_names: Mapped[dict[str, list[str]]] = mapped_column(JSON, default=dict)
    text_state: Mapped[Bilingual] = bilingual("text_state")
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))
    operator: Mapped[Bilingual] = bilingual("operator")
    summary: Mapped[Bilingual] = bilingual("summary")
    description: Mapped[Bilingual] = bilingual("description")
    eligibility: Mapped[Bilingual] = bilingual("eligibility_description")
    fees: Mapped[Bilingual] = bilingual("fees_description")
    free: Mapped[YesNo | None] = mapped_column(choice(YesNo))
    papers_needed: Mapped[YesNo | None] = mapped_column(choice(YesNo))
    residents_only: Mapped[YesNo | None] = mapped_column(choice(YesNo))
    confidential: Mapped[YesNo | None] = mapped_column(choice(YesNo))
    required_documents: Mapped[dict[str, list[str]]] = mapped_column(JSON, default=dict)
    access_modes: Mapped[list[str]] = json_list()
    application: Mapped[Bilingual] = bilingual("application_process")
    email: Mapped[str | None] = mapped_column(String(254))
    website: Mapped[str | None] = mapped_column(String(500))
    address_confidential: Mapped[bool] = mapped_column(Boolean, default=False)
    safety_decided: Mapped[bool] = mapped_column(Boolean, default=False)
    neighbourhood_id: Mapped[int | None] = mapped_column(ForeignKey("taxonomy_term.id"))
    service_area_id: Mapped[int | None] = mapped_column(ForeignKey("taxonomy_term.id"))
    wheelchair: Mapped[YesNo | None] = mapped_column(choice(YesNo))
    accessibility: Mapped[Bilingual] = bilingual("accessibility")
    schedule_note: Mapped[Bilingual] = bilingual("schedule_note")
    schedule_source_id: Mapped[int | None] = mapped_column(ForeignKey("source_document.id"))
    after_hours_phone: Mapped[str | None] = mapped_column(String(32))
    follows_school_calendar: Mapped[bool] = mapped_column(Boolean, default=False)
    languages: Mapped[list[str]] = json_list()
    assured_date: Mapped[date | None] = mapped_column(Date)
    review_interval_months: Mapped[int] = mapped_column(Integer, default=6)
    intake_status: Mapped[IntakeStatus | None] = mapped_column(choice(IntakeStatus))
    intake_as_of: Mapped[date | None] = mapped_column(Date)
    intake_note: Mapped[Bilingual] = bilingual("intake_note")
    professional_note: Mapped[Bilingual] = bilingual("professional_note")
    accepts_relay: Mapped[bool] = mapped_column(Boolean, default=False)
    relay_email: Mapped[str | None] = mapped_column(String(254))
    merged_into: Mapped[str | None] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(Integer, default=1)

    organization: Mapped[Organization | None] = relationship(back_populates="services")
    neighbourhood: Mapped["TaxonomyTerm | None"] = relationship(foreign_keys=[neighbourhood_id])
    service_area: Mapped["TaxonomyTerm | None"] = relationship(foreign_keys=[service_area_id])
    schedule_source: Mapped[SourceDocument | None] = relationship()
    phones: Mapped[list["Phone"]] = relationship(cascade="all, delete-orphan", order_by="Phone.position")
    service_at_locations: Mapped[list["ServiceAtLocation"]] = relationship(
        cascade="all, delete-orphan", order_by="ServiceAtLocation.position"
    )
    schedules: Mapped[list["Schedule"]] = relationship(
        cascade="all, delete-orphan", order_by="Schedule.position"
    )
    closures: Mapped[list["Closure"]] = relationship(cascade="all, delete-orphan", order_by="Closure.starts")
    attributes: Mapped[list["Attribute"]] = relationship(
        cascade="all, delete-orphan", order_by="Attribute.position", back_populates="service"
    )
    publics: Mapped[list["TaxonomyTerm"]] = relationship(
        secondary="service_public", order_by="TaxonomyTerm.position"
    )
    citations: Mapped[list[Citation]] = relationship(
        cascade="all, delete-orphan", order_by="Citation.position"
    )

    urgent_numbers: Mapped[list["UrgentNumber"]] = relationship(viewonly=True)

    def link_places(self) -> None:
        """Ties each phone and each time slot to the place that it names. KeyError when there is no such place: what
        is of one place is never taken for what is of all."""
        places = {place.key: place for place in self.service_at_locations if place.key}
        of_a_place: list[Phone | Schedule] = [*self.phones, *self.schedules]
        for one in of_a_place:
            place = places[one.address] if one.address is not None else None
            if one.service_at_location is not place:
                one.service_at_location = place

    @hybrid_property
    def is_public(self) -> bool:
        """May strangers find it, read it and call it? Published, and not kept for professionals.

        Also a condition of a query: `select(Service).where(Service.is_public)`.
        """
        return self.publication == Publication.PUBLISHED and self.visibility == Visibility.PUBLIC

    @is_public.inplace.expression
    @classmethod
    def _is_public_expression(cls) -> ColumnElement[bool]:
        return and_(cls.publication == Publication.PUBLISHED, cls.visibility == Visibility.PUBLIC)

    @property
    def is_sensitive(self) -> bool:
        """Does its page endanger who reads it on a shared computer? Neutral title, quick exit, kept by nobody.

        Never 112 and 101: everybody knows them, and they must be there without a network.
        """
        return (bool(self.sensitive) or self._protected_by_need) and not self.is_emergency_number

    @property
    def hides_address(self) -> bool:
        """Is its address written nowhere: on no page, map, paper or file, and found by no search?"""
        return bool(self.address_confidential) or (
            self._protected_by_need and bool(self.service_at_locations)
        )

    @property
    def _protected_by_need(self) -> bool:
        return not self.safety_decided and any(filed.term.is_sensitive for filed in self.attributes)

    @property
    def places(self) -> list["ServiceAtLocation"]:
        """The places the public may see: none when the address is hidden."""
        return [] if self.hides_address else list(self.service_at_locations)

    @property
    def first_phone(self) -> "Phone | None":
        """The number to call when nothing of this moment counts: one of the whole listing before one of a place."""
        whole = (line for line in self.phones if line.address is None)
        return next(whole, self.phones[0] if self.phones else None)

    @property
    def is_emergency_number(self) -> bool:
        """Is this 112 or 101? They bear no doubt: no age, no "to be verified", whatever the date of a source."""
        numbers = {line.number for line in self.phones} if self.kind is ServiceKind.HELPLINE else set()
        return bool(numbers) and numbers <= EMERGENCY_NUMBERS

    @property
    def area(self) -> "TaxonomyTerm | None":
        """The neighbourhood the public may know: none when the address is hidden."""
        return None if self.hides_address or self._protected_by_need else self.neighbourhood

    @property
    def is_called(self) -> bool:
        """Is it a number to call now: a help line, or an urgent number?

        Of the urgent numbers: those for danger, to talk to somebody and for a bed; of the others, which name
        ordinary services too, those that are reached by telephone only.
        """
        only_by_phone = list(self.access_modes or []) == ["phone"]
        return self.kind == ServiceKind.HELPLINE or any(
            number.block in CALLED_BLOCKS or only_by_phone for number in self.urgent_numbers
        )


CALLED_BLOCKS = ("danger", "talk", "bed")
"""The blocks of the page of urgent numbers that are called at once, whatever else can be done there."""

PERSON_TO_CALL = "cpas-jette"
"""The service whose number stands on every page and in every mail: the person to call."""

EMERGENCY_NUMBERS = frozenset({"112", "101"})
"""The numbers of the public emergency services: the law says that they answer day and night, every day."""


class UrgentNumber(Base):
    """A number to call: a record of the guide (`service`), or a number of its own.

    `always`, `schedules` and `answers` are for a number whose record states no hours, or that has no record;
    `checked`: these hours were read on a page, not only known. `ways`: how to reach it without a voice, each with
    its `kind` (chat, app, mail) and perhaps its `url` and `hours` in words.
    """

    __tablename__ = "urgent_number"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    position: Mapped[int] = mapped_column(Integer, default=0)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id", ondelete="SET NULL"))
    number: Mapped[str | None] = mapped_column(String(32))
    name: Mapped[Bilingual] = bilingual("name")
    purpose: Mapped[Bilingual] = bilingual("purpose")
    short: Mapped[Bilingual] = bilingual("short")
    block: Mapped[str] = mapped_column(String(16))
    always: Mapped[bool] = mapped_column(Boolean, default=False)
    schedules: Mapped[list[dict[str, object]]] = json_list()
    answers: Mapped[Bilingual] = bilingual("answers")
    languages: Mapped[list[str]] = json_list()
    free: Mapped[bool] = mapped_column(Boolean, default=False)
    checked: Mapped[bool] = mapped_column(Boolean, default=False)
    ways: Mapped[list[dict[str, Any]]] = json_list()

    service: Mapped[Service | None] = relationship()


class TaxonomyTerm(Base):
    """HSDS taxonomy_term: a need, a topic below a need, a public, a neighbourhood or a service area.

    Needs have a page: their `slug` differs per language, their `name` is a sentence in the first person.
    `sensitive` (ours): violence, abuse or suicide; it makes the listings filed under it sensitive too.
    """

    __tablename__ = "taxonomy_term"
    __table_args__ = (
        UniqueConstraint("taxonomy", "key"),
        UniqueConstraint("taxonomy", "slug_fr"),
        UniqueConstraint("taxonomy", "slug_nl"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    taxonomy: Mapped[str] = mapped_column(String(32))
    key: Mapped[str] = mapped_column(String(64))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("taxonomy_term.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer, default=0)
    slug: Mapped[Bilingual] = bilingual("slug")
    name: Mapped[Bilingual] = bilingual("name")
    hint: Mapped[Bilingual] = bilingual("hint")
    description: Mapped[Bilingual] = bilingual("description")
    icon: Mapped[str | None] = mapped_column(String(32))
    first_row: Mapped[bool] = mapped_column(Boolean, default=False)
    sensitive: Mapped[bool] = mapped_column(Boolean, default=False)

    parent: Mapped["TaxonomyTerm | None"] = relationship(
        remote_side="TaxonomyTerm.id", back_populates="topics"
    )
    topics: Mapped[list["TaxonomyTerm"]] = relationship(
        cascade="all, delete-orphan", order_by="TaxonomyTerm.position", back_populates="parent"
    )

    @property
    def need(self) -> "TaxonomyTerm":
        """The need this term belongs to: itself, or its parent when it is a topic."""
        return self.parent or self

    @property
    def is_sensitive(self) -> bool:
        """Is this need or topic about violence, abuse or suicide? A topic is what its need is, too."""
        return bool(self.sensitive or self.need.sensitive)

    @property
    def page_is_sensitive(self) -> bool:
        """Is the page of this need so: itself, or one of its topics, is sensitive?"""
        return self.is_sensitive or any(topic.sensitive for topic in self.topics)


class Attribute(Base):
    """HSDS attribute: files a service under a need or topic, with our rank."""

    __tablename__ = "attribute"
    __table_args__ = (UniqueConstraint("service_id", "taxonomy_term_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    taxonomy_term_id: Mapped[int] = mapped_column(
        ForeignKey("taxonomy_term.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int] = mapped_column(Integer, default=0)
    rank: Mapped[TermRank] = mapped_column(choice(TermRank))

    service: Mapped[Service] = relationship(back_populates="attributes")
    # Whoever reads what a listing is filed under reads the names: asked for together, not one by one.
    term: Mapped[TaxonomyTerm] = relationship(lazy="joined", innerjoin=True)

    @property
    def need(self) -> TaxonomyTerm:
        """The need it is filed under, itself or by one of its topics."""
        return self.term.need


class ServicePublic(Base):
    """Which publics a service addresses (HSDS attribute of the taxonomy `publics`)."""

    __tablename__ = "service_public"

    service_id: Mapped[int] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), primary_key=True)
    taxonomy_term_id: Mapped[int] = mapped_column(ForeignKey("taxonomy_term.id"), primary_key=True)


class LoadedRecord(Base):
    """What a data file said when it was last loaded, so that a later load touches only what nobody edited."""

    __tablename__ = "loaded_record"

    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    key: Mapped[str] = mapped_column(String(160), primary_key=True)
    content: Mapped[dict[str, object]] = mapped_column(JSON)
    loaded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class SearchChange(Base):
    """The outbox of the search index: one row a changed document, written in the change's own transaction.

    An index is current when it has seen the highest revision. Rows are kept, so that every host's own
    index can catch up from where it stands.
    """

    __tablename__ = "search_change"
    # SQLite would hand out a deleted highest number again; a revision must never come back.
    __table_args__ = ({"sqlite_autoincrement": True},)

    revision: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    document: Mapped[str] = mapped_column(String(160))


class StoredListing(Base):
    """A public listing as pages read it (`guide.directory.listing`), derived of its rows (ours).

    A row that stands is true: whatever changes a listing deletes it in the same transaction (`guide.model.changes`),
    and it is derived anew. `shape`: of what version of the values it is.
    """

    __tablename__ = "stored_listing"

    service_id: Mapped[int] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), index=True)
    shape: Mapped[str] = mapped_column(String(16))
    content: Mapped[bytes] = mapped_column(LargeBinary)


class SiteFact(Base):
    """A fact about this database itself, such as its identity (so that an index knows its own database)."""

    __tablename__ = "site_fact"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
