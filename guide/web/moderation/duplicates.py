"""Duplicates: pairs that look alike, two listings side by side, one page to agree to, and the way back."""

from flask import Blueprint, Response, abort, g, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse
from wtforms import RadioField

from guide.audit import Edit
from guide.editing import fulfilments, listings, merging
from guide.languages import Language
from guide.model import Publication, Service
from guide.web.desk.pending import came_meanwhile, waiting_at
from guide.web.moderation.common import shown_between
from guide.web.security import access_control
from guide.web.ui import forms
from guide.web.ui.forms import N_, GuideForm, needed, options
from guide.web.ui.request_context import now, session, writing
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import bilingual_page, query_value, reader

pages = Blueprint("duplicates", __name__)

FORM = ("GET", "POST")


NOT_COMPARED = ("key", "short_code", "merged_into", "assured_date")
"""Differences of every two listings, that say nothing of whether they are one."""


class KeepForm(GuideForm):
    kept = RadioField(
        label=N_("Laquelle reste ?"), validators=[needed(lambda: _("Choisissez la fiche qui reste."))]
    )


@bilingual_page(pages, "/moderation/doublons", "/moderatie/dubbels")
def duplicates(lang: Language) -> str:
    """Pairs of listings that look like one; and those that were merged."""
    return render_template(
        "moderation/duplicates/duplicates.html",
        pairs=merging.likely_duplicates(session()),
        services=sorted(_published(session()), key=lambda one: one.name.localized(lang).words.casefold()),
        merged=merging.merged(session()),
    )


@bilingual_page(pages, "/moderation/doublons/reunir", "/moderatie/dubbels/samenvoegen", FORM)
def merge(lang: Language) -> str | Response | AnyResponse:
    """Two listings side by side; which stays; what then happens; and only then the merge."""
    asked = [
        request.form.get(name) or query_value(place, lang)
        for name, place in (("a", "first"), ("b", "second"))
    ]
    g.alternate_query = {"first": asked[0], "second": asked[1]}
    by_key = {one.key: one for one in _published(session(), asked)}
    if len(by_key) != 2:
        return redirect(
            url_for("moderation.duplicates.duplicates", fait="reuni" if _is_done(asked) else "deux"), 303
        )
    first, second = (by_key[key] for key in asked)
    form = KeepForm(request.form if request.method == "POST" else None)
    form.kept.choices = options((one.key, one.name.localized(reader()).words) for one in (first, second))
    kept = gone = None
    if forms.sent() and form.validate():
        kept, gone = (first, second) if form.kept.data == first.key else (second, first)
        if request.form.get("quoi") == "reunir":
            done = _merged(gone, kept)
            if done:
                return redirect(url_for("moderation.duplicates.duplicates", fait=done), 303)
            form.problems.append(came_meanwhile())
    before, after = listings.record_of(first), listings.record_of(second)
    paths = [path for path in listings.differing(before, after) if path not in NOT_COMPARED]
    page = render_template(
        "moderation/duplicates/merge.html",
        first=first,
        second=second,
        form=form,
        shown=shown_between(before, after, paths),
        kept=kept,
        gone=gone,
        inherited=merging.inherited(gone, kept) if gone is not None and kept is not None else [],
        links=len(fulfilments.of(session(), gone)) if gone is not None else 0,
        waiting=waiting_at(session(), gone) if gone is not None else None,
    )
    return make_response(page, 422 if form.has_errors else 200)


def _merged(gone: Service, kept: Service) -> str:
    """Merges, and says so for the next page's address; '' when something waits that the page did not tell of."""
    try:
        with writing() as db_session:
            leaving, staying = (db_session.get_one(Service, each.id) for each in (gone, kept))
            merging.hold(db_session, leaving, staying)
            if waiting_at(db_session, leaving).unsaid:
                return ""
            merging.merge(db_session, leaving, staying, Edit(access_control.actor(db_session), now()))
    except merging.MergeError:
        return "deux"
    return "reuni"


def _is_done(keys: list[str]) -> bool:
    """Was this very merge done already? Then this is the second of two clicks."""
    kept = request.form.get("kept", "")
    gone = next((key for key in keys if key != kept), "")
    found = session().scalar(select(Service.merged_into).where(Service.key == gone))
    return request.form.get("quoi") == "reunir" and bool(found) and found == kept


@bilingual_page(pages, "/moderation/doublons/separer", "/moderatie/dubbels/scheiden", ("POST",))
def separate(lang: Language) -> AnyResponse:
    """Undoes a merge: both listings are in the guide again."""
    with writing() as db_session:
        gone = listings.find(db_session, access_control.actor(db_session), request.form.get("fiche", ""))
        if gone is None:
            abort(404)
        done = merging.separate(db_session, gone, Edit(access_control.actor(db_session), now()))
    return redirect(url_for("moderation.duplicates.duplicates", fait="separe" if done else "deux"), 303)


def _published(db_session: Session, keys: list[str] | None = None) -> list[Service]:
    query = select(Service).where(Service.publication == Publication.PUBLISHED)
    return list(db_session.scalars(query.where(Service.key.in_(keys)) if keys is not None else query))
