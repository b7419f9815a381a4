"""An outbox on a database of each kind, and transports that remember."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from guide import mail
from guide.database import writing
from guide.languages import Language
from guide.model import Mail
from tests import databases

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SENDER, SITE = "guide@jette.example", "https://guide.example"
RECEIVER = "quelquun@maison.example"
TOKEN = "t" * 43

session = databases.session_of_each_kind


@pytest.fixture(params=databases.BOTH)
def engine(request, tmp_path: Path) -> Iterator[Engine]:
    with databases.migrated_database_of(request.param, tmp_path) as engine:
        yield engine


class Box:
    """A transport that remembers how often it was asked, and whose mails it took.

    What stands in `answers` is raised one after the other.
    """

    def __init__(self, *answers: Exception | None, repeatable: bool = False) -> None:
        self.repeatable = repeatable
        self.taken: list[str] = []
        self.asked = 0
        self._answers = list(answers)

    def send(self, message: EmailMessage) -> None:
        self.asked += 1
        answer = self._answers.pop(0) if self._answers else None
        if answer is not None:
            raise answer
        self.taken.append(str(message["Message-ID"]))


class Killed(BaseException):
    """What a process that is killed sees: nothing after this line is run."""


def a_mail(kind: str = "sign_in_link", **values: Any) -> Mail:
    """A row that stands in no database."""
    return Mail(
        **{
            "message_id": "0123456789abcdef",
            "kind": kind,
            "language": "fr",
            "address": RECEIVER,
            "content": {"token": TOKEN},
            "created_at": NOW,
        }
        | values
    )


def post(
    engine: Engine,
    to: str = RECEIVER,
    kind: str = "sign_in_link",
    expires_at: datetime | None = None,
    language: Language = "fr",
    **content: Any,
) -> int:
    with Session(writing(engine)) as session:
        new = mail.NewMail(kind, to, {"token": TOKEN} | content, expires_at=expires_at, language=language)
        row = mail.post(session, new, NOW)
        session.commit()
        return row.id


def row(engine: Engine, number: int) -> Mail:
    with Session(engine) as session:
        return session.get_one(Mail, number)


def send(
    engine: Engine, box: mail.Transport, now: datetime | Callable[[], datetime] = NOW
) -> mail.SendReport:
    return mail.send_all(engine, box, SENDER, SITE, now if callable(now) else lambda: now, "x" * 40)
