"""What was done, by whom, to what: append-only, each entry bound to the one before it.

The migration adds triggers that refuse to change an entry, and to delete one that no checkpoint covers.
"""

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from guide.model.base import Base


class AuditEntry(Base):
    """One act. `at` is UTC as text, so that what was hashed is what is read. Never any content, address or name.

    `actor` is 'account:<id>', 'visitor', 'command' or 'link:<id of account>'; `object` is 'service:<key>',
    'proposal:<id>', 'account:<id>', …; `detail` a few words of ours (names of fields, a state).
    """

    __tablename__ = "audit_entry"

    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(String(32))
    actor: Mapped[str] = mapped_column(String(40))
    verb: Mapped[str] = mapped_column(String(40))
    object: Mapped[str] = mapped_column(String(160))
    detail: Mapped[str] = mapped_column(String(400), default="")
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditCheckpoint(Base):
    """Where the log begins now: entries up to `seq` were deleted after two years; `hash` is the last one's.

    `signature` is a keyed digest over both, so that nobody without the key can move the beginning.
    """

    __tablename__ = "audit_checkpoint"

    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(String(32))
    hash: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(String(64))
