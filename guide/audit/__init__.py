"""What was done: an append-only log with a chain of hashes. Verbs and ids, never content. Knows no page."""

from guide.audit.log import ClockJumped, NoKey, Verdict, checkpoint, latest, lines, record, verify

__all__ = ["ClockJumped", "NoKey", "Verdict", "checkpoint", "latest", "lines", "record", "verify"]
