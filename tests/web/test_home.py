"""The home page and the door."""

from tests.pages import PageClient


def test_home_shows_search_and_fourteen_situations_in_both_languages(client: PageClient) -> None:
    for path, heading in (("/fr/", "De quoi avez-vous besoin"), ("/nl/", "Wat hebt u nodig")):
        page = client.get(path)
        assert page.status == 200
        assert heading in page.words
