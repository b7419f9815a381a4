"""Who works here: inviting, letting in again, disabling, and a second factor after a lost telephone."""

from flask import Blueprint, Response, abort, g, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse
from wtforms import RadioField

from guide.accounts import people
from guide.languages import Language
from guide.model import Account, AccountState, Organization, Role
from guide.referrals import holding
from guide.web.accounts import mail_labels
from guide.web.security import access_control
from guide.web.ui import forms
from guide.web.ui.forms import N_, GuideForm, MailField, Several, needed, options
from guide.web.ui.labels import account_role_label
from guide.web.ui.request_context import now, session, writing
from guide.web.ui.translating import gettext as _
from guide.web.ui.urls import bilingual_page, reader

pages = Blueprint("members", __name__)


class InviteForm(GuideForm):
    email = MailField(
        label=N_("Adresse e-mail"),
        validators=[needed(lambda: _("Écrivez l’adresse e-mail de la personne."))],
    )
    role = RadioField(label=N_("Rôle"), validators=[needed(lambda: _("Choisissez un rôle."))])
    organizations = Several(label=N_("Organismes"))
    language = RadioField(
        label=N_("Langue du message"),
        choices=options([("fr", "Français"), ("nl", "Nederlands")]),
        validators=[needed(lambda: _("Choisissez une langue."))],
    )


@bilingual_page(pages, "/comptes/", "/accounts/")
def index(lang: Language) -> str:
    """The accounts this person looks after."""
    found = people.all_of(session(), _managed())
    return render_template(
        "accounts/members/index.html",
        found=found,
        told=mail_labels.to_accounts(found),
        is_unused=people.is_unused,
        done=request.args.get("fait", ""),
        handed=request.args.get("remises", 0, _number),
        waiting=request.args.get("attendent", 0, _number),
    )


@bilingual_page(pages, "/comptes/inviter", "/accounts/uitnodigen", methods=("GET", "POST"))
def invite(lang: Language) -> str | Response | AnyResponse:
    """Invites somebody by mail, for one organisation or more."""
    form = InviteForm(
        request.form if request.method == "POST" else None,
        data={"language": lang, "role": Role.EDITOR.value, "organizations": request.args.getlist("pour")},
    )
    form.role.choices = options((role.value, account_role_label(role)) for role in Role if role in _managed())
    organizations = list(session().scalars(select(Organization).order_by(Organization.key)))
    form.organizations.choices = options(
        (organization.key, organization.name.localized(reader()).words) for organization in organizations
    )
    if forms.sent() and form.validate():
        language: Language = "nl" if form.language.data == "nl" else "fr"
        role = Role(form.role.data)
        keys = (form.organizations.data or []) if role in people.OF_ORGANIZATIONS else []
        with writing() as db_session:
            named = list(db_session.scalars(select(Organization).where(Organization.key.in_(keys))))
            known = people.by_email(db_session, form.email.data or "")
            there = known is not None and known.state is AccountState.ACTIVE
            if known is not None and known.role is not role:
                form.email.errors = [_("Cette personne a déjà un compte avec un autre rôle.")]
            else:
                try:
                    actor = access_control.actor(db_session)
                    people.invite(
                        db_session,
                        people.Invitation(form.email.data or "", role, named, language),
                        now(),
                        f"account:{actor.id}",
                    )
                except people.AccountClosedError:
                    form.email.errors = [_("Ce compte est fermé. Rouvrez-le d’abord dans la liste.")]
                except people.OrganizationRequiredError:
                    form.organizations.errors = [
                        _("Cochez l’organisme pour lequel cette personne travaille.")
                    ]
        if not form.has_errors:
            return redirect(url_for("accounts.members.index", fait="ajout" if there else "invitation"), 303)
    page = render_template("accounts/members/invite.html", form=form)
    return make_response(page, 422 if form.has_errors else 200)


@bilingual_page(
    pages, "/comptes/<int(max=9999999):number>", "/accounts/<int(max=9999999):number>", methods=("POST",)
)
def change(lang: Language, number: int) -> AnyResponse:
    """One button of the list: invite again, disable, let in again, a new second factor, or one organisation less.

    Before an account that holds fiches-relais is closed, a page says what becomes of them.
    """
    what = request.form.get("quoi", "")
    done = what
    moved = holding.Closing()
    with writing() as db_session:
        me = access_control.actor(db_session)
        account = db_session.get(Account, number)
        if account is None or account.role not in people.MANAGES.get(me.role, frozenset()):
            abort(404)
        who = f"account:{me.id}"
        if what == "inviter" and account.state is AccountState.INVITED:
            language: Language = "nl" if account.language == "nl" else "fr"
            people.invite(
                db_session,
                people.Invitation(account.email, account.role, account.organizations, language),
                now(),
                who,
            )
        elif what == "fermer":
            foreseen = holding.foresee(db_session, account, now())
            said = request.form.get("fiches", _counted(holding.Closing()))
            if account.state is not AccountState.DISABLED and said != _counted(foreseen):
                g.without_alternate = True
                page = render_template(
                    "accounts/members/close.html",
                    person=account,
                    closing=foreseen,
                    counted=_counted(foreseen),
                )
                return make_response(page)
            try:
                moved = holding.close_account(db_session, account, now(), who)
            except people.LastAdministratorError:
                done = "dernier"
        elif what == "rouvrir":
            holding.reopen_account(db_session, account, now(), who)
        elif what == "codes":
            people.reset_second_factor(db_session, account, now(), who)
        elif what == "retirer":
            try:
                organization = _number(request.form.get("organisme", ""))
                moved = holding.Closing(
                    handed=holding.leave_organization(db_session, account, organization, now(), who)
                )
            except people.OrganizationRequiredError:
                abort(400)
        else:
            abort(400)
    target = url_for(
        "accounts.members.index", fait=done, remises=moved.handed or None, attendent=moved.waiting or None
    )
    return redirect(target, 303)


def _counted(closing: holding.Closing) -> str:
    """What the page of a closing has said, so that it asks again when something has changed since."""
    return f"{closing.open}-{closing.unhelped}-{closing.handed}-{closing.drafts}"


class AddressForm(GuideForm):
    email = MailField(
        label=N_("Adresse e-mail"),
        validators=[needed(lambda: _("Écrivez l’adresse e-mail de la personne."))],
    )


@bilingual_page(
    pages,
    "/comptes/<int(max=9999999):number>/adresse",
    "/accounts/<int(max=9999999):number>/adres",
    methods=("GET", "POST"),
)
def address(lang: Language, number: int) -> str | Response | AnyResponse:
    """The address of an invitation nobody has answered, corrected. Of any other account: who can change it."""
    account = session().get(Account, number)
    if account is None or account.role not in _managed() or account.state is AccountState.DISABLED:
        abort(404)
    refused = not people.is_unused(account)
    if refused and request.method != "POST":
        return _who_changes(account, 200)
    form = AddressForm(request.form if request.method == "POST" else None, data={"email": account.email})
    if not refused and forms.sent() and form.validate():
        with writing() as db_session:
            me, held = access_control.actor(db_session), db_session.get_one(Account, number)
            if held.role not in people.MANAGES.get(me.role, frozenset()):
                abort(404)
            try:
                people.correct_address(db_session, held, form.email.data or "", now(), f"account:{me.id}")
            except people.AddressTakenError:
                form.email.errors = [_("Quelqu’un d’autre a déjà un compte avec cette adresse.")]
            except people.AccountClosedError:
                abort(404)
            except people.AddressInUseError:
                # She has answered her invitation meanwhile.
                refused = True
        if not form.has_errors and not refused:
            return redirect(url_for("accounts.members.index", fait="inviter"), 303)
    if refused:
        return _who_changes(account, 409)
    page = render_template("accounts/members/address.html", form=form, person=account)
    return make_response(page, 422 if form.has_errors else 200)


def _who_changes(account: Account, status: int) -> Response:
    """Who can change an address that a manager must not; 409 when she has tried."""
    g.without_alternate = request.method == "POST"
    organizations = [organization.key for organization in account.organizations]
    page = render_template(
        "accounts/members/address_in_use.html",
        person=account,
        organizations=organizations,
        refused=status != 200,
    )
    return make_response(page, status)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _managed() -> frozenset[Role]:
    account = access_control.signed_in()
    g.personal = True
    return people.MANAGES.get(account.role, frozenset()) if account is not None else frozenset()
