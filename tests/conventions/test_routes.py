"""Routes: two languages each, reachable by clicking, and none that vanishes by accident."""

from collections import defaultdict

from flask import Flask
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

from guide.web.policy import POLICY, Access
from tests.browser.kinds import PAGES
from tests.crawl import Site

BILINGUAL = {
    "about.about",
    "about.accessibility",
    "about.help_page",
    "about.open_data",
    "about.privacy",
    "accounts.ask_link",
    "accounts.code",
    "accounts.follow_link",
    "accounts.forgotten",
    "accounts.sign_in",
    "choosing.ask",
    "confirm.ask",
    "confirm.asked",
    "confirm.show",
    "confirm.thanks",
    "home.index",
    "languages.show",
    "map.show",
    "my_list.change",
    "my_list.print_sheet",
    "my_list.show",
    "needs.show",
    "offline.data",
    "offline.keep",
    "offline.manifest",
    "offline.nothing",
    "offline.search",
    "offline.shared",
    "oidc.start",
    "organisations.show",
    "plans.action",
    "plans.index",
    "plans.picture",
    "plans.report",
    "plans.show",
    "plans.table",
    "relay_paper.new",
    "relay_answer.accept",
    "relay_answer.close",
    "relay_answer.decline",
    "relay_answer.leave",
    "relay_answer.show",
    "relay_answer.study",
    "relay_answer.visit",
    "relay_person.agreement",
    "relay_person.your_data",
    "printing.booklet",
    "printing.index",
    "printing.selection",
    "printing.sheet",
    "reports.new",
    "reports.thanks",
    "rights.show",
    "services.benefit",
    "services.project",
    "services.results",
    "services.service",
    "services.suggestions",
    "sheets.index",
    "sheets.show",
    "urgent.show",
}
"""Every endpoint for everybody with a French and a Dutch path. An address once printed must not vanish: edit
with care. Those of the desks need not be listed: they are in the policy."""

PLAIN = {
    "assets.favicon",
    "assets.show",
    "health.alive",
    "health.ready",
    "home.door",
    "offline.worker",
    "oidc.back",
    "robots.robots",
    "robots.sitemap",
    "short_links.follow",
}
"""Every endpoint that belongs to no language."""

NOT_LINKED = {
    "accounts.code": "the second step of the sign-in",
    "accounts.follow_link": "stands in a mail",
    "oidc.back": "the provider of accounts leads back to it",
    "oidc.start": "linked where a provider of accounts is set (tests/browser/test_provider.py)",
    "assets.favicon": "browsers ask for it by themselves",
    "assets.show": "pages load it, nobody clicks it",
    "confirm.ask": "the page of a link that works no longer leads to it (tests/web/test_confirm.py)",
    "confirm.asked": "follows a form",
    "confirm.show": "stands in a mail",
    "confirm.thanks": "follows a form",
    "health.alive": "for machines that watch",
    "health.ready": "for machines that watch",
    "home.door": "the address one types",
    "reports.thanks": "follows a form",
    "relay_answer.accept": "linked in a visit (tests/web/test_relay_answer.py)",
    "relay_answer.close": "linked in a visit (tests/web/test_relay_answer.py)",
    "relay_answer.decline": "linked in a visit (tests/web/test_relay_answer.py)",
    "relay_answer.show": "stands in a mail",
    "relay_answer.visit": "follows the code of a mail",
    "relay_person.agreement": "stands in a mail and on paper",
    "my_list.print_sheet": "linked from a list that is not empty (tests/web/test_my_list.py)",
    "offline.data": "fetched by the script that keeps the guide",
    "offline.manifest": "named in the head of a page",
    "offline.worker": "registered by the script of every page",
    "robots.robots": "for search engines",
    "robots.sitemap": "named by robots.txt",
    "services.suggestions": "for scripts",
    "short_links.follow": "stands on paper and in messages",
}


def public() -> set[str]:
    """The endpoints that anybody may look at or send."""
    return {
        endpoint
        for endpoint, methods in POLICY.items()
        if set(methods.values()) <= {Access.PUBLIC, Access.ANONYMOUS}
    }


def test_no_endpoint_vanishes_and_none_appears_unlisted(app: Flask) -> None:
    assert public() == BILINGUAL | PLAIN


def test_every_bilingual_endpoint_has_one_french_and_one_dutch_path(app: Flask) -> None:
    paths: dict[str, list[str]] = defaultdict(list)
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in PLAIN:
            assert rule.defaults is not None
            assert rule.rule.startswith(f"/{rule.defaults['lang']}/")
            paths[rule.endpoint].append(rule.defaults["lang"])
    assert {endpoint: sorted(found) for endpoint, found in paths.items()} == {
        endpoint: ["fr", "nl"] for endpoint in POLICY if endpoint not in PLAIN
    }


def test_the_twins_of_an_endpoint_take_the_same_values_and_methods(app: Flask) -> None:
    for endpoint in set(POLICY) - PLAIN:
        french, dutch = sorted(app.url_map.iter_rules(endpoint), key=lambda rule: rule.rule[1:3])
        assert french.methods == dutch.methods
        assert french.arguments == dutch.arguments


def test_addresses_are_lower_case_words_with_hyphens(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        bare = "".join(part.partition(">")[2] if ">" in part else part for part in rule.rule.split("<"))
        assert bare == bare.lower()
        assert "_" not in bare
        assert bare.isascii()


def test_every_page_can_be_reached_by_clicking_or_says_why_not(app: Flask, whole_site: Site) -> None:
    matcher = app.url_map.bind("localhost")
    reached: set[tuple[str, str]] = set()
    for path in whole_site.linked_from:
        try:
            endpoint, values = matcher.match(path.partition("?")[0])
        except (NotFound, MethodNotAllowed, RequestRedirect):
            continue
        reached.add((endpoint, values.get("lang", "")))
    wanted = {
        (rule.endpoint, (rule.defaults or {}).get("lang", ""))
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint in public() - set(NOT_LINKED)
    }
    assert wanted <= reached


LOOKED_AT_ELSEWHERE = {
    # tests/browser/test_accounts.py
    *("accounts.ask_link", "accounts.code", "accounts.follow_link", "accounts.forgotten"),
    # tests/browser/test_relay_answer.py
    *("relay_answer.show", "relay_answer.visit", "relay_answer.accept", "relay_answer.decline"),
    *("relay_answer.close", "relay_person.agreement"),
}
NO_PAGES = {
    *("assets.favicon", "assets.show", "health.alive", "health.ready", "robots.robots", "robots.sitemap"),
    *("offline.data", "offline.manifest", "offline.worker", "plans.table", "services.suggestions"),
    *("printing.booklet", "printing.selection", "printing.sheet"),
    # They lead on to somewhere else.
    *("oidc.back", "oidc.start", "short_links.follow"),
}


def test_axe_and_the_tour_of_requests_know_every_kind_of_public_page(app: Flask) -> None:
    urls = app.url_map.bind("localhost")
    looked_at = {
        urls.match(path.partition("?")[0], "GET")[0]
        for kind, two in PAGES.items()
        if kind != "not found"
        for path in two
    }
    public = {
        endpoint
        for endpoint, methods in POLICY.items()
        if methods.get("GET") in (Access.PUBLIC, Access.ANONYMOUS)
    }
    assert public == looked_at | LOOKED_AT_ELSEWHERE | NO_PAGES


def test_no_two_pages_share_an_address(app: Flask) -> None:
    """Of two the router answers one, and nobody reaches the other."""
    taken: dict[tuple[str, str], list[str]] = defaultdict(list)
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            taken[rule.rule, method].append(rule.endpoint)
    assert not {address: pages for address, pages in taken.items() if len(pages) > 1}
