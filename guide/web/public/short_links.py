"""`/s/<code>`: the short address that stands on paper and in messages. Codes never change."""

from flask import Blueprint, abort, g, redirect
from sqlalchemy import select
from werkzeug.wrappers import Response

from guide.editing.listings import successor
from guide.model import Service
from guide.web.ui.cards import service_url
from guide.web.ui.request_context import session
from guide.web.ui.urls import preferred_language

pages = Blueprint("short_links", __name__)


@pages.get("/s/<code>")
def follow(code: str) -> Response:
    """Leads to the record in the reader's language (French when nothing is known of it)."""
    record = session().scalar(select(Service).where(Service.short_code == code.lower()[:8]))
    if record is None:
        abort(404)
    g.lang = preferred_language() or "fr"
    answer = redirect(service_url(successor(session(), record) or record), 302)
    answer.headers["Cache-Control"] = "no-store"
    answer.vary.update(("Accept-Language", "Cookie"))
    return answer
