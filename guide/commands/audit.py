"""`guide audit verify | checkpoint | export FILE`: is the log whole, what ends after two years, a copy to read.

The end of the log (its head) is noted in the instance folder with every entry, and printed: the chain alone cannot
tell that its newest entries were cut off.
"""

import argparse
from pathlib import Path

from sqlalchemy.orm import Session

from guide import audit, clock, facts, private_files
from guide.commands.database import changing, minding_the_clock, reading
from guide.settings import SettingError, Settings


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `guide audit` with its verbs to the command line."""
    parser = commands.add_parser("audit", help="verify, shorten or export the log of what was done")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    verify = verbs.add_parser("verify", help="check the chain of hashes, and that its end was not cut off")
    verify.set_defaults(run=_verify)
    checkpoint = verbs.add_parser(
        "checkpoint", help="end what is older than two years in a signed checkpoint"
    )
    checkpoint.set_defaults(run=_checkpoint)
    export = verbs.add_parser("export", help="write every entry as a line of JSON")
    export.add_argument("file", type=Path, help="file to write (it must not exist yet)")
    export.set_defaults(run=_export)


def _verify(options: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    with reading(settings) as session:
        sound = _is_sound(session, settings)
    # Apart: the walk may be long, and nobody should wait for it to write.
    with changing(settings) as session:
        _tell_readiness(session, sound)
    return 0 if sound else 1


def _checkpoint(options: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    with changing(settings) as session:
        sound = _is_sound(session, settings)
        _tell_readiness(session, sound)
        if not sound:
            print("Nothing was deleted.")
            return 1
        with minding_the_clock("Nothing was deleted."):
            gone = audit.checkpoint(session, clock.now())
    print(f"{gone} entries older than two years end in a signed checkpoint.")
    return 0


def _is_sound(session: Session, settings: Settings) -> bool:
    """Walks the log, says what was found, and notes its head when it is sound."""
    file = settings.audit_head
    # Read before the log is: it names only what was committed by then.
    noted = _noted(file)
    verdict = audit.verify(session, noted)
    if noted is None:
        print("No head was noted before: whether the end was cut off cannot be told this time.")
    else:
        print(f"The head noted before: {noted[0]} {noted[1]}")
    if not verdict.sound:
        print(f"The audit log is NOT sound at entry {verdict.wrong_seq}: {verdict.problem}.")
        if noted is not None and noted[0] > verdict.seq:
            print(f"A database restored from an older backup ends early too: then delete {file}, and verify.")
        return False
    if verdict.seq:
        audit.anchor.advance(file, (verdict.seq, verdict.hash))
    print(f"The audit log is sound: {verdict.entries} entries. The head now: {verdict.seq} {verdict.hash}")
    print("Keep that line elsewhere too: whoever holds it can tell if the end is cut off.")
    return True


def _tell_readiness(session: Session, sound: bool) -> None:
    """`/readyz` is amber from the first time it is not sound until it is again."""
    if sound:
        facts.note(session, facts.LAST_VERIFY, clock.now())
        facts.forget(session, facts.LAST_UNSOUND)
    elif facts.noted(session, facts.LAST_UNSOUND) is None:
        facts.note(session, facts.LAST_UNSOUND, clock.now())


def _export(options: argparse.Namespace) -> int:
    with (
        reading(Settings.from_environment()) as session,
        open(options.file, "x", encoding="utf-8", opener=private_files.opener) as file,
    ):
        count = 0
        for line in audit.lines(session):
            file.write(line + "\n")
            count += 1
    print(f"{count} entries written to {options.file}")
    return 0


def _noted(file: Path) -> audit.anchor.Head | None:
    """The head that was noted last; None when there was none. Raises SettingError."""
    try:
        return audit.anchor.read(file)
    except (OSError, audit.anchor.AnchorDamagedError) as problem:
        raise SettingError(
            f"{file} holds no head of the audit log. If the database was restored from a backup, or you know "
            "why, delete that file and verify again."
        ) from problem
