"""A part of a page in the site's other language: a panel answers in the language of the words that were typed."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, g, render_template
from flask_babel import force_locale
from markupsafe import Markup

from guide.languages import Language
from guide.web.addresses import reader


@contextmanager
def speaking(side: Language) -> Iterator[None]:
    """Everything inside is written for a reader of this language: words, addresses, dates."""
    before = reader()
    g.lang = side
    try:
        with force_locale(side):
            yield
    finally:
        g.lang = before


def in_side(template: str, side: Language, **values: object) -> Markup:
    """This template made in this language; it bears its own `lang`."""
    with speaking(side):
        return Markup(render_template(template, **values))  # noqa: S704 - made by our own template, escaped there


def install(app: Flask) -> None:
    """Lets templates use it."""
    app.jinja_env.globals["in_side"] = in_side
