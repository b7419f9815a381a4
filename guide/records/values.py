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
    """Does it hold a control sign, a line or paragraph separator, or a lone surrogate?"""
    return any(unicodedata.category(letter) in ("Cc", "Zl", "Zp", "Cs") for letter in text)


_ACCOUNTS = {
    code: "".join(kind * int(length) for length, kind in re.findall(r"(\d+)([nac])", shape))
    for code, shape in re.findall(
        r"([A-Z]{2}):(\S+)",
        "AD:8n12c AE:19n AL:8n16c AT:16n AZ:4a20c BA:16n BE:12n BG:4a6n8c BH:4a14c BI:23n BR:23n1a1c BY:4c4n16c "
        "CH:5n12c CM:23n CR:18n CY:8n16c CZ:20n DE:18n DJ:23n DK:14n DO:4c20n DZ:22n EE:16n EG:25n ES:20n FI:14n "
        "FK:2a12n FO:14n FR:10n11c2n GB:4a14n GE:2a16n GI:4a15c GL:14n GR:7n16c GT:24c HR:17n HU:24n IE:4a14n "
        "IL:19n IQ:4a15n IS:22n IT:1a10n12c JO:4a4n18c KW:4a22c KZ:3n13c LB:4n20c LC:4a24c LI:5n12c LT:16n "
        "LU:3n13c LV:4a13c LY:21n MA:24n MC:10n11c2n MD:20c ME:18n MK:3n10c2n MN:16n MR:23n MT:4a5n18c "
        "MU:4a19n3a NI:4a20n NL:4a10n NO:11n OM:3n16c PK:4a16c PL:24n PS:4a21c PT:21n QA:4a21c RO:4a16c RS:18n "
        "RU:14n15c SA:2n18c SC:4a20n3a SD:14n SE:20n SI:15n SK:20n SM:1a10n12c SO:19n ST:21n SV:4a20n TL:19n "
        "TN:20n TR:6n16c UA:6n19c VA:18n VG:4a16n XK:16n YE:4a4n18c"
    )
}  # fmt: skip
"""What follows the check figures of an IBAN, country by country, sign by sign: a figure, a letter, or either
(the SWIFT registry, with Algeria, Cameroon and Morocco, which write theirs the same way)."""

_FIGURES, _LETTERS = frozenset("0123456789"), frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_SIGNS = {"n": _FIGURES, "a": _LETTERS, "c": _FIGURES | _LETTERS}


def holds_bank_account(text: str) -> bool:
    """Does a valid IBAN stand in this text, of whichever country and however its signs are parted?

    The shape of the country's accounts is asked as well as the check figures: "de 14 à 18 h" is no account.
    Read in one pass: from each place where one may begin, no further than an account is long.
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    return any(
        plain[place : place + 2] in _ACCOUNTS and _is_account(plain, place) for place in range(len(plain) - 4)
    )


def _is_account(plain: str, place: int) -> bool:
    """Does an IBAN begin at this place? Three signs at most part two of its own."""
    country = plain[place : place + 2]
    read, gap, at = "", 0, place + 2
    shape = "nn" + _ACCOUNTS[country]
    while len(read) < len(shape) and at < len(plain) and gap <= 3:
        sign = plain[at]
        at += 1
        if sign in _SIGNS[shape[len(read)]]:
            read, gap = read + sign, 0
        elif sign.isalnum():
            return False
        else:
            gap += 1
    if len(read) < len(shape):
        return False
    return int("".join(str(int(sign, 36)) for sign in read[2:] + country + read[:2])) % 97 == 1


def holds_national_number(text: str) -> bool:
    """Does a Belgian national number (or BIS number) stand in this text, however its figures are parted?

    Eleven figures: birth date, order, and the complement to 97 of the first nine; for births from 2000 on
    those nine have a 2 before them. Read by hand in linear time. What follows a + is a telephone number.
    """
    groups = list(_figure_groups(text))
    first = 0
    while first < len(groups):
        figures, joined, after_plus = groups[first]
        if after_plus and not joined:
            first += 1
            continue
        number, place, parts = figures, first, set()
        while len(number) < 11 and place + 1 < len(groups) and groups[place + 1][1]:
            parts.add(len(number))
            place += 1
            number += groups[place][0]
        found = len(number) == 11 and _is_national_number(number) and not _of_a_phone(groups, first)
        if found and parts <= _USUAL_PARTS:
            return True
        # "02 422 46 11, 02 …": the figures of two telephone numbers in a row are no national number.
        of_phone = _groups_of_a_phone(groups, first)
        if found and not of_phone:
            return True
        first += of_phone or 1
    return False


_USUAL_PARTS = frozenset((2, 4, 6, 9))
"""After which figures a national number is usually parted: 93.05.18-223.61."""
_PHONE = re.compile(r"04[5-9]\d{7}|0[1-9]\d{7}|0032(4[5-9]\d{7}|[1-9]\d{7})")


def _groups_of_a_phone(groups: Sequence[tuple[str, bool, bool]], first: int) -> int:
    """How many groups, from this one on, are the longest Belgian phone number that can be read here; 0 if none."""
    number, count, last = groups[first][0], 1, 0
    while number.startswith("0"):
        if _PHONE.fullmatch(number):
            last = count
        place = first + count
        if len(number) >= 13 or place >= len(groups) or not groups[place][1]:
            break
        number += groups[place][0]
        count += 1
    return last


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
    """Is it a day of the calendar, written YYYY-MM-DD?"""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
