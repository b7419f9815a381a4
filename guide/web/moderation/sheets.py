"""Ready-made sheets at the coordinator's desk: their words, their services and the order of these."""

from collections.abc import Mapping

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse
from wtforms import StringField, TextAreaField

from guide.audit import Edit
from guide.directory.selections import all_selections, services_of
from guide.editing import selections
from guide.languages import Language
from guide.model import Selection, Service, ServiceState
from guide.records.three_way_merge import seen_now
from guide.web.security import access_control
from guide.web.security.signing import sign, signed
from guide.web.ui import forms
from guide.web.ui.fields import private_words
from guide.web.ui.forms import N_, GuideForm, at_most, chosen_of, needed
from guide.web.ui.request_context import now, session, writing
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import bilingual_page, reader

pages = Blueprint("sheets", __name__)


class SheetForm(GuideForm):
    title_fr = StringField(
        label=N_("Titre en français"),
        validators=[needed(lambda: _("Écrivez le titre en français.")), at_most(80)],
    )
    title_nl = StringField(
        label=N_("Titre en néerlandais"),
        validators=[needed(lambda: _("Écrivez le titre en néerlandais.")), at_most(80)],
    )
    introduction_fr = TextAreaField(
        label=N_("Introduction en français"),
        validators=[needed(lambda: _("Écrivez une introduction en français.")), at_most(400)],
    )
    introduction_nl = TextAreaField(
        label=N_("Introduction en néerlandais"),
        validators=[needed(lambda: _("Écrivez une introduction en néerlandais.")), at_most(400)],
    )
    extra_fr = StringField(label=N_("Une ligne en plus, en français"), validators=[at_most(160)])
    extra_nl = StringField(label=N_("Une ligne en plus, en néerlandais"), validators=[at_most(160)])


@bilingual_page(pages, "/moderation/feuilles/", "/moderatie/bladen/")
def index(lang: Language) -> str:
    """The sheets, each with the way to its desk."""
    return render_template("moderation/sheets/index.html", sheets=all_selections(session()))


@bilingual_page(pages, "/moderation/feuilles/<key>", "/moderatie/bladen/<key>", methods=("GET", "POST"))
def sheet(lang: Language, key: str) -> str | Response | AnyResponse:
    """One sheet: its words in a form; each service with its buttons; one more from a list."""
    found = session().scalar(select(Selection).where(Selection.key == key))
    if found is None:
        abort(404)
    what = request.form.get("quoi", "") if request.method == "POST" else ""
    form = SheetForm(request.form if what == "textes" else None, data=selections.texts_of(found))
    given = request.form.get("vu", "")
    seen = signed(_purpose(found), given, forms.FORM_LIFE)
    conflict: list[str] = []
    if forms.sent():
        if what == "textes":
            if form.validate() and _sound(form):
                conflict = _write(found, form, seen)
                if not conflict:
                    return redirect(url_for("moderation.sheets.sheet", key=key, fait="textes"), 303)
                form.problems.append(forms.changed_meanwhile())
                session().expire_all()
        else:
            with writing() as db_session:
                done = _do(db_session, db_session.get_one(Selection, found.id), what)
            return redirect(url_for("moderation.sheets.sheet", key=key, fait="ordre" if done else None), 303)
    stands = selections.texts_of(found)
    services = services_of(session(), found, now().date())
    page = render_template(
        "moderation/sheets/sheet.html",
        sheet=found,
        form=form,
        # While she mends a field it stays what her form first showed.
        seen=given
        if what == "textes" and not conflict
        else sign(_purpose(found), seen_now(seen, stands, conflict)),
        theirs={name: stands[name] for name in conflict},
        services=services,
        others=_others(services),
    )
    return make_response(page, 422 if form.has_errors else 200)


def _sound(form: SheetForm) -> bool:
    """Says at the field what a sheet cannot bear: somebody's number or name, or a line in one language only."""
    for field in form:
        words = private_words(field.data or "")
        if words:
            field.errors = [words]
    if bool(form.extra_fr.data) != bool(form.extra_nl.data):
        missing = form.extra_nl if form.extra_fr.data else form.extra_fr
        missing.errors = [_("Écrivez cette ligne dans les deux langues, ou dans aucune.")]
    return not form.has_errors


def _write(sheet: Selection, form: SheetForm, seen: Mapping[str, str] | None) -> list[str]:
    """Saves the words; the names of fields somebody else changed meanwhile (then nothing is saved)."""
    values = {name: form[name].data or "" for name in selections.texts_of(sheet)}
    with writing() as db_session:
        mine = db_session.get_one(Selection, sheet.id)
        return selections.set_texts(
            db_session, mine, values, seen, Edit(access_control.actor(db_session), now())
        )


def _purpose(sheet: Selection) -> str:
    return f"seen:sheet:{sheet.key}"


def _do(db_session: Session, sheet: Selection, what: str) -> bool:
    """What one of the small buttons says; False when it changes nothing any more."""
    service = db_session.scalar(select(Service).where(Service.key == request.form.get("service", "")[:64]))
    if service is None:
        return False
    me = access_control.actor(db_session)
    if what == "ajouter":
        return _may_stand(service) and selections.add(db_session, sheet, service, Edit(me, now()))
    if what == "enlever":
        return selections.remove(db_session, sheet, service, Edit(me, now()))
    where = {"monter": selections.Direction.UP, "descendre": selections.Direction.DOWN}
    direction = chosen_of(tuple(where), what)
    return direction is not None and selections.move(
        db_session, sheet, service, where[direction], Edit(me, now())
    )


def _may_stand(service: Service) -> bool:
    """Is it shown to the public, and does it exist? Anything else would be added without ever being seen."""
    return service.is_public and service.state is ServiceState.EXISTING


def _others(shown: list[Service]) -> list[tuple[str, str]]:
    """What could still be added: (key, name), by name."""
    rows = session().scalars(
        select(Service).where(
            Service.is_public,
            Service.state == ServiceState.EXISTING,
        )
    )
    keys = {service.key for service in shown}
    pairs = [(row.key, row.name.localized(reader()).words) for row in rows if row.key not in keys]
    return sorted(pairs, key=lambda pair: pair[1].casefold())
