"""What a single value must be to stand in the guide: a number one can call, a text without a bank account."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import product
from string import ascii_uppercase, digits

import phonenumbers
from stdnum import numdb
from stdnum.be import bis, nn
from stdnum.iso7064 import mod_97_10

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


_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Unicode's categories Cc, Zl, Zp and Cs, to which no sign is ever added."""


def has_controls(text: str) -> bool:
    """Does it hold a control sign, a line or paragraph separator, or a lone surrogate?"""
    return _CONTROLS.search(text) is not None


_REGISTRY = numdb.get("iban")
"""The SWIFT registry of IBANs, as python-stdnum has it."""
_BESIDE_REGISTRY = {"CM": "23!n", "DZ": "22!n", "MA": "24!n"}
"""Cameroon, Algeria and Morocco write their accounts the same way and are not in it."""


def _account_shape(country: str) -> str:
    """What follows the country of an IBAN, sign by sign: n a figure, a a letter, c either; '' where none has one."""
    found = _REGISTRY.info(country)[0][1].get("bban", _BESIDE_REGISTRY.get(country, ""))
    shape = "".join(kind * int(length) for length, kind in re.findall(r"(\d+)!([nac])", found))
    return f"nn{shape}" if shape else ""


@cache
def _account_shapes() -> dict[str, str]:
    """The shape of every country that has accounts; made once, when the first text is read."""
    countries = map("".join, product(ascii_uppercase, repeat=2))
    return {country: shape for country in countries if (shape := _account_shape(country))}


_FIGURES, _LETTERS = frozenset(digits), frozenset(ascii_uppercase)
_ACCOUNT_BEGINS = re.compile(r"[A-Z]{2}(?=[\W_]{0,3}[0-9])")
"""A country, and the first of the two check figures."""
_SIGNS = {"n": _FIGURES, "a": _LETTERS, "c": _FIGURES | _LETTERS}


def holds_bank_account(text: str) -> bool:
    """Does a valid IBAN stand in this text, of whichever country and however its signs are parted?

    The shape of the country's accounts is asked as well as the check figures: "de 14 à 18 h" is no account.
    python-stdnum knows both, of a number that stands alone; finding one among words is ours: read in one pass,
    from each place where one may begin, no further than an account is long.
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    shapes = _account_shapes()
    return any(
        found[0] in shapes and _is_account(plain, found.start(), shapes[found[0]])
        for found in _ACCOUNT_BEGINS.finditer(plain)
    )


def _is_account(plain: str, place: int, shape: str) -> bool:
    """Does an IBAN of this shape begin at this place? Three signs at most part two of its own."""
    country = plain[place : place + 2]
    read, gap, at = "", 0, place + 2
    while len(read) < len(shape) and at < len(plain) and gap <= 3:
        sign = plain[at]
        at += 1
        if sign in _SIGNS[shape[len(read)]]:
            read, gap = read + sign, 0
        elif sign.isalnum():
            return False
        else:
            gap += 1
    return len(read) == len(shape) and mod_97_10.is_valid(read[2:] + country + read[:2])


def holds_national_number(text: str) -> bool:
    """Does a Belgian national number (or BIS number) stand in this text, however its figures are parted?

    What such a number is, python-stdnum says; finding one among words, dots and telephone numbers is ours: read
    by hand in linear time. What follows a + is a telephone number.
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
    # python-stdnum lets a day past the end of its month stand for one that is not known; "00" says that here.
    if int(figures[4:6]) > 31:
        return False
    return any(
        kind.is_valid(number) for kind in (nn, bis) for number in (figures, _as_born_before_2000(figures))
    )


def _as_born_before_2000(figures: str) -> str:
    """A number of somebody born from 2000 on, with the check figures it would have without the 2 before it.

    python-stdnum asks the machine's clock whether anybody can be born then already: a clock that is behind must
    not let a child's number pass.
    """
    check = int(figures[9:])
    return figures[:9] + (f"{(check + 2_000_000_000 - 1) % 97 + 1:02}" if 1 <= check <= 97 else "00")


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
