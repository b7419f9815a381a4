"""The fiches-relais of a social worker: her lists, one fiche, and what its sender or receiver may do with it.

No page with content answers a GET: "read" is a button, and each reading stands in the log. Whoever takes no part
finds nothing here. The form of a new one is `compose`, the forms of what is done later `event_forms`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import NoResultFound, OperationalError
from sqlalchemy.orm import Session, object_session
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from guide.clock import BRUSSELS
from guide.crypto import UnsealError
from guide.dates import parse_date
from guide.keys import KeysMissingError
from guide.languages import Language
from guide.mail import links
from guide.model import Account, DeclineReason, Outcome, ReferralState
from guide.publish.qr import secret_qr_svg
from guide.publish.tables import csv_text
from guide.referrals import (
    Referral,
    answering,
    deadlines,
    deliveries,
    erasing,
    finding,
    holding,
    reading,
    sending,
)
from guide.referrals.content import WORDS, Answer, Motive
from guide.referrals.life import Event, InvalidTransitionError, Party, allowed
from guide.referrals.receivers import can_receive
from guide.web.accounts import mail_labels
from guide.web.referrals import labels, rendering
from guide.web.referrals.event_forms import AcceptForm, DeclineForm, RenewForm
from guide.web.referrals.form import USUAL_CONSENT
from guide.web.security.access_control import actor, signed_in
from guide.web.ui.forms import GuideForm, chosen_of, options, sent
from guide.web.ui.request_context import guide, needs, now, session, writing
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import bilingual_page, query_string, query_value, reader, site_url

pages = Blueprint("detail", __name__)

FR, NL = "/relais/<reference>", "/doorverwijzing/<reference>"
POST = ("POST",)
FORM = ("GET", "POST")
STATES = [str(state) for state in ReferralState]


@dataclass(frozen=True, slots=True)
class Acting:
    """Somebody acts on a fiche: the session that changes it, who, the fiche as it stands now, and her part in it."""

    db_session: Session
    me: Account
    referral: Referral
    role: Party

    @property
    def who(self) -> str:
        return f"account:{self.me.id}"


@contextmanager
def _acting(reference: str, role: Party | None = None) -> Iterator[Acting]:
    """Holds a fiche for a change; 404 for whoever takes no part in it, or not this one. Committed at the end."""
    with writing() as db_session:
        me = actor(db_session)
        found = finding.find(db_session, me, reference, now())
        if found is None or (role is not None and found[1] is not role):
            abort(404)
        try:
            held = finding.hold(db_session, found[0])
        except NoResultFound:
            abort(404)
        yield Acting(db_session, me, held, found[1])


@bilingual_page(pages, "/relais/", "/doorverwijzing/")
def index(lang: Language) -> str:
    """What was sent and received: what waits for the reader first, the rest by state and age. Names nobody."""
    me = _me()
    state = chosen_of(STATES, query_value("class", lang)) or ""
    sent_ones = finding.sent_by(session(), me, now())
    received = finding.received_by(session(), me, now())
    there = {one.referral.state for one in (*sent_ones, *received)}
    if state:
        sent_ones = [one for one in sent_ones if one.referral.state == state]
        received = [one for one in received if one.referral.state == state]
    taken_over = holding.taken_over(session(), [one.referral for one in sent_ones])
    filters = [
        (
            labels.referral_state_label(name),
            url_for("referrals.detail.index") + query_string({"class": "" if name == state else name}, lang),
            name == state,
        )
        for name in STATES
        if name in there
    ]
    return render_template(
        "referrals/detail/index.html",
        waiting=[one for one in (*received, *sent_ones) if one.waits],
        taken_over=taken_over,
        received=[one for one in received if not one.waits],
        sent=[one for one in sent_ones if not one.waits],
        filters=filters,
        state=state,
        done=query_value("saved", lang),
        expiry=deadlines.expiry,
        theme_words=_theme_words(),
    )


@bilingual_page(pages, "/relais/exporter", "/doorverwijzing/exporteren", methods=FORM)
def table(lang: Language) -> str | Response:
    """The lists as a table, without any content; after a page that says what taking it along means."""
    if not sent():
        return render_template("referrals/detail/export.html")
    me = _me()
    themes = _theme_words()
    received, hers = finding.received_by(session(), me, now()), finding.sent_by(session(), me, now())
    taken_over = holding.taken_over(session(), [one.referral for one in hers])
    rows = [
        [
            one.referral.reference,
            _("Reçue")
            if one.role is Party.RECEIVER
            else _("Suivie")
            if one.referral.id in taken_over
            else _("Envoyée"),
            one.referral.service.name.localized(lang).words,
            themes.get(one.referral.theme, one.referral.theme),
            _state(one),
            f"{_day(one.referral.state_since):%Y-%m-%d}",
            f"{_day(one.referral.sent_at):%Y-%m-%d}" if one.referral.sent_at else "",
            labels.urgency_label(one.referral.urgency),
            labels.decline_reason_label(one.referral.reason) if one.referral.reason else "",
            labels.outcome_label(one.referral.outcome) if one.referral.outcome else "",
        ]
        for one in (*received, *hers)
    ]
    header = [
        _("Numéro"), _("Liste"), _("Service"), _("Thème"), _("État"), _("Depuis le"), _("Envoyée le"),
        _("Urgence"), _("Raison du refus"), _("Comment cela s’est terminé"),
    ]  # fmt: skip
    name = "fiches-relais" if lang == "fr" else "doorverwijzingen"
    return _file(csv_text(header, rows), f"{name}-{now():%Y-%m-%d}.csv", "text/csv")


def _state(one: finding.Listed) -> str:
    """How it stands, with the mail that its reader should know has failed."""
    if one.failed is not None:
        return mail_labels.fate_label(one.failed.fate)
    state = labels.referral_state_label(one.referral.state)
    if one.news is not None and one.news.failed:
        return f"{state} – {mail_labels.news_lost(one.news)}"
    return state


@bilingual_page(pages, FR, NL)
def show(lang: Language, reference: str) -> str:
    """Where a fiche stands and what may be done with it now. Nothing of what it says."""
    found = finding.find(session(), _me(), reference, now())
    if found is None:
        abort(404)
    return _page(*found)


@bilingual_page(pages, f"{FR}/lire", f"{NL}/lezen", methods=POST)
def read(lang: Language, reference: str) -> str:
    """The sender reads all of it, the receiver the need; either is noted."""
    with _acting(reference) as it:
        if it.role is Party.SENDER:
            content = reading.read_own(it.db_session, it.referral, it.me, now())
        else:
            content = reading.read_need(it.db_session, it.referral, it.who, now())
        return _content(it, content)


@bilingual_page(pages, f"{FR}/joindre", f"{NL}/bereiken", methods=POST)
def contact(lang: Language, reference: str) -> str:
    """The sender reaches her own client, as long as the guide holds her number; it is noted."""
    with _acting(reference, Party.SENDER) as it:
        person = reading.read_contact(it.db_session, it.referral, it.me, now())
        return _content(it, person, rendering.FullContent(person, Answer(), Motive()))


@bilingual_page(pages, f"{FR}/ouvrir", f"{NL}/openen", methods=POST)
def open_person(lang: Language, reference: str) -> str:
    """The receiver opens the sealed part; the sender sees it."""
    with _acting(reference, Party.RECEIVER) as it:
        return _content(it, reading.open_person(it.db_session, it.referral, it.who, now()))


@bilingual_page(pages, f"{FR}/tout", f"{NL}/alles", methods=POST)
def sheet(lang: Language, reference: str) -> str | Response:
    """Everything about a fiche for the person: a page to print, or a file (`forme`: texte, json)."""
    with _acting(reference, Party.SENDER) as it:
        content = reading.read_own(it.db_session, it.referral, it.me, now())
        what = rendering.with_answer(it.db_session, it.referral, content)
        form = request.form.get("forme", "")
        if form == "json":
            made = rendering.as_json(it.db_session, it.referral, what)
            return _file(made, f"{reference}.json", "application/json")
        if form == "texte":
            made = rendering.as_text(it.db_session, it.referral, what)
            return _file(made, f"{reference}.txt", "text/plain")
        g.without_alternate = True
        return render_template(
            "referrals/detail/sheet.html",
            referral=it.referral,
            facts=rendering.facts(it.referral),
            groups=rendering.groups(what),
            history=rendering.history(it.referral),
            looks=rendering.looks(it.db_session, it.referral),
            erased_on=_day(erasing.erased_from(it.referral)),
        )


@bilingual_page(pages, f"{FR}/copie", f"{NL}/kopie", methods=POST)
def copy(lang: Language, reference: str) -> str:
    """The person's own copy: the number, what she agreed to, and the code with which she takes it back.

    What was written about her is not on it: a paper is found by others.
    """
    with _acting(reference, Party.SENDER) as it:
        if it.referral.state is ReferralState.DRAFT:
            raise InvalidTransitionError("a draft has no copy")
        code = sending.person_code(str(it.db_session.info["secret_key"]), it.referral)
        address = links.address(site_url(), "referral_person", lang, reference=reference, code=code)
        g.without_alternate = True
        return render_template(
            "referrals/detail/copy.html",
            referral=it.referral,
            service=it.referral.service,
            scope=rendering.scope(it.referral),
            substitute=holding.substitute_of(it.referral),
            sent_on=_day(it.referral.sent_at),
            address=address,
            qr=secret_qr_svg(address),
            erased_on=_day(erasing.erased_from(it.referral)),
        )


@bilingual_page(pages, f"{FR}/accord", f"{NL}/akkoord", methods=FORM)
def renew(lang: Language, reference: str) -> str | Response | AnyResponse:
    """The person agrees anew: a day, a way, the five statements, until when, and who takes over."""
    today, me = now().date(), _me()
    found = finding.find(session(), me, reference, now())
    before = holding.substitute_of(found[0]) if found is not None else None
    data = {
        "day": today.isoformat(),
        "expires": (today + USUAL_CONSENT).isoformat(),
        "spoken": lang,
        "substitute": str(before.id) if before is not None else "",
    }
    form = RenewForm(request.form if request.method == "POST" else None, data=data)
    form.offer_consent(holding.colleagues(session(), me))
    if sent() and form.validate():
        try:
            with _acting(reference, Party.SENDER) as it:
                agreement = form.stated(bool(it.referral.consent_copy))
                sending.renew(it.db_session, it.referral, it.me, agreement, now())
        except sending.ConsentMissingError:
            # The form was sound a moment ago: midnight has passed, or a colleague's account was closed.
            form.problems.append(
                _("Quelque chose a changé entre-temps. Relisez, puis envoyez encore une fois.")
            )
        else:
            return _on(reference, "renewed")
    return _form("referrals/detail/renew.html", reference, form, Party.SENDER, Event.RENEW)


@bilingual_page(pages, f"{FR}/retirer", f"{NL}/intrekken", methods=FORM)
def withdraw(lang: Language, reference: str) -> str | Response | AnyResponse:
    """One page asks, one button withdraws: link and content are gone at once."""
    if not sent():
        return _form("referrals/detail/withdraw.html", reference, GuideForm(), Party.SENDER, Event.WITHDRAW)
    with _acting(reference, Party.SENDER) as it:
        sending.withdraw(it.db_session, it.referral, Party.SENDER, it.who, now())
    _shred()
    return _to_list("withdrawn")


@bilingual_page(pages, f"{FR}/renvoyer", f"{NL}/opnieuw", methods=POST)
def announce(lang: Language, reference: str) -> AnyResponse:
    """The mail to the service has failed: a new one goes to the address on file now."""
    with _acting(reference, Party.SENDER) as it:
        sending.announce_again(it.db_session, it.referral, it.me, now())
    return _on(reference, "announced")


@bilingual_page(pages, f"{FR}/supprimer", f"{NL}/verwijderen", methods=POST)
def drop(lang: Language, reference: str) -> AnyResponse:
    """Throws a draft away."""
    with _acting(reference, Party.SENDER) as it:
        sending.drop_draft(it.db_session, it.referral, it.me, now())
    _shred()
    return _to_list("dropped")


@bilingual_page(pages, f"{FR}/clore", f"{NL}/afsluiten", methods=POST)
def close(lang: Language, reference: str) -> str | Response | AnyResponse:
    """How it ended, said by either side."""
    outcome = chosen_of([each.value for each in Outcome], request.form.get("outcome"))
    with _acting(reference) as it:
        if outcome is None:
            return make_response(
                _page(it.referral, it.role, _("Choisissez comment cela s’est terminé.")), 422
            )
        sending.close(it.db_session, it.referral, it.role, it.who, Outcome(outcome), now())
    return _on(reference, "closed")


@bilingual_page(pages, f"{FR}/etude", f"{NL}/bekijken", methods=POST)
def study(lang: Language, reference: str) -> AnyResponse:
    """The receiver looks into it."""
    with _acting(reference, Party.RECEIVER) as it:
        answering.study(it.db_session, it.referral, it.who, now())
    return _on(reference, "studied")


@bilingual_page(pages, f"{FR}/accepter", f"{NL}/aanvaarden", methods=FORM)
def accept(lang: Language, reference: str) -> str | Response | AnyResponse:
    """The receiver takes the person on."""
    form = AcceptForm(request.form if request.method == "POST" else None)
    if sent() and form.validate():
        with _acting(reference, Party.RECEIVER) as it:
            appointment = parse_date(form.appointment.data)
            answering.accept(it.db_session, it.referral, it.who, form.words.data or "", appointment, now())
        return _on(reference, "accepted")
    return _form("referrals/detail/accept.html", reference, form, Party.RECEIVER, Event.ACCEPT)


@bilingual_page(pages, f"{FR}/refuser", f"{NL}/weigeren", methods=FORM)
def decline(lang: Language, reference: str) -> str | Response | AnyResponse:
    """The receiver cannot help. Without words of its own the reason's sentence is sent."""
    form = DeclineForm(request.form if request.method == "POST" else None)
    form.reason.choices = options(
        (reason.value, labels.decline_reason_label(reason)) for reason in DeclineReason
    )
    if sent() and form.validate():
        reason = DeclineReason(form.reason.data)
        words = form.words.data or labels.decline_reason_label(reason) + "."
        with _acting(reference, Party.RECEIVER) as it:
            answering.decline(it.db_session, it.referral, it.who, reason, words, now())
        return _on(reference, "declined")
    return _form("referrals/detail/decline.html", reference, form, Party.RECEIVER, Event.DECLINE)


def _not_now(problem: InvalidTransitionError) -> ResponseReturnValue:
    """It cannot happen any more: how the fiche stands now, and why nothing was done."""
    return _stands(_("Cela n’est plus possible : la fiche a changé entre-temps. Voici où elle en est."))


def _cannot_receive(problem: sending.CannotReceiveError) -> ResponseReturnValue:
    return _stands(_("Ce service ne reçoit plus de fiches-relais : rien n’est renvoyé."))


def _closed(problem: reading.ReferralClosedError) -> ResponseReturnValue:
    return _stands(
        _("L’accord de la personne est arrivé à sa fin. Le contenu reste fermé jusqu’à un nouvel accord.")
    )


def _unreadable(problem: Exception) -> ResponseReturnValue:
    """The keys are away: nothing is lost, but an administrator has to look."""
    g.without_alternate = True
    try:
        return make_response(render_template("referrals/detail/unreadable.html"), 503)
    except OperationalError as unavailable:
        return current_app.handle_user_exception(unavailable)


def answer_refusals(own: Blueprint) -> None:
    """Answers what a fiche refuses on these pages: by the fiche as it stands now, or by who has to look."""
    own.register_error_handler(InvalidTransitionError, _not_now)
    own.register_error_handler(sending.CannotReceiveError, _cannot_receive)
    own.register_error_handler(reading.ReferralClosedError, _closed)
    own.register_error_handler(UnsealError, _unreadable)
    own.register_error_handler(KeysMissingError, _unreadable)


answer_refusals(pages)


def _stands(words: str) -> ResponseReturnValue:
    """The fiche of this address as it stands now, with a sentence; 409. The page of a 404 where it is gone since."""
    g.without_alternate = request.method == "POST"
    named = (request.view_args or {}).get("reference") or request.form.get("brouillon")
    reference = named or request.form.get("handed_on", "")
    try:
        with writing() as db_session:
            found = finding.find(db_session, actor(db_session), reference, now())
            if found is None:
                abort(404)
            return make_response(_page(*found, words), 409)
    except (HTTPException, OperationalError) as gone:
        # This runs in a handler of errors, and Flask asks no second one about what the first one raises.
        return current_app.handle_user_exception(gone)


def _page(referral: Referral, role: Party, problem: str = "") -> str:
    lang = reader()
    if request.endpoint != "referrals.detail.show":
        g.without_alternate = True
    lapsed = finding.consent_lapsed(referral, now())
    told = deliveries.deliveries(session(), [referral], now())[referral.uid]
    may = {str(event) for event in Event if allowed(referral, event, role)}
    if lapsed:
        may -= {"open"}
    return render_template(
        "referrals/detail/show.html",
        referral=referral,
        service=referral.service,
        role=str(role),
        may=may,
        problem=problem,
        done="" if problem else query_value("saved", lang),
        lapsed=lapsed,
        waits=finding.waits_for(referral, role, now()),
        history=rendering.history(referral),
        expires_on=deadlines.expiry(referral),
        erased_on=_day(erasing.erased_from(referral)),
        theme=_theme_words().get(referral.theme, ""),
        outcomes=[(each.value, labels.outcome_label(each)) for each in Outcome],
        told=told,
        agreement_mail=finding.agreement_mail(referral, told),
        may_hand_on=finding.may_hand_on(session(), referral, now()),
        receives=can_receive(referral.service),
        named=referral.substitute,
        substitute=holding.substitute_of(referral),
        **rendering.standing(_session_of(referral), referral, now()),
    )


def _session_of(referral: Referral) -> Session:
    """The session this fiche was read in: after a refusal that is not the request's own."""
    found = object_session(referral)
    assert found is not None
    return found


def _content(it: Acting, content: Any, what: rendering.FullContent | None = None) -> str:
    """The page with content, made while the reading is being noted. `what`: what stands on it, if not all."""
    g.without_alternate = True
    it.db_session.flush()
    what = what or rendering.with_answer(it.db_session, it.referral, content)
    return render_template(
        "referrals/detail/content.html",
        referral=it.referral,
        role=str(it.role),
        groups=rendering.groups(what, it.role),
        sealed=not content.person.name,
        **rendering.standing(it.db_session, it.referral, now()),
        may={str(event) for event in Event if allowed(it.referral, event, it.role)},
    )


def _form(template: str, reference: str, form: GuideForm, role: Party, event: Event) -> str | Response:
    """The page of a form; InvalidTransitionError when the fiche does not stand so that it could be done."""
    found = finding.find(session(), _me(), reference, now())
    if found is None or found[1] is not role:
        abort(404)
    referral = found[0]
    if not allowed(referral, event, role):
        raise InvalidTransitionError(f"{event} in state {referral.state}")
    page = render_template(
        template,
        referral=referral,
        service=referral.service,
        form=form,
        longest=WORDS,
        **rendering.standing(session(), referral, now()),
    )
    return make_response(page, 422 if form.has_errors else 200)


def _me() -> Account:
    account = signed_in()
    if account is None:
        abort(403)
    return account


def _on(reference: str, done: str) -> AnyResponse:
    target = url_for("referrals.detail.show", reference=reference) + query_string({"saved": done}, reader())
    return redirect(target, 303)


def _to_list(done: str) -> AnyResponse:
    return redirect(url_for("referrals.detail.index") + query_string({"saved": done}, reader()), 303)


def _shred() -> None:
    """After the commit: SQLite's journal keeps nothing of what was erased. No reader of ours may hold it back."""
    session().rollback()
    erasing.shred(guide().engine)


def _day(moment: Any) -> date:
    day: date = moment.astimezone(BRUSSELS).date()
    return day


def _theme_words() -> Mapping[str, str]:
    return {need.key: need.name.localized(reader()).words for need in needs()}


def _file(text: str, name: str, kind: str) -> Response:
    answer = make_response(text)
    answer.headers["Content-Type"] = f"{kind}; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
