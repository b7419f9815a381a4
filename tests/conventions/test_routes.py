"""Routes: two languages each, reachable by clicking, and none that vanishes by accident."""

from collections import defaultdict

from flask import Flask
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

from guide.web.security.policy import POLICY, Access
from tests.browser.kinds import PAGES
from tests.crawl import Site

BILINGUAL = {
    "public.about.about",
    "public.about.accessibility",
    "public.about.help_page",
    "public.about.open_data",
    "public.about.privacy",
    "accounts.sign_in.ask_link",
    "accounts.sign_in.code",
    "accounts.sign_in.follow_link",
    "accounts.sign_in.forgotten",
    "accounts.sign_in.sign_in",
    "public.choosing.ask",
    "public.confirm.ask",
    "public.confirm.asked",
    "public.confirm.show",
    "public.confirm.thanks",
    "public.home.index",
    "public.languages.show",
    "public.map.show",
    "public.my_list.change",
    "public.my_list.print_sheet",
    "public.my_list.show",
    "public.needs.show",
    "public.offline.data",
    "public.offline.keep",
    "public.offline.manifest",
    "public.offline.nothing",
    "public.offline.search",
    "public.offline.shared",
    "accounts.oidc.start",
    "public.organizations.show",
    "public.plans.action",
    "public.plans.index",
    "public.plans.picture",
    "public.plans.report",
    "public.plans.show",
    "public.plans.table",
    "referrals.paper.new",
    "referrals.receiver.accept",
    "referrals.receiver.close",
    "referrals.receiver.decline",
    "referrals.receiver.leave",
    "referrals.receiver.show",
    "referrals.receiver.study",
    "referrals.receiver.visit",
    "referrals.data_subject.agreement",
    "referrals.data_subject.your_data",
    "public.printing.booklet",
    "public.printing.index",
    "public.printing.selection",
    "public.printing.sheet",
    "public.reports.new",
    "public.reports.thanks",
    "public.rights.show",
    "public.services.benefit",
    "public.services.project",
    "public.services.results",
    "public.services.service",
    "public.services.suggestions",
    "public.sheets.index",
    "public.sheets.show",
    "public.urgent.show",
}
"""Every endpoint for everybody with a French and a Dutch path. An address once printed must not vanish: edit
with care. Those of the desks need not be listed: they are in the policy."""

PLAIN = {
    "ui.assets.favicon",
    "ui.assets.show",
    "public.health.alive",
    "public.health.ready",
    "public.home.door",
    "public.offline.worker",
    "accounts.oidc.back",
    "public.robots.robots",
    "public.robots.sitemap",
    "public.robots.further",
    "public.short_links.follow",
}
"""Every endpoint that belongs to no language."""

NOT_LINKED = {
    "accounts.sign_in.code": "the second step of the sign-in",
    "accounts.sign_in.follow_link": "stands in a mail",
    "accounts.oidc.back": "the provider of accounts leads back to it",
    "accounts.oidc.start": "linked where a provider of accounts is set (tests/web/accounts/test_oidc.py)",
    "ui.assets.favicon": "browsers ask for it by themselves",
    "ui.assets.show": "pages load it, nobody clicks it",
    "public.confirm.ask": "the page of a link that works no longer leads to it (tests/web/public/test_confirm.py)",
    "public.confirm.asked": "follows a form",
    "public.confirm.show": "stands in a mail",
    "public.confirm.thanks": "follows a form",
    "public.health.alive": "for machines that watch",
    "public.health.ready": "for machines that watch",
    "public.home.door": "the address one types",
    "public.reports.thanks": "follows a form",
    "referrals.receiver.accept": "linked in a visit (tests/web/referrals/test_receiver.py)",
    "referrals.receiver.close": "linked in a visit (tests/web/referrals/test_receiver.py)",
    "referrals.receiver.decline": "linked in a visit (tests/web/referrals/test_receiver.py)",
    "referrals.receiver.show": "stands in a mail",
    "referrals.receiver.visit": "follows the code of a mail",
    "referrals.data_subject.agreement": "stands in a mail and on paper",
    "public.my_list.print_sheet": "linked from a list that is not empty (tests/web/public/test_my_list.py)",
    "public.offline.data": "fetched by the script that keeps the guide",
    "public.offline.manifest": "named in the head of a page",
    "public.offline.worker": "registered by the script of every page",
    "public.robots.robots": "for search engines",
    "public.robots.sitemap": "named by robots.txt",
    "public.robots.further": "named by robots.txt",
    "public.services.suggestions": "for scripts",
    "public.short_links.follow": "stands on paper and in messages",
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
    *(
        "accounts.sign_in.ask_link",
        "accounts.sign_in.code",
        "accounts.sign_in.follow_link",
        "accounts.sign_in.forgotten",
    ),
    # tests/browser/test_referral_answer.py
    *(
        "referrals.receiver.show",
        "referrals.receiver.visit",
        "referrals.receiver.accept",
        "referrals.receiver.decline",
    ),
    *("referrals.receiver.close", "referrals.data_subject.agreement"),
}
NO_PAGES = {
    *(
        "ui.assets.favicon",
        "ui.assets.show",
        "public.health.alive",
        "public.health.ready",
        "public.robots.robots",
        "public.robots.sitemap",
        "public.robots.further",
    ),
    *(
        "public.offline.data",
        "public.offline.manifest",
        "public.offline.worker",
        "public.plans.table",
        "public.services.suggestions",
    ),
    *("public.printing.booklet", "public.printing.selection", "public.printing.sheet"),
    # They lead on to somewhere else.
    *("accounts.oidc.back", "accounts.oidc.start", "public.short_links.follow"),
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
