"""Sentences of the interface for who has no page before her: mails, commands, and words shared with pages.

The source is French; the Dutch comes from the same catalogue as the pages'. Inside a page use Flask-Babel's.
"""

from collections.abc import Callable
from functools import cache

from babel.support import NullTranslations, Translations

from guide import paths
from guide.languages import Language

Sentence = Callable[..., str]


@cache
def sentences(language: Language) -> Sentence:
    """The function that gives a French sentence in this language, its %(names)s filled in.

    Name it `_` where it is used, so that the catalogue finds the sentence:
    `_ = sentences(language)`, then `_('Fermé')` or `_('le %(date)s', date=…)`.
    """

    def sentence(french: str, **values: object) -> str:
        words = catalogue(language).ugettext(french)
        return words % values if values else words

    return sentence


@cache
def catalogue(language: Language) -> NullTranslations:
    """The compiled catalogue; the French one gives the source back."""
    if language == "fr":
        return NullTranslations()
    return Translations.load(paths.TRANSLATIONS, [language])
