"""At the door: who is asking, whether she may, and whether it is our own form that was sent.

One check before every request, by the table of `policy`. A form of somebody signed in carries a token of her
session; a form of anybody carries a signed, time-limited one, without any cookie.
"""

import hmac
from contextlib import suppress
from datetime import datetime
from io import BytesIO
from typing import IO, cast
from urllib.parse import urlsplit

from flask import (
    Flask,
    Request,
    Response,
    abort,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from guide.accounts import second_factor, sessions
from guide.crypto import digest, mask, token_digest, unmask
from guide.model import Account, AccountSession
from guide.web.security import known_places, unsaved_input
from guide.web.security.policy import LARGE, LARGEST, ROLES, TOO_LARGE, Access, access_for
from guide.web.security.signing import sign, signed
from guide.web.ui import forms
from guide.web.ui.request_context import now, session, writing
from guide.web.ui.urls import is_secure, site_url

LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "::1")

SETTING_UP = ("accounts.my_account.one_time_codes", "accounts.sign_in.sign_out", "accounts.my_account.mine")
"""Where somebody may go whose role needs one-time codes and who has not set them up yet."""


class _Request(Request):
    """A file that is sent stays in memory, as `LARGEST` allows: on the disk it would outlive a power cut."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return BytesIO()


def install(app: Flask) -> None:
    """Puts the check before every request, and the token at hand in every template."""
    app.request_class = _Request
    app.before_request(_check)
    app.jinja_env.globals.update(form_token=form_token)

    @app.context_processor
    def _who() -> dict[str, object]:
        return {
            "account": signed_in(),
            "oidc_name": app.config.get("OIDC_NAME"),
            "endpoints": app.view_functions,
        }


def signed_in() -> Account | None:
    """Whoever is signed in, with her organisations, as she stood when the request began; None for a visitor."""
    login_session = current_session()
    return login_session.account if login_session is not None else None


def current_session() -> AccountSession | None:
    """The session of this browser, if it lives."""
    if "current_session" not in g:
        token = request.cookies.get(cookie_name())
        found = sessions.find(session(), token, now()) if token else None
        # Opened before the account had one-time codes: one of them must be given first.
        half = found is not None and second_factor.is_set_up(found.account) and not found.second_factor
        g.current_session = None if half else found
    return cast("AccountSession | None", g.current_session)


def actor(db_session: Session) -> Account:
    """The person who acts, in a session of `context.writing()`; 403 when nobody is signed in any more."""
    account = signed_in()
    found = db_session.get(Account, account.id) if account is not None else None
    if found is None:
        abort(403)
    return found


def cookie_name() -> str:
    return "__Host-session" if is_secure() else "session"


def may_sign_in_here() -> bool:
    """A session's cookie goes over https, or over plain http that never leaves this machine."""
    if is_secure():
        # A proxy that does not say https would make every cookie useless: better said than wondered at.
        return request.is_secure
    host = urlsplit(site_url()).hostname
    return host in LOOPBACK


def open_session(answer: AnyResponse, account: Account, db_session: Session, with_second_factor: bool) -> str:
    """Signs an account in on this browser: a new token always, whatever cookie came with the request.

    Gives the token that the new session's forms carry.
    """
    before = current_session()
    if before is not None:
        row = db_session.get(AccountSession, before.id)
        if row is not None:
            sessions.end(db_session, row)
    token = sessions.begin(
        db_session, account, request.headers.get("User-Agent", "")[:400], now(), with_second_factor
    )
    g.current_session = None  # the page made now is still of the session before
    answer.set_cookie(
        cookie_name(), token, path="/", httponly=True, samesite="Lax", secure=is_secure(), max_age=None
    )
    known_places.remember(answer, account, db_session)
    return mask(digest(current_app.config["SECRET_KEY"], "form", token_digest(token)))


def close_session(answer: AnyResponse) -> None:
    answer.delete_cookie(cookie_name(), path="/", httponly=True, samesite="Lax", secure=is_secure())


def form_token(path: str) -> str:
    """The token a form to this path must carry, written otherwise each time; makes the page one that nobody keeps."""
    g.personal = g.with_token = True
    login_session = current_session()
    return mask(_session_token(login_session) if login_session is not None else sign(f"form:{path}", "form"))


def own_path(path: str) -> str:
    """A path of this site to go on to, or ''. Nothing that a browser could take for another place (C21)."""
    fine = (
        path.startswith(("/fr/", "/nl/"))
        and "\\" not in path
        and "//" not in path
        and len(path) <= 600
        and path.isprintable()
    )
    return path if fine else ""


def _check() -> AnyResponse | None:
    """The one check before every request: None lets it in, an answer stands in its place."""
    _refuse_too_large()
    if request.endpoint is None:
        return None  # a wrong address, or a redirect of the router's own
    if request.endpoint in LARGE:
        # Before the form is read, which checking its token does.
        request.max_content_length = request.max_form_memory_size = LARGE[request.endpoint]
    access = access_for(request.endpoint, request.method)
    if _is_unsafe() and not _is_our_own():
        abort(403)
    if access is Access.PUBLIC:
        return None
    if access is Access.ANONYMOUS:
        return _check_anonymous()
    return _check_signed_in(access)


def _refuse_too_large() -> None:
    if request.environ.get(TOO_LARGE) or (request.content_length or 0) > LARGEST:
        abort(413)
    if request.content_length is None and "Transfer-Encoding" in request.headers:
        # Behind gunicorn; our own server has counted it. No browser sends so, and it would be cut, not refused.
        abort(411)


def _is_unsafe() -> bool:
    return request.method not in ("GET", "HEAD", "OPTIONS")


def _check_anonymous() -> AnyResponse | None:
    """A form that anybody may send, with the token of its own page."""
    if not _token_is_right():
        return _again()
    unsaved_input.is_our_form()
    return None


def _check_signed_in(access: Access) -> AnyResponse | None:
    """A page for somebody signed in: the right role, one-time codes where they are due, the token of her session."""
    g.personal = g.with_token = True
    login_session = current_session()
    if login_session is None:
        return _to_sign_in(_is_unsafe())
    token_is_right = not _is_unsafe() or _token_is_right()
    if _is_unsafe() and token_is_right:
        unsaved_input.is_our_form()
    if login_session.account.role not in ROLES[access]:
        return _not_for_you()
    if request.endpoint not in SETTING_UP and _must_set_up(login_session):
        return redirect(url_for("accounts.my_account.one_time_codes"), 303)
    if not token_is_right:
        return _again()
    _note_use(login_session)
    return None


def _must_set_up(login_session: AccountSession) -> bool:
    account = login_session.account
    return account.role in second_factor.NEEDED_BY and not login_session.second_factor


def _note_use(login_session: AccountSession) -> None:
    moment: datetime = now()
    if login_session.seen_at + sessions.SEEN_EVERY <= moment:
        # While the database is locked one can still read, and nobody waits for this.
        with suppress(OperationalError), writing(patience=0) as changing:
            row = changing.get(AccountSession, login_session.id)
            if row is not None:
                sessions.seen(changing, row, moment)


def _is_our_own() -> bool:
    """Does the browser say that the form was on a page of ours? Old browsers say nothing: the token decides."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin")
    # Compared as text: an Origin may be anything, also no address at all.
    return not origin or origin in (request.host_url.rstrip("/"), site_url())


def _token_is_right() -> bool:
    given = unmask(request.form.get(forms.TOKEN, ""))
    login_session = current_session()
    if login_session is not None and hmac.compare_digest(
        given.encode(), _session_token(login_session).encode()
    ):
        return True
    if (
        login_session is not None
        and access_for(request.endpoint or "", request.method) is not Access.ANONYMOUS
    ):
        return False
    alternate = _alternate_path()
    return any(
        signed(f"form:{path}", given, forms.FORM_LIFE) == "form" for path in (request.path, alternate) if path
    )


def _alternate_path() -> str | None:
    """The switch of language sends a form to the alternate of its own page: its token was made for that one."""
    values = dict(request.view_args or {})
    if forms.SWITCH not in request.form or "lang" not in values or request.endpoint is None:
        return None
    values["lang"] = "nl" if values["lang"] == "fr" else "fr"
    return url_for(request.endpoint, **values)


def _session_token(login_session: AccountSession) -> str:
    return digest(current_app.config["SECRET_KEY"], "form", login_session.digest)


def _again() -> Response:
    """The token is missing, old or another's: what was typed is shown again, to be sent with a fresh one."""
    return typed_again(400)


def typed_again(status: int) -> Response:
    """A page that holds what was typed and one button that sends it again, with this status: 400 for a page that
    was open too long, 503 for a site that is too busy to save. Passwords, codes and files are not kept."""
    g.without_alternate = True
    return make_response(
        render_template(
            "security/access_control/again.html",
            busy=status == 503,
            kept=unsaved_input.typed_values(),
            target=request.path,
            token=form_token(request.path),
        ),
        status,
    )


def _not_for_you() -> Response:
    """Signed in, but this is the work of another role."""
    g.without_alternate = True
    page = render_template("security/access_control/not_for_you.html", typed=unsaved_input.typed_words())
    return make_response(page, 403)


def _to_sign_in(unsafe: bool) -> AnyResponse:
    """Nobody is signed in (any more): to the sign-in, and from there back, with what was typed."""
    if not unsafe:
        target = own_path(request.full_path.rstrip("?"))
        return redirect(url_for("accounts.sign_in.sign_in", suite=target or None), 303)
    if request.cookies.get(cookie_name()) or request.headers.get("Sec-Fetch-Site") == "same-origin":
        # A cookie of ours comes with no form of another site (SameSite), and no other site's form says that it
        # is ours: her own session has just ended.
        unsaved_input.is_our_form()
    # Carried as the sign-in's own fields: the account pages import this module, not the other way round.
    g.without_alternate = True
    page = render_template(
        "security/access_control/session_over.html",
        target=url_for("accounts.sign_in.sign_in"),
        suite=own_path(request.path),
        kept=unsaved_input.keep(request.path, unsaved_input.typed_values()),
        typed=unsaved_input.typed_words(),
    )
    return make_response(page, 401)
