"""Forgetting: what is kept and what is erased, column by column, until when, and the ledger of erasures.

Draft 7 days; person and words 30 days after the end; never more than 180 days after it was begun (GDPR
art. 5.1.e and 17); `guide.referrals.purging` keeps to it. Erasing deletes the
referral's own key and all its rows. Its uid goes into the ledger, in the database and in a file beside it, so
that an older backup that is restored erases it again.
"""

import time
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from guide import erasures, mail
from guide.model import ReferralState
from guide.model.referrals import ErasedReferral, Referral
from guide.referrals import sealing
from guide.referrals.life import week_of

DRAFT_KEPT = timedelta(days=7)
KEPT_AFTER_END = timedelta(days=30)
NEVER_LONGER = timedelta(days=180)

SHRED_PAUSES = (0, 0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds before each try to empty the journal, while others read."""

KEEP, ERASE = "keep", "erase"
RETENTION: dict[str, dict[str, str]] = {
    "referral_trace": dict.fromkeys(("id", "service_id", "theme", "reason", "outcome"), KEEP),
    "referral_step": dict.fromkeys(("id", "trace_id", "state", "week"), KEEP),
    "paper_referral_count": dict.fromkeys(("id", "service_id", "month", "count"), KEEP),
    "erased_referral": dict.fromkeys(("uid", "week"), KEEP),
    "referral": dict.fromkeys(
        (
            "id", "uid", "reference", "trace_id", "service_id", "sender_id", "receiver_organization_id",
            "previous_id", "state", "theme", "urgency", "created_at", "sent_at", "state_since", "ended_at",
            "seen_at", "reminders", "reason", "outcome", "appointment", "consent_way", "consent_date",
            "consent_language", "consent_scope", "consent_expires", "consent_copy", "consent_warned",
            "emergency", "copy_by_mail",
        ),
        ERASE,
    ),
    "referral_substitute": dict.fromkeys(("referral_id", "account_id"), ERASE),
    "referral_event": dict.fromkeys(("id", "referral_id", "at", "event", "role"), ERASE),
    "referral_key": dict.fromkeys(("referral_id", "kid", "wrapped"), ERASE),
    "referral_part": dict.fromkeys(("id", "referral_id", "part", "sealed"), ERASE),
    "referral_link": dict.fromkeys(
        (
            "id", "referral_id", "digest", "expires_at", "used_at", "code_digest", "code_expires_at",
            "code_tries", "visit_digest", "visit_ends_at",
        ),
        ERASE,
    ),
}  # fmt: skip
"""Every column of the referral tables. A new one that is not declared here fails a test."""


def erased_from(referral: Referral) -> datetime:
    """From when on nothing of it may be read any more, whether or not the purge has run."""
    latest = referral.created_at + NEVER_LONGER
    if referral.state is ReferralState.DRAFT:
        return referral.created_at + DRAFT_KEPT
    if referral.ended_at is not None:
        return min(latest, referral.ended_at + KEPT_AFTER_END)
    return latest


def erase(session: Session, referral: Referral, now: datetime) -> None:
    """Erases one referral: its key, its parts, its links, its row, and the mails about it that wait.

    The ledger's file is written before the caller commits: killed between the two, the referral is erased when
    the ledger is next replayed. Afterwards only its trace remains.
    """
    note_in_ledger(session, [referral.uid])
    if session.get(ErasedReferral, referral.uid) is None:
        session.add(ErasedReferral(uid=referral.uid, week=week_of(now)))
    mail.forget_about(session, f"referral:{referral.uid}")
    sealing.forget(session, referral)
    session.delete(referral)
    session.flush()


def replay(session: Session, uids: Iterable[str]) -> int:
    """Erases those of these referrals that are (again) in the database; how many. For `guide restore` and starts."""
    gone = 0
    for batch in _batches(uids, 500):
        for row in session.scalars(select(Referral).where(Referral.uid.in_(batch))).all():
            week = row.state_since
            sealing.forget(session, row)
            mail.forget_about(session, f"referral:{row.uid}")
            if session.get(ErasedReferral, row.uid) is None:
                session.add(ErasedReferral(uid=row.uid, week=week_of(week)))
            session.delete(row)
            gone += 1
    session.flush()
    return gone


def note_in_ledger(session: Session, uids: Iterable[str]) -> None:
    """Adds to the ledger's file the uids it lacks, and makes sure they are on the disk. Raises OSError."""
    file = session.info.get("ledger")
    if file is not None:
        erasures.add(file, uids)


def shred(engine: Engine) -> None:
    """Empties SQLite's journal of what was erased; after the commit, outside any transaction.

    While somebody reads an older state SQLite keeps it a little longer; the next call empties it. PostgreSQL
    vacuums by itself.
    """
    if engine.dialect.name != "sqlite":
        return
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        usual = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        # It waits for readers while it keeps writers out. A reader who is about to write would wait for it in
        # turn, until both gave up: so it never waits inside, but comes back.
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            for pause in SHRED_PAUSES:
                time.sleep(pause)
                busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
                if not busy:
                    break
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(usual)}")
            cursor.close()
    finally:
        connection.close()


def _batches(uids: Iterable[str], size: int) -> Iterator[list[str]]:
    batch: list[str] = []
    for uid in uids:
        batch.append(uid)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
