"""A part of a page in the site's other language: a panel answers in the language of the words that were typed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, current_app, g
from flask_babel import force_locale

from guide.languages import Language
from guide.web.ui.urls import reader


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


def in_side(template: str, side: Language, **values: object) -> str:
    """This template made in this language; it bears its own `lang`. Jinja escapes it, and says that it did."""
    with speaking(side):
        known: dict[str, Any] = dict(values)
        current_app.update_template_context(known)
        return current_app.jinja_env.get_template(template).make_module(known).__html__()


def install(app: Flask) -> None:
    """Lets templates use it."""
    app.jinja_env.globals["in_side"] = in_side
