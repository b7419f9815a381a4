"""How figures look in each language, for pages, paper and mails: times of day, dates, phone numbers.

No-break spaces keep a number or a time on one line. Every function takes the reader's language; pages use
`guide.web.ui.formatting`, which knows it.
"""

import re
from datetime import date, datetime, timedelta

from babel import Locale
from babel.dates import format_date

from guide.clock import BRUSSELS
from guide.directory.listing import AnySource
from guide.directory.timetable import DAYS
from guide.languages import Language
from guide.sentences import sentences

NBSP = "\u00a0"


def hour(time: str, lang: Language) -> str:
    """'08:30' → '8h30' or '8.30'; '14:00' → '14h' or '14'."""
    hours, minutes = time.split(":")
    figure = str(int(hours))
    if lang == "fr":
        return f"{figure}h{minutes if minutes != '00' else ''}"
    return f"{figure}.{minutes}" if minutes != "00" else figure


def clock_time(moment: datetime, lang: Language) -> str:
    """The time of day of a moment: '14h30', '14.30 uur', 'minuit'."""
    if _is_midnight(moment):
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


def source_date(source: AnySource, lang: Language) -> str:
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
    apart = (moment.date() - today).days
    if apart == 1 and _is_midnight(moment):
        # "Tomorrow at midnight" would be a day later for most.
        return _("cette nuit à minuit")
    when = _time_of_its_day(moment, lang)
    if apart == 0:
        return _("à %(time)s", time=when)
    if apart == 1:
        return _("demain à %(time)s", time=when)
    if apart < 7:
        return _("%(day)s à %(time)s", day=day_name(DAYS[moment.weekday()], lang).lower(), time=when)
    return dated(moment, lang)


def dated(moment: datetime, lang: Language) -> str:
    """A moment that is read on any day: 'le 4 janvier 2027 à 9h'."""
    _ = sentences(lang)
    time = _time_of_its_day(moment, lang)
    return _("le %(date)s à %(time)s", date=short_date(moment.date(), lang), time=time)


def until(moment: datetime, at: datetime, lang: Language) -> str:
    """Until when something is open that is so `at` this moment: '17h', 'minuit'; of another day 'lundi 20h'."""
    if moment - at < timedelta(days=1):
        return clock_time(moment, lang)
    _ = sentences(lang)
    apart = (moment.date() - at.date()).days
    day = _("demain") if apart == 1 else day_name(DAYS[moment.weekday()], lang).lower()
    return f"{day}{NBSP}{_time_of_its_day(moment, lang)}"


def _is_midnight(moment: datetime) -> bool:
    return (moment.hour, moment.minute) == (0, 0)


def _time_of_its_day(moment: datetime, lang: Language) -> str:
    """The time beside a day that is named: '0h' where it is midnight, since a day has two of them."""
    if not _is_midnight(moment):
        return clock_time(moment, lang)
    return hour("00:00", lang) if lang == "fr" else f"{hour('00:00', lang)}{NBSP}uur"


def phone(number: str) -> str:
    """The number as it is read aloud in Belgium, never broken over two lines."""
    return number.replace(" ", NBSP)


def language_name(code: str, lang: Language) -> str:
    """'fr' → 'français' / 'Frans'."""
    name: str | None = Locale(lang).languages.get(code)
    return name or code
