"""The site as a whole: every link works, and leads where the page's own language is spoken."""

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from tests.crawl import Site
from tests.rounds import rounds


def test_the_site_is_large_enough_to_be_the_whole_one(whole_site: Site) -> None:
    by_turns = rounds(here=2, ci=1)
    assert len(whole_site.html("fr")) >= 22 + 23 + (90 + 45 + 50) / by_turns
    assert len(whole_site.html("nl")) >= 22 + 23 + (90 + 45 + 50) / by_turns


def test_every_link_of_the_site_works(whole_site: Site) -> None:
    broken = {
        path: f"{page.status}, linked from {whole_site.linked_from.get(path)}"
        for path, page in whole_site.pages.items()
        if page.status != 200
    }
    assert not broken


def test_no_link_of_a_page_leads_to_a_redirect(whole_site: Site) -> None:
    assert not {path: whole_site.linked_from.get(path) for path in whole_site.redirects if path != "/"}


def test_every_form_and_every_further_link_has_a_page(app: Flask, whole_site: Site) -> None:
    matcher = app.url_map.bind("localhost")
    lost = set()
    for path, page in whole_site.html().items():
        targets = [(f.attributes["action"], f.attributes.get("method", "get")) for f in page.all("form")]
        targets += [(link, "get") for link in page.links() if link.startswith("/")]
        for target, method in targets:
            try:
                matcher.match(target.partition("?")[0].partition("#")[0], method=method.upper())
            except RequestRedirect as redirect:
                lost.add((path, target, redirect.new_url))
            except HTTPException as error:
                lost.add((path, target, str(error.code)))
    assert not lost


def test_links_into_a_page_find_their_place(whole_site: Site) -> None:
    ids = {
        path: {given["id"] for given in page.elements.attributes if "id" in given}
        for path, page in whole_site.html().items()
    }
    lost = set()
    for path, page in whole_site.html().items():
        for link in page.links():
            target, _, fragment = link.partition("#")
            if fragment and fragment not in ids.get(target or path, {fragment}):
                lost.add((path, link))
    assert not lost


def test_a_page_links_to_pages_of_its_own_language_but_for_the_switch(whole_site: Site) -> None:
    strangers = set()
    for lang, other in (("fr", "/nl/"), ("nl", "/fr/")):
        for path, page in whole_site.html(lang).items():
            for element in page.all("a"):
                link = element.attributes.get("href", "")
                if link.startswith(other) and element.attributes.get("hreflang") != other[1:3]:
                    strangers.add((path, link))
    assert not strangers


@pytest.mark.control("C10")
def test_no_page_loads_or_sends_anything_elsewhere(whole_site: Site) -> None:
    for path, page in whole_site.html().items():
        for element in page.elements:
            for name in ("src", "srcset", "action", "formaction", "data", "poster", "background"):
                value = element.attributes.get(name, "/")
                assert value.startswith("/"), f"{path}: {element.tag} {name}={value}"


@pytest.mark.control("C10")
def test_links_that_leave_the_site_tell_nothing_of_it(whole_site: Site) -> None:
    for path, page in whole_site.html().items():
        for element in page.all("a"):
            if element.attributes.get("href", "").startswith(("http:", "https:")):
                assert {"noopener", "noreferrer"} & set(element.attributes.get("rel", "").split()), path
                assert element.attributes.get("target") is None
