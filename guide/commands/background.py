"""What a running server does beside answering: a thread that works until it is told to stop.

One for every such task (`mail.Postman`, `timekeeping.Timekeeper`), so that each begins and ends in the same way.
"""

import threading
from types import TracebackType
from typing import Self

PATIENCE = 30
"""Seconds that the end of the server waits for work that has begun."""


class Background:
    """Works in a thread of this name while it is entered: `with Task(…):`. A task says in `work` what it does."""

    def __init__(self, name: str) -> None:
        self.over = threading.Event()
        self._thread = threading.Thread(target=self.work, name=name, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.over.set()
        self.wake()
        self._thread.join(timeout=PATIENCE)

    def work(self) -> None:
        """Everything the thread does; ends soon after `over` is set."""
        raise NotImplementedError

    def wake(self) -> None:
        """Called once `over` is set: ends the wait of a task that waits for something else."""
