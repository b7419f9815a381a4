"""Who may do what: one line an endpoint and method. The application does not start when one has none.

What an account may see of a thing (this listing, that draft) is asked of the field packages, which answer
"not found"; this table says who may ask at all.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from flask import Flask

from guide.model import Role
from guide.settings import WrongSetting


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
    **_look("home.door", "home.index"),
    **_look("services.results", "services.service", "services.benefit", "services.project"),
    **_look("services.suggestions", "needs.show", "organisations.show"),
    **_look("choosing.ask", "sheets.index", "sheets.show"),
    **_look("plans.index", "plans.show", "plans.action", "plans.picture", "plans.report", "plans.table"),
    **_look("urgent.show", "rights.show", "languages.show", "map.show"),
    **_look("my_list.show", "my_list.print_sheet"),
    **_look("printing.index", "printing.booklet", "printing.sheet", "printing.selection"),
    # The list is a cookie of the visitor's own: its buttons need no token, only that the request is ours.
    **_do(Access.PUBLIC, "my_list.change"),
    **_look("about.about", "about.help_page", "about.accessibility", "about.privacy", "about.open_data"),
    **_look("short_links.follow", "robots.robots", "robots.sitemap", "assets.show", "assets.favicon"),
    **_look("health.alive", "health.ready"),
    # Without a network. The choice of a shared telephone is a cookie of the visitor's own, like the list.
    **_look("offline.keep", "offline.search", "offline.nothing", "offline.data", "offline.manifest"),
    **_look("offline.worker"),
    **_do(Access.PUBLIC, "offline.shared"),
    # Coming in
    **_form("accounts.sign_in", "accounts.ask_link", "accounts.forgotten", "accounts.follow_link"),
    **_form("accounts.code"),
    **_look("oidc.start", "oidc.back"),
    **_do(Access.SIGNED_IN, "accounts.sign_out"),
    **_desk(Access.SIGNED_IN, "accounts.mine", "accounts.change_password", "accounts.one_time_codes"),
    **_desk(Access.SIGNED_IN, "accounts.devices", "own_address.change"),
    # Confirming a listing from a mail, and reporting an error, without an account
    **_form("confirm.show", "confirm.ask", "reports.new"),
    **_look("confirm.thanks", "confirm.asked", "reports.thanks"),
    **_do(Access.EDITOR, "reports.close"),
    # The fiche-relais on paper: a form that stores nothing, open to anybody who works with people
    **_form("relay_paper.new"),
    # A social worker's lists: each is of one account, another's is not found
    **_desk(Access.WORKER, "named_lists.index", "named_lists.show"),
    # The association's desk
    **_look_at(Access.EDITOR, "desk.index", "desk.listing", "desk.look", "desk.history", "desk.compare"),
    **_desk(Access.EDITOR, "desk.begin", "desk.part", "desk.remove", "desk.kept_text"),
    **_do(Access.EDITOR, "desk.confirm", "desk.send", "desk.withdraw", "desk.ask_back", "desk.withdraw_link"),
    **_do(Access.COORDINATOR, "desk.restore"),
    # The fiche-relais, for whoever sends it and for the receiver with an account
    **_look_at(Access.WORKER, "relay.index", "relay.show"),
    **_desk(Access.WORKER, "relay.new", "relay.table", "relay.renew", "relay.withdraw"),
    **_desk(Access.WORKER, "relay.accept", "relay.decline"),
    **_do(Access.WORKER, "relay.read", "relay.open_person", "relay.sheet", "relay.copy", "relay.study"),
    **_do(Access.WORKER, "relay.close", "relay.drop", "relay.contact", "relay.announce"),
    # The coordinator's desk
    **_look_at(Access.COORDINATOR, "moderation.index", "moderation.proposals_list", "moderation.duplicates"),
    **_look_at(Access.COORDINATOR, "moderation.journal", "moderation.searches", "moderation.table"),
    # Of a fiche-relais that nobody holds she sees that it waits, and nothing of what it says.
    **_look_at(Access.COORDINATOR, "moderation.referrals"),
    **_desk(Access.COORDINATOR, "moderation.proposal", "moderation.live", "moderation.listings_list"),
    **_desk(Access.COORDINATOR, "moderation.reports_list", "moderation.links", "moderation.mails"),
    **_desk(Access.COORDINATOR, "moderation.organizations_list", "moderation.organization"),
    **_desk(Access.COORDINATOR, "moderation.merge", "moderation.protect"),
    **_do(Access.COORDINATOR, "moderation.separate"),
    **_look_at(Access.COORDINATOR, "plan_desk.index", "plan_desk.plan", "sheet_desk.index"),
    **_desk(Access.COORDINATOR, "sheet_desk.sheet"),
    **_desk(Access.COORDINATOR, "plan_desk.action", "plan_desk.lineage", "plan_desk.new"),
    **_look_at(Access.COORDINATOR, "translations.overview", "translations.index", "translations.po"),
    **_desk(Access.COORDINATOR, "translations.text", "translations.upload"),
    # Answering a fiche-relais from a mail, the person's own page of it, and the figures of all
    **_form("relay_answer.show", "relay_answer.visit", "relay_answer.accept", "relay_answer.decline"),
    **_form("relay_answer.close", "relay_person.agreement"),
    **_do(Access.ANONYMOUS, "relay_answer.study", "relay_answer.leave"),
    **_look("relay_person.your_data"),
    **_look_at(Access.COORDINATOR, "relay_figures.show", "relay_figures.table"),
    # Who works here
    **_look_at(Access.COORDINATOR, "people.index"),
    **_desk(Access.COORDINATOR, "people.invite", "people.address"),
    **_do(Access.COORDINATOR, "people.change"),
}


LARGEST = 1024 * 1024
"""No request has a body of more bytes: it is refused before it is read (`guide.server`, `guard`)."""

TOO_LARGE = "guide.too_large"
"""Under this name the server says in the WSGI environment that it refused the body."""

LARGE: Mapping[str, int] = {
    "translations.upload": LARGEST,
    "plan_desk.new": LARGEST,
    "desk.part": 256 * 1024,
    # Whoever signs in again brings along what she had typed, signed (`typed.LONGEST_KEPT`).
    "accounts.sign_in": LARGEST,
    "accounts.code": LARGEST,
}
"""Endpoints that take a file or long texts: how many bytes a request may have. All others take 64 KiB."""


def access_for(endpoint: str, method: str) -> Access:
    """What this request needs. KeyError cannot happen after `require_complete`."""
    rules = POLICY[endpoint]
    if method in ("HEAD", "OPTIONS"):
        # OPTIONS of a button, which has no GET, tells its methods to whom may press it.
        return rules.get("GET") or next(iter(rules.values()))
    return rules[method]


def require_complete(app: Flask) -> None:
    """Raises WrongSetting, naming every route and method without a line in POLICY and every line without a route."""
    asked = {
        (rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    declared = {(endpoint, method) for endpoint, methods in POLICY.items() for method in methods}
    faults = [f"{e} {m} has no line in the policy" for e, m in sorted(asked - declared)]
    faults += _stale(sorted(declared - asked))
    if faults:
        raise WrongSetting(f"The access policy (guide/web/policy.py) is not complete: {'; '.join(faults)}.")


def _stale(lines: Iterable[tuple[str, str]]) -> list[str]:
    return [f"{endpoint} {method} is in the policy but is no route" for endpoint, method in lines]
