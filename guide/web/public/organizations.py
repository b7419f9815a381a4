"""The page of an organisation: who it is, and its services."""

from flask import Blueprint, abort, redirect, render_template
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response as AnyResponse

from guide.directory.listings import service_options
from guide.languages import Language
from guide.model import Citation, Organization, Service, ServiceState
from guide.web.ui import discretion
from guide.web.ui.cards import cards, service_url
from guide.web.ui.request_context import session
from guide.web.ui.urls import bilingual_page

pages = Blueprint("organizations", __name__)


@bilingual_page(pages, "/organismes/<key>", "/organisaties/<key>")
def show(lang: Language, key: str) -> str | AnyResponse:
    """An organisation with its services; the key of a record that is no organisation leads to its own page."""
    organization = session().scalar(
        select(Organization)
        .where(Organization.key == key)
        .options(
            joinedload(Organization.parent_organization),
            selectinload(Organization.citations).joinedload(Citation.source),
        )
    )
    record = session().scalar(select(Service).where(Service.key == key))
    if organization is None:
        if record is None:
            abort(404)
        return redirect(service_url(record), 301)
    found = (
        session()
        .scalars(
            select(Service)
            .where(
                Service.organization_id == organization.id,
                Service.is_public,
            )
            .options(*service_options())
        )
        .all()
    )
    # What does not exist never stands above what does.
    services = sorted(found, key=lambda service: (service.state is not ServiceState.EXISTING, service.key))
    children = (
        session()
        .scalars(
            select(Organization)
            .where(Organization.parent_organization_id == organization.id)
            .order_by(Organization.key)
        )
        .all()
    )
    parent = organization.parent_organization
    discretion.show_organizations([organization, *children, *([parent] if parent else [])])
    return render_template(
        "public/organizations/show.html",
        organization=organization,
        own_record=record,
        own_url=service_url(record) if record and record.is_public else None,
        cards=cards(services),
        children=children,
    )
