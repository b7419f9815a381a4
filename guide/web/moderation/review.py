"""Reading what associations propose, and what trusted ones changed by themselves: before and after, and an answer."""

from collections.abc import Sequence

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse
from wtforms import TextAreaField

from guide.audit import Edit
from guide.editing import calendars, calendars_to_see, kept, proposals, protection, review, revisions
from guide.editing.listings import Record
from guide.languages import Language, LocalText
from guide.model import PeriodKind, Proposal, ProposalState
from guide.records.paths import FieldPath, path_to
from guide.web.moderation.common import Shown, as_number, numbers, shown_between, shown_changes
from guide.web.moderation.protection import ProtectionForm, protection_context
from guide.web.security import access_control
from guide.web.ui import forms, record_labels
from guide.web.ui.forms import N_, at_most
from guide.web.ui.record_labels import gone_words, proposal_title
from guide.web.ui.request_context import now, session, writing
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import bilingual_page

pages = Blueprint("review", __name__)

FORM = ("GET", "POST")


OPEN = (ProposalState.WAITING, ProposalState.CORRECTION)
"""What a coordinator may still answer: also when she has asked for a correction that does not come."""

ANSWERS = {
    "publier": (ProposalState.ACCEPTED, ProposalState.PARTLY),
    "corriger": (ProposalState.CORRECTION,),
    "refuser": (ProposalState.REFUSED,),
}
"""What the button with this value makes of a proposal."""


class AnswerForm(ProtectionForm):
    """What she answers, and how the listing is protected."""

    answer = TextAreaField(label=N_("Votre réponse à l’association"), validators=[at_most(1000)])


@bilingual_page(pages, "/moderation/propositions/", "/moderatie/voorstellen/")
def proposals_list(lang: Language) -> str:
    """The proposals that wait, oldest first; those of numbers and hours can be answered right here."""
    waiting = review.waiting(session())
    return render_template(
        "moderation/review/proposals.html",
        waiting=[(one, shown_changes(review.suggested(one), one.base, one.record)) for one in waiting],
        quick={one.id for one in waiting if one.service_id is not None and review.is_quick(one)},
        asked=review.asked_to_correct(session()),
        title=proposal_title,
    )


@bilingual_page(
    pages,
    "/moderation/propositions/<int(max=9999999):number>",
    "/moderatie/voorstellen/<int(max=9999999):number>",
    FORM,
)
def proposal(lang: Language, number: int) -> str | Response | AnyResponse:
    """Before and after, field by field; accept what is ticked, ask for a correction, or refuse."""
    found = session().get(Proposal, number)
    if found is None or found.state is ProposalState.DRAFT or kept.is_erased(found):
        abort(404)
    form = AnswerForm(request.form if request.method == "POST" else None)
    chosen = request.form.getlist("champ") if request.method == "POST" else None
    if forms.sent() and form.validate():
        done, changed = _try(number, chosen or [], form)
        if done:
            return redirect(_done(request.form.get("quoi", ""), form), 303)
        chosen = None if changed else chosen
        session().expire_all()
        found = session().get(Proposal, number)
        if found is None or kept.is_erased(found):
            abort(404)
    before, after = review.records(session(), found)
    form.show(protection.proposed(session(), before, after))
    page = render_template(
        "moderation/review/proposal.html",
        proposal=found,
        protects=not before or form.asks or protection.concerns(session(), before, after),
        **protection_context(before, after),
        name=proposal_title(found),
        changes=shown_changes(review.changes(session(), found), before, after),
        gone=_gone(found, before),
        chosen=chosen,
        form=form,
        open=found.state in OPEN,
    )
    return make_response(page, 422 if form.has_errors else 200)


def _gone(found: Proposal, live: Record) -> list[Shown]:
    """What of an open proposal nobody can publish any more, as its author wrote it."""
    if found.state not in OPEN:
        return []
    lost = proposals.gone(found, live)
    return shown_changes(
        [change for change in review.suggested(found) if change.path in lost], found.base, found.record
    )


def _try(number: int, chosen: list[str], form: AnswerForm) -> tuple[bool, bool]:
    """Does what was pressed: is it done, and has the proposal changed since it was shown? The form says why not."""
    verb = request.form.get("quoi", "")
    try:
        with writing() as db_session:
            return _answer(db_session, number, verb, chosen, form), False
    except (review.ProposalDecidedError, review.CorrectionAskedError) as late:
        if _did_so(number, verb, form.answer.data or ""):
            return True, False
        form.problems.append(_refusal(late))
    except protection.UnprotectedListingError as unprotected:
        form.ask(unprotected)
    except REFUSALS as refusal:
        form.problems.append(_refusal(refusal))
        return False, isinstance(refusal, review.ProposalChangedError)
    return False, False


REFUSALS = (
    review.AddressGoneError,
    review.DependentChangesError,
    review.ProposalChangedError,
    review.NothingLeftError,
    proposals.ProposalIncompleteError,
    revisions.RecordValidationError,
)


def _refusal(error: Exception) -> str:
    """Why an answer was not taken, and what to do."""
    if isinstance(error, review.ProposalDecidedError):
        return _("Quelqu’un a déjà répondu à cette proposition, ou elle a été retirée.")
    if isinstance(error, review.CorrectionAskedError):
        return asked_meanwhile()
    if isinstance(error, review.ProposalChangedError):
        return _("L’association a encore changé sa proposition. La voici : relisez-la avant de répondre.")
    if isinstance(error, review.AddressGoneError):
        return gone_words(error.gone)
    if isinstance(error, review.DependentChangesError):
        return _tick_too(error)
    if isinstance(error, review.NothingLeftError):
        return _("Cochez au moins un changement à publier.")
    if isinstance(error, proposals.ProposalIncompleteError):
        names = ", ".join(record_labels.field_label(path_to(name)) for name in error.missing)
        return _("Il manque encore : %(names)s.", names=names)
    return _("Un changement ne va plus avec le reste de la fiche. Demandez une correction à l’association.")


def _tick_too(error: review.DependentChangesError) -> str:
    """Which boxes to tick too, and why."""
    if error.new and error.needed == [path_to("addresses")]:
        if error.chosen == [path_to("schedules")]:
            return _("Ces heures sont celles d’une nouvelle adresse : cochez aussi « Adresse ».")
        if error.chosen == [path_to("phones")]:
            return _("Ces numéros sont ceux d’une nouvelle adresse : cochez aussi « Adresse ».")
    names = _(" et ").join(_("« %(name)s »", name=record_labels.field_label(path)) for path in error.needed)
    return _("Ces changements vont ensemble : cochez aussi %(names)s.", names=names)


def _done(verb: str, form: AnswerForm) -> str:
    """The list she comes back to, told what she did and whether she wrote something with it."""
    return url_for("moderation.review.proposals_list", fait=verb, reponse="oui" if form.answer.data else None)


def asked_meanwhile() -> str:
    """A colleague asked the author for a correction since this page was shown."""
    return _(
        "Un membre de l’équipe a demandé une correction entre-temps. Lisez sa question avant de répondre."
    )


def _did_so(number: int, verb: str, words: str) -> bool:
    """Was this very answer given by this account already? Then this is the second of two clicks."""
    session().expire_all()
    found, account = session().get(Proposal, number), access_control.signed_in()
    return (
        account is not None
        and found is not None
        and found.reviewer_id == account.id
        and found.state in ANSWERS.get(verb, ())
        and (found.answer or "") == words
    )


@bilingual_page(pages, "/moderation/en-ligne", "/moderatie/online", FORM)
def live(lang: Language) -> str | AnyResponse:
    """Changes that went live by themselves, and calendars; looked at, one by one or all that are ticked."""
    if request.method == "POST":
        with writing() as db_session:
            edit = Edit(access_control.actor(db_session), now())
            done = revisions.call_seen(db_session, numbers("revision"), edit)
            done += calendars_to_see.call_seen(db_session, numbers("calendrier"), edit)
        return redirect(url_for("moderation.review.live", fait=done), 303)
    return render_template(
        "moderation/review/live.html",
        found=[
            (revision, shown_between(before, revision.record, map(FieldPath, revision.fields)))
            for revision, before in revisions.to_see_with_before(session())
        ],
        calendars=[(one, _days_to_come(one)) for one in calendars_to_see.to_see(session())],
    )


def _days_to_come(unseen: calendars_to_see.Unseen) -> list[tuple[PeriodKind, list[LocalText]]]:
    """What stands in the calendar now of the days that are not over, kind by kind."""
    found = calendars.periods_of(unseen.organization, now().date())
    return [
        (kind, [line for one in found[kind] for line in record_labels.period_lines(one)])
        for kind in PeriodKind
        if found[kind]
    ]


def _answer(db_session: Session, number: int, verb: str, chosen: Sequence[str], form: AnswerForm) -> bool:
    """Does what the pressed button says; False when an answer in words was needed and is missing."""
    found = db_session.get(Proposal, number)
    if found is None:
        # Its author has erased it.
        abort(404)
    me, words = access_control.actor(db_session), form.answer.data or ""
    read = as_number(request.form.get("vu", ""))
    # The lists, whose buttons say nothing of it, hold only what waits.
    asked = request.form.get("etat") == ProposalState.CORRECTION
    stood = ProposalState.CORRECTION if asked else ProposalState.WAITING
    if verb not in ("publier", "corriger", "refuser") or read is None:
        abort(400)
    if verb == "publier":
        paths = None if found.service_id is None else [FieldPath(path) for path in chosen]
        review.accept(
            db_session,
            found,
            Edit(me, now(), words),
            paths,
            read=review.AsRead(version=read, state=stood),
            decision=form.decision,
        )
        return True
    if not words:
        form.answer.errors = [_("Écrivez à l’association pourquoi, ou ce qu’il faut corriger.")]
        return False
    if verb == "corriger":
        review.ask_correction(
            db_session, found, Edit(me, now(), words), read=review.AsRead(version=read, state=stood)
        )
    else:
        review.refuse(
            db_session, found, Edit(me, now(), words), read=review.AsRead(version=read, state=stood)
        )
    return True
