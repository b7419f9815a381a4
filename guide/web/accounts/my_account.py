"""One's own account: name and telephone, the password, one-time codes, the browsers where one is signed in."""

from collections.abc import Sequence
from datetime import timedelta

from flask import (
    Blueprint,
    Response,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from guide import audit, mail
from guide.accounts import known_places, passwords, people, second_factor, sessions, throttle
from guide.audit import AuditVerb
from guide.languages import Language
from guide.model import Account
from guide.publish.qr import secret_qr_svg
from guide.web.accounts.forms import MineForm, OwnPasswordForm, SetUpForm
from guide.web.accounts.sign_in_tries import MINUTE, slow_down
from guide.web.security import access_control
from guide.web.security import known_places as security_known_places
from guide.web.security.signing import sign, signed
from guide.web.ui import forms
from guide.web.ui.request_context import now, session, writing
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import bilingual_page

pages = Blueprint("my_account", __name__)

SET_UP_LIFE = timedelta(hours=1)


@bilingual_page(pages, "/mon-compte/", "/mijn-account/", methods=("GET", "POST"))
def mine(lang: Language) -> str | Response | AnyResponse:
    """Name, language and telephone of whoever is signed in; the ways to password, codes and sessions."""
    account = access_control.signed_in()
    assert account is not None
    form = MineForm(request.form if request.method == "POST" else None, obj=account)
    if forms.sent() and form.validate():
        with writing() as db_session:
            me = access_control.actor(db_session)
            me.name, me.language = form.name.data or "", form.language.data or me.language
            me.phone = form.phone.data or None
            audit.record(
                db_session, f"account:{me.id}", AuditVerb.ACCOUNT_CHANGED, f"account:{me.id}", now=now()
            )
        return redirect(url_for("accounts.my_account.mine", lang=form.language.data), 303)
    left = second_factor.recovery_codes_left(session(), account)
    page = render_template("accounts/my_account/mine.html", form=form, codes_left=left)
    return make_response(page, 422 if form.has_errors else 200)


@bilingual_page(pages, "/mon-compte/mot-de-passe", "/mijn-account/wachtwoord", methods=("GET", "POST"))
def change_password(lang: Language) -> str | Response | AnyResponse:
    """A new password in place of the present one; other browsers are signed out."""
    form = OwnPasswordForm(request.form if request.method == "POST" else None)
    if forms.sent() and form.validate():
        done = redirect(url_for("accounts.my_account.mine", fait="mot-de-passe"), 303)
        with writing() as db_session:
            me = access_control.actor(db_session)
            wait = throttle.guess(db_session, f"password:{me.id}", 5, MINUTE, now())
            here = access_control.current_session()
            right = not wait and passwords.matches(me.password_hash, form.current_password.data or "")
            if not right:
                form.current_password.errors = [_("Ce n’est pas votre mot de passe actuel.")]
            elif form.suits(me.email, me.name):
                throttle.forgive(db_session, f"password:{me.id}")
                people.set_password(
                    db_session, me, form.password.data or "", now(), keep_session=here.id if here else None
                )
                security_known_places.remember(done, me, db_session)
        if wait:
            return slow_down(wait)
        if not form.has_errors:
            return done
    page = render_template("accounts/my_account/change_password.html", form=form)
    return make_response(page, 422 if form.has_errors else 200)


@bilingual_page(pages, "/mon-compte/codes", "/mijn-account/codes", methods=("GET", "POST"))
def one_time_codes(lang: Language) -> str | Response | AnyResponse:
    """Setting one-time codes up, and the recovery codes, which are shown this once."""
    here = access_control.current_session()
    assert here is not None
    form = SetUpForm(request.form if request.method == "POST" else None)
    needs = here.account.role in second_factor.NEEDED_BY
    if forms.sent() and form.off.data and not needs:
        with writing() as db_session:
            me = access_control.actor(db_session)
            second_factor.turn_off(db_session, me)
            _tell_of_codes(db_session, me, AuditVerb.SECOND_FACTOR_OFF)
        return redirect(url_for("accounts.my_account.mine"), 303)
    if forms.sent() and form.renew.data and second_factor.is_set_up(here.account):
        with writing() as db_session:
            me = access_control.actor(db_session)
            codes = second_factor.new_recovery_codes(db_session, me)
            audit.record(
                db_session,
                f"account:{me.id}",
                AuditVerb.RECOVERY_CODES_RENEWED,
                f"account:{me.id}",
                now=now(),
            )
        return make_response(render_template("accounts/my_account/recovery_codes.html", codes=codes))
    secret = _opened_secret(form.secret.data, here.account)
    if forms.sent() and secret and form.validate():
        with writing() as db_session:
            me = access_control.actor(db_session)
            shown = second_factor.set_up(db_session, me, secret, form.code.data or "", now())
            if shown:
                _tell_of_codes(db_session, me, AuditVerb.SECOND_FACTOR_ON)
                # What one may do grows: so the session gets a new token. All others end.
                sessions.end_all(db_session, me)
                answer = make_response()
                access_control.open_session(answer, me, db_session, with_second_factor=True)
                answer.set_data(render_template("accounts/my_account/recovery_codes.html", codes=shown))
                return answer
        form.code.errors = [
            _("Ce code n’est pas le bon. Regardez l’heure de votre téléphone, puis réessayez.")
        ]
    secret = secret or second_factor.new_secret()
    form.secret.data = sign("totp", [here.account.id, secret])
    address = second_factor.address(secret, here.account, _("Guide social de Jette"))
    page = render_template(
        "accounts/my_account/one_time_codes.html",
        form=form,
        needs=needs,
        is_set_up=second_factor.is_set_up(here.account),
        qr=secret_qr_svg(address),
        secret=" ".join(secret[place : place + 4] for place in range(0, len(secret), 4)),
    )
    return make_response(page, 422 if form.has_errors else 200)


@bilingual_page(pages, "/mon-compte/appareils", "/mijn-account/toestellen", methods=("GET", "POST"))
def devices(lang: Language) -> str | Response | AnyResponse:
    """Where one is signed in; each can be ended, or all others at once."""
    here = access_control.current_session()
    assert here is not None
    if request.method == "POST":
        answer = redirect(url_for("accounts.my_account.devices"), 303)
        with writing() as db_session:
            me = access_control.actor(db_session)
            for row in sessions.of(db_session, me, now()):
                if row.id != here.id and request.form.get("end") in (str(row.id), "all"):
                    sessions.end(db_session, row)
            audit.record(
                db_session, f"account:{me.id}", AuditVerb.SESSIONS_ENDED, f"account:{me.id}", now=now()
            )
            if request.form.get("end") == "all":
                known_places.forget_all(db_session, me)
                security_known_places.remember(answer, me, db_session)
        return answer
    return render_template(
        "accounts/my_account/devices.html", found=sessions.of(session(), here.account, now()), here=here.id
    )


def _opened_secret(text: str | None, account: Account) -> str:
    """The secret the set-up page offered to this account; '' when it offered none."""
    found: Sequence[object] | None = signed("totp", text or "", SET_UP_LIFE)
    return str(found[1]) if found and found[0] == account.id else ""


def _tell_of_codes(db_session: Session, account: Account, verb: AuditVerb) -> None:
    """Into the log, and to the owner by mail: she should know when it was not she."""
    audit.record(db_session, f"account:{account.id}", verb, f"account:{account.id}", now=now())
    mail.post(
        db_session,
        mail.NewMail("second_factor_changed", account, {"on": verb is AuditVerb.SECOND_FACTOR_ON}),
        now(),
    )
