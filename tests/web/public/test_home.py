"""The home page and the door."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.audit import Edit
from guide.clock import BRUSSELS
from guide.database import writing
from guide.editing import revisions
from guide.editing.listings import record_of, with_values
from guide.model import PERSON_TO_CALL, Service
from guide.web.ui.request_context import person_to_call
from tests.pages import PageClient
from tests.people import make_account
from tests.running import MONDAY_MORNING
from tests.words import folded, of_class

pytestmark = pytest.mark.usefixtures("database_kind")

BROWSERS = [
    ("fr-BE,fr;q=0.9", "/fr/"),
    ("nl-BE,nl;q=0.9,fr;q=0.5", "/nl/"),
    ("fr", "/fr/"),
    ("nl-NL", "/nl/"),
    ("en,nl;q=0.4", "/nl/"),
    ("fr-CA", "/fr/"),
]


def test_home_shows_search_and_fourteen_situations_in_both_languages(client: PageClient) -> None:
    for path, heading in (("/fr/", "De quoi avez-vous besoin"), ("/nl/", "Wat hebt u nodig")):
        page = client.get(path)
        assert page.status == 200
        assert heading in page.words
        tiles = of_class(page, "tile")
        assert len(tiles) == 14 + 9
        assert [form for form in page.all("form") if form.attributes.get("role") == "search"]


@pytest.mark.parametrize(
    ("path", "first"),
    [("/fr/", "On me fait du mal"), ("/nl/", "Iemand doet mij pijn")],
)
def test_home_speaks_in_the_first_person(client: PageClient, path: str, first: str) -> None:
    tiles = [folded(tile.text) for tile in of_class(client.get(path), "tile")]
    assert tiles[0].startswith(first)
    assert len(set(tiles)) == len(tiles)


@pytest.mark.parametrize("path", ["/fr/", "/nl/"])
def test_danger_and_no_bed_are_the_first_tiles_of_home_and_stand_apart(client: PageClient, path: str) -> None:
    page = client.get(path)
    icons = [use.attributes["href"].partition("#")[2] for use in page.all("use")]
    tiles = [name for name in icons if name in ("warning", "bed", "bowl")]
    # The first sign of a warning is that of the urgent panel.
    assert tiles[-3:] == ["warning", "bed", "bowl"]
    start, end = (
        page.html.index('<ul class="tiles tiles-now">'),
        page.html.index('<ul class="tiles tiles-3">'),
    )
    assert page.html[start:end].count('class="tile"') == 2
    assert page.html.count('class="tile"') == 14 + 9


@pytest.mark.parametrize("path", ["/fr/", "/nl/"])
def test_danger_numbers_of_home_are_buttons_and_carry_no_doubt(client: PageClient, path: str) -> None:
    dials = of_class(client.get(path), "dial")
    assert [dial.attributes["href"] for dial in dials] == ["tel:112", "tel:101"]
    assert not [dial for dial in dials if "vérifier" in dial.text or "controleren" in dial.text]


@pytest.mark.parametrize("path", ["/fr/", "/nl/"])
def test_home_never_mixes_danger_with_talking(client: PageClient, path: str) -> None:
    html = client.get(path).html
    panel = html[html.index('aria-labelledby="urgent"') :]
    panel = panel[: panel.index("</section>")]
    danger, talk = panel.split("</ul>")[:2]
    assert "tel:112" in danger
    assert "tel:101" in danger
    assert "tel:107" not in danger
    assert "tel:106" not in danger
    assert "tel:112" not in talk
    assert "tel:107" in talk or "tel:106" in talk


@pytest.mark.parametrize("path", ["/fr/", "/nl/"])
def test_home_shows_the_person_to_call_with_her_hours(client: PageClient, path: str) -> None:
    page = client.get(path)
    assert "tel:+3224224611" in page.links()
    assert "02 422 46 11" in page.words
    for number in ("tel:107", "tel:106", "tel:+3280099340", "tel:112", "tel:101"):
        assert number in page.links()


def test_a_new_number_of_the_person_to_call_and_the_next_day_are_on_every_page_at_once(
    make_app: Callable[..., Flask], instance: Path
) -> None:
    moment = [MONDAY_MORNING]
    app = make_app(instance, lambda: moment[0])
    visitor = PageClient(app)
    assert "tel:+3224224611" in visitor.get("/fr/urgence").links()
    with Session(writing(app.extensions["guide"].engine)) as session:
        session.info["secret_key"] = "x" * 40
        service = session.scalars(select(Service).where(Service.key == PERSON_TO_CALL)).one()
        boss = make_account(session, "coordinator")
        values = {"phones": [{"number": "02 422 46 99"}]}
        record = with_values(record_of(service), values)
        revisions.apply(session, service, record, Edit(boss, MONDAY_MORNING))
        session.commit()
    assert "tel:+3224224699" in visitor.get("/fr/urgence").links()
    with app.test_request_context("/fr/"):
        assert person_to_call().day.isoformat() == "2026-11-23"
    moment[0] += timedelta(days=1)
    with app.test_request_context("/fr/"):
        assert person_to_call().day.isoformat() == "2026-11-24"


def test_home_shows_two_open_services_at_most_and_all_of_them_are_open(
    make_app: Callable[..., Flask], instance: Path
) -> None:
    app = make_app(instance)
    with Session(writing(app.extensions["guide"].engine)) as session:
        for service in session.scalars(select(Service).where(Service.schedules.any())):
            service.assured_date = MONDAY_MORNING.date()
        session.commit()
    page = PageClient(app).get("/fr/")
    cards = of_class(page, "card")
    assert len(cards) == 2
    for card in cards:
        assert any(
            word in folded(card.text) for word in ("Ouvert", "Ferme bientôt", "Répond en principe maintenant")
        )


def test_home_shows_no_open_service_at_night(make_app: Callable[..., Flask], loaded: Path) -> None:
    page = PageClient(make_app(loaded, datetime(2026, 11, 24, 3, 0, tzinfo=BRUSSELS))).get("/fr/")
    assert page.status == 200
    assert not [card for card in of_class(page, "card") if "Ouvert, jusqu" in folded(card.text)]


@pytest.mark.parametrize(("accepted", "target"), BROWSERS)
def test_the_door_follows_the_language_of_the_browser(client: PageClient, accepted: str, target: str) -> None:
    page = client.get("/", headers={"Accept-Language": accepted})
    assert page.status == 302
    assert page.headers["Location"] == target


def test_the_door_prefers_the_language_that_was_chosen(client: PageClient) -> None:
    client.http.set_cookie("langue", "nl")
    page = client.get("/", headers={"Accept-Language": "fr"})
    assert page.headers["Location"] == "/nl/"


@pytest.mark.parametrize("accepted", ["", "en", "ar,tr;q=0.5", "*"])
def test_the_door_lets_choose_when_it_does_not_know(client: PageClient, accepted: str) -> None:
    page = client.get("/", headers={"Accept-Language": accepted} if accepted else {})
    if accepted == "*":
        assert page.status in (200, 302)
        return
    assert page.status == 200
    assert {"/fr/", "/nl/"} <= set(page.links())
    assert "Zoekt u hulp in Jette?" in page.words
    assert "tel:112" in page.links()


def test_the_door_ignores_a_cookie_it_did_not_write(client: PageClient) -> None:
    client.http.set_cookie("langue", "xx")
    assert client.get("/", headers={"Accept-Language": "nl"}).headers["Location"] == "/nl/"


@pytest.mark.control("C22")
def test_the_door_is_kept_by_no_cache(client: PageClient) -> None:
    for headers in ({}, {"Accept-Language": "fr"}):
        page = client.get("/", headers=headers)
        assert page.headers["Cache-Control"] == "no-store"
        assert {"Accept-Language", "Cookie"} <= set(page.headers["Vary"].replace(" ", "").split(","))
