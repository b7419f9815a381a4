"""Ready-made sheets as pages: their list, each in both languages, the week of food, the QR."""

import pytest

from tests.pages import PageClient
from tests.words import folded, of_class

FOOD = {"fr": "/fr/feuilles/aide-alimentaire", "nl": "/nl/bladen/voedselhulp"}
INDEX = {"fr": "/fr/feuilles/", "nl": "/nl/bladen/"}


@pytest.mark.parametrize("lang", ["fr", "nl"])
def test_the_list_leads_to_every_sheet_and_each_answers(client: PageClient, lang: str) -> None:
    sheets = [
        link
        for link in client.get(INDEX[lang]).links()
        if link.startswith(INDEX[lang]) and link != INDEX[lang]
    ]
    assert len(sheets) == 7
    for path in sheets:
        page = client.get(path)
        assert page.status == 200
        assert len(page.keys) >= 3
        assert of_class(page, "qr")
        assert not of_class(page, "pill"), "a sheet never says open now"


def test_a_sheet_and_its_twin_lead_to_each_other(client: PageClient) -> None:
    for lang, twin in (("fr", "nl"), ("nl", "fr")):
        assert of_class(client.get(FOOD[lang]), "switch")[0].attributes["href"] == FOOD[twin]


def test_the_week_of_food_has_seven_days_and_says_what_is_to_be_confirmed(client: PageClient) -> None:
    page = client.get(FOOD["fr"])
    days = [folded(cell.text) for cell in page.all("th")]
    assert days == [
        *("Lundi", "Mardi", "Mercredi", "Jeudi", "Vendredi", "Samedi", "Dimanche"),
        "Jours à confirmer",
    ]
    week = folded(page.html[page.html.index("<table") : page.html.index("</table>")])
    assert "Ralliement des Fourchettes" in week.partition("Mercredi")[2].partition("Jeudi")[0]
    assert "à confirmer" in week
    assert "Resto Jet" in week.partition("Jours à confirmer")[2]
    assert not of_class(client.get("/fr/feuilles/dettes"), "week")


def test_a_sheet_can_be_sent_as_a_list_of_its_services(client: PageClient) -> None:
    page = client.get(FOOD["fr"])
    link = next(link for link in page.links() if link.startswith("/fr/ma-liste?s="))
    assert client.get(link).keys == page.keys


def test_paper_bears_its_date_and_somebody_to_call(client: PageClient) -> None:
    page = client.get(FOOD["fr"])
    assert "Imprimé le lundi 23 novembre 2026" in page.words
    paper = page.html[page.html.index('class="print-only"') :]
    assert "02 422 46 11" in folded(paper.partition("</p>")[0])


@pytest.mark.parametrize("path", ["/fr/feuilles/voedselhulp", "/nl/bladen/rien", "/fr/feuilles/%00"])
def test_a_sheet_of_the_other_language_or_of_nothing_is_not_found(client: PageClient, path: str) -> None:
    assert client.get(path).status == 404
