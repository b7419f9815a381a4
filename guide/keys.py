"""The master keys of the fiche-relais: a small file outside the database and its backups.

One key a line, `kid:key` (eight hex digits, then 32 bytes in URL-safe base64); the last line is the one that
wraps. Older lines stay, so that what they wrapped can still be read. A master key never seals content: it only
wraps the random key that each referral has of its own.
"""

import base64
import contextlib
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from guide.crypto import UnsealError, decrypt, encrypt

_LINE = re.compile(r"([0-9a-f]{8}):([A-Za-z0-9_-]{43}=)")
KEY = 32


class KeysMissingError(Exception):
    """The file of master keys is absent, empty or damaged; the message names it and says how to mend it."""


@dataclass(frozen=True, slots=True)
class KeyFile:
    """The file of master keys. It is read anew each time: a rotation is seen by every running process."""

    path: Path

    def make(self) -> None:
        """Makes the file with a first key where there is none; of two processes one makes it. Mode 0600."""
        if not self.path.exists():
            self._write([_new_line()], only_if_absent=True)

    def current(self) -> str:
        """The kid of the key that wraps now. Raises KeysMissingError."""
        return list(self._keys())[-1]

    def kids(self) -> list[str]:
        """Every key's kid, oldest first. Raises KeysMissingError."""
        return list(self._keys())

    def wrap(self, key: bytes, bound_to: str) -> tuple[str, bytes]:
        """A referral's key wrapped by the current master key: (kid, bytes). Raises KeysMissingError."""
        keys = self._keys()
        kid = list(keys)[-1]
        return kid, encrypt(keys[kid], key, f"{kid}:{bound_to}".encode())

    def unwrap(self, kid: str, wrapped: bytes, bound_to: str) -> bytes:
        """The key again. Raises UnsealError for another referral's, a changed or an unknown one; KeysMissingError."""
        master = self._keys().get(kid)
        if master is None:
            raise UnsealError
        return decrypt(master, wrapped, f"{kid}:{bound_to}".encode())

    def add(self) -> str:
        """Adds a new key, which wraps from now on; its kid. What the older ones wrapped stays readable."""
        line = _new_line()
        self._write([*(f"{kid}:{_text(key)}" for kid, key in self._keys().items()), line])
        return line[:8]

    def _keys(self) -> dict[str, bytes]:
        try:
            lines = self.path.read_text().split()
        except (OSError, UnicodeDecodeError) as problem:
            raise KeysMissingError(
                f"The file of referral keys {self.path} cannot be read. {_MEND}"
            ) from problem
        found = [_LINE.fullmatch(line) for line in lines]
        if not lines or not all(found):
            raise KeysMissingError(f"The file of referral keys {self.path} is empty or damaged. {_MEND}")
        return {match[1]: base64.urlsafe_b64decode(match[2]) for match in found if match}

    def _write(self, lines: list[str], only_if_absent: bool = False) -> None:
        """Written beside and put in place whole: whoever is killed half-way leaves the old file."""
        draft = self.path.with_name(f".{self.path.name}-{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            handle.write("\n".join(lines) + "\n")
            handle.flush()
            os.fsync(handle.fileno())
        if only_if_absent:
            with contextlib.suppress(FileExistsError):
                os.link(draft, self.path)
            draft.unlink()
        else:
            draft.replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


_MEND = (
    "Put back the copy you kept apart from the backups: without it the referrals that are stored can never "
    "be read again."
)


def _new_line() -> str:
    return f"{secrets.token_hex(4)}:{_text(os.urandom(KEY))}"


def _text(key: bytes) -> str:
    return base64.urlsafe_b64encode(key).decode()
