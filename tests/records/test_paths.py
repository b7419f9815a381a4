"""A path is plain text, as it always was stored; what it is made of comes out of it again."""

import json

import pytest

from guide.editing.listings import BACK_IN_THE_GUIDE, EDITABLE, TEXTS, paths, value_at, with_value
from guide.languages import LANGUAGES
from guide.records.paths import FieldPath, field_of, path_to, side_of
from guide.records.shapes import SERVICE


def test_a_text_has_a_path_a_language_and_any_other_field_one() -> None:
    assert paths(["summary", "phones"]) == ["summary.fr", "summary.nl", "phones"]


@pytest.mark.parametrize("name", sorted(EDITABLE))
def test_a_path_gives_back_what_it_was_made_of(name: str) -> None:
    for side in LANGUAGES if name in TEXTS else ("",):
        path = path_to(name, side)
        assert (field_of(path), side_of(path)) == (name, side)
        assert path == (f"{name}.{side}" if side else name)


def test_a_path_is_stored_as_it_reads() -> None:
    assert json.dumps({path_to("summary", "nl"): 1}) == '{"summary.nl": 1}'
    assert type(path_to("summary", "nl")) is str


def test_a_side_that_is_no_language_holds_nothing_and_takes_nothing_away() -> None:
    record, path = {"summary": {"fr": "Une soupe."}}, FieldPath("summary.xx")
    assert value_at(record, path) is None
    assert with_value(record, path, "x") == record


def test_a_listing_comes_back_by_fields_that_listings_have() -> None:
    assert {field_of(path) for path in BACK_IN_THE_GUIDE} <= {field.name for field in SERVICE.fields}
