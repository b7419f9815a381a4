"""What a listing tells of what people ask, in points with reasons."""

from datetime import date
from typing import Any

import pytest
from flask import Flask

from guide.directory.quality import quality
from guide.languages import Bilingual
from guide.model import Service, TextState
from guide.web.ui.labels import quality_label
from tests import factories

TODAY = date(2026, 11, 23)


def full(**values: Any) -> Service:
    return factories.open_service(
        **{
            "assured_date": date(2026, 11, 1),
            "phones": [factories.phone()],
            "service_at_locations": [factories.location()],
            "summary": Bilingual("On vous aide ici.", "We helpen u hier."),
            "text_state": Bilingual(TextState.CURRENT, TextState.CURRENT),
            "fees": Bilingual("Deux euros."),
            "eligibility": Bilingual("Pour tous."),
            "papers_needed": "no",
            "access_modes": ["walk_in"],
            "languages": ["fr"],
            "attributes": [factories.filed(factories.need())],
            "intake_status": "open",
        }
        | values
    )


def test_a_listing_that_tells_everything_has_all_points() -> None:
    found = quality(full(), TODAY)
    assert (found.points, found.wanting) == (100, [])


def test_what_is_missing_is_named_the_weightiest_first() -> None:
    found = quality(full(phones=[], languages=[], assured_date=date(2026, 1, 1)), TODAY)
    assert [reason.code for reason in found.wanting][:2] == ["confirmed", "phone"]
    assert 50 < found.points < 80


def test_a_text_that_is_behind_in_one_language_costs_points() -> None:
    found = quality(full(text_state=Bilingual(TextState.CURRENT, TextState.BEHIND)), TODAY)
    assert [reason.code for reason in found.wanting] == ["both_languages"]


def test_what_is_hard_to_read_costs_points() -> None:
    long = "On vous aide " + "et on vous aide " * 6 + "ici."
    found = quality(full(summary=Bilingual(long, "We helpen u hier.")), TODAY)
    assert [reason.code for reason in found.wanting] == ["easy_to_read"]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"phones": []}, "phone"),
        ({"schedules": []}, "hours"),
        ({"service_at_locations": []}, "address"),
        ({"fees": Bilingual()}, "price"),
        ({"fees": Bilingual(), "free": "no"}, "price"),
        ({"eligibility": Bilingual()}, "for_whom"),
        ({"papers_needed": None}, "papers"),
        ({"access_modes": []}, "how_to_come"),
        ({"languages": []}, "languages"),
        ({"attributes": []}, "needs"),
        ({"intake_status": None}, "intake"),
    ],
)
def test_each_thing_that_is_missing_is_the_one_that_is_named(values: dict[str, Any], code: str) -> None:
    found = quality(full(**values), TODAY)
    assert [reason.code for reason in found.wanting] == [code]
    assert found.points < 100


@pytest.mark.parametrize(
    "values",
    [
        {"service_at_locations": [], "address_confidential": True},
        {"fees": Bilingual(), "free": "yes"},
        {"access_modes": [], "application": Bilingual("Sonnez.", "Bel aan.")},
    ],
)
def test_what_is_said_in_another_field_is_not_missing(values: dict[str, Any]) -> None:
    assert quality(full(**values), TODAY).points == 100


def test_a_link_with_a_plan_counts_where_it_is_asked() -> None:
    assert quality(full(), TODAY, in_a_plan=True).points == 100
    assert [reason.code for reason in quality(full(), TODAY, in_a_plan=False).wanting] == ["in_a_plan"]
    assert quality(full(kind="helpline"), TODAY, in_a_plan=False).points == 100


def test_a_helpline_needs_no_address_a_benefit_no_hours_and_a_tool_no_price() -> None:
    line = quality(
        full(kind="helpline", service_at_locations=[], intake_status=None, papers_needed=None), TODAY
    )
    assert line.points == 100
    help_in_money = quality(
        full(kind="benefit", service_at_locations=[], schedules=[], intake_status=None), TODAY
    )
    assert help_in_money.points == 100
    tool = quality(factories.service(kind="tool", summary=Bilingual("Une carte.", "Een kaart.")), TODAY)
    assert {reason.code for reason in tool.reasons} == {"confirmed", "both_languages", "easy_to_read"}


def test_every_reason_has_words(app: Flask) -> None:
    reasons = quality(full(), TODAY, in_a_plan=True).reasons
    said: dict[str, list[str]] = {}
    for lang in ("fr", "nl"):
        with app.test_request_context(f"/{lang}/"):
            app.preprocess_request()
            said[lang] = [quality_label(reason.code) for reason in reasons]
            assert all(said[lang])
    assert not set(said["fr"]) & set(said["nl"])
