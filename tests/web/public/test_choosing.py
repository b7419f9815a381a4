"""Help to choose, page by page: links only, the answers in the address, nothing stored."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.model import QuestionSet
from tests.pages import PageClient
from tests.words import folded, of_class

START = {"fr": "/fr/besoins/faim/questions", "nl": "/nl/noden/honger/vragen"}
NAME = {"fr": "reponses", "nl": "antwoorden"}


@pytest.mark.parametrize("lang", ["fr", "nl"])
def test_from_the_need_through_every_question_to_the_services(client: PageClient, lang: str) -> None:
    need = START[lang].rpartition("/")[0]
    assert START[lang] in client.get(need).links()
    path, seen = START[lang], 0
    while of_class(page := client.get(path), "answer-links"):
        seen += 1
        yes = next(link for link in page.links() if link.startswith(f"{START[lang]}?"))
        assert "Set-Cookie" not in page.headers
        path = yes
    assert seen == 4
    assert page.keys
    assert path.endswith("=1111")


def test_three_answers_a_question_and_a_way_back(client: PageClient) -> None:
    page = client.get(f"{START['fr']}?reponses=1")
    assert [link.rpartition("=")[2] for link in page.links() if "reponses=" in link] == [
        "11",
        "10",
        "1x",
        "1xxx",
    ]
    assert START["fr"] in page.links()
    assert "Je ne sais pas" in page.words
    assert folded(page.all("h1")[0].text).endswith("?")


def test_the_end_says_why_and_what_to_ask(client: PageClient) -> None:
    page = client.get(f"{START['fr']}?reponses=0100")
    words = folded(page.words)
    assert "Parce que vous avez dit « Je veux un repas prêt » : c’est pour ceci : Repas" in words
    assert "Parce que vous avez dit « Je n’habite pas à Jette » : c’est seulement pour Jette." in words
    assert "si c’est aussi pour les autres communes" in words
    assert page.keys.index("resto-jet") < page.keys.index("caba-jette")
    assert page.html.index("Ne conviennent peut-être pas") < page.html.index('data-key="caba-jette"')


def test_an_answer_can_be_taken_back_one_by_one(client: PageClient) -> None:
    page = client.get(f"{START['fr']}?reponses=10xx")
    assert START["fr"] in page.links()
    assert f"{START['fr']}?reponses=1" in page.links()
    assert "Vous n’avez pas encore répondu" in client.get(f"{START['fr']}?reponses=xxxx").words


def test_the_other_language_keeps_the_answers(client: PageClient) -> None:
    page = client.get(f"{START['fr']}?reponses=10")
    twin = of_class(page, "switch")[0].attributes["href"]
    assert twin == f"{START['nl']}?antwoorden=10"
    assert of_class(client.get(twin), "answer-links")


def test_answers_are_kept_from_search_engines_and_shared_caches(client: PageClient) -> None:
    page = client.get(f"{START['fr']}?reponses=1111")
    robots = [meta.attributes for meta in page.all("meta") if meta.attributes.get("name") == "robots"]
    assert [one["content"] for one in robots] == ["noindex"]
    assert "public" not in page.headers["Cache-Control"]


@pytest.mark.parametrize("asked", ["", "?reponses=1", "?reponses=1111"])
def test_a_sensitive_need_is_neutral_in_the_history_and_can_be_left_fast(
    client: PageClient, asked: str
) -> None:
    page = client.get(f"/fr/besoins/danger/questions{asked}")
    assert page.title.startswith("Aide et écoute")
    assert of_class(page, "leave")
    assert of_class(page, "crisis")
    assert page.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in page.headers


@pytest.mark.parametrize("value", ["", "%00", "zzzz", "1" * 4000, "<b>", "%F0%9F%98%80", "01x?"])
def test_any_answers_get_a_page(client: PageClient, value: str) -> None:
    assert client.get(f"{START['fr']}?reponses={value}").status == 200


@pytest.mark.parametrize("path", ["/fr/besoins/deuil/questions", "/fr/besoins/rien/questions"])
def test_a_need_without_questions_has_no_such_page_and_no_link_to_it(client: PageClient, path: str) -> None:
    assert client.get(path).status == 404
    assert "Aide pour choisir" not in client.get("/fr/besoins/deuil").words


def test_every_need_with_questions_is_reached_in_both_languages(
    client: PageClient, directory: Session
) -> None:
    for one in directory.scalars(select(QuestionSet)):
        for lang, path, last in (("fr", "besoins", "questions"), ("nl", "noden", "vragen")):
            page = client.get(f"/{lang}/{path}/{one.need.slug.side(lang)}/{last}")
            assert page.status == 200
            assert not of_class(page, "lang-note")
