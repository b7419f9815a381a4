"""The page of one record: its family, what it says first, what it never says."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide import paths
from guide.clock import BRUSSELS
from guide.database import writing
from guide.directory.listings import listings_by_key, services_by_key
from guide.languages import Bilingual
from guide.model import Closure, Publication, Service, ServiceAtLocation
from guide.web.public.services import record_page
from tests.differing import Trait, fewest
from tests.pages import PageClient
from tests.rounds import ALL
from tests.words import folded, of_class

RECORDS: dict[str, dict[str, Any]] = {
    file.stem: yaml.safe_load(file.read_text(encoding="utf-8"))
    for file in sorted((paths.DATA / "services").iterdir())
}
FAMILIES = {
    "service": ("/fr/services/", "/nl/diensten/"),
    "helpline": ("/fr/services/", "/nl/diensten/"),
    "benefit": ("/fr/aides/", "/nl/steun/"),
    "tool": ("/fr/projets/", "/nl/projecten/"),
    "programme": ("/fr/projets/", "/nl/projecten/"),
    "measure": ("/fr/projets/", "/nl/projecten/"),
}


def traits_of(record: dict[str, Any]) -> frozenset[Trait]:
    """What its page may treat otherwise: which fields it has, in which languages, and its states."""
    states = {(name, record[name]) for name in ("kind", "state", "visibility") if name in record}
    sides = {(name, *sorted(text)) for name, text in record.items() if isinstance(text, dict)}
    return frozenset({("filled", name) for name in record} | states | {("sides", side) for side in sides})


DIFFERING = list(RECORDS) if ALL else fewest({key: traits_of(record) for key, record in RECORDS.items()})


def addresses(key: str) -> tuple[str, str]:
    french, dutch = FAMILIES[RECORDS[key]["kind"]]
    return french + key, dutch + key


def change(app: Flask, key: str, apply: Callable[[Service], object]) -> None:
    """Changes one record in the database of this application."""
    with Session(writing(app.extensions["guide"].engine)) as session:
        apply(session.scalars(select(Service).where(Service.key == key)).one())
        session.commit()


def test_ninety_five_records_are_held() -> None:
    assert len(RECORDS) == 95


@pytest.mark.parametrize("key", DIFFERING)
def test_the_page_of_a_stored_listing_is_that_of_its_rows(app: Flask, key: str) -> None:
    """At the desk and for whoever is signed in a page is made of the rows, for the public of the stored listing."""
    if RECORDS[key].get("visibility") == "professional":
        pytest.skip("kept for professionals: never stored")
    for path in addresses(key):
        with app.test_request_context(path), Session(app.extensions["guide"].engine) as session:
            app.preprocess_request()
            (listing,) = listings_by_key(session, [key])
            (rows,) = services_by_key(session, [key])
            assert record_page(listing, session) == record_page(rows, session)


@pytest.mark.parametrize("key", DIFFERING)
def test_every_record_answers_in_both_languages_in_its_family(client: PageClient, key: str) -> None:
    for lang, path in zip(("fr", "nl"), addresses(key), strict=True):
        page = client.get(path)
        assert page.status == 200
        names = RECORDS[key]["name"]
        assert folded(page.all("h1")[0].text) == folded(names.get(lang) or next(iter(names.values())))
        first = folded(RECORDS[key]["summary"][lang])
        assert first in page.words


@pytest.mark.parametrize("key", ["resto-jet", "article-27", "guide-social", "tig", "tele-accueil-107"])
def test_a_wrong_family_redirects_to_the_right_one(client: PageClient, key: str) -> None:
    right = addresses(key)
    for side in (0, 1):
        for family in sorted(set(FAMILIES.values())):
            if family[side] + key == right[side]:
                continue
            page = client.get(family[side] + key)
            assert page.status == 301
            assert page.headers["Location"] == right[side]


@pytest.mark.parametrize(
    "path",
    [
        "/fr/services/rien",
        "/nl/diensten/niets",
        "/fr/aides/rien",
        "/nl/projecten/niets",
        "/fr/services/%00",
        "/fr/services/%25",
        "/fr/services/" + "a" * 3000,
        "/fr/services/RESTO-JET'--",
    ],
)
def test_an_unknown_record_is_not_found(client: PageClient, path: str) -> None:
    page = client.get(path)
    assert page.status == 404
    assert page.all("html")[0].attributes["lang"] == path[1:3]


@pytest.mark.parametrize("key", [key for key, record in RECORDS.items() if record["state"] == "announced"])
def test_what_a_plan_only_announced_says_so_first(client: PageClient, key: str) -> None:
    page = client.get(addresses(key)[0])
    article = page.html[page.html.index("<h1") :]
    assert article.index("Annoncé dans un plan") < article.index('class="lead"')
    assert not [pill for pill in of_class(page, "pill") if folded(pill.text).startswith(("Ouvert", "Ferme"))]


@pytest.mark.parametrize("key", [key for key, record in RECORDS.items() if record["state"] == "ended"])
def test_what_has_ended_says_so_first(client: PageClient, key: str) -> None:
    page = client.get(addresses(key)[0])
    article = page.html[page.html.index("<h1") :]
    assert article.index("C’est terminé.") < article.index('class="lead"')


def test_a_confidential_address_appears_nowhere_even_if_the_database_holds_it(
    make_app: Callable[..., Flask], instance: Path
) -> None:
    app = make_app(instance)
    secret = Bilingual("Rue du Secret 12", "Geheimstraat 12")
    change(
        app,
        "logements-transit",
        lambda record: record.service_at_locations.append(
            ServiceAtLocation(street=secret, postal_code="1090", latitude=50.88, longitude=4.32)
        ),
    )
    client, code = PageClient(app), RECORDS["logements-transit"]["short_code"]
    for path in (
        *addresses("logements-transit"),
        "/fr/services/?q=logement+transit",
        "/nl/diensten/?q=transitwoning",
        "/fr/besoins/logement",
        "/fr/besoins/sans-abri",
        "/fr/carte",
        "/nl/kaart",
        f"/fr/ma-liste?s={code}",
        f"/fr/ma-liste/imprimer?s={code}",
    ):
        page = client.get(path)
        assert page.status == 200
        assert "Secret 12" not in page.html, path
        assert "Geheimstraat" not in page.html, path
    page = client.get(addresses("logements-transit")[0])
    assert "L’adresse est confidentielle." in page.words


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("actiris-jette", "2021"),
        ("gc-essegem", "2022"),
        ("lojega", "2023"),
        ("cpas-jette", "Heures sans date"),
    ],
)
def test_old_or_undated_hours_say_so_and_never_make_a_service_open(
    client: PageClient, key: str, words: str
) -> None:
    page = client.get(addresses(key)[0])
    assert any(words in folded(line.text) for line in of_class(page, "checked") if "eures" in line.text)
    pills = [folded(pill.text) for pill in of_class(page, "pill")]
    assert not [pill for pill in pills if pill.startswith(("Ouvert", "Ferme"))]


def test_a_temporary_closure_appears_and_leaves_by_itself(
    make_app: Callable[..., Flask], instance: Path
) -> None:
    closure = Closure(
        starts=date(2026, 11, 20), ends=date(2026, 11, 30), reason=Bilingual("Travaux", "Werken")
    )
    change(make_app(instance), "cpas-jette", lambda record: record.closures.append(closure))
    seen: dict[int, tuple[str, str]] = {}
    for day in (19, 20, 30):
        client = PageClient(make_app(instance, datetime(2026, 11, day, 10, 0, tzinfo=BRUSSELS)))
        seen[day] = (client.get("/fr/services/cpas-jette").words, client.get("/fr/services/?q=CPAS").words)
    after = PageClient(make_app(instance, datetime(2026, 12, 1, 10, 0, tzinfo=BRUSSELS)))
    words = after.get("/fr/services/cpas-jette").words
    for shown in (*seen[20], *seen[30]):
        assert "Fermé jusqu’au 30 novembre 2026 inclus" in shown
    assert "Travaux" in seen[20][0]
    for shown in (*seen[19], words):
        assert "Fermé jusqu’au" not in shown
    # Announced from the day it is accepted.
    assert "Fermeture annoncée" in seen[19][0]
    assert "Fermé du 20 novembre 2026 au 30 novembre 2026 inclus. Travaux" in seen[19][0]
    assert "Travaux" not in words


def test_a_closed_service_is_not_the_open_one_of_the_filter(
    make_app: Callable[..., Flask], instance: Path
) -> None:
    app = make_app(instance)
    before = PageClient(app).get("/fr/services/?ouvert=1").keys
    assert "allo-aide-sociale" in before
    day = date(2026, 11, 23)
    change(app, "allo-aide-sociale", lambda record: record.closures.append(Closure(starts=day, ends=day)))
    assert "allo-aide-sociale" not in PageClient(app).get("/fr/services/?ouvert=1").keys


def test_an_archived_record_answers_gone_with_other_help(
    make_app: Callable[..., Flask], instance: Path
) -> None:
    app = make_app(instance)
    change(app, "resto-jet", lambda record: setattr(record, "publication", Publication.ARCHIVED))
    client = PageClient(app)
    for path, other in zip(addresses("resto-jet"), ("/fr/services/", "/nl/diensten/"), strict=True):
        page = client.get(path)
        assert page.status == 410
        main = page.html[page.html.index("<main") : page.html.index("<footer")]
        assert main.count(f'href="{other}') >= 3, "nearest services are named"
        assert f'href="{path}"' not in main
        assert '<meta name="robots" content="noindex">' in page.html
    assert "resto-jet" not in client.get("/fr/besoins/faim").keys
    assert "/services/resto-jet" not in client.get("/sitemap.xml").html


@pytest.mark.parametrize("state", [Publication.DRAFT, Publication.IN_REVIEW])
def test_an_unpublished_record_is_shown_nowhere(
    make_app: Callable[..., Flask], instance: Path, state: Publication
) -> None:
    app = make_app(instance)
    change(app, "ais-jette", lambda record: setattr(record, "publication", state))
    client = PageClient(app)
    for path in addresses("ais-jette"):
        assert client.get(path).status == 404
    assert client.get(f"/s/{RECORDS['ais-jette']['short_code']}").status in (302, 404)
    for path in ("/fr/besoins/logement", "/fr/services/?q=AIS", "/fr/carte", "/fr/organismes/ais-jette"):
        page = client.get(path)
        assert "ais-jette" not in page.keys
        assert "/fr/services/ais-jette" not in page.links(), f"{path} links to a page that is not found"


def test_a_professional_contact_is_told_apart_and_never_offered_to_the_public(client: PageClient) -> None:
    page = client.get("/fr/services/crisis-bxl")
    assert "seulement pour les professionnels" in page.words
    assert "/fr/urgence" in page.links()
    for path in (
        "/fr/services/?q=crisis",
        "/nl/diensten/?q=crisis",
        "/fr/besoins/moral",
        "/fr/besoins/enfants",
    ):
        assert "crisis-bxl" not in client.get(path).keys
    assert "crisis-bxl" not in client.get("/sitemap.xml").html


@pytest.mark.parametrize("key", [key for key, record in RECORDS.items() if record.get("sensitive")])
def test_a_sensitive_record_can_be_left_fast_and_is_kept_by_nobody(client: PageClient, key: str) -> None:
    for path in addresses(key):
        page = client.get(path)
        leave = of_class(page, "leave")[0]
        assert leave.attributes["href"].startswith("https://www.meteo.be/")
        assert "noreferrer" in leave.attributes["rel"]
        assert (
            page.html.index('class="skip"')
            < page.html.index('class="leave"')
            < page.html.index('class="logo"')
        )
        assert page.headers["Cache-Control"] == "no-store"
        assert "ETag" not in page.headers
        assert "ajouter" not in {button.attributes.get("name") for button in page.all("button")}


ABOUT_SUFFERING = (
    ("/fr/besoins/moral", "/nl/noden/mentaal"),
    ("/fr/besoins/danger", "/nl/noden/gevaar"),
    ("/fr/besoins/moral/questions", "/nl/noden/mentaal/vragen"),
    ("/fr/services/?besoin=moral", "/nl/diensten/?nood=moral"),
    ("/fr/services/?besoin=danger", "/nl/diensten/?nood=danger"),
    ("/fr/services/?q=1813", "/nl/diensten/?q=103"),
    ("/fr/carte?besoin=moral", "/nl/kaart?nood=moral"),
    ("/fr/services/ecoute-enfants-103/signaler-une-erreur", "/nl/diensten/awel-102/fout-melden"),
    ("/fr/organismes/tele-accueil-107", "/nl/organisaties/1712"),
    ("/fr/ma-liste?s=3qty,{code}", "/nl/mijn-lijst?s=3qty,{code}"),
    ("/fr/imprimer?choix=need-moral", "/nl/afdrukken?keuze=need-danger"),
    ("/fr/relais/papier?service=1712", "/nl/doorverwijzing/papier?dienst=zelfmoordlijn-1813"),
)


@pytest.mark.parametrize("path", [path for pair in ABOUT_SUFFERING for path in pair])
def test_pages_about_suicide_abuse_and_violence_are_flagged_alike(client: PageClient, path: str) -> None:
    page = client.get(path.replace("{code}", RECORDS["prevention-suicide"]["short_code"]))
    if page.status == 301:
        page = client.get(page.headers["Location"])
    assert of_class(page, "leave"), "the quick exit"
    assert "no-store" in page.headers["Cache-Control"]
    assert "data-worker" not in page.html, "no silent copy on a telephone"
    told = ("suicide", "zelfmoord", "violence", "geweld", "1712", "Écoute-Enfants", "Awel", "vais pas bien")
    assert not [word for word in told if word in page.title]


@pytest.mark.parametrize("path", ["/fr/imprimer/guide.pdf?choix=need-moral", "/fr/imprimer/fiche/1712.pdf"])
def test_files_about_them_are_kept_by_nobody_either(client: PageClient, path: str) -> None:
    assert client.get(path).headers["Cache-Control"] == "no-store"


def test_only_sensitive_pages_bear_the_quick_exit(client: PageClient) -> None:
    for path in ("/fr/services/resto-jet", "/fr/besoins/faim", "/fr/", "/fr/urgence"):
        assert not of_class(client.get(path), "leave")


def test_the_facts_of_a_service_stand_in_their_fixed_order(client: PageClient) -> None:
    for key in ("caba-jette", "cpas-jette", "actiris-jette", "maison-medicale"):
        questions = [folded(element.text) for element in of_class(client.get(addresses(key)[0]), "fact-q")]
        wanted = [
            "Pour qui ?",
            "Combien ça coûte ?",
            "Que faut-il apporter ?",
            "Quand ?",
            "Où ?",
            "Accessibilité",
            "Langues",
        ]
        known = [question for question in questions if question in wanted]
        assert known
        assert known == [question for question in wanted if question in known]


def test_a_service_shows_the_plan_actions_it_fulfils_and_on_what_evidence(client: PageClient) -> None:
    page = client.get("/fr/services/caba-jette")
    assert [link for link in page.links() if link.startswith("/fr/plans/pas")]
    assert "Confirmé ·" in page.words


def test_the_printed_sheet_bears_phone_short_link_and_code(client: PageClient) -> None:
    page = client.get("/fr/services/cpas-jette")
    assert "/s/3qty" in page.words
    assert of_class(page, "qr")
    assert "Imprimé le lundi 23 novembre 2026" in page.words
