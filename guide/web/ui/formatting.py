"""Figures and texts for the reader of this page: what `figures` and `hours_in_words` say, and markup.

Filters take the language from the page.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache, wraps
from math import ceil
from typing import TypeVar
from urllib.parse import urlencode

import phonenumbers
from flask import Flask, g
from markupsafe import Markup, escape

from guide.directory import figures, hours_in_words, wording
from guide.directory.listing import AnyPlace
from guide.directory.timetable import Timetable
from guide.directory.tongues import language_name_in
from guide.languages import Bilingual, LocalText
from guide.model import Precision
from guide.web.ui.translating import ngettext
from guide.web.ui.urls import reader

T = TypeVar("T")

NUMBERS_KEPT = 4096
"""Telephone numbers whose address was found last: to read one takes longer than to write the rest of a card."""


def for_reader(words: Callable[..., T]) -> Callable[..., T]:
    """A function of words whose last value, the language, is the page's."""

    @wraps(words)
    def said(*values: object) -> T:
        return words(*values, reader())

    return said


def table_lines(timetable: Timetable, today: date) -> list[str]:
    """Hours in words, line by line (`hours_in_words.table_lines`)."""
    return hours_in_words.table_lines(timetable, reader(), today)


clock_time = for_reader(figures.clock_time)
short_date = for_reader(figures.short_date)
source_date = for_reader(figures.source_date)


def how_long(time: timedelta) -> str:
    """A length of time in the largest unit that fits: '12 minutes', '3 heures', '2 jours'."""
    minutes = max(int(time.total_seconds() // 60), 1)
    if minutes < 120:
        return ngettext("%(num)s minute", "%(num)s minutes", minutes)
    if minutes < 48 * 60:
        return ngettext("%(num)s heure", "%(num)s heures", minutes // 60)
    return ngettext("%(num)s jour", "%(num)s jours", minutes // (24 * 60))


def wait_words(seconds: int) -> str:
    """How long somebody must wait, never less: '45 secondes', and from two minutes on '15 minutes'."""
    if seconds < 120:
        return ngettext("%(num)s seconde", "%(num)s secondes", seconds)
    return how_long(timedelta(minutes=ceil(seconds / 60)))


@lru_cache(NUMBERS_KEPT)
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


def address_line(place: AnyPlace) -> str:
    """The postal address in one line, in the reader's language where it is written."""
    city = " ".join(filter(None, (place.postal_code, place.city.localized(reader()).words)))
    return ", ".join(filter(None, (place.street.localized(reader()).words, city)))


def way_there(place: AnyPlace) -> str:
    """The address of a page elsewhere, from which nothing is loaded: the exact spot on a map, or a search for the
    address when the spot is only near it."""
    words = address_line(place)
    if place.precision is not Precision.HOUSE and words:
        return f"https://www.openstreetmap.org/search?{urlencode({'query': words})}"
    spot = urlencode({"mlat": place.latitude, "mlon": place.longitude})
    return f"https://www.openstreetmap.org/?{spot}#map=18/{place.latitude}/{place.longitude}"


def local(text: Bilingual | LocalText | None, tag: str = "span") -> Markup:
    """A text for the reader; in its own element with its own `lang` when it had to fall back."""
    if text is None:
        return Markup("")
    side = text.localized(reader()) if isinstance(text, Bilingual) else text
    if side.lang == reader():
        return escape(side.words)
    return Markup('<{tag} lang="{lang}">{words}</{tag}>').format(tag=tag, lang=side.lang, words=side.words)


_HOURS = re.compile(r"\S+\u00a0–\u00a0\S+?(?=[,.;]?(?:\s|$))(?:\u00a0uur)?")


def unbroken(words: str) -> Markup:
    """Words in which no hours ('9h – 12h') are broken after their dash; no-break spaces do not prevent that."""
    parts, end = [], 0
    for found in _HOURS.finditer(words):
        parts += [escape(words[end : found.start()]), Markup('<span class="nw">{}</span>').format(found[0])]
        end = found.end()
    return Markup("").join([*parts, escape(words[end:])])


IN_SHORT = 160
"""Signs that search engines show of a page."""


def in_short(text: Bilingual | None) -> str:
    """The page in a sentence, for whoever lists it; '' when there is nothing in the reader's language.

    Also '' on a sensitive page, which says nothing of itself outside itself.
    """
    words = "" if g.get("sensitive") else (text.side(reader()) if text else None) or ""
    plain = " ".join(words.split())  # as textwrap.shorten, which takes a tenth of a page's time for it
    return plain if len(plain) <= IN_SHORT else plain[: IN_SHORT - 1].rpartition(" ")[0] + " …"


@lru_cache(256)
def icon(address: str, name: str, more: str) -> Markup:
    """One drawing of the sprite at this address; `more`: further classes."""
    return Markup(
        '<svg class="icon{more}" width="24" height="24" aria-hidden="true" focusable="false">'
        '<use href="{address}#{name}"/></svg>'
    ).format(more=f" {more}" if more else "", address=address, name=name)


def drawing(svg: str) -> Markup:
    """An SVG this project drew itself (a QR code). The one place that lets markup through unescaped."""
    return Markup(svg)  # noqa: S704 (segno drew it from an address of ours)


def install(app: Flask) -> None:
    """Names the filters for the templates. Never use them on a literal: Jinja would fold it at compile time."""
    for name, function in (
        ("hour", for_reader(figures.hour)),
        ("clock_time", clock_time),
        ("slots", for_reader(hours_in_words.slots)),
        ("slot_list", for_reader(hours_in_words.slot_list)),
        ("first_capital", figures.first_capital),
        ("day_name", for_reader(figures.day_name)),
        ("long_date", for_reader(figures.long_date)),
        ("short_date", short_date),
        ("phone", figures.phone),
        ("tel", tel),
        ("source_date", source_date),
        ("elsewhere_words", for_reader(hours_in_words.elsewhere_words)),
        ("holiday_name", for_reader(hours_in_words.holiday_name)),
        ("closure_reasons", for_reader(hours_in_words.closure_reasons)),
        ("place_name", for_reader(hours_in_words.place_name)),
        ("way_there", way_there),
        ("local", local),
        ("in_short", in_short),
        ("unbroken", unbroken),
        ("paragraphs", for_reader(wording.paragraphs)),
        ("safe_svg", drawing),
    ):
        app.jinja_env.filters[name] = function
    app.jinja_env.globals["drawn_icon"] = icon
    app.jinja_env.globals["phone_label"] = for_reader(wording.phone_label)
    app.jinja_env.globals["closure_words"] = for_reader(hours_in_words.closure_words)
    app.jinja_env.globals["other_places_words"] = for_reader(hours_in_words.other_places_words)
    app.jinja_env.globals["day_note"] = for_reader(hours_in_words.day_note)
    app.jinja_env.globals["day_off_name"] = for_reader(hours_in_words.day_off_name)
    app.jinja_env.globals["day_in_words"] = for_reader(figures.day_in_words)
    app.jinja_env.globals["language_name_in"] = language_name_in
