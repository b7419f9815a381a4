"""A social worker's lists on screen: made, filled, put in order, printed; never seen by anybody else."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from guide.model import Role
from tests.pages import Page, PageClient
from tests.people import add_account, signed_in_client
from tests.words import folded, of_class

CPAS, RESTO = "3qty", "huys"
NOTE = "Demander le dossier bleu"
NUMBER = "85.07.30-033 28"


@pytest.fixture
def guide_app(instance: Path, make_app: Callable[..., Flask]) -> Flask:
    return make_app(instance)


def worker(app: Flask) -> PageClient:
    return signed_in_client(app, add_account(app, Role.SOCIAL_WORKER, "caba-jette"))


def new_list(client: PageClient, title: str = "Logement et énergie") -> str:
    """A list with two services; its address."""
    page = client.submit(client.get(f"/fr/listes/?s={CPAS},{RESTO}"), "new-list", title=title)
    assert page.status == 303
    return page.headers["Location"]


def press(client: PageClient, path: str, what: str, key: str) -> Page:
    """Presses the small button of one service."""
    page = client.get(path)
    part = page.html[page.html.index(f'data-key="{key}"') :]
    entry = part.partition('name="entree" value="')[2].partition('"')[0]
    token = part.partition('name="_jeton" value="')[2].partition('"')[0]
    return client.post(path, data={"_jeton": token, "quoi": what, "entree": entry})


def test_services_go_from_their_page_and_from_my_list_into_a_list_of_hers(guide_app: Flask) -> None:
    client = worker(guide_app)
    assert (
        f"/fr/listes/?s={RESTO}"
        in client.get("/fr/projets/resto-jet").links() + client.get("/fr/services/resto-jet").links()
    )
    assert f"/fr/listes/?s={RESTO}" in client.get("/fr/besoins/faim").links()
    assert f"/fr/listes/?s={CPAS},{RESTO}" in client.get(f"/fr/ma-liste?s={CPAS},{RESTO}").links()
    path = new_list(client)
    assert client.get(path).keys == ["cpas-jette", "resto-jet"]


def test_a_visitor_and_an_editor_see_no_way_to_such_lists(guide_app: Flask) -> None:
    for client in (
        PageClient(guide_app),
        signed_in_client(guide_app, add_account(guide_app, "editor", "caba-jette")),
    ):
        assert "Mes listes" not in client.get("/fr/besoins/faim").words


@pytest.mark.control("C2")
def test_another_worker_finds_nothing_and_changes_nothing(guide_app: Flask) -> None:
    client, other = worker(guide_app), worker(guide_app)
    path = new_list(client)
    assert other.get(path).status == 404
    token = other.get("/fr/listes/").html.partition('name="_jeton" value="')[2].partition('"')[0]
    assert other.post(path, data={"_jeton": token, "quoi": "effacer"}).status == 404
    assert client.get(path).keys == ["cpas-jette", "resto-jet"]
    assert path not in other.get("/fr/listes/").links()


def test_order_and_removal(guide_app: Flask) -> None:
    client = worker(guide_app)
    path = new_list(client)
    assert press(client, path, "descendre", "cpas-jette").status == 303
    assert client.get(path).keys == ["resto-jet", "cpas-jette"]
    press(client, path, "monter", "cpas-jette")
    assert client.get(path).keys == ["cpas-jette", "resto-jet"]
    press(client, path, "enlever", "cpas-jette")
    assert client.get(path).keys == ["resto-jet"]


def test_a_note_and_a_title_never_leave_with_what_is_printed_or_sent(guide_app: Flask) -> None:
    client = worker(guide_app)
    path = new_list(client, "Liste tulipe")
    page = client.get(path)
    form = next(
        one.attributes["id"] for one in page.all("form") if "form-note" in one.attributes.get("id", "")
    )
    assert client.submit(page, form, note=NOTE).status == 303
    page = client.get(path)
    assert NOTE in page.words
    out = [link for link in page.links() if link.startswith(("sms:", "mailto:", "https://wa.me"))]
    assert len(out) == 3
    assert not [link for link in page.links() if "dossier" in link or "tulipe" in link]
    public = [link for link in page.links() if link.startswith("/fr/ma-liste")]
    assert len(public) >= 2
    for link in public:
        shown = PageClient(guide_app).get(link)
        assert "dossier" not in shown.words
        assert "tulipe" not in shown.words
    assert "tulipe" not in page.title


def test_a_national_number_is_said_at_its_field_and_what_was_typed_stays(guide_app: Flask) -> None:
    client = worker(guide_app)
    path = new_list(client)
    page = client.get(path)
    form = next(
        one.attributes["id"] for one in page.all("form") if "form-note" in one.attributes.get("id", "")
    )
    page = client.submit(page, form, note=f"Pour {NUMBER}")
    assert page.status == 422
    assert page.title.startswith("Erreur")
    assert f"Pour {NUMBER}" in page.html
    assert of_class(page, "field-error")
    assert NUMBER not in client.get(path).html
    long = "x" * 501
    page = client.submit(page, form, note=long)
    assert page.status == 422
    assert long in page.html
    assert "501 signes" in page.words
    page = client.submit(client.get("/fr/listes/"), "new-list", title=NUMBER)
    assert page.status == 422


def test_a_list_needs_a_name_can_be_renamed_and_goes(guide_app: Flask) -> None:
    client = worker(guide_app)
    assert client.submit(client.get("/fr/listes/"), "new-list", title=" ").status == 422
    path = new_list(client)
    assert client.submit(client.get(path), "list-name", title="Autre nom").status == 303
    assert folded(client.get(path).all("h1")[0].text) == "Autre nom"
    page = client.get(path)
    token = page.html.partition('name="_jeton" value="')[2].partition('"')[0]
    assert client.post(path, data={"_jeton": token, "quoi": "effacer"}).status == 303
    assert client.get(path).status == 404


def test_the_dutch_page_is_the_same_list_and_hints_at_no_names(guide_app: Flask) -> None:
    client = worker(guide_app)
    path = new_list(client)
    twin = of_class(client.get(path.partition("?")[0]), "switch")[0].attributes
    assert twin["formaction"] == path.replace("/fr/listes/", "/nl/lijsten/").partition("?")[0]
    assert "Schrijf geen naam van een persoon" in client.get("/nl/lijsten/").words
