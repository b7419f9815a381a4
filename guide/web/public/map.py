"""The map of the services whose place is known, drawn by the server; never the only way to an address.

What is asked for stands in the address: a need, "open now", and the part of the commune that is seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import Blueprint, render_template, url_for
from sqlalchemy import select

from guide.directory.finding import PerhapsOpen
from guide.directory.hours import Opening, OpenState, open_state
from guide.directory.listing import AnyPlace
from guide.directory.listings import service_options
from guide.languages import Language
from guide.model import (
    Location,
    Precision,
    Service,
    ServiceAtLocation,
    ServiceKind,
    ServiceState,
    TaxonomyTerm,
)
from guide.publish.ground import Ground, ground, places_of
from guide.publish.map.drawing import draw
from guide.publish.map.shapes import Drawing, Place
from guide.publish.views import STEP, View, around, fitting, read_view
from guide.web.public.filters import asked_filters
from guide.web.ui import discretion
from guide.web.ui.cards import Card, cards
from guide.web.ui.formatting import address_line, way_there
from guide.web.ui.request_context import needs, now, session
from guide.web.ui.urls import QUERY_NAMES, bilingual_page, query_string, query_value

pages = Blueprint("map", __name__)

NEAR = 2
"""The level of a view around a known point: about 800 m wide."""
VISITED = (ServiceKind.SERVICE,)
"""Kinds that have a door; a help line or a benefit is not missed on a map."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A place of the list: its card, number and address; `app` and `page` open a map, `seen` is it on the drawing.

    `approximate`: the map shows the street or the house beside it, not the door.
    """

    card: Card
    number: str
    location: AnyPlace
    app: str
    page: str
    approximate: bool
    seen: bool


@dataclass(frozen=True, slots=True)
class Move:
    """A link to another view; `way` names its arrow or sign, `url` is None at the edge."""

    way: str
    url: str | None


@bilingual_page(pages, "/carte", "/kaart")
def show(lang: Language) -> str:
    """Services with a position, numbered from north to south; the list beside bears the same numbers."""
    asked = {name: value for name, value in asked_filters(lang).items() if name in ("need", "open_now")}
    need = next((need for need in needs() if need.key == asked.get("need")), None)
    discretion.mark(need is not None and need.page_is_sensitive)
    every = _services()
    with_place = [service for service in every if _placed(service)]
    counts = {each.key: sum(_helps(service, each) for service in with_place) for each in needs()}
    wanted = [service for service in every if _helps(service, need)] if need else discretion.unasked(every)
    states = {service.key: open_state(service, now()) for service in wanted}
    open_services = [service for service in wanted if states[service.key].helps_now]
    chosen = open_services if "open_now" in asked else wanted
    placed = sorted(
        (service for service in chosen if _placed(service)),
        key=lambda service: (-_position(service)[0], _position(service)[1], service.key),
    )
    numbered = [(str(number), service) for number, service in enumerate(placed, start=1)]
    under = ground(session(), lang)
    places = places_of(numbered, lang)
    view = (read_view(query_value("view", lang)) or _view(under, places)) if under else None
    drawing = (
        draw(places, under.streets, view.box(under.whole), spots=under.spots) if under and view else None
    )
    explicit = {"view": query_value("view", lang)} if read_view(query_value("view", lang)) else {}
    return render_template(
        "public/map/show.html",
        drawing=drawing,
        stops=_stops(cards(placed), drawing),
        unplaced=cards([service for service in chosen if not _placed(service)]),
        credits=under.credits if under else (),
        need=need,
        needs=[(each, counts[each.key]) for each in needs() if counts[each.key]],
        names={name: QUERY_NAMES[name][lang] for name in ("need", "open_now", "view")},
        asked=asked,
        view=explicit.get("view", ""),
        open_count=sum(map(_placed, open_services)),
        perhaps_open=_perhaps_open([states[service.key] for service in wanted if _placed(service)]),
        open_url=_url(asked | {"open_now": "" if "open_now" in asked else "1"} | explicit, lang),
        clear_url=_url(explicit, lang),
        zoom=_zoom(view, asked, lang) if view else [],
        arrows=_arrows(view, asked, lang) if view and view.level else [],
        nearby=_nearby(under, view, asked, lang) if under and view else [],
        whole_url=_url({**asked, "view": "0"}, lang),
        is_whole=view == View(),
    )


def _perhaps_open(states: Sequence[OpenState]) -> PerhapsOpen:
    """How many of the services of the map are not said to be open for want of knowledge, and why."""
    return PerhapsOpen(
        sum(one.state is Opening.HOLIDAY for one in states),
        sum(one.state is Opening.DAY_AND_NIGHT and not one.current for one in states),
        sum(one.state is Opening.UNKNOWN for one in states),
    )


def _services() -> list[Service]:
    """What exists, is public, and has a door whose address may be known."""
    found = session().scalars(
        select(Service)
        .where(
            Service.kind.in_(VISITED)
            | Service.service_at_locations.any(
                ServiceAtLocation.location.has(Location.latitude.is_not(None))
            ),
            Service.state == ServiceState.EXISTING,
            Service.is_public,
        )
        .order_by(Service.key)
        .options(*service_options())
    )
    return [service for service in found if not service.hides_address]


def _helps(service: Service, need: TaxonomyTerm) -> bool:
    return any(filed.term.need.id == need.id for filed in service.attributes)


def _placed(service: Service) -> bool:
    return any(place.latitude is not None and place.longitude is not None for place in service.places)


def _position(service: Service) -> tuple[float, float]:
    place = next(place for place in service.places if place.latitude is not None)
    return float(place.latitude or 0), float(place.longitude or 0)


def _view(under: Ground, places: list[Place]) -> View:
    """Without a wish: as near as shows every service that is in the commune."""
    points = [(place.latitude, place.longitude) for place in places]
    return fitting(under.whole, [point for point in points if under.whole.holds(*point)])


def _stops(listed: list[Card], drawing: Drawing | None) -> list[Stop]:
    outside = (
        {(place.key, place.latitude, place.longitude) for place in drawing.outside} if drawing else set()
    )
    return [
        Stop(
            card,
            str(number),
            location,
            _app_address(location),
            way_there(location),
            location.precision is not Precision.HOUSE,
            drawing is not None
            and (card.service.key, float(location.latitude or 0), float(location.longitude or 0))
            not in outside,
        )
        for number, card in enumerate(listed, start=1)
        for location in card.service.places
        if location.latitude is not None
    ]


def _app_address(location: AnyPlace) -> str:
    """`geo:` for the map of a telephone: the door by its address, when the position is only near it."""
    words = address_line(location)
    spot = f"{location.latitude},{location.longitude}"
    return f"geo:{spot}?q={quote(words) if words else spot}"


def _url(asked: dict[str, str], lang: Language) -> str:
    return url_for("public.map.show") + query_string(asked, lang)


def _moved(view: View | None, asked: dict[str, str], lang: Language) -> str | None:
    return _url({**asked, "view": view.address}, lang) if view else None


def _zoom(view: View, asked: dict[str, str], lang: Language) -> list[Move]:
    return [
        Move("nearer", _moved(view.nearer(), asked, lang)),
        Move("wider", _moved(view.wider(), asked, lang)),
    ]


def _arrows(view: View, asked: dict[str, str], lang: Language) -> list[Move]:
    ways = {"north": (0, -STEP), "west": (-STEP, 0), "east": (STEP, 0), "south": (0, STEP)}
    return [Move(way, _moved(view.moved(*steps), asked, lang)) for way, steps in ways.items()]


def _nearby(under: Ground, view: View, asked: dict[str, str], lang: Language) -> list[dict[str, Any]]:
    """The known points as links to a view around them."""
    views = [(spot, around(under.whole, spot.latitude, spot.longitude, NEAR)) for spot in under.spots]
    return [{"spot": spot, "url": _moved(there, asked, lang), "here": there == view} for spot, there in views]
