"""The two languages of the guide, as one value.

French and Dutch have equal rank: neither is the source of the other. A text is a `Bilingual`;
asked for one language it gives a `LocalText`, which knows when it had to fall back, so that the
page can mark the other language with its own `lang`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

import msgspec

Language = Literal["fr", "nl"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

SPOKEN_LANGUAGES = (
    "fr", "nl", "en", "de", "es", "it", "pt", "ro", "pl", "tr", "ar", "uk", "ru", "bg", "sq", "so", "ti", "fa", "ps",
)  # fmt: skip
"""Languages a service may speak, in the order they are offered: codes of ISO 639-1."""


def other(language: Language) -> Language:
    """The other language."""
    return "nl" if language == "fr" else "fr"


@dataclass(frozen=True, slots=True)
class LocalText:
    """Words as they stand on a page: `lang` is the language they are really in."""

    words: str
    lang: Language
    fell_back: bool = False

    def __str__(self) -> str:
        return self.words

    def __bool__(self) -> bool:
        return bool(self.words)


class Bilingual(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One text in French and Dutch; a side that is not written is None."""

    fr: str | None = None
    nl: str | None = None

    def __composite_values__(self) -> tuple[str | None, str | None]:
        """Its two columns, for SQLAlchemy."""
        return self.fr, self.nl

    def __bool__(self) -> bool:
        return bool(self.fr or self.nl)

    def __iter__(self) -> Iterator[tuple[Language, str]]:
        """The sides that are written, French first."""
        for language in LANGUAGES:
            words = self.side(language)
            if words:
                yield language, words

    def side(self, language: Language) -> str | None:
        """The text in this language only, or None."""
        return self.fr if language == "fr" else self.nl

    def has(self, language: Language) -> bool:
        return bool(self.side(language))

    def localized(self, language: Language) -> LocalText:
        """The text for a reader of this language: hers, else the other side, marked as such.

        With no side written the words are empty and nothing fell back.
        """
        words = self.side(language)
        if words:
            return LocalText(words, language)
        second = other(language)
        words = self.side(second)
        return LocalText(words, second, fell_back=True) if words else LocalText("", language)
