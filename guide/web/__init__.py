"""The pages. The only place that knows Flask, requests and addresses; each blueprint is named like its templates.

A view reads its input, calls the field packages, renders one template.
"""

from flask import Flask

from guide.web import (
    about,
    accounts,
    assets,
    choosing,
    confirm,
    desk,
    health,
    home,
    languages,
    map,
    moderation,
    my_list,
    named_lists,
    needs,
    offline,
    oidc,
    organisations,
    own_address,
    people,
    plan_desk,
    plans,
    printing,
    relay,
    relay_answer,
    relay_figures,
    relay_paper,
    relay_person,
    reports,
    rights,
    robots,
    services,
    sheet_desk,
    sheets,
    short_links,
    translations,
    urgent,
)

BLUEPRINTS = (
    home.pages,
    services.pages,
    needs.pages,
    choosing.pages,
    organisations.pages,
    plans.pages,
    urgent.pages,
    rights.pages,
    languages.pages,
    map.pages,
    my_list.pages,
    named_lists.pages,
    sheets.pages,
    sheet_desk.pages,
    offline.pages,
    printing.pages,
    confirm.pages,
    reports.pages,
    relay_paper.pages,
    accounts.pages,
    own_address.pages,
    oidc.pages,
    people.pages,
    moderation.pages,
    translations.pages,
    plan_desk.pages,
    about.pages,
    short_links.pages,
    robots.pages,
    assets.pages,
    health.pages,
    desk.pages,
    relay_answer.pages,
    relay_person.pages,
    relay_figures.pages,
    relay.pages,
)


def register_pages(app: Flask) -> None:
    """Gives the application every page of the guide."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
