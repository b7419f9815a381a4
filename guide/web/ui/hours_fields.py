"""Fields in which an association says when it is open: weeks, days of the month, seasons, closures, a calendar.

Each keeps what was typed as it was typed, says in `control_errors` which control is to mend, and knows no record.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from wtforms import Field, Form, StringField
from wtforms.validators import ValidationError

from guide.dates import parse_date, years_around
from guide.directory.figures import day_name
from guide.directory.hours import Day
from guide.directory.hours_in_words import hours_line
from guide.directory.hours_typed import (
    Piece,
    Times,
    TimesProblem,
    Week,
    is_always,
    overlap,
    read_times,
    read_week,
    week_pieces,
)
from guide.directory.timetable import DAYS
from guide.languages import LocalText
from guide.web.ui.fields import (
    Line,
    Many,
    NumberedForms,
    RemovableLine,
    at_an_address,
    column,
    one_line,
    words_of,
)
from guide.web.ui.forms import Several, date_example, options
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import reader

A_YEAR = timedelta(days=366)

MOST_SLOTS = 6


class DatesLine(Line):
    """What is so from a first day to a last day."""

    starts, ends = column(), column()

    def understood(self, field: Field) -> date:
        """The day that was typed. Raises ValidationError with how to write it, or of which years it may be; one that
        stood there is taken as it stands."""
        day = parse_date(field.data or "")
        if day is None:
            raise ValidationError(
                _(
                    "Nous n’avons pas compris « %(typed)s ». Écrivez la date ainsi : %(example)s.",
                    typed=field.data,
                    example=date_example(self.whole.today),
                )
            )
        first, last = years_around(self.whole.today)
        if not first <= day.year <= last and not self.stood(field.short_name):
            raise ValidationError(
                _("Vérifiez l’année : écrivez une date de %(first)s à %(last)s.", first=first, last=last)
            )
        return day

    def stood(self, *names: str) -> bool:
        """Were these days in a line when the form was opened?"""
        days = [_iso_day(self[name].data) for name in names]
        return days in [[_iso_day(row.get(name)) for name in names] for row in self.before]

    def is_to_come(self, last: date) -> None:
        """Raises ValidationError when days that were not there before are over."""
        if last < self.whole.today and not self.stood("starts", "ends"):
            raise ValidationError(self.is_over())

    def is_over(self) -> str:
        """What is said when the days are over."""
        return _("Ces jours sont déjà passés. Vérifiez l’année.")

    def validate_ends(self, field: Field) -> None:
        """Nothing, or a day that is not before the first."""
        if field.data:
            starts, ends = parse_date(self.starts.data or ""), self.understood(field)
            if starts and ends < starts:
                raise ValidationError(_("Le dernier jour est avant le premier. Vérifiez les deux dates."))


class DaysLine(DatesLine):
    """Days on which something is not as usual: the first, the last if it is another, and why."""

    reason_fr, reason_nl = words_of(300), words_of(300)

    def validate_starts(self, field: Field) -> None:
        """A day, and one to come where it is the only one."""
        if not field.data:
            raise ValidationError(self.first_day_lacks())
        starts = self.understood(field)
        if not self.ends.data:
            self.is_to_come(starts)

    def validate_ends(self, field: Field) -> None:
        """Nothing, or a day to come that is not before the first, nor more than a year after it."""
        super().validate_ends(field)
        starts, ends = parse_date(self.starts.data or ""), parse_date(field.data or "")
        if starts and ends:
            self.is_to_come(ends)
            if ends - starts > A_YEAR and not self.stood("starts", "ends"):
                raise ValidationError(_("C’est plus d’un an. Vérifiez les deux dates."))

    def first_day_lacks(self) -> str:
        """What is said when there is no first day."""
        return _("Écrivez le premier jour, ou videz la ligne.")


class ClosureLine(DaysLine):
    """Days on which it is closed."""

    def first_day_lacks(self) -> str:
        return _("Écrivez le premier jour de la fermeture, ou videz la ligne.")

    def is_over(self) -> str:
        return _("Cette fermeture est déjà passée. Vérifiez l’année.")


class PeriodLine(RemovableLine, DaysLine):
    """Days of a calendar."""


class SpanLine(PeriodLine):
    """Days that follow one another: an empty last day is rather forgotten than one day alone."""

    def validate_ends(self, field: Field) -> None:
        """A day; the same as the first where it is the only one."""
        if not field.data:
            raise ValidationError(
                _("Écrivez aussi le dernier jour. Pour un seul jour, écrivez deux fois la même date.")
            )
        super().validate_ends(field)


class SummerLine(SpanLine):
    """Days on which everything opens only between two hours."""

    opens, closes = column(), column()

    @property
    def times(self) -> Times | None:
        """The two hours, once they are sound."""
        read = read_times(self.opens.data or "", self.closes.data or "")
        return read if not isinstance(read, TimesProblem) and read[0] < read[1] else None

    def validate_opens(self, field: Field) -> None:
        """An hour."""
        _raise_at("from", read_times(field.data or "", self.closes.data or ""))

    def validate_closes(self, field: Field) -> None:
        """An hour of the same day, after the first."""
        read = read_times(self.opens.data or "", field.data or "")
        _raise_at("to", read)
        if not isinstance(read, TimesProblem) and read[0] > read[1]:
            raise ValidationError(_("La fin est avant le début. Écrivez par exemple 8h – 14h."))


class _HoursLine(RemovableLine, DatesLine):
    """Hours that are not of every week of the year, perhaps of one address alone."""

    opens, closes = column(), column()
    address = column()

    def validate_starts(self, field: Field) -> None:
        """Nothing, or a day."""
        if field.data:
            self.understood(field)

    def validate_ends(self, field: Field) -> None:
        """Nothing, or a day that is not before the first; of days that are over only those that stood there."""
        super().validate_ends(field)
        if field.data:
            self.is_to_come(self.understood(field))

    def validate_opens(self, field: Field) -> None:
        """An hour."""
        _raise_at("from", read_times(field.data or "", self.closes.data or "", self.whole.known_times))

    def validate_closes(self, field: Field) -> None:
        """An hour; before the first it is of the day after."""
        _raise_at("to", read_times(self.opens.data or "", field.data or "", self.whole.known_times))

    def validate_address(self, field: Field) -> None:
        """One of the listing's; all of them only where one of them has no hours of its own."""
        at_an_address(self, field)
        if not field.data and self.whole.each_has_its_own(self):
            raise ValidationError(_("Chaque adresse a ses propres heures. Choisissez à quelle adresse."))

    @property
    def codes(self) -> list[str]:
        """Its days, as `Piece` has them."""
        raise NotImplementedError

    def pieces(self, known: Collection[Times] = ()) -> list[Piece]:
        """What is understood of it so far; long nights that are `known` are taken as they stand."""
        read = read_times(self.opens.data or "", self.closes.data or "", known)
        if not self.is_filled or isinstance(read, TimesProblem):
            return []
        season = (_iso_day(self.starts.data), _iso_day(self.ends.data))
        return [Piece(code, *read, *season, self.address.data or "") for code in self.codes]


WHICH = ("1", "2", "3", "4", "5", "-1")
"""Which of its weekdays a day is in its month, as in RFC 5545: the first to the fifth, the last."""


class MonthlyLine(_HoursLine):
    """A day of the month, such as the first Sunday, from … to …; perhaps only in a season."""

    BESIDE = ("starts", "ends", "address")
    which, day = column(), column()

    @property
    def week_days(self) -> list[tuple[str, str]]:
        """The days to choose from: pairs (code, name)."""
        return [(code, day_name(code, reader())) for code in DAYS]

    def validate_which(self, field: Field) -> None:
        """One of WHICH."""
        if field.data not in WHICH:
            raise ValidationError(_("Choisissez lequel : le premier, le deuxième…"))

    def validate_day(self, field: Field) -> None:
        """A day of the week."""
        if field.data not in DAYS:
            raise ValidationError(_("Choisissez quel jour."))

    @property
    def codes(self) -> list[str]:
        return (
            [f"{self.which.data}{self.day.data}"]
            if self.day.data in DAYS and self.which.data in WHICH
            else []
        )


class SeasonLine(_HoursLine):
    """Days of the week from … to …, from a first day to a last day, one of which may be left open."""

    BESIDE = ("address",)
    days = Several(validate_choice=False)

    def __init__(self, *arguments: Any, **values: Any) -> None:
        super().__init__(*arguments, **values)
        self.days.choices = options((code, day_name(code, reader())) for code in DAYS)
        self.days.label.text = _("Quels jours ?")

    def validate_starts(self, field: Field) -> None:
        """A day, unless the last one says enough."""
        super().validate_starts(field)
        if not field.data and not self.ends.data:
            raise ValidationError(_("Écrivez le premier jour, le dernier, ou les deux."))

    def validate_days(self, field: Field) -> None:
        """One at least; none of them twice at the same hour of the same season."""
        if not self.codes:
            raise ValidationError(_("Cochez au moins un jour."))
        if any(self._meets(other) for other in self.whole.lines_before(self)):
            raise ValidationError(_("Deux moments se chevauchent. Vérifiez les heures."))

    @property
    def codes(self) -> list[str]:
        return [code for code in DAYS if code in (self.days.data or [])]

    def _meets(self, other: "SeasonLine") -> bool:
        known, times = self.whole.known_pieces, self.whole.known_times
        return any(
            (one.begins, one.ends, one.address) == (before.begins, before.ends, before.address)
            and overlap(one, before)
            and not {one, before} <= known
            for one in self.pieces(times)
            for before in other.pieces(times)
        )


def _raise_at(end: str, read: Times | TimesProblem) -> None:
    """Raises ValidationError where this of the two times is to mend."""
    if isinstance(read, TimesProblem) and read.end == end:
        raise ValidationError(times_words(read.what, read.typed))


def times_words(what: str, typed: str = "") -> str:
    """What is wrong with two times (`TimesProblem`, `SlotProblem`), in a sentence."""
    return {
        "time": _("Nous n’avons pas compris « %(typed)s ». Écrivez par exemple 9h ou 14h30.", typed=typed),
        "half": _("Écrivez les deux heures, de … à …"),
        "order": _(
            "La fin est avant le début. Un jour s’écrit 9h – 17h, une nuit 20h – 8h. "
            "Plus de 14 heures : écrivez jusqu’à 24h, puis de 0h le jour suivant."
        ),
        "overlap": _("Deux moments se chevauchent. Vérifiez les heures."),
    }[what]


def _iso_day(typed: str | None) -> str:
    day = parse_date(typed or "")
    return day.isoformat() if day else ""


class WeekField(Many):
    """The hours of a week, for each day some slots 'from … to …', typed as people write them.

    Ours and no `FieldList` of slots: see `Many`.
    """

    def __init__(self, *arguments: Any, kind: str, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.kind = kind

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Reads what was sent, where the form was; else shows the data. What they hold is taken as it stands."""
        self.known = set(week_pieces(data if isinstance(data, dict) else {}))
        super().process(formdata, data if isinstance(data, dict) else None, extra_filters)

    def take(self, data: Any) -> None:
        """`data`: a week of times; day and night is said by a tick, not by seven full days."""
        week: Week = data or {}
        self.crowded: list[str] = []
        self.always = bool(week) and is_always(week)
        self.typed: dict[str, list[tuple[str, str]]] = {
            day: [] if self.always else [(shown_time(a), shown_time(b)) for a, b in week.get(day, [])]
            for day in DAYS
        }
        self._even()

    def read(self, formdata: Any) -> None:
        self.always = bool(formdata.get(self.always_id))
        self.most = max(MOST_SLOTS, len(self.known))
        self.typed = {
            day: [
                (
                    one_line(formdata.get(self.id_of(day, slot, "from"))),
                    one_line(formdata.get(self.id_of(day, slot, "to"))),
                )
                for slot in range(self.most)
                if self.id_of(day, slot, "from") in formdata or self.id_of(day, slot, "to") in formdata
            ]
            for day in DAYS
        }
        self.crowded = [
            day
            for day in DAYS
            if any(one_line(formdata.get(self.id_of(day, self.most, end))) for end in ("from", "to"))
        ]
        self._even()

    def _even(self) -> None:
        """Every day has as many slots to fill in as the fullest one, two at least."""
        self.slots = max(2, *(len(pairs) for pairs in self.typed.values()))
        for pairs in self.typed.values():
            pairs.extend([("", "")] * (self.slots - len(pairs)))

    def id_of(self, day: str, slot: int, end: str) -> str:
        """The id and name of one control."""
        return f"{self.name}-{day}-{slot}-{end}"

    @property
    def always_id(self) -> str:
        """The id and name of the tick for day and night."""
        return f"{self.name}-always"

    def copy_monday(self, days: Iterable[str]) -> None:
        """These days get what was typed for Monday."""
        for day in days:
            self.typed[day] = list(self.typed["MO"])

    def clear(self) -> None:
        """Empties the hours of each day; the tick for day and night stays."""
        self.typed = {day: [] for day in DAYS}
        self._even()

    def errors_on(self, day: str) -> list[tuple[str, str]]:
        """What is to mend on this day."""
        return [(id, words) for id, words in self.control_errors if id.startswith(f"{self.name}-{day}-")]

    @property
    def week(self) -> Week:
        """What is understood of it so far."""
        if self.always:
            return {day: [("00:00", "24:00")] for day in DAYS}
        return read_week(self.typed, self.known)[0]

    @property
    def in_words(self) -> LocalText:
        """What the public will read; '' when there are no hours."""
        lang = reader()
        if self.always:
            return LocalText(_("Jour et nuit, 7 jours sur 7."), lang)
        return LocalText(hours_line([Day(day, tuple(self.week[day]), False) for day in DAYS], lang), lang)

    @property
    def is_empty(self) -> bool:
        return not self.always and not self._has_times

    @property
    def _has_times(self) -> bool:
        return any(begins or ends for day in self.typed.values() for begins, ends in day)

    def find_errors(self, form: Form) -> Iterator[tuple[str, str]]:
        if self.always:
            if self._has_times:
                yield (
                    self.always_id,
                    _("Vous avez coché « Jour et nuit » et écrit des heures. Gardez l’un des deux."),
                )
            return
        for day in self.crowded:
            words = _("%(most)s moments au plus. Les suivants n’ont pas pu être gardés.", most=self.most)
            yield self.id_of(day, self.most - 1, "from"), _words_on(day, words)
        for found in read_week(self.typed, self.known)[1]:
            words = times_words(found.what, found.typed)
            yield self.id_of(found.day, found.slot, found.end), _words_on(found.day, words)


def _words_on(day: str, words: str) -> str:
    return _("%(day)s : %(words)s", day=day_name(day, reader()), words=words[:1].lower() + words[1:])


class PlaceWeek(Form):
    """The hours of one address alone; `address` is its key. `whole`: the form it stands in, once validated."""

    whole: Any
    address = StringField()
    visit = WeekField(kind="visit")
    phone = WeekField(kind="phone")

    @property
    def weeks(self) -> list[WeekField]:
        return [field for field in self if isinstance(field, WeekField)]

    @property
    def is_empty(self) -> bool:
        return all(week.is_empty for week in self.weeks)

    def validate_address(self, field: Field) -> None:
        """An address that the listing still has, where it has hours."""
        if not self.is_empty and field.data not in dict(self.whole.places):
            raise ValidationError(
                _(
                    "Cette adresse n’est plus dans la fiche. Recopiez ces heures ailleurs si elles valent encore, "
                    "puis videz-les ici."
                )
            )


class PlaceWeeks(NumberedForms):
    """The weeks of the addresses that have hours of their own, or may have them."""

    def __init__(self, **options: Any) -> None:
        super().__init__(PlaceWeek, **options)

    @property
    def forms(self) -> list[PlaceWeek]:
        return [entry.form for entry in self.entries]

    @property
    def control_errors(self) -> list[tuple[str, str]]:
        """What is to mend, address by address: pairs (id of the control, sentence)."""
        found = super().control_errors
        for form in self.forms:
            found += [(form.address.id, str(words)) for words in form.address.errors]
            found += [error for week in form.weeks for error in week.control_errors]
        return found


def shown_time(time: str) -> str:
    """A time as it is typed in the reader's language: '8h30', '8.30'."""
    hours, minutes = time.split(":")
    mark = "h" if reader() == "fr" else "."
    if minutes == "00":
        return f"{int(hours)}h" if reader() == "fr" else f"{int(hours)}u"
    return f"{int(hours)}{mark}{minutes}"
