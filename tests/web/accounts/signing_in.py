"""Who signs in in tests of accounts, and how."""

from flask import Flask
from sqlalchemy.orm import Session

from guide.accounts import passwords
from guide.model import Account, Mail
from tests.pages import Page, PageClient
from tests.people import PASSWORD, add_account


def editor(guide_app: Flask, **values) -> int:
    return add_account(guide_app, "editor", "caba-jette", password_hash=passwords.hashed(PASSWORD), **values)


def email(guide_app: Flask, number: int) -> str:
    with Session(guide_app.extensions["guide"].engine) as session:
        return session.get_one(Account, number).email


def sign_in(visitor: PageClient, address: str, password: str = PASSWORD, lang: str = "fr") -> Page:
    page = visitor.get("/fr/connexion" if lang == "fr" else "/nl/inloggen")
    return visitor.submit(page, "sign-in", email=address, password=password)


def kinds(guide_app: Flask) -> list[str]:
    with Session(guide_app.extensions["guide"].engine) as session:
        return [mail.kind for mail in session.query(Mail).order_by(Mail.id)]


def secret_of(page: Page) -> str:
    return next(e.text for e in page.elements if e.attributes.get("class") == "secret").replace(" ", "")
