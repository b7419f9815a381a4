"""Pages for what went wrong: in the reader's language where the site can answer, static where it cannot."""

import logging
import traceback
from functools import lru_cache

from flask import Flask, Response, current_app, g, make_response, render_template, request
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError
from werkzeug.exceptions import BadRequest, Conflict, HTTPException, SecurityError, UnprocessableEntity

from guide import paths
from guide.editing.revisions import HiddenStreetError, RecordValidationError
from guide.web.security import access_control, unsaved_input
from guide.web.ui import request_context
from guide.web.ui.assets import asset, integrity

log = logging.getLogger(__name__)


def install(app: Flask) -> None:
    """Registers the pages for 4xx and 5xx."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(DataError, _no_such_value)
    for conflict in (IntegrityError, StaleDataError, ObjectDeletedError):
        app.register_error_handler(conflict, _meanwhile)
    app.register_error_handler(RecordValidationError, _unsound)
    app.register_error_handler(Exception, _crash)


def _http(error: HTTPException) -> Response | HTTPException:
    """The page of an answer that some view, or the router, gave up with."""
    if isinstance(error, SecurityError):
        return _wrong_host()
    code = error.code or 500
    if code < 400 or error.response is not None:
        return error
    _language_from_path()
    if code >= 500:
        return _broken(code)
    g.without_alternate = True
    try:
        page = render_template(
            "errors/error.html",
            code=code,
            typed=unsaved_input.typed_words(),
            hidden_street=bool(g.get("hidden_street")),
        )
        answer = make_response(page, code)
    except OperationalError as unavailable:
        return _database(unavailable)
    for name in ("Allow", "Retry-After"):
        value = dict(error.get_headers()).get(name)
        if value:
            answer.headers[name] = value
    return answer


def _database(error: OperationalError) -> Response:
    """Locked or away: the page asks for patience and gives the numbers, or holds what was typed where one can still
    read. Nothing of the query is logged."""
    log.error("database unavailable: %s on %s", type(error.orig).__name__, request.endpoint)
    answer = _typed_again() or _broken(503)
    answer.headers["Retry-After"] = "5"
    return answer


def _no_such_value(error: DataError) -> Response | HTTPException:
    # No form of ours sends what a column cannot hold at all: a NUL, a number past its end.
    return _http(BadRequest())


def _meanwhile(error: Exception) -> Response | HTTPException:
    """Two acts met: a double click, a row or a session that went while the page was being made."""
    log.warning("overtaken on %s: %s\n%s", request.endpoint, type(error).__name__, _where(error))
    return _overtaken(Conflict())


def _unsound(error: RecordValidationError) -> Response | HTTPException:
    """A version put back, or a listing archived, republished or merged, that names what the guide has no more, or
    writes out the street of an address that is kept secret."""
    g.hidden_street = isinstance(error, HiddenStreetError)
    return _overtaken(UnprocessableEntity())


def _overtaken(answer: HTTPException) -> Response | HTTPException:
    # Nothing read before is believed any more; whoever was signed in is looked up anew.
    g.pop("current_session", None)
    try:
        request_context.session().rollback()
    except OperationalError as unavailable:
        return _database(unavailable)
    return _http(answer)


def _crash(error: Exception) -> Response:
    if current_app.testing:
        raise error
    log.error("failure on %s: %s\n%s", request.endpoint, type(error).__name__, _where(error))
    return _broken(500)


def _typed_again() -> Response | None:
    """The page that holds what was typed, to be sent again; None where nothing was, or where nothing can be read."""
    if request.method != "POST" or request.files or not unsaved_input.typed_values():
        return None
    try:
        # Nothing read before is believed any more; whoever was signed in is looked up anew.
        g.pop("current_session", None)
        request_context.session().rollback()
        return access_control.typed_again(503)
    except OperationalError:
        return None


def _where(error: Exception) -> str:
    """The place of an error, never its words: these may hold a value, as those of a broken database rule do."""
    return "".join(traceback.format_tb(error.__traceback__))


def _wrong_host() -> Response:
    """Asked under a name that is not the guide's: no page is made, since its links would bear that name."""
    answer = Response(
        "Ce nom n’est pas celui du guide.\nDit is niet de naam van de gids.\n",
        status=400,
        mimetype="text/plain",
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _language_from_path() -> None:
    """A page that does not exist still speaks the language of its address."""
    if request.path.startswith("/nl"):
        g.lang = "nl"
    elif request.path.startswith("/fr"):
        g.lang = "fr"


@lru_cache(maxsize=1)
def _broken_page() -> str:
    """The static page, with the script by which one leaves it quickly."""
    page = (paths.STATIC / "broken.html").read_text(encoding="utf-8")
    name = "js/site.js"
    load = f'<script src="{asset(name)}" integrity="{integrity(name)}" defer></script>'
    return page.replace("  </head>", f"    {load}\n  </head>")


def _broken(code: int) -> Response:
    """The static page in both languages, which needs neither database nor templates."""
    answer = Response(_broken_page(), status=code, mimetype="text/html")
    answer.headers["Cache-Control"] = "no-store"
    return answer
