"""Who may do what: one line an endpoint and method. The application does not start when one has none.

What an account may see of a thing (this listing, that draft) is asked of the field packages, which answer
"not found"; this table says who may ask at all.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from flask import Flask

from guide.model import Role
from guide.settings import SettingError


class Access(StrEnum):
    """PUBLIC: looking. ANONYMOUS: a form that anybody may send. The others need somebody signed in."""

    PUBLIC = "public"
    ANONYMOUS = "anonymous"
    SIGNED_IN = "signed_in"
    EDITOR = "editor"
    WORKER = "worker"
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"


ROLES: Mapping[Access, frozenset[Role]] = {
    Access.SIGNED_IN: frozenset(Role),
    Access.EDITOR: frozenset({Role.EDITOR, Role.COORDINATOR, Role.ADMINISTRATOR}),
    Access.WORKER: frozenset({Role.SOCIAL_WORKER}),
    Access.COORDINATOR: frozenset({Role.COORDINATOR, Role.ADMINISTRATOR}),
    Access.ADMINISTRATOR: frozenset({Role.ADMINISTRATOR}),
}
"""Which roles an access lets in."""


def _look(*endpoints: str) -> dict[str, dict[str, Access]]:
    return {endpoint: {"GET": Access.PUBLIC} for endpoint in endpoints}


def _desk(access: Access, *endpoints: str) -> dict[str, dict[str, Access]]:
    """Pages with a form: who may look may send."""
    return {endpoint: {"GET": access, "POST": access} for endpoint in endpoints}


def _look_at(access: Access, *endpoints: str) -> dict[str, dict[str, Access]]:
    return {endpoint: {"GET": access} for endpoint in endpoints}


def _do(access: Access, *endpoints: str) -> dict[str, dict[str, Access]]:
    """Buttons: nothing to look at."""
    return {endpoint: {"POST": access} for endpoint in endpoints}


def _form(*endpoints: str) -> dict[str, dict[str, Access]]:
    """Forms that anybody may open and send."""
    return {endpoint: {"GET": Access.PUBLIC, "POST": Access.ANONYMOUS} for endpoint in endpoints}


POLICY: Mapping[str, Mapping[str, Access]] = {
    # The guide itself
    **_look("public.home.door", "public.home.index"),
    **_look(
        "public.services.results",
        "public.services.service",
        "public.services.benefit",
        "public.services.project",
    ),
    **_look("public.services.suggestions", "public.needs.show", "public.organizations.show"),
    **_look("public.choosing.ask", "public.sheets.index", "public.sheets.show"),
    **_look(
        "public.plans.index",
        "public.plans.show",
        "public.plans.action",
        "public.plans.picture",
        "public.plans.report",
        "public.plans.table",
    ),
    **_look("public.urgent.show", "public.rights.show", "public.languages.show", "public.map.show"),
    **_look("public.my_list.show", "public.my_list.print_sheet"),
    **_look(
        "public.printing.index",
        "public.printing.booklet",
        "public.printing.sheet",
        "public.printing.selection",
    ),
    # The list is a cookie of the visitor's own: its buttons need no token, only that the request is ours.
    **_do(Access.PUBLIC, "public.my_list.change"),
    **_look(
        "public.about.about",
        "public.about.help_page",
        "public.about.accessibility",
        "public.about.privacy",
        "public.about.open_data",
    ),
    **_look(
        "public.short_links.follow",
        "public.robots.robots",
        "public.robots.sitemap",
        "public.robots.further",
        "ui.assets.show",
        "ui.assets.favicon",
    ),
    **_look("public.health.alive", "public.health.ready"),
    # Without a network. The choice of a shared telephone is a cookie of the visitor's own, like the list.
    **_look(
        "public.offline.keep",
        "public.offline.search",
        "public.offline.nothing",
        "public.offline.data",
        "public.offline.manifest",
    ),
    **_look("public.offline.worker"),
    **_do(Access.PUBLIC, "public.offline.shared"),
    # Coming in
    **_form(
        "accounts.sign_in.sign_in",
        "accounts.sign_in.ask_link",
        "accounts.sign_in.forgotten",
        "accounts.sign_in.follow_link",
    ),
    **_form("accounts.sign_in.code"),
    **_look("accounts.oidc.start", "accounts.oidc.back"),
    **_do(Access.SIGNED_IN, "accounts.sign_in.sign_out"),
    **_desk(
        Access.SIGNED_IN,
        "accounts.my_account.mine",
        "accounts.my_account.change_password",
        "accounts.my_account.one_time_codes",
    ),
    **_desk(Access.SIGNED_IN, "accounts.my_account.devices", "accounts.own_address.change"),
    # Confirming a listing from a mail, and reporting an error, without an account
    **_form("public.confirm.show", "public.confirm.ask", "public.reports.new"),
    **_look("public.confirm.thanks", "public.confirm.asked", "public.reports.thanks"),
    **_do(Access.EDITOR, "public.reports.close"),
    # The fiche-relais on paper: a form that stores nothing, open to anybody who works with people
    **_form("referrals.paper.new"),
    # A social worker's lists: each is of one account, another's is not found
    **_desk(Access.WORKER, "referrals.named_lists.index", "referrals.named_lists.show"),
    # The association's desk
    **_look_at(
        Access.EDITOR,
        "desk.listing.index",
        "desk.listing.listing",
        "desk.listing.look",
        "desk.history.history",
        "desk.history.compare",
    ),
    **_desk(
        Access.EDITOR,
        "desk.listing.begin",
        "desk.calendar.calendar",
        "desk.edit.part",
        "desk.listing.remove",
        "desk.unpublished.kept_text",
    ),
    **_do(
        Access.EDITOR,
        "desk.listing.confirm",
        "desk.listing.send",
        "desk.listing.withdraw",
        "desk.listing.ask_back",
        "desk.plan_links.withdraw_link",
    ),
    **_do(Access.COORDINATOR, "desk.history.restore"),
    # The fiche-relais, for whoever sends it and for the receiver with an account
    **_look_at(Access.WORKER, "referrals.detail.index", "referrals.detail.show"),
    **_desk(
        Access.WORKER,
        "referrals.compose.new",
        "referrals.detail.table",
        "referrals.detail.renew",
        "referrals.detail.withdraw",
    ),
    **_desk(Access.WORKER, "referrals.detail.accept", "referrals.detail.decline"),
    **_do(
        Access.WORKER,
        "referrals.detail.read",
        "referrals.detail.open_person",
        "referrals.detail.sheet",
        "referrals.detail.copy",
        "referrals.detail.study",
    ),
    **_do(
        Access.WORKER,
        "referrals.detail.close",
        "referrals.detail.drop",
        "referrals.detail.contact",
        "referrals.detail.announce",
    ),
    # The coordinator's desk
    **_look_at(
        Access.COORDINATOR,
        "moderation.dashboard.index",
        "moderation.review.proposals_list",
        "moderation.duplicates.duplicates",
    ),
    **_look_at(
        Access.COORDINATOR,
        "moderation.audit_log.journal",
        "moderation.queues.searches",
        "moderation.exports.table",
    ),
    # Of a fiche-relais that nobody holds she sees that it waits, and nothing of what it says.
    **_look_at(Access.COORDINATOR, "moderation.unheld_referrals.referrals"),
    **_desk(
        Access.COORDINATOR,
        "moderation.review.proposal",
        "moderation.review.live",
        "moderation.queues.listings_list",
    ),
    **_desk(
        Access.COORDINATOR,
        "moderation.queues.reports_list",
        "moderation.queues.links",
        "moderation.queues.mails",
    ),
    **_desk(
        Access.COORDINATOR,
        "moderation.organizations.organizations_list",
        "moderation.organizations.organization",
    ),
    **_desk(Access.COORDINATOR, "moderation.duplicates.merge", "moderation.protection.protect"),
    **_do(Access.COORDINATOR, "moderation.duplicates.separate"),
    **_look_at(
        Access.COORDINATOR, "moderation.plans.index", "moderation.plans.plan", "moderation.sheets.index"
    ),
    **_desk(Access.COORDINATOR, "moderation.sheets.sheet"),
    **_desk(
        Access.COORDINATOR, "moderation.plans.action", "moderation.plans.lineage", "moderation.plans.new"
    ),
    **_look_at(
        Access.COORDINATOR,
        "moderation.translations.overview",
        "moderation.translations.index",
        "moderation.translations.po",
    ),
    **_desk(Access.COORDINATOR, "moderation.translations.text", "moderation.translations.upload"),
    # Answering a fiche-relais from a mail, the person's own page of it, and the figures of all
    **_form(
        "referrals.receiver.show",
        "referrals.receiver.visit",
        "referrals.receiver.accept",
        "referrals.receiver.decline",
    ),
    **_form("referrals.receiver.close", "referrals.data_subject.agreement"),
    **_do(Access.ANONYMOUS, "referrals.receiver.study", "referrals.receiver.leave"),
    **_look("referrals.data_subject.your_data"),
    **_look_at(
        Access.COORDINATOR, "moderation.referral_statistics.show", "moderation.referral_statistics.table"
    ),
    # Who works here
    **_look_at(Access.COORDINATOR, "accounts.members.index"),
    **_desk(Access.COORDINATOR, "accounts.members.invite", "accounts.members.address"),
    **_do(Access.COORDINATOR, "accounts.members.change"),
}


LARGEST = 1024 * 1024
"""No request has a body of more bytes: it is refused before it is read (`guide.server`, `access_control`)."""

TOO_LARGE = "guide.too_large"
"""Under this name the server says in the WSGI environment that it refused the body."""

LARGE: Mapping[str, int] = {
    "moderation.translations.upload": LARGEST,
    "moderation.plans.new": LARGEST,
    "desk.edit.part": 256 * 1024,
    "desk.calendar.calendar": 256 * 1024,
    # Whoever signs in again brings along what she had typed, signed (`unsaved_input.LONGEST_KEPT`).
    "accounts.sign_in.sign_in": LARGEST,
    "accounts.sign_in.code": LARGEST,
}
"""Endpoints that take a file or long texts: how many bytes a request may have. All others take 64 KiB."""


KEPT = frozenset(
    {
        *("public.home.index", "public.urgent.show", "public.rights.show", "public.languages.show"),
        *("public.services.results", "public.services.service"),
        *("public.services.benefit", "public.services.project"),
        *("public.needs.show", "public.choosing.ask", "public.organizations.show", "public.map.show"),
        *("public.sheets.index", "public.sheets.show"),
        *("public.plans.index", "public.plans.show", "public.plans.action"),
        *("public.plans.picture", "public.plans.report"),
        *("public.about.about", "public.about.help_page", "public.about.accessibility"),
        *("public.about.privacy", "public.about.open_data"),
        *("public.offline.keep", "public.offline.search", "public.offline.nothing"),
        *("public.offline.data", "public.offline.manifest"),
        *("public.robots.sitemap", "public.robots.further"),
    }
)
"""Pages that may be kept as bytes and given to any visitor without cookies (`guide.web.ui.kept_pages`). Each says
itself until when it holds, where it tells of this hour, and what on it is somebody's own."""

MOST_STATEMENTS = 6
"""So often a public page asks the database at most, when it is made anew."""


def access_for(endpoint: str, method: str) -> Access:
    """What this request needs. KeyError cannot happen after `require_complete`."""
    rules = POLICY[endpoint]
    if method in ("HEAD", "OPTIONS"):
        # OPTIONS of a button, which has no GET, tells its methods to whom may press it.
        return rules.get("GET") or next(iter(rules.values()))
    return rules[method]


def require_complete(app: Flask) -> None:
    """Raises SettingError, naming every route and method without a line in POLICY and every line without a route."""
    asked = {
        (rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    declared = {(endpoint, method) for endpoint, methods in POLICY.items() for method in methods}
    missing = [f"{e} {m} has no line in the policy" for e, m in sorted(asked - declared)]
    missing += _stale(sorted(declared - asked))
    if missing:
        raise SettingError(
            f"The access policy (guide/web/security/policy.py) is not complete: {'; '.join(missing)}."
        )


def _stale(lines: Iterable[tuple[str, str]]) -> list[str]:
    return [f"{endpoint} {method} is in the policy but is no route" for endpoint, method in lines]
