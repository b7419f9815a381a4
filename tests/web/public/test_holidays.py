"""Public holidays as visitors meet them: on the page, the card, the panel, the urgent page, on paper, and kept.

"Allo ? Aide sociale" answers from Monday to Friday, 9 to 17 h, and nobody has said what it does on holidays;
0800 30 030 and 102 rest on them, 103 answers, 112 and 101 always do.
"""

import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.clock import BRUSSELS
from guide.database import writing
from guide.languages import Language
from guide.model import Schedule, Service
from tests.pages import Page, PageClient
from tests.pdf_texts import page_texts
from tests.rounds import ALL

HOLIDAYS = {
    "2026-12-25": ("Noël", "Kerstmis"),
    "2027-01-01": ("Nouvel An", "Nieuwjaar"),
    "2027-03-29": ("lundi de Pâques", "paasmaandag"),
    "2027-05-06": ("Ascension", "Hemelvaartsdag"),
    "2027-07-21": ("Fête nationale", "nationale feestdag"),
}
DAYS = list(HOLIDAYS) if ALL else ["2026-12-25", "2027-05-06"]
"""The first test asks for all of them by name; what the others ask of each is the same for every one."""
PLACES = {"fr": ("services", "urgence", "imprimer/fiche"), "nl": ("diensten", "dringend", "afdrukken/fiche")}
PERHAPS = {"fr": "Jour férié ({}) : répond peut-être.", "nl": "Feestdag ({}): misschien bereikbaar."}
SILENT = {"fr": ("Ne répond pas", "Fermé"), "nl": ("Nu niet bereikbaar", "Gesloten")}
ANSWERS = {"fr": "Répond en principe maintenant", "nl": "In principe nu bereikbaar"}
ELSEWHERE = {"fr": "À cette heure, votre appel va au 107", "nl": "Op dit uur gaat uw oproep naar 107"}
DOUBTS = (
    "à vérifier",
    "na te kijken",
    "pas encore confirmé",
    "pas confirmé",
    "niet bevestigd",
    "peut-être",
    "misschien",
)

Visitor = Callable[[str], PageClient]


@pytest.fixture
def at(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    """A visitor of the guide at a moment, '2026-12-25T12:00', until another is asked for."""

    def visitor(moment: str) -> PageClient:
        clock = datetime.fromisoformat(moment).replace(tzinfo=BRUSSELS)
        monkeypatch.setitem(app.config, "CLOCK", lambda: clock)
        return PageClient(app)

    return visitor


def plain(words: str) -> str:
    return " ".join(words.replace("\u00a0", " ").split())


def pieces(page: Page, tag: str, css: str) -> list[str]:
    """The words of the elements of this class, markup taken away."""
    found = re.findall(rf'<{tag} class="{css}[^"]*"[^>]*>(.*?)</{tag}>', page.html, flags=re.S)
    return [plain(re.sub(r"<[^>]+>", " ", piece)) for piece in found]


def row(page: Page, number: str, later: bool = False) -> str:
    """What the urgent page or a panel says of a number; `later`: on a page that was kept."""
    html = re.sub(r'<span class="at-this-hour">[^<]*</span>', "", page.html) if later else page.html
    lines = re.findall(r'<li(?: class="rests")?>\s*<a class="dial".*?</li>', html, flags=re.S)
    words = [plain(re.sub(r"<[^>]+>", " ", re.sub("</?span[^>]*>", "", line))) for line in lines]
    return next(line for line in words if line.startswith(number))


def status(page: Page) -> str:
    """Its pill; '' where its hours are not known."""
    return next(iter(pieces(page, "p", "status")), "")


def card(page: Page, key: str) -> str:
    found = re.search(
        rf'<li class="card" data-key="{key}">(.*?)</li>\s*(?=<li class="card"|</ul>)', page.html, re.S
    )
    assert found, key
    return plain(re.sub(r"<[^>]+>", " ", found[1]))


def pdf_words(client: PageClient, lang: Language, key: str) -> str:
    content = client.http.get(f"/{lang}/{PLACES[lang][2]}/{key}.pdf").data
    return plain(" ".join(page_texts(content)))


def kept(client: PageClient, lang: Language, key: str) -> str:
    """What the guide kept on a telephone says of a service."""
    path = {"fr": "/fr/hors-ligne/guide.json", "nl": "/nl/offline/gids.json"}[lang]
    services = json.loads(client.http.get(path).data)["services"]
    return plain(
        json.dumps(next(one for one in services if one["path"].endswith(f"/{key}")), ensure_ascii=False)
    )


def question(client: PageClient, lang: Language, words: str, **filters: str) -> Page:
    query = "&".join(f"{name}={value}" for name, value in {"q": words, **filters}.items())
    return client.get(f"/{lang}/{PLACES[lang][0]}/?{query}")


@pytest.mark.parametrize("lang", ["fr", "nl"])
@pytest.mark.parametrize("moment", ["2026-12-01T11:00", "2026-12-01T23:00", "2026-12-05T23:00"])
def test_the_urgent_page_says_of_a_line_what_its_listing_says(
    at: Visitor, moment: str, lang: Language
) -> None:
    """When to call it again too, and until when it answers."""
    visitor = at(moment)
    services, urgent, _sheet = PLACES[lang]
    said = status(visitor.get(f"/{lang}/{services}/allo-aide-sociale"))
    assert said in row(visitor.get(f"/{lang}/{urgent}"), "0800 35 243")
    assert re.search(r"(à|jusqu’à) \d+h$" if lang == "fr" else r"\d+ uur$", said), said


@pytest.mark.parametrize("lang", ["fr", "nl"])
@pytest.mark.parametrize("day", HOLIDAYS)
def test_at_noon_a_line_of_which_nobody_knows_perhaps_answers_everywhere(
    at: Visitor, day: str, lang: Language
) -> None:
    visitor = at(f"{day}T12:00")
    services, urgent, _sheet = PLACES[lang]
    said = PERHAPS[lang].format(HOLIDAYS[day][lang == "nl"])
    on_page = status(visitor.get(f"/{lang}/{services}/allo-aide-sociale"))
    on_card = card(question(visitor, lang, "allo aide sociale"), "allo-aide-sociale")
    in_row = row(visitor.get(f"/{lang}/{urgent}"), "0800 35 243")
    for words in (on_page, on_card, in_row):
        assert said in words
        assert not any(silent in words for silent in SILENT[lang])


@pytest.mark.parametrize("lang", ["fr", "nl"])
@pytest.mark.parametrize("day", DAYS)
def test_at_night_it_is_closed_as_every_night_and_its_opening_is_not_promised(
    at: Visitor, day: str, lang: Language
) -> None:
    visitor = at(f"{day}T02:00")
    services, urgent, _sheet = PLACES[lang]
    name = HOLIDAYS[day][lang == "nl"]
    said = {
        "fr": f"Ne répond pas à cette heure. Répond peut-être à 9h : jour férié ({name})",
        "nl": f"Nu niet bereikbaar. Misschien bereikbaar om 9 uur: feestdag ({name})",
    }[lang]
    assert status(visitor.get(f"/{lang}/{services}/allo-aide-sociale")) == said
    assert SILENT[lang][0] in row(visitor.get(f"/{lang}/{urgent}"), "0800 35 243")


DOORS = {"fr": ("Ouv", "ouv", "Ferm", "ferm"), "nl": ("Open", "open", "Geslo", "geslo", "Sluit")}
"""How words begin that are said of a place, which a line that one calls is not."""

UNSURE = {"fr": "Heures à vérifier", "nl": "Uren na te kijken"}
EMERGENCY = {"urgence-112": "112", "police-101": "101"}
LINES = ("ecoute-enfants-103", "allo-aide-sociale", "awel-102", "ecoute-violences-conjugales")


@pytest.mark.parametrize("lang", ["fr", "nl"])
@pytest.mark.parametrize(
    "moment",
    ["2026-11-23T10:00", "2026-11-23T16:45", "2026-11-23T21:50", "2026-11-24T02:00", "2026-11-29T12:00"],
)
def test_a_line_answers_or_does_not_in_the_same_words_everywhere(
    at: Visitor, moment: str, lang: Language
) -> None:
    visitor = at(moment)
    urgent = visitor.get(f"/{lang}/{PLACES[lang][1]}")
    for key in LINES:
        page = visitor.get(f"/{lang}/{PLACES[lang][0]}/{key}")
        number = re.search(
            r'class="btn btn-main btn-call btn-big" href="tel:[^"]*".*?<span class="nw">(.*?)</span>',
            page.html,
        )
        assert number
        pill, in_row = status(page), row(urgent, plain(number[1]))
        found = card(question(visitor, lang, key.replace("-", " ")), key)
        states = (ANSWERS[lang], SILENT[lang][0], ELSEWHERE[lang], UNSURE[lang])
        same = [words for words in states if words in in_row]
        assert len(same) == 1, in_row
        # Hours that nobody knows are no pill.
        assert pill.startswith(same[0]) or (same[0] == UNSURE[lang] and not pill)
        assert pill in found
        table = " ".join(pieces(page, "table", "hours"))
        assert not [word for word in f"{pill} {table}".split() if word.startswith(DOORS[lang])]


@pytest.mark.parametrize("lang", ["fr", "nl"])
def test_paper_made_at_night_does_not_say_of_a_line_that_it_is_closed(at: Visitor, lang: Language) -> None:
    visitor = at("2026-11-24T02:00")
    for key in LINES:
        assert not [words for words in SILENT[lang] if words in pdf_words(visitor, lang, key)]


@pytest.mark.parametrize("lang", ["fr", "nl"])
def test_a_row_of_the_urgent_page_speaks_of_holidays_once(at: Visitor, lang: Language) -> None:
    name = HOLIDAYS["2026-12-25"][lang == "nl"]
    once = {"fr": "répond peut-être", "nl": "misschien bereikbaar"}[lang]
    page = at("2026-12-25T12:00").get(f"/{lang}/{PLACES[lang][1]}")
    said = row(page, "0800 35 243")
    assert (said.count(name), said.count(once)) == (1, 1)
    # Kept for another day, it says the same of holidays, and not which one it was.
    later = row(page, "0800 35 243", later=True)
    assert {"fr": "Jour férié : répond", "nl": "Feestdag: misschien"}[lang] in later
    assert name not in later


@pytest.mark.parametrize("lang", ["fr", "nl"])
@pytest.mark.parametrize("day", DAYS)
def test_lines_do_what_their_source_says_of_holidays(at: Visitor, day: str, lang: Language) -> None:
    visitor = at(f"{day}T12:00")
    services, urgent, _sheet = PLACES[lang]
    page = visitor.get(f"/{lang}/{urgent}")
    assert ANSWERS[lang] in row(page, "103")
    assert SILENT[lang][0] in row(page, "102")
    words = row(page, "0800 30 030")
    assert ELSEWHERE[lang] in words
    assert {"fr": "gratuit", "nl": "gratis"}[lang] in words
    assert SILENT[lang][0] not in words
    assert ELSEWHERE[lang] in status(visitor.get(f"/{lang}/{services}/ecoute-violences-conjugales"))
    panel = question(visitor, lang, {"fr": "mon mari me frappe", "nl": "mijn man slaat mij"}[lang])
    assert 'data-crisis="violence"' in panel.html
    assert ELSEWHERE[lang] in row(panel, "0800 30 030")


@pytest.mark.parametrize("lang", ["fr", "nl"])
def test_a_beaten_child_who_asks_on_christmas_is_not_sent_away(at: Visitor, lang: Language) -> None:
    asked = question(at("2026-12-25T12:00"), lang, {"fr": "enfant battu", "nl": "kind geslagen"}[lang])
    assert "data-crisis" in asked.html
    assert ANSWERS[lang] in row(asked, "103")


@pytest.mark.parametrize("moment", ["2026-11-24T23:00", "2026-11-28T12:00"])
def test_outside_its_hours_the_line_for_couples_says_who_answers(at: Visitor, moment: str) -> None:
    visitor = at(moment)
    assert ELSEWHERE["fr"] in row(visitor.get("/fr/urgence"), "0800 30 030")
    assert ELSEWHERE["fr"] in visitor.get("/fr/").words or "0800 30 030" not in plain(
        visitor.get("/fr/").words
    )


@pytest.mark.parametrize("lang", ["fr", "nl"])
@pytest.mark.parametrize("moment", ["2026-12-25T12:00", "2027-05-06T02:00", "2026-11-23T10:00"])
def test_112_and_101_bear_no_doubt_anywhere(at: Visitor, moment: str, lang: Language) -> None:
    visitor = at(moment)
    services, path, _sheet = PLACES[lang]
    urgent = visitor.get(f"/{lang}/{path}")
    panel = question(visitor, lang, {"fr": "mon mari me frappe", "nl": "mijn man slaat mij"}[lang])
    for key, number in EMERGENCY.items():
        page = visitor.get(f"/{lang}/{services}/{key}")
        main = plain(re.sub(r"<[^>]+>", " ", page.html[page.html.index("<h1") : page.html.index("<details")]))
        found = card(question(visitor, lang, number), key)
        for words in (main, row(urgent, number), row(panel, number), found):
            assert [doubt for doubt in DOUBTS if doubt in words.lower()] == [], words


@pytest.mark.parametrize("lang", ["fr", "nl"])
def test_112_and_101_bear_none_on_paper_or_where_the_guide_is_kept(at: Visitor, lang: Language) -> None:
    visitor = at("2026-12-25T12:00")
    for key in EMERGENCY:
        for words in (pdf_words(visitor, lang, key), kept(visitor, lang, key)):
            assert [doubt for doubt in DOUBTS if doubt in words.lower()] == [], words


@pytest.mark.parametrize(
    ("lang", "unknown", "open_too"),
    [
        ("fr", "Jours fériés : répond peut-être.", "Aussi les jours fériés, aux mêmes heures."),
        ("nl", "Feestdagen: misschien bereikbaar.", "Ook op feestdagen, tijdens dezelfde uren."),
    ],
)
def test_paper_and_the_kept_guide_say_what_becomes_of_hours_on_holidays(
    at: Visitor, lang: Language, unknown: str, open_too: str
) -> None:
    # They are read on other days than they were made.
    for moment in ("2026-12-25T12:00", "2026-12-10T02:00"):
        visitor = at(moment)
        for key, words in (("allo-aide-sociale", unknown), ("ecoute-enfants-103", open_too)):
            assert words in pdf_words(visitor, lang, key)
            assert words in plain(visitor.get(f"/{lang}/{PLACES[lang][0]}/{key}").words)
        # The children's line is about abuse: no telephone keeps it.
        assert unknown in kept(visitor, lang, "allo-aide-sociale")


@pytest.mark.parametrize("moment", ["2026-12-24T12:00", "2026-12-25T12:00"])
def test_the_table_of_the_week_names_the_holiday_and_agrees_with_the_pill(at: Visitor, moment: str) -> None:
    page = at(moment).get("/fr/services/ecoute-violences-conjugales")
    friday = next(line for line in re.findall(r"<tr.*?</tr>", page.html, flags=re.S) if "Vendredi" in line)
    assert "Noël, votre appel va au 107. D’habitude : 9h – 19h" in plain(re.sub(r"<[^>]+>", " ", friday))
    # On a kept page, read another day, only the usual hours are left.
    assert re.search(r'<span class="today-word">[^<]*Noël[^<]*</span>', friday)


def test_open_now_says_how_many_it_leaves_out_for_the_holiday(at: Visitor) -> None:
    ask = {"q": "allo aide sociale", "ouvert": "1"}
    found = at("2026-12-25T12:00").http.get("/fr/services/", query_string=ask).get_data(as_text=True)
    assert 'data-key="allo-aide-sociale"' not in found
    assert "Jour férié" in plain(re.sub(r"<[^>]+>", " ", found))
    assert "sont peut-être ouverts" in plain(found) or "est peut-être ouvert." in plain(found)
    found = at("2026-12-24T12:00").http.get("/fr/services/", query_string=ask).get_data(as_text=True)
    assert 'data-key="allo-aide-sociale"' in found
    assert "peut-être ouvert" not in found


@pytest.mark.parametrize("moment", ["2026-11-24T02:00", "2026-12-25T02:00"])
def test_at_night_what_answers_at_night_is_found_and_the_rest_is_counted(
    make_app: Callable[..., Flask], instance: Path, moment: str
) -> None:
    app = make_app(instance, datetime.fromisoformat(moment).replace(tzinfo=BRUSSELS))
    with Session(writing(app.extensions["guide"].engine)) as session:
        session.scalars(
            select(Service).where(Service.key == "zelfmoordlijn-1813")
        ).one().schedule_source = None
        session.commit()
    visitor = PageClient(app)
    page = question(visitor, "fr", "nuit", ouvert="1")
    assert {"urgence-112", "police-101", "tele-accueil-107"} <= set(page.keys)
    left_out = re.search(
        r"(\d+) autres? services? répond(?:ent)? jour et nuit, mais c’est à vérifier", plain(page.words)
    )
    every = set(question(visitor, "fr", "nuit").keys)
    assert left_out
    # The doctor on duty states no hours, and so does not answer day and night.
    assert int(left_out[1]) == len(every - set(page.keys) - {"medecin-garde-1733"}) > 0


@pytest.mark.parametrize(("said", "open_there"), [(None, False), ("open", True), ("closed", False)])
def test_the_map_and_the_home_page_show_as_open_only_what_is(
    make_app: Callable[..., Flask], instance: Path, said: str | None, open_there: bool
) -> None:
    christmas = datetime(2026, 12, 25, 10, 0, tzinfo=BRUSSELS)
    app = make_app(instance, christmas)
    with Session(writing(app.extensions["guide"].engine)) as session:
        cpas = session.scalars(select(Service).where(Service.key == "cpas-jette")).one()
        cpas.assured_date = christmas.date()
        for slot in session.scalars(select(Schedule).where(Schedule.service_id == cpas.id)):
            slot.holidays = said
        session.commit()
    visitor = PageClient(app)
    on_map = visitor.get("/fr/carte?ouvert=1")
    assert ("CPAS de Jette" in on_map.html.partition("<footer")[0]) is open_there
    assert ("1 autre service est peut-être ouvert" in plain(on_map.words)) is (said is None)
    home = visitor.get("/fr/")
    assert ("CPAS de Jette" in home.html.partition("<footer")[0]) is open_there
    pill = status(visitor.get("/fr/services/cpas-jette"))
    assert (
        pill
        == {
            None: "Jour férié (Noël). Peut-être fermé. Appelez d’abord.",
            "open": "Ouvert, jusqu’à 12h",
            "closed": "Fermé aujourd’hui : Noël. Ouvre lundi à 8h30",
        }[said]
    )
    foot = plain(re.sub(r"<[^>]+>", " ", home.html.partition("<footer")[2]))
    assert ("Peut-être fermé aujourd’hui : Noël." in foot) is (said is None)
    assert ("Fermé aujourd’hui : Noël." in foot and "Peut-être fermé aujourd’hui" not in foot) is (
        said == "closed"
    )


def test_home_has_no_heading_of_what_is_open_with_nothing_below_it(at: Visitor) -> None:
    # On Christmas only lines answer, and the children's line, which no page shows unasked.
    heading = ">Ouvert maintenant</h2>"
    assert heading not in at("2026-12-25T12:00").get("/fr/").html
    html = at("2026-11-23T10:00").get("/fr/").html
    assert html.index(heading) < html.index('<li class="card"')
