"""The line under a result's name, with the words that matched marked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from guide.directory.understanding import Understanding
from guide.languages import Language, LocalText
from guide.search import analysis

_WORD = re.compile(r"[^\W_]+(?:['’.][^\W_]+)*")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
TEXTS_KEPT = 4_096
"""Texts, sentences and words whose stems were looked for last: most of a page stood on another one."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a text; `marked` when it is a word the reader searched."""

    words: str
    marked: bool


def first_sentence(text: LocalText) -> LocalText:
    """The first sentence of a text, and its answer where it asks; empty when the text is."""
    sentences = _SENTENCE_END.split(text.words.strip(), maxsplit=2)
    asks = sentences[0].endswith("?")
    return replace(text, words=" ".join(sentences[: 2 if asks else 1]))


def around_the_mark(pieces: Sequence[Piece], most: int = 60) -> list[Piece]:
    """What stands around the first marked word, in whole words and about so many signs: one line of a telephone."""
    whole = "".join(piece.words for piece in pieces)
    first = next((place for place, piece in enumerate(pieces) if piece.marked), None)
    if first is None or len(whole) <= most:
        return list(pieces)
    begins = sum(len(piece.words) for piece in pieces[:first])
    start = whole.rfind(" ", 0, max(0, begins - most // 2)) + 1
    end = whole.find(" ", max(start + most, begins + len(pieces[first].words)))
    end = len(whole) if end < 0 else end
    shown, at = [], 0
    for piece in pieces:
        words = piece.words[max(0, start - at) : max(0, end - at)]
        at += len(piece.words)
        if words:
            shown.append(Piece(words, piece.marked))
    return [*shown, Piece("…", False)] if end < len(whole) else shown


def marked(text: LocalText, meant: Understanding | None) -> list[Piece]:
    """The text in pieces, those that answer the query marked. Joined, the pieces are the text."""
    stems = meant.stems(text.lang) if meant else frozenset()
    pieces: list[Piece] = []
    end = 0
    # A text that holds none of them, as most do, is not gone through word by word.
    for match in _WORD.finditer(text.words) if stems & _stems(text.words, text.lang) else ():
        if stems & _stems(match[0], text.lang):
            if match.start() > end:
                pieces.append(Piece(text.words[end : match.start()], False))
            pieces.append(Piece(match[0], True))
            end = match.end()
    if end < len(text.words):
        pieces.append(Piece(text.words[end:], False))
    return pieces


def best_sentence(text: LocalText, meant: Understanding) -> LocalText | None:
    """The sentence that holds most of the searched words, or None when none holds any."""
    stems = meant.stems(text.lang)
    if not stems & _stems(text.words, text.lang):
        return None
    sentences = [
        sentence for line in text.words.split("\n") for sentence in _SENTENCE_END.split(line) if sentence
    ]
    best = max(sentences, key=lambda sentence: len(stems & _stems(sentence, text.lang)))
    return LocalText(best, text.lang, text.fell_back)


@lru_cache(TEXTS_KEPT)
def _stems(text: str, language: Language) -> frozenset[str]:
    """The stems of a text, or of one word as it is written."""
    return frozenset(analysis.terms(text, language))
