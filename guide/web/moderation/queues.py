"""Lists with work that is done for several at once: listings to confirm, errors, links to plans, mails, searches."""

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms import StringField, TextAreaField

from guide import audit, mail
from guide.audit import AuditVerb, Edit
from guide.directory import search_log
from guide.directory.freshness import Freshness, Standing, asks_to_be_archived, standing
from guide.editing import fulfilments, listings, reminders, reports, revisions
from guide.editing.desk_counts import SEARCHED_SINCE
from guide.languages import Bilingual, Language
from guide.model import Fulfilment, FulfilmentState, Mail, Organization, Publication, Service
from guide.referrals import telling
from guide.web.accounts import mail_labels
from guide.web.desk.listing_view import who
from guide.web.moderation.common import SLICES, chosen_slice, numbers, slice_url
from guide.web.public.counting import write_counts
from guide.web.security import access_control
from guide.web.ui import forms
from guide.web.ui.fields import nothing_private
from guide.web.ui.formatting import how_long
from guide.web.ui.forms import N_, GuideForm, at_most
from guide.web.ui.request_context import now, session, writing
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import bilingual_page

pages = Blueprint("queues", __name__)

FORM = ("GET", "POST")


MOST_WORDS = 100
"""Searched words on a page; the table to download has them all."""


class LinkForm(GuideForm):
    """The answer to one proposed link. Many stand on a page, so the controls carry the number of theirs."""

    note = StringField(label=N_("Note"), validators=[at_most(400), nothing_private])
    evidence_fr = TextAreaField(
        label=N_("Votre preuve, en français"), validators=[at_most(400), nothing_private]
    )
    evidence_nl = TextAreaField(
        label=N_("Votre preuve, en néerlandais"), validators=[at_most(400), nothing_private]
    )


@bilingual_page(pages, "/moderation/fiches", "/moderatie/fiches", FORM)
def listings_list(lang: Language) -> str | AnyResponse:
    """Listings by how long ago they were confirmed: confirm those that are ticked after a call, or write to
    whoever looks after them."""
    chosen = chosen_slice(SLICES, lang)
    if request.method == "POST":
        return redirect(_with(slice_url(chosen, lang), **_done_with_listings()), 303)
    return render_template(
        "moderation/queues/listings.html",
        found=to_confirm(chosen),
        chosen=chosen,
        slices=[("", slice_url("", lang)), *((name, slice_url(name, lang)) for name in SLICES)],
        here=slice_url(chosen, lang),
    )


def to_confirm(chosen: str = "") -> list[tuple[Service, Standing, bool]]:
    """The listings of a slice that are not fresh, with their age and whether to ask to archive them."""
    today = now().date()
    found = []
    for service in reminders.to_confirm(session(), whole=True):
        age, ask = standing(service, today), asks_to_be_archived(service, today)
        fits = ask if chosen == "to_archive" else chosen in ("", age.state.value)
        if age.state is not Freshness.FRESH and fits:
            found.append((service, age, ask))
    return sorted(found, key=lambda row: (row[1].assured is not None, row[1].assured, row[0].key))


@bilingual_page(pages, "/moderation/signalements", "/moderatie/meldingen", FORM)
def reports_list(lang: Language) -> str | AnyResponse:
    """The errors that visitors reported and nobody closed, oldest first; close one, or those that are ticked."""
    if request.method == "POST":
        closed = 0
        with writing() as db_session:
            me = access_control.actor(db_session)
            for number in numbers("signalement"):
                report = reports.find(db_session, me, number)
                if report is not None:
                    closed += reports.close(
                        db_session, report, request.form.get("quoi") == "corrige", Edit(me, now())
                    )
        return redirect(url_for("moderation.queues.reports_list", fait=closed), 303)
    return render_template("moderation/queues/reports.html", found=reports.open_reports(session(), who()))


@bilingual_page(pages, "/moderation/liens", "/moderatie/koppelingen", FORM)
def links(lang: Language) -> str | Response | AnyResponse:
    """Proposed links to actions: confirm or refuse each, with a note."""
    at = next(iter(numbers("lien")), 0)
    form = _link_form(at, sent=request.method == "POST")
    if forms.sent() and form.validate():
        verb = request.form.get("quoi", "")
        state = {"confirmer": FulfilmentState.CONFIRMED, "refuser": FulfilmentState.REFUSED}.get(verb)
        if state is None:
            abort(400)
        try:
            with writing() as db_session:
                evidence = Bilingual(form.evidence_fr.data or None, form.evidence_nl.data or None)
                fulfilments.answer(
                    db_session,
                    at,
                    state,
                    Edit(access_control.actor(db_session), now(), form.note.data or ""),
                    evidence or None,
                )
            return redirect(url_for("moderation.queues.links", fait=verb), 303)
        except fulfilments.LinkDecidedError:
            if _did_so(at, state, form.note.data or ""):
                return redirect(url_for("moderation.queues.links", fait=verb), 303)
            form.problems.append(_("Quelqu’un a déjà répondu à ce lien, ou il a été retiré."))
        except fulfilments.CannotConfirmError:
            form.evidence_fr.errors = [
                _("Ce lien est notre lecture des textes. Pour le confirmer, écrivez une phrase de preuve.")
            ]
    found = fulfilments.proposed(session())
    page = render_template(
        "moderation/queues/links.html",
        rows=[(link, form if link.id == at else _link_form(link.id)) for link in found],
        form=form,
        at=at,
        waits=any(link.id == at for link in found),
    )
    return make_response(page, 422 if form.has_errors else 200)


def _did_so(number: int, state: FulfilmentState, note: str) -> bool:
    """Does the link stand as this answer would have it? Then this is the second of two clicks."""
    session().expire_all()
    link = session().get(Fulfilment, number)
    return link is not None and link.state is state and (link.decision_note or "") == note


@bilingual_page(pages, "/moderation/messages", "/moderatie/berichten", FORM)
def mails(lang: Language) -> str | AnyResponse:
    """Mails that do not go: what each is about and why; send again, or drop."""
    if request.method == "POST":
        return redirect(_with(url_for("moderation.queues.mails"), **_done_with_mails()), 303)
    found = mail_labels.mail_lines(mail.troubled(session(), now()))
    late = [line for line in found if line.fate is mail.Fate.LATE]
    since = how_long(now() - late[0].row.created_at) if late else ""
    ready, waiting = mail_labels.waiting()
    return render_template(
        "moderation/queues/mails.html",
        late=late,
        since=since,
        failed=[line for line in found if line.fate is not mail.Fate.LATE],
        ready=ready,
        waiting=waiting,
        away=mail_labels.reason_words(mail_labels.away()),
    )


def _done_with_mails() -> dict[str, int]:
    """Sends the chosen mails again, or stops them; what was done, for the next page's address.

    What goes to a service that receives a fiche-relais goes to its address on file now: the coordinator has
    corrected it. Without one nothing changes ('sans').
    """
    done = nowhere = 0
    stops = request.form.get("quoi") == "jeter"
    with writing() as db_session:
        me = access_control.actor(db_session)
        for number in numbers("message"):
            row = db_session.get(Mail, number)
            if row is None or row.sent_at is not None:
                continue
            service = None if stops else telling.receiving_service(db_session, row)
            address = (service.relay_email or "") if service is not None else ""
            if service is not None and not address:
                nowhere += 1
                continue
            if not (
                mail.drop(db_session, row, now(), me.id)
                if stops
                else mail.send_again(db_session, row, now(), address)
            ):
                continue  # it is on its way, or was sent meanwhile
            verb = AuditVerb.MAIL_DROPPED if stops else AuditVerb.MAIL_SENT_AGAIN
            audit.record(db_session, f"account:{me.id}", verb, f"mail:{number}", now=now())
            done += 1
    return {"fait": done, "sans": nowhere} if nowhere else {"fait": done}


@bilingual_page(pages, "/moderation/recherches", "/moderatie/zoekopdrachten")
def searches(lang: Language) -> str:
    """What people searched in the last ninety days, and what found nothing."""
    write_counts()
    since = now().date() - SEARCHED_SINCE
    return render_template(
        "moderation/queues/searches.html",
        lost=search_log.searches(session(), since, without_result=True)[:MOST_WORDS],
        found=search_log.searches(session(), since)[:MOST_WORDS],
    )


def summary_of(done: reminders.RemindedNow) -> dict[str, object]:
    """What a reminder did, for the address of the page that says so."""
    return {
        "fait": "rappel",
        "ecrits": done.mails,
        "deja": done.already,
        "seuls": done.alone,
        "rien": done.nothing,
    }


def _link_form(number: int, sent: bool = False) -> LinkForm:
    form = LinkForm(request.form if sent else None)
    for field in form:
        field.id = f"{field.name}-{number}"
    return form


def _done_with_listings() -> dict[str, object]:
    """Confirms the ticked listings, or writes to their editors; what was done, for the next page's address."""
    keys = request.form.getlist("fiche")
    verb = request.form.get("quoi", "")
    if verb not in ("confirmer", "rappeler"):
        abort(400)
    if not keys:
        return {"fait": "vide"}
    with writing() as db_session:
        me = access_control.actor(db_session)
        found = [listings.find(db_session, me, key) for key in keys]
        public = [one for one in found if one is not None and one.publication is Publication.PUBLISHED]
        if verb == "rappeler":
            organizations: dict[int, Organization] = {
                one.organization.id: one.organization for one in public if one.organization is not None
            }
            return summary_of(reminders.remind_now(db_session, list(organizations.values()), me, now()))
        # All are held before the first is written, in one order: nobody waits for somebody who waits for us.
        for service in [listings.locked(db_session, number) for number in sorted({one.id for one in public})]:
            revisions.confirm(db_session, service, Edit(me, now()))
        return {"fait": "confirmer", "nombre": len(public)}


def _with(url: str, **values: object) -> str:
    """An address with these values behind its own."""
    more = "&".join(f"{name}={value}" for name, value in values.items())
    return f"{url}{'&' if '?' in url else '?'}{more}"
