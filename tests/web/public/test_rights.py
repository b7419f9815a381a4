"""Your rights: every point bears its mark of how sure it is."""

import pytest

from tests.pages import PageClient
from tests.words import of_class


@pytest.mark.parametrize("path", ["/fr/vos-droits", "/nl/uw-rechten"])
def test_every_right_says_how_sure_it_is(client: PageClient, path: str) -> None:
    page = client.get(path)
    assert page.status == 200
    main = page.html[page.html.index("<main") : page.html.index("<footer")]
    rights = main.count("<li>\n    <p>")
    assert rights >= 10
    assert len(of_class(page, "pill")) == rights


@pytest.mark.parametrize(
    "words", ["30 jours", "papier avec la date", "urgent", "tribunal du travail", "3 mois", "venir avec vous"]
)
def test_the_page_answers_what_a_person_who_asks_must_know(client: PageClient, words: str) -> None:
    assert words in client.get("/fr/vos-droits").words


@pytest.mark.parametrize("path", ["/fr/vos-droits", "/nl/uw-rechten"])
def test_the_person_to_call_and_her_address_are_one_click_away(client: PageClient, path: str) -> None:
    page = client.get(path)
    assert "tel:+3224224611" in page.links()
    assert [link for link in page.links() if link.endswith("/cpas-jette")]
