"""`guide audit verify | checkpoint | export FILE`: is the log whole, what ends after two years, a copy to read."""

import argparse
from pathlib import Path

from guide import audit, clock
from guide.commands.database import changing, reading
from guide.settings import Settings


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
    head = settings.instance / "audit_head"
    noted = _noted(head)
    with reading(settings) as session:
        verdict = audit.verify(session, noted)
    if not verdict.sound:
        print(f"The audit log is NOT sound at entry {verdict.wrong_seq}: {verdict.problem}.")
        return 1
    head.write_text(f"{verdict.seq} {verdict.hash}\n", encoding="ascii")
    print(f"The audit log is sound: {verdict.entries} entries, the last is {verdict.seq} {verdict.hash}.")
    print("Keep this line elsewhere (a mail, a printout): whoever holds it can tell if the end is cut off.")
    return 0


def _checkpoint(options: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    with changing(settings) as session:
        verdict = audit.verify(session, _noted(settings.instance / "audit_head"))
        gone = audit.checkpoint(session, clock.now()) if verdict.sound else 0
    if not verdict.sound:
        print(
            f"The audit log is NOT sound at entry {verdict.wrong_seq}: {verdict.problem}. Nothing was deleted."
        )
        return 1
    print(f"{gone} entries older than two years end in a signed checkpoint.")
    return 0


def _export(options: argparse.Namespace) -> int:
    with reading(Settings.from_environment()) as session, options.file.open("x", encoding="utf-8") as file:
        count = 0
        for line in audit.lines(session):
            file.write(line + "\n")
            count += 1
    print(f"{count} entries written to {options.file}")
    return 0


def _noted(head: Path) -> tuple[int, str] | None:
    """The head that the last verification noted, if there is one that can be read."""
    try:
        seq, digest = head.read_text(encoding="ascii").split()
        return int(seq), digest
    except (OSError, ValueError):
        return None
