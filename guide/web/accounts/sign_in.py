"""Coming in and going out: sign-in, one-time codes, links from mails, a forgotten password.

Every answer about an address is the same whether somebody has an account or not.
"""

from datetime import timedelta

from flask import (
    Blueprint,
    Response,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from guide import audit
from guide.accounts import links, passwords, people, second_factor, sessions, throttle
from guide.audit import AuditVerb
from guide.crypto import digest
from guide.languages import Language
from guide.model import Account, AccountSession, AccountState, LinkPurpose, OneTimeLink, Role
from guide.web.accounts.forms import (
    AddressForm,
    CodeForm,
    InvitedForm,
    PasswordForm,
    SignInForm,
)
from guide.web.accounts.sign_in_tries import MINUTE, Tries, slow_down, waits
from guide.web.security import access_control, unsaved_input
from guide.web.security import known_places as security_known_places
from guide.web.security.signing import sign, signed
from guide.web.ui import forms
from guide.web.ui.request_context import client_ip_bucket, now, session, writing
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import bilingual_page

pages = Blueprint("sign_in", __name__)

CODE_LIFE = timedelta(minutes=10)


@bilingual_page(pages, "/connexion", "/inloggen", methods=("GET", "POST"))
def sign_in(lang: Language) -> str | Response | AnyResponse:
    """By address and password."""
    # Of an address only where to go on is taken: what was typed comes by a form of ours alone.
    asked = MultiDict({"suite": request.args.get("suite", "")})
    form = SignInForm(request.form if request.method == "POST" else asked)
    if not access_control.may_sign_in_here():
        return make_response(render_template("accounts/not_here.html"), 403)
    if access_control.signed_in() is not None and request.method != "POST":
        return redirect(_home())
    if forms.sent() and "password" in request.form and form.validate():
        email, password = (form.email.data or "").lower(), form.password.data or ""
        with writing() as db_session:
            account = people.by_email(db_session, email)
            tries = Tries.of("sign-in", db_session, account, email)
            wait, crowd = waits(db_session, tries)
            stored = None if wait else _password_hash(account)
        if wait and not crowd:
            return slow_down(wait)
        # Outside any transaction: the hash takes its time, and others want to write meanwhile.
        if passwords.matches(stored, password):
            fresh = passwords.hashed(password) if passwords.outdated(stored or "") else stored
            with writing() as db_session:
                account = people.by_email(db_session, email)
                if account is not None and _password_hash(account) == stored:
                    account.password_hash = fresh
                    throttle.forgive(db_session, tries.by_all, tries.by_crowd, tries.by_one)
                    return _let_in(db_session, account, form)
        if crowd:
            return slow_down(crowd)
        form.problems.append(
            _("L’adresse et le mot de passe ne vont pas ensemble. Vérifiez les deux, ou demandez un lien.")
        )
        return make_response(render_template("accounts/sign_in/sign_in.html", form=form), 422)
    status = 422 if form.has_errors else 200
    return make_response(render_template("accounts/sign_in/sign_in.html", form=form), status)


@bilingual_page(pages, "/connexion/code", "/inloggen/code", methods=("GET", "POST"))
def code(lang: Language) -> str | Response | AnyResponse:
    """The second step: the code of the app, or a recovery code."""
    if request.method != "POST" or not request.form.get("who"):
        return redirect(url_for("accounts.sign_in.sign_in"), 303)
    form = CodeForm(request.form)
    if forms.sent() and form.validate():
        with writing() as db_session:
            account = _half_in(db_session, form.who.data or "")
            if account is None:
                return redirect(url_for("accounts.sign_in.sign_in"), 303)
            tries = Tries.of("code", db_session, account, str(account.id))
            wait = throttle.guess(db_session, tries.by_all, 5, MINUTE, now())
            right = not wait and _right_code(db_session, account, form.code.data or "")
            if right:
                throttle.forgive(db_session, tries.by_all)
            answer = (
                _signed_in(db_session, account, True, form.suite.data, form.garde.data) if right else None
            )
        if answer is not None:
            return answer
        if wait:
            return slow_down(wait)
        form.code.errors = [
            _("Ce code n’est pas le bon, ou il a déjà servi. Attendez le suivant et réessayez.")
        ]
        return make_response(render_template("accounts/sign_in/code.html", form=form), 422)
    return make_response(
        render_template("accounts/sign_in/code.html", form=form), 422 if form.has_errors else 200
    )


@bilingual_page(pages, "/connexion/lien", "/inloggen/link", methods=("GET", "POST"))
def ask_link(lang: Language) -> str | Response | AnyResponse:
    """A link by mail instead of a password, for editors."""
    return _by_mail(LinkPurpose.SIGN_IN, "accounts/sign_in/ask_link.html")


@bilingual_page(pages, "/mot-de-passe-oublie", "/wachtwoord-vergeten", methods=("GET", "POST"))
def forgotten(lang: Language) -> str | Response | AnyResponse:
    """A link by mail to choose a new password."""
    return _by_mail(LinkPurpose.RESET, "accounts/sign_in/forgotten.html")


@bilingual_page(pages, "/lien/<token>", "/link/<token>", methods=("GET", "POST"))
def follow_link(lang: Language, token: str) -> str | Response | AnyResponse:
    """A link from a mail: looking changes nothing, the button does (scanners of mails open links)."""
    g.personal = g.with_token = True
    if not access_control.may_sign_in_here():
        return make_response(render_template("accounts/not_here.html"), 403)
    for purpose, answer in (
        (LinkPurpose.INVITATION, _take_invitation),
        (LinkPurpose.RESET, _take_reset),
        (LinkPurpose.SIGN_IN, _take_sign_in),
    ):
        link = links.find(session(), token, purpose, now())
        if link is not None:
            return answer(token, link)
    return make_response(render_template("accounts/sign_in/link_over.html"), 410)


@bilingual_page(pages, "/deconnexion", "/uitloggen", methods=("POST",))
def sign_out(lang: Language) -> AnyResponse:
    """Ends this browser's session."""
    opened_session = access_control.current_session()
    answer = redirect(url_for("public.home.index"), 303)
    with writing() as db_session:
        row = db_session.get(AccountSession, opened_session.id) if opened_session else None
        if row is not None:
            audit.record(
                db_session,
                f"account:{row.account_id}",
                AuditVerb.SIGNED_OUT,
                f"account:{row.account_id}",
                now=now(),
            )
            sessions.end(db_session, row)
    access_control.close_session(answer)
    return answer


def _take_invitation(token: str, link: OneTimeLink) -> Response | AnyResponse:
    form = InvitedForm(
        request.form if request.method == "POST" else None, data={"language": link.account.language}
    )
    if forms.sent() and form.validate() and form.suits(link.account.email, form.name.data or ""):
        with writing() as db_session:
            fresh = links.find(db_session, token, LinkPurpose.INVITATION, now())
            language: Language = "nl" if form.language.data == "nl" else "fr"
            try:
                if fresh is None:
                    raise people.LinkUsedError
                account = people.accept(
                    db_session, fresh, form.name.data or "", language, form.password.data or "", now()
                )
            except people.LinkUsedError:
                return make_response(render_template("accounts/sign_in/link_over.html"), 410)
            return _signed_in(db_session, account, False)
    page = render_template("accounts/sign_in/invited.html", form=form, invited=link.account)
    return make_response(page, 422 if form.has_errors else 200)


def _take_reset(token: str, link: OneTimeLink) -> Response | AnyResponse:
    form = PasswordForm(request.form if request.method == "POST" else None)
    if forms.sent() and form.validate() and form.suits(link.account.email, link.account.name):
        done = redirect(url_for("accounts.sign_in.sign_in", fait="mot-de-passe"), 303)
        with writing() as db_session:
            fresh = links.find(db_session, token, LinkPurpose.RESET, now())
            if fresh is None or not links.use(db_session, fresh, now()):
                return make_response(render_template("accounts/sign_in/link_over.html"), 410)
            people.set_password(db_session, fresh.account, form.password.data or "", now())
            # She reads her mails here: strangers who try meanwhile must not keep her from what comes next.
            security_known_places.remember(done, fresh.account, db_session)
        return done
    page = render_template("accounts/sign_in/new_password.html", form=form)
    return make_response(page, 422 if form.has_errors else 200)


def _take_sign_in(token: str, link: OneTimeLink) -> Response | AnyResponse:
    if not forms.sent():
        return make_response(render_template("accounts/sign_in/sign_in_by_link.html"))
    with writing() as db_session:
        fresh = links.find(db_session, token, LinkPurpose.SIGN_IN, now())
        if fresh is None or not links.use(db_session, fresh, now()):
            return make_response(render_template("accounts/sign_in/link_over.html"), 410)
        if second_factor.is_set_up(fresh.account):
            return ask_code(fresh.account)
        return _signed_in(db_session, fresh.account, False)


def _by_mail(purpose: LinkPurpose, template: str) -> Response | AnyResponse:
    """Mails a link to an active account; the answer is the same for every address."""
    form = AddressForm(request.form if request.method == "POST" else None)
    if forms.sent() and form.validate():
        email = (form.email.data or "").lower()
        with writing() as db_session:
            tries = Tries.of(str(purpose), db_session, people.by_email(db_session, email), email)
            wait = (
                0
                if tries.from_her_browser
                else throttle.attempt(
                    db_session, f"mail-ip:{client_ip_bucket()}", 20, timedelta(hours=1), now()
                )
            )
            often = throttle.attempt(db_session, tries.by_all, 3, timedelta(hours=1), now())
            if not wait and not often:
                people.send_link(db_session, email, purpose, now())
        if wait:
            return slow_down(wait)
        return make_response(render_template("accounts/sign_in/mail_sent.html"))
    page = render_template(template, form=form)
    return make_response(page, 422 if form.has_errors else 200)


def _password_hash(account: Account | None) -> str | None:
    """What a typed password is held against; None where nobody comes in by one."""
    return account.password_hash if account is not None and account.state is AccountState.ACTIVE else None


def _let_in(db_session: Session, account: Account, form: SignInForm) -> Response | AnyResponse:
    """After the right password: in, or to the code where the account has one."""
    if second_factor.is_set_up(account):
        return ask_code(account, form.suite.data, form.garde.data)
    return _signed_in(db_session, account, False, form.suite.data, form.garde.data)


def ask_code(account: Account, suite: str | None = "", garde: str | None = "") -> Response:
    """The page of the second step, for somebody whose first step was right."""
    form = CodeForm(MultiDict({"who": _who(account), "suite": suite or "", "garde": garde or ""}))
    return make_response(render_template("accounts/sign_in/code.html", form=form))


def _signed_in(
    db_session: Session,
    account: Account,
    with_second_factor: bool,
    suite: str | None = "",
    garde: str | None = "",
) -> Response | AnyResponse:
    """Signs in and goes on: to where one wanted to be, with what one had typed."""
    lang: Language = "nl" if account.language == "nl" else "fr"
    target = access_control.own_path(suite or "")
    kept = unsaved_input.kept(garde or "")
    audit.record(db_session, f"account:{account.id}", AuditVerb.SIGNED_IN, f"account:{account.id}", now=now())
    if kept is not None:
        path, values = kept
        answer = make_response()
        # The form that waits belongs to the session that is opened here, not to the request's own.
        token = access_control.open_session(answer, account, db_session, with_second_factor)
        answer.set_data(
            render_template(
                "security/access_control/again.html", busy=False, kept=values, target=path, token=token
            )
        )
        return answer
    gone = redirect(target or _home_of(account, lang), 303)
    access_control.open_session(gone, account, db_session, with_second_factor)
    return gone


def _home() -> str:
    account = access_control.signed_in()
    assert account is not None
    return _home_of(account, "nl" if account.language == "nl" else "fr")


def _home_of(account: Account, lang: Language) -> str:
    wanted = {
        Role.EDITOR: "desk.listing.index",
        Role.COORDINATOR: "moderation.dashboard.index",
        Role.ADMINISTRATOR: "accounts.members.index",
    }
    endpoint = wanted.get(account.role, "accounts.my_account.mine")
    return url_for(
        endpoint if endpoint in current_app.view_functions else "accounts.my_account.mine", lang=lang
    )


def _who(account: Account) -> str:
    """Names the half signed-in account in the page of the second step; dies with the password."""
    return sign("code", [account.id, _mark(account)])


def _half_in(db_session: Session, text: str) -> Account | None:
    found = signed("code", text, CODE_LIFE)
    account = db_session.get(Account, found[0]) if found else None
    right = account is not None and found is not None and _mark(account) == found[1]
    return account if right and account is not None and account.state is AccountState.ACTIVE else None


def _mark(account: Account) -> str:
    """Changes with the password and with the codes, and tells nothing of them."""
    return digest(
        current_app.config["SECRET_KEY"],
        "half-in",
        f"{account.password_hash or ''} {(account.totp_sealed or b'').hex()}",
    )


def _right_code(db_session: Session, account: Account, code: str) -> bool:
    if second_factor.check(db_session, account, code, now()):
        return True
    if second_factor.recover(db_session, account, code, now()):
        who = f"account:{account.id}"
        audit.record(db_session, who, AuditVerb.RECOVERY_CODE_USED, who, now=now())
        return True
    return False
