"""Every page of the guide, area by area."""

from collections.abc import Mapping
from types import ModuleType

from flask import Blueprint, Flask

from guide.web.accounts import members, my_account, oidc, own_address, sign_in
from guide.web.desk import calendar, edit, history, listing, plan_links, unpublished
from guide.web.moderation import (
    audit_log,
    dashboard,
    duplicates,
    exports,
    protection,
    queues,
    referral_statistics,
    review,
    translations,
    unheld_referrals,
)
from guide.web.moderation import organizations as moderated_organizations
from guide.web.moderation import plans as moderated_plans
from guide.web.moderation import sheets as moderated_sheets
from guide.web.public import (
    about,
    choosing,
    confirm,
    health,
    home,
    languages,
    map,
    my_list,
    needs,
    offline,
    organizations,
    plans,
    printing,
    reports,
    rights,
    robots,
    services,
    sheets,
    short_links,
    urgent,
)
from guide.web.referrals import compose, data_subject, detail, named_lists, paper, receiver
from guide.web.ui import assets

AREAS: Mapping[str, tuple[ModuleType, ...]] = {
    "public": (
        home,
        services,
        needs,
        choosing,
        organizations,
        plans,
        urgent,
        rights,
        languages,
        map,
        my_list,
        sheets,
        offline,
        printing,
        confirm,
        reports,
        about,
        short_links,
        robots,
        health,
    ),
    "accounts": (sign_in, my_account, own_address, oidc, members),
    "desk": (listing, edit, calendar, plan_links, history, unpublished),
    "referrals": (compose, detail, paper, receiver, data_subject, named_lists),
    "moderation": (
        dashboard,
        review,
        queues,
        protection,
        duplicates,
        moderated_organizations,
        audit_log,
        exports,
        unheld_referrals,
        referral_statistics,
        moderated_plans,
        moderated_sheets,
        translations,
    ),
    "ui": (assets,),
}
"""The modules with pages, by area. An endpoint is `<area>.<module>.<view>`."""


def register_pages(app: Flask) -> None:
    """Gives the application every page of the guide."""
    for name, modules in AREAS.items():
        area = Blueprint(name, __name__)
        for module in modules:
            area.register_blueprint(module.pages)
        app.register_blueprint(area)
