"""`guide remind`: this month's reminders, and what time alone ends. Run it daily; a second run changes nothing."""

import argparse

from guide import clock, clock_guard
from guide.accounts import idle, known_places, links, sessions
from guide.commands.database import changing, minding_the_clock
from guide.editing import kept, reminders, reports
from guide.referrals import holding
from guide.settings import SettingError, Settings


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `guide remind` to the command line."""
    parser = commands.add_parser(
        "remind", help="write this month's mails to those whose listings are to be confirmed, once each"
    )
    parser.set_defaults(run=_remind)


def _remind(options: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    if settings.site_url is None:
        raise SettingError(
            "GUIDE_SITE_URL: a mail needs the public address for its links. "
            "Write it as https://guide.example.be, then run `guide remind` again."
        )
    now = clock.now()
    with minding_the_clock("No mail was written."), changing(settings) as session:
        # What a wrong clock takes for stale is not, and its mails cannot be taken back.
        clock_guard.require_right_clock(session, now)
        report = reminders.remind(session, now)
        without_editor = [organization.key for organization in report.without_editor]
        to_archive = [service.key for service in report.to_archive]
        reports.forget(session, now)
        kept.forget(session, now)
    with changing(settings) as session:
        unused = idle.tidy(session, now, lambda account: holding.let_go(session, account, now, "command"))
        links.forget(session, now)
        sessions.forget(session, now)
        known_places.forget(session, now)
    print(
        f"{report.mails} mail(s) written, about {report.listings} listing(s); `guide mail send` sends them. "
        f"This month's go out from {report.begins:%d/%m/%Y} on, once to each person."
    )
    if unused.told or unused.deleted:
        print(f"Unused accounts: {unused.told} told that they will end, {unused.deleted} deleted.")
    for key in without_editor:
        print(f"  nobody looks after: {key}")
    for key in to_archive:
        print(f"  not confirmed for more than a year, archive it? {key}")
    return 0
