"""What a listing tells of what people ask, in points with reasons."""

from datetime import date

from guide.directory.quality import quality
from guide.languages import Bilingual
from guide.model import TextState
from tests import factories

TODAY = date(2026, 11, 23)


def full(**values):
    return factories.open_service(
        **{
            "assured_date": date(2026, 11, 1),
            "phones": [factories.phone()],
            "locations": [factories.location()],
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


def test_a_helpline_needs_no_address_and_a_tool_no_price() -> None:
    line = quality(full(kind="helpline", locations=[], intake_status=None), TODAY)
    assert line.points == 100
    tool = quality(factories.service(kind="tool", summary=Bilingual("Une carte.", "Een kaart.")), TODAY)
    assert {reason.code for reason in tool.reasons} == {"confirmed", "both_languages", "easy_to_read"}
