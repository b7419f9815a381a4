"""What a running server does beside answering: a thread that works until it is told to stop.

One for every such task (`mail.Postman`, `timekeeping.Timekeeper`), so that each begins and ends in the same way.
"""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import Self

PATIENCE = 30
"""Seconds that the end of the server waits for work that has begun."""


class Background(ABC):
    """Works in a thread of this name while it is entered: `with Task(…):`. A task says in `work` what it does.

    At the end `over` is set, and `wake` called for a task that waits for something else too; once the work has
    ended, or was waited for long enough, what stands in `held` is given back.
    """

    def __init__(self, name: str, wake: Callable[[], object] = lambda: None) -> None:
        self.over = threading.Event()
        self.held = ExitStack()
        self._wake = wake
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
        self._wake()
        self._thread.join(timeout=PATIENCE)
        self.held.close()

    @abstractmethod
    def work(self) -> None:
        """Everything the thread does; ends soon after `over` is set."""
