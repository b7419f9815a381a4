"""The addresses that mails hold are those of the pages."""

import string

import pytest
from flask import Flask, url_for

from guide.languages import LANGUAGES
from guide.mail.links import LINKS, address
from tests.mail.conftest import SITE


def values(name: str) -> dict[str, str]:
    fields = {field for _, field, _, _ in string.Formatter().parse(LINKS[name]["fr"]) if field}
    return {field: field[0] * 5 for field in fields}


@pytest.mark.parametrize("name", LINKS)
def test_a_link_in_a_mail_leads_to_one_page_in_both_languages(app: Flask, name: str) -> None:
    adapter = app.url_map.bind("localhost")
    pages = set()
    for language in LANGUAGES:
        path = address(SITE, name, language, **values(name)).removeprefix(SITE)
        endpoint, found = adapter.match(path, method="GET")
        pages.add(endpoint)
        with app.test_request_context():
            assert url_for(endpoint, **found) == path
        assert found.get("lang", language) == language
    assert len(pages) == 1


def test_both_languages_take_the_same_values() -> None:
    for name, sides in LINKS.items():
        assert set(sides) == set(LANGUAGES)
        taken = {
            tuple(field for _, field, _, _ in string.Formatter().parse(path) if field)
            for path in sides.values()
        }
        assert len(taken) == 1, name
