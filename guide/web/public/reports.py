"""Reporting an error, by anybody and without an account; and closing a report, by whoever looks after the listing."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, abort, g, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse
from wtforms import Field, Form, RadioField, TextAreaField
from wtforms.validators import Optional, StopValidation

from guide.accounts import throttle
from guide.audit import Edit
from guide.editing import reports
from guide.languages import Language
from guide.model import Publication, Service
from guide.web.security.access_control import actor, own_path
from guide.web.ui import discretion
from guide.web.ui.cards import service_url
from guide.web.ui.fields import private_figures
from guide.web.ui.forms import N_, GuideForm, MailField, at_most, needed, sent
from guide.web.ui.labels import report_part_label
from guide.web.ui.request_context import client_ip_bucket, now, session, writing
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import bilingual_page

pages = Blueprint("reports", __name__)

MOST_AN_HOUR = 5


def _nothing_private(form: Form, field: Field) -> None:
    words = private_figures(field.data or "")
    if words:
        raise StopValidation(words)


def _said_when_other(form: Form, field: Field) -> None:
    if form["part"].data == "other" and not field.data:
        raise StopValidation(_("Écrivez en quelques mots ce qui n’est pas juste."))


class ReportForm(GuideForm):
    """Three fields at most: which part, what is wrong, and where to answer."""

    part = RadioField(
        N_("Qu’est-ce qui n’est pas juste ?"),
        validators=[needed(lambda: _("Choisissez ce qui n’est pas juste."))],
        validate_choice=False,
    )
    words = TextAreaField(
        N_("Que faut-il changer ?"), validators=[_said_when_other, at_most(reports.LONGEST), _nothing_private]
    )
    address = MailField(N_("Votre adresse e-mail"), validators=[Optional(), _nothing_private])

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.part.choices = [(part, report_part_label(part)) for part in reports.PARTS]

    def validate_part(self, field: Field) -> None:
        if field.data not in reports.PARTS:
            raise StopValidation(_("Choisissez ce qui n’est pas juste."))


@bilingual_page(
    pages, "/services/<key>/signaler-une-erreur", "/diensten/<key>/fout-melden", methods=("GET", "POST")
)
def new(lang: Language, key: str) -> str | Response | AnyResponse:
    """The form; nothing is stored before it is sound, and not more than five an hour from one place."""
    record = _public(key)
    form = ReportForm(request.form if request.method == "POST" else None)
    status = 200
    wait = 0
    if sent():
        status = 422
        if form.validate():
            wait = _keep(record, form, lang)
            if not wait:
                return redirect(url_for("public.reports.thanks", key=record.key), 303)
            status = 429
    answer = make_response(
        render_template(
            "public/reports/new.html",
            record=record,
            url=service_url(record),
            form=form,
            wait=wait,
            longest=reports.LONGEST,
        ),
        status,
    )
    if wait:
        answer.headers["Retry-After"] = str(wait)
    return answer


@bilingual_page(pages, "/services/<key>/signaler-une-erreur/merci", "/diensten/<key>/fout-melden/bedankt")
def thanks(lang: Language, key: str) -> str:
    """What happens next."""
    record = _public(key)
    return render_template("public/reports/thanks.html", record=record, url=service_url(record))


@bilingual_page(
    pages,
    "/mon-association/signalements/<int(max=9999999):number>",
    "/mijn-vereniging/meldingen/<int(max=9999999):number>",
    methods=("POST",),
)
def close(lang: Language, number: int) -> AnyResponse:
    """The report is mended, or there was nothing to mend; then back to the list it stood in."""
    with writing() as db_session:
        account = actor(db_session)
        report = reports.find(db_session, account, number)
        if report is None:
            abort(404)
        reports.close(db_session, report, request.form.get("mended") == "yes", Edit(account, now()))
    return redirect(own_path(request.form.get("retour", "")) or url_for("desk.listing.index"), 303)


def _public(key: str) -> Service:
    record = session().scalar(
        select(Service).where(Service.key == key, Service.publication == Publication.PUBLISHED)
    )
    if record is None:
        abort(404)
    g.personal = True
    discretion.show([record])
    return record


def _keep(record: Service, form: ReportForm, lang: Language) -> int:
    """Stores the report; the seconds to wait instead when there were too many from this place."""
    with writing() as db_session:
        place = f"report:{client_ip_bucket()}"
        wait = throttle.attempt(db_session, place, MOST_AN_HOUR, timedelta(hours=1), now())
        if not wait:
            reports.report(
                db_session,
                db_session.get_one(Service, record.id),
                reports.Remark(form.part.data, form.words.data or "", form.address.data or None, lang),
                now(),
            )
    return wait
