"""Who to call: danger and somebody to talk to never mixed, and nobody shown as answering who does not."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from guide.directory.hours import Opening, open_state
from guide.directory.urgent import Answers, Line, panels, urgent_lines
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
    return UrgentNumber(
        **defaults | {"schedules": [], "always": False, "languages": [], "checked": True} | values
    )


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
        assert found.opening.holiday == (None if answers is Answers.NOW else CHRISTMAS.date())
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
    "gas-smell",
}  # fmt: skip
"""The lines whose sources say that they answer day and night."""


@pytest.fixture(scope="module")
def week(engine: Engine) -> Iterator[dict[datetime, dict[str, Line]]]:
    """At each hour of a week the lines of the guide by their key, asked for once."""
    with Session(engine) as session:
        yield {at: {found.key: found for found in urgent_lines(session, at, "fr")} for at in WEEK}


def test_only_lines_that_answer_at_night_look_so_at_any_hour_of_a_week(week) -> None:
    for at, lines in week.items():
        awake = {key for key, found in lines.items() if found.answers in AWAKE}
        assert awake >= NIGHT_AND_DAY
        if at.hour < 8:
            assert awake == NIGHT_AND_DAY, at


def test_the_line_for_couples_never_looks_open_at_night_or_on_a_sunday(week) -> None:
    for at, lines in week.items():
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


def talk(session: Session, at, language, key: str) -> list[str]:
    (panel,) = panels(session, [key], at, language)
    return [found.key for found in panel.talk]


NIGHT = MONDAY_MORNING.replace(day=24, hour=3)
AFTERNOON = MONDAY_MORNING.replace(day=25, hour=15)
"""A Wednesday: 102 answers from 14 h."""


@pytest.mark.parametrize(
    ("language", "key", "by_day", "by_night"),
    [
        ("fr", "child", "ecoute-enfants-103", "tele-accueil-107"),
        ("nl", "child", "awel-102", "tele-onthaal-106"),
        ("fr", "child-violence", "ecoute-enfants-103", "tele-accueil-107"),
        ("nl", "child-violence", "awel-102", "tele-onthaal-106"),
        ("fr", "violence", "ecoute-violences-conjugales", "tele-accueil-107"),
        ("nl", "violence", "1712", "tele-onthaal-106"),
        ("fr", "suicide", "prevention-suicide", "prevention-suicide"),
        ("nl", "suicide", "zelfmoordlijn-1813", "zelfmoordlijn-1813"),
    ],
)
def test_a_panel_puts_first_the_line_that_answers(
    directory: Session, language, key: str, by_day: str, by_night: str
) -> None:
    assert talk(directory, AFTERNOON, language, key)[0] == by_day
    assert talk(directory, NIGHT, language, key)[0] == by_night


def test_on_a_holiday_the_line_for_couples_rests_and_who_takes_its_calls_stands_first(
    directory: Session,
) -> None:
    assert talk(directory, CHRISTMAS, "fr", "violence")[0] == "tele-accueil-107"
    lines = {found.key: found for found in urgent_lines(directory, CHRISTMAS, "fr")}
    assert lines["ecoute-violences-conjugales"].answers is Answers.ELSEWHERE
    assert lines["ecoute-violences-conjugales"].free
    assert lines["ecoute-enfants-103"].answers is Answers.NOW
    assert lines["awel-102"].rests
    # 29 November 2026 is a Sunday: 102 rests, 103 does not.
    sunday = {
        found.key: found for found in urgent_lines(directory, MONDAY_MORNING.replace(day=29, hour=17), "nl")
    }
    assert sunday["awel-102"].rests
    assert sunday["ecoute-enfants-103"].answers is Answers.NOW


def test_the_hours_of_a_line_are_those_of_its_record(session: Session) -> None:
    """What stands beside the number is for a number without a record, or whose record states no hours."""
    record = open_service(slot("08:30", "12:00"), phones=[phone()])
    stated = {"kind": "phone", "byday": list(EVERY_DAY), "opens_at": "00:00", "closes_at": "24:00"}
    session.add(number("cpas", number=None, service=record, schedules=[stated], always=True))
    session.flush()
    for at in WEEK:
        (found,) = urgent_lines(session, at, "fr")
        opening = open_state(record, at)
        assert (found.answers is Answers.NOW) == opening.is_open, at
        assert (found.answers is Answers.NOT_NOW) == (opening.state is Opening.CLOSED), at


def test_every_line_of_the_guide_is_judged_as_its_listing(directory: Session, week) -> None:
    said = {
        Opening.OPEN: Answers.NOW,
        Opening.CLOSES_SOON: Answers.NOW,
        Opening.UNKNOWN: Answers.UNKNOWN,
        Opening.HOLIDAY: Answers.HOLIDAY,
        Opening.DAY_AND_NIGHT: Answers.DAY_AND_NIGHT,
    }
    christmas = {
        at: {found.key: found for found in urgent_lines(directory, at, "fr")}
        for at in (CHRISTMAS.replace(hour=hour) for hour in range(0, 24, 3))
    }
    for at, lines in (week | christmas).items():
        for found in lines.values():
            if found.service is None or not found.service.schedules:
                continue
            state = open_state(found.service, at).state
            silent = Answers.ELSEWHERE if found.elsewhere else Answers.NOT_NOW
            assert found.answers is said.get(state, silent), (found.key, at)


def test_no_number_states_hours_that_its_record_states(directory: Session) -> None:
    for row in directory.scalars(select(UrgentNumber)):
        if row.service is not None and row.service.schedules:
            assert [row.always, list(row.schedules), bool(row.answers)] == [False, [], False], row.key


def test_the_words_on_hours_do_not_say_more_than_the_state_beside_them(directory: Session) -> None:
    for at in (NIGHT, AFTERNOON, CHRISTMAS):
        for found in urgent_lines(directory, at, "fr"):
            words = found.hours("fr", beside_state=True)
            if found.answers in (Answers.NOT_NOW, Answers.ELSEWHERE, Answers.NOW):
                assert "Jour et nuit" not in words, found.key
            if found.answers is Answers.ELSEWHERE:
                assert "107" not in words


def test_two_panels_stand_in_the_order_of_danger(directory: Session) -> None:
    found = panels(directory, ["hunger", "suicide", "overdose"], MONDAY_MORNING, "fr")
    assert [panel.key for panel in found] == ["overdose", "suicide", "hunger"]


@pytest.mark.parametrize("minor", ["child", "child-violence", "missing-child"])
def test_no_child_is_sent_to_the_night_shelter(directory: Session, minor: str) -> None:
    found = panels(directory, ["tonight", minor], NIGHT, "fr")
    assert [panel.key for panel in found] == [minor]
    assert all("samusocial" not in {line.key for line in (*one.danger, *one.talk)} for one in found)


KEYS = [
    "vital",
    "overdose",
    "poison",
    "co",
    "gas",
    "emergency",
    "suicide",
    "child-violence",
    "missing-child",
    "violence",
    "sexual-violence",
    "own-violence",
    "trafficking",
    "forced-marriage",
    "elder-abuse",
    "child",
    "self-harm",
    "worry",
    "voices",
    "no-milk",
    "tonight",
    "hunger",
    "panic",
    "power-cut",
    "housing",
    "mourning",
]
TALK_FIRST = {"suicide", "self-harm", "worry", "voices", "no-milk", "tonight", "hunger", "panic"}
TODAY = {"voices", "no-milk", "tonight", "hunger", "panic", "power-cut", "housing"}
FAMILY = {"fr": ("famille", "parents", "proches"), "nl": ("familie", "ouders")}


def test_each_kind_of_crisis_has_its_panel_in_both_languages(directory: Session) -> None:
    found = {panel.key: panel for panel in panels(directory, KEYS, MONDAY_MORNING, "fr")}
    # "tonight" is left out beside a minor.
    assert set(found) == set(KEYS) - {"tonight"}
    for key, panel in found.items():
        assert panel.talk_first == (key in TALK_FIRST or key in ("power-cut", "housing")), key
        assert panel.today == (key in TODAY), key
        assert all(panel.title.has(side) and panel.advice.has(side) for side in LANGUAGES), key
        assert len(panel.steps.get("fr", [])) == len(panel.steps.get("nl", [])), key


@pytest.mark.parametrize("key", ["mourning", "power-cut", "housing"])
def test_who_is_not_in_danger_is_not_sent_to_112(directory: Session, key: str) -> None:
    (panel,) = panels(directory, [key], MONDAY_MORNING, "fr")
    assert not panel.danger


def numbers_of(panel) -> list[str]:
    return [found.number for found in (*panel.danger, *panel.talk)]


@pytest.mark.parametrize(
    ("key", "first", "others"),
    [
        ("overdose", "112", {"070 245 245", "02 227 52 52", "078 15 10 20"}),
        ("gas", "0800 19 400", {"112"}),
        ("co", "112", set()),
        ("own-violence", "101", {"112", "0800 30 030", "1712"}),
        ("violence", "101", {"112", "0800 30 030", "1712"}),
        ("elder-abuse", "101", {"02 223 13 43", "02 511 91 20"}),
        ("child", "112", {"103", "102", "107", "106"}),
    ],
)
def test_a_panel_names_the_numbers_of_its_crisis(
    directory: Session, key: str, first: str, others: set[str]
) -> None:
    (panel,) = panels(directory, [key], AFTERNOON, "fr")
    assert panel.danger[0].number == first
    assert others <= set(numbers_of(panel))


@pytest.mark.parametrize("key", ["forced-marriage", "trafficking"])
def test_who_is_sold_or_married_off_is_never_told_to_call_the_family(directory: Session, key: str) -> None:
    (panel,) = panels(directory, [key], AFTERNOON, "fr")
    for side in LANGUAGES:
        said = [panel.advice.localized(side).words, *panel.steps[side]]
        for sentence in said:
            words = sentence.lower()
            assert not any(word in words for word in FAMILY[side]) or words.startswith(("ne ", "zeg niet"))
    assert panel.steps["fr"]


def test_ways_without_a_voice_stand_beside_the_voice(directory: Session) -> None:
    lines = {found.key: found for found in urgent_lines(directory, AFTERNOON, "fr")}
    assert [way.kind for way in lines["urgence-112"].ways] == ["app"]
    for key in ("tele-accueil-107", "tele-onthaal-106", "zelfmoordlijn-1813", "1712", "ecoute-enfants-103"):
        assert lines[key].ways[0].kind == "chat"
        assert lines[key].ways[0].url.startswith("https://")
    for found in lines.values():
        assert found.key in ("urgence-112", "police-101") or not any(way.kind == "app" for way in found.ways)


def test_112_and_101_bear_no_doubt_whatever_is_known_of_their_hours(session: Session) -> None:
    found = line(session, number("112", block="danger", always=True, checked=False))
    assert not found.doubtful
    assert line(session, number("107", always=True, checked=False)).doubtful
