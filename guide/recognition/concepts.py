"""Which words stand for the same thing: « frapper », « gifler » and « een mep » are all a blow.

The lexicon of `data/sentences/concepts.tsv` holds one word or expression a line; a `*` at the end of a word stands
for any ending. A model then learns of concepts, and hears words that stood in none of its sentences.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

SHORTEST_BEGINNING = 2
Entries = dict[str, list[tuple[tuple[str, ...], str]]]
"""By the first word of an expression: its other words, and the concept."""


@dataclass(frozen=True)
class Concepts:
    """The lexicon, ready to be looked up."""

    whole: Entries = field(default_factory=lambda: defaultdict(list))
    beginnings: Entries = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, lines: Iterable[tuple[str, str]], words: Callable[[str], list[str]]) -> "Concepts":
        """The lexicon of these (concept, expression) pairs; `words` is how a sentence is cut into words."""
        built = cls()
        for concept, expression in lines:
            said: list[str] = []
            for part in expression.split():
                cut = words(part)
                if cut and part.endswith("*"):
                    cut[-1] += "*"
                said += cut
            if said:
                first = said[0]
                table = built.beginnings if first.endswith("*") else built.whole
                table[first.rstrip("*")].append((tuple(said[1:]), concept))
        return built

    def at(self, said: Sequence[str], place: int) -> list[str]:
        """The concepts of the expressions that begin at this place of a sentence."""
        word = said[place]
        entries = list(self.whole.get(word, ()))
        for length in range(SHORTEST_BEGINNING, len(word) + 1):
            entries += self.beginnings.get(word[:length], ())
        return [
            concept
            for rest, concept in entries
            if len(said) > place + len(rest)
            and all(_meets(said[place + step], part) for step, part in enumerate(rest, start=1))
        ]


def _meets(word: str, part: str) -> bool:
    return word.startswith(part[:-1]) if part.endswith("*") else word == part
