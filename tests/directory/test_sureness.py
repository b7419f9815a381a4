"""How sure a listing is, in one line."""

from datetime import date

import pytest

from guide.directory.sureness import sureness
from guide.model import Citation, ServiceKind, ServiceState
from tests import factories

TODAY = date(2026, 11, 23)


def seen_in(year: str | None, **values):
    return factories.service(citations=[Citation(field="name", source=factories.source(date=year))], **values)


@pytest.mark.parametrize(
    ("year", "fr", "nl"),
    [
        ("2019", "Vu en 2019, pas confirmé.", "Gezien in 2019, niet bevestigd."),
        (None, "Source sans date, pas confirmé.", "Bron zonder datum, niet bevestigd."),
    ],
)
def test_what_nobody_confirmed_says_when_it_was_seen(year: str | None, fr: str, nl: str) -> None:
    assert sureness(seen_in(year), TODAY, "fr").words == fr
    assert sureness(seen_in(year), TODAY, "nl").words == nl
    assert not sureness(seen_in(year), TODAY, "fr").sure


@pytest.mark.parametrize(
    ("assured", "sure", "words"),
    [
        (date(2026, 11, 3), True, "Confirmé le 3 novembre 2026."),
        (date(2026, 4, 3), False, "Confirmé le 3 avril 2026. À vérifier de nouveau."),
        (date(2025, 4, 3), False, "Plus confirmé depuis le 3 avril 2025."),
    ],
)
def test_what_was_confirmed_says_when_and_is_sure_while_it_is_fresh(
    assured: date, sure: bool, words: str
) -> None:
    told = sureness(factories.service(assured_date=assured), TODAY, "fr")
    assert (told.words, told.sure, told.on_card) == (words, sure, not sure)


@pytest.mark.parametrize(("year", "said"), [("2026", False), ("2024", False), ("2023", True), (None, True)])
def test_a_card_says_it_of_old_sources_only(year: str | None, said: bool) -> None:
    assert sureness(seen_in(year), TODAY, "fr").on_card is said


def test_a_card_doubts_no_line_to_call_and_nothing_that_does_not_exist() -> None:
    for values in ({"kind": ServiceKind.HELPLINE}, {"state": ServiceState.ENDED}):
        assert not sureness(seen_in("2015", **values), TODAY, "fr").on_card


def test_an_official_emergency_number_bears_no_doubt() -> None:
    number = seen_in("2011", kind=ServiceKind.HELPLINE, phones=[factories.phone("112")])
    told = sureness(number, TODAY, "fr")
    assert (told.words, told.sure, told.on_card) == ("Numéro d’urgence officiel.", True, False)
