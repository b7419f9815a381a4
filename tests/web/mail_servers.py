"""Mail servers for the tests of what became of a mail: each accepts, refuses, lets wait, or breaks off.

Sockets are in tests/browser.
"""

from dataclasses import dataclass
from email.message import EmailMessage

from flask import Flask

from guide import mail
from tests.pages import Page
from tests.running import MONDAY_MORNING
from tests.web.moderating import KEY, Office


@dataclass
class Server:
    """A mail server that does this with every mail; `asked` counts them."""

    does: Exception | None = None
    repeatable: bool = False
    asked: int = 0

    def send(self, message: EmailMessage) -> None:
        self.asked += 1
        if self.does is not None:
            raise self.does


def post(app: Flask, server: Server, now=MONDAY_MORNING) -> None:
    """The postman goes round."""
    mail.send_all(
        app.extensions["guide"].engine,
        server,
        "guide@jette.example",
        "https://guide.example",
        lambda: now,
        app.config["SECRET_KEY"],
    )


def said(page: Page, *words: str) -> None:
    for each in words:
        assert each in page.words, (each, page.words)


def invited(office: Office, email: str) -> Page:
    """What answers to an invitation to this address."""
    page = office.boss.get(office.say("/fr/comptes/inviter", "/nl/accounts/uitnodigen"))
    return office.boss.submit(
        page, "invite", email=email, role="editor", organizations=[KEY], language=office.lang
    )


def invite(office: Office, email: str = "nouvelle@maison.example") -> None:
    answer = invited(office, email)
    assert answer.status == 303, answer.words


def accounts(office: Office) -> Page:
    return office.boss.get(office.say("/fr/comptes/", "/nl/accounts/"))
