"""Confirming a listing from a mail, in two clicks and without signing in.

The link shows the listing, and only the button records: mail scanners open links by themselves. A link that
does not work (any more) leads to one page, the same for all, which offers a new one.
"""

from datetime import timedelta

from flask import Blueprint, Response, abort, g, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from guide.accounts import people, throttle
from guide.directory.freshness import confirm_by
from guide.directory.wording import in_words
from guide.editing import confirmations, reminders
from guide.languages import Language
from guide.model import Publication, Service
from guide.web.security import known_places
from guide.web.ui.cards import service_url
from guide.web.ui.forms import N_, GuideForm, MailField, needed, sent
from guide.web.ui.request_context import client_ip_bucket, now, session, writing
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import bilingual_page

pages = Blueprint("confirm", __name__)

MOST_OF_AN_ADDRESS = 3
MOST_OF_A_PLACE = 10
WINDOW = timedelta(hours=1)


@pages.before_request
def _for_one_person() -> None:
    g.personal = True


class NewLinkForm(GuideForm):
    address = MailField(
        N_("Votre adresse e-mail"),
        validators=[needed(lambda: _("Écrivez votre adresse e-mail."))],
    )


@bilingual_page(pages, "/confirmer/<token>", "/bevestigen/<token>", methods=("GET", "POST"))
def show(lang: Language, token: str) -> AnyResponse:
    """The listing as the public reads it, and the question; sent, the answer is recorded."""
    if sent():
        with writing() as db_session:
            confirmed = confirmations.confirm(db_session, token, now())
            key = confirmed.key if confirmed is not None else None
        if key is not None:
            return redirect(url_for("public.confirm.thanks", key=key), 303)
    asked = confirmations.question(session(), token, now())
    if asked is None:
        return _kept_by_nobody(_no_question(NewLinkForm()), 410)
    today = now().date()
    return _kept_by_nobody(
        render_template(
            "public/confirm/show.html",
            service=asked.service,
            told=in_words(asked.service, lang, today),
        )
    )


@bilingual_page(pages, "/confirmer/merci/<key>", "/bevestigen/bedankt/<key>")
def thanks(lang: Language, key: str) -> AnyResponse:
    """It is recorded, and when we shall ask again."""
    service = session().scalar(
        select(Service).where(
            Service.key == key,
            Service.publication == Publication.PUBLISHED,
            Service.assured_date.is_not(None),
        )
    )
    if service is None:
        abort(404)
    return _kept_by_nobody(
        render_template(
            "public/confirm/thanks.html",
            service=service,
            url=service_url(service),
            again=confirm_by(service),
        )
    )


@bilingual_page(pages, "/confirmer/nouveau-lien", "/bevestigen/nieuwe-link", methods=("GET", "POST"))
def ask(lang: Language) -> AnyResponse:
    """A new link, to the address we know. The answer is the same whoever asks, and whether anything is sent."""
    form = NewLinkForm(request.form if request.method == "POST" else None)
    if not sent():
        return _kept_by_nobody(_no_question(form))
    if not form.validate():
        return _kept_by_nobody(_no_question(form), 422)
    wait = _send_again(form.address.data or "")
    if wait:
        answer = _kept_by_nobody(_no_question(form, wait=wait), 429)
        answer.headers["Retry-After"] = str(wait)
        return answer
    return redirect(url_for("public.confirm.asked"), 303)


@bilingual_page(pages, "/confirmer/nouveau-lien/envoye", "/bevestigen/nieuwe-link/verstuurd")
def asked(lang: Language) -> AnyResponse:
    """What happens next, told to everybody alike."""
    return _kept_by_nobody(render_template("public/confirm/asked.html"))


def _send_again(address: str) -> int:
    """Writes a mail with new links where there is something to confirm; the seconds to wait when a place asks
    too often. Of one address a fourth question in an hour is answered like the others, and sends nothing."""
    with writing() as db_session:
        place = known_places.known(db_session, people.by_email(db_session, address))
        wait = throttle.attempt(
            db_session, f"new-link-from:{client_ip_bucket()}", MOST_OF_A_PLACE, WINDOW, now()
        )
        if wait:
            return wait
        # Strangers who ask for her use up none of her own questions.
        asked_for = f"new-link-to:{address.lower()}" + (f" {place.name}" if place else "")
        often = throttle.attempt(db_session, asked_for, MOST_OF_AN_ADDRESS, WINDOW, now())
        if not often:
            reminders.send_again(db_session, address, now())
    return 0


def _no_question(form: NewLinkForm, wait: int = 0) -> str:
    return render_template("public/confirm/no_question.html", form=form, wait=wait)


def _kept_by_nobody(page: str, status: int = 200) -> Response:
    answer = make_response(page, status)
    answer.headers["Cache-Control"] = "no-store"
    return answer
