"""A process that posts and sends mails as fast as it can, to be killed (run by `tests.killing`)."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from guide import mail
from guide.database import open_database, writing

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def main(url: str, folder: str) -> None:
    engine = open_database(url)
    while True:
        with Session(writing(engine)) as session:
            mail.post(
                session, mail.NewMail("sign_in_link", "quelquun@maison.example", {"token": "t" * 43}), NOW
            )
            session.commit()
        print("posted", flush=True)
        mail.send_all(
            engine,
            mail.Folder(Path(folder)),
            "guide@jette.example",
            "https://guide.example",
            lambda: NOW,
            "x" * 40,
        )
