"""My list, as the browser keeps it: short codes in a cookie that ends with the browser. Nothing is stored here."""

import re

from flask import Response, request

from guide.web.ui.urls import is_secure

COOKIE = "liste"
MOST = 60
_CODE = re.compile(r"[a-z0-9]{3,8}")


def kept_codes() -> list[str]:
    """The codes in the browser's list, in order, each once; anything else in the cookie is passed over."""
    return parse_codes(request.cookies.get(COOKIE, "").replace(".", ","))


def parse_codes(text: str) -> list[str]:
    """Codes out of 'a1b,c2d' (an address or the cookie); at most sixty, anything malformed is dropped."""
    found = [code for code in text[:1000].split(",") if _CODE.fullmatch(code)]
    return list(dict.fromkeys(found))[:MOST]


def keep_codes(response: Response, codes: list[str]) -> None:
    """Writes the list into the browser until it is closed; an empty list removes the cookie."""
    secure = is_secure()
    if codes:
        response.set_cookie(COOKIE, ".".join(codes), httponly=True, samesite="Lax", secure=secure, path="/")
    else:
        response.delete_cookie(COOKIE, httponly=True, samesite="Lax", secure=secure, path="/")
