"""Hours of every kind, typed by an editor: nights, days of the month, seasons, two addresses; none is ever lost."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from guide.directory.hours_typed import Piece, pieces_of
from guide.directory.timetable import DAYS
from guide.editing.addresses import settled
from guide.model import Organization, Service
from guide.records.lookup import DatabaseLookup
from guide.records.shapes import SERVICE
from tests.markup import form_values
from tests.pages import Page, PageClient
from tests.rounds import rounds
from tests.web.desks import Desk

RUE_A = {"street": {"fr": "Rue Antoine Baeck 1", "nl": "Antoine Baeckstraat 1"}, "postal_code": "1090"}
RUE_B = {"street": {"fr": "Rue Esseghem 2", "nl": "Esseghemstraat 2"}, "postal_code": "1090"}
SECOND = {"addresses-1-street_fr": "Rue Esseghem 2", "addresses-1-street_nl": "Esseghemstraat 2"}
NIGHT = {"visit-MO-0-from": "20h", "visit-MO-0-to": "8h"}


def typed(page: Page, name: str) -> list[str]:
    return form_values(page.html, "part")[1].get(name, [])


def plain(page: Page) -> str:
    return page.words.replace("\u00a0", " ")


def put(desk: Desk, **fields: Any) -> None:
    """Makes the public listing so."""
    with desk.database() as session:
        service = session.scalars(select(Service).where(Service.key == desk.key)).one()
        record = {**SERVICE.write(service), **fields}
        record.setdefault("schedule_source", record["citations"][0]["source"])
        with session.no_autoflush:
            SERVICE.fill(service, SERVICE.canonical(settled(record)), DatabaseLookup(session))


def visits(record: dict[str, Any]) -> set[Piece]:
    return set(pieces_of(record["schedules"], "visit"))


# A night


def test_a_night_is_typed_in_one_slot_and_said_to_end_the_day_after(desk: Desk) -> None:
    desk.trust()
    assert desk.save("hours", **NIGHT).status == 303
    assert visits(desk.record()) == {Piece("MO", "20:00", "08:00")}
    assert len(desk.record()["schedules"]) == 1
    words = {"fr": "lundi 20h – 8h le lendemain", "nl": "maandag 20 – 8 uur"}[desk.lang]
    assert words in plain(desk.open("hours")).lower()
    assert words in plain(desk.open()).lower()


def test_a_slip_is_no_night_and_the_sentence_says_how_to_write_both(desk: Desk) -> None:
    page = desk.save("hours", **{"visit-MO-0-from": "17h", "visit-MO-0-to": "9h"})
    assert page.status == 422
    assert typed(page, "visit-MO-0-to") == ["9h"]
    sentence = {
        "fr": "Un jour s’écrit 9h – 17h, une nuit 20h – 8h.",
        "nl": "Een dag schrijft u als 9u – 17u, een nacht als 20u – 8u.",
    }
    assert sentence[desk.lang] in plain(page)


def test_a_night_that_overlaps_the_next_morning_is_found(desk: Desk) -> None:
    page = desk.save("hours", **NIGHT, **{"visit-TU-0-from": "7h", "visit-TU-0-to": "9h"})
    assert page.status == 422
    assert 'id="visit-TU-0-from-error"' in page.html


TWO_SLOTS = [
    {"kind": "visit", "byday": list(DAYS), "opens_at": "20:00", "closes_at": "24:00"},
    {"kind": "visit", "byday": list(DAYS), "opens_at": "00:00", "closes_at": "08:00"},
]


def test_a_night_that_was_landed_as_two_slots_shows_as_one_and_stays_until_hours_change(desk: Desk) -> None:
    desk.trust()
    put(desk, schedules=TWO_SLOTS)
    page = desk.open("hours")
    assert (len(typed(page, "visit-SU-0-from")), typed(page, "visit-SU-1-from")) == (1, [""])
    assert typed(page, "visit-SU-0-to")[0][:1] == "8"
    assert desk.editor.submit(page, "part").status == 303
    assert desk.record()["schedules"] == TWO_SLOTS
    assert desk.editor.submit(page, "part", **{"visit-SU-0-to": "9h"}).status == 303
    assert visits(desk.record()) == {Piece(day, "20:00", "09:00" if day == "SU" else "08:00") for day in DAYS}


def test_a_proposal_from_before_with_two_slot_nights_is_shown_and_goes_on(desk: Desk) -> None:
    assert desk.save("hours", **NIGHT).status == 303
    with desk.database() as session:
        [old] = session.query(desk.proposals()[0].__class__).all()
        old.record = {**old.record, "schedules": TWO_SLOTS}
    assert desk.save("hours", schedule_note_fr="Sonnez.").status == 303
    assert desk.proposals()[0].record["schedules"] == TWO_SLOTS
    boss = desk.coordinator()
    path = {"fr": "/fr/moderation/propositions/", "nl": "/nl/moderatie/voorstellen/"}[desk.lang]
    page = boss.get(f"{path}{desk.proposals()[0].id}")
    assert {"fr": "20h – 8h le lendemain", "nl": "20 – 8 uur"}[desk.lang] in plain(page)
    values = {"champ": ["schedules"]}
    assert boss.submit(page, "review", button="quoi=publier", **values).status == 303
    assert desk.record()["schedules"] == TWO_SLOTS


# Days of the month, hours for a time

SUNDAY = {
    "visit_monthly-0-which": "1",
    "visit_monthly-0-day": "SU",
    "visit_monthly-0-opens": "10h",
    "visit_monthly-0-closes": "13h",
}
SUMMER = {
    "visit_seasons-0-starts": "2027-07-01",
    "visit_seasons-0-ends": "31/08/2027",
    "visit_seasons-0-days": ["MO", "FR"],
    "visit_seasons-0-opens": "9h",
    "visit_seasons-0-closes": "12h",
}


def test_the_first_sunday_of_the_month_is_kept_and_said(desk: Desk) -> None:
    desk.trust()
    assert desk.save("hours", **SUNDAY, visit_holidays="closed").status == 303
    assert desk.record()["schedules"] == [
        {
            "kind": "visit",
            "byday": ["1SU"],
            "opens_at": "10:00",
            "closes_at": "13:00",
            "holidays": "closed",
        }
    ]
    assert typed(desk.open("hours"), "visit_monthly-0-day") == ["SU"]
    assert {"fr": "Le premier dimanche du mois 10h", "nl": "10 – 13 uur"}[desk.lang] in plain(desk.open())


def test_other_hours_for_a_time_are_one_season_of_several_lines(desk: Desk) -> None:
    desk.trust()
    second = {name.replace("-0-", "-1-"): value for name, value in SUMMER.items()}
    second |= {
        "visit_seasons-1-days": ["FR"],
        "visit_seasons-1-opens": "14h",
        "visit_seasons-1-closes": "16h",
    }
    page = desk.editor.submit(desk.open("hours"), "part", button="_encore=visit_seasons", **SUMMER)
    assert page.status == 200
    assert desk.editor.submit(page, "part", **second).status == 303
    season = ("2027-07-01", "2027-08-31")
    assert visits(desk.record()) == {
        Piece("MO", "09:00", "12:00", *season),
        Piece("FR", "09:00", "12:00", *season),
        Piece("FR", "14:00", "16:00", *season),
    }
    assert {"fr": "Du 1er juillet 2027 au 31 août 2027", "nl": "1 juli 2027"}[desk.lang] in plain(desk.open())


def test_a_season_may_be_open_at_one_end(desk: Desk) -> None:
    desk.trust()
    assert desk.save("hours", **SUMMER | {"visit_seasons-0-starts": ""}).status == 303
    assert {slot.get("valid_from") for slot in desk.record()["schedules"]} == {None}


PAST_SEASON = {
    "kind": "visit",
    "byday": ["MO"],
    "opens_at": "09:00",
    "closes_at": "12:00",
    "valid_from": "2023-07-01",
    "valid_to": "2023-08-31",
}


def test_a_season_that_is_over_stays_and_blocks_nothing_until_its_days_change(desk: Desk) -> None:
    desk.trust()
    put(desk, schedules=[PAST_SEASON])
    assert desk.save("hours", **NIGHT, **{"visit_seasons-0-closes": "11h"}).status == 303
    assert visits(desk.record()) == {
        Piece("MO", "20:00", "08:00"),
        Piece("MO", "09:00", "11:00", "2023-07-01", "2023-08-31"),
    }
    for days in ({"starts": "2026-07-01", "ends": "2026-08-31"}, {"ends": "2025-08-31"}):
        page = desk.save("hours", **{f"visit_seasons-0-{name}": day for name, day in days.items()})
        assert page.status == 422
        assert {"fr": "Ces jours sont déjà passés", "nl": "Deze dagen zijn al voorbij"}[
            desk.lang
        ] in page.words


def test_a_year_that_is_a_slip_is_refused_with_the_years_that_are_taken(desk: Desk) -> None:
    page = desk.save("hours", **SUMMER | {"visit_seasons-0-starts": "0027-07-01"})
    assert page.status == 422
    years = {"fr": "écrivez une date de 2025 à 2029", "nl": "schrijf een datum van 2025 tot en met 2029"}
    assert years[desk.lang] in page.words


def test_a_day_of_the_month_keeps_the_season_it_is_of_and_refuses_one_it_does_not_understand(
    desk: Desk,
) -> None:
    desk.trust()
    put(desk, schedules=[{**PAST_SEASON, "byday": ["1MO"], "valid_to": "2027-08-31"}])
    assert desk.save("hours", **{"visit_monthly-0-starts": "juillet"}).status == 422
    assert desk.save("hours", **{"visit_monthly-0-ends": "2027-09-30"}).status == 303
    assert visits(desk.record()) == {Piece("1MO", "09:00", "12:00", "2023-07-01", "2027-09-30")}


# Day and night


def test_day_and_night_beside_typed_hours_is_asked_about_and_nothing_goes_without_a_word(desk: Desk) -> None:
    desk.trust()
    hours = {"visit-MO-0-from": "9h", "visit-MO-0-to": "13h"}
    page = desk.save("hours", **{"visit-always": "1"}, **hours)
    assert page.status == 422
    assert 'href="#visit-always"' in page.html
    sentence = {"fr": "Gardez l’un des deux.", "nl": "Houd een van de twee."}
    assert sentence[desk.lang] in page.words
    assert (typed(page, "visit-always"), typed(page, "visit-MO-0-to")) == (["1"], ["13h"])
    assert "schedules" not in desk.record()
    # Without a script one button empties the week; the tick stays.
    emptied = desk.editor.submit(page, "part", button="_vider=visit")
    assert emptied.status == 200
    assert (typed(emptied, "visit-always"), typed(emptied, "visit-MO-0-to")) == (["1"], [""])
    assert "schedules" not in desk.record()
    assert desk.editor.submit(emptied, "part").status == 303
    assert visits(desk.record()) == {Piece(day, "00:00", "24:00") for day in DAYS}
    assert desk.editor.submit(page, "part", **{"visit-always": None}).status in (303, 409)


def test_more_moments_of_a_day_than_a_form_takes_are_refused(desk: Desk) -> None:
    many = {
        f"visit-MO-{slot}-{end}": f"{8 + slot}h{minutes}"
        for slot in range(7)
        for end, minutes in (("from", "00"), ("to", "30"))
    }
    page = desk.save("hours", **many)
    assert page.status == 422
    assert 'href="#visit-MO-5-from"' in page.html
    assert typed(page, "visit-MO-5-from") == ["13h00"]
    assert desk.editor.submit(page, "part").status == 303


@pytest.mark.parametrize(
    ("values", "control"),
    [
        (
            SUMMER | {"visit_seasons-0-starts": "2026-07-01", "visit_seasons-0-ends": "2026-08-31"},
            "visit_seasons-0-ends",
        ),
        (SUMMER | {"visit_seasons-0-starts": "0001-01-01"}, "visit_seasons-0-starts"),
        (SUMMER | {"visit_seasons-0-ends": "9999-12-31"}, "visit_seasons-0-ends"),
        (SUMMER | {"visit_seasons-0-days": []}, "visit_seasons-0-days"),
        (SUMMER | {"visit_seasons-0-starts": "", "visit_seasons-0-ends": ""}, "visit_seasons-0-starts"),
        (SUMMER | {"visit_seasons-0-ends": "2027-06-01"}, "visit_seasons-0-ends"),
        (SUMMER | {"visit_seasons-0-starts": "juillet"}, "visit_seasons-0-starts"),
        (SUMMER | {"visit_seasons-0-opens": ""}, "visit_seasons-0-opens"),
        (SUMMER | {"visit_seasons-0-closes": "x"}, "visit_seasons-0-closes"),
        (SUNDAY | {"visit_monthly-0-which": ""}, "visit_monthly-0-which"),
        (SUNDAY | {"visit_monthly-0-day": "XX"}, "visit_monthly-0-day"),
        (SUNDAY | {"visit_monthly-0-closes": "9h"}, "visit_monthly-0-closes"),
        (
            SUMMER | {name.replace("-0-", "-1-"): value for name, value in SUMMER.items()},
            "visit_seasons-1-days",
        ),
    ],
)
def test_what_is_to_mend_in_a_line_is_said_at_its_control_and_stays_typed(
    quiet_desk: Desk, values: dict[str, Any], control: str
) -> None:
    page = quiet_desk.save("hours", **values)
    assert page.status == 422
    assert f'href="#{control}"' in page.html
    assert f'id="{control}"' in page.html
    for name, value in values.items():
        if value and value != "XX":
            assert typed(page, name) == (value if isinstance(value, list) else [value])


def test_a_tick_takes_a_line_away(desk: Desk) -> None:
    desk.trust()
    desk.save("hours", **SUMMER, **NIGHT)
    assert desk.save("hours", **{"visit_seasons-0-remove": "y"}).status == 303
    assert visits(desk.record()) == {Piece("MO", "20:00", "08:00")}


def test_the_answer_on_holidays_is_for_days_of_the_month_and_seasons_too(desk: Desk) -> None:
    desk.trust()
    desk.save("hours", **NIGHT, **SUNDAY, **SUMMER, visit_holidays="open")
    assert [slot["holidays"] for slot in desk.record()["schedules"]] == ["open"] * 3
    schedules = desk.record()["schedules"]
    del schedules[1]["holidays"]
    put(desk, schedules=schedules)
    page = desk.open("hours")
    assert typed(page, "visit_holidays") == ["depends"]
    assert desk.editor.submit(page, "part", **{"visit-MO-0-to": "7h"}).status == 303
    assert [slot.get("holidays") for slot in desk.record()["schedules"]] == [None, None, "open"]


# School holidays


def test_an_editor_says_that_it_is_closed_during_school_holidays_and_finds_their_dates(desk: Desk) -> None:
    desk.trust()
    page = desk.open("hours")
    assert f"/{desk.key}" in next(
        link.attributes["href"]
        for link in page.all("a")
        if "calendrier" in link.attributes["href"] or "kalender" in link.attributes["href"]
    )
    assert desk.editor.submit(page, "part", follows_school_calendar="y").status == 303
    assert desk.record()["follows_school_calendar"] is True
    assert typed(desk.open("hours"), "follows_school_calendar") == ["y"]
    assert desk.save("hours", follows_school_calendar=None).status == 303
    assert "follows_school_calendar" not in desk.record()


# Two addresses


def two(desk: Desk, **fields: Any) -> None:
    desk.trust()
    put(desk, addresses=[{"key": "1", **RUE_A}, {"key": "2", **RUE_B}], **fields)


def test_a_second_address_gets_a_key_and_then_hours_and_numbers_of_its_own(desk: Desk) -> None:
    boss = desk.coordinator()
    page = desk.save("access", client=boss, **SECOND)
    assert page.status == 303
    assert [one["key"] for one in desk.record()["addresses"]] == ["1", "2"]
    assert desk.save("access", client=boss, **{"phones-0-number": "02 422 46 11", "phones-0-address": "2"})
    assert desk.record()["phones"][0]["address"] == "2"
    own = {"own-1-visit-TU-0-from": "14h", "own-1-visit-TU-0-to": "16h"}
    assert desk.save("hours", client=boss, **NIGHT, **own).status == 303
    assert visits(desk.record()) == {
        Piece("MO", "20:00", "08:00"),
        Piece("TU", "14:00", "16:00", address="2"),
    }
    told = plain(desk.open(client=boss))
    street = {"fr": "Rue Esseghem 2", "nl": "Esseghemstraat 2"}[desk.lang]
    assert f"{street} :" in told.replace(f"{street}:", f"{street} :")
    assert {"fr": f"À cette adresse : {street}", "nl": f"Op dit adres: {street}"}[desk.lang] in told


def test_a_line_of_hours_is_of_one_address_when_it_says_so(desk: Desk) -> None:
    two(desk)
    assert desk.save("hours", **SUMMER | {"visit_seasons-0-address": "2"}).status == 303
    assert {piece.address for piece in visits(desk.record())} == {"2"}
    assert typed(desk.open("hours"), "visit_seasons-0-address") == ["2"]


def test_where_each_address_has_its_own_hours_a_line_says_of_which_it_is(desk: Desk) -> None:
    two(desk)
    own = {
        f"own-{number}-visit-MO-0-{end}": time
        for number in (0, 1)
        for end, time in (("from", "9h"), ("to", "12h"))
    }
    page = desk.save("hours", **own, **SUMMER)
    assert page.status == 422
    assert 'href="#visit_seasons-0-address"' in page.html
    assert desk.editor.submit(page, "part", **{"visit_seasons-0-address": "1"}).status == 303


def test_the_common_week_ends_where_each_address_has_its_own(desk: Desk) -> None:
    two(desk)
    own = {
        f"own-{number}-visit-MO-0-{end}": time
        for number in (0, 1)
        for end, time in (("from", "9h"), ("to", "12h"))
    }
    assert desk.save("hours", **NIGHT, **own).status == 303
    assert visits(desk.record()) == {Piece("MO", "09:00", "12:00", address=key) for key in "12"}


def test_an_address_that_goes_takes_its_hours_and_leaves_its_numbers(desk: Desk) -> None:
    two(
        desk,
        phones=[{"number": "02 422 46 11", "address": "2"}],
        schedules=[
            {"kind": "visit", "byday": ["MO"], "opens_at": "09:00", "closes_at": "12:00"},
            {"kind": "visit", "address": "2", "byday": ["TU"], "opens_at": "14:00", "closes_at": "16:00"},
        ],
    )
    page = desk.open("access")
    assert {"fr": "Ses heures partent avec elle", "nl": "De uren gaan mee weg"}[desk.lang] in page.words
    emptied = {
        f"addresses-1-{name}": "" for name in ("street_fr", "street_nl", "postal_code", "city_fr", "city_nl")
    }
    answer = desk.editor.submit(page, "part", **emptied)
    assert answer.status == 303
    # The address waits for the coordinator, and its hours with it.
    assert len(desk.record()["addresses"]) == 2
    assert len(desk.record()["schedules"]) == 2
    [waiting] = desk.proposals()
    assert [one["key"] for one in waiting.record["addresses"]] == ["1"]
    assert visits(waiting.record) == {Piece("MO", "09:00", "12:00")}
    assert waiting.record["phones"] == [{"number": "02 422 46 11"}]
    told = {"fr": "Changement en attente", "nl": "Wijziging wacht"}[desk.lang]
    assert desk.editor.get(answer.headers["Location"]).words.count(told) >= 3


def test_hours_of_an_address_that_only_waits_wait_too(desk: Desk) -> None:
    desk.trust()
    assert desk.save("access", **SECOND).status == 303
    own = {"own-1-visit-TU-0-from": "14h", "own-1-visit-TU-0-to": "16h"}
    assert desk.save("hours", **own).status == 303
    assert "schedules" not in desk.record() or not any("address" in one for one in desk.record()["schedules"])
    assert Piece("TU", "14:00", "16:00", address="2") in visits(desk.proposals()[0].record)


def test_an_address_that_left_meanwhile_is_told_at_the_line(desk: Desk) -> None:
    two(desk)
    page = desk.open("hours")
    put(desk, addresses=[RUE_A])
    answer = desk.editor.submit(page, "part", **SUMMER | {"visit_seasons-0-address": "2"})
    assert answer.status == 422
    assert 'href="#visit_seasons-0-address"' in answer.html


HERE = {"own-1-visit-TU-0-from": "14h", "own-1-visit-TU-0-to": "16h"}
LEFT = {"fr": "Cette adresse n’est plus dans la fiche.", "nl": "Dit adres staat niet meer in de fiche."}


@pytest.mark.parametrize("strange", ["9", "", "rue-haute"])
def test_hours_of_an_address_that_the_listing_never_had_are_refused_in_words(
    desk: Desk, strange: str
) -> None:
    two(desk)
    page = desk.save("hours", **HERE | {"own-1-address": strange})
    assert page.status == 422
    assert 'href="#own-1-address"' in page.html
    assert LEFT[desk.lang] in page.words
    assert typed(page, "own-1-visit-TU-0-from") == ["14h"]
    assert "schedules" not in desk.record()


def test_hours_of_an_address_that_left_meanwhile_are_refused_and_stay_typed(desk: Desk) -> None:
    two(desk)
    page = desk.open("hours")
    put(desk, addresses=[RUE_A])
    answer = desk.editor.submit(page, "part", **NIGHT, **HERE)
    assert answer.status == 422
    assert 'id="own-1-address"' in answer.html
    assert LEFT[desk.lang] in answer.words
    assert typed(answer, "own-1-visit-TU-0-from") == ["14h"]
    # Once they are emptied, what is left is saved.
    emptied = desk.editor.submit(answer, "part", button="_vider=own-1-visit")
    assert typed(emptied, "visit-MO-0-from") == ["20h"]
    assert desk.editor.submit(emptied, "part").status == 303
    assert visits(desk.record()) == {Piece("MO", "20:00", "08:00")}


def test_an_address_that_left_does_not_take_the_hours_of_the_next_one_with_it(desk: Desk) -> None:
    two(desk)
    page = desk.open("hours")
    put(desk, addresses=[{"key": "2", **RUE_B}, {"key": "3", **RUE_A}])
    # Something else is to mend, and the page is sent a second time.
    again = desk.editor.submit(page, "part", **HERE | {"own-1-visit-TU-0-to": "x"})
    assert again.status == 422
    assert desk.editor.submit(again, "part", **HERE).status == 303
    assert visits(desk.record()) == {Piece("TU", "14:00", "16:00", address="2")}


def test_monday_is_copied_in_the_week_of_an_address_too(desk: Desk) -> None:
    two(desk)
    own = {"own-1-visit-MO-0-from": "9h", "own-1-visit-MO-0-to": "12h"}
    page = desk.editor.submit(desk.open("hours"), "part", button="_copier=own-1-visit", **own)
    assert typed(page, "own-1-visit-FR-0-to") == ["12h"]
    assert typed(page, "own-0-visit-FR-0-to") == [""]


# Whatever the record holds

TIMES = st.sampled_from(
    [
        ("09:00", "12:00"),
        ("20:00", "08:00"),
        ("17:00", "09:30"),
        ("20:00", "24:00"),
        ("00:00", "08:00"),
        ("10:15", "11:00"),
    ]
)
SLOTS = st.builds(
    lambda kind, address, byday, times, holidays, season: {
        "kind": kind,
        **({"address": address} if address else {}),
        "byday": byday,
        "opens_at": times[0],
        "closes_at": times[1],
        **({"holidays": holidays} if holidays else {}),
        **season,
    },
    st.sampled_from(["visit", "phone"]),
    st.sampled_from(["", "", "1", "2"]),
    st.one_of(
        st.lists(st.sampled_from(DAYS), min_size=1, max_size=7, unique=True).map(
            lambda days: sorted(days, key=DAYS.index)
        ),
        st.lists(st.sampled_from(["1SU", "3MO", "-1FR"]), min_size=1, max_size=2, unique=True),
    ),
    TIMES,
    st.sampled_from(["", "open", "closed"]),
    st.sampled_from(
        [
            {},
            {},
            {"valid_from": "2027-07-01", "valid_to": "2027-08-31"},
            {"valid_from": "2027-12-01"},
            {"valid_to": "2025-01-31"},
        ]
    ),
)


@given(schedules=st.lists(SLOTS, max_size=8), single=st.booleans())
@settings(
    max_examples=rounds(here=12, ci=60),
    deadline=None,
    # Each example is some pages: to make one smaller would take minutes.
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_hours_survive_a_form_that_nobody_changed_and_one_in_which_more_is_said(
    desk: Desk, schedules: list[dict[str, Any]], single: bool
) -> None:
    desk.trust()
    places = [{"key": "1", **RUE_A}] if single else [{"key": "1", **RUE_A}, {"key": "2", **RUE_B}]
    put(desk, addresses=places, schedules=schedules)
    before = desk.record().get("schedules", [])
    page = desk.open("hours")
    assert desk.editor.submit(page, "part").headers["Location"].endswith("=-")
    assert desk.record().get("schedules", []) == before
    new = _spare(page)
    address = "1" if {one.get("address") for one in before if one["kind"] == "visit"} >= {"1", "2"} else ""
    more = {
        f"visit_seasons-{new}-starts": "2028-05-01",
        f"visit_seasons-{new}-days": ["WE"],
        f"visit_seasons-{new}-opens": "13h",
        f"visit_seasons-{new}-closes": "14h",
        **({} if single else {f"visit_seasons-{new}-address": address}),
    }
    answer = desk.editor.submit(page, "part", **more)
    assert answer.status == 303, answer.words
    added = Piece("WE", "13:00", "14:00", "2028-05-01", "", "" if single else address)
    for kind in ("visit", "phone"):
        held, now = (pieces_of(slots, kind) for slots in (before, desk.record()["schedules"]))
        if single:
            # The hours of the only address are those of the listing.
            held = {Piece(p.day, p.opens, p.closes, p.begins, p.ends): said for p, said in held.items()}
        assert set(now) == set(held) | ({added} if kind == "visit" else set())
        answers = {piece: said for piece, said in now.items() if piece != added}
        assert answers == held


def _spare(page: Page) -> int:
    """The number of the empty line of other hours."""
    names = form_values(page.html, "part")[1]
    return max(int(name.split("-")[1]) for name in names if name.startswith("visit_seasons-"))


def test_an_organisation_of_nobody_has_no_link_to_a_calendar(desk: Desk) -> None:
    boss = desk.coordinator()
    with desk.database() as session:
        service = session.scalars(select(Service).where(Service.key == desk.key)).one()
        service.organization = None
        assert session.scalars(select(Organization)).first() is not None
    page = desk.open("hours", client=boss)
    assert not any(
        "kalender" in a.attributes["href"] or "calendrier" in a.attributes["href"] for a in page.all("a")
    )


def test_hours_that_were_typed_are_shown_again_to_who_was_signed_out_meanwhile(quiet_desk: Desk) -> None:
    target, values = form_values(quiet_desk.open("hours").html, "part")
    lines = {name: value if isinstance(value, list) else [value] for name, value in (SUMMER | SUNDAY).items()}
    visitor = PageClient(quiet_desk.app)
    visitor.http.set_cookie("session", "ended")
    answer = visitor.post(target, data=values | lines)
    assert answer.status == 401
    shown = answer.words.split()
    for words in ("31/08/2027", "10h", "13h", {"fr": "Heures", "nl": "Uren"}[quiet_desk.lang]):
        assert words in shown
    # A day that was chosen or ticked was written by nobody.
    assert not {"SU", "MO", "FR"} & set(shown)


def test_a_kept_text_that_names_an_address_which_left_begins_without_it(desk: Desk) -> None:
    two(desk)
    own = {"own-1-visit-TU-0-from": "14h", "own-1-visit-TU-0-to": "16h"}
    with desk.database() as session:
        session.scalars(select(Organization).where(Organization.key == desk.key)).one().trusted = False
    assert desk.save("hours", **NIGHT, **own).status == 303
    [waiting] = desk.proposals()
    assert desk.press("withdraw", desk.open()).status == 303
    put(desk, addresses=[RUE_A])
    name = {"fr": "reutiliser", "nl": "opnieuw-gebruiken"}[desk.lang]
    page = desk.editor.get(f"{desk.path('hours')}?{name}={waiting.id}")
    assert typed(page, "reprise") == [str(waiting.id)]
    assert typed(page, "visit-TU-0-from") == [""]
    assert desk.editor.submit(page, "part").status == 303
    assert visits(desk.proposals()[-1].record) == {Piece("MO", "20:00", "08:00")}
