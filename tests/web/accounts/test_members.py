"""Who looks after accounts sets nobody's address once she has come in: she would read what the account may read."""

import pytest
from sqlalchemy import select

from guide.accounts import passwords
from guide.model import Account, AccountSession, AccountState, AuditEntry, Mail, OneTimeLink, Role
from tests.markup import form_values
from tests.pages import Page, PageClient
from tests.people import add_account, signed_in_client, someone
from tests.web.moderating import KEY, Office

OWN = "boite-de-la-coordination@maison.example"
IN_USE = {"password_hash": passwords.hashed("tulipes sur un balcon")}


def path(office: Office, number: int) -> str:
    return office.say(f"/fr/comptes/{number}/adresse", f"/nl/accounts/{number}/adres")


def post_by_hand(office: Office, number: int, client: PageClient | None = None, email: str = OWN) -> Page:
    """A form that no page shows, with a token that is right."""
    boss = client or office.boss
    _, values = form_values(boss.get(office.say("/fr/mon-compte/", "/nl/mijn-account/")).html, "mine")
    return boss.post(path(office, number), data={"_jeton": values["_jeton"][0], "email": email})


def traces(office: Office) -> tuple[list[str], list[str], int]:
    """Verbs of the log, kinds of mails, and links: what a change would leave."""
    with office.database() as session:
        return (
            list(session.scalars(select(AuditEntry.verb).order_by(AuditEntry.seq))),
            list(session.scalars(select(Mail.kind).order_by(Mail.id))),
            len(session.scalars(select(OneTimeLink)).all()),
        )


@pytest.mark.control("C11")
@pytest.mark.parametrize("role", [Role.EDITOR, Role.SOCIAL_WORKER])
def test_a_coordinator_cannot_point_an_active_account_at_her_own_mailbox(office: Office, role: Role) -> None:
    worker = add_account(office.app, role, KEY, name="An Travail", **IN_USE)
    hers = signed_in_client(office.app, worker)
    with office.database() as session:
        before = session.get_one(Account, worker).email
    stands = traces(office)
    page = office.boss.get(path(office, worker))
    assert page.status == 200
    assert 'name="email"' not in page.html
    for words in (
        office.say(
            "Seule la personne elle-même change l’adresse", "Alleen de persoon zelf wijzigt het adres"
        ),
        office.say("Elle ouvre «\u00a0Mon compte\u00a0»", "Onder ‘Mijn account’ staat"),
        office.say("Fermez ce compte.", "Sluit dit account."),
    ):
        assert words in page.html
    refused = post_by_hand(office, worker)
    assert refused.status == 409
    assert office.say("Rien n’a changé", "Er is niets veranderd") in refused.words
    assert traces(office) == stands
    with office.database() as session:
        assert session.get_one(Account, worker).email == before
        assert session.scalars(select(AccountSession).where(AccountSession.account_id == worker)).all()
    assert hers.get(office.say("/fr/mon-compte/", "/nl/mijn-account/")).status == 200


@pytest.mark.parametrize("role", [*Role])
def test_an_administrator_neither(office: Office, role: Role) -> None:
    organization = KEY if role in (Role.EDITOR, Role.SOCIAL_WORKER) else None
    number = add_account(office.app, role, organization, **IN_USE)
    admin = someone(office.app, Role.ADMINISTRATOR)
    assert post_by_hand(office, number, admin).status == 409
    with office.database() as session:
        assert session.get_one(Account, number).email != OWN


def test_closing_and_opening_again_makes_no_invitation_of_an_account_in_use(office: Office) -> None:
    """Whoever came in by another way than a password leaves no hash behind."""
    with office.database() as session:
        number = add_account(office.app, Role.SOCIAL_WORKER, KEY)
    signed_in_client(office.app, number)
    button = office.say(f"/fr/comptes/{number}", f"/nl/accounts/{number}")
    _, values = form_values(office.boss.get(office.say("/fr/mon-compte/", "/nl/mijn-account/")).html, "mine")
    for what in ("fermer", "rouvrir"):
        done = office.boss.post(button, data={"_jeton": values["_jeton"][0], "quoi": what})
        assert done.status == 303
    with office.database() as session:
        assert session.get_one(Account, number).state is AccountState.INVITED
    assert post_by_hand(office, number).status == 409
    with office.database() as session:
        assert session.get_one(Account, number).email != OWN


def test_an_invitation_that_is_answered_meanwhile_is_corrected_no_more(office: Office) -> None:
    number = add_account(office.app, Role.SOCIAL_WORKER, KEY, name="", state=AccountState.INVITED)
    form = office.boss.get(path(office, number))
    with office.database() as session:
        account = session.get_one(Account, number)
        account.state, account.password_hash = AccountState.ACTIVE, IN_USE["password_hash"]
    assert office.boss.submit(form, "address", email=OWN).status == 409
    with office.database() as session:
        assert session.get_one(Account, number).email != OWN


def test_the_list_offers_to_correct_invitations_only(office: Office) -> None:
    add_account(office.app, Role.EDITOR, KEY, email="a@maison.example", **IN_USE)
    page = office.boss.get(office.say("/fr/comptes/", "/nl/accounts/"))
    assert office.say("Adresse changée\u00a0?", "Adres veranderd?") in page.html
    assert office.say("Corriger l’adresse", "Het adres verbeteren") not in page.words
    add_account(office.app, Role.EDITOR, KEY, email="b@maison.example", state=AccountState.INVITED)
    page = office.boss.get(office.say("/fr/comptes/", "/nl/accounts/"))
    assert office.say("Corriger l’adresse", "verbeteren") in page.words


@pytest.mark.parametrize(
    ("role", "french", "dutch"),
    [
        (Role.SOCIAL_WORKER, "passent à la personne remplaçante", "gaan naar de vervanger"),
        (Role.EDITOR, "le nouveau compte les retrouve", "het nieuwe account vindt ze terug"),
    ],
)
def test_the_page_says_what_becomes_of_her_work(office: Office, role: Role, french: str, dutch: str) -> None:
    number = add_account(office.app, role, KEY, **IN_USE)
    page = office.boss.get(path(office, number))
    assert office.say(french, dutch) in page.words
    assert (
        office.say(f"/fr/comptes/inviter?pour={KEY}", f"/nl/accounts/uitnodigen?pour={KEY}") in page.links()
    )
