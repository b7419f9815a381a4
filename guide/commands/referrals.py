"""`guide referrals tick`, `guide purge` and `guide keys`: what time and a change of keys do to the fiche-relais.

Run `guide referrals tick` and `guide purge` daily; a second run changes nothing.
"""

import argparse
import contextlib
from collections.abc import Iterator

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from guide import audit, clock, clock_guard, erasures
from guide.commands.database import current_database, minding_the_clock
from guide.crypto import UnsealError
from guide.database import writing
from guide.keys import KeysMissingError
from guide.referrals import deadlines, erasing, purging, rewrapping
from guide.settings import SettingError, Settings


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `guide referrals`, `guide purge` and `guide keys` to the command line."""
    ticking = commands.add_parser("referrals", help="tick: reminders, expiry and ends of the fiches-relais")
    ticking.add_argument("verb", choices=("tick",))
    ticking.set_defaults(run=_tick)
    purging = commands.add_parser("purge", help="erase the referrals whose time is over")
    purging.add_argument(
        "--clock-is-right",
        action="store_true",
        help="go on although the clock is more than seven days from what the database knows: somebody has looked",
    )
    purging.add_argument("--dry-run", action="store_true", help="say how many would be erased, erase none")
    purging.set_defaults(run=_purge)
    keys = commands.add_parser(
        "keys", help="rotate: a new master key for the referrals; list: which are in use"
    )
    keys.add_argument("verb", choices=("rotate", "list"))
    keys.set_defaults(run=_keys)


def make_good(settings: Settings, engine: Engine) -> None:
    """At a start: erases again what the ledger names (after a crash or a restore), and what is due; notes when.

    A clock that seems to have jumped erases nothing here and is told of; the site is served, `/readyz` is amber.
    """
    now = clock.now()
    with Session(writing(engine)) as session:
        session.info.update(settings.session_info)
        erasing.replay(session, erasures.read(settings.ledger).uids)
        session.commit()
        with contextlib.suppress(OSError):
            audit.anchor.begin(session)
        last = clock_guard.note(session, now)
        if last is not None:
            print(
                f"{clock_guard.jump_in_words(last, clock.now())} Until then nothing ends and nothing is erased.",
                flush=True,
            )
        elif purging.due(session, now):
            purging.purge(session, now)
        session.commit()
    erasing.shred(engine)


def _tick(options: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    if settings.site_url is None:
        raise SettingError(
            "GUIDE_SITE_URL: a reminder needs the public address for its link. "
            "Write it as https://guide.example.be, then run `guide referrals tick` again."
        )
    with current_database(settings) as engine:
        with Session(writing(engine)) as session:
            session.info.update(settings.session_info)
            with minding_the_clock("Nothing was done."):
                done = deadlines.tick(session, clock.now())
            session.commit()
        erasing.shred(engine)
    print(
        f"Referrals: {done.reminded} reminder(s) written, {done.expired} expired, "
        f"{done.closed} closed without an outcome, {done.warned} warned that the agreement ends, "
        f"{done.handed} handed over to a substitute. `guide mail send` sends the mails."
    )
    return 0


def _purge(options: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    with current_database(settings) as engine, Session(writing(engine)) as session:
        session.info.update(settings.session_info)
        if options.dry_run:
            # Rolled back at the end; the ledger's file is not touched either.
            session.info.pop("ledger")
        with minding_the_clock("Nothing was erased."):
            done = purging.purge(session, clock.now(), options.clock_is_right)
        if options.dry_run:
            session.rollback()
            print(f"{done.erased} referral(s) would be erased, {done.drafts} of them drafts. None was.")
            return 0
        session.commit()
        session.close()
        erasing.shred(engine)
    print(f"{done.erased} referral(s) erased, {done.drafts} of them drafts.")
    return 0


def _keys(options: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    keys = settings.keys
    with current_database(settings) as engine:

        @contextlib.contextmanager
        def new_session() -> Iterator[Session]:
            with Session(writing(engine)) as session:
                session.info.update(settings.session_info)
                yield session
                session.commit()

        try:
            with Session(engine) as session:
                used = rewrapping.in_use(session)
            if options.verb == "list":
                for kid in keys.kids():
                    print(
                        f"{kid}: {used.get(kid, 0)} referral(s){'  (current)' if kid == keys.current() else ''}"
                    )
                return 0
            # A rotation that was interrupted is finished first, with the key it had made.
            unfinished = any(kid != keys.current() for kid in used)
            kid = keys.current() if unfinished else keys.add()
            done = rewrapping.rewrap(new_session, keys)
        except KeysMissingError as problem:
            raise SettingError(f"GUIDE_KEYS: {problem}") from problem
        except UnsealError as problem:
            raise SettingError(
                f"GUIDE_KEYS: the file {keys.path} does not hold the key of every referral. Put back the copy you "
                "kept; nothing was changed that cannot be read with it."
            ) from problem
    print(
        f"{done} referral key(s) wrapped anew; {kid} is the current master key. Keep a copy of {keys.path} apart "
        "from the backups; older backups need the older keys in it."
    )
    return 0
