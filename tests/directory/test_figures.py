"""Moments as people say them: nobody comes a day late because of a midnight or of a day that is not named."""

from datetime import datetime

import pytest

from guide.clock import BRUSSELS
from guide.directory.figures import NBSP, day_in_words, until
from guide.languages import Language


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=BRUSSELS)


FRIDAY = at("2026-12-18T21:00")


@pytest.mark.parametrize(
    ("moment", "french", "dutch"),
    [
        ("2026-12-18T23:00", "23h", "23 uur"),
        ("2026-12-19T00:00", "minuit", "middernacht"),
        ("2026-12-19T08:30", "8h30", "8.30 uur"),
        ("2026-12-19T22:00", "demain 22h", "morgen 22 uur"),
        ("2026-12-21T20:00", "lundi 20h", "maandag 20 uur"),
        ("2026-12-22T00:00", "mardi 0h", "dinsdag 0 uur"),
    ],
)
def test_the_end_of_hours_names_its_day_when_it_is_a_day_away(moment: str, french: str, dutch: str) -> None:
    said: dict[Language, str] = {"fr": french, "nl": dutch}
    for lang, words in said.items():
        assert until(at(moment), FRIDAY, lang).replace(NBSP, " ") == words


@pytest.mark.parametrize(
    ("moment", "french", "dutch"),
    [
        ("2026-12-18T22:00", "à 22h", "om 22 uur"),
        ("2026-12-19T00:00", "cette nuit à minuit", "vannacht om middernacht"),
        ("2026-12-19T09:00", "demain à 9h", "morgen om 9 uur"),
        ("2026-12-20T00:00", "dimanche à 0h", "zondag om 0 uur"),
        ("2027-01-04T09:00", "le 4 janvier 2027 à 9h", "op 4 januari 2027 om 9 uur"),
    ],
)
def test_an_opening_at_midnight_is_never_taken_for_the_midnight_after(
    moment: str, french: str, dutch: str
) -> None:
    said: dict[Language, str] = {"fr": french, "nl": dutch}
    for lang, words in said.items():
        assert day_in_words(at(moment), FRIDAY.date(), lang).replace(NBSP, " ") == words
