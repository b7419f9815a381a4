"""A listing in words, and how figures look in each language: for pages and for mails.

Times, dates, phone numbers, hours of a week. No-break spaces keep a number or a time on one line. Every function
takes the reader's language; pages use `guide.web.ui.formatting`, which knows it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from babel import Locale
from babel.dates import format_date

from guide.clock import BRUSSELS
from guide.directory.hours import (
    ANNOUNCED,
    Day,
    PlaceHours,
    closures_from,
    every_week,
    has_both_hours,
    hours_of_kind,
    shown_hours,
)
from guide.directory.labels import Vocabulary, label
from guide.directory.public_holidays import public_holiday
from guide.directory.timetable import DAYS, ClosedSpan, Slot, Timetable, is_monthly
from guide.languages import Bilingual, Language, LocalText, other
from guide.model import (
    Holidays,
    PeriodKind,
    ScheduleKind,
    Service,
    ServiceAtLocation,
    ServiceKind,
    ServiceState,
    SourceDocument,
    YesNo,
)
from guide.sentences import sentences

NBSP = "\u00a0"
ASKED_FOR = (ServiceKind.SERVICE, ServiceKind.HELPLINE, ServiceKind.BENEFIT)
"""What people come to: of these an unknown price or hour is said to be unknown."""


def hour(time: str, lang: Language) -> str:
    """'08:30' → '8h30' or '8.30'; '14:00' → '14h' or '14'."""
    hours, minutes = time.split(":")
    figure = str(int(hours))
    if lang == "fr":
        return f"{figure}h{minutes if minutes != '00' else ''}"
    return f"{figure}.{minutes}" if minutes != "00" else figure


def clock_time(moment: datetime, lang: Language) -> str:
    """The time of day of a moment: '14h30', '14.30 uur', 'minuit'."""
    if (moment.hour, moment.minute) == (0, 0):
        return "minuit" if lang == "fr" else "middernacht"
    shown = hour(moment.strftime("%H:%M"), lang)
    return shown if lang == "fr" else f"{shown}{NBSP}uur"


def slot(opens: str, closes: str, lang: Language) -> str:
    """'11h30 – 14h30', '11.30 – 14.30 uur'; of a night '20h – 8h le lendemain'."""
    shown = f"{hour(opens, lang)}{NBSP}–{NBSP}{hour(closes, lang)}"
    shown = shown if lang == "fr" else f"{shown}{NBSP}uur"
    if closes > opens:
        return shown
    _ = sentences(lang)
    return _("%(hours)s le lendemain", hours=shown)


def slots(day: Day, lang: Language) -> str:
    """A day's hours in words; closed when it has none."""
    _ = sentences(lang)
    if day.slots == (("00:00", "24:00"),):
        return _("Jour et nuit")
    return ", ".join(slot_list(day, lang))


def slot_list(day: Day, lang: Language) -> list[str]:
    """A day's hours, slot by slot, so that each stays on one line."""
    _ = sentences(lang)
    return [slot(opens, closes, lang) for opens, closes in day.slots] if day.slots else [_("Fermé")]


def first_capital(words: str) -> str:
    """A line that begins with a capital, the rest as it is ("Frans, Nederlands")."""
    return words[:1].upper() + words[1:]


def day_name(code: str, lang: Language) -> str:
    """The weekday of a code of iCalendar ('MO', …) in this language, with a capital. Raises KeyError."""
    _ = sentences(lang)
    return {
        "MO": _("Lundi"),
        "TU": _("Mardi"),
        "WE": _("Mercredi"),
        "TH": _("Jeudi"),
        "FR": _("Vendredi"),
        "SA": _("Samedi"),
        "SU": _("Dimanche"),
    }[code]


def hours_line(days: list[Day], lang: Language) -> str:
    """A week in one line, days with the same hours together: 'du lundi au vendredi 8h30 – 12h, 13h15 – 16h'."""
    parts: list[str] = []
    index = 0
    while index < len(days):
        end = index
        while end + 1 < len(days) and days[end + 1].slots == days[index].slots:
            end += 1
        if days[index].slots:
            name = _run_of_days([day.code for day in days[index : end + 1]], lang)
            parts.append(f"{name} {slots(days[index], lang)}")
        index = end + 1
    return (f"{NBSP}; " if lang == "fr" else "; ").join(parts)


def _run_of_days(codes: Sequence[str], lang: Language) -> str:
    """Days that follow one another: 'lundi', 'lundi et mardi', 'du lundi au jeudi', 'tous les jours'."""
    _ = sentences(lang)
    first, last = day_name(codes[0], lang).lower(), day_name(codes[-1], lang).lower()
    if len(codes) == len(DAYS):
        return _("tous les jours")
    if len(codes) == 1:
        return first
    if len(codes) == 2:
        return _("%(first)s et %(last)s", first=first, last=last)
    return _("du %(first)s au %(last)s", first=first, last=last)


def _monthly_line(slots_of_month: Sequence[Slot], lang: Language) -> str:
    """Slots of certain days of the month: 'le premier dimanche du mois 10h – 13h'."""
    found = [
        f"{_day_of_month(said, lang)} {slot(one.opens_at, one.closes_at, lang)}"
        for one in slots_of_month
        for said in one.byday
    ]
    return (f"{NBSP}; " if lang == "fr" else "; ").join(found)


def _day_of_month(said: str, lang: Language) -> str:
    """'1SU' → 'le premier dimanche du mois' (RFC 5545, BYDAY)."""
    _ = sentences(lang)
    day = day_name(said[-2:], lang).lower()
    return {
        "1": _("le premier %(day)s du mois", day=day),
        "2": _("le deuxième %(day)s du mois", day=day),
        "3": _("le troisième %(day)s du mois", day=day),
        "4": _("le quatrième %(day)s du mois", day=day),
        "5": _("le cinquième %(day)s du mois", day=day),
        "-1": _("le dernier %(day)s du mois", day=day),
    }.get(said[:-2], day)


def table_lines(timetable: Timetable, lang: Language, today: date) -> list[str]:
    """Hours in words, line by line: those in force today, then those of the seasons to come."""
    lines = in_force_lines(timetable, lang, today) + seasons_lines(timetable, lang, today)
    return (lines or over_lines(timetable, lang, today)) + short_lines(timetable, lang, today)


def over_lines(timetable: Timetable, lang: Language, today: date) -> list[str]:
    """That the last season is over, where no other hours are in force or to come; else nothing."""
    ends = max((slot.valid_to for slot in timetable.slots if slot.valid_to), default=None)
    if ends is None or ends >= today or any(slot.valid_to is None for slot in timetable.slots):
        return []
    _ = sentences(lang)
    return [_("Fermé depuis le %(date)s : la saison est finie.", date=short_date(ends, lang))]


def short_lines(timetable: Timetable, lang: Language, today: date) -> list[str]:
    """The short hours of the calendar, from a month before they begin: 'Du 1er juillet … : seulement 8h – 13h.'"""
    _ = sentences(lang)
    return [
        _(
            "Du %(start)s au %(end)s : seulement %(hours)s.",
            start=short_date(off.starts, lang),
            end=short_date(off.ends, lang),
            hours=slot(off.opens_at or "00:00", off.closes_at or "24:00", lang),
        )
        for off in timetable.shortened(today)
        if off.starts <= today + ANNOUNCED
    ]


def in_force_lines(timetable: Timetable, lang: Language, today: date) -> list[str]:
    """The hours in force today, and until when where they are of a season."""
    _ = sentences(lang)
    when = until_words(timetable, lang, today)
    if timetable.is_day_and_night(today):
        lines = [_("Jour et nuit, 7 jours sur 7.")]
    else:
        lines = _season_lines(timetable.in_force(today), lang)
    return [f"{when} {_small(line)}" if when else line for line in lines]


def seasons_lines(timetable: Timetable, lang: Language, today: date) -> list[str]:
    """The hours of every season that does not count today and is not over, each after its days."""
    found = []
    for season in _seasons_to_come(timetable, timetable.in_force(today), today):
        when = _season_words(season[0].valid_from, season[0].valid_to, lang)
        found += [f"{when} {_small(line)}" for line in _season_lines(season, lang)]
    return found


def monthly_words(timetable: Timetable, lang: Language, today: date) -> str:
    """The hours in force that are of certain days of the month; '' when there are none."""
    return first_capital(_monthly_line([one for one in timetable.in_force(today) if is_monthly(one)], lang))


def until_words(timetable: Timetable, lang: Language, today: date) -> str:
    """How long the hours in force hold: 'Jusqu’au 31 août 2027 inclus :'; '' when no end is known."""
    in_force = timetable.in_force(today)
    if not in_force or in_force[0].valid_to is None:
        return ""
    _ = sentences(lang)
    return _("Jusqu’au %(date)s inclus :", date=short_date(in_force[0].valid_to, lang))


def _seasons_to_come(timetable: Timetable, in_force: Sequence[Slot], today: date) -> list[list[Slot]]:
    """The slots of each season that is not over and does not count today, in the order in which they begin."""
    seasons: dict[tuple[date, date], list[Slot]] = {}
    for one in timetable.slots:
        if one not in in_force and (one.valid_to is None or one.valid_to >= today):
            seasons.setdefault((one.valid_from or date.min, one.valid_to or date.max), []).append(one)
    return [seasons[when] for when in sorted(seasons)]


def _season_lines(season: Sequence[Slot], lang: Language) -> list[str]:
    weekly = every_week([one for one in season if not is_monthly(one)])
    monthly = [one for one in season if is_monthly(one)]
    found = [hours_line(weekly, lang), _monthly_line(monthly, lang)]
    return [first_capital(line) for line in found if line]


def _season_words(begins: date | None, ends: date | None, lang: Language) -> str:
    """When the hours of a season hold, before them: 'Du 1er juillet 2027 au 31 août 2027 :'."""
    _ = sentences(lang)
    if begins and ends:
        return _("Du %(start)s au %(end)s :", start=short_date(begins, lang), end=short_date(ends, lang))
    if begins:
        return _("À partir du %(date)s :", date=short_date(begins, lang))
    if ends:
        return _("Jusqu’au %(date)s inclus :", date=short_date(ends, lang))
    return _("Le reste du temps :")


def long_date(day: date, lang: Language) -> str:
    """'mardi 3 novembre 2026', 'dinsdag 3 november 2026'; the first of a month is '1er' in French.

    Of a moment it is the day in Jette.
    """
    words: str = format_date(_in_jette(day), "EEEE d MMMM y", locale=f"{lang}_BE")
    return re.sub(r" 1 ", " 1er ", words, count=1) if lang == "fr" else words


def short_date(day: date, lang: Language) -> str:
    """'3 novembre 2026', without the day of the week."""
    words: str = format_date(_in_jette(day), "d MMMM y", locale=f"{lang}_BE")
    return re.sub(r"^1 ", "1er ", words) if lang == "fr" else words


def source_date(source: SourceDocument, lang: Language) -> str:
    """The date a source bears, in words: 'juin 2018', '2018', or what is said instead of a date."""
    if source.date:
        parts = [int(part) for part in source.date.split("-")]
        if len(parts) == 1:
            return str(parts[0])
        day = date(parts[0], parts[1], parts[2] if len(parts) > 2 else 1)
        if len(parts) == 3:
            return short_date(day, lang)
        month: str = format_date(day, "LLLL y", locale=f"{lang}_BE")
        return month
    _ = sentences(lang)
    return source.date_note.localized(lang).words or _("sans date")


def _in_jette(day: date) -> date:
    return day.astimezone(BRUSSELS).date() if isinstance(day, datetime) else day


def day_in_words(moment: datetime, today: date, lang: Language) -> str:
    """When something opens: 'à 9h', 'demain à 9h', 'mardi à 9h'."""
    _ = sentences(lang)
    when = clock_time(moment, lang)
    apart = (moment.date() - today).days
    if apart == 0:
        return _("à %(time)s", time=when)
    if apart == 1:
        return _("demain à %(time)s", time=when)
    if apart < 7:
        return _("%(day)s à %(time)s", day=day_name(DAYS[moment.weekday()], lang).lower(), time=when)
    return _("le %(date)s à %(time)s", date=short_date(moment.date(), lang), time=when)


def phone(number: str) -> str:
    """The number as it is read aloud in Belgium, never broken over two lines."""
    return number.replace(" ", NBSP)


def language_name(code: str, lang: Language) -> str:
    """'fr' → 'français' / 'Frans'."""
    name: str | None = Locale(lang).languages.get(code)
    return name or code


@dataclass(frozen=True, slots=True)
class Fact:
    """One question about a listing and what it answers, line by line; each line knows its language."""

    question: str
    lines: list[LocalText]


@dataclass(frozen=True, slots=True)
class InWords:
    """A listing as one can read it aloud: what a mail and the page of a confirmation show."""

    name: LocalText
    summary: LocalText
    description: list[LocalText]
    facts: list[Fact]


def in_words(service: Service, lang: Language, today: date) -> InWords:
    """The listing as the public sees it, for a reader of this language.

    A fact that is not written says so, because that too is to be confirmed. Closures that are over are left
    out, and a confidential address is never in it.
    """
    return InWords(
        service.name.localized(lang),
        service.summary.localized(lang),
        paragraphs(service.description, lang),
        _facts(service, lang, today),
    )


def paragraphs(text: Bilingual, lang: Language) -> list[LocalText]:
    """The paragraphs of a longer text, each with its language."""
    side = text.localized(lang)
    return [
        LocalText(part.strip(), side.lang, side.fell_back)
        for part in side.words.split("\n\n")
        if part.strip()
    ]


def _facts(service: Service, lang: Language, today: date) -> list[Fact]:
    _ = sentences(lang)
    # A tool, or what does not exist, has no price and no hours to ask for: only what is known is shown.
    asked_for = service.state is ServiceState.EXISTING and service.kind in ASKED_FOR
    # Nobody calls 112 to ask what it costs.
    asked_for = asked_for and not service.is_emergency_number
    nothing = [LocalText(_("Rien n’est écrit ici."), lang)] if asked_for else []
    phones = [_phone_line(line.number, line.label, lang) for line in service.phones]
    facts = [
        Fact(_("Téléphone"), phones or nothing),
        Fact(_("Pour qui ?"), _for_whom(service, lang) or nothing),
        Fact(_("Combien ça coûte ?"), _price(service, lang) or nothing),
        Fact(_("Faut-il des papiers ?"), _labelled(Vocabulary.ANSWER, service.papers_needed, lang)),
        Fact(_("Que faut-il apporter ?"), _documents(service, lang) or nothing),
        Fact(_("Comment faire ?"), _access(service, lang) or nothing),
        Fact(_("Quand ?"), hours_lines(service, lang, today) or nothing),
        Fact(_("Fermetures"), closure_lines(service, lang, today)),
        Fact(_("Y a-t-il de la place ?"), _intake(service, lang)),
        Fact(_("Où ?"), place_lines(service, lang) or nothing),
        Fact(_("Accessibilité"), _wheelchair(service, lang) or nothing),
        Fact(_("Langues"), _spoken(service, lang) or nothing),
        Fact(_("E-mail"), _plain(service.email, lang)),
        Fact(_("Site"), _plain(service.website, lang)),
        Fact(_("Qui organise ?"), _who(service, lang) or nothing),
    ]
    return [fact for fact in facts if fact.lines]


def _plain(words: str | None, lang: Language) -> list[LocalText]:
    return [LocalText(words, lang)] if words else []


def _written(lang: Language, *texts: Bilingual) -> list[LocalText]:
    return [text.localized(lang) for text in texts if text]


def _phone_line(number: str, label: Bilingual, lang: Language) -> LocalText:
    said = label.localized(lang)
    # The label's language is the line's: a number reads the same in both.
    return LocalText(f"{phone(number)} ({said.words})", said.lang) if said else LocalText(phone(number), lang)


def hours_lines(service: Service, lang: Language, today: date) -> list[LocalText]:
    """When one can come or call, line by line; none when nothing is known. Each place has its lines, where places
    have hours of their own."""
    _ = sentences(lang)
    shown = shown_hours(service, today)
    on_holidays, calls_on_holidays = holidays_lines(service, lang, today)
    lines = _lines_by_place(service, shown, lang, today)
    # Said after each kind of hours where the two differ, else once after both.
    if calls_on_holidays:
        lines.append(LocalText(on_holidays, lang))
    if has_both_hours(service, today):
        calls = _lines_by_place(service, hours_of_kind(service, ScheduleKind.PHONE, today), lang, today)
        by_telephone = _("Par téléphone :")
        first = LocalText(f"{by_telephone} {_small(calls[0].words)}", calls[0].lang)
        lines += [first, *calls[1:]]
    lines.append(LocalText(calls_on_holidays or on_holidays, lang))
    if service.after_hours_phone:
        lines.append(LocalText(elsewhere_words(service.after_hours_phone, lang), lang))
    return [line for line in lines if line] + _written(lang, service.schedule_note)


def _lines_by_place(
    service: Service, tables: Sequence[PlaceHours], lang: Language, today: date
) -> list[LocalText]:
    _ = sentences(lang)
    lines = []
    for one in tables:
        if one.place is not None:
            lines.append(place_name(one.place, lang))
        elif len(tables) > 1:
            lines.append(LocalText(_("Aux autres adresses :"), lang))
        lines += [LocalText(line, lang) for line in table_lines(one.timetable, lang, today)]
        if len(tables) > 1:
            lines.append(LocalText(on_holidays_at(service, one, lang, today), lang))
    return lines


def on_holidays_at(service: Service, hours: PlaceHours, lang: Language, today: date) -> str:
    """What becomes of the hours of one place on public holidays; '' when it answers day and night."""
    return _on_holidays(service, [hours], lang, today)


def place_name(place: ServiceAtLocation, lang: Language) -> LocalText:
    """How a place is called among those of a listing: its street."""
    street = place.street.localized(lang)
    return LocalText(f"{street.words}{NBSP}:" if lang == "fr" else f"{street.words}:", street.lang)


def _small(words: str) -> str:
    return words[:1].lower() + words[1:]


def holidays_lines(service: Service, lang: Language, today: date) -> tuple[str, str]:
    """What becomes of its hours on public holidays, and of those of the telephone where that is something else.

    '' when there are none, or when it answers day and night.
    """
    shown = shown_hours(service, today)
    calls = hours_of_kind(service, ScheduleKind.PHONE, today)
    # Where places have hours of their own it is said at each of them.
    first, second = (
        _on_holidays(service, tables, lang, today) if len(tables) == 1 else "" for tables in (shown, calls)
    )
    return first, second if has_both_hours(service, today) and second != first and first else ""


def _on_holidays(service: Service, tables: Sequence[PlaceHours], lang: Language, today: date) -> str:
    _ = sentences(lang)
    asked = [one.timetable for one in tables if not one.timetable.is_day_and_night(today)]
    if not asked:
        return ""
    if service.kind is ServiceKind.HELPLINE:
        unknown = _("Jours fériés : répond peut-être.")
    elif service.phones:
        unknown = _("Jours fériés : peut-être fermé. Appelez d’abord.")
    else:
        unknown = _("Jours fériés : peut-être fermé. Demandez d’abord.")
    said = [slot.holidays for table in asked for slot in table.slots if (slot.valid_to or today) >= today]
    return (holidays_words(said, lang) or unknown) if said else ""


def holidays_words(said: Sequence[str | None], lang: Language) -> str:
    """What is said of the slots on public holidays ('open', 'closed'), in words; '' where it is not known of all."""
    _ = sentences(lang)
    if None in said:
        return ""
    if Holidays.CLOSED not in said:
        return _("Aussi les jours fériés, aux mêmes heures.")
    if Holidays.OPEN not in said:
        return _("Pas les jours fériés.")
    return _("Les jours fériés, seulement une partie de ces heures.")


def line_hours(
    timetable: Timetable, elsewhere: str, lang: Language, today: date, perhaps: bool = True
) -> str:
    """When a number to call answers, in sentences; '' when it states no hours.

    `elsewhere`: who takes its calls outside of them ('' for nobody, or not to be said). `perhaps`: is it to be said
    that nobody knows of public holidays?
    """
    if not timetable:
        return ""
    _ = sentences(lang)
    lines = table_lines(timetable, lang, today)
    if timetable.is_day_and_night(today):
        return " ".join(lines)
    unknown = _("Jours fériés : répond peut-être.") if perhaps else ""
    said = (
        *(f"{line}." for line in lines),
        holidays_words([slot.holidays for slot in timetable.slots], lang) or unknown,
        elsewhere_words(elsewhere, lang) if elsewhere else "",
    )
    return " ".join(part for part in said if part)


def elsewhere_words(number: str, lang: Language) -> str:
    """Who takes the calls of a line outside its hours."""
    _ = sentences(lang)
    return _("En dehors de ces heures, vos appels vont au %(number)s.", number=phone(number))


def holiday_name(day: date, lang: Language) -> str:
    """What the public holiday on this day is called: 'Noël', 'Kerstmis'; '' on every other day."""
    name = public_holiday(day)
    return name.localized(lang).words if name else ""


def day_off_name(day: Day, lang: Language) -> str:
    """Why the hours of this day are not the usual ones: a holiday's name, or the reason of a closure; '' for none."""
    if day.off and day.off.reason:
        return day.off.reason.localized(lang).words
    return holiday_name(day.holiday, lang) if day.holiday else ""


def day_note(service: Service, day: Day, lang: Language) -> str:
    """What stands before the usual hours of a day that is not as usual: 'Noël, fermé. D’habitude :'; '' for a usual
    day."""
    if not day.slots or not (day.holiday or day.off):
        return ""
    _ = sentences(lang)
    # Why a closure of its own, the page says once above its hours.
    is_told = day.off is not None and day.off.kind is None
    name = "" if is_told else first_capital(day_off_name(day, lang))
    is_line = service.kind is ServiceKind.HELPLINE
    if day.holds:
        if day.partly:
            is_short = day.off is not None and day.off.kind is PeriodKind.SHORT_HOURS
            name = name or (_("Heures d’été") if is_short else "")
            return _("%(name)s, seulement :", name=name) if name else _("Seulement :")
        return _("%(name)s, aux heures habituelles :", name=name) if day.holiday else ""
    if day.holds is None:
        return _perhaps_note(name, is_line, lang)
    if is_line and service.after_hours_phone:
        resting = _("votre appel va au %(number)s", number=phone(service.after_hours_phone))
    else:
        resting = _("ne répond pas") if is_line else _("fermé")
    told = f"{name}, {resting}" if name else first_capital(resting)
    return _("%(told)s. D’habitude :", told=told)


def _perhaps_note(name: str, is_line: bool, lang: Language) -> str:
    _ = sentences(lang)
    perhaps = _("répond peut-être") if is_line else _("peut-être fermé")
    return _("%(told)s. D’habitude :", told=f"{name}, {perhaps}" if name else first_capital(perhaps))


def closure_words(span: ClosedSpan, lang: Language) -> str:
    """The days of a closure: 'Fermé du 24 décembre 2026 au 3 janvier 2027 inclus.', 'Fermé le 2 janvier 2027.'"""
    _ = sentences(lang)
    starts, ends = short_date(span.starts, lang), short_date(span.ends, lang)
    if span.starts == span.ends:
        return _("Fermé le %(date)s.", date=starts)
    return _("Fermé du %(start)s au %(end)s inclus.", start=starts, end=ends)


def closure_lines(service: Service, lang: Language, today: date) -> list[LocalText]:
    """Closures of today and later, each with its reasons."""
    lines = []
    for span in closures_from(service, today):
        lines.append(LocalText(closure_words(span, lang), lang))
        lines += _written(lang, *span.reasons)
    return lines


def place_lines(service: Service, lang: Language) -> list[LocalText]:
    """Where it is, line by line; that an address is confidential is said instead of it."""
    _ = sentences(lang)
    if service.hides_address:
        return [LocalText(_("L’adresse est confidentielle."), lang)]
    lines = [line for location in service.places for line in _address(location, lang)]
    if not lines and service.kind is ServiceKind.HELPLINE:
        return [LocalText(_("Par téléphone seulement."), lang)]
    return lines


def _address(location: ServiceAtLocation, lang: Language) -> list[LocalText]:
    street, city = location.street.localized(lang), location.city.localized(lang)
    town = " ".join(part for part in (location.postal_code or "", city.words) if part)
    return [
        LocalText(", ".join(part for part in (street.words, town) if part), street.lang),
        *_written(lang, location.note),
    ]


def _for_whom(service: Service, lang: Language) -> list[LocalText]:
    _ = sentences(lang)
    lines = _written(lang, service.eligibility)
    if not lines and service.publics:
        lines = [LocalText(", ".join(public.name.localized(lang).words for public in service.publics), lang)]
    if service.residents_only is YesNo.YES:
        lines.append(LocalText(_("Pour les habitants de Jette"), lang))
    if service.confidential is YesNo.YES:
        lines.append(LocalText(_("Confidentiel"), lang))
    return lines


def _price(service: Service, lang: Language) -> list[LocalText]:
    _ = sentences(lang)
    lines = _written(lang, service.fees)
    if not lines and service.free is not None:
        free = service.free is YesNo.YES
        lines = [LocalText(_("C’est gratuit.") if free else label(Vocabulary.FREE, YesNo.NO, lang), lang)]
    return lines


def _documents(service: Service, lang: Language) -> list[LocalText]:
    side = lang if service.required_documents.get(lang) else other(lang)
    return [LocalText(item, side) for item in service.required_documents.get(side, [])]


def _labelled(vocabulary: Vocabulary, value: StrEnum | None, lang: Language) -> list[LocalText]:
    return [] if value is None else [LocalText(label(vocabulary, value, lang), lang)]


def _access(service: Service, lang: Language) -> list[LocalText]:
    modes = ", ".join(label(Vocabulary.ACCESS_MODE, mode, lang) for mode in service.access_modes)
    return [*_written(lang, service.application), *_plain(modes, lang)]


def _intake(service: Service, lang: Language) -> list[LocalText]:
    return _labelled(Vocabulary.INTAKE, service.intake_status, lang) + _written(lang, service.intake_note)


def _wheelchair(service: Service, lang: Language) -> list[LocalText]:
    lines = _written(lang, service.accessibility)
    if not lines and service.wheelchair is not None:
        lines = [LocalText(f"{label(Vocabulary.WHEELCHAIR, service.wheelchair, lang)}.", lang)]
    return lines


def _spoken(service: Service, lang: Language) -> list[LocalText]:
    names = ", ".join(language_name(code, lang) for code in service.languages)
    return _plain(first_capital(names), lang)


def _who(service: Service, lang: Language) -> list[LocalText]:
    named = [service.organization.name.localized(lang)] if service.organization is not None else []
    return named + _written(lang, service.operator)
