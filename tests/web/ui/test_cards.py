"""A card says first what helps: name, one line, one way to reach somebody, and once what is not known."""

import re

import pytest

from tests.pages import PageClient
from tests.words import folded


def card(client: PageClient, path: str, key: str) -> str:
    """The markup of one card."""
    page = client.get(path).html
    return page[page.index(f'data-key="{key}"') :].partition('<li class="card"')[0]


def calls(markup: str) -> list[str]:
    """The numbers that it calls."""
    return re.findall(r'href="(tel:[^"]+)"', markup)


def test_what_is_not_known_stands_in_one_line_and_is_asked_of_nobody_twice(client: PageClient) -> None:
    for key in ("centre-entraide-jette", "foodtruck-solidaire", "resto-jet"):
        words = folded(card(client, "/fr/besoins/faim", key))
        assert words.count("Pas encore connu") == 1
        assert "Demandez par téléphone" not in words
        assert "Heures à vérifier" not in words
    assert "Nog niet bekend: de prijs" in folded(card(client, "/nl/noden/honger", "centre-entraide-jette"))


def test_there_is_one_way_to_reach_somebody(client: PageClient) -> None:
    own = card(client, "/fr/besoins/faim", "centre-entraide-jette")
    assert calls(own) == ["tel:+3224289056"]
    assert "Demander" not in own
    asked = card(client, "/fr/besoins/faim", "caba-jette")
    assert calls(asked) == ["tel:+3224224611"]
    assert "Demander au CPAS : 02 422 46 11, pour CABA Jette" in folded(re.sub(r"<[^>]+>", "", asked))
    dutch = card(client, "/nl/noden/honger", "caba-jette")
    assert "Bel het OCMW: 02 422 46 11, voor CABA Jette" in folded(re.sub(r"<[^>]+>", "", dutch))


def test_hours_that_are_not_known_are_no_pill(client: PageClient) -> None:
    assert "pill" not in card(client, "/fr/besoins/faim", "centre-entraide-jette")
    # A line that answers day and night says so.
    assert "Répond jour et nuit" in folded(card(client, "/fr/besoins/moral", "tele-accueil-107"))


def test_nobody_asks_about_what_is_only_announced(client: PageClient) -> None:
    announced = card(client, "/fr/besoins/dettes", "guichet-surendettement")
    assert "Pas encore connu" not in folded(announced)
    assert not calls(announced)


def test_a_card_says_in_a_few_words_that_what_it_says_is_old(client: PageClient) -> None:
    assert '<span class="old">Vu en 2019, pas confirmé.</span>' in card(
        client, "/fr/besoins/faim", "caba-jette"
    )
    assert 'class="old"' not in card(client, "/fr/besoins/moral", "tele-accueil-107")


@pytest.mark.usefixtures("database_kind")
def test_the_word_that_was_searched_is_seen_where_the_line_does_not_hold_it(client: PageClient) -> None:
    for word in ("vêtements", "ateliers"):
        assert re.search(
            rf"<mark>{word}</mark>",
            card(client, f"/fr/services/?q={word}", "centre-entraide-jette")
            if word == "vêtements"
            else card(client, f"/fr/services/?q={word}", "caba-jette"),
        )
