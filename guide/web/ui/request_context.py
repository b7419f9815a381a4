"""What every page has at hand: the database session, the index, the clock, and the words of the frame."""

import ipaddress
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar, cast

from flask import Flask, current_app, g, request
from sqlalchemy import Engine, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, joinedload, selectinload

from guide import clock, database
from guide.directory.asking import BodiesToAsk, bodies_to_ask
from guide.directory.catalogue import Catalogue, LiveCatalogue, OpenNow
from guide.directory.choosing import all_questions
from guide.directory.freshness import hours_are_current
from guide.directory.hours import Day, OpenState, PlaceHours, changes_after, open_state, shown_hours, week_of
from guide.directory.indexing import LiveIndex, RevisionWatch, revision
from guide.directory.listing import AnyListing, Listing, ListingFacts
from guide.directory.listings import listings_by_key
from guide.directory.needs import all_needs, terms_by_taxonomy
from guide.directory.search_log import Tally
from guide.directory.tongues import other_languages
from guide.directory.urgent import Line, Panel, lines_at, lines_change, panel_texts, panels_of, spoken_first
from guide.languages import LANGUAGES, Language, other
from guide.model import PERSON_TO_CALL, Organization, OtherLanguage, Question, Service, TaxonomyTerm
from guide.web.ui.assets import asset, integrity
from guide.web.ui.formatting import table_lines, tel
from guide.web.ui.kept_pages import REVISION, KeptPages, holds_until
from guide.web.ui.list_cookie import kept_codes
from guide.web.ui.shared_device import is_shared
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import absolute, alternate_path, reader

PATIENCE = 10.0
"""Seconds for which a change waits for its turn; then its author is told to try again, and keeps her words."""


@dataclass(frozen=True, slots=True)
class PersonToCall:
    """A number and its stated hours; `key` is the record's, `sure` says that the hours are current on this day."""

    key: str
    phone: str
    tables: tuple[PlaceHours, ...]
    day: date
    sure: bool

    @property
    def tel(self) -> str:
        return tel(self.phone)

    @property
    def unusual(self) -> Day | None:
        """Today's row, when its hours do not hold as on other days: a public holiday, a closure. None where places
        have hours of their own: no row says it of all."""
        rows = week_of(self.tables[0], self.day) if len(self.tables) == 1 else []
        return next((row for row in rows if row.is_today and (row.holiday or row.off)), None)

    @property
    def usual_hours(self) -> str:
        """When one can come or call, in one line; '' when nothing is known."""
        return ". ".join(line for one in self.tables for line in table_lines(one.timetable, self.day))

    @property
    def hours(self) -> str:
        """The same, and that it is to be confirmed where it is old."""
        line = self.usual_hours
        return line if self.sure or not line else _("%(hours)s (heures à confirmer)", hours=line)


T = TypeVar("T")

TongueName = tuple[str, str, str]
"""The code of another language, its own name, its direction."""


class Guide:
    """What the application owns for as long as it runs."""

    def __init__(
        self, engine: Engine, index: LiveIndex, tally: Tally, session_info: Mapping[str, object]
    ) -> None:
        self.engine = engine
        self.index = index
        self.tally = tally
        self.session_info = session_info
        self.catalogue = LiveCatalogue()
        self.pages = KeptPages()
        self.watch = RevisionWatch(engine)
        self._turn = threading.Lock()
        self.kept: dict[str, tuple[tuple[object, ...], Any]] = {}
        """What many pages show, with the revision for which it was read: see `per_revision`."""

    @contextmanager
    def in_turn(self, patience: float) -> Iterator[None]:
        """Of this process's threads one after the other, for SQLite: it has one writer at a time.

        Left to SQLite each would ask for the lock again and again, in no order: on a busy machine some get it
        never. Raises OperationalError after so many seconds.
        """
        if self.engine.dialect.name != "sqlite":
            yield
            return
        if not self._turn.acquire(timeout=patience):
            raise OperationalError("BEGIN IMMEDIATE", None, TimeoutError("others are writing"))
        try:
            yield
        finally:
            self._turn.release()


def guide() -> Guide:
    return cast(Guide, current_app.extensions["guide"])


def session() -> Session:
    """The session of this request; closed when it ends. Pages only read."""
    if "session" not in g:
        g.session = Session(guide().engine)
    return cast(Session, g.session)


@contextmanager
def writing(patience: float | None = None) -> Iterator[Session]:
    """A session of its own for a change: committed when the block ends well, undone when it does not.

    On SQLite it holds the write lock from its start, so what it reads is what it changes. Raises OperationalError
    when others write for longer than `patience` (seconds; PATIENCE when not given).
    """
    seconds = PATIENCE if patience is None else patience
    with guide().in_turn(seconds), Session(database.writing(guide().engine)) as db_session:
        database.wait_at_most(db_session, seconds)
        # What is audited, throttled, recovered or sealed needs these.
        db_session.info.update(guide().session_info)
        yield db_session
        db_session.commit()


def now() -> datetime:
    """This moment in Jette; the same one for the whole request."""
    if "now" not in g:
        g.now = current_app.config["CLOCK"]() if current_app.config.get("CLOCK") else clock.now()
    return cast(datetime, g.now)


def install(app: Flask) -> None:
    """Closes sessions, and gives templates what they need on every page."""

    @app.teardown_appcontext
    def _close(_: BaseException | None) -> None:
        db_session = g.pop("session", None)
        if db_session is not None:
            db_session.close()

    @app.context_processor
    def _frame() -> dict[str, Any]:
        lang = reader()
        return {
            "lang": lang,
            "other_lang": other(lang),
            "alternate_url": alternate_path(other(lang)),
            "canonical_url": _canonical(lang),
            "alternates": _alternates(),
            "asset": asset,
            "integrity": integrity,
            "person_to_call": person_to_call(),
            "tongue_names": tongue_names,
            "list_count": len(kept_codes()),
            "now": now(),
            "robots": "noindex" if g.get("unlisted", g.get("personal")) else None,
            "sensitive": bool(g.get("sensitive")),
            "shared_phone": is_shared(),
            "saves_data": saves_data(),
            "nav_current": "",
        }


def saves_data() -> bool:
    """Did the browser ask for little data? Then pages come without our font, 16 KB of a first view.

    Whoever keeps a page for others keeps one of each kind (`Vary: Save-Data`).
    """
    return request.headers.get("Save-Data", "").strip().lower() == "on"


def client_ip_bucket() -> str:
    """Where the request comes from, for counting tries; of IPv6 the network: a home has addresses without number."""
    return _network(32, 64)


def network() -> str:
    """The neighbourhood of that address: a provider gives a home another one of it now and then."""
    return _network(24, 48)


def _network(bits: int, bits_of_six: int) -> str:
    given = request.remote_addr or ""
    try:
        address = ipaddress.ip_address(given)
    except ValueError:
        return given
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped  # as a server that listens on both writes an address of version 4
    bits = bits if address.version == 4 else bits_of_six
    if bits == address.max_prefixlen:
        return str(address)
    return str(ipaddress.ip_network((address, bits), strict=False))


def content_revision() -> int:
    """The revision of what the public sees (`guide.model.changes`) as this request found it, or an older."""
    if "revision" not in g:
        known = request.environ.get(REVISION)
        g.revision = revision(session()) if known is None else known
    found: int = g.revision
    return found


def catalogue() -> Catalogue:
    """Every public listing in short."""
    return guide().catalogue.read(session(), content_revision())


def open_now() -> OpenNow:
    """What is open at this moment."""
    if "open_now" not in g:
        g.open_now = guide().catalogue.open_now(catalogue(), now())
    found: OpenNow = g.open_now
    holds_until(found.until)
    return found


def opening_of(service: AnyListing) -> OpenState:
    """Its state at this moment."""
    if isinstance(service, Listing):
        known = guide().catalogue.state_of(catalogue(), service.key, now())
        if known is not None:
            holds_until(known.until)
            return known.state
    holds_until(changes_after(service, now()))
    return open_state(service, now())


def listings(facts: Iterable[ListingFacts]) -> list[Listing]:
    """These listings as cards and pages show them, in their order: one statement."""
    return listings_by_key(session(), [one.key for one in facts])


def needs() -> Sequence[TaxonomyTerm]:
    """Every need with its topics, for whoever only reads: they belong to no session."""
    return per_revision("needs", _needs)


def _needs() -> Sequence[TaxonomyTerm]:
    with Session(guide().engine) as db_session:
        found = all_needs(db_session)
        db_session.expunge_all()
    return found


def person_to_call() -> PersonToCall | None:
    """The number on every page, from its own record; None when the record is gone or has no number."""
    today = now().date()
    return per_revision("person_to_call", lambda: _person_to_call(today), today)


def need_with_slug(slug: str, lang: Language) -> TaxonomyTerm | None:
    """The need whose page has this slug in this language."""
    return next((need for need in needs() if need.slug.side(lang) == slug), None)


def questions(need: TaxonomyTerm) -> Sequence[Question]:
    """The questions that help to choose among the services of this need, in order."""
    return per_revision("questions", _questions).get(need.key, ())


def _questions() -> Mapping[str, Sequence[Question]]:
    with Session(guide().engine) as db_session:
        return all_questions(db_session)


def publics() -> Sequence[TaxonomyTerm]:
    """For whom services are."""
    return per_revision("publics", lambda: _terms("publics"))


def neighbourhoods() -> Sequence[TaxonomyTerm]:
    """The parts of the commune."""
    return per_revision("neighbourhoods", lambda: _terms("neighbourhoods"))


def _terms(taxonomy: str) -> Sequence[TaxonomyTerm]:
    with Session(guide().engine) as db_session:
        found = terms_by_taxonomy(db_session, taxonomy)
        db_session.expunge_all()
    return found


def urgent_numbers(lang: Language) -> list[Line]:
    """Every urgent number as it answers in this minute, those that speak this language first."""
    return spoken_first(_lines(), lang)


def crisis_panels(keys: Sequence[str], lang: Language) -> list[Panel]:
    """The panels of these crises in this minute, the most dangerous first, for a reader of this language."""
    if not keys:
        return []
    texts = per_revision("panels", lambda: panel_texts(session()))
    return panels_of(texts, _lines(), keys, lang)


def _lines() -> Sequence[Line]:
    minute = now().replace(second=0, microsecond=0)

    def read() -> tuple[Sequence[Line], datetime]:
        lines = lines_at(session(), minute)
        return lines, lines_change(lines, minute)

    lines, until = per_revision("urgent numbers", read, minute)
    holds_until(until)
    return lines


def bodies() -> BodiesToAsk:
    """Who is asked about a listing without a number of its own."""
    return per_revision("bodies", lambda: bodies_to_ask(session(), catalogue()))


def tongues() -> Sequence[OtherLanguage]:
    """The other languages, for whoever only reads: they belong to no session."""
    return per_revision("tongues", _tongues)


def _tongues() -> Sequence[OtherLanguage]:
    with Session(guide().engine) as db_session:
        found = other_languages(db_session)
        db_session.expunge_all()
    return found


def tongue(code: str) -> OtherLanguage | None:
    """The one with this code; None when the guide does not have it, or has none of the words around a panel yet."""
    return next((one for one in tongues() if one.code == code and one.frame), None)


def tongue_names() -> list[TongueName]:
    """The other languages by their own names, on every page."""
    return [(one.code, one.name, one.direction) for one in tongues()]


def per_revision(name: str, read: Callable[[], T], *also: object) -> T:
    """What was read for an earlier request, as long as nothing in the guide has changed since, nor `also`. It is
    shared by all threads: nobody changes it, and it belongs to no session.

    Asking for the number of the last change is one query, once a request; reading again is several each.
    """
    stands = (content_revision(), *also)
    kept = guide().kept.get(name)
    if kept is None or kept[0] != stands:
        kept = guide().kept[name] = (stands, read())
    return cast(T, kept[1])


def _person_to_call(today: date) -> PersonToCall | None:
    service = (
        session()
        .scalars(
            select(Service)
            .where(Service.key == PERSON_TO_CALL, Service.is_public)
            .options(
                selectinload(Service.phones),
                selectinload(Service.schedules),
                # One row of each, for one listing: asked for together.
                joinedload(Service.closures),
                joinedload(Service.schedule_source),
                joinedload(Service.organization).joinedload(Organization.calendar),
            )
        )
        .unique()
        .one_or_none()
    )
    if service is None or service.first_phone is None:
        return None
    return PersonToCall(
        service.key,
        service.first_phone.number,
        tuple(shown_hours(service, today)),
        today,
        hours_are_current(service, today),
    )


def _canonical(lang: Language) -> str | None:
    """The address under which this page is to be known, absolute: never with somebody's words or list in it."""
    path = alternate_path(lang)
    if path is None:
        return None
    return absolute(path.partition("?")[0] if g.get("personal") else path)


def _alternates() -> list[tuple[str, str]]:
    """(hreflang, absolute address) of this page in each language; empty where there is no alternate."""
    if request.endpoint is None:
        return []
    found = [(language, _canonical(language)) for language in LANGUAGES]
    links = [(f"{language}-BE", address) for language, address in found if address]
    return [*links, ("x-default", links[0][1])] if links else []
