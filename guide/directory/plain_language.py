"""How easy a text is to read, and what would make it easier: the measures of DESIGN section 5.

Advice, never a refusal. Pure: the lists of words come from `data/plain_words.yaml` through `word_list`.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.languages import Language
from guide.model import PlainWord

LONGEST_SENTENCE = 20
"""Words. On average a sentence has at most MEAN_SENTENCE."""
MEAN_SENTENCE = 12
EASE = {"fr": 70.0, "nl": 65.0}
"""The least ease a text should have: Kandel and Moles in French, Flesch-Douma in Dutch."""
LIX = 40.0

_KNOWN = (
    "CPAS OCMW ASBL VZW GSM SMS TV PDF QR STIB MIVB SNCB NMBS TEC VTT DVD CD PC ID UE EU FR NL "
    "II III IV VI VII VIII IX XI XII"
)
KNOWN = frozenset(_KNOWN.split())
"""Words in capitals that readers know without their meaning."""

_VOWELS = {"fr": "aeiouyàâäéèêëîïôöùûüœæ", "nl": "aeiouyáàäéèêëíïóôöúûü"}
_TOGETHER = {
    "fr": re.compile(r"eau|uei|oeu|œu|aou|oui|ieu|ai|au|ei|eu|oi|ou|oy|ay|œ|ien|ion(?=s?$)|ia|ie|io|ui"),
    "nl": re.compile(
        r"aai|ooi|oei|eeuw|ieuw|aa|ee|oo|uu|ie|oe|eu|ui|ij|ei|ou|au|ai|oi|auw|ouw", re.IGNORECASE
    ),
}
_WORD = re.compile(r"[^\W\d_]+(?:[’'\-][^\W\d_]+)*")


class AdviceKind(StrEnum):
    LONG_SENTENCE = "long_sentence"
    HARD_WORD = "hard_word"
    ACRONYM = "acronym"
    HARD_TEXT = "hard_text"


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing that could be easier: the passage as written, an easier word or a meaning, a figure.

    `easier` is '' where none is known; `figure` is the number of words of a long sentence, else 0.
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
    """The figures of a text, its sentences split at full stops and at line breaks; numbers and addresses left out."""
    found = [_words(sentence) for sentence in sentences(text)]
    found = [words for words in found if words]
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


def advice(text: str, language: Language, words: WordList) -> list[Advice]:
    """What could be easier, in the order of the text; at most one piece of advice a sentence or word."""
    found: list[Advice] = []
    named: set[str] = set()
    for sentence in sentences(text):
        length = len(_words(sentence))
        if length > LONGEST_SENTENCE:
            found.append(Advice(AdviceKind.LONG_SENTENCE, sentence, figure=length))
        for passage, easier in _hard_in(sentence, words.hard):
            if _fold(passage) not in named:
                named.add(_fold(passage))
                found.append(Advice(AdviceKind.HARD_WORD, passage, easier))
    for short in _unexplained(text):
        if short not in named:
            named.add(short)
            found.append(Advice(AdviceKind.ACRONYM, short, words.acronyms.get(short, "")))
    whole = measures(text, language)
    if not found and whole.words >= 10 and (whole.ease < EASE[language] or whole.mean > MEAN_SENTENCE):
        found.append(Advice(AdviceKind.HARD_TEXT, "", figure=round(whole.mean)))
    return found


def sentences(text: str) -> list[str]:
    """The sentences of a text: split after . ! ? followed by a space, and at line breaks."""
    parts = re.split(r"(?<=[.!?…])\s+|\n+", text)
    return [part.strip() for part in parts if _WORD.search(part)]


def syllables(word: str, language: Language) -> int:
    """How many syllables are heard, counted by groups of vowels; at least one."""
    plain = word.lower()
    if language == "fr":
        # A final e, es or ent after a consonant is not heard (but 'logement' is); 'é' is.
        if len(plain) > 3:
            plain = re.sub(r"(?<=[^aeiouyàâéèêëîïôùûü])(?:es?|(?<!m)ent)$", "", plain)
        plain = re.sub(r"(?<=[gq])u(?=[eéèêiîa])", "", plain)
    else:
        plain = re.sub(r"(?<=[gq])u(?=e)", "", plain)
    vowels = _VOWELS[language]
    total = place = 0
    while place < len(plain):
        group = _TOGETHER[language].match(plain, place)
        if group:
            total, place = total + 1, group.end()
        else:
            total, place = total + (plain[place] in vowels), place + 1
    return max(1, total)


def _words(sentence: str) -> list[str]:
    """The words that count: no numbers, addresses of the web or mail, and no names in the middle of a sentence."""
    plain = re.sub(r"\S+@\S+|https?://\S+|www\.\S+", " ", sentence)
    found = _WORD.findall(plain)
    return [word for place, word in enumerate(found) if not (place and word[0].isupper() and len(word) > 1)]


def _hard_in(sentence: str, hard: dict[str, str]) -> Iterable[tuple[str, str]]:
    """The hard words and expressions of a sentence as they are written there, each with an easier one."""
    found = [(match.start(), match.end(), match.group()) for match in _WORD.finditer(sentence)]
    place = 0
    while place < len(found):
        for length in (4, 3, 2, 1):
            if place + length <= len(found):
                passage = sentence[found[place][0] : found[place + length - 1][1]]
                easier = hard.get(_fold(passage)) or (
                    hard.get(_fold(re.sub(r"^(?:[ldjmtscn]|qu)[’']", "", passage, flags=re.IGNORECASE)))
                    if length == 1
                    else None
                )
                if easier:
                    yield passage, easier
                    place += length - 1
                    break
        place += 1


def _unexplained(text: str) -> list[str]:
    """Words in capitals, two to six letters, whose meaning the text does not give in brackets or before them."""
    found = []
    for match in re.finditer(r"(?<![\w.])[A-ZÉÈ]{2,6}(?![\w])", text):
        short = match.group()
        after = text[match.end() : match.end() + 3].lstrip()
        before = text[: match.start()].rstrip()
        explained = after.startswith("(") or (before.endswith("(") and len(_words(before)) > 1)
        if short not in KNOWN and not explained and not text.isupper():
            found.append(short)
    return list(dict.fromkeys(found))


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.lower().replace("’", "'").replace("œ", "oe"))
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).split())
