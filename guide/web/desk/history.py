"""What happened to a listing: who changed what, when and why; two versions side by side; one put back."""

from dataclasses import dataclass

from flask import Blueprint, Response, abort, make_response, redirect, render_template, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from guide.audit import Edit
from guide.editing import revisions
from guide.editing.listings import FOLLOWING, differing, is_team, value_at
from guide.languages import Language, LocalText
from guide.model import Revision
from guide.web.desk.listing_view import service_of, who
from guide.web.security.access_control import actor
from guide.web.ui import record_labels
from guide.web.ui.request_context import now, session, writing
from guide.web.ui.urls import bilingual_page, query_value

pages = Blueprint("history", __name__)


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in two versions, in words."""

    path: str
    before: list[LocalText]
    after: list[LocalText]


@bilingual_page(
    pages, "/mon-association/services/<ref>/historique", "/mijn-vereniging/diensten/<ref>/geschiedenis"
)
def history(lang: Language, ref: str) -> str:
    """The versions of a listing, newest first."""
    account = who()
    service = service_of(session(), account, ref)
    return render_template(
        "desk/history/history.html",
        service=service,
        revisions=revisions.history(session(), service),
        technical=FOLLOWING,
        may_restore=is_team(account),
    )


@bilingual_page(
    pages,
    "/mon-association/services/<ref>/historique/comparer",
    "/mijn-vereniging/diensten/<ref>/geschiedenis/vergelijken",
)
def compare(lang: Language, ref: str) -> str | Response:
    """Two versions, field by field; without two numbers of this listing the newest two."""
    service = service_of(session(), who(), ref)
    known = {revision.number: revision for revision in revisions.history(session(), service)}
    numbers = [_number(query_value(name, lang)) for name in ("older", "newer")]
    if not all(number in known for number in numbers):
        abort(404)
    older, newer = (known[number] for number in sorted(numbers))
    shown = [
        Difference(
            path,
            record_labels.lines(path, value_at(older.record, path), older.record),
            record_labels.lines(path, value_at(newer.record, path), newer.record),
        )
        for path in differing(older.record, newer.record)
        if path not in FOLLOWING
    ]
    return make_response(
        render_template(
            "desk/history/compare.html", service=service, older=older, newer=newer, differences=shown
        )
    )


@bilingual_page(
    pages,
    "/mon-association/services/<ref>/historique/<int(max=9999999):number>/retablir",
    "/mijn-vereniging/diensten/<ref>/geschiedenis/<int(max=9999999):number>/herstellen",
    methods=("POST",),
)
def restore(lang: Language, ref: str, number: int) -> AnyResponse:
    """The listing as it stood after a revision, as a new version: for the coordinators."""
    with writing() as db_session:
        account = actor(db_session)
        if not is_team(account):
            abort(403)
        service = service_of(db_session, account, ref)
        revision = db_session.scalar(
            select(Revision).where(Revision.service_id == service.id, Revision.number == number)
        )
        if revision is None:
            abort(404)
        revisions.restore(db_session, revision, Edit(account, now()))
    return redirect(url_for("desk.history.history", ref=ref), 303)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
