"""A listing as people edit it: what it lacks, and which of its texts stand in one language only."""

import pytest

from guide.editing.listings import missing, one_sided, part_state, wanted

WHOLE = {
    "kind": "service",
    "name": {"fr": "Soupe", "nl": "Soep"},
    "summary": {"fr": "Un repas.", "nl": "Een maaltijd."},
    "terms": [{"term": "faim", "rank": "primary"}],
    "eligibility": {"fr": "Tous.", "nl": "Iedereen."},
    "languages": ["fr"],
    "free": "yes",
    "access_modes": ["walk_in"],
    "phones": [{"number": "02 422 46 11"}],
    "addresses": [{"street": {"fr": "Rue de la Soupe 1"}}],
    "schedules": [{"kind": "visit", "byday": ["MO"], "opens_at": "09:00", "closes_at": "12:00"}],
}


def without(*names: str, **values: object) -> dict[str, object]:
    return {name: value for name, value in WHOLE.items() if name not in names} | values


def test_a_whole_listing_lacks_nothing() -> None:
    assert (wanted(WHOLE), one_sided(WHOLE), missing(WHOLE)) == ([], [], [])


@pytest.mark.parametrize(
    ("record", "found"),
    [
        (without("free"), ["fees"]),
        (without("free", fees={"fr": "2 €"}), []),
        (without("eligibility"), ["eligibility"]),
        (without("schedules", schedule_note={"fr": "Le mardi"}), []),
        (without("addresses"), ["addresses"]),
        (without("addresses", address_confidential=True), []),
        (without("addresses", kind="helpline"), []),
        (without("addresses", "schedules", kind="benefit"), []),
        ({"kind": "tool", "name": {"fr": "Un outil"}}, []),
        ({}, ["eligibility", "languages", "fees", "application", "phones", "addresses", "schedules"]),
    ],
)
def test_what_people_ask_for_is_wanted_of_what_they_come_to(
    record: dict[str, object], found: list[str]
) -> None:
    assert wanted(record) == found


def test_a_text_in_one_language_makes_its_part_half() -> None:
    record = without(summary={"nl": "Een maaltijd."}, professional_note={"fr": "Dossier bleu."})
    assert one_sided(record) == ["summary"]
    assert part_state(record, "about") == "half"
    assert part_state(record, "professionals") == "done"
    assert part_state(without("phones", "addresses"), "access") == "todo"
