"""Lines to fill in: which of what was posted are lines, how many, and at which control a sentence stands."""

import re
from datetime import date
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from guide.web.ui.fields import MOST_LINES, AddressLine, Lines, PhoneLine
from guide.web.ui.forms import GuideForm
from guide.web.ui.hours_fields import ClosureLine, PlaceWeeks

TODAY = date(2026, 11, 23)


class PageForm(GuideForm):
    phones = Lines(PhoneLine, spare=2)
    addresses = Lines(AddressLine, spare=1, spare_below=0)
    closures = Lines(ClosureLine, spare=1)
    today = TODAY


@pytest.fixture(autouse=True)
def _french(app: Flask) -> Any:
    with app.test_request_context("/fr/"):
        app.preprocess_request()
        yield


def posted(**values: str) -> PageForm:
    return PageForm(
        MultiDict({name.replace("__", "-"): value for name, value in values.items()} | {"x": "y"})
    )


def shown(form: PageForm, name: str) -> int:
    return len(form[name].entries)


def test_an_empty_form_has_lines_to_fill_in_and_a_filled_one_has_room_for_more() -> None:
    empty = PageForm(None)
    assert [shown(empty, name) for name in ("phones", "addresses", "closures")] == [2, 1, 1]
    filled = PageForm(
        None,
        data={
            "phones": [{"number": "02 422 46 11"}],
            "addresses": [{"street_fr": "Rue A 1"}],
            "closures": [{"starts": "2026-12-24"}] * 3,
        },
    )
    assert [shown(filled, name) for name in ("phones", "addresses", "closures")] == [2, 1, 4]
    assert filled.phones.filled == [{"number": "02 422 46 11", "label_fr": "", "label_nl": "", "address": ""}]


def test_a_record_with_more_lines_than_a_form_takes_is_shown_whole() -> None:
    form = PageForm(None, data={"phones": [{"number": str(n)} for n in range(MOST_LINES + 5)]})
    assert shown(form, "phones") == MOST_LINES + 5
    form.phones.add(2)
    assert shown(form, "phones") == MOST_LINES + 5


def test_what_is_posted_is_shown_as_it_was_typed_and_not_what_stands_in_the_record() -> None:
    form = PageForm(
        MultiDict({"phones-0-number": " 02\t422\n46 11 "}),
        data={"phones": [{"number": "1", "label_fr": "Accueil"}, {"number": "2"}]},
    )
    assert form.phones.filled == [{"number": "02 422 46 11", "label_fr": "", "label_nl": "", "address": ""}]
    assert shown(form, "phones") == 1
    assert shown(PageForm(MultiDict({"other": "1"}), data={"phones": [{"number": "1"}]}), "phones") == 2


@pytest.mark.parametrize("number", ["²", "٣", "-1", "1e3", "9" * 5000, "99999999999", "", "0x1"])
def test_a_line_with_no_number_of_ours_is_none(number: str) -> None:
    form = PageForm(MultiDict({"phones-0-number": "107", f"phones-{number}-number": "112"}))
    assert [row["number"] for row in form.phones.filled] == ["107"]


def test_lines_follow_each_other_from_the_first_and_there_is_an_end_to_them() -> None:
    gap = posted(phones__0__number="107", phones__2__number="112")
    assert [row["number"] for row in gap.phones.filled] == ["107"]
    assert posted(phones__1__number="107").phones.filled == []
    many = PageForm(MultiDict({f"phones-{n}-number": str(n) for n in range(100)}))
    assert shown(many, "phones") == MOST_LINES
    assert [row["number"] for row in many.phones.filled] == [str(n) for n in range(MOST_LINES)]
    unknown = posted(phones__0__id="7", phones__0__form="x")
    assert shown(unknown, "phones") == 2


def test_an_emptied_line_is_no_line_and_the_others_keep_their_order() -> None:
    form = posted(
        phones__0__number="107", phones__0__label_nl="Nacht", phones__1__number="  ", phones__2__number="112"
    )
    assert form.validate()
    assert [row["number"] for row in form.phones.filled] == ["107", "112"]


@pytest.mark.parametrize(
    ("values", "controls"),
    [
        ({"phones__1__label_fr": "Accueil"}, []),
        ({"phones__0__number": "107", "phones__1__label_fr": "Accueil"}, ["phones-1-number"]),
        ({"phones__0__number": "12", "phones__0__label_nl": "x" * 121}, ["phones-0-number", "phones-0-label_nl"]),
        ({"phones__0__number": "107", "phones__0__label_fr": "Mme Exemple"}, ["phones-0-label_fr"]),
        ({"addresses__0__note_fr": "Sonnez"}, ["addresses-0-street_fr"]),
        ({"addresses__0__street_nl": "Straat 1", "addresses__0__postal_code": "１０９０"},
         ["addresses-0-postal_code"]),
        ({"closures__0__ends": "24/12/2026"}, ["closures-0-starts"]),
        ({"closures__0__starts": "noël"}, ["closures-0-starts"]),
        ({"closures__0__starts": "24/12/2026", "closures__0__ends": "?"}, ["closures-0-ends"]),
        ({"closures__0__starts": "24/12/2026", "closures__0__ends": "20/12/2026"}, ["closures-0-ends"]),
        ({"closures__0__starts": "20/11/2026", "closures__0__ends": "22/11/2026"}, ["closures-0-ends"]),
        ({"closures__0__starts": "24/12/2026", "closures__0__ends": "24/12/2226"}, ["closures-0-ends"]),
        ({"closures__0__starts": "22/11/2026"}, ["closures-0-starts"]),
        ({"closures__0__starts": "31/12/9999"}, ["closures-0-starts"]),
        ({"closures__0__starts": "24/12/0027"}, ["closures-0-starts"]),
        ({"closures__0__starts": "31/12/2029", "closures__0__ends": "01/01/2030"}, ["closures-0-ends"]),
        ({"closures__0__starts": "31/12/2024", "closures__0__ends": "30/11/2026"},
         ["closures-0-starts", "closures-0-ends"]),
        ({"closures__0__starts": "01/12/2025", "closures__0__ends": "31/10/2026"}, ["closures-0-ends"]),
        ({"closures__0__starts": "30/12/2029", "closures__0__ends": "31/12/2029"}, []),
        ({"closures__0__starts": "22/11/2026", "closures__0__ends": "23/11/2026"}, []),
        ({"closures__0__starts": "23/11/2026"}, []),
    ],
)  # fmt: skip
def test_a_sentence_stands_at_the_control_that_is_to_mend(
    values: dict[str, str], controls: list[str]
) -> None:
    form = posted(**values)
    assert form.validate() is (controls == [])
    assert [control for control, _words in form.all_errors()] == controls
    assert form.has_errors == len(controls)


@pytest.mark.parametrize(
    "span", [("2024-12-01", "2027-06-30"), ("2020-01-01", ""), ("2026-12-24", "9999-12-31")]
)
def test_days_that_stood_there_are_asked_about_only_when_they_change(span: tuple[str, str]) -> None:
    stood = [{"starts": "2026-12-01", "ends": "2026-12-02"}, {"starts": span[0], "ends": span[1]}]
    sent = {f"closures-0-{name}": value for name, value in stood[1].items()}
    assert PageForm(MultiDict(sent), data={"closures": stood}).validate()
    changed = PageForm(MultiDict(sent | {"closures-0-ends": "2030-02-01"}), data={"closures": stood})
    assert not changed.validate()
    # Its first day is the one of another line's.
    mixed = sent | {"closures-0-starts": "2020-01-02"}
    assert not PageForm(MultiDict(mixed), data={"closures": stood}).validate()


def test_more_lines_than_a_form_takes_are_refused_and_the_first_of_them_stay_typed() -> None:
    def sent(lines: int, last: str = "107", stood: int = 0) -> PageForm:
        numbers = ["107"] * (lines - 1) + [last]
        return PageForm(
            MultiDict({f"phones-{line}-number": number for line, number in enumerate(numbers)}),
            data={"phones": [{"number": "112"}] * stood},
        )

    assert sent(MOST_LINES).validate()
    assert sent(MOST_LINES + 1, last=" ").validate()
    assert sent(MOST_LINES + 5, stood=MOST_LINES + 5).validate()
    many = sent(600)
    assert not many.validate()
    [(control, words)] = many.all_errors()
    assert (control, str(MOST_LINES) in words) == ("phones-error", True)
    assert [row["number"] for row in many.phones.filled] == ["107"] * MOST_LINES
    # A gap of empty lines hides nothing.
    assert not PageForm(
        MultiDict({f"phones-{line}-number": "107" if line == 40 else "" for line in range(41)})
    ).validate()


class PlacesForm(GuideForm):
    own = PlaceWeeks()
    today = TODAY
    places = tuple((str(key), f"Rue {key}") for key in range(40))


def test_each_of_many_addresses_keeps_its_hours() -> None:
    sent = MultiDict({f"own-{key}-{name}": value for key in range(35) for name, value in
                      (("address", str(key)), ("visit-MO-0-from", "9h"), ("visit-MO-0-to", "10h"))})  # fmt: skip
    form = PlacesForm(sent, data={"own": [{"address": str(key)} for key in range(35)]})
    assert form.validate()
    assert [one.visit.week["MO"] for one in form.own.forms] == [[("09:00", "10:00")]] * 35
    fewer = PlacesForm(sent, data={"own": [{"address": "0"}]})
    assert not fewer.validate()
    assert [control for control, _words in fewer.all_errors()] == ["own-error"]


@pytest.mark.parametrize("today", [TODAY, date(2027, 3, 1)])
def test_a_day_of_closure_that_is_not_understood_is_asked_again_by_one_that_is_taken(today: date) -> None:
    class LaterForm(PageForm):
        pass

    LaterForm.today = today
    form = LaterForm(MultiDict({"closures-0-starts": "noël"}))
    assert not form.validate()
    [(_control, sentence)] = form.all_errors()
    [example] = re.findall(r"\d\d/\d\d/\d{4}", sentence)
    assert LaterForm(MultiDict({"closures-0-starts": example})).validate()
