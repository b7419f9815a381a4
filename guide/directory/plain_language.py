"""How easy a text is to read, and what would make it easier.

Advice, never a refusal. Pure: the lists of words come from `data/plain_words.yaml` through `word_list`.
Everything here takes a time that grows with the length of the text and no faster.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.directory.syllables import syllables
from guide.languages import Language
from guide.model import PlainWord

LONGEST_SENTENCE = 20
"""Words. On average a sentence has at most MEAN_SENTENCE."""
MEAN_SENTENCE = 12
EASE = {"fr": 70.0, "nl": 65.0}
"""The least ease a text should have: Kandel and Moles in French, Flesch-Douma in Dutch."""
LIX = 40.0
"""The highest LIX a text should have, in both languages."""
FEW_WORDS, LEEWAY = 20, 25
"""In a text of fewer words one long word decides: its ease may be so much less."""
TOO_FEW_WORDS = 10
"""Of fewer words the figures say nothing."""

_KNOWN = (
    "CPAS OCMW ASBL VZW GSM SMS TV PDF QR STIB MIVB SNCB NMBS TEC VTT DVD CD CV PC ID UE EU FR NL WC TVA BTW "
    "USB BD ADN DNA VIH HIV OK OUI NON PAS SANS ET OU STOP OUVERT FERMÉ JA NEE NIET GEEN OPEN DICHT GRATIS LET OP "
    "II III IV VI VII VIII IX XI XII XX XXI"
)
KNOWN = frozenset(_KNOWN.split())
"""Words in capitals that readers know without their meaning."""

_WORD = re.compile(r"[^\W\d_]+(?:[’'\-][^\W\d_]+)*")
_ELISION = re.compile(r"\b(?:[ldjmtscn]|qu|jusqu|lorsqu|puisqu)['’](?=\w)", re.IGNORECASE)
_PIECE = re.compile(rf"{_ELISION.pattern}|{_WORD.pattern}", re.IGNORECASE)
_LONGEST_EXPRESSION, _LONGEST_PASSAGE = 6, 80
"""Pieces; characters."""
_CAPITALS = re.compile(r"(?<![\w.])(?:[A-ZÉÈÀÇ]{2,6}(?!\w)|(?:[A-Z]\.){2,6}(?!\w))")

_END = re.compile(r"(?<![.!?…])[.!?…]+[\"”»’)]*\s+")
_ABBREVIATIONS_TEXT = (
    "m mm mr dr p ex av bd bld st ste tel tél nr bijv ca blz art cf max min resp evt o.a d.w.z p.ex"
)
_ABBREVIATIONS = frozenset(_ABBREVIATIONS_TEXT.split())
"""Words that end in a full stop inside a sentence."""
_LAST_ABBREVIATIONS = frozenset({"etc", "enz", "e.d", "e.a", "s.v.p", "a.u.b"})
"""Words with a full stop of their own: the sentence ends there when a capital letter follows."""

_STREET = re.compile(
    r"\b(?:rue|avenue|chaussée|boulevard|place|square|quai|clos|drève|allée)\b[^.;:()\d]{0,60}\d+\w?"
    r"|\b[^\W\d]{0,40}(?:straat|laan|plein|steenweg|kaai|lei|dreef)[ ,]{1,3}\d+\w?",
    re.IGNORECASE,
)
_ADDRESS_ENDS = (".be", ".com", ".org", ".net", ".eu", ".brussels", ".vlaanderen", ".example")


class AdviceKind(StrEnum):
    """What makes a text hard to read."""

    LONG_SENTENCE = "long_sentence"
    HARD_WORD = "hard_word"
    ACRONYM = "acronym"
    HARD_TEXT = "hard_text"


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing that could be easier: the passage as written, an easier word or a meaning, a figure.

    `easier` is '' where none is known. `figure` is the number of words of a long sentence, or of a hard text's
    sentences on average when these are long; else 0.
    """

    kind: AdviceKind
    passage: str
    easier: str = ""
    figure: int = 0


@dataclass(frozen=True, slots=True)
class Measures:
    """A text in figures; `ease` is higher for easier texts, `lix` lower. All 0 for a text without words."""

    sentences: int
    words: int
    mean: float
    longest: int
    ease: float
    lix: float


@dataclass(frozen=True, slots=True)
class WordList:
    """Hard words (folded, in all their forms) and acronyms of one language, each with what is easier."""

    hard: dict[str, str]
    acronyms: dict[str, str]


def word_list(session: Session, language: Language) -> WordList:
    """The reviewed words of `data/plain_words.yaml` in one language."""
    rows = session.scalars(
        select(PlainWord).where(PlainWord.language == language).order_by(PlainWord.position)
    ).all()
    return WordList(
        hard={_fold(word): row.easier for row in rows if not row.acronym for word in row.words},
        acronyms={word: row.easier for row in rows if row.acronym for word in row.words},
    )


def measures(text: str, language: Language) -> Measures:
    """The figures of a text. Names, numbers and addresses are left out: nobody can make them easier."""
    found = [words for sentence in sentences(text) if (words := _words(sentence))]
    count = sum(map(len, found))
    if not count:
        return Measures(0, 0, 0.0, 0, 0.0, 0.0)
    per_sentence = count / len(found)
    per_word = sum(syllables(word, language) for words in found for word in words) / count
    ease = (
        207 - 1.015 * per_sentence - 73.6 * per_word
        if language == "fr"
        else 206.84 - 0.93 * per_sentence - 77 * per_word
    )
    long_words = sum(len(word) > 6 for words in found for word in words)
    return Measures(
        sentences=len(found),
        words=count,
        mean=round(per_sentence, 1),
        longest=max(map(len, found)),
        ease=round(ease, 1),
        lix=round(per_sentence + 100 * long_words / count, 1),
    )


def advice(text: str, language: Language, words: WordList, names: str = "") -> list[Advice]:
    """What could be easier: long sentences and hard words in the order of the text, then acronyms.

    Each hard word and acronym is named once. `names`: what the listing is called; it may use its own capitals.
    A text without any of these that is still hard to read by its figures gets one piece of advice as a whole.
    """
    found: list[Advice] = []
    offered: set[str] = set()
    for sentence in sentences(text):
        length = len(_words(sentence))
        if length > LONGEST_SENTENCE:
            found.append(Advice(AdviceKind.LONG_SENTENCE, sentence, figure=length))
        for passage, easier in _hard_in(sentence, words.hard):
            if easier not in offered:
                offered.add(easier)
                found.append(Advice(AdviceKind.HARD_WORD, passage, easier))
    known = KNOWN.union(_short_words(names))
    for short in _unexplained(text):
        if short not in known:
            found.append(Advice(AdviceKind.ACRONYM, short, words.acronyms.get(short, "")))
    if not found:
        whole = measures(text, language)
        long = _long_on_average(whole)
        if long or not easy(text, language):
            found.append(Advice(AdviceKind.HARD_TEXT, "", figure=round(whole.mean) if long else 0))
    return found


def easy(text: str, language: Language) -> bool:
    """Does a text keep the measures? What is too short to be measured does."""
    whole = measures(text, language)
    if whole.longest > LONGEST_SENTENCE or _long_on_average(whole):
        return False
    if whole.words < FEW_WORDS:
        return whole.words < TOO_FEW_WORDS or whole.ease >= EASE[language] - LEEWAY
    # LIX counts long words, which French has even where it is easy: it decides only in doubt.
    return whole.ease >= EASE[language] + 10 or (whole.ease >= EASE[language] and whole.lix <= LIX)


def _long_on_average(whole: Measures) -> bool:
    """Are its sentences long, taken together? One alone may have up to LONGEST_SENTENCE words."""
    return whole.sentences > 1 and round(whole.mean) > MEAN_SENTENCE


def sentences(text: str) -> list[str]:
    """The sentences of a text that hold a word: they end after . ! ? … and at every line break.

    The full stop of an abbreviation ("p. ex.", "bijv.") ends none.
    """
    found: list[str] = []
    for line in text.splitlines():
        start = 0
        for end in _END.finditer(line):
            if not _abbreviated(
                line[max(start, end.start() - 8) : end.start()], end.group(), line[end.end() :][:1]
            ):
                found.append(line[start : end.end()])
                start = end.end()
        found.append(line[start:])
    return [sentence.strip() for sentence in found if _WORD.search(sentence)]


def _abbreviated(before: str, stop: str, following: str) -> bool:
    """Does this full stop belong to the word before it? `before` holds at least the end of that word."""
    last = before.split()[-1].lstrip('(«“"').lower() if before.split() else ""
    if stop.strip() != ".":
        return False
    return last in _ABBREVIATIONS or (last in _LAST_ABBREVIATIONS and not following.isupper())


def _words(sentence: str) -> list[str]:
    """The words that count: no numbers, no streets, no addresses of the web, no names inside a sentence."""
    kept = " ".join(piece for piece in sentence.split() if not _is_address(piece))
    first = _WORD.match(sentence.lstrip('-–•«(“" '))
    begins = first.group() if first else ""
    return [
        word
        for place, word in enumerate(_WORD.findall(_STREET.sub(" ", kept)))
        if not word[0].isupper() or len(word) == 1 or (place == 0 and word == begins)
    ]


def _is_address(piece: str) -> bool:
    bare = piece.strip(".,;:!?()«»“”\"’'").lower()
    return (
        "@" in piece
        or "://" in piece
        or bare.startswith("www.")
        or ("." in bare and ("/" in bare or bare.endswith(_ADDRESS_ENDS)))
    )


def _hard_in(sentence: str, hard: dict[str, str]) -> Iterable[tuple[str, str]]:
    """The hard words and expressions of a sentence as they are written there, each with an easier one."""
    found = list(_PIECE.finditer(sentence))
    place = 0
    while place < len(found):
        for length in range(min(_LONGEST_EXPRESSION, len(found) - place), 0, -1):
            start, end = found[place].start(), found[place + length - 1].end()
            passage = sentence[start:end]
            easier = hard.get(_fold(passage)) if end - start <= _LONGEST_PASSAGE else None
            if easier is not None:
                yield passage, easier
                place += length - 1
                break
        place += 1


def _unexplained(text: str) -> list[str]:
    """Words in capitals, two to six letters, of which the text does not say what they mean where they come first.

    The meaning stands in brackets behind them, or they stand in brackets behind the meaning. A line all in
    capitals holds words, not acronyms.
    """
    first: dict[str, bool] = {}
    for line in text.splitlines():
        if line.isupper() and len(_WORD.findall(line)) > 1:
            continue
        for match in _CAPITALS.finditer(line):
            short = match.group().replace(".", "")
            if short not in first:
                before, after = (
                    line[max(0, match.start() - 80) : match.start()],
                    line[match.end() : match.end() + 40],
                )
                first[short] = _tells(re.match(r"\s*\(([^)]*)", after)) or _tells(
                    re.search(r"([^.;:()]*)\(\s*$", before)
                )
    return [short for short, explained in first.items() if not explained]


def _tells(words: re.Match[str] | None) -> bool:
    """Do these words look like a meaning: something longer than an acronym or a number?"""
    return words is not None and any(len(word) >= 5 for word in _WORD.findall(words.group(1)))


def _short_words(names: str) -> set[str]:
    return {match.group().replace(".", "") for match in _CAPITALS.finditer(names)}


def _fold(text: str) -> str:
    """For comparing: small letters, one kind of apostrophe, "d'" as "de". Accents stay: "gratuité", "gratuite"."""
    plain = unicodedata.normalize("NFC", text).lower().replace("’", "'").replace("œ", "oe")
    return " ".join(re.sub(r"\bd'", "de ", _ELISION.sub(r"\g<0> ", plain)).split())
