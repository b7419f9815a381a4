"""My list: kept in the browser and in the address, never here."""

import pytest

from tests.pages import Page, PageClient
from tests.words import folded, of_class

RESTO, CPAS, SENSITIVE = "huys", "3qty", "u4mv"
CHANGE, SHOW = "/fr/ma-liste/changer", "/fr/ma-liste"
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "/fr/\\evil.example",
    "javascript:alert(1)",
    "data:text/html,evil.example",
    "http:evil.example",
    " /fr/",
    "/fr/\tevil.example",
    "/fr/\nSet-Cookie: evil.example=1",
    "/fr/\u202eevil.example",
    "/frevil.example",
    "/nl/",
    "/static/evil.example",
    "fr/evil.example",
    "@evil.example",
    "/fr/" + "a" * 700,
]


def cookie(page: Page) -> str | None:
    """What the answer writes into the cookie of the list: its value, '' when it removes it, None when silent."""
    for line in page.headers.getlist("Set-Cookie"):
        if line.startswith("liste="):
            return line.removeprefix("liste=").partition(";")[0]
    return None


def test_adding_shows_the_list_and_keeps_it_in_the_browser(client: PageClient) -> None:
    page = client.post(CHANGE, data={"ajouter": RESTO, "retour": "/fr/besoins/faim"})
    assert page.status == 303
    assert page.headers["Location"].startswith(f"{SHOW}?s={RESTO}")
    assert cookie(page) == RESTO
    page = client.get(page.headers["Location"])
    assert page.keys == ["resto-jet"]
    assert "/fr/besoins/faim" in page.links()
    assert client.get(SHOW).keys == ["resto-jet"]


def test_the_cookie_ends_with_the_browser_and_is_out_of_reach_of_scripts(client: PageClient) -> None:
    page = client.post(CHANGE, data={"ajouter": RESTO})
    line = next(line for line in page.headers.getlist("Set-Cookie") if line.startswith("liste="))
    assert "HttpOnly" in line
    assert "SameSite=Lax" in line
    assert "Max-Age" not in line
    assert "Expires" not in line


def test_adding_twice_keeps_one_and_order_is_kept(client: PageClient) -> None:
    for code in (RESTO, CPAS, RESTO):
        page = client.post(CHANGE, data={"ajouter": code})
    assert cookie(page) == f"{RESTO}.{CPAS}"
    assert client.get(SHOW).keys == ["resto-jet", "cpas-jette"]


def test_removing_and_emptying(client: PageClient) -> None:
    client.post(CHANGE, data={"ajouter": RESTO})
    client.post(CHANGE, data={"ajouter": CPAS})
    assert cookie(client.post(CHANGE, data={"enlever": RESTO})) == CPAS
    page = client.post(CHANGE, data={"vider": "1"})
    assert cookie(page) == ""
    assert page.headers["Location"] == SHOW
    assert client.get(SHOW).keys == []


def test_removing_the_last_one_removes_the_cookie(client: PageClient) -> None:
    client.post(CHANGE, data={"ajouter": RESTO})
    assert cookie(client.post(CHANGE, data={"enlever": RESTO, "liste": RESTO})) == ""


def test_every_button_of_the_site_reaches_the_list(client: PageClient) -> None:
    page = client.get("/nl/diensten/resto-jet")
    assert "/nl/mijn-lijst/wijzigen" in {form.attributes.get("action") for form in page.all("form")}
    page = client.post("/nl/mijn-lijst/wijzigen", data={"ajouter": RESTO})
    assert page.headers["Location"].startswith(f"/nl/mijn-lijst?s={RESTO}")
    page = client.get("/nl/diensten/resto-jet")
    assert "enlever" in {button.attributes.get("name") for button in page.all("button")}
    assert of_class(page, "badge")


def test_reading_changes_nothing(client: PageClient) -> None:
    assert client.get(CHANGE).status == 405
    assert cookie(client.get(f"{SHOW}?s={RESTO}")) is None
    assert cookie(client.get(f"{SHOW}?ajouter={RESTO}")) is None


@pytest.mark.control("C14")
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost:9"},
        {"Origin": "null"},
    ],
    ids=str,
)
def test_another_site_cannot_change_the_list(client: PageClient, headers: dict[str, str]) -> None:
    page = client.post(CHANGE, data={"ajouter": RESTO}, headers=headers)
    assert page.status == 403
    assert cookie(page) is None


@pytest.mark.parametrize(
    "headers",
    [{}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "http://localhost"}],
)
def test_this_site_and_old_browsers_can(client: PageClient, headers: dict[str, str]) -> None:
    assert client.post(CHANGE, data={"ajouter": RESTO}, headers=headers).status == 303


def test_a_sensitive_service_never_enters_the_cookie(client: PageClient) -> None:
    page = client.post(CHANGE, data={"ajouter": SENSITIVE})
    assert not cookie(page)
    page = client.post(CHANGE, data={"ajouter": RESTO, "liste": SENSITIVE})
    assert cookie(page) == RESTO
    assert client.get(SHOW).keys == ["resto-jet"]


def test_a_list_with_a_sensitive_service_is_kept_by_nobody_and_can_be_left_fast(client: PageClient) -> None:
    for path in (SHOW, f"{SHOW}/imprimer"):
        page = client.get(f"{path}?s={SENSITIVE}")
        assert "1712" in page.words
        assert page.headers["Cache-Control"] == "no-store"
        assert of_class(page, "leave")


def test_a_list_in_the_address_needs_no_cookie(client: PageClient) -> None:
    page = client.get(f"{SHOW}?s={CPAS},{RESTO}")
    assert page.keys == ["cpas-jette", "resto-jet"]
    assert client.get(f"/nl/mijn-lijst?s={CPAS},{RESTO}").keys == ["cpas-jette", "resto-jet"]
    assert f"{SHOW}/imprimer?s={CPAS}%2C{RESTO}" in page.links()


@pytest.mark.parametrize(
    "codes", ["zzzz", "%00", "a" * 5000, ",,,,", "huys,huys", "<b>", "%ED%A0%80", "' OR 1=1", "3qty.huys"]
)
def test_any_list_in_the_address_gets_an_answer(client: PageClient, codes: str) -> None:
    for path in (SHOW, f"{SHOW}/imprimer"):
        page = client.get(f"{path}?s={codes}")
        assert page.status == 200
        assert page.keys in ([], ["resto-jet"], ["cpas-jette"])


@pytest.mark.parametrize("value", ["zzzz", "....", "a" * 4000, "huys.\x7f", "huys;3qty", '"huys"'])
def test_any_cookie_gets_an_answer(client: PageClient, value: str) -> None:
    for path in (SHOW, "/fr/", "/fr/services/resto-jet"):
        assert client.get(path, headers={"Cookie": f"liste={value}"}).status == 200


def test_the_printed_list_never_says_open_and_bears_phones_and_codes(client: PageClient) -> None:
    page = client.get(f"{SHOW}/imprimer?s={CPAS},t6fj")
    assert "Ouvert" not in page.words
    assert not of_class(page, "pill")
    assert not of_class(client.get(f"/nl/mijn-lijst/afdrukken?s={CPAS},t6fj"), "pill")
    assert len(of_class(page, "sheet-item")) == 2
    assert len(of_class(page, "qr")) == 2
    assert "02 422 46 11" in page.words
    assert "Imprimé le lundi 23 novembre 2026" in page.words


def test_an_empty_list_says_what_it_is_for(client: PageClient) -> None:
    page = client.get(SHOW)
    assert folded(page.all("h1")[0].text) == "Ma liste est vide"
    assert "/fr/services/" in page.links()


def test_the_list_can_be_sent_by_message_with_short_links(client: PageClient) -> None:
    links = client.get(f"{SHOW}?s={CPAS}").links()
    for start in ("sms:", "mailto:", "https://wa.me/"):
        link = next(link for link in links if link.startswith(start))
        assert "/s/3qty" in link.replace("%2F", "/")


@pytest.mark.control("C21")
@pytest.mark.parametrize("target", ELSEWHERE)
def test_the_way_back_never_leads_elsewhere(client: PageClient, target: str) -> None:
    page = client.post(CHANGE, data={"ajouter": RESTO, "retour": target})
    assert page.status == 303
    assert "evil" not in page.headers["Location"]
    assert page.headers["Location"].startswith("/fr/ma-liste?s=huys")
    assert not any("evil" in line for line in page.headers.getlist("Set-Cookie"))
    shown = client.get(SHOW, query_string={"s": RESTO, "retour": target})
    assert "Retour à la page précédente" not in shown.words


def test_the_way_back_leads_to_a_page_with_its_filters(client: PageClient) -> None:
    back = "/fr/services/?q=faim&gratuit=1"
    page = client.post(CHANGE, data={"ajouter": RESTO, "retour": back})
    assert back in client.get(page.headers["Location"]).links()


def test_a_list_of_codes_by_the_thousand_is_cut_to_sixty(client: PageClient) -> None:
    page = client.post(
        CHANGE, data={"liste": ",".join(f"zz{number}" for number in range(500)), "ajouter": RESTO}
    )
    assert page.status == 303
    kept = cookie(page)
    assert kept is not None
    assert len(kept) < 1000


def test_an_origin_that_is_no_address_is_refused(client: PageClient) -> None:
    page = client.post("/fr/ma-liste/changer", data={"ajouter": "abcd"}, headers={"Origin": "http://["})
    assert page.status == 403
