"""Help in other languages than French and Dutch: which of them a query is in, and what is said in them."""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from babel import Locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.directory.urgent import Line, Panel
from guide.directory.vocabulary import Meaning
from guide.model import OtherLanguage

_NOT_ARABIC = frozenset("پچژکیےٹڈںہ")
_UKRAINIAN, _RUSSIAN = frozenset("іїєґ"), frozenset("ыэё")


def other_languages(session: Session) -> Sequence[OtherLanguage]:
    """The other languages of the guide, in the order of the file."""
    return session.scalars(select(OtherLanguage).order_by(OtherLanguage.position)).all()


def spoken_in(query: str, meanings: Sequence[Meaning]) -> str:
    """The code of the language a query is plainly in: by a sentence the guide has in it, or by its letters.

    '' when neither tells. `meanings`: what the vocabulary heard, longest first.
    """
    for meaning in meanings:
        if meaning.phrase.spoken:
            return meaning.phrase.spoken
    letters = set(query.lower())
    scripts = {_script(letter) for letter in letters if letter.isalpha()}
    if scripts == {"ARABIC"} and not letters & _NOT_ARABIC:
        return "ar"
    if scripts == {"CYRILLIC"}:
        if letters & _UKRAINIAN:
            return "uk"
        return "ru" if letters & _RUSSIAN else ""
    return ""


def is_in_other_script(query: str) -> bool:
    """Is it written in letters that neither French nor Dutch has, for the greater part?"""
    letters = [letter for letter in query if letter.isalpha()]
    return sum(_script(letter) != "LATIN" for letter in letters) * 2 > len(letters)


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


@lru_cache(maxsize=512)
def language_name_in(code: str, tongue: str) -> str:
    """'fr' in 'ar' → 'الفرنسية'; the code itself where the name is not known."""
    name: str | None = Locale(tongue).languages.get(code)
    return name or code


def understood_first(panel: Panel, code: str) -> Panel:
    """The panel with the lines that speak this language first in their block, but for those that rest."""

    def order(lines: list[Line]) -> list[Line]:
        return sorted(lines, key=lambda line: (line.rests, code not in line.languages))

    return replace(panel, danger=order(panel.danger), talk=order(panel.talk))
