"""The audit log: each entry carries a keyed hash over itself and the one before it.

The key is not in the database (it is made from the application's secret key), so that whoever can only
write the database cannot mend the chain after changing it.
"""

import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from guide import clock_guard
from guide.audit.verbs import AuditVerb
from guide.crypto import key_for
from guide.database import one_at_a_time
from guide.model import AuditCheckpoint, AuditEntry

CHAINING = 871_092
"""Number of the PostgreSQL advisory lock under which entries are chained (any constant of ours)."""

KEPT = timedelta(days=730)
NOTHING = "0" * 64

RECORDED = "audit_recorded"
"""In `session.info`: this transaction has added entries."""


class AuditKeyMissingError(Exception):
    """The session does not know the secret key (`session.info["secret_key"]`): nothing can be audited."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found: the log's head (`seq`, `hash`), and the first entry that is wrong, if any.

    `problem` says in English what is wrong with `wrong_seq`; both are None when the log is sound.
    """

    seq: int
    hash: str
    entries: int
    wrong_seq: int | None = None
    problem: str | None = None

    @property
    def sound(self) -> bool:
        """Does the log bear the whole verification?"""
        return self.problem is None


def record(
    session: Session, actor: str, verb: AuditVerb, object: str, detail: str = "", *, now: datetime
) -> None:
    """Adds an entry in the caller's own transaction: the act and its trace are written together or not at all.

    Who ('account:7', 'visitor', 'command'), did what ('proposal_accepted'), to what ('service:caba'); the
    detail is a few words of ours. Never a name, an address or any content. Raises AuditKeyMissingError.
    """
    key = _key(session)
    _alone(session)
    session.flush()
    seq, previous = head(session)
    entry = AuditEntry(
        seq=seq + 1,
        at=now.astimezone(UTC).isoformat(timespec="seconds"),
        actor=actor,
        verb=verb.value,
        object=object[:160],
        detail=detail[:400],
        previous=previous,
    )
    entry.hash = _hash(key, entry)
    session.add(entry)
    session.flush()
    session.info[RECORDED] = True


def verify(session: Session, known: tuple[int, str] | None = None) -> Verdict:
    """Walks the whole chain. `known` is a head (seq, hash) noted earlier: a log that ends before it was cut."""
    key = _key(session)
    checkpoint = session.scalar(select(AuditCheckpoint).order_by(AuditCheckpoint.seq.desc()).limit(1))
    first = session.scalar(select(func.min(AuditEntry.seq)))
    if checkpoint is not None and not hmac.compare_digest(checkpoint.signature, _signature(key, checkpoint)):
        return Verdict(0, NOTHING, 0, checkpoint.seq, "the checkpoint does not bear our signature")
    seq, previous = (checkpoint.seq, checkpoint.hash) if checkpoint is not None else (0, NOTHING)
    if first is not None and first <= seq:
        return Verdict(seq, previous, 0, first, "it stands before the beginning of the log")
    if known is not None and known[0] == seq and known[1] != previous:
        return Verdict(seq, previous, 0, seq, "it is not the entry that was noted as the head")
    entries = 0
    for entry in _from(session, seq):
        if entry.seq != seq + 1:
            return Verdict(seq, previous, entries, seq + 1, "this entry is missing")
        problem = _problem(key, entry, previous, known)
        if problem:
            return Verdict(seq, previous, entries, entry.seq, problem)
        seq, previous, entries = entry.seq, entry.hash, entries + 1
    if known is not None and known[0] > seq:
        return Verdict(
            seq, previous, entries, seq + 1, f"the log once reached {known[0]}: its end was cut off"
        )
    return Verdict(seq, previous, entries)


def _problem(key: bytes, entry: AuditEntry, previous: str, known: tuple[int, str] | None) -> str:
    """What is wrong with an entry that should follow the one with this hash; '' when it is sound."""
    if entry.previous != previous:
        return "it does not follow the entry before it"
    if not hmac.compare_digest(entry.hash, _hash(key, entry)):
        return "it was changed after it was written"
    if known is not None and known[0] == entry.seq and known[1] != entry.hash:
        return "it is not the entry that was noted as the head"
    return ""


def head(session: Session) -> tuple[int, str]:
    """Number and hash of the newest entry, which the next one follows; (0, NOTHING) of an empty log."""
    newest = session.execute(
        select(AuditEntry.seq, AuditEntry.hash).order_by(AuditEntry.seq.desc()).limit(1)
    ).first()
    if newest is not None:
        return newest.seq, newest.hash
    ended = session.execute(
        select(AuditCheckpoint.seq, AuditCheckpoint.hash).order_by(AuditCheckpoint.seq.desc()).limit(1)
    ).first()
    return (ended.seq, ended.hash) if ended is not None else (0, NOTHING)


def checkpoint(session: Session, now: datetime) -> int:
    """Ends what is older than two years in a signed checkpoint and deletes it; gives how many entries went.

    Verifies first and does nothing when the log is not sound. The newest entry always stays, and so does
    whatever follows an entry that is not old enough. Raises ClockJumpedError.
    """
    clock_guard.require_right_clock(session, now)
    _alone(session)
    if not verify(session).sound:
        return 0
    limit = (now.astimezone(UTC) - KEPT).isoformat(timespec="seconds")
    newest = session.scalar(select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(1))
    young = session.scalar(select(func.min(AuditEntry.seq)).where(AuditEntry.at >= limit))
    if newest is None:
        return 0
    last = session.scalar(
        select(AuditEntry)
        .where(AuditEntry.seq < min(newest.seq, newest.seq if young is None else young))
        .order_by(AuditEntry.seq.desc())
        .limit(1)
    )
    if last is None:
        return 0
    key = _key(session)
    made = AuditCheckpoint(seq=last.seq, at=now.astimezone(UTC).isoformat(timespec="seconds"), hash=last.hash)
    made.signature = _signature(key, made)
    session.add(made)
    session.flush()
    gone = session.scalar(select(func.count()).where(AuditEntry.seq <= last.seq)) or 0
    session.execute(delete(AuditEntry).where(AuditEntry.seq <= made.seq))
    session.execute(delete(AuditCheckpoint).where(AuditCheckpoint.seq < made.seq))
    return gone


def lines(session: Session) -> Iterator[str]:
    """Every entry as a line of JSON, oldest first, for an auditor."""
    for entry in _from(session, 0):
        yield json.dumps(
            {name: getattr(entry, name) for name in (*_HASHED, "previous", "hash")}, ensure_ascii=False
        )


def latest(
    session: Session, object: str | None = None, limit: int = 100, without: str = ""
) -> list[AuditEntry]:
    """The last entries, newest first; of one object when it is named; none of a kind left out (`without`)."""
    query = select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(limit)
    if without:
        query = query.where(AuditEntry.object.not_like(f"{without}:%"))
    return list(session.scalars(query.where(AuditEntry.object == object) if object else query))


def anything(session: Session) -> bool:
    """Is there any entry? Then the log is to be verified daily."""
    return session.scalar(select(AuditEntry.seq).limit(1)) is not None


def _alone(session: Session) -> None:
    """From here to the end of the transaction nobody else writes to the log."""
    one_at_a_time(session, CHAINING)


_HASHED = ("seq", "at", "actor", "verb", "object", "detail")


def _from(session: Session, seq: int) -> Iterator[AuditEntry]:
    """The entries after this number in their order, a thousand at a time: the log may be long."""
    while True:
        batch = session.scalars(
            select(AuditEntry).where(AuditEntry.seq > seq).order_by(AuditEntry.seq).limit(1000)
        ).all()
        if not batch:
            return
        for entry in batch:
            seq = entry.seq
            yield entry


def _hash(key: bytes, entry: AuditEntry) -> str:
    values = [getattr(entry, name) for name in _HASHED]
    # JSON keeps the fields apart: no two different entries have the same bytes.
    message = json.dumps([*values, entry.previous], ensure_ascii=True).encode()
    return hmac.new(key, message, sha256).hexdigest()


def _signature(key: bytes, made: AuditCheckpoint) -> str:
    message = json.dumps(["checkpoint", made.seq, made.at, made.hash]).encode()
    return hmac.new(key, message, sha256).hexdigest()


def _key(session: Session) -> bytes:
    secret = session.info.get("secret_key")
    if not secret:
        raise AuditKeyMissingError("the session does not know the secret key")
    return key_for(str(secret), "audit")
