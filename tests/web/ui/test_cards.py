"""What a card says before anybody goes: for whom, the price, what to bring; what is not known, in one line."""

import pytest

from tests.pages import PageClient
from tests.words import folded


def card(client: PageClient, path: str, key: str) -> str:
    """The markup of one card."""
    page = client.get(path).html
    return page[page.index(f'data-key="{key}"') :].partition('<li class="card"')[0]


def test_a_card_says_for_whom_and_the_price_as_the_record_does(client: PageClient) -> None:
    words = folded(card(client, "/fr/besoins/faim", "resto-jet"))
    assert "Pour qui :</b> Pour les personnes qui ont peu d’argent ou pas de logement." in words
    assert "Prix :</b> En 2019, un repas coûtait 2 €." in words
    dutch = folded(card(client, "/nl/noden/honger", "resto-jet"))
    assert "Voor wie:</b> Voor mensen met weinig geld of zonder woning." in dutch


def test_what_is_not_known_is_asked_once_by_telephone_where_there_is_one(client: PageClient) -> None:
    words = folded(card(client, "/fr/besoins/faim", "centre-entraide-jette"))
    assert words.count("Demandez par téléphone") == 1
    assert "le prix, ce qu’il faut apporter." in words
    alone = folded(card(client, "/fr/besoins/faim", "foodtruck-solidaire"))
    assert "Demandez par téléphone" not in alone
    assert alone.count("Pas encore connu") == 1


def test_nobody_asks_the_price_of_a_help_line_or_of_what_is_only_announced(client: PageClient) -> None:
    line = folded(card(client, "/fr/besoins/moral", "tele-accueil-107"))
    assert "Demandez par téléphone" not in line
    announced = folded(card(client, "/fr/besoins/dettes", "guichet-surendettement"))
    assert "Prix" not in announced
    assert "Pas encore connu" not in announced


@pytest.mark.usefixtures("database_kind")
def test_the_results_of_a_search_say_it_too(client: PageClient) -> None:
    assert "Pour qui" in card(client, "/fr/services/?q=faim", "resto-jet")
