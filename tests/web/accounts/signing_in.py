"""Who signs in in tests of accounts, and how."""

from flask import Flask
from sqlalchemy.orm import Session

from guide.accounts import passwords
from guide.model import Account, Mail
from tests.pages import Page, PageClient
from tests.people import PASSWORD, add_account


def editor(house: Flask, **values) -> int:
    return add_account(house, "editor", "caba-jette", password_hash=passwords.hashed(PASSWORD), **values)


def email(house: Flask, number: int) -> str:
    with Session(house.extensions["guide"].engine) as session:
        return session.get_one(Account, number).email


def sign_in(visitor: PageClient, address: str, password: str = PASSWORD, lang: str = "fr") -> Page:
    page = visitor.get("/fr/connexion" if lang == "fr" else "/nl/inloggen")
    return visitor.submit(page, "sign-in", email=address, password=password)


def kinds(house: Flask) -> list[str]:
    with Session(house.extensions["guide"].engine) as session:
        return [mail.kind for mail in session.query(Mail).order_by(Mail.id)]


def secret_of(page: Page) -> str:
    return next(e.text for e in page.elements if e.attributes.get("class") == "secret").replace(" ", "")
