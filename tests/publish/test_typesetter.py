"""PDFs are set in processes that end: with what they hold, with whoever started them, and never with an orphan."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from guide.publish import typesetter, worker_pool
from guide.publish.pdf import TEMPLATES, WORKERS
from guide.publish.referral_sheet import as_pdf
from guide.publish.worker_pool import Worker, WorkerError, WorkerPool
from tests.publish.test_pdf import MADE, sheet

JOB = {"template": "sign", "inputs": {"sign": "a"}, "timestamp": 0}
ENDLESS = "#for a in range(100000) { for b in range(100000) { let rest = calc.rem(a + b, 7) } }"
"""A file that takes hours."""


@pytest.fixture
def pool() -> Iterator[WorkerPool]:
    made = WorkerPool(TEMPLATES)
    yield made
    made.close()


@pytest.fixture
def endless(tmp_path: Path) -> Path:
    """A folder with one template, of which nobody sees the end."""
    (tmp_path / "endless.typ").write_text(ENDLESS)
    (tmp_path / "fonts").mkdir()
    return tmp_path


def alive(pid: int) -> bool:
    """Whether any thread of it runs: one that has ended and was not waited for yet does not.

    A process that was killed has its pipes open until its last thread has ended.
    """
    try:
        threads = [file.read_text() for file in Path(f"/proc/{pid}/task").glob("*/stat")]
    except OSError:
        return alive(pid) if Path(f"/proc/{pid}").exists() else False
    return any(thread.rpartition(")")[2].split()[0] != "Z" for thread in threads)


def eventually(holds: Callable[[], bool]) -> bool:
    """Waits until it holds, for a minute at most: however busy the machine is."""
    end = time.monotonic() + 60
    while not holds() and time.monotonic() < end:
        time.sleep(0.02)
    return holds()


def answers(*jobs: dict[str, Any]) -> list[dict[str, Any]]:
    """The heads of what the program answers to these jobs, run in this process."""
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as given, os.fdopen(writing, "wb") as pipe:
        pipe.write(b"".join(json.dumps(job).encode() + b"\n" for job in jobs))
        pipe.close()
        told = BytesIO()
        typesetter.serve(TEMPLATES, given, told)
    told.seek(0)
    heads = []
    while line := told.readline():
        heads.append(json.loads(line))
        assert told.read(heads[-1]["size"])[:4] in (b"%PDF", b"")
    return heads


# When a process ends


@pytest.fixture
def unbounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run of tests holds more than the program may."""
    monkeypatch.setattr(typesetter, "_held", lambda: 0)


@pytest.mark.usefixtures("unbounded")
def test_it_says_that_a_file_was_its_last_and_takes_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetter, "MOST_FILES", 2)
    assert [head["last"] for head in answers(JOB, JOB, JOB)] == [False, True]


def test_it_ends_when_it_holds_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetter, "MOST_MEMORY", 1)
    assert [head["last"] for head in answers(JOB, JOB)] == [True]


@pytest.mark.usefixtures("unbounded")
def test_what_goes_wrong_is_told_by_its_kind_alone() -> None:
    unknown = JOB | {"inputs": {"sign": "ትግርኛ"}}
    broken = JOB | {"inputs": {"secret": "secret"}}
    assert [(head["failure"], head["size"]) for head in answers(unknown, broken)] == [
        ("sign", 0),
        ("template", 0),
    ]


def test_a_job_that_was_cut_off_is_not_begun() -> None:
    reading, writing = os.pipe()
    told = BytesIO()
    with os.fdopen(reading, "rb") as given:
        os.write(writing, json.dumps(JOB).encode())
        os.close(writing)
        typesetter.serve(TEMPLATES, given, told)
    assert told.getvalue() == b""


def test_a_file_that_takes_too_long_ends_its_process_and_is_an_error(
    endless: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hasty = tmp_path / "hasty.py"
    program = Path(typesetter.__file__).read_text(encoding="utf-8")
    hasty.write_text(program.replace(f"LONGEST = {typesetter.LONGEST}\n", "LONGEST = 1\n"), encoding="utf-8")
    assert hasty.read_text(encoding="utf-8") != program
    monkeypatch.setattr(worker_pool, "PROGRAM", hasty)
    pool = WorkerPool(endless)
    with pytest.raises(WorkerError):
        pool.ask(JOB | {"template": "endless"})
    assert pool.pids == []


# The processes of one process of the guide


def test_one_process_sets_one_file_after_the_other(pool: WorkerPool) -> None:
    assert pool.pids == [], "nothing is started before it is asked"
    assert pool.ask(JOB)[0].startswith(b"%PDF")
    (first,) = pool.pids
    assert pool.ask(JOB)[0].startswith(b"%PDF")
    assert pool.pids == [first]


def test_the_process_of_something_personal_ends_with_it(pool: WorkerPool) -> None:
    pool.ask(JOB)
    (pid,) = pool.pids
    assert pool.ask(JOB, keep=False)[0].startswith(b"%PDF")
    assert pool.pids == []
    assert not alive(pid)


def test_no_process_remembers_a_fiche_relais() -> None:
    assert as_pdf([sheet()], MADE).startswith(b"%PDF")
    assert WORKERS.pids == []


def test_what_is_set_never_stands_in_the_arguments_nor_a_secret_of_ours_in_the_surroundings(
    pool: WorkerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GUIDE_SECRET_KEY", "of this guide only")
    pool.ask(JOB | {"inputs": {"sign": "Dupont"}})
    place = Path(f"/proc/{pool.pids[0]}")
    given = (place / "cmdline").read_bytes() + (place / "environ").read_bytes()
    assert b"typesetter.py" in given
    assert b"Dupont" not in given
    assert b"GUIDE_" not in given


def test_a_process_that_was_lost_while_it_waited_is_replaced(pool: WorkerPool) -> None:
    pool.ask(JOB)
    (first,) = pool.pids
    os.kill(first, signal.SIGKILL)
    assert eventually(lambda: not alive(first))
    assert pool.ask(JOB)[0].startswith(b"%PDF")
    assert pool.pids != [first]


def test_one_that_is_lost_at_work_is_an_error_and_the_next_file_is_set(endless: Path) -> None:
    pool = WorkerPool(endless)
    with ThreadPoolExecutor() as threads:
        asking = threads.submit(pool.ask, JOB | {"template": "endless"})
        assert eventually(lambda: bool(pool.pids))
        os.kill(pool.pids[0], signal.SIGKILL)
        with pytest.raises(WorkerError):
            asking.result()
    assert pool.pids == []
    (endless / "sign.typ").write_text("#set document(title: sys.inputs.sign)")
    assert pool.ask(JOB)[0].startswith(b"%PDF")
    pool.close()


def test_what_ends_the_guide_lets_it_finish_what_it_is_answering(pool: WorkerPool) -> None:
    """Ctrl-C and the end of a service reach every process of them: the pipe says when to end."""
    pool.ask(JOB)
    (pid,) = pool.pids
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(pid, number)
    assert pool.ask(JOB)[0].startswith(b"%PDF")
    assert pool.pids == [pid]


def test_no_more_work_at_once_than_said(monkeypatch: pytest.MonkeyPatch) -> None:
    at_work, most, lock = 0, 0, threading.Lock()
    together = threading.Barrier(2, timeout=30)

    class Slow(Worker):
        def __init__(self, root: Path) -> None:
            self.is_last = False

        @property
        def pid(self) -> int:
            return 0

        @property
        def lives(self) -> bool:
            return True

        def ask(self, job: Any) -> tuple[bytes, str]:
            nonlocal at_work, most
            with lock:
                at_work += 1
                most = max(most, at_work)
            together.wait()
            with lock:
                at_work -= 1
            return b"file", ""

    monkeypatch.setattr(worker_pool, "Worker", Slow)
    pool = WorkerPool(TEMPLATES, most=2)
    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(lambda _: pool.ask(JOB), range(6))) == [(b"file", "")] * 6
    assert most == 2
    assert len(pool.pids) <= 2


def test_nobody_waits_for_a_process_longer_than_said(endless: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_pool, "WAIT", 0.01)
    pool = WorkerPool(endless, most=1)
    with ThreadPoolExecutor() as threads:
        asking = threads.submit(pool.ask, JOB | {"template": "endless"})
        assert eventually(lambda: bool(pool.pids))
        with pytest.raises(WorkerError):
            pool.ask(JOB)
        pool.close()
        with pytest.raises(WorkerError):
            asking.result()


def test_a_file_that_cost_a_used_process_its_life_is_not_set_again(endless: Path) -> None:
    (endless / "sign.typ").write_text("#set document(title: sys.inputs.sign)")
    pool = WorkerPool(endless)
    pool.ask(JOB | {"template": "sign", "inputs": {"sign": "x"}})
    (used,) = pool.pids
    with ThreadPoolExecutor() as threads:
        asking = threads.submit(pool.ask, JOB | {"template": "endless"})
        assert eventually(lambda: bool(pool._busy))
        os.kill(used, signal.SIGKILL)
        with pytest.raises(WorkerError):
            asking.result()
    assert pool.pids == []


def test_closing_ends_those_at_work_too(endless: Path) -> None:
    pool = WorkerPool(endless)
    with ThreadPoolExecutor() as threads:
        asking = threads.submit(pool.ask, JOB | {"template": "endless"})
        assert eventually(lambda: bool(pool.pids))
        (pid,) = pool.pids
        pool.close()
        assert not alive(pid)
        with pytest.raises(WorkerError):
            asking.result()


# No orphan, nothing shared


def run(script: str) -> list[str]:
    """The words that a process of its own prints; it may end as it likes."""
    head = "import os, signal, sys\nfrom guide.publish.pdf import WORKERS\n" + f"JOB = {JOB!r}\n"
    done = subprocess.run([sys.executable, "-c", head + script], capture_output=True, text=True, check=False)
    return done.stdout.split()


@pytest.mark.parametrize("end", ["sys.exit()", "os.kill(os.getpid(), signal.SIGKILL)", "os._exit(1)"])
def test_whoever_started_it_may_end_as_he_likes(end: str) -> None:
    (pid,) = run(f"WORKERS.ask(JOB); print(*WORKERS.pids, flush=True); {end}")
    assert eventually(lambda: not alive(int(pid)))


def test_a_process_that_was_forked_starts_its_own() -> None:
    script = """
WORKERS.ask(JOB)
mine = WORKERS.pids
child = os.fork()
if not child:
    assert WORKERS.pids == []
    assert WORKERS.ask(JOB)[0].startswith(b"%PDF")
    print("its own" if WORKERS.pids != mine else "shared", flush=True)
    WORKERS.close()
    os._exit(0)
os.waitpid(child, 0)
assert WORKERS.ask(JOB)[0].startswith(b"%PDF")
print("kept" if WORKERS.pids == mine else "lost")
"""
    assert run(script) == ["its", "own", "kept"]


def test_what_answers_visitors_never_loads_typst() -> None:
    assert run("import guide.web.public.printing; WORKERS.ask(JOB); print('typst' in sys.modules)") == [
        "False"
    ]
