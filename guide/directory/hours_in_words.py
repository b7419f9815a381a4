"""Hours in words: of a week, a season, a holiday, a closure, and of a whole listing, line by line.

What holds and when says `guide.directory.timetable`; the one pill of a page is `guide.web.ui.opening_words`.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from babel.lists import format_list

from guide.directory.figures import NBSP, day_name, first_capital, hour, phone, short_date, slot
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
from guide.directory.listing import AnyListing, AnyPlace
from guide.directory.public_holidays import public_holiday
from guide.directory.timetable import DAYS, ClosedSpan, Slot, Timetable, is_monthly
from guide.languages import Bilingual, Language, LocalText
from guide.model import (
    Holidays,
    PeriodKind,
    ScheduleKind,
    ServiceKind,
)
from guide.sentences import sentences

ONE_DAY = timedelta(days=1)


def slots(day: Day, lang: Language) -> str:
    """A day's hours in words; closed when it has none."""
    _ = sentences(lang)
    if day.slots == (("00:00", "24:00"),):
        return _("Jour et nuit")
    return ", ".join(slot_list(day, lang))


def slot_list(day: Day, lang: Language) -> list[str]:
    """A day's hours, slot by slot, so that each stays on one line."""
    if day.slots:
        return [slot(opens, closes, lang) for opens, closes in day.slots]
    _ = sentences(lang)
    return [_("Ne répond pas") if day.by_phone else _("Fermé")]


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
            parts.append(f"{name} {_small(slots(days[index], lang))}")
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
    days: dict[tuple[str, str], list[str]] = {}
    for one in slots_of_month:
        days.setdefault((one.opens_at, one.closes_at), []).extend(one.byday)
    found = [
        f"{_days_of_month(list(dict.fromkeys(said)), lang)} {slot(opens, closes, lang)}"
        for (opens, closes), said in days.items()
    ]
    return (f"{NBSP}; " if lang == "fr" else "; ").join(found)


def _days_of_month(said: Sequence[str], lang: Language) -> str:
    """Days of RFC 5545 (BYDAY): '1SA', '3SA' → 'le premier et le troisième samedi du mois'."""
    _ = sentences(lang)
    ordinals = {
        "1": _("le premier"),
        "2": _("le deuxième"),
        "3": _("le troisième"),
        "4": _("le quatrième"),
        "5": _("le cinquième"),
        "-1": _("le dernier"),
    }
    which: dict[str, list[str]] = {}
    for one in said:
        which.setdefault(one[-2:], []).append(ordinals.get(one[:-2], ""))
    found = []
    for code, some in which.items():
        day = day_name(code, lang).lower()
        # A day without its place in the month is every such day.
        every = "" in some
        found.append(
            day if every else _("%(ordinals)s %(day)s du mois", ordinals=_listed(some, lang), day=day)
        )
    return _listed(found, lang)


def _listed(words: Sequence[str], lang: Language) -> str:
    return format_list(list(words), locale=f"{lang}_BE")


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
    return [
        _("La saison est finie : plus d’heures depuis le %(date)s.", date=short_date(ends + ONE_DAY, lang))
    ]


def short_lines(timetable: Timetable, lang: Language, today: date) -> list[str]:
    """The short hours of the calendar, from a month before they begin: 'Du 1er … : seulement 8h – 13h.'"""
    _ = sentences(lang)
    return [
        _(
            "Du %(start)s au %(end)s inclus : seulement entre %(opens)s et %(closes)s.",
            start=short_date(off.starts, lang),
            end=short_date(off.ends, lang),
            opens=hour(off.opens_at or "00:00", lang),
            closes=hour(off.closes_at or "24:00", lang),
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
    # "The rest of the time" is told after what it is the rest of.
    return [seasons[when] for when in sorted(seasons, key=lambda when: (when == (date.min, date.max), when))]


def _season_lines(season: Sequence[Slot], lang: Language) -> list[str]:
    weekly = every_week([one for one in season if not is_monthly(one)])
    monthly = [one for one in season if is_monthly(one)]
    found = [hours_line(weekly, lang), _monthly_line(monthly, lang)]
    return [first_capital(line) for line in found if line]


def _season_words(begins: date | None, ends: date | None, lang: Language) -> str:
    """When the hours of a season hold, before them: 'Du 1er juillet 2027 au 31 août 2027 inclus :'."""
    _ = sentences(lang)
    if begins and ends:
        return _(
            "Du %(start)s au %(end)s inclus :", start=short_date(begins, lang), end=short_date(ends, lang)
        )
    if begins:
        return _("À partir du %(date)s :", date=short_date(begins, lang))
    if ends:
        return _("Jusqu’au %(date)s inclus :", date=short_date(ends, lang))
    return _("Le reste du temps :")


def written(lang: Language, *texts: Bilingual) -> list[LocalText]:
    return [text.localized(lang) for text in texts if text]


def hours_lines(service: AnyListing, lang: Language, today: date) -> list[LocalText]:
    """When one can come or call, line by line; none when nothing is known. Each place has its lines, where places
    have hours of their own."""
    _ = sentences(lang)
    shown = shown_hours(service, today)
    on_holidays, calls_on_holidays = holidays_lines(service, lang, today)
    lines = _lines_by_place(service, shown, lang, today)
    # Once after both where it is the same of both.
    if on_holidays != calls_on_holidays:
        lines.append(LocalText(on_holidays, lang))
    lines += [LocalText(other_places_words(service, shown, lang), lang)]
    if has_both_hours(service, today):
        calls = _lines_by_place(service, hours_of_kind(service, ScheduleKind.PHONE, today), lang, today)
        by_telephone = _("Par téléphone :")
        first = LocalText(f"{by_telephone} {_small(calls[0].words)}", calls[0].lang)
        lines += [first, *calls[1:], LocalText(calls_on_holidays, lang)]
    if service.after_hours_phone:
        lines.append(LocalText(elsewhere_words(service.after_hours_phone, lang), lang))
    return [line for line in lines if line] + written(lang, service.schedule_note)


def _lines_by_place(
    service: AnyListing, tables: Sequence[PlaceHours], lang: Language, today: date
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


def on_holidays_at(service: AnyListing, hours: PlaceHours, lang: Language, today: date) -> str:
    """What becomes of the hours of one place on public holidays; '' when it answers day and night."""
    return _on_holidays(service, hours, lang, today)


def other_places_words(service: AnyListing, shown: Sequence[PlaceHours], lang: Language) -> str:
    """That nobody knows the hours of the places without any, where another place has hours of its own."""
    if not shown or any(one.place is None for one in shown) or len(service.places) == len(shown):
        return ""
    _ = sentences(lang)
    if len(service.places) - len(shown) == 1:
        return _("Heures de l’autre adresse : pas encore connues.")
    return _("Heures des autres adresses : pas encore connues.")


def place_name(place: AnyPlace, lang: Language) -> LocalText:
    """How a place is called among those of a listing: its street."""
    street = place.street.localized(lang)
    return LocalText(f"{street.words}{NBSP}:" if lang == "fr" else f"{street.words}:", street.lang)


def _small(words: str) -> str:
    return words[:1].lower() + words[1:]


def holidays_lines(service: AnyListing, lang: Language, today: date) -> tuple[str, str]:
    """What becomes of its hours on public holidays, and of those of the telephone where it has others.

    '' when there are none, or when it is open day and night.
    """
    shown = shown_hours(service, today)
    calls = hours_of_kind(service, ScheduleKind.PHONE, today) if has_both_hours(service, today) else []
    # Where places have hours of their own it is said at each of them.
    first, second = (
        _on_holidays(service, tables[0], lang, today) if len(tables) == 1 else "" for tables in (shown, calls)
    )
    return first, second


def _on_holidays(service: AnyListing, hours: PlaceHours, lang: Language, today: date) -> str:
    if hours.timetable.is_day_and_night(today):
        return ""
    _ = sentences(lang)
    if hours.by_phone:
        unknown = _("Jours fériés : répond peut-être.")
    elif service.phones:
        unknown = _("Jours fériés : peut-être fermé. Appelez d’abord.")
    else:
        unknown = _("Jours fériés : peut-être fermé. Demandez d’abord.")
    said = _said_of_holidays(hours.timetable, today)
    return (holidays_words(said, lang) or unknown) if said else ""


def _said_of_holidays(timetable: Timetable, today: date) -> list[Holidays | None]:
    """What is said of each slot on public holidays, those of seasons that are over left out."""
    return [slot.holidays for slot in timetable.slots if (slot.valid_to or today) >= today]


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
    of_holidays = _said_of_holidays(timetable, today)
    said = (
        *(f"{line.removesuffix('.')}." for line in lines),
        (holidays_words(of_holidays, lang) or unknown) if of_holidays else "",
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


def day_note(service: AnyListing, day: Day, lang: Language) -> str:
    """What stands before the usual hours of a day that is not as usual: 'Noël, fermé. D’habitude :'; '' for a usual
    day."""
    if not day.slots or not (day.holiday or day.off):
        return ""
    _ = sentences(lang)
    # Why a closure of its own, the page says once above its hours.
    is_told = day.off is not None and day.off.kind is None
    is_short = day.off is not None and day.off.kind is PeriodKind.SHORT_HOURS
    name = day_off_name(day, lang) or (_("Horaire réduit") if is_short else "")
    name = "" if is_told else first_capital(name)
    is_line = day.by_phone
    if day.holds:
        if day.perhaps:
            return _("%(name)s, au moins :", name=name)
        if day.partly:
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


def closure_words(service: AnyListing, span: ClosedSpan, lang: Language) -> str:
    """The days of a closure: 'Fermé du 24 décembre 2026 au 3 janvier 2027 inclus.', 'Fermé le 2 janvier 2027.'"""
    _ = sentences(lang)
    starts, ends = short_date(span.starts, lang), short_date(span.ends, lang)
    if service.kind is ServiceKind.HELPLINE:
        if span.starts == span.ends:
            return _("Ne répond pas le %(date)s.", date=starts)
        return _("Ne répond pas du %(start)s au %(end)s inclus.", start=starts, end=ends)
    if span.starts == span.ends:
        return _("Fermé le %(date)s.", date=starts)
    return _("Fermé du %(start)s au %(end)s inclus.", start=starts, end=ends)


def closure_reasons(span: ClosedSpan, lang: Language) -> list[tuple[str, LocalText]]:
    """Why, each reason after the days it is of, in the reader's language; without them where there is one reason."""
    if len(span.reasons) < 2:
        return [("", reason) for reason in written(lang, *span.reasons)]
    return [
        (_days_words(part.starts, part.ends, lang), part.reason.localized(lang))
        for part in span.parts
        if part.reason
    ]


def _days_words(starts: date, ends: date, lang: Language) -> str:
    """Days before what is said of them: 'Le 2 janvier 2027 :'."""
    _ = sentences(lang)
    return (
        _("Le %(date)s :", date=short_date(starts, lang))
        if starts == ends
        else _season_words(starts, ends, lang)
    )


def closure_lines(service: AnyListing, lang: Language, today: date) -> list[LocalText]:
    """Closures of today and later, each with its reasons."""
    lines = []
    for span in closures_from(service, today):
        lines.append(LocalText(closure_words(service, span, lang), lang))
        for days, reason in closure_reasons(span, lang):
            joined = LocalText(f"{days} {_small(reason.words)}", lang)
            lines += [joined] if days and reason.lang == lang else [LocalText(days, lang), reason]
    return [line for line in lines if line]
