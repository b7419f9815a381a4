"""Organisations: who looks after them, whom we trust, who is bound by secrecy, and their own words."""

from collections.abc import Mapping

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response as AnyResponse
from wtforms import RadioField, StringField, TextAreaField

from guide.audit import Edit
from guide.editing import organizations, reminders
from guide.languages import Language
from guide.model import Account, Organization, Publication
from guide.records.three_way_merge import seen_now
from guide.web.moderation.common import chosen_slice
from guide.web.moderation.queues import summary_of
from guide.web.security import access_control
from guide.web.security.signing import sign, signed
from guide.web.ui import forms
from guide.web.ui.fields import nothing_private
from guide.web.ui.forms import N_, GuideForm, MailField, at_most, options
from guide.web.ui.labels import answers
from guide.web.ui.request_context import now, session, writing
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import bilingual_page, query_string

pages = Blueprint("organizations", __name__)

FORM = ("GET", "POST")


SLICES: dict[str, dict[Language, str]] = {"alone": {"fr": "sans-editeur", "nl": "zonder-redacteur"}}
"""What the list of organisations can be narrowed to."""


class OrganizationForm(GuideForm):
    name_fr = StringField(label=N_("Nom en français"), validators=[at_most(160)])
    name_nl = StringField(label=N_("Nom en néerlandais"), validators=[at_most(160)])
    description_fr = TextAreaField(
        label=N_("Description en français"), validators=[at_most(4000), nothing_private]
    )
    description_nl = TextAreaField(
        label=N_("Description en néerlandais"), validators=[at_most(4000), nothing_private]
    )
    website = StringField(label=N_("Site"), validators=[at_most(500)])
    email = MailField(label=N_("E-mail"))
    trusted = RadioField(label=N_("Changements de téléphone, d’heures et de places"))
    secrecy = RadioField(label=N_("Tenu au secret professionnel ?"))


def without_editor_url(lang: Language) -> str:
    """The list of organisations that nobody looks after."""
    return url_for("moderation.organizations.organizations_list") + query_string(
        {"class": SLICES["alone"][lang]}, lang
    )


@bilingual_page(pages, "/moderation/organismes/", "/moderatie/organisaties/", FORM)
def organizations_list(lang: Language) -> str | AnyResponse:
    """The organisations with who looks after them; write now to the editors of those that are ticked."""
    if request.method == "POST":
        with writing() as db_session:
            reminded = db_session.scalars(
                select(Organization).where(Organization.key.in_(request.form.getlist("organisme")))
            ).all()
            done = reminders.remind_now(db_session, reminded, access_control.actor(db_session), now())
        summary = summary_of(done) if reminded else {"fait": "vide"}
        return redirect(url_for("moderation.organizations.organizations_list", **summary), 303)
    chosen = chosen_slice(SLICES, lang)
    alone = {organization.key for organization in reminders.organizations_without_editor(session())}
    found = organizations.with_people(session())
    return render_template(
        "moderation/organizations/organizations.html",
        found=[row for row in found if chosen != "alone" or row.organization.key in alone],
        alone=alone,
        chosen=chosen,
        slices=[
            ("", url_for("moderation.organizations.organizations_list")),
            ("alone", without_editor_url(lang)),
        ],
    )


@bilingual_page(pages, "/moderation/organismes/<key>", "/moderatie/organisaties/<key>", FORM)
def organization(lang: Language, key: str) -> str | Response | AnyResponse:
    """One organisation: its words, whether it is trusted, whether it is bound by professional secrecy."""
    organization = session().scalar(
        select(Organization).where(Organization.key == key).options(selectinload(Organization.services))
    )
    if organization is None:
        abort(404)
    stands = organizations.flat(organizations.record_of(organization))
    form = OrganizationForm(request.form if request.method == "POST" else None, data=stands)
    form.trusted.choices = options(
        [("yes", _("En ligne tout de suite, montrés après")), ("no", _("Relus avant d’être publics"))]
    )
    form.secrecy.choices = options(answers())
    given = request.form.get("vu", "")
    seen = signed(_purpose(key), given, forms.FORM_LIFE)
    conflict: list[str] = []
    if forms.sent() and form.validate():
        conflict = _save(organization, form, seen)
        if conflict:
            form.problems.append(forms.changed_meanwhile())
            session().expire_all()
            stands = organizations.flat(organizations.record_of(organization))
        elif not form.has_errors:
            return redirect(url_for("moderation.organizations.organization", key=key, fait="oui"), 303)
    page = render_template(
        "moderation/organizations/organization.html",
        organization=organization,
        form=form,
        # What she has seen stays what she has seen while she mends a field or switches the language; also a
        # token that is over: it saw nothing then.
        seen=given
        if request.method == "POST" and not conflict
        else sign(_purpose(key), seen_now(seen, stands, conflict)),
        theirs={name: stands[name] for name in conflict},
        people=_people_of(organization),
        services=[one for one in organization.services if one.publication is Publication.PUBLISHED],
    )
    return make_response(page, 422 if form.has_errors else 200)


def _save(organization: Organization, form: OrganizationForm, seen: Mapping[str, str] | None) -> list[str]:
    """Saves the form; names of fields somebody else changed meanwhile. What cannot stand is said at its field."""
    wanted = organizations.from_flat({field.name: field.data or "" for field in form})
    try:
        with writing() as db_session:
            return organizations.save(
                db_session,
                db_session.get_one(Organization, organization.id),
                wanted,
                seen,
                Edit(access_control.actor(db_session), now()),
            )
    except organizations.OrganizationValidationError as unsound:
        for name in unsound.fields:
            form[name].errors = [_("Cette valeur ne va pas. Vérifiez-la.")]
    return []


def _purpose(key: str) -> str:
    return f"seen:organization:{key}"


def _people_of(organization: Organization) -> list[Account]:
    return list(
        session().scalars(
            select(Account)
            .where(Account.memberships.any(organization_id=organization.id))
            .order_by(Account.email)
        )
    )
