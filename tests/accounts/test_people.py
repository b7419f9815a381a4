"""Inviting, letting in, closing: each is told to whom it concerns and stands in the log."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from guide.accounts import links, passwords, people, second_factor, sessions
from guide.languages import Bilingual
from guide.model import Account, AccountState, AuditEntry, LinkPurpose, Mail, Organization, Role
from tests import factories
from tests.editing.conftest import NOW, make_account
from tests.mails import content_of

EMAIL = "an@maison.example"
PASSWORD = "tulipes sur un balcon"


@pytest.fixture
def organization(session: Session) -> Organization:
    organization = factories.organization(key="maison", name=Bilingual("La Maison", "Het Huis"))
    session.add(organization)
    session.flush()
    return organization


def invite(session: Session, *organizations: Organization, role: Role = Role.EDITOR) -> tuple[Account, str]:
    return people.invite(session, people.Invitation(EMAIL, role, list(organizations), "nl"), NOW, "account:1")


def verbs(session: Session) -> list[tuple[str, str, str]]:
    found = session.query(AuditEntry).order_by(AuditEntry.seq)
    return [(entry.actor, entry.verb, entry.object) for entry in found]


def test_of_two_clicks_at_once_the_second_finds_the_account_of_the_first(
    session: Session, organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = people.invite(
        session, people.Invitation(EMAIL, Role.EDITOR, [organization], "nl"), NOW, "account:1"
    )
    known, looked = people.by_email, []

    def too_early(session: Session, email: str) -> Account | None:
        looked.append(email)
        return known(session, email) if len(looked) > 1 else None

    monkeypatch.setattr(people, "by_email", too_early)
    second, token = people.invite(
        session, people.Invitation(EMAIL, Role.EDITOR, [organization], "nl"), NOW, "account:1"
    )
    assert second is first
    assert token
    assert session.query(Account).filter_by(email=EMAIL).count() == 1


def test_an_invitation_is_a_link_by_mail_in_her_language(
    session: Session, organization: Organization
) -> None:
    account, token = people.invite(
        session, people.Invitation(" An@Maison.example ", Role.EDITOR, [organization], "nl"), NOW, "account:1"
    )
    assert (account.email, account.state, account.password_hash) == (EMAIL, AccountState.INVITED, None)
    [mail] = session.query(Mail)
    assert (mail.kind, mail.language) == ("invitation", "nl")
    assert content_of(mail)["organizations"] == ["Het Huis"]
    assert content_of(mail)["token"] == token
    # A backup made while it waits lets nobody in.
    assert (mail.content, mail.address) == ({}, None)
    assert verbs(session) == [("account:1", "account_invited", f"account:{account.id}")]
    assert not [entry for entry in session.query(AuditEntry) if EMAIL in repr(vars(entry))]


def test_accepting_makes_an_account_of_it_once(session: Session, organization: Organization) -> None:
    _, token = invite(session, organization)
    link = links.find(session, token, LinkPurpose.INVITATION, NOW)
    assert link is not None
    account = people.accept(session, link, "An", "fr", PASSWORD, NOW)
    assert (account.name, account.language, account.state) == ("An", "fr", AccountState.ACTIVE)
    assert passwords.matches(account.password_hash, PASSWORD)
    with pytest.raises(people.LinkUsedError):
        people.accept(session, link, "Pirate", "fr", "another password for it", NOW)
    assert account.name == "An"


def test_invited_again_only_the_last_link_works(session: Session, organization: Organization) -> None:
    first, old = invite(session, organization)
    again, new = invite(session, organization)
    assert first is again
    assert links.find(session, old, LinkPurpose.INVITATION, NOW) is None
    assert links.find(session, new, LinkPurpose.INVITATION, NOW) is not None
    assert len(again.memberships) == 1


def test_who_has_an_account_gets_the_further_organisation_and_is_told(
    session: Session, organization: Organization
) -> None:
    other = factories.organization(key="ailleurs", name=Bilingual("Ailleurs", "Elders"))
    account = make_account(Role.EDITOR, organization, email=EMAIL)
    session.add_all([other, account])
    session.flush()
    assert invite(session, organization, other) == (account, "")
    assert [found.key for found in account.organizations] == ["maison", "ailleurs"]
    assert [(mail.kind, mail.content) for mail in session.query(Mail)] == [
        ("organization_added", {"organizations": ["Ailleurs"]})
    ]
    assert invite(session, other) == (account, "")
    assert session.query(Mail).count() == 1, "nothing was added, nothing is told"

    people.leave(session, account, organization.id, NOW, "account:1")
    assert [found.key for found in account.organizations] == ["ailleurs"]
    for wrong in (organization.id, other.id, 0):
        with pytest.raises(people.OrganizationRequiredError):
            people.leave(session, account, wrong, NOW, "account:1")


def test_only_who_works_for_an_organisation_belongs_to_one(
    session: Session, organization: Organization
) -> None:
    for role in Role:
        needs = role in (Role.EDITOR, Role.SOCIAL_WORKER)
        with pytest.raises(people.OrganizationRequiredError):
            invite(session, *([] if needs else [organization]), role=role)
    assert session.query(Account).count() == 0


def test_a_closed_account_is_out_and_stays_out(session: Session, organization: Organization) -> None:
    account = make_account(Role.EDITOR, organization, email=EMAIL, password_hash="kept")
    session.add(account)
    session.flush()
    cookie = sessions.begin(session, account, "", NOW, False)
    token = links.issue(session, account, LinkPurpose.RESET, NOW)
    people.disable(session, account, NOW, "account:1")
    assert sessions.find(session, cookie, NOW) is None
    assert links.find(session, token, LinkPurpose.RESET, NOW) is None
    with pytest.raises(people.AccountClosedError):
        invite(session, organization)
    people.enable(session, account, NOW, "account:1")
    assert account.state is AccountState.ACTIVE
    assert sessions.find(session, cookie, NOW) is None
    never = make_account(Role.EDITOR, organization, state=AccountState.DISABLED)
    session.add(never)
    people.enable(session, never, NOW, "account:1")
    assert never.state is AccountState.INVITED, "without a password there is nothing to come in by"


def test_the_last_administrator_is_not_closed(session: Session) -> None:
    one, two = make_account(Role.ADMINISTRATOR), make_account(Role.ADMINISTRATOR)
    session.add_all([one, two, make_account(Role.ADMINISTRATOR, state=AccountState.INVITED)])
    session.flush()
    people.disable(session, one, NOW, "command")
    with pytest.raises(people.LastAdministratorError):
        people.disable(session, two, NOW, "command")
    assert two.state is AccountState.ACTIVE


def test_a_new_password_ends_other_sessions_and_open_links_and_is_told(
    session: Session, organization: Organization
) -> None:
    account = make_account(Role.EDITOR, organization, email=EMAIL)
    session.add(account)
    session.flush()
    here, there = (sessions.begin(session, account, "", NOW, False) for _ in range(2))
    tokens = {
        purpose: links.issue(session, account, purpose, NOW)
        for purpose in (LinkPurpose.RESET, LinkPurpose.SIGN_IN, LinkPurpose.CONFIRM)
    }
    kept = sessions.find(session, here, NOW)
    assert kept is not None
    people.set_password(session, account, PASSWORD, NOW, keep_session=kept.id)
    assert sessions.find(session, here, NOW) is not None
    assert sessions.find(session, there, NOW) is None
    left = [purpose for purpose, token in tokens.items() if links.find(session, token, purpose, NOW)]
    assert left == [LinkPurpose.CONFIRM], "a listing is confirmed without the account"
    assert [mail.kind for mail in session.query(Mail)] == ["password_changed"]


def test_after_a_lost_telephone_codes_are_set_up_anew(session: Session) -> None:
    account = make_account(Role.COORDINATOR, totp_sealed=b"sealed")
    session.add(account)
    session.flush()
    cookie = sessions.begin(session, account, "", NOW, True)
    people.reset_second_factor(session, account, NOW, "command")
    assert not second_factor.is_set_up(account)
    assert sessions.find(session, cookie, NOW) is None
    assert [mail.kind for mail in session.query(Mail)] == ["second_factor_reset"]
    assert verbs(session) == [("command", "second_factor_reset", f"account:{account.id}")]


def test_each_role_looks_after_those_below_and_lists_them_active_first(
    session: Session, organization: Organization
) -> None:
    assert people.MANAGES[Role.ADMINISTRATOR] == frozenset(Role)
    assert people.MANAGES[Role.COORDINATOR] == {Role.EDITOR, Role.SOCIAL_WORKER}
    assert set(people.MANAGES) == {Role.ADMINISTRATOR, Role.COORDINATOR}
    states = [AccountState.DISABLED, AccountState.INVITED, AccountState.ACTIVE]
    session.add_all(
        make_account(Role.EDITOR, organization, state=state, created_at=NOW - timedelta(days=1))
        for state in states
    )
    session.add(make_account(Role.COORDINATOR))
    session.flush()
    found = people.all_of(session, people.MANAGES[Role.COORDINATOR])
    assert [account.state for account in found] == states[::-1]


def test_an_unanswered_invitation_goes_to_another_address(
    session: Session, organization: Organization
) -> None:
    account, first = invite(session, organization)
    second = people.correct_address(session, account, " Juste@Maison.example ", NOW, "account:1")
    assert account.email == "juste@maison.example"
    assert links.find(session, first, LinkPurpose.INVITATION, NOW) is None
    link = links.find(session, second, LinkPurpose.INVITATION, NOW)
    assert link is not None
    assert link.account_id == account.id
    session.add(make_account(Role.EDITOR, email="prise@maison.example"))
    session.flush()
    with pytest.raises(people.AddressTakenError):
        people.correct_address(session, account, "prise@maison.example", NOW, "account:1")


@pytest.mark.control("C11")
@pytest.mark.parametrize("trace", ["state", "password_hash", "oidc_subject", "last_seen"])
def test_of_an_account_in_use_nobody_else_sets_the_address(
    session: Session, organization: Organization, trace: str
) -> None:
    account, token = invite(session, organization)
    values = {
        "state": AccountState.ACTIVE,
        "password_hash": "x",
        "oidc_subject": "https://login.example|7",
        "last_seen": NOW.date(),
    }
    setattr(account, trace, values[trace])
    session.flush()
    with pytest.raises(people.AddressInUseError):
        people.correct_address(session, account, "autre@maison.example", NOW, "account:1")
    assert account.email == EMAIL
    assert links.find(session, token, LinkPurpose.INVITATION, NOW) is not None


def test_a_closed_account_has_no_address_to_correct(session: Session, organization: Organization) -> None:
    account, _ = invite(session, organization)
    people.disable(session, account, NOW, "account:1")
    with pytest.raises(people.AccountClosedError):
        people.correct_address(session, account, "autre@maison.example", NOW, "account:1")
