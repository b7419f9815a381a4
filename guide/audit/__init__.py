"""What was done: an append-only log with a chain of hashes. Verbs and ids, never content. Knows no page."""

from guide.audit import anchor
from guide.audit.edit import Edit
from guide.audit.log import (
    AuditKeyMissingError,
    Verdict,
    anything,
    checkpoint,
    head,
    latest,
    lines,
    record,
    verify,
)
from guide.audit.verbs import AuditVerb, verb_label

__all__ = [
    "AuditKeyMissingError",
    "AuditVerb",
    "Edit",
    "Verdict",
    "anchor",
    "anything",
    "checkpoint",
    "head",
    "latest",
    "lines",
    "record",
    "verb_label",
    "verify",
]
