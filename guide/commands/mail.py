"""`guide mail send`: for who serves without a thread of its own for it, and for a look at what waits."""

import argparse

from sqlalchemy.orm import Session

from guide import clock, mail
from guide.commands.database import current_database
from guide.database import writing
from guide.mail import fates, outage
from guide.operations.background import transport
from guide.settings import SettingError, Settings


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `guide mail send` to the command line."""
    sending = commands.add_parser("mail", help="send the mails that wait in the outbox, once")
    sending.add_argument("verb", choices=("send",))
    sending.set_defaults(run=_send)


def _send(options: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    way = transport(settings)
    with current_database(settings) as engine:
        if settings.site_url is None:
            with Session(engine) as session:
                if mail.due(session, way, clock.now()):
                    raise SettingError(
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
