"""Values that go through a page and come back: signed with the site's key for one purpose, and dated.

Their age is measured by the request's own clock, as every other time of the guide.
"""

from datetime import timedelta
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, TimestampSigner, URLSafeTimedSerializer

from guide.web.ui.request_context import now


class _Clocked(TimestampSigner):
    def get_timestamp(self) -> int:
        return int(now().timestamp())


class _Serializer(URLSafeTimedSerializer):
    default_signer = _Clocked


def sign(purpose: str, value: Any) -> str:
    """The value as a text that only this site can have written, for this purpose."""
    return str(_Serializer(current_app.config["SECRET_KEY"], salt=purpose).dumps(value))


def signed(purpose: str, text: str, life: timedelta) -> Any | None:
    """The value again; None when it was not signed here for this purpose, or longer ago than `life`."""
    try:
        seconds = int(life.total_seconds())
        return _Serializer(current_app.config["SECRET_KEY"], salt=purpose).loads(text, max_age=seconds)
    except BadSignature:
        return None
