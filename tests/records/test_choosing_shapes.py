"""Questions and ready-made sheets as files: what `guide check` refuses, in words that say what to write."""

from pathlib import Path
from typing import Any

import pytest

from guide.loading import ErrorDetail, check
from tests.loading import helpers

BOTH = {"fr": "Oui", "nl": "Ja"}
NEED = helpers.NEEDS[0]["key"]


def question(**changes: Any) -> dict[str, Any]:
    whole = {"key": "jette", "fact": "resident", "text": BOTH, "yes": BOTH, "no": BOTH}
    return {name: value for name, value in (whole | changes).items() if value is not None}


def sheet(**changes: Any) -> dict[str, Any]:
    whole = {
        "key": "repas",
        "order": 1,
        "kind": "sheet",
        "slug": {"fr": "repas", "nl": "eten"},
        "title": BOTH,
        "introduction": BOTH,
        "terms": [NEED],
    }
    return {name: value for name, value in (whole | changes).items() if value is not None}


def faults(folder: Path, changes: dict[str, Any]) -> list[ErrorDetail]:
    return check(helpers.write(folder, changes))


def test_sound_questions_and_a_sound_sheet_are_in_order(tmp_path: Path) -> None:
    whole = {
        f"questions/{NEED}.yaml": {"key": NEED, "need": NEED, "questions": [question()]},
        "selections/repas.yaml": sheet(),
    }
    assert faults(tmp_path, whole) == []


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"fact": "weather"}, "fact", "is not one of"),
        ({"fact": "topic"}, "about", "say which topic"),
        ({"fact": "topic", "about": ["nulle-part"]}, "about", "no topic, no public and no language"),
        ({"fact": "topic", "about": ["nl"]}, "about", "write keys of needs"),
        ({"fact": "language", "about": [NEED]}, "about", "write codes of languages"),
        ({"about": [NEED]}, "about", "leave this out"),
        ({"yes": None}, "yes", "is missing"),
        ({"text": {"fr": "Oui"}}, "text.nl", "needed in both languages"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(
    tmp_path: Path, changes: dict[str, Any], field: str, words: str
) -> None:
    record = {"key": NEED, "need": NEED, "questions": [question(**changes)]}
    found = faults(tmp_path, {f"questions/{NEED}.yaml": record})
    assert [(fault.field, words in fault.words) for fault in found][:1] == [(f"questions[1].{field}", True)]


def test_nobody_is_asked_more_than_four_questions(tmp_path: Path) -> None:
    many = [question(key=f"q{number}") for number in range(5)]
    found = faults(tmp_path, {f"questions/{NEED}.yaml": {"key": NEED, "need": NEED, "questions": many}})
    assert [fault.words for fault in found] == ["5 questions; at most 4"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"terms": None}, "services"),
        ({"slug": {"fr": "Mes Repas", "nl": "eten"}}, "slug.fr"),
        ({"services": [{"service": "rien"}]}, "services[1].service"),
        ({"kind": "book"}, "kind"),
        ({"extra": {"fr": "Oui"}}, "extra.nl"),
    ],
)
def test_a_sheet_that_cannot_be_made_is_refused(tmp_path: Path, changes: dict[str, Any], field: str) -> None:
    assert field in [fault.field for fault in faults(tmp_path, {"selections/repas.yaml": sheet(**changes)})]


def test_two_sheets_cannot_have_one_address(tmp_path: Path) -> None:
    found = faults(
        tmp_path, {"selections/repas.yaml": sheet(), "selections/autres.yaml": sheet(key="autres", order=2)}
    )
    assert {fault.field for fault in found} == {"slug"}
