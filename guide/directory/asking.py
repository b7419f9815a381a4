"""Whom one asks about a listing that has no number of its own.

The organisation that runs it, when another listing of it has a number; else the commune when the commune runs it;
else the CPAS. One function says it (`whom_to_ask`), so that a field "who knows?" can take its place.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.directory.catalogue import Catalogue, read_catalogue
from guide.directory.listing import AnyFacts, ListingFacts
from guide.directory.wording import ASKED_FOR
from guide.languages import Bilingual, Language
from guide.model import PERSON_TO_CALL, Organization, ServiceKind, ServiceState
from guide.sentences import sentences

COMMUNE = "commune-jette"
"""The listing whose number is the commune's."""

_PUBLIC_BODY = re.compile(r"\b(?:(commune|gemeente)|cpas|ocmw)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AskedBody:
    """A number that answers for an organisation: `key` is the listing's whose number it is."""

    key: str
    name: Bilingual
    number: str
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class BodiesToAsk:
    """Who can be asked: by the id of an organisation, best first; and the two that know of what others run."""

    of_organization: Mapping[int, Sequence[AskedBody]]
    commune: AskedBody | None
    cpas: AskedBody | None


def is_asked_about(service: AnyFacts) -> bool:
    """Does one call about it? A tool or a programme of a plan needs no call, nor what does not exist; nor does
    anybody call 112 to ask what it costs."""
    exists = service.state is ServiceState.EXISTING
    return exists and service.kind in ASKED_FOR and not service.is_emergency_number


def whom_to_ask(service: AnyFacts, bodies: BodiesToAsk) -> AskedBody | None:
    """Whom one asks about a listing without a number; None when it has one, or when nothing is to be asked.

    The number of a sensitive listing stands on pages of sensitive listings only.
    """
    if service.phones or not is_asked_about(service):
        return None
    for body in bodies.of_organization.get(service.organization_id or 0, ()):
        if not body.sensitive or service.is_sensitive:
            return body
    return (bodies.commune if _is_run_by_commune(service) else None) or bodies.cpas


def _is_run_by_commune(service: AnyFacts) -> bool:
    """Of the two public bodies that its operator may name, is the commune named first?"""
    named = _PUBLIC_BODY.search(service.operator.localized("fr").words)
    return bool(named and named[1])


def bodies_to_ask(session: Session, every: Catalogue | None = None) -> BodiesToAsk:
    """The bodies with a number that strangers may call. What is called in a crisis is asked nothing else.

    `every`: all public listings in short, for whoever has them already.
    """
    if every is None:
        every = read_catalogue(session)
    organizations = session.execute(
        select(Organization.id, Organization.key, Organization.name, Organization.parent_organization_id)
    ).all()
    names = {one.id: one.name for one in organizations}
    return BodiesToAsk(
        _OfOrganizations({one.id: one for one in organizations}, every, names),
        _body(every.listings.get(COMMUNE), names),
        _body(every.listings.get(PERSON_TO_CALL), names),
    )


class _OfOrganizations(Mapping[int, Sequence[AskedBody]]):
    """The bodies of each organisation, its own before those of the one it is part of; found out when asked for."""

    def __init__(
        self, organizations: Mapping[int, Any], every: Catalogue, names: Mapping[int, Bilingual]
    ) -> None:
        self._organizations, self._every, self._names = organizations, every, names

    def __getitem__(self, organization_id: int) -> Sequence[AskedBody]:
        organization = self._organizations[organization_id]
        return [*self._own(organization_id), *self._own(organization.parent_organization_id)]

    def __iter__(self) -> Iterator[int]:
        return iter(self._organizations)

    def __len__(self) -> int:
        return len(self._organizations)

    def _own(self, organization_id: int | None) -> list[AskedBody]:
        if organization_id is None or organization_id not in self._organizations:
            return []
        first = (self._organizations[organization_id].key, PERSON_TO_CALL)
        running = self._every.of_organization.get(organization_id, ())
        asked = (one for one in running if one.key == PERSON_TO_CALL or not one.is_called)
        found = (
            _body(one, self._names) for one in sorted(asked, key=lambda one: (one.key not in first, one.key))
        )
        return [body for body in found if body is not None]


def _body(listing: ListingFacts | None, names: Mapping[int, Bilingual]) -> AskedBody | None:
    """Named as its organisation is, as its listing where it has none; None for what has no number or no door."""
    if (
        listing is None
        or listing.kind is not ServiceKind.SERVICE
        or listing.state is not ServiceState.EXISTING
    ):
        return None
    called = listing.first_phone
    if called is None:
        return None
    name = names.get(listing.organization_id or 0, listing.name)
    return AskedBody(listing.key, name, called.number, listing.is_sensitive)


def ask_words(body: AskedBody, lang: Language) -> str:
    """What its button says before the number: 'Demander au CPAS'."""
    _ = sentences(lang)
    if body.key == PERSON_TO_CALL:
        return _("Demander au CPAS")
    if body.key == COMMUNE:
        return _("Demander à la commune")
    return _("Appeler %(name)s", name=body.name.localized(lang).words)


def ask_sentence(body: AskedBody, lang: Language) -> str:
    """The advice that a number follows: 'Demandez au CPAS :'."""
    _ = sentences(lang)
    if body.key == PERSON_TO_CALL:
        return _("Demandez au CPAS :")
    if body.key == COMMUNE:
        return _("Demandez à la commune :")
    return _("Appelez %(name)s :", name=body.name.localized(lang).words)
