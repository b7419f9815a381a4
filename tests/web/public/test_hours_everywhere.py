"""Invented listings with hours of every kind, on holidays and around them: one answer wherever it is asked.

On the page, its table, the card, the list of the map, the filter "open now", on paper and on a telephone that keeps
the guide.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from guide.clock import BRUSSELS
from guide.languages import Bilingual, Language
from guide.model import CalendarPeriod, Closure, PeriodKind, Schedule, Service, TaxonomyTerm
from tests import factories
from tests.factories import EVERY_DAY, WEEKDAYS, slot
from tests.pages import Page, PageClient
from tests.pdf_texts import page_texts
from tests.rounds import ALL
from tests.running import app_on_changed_copy

SUMMER = {"valid_from": date(2027, 7, 1), "valid_to": date(2027, 8, 31)}
NUMBERS = {"1": "02 555 10 01", "2": "02 555 10 02"}
STREETS = {"1": "Rue Inventée Une 1", "2": "Rue Inventée Deux 2"}


def hours() -> Mapping[str, list[Schedule]]:
    """Key → its slots; made anew, since each belongs to one listing."""
    return {
        "bureau": [slot(holidays="closed")],
        "bureau-qui-sait": [slot()],
        "abri": [slot("20:00", "08:00", EVERY_DAY, holidays="open")],
        "abri-qui-sait": [slot("20:00", "08:00", EVERY_DAY)],
        "abri-ferie": [slot("20:00", "08:00", EVERY_DAY, holidays="closed")],
        "dimanche": [slot("10:00", "13:00", ["1SU"], holidays="closed")],
        "telephone": [
            slot("09:00", "12:00", holidays="closed"),
            slot("09:00", "19:00", kind="phone", holidays="closed"),
        ],
        "ete": [slot(holidays="closed"), slot("09:00", "12:00", holidays="closed", **SUMMER)],
        "fermeture": [slot(holidays="closed")],
        "pont": [slot(holidays="closed")],
        "deux-adresses": [
            slot("09:00", "12:00", WEEKDAYS, holidays="closed"),
            slot("14:00", "18:00", WEEKDAYS, holidays="closed"),
        ],
    }


KEYS = tuple(hours())
CLOSURE = Closure(
    starts=date(2026, 12, 24), ends=date(2027, 1, 3), reason=Bilingual("Travaux inventés", "Verzonnen werken")
)
BRIDGE = CalendarPeriod(
    kind=PeriodKind.CLOSED,
    starts=date(2027, 5, 7),
    ends=date(2027, 5, 7),
    reason=Bilingual("Pont inventé", "Verzonnen brugdag"),
)


def plant(session: Session) -> None:
    # Room on the first page of results.
    session.execute(
        delete(Service).where(Service.key.in_(["caba-jette", "resto-jet", "viva-jette", "pef-jette"]))
    )
    need = session.scalars(
        select(TaxonomyTerm).where(TaxonomyTerm.taxonomy == "needs", TaxonomyTerm.key == "faim")
    ).one()
    body = factories.organization(key="maison-inventee", calendar=[BRIDGE])
    for number, (key, slots) in enumerate(hours().items()):
        spot = Decimal("50.87") + number * Decimal("0.001")
        places = [factories.location(spot, Decimal("4.32"), street=Bilingual(STREETS["1"], STREETS["1"]))]
        made = factories.open_service(
            *slots,
            key=f"invente-{key}",
            short_code=f"inv{number:02}",
            name=Bilingual(f"Inventé {key}", f"Verzonnen {key}"),
            phones=[factories.phone()],
            attributes=[factories.filed(need)],
            service_at_locations=places,
            organization=body,
            schedule_source=factories.source("2026-11-20"),
        )
        if key == "fermeture":
            made.closures = [CLOSURE]
        if key == "bureau":
            made.closures = [
                Closure(starts=day, ends=day, reason=Bilingual("Cours inventé", "Verzonnen les"))
                for day in (date(2027, 1, 11) + timedelta(days=14 * number) for number in range(5))
            ]
        if key == "deux-adresses":
            made.service_at_locations.append(
                factories.location(spot, Decimal("4.33"), street=Bilingual(STREETS["2"], STREETS["2"]))
            )
            made.phones = [factories.phone(NUMBERS["1"]), factories.phone(NUMBERS["2"])]
            of_places = zip(made.service_at_locations, slots, made.phones, STREETS, strict=True)
            for place, its_hours, line, name in of_places:
                place.key = its_hours.address = line.address = name
            made.link_places()
        if key == "abri-ferie":
            made.closures = [
                Closure(starts=date(2027, 2, 1), ends=date(2027, 2, 3), reason=Bilingual("Peinture", "Verf"))
            ]
        session.add(made)


@dataclass
class Moment:
    """The guide at a moment: whoever asks it."""

    app: Flask

    def at(self, moment: str) -> PageClient:
        clock = datetime.fromisoformat(moment).replace(tzinfo=BRUSSELS)
        self.app.config["CLOCK"] = lambda: clock
        return PageClient(self.app)


@pytest.fixture(scope="module")
def guide_at(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], PageClient]]:
    with app_on_changed_copy(loaded, tmp_path_factory.mktemp("hours"), plant) as app:
        yield Moment(app).at


def plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\u00a0", " ").split())


def pill(html: str) -> str:
    found = re.search(r'<span class="pill [^"]*">(.*?</span>)</span>', html, re.S)
    return plain(found[1]) if found else ""


def page_of(client: PageClient, key: str, lang: Language = "fr") -> Page:
    return client.get(f"/{lang}/{'services' if lang == 'fr' else 'diensten'}/invente-{key}")


def pill_on_page(client: PageClient, key: str, lang: Language = "fr") -> str:
    html = page_of(client, key, lang).html
    return pill(html[html.index("<h1") :])


def cards(client: PageClient, lang: Language = "fr", **asked: str) -> Mapping[str, str]:
    """Key → the card of each of ours among the results for their common name."""
    found: dict[str, str] = {}
    words = {"fr": "inventé", "nl": "verzonnen"}[lang]
    path = f"/{lang}/{'services' if lang == 'fr' else 'diensten'}/"
    html = client.http.get(path, query_string={"q": words, **asked}).get_data(as_text=True)
    for part in html.split('data-key="')[1:]:
        key = part.partition('"')[0]
        found[key.removeprefix("invente-")] = part
    return {key: part for key, part in found.items() if key in KEYS}


def row_of_today(client: PageClient, key: str) -> str:
    rows = re.findall(r'<tr class="today">.*?</tr>', page_of(client, key).html, re.S)
    return " | ".join(map(plain, rows))


SHELTERS = ("abri", "abri-qui-sait", "abri-ferie")
OPEN_AT: Mapping[str, Mapping[str, str]] = {
    # Christmas is a Friday; the night before, the morning of, the night after.
    "2026-12-24T22:00": dict.fromkeys(SHELTERS, "open"),
    "2026-12-25T02:00": dict.fromkeys(SHELTERS, "open"),
    "2026-12-25T10:00": {"bureau-qui-sait": "perhaps"},
    "2026-12-25T22:00": {"abri": "open", "abri-qui-sait": "perhaps"},
    "2026-12-26T02:00": {"abri": "open", "abri-qui-sait": "perhaps"},
    "2027-01-01T10:00": {"bureau-qui-sait": "perhaps"},
    # Ascension is a Thursday, 7 May the bridge day of the body.
    "2027-05-06T10:00": {"bureau-qui-sait": "perhaps"},
    "2027-05-07T10:00": {},
    "2027-05-07T22:00": {"abri": "open"},
    "2027-07-21T10:00": {"bureau-qui-sait": "perhaps"},
    "2027-07-22T10:00": dict.fromkeys(
        ("bureau", "bureau-qui-sait", "telephone", "ete", "fermeture", "pont", "deux-adresses"), "open"
    ),
    "2027-07-22T15:00": dict.fromkeys(
        ("bureau", "bureau-qui-sait", "fermeture", "pont", "deux-adresses"), "open"
    ),
    "2026-12-06T11:00": {"dimanche": "open"},
    "2026-12-13T11:00": {},
    # The nights on which clocks change.
    "2027-03-28T01:30": dict.fromkeys(SHELTERS, "open"),
    "2027-03-28T03:30": dict.fromkeys(SHELTERS, "open"),
    "2027-10-31T02:30": dict.fromkeys(SHELTERS, "open"),
}
"""What is open, or perhaps open, at a moment; of all others nothing is."""
MOMENTS = (
    list(OPEN_AT) if ALL else ["2026-12-25T02:00", "2026-12-25T10:00", "2027-05-07T22:00", "2027-07-22T15:00"]
)


def answer(words: str) -> str:
    if words.startswith(("Ouvert", "Ferme bientôt")):
        return "open"
    return "perhaps" if "Peut-être fermé. Appelez d’abord." in words else "closed"


@pytest.mark.parametrize("moment", MOMENTS)
def test_page_card_map_and_filter_give_one_answer(guide_at: Callable[[str], PageClient], moment: str) -> None:
    client = guide_at(moment)
    expected = {key: OPEN_AT[moment].get(key, "closed") for key in KEYS}
    on_pages = {key: pill_on_page(client, key) for key in KEYS}
    assert {key: answer(words) for key, words in on_pages.items()} == expected
    on_cards = {key: pill(html) for key, html in cards(client).items()}
    assert on_cards == on_pages
    open_now = cards(client, ouvert="1")
    assert set(open_now) == {key for key, said in expected.items() if said == "open"}
    on_map = client.get("/fr/carte?besoin=manger&ouvert=1").html.partition("<footer")[0]
    assert {key for key in KEYS if f"Inventé {key}<" in on_map} == set(open_now)


@pytest.mark.parametrize(
    ("moment", "key", "words", "row"),
    [
        ("2026-12-25T10:00", "bureau", "Fermé aujourd’hui : Noël. Ouvre lundi à 9h", "Noël, fermé."),
        ("2026-12-25T20:00", "bureau", "Fermé aujourd’hui : Noël. Ouvre lundi à 9h", "Noël, fermé."),
        (
            "2026-12-25T10:00",
            "bureau-qui-sait",
            "Jour férié (Noël). Peut-être fermé. Appelez d’abord.",
            "Noël, peut-être fermé.",
        ),
        ("2026-12-25T22:00", "abri", "Ouvert, jusqu’à 8h", "Noël, aux heures habituelles :"),
        ("2026-12-25T02:00", "abri-qui-sait", "Ouvert, jusqu’à 8h", "Noël, peut-être fermé."),
        (
            "2027-05-07T10:00",
            "pont",
            "Fermé aujourd’hui : Pont inventé. Ouvre lundi à 9h",
            "Pont inventé, fermé.",
        ),
        (
            "2026-12-23T18:00",
            "fermeture",
            "Fermé. Ouvre le 4 janvier 2027 à 9h",
            "(aujourd’hui) 9h – 17h",
        ),
        (
            "2026-12-28T10:00",
            "fermeture",
            "Fermé. Ouvre le 4 janvier 2027 à 9h",
            "Fermé. D’habitude :",
        ),
        (
            "2026-12-26T02:00",
            "abri-ferie",
            "Fermé cette nuit : Noël. Ouvre à 20h",
            "(aujourd’hui) 20h – 8h le lendemain",
        ),
        ("2027-07-22T15:00", "ete", "Fermé. Ouvre demain à 9h", "(aujourd’hui) 9h – 12h"),
    ],
)
def test_pill_and_table_say_the_same_and_name_the_reason(
    guide_at: Callable[[str], PageClient], moment: str, key: str, words: str, row: str
) -> None:
    client = guide_at(moment)
    assert pill_on_page(client, key) == words
    assert row in row_of_today(client, key)


def test_a_closure_is_announced_from_the_day_it_is_accepted(guide_at: Callable[[str], PageClient]) -> None:
    said = "Fermé du 24 décembre 2026 au 3 janvier 2027 inclus. Travaux inventés"
    client = guide_at("2026-11-23T10:00")
    page = plain(page_of(client, "fermeture").html)
    assert f"Fermeture annoncée {said}" in page
    in_dutch = plain(page_of(client, "fermeture", "nl").html)
    assert "Gesloten van 24 december 2026 tot en met 3 januari 2027. Verzonnen werken" in in_dutch
    after = plain(page_of(guide_at("2027-01-04T10:00"), "fermeture").html)
    assert "Travaux" not in after


def test_days_of_the_month_and_seasons_are_told_beside_the_table(
    guide_at: Callable[[str], PageClient],
) -> None:
    client = guide_at("2026-12-01T10:00")
    assert "Le premier dimanche du mois 10h – 13h" in plain(page_of(client, "dimanche").html)
    summer = "Du 1er juillet 2027 au 31 août 2027 inclus : du lundi au vendredi 9h – 12h"
    assert summer in plain(page_of(client, "ete").html)
    within = plain(page_of(guide_at("2027-07-22T10:00"), "ete").html)
    assert "Jusqu’au 31 août 2027 inclus :" in within
    assert "Le reste du temps : du lundi au vendredi 9h – 17h" in within


def test_a_card_too_says_that_the_telephone_is_answered_while_the_door_is_shut(
    guide_at: Callable[[str], PageClient],
) -> None:
    said = "Répond au téléphone, jusqu’à 19h"
    client = guide_at("2027-07-22T15:00")
    for html in (page_of(client, "telephone").html, cards(client)["telephone"]):
        assert f"Fermé. Ouvre demain à 9h {said}" in plain(html)
    for moment in ("2027-07-22T10:00", "2027-07-22T20:00", "2027-07-21T15:00"):
        assert said not in plain(page_of(guide_at(moment), "telephone").html), moment


def test_of_many_closures_the_next_three_are_told_and_the_others_folded(
    guide_at: Callable[[str], PageClient],
) -> None:
    html = page_of(guide_at("2027-01-05T10:00"), "bureau").html
    assert html.count("Fermeture annoncée") == 3
    folded = plain(html.partition("Encore 2 fermetures annoncées")[2].partition("</details>")[0])
    assert folded == "Fermé le 22 février 2027. Cours inventé Fermé le 8 mars 2027. Cours inventé"


def test_each_address_has_its_own_hours_and_state(guide_at: Callable[[str], PageClient]) -> None:
    client = guide_at("2027-07-22T15:00")
    assert pill_on_page(client, "deux-adresses") == "Ouvert, jusqu’à 18h (Rue Inventée Deux 2)"
    words = plain(page_of(client, "deux-adresses").html)
    assert "Rue Inventée Une 1 Fermé. Ouvre demain à 9h" in words
    assert "Rue Inventée Deux 2 Ouvert, jusqu’à 18h" in words


def test_the_number_to_call_is_that_of_the_address_that_is_open(
    guide_at: Callable[[str], PageClient],
) -> None:
    for moment, number in (("2027-07-22T10:00", NUMBERS["1"]), ("2027-07-22T15:00", NUMBERS["2"])):
        client = guide_at(moment)
        tel = f'href="tel:+32{number.replace(" ", "")[1:]}"'
        page = page_of(client, "deux-adresses").html
        assert tel in page[page.index('class="main-act') :].partition("</p>")[0], moment
        assert tel in cards(client)["deux-adresses"], moment


def test_a_closure_begins_when_the_night_before_it_ends(guide_at: Callable[[str], PageClient]) -> None:
    night = page_of(guide_at("2027-02-01T02:00"), "abri-ferie").html
    assert pill(night[night.index("<h1") :]) == "Ouvert, jusqu’à 8h"
    assert "Fermeture annoncée" in night
    morning = page_of(guide_at("2027-02-01T10:00"), "abri-ferie").html
    assert pill(morning[morning.index("<h1") :]) == "Fermé. Ouvre le 4 février 2027 à 20h"
    assert "Fermé temporairement" in morning


PAPER = {
    "bureau": ("Du lundi au vendredi 9h – 17h", "Pas les jours fériés."),
    "bureau-qui-sait": ("Jours fériés : peut-être fermé. Appelez d’abord.",),
    "abri": ("Tous les jours 20h – 8h le lendemain", "Aussi les jours fériés, aux mêmes heures."),
    "dimanche": ("Le premier dimanche du mois 10h – 13h",),
    "ete": ("Du 1er juillet 2027 au 31 août 2027 inclus : du lundi au vendredi 9h – 12h",),
    "fermeture": ("Fermé du 24 décembre 2026 au 3 janvier 2027 inclus.", "Travaux inventés"),
    "deux-adresses": (
        "Rue Inventée Une 1 :",
        "Du lundi au vendredi 9h – 12h",
        "Rue Inventée Deux 2 :",
        "Du lundi au vendredi 14h – 18h",
    ),
}


def test_paper_and_the_kept_guide_say_what_holds_on_other_days_too(
    guide_at: Callable[[str], PageClient],
) -> None:
    client = guide_at("2026-12-23T18:00")
    kept = client.http.get("/fr/hors-ligne/guide.json").get_json()["services"]
    for key, sentences in PAPER.items():
        on_paper = client.http.get(f"/fr/imprimer/fiche/invente-{key}.pdf").data
        printed = " ".join(" ".join(page_texts(on_paper)).replace("\u00a0", " ").split())
        own = next(one for one in kept if one["path"].endswith(f"/invente-{key}"))
        in_pocket = json.dumps(own["facts"], ensure_ascii=False).replace("\u00a0", " ")
        for sentence in sentences:
            assert sentence in printed, key
            assert sentence in in_pocket, key
