"""`guide audit verify | checkpoint | export FILE`: is the log whole, what ends after two years, a copy to read.

The end of the log (its head) is noted in the instance folder and printed: the chain alone cannot tell that
its newest entries were cut off.
"""

import argparse
import os
from pathlib import Path

from sqlalchemy.orm import Session

from guide import audit, clock, private_files
from guide.commands.database import changing, reading
from guide.settings import Settings, WrongSetting

Head = tuple[int, str]


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
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
        return _verified(session, settings)


def _checkpoint(options: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    with changing(settings) as session:
        if _verified(session, settings):
            print("Nothing was deleted.")
            return 1
        try:
            gone = audit.checkpoint(session, clock.now())
        except audit.ClockJumped as problem:
            raise WrongSetting(
                f"The newest entry of the audit log is of {problem.newest}: is this machine's clock right? "
                "Nothing was deleted."
            ) from problem
    print(f"{gone} entries older than two years end in a signed checkpoint.")
    return 0


def _verified(session: Session, settings: Settings) -> int:
    """Walks the log, says what was found, and notes its head; 0 when it is sound, else 1."""
    file = settings.instance / "audit_head"
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
        return 1
    _note(file, (verdict.seq, verdict.hash))
    print(f"The audit log is sound: {verdict.entries} entries. The head now: {verdict.seq} {verdict.hash}")
    print("Keep that line elsewhere too: whoever holds it can tell if the end is cut off.")
    return 0


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


def _noted(file: Path) -> Head | None:
    """The head that the last verification noted; None when there was none. Raises WrongSetting."""
    try:
        seq, digest = file.read_text(encoding="ascii").split()
        return int(seq), digest
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as problem:
        raise WrongSetting(
            f"{file} holds no head of the audit log. If the database was restored from a backup, or you know "
            "why, delete that file and verify again."
        ) from problem


def _note(file: Path, head: Head) -> None:
    draft = file.with_name(f".write-audit_head-{os.getpid()}")
    with open(draft, "w", encoding="ascii", opener=private_files.opener) as opened:
        opened.write(f"{head[0]} {head[1]}\n")
    draft.replace(file)
