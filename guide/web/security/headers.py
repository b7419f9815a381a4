"""Headers of every answer: what a browser may load, keep and tell; and the ETag that answers 304.

The policy allows nothing from elsewhere, no inline script and no inline style.
"""

from flask import Flask, Response, current_app, g, request

from guide.web.security.policy import KEPT
from guide.web.ui.kept_pages import SLOT, offer
from guide.web.ui.list_cookie import COOKIE as LIST_COOKIE
from guide.web.ui.request_context import now
from guide.web.ui.shared_device import is_shared
from guide.web.ui.urls import LANGUAGE_COOKIE, is_https, is_secure, switched_language

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
SESSION_COOKIES = {"session", "__Host-session"}
_YEAR = 365 * 24 * 3600


def security_headers(secure: bool) -> dict[str, str]:
    """What every answer says, also one that never reached the application; `secure`: the site is an https one."""
    found = {
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Frame-Options": "DENY",
        "Permissions-Policy": "geolocation=(), camera=(), microphone=(), browsing-topics=()",
    }
    if secure:
        found["Strict-Transport-Security"] = f"max-age={_YEAR}; includeSubDomains"
    return found


def install(app: Flask) -> None:
    """Sets the headers on every answer, error pages and static files included."""

    @app.before_request
    def _without_date() -> None:
        # Answers are told apart by their ETag alone; a date past all calendars would stop the library that reads it.
        request.environ.pop("HTTP_IF_MODIFIED_SINCE", None)

    fixed = security_headers(is_https(app.config["SITE_URL"]))

    @app.after_request
    def _headers(response: Response) -> Response:
        headers = response.headers
        for name, value in fixed.items():
            headers[name] = value
        if response.mimetype == "text/html":
            _remember_language(response)
            _caching(response)
        elif g.get("with_token"):
            # A file of somebody signed in (an export) is kept by nobody either.
            headers["Cache-Control"] = "private, no-store"
        elif g.get("sensitive"):
            # Nor is a file that names a sensitive listing.
            headers["Cache-Control"] = "no-store"
        if request.endpoint in KEPT and SLOT in request.environ:
            offer(response, now())
        if response.mimetype == "text/html" and "ETag" in headers:
            response.make_conditional(request)
        return response


def _remember_language(response: Response) -> None:
    chosen = switched_language()
    if chosen and request.method == "GET" and request.cookies.get(LANGUAGE_COOKIE) != chosen:
        secure = is_secure()
        response.set_cookie(
            LANGUAGE_COOKIE, chosen, max_age=_YEAR, httponly=True, samesite="Lax", secure=secure, path="/"
        )


def _caching(response: Response) -> None:
    """Sensitive pages are kept by nobody; personal ones by their own browser only; the others by all.

    On a telephone that somebody said is not hers, no page is kept.

    Whoever keeps a page asks whether it is still the same (its ETag): hours and states change, and a switch of
    language that a browser answered by itself would never be remembered.

    Personal: a page with a cookie, with somebody's words or list in its address, or whose links bear a name
    that only the visitor gave (no GUIDE_SITE_URL). A page without a language in its address is never kept.
    """
    headers = response.headers
    if request.method not in ("GET", "HEAD") or response.status_code not in (200, 404, 410):
        headers["Cache-Control"] = "no-store"
        return
    if g.get("with_token") or SESSION_COOKIES & set(request.cookies):
        # A page with a form of its own, or of somebody signed in: kept by nobody, not even by her browser.
        headers["Cache-Control"] = "private, no-store"
        response.vary.add("Cookie")
        return
    if g.get("sensitive") or is_shared() or not request.path.startswith(("/fr/", "/nl/")):
        headers["Cache-Control"] = "no-store"
        return
    if "Cache-Control" not in headers:
        named = current_app.config["SITE_URL"] or current_app.config.get("TRUSTED_HOSTS")
        own = LIST_COOKIE in request.cookies or "Set-Cookie" in headers or g.get("personal") or not named
        headers["Cache-Control"] = "private, no-cache" if own else "public, no-cache"
    response.vary.update(("Cookie", "Save-Data"))
    if response.status_code == 200:
        response.add_etag(weak=True)
