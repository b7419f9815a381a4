"""What a query means: its words, the needs they name, the crises they tell of, and the engine's clauses.

The query language is the citizen's: no operators, no wildcards, no field names. Whatever is typed is
words; it is cut to 200 characters and a dozen words, so that an answer takes bounded time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from guide.directory.concepts import spoken_concept
from guide.directory.vocabulary import Lexicon, Meaning, QueryWord, query_words
from guide.languages import LANGUAGES, Language, other
from guide.search.engine import Clause, SearchEngine, Term

LONGEST_QUERY = 200
MOST_WORDS = 24
MOST_CLAUSES = 12

SERVICE_BY_NAME = 4.0
SPOKEN = 1.15  # a little more for a service that speaks the reader's language
NAME, OTHER_NAME = 3.0, 2.4
TEXT, OTHER_TEXT = 1.0, 0.6
CONCEPT, NEED_BEHIND_TOPIC = 3.0, 0.5
TEXT_BEHIND_CONCEPT = 0.5


@dataclass(frozen=True)
class Understanding:
    """A query, understood. `query` is what was searched; `cut` says that it was longer.

    `terms`: needs and topics named, best first. `crises`: keys of crisis panels, in the order found.
    `corrected`: the words really searched, when the typed ones are unknown here, else None.
    `shown`: phrases of the vocabulary that may be repeated to the reader as "we also searched".
    """

    query: str
    cut: bool
    words: list[QueryWord] = field(default_factory=list)
    meanings: list[Meaning] = field(default_factory=list)
    clauses: tuple[Clause, ...] = ()
    corrected: str | None = None

    @property
    def crises(self) -> list[str]:
        return list(dict.fromkeys(m.phrase.crisis for m in self.meanings if m.phrase.crisis))

    @property
    def terms(self) -> list[str]:
        return list(dict.fromkeys(meaning.phrase.term for meaning in self.meanings if meaning.phrase.need))

    @property
    def needs(self) -> list[str]:
        return list(dict.fromkeys(meaning.phrase.need for meaning in self.meanings if meaning.phrase.need))

    @property
    def holds_hidden_words(self) -> bool:
        """Does the query hold words that are searched but never shown? The page then does not repeat it."""
        typed = {word.surface for word in self.words}
        return any(
            meaning.phrase.hidden and typed.issuperset(meaning.phrase.words) for meaning in self.meanings
        )

    def stems(self, language: Language) -> frozenset[str]:
        """The stems a snippet marks in a text of this language."""
        return frozenset(stem for word in self.words if word.is_content for stem in word.stems[language])


def tidy(query: str) -> tuple[str, bool]:
    """The query without control characters and doubled spaces, cut to 200 characters; and whether it was cut."""
    clean = " ".join(
        "".join(char if char.isprintable() else " " for char in query[: LONGEST_QUERY * 4]).split()
    )
    cut = len(clean) > LONGEST_QUERY or len(query) > LONGEST_QUERY * 4
    return clean[:LONGEST_QUERY].strip(), cut


def understand(query: str, language: Language, lexicon: Lexicon, engine: SearchEngine) -> Understanding:
    """What this query means to a reader of this language; never an error, whatever is typed."""
    text, cut = tidy(query)
    words = query_words(text, language)[:MOST_WORDS]
    meanings = lexicon.understand(words)
    corrected = None
    spelled = _spelled(words, meanings, language, lexicon, engine)
    if spelled != [word.surface for word in words]:
        corrected = " ".join(spelled)
        words = query_words(corrected, language)[:MOST_WORDS]
        meanings = lexicon.understand(words)
    return Understanding(
        query=text,
        cut=cut,
        words=words,
        meanings=meanings,
        clauses=_clauses(words, meanings, language, engine),
        corrected=corrected,
    )


def _spelled(
    words: Sequence[QueryWord],
    meanings: Sequence[Meaning],
    language: Language,
    lexicon: Lexicon,
    engine: SearchEngine,
) -> list[str]:
    """The words as this guide spells them: unknown ones joined, split, or replaced by the nearest known one."""
    explained = {index for meaning in meanings for index in meaning.covers}

    def known(surface: str) -> bool:
        return surface in lexicon.surfaces or any(engine.knows(surface, side) for side in LANGUAGES)

    def puzzling(index: int) -> bool:
        word = words[index]
        return (
            index not in explained and word.is_content and len(word.surface) >= 4 and not known(word.surface)
        )

    spelled: list[str] = []
    index = 0
    while index < len(words):
        surface = words[index].surface
        following = words[index + 1].surface if index + 1 < len(words) else ""
        if following and (puzzling(index) or puzzling(index + 1)) and known(surface + following):
            spelled.append(surface + following)  # "velo theque"
            index += 2
            continue
        spelled += _mended(surface, language, known, engine) if puzzling(index) else [surface]
        index += 1
    return spelled


def _mended(
    surface: str, language: Language, known: Callable[[str], bool], engine: SearchEngine
) -> list[str]:
    if any(engine.suggest(surface, side, limit=1) for side in LANGUAGES):
        return [surface]  # the beginning of a known word: the prefix finds it
    for place in _cuts(surface):
        if known(surface[:place]) and known(surface[place:]):
            return [surface[:place], surface[place:]]  # "socialedienst", "artikel27"
    if not surface.isalpha():
        return [surface]
    near = engine.near(surface, language, limit=1) or engine.near(surface, other(language), limit=1)
    return near[:1] or [surface]


def _cuts(surface: str) -> list[int]:
    """Where one word may be two: between letters and figures, else from the middle outwards."""
    for place in range(1, len(surface)):
        if surface[:place].isalpha() and surface[place:].isdigit():
            return [place]
    middle = len(surface) / 2
    return sorted(range(3, len(surface) - 2), key=lambda place: abs(place - middle))


def _clauses(
    words: Sequence[QueryWord], meanings: Sequence[Meaning], language: Language, engine: SearchEngine
) -> tuple[Clause, ...]:
    """One clause for each thing asked: phrases that share words are one thing; so is each other word."""
    clauses: list[Clause] = []
    explained: set[int] = set()
    for group in _together(meanings):
        covers = sorted({index for meaning in group for index in meaning.covers})
        explained.update(covers)
        alternatives: list[Term] = []
        longest = max(_said(meaning, words) for meaning in group)
        for meaning in group:
            # Of two readings of the same words, the one that explains more of them weighs more.
            share = (_said(meaning, words) / longest) ** 2
            phrase = meaning.phrase
            if phrase.need is None:
                alternatives.append(Term("concept", phrase.term, SERVICE_BY_NAME * share))
                continue
            for term, weight in ((phrase.term, CONCEPT), (phrase.need, NEED_BEHIND_TOPIC)):
                alternatives.append(Term("concept", term, weight * share))
                alternatives.append(Term("concept", spoken_concept(term, language), weight * share * SPOKEN))
        for index in covers:
            alternatives += _word_terms(words[index], language, TEXT_BEHIND_CONCEPT)
        clauses.append(Clause(tuple(dict.fromkeys(alternatives))))
    last = len(words) - 1
    for index, word in enumerate(words):
        if index in explained or not word.is_content:
            continue
        terms = _word_terms(word, language, 1.0)
        if index == last and len(word.surface) >= 3:
            terms += [Term(f"text_{side}", word.surface, TEXT / 2, prefix=True) for side in LANGUAGES]
            terms += [Term(f"name_{side}", word.surface, NAME / 2, prefix=True) for side in LANGUAGES]
        clauses.append(Clause(tuple(dict.fromkeys(terms))))
    return tuple(clauses[:MOST_CLAUSES])


def _said(meaning: Meaning, words: Sequence[QueryWord]) -> float:
    """How much of the query a meaning explains; a stop word says little."""
    return sum(1.0 if words[index].is_content else 0.3 for index in meaning.covers)


def _word_terms(word: QueryWord, language: Language, text_weight: float) -> list[Term]:
    twin = other(language)
    terms: list[Term] = []
    for side, name, text in ((language, NAME, TEXT), (twin, OTHER_NAME, OTHER_TEXT)):
        for place, stem in enumerate(word.stems[side]):
            share = 1.0 if place == 0 else 0.6  # a part of a compound says less than the whole
            terms.append(Term(f"name_{side}", stem, name * share))
            terms.append(Term(f"text_{side}", stem, text * text_weight * share))
    return terms


def _together(meanings: Sequence[Meaning]) -> list[list[Meaning]]:
    """Meanings that share a word of the query, grouped: they are readings of the same thing."""
    groups: list[tuple[set[int], list[Meaning]]] = []
    for meaning in meanings:
        touching = [group for group in groups if group[0] & meaning.covers]
        covers = set(meaning.covers).union(*(group[0] for group in touching))
        members = [member for group in touching for member in group[1]] + [meaning]
        groups = [group for group in groups if group not in touching] + [(covers, members)]
    return [members for _, members in groups]
