"""Short links: every code leads to its record in the reader's language."""

import re

import pytest

from tests.data_files import services
from tests.pages import PageClient

CODES = {record["short_code"]: record["key"] for record in services().values()}


def test_every_record_has_a_code_of_its_own_that_can_be_typed() -> None:
    assert len(CODES) == 95
    assert all(re.fullmatch(r"[a-z2-9]{3,8}", code) for code in CODES)


def test_every_code_leads_to_its_record_in_the_language_of_the_reader(client: PageClient) -> None:
    for code, key in CODES.items():
        for lang in ("fr", "nl"):
            page = client.get(f"/s/{code}", headers={"Accept-Language": lang})
            assert page.status == 302
            assert re.fullmatch(rf"/{lang}/[a-z]+/{key}", page.headers["Location"])
            assert page.headers["Cache-Control"] == "no-store"
            assert {"Accept-Language", "Cookie"} <= set(page.headers["Vary"].replace(" ", "").split(","))


def test_a_code_leads_straight_to_the_page_without_a_second_redirect(client: PageClient) -> None:
    for code in ("kqyg", "uvkm", "q6tk", "huys", "bhxh"):
        assert client.get(client.get(f"/s/{code}").headers["Location"]).status == 200


def test_the_chosen_language_wins_over_the_browsers(client: PageClient) -> None:
    client.http.set_cookie("langue", "nl")
    page = client.get("/s/huys", headers={"Accept-Language": "fr"})
    assert page.headers["Location"] == "/nl/diensten/resto-jet"


def test_french_is_shown_to_who_speaks_neither(client: PageClient) -> None:
    assert (
        client.get("/s/huys", headers={"Accept-Language": "ar"}).headers["Location"]
        == "/fr/services/resto-jet"
    )


def test_capitals_on_paper_are_understood(client: PageClient) -> None:
    assert client.get("/s/HUYS").headers["Location"] == "/fr/services/resto-jet"


@pytest.mark.parametrize(
    "code", ["zzzz", "huysx", "%00", "huys%00", "a" * 500, "%ED%A0%80", "hu ys", "huys1234xyz"]
)
def test_an_unknown_code_is_not_found(client: PageClient, code: str) -> None:
    assert client.get(f"/s/{code}").status == 404
