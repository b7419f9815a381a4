"""A telephone that is not one's own: a cookie that ends with the browser says that nothing may be kept on it."""

from flask import Response, request

from guide.web.ui.urls import is_secure

COOKIE = "partage"


def is_shared() -> bool:
    """Did somebody say that this telephone is not hers?"""
    return request.cookies.get(COOKIE) == "1"


def share(response: Response, shared: bool) -> None:
    """Notes the choice until the browser is closed, or takes it back."""
    secure = is_secure()
    if shared:
        response.set_cookie(COOKIE, "1", httponly=True, samesite="Lax", secure=secure, path="/")
    else:
        response.delete_cookie(COOKIE, httponly=True, samesite="Lax", secure=secure, path="/")
