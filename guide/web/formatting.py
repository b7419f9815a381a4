"""How figures look in each language: times, dates, phone numbers, prices, years (DESIGN.md section 5).

Filters take the language from the page. No-break spaces keep a number or a time on one line.
"""

import re
from datetime import date, datetime

import phonenumbers
from babel.dates import format_date
from flask import Flask
from flask_babel import gettext as _
from markupsafe import Markup, escape

from guide.directory.hours import DAYS, Day
from guide.languages import Bilingual, Language, LocalText
from guide.model import SourceDocument
from guide.web.addresses import reader

NBSP = "\u00a0"


def hour(time: str, lang: Language | None = None) -> str:
    """'08:30' → '8h30' or '8.30'; '14:00' → '14h' or '14'."""
    hours, minutes = time.split(":")
    figure = str(int(hours))
    if (lang or reader()) == "fr":
        return f"{figure}h{minutes if minutes != '00' else ''}"
    return f"{figure}.{minutes}" if minutes != "00" else figure


def clock_time(moment: datetime) -> str:
    """The time of day of a moment: '14h30', '14.30 uur'."""
    shown = hour(moment.strftime("%H:%M"))
    return shown if reader() == "fr" else f"{shown}{NBSP}uur"


def slot(opens: str, closes: str) -> str:
    """'11h30 – 14h30', '11.30 – 14.30 uur'."""
    lang = reader()
    shown = f"{hour(opens, lang)}{NBSP}–{NBSP}{hour(closes, lang)}"
    return shown if lang == "fr" else f"{shown}{NBSP}uur"


def slots(day: Day) -> str:
    """A day's hours in words; closed when it has none."""
    if not day.slots:
        return _("Fermé")
    if day.slots == (("00:00", "24:00"),):
        return _("Jour et nuit")
    return ", ".join(slot(opens, closes) for opens, closes in day.slots)


def first_capital(words: str) -> str:
    """A line that begins with a capital, the rest as it is ("Frans, Nederlands")."""
    return words[:1].upper() + words[1:]


def slot_list(day: Day) -> list[str]:
    """A day's hours, slot by slot, so that each stays on one line."""
    return [slot(opens, closes) for opens, closes in day.slots] if day.slots else [_("Fermé")]


def day_name(code: str) -> str:
    return {
        "MO": _("Lundi"),
        "TU": _("Mardi"),
        "WE": _("Mercredi"),
        "TH": _("Jeudi"),
        "FR": _("Vendredi"),
        "SA": _("Samedi"),
        "SU": _("Dimanche"),
    }[code]


def hours_line(days: list[Day]) -> str:
    """A week in one line, days with the same hours together: 'du lundi au vendredi 8h30 – 12h, 13h15 – 16h'."""
    parts: list[str] = []
    index = 0
    while index < len(days):
        end = index
        while end + 1 < len(days) and days[end + 1].slots == days[index].slots:
            end += 1
        if days[index].slots:
            first, last = day_name(days[index].code).lower(), day_name(days[end].code).lower()
            name = first if index == end else _("du %(first)s au %(last)s", first=first, last=last)
            parts.append(f"{name} {slots(days[index])}")
        index = end + 1
    return (f"{NBSP}; " if reader() == "fr" else "; ").join(parts)


def long_date(day: date, lang: Language | None = None) -> str:
    """'mardi 3 novembre 2026', 'dinsdag 3 november 2026'; the first of a month is '1er' in French."""
    side = lang or reader()
    words: str = format_date(day, "EEEE d MMMM y", locale=f"{side}_BE")
    return re.sub(r" 1 ", " 1er ", words, count=1) if side == "fr" else words


def short_date(day: date) -> str:
    """'3 novembre 2026', without the day of the week."""
    words: str = format_date(day, "d MMMM y", locale=f"{reader()}_BE")
    return re.sub(r"^1 ", "1er ", words) if reader() == "fr" else words


def day_in_words(moment: datetime, today: date) -> str:
    """When something opens: 'à 9h', 'demain à 9h', 'mardi à 9h'."""
    when = clock_time(moment)
    apart = (moment.date() - today).days
    if apart == 0:
        return _("à %(time)s", time=when)
    if apart == 1:
        return _("demain à %(time)s", time=when)
    if apart < 7:
        return _("%(day)s à %(time)s", day=day_name(DAYS[moment.weekday()]).lower(), time=when)
    return _("le %(date)s à %(time)s", date=short_date(moment.date()), time=when)


def phone(number: str) -> str:
    """The number as it is read aloud in Belgium, never broken over two lines."""
    return number.replace(" ", NBSP)


def tel(number: str) -> str:
    """The address behind a phone button: 'tel:+3224224611', and 'tel:107' for short numbers."""
    digits = number.replace(" ", "")
    try:
        parsed = phonenumbers.parse(number, "BE")
    except phonenumbers.NumberParseException:
        return f"tel:{digits}"
    if not phonenumbers.is_valid_number(parsed):
        return f"tel:{digits}"  # a short number is never written with +32
    return f"tel:{phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)}"


def source_date(source: SourceDocument) -> str:
    """The date a source bears, in words: 'juin 2018', '2018', or what is said instead of a date."""
    if source.date:
        parts = [int(part) for part in source.date.split("-")]
        if len(parts) == 1:
            return str(parts[0])
        day = date(parts[0], parts[1], parts[2] if len(parts) > 2 else 1)
        if len(parts) == 3:
            return short_date(day)
        month: str = format_date(day, "LLLL y", locale=f"{reader()}_BE")
        return month
    note = source.date_note.into(reader())
    return note.words or _("sans date")


def local(text: Bilingual | LocalText | None, tag: str = "span") -> Markup:
    """A text for the reader; in its own element with its own `lang` when it had to fall back."""
    if text is None:
        return Markup("")
    side = text.into(reader()) if isinstance(text, Bilingual) else text
    if side.lang == reader():
        return escape(side.words)
    return Markup('<{tag} lang="{lang}">{words}</{tag}>').format(tag=tag, lang=side.lang, words=side.words)


def paragraphs(text: Bilingual) -> list[LocalText]:
    """The paragraphs of a longer text, each with its language."""
    side = text.into(reader())
    return [
        LocalText(part.strip(), side.lang, side.fell_back)
        for part in side.words.split("\n\n")
        if part.strip()
    ]


def drawing(svg: str) -> Markup:
    """An SVG this project drew itself (a QR code). The one place that lets markup through unescaped."""
    return Markup(svg)  # noqa: S704 (segno drew it from an address of ours)


def install(app: Flask) -> None:
    """Names the filters for the templates. Never use them on a literal: Jinja would fold it at compile time."""
    for name, function in (
        ("hour", hour),
        ("clock_time", clock_time),
        ("slots", slots),
        ("slot_list", slot_list),
        ("first_capital", first_capital),
        ("day_name", day_name),
        ("hours_line", hours_line),
        ("long_date", long_date),
        ("short_date", short_date),
        ("phone", phone),
        ("tel", tel),
        ("source_date", source_date),
        ("local", local),
        ("paragraphs", paragraphs),
        ("safe_svg", drawing),
    ):
        app.jinja_env.filters[name] = function
    app.jinja_env.globals["day_in_words"] = day_in_words
