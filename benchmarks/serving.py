"""What the benchmarks share: instances of generated listings, servers and their CPU and memory, a visitor."""

import contextlib
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from benchmarks import listings

OWN = 95
"""How many listings the guide's own data hold."""
ANEW = {"Cookie": "liste=3qty"}
"""Of whoever has a list: no kept page answers her."""
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_of(pid: int) -> float:
    """Seconds of CPU that all threads of a process have used, those that have ended too; to the nanosecond on Linux.

    Its clock by the number that clock_getcpuclockid(3) gives, which Python does not offer; else the ticks of /proc.
    """
    with contextlib.suppress(OSError):
        return time.clock_gettime((~pid << 3) | 2)
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident(pid: int) -> float:
    """Megabytes of memory that a process holds; 0 when it has just ended."""
    try:
        found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0
    return int(found[1]) / 1024 if found else 0


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    try:
        return [
            int(child)
            for thread in Path(f"/proc/{pid}/task").iterdir()
            for child in (thread / "children").read_text().split()
        ]
    except OSError:
        return []


@dataclass
class Server:
    """A process that answers on a port."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def cpu(self) -> float:
        """Seconds of CPU it has used."""
        return cpu_of(self.process.pid)

    @property
    def memory(self) -> float:
        """Megabytes it holds."""
        return resident(self.process.pid)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(command: list[str], port: int, **environment: str) -> Iterator[Server]:
    """The command's server, as soon as it listens."""
    process = subprocess.Popen(
        command, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(process, port)
        yield Server(process, port)
    finally:
        process.terminate()
        process.wait(60)


def _wait_for(process: "subprocess.Popen[bytes]", port: int, seconds: float = 600) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise SystemExit(f"{' '.join(map(str, process.args[2:5]))} does not answer")  # type: ignore[index]


@contextmanager
def guide_serves(instance: Path) -> Iterator[Server]:
    """`guide serve` on this instance."""
    port = free_port()
    command = [sys.executable, "-m", "guide", "serve", "--port", str(port)]
    with served(command, port, GUIDE_INSTANCE=str(instance)) as server:
        yield server


def guide(instance: Path, *command: str) -> str:
    """What this command of the guide prints."""
    done = subprocess.run(
        [sys.executable, "-m", "guide", *command],
        env=os.environ | {"GUIDE_INSTANCE": str(instance)},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


@dataclass(frozen=True)
class Instance:
    """A folder with so many listings loaded, the data files they were loaded from, and what the loading took.

    `loading`: seconds of CPU by part (`database`, `search index`), as `guide load` tells them.
    """

    size: int
    folder: Path
    data: Path
    loading: Mapping[str, float]

    @property
    def database(self) -> Path:
        """The file of its database."""
        return self.folder / "guide.sqlite3"

    @property
    def index(self) -> Path:
        """The folder of its search index."""
        return self.folder / "index"


@dataclass
class Workshop:
    """A temporary folder in which each instance is made once, for all parts of a run."""

    folder: Path
    _made: dict[int, Instance] = field(default_factory=dict)

    @classmethod
    @contextmanager
    def opened(cls) -> Iterator[Self]:
        """A workshop that is cleared away afterwards."""
        with tempfile.TemporaryDirectory(prefix="guide-benchmarks-") as folder:
            yield cls(Path(folder))

    def instance(self, size: int) -> Instance:
        """The instance with so many listings; never fewer than the guide's own. Whoever changes it copies it."""
        if size not in self._made:
            folder = self.folder / f"instance-{size}"
            data = listings.write(self.folder / f"data-{size}", size)
            # Into an empty database, so that all of them are new to it; then what a first start does besides.
            loading = loading_told(guide(folder, "load", str(data)))
            guide(folder, "prepare")
            self._made[size] = Instance(size, folder, data, loading)
        return self._made[size]


def loading_told(printed: str) -> dict[str, float]:
    """Seconds of CPU by part, of what `guide load` prints."""
    return {
        part: float(taken) for part, taken in re.findall(r"^ +([\w ]+): ([\d.]+) s of CPU$", printed, re.M)
    }


class Answer:
    """The status, headers (names as sent) and body of an answer."""

    def __init__(self, head: bytes, body: bytes) -> None:
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split()[1])
        self.headers = [
            (name, value.strip()) for name, _, value in (line.partition(":") for line in lines[1:])
        ]
        self.body = body


class Visitor:
    """Asks a server over one connection that stays open, at the least cost to the asker; no compression is asked for.

    An answer bears its length, or comes in chunks.
    """

    def __init__(self, port: int, headers: Mapping[str, str] | None = None) -> None:
        self._port = port
        self._always = f"Host: 127.0.0.1:{port}\r\n" + _lines(headers or {})
        self._socket: socket.socket | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hangs up; the next question opens a connection anew."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def request(self, path: str, headers: Mapping[str, str] | None = None) -> bytes:
        """The bytes of a GET of this path, for `send`."""
        return f"GET {path} HTTP/1.1\r\n{self._always}{_lines(headers or {})}\r\n".encode()

    def get(self, path: str, expected: tuple[int, ...] = (200,)) -> Answer:
        """The answer to a GET; SystemExit when its status is another than these."""
        answer = self.send(self.request(path))
        if answer.status not in expected:
            raise SystemExit(f"{path} answered {answer.status}")
        return answer

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """The answer to a form."""
        head = f"POST {path} HTTP/1.1\r\n{self._always}{_lines(headers)}Content-Length: {len(body)}\r\n\r\n"
        return self.send(head.encode() + body)

    def send(self, request: bytes) -> Answer:
        """The answer to these bytes; asked once more when the server has hung up since the last one."""
        fresh = self._socket is None
        try:
            return self._exchange(request)
        except ConnectionError:
            self.close()
            if fresh:
                raise
            return self._exchange(request)

    def _exchange(self, request: bytes) -> Answer:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=120)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(request)
        received = bytearray()
        while (ends := received.find(b"\r\n\r\n")) < 0:
            self._receive(received)
        head = bytes(received[:ends])
        begins = ends + 4
        length = re.search(rb"\r\ncontent-length: *(\d+)", head, re.I)
        if length is not None:
            whole = begins + int(length[1])
            while len(received) < whole:
                self._receive(received)
            body = bytes(received[begins:whole])
        else:
            body = self._in_chunks(received, begins)
        if re.search(rb"\r\nconnection: *close", head, re.I):
            self.close()
        return Answer(head, body)

    def _in_chunks(self, received: bytearray, at: int) -> bytes:
        """A body that bears no length but comes in chunks, each with its own: Datasette's."""
        pieces: list[bytes] = []
        while True:
            while (ends := received.find(b"\r\n", at)) < 0:
                self._receive(received)
            size = int(received[at:ends].partition(b";")[0], 16)
            while len(received) < ends + 4 + size:
                self._receive(received)
            if not size:
                return b"".join(pieces)
            pieces.append(bytes(received[ends + 2 : ends + 2 + size]))
            at = ends + 4 + size

    def _receive(self, received: bytearray) -> None:
        piece = self._socket.recv(262_144) if self._socket else b""
        if not piece:
            raise ConnectionError("the server hung up")
        received += piece


def _lines(headers: Mapping[str, str]) -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items())
