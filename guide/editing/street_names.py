"""Is the street of an address written in a text, however somebody spelled it?

"12, rue de l'Église Saint-Pierre" is found in "r. de l’Eglise St-Pierre", "Blauweregenstraat" in
"Blauweregen-straat 41": accents, marks, spaces, house numbers and the usual abbreviations make no difference.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from guide.search.analysis import fold

SHORTEST = 6
"""A street whose letters are fewer than this may be a common word: it is not looked for."""

_ABBREVIATED = {
    "av": "avenue",
    "ave": "avenue",
    "bd": "boulevard",
    "bld": "boulevard",
    "boul": "boulevard",
    "ch": "chaussee",
    "chee": "chaussee",
    "pl": "place",
    "r": "rue",
    "sq": "square",
    "st": "saint",
    "ste": "sainte",
}
_OF_A_BOX = frozenset({"bte", "boite", "bus"})
_WORD = re.compile(r"[^\W_]+")


def letters(text: str) -> str:
    """The words of a text run together, as one street is always written: 'Av. de l’Église 12' → 'avenuedeleglise'."""
    return "".join(_words(text))


def is_written_in(street: str, content: Any) -> bool:
    """Does a text, or any text of a list or mapping, hold the name of this street? False for one too short."""
    sought = letters(street)
    return len(sought) >= SHORTEST and any(sought in letters(text) for text in _texts(content))


def _words(text: str) -> Iterator[str]:
    for word in _WORD.findall(fold(text)):
        if word in _OF_A_BOX or any(sign.isdigit() for sign in word):
            continue
        yield _ABBREVIATED.get(word, f"{word}aat" if word.endswith("str") else word)


def _texts(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, Mapping):
        for value in content.values():
            yield from _texts(value)
    elif isinstance(content, list | tuple):
        for value in content:
            yield from _texts(value)
