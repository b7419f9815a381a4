"""The end of the log, noted in a file outside the database each time entries are committed.

The chain alone cannot tell that its newest entries were cut off. The file is written after the commit: a process
killed between the two leaves a file that is an entry behind, never one that names what is not there. It goes on
only from an end that still stands in the log, so that what is written after a cut does not hide it. Each host
notes what it has written itself.
"""

import contextlib
import fcntl
import logging
import os
from pathlib import Path

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from guide.audit.log import RECORDED, head
from guide.model import AuditCheckpoint, AuditEntry

log = logging.getLogger(__name__)

Head = tuple[int, str]
"""Number and hash of an entry."""

_FILE, _FOUND = "audit_head", "audit_head_found"
"""In `session.info`: the file, and what is to be noted once the transaction is committed."""


class AnchorDamagedError(ValueError):
    """The file holds something else than the end of a log."""


def read(file: Path) -> Head | None:
    """The end that was noted; None when there was none. Raises OSError, AnchorDamagedError."""
    try:
        return _parsed(file.read_bytes())
    except FileNotFoundError:
        return None


def advance(file: Path, found: Head) -> None:
    """Notes this end unless a later one is noted. Raises OSError, AnchorDamagedError."""
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        known = _parsed(os.pread(handle, 200, 0))
        if known is None or known[0] < found[0]:
            # One write over the shorter or equally long line before: killed, it stands there wholly or not at all.
            os.pwrite(handle, f"{found[0]} {found[1]}\n".encode("ascii"), 0)
    finally:
        os.close(handle)


def begin(session: Session) -> None:
    """Where nothing is noted yet, as in an instance of a former version, the end is noted as it stands."""
    file = session.info.get(_FILE)
    end = head(session)
    if file is not None and end[0] and not file.exists():
        advance(file, end)


def _parsed(content: bytes) -> Head | None:
    if not content:
        return None
    try:
        seq, digest = content.decode("ascii").split()
        found = int(seq), digest
    except ValueError as problem:
        raise AnchorDamagedError("no number and hash") from problem
    if len(digest) != 64 or found[0] < 1:
        raise AnchorDamagedError("no number and hash")
    return found


def _stands(session: Session, known: Head | None, end: Head) -> bool:
    """Is the end that was noted still in the log, or covered by a checkpoint?"""
    if known is None or known == end:
        return True
    if known[0] >= end[0]:
        return False
    digest = session.scalar(select(AuditEntry.hash).where(AuditEntry.seq == known[0]))
    if digest is not None:
        return digest == known[1]
    covered = select(AuditCheckpoint.seq).where(AuditCheckpoint.seq >= known[0]).limit(1)
    return session.scalar(covered) is not None


@event.listens_for(Session, "before_commit")
def _find(session: Session) -> None:
    """While nobody else can add to the log: where it ends with this transaction."""
    file = session.info.get(_FILE)
    if file is None or session.in_nested_transaction() or not session.info.pop(RECORDED, False):
        return
    end = head(session)
    with contextlib.suppress(OSError, AnchorDamagedError):
        if _stands(session, read(file), end):
            session.info[_FOUND] = end


@event.listens_for(Session, "after_commit")
def _note(session: Session) -> None:
    end = session.info.pop(_FOUND, None)
    if end is None:
        return
    try:
        advance(session.info[_FILE], end)
    except (OSError, AnchorDamagedError) as problem:
        # What was done is done. `guide audit verify` says more.
        log.error("the end of the audit log is not noted (%s)", type(problem).__name__)


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_FOUND, None)
