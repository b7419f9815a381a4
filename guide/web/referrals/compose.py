"""Making a fiche-relais: which service, the form, the check page, and sending it or keeping it as a draft.

Until "send" or "keep" nothing is stored: what was typed travels with the page. The form bears a signed uid of
its own, so that two clicks on "send" make one fiche.
"""

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, NoResultFound
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from guide.keys import KeysMissingError
from guide.languages import Language
from guide.model import Account, Publication, ReferralState, Service
from guide.referrals import Referral, erasing, finding, holding, reading, receivers, sending
from guide.referrals.content import Answer, Motive
from guide.referrals.life import InvalidTransitionError, Party
from guide.web.referrals import rendering
from guide.web.referrals.detail import answer_refusals
from guide.web.referrals.form import TODAY, OnlineForm, first_values, new_token, uid_of, values_of
from guide.web.security.access_control import actor, signed_in
from guide.web.ui.cards import first_need
from guide.web.ui.forms import SWITCH, chosen_of
from guide.web.ui.request_context import guide, needs, now, session, writing
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import bilingual_page, query_string, query_value, reader

pages = Blueprint("compose", __name__)
answer_refusals(pages)

STEPS = ("relire", "modifier", "envoyer", "garder", "reprendre")
"""What the buttons ask for: check, change, send, keep as a draft, take up a draft or a declined one again."""

CHECK = "verification"
"""The check page says so of itself, so that the switch of language shows it again."""


class _ErasedError(Exception):
    """The fiche of this form was sent or kept, and is gone since."""


@bilingual_page(pages, "/relais/nouvelle", "/doorverwijzing/nieuw", methods=("GET", "POST"))
def new(lang: Language) -> str | Response | AnyResponse:
    """The page for this step. 403 for whoever is not signed in."""
    me = signed_in()
    if me is None:
        abort(403)
    if request.method != "POST":
        return _begin(lang, me)
    if _step() == "reprendre" and SWITCH not in request.form:
        return _take_up(lang)
    service = _service(request.form.get("service", ""))
    if service is None:
        return _choose(lang, request.form.get("handed_on", ""), True)
    form = OnlineForm(request.form).offer(service, _colleagues(me))
    known = uid_of(form.fiche.data or "", me) != ""
    if not known:
        form.fiche.data = new_token(me)
    if SWITCH in request.form:
        shown = "vue" in request.form and form.sound(sending=True)
        return _check(form, service) if shown else _form(form, service)
    step = _step()
    # A form that is too old or another's is read again before anything leaves.
    return _pressed(form, service, me, "relire" if step == "envoyer" and not known else step)


def _step() -> str:
    """What the button asked for; without one of ours, to check."""
    return chosen_of(STEPS, request.form.get("etape")) or STEPS[0]


def _begin(lang: Language, me: Account) -> str | Response:
    """An empty form for the service that the address names; else the services to choose from."""
    asked = query_value("service", lang)
    service = _service(asked)
    if service is None or not receivers.can_receive(service):
        return _choose(lang, query_value("handed_on", lang), asked != "", service)
    values = first_values(service, me, lang) | {"fiche": new_token(me)}
    return _form(OnlineForm(None, data=values).offer(service, _colleagues(me)), service)


def _pressed(form: OnlineForm, service: Service, me: Account, step: str) -> str | Response | AnyResponse:
    """What a button of the form or of the check page leads to; the form again with what is to mend."""
    if step == "modifier":
        return _form(form, service)
    if not receivers.can_receive(service):
        form.problems.append(
            _("Ce service ne reçoit plus de fiches-relais. Appelez-le, ou choisissez-en un autre.")
        )
        return _form(form, service)
    keep = step == "garder"
    if form.urgency.data == TODAY and not keep:
        return _call(form, service)
    if not form.sound(sending=not keep):
        return _form(form, service)
    return _check(form, service) if step == "relire" else _store(form, service, me, keep)


def _store(form: OnlineForm, service: Service, me: Account, keep: bool) -> str | Response | AnyResponse:
    try:
        reference = _written_once(form, service.id, uid_of(form.fiche.data or "", me), keep)
    except _ErasedError:
        form.fiche.data = new_token(me)
        return _check(
            form, service, _("Cette fiche est déjà partie, puis a été effacée. Rien n’est parti maintenant.")
        )
    except InvalidTransitionError:
        form.handed_on.data = ""
        return _check(
            form,
            service,
            _(
                "La première fiche est déjà passée à un autre service. Celle-ci part comme une nouvelle fiche."
            ),
        )
    except KeysMissingError:
        return _check(
            form, service, _("Le guide ne peut rien sceller pour le moment. Rien n’est parti."), 503
        )
    except (sending.ConsentMissingError, sending.RefusedTextError, sending.CannotReceiveError):
        # The form said yes a moment ago: midnight has passed, or the listing has just changed.
        form.problems.append(_("Quelque chose a changé entre-temps. Relisez la fiche, puis envoyez-la."))
        return _form(form, service)
    if form.handed_on.data:
        # A fiche whose mail had failed was erased: SQLite's journal keeps nothing of it.
        session().rollback()
        erasing.shred(guide().engine)
    target = url_for("referrals.detail.show", reference=reference)
    return redirect(target + query_string({"saved": "kept" if keep else "sent"}, reader()), 303)


def _written_once(form: OnlineForm, service_id: int, uid: str, keep: bool) -> str:
    """As `_written`; of two clicks at one moment the later finds what the first has written."""
    try:
        return _written(form, service_id, uid, keep)
    except IntegrityError:
        return _written(form, service_id, uid, keep)


def _written(form: OnlineForm, service_id: int, uid: str, keep: bool) -> str:
    """Sends or keeps what the form says, once for each form; the reference."""
    with writing() as db_session:
        sender = actor(db_session)
        service = db_session.get_one(Service, service_id)
        draft = finding.of_form(db_session, sender, uid)
        if draft is not None:
            draft = _held(db_session, draft)
        if draft is not None and draft.state is not ReferralState.DRAFT:
            return draft.reference
        if draft is None and finding.is_erased(db_session, uid):
            raise _ErasedError
        previous = _hers(db_session, sender, form.handed_on.data or "")
        if draft is not None and previous is None and form.handed_on.data:
            previous = finding.previous_of(db_session, draft)
            previous = _held(db_session, previous) if previous is not None else None
        content, theme, soon = form.content(service), form.theme_key(), form.how_soon()
        new = sending.NewReferral(service, sender, content, theme, soon, draft, previous, uid)
        if keep:
            return sending.keep_draft(db_session, new, now()).reference
        motive, by_mail = _motive(form).words, bool(form.copy_by_mail.data)
        return sending.send(db_session, new, form.agreement(), now(), motive, by_mail).reference


def _hers(db_session: Session, sender: Account, reference: str) -> Referral | None:
    """The fiche of this reference, held, if she sent it and it is not erased; None without a reference."""
    found = finding.find(db_session, sender, reference, now()) if reference else None
    return _held(db_session, found[0]) if found is not None and found[1] is Party.SENDER else None


def _held(db_session: Session, referral: Referral) -> Referral | None:
    """The fiche held to the end of the transaction; None when it was erased a moment ago."""
    try:
        return finding.hold(db_session, referral)
    except NoResultFound:
        return None


def _take_up(lang: Language) -> str | Response:
    """A draft goes on with all it says; one that is handed on goes to another service with its need alone."""
    draft_reference = request.form.get("brouillon", "")
    reference = draft_reference or request.form.get("handed_on", "")
    with writing() as db_session:
        me = actor(db_session)
        referral = _hers(db_session, me, reference)
        if referral is None:
            abort(404)
        _require_taking_up(db_session, referral, is_draft=bool(draft_reference))
        service = (
            referral.service if draft_reference else _service(request.form.get("service", ""), db_session)
        )
        if service is None:
            return _choose(lang, reference, True)
        values = first_values(service, me, lang)
        closed = False
        try:
            content = reading.read_own(db_session, referral, me, now())
            values |= values_of(content, service, only_need=not draft_reference)
        except reading.ReferralClosedError:
            # She agrees anew or not at all: what the first agreement covered is not read again.
            closed = True
        values["urgency"] = referral.urgency.value
        if draft_reference:
            before = finding.previous_of(db_session, referral)
            values |= {"theme": referral.theme, "handed_on": before.reference if before is not None else ""}
        else:
            values["handed_on"] = referral.reference
        values["fiche"] = new_token(me, referral.uid if draft_reference else "")
        form = OnlineForm(None, data=values).offer(service, _colleagues(me))
        return _form(form, service, closed=closed)


def _require_taking_up(db_session: Session, referral: Referral, is_draft: bool) -> None:
    """Raises InvalidTransitionError for a draft that was sent meanwhile, and for a fiche that cannot be handed on."""
    if is_draft and referral.state is not ReferralState.DRAFT:
        raise InvalidTransitionError("it was sent")
    if not is_draft and not finding.may_hand_on(db_session, referral, now()):
        raise InvalidTransitionError("it was neither declined nor undelivered")


def _colleagues(me: Account) -> list[Account]:
    """Who may take over a fiche of hers, if the person agrees to it."""
    return holding.colleagues(session(), me)


def _form(form: OnlineForm, service: Service, closed: bool = False) -> Response:
    form.service.data = service.key
    page = render_template(
        "referrals/compose/form.html",
        form=form,
        service=service,
        bound=sending.is_bound(service),
        closed=closed,
    )
    return make_response(page, 422 if form.has_errors else 200)


def _check(form: OnlineForm, service: Service, problem: str = "", status: int = 409) -> Response:
    form.service.data = service.key
    content = form.content(service)
    page = render_template(
        "referrals/compose/check.html",
        form=form,
        service=service,
        groups=rendering.groups(rendering.FullContent(content, Answer(), _motive(form))),
        problem=problem,
        hidden=[*form.hidden(), ("vue", CHECK)],
    )
    return make_response(page, status if problem else 200)


def _motive(form: OnlineForm) -> Motive:
    return Motive((form.motive.data or "") if form.emergency.data else "")


def _call(form: OnlineForm, service: Service) -> Response:
    """Help needed today is asked for by telephone: nothing is sent, all that was typed is kept in the page."""
    form.service.data = service.key
    return make_response(
        render_template("referrals/compose/call.html", form=form, service=service, hidden=list(form.hidden()))
    )


def _choose(lang: Language, handed_on: str, gone: bool, refused: Service | None = None) -> str:
    """The services that receive fiches-relais, hers of late first.

    `gone`: the one asked for does not; `refused`: it is this one.
    """
    words, need_key = query_value("q", lang).strip()[:100], query_value("need", lang)
    found = receivers.services_that_receive(session())
    me = signed_in()
    lately = finding.lately_sent_to(session(), me, now()) if me is not None else []
    if me is None or not _may_hand_on(me, handed_on):
        handed_on = ""  # an address says nothing here but a fiche of hers
    # What she uses most comes first: her client waits.
    found.sort(key=lambda service: lately.index(service.id) if service.id in lately else len(lately))
    known = {need.key: need.name.localized(lang).words for need in needs()}
    rows = [
        (service, first_need(service), sending.is_bound(service), service.id in lately)
        for service in found
        if not need_key or need_key in {filed.term.need.key for filed in service.attributes}
        if _says(service, words, lang)
    ]
    return render_template(
        "referrals/compose/choose.html",
        rows=rows,
        any_at_all=bool(found),
        words=words,
        need_key=need_key if need_key in known else "",
        known=known,
        handed_on=handed_on,
        gone=gone,
        refused=refused if refused is not None and refused.is_called else None,
    )


def _may_hand_on(me: Account, reference: str) -> bool:
    """Is this a fiche of hers that was declined, or whose mail has failed?"""
    found = finding.find(session(), me, reference, now()) if reference else None
    if found is None or found[1] is not Party.SENDER:
        return False
    return finding.may_hand_on(session(), found[0], now())


def _says(service: Service, words: str, lang: Language) -> bool:
    """Does every word stand in its name, its summary or its organisation's name?"""
    organization = service.organization.name.localized(lang).words if service.organization is not None else ""
    text = f"{service.name.localized(lang).words} {service.summary.localized(lang).words} {organization}".casefold()
    return all(word in text for word in words.casefold().split())


def _service(key: str, db_session: Session | None = None) -> Service | None:
    """The published service with this key."""
    return (db_session or session()).scalar(
        select(Service).where(Service.key == key, Service.publication == Publication.PUBLISHED)
    )
