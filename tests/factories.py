"""The smallest valid objects of the model; a test states only what matters to it. Nothing is saved here."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import count
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from guide.directory.timetable import Timetable
from guide.languages import Bilingual
from guide.model import (
    Action,
    Attribute,
    Citation,
    Closure,
    Fulfilment,
    FulfilmentBasis,
    FulfilmentRole,
    FulfilmentState,
    Holidays,
    NumberStatus,
    Organization,
    OrganizationKind,
    Phone,
    Plan,
    Precision,
    Publication,
    Schedule,
    ScheduleKind,
    Selection,
    SelectionEntry,
    SelectionKind,
    Service,
    ServiceAtLocation,
    ServiceKind,
    ServiceState,
    SourceDocument,
    StoredListing,
    TaxonomyTerm,
    TermRank,
    TextStatus,
    Theme,
    Visibility,
    YesNo,
)

_numbers = count(1)

_CHOICES = {
    "publication": Publication,
    "visibility": Visibility,
    "free": YesNo,
    "wheelchair": YesNo,
    "service_expected": YesNo,
    "text_status": TextStatus,
}
"""What a test may give as plain words: `action(text_status="missing")` is as the database gives it back."""

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR")
EVERY_DAY = (*WEEKDAYS, "SA", "SU")


def both(words: str) -> Bilingual:
    """A text that tells its side: 'soupe' in French is 'soupe nl' in Dutch."""
    return Bilingual(words, f"{words} nl")


def source(date: str | None = "2026-10-01", **values: Any) -> SourceDocument:
    """A document read last month; `date=None` is an undated one."""
    number = next(_numbers)
    return SourceDocument(
        **{"key": f"source-{number}", "kind": "official", "title": both("source"), "date": date} | values
    )


def organization(**values: Any) -> Organization:
    number = next(_numbers)
    defaults = {
        "key": f"organization-{number}",
        "kind": OrganizationKind.UNKNOWN,
        "name": both(f"organisation {number}"),
        "alternate_names": {},
    }
    return Organization(**defaults | values)


def service(**values: Any) -> Service:
    """An existing, published, public service that nobody has confirmed yet."""
    number = next(_numbers)
    made = Service(
        **{
            "key": f"service-{number}",
            "short_code": f"c{number:04d}",
            "kind": ServiceKind.SERVICE,
            "state": ServiceState.EXISTING,
            "name": both(f"maison {number}"),
            "summary": both("une aide"),
            "alternate_names": {},
            "required_documents": {},
            "access_modes": [],
            "languages": [],
            "publication": Publication.PUBLISHED,
            "visibility": Visibility.PUBLIC,
            "review_interval_months": 6,
        }
        | values
    )
    made.kind, made.state = ServiceKind(made.kind), ServiceState(made.state)
    return _as_stored(made)


def _as_stored(made: Any) -> Any:
    for name, words in _CHOICES.items():
        given = getattr(made, name, None)
        if given is not None:
            setattr(made, name, words(given))
    return made


def slot(
    opens: str = "09:00",
    closes: str = "17:00",
    days: Sequence[str] = WEEKDAYS,
    kind: str = "visit",
    holidays: str | None = None,
    **values: Any,
) -> Schedule:
    """Nobody has said what becomes of it on public holidays, unless `holidays` says 'open' or 'closed'."""
    return Schedule(
        kind=ScheduleKind(kind),
        byday=list(days),
        opens_at=opens,
        closes_at=closes,
        holidays=Holidays(holidays) if holidays else None,
        **values,
    )


def held(slots: Sequence[Schedule], at: datetime) -> bool | None:
    """Do these slots hold this moment? None: it is a public holiday and nobody knows."""
    found = Timetable.of(slots).held_at(at.replace(tzinfo=None))
    return found.holds if found is not None else False


def open_service(*slots: Schedule, **values: Any) -> Service:
    """A service with current hours: weekdays from 9 to 17 unless slots are given."""
    return service(**{"schedules": list(slots) or [slot()], "schedule_source": source()} | values)


def closure(starts: date, ends: date, reason: Bilingual | None = None) -> Closure:
    return Closure(starts=starts, ends=ends, reason=reason or both("travaux"))


def phone(number: str = "02 422 46 11") -> Phone:
    return Phone(number=number)


def location(
    latitude: float | None = None, longitude: float | None = None, **values: Any
) -> ServiceAtLocation:
    """A place of a service, with its address."""
    return ServiceAtLocation(
        **{
            "street": both("rue de la Soupe 1"),
            "city": both("Jette"),
            "latitude": latitude,
            "longitude": longitude,
            "precision": Precision.HOUSE,
        }
        | values
    )


def need(key: str = "faim", **values: Any) -> TaxonomyTerm:
    texts = {"slug": both(key), "name": both(key), "hint": both("aide")}
    return TaxonomyTerm(**{"taxonomy": "needs", "key": key} | texts | values)


def topic(parent: TaxonomyTerm, key: str = "repas", **values: Any) -> TaxonomyTerm:
    return TaxonomyTerm(**{"taxonomy": "needs", "key": key, "name": both(key), "parent": parent} | values)


def term(taxonomy: str, key: str) -> TaxonomyTerm:
    """A public, a neighbourhood or an area."""
    return TaxonomyTerm(taxonomy=taxonomy, key=key, name=both(key))


def filed(under: TaxonomyTerm, rank: str = "primary") -> Attribute:
    return Attribute(term=under, rank=TermRank(rank))


def selection(key: str = "feuille", services: Sequence[Service] = (), **values: Any) -> Selection:
    """A ready-made sheet with these services in this order."""
    return Selection(
        **{
            "key": key,
            "kind": SelectionKind.SHEET,
            "slug": both(key),
            "title": both(f"Feuille {key}"),
            "introduction": both("Ici, vous trouvez à manger."),
            "extra": Bilingual(None, None),
            "entries": [SelectionEntry(service=each, position=place) for place, each in enumerate(services)],
        }
        | values
    )


def plan(actions: Sequence[Action] = (), **values: Any) -> Plan:
    """A plan of one theme that holds these actions."""
    number = next(_numbers)
    key = values.pop("key", f"plan-{number}")
    theme = Theme(key="logement", number=1, name=both("logement"), actions=list(actions))
    for place, held in enumerate(actions):
        held.position, held.reference = place, f"{key}/{held.key}"
    defaults = {
        "key": key,
        "title": both("plan"),
        "short_title": both("plan"),
        "starts": 2022,
        "ends": 2027,
        "source": source(),
        "themes": [theme],
    }
    return Plan(**defaults | values)


def action(**values: Any) -> Action:
    """An action whose text is held, and that no service fulfils."""
    number = next(_numbers)
    defaults = {
        "key": f"{number}",
        "reference": f"plan/{number}",
        "number": f"{number}",
        "number_status": NumberStatus.PRINTED,
        "text": both("ouvrir une maison"),
        "text_status": TextStatus.HELD,
        "fulfilments": [],
    }
    return _as_stored(Action(**defaults | values))


def fulfilment(of: Action, by: Service | None = None, **values: Any) -> Fulfilment:
    """A confirmed link from an existing service, with a quotation."""
    defaults = {
        "action": of,
        "service": by or service(),
        "position": len(of.fulfilments),
        "role": FulfilmentRole.DELIVERS,
        "basis": FulfilmentBasis.NAMED_IN_ACTION,
        "state": FulfilmentState.CONFIRMED,
        "reason": both("le plan la nomme"),
        "citations": [Citation(source=source(), quote="ouvrir une maison")],
    }
    return Fulfilment(**defaults | values)


def as_committed(session: Session) -> None:
    """What was changed in this session, which is never committed, is seen by pages: no listing is stored."""
    session.flush()
    session.execute(delete(StoredListing))
