"""Sentences of a page in its reader's language: `_` of every view and template.

Flask-Babel keeps the language, the dates and the words of forms. Its own `gettext` finds out anew, sentence by
sentence, which language is read and which catalogue that is: a third of the time of a page that says 300 of them.
"""

from functools import lru_cache

from flask import Flask, g
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from guide.languages import Language
from guide.sentences import catalogue, sentences

MOST_SENTENCES = 8192
"""More than both languages have."""


def gettext(french: str, /, **values: object) -> str:
    """This sentence in the reader's language, its %(names)s filled in."""
    return sentences(_reader())(french, **values)


def ngettext(singular: str, plural: str, number: int, /, **values: object) -> str:
    """The same for so many, which the sentence names %(num)s."""
    words = catalogue(_reader()).ungettext(singular, plural, number)
    return words % {"num": number, **values}


def _reader() -> Language:
    lang: Language = g.get("lang", "fr")
    return lang


@pass_eval_context
def _in_template(context: EvalContext, french: str, /, **values: object) -> str:
    """`gettext` of a template: escapes what is filled in where the template escapes."""
    if not context.autoescape:
        return sentences(_reader())(french) % values
    return _markup(_reader(), french) % values if values else _whole(_reader(), french)


@pass_eval_context
def _count_in_template(
    context: EvalContext, singular: str, plural: str, number: int, /, **values: object
) -> str:
    words = catalogue(_reader()).ungettext(singular, plural, number)
    return (as_markup(words) if context.autoescape else words) % {"num": number, **values}


@lru_cache(MOST_SENTENCES)
def _markup(language: Language, french: str) -> Markup:
    return as_markup(sentences(language)(french))


@lru_cache(MOST_SENTENCES)
def _whole(language: Language, french: str) -> Markup:
    """A sentence without gaps, as the page writes it: its '%%' is one '%'."""
    return _markup(language, french) % {}


def as_markup(sentence: str) -> Markup:
    """A sentence of our own catalogue, which may hold markup; never what anybody typed."""
    return Markup(sentence)  # noqa: S704 (written by us, in the templates and in the catalogue)


def install(app: Flask) -> None:
    """Gives them to the templates, in the place of Flask-Babel's; after it."""
    app.jinja_env.globals.update(_=_in_template, gettext=_in_template, ngettext=_count_in_template)
