"""How long ago a listing was confirmed, as the public reads it: never hidden, said aloud once it is old."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.database import writing
from guide.directory.indexing import enqueue_index_update
from guide.model import Service
from tests.pages import PageClient
from tests.running import app_on_copy
from tests.words import folded

KEY = "centre-entraide-jette"
AGES = {
    "fresh": (date(2026, 11, 1), "Confirmé le 1er novembre 2026."),
    "to_confirm": (date(2026, 4, 1), "Confirmé le 1er avril 2026. À vérifier de nouveau."),
    "stale": (date(2026, 3, 1), "Non confirmé depuis le 1er mars 2026. Appelez avant d’y aller."),
}


@pytest.fixture(scope="module")
def aged(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., PageClient]]:
    """A visitor of a guide in which one listing was confirmed on a day; of a day there is one guide."""
    with ExitStack() as opened:

        @cache
        def guide(assured: date, phones: bool) -> Flask:
            app = opened.enter_context(app_on_copy(loaded, tmp_path_factory.mktemp("aged")))
            with Session(writing(app.extensions["guide"].engine)) as session:
                service = session.scalars(select(Service).where(Service.key == KEY)).one()
                service.assured_date = assured
                if not phones:
                    service.phones = []
                enqueue_index_update(session, f"service:{KEY}")
                session.commit()
            return app

        def visitor(assured: date, phones: bool = True) -> PageClient:
            return PageClient(guide(assured, phones))

        yield visitor


@pytest.mark.parametrize("state", AGES)
def test_the_page_of_a_listing_says_when_it_was_confirmed(aged, state: str) -> None:
    assured, words = AGES[state]
    page = aged(assured).get(f"/fr/services/{KEY}")
    assert folded(words) in folded(page.words)
    assert ("notice-warn" in page.html) is (state == "stale")


@pytest.mark.parametrize(("state", "shown"), [("fresh", False), ("to_confirm", True), ("stale", True)])
def test_a_card_says_it_once_a_call_is_worth_while(aged, state: str, shown: bool) -> None:
    assured, words = AGES[state]
    visitor = aged(assured)
    for path in ("/fr/services/?q=colis", "/fr/besoins/faim"):
        page = visitor.get(path)
        assert KEY in page.keys
        assert (folded(words) in folded(page.words)) is shown


def test_an_old_listing_without_a_number_asks_nobody_to_call(aged) -> None:
    page = aged(AGES["stale"][0], phones=False).get(f"/fr/services/{KEY}")
    assert folded("Non confirmé depuis le 1er mars 2026. Vérifiez avant d’y aller.") in folded(page.words)
    assert folded("Appelez avant d’y aller") not in folded(page.words.partition("Imprimé le")[0])


def test_a_printed_list_says_it_too(aged) -> None:
    visitor = aged(AGES["stale"][0])
    with Session(visitor.http.application.extensions["guide"].engine) as session:
        code = session.scalars(select(Service.short_code).where(Service.key == KEY)).one()
    assert folded(AGES["stale"][1]) in folded(visitor.get(f"/fr/ma-liste/imprimer?s={code}").words)


def test_a_stale_listing_is_found_after_those_that_are_not(aged) -> None:
    order = {}
    for state in ("fresh", "stale"):
        visitor = aged(AGES[state][0])
        visitor.get("/fr/services/?q=faim")
        visitor.http.application.extensions["guide"].index.wait()
        order[state] = visitor.get("/fr/services/?q=faim").keys
    assert set(order["stale"]) == set(order["fresh"])
    assert order["fresh"].index(KEY) < 3 < order["stale"].index("ange-gardien")
