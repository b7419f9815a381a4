"""`guide mail send`, and the thread by which a running server sends its own mails."""

import argparse
import logging
import threading
from types import TracebackType

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from guide import clock, mail
from guide.commands.database import current_database
from guide.database import writing
from guide.settings import Settings, WrongSetting

log = logging.getLogger(__name__)

EVERY = 15
"""Seconds between two looks at the outbox."""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    sending = commands.add_parser("mail", help="send the mails that wait in the outbox, once")
    sending.add_argument("verb", choices=("send",))
    sending.set_defaults(run=_send)


def transport(settings: Settings) -> mail.Transport:
    """The mail server that was set, else the folder of files in the instance."""
    return mail.Smtp(settings.smtp_url) if settings.smtp_url else mail.Folder(settings.mail_folder)


def _send(options: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    with current_database(settings) as engine:
        now = clock.now()
        with Session(engine) as session:
            due = mail.due(session, now)
        if due and settings.site_url is None:
            raise WrongSetting(
                "GUIDE_SITE_URL: a mail needs the public address for its links. "
                "Write it as https://guide.example.be, then run `guide mail send` again."
            )
        report = mail.send_all(engine, transport(settings), settings.mail_from, settings.site_url or "", now)
        with Session(writing(engine)) as session:
            mail.tidy(session, now)
            session.commit()
            unsure = len(mail.unsure(session, now))
    print(f"{report.sent} mail(s) sent, {report.waiting} wait for the next try.")
    if unsure:
        print(f"{unsure} mail(s) perhaps sent or given up: the coordinator's desk lists them.")
    return 0


class Postman:
    """Sends a server's mails while it runs: `with Postman(…):`. Several servers may each have one."""

    def __init__(self, engine: Engine, settings: Settings, site_url: str) -> None:
        self._engine, self._settings, self._site_url = engine, settings, site_url
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._go_round, name="postman", daemon=True)

    def __enter__(self) -> "Postman":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join(timeout=30)

    def _go_round(self) -> None:
        while True:
            self.send()
            if self._over.wait(EVERY):
                return

    def send(self) -> None:
        """One round. Whatever goes wrong is told in the log, without address or text, and tried again."""
        now = clock.now()
        settings = self._settings
        try:
            mail.send_all(self._engine, transport(settings), settings.mail_from, self._site_url, now)
        except SQLAlchemyError as problem:
            log.warning("mails wait: the database cannot be used (%s)", type(problem).__name__)
        except Exception:
            log.exception("mails wait: sending failed")
