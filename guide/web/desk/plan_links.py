"""Which plan actions a listing fulfils: what is said so far, one more to propose, a proposed one to take back."""

from collections.abc import Sequence

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse
from wtforms import RadioField, SelectField, TextAreaField

from guide.audit import Edit
from guide.editing import fulfilments
from guide.editing.proposals import Sheet
from guide.languages import Bilingual, Language
from guide.model import (
    Action,
    Fulfilment,
    FulfilmentBasis,
    FulfilmentRole,
    FulfilmentState,
    Plan,
    PlanOrigin,
    Publication,
    TextStatus,
)
from guide.plans.queries import all_plans
from guide.web.desk.listing_view import as_number, part_url, reference_of, service_of, title_of
from guide.web.desk.part_forms import SLUGS
from guide.web.security.access_control import actor
from guide.web.ui.fields import nothing_private
from guide.web.ui.forms import N_, GuideForm, at_most, needed, options, sent
from guide.web.ui.labels import role_label
from guide.web.ui.request_context import now, session, writing
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import bilingual_page, query_string, query_value, reader

pages = Blueprint("plan_links", __name__)


LONGEST_EVIDENCE = 400


class LinkForm(GuideForm):
    """One action, how the service serves it, and the sentence that says so."""

    action = SelectField(
        N_("Quelle action ?"),
        validators=[needed(lambda: _("Choisissez une action du plan."))],
        validate_choice=False,
    )
    role = RadioField(
        N_("Que fait votre service pour cette action ?"),
        validators=[needed(lambda: _("Choisissez ce que fait votre service."))],
        validate_choice=False,
    )
    evidence_fr = TextAreaField(validators=[at_most(LONGEST_EVIDENCE), nothing_private])
    evidence_nl = TextAreaField(validators=[at_most(LONGEST_EVIDENCE), nothing_private])

    def offer(self, plans: Sequence[Plan]) -> None:
        """The actions to choose from, those of one theme together, and the roles."""
        lang = reader()
        self.action.choices = {
            f"{plan.short_title.localized(lang).words} – {theme.name.localized(lang).words}": [
                (action.reference, _action_words(action, lang)) for action in theme.actions
            ]
            for plan in plans
            for theme in plan.themes
        }
        self.role.choices = options((role.value, role_label(role.value)) for role in FulfilmentRole)

    def complete(self, plans: Sequence[Plan]) -> bool:
        """Is it sound: an action and a role that exist, and a sentence in one language at least?"""
        sound = self.validate()
        known = {action.reference for plan in plans for action in plan.actions}
        if not self.action.errors and self.action.data not in known:
            self.action.errors = [_("Choisissez une action du plan.")]
        if not self.role.errors and self.role.data not in {role.value for role in FulfilmentRole}:
            self.role.errors = [_("Choisissez ce que fait votre service.")]
        if not self.evidence_fr.data and not self.evidence_nl.data:
            self.evidence_fr.errors = [_("Écrivez une phrase, en français ou en néerlandais.")]
        return sound and not self.has_errors


def plan(sheet: Sheet) -> str | Response | AnyResponse:
    """The links so far, and the form for one more. A listing that is not published yet has none."""
    plans = [one for one in all_plans(session()) if one.origin is PlanOrigin.OFFICIAL]
    form = LinkForm(request.form if request.method == "POST" else None, data=_taken_up(sheet))
    form.offer(plans)
    status = 200
    if sent() and sheet.service is not None:
        if sheet.service.publication is Publication.ARCHIVED:
            # It left the guide while she was typing: the page of this answer gives her sentence back.
            abort(410)
        if form.complete(plans):
            _propose(sheet, form)
            return redirect(part_url(reference_of(sheet), "plan"), 303)
        status = 422
    links = fulfilments.of(session(), sheet.service) if sheet.service is not None else []
    taken_back = [link for link in links if fulfilments.taken_back(link)]
    page = render_template(
        "desk/plan_links/plan.html",
        sheet=sheet,
        ref=reference_of(sheet),
        title=title_of(sheet),
        links=[link for link in links if link not in taken_back],
        taken_back=taken_back,
        again_url=lambda link: (
            f"{part_url(reference_of(sheet), 'plan')}{query_string({'taken_up': str(link.id)}, reader())}#plan"
        ),
        form=form,
        longest=LONGEST_EVIDENCE,
    )
    return make_response(page, status)


@bilingual_page(
    pages,
    "/mon-association/services/<ref>/plan/<int(max=9999999):number>/retirer",
    "/mijn-vereniging/diensten/<ref>/plan/<int(max=9999999):number>/intrekken",
    methods=("POST",),
)
def withdraw_link(lang: Language, ref: str, number: int) -> AnyResponse:
    """A link that the organisation proposed is taken back; one that is confirmed, or our reading, stays."""
    with writing() as db_session:
        account = actor(db_session)
        service = service_of(db_session, account, ref)
        link = db_session.get(Fulfilment, number)
        if link is None or link.service_id != service.id:
            abort(404)
        if link.state is FulfilmentState.PROPOSED and link.basis is FulfilmentBasis.STATED:
            fulfilments.withdraw(db_session, link, Edit(account, now()))
    return redirect(url_for("desk.edit.part", ref=ref, part=SLUGS["plan"][lang]), 303)


def _taken_up(sheet: Sheet) -> dict[str, str]:
    """What the form begins with: a link of this listing that was refused or taken back, to be proposed anew."""
    number = as_number(query_value("taken_up", reader()))
    link = session().get(Fulfilment, number) if number else None
    if link is None or sheet.service is None or link.service_id != sheet.service.id:
        return {}
    if link.state is not FulfilmentState.REFUSED or link.basis is not FulfilmentBasis.STATED:
        return {}
    return {
        "action": link.action.reference,
        "role": link.role.value,
        "evidence_fr": link.reason.fr or "",
        "evidence_nl": link.reason.nl or "",
    }


def _propose(sheet: Sheet, form: LinkForm) -> None:
    with writing() as db_session:
        account = actor(db_session)
        service = service_of(db_session, account, reference_of(sheet))
        action = db_session.scalars(select(Action).where(Action.reference == form.action.data)).one()
        evidence = Bilingual(form.evidence_fr.data or None, form.evidence_nl.data or None)
        role = FulfilmentRole(form.role.data)
        fulfilments.propose(
            db_session, service, fulfilments.Claim(action, role, evidence), Edit(account, now())
        )


def _action_words(action: Action, lang: Language) -> str:
    """The number and the first words of an action."""
    if action.text_status is TextStatus.MISSING:
        return _("%(number)s : texte manquant", number=action.number)
    words = action.text.localized(lang).words
    return f"{action.number}. {words[:90]}{'…' if len(words) > 90 else ''}"
