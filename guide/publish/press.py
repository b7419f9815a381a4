"""What was printed last, kept in memory up to so many bytes: setting a booklet costs seconds of a core.

One is set at a time, a few may wait, and the next is told to come back: so many requests for paper never keep
the pages waiting. Nothing is written and nobody is remembered.
"""

import threading
from collections.abc import Callable, Hashable
from contextlib import suppress

from cachetools import LRUCache

MOST_KEPT = 16 * 1024 * 1024
"""Bytes of files: the whole guide in its languages and on its papers, or hundreds of sheets."""
MOST_WAITING = 3


class PressBusyError(Exception):
    """Too many wait already; in a few seconds there is room."""


class Press:
    """The last files made, by what they were made of. One a process; safe between threads."""

    def __init__(self, most_kept: int = MOST_KEPT, most_waiting: int = MOST_WAITING) -> None:
        self._kept: LRUCache[Hashable, bytes] = LRUCache(most_kept, len)
        self._places = threading.BoundedSemaphore(most_waiting)
        self._look = threading.Lock()
        self._setting = threading.Lock()

    def file(self, made_of: Hashable, make: Callable[[], bytes]) -> bytes:
        """The file made of these, set anew only when it is not kept. Raises PressBusyError, and whatever `make`
        raises.
        """
        found = self._find(made_of)
        if found is not None:
            return found
        if not self._places.acquire(blocking=False):
            raise PressBusyError
        try:
            with self._setting:
                # Whoever waited may have waited for this very file.
                found = self._find(made_of)
                return found if found is not None else self._keep(made_of, make())
        finally:
            self._places.release()

    def _find(self, made_of: Hashable) -> bytes | None:
        with self._look:
            return self._kept.get(made_of)

    def _keep(self, made_of: Hashable, content: bytes) -> bytes:
        with self._look, suppress(ValueError):  # larger than all that is kept together
            self._kept[made_of] = content
        return content
