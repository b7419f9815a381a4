"""Accounts and signed-in visitors for tests. No name or address of a real person."""

from itertools import count
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.accounts import sessions
from guide.clock import now as clock_now
from guide.database import writing
from guide.model import Account, AccountState, Membership, Organization, Role
from tests.pages import PageClient
from tests.running import MONDAY_MORNING

_numbers = count(1)
PASSWORD = "tulipes sur un balcon"


def make_account(
    session: Session, role: Role | str, organization: Organization | str | None = None, **values: Any
) -> Account:
    """An active account, in the session; `organization` is one, or the key of one."""
    number = next(_numbers)
    if isinstance(organization, str):
        organization = session.scalars(select(Organization).where(Organization.key == organization)).one()
    account = Account(
        **{
            "email": f"personne{number}@maison.example",
            "name": f"Personne {number}",
            "language": "fr",
            "role": Role(role),
            "state": AccountState.ACTIVE,
            "created_at": MONDAY_MORNING,
            "memberships": [Membership(organization=organization)] if organization else [],
        }
        | values
    )
    session.add(account)
    session.flush()
    return account


def add_account(app: Flask, role: Role | str, organization: str | None = None, **values: Any) -> int:
    """An active account in the database of an application; its id."""
    with Session(writing(app.extensions["guide"].engine)) as session:
        account = make_account(session, role, organization, **values)
        session.commit()
        return account.id


def signed_in_client(app: Flask, account: int, second_factor: bool = True) -> PageClient:
    """A browser in which this account (its id) is signed in, as after the sign-in page."""
    now = app.config["CLOCK"]() if app.config.get("CLOCK") else clock_now()
    with Session(writing(app.extensions["guide"].engine)) as session:
        token = sessions.begin(session, session.get_one(Account, account), "Firefox", now, second_factor)
        session.commit()
    client = PageClient(app)
    client.http.set_cookie("session", token)
    return client


def someone(app: Flask, role: Role | str, organization: str | None = None, **values: Any) -> PageClient:
    """A new account of this role, signed in."""
    return signed_in_client(app, add_account(app, role, organization, **values))
