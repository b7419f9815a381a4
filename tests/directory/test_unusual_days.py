"""Days, places and seasons on which not all of a listing's hours hold: what is told of them, and what is not."""

from collections.abc import Sequence
from datetime import date, datetime

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from guide import migrations
from guide.clock import BRUSSELS
from guide.database import writing
from guide.directory.catalogue import open_at, read_catalogue
from guide.directory.hours import Opening, closures_from, open_state, phone_to_call, shown_hours, week
from guide.directory.hours_in_words import closure_lines, day_note, hours_lines
from guide.directory.unknown import Unknown, unknown
from guide.directory.wording import phone_lines
from guide.languages import Bilingual
from guide.model import CalendarPeriod, PeriodKind, Schedule, ScheduleKind, Service, ServiceKind
from tests import databases, factories
from tests.factories import EVERY_DAY, WEEKDAYS, closure, slot

JULY = date(2027, 7, 5)  # a Monday
WINTER = {"valid_from": date(2026, 11, 1), "valid_to": date(2027, 3, 31)}


def at(day: date, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=BRUSSELS)


def period(kind: PeriodKind, starts: date, ends: date, *times: str, why: str = "") -> CalendarPeriod:
    opens, closes = times or (None, None)
    return CalendarPeriod(
        kind=kind, starts=starts, ends=ends, opens_at=opens, closes_at=closes, reason=Bilingual(why, why)
    )


def listing(*slots: Schedule, calendar: Sequence[CalendarPeriod] = (), **values) -> Service:
    body = factories.organization(calendar=list(calendar))
    source = factories.source("2026-11-01")
    return factories.service(
        **{"schedules": list(slots), "schedule_source": source, "organization": body} | values
    )


def two_places(
    first: Sequence[Schedule], second: Sequence[Schedule], general: Sequence[Schedule] = (), **values
):
    places = [factories.location(street=factories.both(f"rue {key}"), key=key) for key in ("a", "b")]
    for key, slots in (("a", first), ("b", second)):
        for one in slots:
            one.address = key
    made = listing(*general, *first, *second, service_at_locations=places, **values)
    made.link_places()
    return made


def note(service: Service, day: date) -> str:
    row = next(row for row in week(service, day) if row.is_today)
    return day_note(service, row, "fr").replace("\u00a0", " ")


class TestADayOnWhichOnlySomeHoursHold:
    def test_summer_hours_are_told_as_hours_and_not_as_a_doubt(self) -> None:
        short = period(PeriodKind.SHORT_HOURS, JULY, JULY, "08:00", "13:00")
        service = listing(slot("08:30", "12:00"), slot("13:15", "16:00"), calendar=[short])
        row = next(row for row in week(service, JULY) if row.is_today)
        assert (row.slots, row.holds, row.partly) == ((("08:30", "12:00"),), True, True)
        assert note(service, JULY) == "Horaire réduit, seulement :"
        assert open_state(service, at(JULY, "11:30")).until == at(JULY, "12:00")

    def test_a_holiday_of_which_one_half_is_kept(self) -> None:
        christmas = date(2026, 12, 25)
        service = listing(slot("09:00", "12:00", holidays="closed"), slot("14:00", "17:00", holidays="open"))
        assert note(service, christmas) == "Noël, seulement :"
        assert open_state(service, at(christmas, "15:00")).state is Opening.OPEN

    def test_a_bridge_day_is_no_closure_where_the_night_goes_on(self) -> None:
        bridge = date(2027, 5, 7)
        service = listing(
            slot("09:00", "12:00", holidays="closed"),
            slot("20:00", "08:00", EVERY_DAY, holidays="open"),
            calendar=[period(PeriodKind.CLOSED, bridge, bridge, why="Pont")],
        )
        assert closures_from(service, bridge) == []
        found = open_state(service, at(bridge, "19:30"))
        assert (found.state, found.opens) == (Opening.CLOSED, at(bridge, "20:00"))
        assert note(service, bridge) == "Pont, seulement :"

    def test_a_closure_on_a_holiday_is_told_by_its_own_reason(self) -> None:
        christmas = date(2026, 12, 25)
        service = listing(slot(holidays="open"), closures=[closure(christmas, christmas)])
        assert note(service, christmas) == "Fermé. D’habitude :"


class TestHoursOfWhichOnlyAPartIsKnownOnAHoliday:
    CHRISTMAS = date(2026, 12, 25)

    def test_what_surely_holds_is_told_as_the_least(self) -> None:
        service = listing(slot("08:00", "12:00", holidays="open"), slot("13:00", "18:00"))
        row = next(row for row in week(service, self.CHRISTMAS) if row.is_today)
        assert (row.slots, row.holds, row.perhaps) == ((("08:00", "12:00"),), True, True)
        assert note(service, self.CHRISTMAS) == "Noël, au moins :"

    def test_the_usual_hours_are_told_whole_where_nothing_is_sure(self) -> None:
        service = listing(slot("08:00", "12:00", holidays="closed"), slot("13:00", "18:00"))
        row = next(row for row in week(service, self.CHRISTMAS) if row.is_today)
        assert row.slots == (("08:00", "12:00"), ("13:00", "18:00"))
        assert note(service, self.CHRISTMAS) == "Noël, peut-être fermé. D’habitude :"


class TestHoursInSeveralSlots:
    """Whatever the slots they are written in, they are told as what they are."""

    @pytest.mark.parametrize(
        "slots",
        [
            [("00:00", "24:00", WEEKDAYS), ("00:00", "24:00", ["SA", "SU"])],
            [("00:00", "08:00", EVERY_DAY), ("08:00", "24:00", EVERY_DAY)],
            [("00:00", "13:00", EVERY_DAY), ("11:00", "24:00", EVERY_DAY)],
        ],
    )
    def test_day_and_night(self, slots: list[tuple[str, str, Sequence[str]]]) -> None:
        service = listing(*(slot(*one) for one in slots))
        assert open_state(service, at(date(2026, 12, 25), "03:00")).state is Opening.DAY_AND_NIGHT
        assert lines_of(service, date(2026, 12, 1)) == ["Jour et nuit, 7 jours sur 7."]

    def test_that_touch_or_overlap_are_one(self) -> None:
        service = listing(
            slot("08:00", "12:00", holidays="closed"),
            slot("12:00", "18:00", holidays="closed"),
            slot("09:00", "13:00", ["SA"], holidays="closed"),
            slot("11:00", "16:00", ["SA"], holidays="closed"),
        )
        assert lines_of(service, date(2026, 12, 1)) == [
            "Du lundi au vendredi 8h – 18h ; samedi 9h – 16h",
            "Pas les jours fériés.",
        ]

    def test_two_days_without_a_night_are_told_in_small_letters(self) -> None:
        service = listing(slot("00:00", "24:00", ["SA", "SU"], holidays="open"))
        assert lines_of(service, date(2026, 12, 1))[0] == "Samedi et dimanche jour et nuit"

    def test_a_morning_written_twice_does_not_open_the_night_that_rests(self) -> None:
        christmas = {"holidays": "closed"}
        service = listing(
            slot("22:00", "06:00", ["FR"], **christmas), slot("00:00", "06:00", ["SA"], **christmas)
        )
        assert open_state(service, at(date(2026, 12, 26), "02:00")).state is Opening.CLOSED
        assert open_state(service, at(date(2026, 12, 19), "02:00")).state is Opening.OPEN

    def test_two_short_hours_of_a_day_both_count(self) -> None:
        service = listing(
            slot("08:00", "18:00"),
            calendar=[
                period(PeriodKind.SHORT_HOURS, JULY, JULY, "09:00", "17:00"),
                period(PeriodKind.SHORT_HOURS, JULY, JULY, "08:00", "13:00"),
            ],
        )
        row = next(row for row in week(service, JULY) if row.is_today)
        assert row.slots == (("09:00", "13:00"),)


def lines_of(service: Service, day: date) -> list[str]:
    return [line.words.replace("\u00a0", " ") for line in hours_lines(service, "fr", day)]


class TestSummerHoursOfTheBody:
    SHORT = (PeriodKind.SHORT_HOURS, date(2027, 7, 1), date(2027, 8, 31), "08:00", "13:00")

    def test_are_told_on_paper_too_from_a_month_before(self) -> None:
        service = listing(slot(), calendar=[period(*self.SHORT)])

        def lines(day: date) -> list[str]:
            return [line.words.replace("\u00a0", " ") for line in hours_lines(service, "fr", day)]

        said = "Du 1er juillet 2027 au 31 août 2027 inclus : seulement entre 8h et 13h."
        assert said in lines(date(2027, 6, 15))
        assert said in lines(date(2027, 7, 15))
        assert said not in lines(date(2027, 4, 15)) + lines(date(2027, 9, 1))

    def test_are_told_before_they_begin_where_they_close_some_days_wholly(self) -> None:
        service = listing(
            slot("09:00", "12:00", ["MO"]), slot("13:00", "16:00", ["TU"]), calendar=[period(*self.SHORT)]
        )
        lines = [line.words.replace("\u00a0", " ") for line in hours_lines(service, "fr", date(2027, 6, 15))]
        assert "Du 1er juillet 2027 au 31 août 2027 inclus : seulement entre 8h et 13h." in lines
        tuesday = date(2027, 7, 6)
        assert note(service, tuesday) == "Horaire réduit, fermé. D’habitude :"

    def test_are_a_closure_where_nothing_is_left(self) -> None:
        service = listing(slot("14:00", "18:00"), calendar=[period(*self.SHORT)])
        (span,) = closures_from(service, date(2027, 7, 15))
        assert (span.starts, span.ends) == (date(2027, 7, 1), date(2027, 8, 31))

    def test_do_not_take_the_name_of_a_holiday_within_them(self) -> None:
        holiday = date(2027, 7, 21)
        why = period(*self.SHORT, why="Horaire d’été")
        assert note(listing(slot(holidays="closed"), calendar=[why]), holiday).startswith(
            "Fête nationale, fermé"
        )


class TestWhatOpensAfterAClosure:
    LAST = date(2026, 12, 31)

    def test_bears_the_doubt_of_the_holiday_it_lies_on(self) -> None:
        service = listing(slot(), closures=[closure(date(2026, 12, 24), self.LAST)])
        found = open_state(service, at(self.LAST, "10:00"))
        assert (found.state, found.perhaps) == (Opening.TEMPORARILY_CLOSED, date(2027, 1, 1))

    def test_is_not_told_by_old_hours(self) -> None:
        old = factories.source("2012")
        service = listing(slot(), closures=[closure(self.LAST, self.LAST)], schedule_source=old)
        found = open_state(service, at(self.LAST, "10:00"))
        assert (found.state, found.opens) == (Opening.TEMPORARILY_CLOSED, None)


class TestTheNightOfAHoliday:
    """It began on the day before: its reason is told, and not that of the day that has hardly begun."""

    AFTER = date(2026, 12, 26)

    def test_rests_because_of_it(self) -> None:
        service = listing(slot("20:00", "08:00", EVERY_DAY, holidays="closed"))
        found = open_state(service, at(self.AFTER, "02:00"))
        assert (found.state, found.holiday, found.night_before) == (
            Opening.CLOSED,
            date(2026, 12, 25),
            True,
        )
        later = open_state(service, at(self.AFTER, "09:00"))
        assert (later.state, later.holiday, later.night_before) == (Opening.CLOSED, None, False)

    def test_a_morning_that_rests_gives_no_reason_to_a_day_that_opens_later(self) -> None:
        short = period(PeriodKind.SHORT_HOURS, JULY, JULY, "13:00", "16:00", why="Horaire d’été")
        service = listing(slot("08:00", "12:00"), slot("13:00", "17:00"), calendar=[short])
        found = open_state(service, at(JULY, "10:00"))
        assert (found.state, found.off, found.opens) == (Opening.CLOSED, None, at(JULY, "13:00"))


class TestWhereTheTelephoneHasOtherHours:
    TUESDAY = date(2026, 12, 8)

    def test_it_is_told_that_it_answers_while_the_door_is_shut(self) -> None:
        service = listing(slot("09:00", "12:00"), slot("09:00", "19:00", kind=ScheduleKind.PHONE.value))
        shut = open_state(service, at(self.TUESDAY, "15:00"))
        assert (shut.state, shut.helps_now) == (Opening.CLOSED, False)
        assert shut.calls is not None
        assert shut.calls.until == at(self.TUESDAY, "19:00")
        for hour in ("10:00", "20:00"):
            assert open_state(service, at(self.TUESDAY, hour)).calls is None

    def test_each_says_what_it_does_on_holidays(self) -> None:
        service = listing(
            slot("09:00", "12:00", holidays="closed"),
            slot("00:00", "24:00", EVERY_DAY, kind=ScheduleKind.PHONE.value),
        )
        assert lines_of(service, self.TUESDAY) == [
            "Du lundi au vendredi 9h – 12h",
            "Pas les jours fériés.",
            "Par téléphone : jour et nuit, 7 jours sur 7.",
        ]
        other = listing(
            slot("00:00", "24:00", EVERY_DAY),
            slot("09:00", "12:00", kind=ScheduleKind.PHONE.value),
            phones=[factories.phone()],
        )
        assert lines_of(other, self.TUESDAY) == [
            "Jour et nuit, 7 jours sur 7.",
            "Par téléphone : du lundi au vendredi 9h – 12h",
            "Jours fériés : répond peut-être.",
        ]

    def test_a_line_to_call_goes_by_its_telephone(self) -> None:
        service = listing(
            slot("09:00", "12:00"),
            slot("09:00", "19:00", kind=ScheduleKind.PHONE.value),
            kind=ServiceKind.HELPLINE,
        )
        found = open_state(service, at(self.TUESDAY, "15:00"))
        assert (found.state, found.calls) == (Opening.OPEN, None)


class TestClosuresThatAreOne:
    def test_tell_each_reason_after_its_days(self) -> None:
        first, second = (
            closure(date(2026, 12, 21), date(2026, 12, 24), reason=Bilingual("Inventaire", "Inventaris")),
            closure(date(2026, 12, 28), date(2026, 12, 28), reason=Bilingual("Travaux", "Werken")),
        )
        service = listing(slot(holidays="closed"), closures=[first, second])
        lines = [line.words.replace("\u00a0", " ") for line in closure_lines(service, "fr", first.starts)]
        assert lines == [
            "Fermé du 21 décembre 2026 au 28 décembre 2026 inclus.",
            "Du 21 décembre 2026 au 24 décembre 2026 inclus : inventaire",
            "Le 28 décembre 2026 : travaux",
        ]
        alone = listing(
            slot(holidays="closed"), closures=[closure(first.starts, first.ends, reason=first.reason)]
        )
        assert [line.words for line in closure_lines(alone, "fr", first.starts)][1:] == ["Inventaire"]


class TestDaysOfTheMonth:
    DAY = date(2026, 12, 8)

    def lines(self, *slots: Schedule) -> list[str]:
        found = hours_lines(listing(*slots), "fr", self.DAY)
        return [line.words.replace("\u00a0", " ") for line in found][:-1]

    def test_with_the_same_hours_are_told_in_one_breath(self) -> None:
        found = self.lines(slot("10:00", "13:00", ["1SA"]), slot("10:00", "13:00", ["3SA"]))
        assert found == ["Le premier et le troisième samedi du mois 10h – 13h"]

    def test_with_other_hours_or_other_days_stay_apart(self) -> None:
        found = self.lines(slot("10:00", "13:00", ["1SA", "-1SU"]), slot("14:00", "16:00", ["2SA"]))
        assert found == [
            (
                "Le premier samedi du mois et le dernier dimanche du mois 10h – 13h ; "
                "le deuxième samedi du mois 14h – 16h"
            )
        ]


class TestWithoutKnownHours:
    def test_closures_stay_apart(self) -> None:
        service = listing(
            closures=[
                closure(date(2026, 12, 24), date(2026, 12, 26)),
                closure(date(2027, 1, 4), date(2027, 1, 5)),
            ]
        )
        assert [span.ends for span in closures_from(service, date(2026, 12, 1))] == [
            date(2026, 12, 26),
            date(2027, 1, 5),
        ]
        assert open_state(service, at(date(2026, 12, 29), "10:00")).state is Opening.UNKNOWN

    def test_the_days_its_body_keeps_are_closures(self) -> None:
        bridge = date(2026, 12, 28)
        service = listing(calendar=[period(PeriodKind.CLOSED, bridge, bridge, why="Pont")])
        assert open_state(service, at(bridge, "10:00")).state is Opening.TEMPORARILY_CLOSED


class TestTwoPlaces:
    TUESDAY = date(2026, 12, 8)

    def test_that_open_together_name_neither(self) -> None:
        hours = ("09:00", "12:00")
        service = two_places([slot(*hours)], [slot(*hours), slot("13:00", "14:00")])
        night = open_state(service, at(self.TUESDAY, "08:00"))
        assert (night.opens, night.place) == (at(self.TUESDAY, "09:00"), None)
        noon = open_state(service, at(self.TUESDAY, "12:30"))
        assert noon.place is not None
        assert noon.place.key == "b"

    def test_of_which_one_has_no_known_hours_says_so(self) -> None:
        service = two_places([slot(holidays="closed")], [])
        assert lines_of(service, self.TUESDAY) == [
            "rue a :",
            "Du lundi au vendredi 9h – 17h",
            "Pas les jours fériés.",
            "Heures de l’autre adresse : pas encore connues.",
        ]

    def test_are_told_in_the_order_of_their_addresses(self) -> None:
        service = two_places([], [slot("14:00", "18:00")], general=[slot("09:00", "12:00")])
        assert [one.place.key for one in shown_hours(service, self.TUESDAY) if one.place] == ["a", "b"]

    def test_are_called_where_it_is_open(self) -> None:
        numbers = [factories.phone("02 555 10 01"), factories.phone("02 555 10 02")]
        for line, key in zip(numbers, ("a", "b"), strict=True):
            line.address = key
        service = two_places([slot("09:00", "12:00")], [slot("14:00", "18:00")], phones=numbers)
        for hour, number in (("10:00", "02 555 10 01"), ("15:00", "02 555 10 02")):
            called = phone_to_call(service, at(self.TUESDAY, hour))
            assert called is not None
            assert called.number == number
        assert [line.words.replace("\u00a0", " ") for line in phone_lines(service, "fr")] == [
            "02 555 10 01 (rue a)",
            "02 555 10 02 (rue b)",
        ]

    def test_have_a_number_of_both_that_is_called_before_those_of_one(self) -> None:
        numbers = [factories.phone("02 555 10 01"), factories.phone("02 555 10 00")]
        numbers[0].address = "a"
        service = two_places([slot()], [slot()], phones=numbers)
        called = phone_to_call(service, at(self.TUESDAY, "10:00"))
        assert called is not None
        assert called.number == "02 555 10 00"

    def test_general_hours_are_of_the_place_that_has_none_of_its_own(self) -> None:
        service = two_places([slot("09:00", "12:00", ["MO"])], [], general=[slot()])
        found = open_state(service, at(self.TUESDAY, "10:00"))
        assert found.place is not None
        assert (found.state, found.place.key) == (Opening.OPEN, "b")

    def test_days_on_which_the_other_place_opens_part_two_closures(self) -> None:
        friday, monday = date(2026, 12, 4), date(2026, 12, 7)
        service = two_places(
            [slot()],
            [slot("10:00", "12:00", ["SA"])],
            closures=[closure(friday, friday), closure(monday, monday)],
        )
        assert [span.starts for span in closures_from(service, date(2026, 12, 1))] == [friday, monday]

    def test_each_is_told_with_its_street(self) -> None:
        service = two_places(
            [slot("09:00", "12:00", holidays="closed")], [slot("14:00", "18:00", holidays="open")]
        )
        lines = [line.words.replace("\u00a0", " ") for line in hours_lines(service, "fr", self.TUESDAY)]
        assert lines == [
            "rue a :",
            "Du lundi au vendredi 9h – 12h",
            "Pas les jours fériés.",
            "rue b :",
            "Du lundi au vendredi 14h – 18h",
            "Aussi les jours fériés, aux mêmes heures.",
        ]

    def test_hours_of_a_place_that_is_hidden_are_not_known(self) -> None:
        service = two_places([slot()], [slot()], address_confidential=True)
        assert shown_hours(service, self.TUESDAY) == []
        assert Unknown.HOURS in unknown(service, self.TUESDAY)

    def test_a_place_that_is_not_there_is_never_taken_for_all(self) -> None:
        service = listing(slot(address="nowhere"))
        with pytest.raises(KeyError):
            service.link_places()


class TestSeasons:
    def test_one_that_is_over_says_so_and_a_year_later_nobody_knows(self) -> None:
        service = listing(slot(valid_from=date(2026, 7, 1), valid_to=date(2026, 8, 31)))
        assert open_state(service, at(date(2026, 12, 1), "10:00")).state is Opening.CLOSED
        lines = [line.words.replace("\u00a0", " ") for line in hours_lines(service, "fr", date(2026, 12, 1))]
        assert lines == ["La saison est finie : plus d’heures depuis le 1er septembre 2026."]
        assert hours_lines(service, "fr", date(2027, 9, 1)) == []
        assert Unknown.HOURS in unknown(service, date(2027, 9, 1))

    def test_its_last_night_goes_on_until_the_morning(self) -> None:
        service = listing(slot("20:00", "08:00", EVERY_DAY, holidays="open", **WINTER))
        assert open_state(service, at(date(2027, 4, 1), "02:00")).until == at(date(2027, 4, 1), "08:00")
        assert open_state(service, at(date(2027, 4, 1), "22:00")).state is Opening.CLOSED

    def test_a_place_whose_season_is_over_does_not_get_the_hours_of_the_others(self) -> None:
        service = two_places([slot("18:00", "22:00", EVERY_DAY, **WINTER)], [], general=[slot()])
        found = open_state(service, at(date(2027, 4, 20), "10:00"))
        assert found.place is not None
        assert (found.state, found.place.key) == (Opening.OPEN, "b")

    def test_day_and_night_of_a_season_says_until_when(self) -> None:
        service = listing(slot("00:00", "24:00", EVERY_DAY, **WINTER), slot("09:00", "17:00", WEEKDAYS))
        lines = [line.words.replace("\u00a0", " ") for line in hours_lines(service, "fr", date(2026, 12, 1))]
        assert lines[:2] == [
            "Jusqu’au 31 mars 2027 inclus : jour et nuit, 7 jours sur 7.",
            "Le reste du temps : du lundi au vendredi 9h – 17h",
        ]


@pytest.fixture(params=databases.BOTH)
def engine(request, tmp_path):
    with databases.database_of(request.param, tmp_path) as engine:
        migrations.upgrade(engine)
        yield engine


def test_whether_they_are_open_is_asked_in_the_same_statements_for_two_and_for_twelve(engine: Engine) -> None:
    def asked(count: int) -> int:
        with Session(writing(engine)) as session:
            for _ in range(count):
                session.add(two_places([slot("09:00", "12:00")], [slot("14:00", "18:00")]))
            session.commit()
        statements = 0

        def count_statement(*_: object) -> None:
            nonlocal statements
            statements += 1

        event.listen(engine, "before_cursor_execute", count_statement)
        with Session(engine) as session:
            states = open_at(read_catalogue(session), at(date(2026, 12, 8), "10:00")).states
        event.remove(engine, "before_cursor_execute", count_statement)
        assert all(state.is_open for state in states.values())
        return statements

    assert asked(2) == asked(10)
