"""The map of the services whose place is known, drawn by the server; never the only way to an address."""

from flask import Blueprint, render_template
from sqlalchemy import select

from guide.directory.finding import service_options
from guide.languages import Language
from guide.model import Location, Publication, Service, ServiceState, Visibility
from guide.publish.sketch import sketch
from guide.web.addresses import bilingual_page
from guide.web.cards import cards
from guide.web.context import session

pages = Blueprint("map", __name__)


@bilingual_page(pages, "/carte", "/kaart")
def show(lang: Language) -> str:
    """Services with a position, numbered from north to south; the list beside bears the same numbers."""
    services = (
        session()
        .scalars(
            select(Service)
            .where(
                Service.locations.any(Location.latitude.is_not(None)),
                Service.address_confidential.is_(False),
                Service.state == ServiceState.EXISTING,
                Service.publication == Publication.PUBLISHED,
                Service.visibility == Visibility.PUBLIC,
            )
            .options(*service_options())
        )
        .all()
    )
    ordered = sorted(services, key=lambda service: (-(service.locations[0].latitude or 0), service.key))
    return render_template(
        "map/show.html",
        cards=cards(ordered),
        drawing=sketch(session(), [(str(place), service) for place, service in enumerate(ordered, start=1)]),
    )
