"""The program of a process that sets PDFs with Typst: jobs come in on standard input, files go out on the other side.

Typst keeps what it made of its last ten files and gives it back with its process only: a booklet of the guide in
both languages is 180 MB of it, so that ten of them held almost 2 GB. So the guide sets its PDFs in processes that
end (`worker_pool` starts them), and none of the others imports Typst.

A job is one line of JSON: `template`, `inputs`, `timestamp`, and `imposed` where pages are laid two by two. Its
answer is one line of JSON, then `size` bytes, the file. `failure` is '' or tells why there is none: 'sign' (no font
has one of its signs) or 'template'; never more, since Typst's words may repeat the data. `last` says that this
process ends now. Nothing is written to disk, and nothing of a job stands in the arguments of the process. It ends
by itself: when whoever asks has gone, when it has set enough or holds too much, when nobody asked for a while, and
in the middle of a file that takes too long.

It runs as a file, with nothing of the guide imported but `imposition`, which needs nothing else of it and is read
only for a job that is `imposed`: so it is there at once, and the same as what started it.
"""

import importlib.util
import json
import os
import select
import signal
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Literal

import typst

MOST_FILES = 100
MOST_MEMORY = 192 * 1024 * 1024
"""Bytes it may hold and still wait for a next file: sheets stay below, a whole booklet is above."""
IDLE = 60
"""Seconds for which it waits for the next job."""
LONGEST = 180
"""Seconds that one file may take. A whole booklet takes seven of a busy core."""

Failure = Literal["", "sign", "template"]


def fonts(root: Path) -> typst.Fonts:
    """Public Sans as on the site, and what Typst carries for letters it lacks; no font of the machine."""
    return typst.Fonts(include_system_fonts=False, font_paths=[root / "fonts"])


def set_file(root: Path, carried: typst.Fonts, job: Mapping[str, Any]) -> tuple[bytes, Failure]:
    """The PDF of a job, and why there is none."""
    compiler = typst.Compiler(
        root / f"{job['template']}.typ", root=root, font_paths=carried, ignore_system_fonts=True
    )
    try:
        made = compiler.compile(
            format="pdf",
            sys_inputs=job["inputs"],
            pdf_standards="ua-1",
            timestamp=job["timestamp"],
        )
    except typst.TypstError as problem:
        return b"", "sign" if "could not be displayed" in problem.message else "template"
    assert isinstance(made, bytes)
    return _imposed(made, job["timestamp"]) if job.get("imposed") else made, ""


def _imposed(booklet: bytes, timestamp: int) -> bytes:
    """The booklet for a copier. Here, since the library that lays it out takes 20 MB of a process."""
    found = importlib.util.spec_from_file_location("imposition", Path(__file__).with_name("imposition.py"))
    assert found is not None
    assert found.loader is not None
    imposition = importlib.util.module_from_spec(found)
    found.loader.exec_module(imposition)
    content = imposition.impose(booklet, datetime.fromtimestamp(timestamp, UTC))
    assert isinstance(content, bytes)
    return content


def serve(root: Path, jobs: BinaryIO, answers: BinaryIO) -> None:
    """Sets one file after the other, until it is time to end."""
    carried = fonts(root)
    for number in range(1, MOST_FILES + 1):
        if not select.select([jobs], [], [], IDLE)[0]:
            return
        line = jobs.readline()
        if not line.endswith(b"\n"):
            return
        signal.alarm(LONGEST)
        content, failure = set_file(root, carried, json.loads(line))
        signal.alarm(0)
        last = number == MOST_FILES or _held() > MOST_MEMORY
        head = {"size": len(content), "failure": failure, "last": last}
        answers.write(json.dumps(head).encode() + b"\n" + content)
        answers.flush()
        if last:
            return


def _held() -> int:
    """Bytes of this process in memory; 0 where the system does not tell them so: there it counts its files only."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def main() -> None:
    """Serves the process that started this one; `argv` names the folder of the templates."""
    # Ctrl-C in a terminal, and the end of a service, reach every process of it. Whoever started this one finishes
    # what it is answering, and says when to end by closing the pipe.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    # On a small host pages come first: whoever asked for paper waits a little longer.
    os.nice(10)
    # Whatever a library prints must not stand among the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        serve(Path(sys.argv[1]), os.fdopen(0, "rb"), answers)
    except BrokenPipeError:
        os._exit(0)  # nobody is there any more, and flushing would fail again


if __name__ == "__main__":
    main()
