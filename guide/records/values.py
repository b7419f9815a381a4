"""What a single value must be to stand in the guide: a number one can call, a date, a text without a bank account."""

import re
import unicodedata
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
    return short.isdigit() and len(short) <= 6 and phonenumbers.is_possible_short_number(parsed)


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


def is_day(text: str) -> bool:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
