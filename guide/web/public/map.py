"""The map of the services whose place is known, drawn by the server; never the only way to an address.

What is asked for stands in the address: a need, "open now", and the part of the commune that is seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any
from urllib.parse import quote

from flask import Blueprint, render_template, request, url_for

from guide.directory.catalogue import OpenNow, documents
from guide.directory.finding import PerhapsOpen
from guide.directory.listing import AnyPlace, ListingFacts
from guide.languages import Language
from guide.model import Precision, ServiceKind, ServiceState, TaxonomyTerm
from guide.publish.ground import Ground, ground, places_of
from guide.publish.map.drawing import draw
from guide.publish.map.marks import counts_of
from guide.publish.map.shapes import SIZE, Drawing, LatLon, Mark, Paper, Place
from guide.publish.views import LEVELS, STEP, Box, View, around, fitting, read_view
from guide.web.public.filters import asked_filters
from guide.web.ui import discretion
from guide.web.ui.cards import Card, cards
from guide.web.ui.formatting import address_line, way_there
from guide.web.ui.kept_pages import is_known_address
from guide.web.ui.paging import PAGE_SIZE, page_of
from guide.web.ui.request_context import catalogue, listings, needs, open_now, per_revision, session
from guide.web.ui.urls import QUERY_NAMES, bilingual_page, query_string, query_value

pages = Blueprint("map", __name__)

NEAR = 2
"""The level of a view around a known point: about 800 m wide."""
MOST_LISTED = 50
"""So many stand on one page of the list, with a number each on the drawing."""
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
    """Services with a position, numbered from north to south; the list beside bears the same numbers.

    Of more than `MOST_LISTED` those in view are listed, page by page, and the drawing counts them by the squares of
    a grid, each a link to a nearer view.
    """
    asked = asked_filters(lang, of=("need", "open_now"))
    need = next((need for need in needs() if need.key == asked.get("need")), None)
    wish = read_view(query_value("view", lang))
    query_value("page", lang)  # read by `_content`, which is not asked where the page is kept
    every = _on_map(need)
    discretion.mark(every.is_sensitive or (need is not None and need.page_is_sensitive))
    return render_template(
        "public/map/show.html",
        main_part=("map", request.full_path) if is_known_address() else None,
        content=cache(lambda: _content(every, need, asked, wish, lang)),
        need=need,
    )


def _content(
    every: "OnMap", need: TaxonomyTerm | None, asked: dict[str, str], wish: View | None, lang: Language
) -> dict[str, Any]:
    """What stands on the page: the drawing, the list beside it, and the links to other views."""
    opened = open_now()
    open_placed = [one for one in every.placed if f"service:{one.key}" in opened.open]
    placed, unplaced = every.placed, every.unplaced
    if "open_now" in asked:
        placed = open_placed
        unplaced = [one for one in unplaced if f"service:{one.key}" in opened.open]
    under = _ground(lang)
    many = len(placed) > MOST_LISTED
    view = (wish or (View() if many else _view(under, places_of(_numbered(placed), lang)))) if under else None
    if many and under and view:
        placed = _in_view(placed, every.points, view.box(under.whole))
    page = page_of(_numbered(placed), lang, PAGE_SIZE if len(placed) > MOST_LISTED else MOST_LISTED)
    drawing, groups = None, []
    if under and view and page.pages == 1:
        drawing = _draw(under, view, places_of(page.items, lang))
    elif under and view:
        groups = _groups(under, view, [point for one in placed for point in every.points[one.key]])
        drawing = _draw(under, view, [], [group for group, _there in groups])
    explicit = {"view": wish.address} if wish else {}
    here = asked | explicit
    return {
        "drawing": drawing,
        "groups": [(group, _moved(there, asked, lang)) for group, there in groups],
        "count": len(placed),
        "stops": _stops(page.items, drawing if not groups else None),
        "page": page,
        "page_url": lambda number: _url(here | {"page": str(number) if number > 1 else ""}, lang),
        "unplaced": cards(listings(unplaced[:MOST_LISTED])),
        "more_unplaced": max(0, len(unplaced) - MOST_LISTED),
        "credits": under.credits if under else (),
        "needs": [(each, counted) for each in needs() if (counted := _placed_by_need().get(each.key))],
        "names": {name: QUERY_NAMES[name][lang] for name in ("need", "open_now", "view")},
        "asked": asked,
        "view": explicit.get("view", ""),
        "open_count": len(open_placed),
        "perhaps_open": _perhaps_open(every.placed, opened),
        "open_url": _url(asked | {"open_now": "" if "open_now" in asked else "1"} | explicit, lang),
        "clear_url": _url(explicit, lang),
        "zoom": _zoom(view, asked, lang) if view else [],
        "arrows": _arrows(view, asked, lang) if view and view.level else [],
        "nearby": _nearby(under, view, asked, lang) if under and view else [],
        "whole_url": _url({**asked, "view": "0"}, lang),
        "is_whole": view == View(),
    }


def _perhaps_open(placed: Sequence[ListingFacts], opened: OpenNow) -> PerhapsOpen:
    """How many of the services of the map are not said to be open for want of knowledge, and why."""
    shown = documents(placed)
    return PerhapsOpen(
        len(opened.holiday & shown), len(opened.unverified & shown), len(opened.unknown & shown)
    )


@dataclass(frozen=True)
class OnMap:
    """What exists, has a door and may tell its address: from north to south, and by key where nobody knows where."""

    placed: Sequence[ListingFacts]
    unplaced: Sequence[ListingFacts]

    @cached_property
    def is_sensitive(self) -> bool:
        """Is one of them?"""
        return any(one.is_sensitive for one in (*self.placed, *self.unplaced))

    @cached_property
    def points(self) -> Mapping[str, Sequence[LatLon]]:
        """Where each that is placed is, by key: latitude and longitude in WGS84 degrees."""
        return {one.key: _points(one) for one in self.placed}


def _on_map(need: TaxonomyTerm | None) -> OnMap:
    """What helps with a need; of everything, what may be shown to whoever asked for nothing."""
    key = need.key if need is not None else ""
    every = catalogue()

    def found() -> OnMap:
        of = every.of_need.get(key, ()) if key else discretion.unasked(list(every.listings.values()))
        shown = [one for one in of if _belongs(one)]
        placed = sorted((one for one in shown if _is_placed(one)), key=_from_north)
        return OnMap(placed, [one for one in shown if not _is_placed(one)])

    return every.once(("on the map", key), found)


def _placed_by_need() -> Mapping[str, int]:
    """How many services with a place help with each need, the sensitive ones too."""
    every = catalogue()
    return every.once(
        "placed by need",
        lambda: {
            key: sum(_belongs(one) and _is_placed(one) for one in of) for key, of in every.of_need.items()
        },
    )


def _belongs(service: ListingFacts) -> bool:
    exists = service.state is ServiceState.EXISTING and not service.hides_address
    return exists and (service.kind in VISITED or _is_placed(service))


def _is_placed(service: ListingFacts) -> bool:
    return bool(_points(service))


def _from_north(service: ListingFacts) -> tuple[float, float, str]:
    latitude, longitude = _points(service)[0]
    return -latitude, longitude, service.key


def _in_view(
    placed: Sequence[ListingFacts], points: Mapping[str, Sequence[LatLon]], box: Box
) -> list[ListingFacts]:
    return [one for one in placed if any(box.holds(*point) for point in points[one.key])]


def _points(service: ListingFacts) -> list[tuple[float, float]]:
    return [
        (place.latitude, place.longitude)
        for place in service.places
        if place.latitude is not None and place.longitude is not None
    ]


def _numbered(placed: Sequence[ListingFacts]) -> list[tuple[str, ListingFacts]]:
    return [(str(number), service) for number, service in enumerate(placed, start=1)]


def _ground(lang: Language) -> Ground | None:
    return per_revision(f"ground {lang}", lambda: ground(session(), lang))


def _draw(under: Ground, view: View, places: list[Place], marks: Sequence[Mark] = ()) -> Drawing:
    return draw(places, under.streets, view.box(under.whole), spots=under.spots, marks=marks)


def _groups(under: Ground, view: View, points: Sequence[LatLon]) -> list[tuple[Mark, View | None]]:
    """How many are in each square of the view, each with a nearer view of it; None at the nearest."""
    counted = counts_of(points, Paper(view.box(under.whole), SIZE))
    nearer = view.level + 1
    return [
        (mark, around(under.whole, *middle, nearer) if nearer <= LEVELS else None) for mark, middle in counted
    ]


def _view(under: Ground, places: list[Place]) -> View:
    """Without a wish: as near as shows every service that is in the commune."""
    points = [(place.latitude, place.longitude) for place in places]
    return fitting(under.whole, [point for point in points if under.whole.holds(*point)])


def _stops(numbered: Sequence[tuple[str, ListingFacts]], drawing: Drawing | None) -> list[Stop]:
    """The list of these services, place by place; `drawing`: the one that shows each of them, if any does."""
    outside = (
        {(place.key, place.latitude, place.longitude) for place in drawing.outside} if drawing else set()
    )
    numbers = {service.key: number for number, service in numbered}
    return [
        Stop(
            shown,
            numbers[shown.service.key],
            location,
            _app_address(location),
            way_there(location),
            location.precision is not Precision.HOUSE,
            (shown.service.key, location.latitude, location.longitude) not in outside,
        )
        for shown in cards(listings(service for _number, service in numbered))
        for location in shown.service.places
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
