"""What a single value must be to stand in the guide: a number one can call, a date, a text without a bank account."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date

import phonenumbers

KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

LATITUDES, LONGITUDES = (50.7, 51.0), (4.2, 4.6)
"""The Brussels region, with room: a figure outside it is a slip of the pen."""


def dialable(number: str) -> bool:
    """Can this be called from Belgium? Short numbers (112, 107) are valid only as such."""
    try:
        parsed = phonenumbers.parse(number, "BE")
    except phonenumbers.NumberParseException:
        return False
    if phonenumbers.is_valid_number(parsed):
        return True
    short = number.replace(" ", "")
    return short.isdigit() and len(short) <= 6 and phonenumbers.is_valid_short_number_for_region(parsed, "BE")


def has_controls(text: str) -> bool:
    return any(unicodedata.category(letter) in ("Cc", "Zl", "Zp", "Cs") for letter in text)


def holds_bank_account(text: str) -> bool:
    """Does a valid IBAN stand in this text, with or without spaces?"""
    for found in re.finditer(r"\b[A-Z]{2}\d{2}(?:[ .-]?[A-Z0-9]){11,30}", text.upper()):
        code = re.sub(r"[^A-Z0-9]", "", found[0])
        for end in range(15, len(code) + 1):
            digits = "".join(str(int(letter, 36)) for letter in code[4:end] + code[:4])
            if int(digits) % 97 == 1:
                return True
    return False


def holds_national_number(text: str) -> bool:
    """Does a Belgian national number (or BIS number) stand in this text, however its figures are parted?

    Eleven figures: birth date, order, and the complement to 97 of the first nine; for births from 2000 on
    those nine have a 2 before them. Read by hand in linear time. What follows a + is a telephone number.
    """
    groups = list(_figure_groups(text))
    for first, (figures, joined, after_plus) in enumerate(groups):
        if after_plus and not joined:
            continue
        number, place = figures, first
        while len(number) < 11 and place + 1 < len(groups) and groups[place + 1][1]:
            place += 1
            number += groups[place][0]
        if len(number) == 11 and _is_national_number(number) and not _of_a_phone(groups, first):
            return True
    return False


def _figure_groups(text: str) -> Iterator[tuple[str, bool, bool]]:
    """Each run of figures, whether it may go on with the run before it (only signs between, three at most),
    and whether a + stands right before it."""
    place, end_of_last, length = 0, -1, len(text)
    while place < length:
        if not text[place].isdecimal():
            place += 1
            continue
        start = place
        while place < length and text[place].isdecimal():
            place += 1
        between = text[end_of_last:start] if end_of_last >= 0 and start - end_of_last <= 3 else None
        joined = between is not None and not any(sign.isalnum() or sign == "+" for sign in between)
        yield (
            "".join(str(unicodedata.decimal(figure)) for figure in text[start:place]),
            joined,
            start > 0 and text[start - 1] == "+",
        )
        end_of_last = place


def _of_a_phone(groups: Sequence[tuple[str, bool, bool]], place: int) -> bool:
    """Does this run go on with runs that a + begins?"""
    for _ in range(11):
        if groups[place][2]:
            return True
        if not groups[place][1] or place == 0:
            return False
        place -= 1
    return False


def _is_national_number(figures: str) -> bool:
    month, day = int(figures[2:4]), int(figures[4:6])
    # BIS numbers add 20 or 40 to the month; a birth date that nobody knows is all zeros.
    if day > 31 or month % 20 > 12 or month > 52:
        return False
    rest, check = int(figures[:9]), int(figures[9:])
    return check in (97 - rest % 97, 97 - (2_000_000_000 + rest) % 97)


_TITLES = frozenset((
    "monsieur", "madame", "mademoiselle", "docteur", "professeur", "meneer", "mijnheer", "mevrouw", "juffrouw",
    "dokter", "professor",
))  # fmt: skip
_SHORT_TITLES = frozenset(("m", "mr", "mme", "mmes", "mlle", "dr", "pr", "prof", "dhr", "mevr", "mw", "mvr"))
_PARTICLES = frozenset((
    "de", "du", "des", "d", "le", "la", "les", "van", "den", "der", "het", "ten", "ter", "vander", "vande", "el",
    "al", "ben", "ibn", "von",
))  # fmt: skip
_STREETS = frozenset((
    "rue", "avenue", "av", "place", "square", "boulevard", "bd", "chaussée", "chemin", "clos", "allée", "impasse",
    "drève", "quai", "parc", "école", "straat", "laan", "plein", "lei", "weg", "steenweg", "dreef", "kaai", "park",
    "school",
))  # fmt: skip
_STREET_ENDINGS = ("straat", "laan", "plein", "lei", "weg", "steenweg", "dreef", "kaai", "park", "hof")
_WORD = re.compile(r"[^\W\d_]+")


def holds_person(text: str) -> bool:
    """Is somebody named in this text, as in "Madame Dupont" or "dhr. Van den Berg"?

    A title with a name after it, unless both stand in the name of a street. Names without a title are not
    recognised. Read once from left to right.
    """
    words = list(_WORD.finditer(text))
    for place, title in enumerate(words[:-1]):
        bare = title[0].lower()
        short = bare in _SHORT_TITLES
        if not short and bare not in _TITLES:
            continue
        between = text[title.end() : words[place + 1].start()]
        if between.strip(" \u00a0\u202f") not in (("", ".") if short else ("",)) or not between:
            continue
        if len(bare) == 1 and not between.startswith("."):
            continue
        if any(word[0].lower() in _STREETS for word in words[max(0, place - 3) : place]):
            continue
        if _is_a_name(text, words[place + 1 : place + 5]):
            return True
    return False


def _is_a_name(text: str, words: Sequence[re.Match[str]]) -> bool:
    """Do these words, that follow a title, begin with a name: perhaps particles, then a capital?"""
    end = words[0].start()
    for word in words:
        if text[end : word.start()].strip(" \u00a0\u202f'’-"):
            return False
        end = word.end()
        if word[0].lower() in _PARTICLES:
            continue
        # "Dokter Lemmensstraat" is a street.
        return word[0][0].isupper() and len(word[0]) > 1 and not word[0].lower().endswith(_STREET_ENDINGS)
    return False


def is_day(text: str) -> bool:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
