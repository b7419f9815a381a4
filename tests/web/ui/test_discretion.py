"""What makes a page sensitive is asked for once a page, however many listings it names."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from flask import Flask, g
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.database import writing
from guide.directory.listings import store_missing
from guide.languages import Bilingual
from guide.model import Action, Fulfilment, Organization, TaxonomyTerm
from guide.web.ui import discretion
from tests import factories
from tests.queries import counted


def with_listings(session: Session, action: Action, many: int) -> None:
    """Listings filed under a need, behind an action, of an organisation and of those below it."""
    faim = session.scalars(select(TaxonomyTerm).where(TaxonomyTerm.key == "faim")).one()
    organization = session.scalars(select(Organization).where(Organization.key == "caba-jette")).one()
    with session.no_autoflush:
        for number in range(many):
            name = Bilingual(f"De plus {number}", f"Extra {number}")
            below = factories.organization(
                key=f"de-plus-{number}", name=name, parent_organization=organization
            )
            made = factories.open_service(
                key=f"de-plus-{number}",
                short_code=f"plus{number}",
                name=name,
                organization=below if number % 2 else organization,
                accepts_relay=True,
                relay_email="accueil@plus.example",
                attributes=[factories.filed(faim)],
                phones=[factories.phone("02 555 07 08")],
                service_at_locations=[factories.location(Decimal("50.8788"), Decimal("4.3266"))],
            )
            session.add(made)
            session.add(factories.fulfilment(action, made))
    session.commit()
    store_missing(session)
    session.commit()


def test_no_page_asks_about_each_listing_that_it_names(
    make_app: Callable[..., Flask], instance: Path
) -> None:
    app = make_app(instance)
    engine = app.extensions["guide"].engine
    client = app.test_client()
    with Session(writing(engine)) as session:
        action = session.scalars(select(Action).where(Action.id.in_(select(Fulfilment.action_id)))).first()
        assert action is not None
        plan = action.theme.plan.key
        with_places = [
            *("/fr/", "/fr/besoins/faim", "/fr/carte", "/fr/carte?besoin=faim", "/fr/organismes/caba-jette"),
            *(f"/fr/plans/{plan}/{page}" for page in ("couverture", "couverture.csv", "rapport", action.key)),
            "/fr/relais/papier",
        ]

        def asked() -> dict[str, int]:
            found = {}
            for address in with_places:
                assert client.get(address).status_code == 200  # what is asked once a change is asked here
                with counted(engine) as queries:
                    client.get(address)
                found[address] = len(queries)
            return found

        before = asked()
        with_listings(session, action, 6)
        assert asked() == before


def test_a_page_once_sensitive_stays_so(app: Flask) -> None:
    refuge, kitchen = factories.service(sensitive=True), factories.service()
    with app.test_request_context("/fr/"):
        discretion.show([kitchen])
        assert not g.sensitive
        discretion.show([kitchen, refuge])
        discretion.show([kitchen])
        assert g.sensitive
    assert discretion.unasked([refuge, kitchen]) == [kitchen]
