"""`guide mail send`, and the thread by which a running server sends its own mails."""

import argparse
import contextlib
import logging
from datetime import date
from typing import Self

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from guide import clock, mail
from guide.commands.background import Background
from guide.commands.database import current_database
from guide.database import writing
from guide.mail import fates, outage
from guide.mail.outbox import posted
from guide.operations import locks
from guide.settings import Settings, WrongSetting

log = logging.getLogger(__name__)

EVERY = 15
"""Seconds between two looks at the outbox, when nothing rings: other processes post mails too."""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    sending = commands.add_parser("mail", help="send the mails that wait in the outbox, once")
    sending.add_argument("verb", choices=("send",))
    sending.set_defaults(run=_send)


def transport(settings: Settings) -> mail.Transport:
    """The mail server that was set, else the folder of files in the instance."""
    return mail.Smtp(settings.smtp_url) if settings.smtp_url else mail.Folder(settings.mail_folder)


def _send(options: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    way = transport(settings)
    with current_database(settings) as engine:
        if settings.site_url is None:
            with Session(engine) as session:
                if mail.due(session, way, clock.now()):
                    raise WrongSetting(
                        "GUIDE_SITE_URL: a mail needs the public address for its links. "
                        "Write it as https://guide.example.be, then run `guide mail send` again."
                    )
            report = mail.SendReport(0, 0)
        else:
            report = mail.send_all(
                engine, way, settings.mail_from, settings.site_url, clock.now, settings.secret_key
            )
        with Session(writing(engine)) as session:
            mail.tidy(session, clock.now(), settings.mail_folder)
            session.commit()
            unsure, away = len(mail.unsure(session, clock.now())), outage.current(session)
            late, expired = (
                fates.count(session, which(clock.now())) for which in (fates.late, fates.expired)
            )
    print(f"{report.sent} mail(s) sent, {report.waiting} could not be.")
    if away is not None:
        print(
            f"The mail server takes nothing just now ({away.reason}); all mails wait, it is tried in minutes."
        )
    if late:
        print(f"{late} mail(s) wait for longer than ten minutes.")
    if expired:
        print(
            f"{expired} mail(s) not sent in time, and of no use any more: the coordinator's desk lists them."
        )
    if unsure:
        print(f"{unsure} mail(s) perhaps sent or given up: the coordinator's desk lists them.")
    return 0


class Postman(Background):
    """Sends a server's mails while it runs: `with Postman(…):`. Several servers may each have one.

    He goes at once when this process has committed a mail, and looks every 15 seconds for those of others.
    """

    def __init__(self, engine: Engine, settings: Settings, site_url: str) -> None:
        # He is woken as a mail wakes him.
        super().__init__("postman", posted.set)
        self._engine, self._settings, self._site_url = engine, settings, site_url
        self._way = transport(settings)
        self._tidied: date | None = None

    def __enter__(self) -> Self:
        if self._settings.site_url is None:
            # For the links that a command prints meanwhile.
            with contextlib.suppress(OSError, locks.Taken):
                self.held.enter_context(locks.note_address(self._settings.instance, self._site_url))
        return super().__enter__()

    def work(self) -> None:
        """Sends, then waits for the bell."""
        while not self.over.is_set():
            posted.clear()
            self.send()
            # The end may have rung before the bell was silenced.
            if not self.over.is_set():
                posted.wait(EVERY)

    def send(self) -> None:
        """One round. Whatever goes wrong is told in the log, without address or text, and tried again."""
        try:
            mail.send_all(
                self._engine,
                self._way,
                self._settings.mail_from,
                self._site_url,
                clock.now,
                self._settings.secret_key,
            )
            self._tidy()
        except SQLAlchemyError as problem:
            log.warning("mails wait: the database cannot be used (%s)", type(problem).__name__)
        except Exception as problem:
            # Not its words: they may be the mail's.
            log.error("mails wait: sending failed (%s)", type(problem).__name__)

    def _tidy(self) -> None:
        """Once a day."""
        now = clock.now()
        if self._tidied == now.date():
            return
        with Session(writing(self._engine)) as session:
            mail.tidy(session, now, self._settings.mail_folder)
            session.commit()
        self._tidied = now.date()
