"""What changed between two texts, word by word, for those who read before and after."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True, slots=True)
class Run:
    """Words in a row that are in both texts ('same'), only in the first ('gone') or only in the second ('new')."""

    kind: str
    words: str


def runs(before: str, after: str) -> list[Run]:
    """Both texts in one row of runs; spaces and line breaks stand with the word before them."""
    old, new = _words(before), _words(after)
    found: list[Run] = []
    for kind, start, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Run("same", "".join(old[start:end])))
            continue
        if start < end:
            found.append(Run("gone", "".join(old[start:end])))
        if first < last:
            found.append(Run("new", "".join(new[first:last])))
    return found


def _words(text: str) -> list[str]:
    return re.findall(r"\S+\s*|\s+", text)
