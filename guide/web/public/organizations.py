"""The page of an organisation: who it is, and its services."""

from flask import Blueprint, abort, redirect, render_template
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response as AnyResponse

from guide.languages import Language
from guide.model import Citation, Organization, Service
from guide.web.ui import discretion
from guide.web.ui.cards import cards, service_url
from guide.web.ui.paging import address_of_page, page_of
from guide.web.ui.request_context import catalogue, listings, session
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
    page = page_of(catalogue().of_organization.get(organization.id, ()), lang)
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
    discretion.show(page.items)
    return render_template(
        "public/organizations/show.html",
        main_part=("organization", organization.key, page.number),
        organization=organization,
        own_record=record,
        own_url=service_url(record) if record and record.is_public else None,
        any_cards=bool(page.items),
        cards=lambda: cards(listings(page.items)),
        page=page,
        page_url=lambda number: address_of_page(number, lang),
        children=children,
    )
