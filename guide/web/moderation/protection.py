"""What protects a listing that must not be exposed: two boxes for the coordinator, and the question before it goes.

The boxes stand on the page of a listing and on that of a proposal (`review`); what they mean and when
they are asked about is said by `guide.editing.protection`.
"""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse
from wtforms import BooleanField

from guide.audit import Edit
from guide.editing import listings, protection, revisions
from guide.editing.addresses import hours_differ
from guide.editing.protection import Decision, UnprotectedListingError
from guide.languages import Language
from guide.model import Service
from guide.web.security import access_control
from guide.web.ui import forms, record_labels
from guide.web.ui.forms import N_, GuideForm
from guide.web.ui.request_context import now, session, writing
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import bilingual_page

pages = Blueprint("protection", __name__)

FORM = ("GET", "POST")


SHOWN, ASKED = "protection", "question"
"""Hidden fields of the page: the boxes were on it; and so was the question."""


class ProtectionForm(GuideForm):
    """The two boxes, and the tick that answers the question."""

    sensitive = BooleanField(N_("Fiche sensible"))
    address_confidential = BooleanField(N_("Adresse confidentielle"))
    sure = BooleanField(N_("Je publie ainsi. Je connais le risque."))

    @property
    def decision(self) -> Decision | None:
        """What she answered; None when the boxes were not on the page."""
        if SHOWN not in request.form:
            return None
        return Decision(self.sensitive.data, self.address_confidential.data, self.sure.data)

    @property
    def asks(self) -> bool:
        """Is the question on the page?"""
        return ASKED in request.form or getattr(self, "refused", False)

    def show(self, decision: Decision) -> None:
        """Ticks what is proposed, on a page where she has not answered yet."""
        if SHOWN not in request.form:
            self.sensitive.data = decision.sensitive
            self.address_confidential.data = decision.address_confidential

    def ask(self, found: UnprotectedListingError) -> None:
        """Says what is lacking; nothing was published, and all that was typed stands."""
        self.refused = True
        said = []
        if found.lacking:
            names = _(" et ").join(f"« {record_labels.field_label(flag)} »" for flag in found.lacking)
            said.append(
                _(
                    "Sans %(names)s, cette fiche peut mettre des personnes en danger. "
                    "Cochez, ou confirmez que vous publiez sans cette protection.",
                    names=names,
                )
            )
        if found.written_in:
            names = ", ".join(record_labels.field_label(path) for path in found.written_in)
            said.append(
                _(
                    "L’adresse à cacher est aussi écrite ici : %(names)s. "
                    "Faites d’abord changer ce texte, ou confirmez que vous publiez ainsi.",
                    names=names,
                )
            )
        if found.hours:
            said.append(
                _(
                    "Les heures ne sont pas les mêmes à chaque adresse. Sans adresse, celles d’une seule adresse "
                    "sortent de la fiche. Confirmez, ou donnez d’abord les mêmes heures à toutes."
                )
            )
        self.sure.errors = [" ".join(said)]


@bilingual_page(pages, "/moderation/fiches/<key>/protection", "/moderatie/fiches/<key>/bescherming", FORM)
def protect(lang: Language, key: str) -> str | Response | AnyResponse:
    """A listing's protection: what stands or is proposed, to save."""
    service = session().scalar(select(Service).where(Service.key == key))
    if service is None:
        abort(404)
    record = listings.record_of(service)
    form = ProtectionForm(request.form if request.method == "POST" else None)
    form.show(protection.proposed(session(), record, record))
    if forms.sent() and form.validate():
        try:
            _decide(key, form.decision)
            return redirect(url_for("moderation.protection.protect", key=key, fait="oui"), 303)
        except UnprotectedListingError as found:
            form.ask(found)
        except revisions.RecordValidationError:
            form.problems.append(
                _("La fiche elle-même a une erreur à corriger d’abord. Ouvrez-la et vérifiez ses parties.")
            )
    answer = render_template(
        "moderation/protection/protection.html",
        service=service,
        form=form,
        **protection_context(record, record),
    )
    return make_response(answer, 422 if form.has_errors else 200)


def protection_context(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """For the boxes: is the listing filed under a sensitive need, has it an address to hide, do its hours differ
    from one address to another (None without hours)?"""
    return {
        "hours_differ": hours_differ(after) if after.get("schedules") else None,
        "by_need": bool(protection.sensitive_terms(session(), after)),
        "has_address": bool(before.get("addresses") or after.get("addresses")),
    }


def _decide(key: str, decision: Decision | None) -> None:
    with writing() as db_session:
        found = db_session.scalars(select(Service).where(Service.key == key)).one()
        service = listings.locked(db_session, found.id)
        record = listings.record_of(service)
        revisions.apply(
            db_session,
            service,
            protection.settled(
                db_session, record, record, decision, protection.hidden_streets(db_session, service)
            ),
            Edit(access_control.actor(db_session), now()),
        )
