"""What a query means: its words, the needs they name, the crises they tell of, and the engine's clauses.

The query language is the citizen's: no operators, no wildcards, no field names. Whatever is typed is
words; it is cut to 200 characters and a dozen words, so that an answer takes bounded time.
"""

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from guide.directory.concepts import spoken_concept
from guide.directory.dangers import dangers
from guide.directory.mending import spelled
from guide.directory.signs import code_terms, number_clause
from guide.directory.tongues import spoken_in
from guide.directory.vocabulary import Lexicon, Meaning, QueryWord, query_words
from guide.directory.weighing import (
    SENTENCE,
    Draft,
    is_carrier,
    is_common,
    matter,
    named,
    says_nothing,
    weighed,
)
from guide.languages import LANGUAGES, Language, other
from guide.recognition.hearing import METHOD, PANEL_OF, Heard, hearing
from guide.recognition.minors import speaks_as_minor
from guide.search.engine import Clause, SearchReader, SearchRequest, Term

LONGEST_QUERY = 200
MOST_WORDS = 24
MOST_CLAUSES = 12

SERVICE_BY_NAME = 4.0
SPOKEN = 1.15  # a little more for a service that speaks the reader's language
NAME, OTHER_NAME = 3.0, 2.4
TEXT, OTHER_TEXT = 1.0, 0.6
CONCEPT, NEED_BEHIND_TOPIC = 3.0, 0.5
TEXT_BEHIND_CONCEPT = 0.5
COMMON_IN_PHRASE = 0.1
HEARD = 5.0
"""The weight of the need that a whole sentence is heard to tell of."""
BEHIND_HEARD = 0.3
"""How much a phrase inside that sentence still counts beside it."""
PLAINLY = 0.3
"""By how much a language must be heard above the next one."""
CLEARLY = 0.5
"""The weight from which on what a sentence tells of is repeated to the reader."""
FEWEST_HEARD = 3
"""Content words from which on a query is heard as a whole; fewer say what they mean."""

OF_DANGER = frozenset({"danger", "suicide", "urgence-medicale"})
HOUSING = frozenset({"sans-abri", "logement"})


@dataclass(frozen=True, slots=True)
class HeardTerm:
    """A term that a sentence tells of, its need, and its weight beside the clearest one (1)."""

    term: str
    need: str
    share: float


@dataclass(frozen=True)
class Understanding:
    """A query, understood. `query` is what was searched; `cut` says that it was longer.

    `terms`: needs and topics named, best first. `crises`: keys of crisis panels, at most two, the clearest first.
    `corrected`: the words really searched, when the typed ones are unknown here, else None.
    `alone`: a means to die is looked for; the panel answers, and nothing else stands on the page.
    `distress`: somebody may be in distress and no panel is sure; one calm line answers.
    `needs_bed`: words of housing are among them, so that the calm line may name a bed.
    `spoken`: the code of the language the words are in ('fr', 'nl', 'ar', …).
    """

    query: str
    cut: bool
    words: list[QueryWord] = field(default_factory=list)
    meanings: list[Meaning] = field(default_factory=list)
    clauses: tuple[Clause, ...] = ()
    corrected: str | None = None
    crises: tuple[str, ...] = ()
    alone: bool = False
    distress: bool = False
    needs_bed: bool = False
    spoken: str = ""
    named: tuple[Meaning, ...] = ()
    """The services whose name is the whole query, as meanings: these stand first."""
    heard_terms: tuple[HeardTerm, ...] = ()
    """The needs that a sentence is heard to tell of as a whole, the clearest first."""

    @property
    def understood(self) -> list[str]:
        """The needs and topics to repeat to the reader: what the sentence tells of, else what its words name."""
        return list(dict.fromkeys(one.term for one in self.heard_terms if one.share >= CLEARLY)) or self.terms

    @property
    def near_needs(self) -> list[str]:
        """The needs of these."""
        return list(dict.fromkeys(one.need for one in self.heard_terms if one.share >= CLEARLY)) or self.needs

    @property
    def terms(self) -> list[str]:
        """Keys of the topics and needs that the words name, each once, the longest phrase's first."""
        return list(dict.fromkeys(meaning.phrase.term for meaning in self.meanings if meaning.phrase.need))

    @property
    def needs(self) -> list[str]:
        """Keys of the main needs of those terms, each once, in the same order."""
        return list(dict.fromkeys(meaning.phrase.need for meaning in self.meanings if meaning.phrase.need))

    @property
    def is_secret(self) -> bool:
        """Does it tell of a crisis or of distress? Its words then stay in no address, and are counted nowhere."""
        return bool(self.crises) or self.alone or self.distress

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


def legible(query: str) -> str:
    """The query without control characters, invisible marks and doubled spaces; of one too long, its beginning."""
    return " ".join("".join(map(_legible, query[: LONGEST_QUERY * 4])).split())


def _legible(char: str) -> str:
    # A soft hyphen, or a mark of direction, stands inside a word and is dropped from it, as in the index.
    return char if char.isprintable() else "" if unicodedata.category(char) == "Cf" else " "


def tidy(query: str) -> tuple[str, bool]:
    """The legible query, cut to 200 characters; and whether it was cut."""
    clean = legible(query)
    cut = len(clean) > LONGEST_QUERY or len(query) > LONGEST_QUERY * 4
    return clean[:LONGEST_QUERY].strip(), cut


def understand(query: str, language: Language, lexicon: Lexicon, engine: SearchReader) -> Understanding:
    """What this query means to a reader of this language; never an error, whatever is typed."""
    text, cut = tidy(query)
    words = query_words(text, language)[:MOST_WORDS]
    meanings = lexicon.understand(words)
    counted = hearing().features.of(text)
    heard = dangers(text, counted, lexicon)
    corrected = None
    mended = None if is_sentence(words) else spelled(words, meanings, language, lexicon, engine)
    if mended is not None and mended != [word.surface for word in words]:
        corrected = " ".join(mended)
        words = query_words(corrected, language)[:MOST_WORDS]
        meanings = lexicon.understand(words)
    heard_terms = _heard_terms(counted, words, meanings, heard == Heard(), lexicon)
    return Understanding(
        query=text,
        cut=cut,
        words=words,
        meanings=meanings,
        clauses=_asked_by_number(text, words, engine)
        or _asked_in_words(
            words,
            meanings,
            _terms_heard(heard_terms, language),
            language,
            engine,
        ),
        corrected=corrected,
        crises=tuple(dict.fromkeys(PANEL_OF.get(danger, danger) for danger in heard.dangers)),
        alone=METHOD in heard.dangers,
        distress=heard.distress,
        needs_bed=not speaks_as_minor(text) and any(meaning.phrase.need in HOUSING for meaning in meanings),
        spoken=spoken_in(text, meanings) or _heard_language(text, words, meanings),
        named=named(words, meanings),
        heard_terms=heard_terms,
    )


def _asked_in_words(
    words: Sequence[QueryWord],
    meanings: Sequence[Meaning],
    heard: Sequence[Term],
    language: Language,
    engine: SearchReader,
) -> tuple[Clause, ...]:
    """The clauses of the matter; of all words when no service answers the matter."""
    clauses = _clauses(words, meanings, heard, language, engine, matter(words))
    services = SearchRequest(clauses, scope={"type": ["service"]}, limit=0)
    if clauses and engine.search(services).total:
        return clauses
    content = frozenset(place for place, word in enumerate(words) if word.is_content)
    return _clauses(words, meanings, heard, language, engine, content)


def _heard_terms(
    counted: Sequence[str],
    words: Sequence[QueryWord],
    meanings: Sequence[Meaning],
    calm: bool,
    lexicon: Lexicon,
) -> tuple[HeardTerm, ...]:
    """What a sentence is heard to tell of; nothing of a few words, which say what they mean, or of a known phrase.

    A calm sentence is not led to the lines of danger.
    """
    known = any(len(meaning.covers) == len(words) for meaning in meanings)
    if known or not is_sentence(words) or named(words, meanings):
        return ()
    heard = (
        HeardTerm(term, lexicon.needs[term], share)
        for term, share in hearing().needed(counted)
        if term in lexicon.needs
    )
    return tuple(one for one in heard if not (calm and {one.term, one.need} & OF_DANGER))


def _terms_heard(heard_terms: Sequence[HeardTerm], language: Language) -> tuple[Term, ...]:
    """The terms that ask for what a sentence tells of."""
    terms: list[Term] = []
    for one in heard_terms:
        for key, weight in ((one.term, HEARD), (one.need, NEED_BEHIND_TOPIC * HEARD / CONCEPT)):
            terms.append(Term("concept", key, weight * one.share))
            terms.append(Term("concept", spoken_concept(key, language), weight * one.share * SPOKEN))
    return tuple(dict.fromkeys(terms))


def _asked_by_number(text: str, words: Sequence[QueryWord], engine: SearchReader) -> tuple[Clause, ...]:
    """The clause of the telephone number that is asked for, which nothing else beside it can widen."""
    said = matter(words)
    others = {
        word.surface
        for place, word in enumerate(words)
        if place in said and not any(sign.isdigit() for sign in word.surface) and not is_carrier(word)
    }
    clause = number_clause(text, others, engine)
    return (clause,) if clause else ()


def is_sentence(words: Sequence[QueryWord]) -> bool:
    """Is it heard as a whole? Then its slips need no mending either: groups of letters are heard as well."""
    return sum(word.is_content for word in words) >= FEWEST_HEARD or len(words) >= SENTENCE


def _heard_language(text: str, words: Sequence[QueryWord], meanings: Sequence[Meaning]) -> str:
    """The language a query is plainly in; '' where it is not plain, or is words of this guide ("taksi")."""
    code, margin = hearing().language(text)
    known = any(
        meaning.phrase.language is not None and len(meaning.covers) == len(words) for meaning in meanings
    )
    return code if margin > PLAINLY and not (known and code not in LANGUAGES) else ""


def _clauses(
    words: Sequence[QueryWord],
    meanings: Sequence[Meaning],
    heard: Sequence[Term],
    language: Language,
    engine: SearchReader,
    said: Collection[int],
) -> tuple[Clause, ...]:
    """One clause for each thing asked: phrases that share words are one thing; so is each other word of `said`."""
    drafts: list[Draft] = []
    explained: set[int] = set()
    for group in _together(meanings):
        covers = frozenset(index for meaning in group for index in meaning.covers)
        if says_nothing(group, covers, words, said):
            continue
        explained.update(covers)
        drafts.append(
            Draft(_clause_of_phrases(group, covers, words, language, engine), covers, understood=True)
        )
    for index, word in enumerate(words):
        if index in said and index not in explained and word.is_content:
            ends = index == len(words) - 1
            clause = Clause(tuple(code_terms(word.surface, engine)) or _clause_of_word(word, language, ends))
            drafts.append(Draft(clause, frozenset([index]), understood=False))
    if heard:
        return _clauses_of_a_sentence(drafts, heard)
    return weighed(drafts[:MOST_CLAUSES], words, engine)


def _clauses_of_a_sentence(drafts: Sequence[Draft], heard: Sequence[Term]) -> tuple[Clause, ...]:
    """One clause of what the sentence is heard to tell of, with its phrases; other words only order the answers."""
    phrases = [
        term
        for draft in drafts
        if draft.understood
        for term in draft.clause.alternatives
        if term.field == "concept"
    ]
    behind = [replace(term, weight=term.weight * BEHIND_HEARD) for term in phrases]
    others = [replace(draft.clause, weak=True) for draft in drafts if not draft.understood]
    return (Clause((*heard, *behind)), *others[: MOST_CLAUSES - 1])


def _clause_of_phrases(
    group: Sequence[Meaning],
    covers: Collection[int],
    words: Sequence[QueryWord],
    language: Language,
    engine: SearchReader,
) -> Clause:
    alternatives: list[Term] = []
    longest = max(_said(meaning, words) for meaning in group)
    breadth = (
        max(1.0, longest) ** 0.5
    )  # what explains much of the query is its matter more than a single word
    for meaning in group:
        # Of two readings of the same words, the one that explains more of them weighs more.
        share = (_said(meaning, words) / longest) ** 2 * breadth
        phrase = meaning.phrase
        if not phrase.term:
            continue  # a sentence that tells of a crisis and of no need
        if phrase.need is None:
            alternatives.append(Term("concept", phrase.term, SERVICE_BY_NAME * share))
            continue
        for term, weight in ((phrase.term, CONCEPT), (phrase.need, NEED_BEHIND_TOPIC)):
            alternatives.append(Term("concept", term, weight * share))
            alternatives.append(Term("concept", spoken_concept(term, language), weight * share * SPOKEN))
    alternatives += _words_behind(words, sorted(covers), language, engine)
    return Clause(tuple(dict.fromkeys(alternatives)))


def _clause_of_word(word: QueryWord, language: Language, ends: bool) -> tuple[Term, ...]:
    """The terms of a word that no phrase explains; of the last one also what begins like it: it is being typed."""
    terms = _word_terms(word, language, 1.0)
    if ends and len(word.surface) >= 3:
        terms += [Term(f"text_{side}", word.surface, TEXT / 2, prefix=True) for side in LANGUAGES]
        terms += [Term(f"name_{side}", word.surface, NAME / 2, prefix=True) for side in LANGUAGES]
    return tuple(dict.fromkeys(terms))


def _words_behind(
    words: Sequence[QueryWord], covers: Sequence[int], language: Language, engine: SearchReader
) -> list[Term]:
    """The terms of the words that a phrase explains; of several, or in a sentence, common ones are left out."""
    content = [index for index in covers if words[index].is_content]
    found: list[Term] = []
    for index in covers:
        terms = _word_terms(words[index], language, TEXT_BEHIND_CONCEPT)
        if terms and (
            (len(content) <= 1 and len(words) < SENTENCE) or not is_common(terms, engine, COMMON_IN_PHRASE)
        ):
            found += terms
    return found


def _said(meaning: Meaning, words: Sequence[QueryWord]) -> float:
    """How much of the query a meaning explains; a stop word, or one that carries a question, says little."""
    return sum(
        1.0 if words[index].is_content and not is_carrier(words[index]) else 0.3 for index in meaning.covers
    )


def _word_terms(word: QueryWord, language: Language, text_weight: float) -> list[Term]:
    second = other(language)
    terms: list[Term] = []
    for side, name, text in ((language, NAME, TEXT), (second, OTHER_NAME, OTHER_TEXT)):
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
