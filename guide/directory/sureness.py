"""How sure a listing is, in one line: said once, before anything is done with it."""

from dataclasses import dataclass
from datetime import date

from guide.directory.figures import short_date
from guide.directory.freshness import Freshness, Standing, standing
from guide.directory.listing import AnyListing
from guide.languages import Language
from guide.model import ServiceKind, ServiceState
from guide.sentences import sentences

OLD_AFTER_YEARS = 2
"""A source of an earlier year than these is old enough for a card to say so."""


@dataclass(frozen=True, slots=True)
class Sureness:
    """`words`: a sentence. `sure`: said by the service itself and recent, or an official emergency number.

    `on_card`: is it old enough to be said before the page is opened?
    """

    words: str
    sure: bool
    on_card: bool


def sureness(service: AnyListing, today: date, lang: Language) -> Sureness:
    """How sure this listing is today; 112 and 101 bear no doubt."""
    _ = sentences(lang)
    if service.is_emergency_number:
        return Sureness(_("Numéro d’urgence officiel."), True, False)
    known = standing(service, today)
    sure = known.state is Freshness.FRESH
    return Sureness(_words(known, lang), sure, not sure and _is_worth_a_word(service, known, today))


def _words(known: Standing, lang: Language) -> str:
    _ = sentences(lang)
    if known.assured is None:
        if known.source_year:
            return _("Vu en %(year)s, pas confirmé.", year=known.source_year)
        return _("Source sans date, pas confirmé.")
    day = short_date(known.assured, lang)
    if known.state is Freshness.STALE:
        return _("Plus confirmé depuis le %(date)s.", date=day)
    if known.state is Freshness.TO_CONFIRM:
        return _("Confirmé le %(date)s. À vérifier de nouveau.", date=day)
    return _("Confirmé le %(date)s.", date=day)


def _is_worth_a_word(service: AnyListing, known: Standing, today: date) -> bool:
    """What does not exist is told otherwise; a line to call is tried by calling it."""
    if service.state is not ServiceState.EXISTING:
        return False
    if known.state is not Freshness.UNVERIFIED:
        return True
    old = (known.source_year or 0) < today.year - OLD_AFTER_YEARS
    return old and service.kind is not ServiceKind.HELPLINE
