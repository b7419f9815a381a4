"""Who to call: danger and somebody to talk to never mixed, and nobody shown as answering who does not."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.directory.urgent import Answers, panels, urgent_lines
from guide.languages import LANGUAGES
from guide.model import Crisis, UrgentNumber
from tests import factories
from tests.factories import EVERY_DAY, WEEKDAYS, open_service, phone, slot
from tests.running import MONDAY_MORNING

MIDNIGHT = MONDAY_MORNING.replace(hour=0)
WEEK = [MIDNIGHT + timedelta(hours=hour) for hour in range(24 * 7)]
CHRISTMAS = MONDAY_MORNING.replace(month=12, day=25)
AWAKE = (Answers.NOW, Answers.DAY_AND_NIGHT)


def number(key: str, **values) -> UrgentNumber:
    defaults = {"key": key, "purpose": factories.both("parler"), "block": "talk", "number": "107"}
    return UrgentNumber(**defaults | {"schedules": [], "always": False, "languages": []} | values)


def line(session: Session, row: UrgentNumber, at=MONDAY_MORNING):
    session.add(row)
    session.flush()
    return next((found for found in urgent_lines(session, at, "fr") if found.key == row.key), None)


def test_a_line_answers_by_its_stated_hours(session: Session) -> None:
    stated = {"kind": "phone", "byday": list(WEEKDAYS), "opens_at": "09:00", "closes_at": "19:00"}
    session.add_all([number("always", always=True), number("day", schedules=[stated]), number("unknown")])
    session.flush()
    for at in WEEK:
        answers = {found.key: found.answers for found in urgent_lines(session, at, "fr")}
        day = Answers.NOW if at.weekday() < 5 and 9 <= at.hour < 19 else Answers.NOT_NOW
        assert answers == {"always": Answers.DAY_AND_NIGHT, "day": day, "unknown": Answers.UNKNOWN}


def test_without_hours_of_its_own_a_line_has_those_of_its_record(session: Session) -> None:
    record = open_service(slot("08:30", "12:00"), phones=[phone("02 422 46 11")], languages=["fr", "nl"])
    found = line(session, number("cpas", number=None, service=record))
    assert (found.number, found.answers, found.languages) == ("02 422 46 11", Answers.NOW, ["fr", "nl"])
    assert found.name == record.name
    assert line(session, number("cpas-2", service=record), MIDNIGHT).answers is Answers.NOT_NOW


def test_a_record_that_is_closed_for_the_day_does_not_answer(session: Session) -> None:
    day = MONDAY_MORNING.date()
    record = open_service(closures=[factories.closure(day, day)], phones=[phone()])
    assert line(session, number("cpas", service=record)).answers is Answers.NOT_NOW


@pytest.mark.parametrize(
    ("said", "answers"), [(None, Answers.HOLIDAY), ("open", Answers.NOW), ("closed", Answers.NOT_NOW)]
)
def test_on_christmas_a_line_does_what_is_said_of_it_and_perhaps_answers_otherwise(
    session: Session, said: str | None, answers: Answers
) -> None:
    record = open_service(slot(holidays=said), phones=[phone()])
    stated = {"kind": "phone", "byday": list(WEEKDAYS), "opens_at": "09:00", "closes_at": "17:00"}
    own = number("own", schedules=[stated | ({"holidays": said} if said else {})])
    for row in (number("cpas", service=record), own):
        found = line(session, row, CHRISTMAS)
        assert found.answers is answers
        assert found.holiday == (CHRISTMAS.date() if answers is Answers.HOLIDAY else None)
        assert found.holidays_unknown is (said is None)
        # Outside of its hours it does not answer, holiday or not.
        assert line_at_night(session, row.key).answers is Answers.NOT_NOW


def line_at_night(session: Session, key: str):
    lines = urgent_lines(session, CHRISTMAS.replace(hour=2), "fr")
    return next(found for found in lines if found.key == key)


def test_outside_its_hours_its_calls_go_to_the_number_that_takes_them(session: Session) -> None:
    record = open_service(slot(holidays="closed"), phones=[phone()], after_hours_phone="107")
    row = number("evc", service=record)
    assert line(session, row).answers is Answers.NOW
    for at in (MIDNIGHT, CHRISTMAS):
        found = next(found for found in urgent_lines(session, at, "fr") if found.key == "evc")
        assert (found.answers, found.elsewhere) == (Answers.ELSEWHERE, "107")


def test_a_record_of_day_and_night_answers_at_night(session: Session) -> None:
    record = open_service(slot("00:00", "24:00", EVERY_DAY), phones=[phone()])
    assert line(session, number("lit", service=record), MIDNIGHT).answers is Answers.DAY_AND_NIGHT


def test_a_record_without_a_number_is_no_line(session: Session) -> None:
    assert line(session, number("muette", number=None, service=factories.service())) is None


def test_a_panel_speaks_of_its_crisis_and_passes_over_what_is_unknown(session: Session) -> None:
    text = factories.both("danger")
    session.add(number("107"))
    session.add(Crisis(key="moral", title=text, advice=text, danger=["absent"], talk=["107", "absent"]))
    session.flush()
    (panel,) = panels(session, ["moral", "unknown", "moral"], MONDAY_MORNING, "fr")
    assert (panel.key, panel.title, panel.danger) == ("moral", text, [])
    assert [found.key for found in panel.talk] == ["107"]
    assert panels(session, [], MONDAY_MORNING, "fr") == []


def test_somebody_who_speaks_the_readers_language_is_named_first(session: Session) -> None:
    text = factories.both("moral")
    session.add_all([number("107", languages=["fr"]), number("106", languages=["nl"]), number("any")])
    session.add(Crisis(key="moral", title=text, advice=text, danger=[], talk=["107", "106", "any"]))
    session.flush()
    for language, last in (("fr", "106"), ("nl", "107")):
        (panel,) = panels(session, ["moral"], MONDAY_MORNING, language)
        assert panel.talk[-1].key == last


def test_danger_and_talk_are_never_mixed(directory: Session) -> None:
    for key in directory.scalars(select(Crisis.key)):
        (panel,) = panels(directory, [key], MONDAY_MORNING, "fr")
        assert "talk" not in {found.block for found in panel.danger}, key
        assert "danger" not in {found.block for found in panel.talk}, key
        assert not {found.key for found in panel.danger} & {found.key for found in panel.talk}
        assert panel.danger or panel.talk


def test_every_panel_names_somebody_who_answers_at_any_hour_of_the_week(directory: Session) -> None:
    crises = directory.scalars(select(Crisis.key).where(Crisis.key.not_in(["housing", "power-cut"]))).all()
    for at in WEEK[::5]:
        for panel in panels(directory, crises, at, "fr"):
            assert any(found.answers in AWAKE for found in (*panel.danger, *panel.talk)), (panel.key, at)


NIGHT_AND_DAY = {
    "urgence-112", "police-101", "tele-accueil-107", "tele-onthaal-106", "prevention-suicide",
    "zelfmoordlijn-1813", "samusocial", "sexual-violence-centre", "child-focus", "poison-centre", "card-stop",
}  # fmt: skip
"""The lines whose sources say that they answer day and night."""


def test_only_lines_that_answer_at_night_look_so_at_any_hour_of_a_week(directory: Session) -> None:
    for at in WEEK:
        awake = {found.key for found in urgent_lines(directory, at, "fr") if found.answers in AWAKE}
        assert awake >= NIGHT_AND_DAY
        if at.hour < 8:
            assert awake == NIGHT_AND_DAY, at


def test_the_line_for_couples_never_looks_open_at_night_or_on_a_sunday(directory: Session) -> None:
    for at in WEEK:
        lines = {found.key: found for found in urgent_lines(directory, at, "fr")}
        found = lines["ecoute-violences-conjugales"]
        if at.hour < 9 or at.hour >= 19 or at.weekday() >= 5:
            assert (found.answers, found.elsewhere) == (Answers.ELSEWHERE, "107"), at


def test_every_line_has_a_number_and_words_in_both_languages(directory: Session) -> None:
    for found in urgent_lines(directory, MONDAY_MORNING, "fr"):
        assert found.number
        assert found.name
        assert all(found.purpose.has(language) for language in LANGUAGES)


@pytest.mark.parametrize(
    ("key", "digits"),
    [
        ("urgence-112", "112"),
        ("police-101", "101"),
        ("tele-accueil-107", "107"),
        ("samusocial", "0800 99 340"),
    ],
)
def test_the_numbers_are_those_people_know(directory: Session, key: str, digits: str) -> None:
    assert {found.key: found.number for found in urgent_lines(directory, MONDAY_MORNING, "fr")}[key] == digits
