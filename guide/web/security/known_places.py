"""Where a request comes from, as an account knows it: the cookie of a known browser, and the network.

`guide.accounts.known_places` keeps them; the cookie is no session and lets nobody in, so it stays out of
`access_control`.
"""

from flask import request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from guide.accounts import known_places
from guide.model import Account, PlaceKind
from guide.web.ui.request_context import network, now
from guide.web.ui.shared_device import is_shared
from guide.web.ui.urls import is_secure


def remember(answer: Response, account: Account, db_session: Session) -> None:
    """Whoever is here has shown that the account is hers: her tries from here are counted apart from now on.

    The cookie stays after signing out. A browser that is not one's own gets none.
    """
    known_places.remember_network(db_session, account, network(), now())
    if is_shared():
        return
    token = known_places.remember_browser(db_session, account, _token(), now())
    answer.set_cookie(
        _cookie_name(),
        token,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=is_secure(),
        max_age=known_places.KEPT[PlaceKind.BROWSER],
    )


def known(db_session: Session, account: Account | None) -> known_places.Place | None:
    """Where this request comes from, if this account knows it."""
    return known_places.find(db_session, account, _token(), network(), now())


def _cookie_name() -> str:
    return "__Host-connu" if is_secure() else "connu"


def _token() -> str:
    return request.cookies.get(_cookie_name(), "")[:64]
