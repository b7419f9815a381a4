"""From a citizen's own words to needs and topics.

"J'ai faim", "plus rien dans le frigo" or "deurwaarder" name a need without naming a service. The
vocabulary of `data/vocabulary/` holds such phrases; a query means a phrase when it holds all its
content words, in any order. Longer phrases win over the shorter ones inside them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from guide.directory.concepts import key_concept
from guide.directory.names import names_of
from guide.directory.urgent import PANEL_OF_NEED
from guide.languages import LANGUAGES, Language, other
from guide.model import Crisis, OtherLanguage, Service, TaxonomyTerm, WordGroup
from guide.model.changes import EVERYTHING, MOST_DOCUMENTS
from guide.search import analysis


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase of the vocabulary. `need` is the term's need (itself, when the term is a need).

    The name of a service is a phrase too: its `term` is the concept of that service, without a need.
    """

    text: str
    language: Language | None
    term: str
    need: str | None
    crisis: str | None
    hidden: bool
    words: tuple[str, ...]
    stems: tuple[str, ...]
    whole: bool = False
    """Only a query that says nothing else means it: "mes" is a knife in Dutch and "my" in French."""
    calm: bool = False
    """Holds a crisis word without telling of a crisis."""
    spoken: str = ""
    """The code of the other language of the guide it is a sentence of."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """A phrase found in a query, and the places of the query's words it explains."""

    phrase: Phrase
    covers: frozenset[int]


@dataclass(frozen=True)
class QueryWord:
    """One word of a query: folded, and its stems per language (none for a stop word of that language).

    `is_content`: it asks for something; it is no stop word of the language the query is written in.
    """

    surface: str
    stems: dict[Language, tuple[str, ...]]
    is_content: bool


def query_words(query: str, language: Language) -> list[QueryWord]:
    """The words of a query, each analysed in both languages, since nobody says in which she writes.

    What is plainly a stop word of the language she writes in ("het", "les") is none of the other's words.
    """
    # Elisions are cut in French only; a Dutch query has none, so the French cut serves both.
    surfaces = analysis.words(query, "fr")
    stems: list[dict[Language, tuple[str, ...]]] = [
        {side: tuple(analysis.terms(word, side)) for side in LANGUAGES} for word in surfaces
    ]
    written = _written_in(stems, language)
    return [
        QueryWord(word, found, is_content=bool(found[written]))
        for word, found in zip(surfaces, stems, strict=True)
    ]


def _written_in(stems: Sequence[dict[Language, tuple[str, ...]]], language: Language) -> Language:
    """The reader's language, unless the little words of the query are those of the other, twice or more."""
    second = other(language)
    own = sum(not found[language] and bool(found[second]) for found in stems)
    others = sum(not found[second] and bool(found[language]) for found in stems)
    return second if others >= 2 and others > own else language


# "Plus de gaz" is not "gaz". For search these are stop words; for meaning they count, and count as one,
# since "sans papiers", "pas de papiers" and "geen papieren" say the same.
NEGATIONS = frozenset(
    [
        "pas",
        "plus",
        "rien",
        "sans",
        "aucun",
        "aucune",
        "jamais",
        "personne",
        "geen",
        "niet",
        "niets",
        "zonder",
        "nooit",
        "niemand",
        "nergens",
    ]
)
NEGATION = "¬"


def _meaning_stems(word: str, language: Language, stems: Sequence[str]) -> tuple[str, ...]:
    return (NEGATION,) if word in NEGATIONS else tuple(stems)


NEEDS_OF_DISTRESS = frozenset({"moral", "danger", "sans-abri", "deuil"})
"""Whoever names one of these in a word or two may well be in distress."""


@dataclass(eq=False)
class Lexicon:
    """The vocabulary, ready to understand queries; built anew when one of its words or names has changed."""

    phrases: list[Phrase] = field(default_factory=list)
    _by_stem: dict[tuple[Language, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    _by_word: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    surfaces: frozenset[str] = frozenset()
    names: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The names of each service that are among its phrases, by the key of the service."""
    needs: dict[str, str] = field(default_factory=dict)
    """The need of each term, of a need itself too."""
    reviewed: dict[tuple[str, ...], str] = field(default_factory=dict)
    """The crisis of each phrase that has one, by its words; '' of phrases known to be calm, and of names."""
    ordinary: dict[tuple[str, ...], str] = field(default_factory=dict)
    """The need of each phrase without a crisis, by its words: "j’ai faim", "mariage"."""

    def add(self, phrase: Phrase) -> None:
        """Takes a phrase in; from here on `understand` hears it."""
        if phrase.crisis or phrase.calm or phrase.need is None:
            said = tuple(analysis.words(phrase.text, "fr"))
            self.reviewed[said] = phrase.crisis or self.reviewed.get(said, "")
        if phrase.need is not None:
            self.needs[phrase.term] = phrase.need
            if not phrase.crisis:
                self.ordinary[tuple(analysis.words(phrase.text, "fr"))] = phrase.need
        place = len(self.phrases)
        self.phrases.append(phrase)
        if phrase.stems and phrase.language:
            # Whoever means it says all of its stems: it is looked for by the longest, which the fewest have.
            stem = max((stem for stem in phrase.stems if stem != NEGATION), key=len)
            self._by_stem[phrase.language, stem].append(place)
        else:
            self._by_word[_singular(phrase.words[0])].append(place)

    def understand(self, words: Sequence[QueryWord]) -> list[Meaning]:
        """Every phrase this query means, longest first; phrases inside a longer one are left out."""
        found = [*self._by_content(words), *self._by_sequence(words)]
        found.sort(key=lambda meaning: -len(meaning.covers))
        return [meaning for meaning in found if not any(meaning.covers < longer.covers for longer in found)]

    def _by_content(self, words: Sequence[QueryWord]) -> Iterable[Meaning]:
        for language in LANGUAGES:
            places: dict[str, list[int]] = defaultdict(list)
            for index, word in enumerate(words):
                for stem in _meaning_stems(word.surface, language, word.stems[language]):
                    places[stem].append(index)
            for number in sorted(
                number for stem in places for number in self._by_stem.get((language, stem), ())
            ):
                phrase = self.phrases[number]
                if not all(stem in places for stem in phrase.stems) or (phrase.whole and len(words) > 1):
                    continue
                covers = frozenset(index for stem in phrase.stems for index in places[stem])
                # "Les repas" is not the Dutch "les": a stop word of this query explains nothing by itself.
                if any(words[index].is_content for index in covers):
                    yield Meaning(phrase, covers)

    def _by_sequence(self, words: Sequence[QueryWord]) -> Iterable[Meaning]:
        surfaces = [word.surface for word in words]
        for start, surface in enumerate(surfaces):
            for number in self._by_word.get(_singular(surface), ()):
                phrase = self.phrases[number]
                end = start + len(phrase.words)
                if phrase.whole and (start, end) != (0, len(surfaces)):
                    continue
                heard = surfaces[start:end]
                if len(heard) == len(phrase.words) and all(
                    _singular(said) == _singular(meant)
                    for said, meant in zip(heard, phrase.words, strict=True)
                ):
                    yield Meaning(phrase, frozenset(range(start, end)))


def lexicon(session: Session) -> Lexicon:
    """The vocabulary of the database: its phrases, and the names of needs and topics themselves."""
    built = Lexicon()
    seen: Seen = set()
    groups = session.scalars(
        select(WordGroup).options(
            joinedload(WordGroup.term).joinedload(TaxonomyTerm.parent), joinedload(WordGroup.crisis)
        )
    )
    for group in groups:
        term, crisis = group.term, group.crisis.key if group.crisis else None
        sense = _Sense(term.key, term.need.key, crisis, group.hidden, group.calm)
        sides: list[tuple[Language | None, list[str]]] = [
            ("fr", group.fr),
            ("nl", group.nl),
            (None, group.other),
        ]
        for language, texts in sides:
            for text in texts:
                _add(built, seen, text, language, sense)
    for term in session.scalars(
        select(TaxonomyTerm).where(TaxonomyTerm.taxonomy == "needs").options(joinedload(TaxonomyTerm.parent))
    ):
        for language, text in term.name:
            _add(built, seen, text, language, _Sense(term.key, term.need.key))
    _add_names(session, built, seen)
    for phrase in _sentences(session):
        built.add(phrase)
    built.surfaces = frozenset(word for phrase in built.phrases for word in phrase.words)
    return built


def _sentences(session: Session) -> Iterable[Phrase]:
    """The sentences of the guide in other languages, each heard as its words in a row: main needs and crises.

    A crisis sentence names no need when no words of the vocabulary bring that crisis. Words of danger are hidden.
    """
    terms = {
        term.key: term
        for term in session.scalars(
            select(TaxonomyTerm)
            .where(TaxonomyTerm.taxonomy == "needs")
            .options(joinedload(TaxonomyTerm.parent))
        )
    }
    filed = _terms_of_crises(session, terms)
    for language in session.scalars(select(OtherLanguage).order_by(OtherLanguage.position)):
        for key, text in language.needs.items():
            if key in terms:
                yield _sentence(text, language.code, terms[key], PANEL_OF_NEED.get(key))
        for told in language.crises:
            for text in told["says"]:
                yield _sentence(text, language.code, filed.get(told["crisis"]), told["crisis"])


def _sentence(text: str, code: str, term: TaxonomyTerm | None, crisis: str | None) -> Phrase:
    return Phrase(
        text=text,
        language=None,
        term=term.key if term else "",
        need=term.need.key if term else None,
        crisis=crisis,
        hidden=crisis is not None,
        words=tuple(analysis.words(text, "fr")),
        stems=(),
        spoken=code,
    )


def _terms_of_crises(session: Session, terms: Mapping[str, TaxonomyTerm]) -> dict[str, TaxonomyTerm]:
    """Per crisis the term that helps on: what its panel leads to, else where most of its words are filed."""
    counts: dict[str, Counter[TaxonomyTerm]] = defaultdict(Counter)
    for group in session.scalars(
        select(WordGroup)
        .where(WordGroup.crisis_id.is_not(None))
        .options(joinedload(WordGroup.term), joinedload(WordGroup.crisis))
        .order_by(WordGroup.id)
    ):
        if group.crisis is not None:
            counts[group.crisis.key][group.term] += len(group.fr) + len(group.nl) + len(group.other)
    filed = {key: counted.most_common(1)[0][0] for key, counted in counts.items()}
    led_to = {
        crisis.key: terms[crisis.need]
        for crisis in session.scalars(select(Crisis))
        if crisis.need is not None and crisis.need in terms
    }
    return filed | led_to


Seen = set[tuple[str, str, Language | None]]
"""Text, term and language of the phrases that stand in a lexicon already."""


@dataclass(frozen=True, slots=True)
class _Sense:
    """What a phrase of the vocabulary means, and how it is treated: the fields of `Phrase` beside its words."""

    term: str
    need: str | None = None
    crisis: str | None = None
    hidden: bool = False
    calm: bool = False


def _add_names(session: Session, built: Lexicon, seen: Seen) -> None:
    """The names of services are phrases too: they mean that very service, in whichever language they are."""
    built.names = names_of_services(session)
    for key, names in built.names.items():
        for name in sorted(names):
            for language in LANGUAGES:
                _add(built, seen, name, language, _Sense(key_concept(key)))


def names_of_services(session: Session, keys: Sequence[str] | None = None) -> dict[str, frozenset[str]]:
    """Every form of every name of each public service, or of these alone, by its key."""
    rows = select(Service.key, Service.name, Service.alternate_names).where(Service.is_public)
    if keys is not None:
        rows = rows.where(Service.key.in_(keys))
    return {row.key: frozenset(names_of(row)) for row in session.execute(rows.order_by(Service.key))}


def still_holds(session: Session, built: Lexicon, documents: Sequence[str]) -> bool:
    """Has none of these changes (`guide.model.changes`) touched a word or a name of this lexicon?

    One statement, of the names of the listings among them.
    """
    if EVERYTHING in documents or len(documents) > MOST_DOCUMENTS:
        return False
    keys = [key for kind, _, key in (one.partition(":") for one in documents) if kind == "service"]
    if not keys:
        return True
    now = names_of_services(session, keys)
    return all(now.get(key) == built.names.get(key) for key in keys)


def _add(built: Lexicon, seen: Seen, text: str, language: Language | None, sense: _Sense) -> None:
    if (text, sense.term, language) in seen:
        return
    seen.add((text, sense.term, language))
    words, stems, whole = _heard(text, language, sense.crisis is not None)
    if words:
        built.add(
            Phrase(
                text,
                language,
                sense.term,
                sense.need,
                sense.crisis,
                sense.hidden,
                words,
                stems,
                calm=sense.calm,
                whole=whole,
            ),
        )


def _heard(
    text: str, language: Language | None, strict: bool
) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """The words of a phrase, the stems that mean it, each once, and whether only a whole query means it."""
    words = tuple(analysis.words(text, language or "fr"))
    if language is None:
        return words, (), False
    whole = len(words) == 1 and not analysis.terms(words[0], other(language))
    return words, tuple(sorted(_content(words, language, strict))), whole


def _singular(word: str) -> str:
    """A word in a row is heard in singular and plural, but not by its stem: "coups" is not "coupé"."""
    return word[:-1] if len(word) > 5 and word.endswith("s") else word


def _content(words: Sequence[str], language: Language, strict: bool) -> frozenset[str]:
    """The stems a query must hold to mean this phrase; none when only the words in a row can mean it.

    A long phrase with a single content word ("je n'en peux plus") would otherwise be heard in every
    query that holds that word. `strict`, for crises: a single content word is never enough by its stem,
    since "me jeter" and "Jette" share theirs.
    """
    stems = [_meaning_stems(word, language, analysis.terms(word, language, split=False)) for word in words]
    content = frozenset(stem for found in stems for stem in found)
    if not content - {NEGATION}:
        return frozenset()
    content_words = sum(1 for found in stems if found)
    if content_words >= 2 and not (strict and len(content - {NEGATION}) < 2):
        return content
    if content_words == 1 and len(words) <= 2 and not strict:
        return content
    return frozenset()
