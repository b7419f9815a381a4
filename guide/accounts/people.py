"""Accounts as such: invited, let in, given a password, disabled. Says nothing about who has an account."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from guide import audit, mail
from guide.accounts import known_places, links, passwords, second_factor, sessions
from guide.audit import AuditVerb
from guide.languages import Language
from guide.model import Account, AccountState, LinkPurpose, Membership, OneTimeLink, Organization, Role

MANAGES = {
    Role.ADMINISTRATOR: frozenset(Role),
    Role.COORDINATOR: frozenset({Role.EDITOR, Role.SOCIAL_WORKER}),
}
"""Whose accounts a role looks after."""

OF_ORGANIZATIONS = frozenset({Role.EDITOR, Role.SOCIAL_WORKER})


_LINK_ASKED = {
    LinkPurpose.SIGN_IN: ("sign_in_link", AuditVerb.SIGN_IN_LINK_ASKED),
    LinkPurpose.RESET: ("password_reset", AuditVerb.PASSWORD_RESET_ASKED),
}
"""What lets somebody in → the mail that brings it, and what the log says."""


class OrganizationRequiredError(Exception):
    """An editor and a social worker belong to an organisation; the commune's people do not."""


class AccountClosedError(Exception):
    """The account was closed: somebody must open it again first."""


class AddressTakenError(Exception):
    """Somebody else has an account with this address."""


class AddressInUseError(Exception):
    """Somebody has come in by this account: its address is hers alone to change (`guide.accounts.own_address`)."""


class LinkUsedError(Exception):
    """Somebody was quicker with the same link."""


class LastAdministratorError(Exception):
    """Without an administrator nobody could invite one again."""


def by_email(session: Session, email: str) -> Account | None:
    """The account with this address, in whatever state; None when there is none. Capitals do not count."""
    return session.scalar(select(Account).where(Account.email == email.strip().lower()))


@dataclass(frozen=True, slots=True)
class Invitation:
    """Whom somebody lets in: by which address, as what, for which organisations, and the language of the mail."""

    email: str
    role: Role
    organizations: Sequence[Organization]
    language: Language


def invite(session: Session, invitation: Invitation, now: datetime, actor: str) -> tuple[Account, str]:
    """Invites somebody by mail, again if she was invited before; the account and its link's token.

    An active account of the same address and role gets the further organisations instead, is told so by mail,
    and there is no link (''). Raises OrganizationRequiredError, AccountClosedError.
    """
    if (invitation.role in OF_ORGANIZATIONS) is not bool(invitation.organizations):
        raise OrganizationRequiredError
    account = by_email(session, invitation.email) or _begun(session, invitation, now)
    if account.state is AccountState.DISABLED:
        raise AccountClosedError
    if account.state is AccountState.INVITED:
        account.role, account.language = invitation.role, invitation.language
    added = _join(session, account, invitation.organizations)
    if account.state is AccountState.ACTIVE:
        _tell_added(session, account, added, now, actor)
        return account, ""
    audit.record(
        session, actor, AuditVerb.ACCOUNT_INVITED, f"account:{account.id}", account.role.value, now=now
    )
    token = links.issue(session, account, LinkPurpose.INVITATION, now)
    mail.post(
        session,
        mail.NewMail(
            "invitation",
            account,
            {
                "token": token,
                "organizations": [
                    organization.name.localized(invitation.language).words
                    for organization in account.organizations
                ],
                "role": account.role.value,
            },
            sealed=True,
            expires_at=now + links.LIFE[LinkPurpose.INVITATION],
            actor_id=account_of(actor),
            instead=True,
        ),
        now,
    )
    return account, token


def _join(session: Session, account: Account, organizations: Sequence[Organization]) -> list[Organization]:
    """Makes the account one of these organisations too; those it did not belong to yet."""
    belongs = {membership.organization_id for membership in account.memberships}
    added = [
        organization
        for organization in organizations
        if organization.id not in belongs and account.role in OF_ORGANIZATIONS
    ]
    account.memberships += [Membership(organization=organization) for organization in added]
    session.flush()
    return added


def _tell_added(
    session: Session, account: Account, added: Sequence[Organization], now: datetime, actor: str
) -> None:
    """An active account belongs to further organisations: in the log, and by a mail to its owner."""
    if not added:
        return
    keys = ", ".join(organization.key for organization in added)
    audit.record(session, actor, AuditVerb.ORGANIZATION_ADDED, f"account:{account.id}", keys, now=now)
    own: Language = "nl" if account.language == "nl" else "fr"
    names = [organization.name.localized(own).words for organization in added]
    added_by = account_of(actor)
    mail.post(
        session, mail.NewMail("organization_added", account, {"organizations": names}, actor_id=added_by), now
    )


def _begun(session: Session, invitation: Invitation, now: datetime) -> Account:
    """A new account that waits for its owner; the one somebody else began a moment before us, when there is one."""
    made = Account(
        email=invitation.email.strip().lower(),
        name="",
        language=invitation.language,
        role=invitation.role,
        state=AccountState.INVITED,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        found = by_email(session, invitation.email)
        if found is None:
            raise
        return found
    return made


def accept(
    session: Session, link: OneTimeLink, name: str, language: Language, password: str, now: datetime
) -> Account:
    """The invited person is in: her name, her language, her password. Uses the link up; raises LinkUsedError."""
    account = link.account
    _hold(session, account)
    # An invitation gives nobody a password in another's place, however it came to be open still.
    if account.state is not AccountState.INVITED or not links.use(session, link, now):
        raise LinkUsedError
    account.name, account.language, account.state = name, language, AccountState.ACTIVE
    account.password_hash = passwords.hashed(password)
    audit.record(
        session, f"account:{account.id}", AuditVerb.INVITATION_ACCEPTED, f"account:{account.id}", now=now
    )
    return account


def send_link(session: Session, email: str, purpose: LinkPurpose, now: datetime) -> bool:
    """Mails a link to whoever has this address and may come in by it: to sign in (editors), or a new password.

    What it gives is for tests; a page says the same whatever it is. For an address that is nobody's the same
    work is done and undone: the time it takes tells nothing.
    """
    account = by_email(session, email)
    fits = account is not None and account.state is AccountState.ACTIVE
    if purpose is LinkPurpose.SIGN_IN and account is not None:
        fits = fits and account.role is Role.EDITOR
    if fits and account is not None:
        _post_link(session, account, purpose, now)
        return True
    undone = session.begin_nested()
    nobody = Account(
        email=f"{secrets.token_hex(16)}@nobody.invalid",
        name="",
        language="fr",
        role=Role.EDITOR,
        state=AccountState.DISABLED,
        created_at=now,
    )
    session.add(nobody)
    session.flush()
    _post_link(session, nobody, purpose, now)
    undone.rollback()
    return False


def _post_link(session: Session, account: Account, purpose: LinkPurpose, now: datetime) -> None:
    """Mails a link that lets her in."""
    kind, asked = _LINK_ASKED[purpose]
    token = links.issue(session, account, purpose, now)
    expires_at = now + links.LIFE[purpose]
    mail.post(
        session,
        mail.NewMail(kind, account, {"token": token}, sealed=True, expires_at=expires_at, instead=True),
        now,
    )
    audit.record(session, "visitor", asked, f"account:{account.id}", now=now)


def set_password(
    session: Session, account: Account, password: str, now: datetime, keep_session: int | None = None
) -> None:
    """A new password: other browsers are signed out and not known any more, open links die, and the owner is told."""
    account.password_hash = passwords.hashed(password)
    sessions.end_all(session, account, but=keep_session)
    known_places.forget_all(session, account)
    for purpose in (LinkPurpose.RESET, LinkPurpose.SIGN_IN, LinkPurpose.ADDRESS):
        links.revoke(session, account, purpose, now)
    audit.record(
        session, f"account:{account.id}", AuditVerb.PASSWORD_CHANGED, f"account:{account.id}", now=now
    )
    mail.post(session, mail.NewMail("password_changed", account), now)


def leave(session: Session, account: Account, organization_id: int, now: datetime, actor: str) -> None:
    """She works for this organisation no longer, but still for another. Raises OrganizationRequiredError."""
    left = [found for found in account.memberships if found.organization_id == organization_id]
    if not left or len(account.memberships) == 1:
        raise OrganizationRequiredError
    key = left[0].organization.key
    account.memberships.remove(left[0])
    session.flush()
    audit.record(session, actor, AuditVerb.ORGANIZATION_REMOVED, f"account:{account.id}", key, now=now)


def disable(session: Session, account: Account, now: datetime, actor: str) -> None:
    """Nobody comes in by this account any more; what it did stays in the history. Raises LastAdministratorError."""
    if account.role is Role.ADMINISTRATOR and _administrators(session) <= {account.id}:
        raise LastAdministratorError
    account.state = AccountState.DISABLED
    sessions.end_all(session, account)
    known_places.forget_all(session, account)
    links.revoke(session, account, None, now)
    audit.record(session, actor, AuditVerb.ACCOUNT_DISABLED, f"account:{account.id}", now=now)


def enable(session: Session, account: Account, now: datetime, actor: str) -> None:
    """Lets a disabled account in again, by its password or, without one, by a new invitation."""
    account.state = AccountState.ACTIVE if account.password_hash else AccountState.INVITED
    audit.record(session, actor, AuditVerb.ACCOUNT_ENABLED, f"account:{account.id}", now=now)


def reset_second_factor(session: Session, account: Account, now: datetime, actor: str) -> None:
    """After a lost telephone: codes must be set up anew at the next sign-in; all browsers are signed out."""
    second_factor.turn_off(session, account)
    sessions.end_all(session, account)
    known_places.forget_all(session, account)
    audit.record(session, actor, AuditVerb.SECOND_FACTOR_RESET, f"account:{account.id}", now=now)
    mail.post(session, mail.NewMail("second_factor_reset", account, actor_id=account_of(actor)), now)


def all_of(session: Session, roles: frozenset[Role]) -> list[Account]:
    """The accounts of these roles with their organisations: active first, then by address."""
    found = session.scalars(
        select(Account)
        .where(Account.role.in_(roles))
        .order_by(Account.email)
        .options(selectinload(Account.memberships).joinedload(Membership.organization))
    ).all()
    order = [AccountState.ACTIVE, AccountState.INVITED, AccountState.DISABLED]
    return sorted(found, key=lambda account: order.index(account.state))


def is_unused(account: Account) -> bool:
    """Is it an invitation that nobody has ever answered?"""
    in_by = (account.password_hash, account.oidc_subject, account.last_seen)
    return account.state is AccountState.INVITED and not any(in_by)


def correct_address(session: Session, account: Account, email: str, now: datetime, actor: str) -> str:
    """An invitation that nobody has answered goes to another address; the token of its new link, the old one is dead.

    Raises AccountClosedError, AddressTakenError, and AddressInUseError once somebody has come in: whoever sets the
    address of an account can read what it may read, so a manager must not.
    """
    _hold(session, account)
    if account.state is AccountState.DISABLED:
        raise AccountClosedError
    if not is_unused(account):
        raise AddressInUseError
    taken = by_email(session, email)
    if taken is not None and taken.id != account.id:
        raise AddressTakenError
    account.email = email.strip().lower()
    session.flush()
    language: Language = "nl" if account.language == "nl" else "fr"
    audit.record(session, actor, AuditVerb.ACCOUNT_ADDRESS_CORRECTED, f"account:{account.id}", now=now)
    again = Invitation(account.email, account.role, account.organizations, language)
    return invite(session, again, now, actor)[1]


def _hold(session: Session, account: Account) -> None:
    """As it stands now, to the end of the transaction: nobody answers an invitation while it is sent elsewhere."""
    session.refresh(account, with_for_update={"key_share": True})


def account_of(actor: str) -> int | None:
    """The account that an actor of the audit log is; None for a command."""
    kind, _colon, number = actor.partition(":")
    return int(number) if kind == "account" else None


def _administrators(session: Session) -> set[int]:
    """Those who can still come in, held: of two who close each other at one moment the second is refused."""
    return set(
        session.scalars(
            select(Account.id)
            .where(Account.role == Role.ADMINISTRATOR, Account.state == AccountState.ACTIVE)
            .order_by(Account.id)
            .with_for_update()
        )
    )
