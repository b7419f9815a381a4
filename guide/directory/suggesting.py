"""Words offered while somebody types: as people write them, and never a word of a crisis or a hidden one.

A suggestion may be read over a shoulder: what somebody in despair types is understood, and never proposed.
"""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from cachetools import cached

from guide.directory.vocabulary import Lexicon, Phrase
from guide.languages import LANGUAGES, Language
from guide.search import analysis
from guide.search.engine import MAX_SUGGESTIONS, SearchReader


def suggest(engine: SearchReader, lexicon: Lexicon, prefix: str, language: Language, limit: int) -> list[str]:
    """At most `limit` words of the guide that begin so; [] when it is too short."""
    quiet = _quiet_words(lexicon)
    offered = engine.suggest(prefix, language, limit=MAX_SUGGESTIONS)
    return [word for word in offered if analysis.terms(word, language) and not quiet.hold(word, language)][
        :limit
    ]


@dataclass(frozen=True)
class _Quiet:
    """Stems of crises, since every form of such a word is one; hidden words as they are spelt: many are slips."""

    stems: frozenset[str]
    words: frozenset[str]

    def hold(self, word: str, language: Language) -> bool:
        folded = analysis.fold(word)
        return folded in self.words or analysis.stem_word(folded, language) in self.stems


@cached(WeakKeyDictionary(), key=lambda lexicon: lexicon)
def _quiet_words(lexicon: Lexicon) -> _Quiet:
    """What only phrases of a crisis, or hidden ones, hold; and a word that means a crisis by itself ("viol")."""
    crisis, alone, common = set[str](), set[str](), set[str]()
    hidden, shown = set[str](), set[str]()
    for phrase in lexicon.phrases:
        stems = _stems(phrase)
        if phrase.crisis:
            crisis |= stems
            alone |= stems if len(phrase.words) == 1 else set()
        elif phrase.hidden:
            hidden.update(phrase.words)
        else:
            common |= stems
            shown.update(phrase.words)
    return _Quiet(frozenset(crisis - common | alone), frozenset(hidden - shown))


def _stems(phrase: Phrase) -> set[str]:
    sides = LANGUAGES if phrase.language is None else (phrase.language,)
    return {analysis.stem_word(word, side) for word in phrase.words for side in sides}
