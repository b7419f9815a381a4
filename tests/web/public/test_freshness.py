"""How long ago a listing was confirmed, as the public reads it: never hidden, said aloud once it is old."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.database import writing
from guide.model import Service
from guide.model.changes import note_change
from tests.pages import PageClient
from tests.running import app_on_copy
from tests.words import folded

AGES = {
    "fresh": ("ralliement-fourchettes", date(2026, 11, 1), "Confirmé le 1er novembre 2026."),
    "to_confirm": ("caba-jette", date(2026, 4, 1), "Confirmé le 1er avril 2026. À vérifier de nouveau."),
    "stale": (
        "centre-entraide-jette",
        date(2026, 3, 1),
        "Plus confirmé depuis le 1er mars 2026.",
    ),
}
SILENT = "resto-jet"
"""As old as the stale one, and without a number."""


@pytest.fixture(scope="module")
def aged(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageClient]:
    """A visitor of a guide in which four listings were confirmed, each on another day but for SILENT."""
    days = {key: assured for key, assured, _ in AGES.values()} | {SILENT: AGES["stale"][1]}
    with app_on_copy(loaded, tmp_path_factory.mktemp("aged")) as app:
        with Session(writing(app.extensions["guide"].engine)) as session:
            for service in session.scalars(select(Service).where(Service.key.in_(days))):
                service.assured_date = days[service.key]
                if service.key == SILENT:
                    service.phones = []
                note_change(session, f"service:{service.key}")
            session.commit()
        visitor = PageClient(app)
        # The first question of a day has the index built anew beside: those that grew old sink.
        visitor.get("/fr/services/?q=faim")
        app.extensions["guide"].index.wait()
        yield visitor


@pytest.mark.parametrize("state", AGES)
def test_the_page_of_a_listing_says_when_it_was_confirmed(aged: PageClient, state: str) -> None:
    key, _, words = AGES[state]
    page = aged.get(f"/fr/services/{key}")
    assert folded(page.words).count(folded(words)) == 1
    # Amber, with its sign, and above what is done with it.
    assert ('class="sure sure-not"' in page.html) is (state != "fresh")
    assert page.html.index('class="sure') < page.html.index("main-act")


@pytest.mark.parametrize("path", ["/fr/services/?q=colis", "/fr/besoins/faim"])
def test_a_card_says_it_once_it_is_old(aged: PageClient, path: str) -> None:
    page = aged.get(path)
    cards = {one.attributes["data-key"]: one.text for one in page.elements if "data-key" in one.attributes}
    for state, (key, _, words) in AGES.items():
        assert (folded(words) in folded(cards[key])) is (state != "fresh")


def test_an_old_listing_without_a_number_says_whom_to_ask(aged: PageClient) -> None:
    page = aged.get(f"/fr/services/{SILENT}")
    assert folded("Plus confirmé depuis le 1er mars 2026.") in folded(page.words)
    assert folded("Appelez avant d’y aller") not in folded(page.words.partition("Imprimé le")[0])
    assert folded("Demander au CPAS : 02 422 46 11") in folded(page.words)


def test_a_printed_list_says_it_too(aged: PageClient) -> None:
    key, _, words = AGES["stale"]
    with Session(aged.http.application.extensions["guide"].engine) as session:
        code = session.scalars(select(Service.short_code).where(Service.key == key)).one()
    assert folded(words) in folded(aged.get(f"/fr/ma-liste/imprimer?s={code}").words)


def test_a_stale_listing_is_found_after_those_that_are_not(aged: PageClient, client: PageClient) -> None:
    before, after = (visitor.get("/fr/services/?q=faim").keys for visitor in (client, aged))
    stale = AGES["stale"][0]
    assert set(after) == set(before)
    assert before[0] == stale
    # Below them only what may not exist at all.
    assert set(after[-3:-1]) == {stale, SILENT}
    assert after[-1] == before[-1] == "ange-gardien"
