"""What no fiche-relais may hold, on paper or sent: a national number or a bank account.

Asked of every text before anything is done with it, so that a refused one is nowhere but in the page that
comes back to its writer.
"""

from collections.abc import Iterable
from enum import StrEnum

from guide.records.values import holds_bank_account, holds_national_number


class Refused(StrEnum):
    """Why a text is refused."""

    NATIONAL_NUMBER = "national_number"
    BANK_ACCOUNT = "bank_account"


def refused(text: str) -> Refused | None:
    """Why this text may not stand in a referral; None when it may.

    A Belgian national or BIS number (eleven figures, modulo 97, of either century) or a valid IBAN, however
    they are parted and whatever stands around them, also over two lines. A telephone number is neither.
    Linear in the length of the text.
    """
    plain = " ".join(text.split())
    if holds_national_number(plain):
        return Refused.NATIONAL_NUMBER
    return Refused.BANK_ACCOUNT if holds_bank_account(plain) else None


def first_refused(texts: Iterable[tuple[str, str]]) -> tuple[str, Refused] | None:
    """The name of the first text that is refused, and why; of pairs (name, text). None when all may stand."""
    return next(((name, why) for name, text in texts if (why := refused(text)) is not None), None)
