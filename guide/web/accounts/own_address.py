"""Changing one's own address: the present password, then a code that was mailed to the new address.

The new address waits in a signed field of the page. Whether it is another account's is said only to whoever has
shown that its mailbox is hers.
"""

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse
from wtforms import HiddenField, PasswordField, StringField

from guide.accounts import own_address, passwords, people, throttle
from guide.languages import Language
from guide.web.accounts.sign_in_tries import MINUTE
from guide.web.security import access_control, known_places
from guide.web.security.signing import sign, signed
from guide.web.ui import forms
from guide.web.ui.formatting import wait_words
from guide.web.ui.forms import FORM_LIFE, N_, GuideForm, MailField, needed
from guide.web.ui.request_context import now, writing
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import bilingual_page

pages = Blueprint("own_address", __name__)

PURPOSE = "new-address"


class NewAddressForm(GuideForm):
    email = MailField(
        label=N_("Nouvelle adresse e-mail"),
        validators=[needed(lambda: _("Écrivez votre nouvelle adresse e-mail."))],
    )
    current_password = PasswordField(
        label=N_("Mot de passe actuel"), validators=[needed(lambda: _("Écrivez votre mot de passe actuel."))]
    )


class CodeForm(GuideForm):
    code = StringField(
        label=N_("Code à 6 chiffres"), validators=[needed(lambda: _("Écrivez le code du message."))]
    )
    attente = HiddenField()


@bilingual_page(pages, "/mon-compte/adresse", "/mijn-account/adres", methods=("GET", "POST"))
def change(lang: Language) -> str | Response | AnyResponse:
    """The new address and the present password; sent, the page of the code, whose form comes here too."""
    if request.method == "POST" and "attente" in request.form:
        return _second_step()
    if forms.sent() and not _has_password():
        return _again("", _("Choisissez d’abord un mot de passe."))
    form = NewAddressForm(request.form if request.method == "POST" else None)
    # `reprendre` leads back from the page of the code, with the address as it was typed.
    if not forms.sent() or "reprendre" in request.form or not form.validate() or not _differs(form):
        return _first_page(form)
    email = (form.email.data or "").lower()
    wait = _wait_for_password(form)
    if form.has_errors:
        return _first_page(form, wait)
    with writing() as db_session:
        me = access_control.actor(db_session)
        throttle.forgive(db_session, f"password:{me.id}")
        token, wait = own_address.send_code(db_session, me, email, now())
        pending = sign(PURPOSE, [me.id, email, token])
    if wait:
        words = _(
            "Vous avez demandé trois codes en peu de temps. Réessayez dans %(wait)s.", wait=wait_words(wait)
        )
        form.problems.append(words)
        return _first_page(form, wait)
    return _code_page(CodeForm(MultiDict({"attente": pending})), email)


def _second_step() -> Response | AnyResponse:
    """The code is right: the address is changed. Else what is wrong, with all that was typed but the code."""
    form = CodeForm(request.form)
    email, token = _pending(form.attente.data or "")
    if not email:
        return _again(email, _("Cette page est trop ancienne. Recommencez ici."))
    if not forms.sent() or not form.validate():
        return _code_page(form, email)
    done = redirect(url_for("accounts.my_account.mine", fait="adresse"), 303)
    taken = over = False
    with writing() as db_session:
        me, here = access_control.actor(db_session), access_control.current_session()
        try:
            own_address.change(
                db_session,
                me,
                email,
                own_address.MailboxProof(token, form.code.data or ""),
                now(),
                keep_session=here.id if here else None,
            )
            known_places.remember(done, me, db_session)
        except own_address.WrongCodeError:
            form.code.errors = [_("Ce n’est pas le bon code. Vérifiez les 6 chiffres dans le message.")]
        except own_address.CodeOverError:
            over = True
        except people.AddressTakenError:
            taken = True
    if over:
        return _again(email, _("Ce code ne marche plus. Demandez-en un nouveau ici."))
    if taken:
        return _again(
            email, _("Cette adresse ne peut pas servir : un autre compte l’utilise. Écrivez-en une autre.")
        )
    return _code_page(form, email) if form.has_errors else done


def _has_password() -> bool:
    account = access_control.signed_in()
    return account is not None and account.password_hash is not None


def _differs(form: NewAddressForm) -> bool:
    account = access_control.signed_in()
    if account is not None and (form.email.data or "").lower() == account.email:
        form.email.errors = [_("C’est déjà l’adresse de votre compte. Écrivez la nouvelle.")]
        return False
    return True


def _wait_for_password(form: NewAddressForm) -> int:
    """Tells the form what is wrong with the password; the seconds to wait after too many wrong ones, or 0."""
    with writing() as db_session:
        me = access_control.actor(db_session)
        # One count with the page that changes the password: there are not twice as many tries.
        wait = throttle.guess(db_session, f"password:{me.id}", 5, MINUTE, now())
        stored = me.password_hash
    if wait:
        form.problems.append(_("Il y a eu trop d’essais. Réessayez dans %(wait)s.", wait=wait_words(wait)))
    # Outside any transaction: the hash takes its time, and others want to write meanwhile.
    elif not passwords.matches(stored, form.current_password.data or ""):
        form.current_password.errors = [_("Ce n’est pas votre mot de passe actuel.")]
    return wait


def _pending(text: str) -> tuple[str, str]:
    """The new address and the token of its code, as the page carried them; '' twice when they are not hers."""
    found, account = signed(PURPOSE, text, FORM_LIFE), access_control.signed_in()
    if found is None or account is None or found[0] != account.id:
        return "", ""
    return str(found[1]), str(found[2])


def _again(email: str, words: str) -> Response:
    """The first page, with the address and what was wrong."""
    form = NewAddressForm(MultiDict({"email": email}))
    form.problems.append(words)
    return _first_page(form)


def _first_page(form: NewAddressForm, wait: int = 0) -> Response:
    page = make_response(render_template("accounts/own_address/ask.html", form=form))
    page.status_code = 429 if wait else 422 if form.has_errors else 200
    if wait:
        page.headers["Retry-After"] = str(wait)
    return page


def _code_page(form: CodeForm, email: str) -> Response:
    page = render_template("accounts/own_address/code.html", form=form, email=email)
    return make_response(page, 422 if form.has_errors else 200)
