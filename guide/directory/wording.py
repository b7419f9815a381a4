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
from guide.directory.hours import DAYS, Day, TimeSlot, is_day_and_night, shown_schedules, week, week_of
from guide.directory.labels import Vocabulary, label
from guide.languages import Bilingual, Language, LocalText, other
from guide.model import (
    Holidays,
    Location,
    Schedule,
    ScheduleKind,
    Service,
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
    """'11h30 – 14h30', '11.30 – 14.30 uur'."""
    shown = f"{hour(opens, lang)}{NBSP}–{NBSP}{hour(closes, lang)}"
    return shown if lang == "fr" else f"{shown}{NBSP}uur"


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
    _ = sentences(lang)
    parts: list[str] = []
    index = 0
    while index < len(days):
        end = index
        while end + 1 < len(days) and days[end + 1].slots == days[index].slots:
            end += 1
        if days[index].slots:
            first, last = day_name(days[index].code, lang).lower(), day_name(days[end].code, lang).lower()
            name = first if index == end else _("du %(first)s au %(last)s", first=first, last=last)
            parts.append(f"{name} {slots(days[index], lang)}")
        index = end + 1
    return (f"{NBSP}; " if lang == "fr" else "; ").join(parts)


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
        Fact(_("Quand ?"), hours_lines(service, lang) or nothing),
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


def hours_lines(service: Service, lang: Language) -> list[LocalText]:
    """When one can come or call, line by line; none when nothing is known."""
    _ = sentences(lang)
    visits = week(service, None, ScheduleKind.VISIT)
    calls = week(service, None, ScheduleKind.PHONE)
    shown = shown_schedules(service)
    always = bool(shown) and is_day_and_night(shown)
    on_holidays, calls_on_holidays = holidays_lines(service, lang)
    lines: list[str] = []
    if always:
        lines.append(_("Jour et nuit, 7 jours sur 7."))
    elif visits:
        lines.append(first_capital(hours_line(visits, lang)))
    # Said after each kind of hours where the two differ, else once after both.
    if calls_on_holidays:
        lines.append(on_holidays)
    if calls and not always:
        lines.append(_("Par téléphone :") + " " + hours_line(calls, lang))
    lines.append(calls_on_holidays or on_holidays)
    if service.after_hours_phone:
        lines.append(elsewhere_words(service.after_hours_phone, lang))
    return [LocalText(line, lang) for line in lines if line] + _written(lang, service.schedule_note)


def holidays_lines(service: Service, lang: Language) -> tuple[str, str]:
    """What becomes of its hours on public holidays, and of those of the telephone where that is something else.

    '' when there are none, or when it answers day and night.
    """
    shown = shown_schedules(service)
    calls = [slot for slot in service.schedules if slot.kind is ScheduleKind.PHONE]
    first, second = (_on_holidays(service, slots, lang) for slots in (shown, calls))
    return first, second if shown != calls and second != first and first else ""


def _on_holidays(service: Service, slots: Sequence[Schedule], lang: Language) -> str:
    _ = sentences(lang)
    if not slots or is_day_and_night(slots):
        return ""
    if service.kind is ServiceKind.HELPLINE:
        unknown = _("Jours fériés : répond peut-être.")
    elif service.phones:
        unknown = _("Jours fériés : peut-être fermé. Appelez d’abord.")
    else:
        unknown = _("Jours fériés : peut-être fermé.")
    return holidays_words([slot.holidays for slot in slots], lang) or unknown


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


def line_hours(slots: Sequence[TimeSlot], elsewhere: str, lang: Language, perhaps: bool = True) -> str:
    """When a number to call answers, in sentences; '' when it states no hours.

    `elsewhere`: who takes its calls outside of them ('' for nobody, or not to be said). `perhaps`: is it to be said
    that nobody knows of public holidays?
    """
    if not slots:
        return ""
    _ = sentences(lang)
    if is_day_and_night(slots):
        return _("Jour et nuit, 7 jours sur 7.")
    unknown = _("Jours fériés : répond peut-être.") if perhaps else ""
    said = (
        first_capital(hours_line(week_of(slots, None), lang)) + ".",
        holidays_words([slot.holidays for slot in slots], lang) or unknown,
        elsewhere_words(elsewhere, lang) if elsewhere else "",
    )
    return " ".join(part for part in said if part)


def elsewhere_words(number: str, lang: Language) -> str:
    """Who takes the calls of a line outside its hours."""
    _ = sentences(lang)
    return _("En dehors de ces heures, vos appels vont au %(number)s.", number=phone(number))


def holiday_name(day: date, lang: Language) -> str:
    """What this public holiday is called: 'Noël', 'Kerstmis'. Three of them move with Easter."""
    _ = sentences(lang)
    named: str | None = {
        (1, 1): _("Nouvel An"),
        (5, 1): _("Fête du Travail"),
        (7, 21): _("Fête nationale"),
        (8, 15): _("Assomption"),
        (11, 1): _("Toussaint"),
        (11, 11): _("Armistice"),
        (12, 25): _("Noël"),
    }.get((day.month, day.day))
    if named:
        return named
    if day.weekday() == 3:
        return _("Ascension")
    return _("lundi de Pâques") if day.month < 5 else _("lundi de Pentecôte")


def closure_lines(service: Service, lang: Language, today: date) -> list[LocalText]:
    """Closures of today and later, each with its reason."""
    _ = sentences(lang)
    lines = []
    for closure in service.closures:
        if closure.ends < today:
            continue
        starts, ends = short_date(closure.starts, lang), short_date(closure.ends, lang)
        lines.append(LocalText(_("Du %(start)s au %(end)s inclus.", start=starts, end=ends), lang))
        lines += _written(lang, closure.reason)
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


def _address(location: Location, lang: Language) -> list[LocalText]:
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
