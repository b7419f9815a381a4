"""The processes that set PDFs (`typesetter`): started when first needed, used again, replaced when they have ended.

Why not `concurrent.futures.ProcessPoolExecutor`: on Python 3.11 it can stand still once a worker has reached
`max_tasks_per_child` (python/cpython#115634), and its workers import the whole guide anew.
"""

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from io import RawIOBase
from pathlib import Path
from typing import Any, cast

MOST = 2
"""Processes at once, of one process of the guide. The press asks for no more at once, so a fiche-relais waits for one
booklet at most: whoever waits here is served before the press has the next one ready."""
PATIENCE = 5
"""Seconds in which a process ends when it is told to."""
PROGRAM = Path(__file__).with_name("typesetter.py")


WAIT = 60
"""Seconds for which a file waits for a process: who asks holds a thread that could answer pages."""


class WorkerError(Exception):
    """No file: its process ended before it had answered (memory was short, or it took too long), or none was free in
    time. Says nothing of the file."""


class GoneError(WorkerError):
    """The process had ended before it was asked."""


class Worker:
    """One process; asked by one thread at a time."""

    def __init__(self, root: Path) -> None:
        # What it says is thrown away, since that may repeat the data; it is told no secret of the settings.
        self._process = subprocess.Popen(  # noqa: S603 (a program of ours)
            [sys.executable, "-P", str(PROGRAM), str(root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,  # a pipe with a buffer has a lock, which nobody would open again after a fork
            env={name: value for name, value in os.environ.items() if not name.startswith("GUIDE_")},
        )
        self._jobs = cast(RawIOBase, self._process.stdin)
        self._answers = cast(RawIOBase, self._process.stdout)
        self.is_last = False
        """Whether it has said that it sets no other file."""

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def lives(self) -> bool:
        return self._process.poll() is None

    def ask(self, job: Mapping[str, Any]) -> tuple[bytes, str]:
        """The file and '', or the name of a fault.

        Raises WorkerError when there is no whole answer, GoneError when nobody was there to be asked.
        """
        try:
            self._send(json.dumps(job).encode() + b"\n")
        except BrokenPipeError:
            raise GoneError from None
        try:
            head = self._answers.readline()
            answer = json.loads(head) if head.endswith(b"\n") else None
            content = self._receive(answer["size"]) if answer else b""
        except OSError:
            answer = None
        if answer is None or len(content) != answer["size"]:
            raise WorkerError
        self.is_last = answer["last"]
        return content, str(answer["failure"])

    def _send(self, content: bytes) -> None:
        rest = memoryview(content)
        while rest:
            rest = rest[self._jobs.write(rest) or 0 :]

    def _receive(self, size: int) -> bytes:
        content = bytearray()
        while len(content) < size and (piece := self._answers.read(size - len(content))):
            content += piece
        return bytes(content)

    def let_go(self) -> None:
        """Closes the pipes: it ends at once when it waits, after its file when it is at work."""
        self._jobs.close()
        self._answers.close()

    def forget(self) -> None:
        """For a process that was forked from the one that started it, and may not wait for it."""
        self.let_go()
        self._process.returncode = 0

    def end(self, at_once: bool = False) -> None:
        """Ends it, and waits until it has ended; `at_once` while another thread waits for its answer."""
        if at_once:
            self._process.kill()
        else:
            self.let_go()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class WorkerPool:
    """At most so many processes for the templates of a folder, started when asked. Safe between threads."""

    def __init__(self, root: Path, most: int = MOST) -> None:
        self._root, self._most = root, most
        self._begin()

    def _begin(self) -> None:
        self._places = threading.BoundedSemaphore(self._most)
        self._lock = threading.Lock()
        self._idle: list[Worker] = []
        self._busy: set[Worker] = set()

    @property
    def pids(self) -> list[int]:
        """The processes there are, those at work last."""
        with self._lock:
            self._bury()
            return [worker.pid for worker in (*self._idle, *self._busy)]

    def ask(self, job: Mapping[str, Any], keep: bool = True) -> tuple[bytes, str]:
        """The file of a job and '', or the name of its fault; waits while all are at work, WAIT seconds at most.

        Without `keep` the process ends after it, and with it what it holds of the job in its memory. Raises
        WorkerError.
        """
        if not self._places.acquire(timeout=WAIT):
            raise WorkerError
        try:
            worker = self._taken()
            if worker is not None:
                # It may have come to its end a moment ago: then a new one is asked, and no job twice.
                with contextlib.suppress(GoneError):
                    return self._answer(worker, job, keep)
            return self._answer(self._started(), job, keep)
        finally:
            self._places.release()

    def close(self) -> None:
        """Ends every process, at work or not. The next job would start one again."""
        with self._lock:
            idle, self._idle = self._idle, []
            busy = list(self._busy)
        for worker in idle:
            worker.end()
        for worker in busy:
            worker.end(at_once=True)

    def forget(self) -> None:
        """Begins anew in a process that was forked from this one: what two of them ask would be mixed."""
        others = [*self._idle, *self._busy]
        self._begin()
        for worker in others:
            worker.forget()

    def _taken(self) -> Worker | None:
        with self._lock:
            self._bury()
            if not self._idle:
                return None
            worker = self._idle.pop()
            self._busy.add(worker)
            return worker

    def _bury(self) -> None:
        """Forgets those that ended by themselves while they waited."""
        for worker in [one for one in self._idle if not one.lives]:
            self._idle.remove(worker)
            worker.let_go()

    def _started(self) -> Worker:
        worker = Worker(self._root)
        with self._lock:
            self._busy.add(worker)
        return worker

    def _answer(self, worker: Worker, job: Mapping[str, Any], keep: bool) -> tuple[bytes, str]:
        stays = False
        try:
            answer = worker.ask(job)
            stays = keep and not worker.is_last
            return answer
        finally:
            with self._lock:
                self._busy.discard(worker)
                if stays:
                    self._idle.append(worker)
            if not stays:
                worker.end()
