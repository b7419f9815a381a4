"""`guide backup FOLDER` and `guide restore FILE`: one file a backup, keys never in it."""

import argparse
import sys
from pathlib import Path

from guide import clock, clock_guard, migrations
from guide.operations import KEPT, ArchiveError, BackupError, RestoreError, back_up, restore
from guide.referrals.erasing import replay
from guide.settings import Settings


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `guide backup` and `guide restore` to the command line."""
    backup = commands.add_parser("backup", help="copy the database into one file, while the site runs")
    backup.add_argument("folder", type=Path, help="folder of the backups alone (made if absent)")
    backup.add_argument(
        "--keep", type=_count, default=KEPT, help="how many of the newest stay (default: %(default)s)"
    )
    backup.set_defaults(run=_backup)
    restoring = commands.add_parser("restore", help="put a backup in place of the database, site stopped")
    restoring.add_argument("file", type=Path, help="a file that `guide backup` made")
    restoring.add_argument(
        "--replace", action="store_true", help="the instance has a database: keep it aside and take its place"
    )
    restoring.set_defaults(run=_restore)


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 10_000:
        raise argparse.ArgumentTypeError("at least one backup stays: write a number from 1 to 9999")
    return int(text)


def _backup(options: argparse.Namespace) -> int:
    try:
        made = back_up(Settings.from_environment(), options.folder, clock.now(), options.keep)
    except BackupError as problem:
        return _failed(f"no backup was made: {problem}")
    except OSError as problem:
        return _failed(f"no backup was made: {problem.strerror} ({problem.filename or options.folder}).")
    except KeyboardInterrupt:
        return _failed("stopped, no backup was made.")
    older = f", {len(made.pruned)} older one(s) removed" if made.pruned else ""
    size = f"{made.size / 1_000_000:.1f} MB"
    print(
        f"Backed up to {made.file} ({size}{older}); the secret key and the keys of referrals are not in it: "
        "keep them elsewhere."
    )
    if not migrations.knows(made.revision):
        print(
            f"  it is of revision {made.revision}, which this version of the guide (revision {migrations.head()}) "
            "does not know: restore it with the version that made it"
        )
    if made.jumped:
        print(f"  {clock_guard.jump_in_words(made.jumped, clock.now())} No older backup was removed.")
    if made.problem:
        print(f"  /readyz does not know of it: the database could not note it ({made.problem})")
    return 0


def _restore(options: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    try:
        done = restore(settings, options.file, clock.now(), replay, options.replace)
    except RestoreError as problem:
        return _failed(f"nothing was restored: {problem}")
    except ArchiveError as problem:
        return _failed(f"nothing was restored: {options.file} cannot be used, {problem}.")
    except OSError as problem:
        return _failed(f"nothing was restored: {problem.strerror} ({problem.filename or settings.instance}).")
    except KeyboardInterrupt:
        return _failed("stopped.")
    print(
        f"Restored the backup of {done.made_at.astimezone(clock.BRUSSELS):%d/%m/%Y %H:%M}; everybody signs in anew."
    )
    print(f"  erased again by the ledger: {done.erased}")
    if done.kept:
        print(
            f"  the old database is kept as {done.kept}: delete it soon, what was erased here still stands in it"
        )
    if done.torn:
        print(
            f"  {done.torn} line(s) of the ledger of erasures cannot be read: look at {settings.instance}/erasures"
        )
    if done.mails:
        print(
            f"  {done.mails} mail(s) that waited were perhaps sent since: see them under the coordinator's mails"
        )
    if not done.indexed:
        print("  the search index could not be built; the site builds it by itself")
    if not done.sound:
        print(
            "  the audit log does NOT verify: is this the secret key of the guide that was backed up? "
            "Bring back its key (GUIDE_SECRET_KEY or the file secret_key)."
        )
    return 0


def _failed(sentence: str) -> int:
    print(f"guide: {sentence}", file=sys.stderr)
    return 1
