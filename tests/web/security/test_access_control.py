"""Where somebody is led after signing in: to a page of this site, whatever stands in the address."""

import pytest

from guide.web.security.access_control import own_path


@pytest.mark.parametrize(
    "path", ["/fr/", "/nl/mijn-vereniging/", "/fr/services/?q=faim&page=2", "/fr/" + "a" * 596]
)
def test_a_page_of_this_site_is_gone_on_to(path: str) -> None:
    assert own_path(path) == path


@pytest.mark.control("C21")
@pytest.mark.parametrize(
    "path",
    [
        "",
        "fr/",
        "/",
        "/en/",
        "//evil.example/fr/",
        "https://evil.example/fr/",
        "/fr//evil.example",
        "/fr/\\evil.example",
        "/fr/..\\..\\evil.example",
        "/fr/\t/evil.example",
        "/fr/\r\nLocation: x",
        "/fr/\u202eevil",
        "/fr/" + "a" * 597,
    ],
)
def test_what_a_browser_could_take_for_another_place_is_not(path: str) -> None:
    assert own_path(path) == ""
