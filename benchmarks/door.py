"""Does `guide serve` still answer while others hold its connections, or send it far too much?

Method: an instance is prepared in a temporary folder with the guide's own data and `guide serve` is started on a
free port of 127.0.0.1 in a process of its own. A number of connections (300) say nothing, as many send half of a
request's head, as many half of its body and then a byte a second; meanwhile a visitor with a new connection each
time asks for pages, for a bounded time. Then one POST of 300 MB is sent while the open files of the server are
watched. Printed: how many pages came, how quickly, and the most the server had in files that have no name.
Nothing is asserted; `tests/test_server.py` asserts the same with fewer.

    .venv/bin/python benchmarks/door.py [--each 300] [--seconds 30]
"""

import argparse
import http.client
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HALVES = {
    "idle": b"",
    "half a head": b"GET /fr/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
    "half a body": b"POST /fr/ma-liste/changer HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 40000\r\n\r\najouter=",
}
PAGES = ("/fr/", "/nl/diensten/?q=honger", "/fr/services/cpas-jette", "/healthz")
MEGABYTES = 300


def main() -> None:
    """Prints what happened."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--each", type=int, default=300, help="connections of each kind (default: 300)")
    parser.add_argument("--seconds", type=int, default=30, help="how long to ask for pages (default: 30)")
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    with tempfile.TemporaryDirectory() as folder, _served(Path(folder)) as (process, port):
        _report("alone", _ask(port, 5))
        held = [_hold(port, start) for start in HALVES.values() for _ in range(options.each)]
        feeding = threading.Event()
        threading.Thread(target=_drip, args=(held, feeding), daemon=True).start()
        _report(f"beside {len(held)} slow ones", _ask(port, options.seconds))
        feeding.set()
        for slow in held:
            slow.close()
        _report("afterwards", _ask(port, 5))
        print(f"one POST of {MEGABYTES} MB: {_flood(process.pid, port)}")


@contextmanager
def _served(folder: Path) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    process = subprocess.Popen(
        [sys.executable, "-m", "guide", "serve", "--port", str(port)],
        env=os.environ | {"GUIDE_INSTANCE": str(folder / "instance")},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if "http://" in line:
                break
        yield process, port
    finally:
        process.terminate()
        process.wait(30)


def _hold(port: int, start: bytes) -> socket.socket:
    slow = socket.create_connection(("127.0.0.1", port), timeout=10)
    slow.sendall(start)
    return slow


def _drip(held: list[socket.socket], over: threading.Event) -> None:
    """A byte a second to everyone who has begun: nobody is merely idle."""
    while not over.wait(1):
        for slow in held[len(held) // 3 :]:
            try:
                slow.send(b"a")
            except OSError:
                continue


def _ask(port: int, seconds: int) -> list[tuple[int, float]]:
    """(status, seconds) of each page asked for; 0 when none came within five seconds."""
    found = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        path = PAGES[len(found) % len(PAGES)]
        begun = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            status = answer.status
        except OSError:
            status = 0
        finally:
            connection.close()
        found.append((status, time.monotonic() - begun))
        time.sleep(0.1)
    return found


def _report(name: str, found: list[tuple[int, float]]) -> None:
    took = sorted(seconds for _, seconds in found)
    told = ", ".join(
        f"{count} x {status or 'nothing'}" for status, count in Counter(s for s, _ in found).items()
    )
    print(
        f"{name:<22} {told}; median {statistics.median(took) * 1000:.0f} ms, longest {took[-1] * 1000:.0f} ms"
    )


def _flood(pid: int, port: int) -> str:
    """Sends the POST; what was answered, and the most that lay in files without a name."""
    watching, most = threading.Event(), [0]

    def watch() -> None:
        while not watching.wait(0.02):
            most[0] = max(most[0], _nameless(pid))

    threading.Thread(target=watch, daemon=True).start()
    begun = time.monotonic()
    sent, answer = 0, b""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as flood:
        head = f"POST /fr/ma-liste/changer HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {MEGABYTES << 20}\r\n\r\n"
        flood.sendall(head.encode())
        try:
            for _ in range(MEGABYTES):
                flood.sendall(b"a" * (1 << 20))
                sent += 1
            answer = flood.recv(12)
        except OSError as problem:
            answer = type(problem).__name__.encode()
    watching.set()
    return (
        f"{answer.decode()} after {sent} MB and {time.monotonic() - begun:.1f} s; "
        f"at most {most[0] / (1 << 20):.1f} MB on the disk"
    )


def _nameless(pid: int) -> int:
    total = 0
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            if os.readlink(entry).endswith("(deleted)"):
                total += entry.stat().st_size
        except OSError:
            continue
    return total


if __name__ == "__main__":
    main()
