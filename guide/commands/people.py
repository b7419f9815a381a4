"""`guide user add | disable | reset-2fa`: the first account, and help where nobody can sign in to help."""

import argparse

from sqlalchemy import select
from sqlalchemy.orm import Session

from guide import clock, mail_address
from guide.accounts import people
from guide.commands.database import changing
from guide.mail import links
from guide.model import Account, Organization, Role
from guide.operations import locks
from guide.referrals import holding
from guide.settings import SettingError, Settings


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `guide user` with its verbs to the command line."""
    parser = commands.add_parser("user", help="invite a person, close an account, forget a lost telephone")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    adding = verbs.add_parser("add", help="invite a person; prints the link of the invitation")
    adding.add_argument("email")
    adding.add_argument("--role", choices=[role.value for role in Role], default=Role.EDITOR.value)
    adding.add_argument(
        "--organization", action="append", default=[], metavar="KEY", help="for an editor or a social worker"
    )
    adding.add_argument("--language", choices=("fr", "nl"), default="fr")
    adding.set_defaults(run=_add)
    for verb, run, words in (
        ("disable", _disable, "close an account and sign it out everywhere"),
        ("reset-2fa", _reset, "forget a lost telephone: codes are set up anew at the next sign-in"),
    ):
        parsed = verbs.add_parser(verb, help=words)
        parsed.add_argument("email")
        parsed.set_defaults(run=run)


def _add(options: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    _require_address(options.email)
    role = Role(options.role)
    with changing(settings) as session:
        organizations = [_organization(session, key) for key in options.organization]
        known = people.by_email(session, options.email)
        if known is not None and known.role is not role:
            raise SettingError(f"{options.email} has an account already, as {known.role.value}.")
        try:
            account, token = people.invite(
                session,
                people.Invitation(options.email, role, organizations, options.language),
                clock.now(),
                "command",
            )
        except people.AccountClosedError as problem:
            raise SettingError(
                f"The account of {options.email} is closed; a coordinator or administrator can open it again."
            ) from problem
        except people.OrganizationRequiredError as problem:
            raise SettingError(
                "An editor and a social worker need --organization KEY (see data/organizations/); "
                "a coordinator and an administrator have none."
            ) from problem
        email = account.email
    if token:
        served = settings.site_url or locks.served_address(settings.instance)
        base = served or "http://127.0.0.1:8000"
        print(f"Invited {email} as {role.value}. The link works once, for 14 days:")
        print(f"  {links.address(base, 'account_link', options.language, token=token)}")
        if served is None:
            print(
                "  No `guide serve` runs here and GUIDE_SITE_URL is not set. If the site will be at another address,"
            )
            print(f"  put that in the place of {base}, or set GUIDE_SITE_URL and invite again.")
    else:
        print(f"{email} has an account already; the organisations were added.")
    return 0


def _disable(options: argparse.Namespace) -> int:
    with changing(Settings.from_environment()) as session:
        try:
            done = holding.close_account(session, _account(session, options.email), clock.now(), "command")
        except people.LastAdministratorError as problem:
            raise SettingError("This is the last administrator; add another one first.") from problem
    print("The account is closed.")
    if done.open or done.unhelped:
        print(
            f"It held {done.open} open referral(s), and {done.unhelped} that found no help: {done.handed} went to "
            f"a substitute, {done.waiting} wait on the coordinators' list (/fr/moderation/fiches-relais/sans-suivi)."
        )
    if done.drafts:
        print(f"{done.drafts} draft(s) are erased by themselves within 7 days.")
    return 0


def _reset(options: argparse.Namespace) -> int:
    with changing(Settings.from_environment()) as session:
        people.reset_second_factor(session, _account(session, options.email), clock.now(), "command")
    print("One-time codes are forgotten; they are set up anew at the next sign-in.")
    return 0


def _require_address(email: str) -> None:
    wrong = mail_address.problem_in(email)
    if wrong is mail_address.Problem.ACCENT:
        signs = mail_address.foreign_signs(email)
        raise SettingError(f"“{email}”: no mail can go there because of “{signs}”; write it without accents.")
    if wrong is not None:
        raise SettingError(f"“{email}” is no address; write it as name@example.be.")


def _account(session: Session, email: str) -> Account:
    found = people.by_email(session, email)
    if found is None:
        raise SettingError(f"Nobody has an account with the address {email}.")
    return found


def _organization(session: Session, key: str) -> Organization:
    found = session.scalar(select(Organization).where(Organization.key == key))
    if found is None:
        raise SettingError(
            f"There is no organisation “{key}”; the keys are the files of data/organizations/."
        )
    return found
