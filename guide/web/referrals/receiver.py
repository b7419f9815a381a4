"""The receiver answers a fiche-relais from a mail, without an account: a button, a code, a visit of half an hour.

The page of a link is the same whatever the link is, and looking changes nothing: mail scanners open links by
themselves. Whoever types the right code gets a cookie for this one referral. A page with content is always the
answer to a POST, because each view is written down. The token stands in the address of the
first page only; the pages of the visit bear the reference.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse
from wtforms import Field, Form, RadioField, StringField, TextAreaField
from wtforms.validators import Optional, StopValidation, ValidationError

from guide.accounts import throttle
from guide.crypto import UnsealError, token_digest
from guide.dates import parse_date
from guide.keys import KeysMissingError
from guide.languages import Language
from guide.model import DeclineReason, Outcome, ReferralState, TaxonomyTerm
from guide.referrals import (
    Referral,
    answering,
    content,
    deliveries,
    erasing,
    finding,
    reading,
    rendering,
    sending,
)
from guide.referrals.labels import Medium
from guide.referrals.life import OPEN, Event, InvalidTransitionError, Party, allowed
from guide.web.referrals import rendering as referrals_rendering
from guide.web.referrals.labels import decline_reason_label, outcome_label
from guide.web.security import access_control
from guide.web.ui.forms import N_, GuideForm, at_most, needed, options, sent, understood_day
from guide.web.ui.request_context import client_ip_bucket, now, session, writing
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import bilingual_page, is_secure, reader

pages = Blueprint("receiver", __name__)

MOST_OF_A_PLACE = 30
MOST_OF_A_LINK = 6
MOST_CODES_OF_A_PLACE = 20
MOST_CODES_OF_A_LINK = 15
WINDOW = timedelta(hours=1)
SLOW_DOWN = timedelta(minutes=5)
FORM = ("GET", "POST")
NAMED = {"language", "interpreter"}
"""Fields of the need that stand on top of the page, and not again below."""


@pages.before_request
def _for_one_visitor() -> None:
    g.personal = True


@pages.after_request
def _kept_by_nobody(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _no_number(form: Form, field: Field) -> None:
    """No national number and no bank account in what is sent back."""
    try:
        content.refuse_numbers(content.Content(), ("words", field.data or ""))
    except content.RefusedTextError as refused:
        if refused.kind == "national_number":
            raise ValidationError(
                _("Ce texte contient un numéro national. Enlevez-le : il n’est jamais transmis.")
            ) from refused
        raise ValidationError(
            _("Ce texte contient un numéro de compte. Enlevez-le : il n’est jamais transmis.")
        ) from refused


def _coming_day(form: Form, field: Field) -> None:
    """A day from today on, before the referral is erased at the latest."""
    today = now().date()
    if not today <= understood_day(field) <= today + erasing.NEVER_LONGER:
        raise StopValidation(_("Choisissez une date à partir d’aujourd’hui, dans les six mois."))


class CodeForm(GuideForm):
    code = StringField(
        N_("Le code du message : six chiffres"),
        validators=[needed(lambda: _("Écrivez les six chiffres du code."))],
    )


class AcceptForm(GuideForm):
    words = TextAreaField(
        N_("Où et quand la personne est-elle attendue ?"),
        validators=[
            needed(lambda: _("Écrivez où et quand la personne est attendue.")),
            at_most(content.WORDS),
            _no_number,
        ],
    )
    appointment = StringField(N_("Date du rendez-vous"), validators=[Optional(), _coming_day])


class DeclineForm(GuideForm):
    reason = RadioField(
        N_("Pourquoi ?"), validators=[needed(lambda: _("Choisissez une raison."))], validate_choice=True
    )
    words = TextAreaField(
        N_("Une phrase pour le travailleur social"), validators=[at_most(content.WORDS), _no_number]
    )

    def __init__(self, *arguments: Any, **values: Any) -> None:
        super().__init__(*arguments, **values)
        self.reason.choices = options((str(one), decline_reason_label(one)) for one in DeclineReason)

    def validate_words(self, field: Field) -> None:
        """Needed where the reason is another one."""
        if self.reason.data == DeclineReason.OTHER and not field.data:
            raise StopValidation(_("Écrivez en une phrase quelle est cette raison."))


class CloseForm(GuideForm):
    outcome = RadioField(
        N_("Qu’est devenue sa demande ?"), validators=[needed(lambda: _("Choisissez ce qui s’est passé."))]
    )

    def __init__(self, *arguments: Any, **values: Any) -> None:
        super().__init__(*arguments, **values)
        self.outcome.choices = options((str(one), outcome_label(one)) for one in Outcome)


@bilingual_page(pages, "/relais/reponse/<token>", "/doorverwijzing/antwoord/<token>", methods=FORM)
def show(lang: Language, token: str) -> AnyResponse:
    """The page behind the link of the mail: the button, then the field for the code. It names nothing."""
    if not access_control.may_sign_in_here():
        return make_response(render_template("referrals/receiver/not_here.html"), 403)
    at_code = "code" in request.form
    form = CodeForm(request.form if at_code else None)
    if request.method == "GET" or (not sent() and not at_code):
        return make_response(render_template("referrals/receiver/link.html"))
    if not sent():
        return _code_page(form)
    if not at_code:
        return _ask(token, form)
    return _enter(token, form)


def _ask(token: str, form: CodeForm) -> AnyResponse:
    """A code or a fresh link goes to the address on file, or nothing: the page is the same."""
    with writing() as db_session:
        wait = throttle.attempt(
            db_session, f"relay-ask-from:{client_ip_bucket()}", MOST_OF_A_PLACE, WINDOW, now()
        )
        often = wait or throttle.attempt(
            db_session, f"relay-ask:{token_digest(token)}", MOST_OF_A_LINK, WINDOW, now()
        )
        if not often:
            answering.ask(db_session, token, now())
    return _wait_page(form, wait) if wait else _code_page(form)


def _enter(token: str, form: CodeForm) -> AnyResponse:
    """A right code opens the visit; for whatever else there is one answer."""
    if not form.validate():
        return _code_page(form, 422)
    code = "".join(sign for sign in form.code.data or "" if sign.isdigit())
    place = f"relay-code-from:{client_ip_bucket()}"
    found = None
    with writing() as db_session:
        wait = throttle.guess(db_session, place, MOST_CODES_OF_A_PLACE, SLOW_DOWN, now())
        often = wait or throttle.attempt(
            db_session, f"relay-code:{token_digest(token)}", MOST_CODES_OF_A_LINK, WINDOW, now()
        )
        if not often:
            found = answering.enter(db_session, token, code, now())
        if found is not None:
            throttle.forgive(db_session, place)
            visit, reference = found[0], found[1].reference
    if wait:
        return _wait_page(form, wait)
    if found is None:
        form.code.errors = [
            _("Ce code n’est pas juste, ou il ne marche plus. Relisez-le, ou demandez-en un autre.")
        ]
        return _code_page(form, 422)
    answer = redirect(url_for("referrals.receiver.visit", reference=reference), 303)
    answer.set_cookie(
        cookie_name(), visit, path="/", httponly=True, samesite="Lax", secure=is_secure(), max_age=None
    )
    return answer


def _code_page(form: CodeForm, status: int = 200) -> Response:
    # What was typed of a code is typed again.
    return make_response(render_template("referrals/receiver/code.html", form=form, wait=0), status)


def _wait_page(form: CodeForm, wait: int) -> Response:
    answer = make_response(render_template("referrals/receiver/code.html", form=form, wait=wait), 429)
    answer.headers["Retry-After"] = str(wait)
    return answer


def cookie_name() -> str:
    """The cookie of a visit: over https, or over plain http that never leaves this machine."""
    return "__Host-relais" if is_secure() else "relais"


@bilingual_page(pages, "/relais/visite/<reference>", "/doorverwijzing/bezoek/<reference>", methods=FORM)
def visit(lang: Language, reference: str) -> AnyResponse:
    """How the referral stands, without content and with a button to read on; sent, the content itself."""
    if request.method != "POST":
        found = _visited(session(), reference)
        return _standing(found) if found is not None else _over()
    return _with(reference, _read)


def _read(db_session: Session, referral: Referral) -> AnyResponse:
    """The need first; the person when her sealed part is opened, which the sender is told."""
    if referral.state not in OPEN:
        return _standing(referral)
    actor = actor_of(referral)
    to_open = request.form.get("do") == "open"
    if to_open:
        told = reading.open_person(db_session, referral, actor, now())
    else:
        told = reading.read_need(db_session, referral, actor, now())
    answer = reading.read_answer(db_session, referral)
    return make_response(
        render_template(
            "referrals/receiver/content.html",
            referral=referral,
            told=told,
            answer=answer,
            person=rendering.lines(told.person, reader(), Medium.LINK) if to_open else [],
            need=rendering.lines(told.need, reader(), Medium.LINK, without=NAMED),
            theme=_theme(db_session, referral.theme),
            opened=to_open,
            may=_may(referral),
            **referrals_rendering.standing(db_session, referral, now()),
        )
    )


@bilingual_page(
    pages,
    "/relais/visite/<reference>/etudier",
    "/doorverwijzing/bezoek/<reference>/bekijken",
    methods=("POST",),
)
def study(lang: Language, reference: str) -> AnyResponse:
    """The service looks into it; the sender is told."""

    def act(db_session: Session, referral: Referral) -> AnyResponse:
        answering.study(db_session, referral, actor_of(referral), now())
        return _to_visit(reference)

    return _with(reference, act)


@bilingual_page(
    pages,
    "/relais/visite/<reference>/accepter",
    "/doorverwijzing/bezoek/<reference>/aanvaarden",
    methods=FORM,
)
def accept(lang: Language, reference: str) -> AnyResponse:
    """The service takes the person on: where and when she is expected."""

    def act(db_session: Session, referral: Referral, form: GuideForm) -> AnyResponse:
        answering.accept(
            db_session,
            referral,
            actor_of(referral),
            form["words"].data or "",
            parse_date(form["appointment"].data),
            now(),
        )
        return _to_visit(reference)

    return _form(reference, AcceptForm, "referrals/receiver/accept.html", Event.ACCEPT, act)


@bilingual_page(
    pages, "/relais/visite/<reference>/refuser", "/doorverwijzing/bezoek/<reference>/weigeren", methods=FORM
)
def decline(lang: Language, reference: str) -> AnyResponse:
    """The service cannot help: for which reason, and a sentence."""

    def act(db_session: Session, referral: Referral, form: GuideForm) -> AnyResponse:
        reason = DeclineReason(form["reason"].data)
        answering.decline(db_session, referral, actor_of(referral), reason, form["words"].data or "", now())
        return _to_visit(reference)

    return _form(reference, DeclineForm, "referrals/receiver/decline.html", Event.DECLINE, act)


@bilingual_page(
    pages, "/relais/visite/<reference>/clore", "/doorverwijzing/bezoek/<reference>/afsluiten", methods=FORM
)
def close(lang: Language, reference: str) -> AnyResponse:
    """How it ended, once it was accepted; the visit ends with it."""

    def act(db_session: Session, referral: Referral, form: GuideForm) -> AnyResponse:
        outcome = Outcome(form["outcome"].data)
        sending.close(db_session, referral, Party.RECEIVER, actor_of(referral), outcome, now())
        return _gone(make_response(render_template("referrals/receiver/done.html", closed=True)))

    return _form(reference, CloseForm, "referrals/receiver/close.html", Event.CLOSE, act)


@bilingual_page(
    pages,
    "/relais/visite/<reference>/quitter",
    "/doorverwijzing/bezoek/<reference>/verlaten",
    methods=("POST",),
)
def leave(lang: Language, reference: str) -> AnyResponse:
    """The visit ends; the page is the same when it had ended before."""
    with writing() as db_session:
        if _visited(db_session, reference) is not None:
            answering.leave(db_session, request.cookies.get(cookie_name(), ""))
    return _gone(make_response(render_template("referrals/receiver/done.html", closed=False)))


def actor_of(referral: Referral) -> str:
    """How the audit log names the visitor of a link: nobody knows who it is, but of which referral."""
    return f"receiver:{referral.uid[:8]}"


def _visited(db_session: Session, reference: str) -> Referral | None:
    """The referral of this browser's visit, if it is the one that the address names."""
    token = request.cookies.get(cookie_name(), "")
    found = answering.visited(db_session, token, now()) if token else None
    return found if found is not None and found.reference == reference else None


def _with(reference: str, act: Callable[[Session, Referral], AnyResponse]) -> AnyResponse:
    """Does this to the referral of the visit, held; else says what stands in the way."""
    try:
        with writing() as db_session:
            found = _visited(db_session, reference)
            return _over() if found is None else act(db_session, finding.hold(db_session, found))
    except NoResultFound:
        return _over()  # withdrawn and erased between the two
    except (InvalidTransitionError, reading.ReferralClosedError):
        pass  # the page says how it stands
    except (UnsealError, KeysMissingError):
        return make_response(render_template("referrals/receiver/unreadable.html"), 503)
    session().rollback()  # as it stands now, not as it stood when the request began
    found = _visited(session(), reference)
    return _standing(found, 409) if found is not None else _over()


def _form(
    reference: str,
    kind: type[GuideForm],
    template: str,
    event: Event,
    act: Callable[[Session, Referral, GuideForm], AnyResponse],
) -> AnyResponse:
    """A page with one form about the referral; it holds nothing of its content."""
    found = _visited(session(), reference)
    if found is None:
        return _over()
    if not _may(found)[event]:
        return _standing(found, 409)
    form = kind(request.form if request.method == "POST" else None)
    if not sent() or not form.validate():
        status = 422 if sent() else 200
        return make_response(
            render_template(
                template,
                form=form,
                referral=found,
                longest=content.WORDS,
                today=now().date(),
                **referrals_rendering.standing(session(), found, now()),
            ),
            status,
        )
    session().rollback()  # what was read above is read again under the lock
    return _with(reference, lambda db_session, referral: act(db_session, referral, form))


def _may(referral: Referral) -> dict[Event, bool]:
    """What the receiver can do now; nothing but refusing and closing while the agreement has run out."""
    lapsed = finding.consent_lapsed(referral, now())
    at_any_time = (Event.DECLINE, Event.CLOSE)
    return {
        event: allowed(referral, event, Party.RECEIVER) and (event in at_any_time or not lapsed)
        for event in (Event.OPEN, Event.STUDY, Event.ACCEPT, Event.DECLINE, Event.CLOSE)
    }


def _standing(referral: Referral, status: int = 200) -> Response:
    page = render_template(
        "referrals/receiver/visit.html",
        referral=referral,
        lapsed=finding.consent_lapsed(referral, now()),
        is_open=referral.state in OPEN,
        accepted=referral.state is ReferralState.ACCEPTED,
        may=_may(referral),
        moved=status == 409,
        minutes=int(answering.VISIT_LIFE.total_seconds() // 60),
        **referrals_rendering.standing(session(), referral, now()),
        news=deliveries.deliveries(session(), [referral], now())[referral.uid].get("referral_news"),
    )
    return make_response(page, status)


def _to_visit(reference: str) -> AnyResponse:
    return redirect(url_for("referrals.receiver.visit", reference=reference), 303)


def _over() -> Response:
    """No visit, or another referral's, or one that has ended: one page."""
    g.without_alternate = True
    return make_response(render_template("referrals/receiver/over.html"), 410)


def _gone(answer: Response) -> Response:
    answer.delete_cookie(cookie_name(), path="/", httponly=True, samesite="Lax", secure=is_secure())
    return answer


def _theme(db_session: Session, key: str) -> TaxonomyTerm | None:
    return db_session.scalar(
        select(TaxonomyTerm).where(TaxonomyTerm.taxonomy == "needs", TaxonomyTerm.key == key)
    )
