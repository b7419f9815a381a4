"""A listing in words: what a mail and the page of a confirmation show, in the reader's language."""

from datetime import UTC, date, datetime

import pytest

from guide.directory.figures import long_date, short_date
from guide.directory.hours import week
from guide.directory.hours_in_words import hours_line
from guide.directory.wording import in_words
from guide.languages import Bilingual, Language
from guide.model import IntakeStatus, ServiceKind, ServiceState, YesNo
from guide.sentences import sentences
from tests import factories

TODAY = date(2026, 11, 23)
NBSP = "\u00a0"


def facts(listing: object, lang: Language = "fr") -> dict[str, list[str]]:
    """Question → lines, no-break spaces as spaces."""
    shown = in_words(listing, lang, TODAY)  # type: ignore[arg-type]
    return {
        fact.question.replace(NBSP, " "): [line.words.replace(NBSP, " ") for line in fact.lines]
        for fact in shown.facts
    }


def test_a_listing_is_told_with_all_that_is_written() -> None:
    listing = factories.open_service(
        factories.slot("08:30", "12:00"),
        factories.slot("13:00", "16:00", days=("MO",), kind="phone"),
        phones=[factories.phone("02 422 46 11")],
        service_at_locations=[factories.location(postal_code="1090")],
        eligibility=Bilingual("Tout le monde", "Iedereen"),
        free=YesNo.YES,
        papers_needed=YesNo.NO,
        access_modes=["walk_in", "phone"],
        languages=["fr", "nl"],
        wheelchair=YesNo.NO,
        email="maison@exemple.be",
        organization=factories.organization(name=Bilingual("La Maison", "Het Huis")),
        intake_status=IntakeStatus.WAITING_LIST,
        closures=[
            factories.closure(date(2026, 12, 24), date(2027, 1, 2)),
            factories.closure(date(2026, 7, 1), date(2026, 7, 31)),
        ],
    )
    assert facts(listing) == {
        "Téléphone": ["02 422 46 11"],
        "Pour qui ?": ["Tout le monde"],
        "Combien ça coûte ?": ["C’est gratuit."],
        "Faut-il des papiers ?": ["Non"],
        "Que faut-il apporter ?": ["Rien n’est écrit ici."],
        "Comment faire ?": ["Sans rendez-vous, Par téléphone"],
        "Quand ?": [
            "Du lundi au vendredi 8h30 – 12h",
            "Jours fériés : peut-être fermé. Appelez d’abord.",
            "Par téléphone : lundi 13h – 16h",
            "Jours fériés : répond peut-être.",
        ],
        "Fermetures": ["Fermé du 24 décembre 2026 au 2 janvier 2027 inclus.", "travaux"],
        "Y a-t-il de la place ?": ["Liste d’attente"],
        "Où ?": ["rue de la Soupe 1, 1090 Jette"],
        "Accessibilité": ["Pas accessible en chaise roulante."],
        "Langues": ["Français, néerlandais"],
        "E-mail": ["maison@exemple.be"],
        "Qui organise ?": ["La Maison"],
    }


def test_a_dutch_reader_gets_dutch_and_the_french_side_where_there_is_no_other() -> None:
    listing = factories.open_service(
        factories.slot("08:30", "12:00"),
        name=Bilingual("La Soupe", None),
        eligibility=Bilingual("Tout le monde", "Iedereen"),
        access_modes=["walk_in"],
    )
    shown = in_words(listing, "nl", TODAY)
    assert (shown.name.words, shown.name.lang, shown.name.fell_back) == ("La Soupe", "fr", True)
    told = facts(listing, "nl")
    assert told["Voor wie?"] == ["Iedereen"]
    assert told["Wanneer?"] == [
        "Maandag tot vrijdag 8.30 – 12 uur",
        "Feestdagen: misschien gesloten. Vraag het eerst.",
    ]


@pytest.mark.parametrize(
    ("visits", "calls", "told"),
    [
        (
            None,
            None,
            [
                "visits",
                "Feestdagen: misschien gesloten. Vraag het eerst.",
                "calls",
                "Feestdagen: misschien bereikbaar.",
            ],
        ),
        ("closed", "closed", ["visits", "calls", "Niet op feestdagen."]),
        (
            "closed",
            "open",
            ["visits", "Niet op feestdagen.", "calls", "Ook op feestdagen, tijdens dezelfde uren."],
        ),
        (
            None,
            "open",
            [
                "visits",
                "Feestdagen: misschien gesloten. Vraag het eerst.",
                "calls",
                "Ook op feestdagen, tijdens dezelfde uren.",
            ],
        ),
    ],
)
def test_what_becomes_of_hours_on_holidays_is_said_once_or_for_each_kind(visits, calls, told) -> None:
    listing = factories.open_service(
        factories.slot(holidays=visits), factories.slot("18:00", "20:00", kind="phone", holidays=calls)
    )
    said = {
        "visits": "Maandag tot vrijdag 9 – 17 uur",
        "calls": "Per telefoon: maandag tot vrijdag 18 – 20 uur",
    }
    assert facts(listing, "nl")["Wanneer?"] == [said.get(line, line) for line in told]


def test_of_day_and_night_no_holiday_is_told() -> None:
    listing = factories.open_service(factories.slot("00:00", "24:00", factories.EVERY_DAY))
    assert facts(listing)["Quand ?"] == ["Jour et nuit, 7 jours sur 7."]


def test_a_description_is_told_by_paragraphs() -> None:
    listing = factories.service(description=Bilingual("Un repas.\n\nUne douche.", None))
    told = in_words(listing, "nl", TODAY).description
    assert [(part.words, part.lang, part.fell_back) for part in told] == [
        ("Un repas.", "fr", True),
        ("Une douche.", "fr", True),
    ]
    assert in_words(factories.service(), "fr", TODAY).description == []


def test_a_confidential_address_is_never_told() -> None:
    listing = factories.service(service_at_locations=[factories.location()], address_confidential=True)
    assert facts(listing)["Où ?"] == ["L’adresse est confidentielle."]


def test_a_line_that_answers_day_and_night_says_so_in_one_line() -> None:
    listing = factories.open_service(
        factories.slot("00:00", "24:00", factories.EVERY_DAY, "phone"), kind=ServiceKind.HELPLINE
    )
    told = facts(listing)
    assert told["Quand ?"] == ["Jour et nuit, 7 jours sur 7."]
    assert told["Où ?"] == ["Par téléphone seulement."]


@pytest.mark.parametrize(
    "values", [{"kind": ServiceKind.TOOL}, {"state": ServiceState.ANNOUNCED}], ids=["a tool", "announced"]
)
def test_of_a_tool_or_an_announcement_only_what_is_known_is_told(values: dict[str, object]) -> None:
    assert facts(factories.service(**values)) == {}


def test_days_with_the_same_hours_stand_together() -> None:
    listing = factories.open_service(
        factories.slot("09:00", "12:00", ("MO", "TU", "TH")), factories.slot("14:00", "16:30", ("TH",))
    )
    line = hours_line(week(listing, TODAY), "fr").replace(NBSP, " ")
    assert line == "lundi et mardi 9h – 12h ; jeudi 9h – 12h, 14h – 16h30"


@pytest.mark.parametrize(
    ("lang", "long", "short"),
    [
        ("fr", "mardi 1er décembre 2026", "1er décembre 2026"),
        ("nl", "dinsdag 1 december 2026", "1 december 2026"),
    ],
)
def test_a_date_is_written_as_it_is_said(lang: Language, long: str, short: str) -> None:
    assert long_date(date(2026, 12, 1), lang) == long
    assert short_date(date(2026, 12, 1), lang) == short


def test_the_date_of_a_moment_is_its_day_in_jette() -> None:
    late = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    assert short_date(late, "fr") == "1er décembre 2026"
    assert long_date(late, "nl") == "dinsdag 1 december 2026"


def test_a_sentence_comes_in_the_language_asked_for_with_its_values() -> None:
    assert sentences("fr")("le %(date)s à %(time)s", date="x", time="y") == "le x à y"
    assert sentences("nl")("Fermé") == "Gesloten"
    assert sentences("fr")("100 %") == "100 %"
