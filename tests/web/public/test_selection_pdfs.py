"""Every ready-made sheet as a PDF of its kind and as a poster, in both languages, always of today's records."""

import io

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy.orm import Session

from guide.database import writing
from guide.languages import Bilingual
from guide.loading.geo import put
from guide.loading.geojson import Shape
from guide.model import GeoKind, Selection
from tests.pages import PageClient
from tests.pdf_texts import page_texts
from tests.rounds import ALL


def address(app: Flask, key: str, lang: str, paper: str = "") -> str:
    with Session(app.extensions["guide"].engine) as session:
        slug = session.query(Selection).filter(Selection.key == key).one().slug.side(lang)
    start = "/fr/imprimer/feuille/" if lang == "fr" else "/nl/afdrukken/blad/"
    return f"{start}{slug}.pdf" + (f"?papier={paper}" if paper else "")


def fetched(client: PageClient, path: str) -> bytes:
    answer = client.http.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf"), path
    return answer.data


def words_of(content: bytes) -> str:
    return " ".join(page_texts(content))


POSTERS = ("a3-affiche", "a4-affiche")


@pytest.mark.parametrize("lang", ["fr", "nl"])
def test_every_selection_has_its_pdf_and_its_poster(app: Flask, client: PageClient, lang: str) -> None:
    with Session(app.extensions["guide"].engine) as session:
        keys = [one.key for one in session.query(Selection)]
    assert len(keys) == 7
    for place, key in enumerate(keys, start=lang == "nl"):
        # Elsewhere than in CI each in one language with one of its posters, by turns.
        papers = ("", *POSTERS) if ALL else (("", POSTERS[place // 2 % 2]) if place % 2 else ())
        for paper in papers:
            content = fetched(client, address(app, key, lang, paper))
            found = PdfReader(io.BytesIO(content))
            root = found.trailer["/Root"]
            assert root["/MarkInfo"]["/Marked"], key
            assert "/StructTreeRoot" in root
            assert str(root["/Lang"]).startswith(lang)
            if paper:
                assert len(found.pages) == 1, (key, paper)
            words = words_of(content)
            assert "ouvert maintenant" not in words.lower()
            assert "nu open" not in words.lower()


def test_the_food_sheet_has_its_week_and_without_streets_no_map(app: Flask, client: PageClient) -> None:
    words = words_of(fetched(client, address(app, "aide-alimentaire", "fr")))
    assert "lundi" in words.lower()
    assert "confirmer" in words
    assert "Numéro sur fond blanc" not in words


def test_a_change_of_the_selection_is_in_the_next_pdf(instance, make_app) -> None:
    app = make_app(instance)
    client = PageClient(app)
    path = address(app, "dettes", "fr")
    before = client.http.get(path)
    assert client.http.get(path).headers["ETag"] == before.headers["ETag"]
    with Session(writing(app.extensions["guide"].engine)) as session:
        one = session.query(Selection).filter(Selection.key == "dettes").one()
        one.title = type(one.title)("Tout autre titre", one.title.nl)
        session.commit()
    after = client.http.get(path)
    assert after.headers["ETag"] != before.headers["ETag"]
    assert "Tout autre titre" in page_texts(after.data)[0]


def test_streets_that_are_imported_make_a_map_of_the_next_pdf(instance, make_app) -> None:
    app = make_app(instance)
    client = PageClient(app)
    path = address(app, "aide-alimentaire", "fr")
    before = client.http.get(path).headers["ETag"]
    with Session(writing(app.extensions["guide"].engine)) as session:
        street = Shape(
            GeoKind.STREET, Bilingual("Rue", "Straat"), True, False, (((50.87, 4.32), (50.89, 4.34)),)
        )
        put(session, [street], "Stratenplan 2026")
        session.commit()
    after = client.http.get(path)
    assert after.headers["ETag"] != before
    words = words_of(after.data)
    assert "Stratenplan 2026" in words
    assert "© OpenStreetMap contributors" in words, "the map's licence asks for it, on paper too"
    assert "Numéro sur fond blanc" in words


def test_a_sheet_that_is_none_is_not_found(client: PageClient) -> None:
    assert client.get("/fr/imprimer/feuille/nulle-part.pdf").status == 404


def test_the_page_of_a_sheet_leads_to_its_pdf(app: Flask, client: PageClient) -> None:
    for lang, path in (("fr", "/fr/feuilles/aide-alimentaire"), ("nl", "/nl/bladen/voedselhulp")):
        links = client.get(path).links()
        assert address(app, "aide-alimentaire", lang) in links
        assert address(app, "aide-alimentaire", lang, "a3-affiche") in links
