"""Signs that lead to listings by themselves: telephone numbers, and postal codes.

Both stand in the index as concepts, never as words: a figure of an address is no telephone number.
"""

import re
from collections.abc import Collection, Iterator, Sequence

from guide.model import Service
from guide.search.analysis import fold
from guide.search.engine import Clause, SearchReader, SearchRequest, Term

HOME_CODE = "1090"
HOME_AREAS = ("jette", "magritte")
SHORTEST_PART = 6
"""Figures in a row that are taken for a part of a number; fewer may be a year, a price, a house."""
MOST_FIGURES = 15
PLACED, SERVED = 3, 1
"""How often a code stands in the document of who lies there, and of who only serves its people."""

_RUN = re.compile(r"(?<![^\W_])[+(]{0,2}\d(?:[\s./()\-\u2010-\u2015]*\d)*(?![^\W_])")
_FIGURES = re.compile(r"\d+")
_BELGIAN = re.compile(r"0[1-9]\d{7}|04\d{8}")
_SHORT = re.compile(r"[1-9]\d{2,5}")
_CODE = re.compile(r"[1-9]\d{3}")
_REGION = re.compile(r"1[0-2]\d\d")
_TAILS = (6, 7)


def as_dialled(number: str) -> str:
    """The figures of a number as it is dialled in Belgium: '+32 (0)2 428 90 56' gives '024289056'."""
    plain = fold(number)
    figures = "".join(_FIGURES.findall(plain))
    if "+" in plain and not figures.startswith("00"):
        figures = f"00{figures}"
    if figures.startswith("32") and len(figures) in (10, 11):
        figures = f"00{figures}"
    if figures.startswith("0032"):
        rest = figures[4:].removeprefix("0")
        return f"0{rest}" if len(rest) > SHORTEST_PART else rest
    return figures


def concepts_of(service: Service) -> list[str]:
    """The signs in a service's document: its numbers, their last figures, and the codes of its people."""
    signs: list[str] = []
    for line in service.phones:
        dialled = as_dialled(line.number)
        signs.append(_number(dialled))
        signs += [_tail(dialled[-size:]) for size in _TAILS if len(dialled) > size]
    area = service.service_area.key if service.service_area else ""
    for code in dict.fromkeys(place.postal_code for place in service.places if place.postal_code):
        signs += [_code(code)] * PLACED
    if area in HOME_AREAS:
        signs += [_code(HOME_CODE)] * SERVED
    elif area:
        signs.append(_everywhere())
    return signs


def number_clause(text: str, others: Collection[str], engine: SearchReader) -> Clause | None:
    """The clause of the telephone numbers in a query; None when it holds none.

    `others`: the words that ask for something beside figures. With such words a short number (107) is taken for
    a figure, and so is a part of a number that no listing has. A whole number that nobody has finds nobody.
    """
    terms: list[Term] = []
    for run in _RUN.findall(text):
        terms += _terms_of(run, bool(others), engine)
    return Clause(tuple(dict.fromkeys(terms))) if terms else None


def _terms_of(run: str, beside: bool, engine: SearchReader) -> list[Term]:
    whole = _whole_number(run)
    if whole:
        return [Term("concept", _number(whole))]
    figures = as_dialled(run)
    if SHORTEST_PART <= len(figures) <= MOST_FIGURES:
        parts = [Term("concept", _number(figures), prefix=True), Term("concept", _tail(figures))]
        return parts if not beside or _known(parts, engine) else []
    exact = [Term("concept", _number(figures))]
    return exact if not beside and _SHORT.fullmatch(figures) and _known(exact, engine) else []


def _whole_number(run: str) -> str:
    """A whole Belgian number in a run of figures, whatever figures stand before it (a postal code); or ''."""
    for start in _beginnings(run):
        dialled = as_dialled(run[start:])
        if _BELGIAN.fullmatch(dialled):
            return dialled
    return ""


def _beginnings(run: str) -> Iterator[int]:
    yield 0
    for match in list(_FIGURES.finditer(run))[1:MOST_FIGURES]:
        yield match.start() - (run[match.start() - 1] == "+")


def _known(terms: Sequence[Term], engine: SearchReader) -> bool:
    clause = Clause(tuple(terms))
    return engine.search(SearchRequest((clause,), scope={"type": ["service"]}, limit=0)).total > 0


def code_terms(word: str, engine: SearchReader) -> list[Term]:
    """The terms of a postal code: who lies there, then in Brussels who serves the whole region; else none."""
    if not _CODE.fullmatch(word):
        return []
    here = Term("concept", _code(word), 3.0)
    if word == HOME_CODE:
        return [here]
    if _REGION.fullmatch(word):
        return [here, Term("concept", _everywhere(), 0.5)]
    return [here] if _known([here], engine) else []


def _number(figures: str) -> str:
    return f"tel:{figures}"


def _tail(figures: str) -> str:
    return f"tel-end:{figures}"


def _code(code: str) -> str:
    return f"post:{code}"


def _everywhere() -> str:
    return "post:region"
