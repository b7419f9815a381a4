"""Sensitive listings on public pages: the one rule of what shows them, and what becomes of a page that does.

A sensitive listing is a refuge, or a line for violence, abuse or suicide (`Service.is_sensitive`). Whoever needs it
must find it; whoever takes up the telephone or the computer afterwards must not be led to it. So:

1. The page that names one is sensitive itself: no title that tells, the quick exit, kept by nobody (`no-store`, and
   so not by the service worker either). Making its card is enough (`cards.card`); what writes a name without a
   card says so (`show`, `show_organizations`). Search, needs, sheets, organisations, plans, the list of everything
   and of what is open now: all show it, and count it.
2. Home and the map of everything show what nobody asked for, to everybody, and are to be kept and to stay quick:
   they leave it out (`unasked`). Asked for a need, the map shows it.
3. The urgent numbers are everybody's: every telephone that has opened the guide has these lines, so that they tell
   nothing of who holds it. Their names stand on home, on the page of the urgent numbers and on those without a
   network, and these are kept; there a number must be found at once, also without a network. 112 and 101 are not
   sensitive anywhere.
4. A message stays in the telephone that sent it and in the one that got it, and its first words on a locked screen:
   what the buttons write of a sensitive listing is the guide's name and a short link (`sharing`). The buttons stay:
   sending a refuge to a friend who needs it is help, and a page without them would be left by copying its address.
5. What holds the whole guide is everybody's and tells nothing of who has it: the sitemap, the booklet of
   everything, the exports, the copy on a stick. The guide kept on a telephone is found on it later, by others: it
   holds no sensitive listing (`publish.pocket`). The titles of documents, where the guide says what it is made of,
   name no listing to call. A booklet, sheet or table of a part that names one is `no-store`.

Pages of somebody signed in are kept by nobody anyway.
"""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from flask import g

from guide.directory.listing import AnyFacts
from guide.model import Organization
from guide.web.ui.request_context import catalogue

Facts = TypeVar("Facts", bound=AnyFacts)


def mark(is_sensitive: bool = True) -> None:
    """This page is sensitive, when it is so said once; nothing takes it back."""
    g.sensitive = bool(g.get("sensitive")) or is_sensitive


def show(services: Iterable[AnyFacts]) -> None:
    """This page names these listings: it is sensitive when one of them is."""
    mark(any(service.is_sensitive for service in services))


def show_organizations(organizations: Sequence[Organization]) -> None:
    """This page names these organisations: it is sensitive when all that one of them offers is."""
    if not organizations:
        return
    offered = [catalogue().of_organization.get(one.id, ()) for one in organizations]
    mark(any(all(listing.is_sensitive for listing in its) for its in offered if its))


def unasked(services: Sequence[Facts]) -> list[Facts]:
    """What of these a page shows to whoever asked for nothing: all but the sensitive ones."""
    return [service for service in services if not service.is_sensitive]
