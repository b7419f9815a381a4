"""The ledger of erasures: `<instance>/erasures`, one line an erased referral, never shortened.

It outlives every restore: what a backup brings back and the ledger names is erased again.
"""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

LEDGER = "erasures"
_UID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Ledger:
    """The uids in the order of their erasure, each once; `unreadable` lines are none (a power cut in mid-write)."""

    uids: tuple[str, ...]
    unreadable: int = 0


def read(file: Path) -> Ledger:
    """What the file names; an absent file names nothing. Raises OSError."""
    try:
        lines = file.read_text(encoding="ascii", errors="replace").splitlines()
    except FileNotFoundError:
        return Ledger(())
    uids = [line for line in lines if _UID.fullmatch(line)]
    return Ledger(tuple(dict.fromkeys(uids)), len(lines) - len(uids))


def add(file: Path, uids: Iterable[str]) -> int:
    """Appends those that are not there yet and has them on the disk; gives how many. Raises OSError."""
    known = set(read(file).uids)
    missing = [uid for uid in dict.fromkeys(uids) if uid not in known]
    if not missing:
        return 0
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        size = os.fstat(handle).st_size
        # A last line that was torn must not swallow the first of ours.
        torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
        content = ("\n" * torn + "".join(f"{uid}\n" for uid in missing)).encode("ascii")
        while content:  # on a full disk the first write may be a short one, the next then fails
            content = content[os.write(handle, content) :]
        os.fsync(handle)
    finally:
        os.close(handle)
    return len(missing)
