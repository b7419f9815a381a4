"""How many pages a second one `guide serve` answers, on this machine, over loopback.

Method: an instance is prepared in a temporary folder with the guide's own data, `guide serve` is started
on a free port of 127.0.0.1 in a process of its own, and each page kind is asked for by a few threads that
keep their connections open, for a bounded number of requests after a warm-up. Printed per page kind:
requests a second, and the 50th, 95th and 99th percentile in milliseconds. The client shares the cores
with the server, so figures of two machines, or of two loads of one, cannot be compared; figures of one
run can. Nothing is asserted.

    .venv/bin/python benchmarks/pages.py [--requests 400] [--threads 4]
"""

import argparse
import http.client
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

PAGES = {
    "home": "/fr/",
    "results": "/nl/diensten/?q=honger",
    "results, typo": "/fr/services/?q=ordinnateur",
    "all services": "/fr/services/",
    "service": "/fr/services/cpas-jette",
    "need": "/fr/besoins/faim",
    "plan": "/fr/plans/pasap-2022-2027/",
    "action": "/nl/plannen/pasap-2022-2027/46",
    "urgent numbers": "/fr/urgence",
}
WARM_UP = 20


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=400, help="requests per page kind (default: 400)")
    parser.add_argument("--threads", type=int, default=4, help="connections at once (default: 4)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        port = _free_port()
        server = subprocess.Popen(
            [sys.executable, "-m", "guide", "serve", "--port", str(port)],
            env=os.environ | {"GUIDE_INSTANCE": str(Path(folder) / "instance")},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert server.stdout is not None
            for line in server.stdout:
                if "http://" in line:
                    break
            print(f"{options.threads} connections, {options.requests} requests a page kind")
            print(f"{'page':<16}{'per second':>12}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'KB gzip':>9}")
            for name, path in PAGES.items():
                _measure(name, path, port, options.requests, options.threads)
        finally:
            server.terminate()
            server.wait(10)


def _measure(name: str, path: str, port: int, requests: int, threads: int) -> None:
    size, _ = _ask(port, path, WARM_UP)
    times: list[float] = []
    lock = threading.Lock()

    def work() -> None:
        _, taken = _ask(port, path, requests // threads)
        with lock:
            times.extend(taken)

    workers = [threading.Thread(target=work) for _ in range(threads)]
    begun = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    elapsed = time.perf_counter() - begun
    times.sort()

    def at(share: float) -> float:
        return times[min(len(times) - 1, int(len(times) * share))] * 1000

    print(
        f"{name:<16}{len(times) / elapsed:>12.0f}{at(0.5):>9.1f}{at(0.95):>9.1f}{at(0.99):>9.1f}{size / 1024:>9.1f}"
    )


def _ask(port: int, path: str, count: int) -> tuple[int, list[float]]:
    """Bytes of the last answer over the wire, and the seconds each request took."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    taken = []
    size = 0
    for _ in range(count):
        begun = time.perf_counter()
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        size = len(answer.read())
        taken.append(time.perf_counter() - begun)
        if answer.status != 200:
            raise SystemExit(f"{path} answered {answer.status}")
    connection.close()
    return size, taken


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
