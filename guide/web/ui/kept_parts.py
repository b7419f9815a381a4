"""Parts of pages that many visitors read alike, whatever else stands on theirs: made once, as markup.

Whoever has a list, or is answered by Flask for another reason, gets a page of her own around them. Of most pages all
of `main` is such a part: their views render them with a `main_part`, its name. What a view works out for it lies in
functions that are called only when it is made.
"""

from collections.abc import Callable, Hashable

from flask import Flask, g, request

from guide.web.ui.kept_pages import KeptPart, holds_until, midnight
from guide.web.ui.list_cookie import COOKIE as LIST
from guide.web.ui.request_context import content_revision, guide, now
from guide.web.ui.shared_device import COOKIE as SHARED
from guide.web.ui.urls import LANGUAGE_COOKIE, reader

VISITORS = frozenset({LANGUAGE_COOKIE, LIST, SHARED})
"""Cookies of visitors whom nobody knows. None of them changes a part; what does stands in its name."""


def kept_part(name: tuple[Hashable, ...] | None, caller: Callable[[], str]) -> str:
    """The markup of a part of a page: `{% call kept_part(name) %}`.

    `name`: all that the part depends on beside the language, the host and the revision. What it says of this hour is
    told as a page tells it (`holds_until`), by its view before it or within it. None for a part that is somebody's
    own; whoever sends a cookie that may tell who she is gets no kept part either.
    """
    if name is None or not VISITORS.issuperset(request.cookies):
        return caller()
    key, at, pages = (content_revision(), reader(), request.host_url, *name), now(), guide().pages
    part = pages.find_part(key, at)
    if part is None:
        markup = caller()
        until = min(g.get("holds_until") or midnight(at), midnight(at))
        pages.keep_part(key, KeptPart.of(markup, at.replace(second=0, microsecond=0), until))
        holds_until(until)
        return markup
    holds_until(part.until)
    return part.markup


def install(app: Flask) -> None:
    """Gives it to the templates, and to those of views that name no `main_part` the name of none."""
    app.jinja_env.globals["kept_part"] = kept_part
    app.jinja_env.globals["main_part"] = None
