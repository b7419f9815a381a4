"""A listing as strangers read it: plain values, derived once of the database's rows when they change.

A `Listing` has the names of `Service` (HSDS), so that whatever is told of the one is told of the other: is it open,
how sure is it, whom does one ask. It holds what the public may see and nothing else: no place of an address that is
hidden, no note for professionals, no mailbox for fiches-relais. It knows no session, and threads may share it.
`guide.directory.listings` keeps them in the database.
"""

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import ClassVar

import msgspec

from guide.languages import Bilingual
from guide.model import (
    Fulfilment,
    FulfilmentBasis,
    FulfilmentRole,
    FulfilmentState,
    Holidays,
    IntakeStatus,
    PeriodKind,
    Phone,
    Precision,
    Publication,
    Schedule,
    ScheduleKind,
    Service,
    ServiceAtLocation,
    ServiceKind,
    ServiceState,
    SourceDocument,
    TaxonomyTerm,
    TermRank,
    Visibility,
    YesNo,
)


class _Plain(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """Values that nobody changes, written as JSON without what is not known."""


class ListedTerm(_Plain, frozen=True):
    """A need, a public, a neighbourhood or an area. `is_sensitive`: about violence, abuse or suicide."""

    key: str
    name: Bilingual = Bilingual()
    slug: Bilingual = Bilingual()
    is_sensitive: bool = False


class ListedAttribute(_Plain, frozen=True):
    """A need or topic it is filed under (`term`), with the need of that topic (`need`)."""

    term: ListedTerm
    need: ListedTerm
    rank: TermRank


class ListedPlace(_Plain, frozen=True):
    """A place whose address everybody may know, in WGS84 degrees where it is measured."""

    key: str | None = None
    street: Bilingual = Bilingual()
    postal_code: str | None = None
    city: Bilingual = Bilingual()
    note: Bilingual = Bilingual()
    latitude: float | None = None
    longitude: float | None = None
    precision: Precision | None = None


class _OfOnePlace(_Plain, dict=True, gc=True, frozen=True):
    """What it has everywhere, or at the place with this key alone."""

    service_at_location: ClassVar[ListedPlace | None] = None
    """That place; None for what is of the whole listing, or of a place that is hidden."""


class ListedPhone(_OfOnePlace, frozen=True):
    number: str
    label: Bilingual = Bilingual()
    address: str | None = None


class ListedSlot(_OfOnePlace, frozen=True):
    kind: ScheduleKind
    byday: tuple[str, ...]
    opens_at: str
    closes_at: str
    holidays: Holidays | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    address: str | None = None


class ListedClosure(_Plain, frozen=True):
    starts: date
    ends: date
    reason: Bilingual = Bilingual()


class ListedPeriod(_Plain, frozen=True):
    kind: PeriodKind
    starts: date
    ends: date
    opens_at: str | None = None
    closes_at: str | None = None
    reason: Bilingual = Bilingual()


class ListedOrganization(_Plain, frozen=True):
    """Who runs it, with the calendar that bears on its hours."""

    id: int
    key: str
    name: Bilingual = Bilingual()
    calendar: tuple[ListedPeriod, ...] = ()


class ListedSource(_Plain, frozen=True):
    key: str
    kind: str
    title: Bilingual = Bilingual()
    date: str | None = None
    date_note: Bilingual = Bilingual()
    url: str | None = None


class ListedCitation(_Plain, frozen=True):
    source: ListedSource
    field: str | None = None


class ListedLink(_Plain, frozen=True):
    """The plan action it fulfils, for the page of the listing."""

    plan: str
    plan_title: Bilingual
    theme: Bilingual
    number: str
    key: str
    text: Bilingual
    role: FulfilmentRole
    basis: FulfilmentBasis
    state: FulfilmentState


class ListingFacts(_Plain, dict=True, gc=True, kw_only=True, frozen=True):
    """What is asked of all listings at once: what they help with, where they are, whether they are open.

    Of each value `Service` says what it means.
    """

    visibility: ClassVar[Visibility] = Visibility.PUBLIC
    publication: ClassVar[Publication] = Publication.PUBLISHED
    is_public: ClassVar[bool] = True
    merged_into: ClassVar[str | None] = None

    id: int
    key: str
    short_code: str
    kind: ServiceKind
    state: ServiceState
    is_sensitive: bool
    hides_address: bool
    is_emergency_number: bool
    is_called: bool
    name: Bilingual = Bilingual()
    alternate_names: dict[str, list[str]] = {}
    email: str | None = None
    state_note: Bilingual = Bilingual()
    operator: Bilingual = Bilingual()
    free: YesNo | None = None
    papers_needed: YesNo | None = None
    residents_only: YesNo | None = None
    access_modes: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    publics: tuple[ListedTerm, ...] = ()
    assured_date: date | None = None
    review_interval_months: int = 6
    organization: ListedOrganization | None = None
    area: ListedTerm | None = None
    phones: tuple[ListedPhone, ...] = ()
    places: tuple[ListedPlace, ...] = ()
    after_hours_phone: str | None = None
    schedules: tuple[ListedSlot, ...] = ()
    schedule_source: ListedSource | None = None
    follows_school_calendar: bool = False
    closures: tuple[ListedClosure, ...] = ()
    attributes: tuple[ListedAttribute, ...] = ()

    def __post_init__(self) -> None:
        """Ties phones and slots to their places, as `Service.link_places` does."""
        places = {place.key: place for place in self.places if place.key}
        if not places:
            return
        of_a_place: tuple[ListedPhone | ListedSlot, ...] = (*self.phones, *self.schedules)
        for one in of_a_place:
            if one.address in places:
                one.__dict__["service_at_location"] = places[one.address]

    @property
    def organization_id(self) -> int | None:
        return self.organization.id if self.organization is not None else None

    @property
    def first_phone(self) -> ListedPhone | None:
        """The number to call when nothing of this moment counts: one of the whole listing before one of a place."""
        whole = (line for line in self.phones if line.address is None)
        return next(whole, self.phones[0] if self.phones else None)


class Listing(ListingFacts, dict=True, gc=True, kw_only=True, frozen=True):
    """A published listing that everybody may see, with all that its card and its page say."""

    name_translated: str | None = None
    summary: Bilingual = Bilingual()
    description: Bilingual = Bilingual()
    eligibility: Bilingual = Bilingual()
    fees: Bilingual = Bilingual()
    confidential: YesNo | None = None
    required_documents: dict[str, list[str]] = {}
    application: Bilingual = Bilingual()
    website: str | None = None
    wheelchair: YesNo | None = None
    accessibility: Bilingual = Bilingual()
    schedule_note: Bilingual = Bilingual()
    intake_status: IntakeStatus | None = None
    intake_as_of: date | None = None
    intake_note: Bilingual = Bilingual()
    service_area: ListedTerm | None = None
    citations: tuple[ListedCitation, ...] = ()
    links: tuple[ListedLink, ...] = ()
    is_organization: bool = False
    """Is there an organization with its key, which has a page of its own?"""


AnyFacts = Service | ListingFacts
AnyListing = Service | Listing
"""A listing by its rows (at the desk, in a preview), or as plain values (on a page): both have the same names."""
AnyPlace = ServiceAtLocation | ListedPlace
AnyPhone = Phone | ListedPhone
AnySlot = Schedule | ListedSlot
AnySource = SourceDocument | ListedSource


def listing_of(service: Service, links: Iterable[Fulfilment], is_organization: bool) -> Listing:
    """The plain values of a listing of these rows; `links`: the plan actions it fulfils, as its page shows them."""
    listing = msgspec.convert(service, Listing, from_attributes=True)
    shown = {place.key for place in listing.places}
    return msgspec.structs.replace(
        listing,
        # The key of a place may tell its street.
        phones=tuple(
            line
            if line.address is None or line.address in shown
            else msgspec.structs.replace(line, address="")
            for line in listing.phones
        ),
        schedules=tuple(slot for slot in listing.schedules if slot.address is None or slot.address in shown),
        links=tuple(listed_link(link) for link in links),
        is_organization=is_organization,
    )


def term_of(term: TaxonomyTerm) -> ListedTerm:
    """The plain values of a term."""
    return msgspec.convert(term, ListedTerm, from_attributes=True)


def listed_link(link: Fulfilment) -> ListedLink:
    """A link to a plan action as the page of its listing shows it."""
    action, plan = link.action, link.action.theme.plan
    return ListedLink(
        plan=plan.key,
        plan_title=plan.short_title,
        theme=action.theme.name,
        number=action.number,
        key=action.key,
        text=action.text,
        role=link.role,
        basis=link.basis,
        state=link.state,
    )


_ENCODER = msgspec.json.Encoder()
_LISTING = msgspec.json.Decoder(Listing)
_FACTS = msgspec.json.Decoder(ListingFacts)
SHAPE = hashlib.sha256(_ENCODER.encode(msgspec.json.schema(Listing))).hexdigest()[:16]
"""Of what shape stored listings are: another version of the guide, which asks for more, reads none of them."""


def written(listing: Listing) -> bytes:
    """A listing as it is stored: JSON."""
    return _ENCODER.encode(listing)


def read(content: bytes) -> Listing:
    """A stored listing. Raises `msgspec.ValidationError` or `msgspec.DecodeError` for anything else."""
    return _LISTING.decode(content)


def read_facts(content: bytes) -> ListingFacts:
    """Of a stored listing what is asked of all at once; the rest is passed over unread."""
    return _FACTS.decode(content)
