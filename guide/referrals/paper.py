"""The fiche-relais on paper: what it holds, for which services, and how often one is made.

A `PaperReferral` lives as long as the request that prints it. Nothing of it is written anywhere; what is counted
is the service and the month.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload, selectinload

from guide.accounts import throttle
from guide.clock import BRUSSELS
from guide.directory.hours import hours_options
from guide.languages import LANGUAGES, Bilingual, Language
from guide.model import PaperReferralCount, Service
from guide.referrals import content
from guide.referrals.content import ADULT_AGES, Content

MOST_AN_HOUR = 120
"""Sheets an hour from one place: a whole organisation of social workers may stand behind one address."""

AGES = ("under_18", *ADULT_AGES)
"""A person who is still a child is one band here: the sheet lies open."""
OTHER_LANGUAGE = "other"

LONGEST: Mapping[str, int] = {
    **content.LONGEST,
    "phone": 30,
    "mail": 254,
    "other_language": 40,
    "safe": 120,
    "availability": 120,
    "mobility": 80,
    "coming_along": 80,
    "organization": 100,
    "worker_phone": 30,
}
"""How many signs each text may have: with all of them the sheet is still one page."""


@dataclass(frozen=True, slots=True)
class PaperReferral:
    """A fiche as it is printed: its content, and what a fiche that is sent keeps in its row.

    Words are the worker's, in `written_in`. `content.need.language` is a code of SPOKEN_LANGUAGES, or OTHER_LANGUAGE
    with its name in `other_language`. `brings` are places in the list of what the service asks for
    (`documents_asked`), because the sheet names them in either language.
    """

    content: Content
    theme: Bilingual
    urgency: str
    agreed_on: date
    written_in: Language
    brings: tuple[int, ...] = ()
    other_language: str = ""
    no_message: bool = False


def documents_asked(service: Service) -> list[Bilingual]:
    """What the listing asks to bring, item by item; an item may be written in one language only."""
    french, dutch = (service.required_documents.get(side) or [] for side in LANGUAGES)
    if len(french) != len(dutch):
        # Lists that do not go together, item by item: the longer one is shown to both.
        return (
            [Bilingual(fr=item) for item in french]
            if len(french) > len(dutch)
            else [Bilingual(nl=item) for item in dutch]
        )
    return [Bilingual(*pair) for pair in zip(french, dutch, strict=True)]


def service_named(session: Session, named: str) -> Service | None:
    """The service of this key or short code, with what a sheet says of it, whether or not it takes one
    (`receivers.why_not`); None when there is none.
    """
    wanted = named.strip().lower()
    if not wanted or len(wanted) > 64:
        return None
    return session.scalar(
        select(Service)
        .where(or_(Service.key == wanted, Service.short_code == wanted))
        # A short code may look like a key: the key wins.
        .order_by(Service.key != wanted)
        .options(
            selectinload(Service.phones),
            *hours_options(),
            selectinload(Service.service_at_locations),
            joinedload(Service.organization),
        )
        .limit(1)
    )


def count_sheet(session: Session, service: Service, place: str, sheet: str, now: datetime) -> int:
    """Counts a sheet for its service and month: 0 when it may be made, else the seconds to wait.

    `place` is where it is made, `sheet` a random name that makes the same sheet count once, whether printed or
    taken as PDF. Of both only digests are kept, among the attempts, and not longer than those. The session must
    be a writing one and be committed also when one must wait.
    """
    hour = timedelta(hours=1)
    wait = throttle.attempt(session, f"paper-referral:{place}", MOST_AN_HOUR, hour, now)
    if wait or throttle.attempt(session, f"paper-referral-sheet:{sheet}", 1, hour, now):
        return wait
    month = f"{now.astimezone(BRUSSELS):%Y-%m}"
    held = (
        select(PaperReferralCount)
        .where(PaperReferralCount.service_id == service.id, PaperReferralCount.month == month)
        .with_for_update()
    )
    row = session.scalar(held)
    if row is None:
        try:
            with session.begin_nested():
                session.add(PaperReferralCount(service_id=service.id, month=month, count=0))
        except IntegrityError:
            pass  # another process was quicker: its row is counted on
        row = session.scalars(held).one()
    row.count += 1
    session.flush()
    return 0
