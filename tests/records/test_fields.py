"""Every kind of field says in words what to write instead."""

from datetime import date
from enum import StrEnum
from typing import Any

import pytest

from guide.languages import Bilingual
from guide.records import fields
from guide.records.errors import ErrorDetail
from guide.records.shape import Many, Shape
from guide.records.shapes import ADDRESS, EVIDENCE, SLOT, SOURCE
from guide.records.values import KEY
from guide.records.word_shapes import URGENT_NUMBER


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


LINE = fields.Line(name="line", longest=10, pattern=KEY, hint="small letters")
WORDS_ON_ONE_LINE = fields.Line(name="line")
PHONE = fields.PhoneNumber(name="number")
CHOICE = fields.Choice(name="colour", words=Colour)
FLAG = fields.Flag(name="flag")
COUNT = fields.Count(name="count", default=6)
DEGREES = fields.Degrees(name="latitude", low=50.7, high=51.0)
DAY = fields.Day(name="day")
TEXT = fields.Both(name="text", longest=10)
BOTH = fields.Both(name="text", both=True)
LISTS = fields.BothLists(name="lists")
DAYS = fields.Words(name="byday", allowed=("MO", "TU"))
POINTS = fields.Points(name="points", most=40)
REFERENCE = fields.Reference(name="source", kind="sources")
REFERENCES = fields.References(name="publics", kind="publics")
MANY = Many(name="citations", shape=EVIDENCE)


def knows(kind: str, key: str) -> bool:
    return key == "known"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        (LINE, 12, "put figures in quotes"),
        (LINE, "  ", "write words here"),
        (LINE, ["a"], "write words here"),
        (LINE, "Capitals", "does not fit: small letters"),
        (LINE, "a-very-long-key", "15 characters; at most 10"),
        (WORDS_ON_ONE_LINE, "two\nlines", "line"),
        (PHONE, "12", "no number one can call from Belgium"),
        (PHONE, 107, "write it as '02 422 46 11'"),
        (PHONE, "call us", "no number one can call"),
        (PHONE, "02 422 46 11 00 99", "no number one can call"),
        (CHOICE, "green", "“green” is not one of: red, blue"),
        (CHOICE, True, "is not one of: red, blue"),
        (CHOICE, ["red"], "is not one of: red, blue"),
        (FLAG, False, "write true, or leave the field out"),
        (FLAG, "yes", "write true, or leave the field out"),
        (COUNT, "3", "is not a whole number between 0 and 9999"),
        (COUNT, True, "is not a whole number"),
        (COUNT, -1, "is not a whole number"),
        (COUNT, 10000, "is not a whole number"),
        (COUNT, 1.5, "is not a whole number"),
        (DEGREES, 48.85, "is not a figure between 50.7 and 51.0"),
        (DEGREES, "50.88", "is not a figure between"),
        (DEGREES, True, "is not a figure between"),
        (DEGREES, float("nan"), "is not a figure between"),
        (DEGREES, 50.8812345, "five decimals"),
        (DAY, "3 November", "write it in quotes as '2026-11-03'"),
        (DAY, date(2026, 11, 3), "write it in quotes"),
        (DAY, "2026-02-30", "is no date"),
        (DAY, "20261103", "is no date"),
        (DAY, "2026-W45-2", "is no date"),
        (TEXT, "soupe", "write a map with fr and nl"),
        (TEXT, {}, "write a map with fr and nl"),
        (TEXT, {"fr": "soupe", "en": "soup"}, "write a map with fr and nl"),
        (TEXT, {"fr": ""}, "write words here, or leave this side out"),
        (TEXT, {"fr": 3}, "write words here, or leave this side out"),
        (TEXT, {"nl": "een lange tekst"}, "15 characters; at most 10"),
        (TEXT, {"fr": " soupe"}, "take away the spaces"),
        (TEXT, {"fr": "a\tb"}, "take away tabs and control characters"),
        (TEXT, {"fr": "a\x00b"}, ""),
        (BOTH, {"fr": "soupe"}, "needed in both languages"),
        (LISTS, ["a"], "write a map with fr and nl"),
        (LISTS, {"fr": "a"}, "write a list here"),
        (LISTS, {"fr": ["a", "a"]}, "“a” stands here twice"),
        (LISTS, {"fr": [27]}, "“27” is not text (put figures in quotes)"),
        (DAYS, "MO", "write a list here"),
        (DAYS, [], "write a list here"),
        (DAYS, ["MO", "MO"], "“MO” stands here twice"),
        (DAYS, ["LU"], "“LU” is not one of: MO, TU"),
        (DAYS, [None], "is not text"),
        (POINTS, {}, "write a list of 1 to 40 pairs"),
        (POINTS, [], "write a list of 1 to 40 pairs"),
        (REFERENCE, "unknown", "“unknown” is not the key of any record of sources"),
        (REFERENCE, ["known"], "is not the key of any record"),
        (REFERENCES, ["known", "unknown"], "“unknown” is not the key of any record of publics"),
        (REFERENCES, ["known", "known"], "“known” stands here twice"),
        (REFERENCES, "known", "write a list here"),
        (MANY, {}, "write a list here"),
        (MANY, ["known"], "each item is a map of fields"),
        (MANY, [{}], "is missing"),
        (MANY, [{"source": "known", "page": 3}], "unknown field"),
    ],
)
def test_a_wrong_value_is_named_and_mended_in_words(field: fields.Field, value: Any, words: str) -> None:
    found = list(field.errors(value, knows))
    assert found, f"{value!r} was taken"
    assert any(words in said for _, said in found), found
    assert all(path.startswith(field.name) for path, _ in found)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (LINE, "a-key-1"),
        (PHONE, "02 422 46 11"),
        (PHONE, "0800 99 340"),
        (PHONE, "107"),
        (PHONE, "112"),
        (PHONE, "1712"),
        (CHOICE, "red"),
        (FLAG, True),
        (COUNT, 0),
        (DEGREES, 50.88123),
        (DAY, "2028-02-29"),
        (TEXT, {"fr": "soupe"}),
        (BOTH, {"fr": "soupe", "nl": "soep"}),
        (LISTS, {"nl": ["soep", "brood"]}),
        (DAYS, ["TU", "MO"]),
        (REFERENCE, "known"),
        (REFERENCES, ["known"]),
        (MANY, [{"source": "known"}]),
    ],
)
def test_a_right_value_is_taken_and_written_as_it_was_read(field: fields.Field, value: Any) -> None:
    assert list(field.errors(value, knows)) == []
    if field in (REFERENCE, REFERENCES, MANY):
        return
    assert field.write(field.read(value, lambda kind, key: key, None)) == value


@pytest.mark.parametrize(
    ("field", "empty"), [(TEXT, Bilingual()), (DAYS, []), (LISTS, {}), (FLAG, False), (COUNT, 6), (DAY, None)]
)
def test_a_field_left_out_is_empty_and_stays_left_out(field: fields.Field, empty: object) -> None:
    assert field.read(None, lambda kind, key: key, None) == empty
    assert field.write(empty) is None


SEASON = {"kind": "visit", "byday": ["MO"], "opens_at": "09:00", "closes_at": "17:00"}


@pytest.mark.parametrize(
    ("shape", "record", "path"),
    [
        (SOURCE, {"key": "a", "kind": "law", "title": {"fr": "Loi"}, "date": "2018-13"}, "date"),
        (SOURCE, {"key": "a", "kind": "law", "title": {"fr": "Loi"}, "date": "2018-02-30"}, "date"),
        (SOURCE, {"key": "a", "kind": "law", "title": {"fr": "Loi"}, "date": "0000"}, "date"),
        (SLOT, {"kind": "visit", "byday": ["MO"], "opens_at": "9:00", "closes_at": "17:00"}, "opens_at"),
        (SLOT, {"kind": "visit", "byday": ["MO"], "opens_at": "24:00", "closes_at": "09:00"}, "opens_at"),
        (SLOT, {"kind": "visit", "byday": ["6SU"], "opens_at": "09:00", "closes_at": "17:00"}, "byday"),
        (SLOT, {"kind": "visit", "byday": ["SU", "1SU"], "opens_at": "09:00", "closes_at": "17:00"}, "byday"),
        (SLOT, SEASON | {"valid_from": "2027-07-02", "valid_to": "2027-07-01"}, "valid_to"),
        (SLOT, SEASON | {"closes_at": "00:00"}, "closes_at"),
        (SLOT, SEASON | {"valid_from": "2027-02-30"}, "valid_from"),
        (SLOT, {"kind": "visit", "byday": ["MO"], "opens_at": "09:00", "closes_at": "09:00"}, "closes_at"),
        (SLOT, {"kind": "visit", "byday": ["MO"], "opens_at": "09:00", "closes_at": "25:00"}, "closes_at"),
        (ADDRESS, {"street": {"fr": "rue"}, "postal_code": "B-1090"}, "postal_code"),
        (ADDRESS, {"street": {"fr": "rue"}, "latitude": 50.88}, "longitude"),
    ],
)
def test_a_record_that_cannot_be_true_is_refused(shape: Shape, record: dict, path: str) -> None:
    assert path in [where for where, _ in shape.errors(record, lambda kind, key: True)]


@pytest.mark.parametrize(
    "schedules",
    [[{}], ["always"], [{"byday": ["MO"], "opens_at": "9", "closes_at": "17:00"}], [{"byday": "MO"}]],
)
def test_the_hours_of_an_urgent_number_are_checked_as_all_hours_are(schedules: list) -> None:
    record = {
        "key": "urgence",
        "number": "112",
        "name": {"fr": "Urgence"},
        "purpose": {"fr": "Secours", "nl": "Hulp"},
        "block": "danger",
        "schedules": schedules,
    }
    assert list(URGENT_NUMBER.errors(record, knows))


def test_an_unknown_field_is_answered_with_the_fields_there_are() -> None:
    ((path, words),) = EVIDENCE.errors({"source": "known", "Quote": "soupe"}, knows)
    assert path == "Quote"
    assert words == "unknown field; this record knows: quote, source"


def test_a_field_without_a_value_is_to_be_filled_or_taken_away() -> None:
    assert list(EVIDENCE.errors({"source": "known", "quote": None}, knows)) == [
        ("quote", "is empty: write something or take the line away")
    ]
    assert list(EVIDENCE.errors({"source": None}, knows)) == [("source", "is missing")]


def test_a_fault_reads_as_a_sentence_with_its_place() -> None:
    assert str(ErrorDetail("a.yaml", "soupe", "free", "is missing")) == "a.yaml, soupe, free: is missing"
    assert str(ErrorDetail("a.yaml", "", "", "cannot be read")) == "a.yaml: cannot be read"
