"""What a page costs: kept and made anew, at two sizes, beside a bare Flask view and beside Datasette.

Method. For each size an instance is made of generated listings (`benchmarks.listings`) by the guide's own commands.
Three servers of one process each answer on 127.0.0.1: `guide serve`; a Flask view that gives the same bytes and
headers on the same server (`benchmarks.bare`); Datasette on one table of the same listings with full-text search and
facets. They are asked in turn, a few requests each, round after round, so that a machine that grows slow is slow for
all of them.
"Anew": with the cookie of a list, which no kept page answers. CPU is that of the server's process (/proc). Figures of
one run can be compared, those of two cannot. Nothing is asserted.

    python -m benchmarks.pages [--sizes 95 5000] [--rounds 10] [--of 10]
"""

import argparse
import http.client
import json
import os
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from benchmarks import listings

GUIDE = {
    "home": "/fr/",
    "results": "/fr/services/?q=faim",
    "all services": "/nl/diensten/",
    "need": "/fr/besoins/faim",
    "map": "/fr/carte",
    "service": "/fr/services/cpas-jette",
    "organisation": "/fr/organismes/cpas-jette",
    "action": "/fr/plans/pasap-2022-2027/46",
    "coverage": "/fr/plans/pasap-2022-2027/couverture",
    "sheet": "/fr/feuilles/aide-alimentaire",
    "urgent numbers": "/fr/urgence",
}
DATASETTE = {
    "results": "/listings/listings?_search=faim&_facet=need&_facet=free&_facet=area&_size=20",
    "all services": "/listings/listings?_size=20",
    "service": "/listings/listings/1",
}
"""Its page of the same kind: search with facets, the list, one record."""
ANEW = {"Cookie": "liste=3qty"}
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Server:
    """A process that answers on a port."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def cpu(self) -> float:
        """Seconds of CPU it has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS


@dataclass
class Figures:
    """What a page took: seconds of each request, CPU of the server for all, bytes."""

    taken: list[float] = field(default_factory=list)
    cpu: float = 0.0
    bytes: int = 0
    rate: float = 0.0

    @property
    def p50(self) -> float:
        """Milliseconds."""
        return statistics.median(self.taken) * 1000

    @property
    def cpu_each(self) -> float:
        """Milliseconds of CPU a request."""
        return self.cpu / len(self.taken) * 1000


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(command: list[str], port: int, **environment: str) -> Iterator[Server]:
    """The command's server, once it answers."""
    process = subprocess.Popen(
        command, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield Server(process, port)
    finally:
        process.terminate()
        process.wait(20)


def instance_of(size: int, folder: Path) -> Path:
    """An instance with so many listings."""
    data = listings.write(folder / f"data-{size}", size)
    instance = folder / f"instance-{size}"
    for command in (["prepare"], ["load", str(data)]):
        subprocess.run(
            [sys.executable, "-m", "guide", *command],
            env=os.environ | {"GUIDE_INSTANCE": str(instance)},
            check=True,
            stdout=subprocess.DEVNULL,
        )
    return instance


def database_of(size: int, folder: Path) -> Path:
    """The same listings as one table, with the full-text search and the facets that Datasette finds by itself."""
    file = folder / f"{size}" / "listings.db"
    file.parent.mkdir()
    rows = []
    for path in sorted((folder / f"data-{size}" / "services").glob("*.yaml")):
        record = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        texts = [
            (record.get(name) or {}).get(side, "")
            for name in ("name", "summary", "description", "eligibility")
            for side in ("fr", "nl")
        ]
        terms = [term["term"] for term in record.get("terms", ())]
        facets = (terms[0] if terms else "", record.get("free", ""), record.get("neighbourhood", ""))
        spoken = ",".join(record.get("languages", ()))
        rows.append((record["key"], *texts, " ".join(terms), *facets, spoken))
    columns = "key, name_fr, name_nl, summary_fr, summary_nl, description_fr, description_nl, for_fr, for_nl"
    columns += ", terms, need, free, area, languages"
    with sqlite3.connect(file) as database:
        database.execute(f"create table listings (id integer primary key, {columns})")
        database.executemany(
            f"insert into listings ({columns}) values ({', '.join('?' * len(rows[0]))})", rows
        )
        searched = "name_fr, name_nl, summary_fr, summary_nl, description_fr, description_nl, terms"
        database.execute(f'create virtual table listings_fts using fts5({searched}, content="listings")')
        database.execute(f"insert into listings_fts (rowid, {searched}) select id, {searched} from listings")
    return file


def ask(
    server: Server, path: str, headers: dict[str, str], count: int
) -> tuple[list[float], bytes, list[Any]]:
    """The seconds of so many requests over one connection, and the last answer."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    taken, body, said = [], b"", []
    for _ in range(count):
        begun = time.perf_counter()
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        taken.append(time.perf_counter() - begun)
        said = answer.getheaders()
        if answer.status != 200:
            raise SystemExit(f"{path} answered {answer.status}")
    connection.close()
    return taken, body, said


def rate(server: Server, path: str, headers: dict[str, str], count: int, threads: int = 4) -> float:
    """Requests a second over a few connections at once."""
    workers = [
        threading.Thread(target=ask, args=(server, path, headers, count // threads)) for _ in range(threads)
    ]
    begun = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return count / (time.perf_counter() - begun)


def measure(
    contenders: dict[str, tuple[Server, str, dict[str, str]]], rounds: int, of: int
) -> dict[str, Figures]:
    """All of them in turn."""
    figures = {name: Figures() for name in contenders}
    for server, path, headers in contenders.values():
        ask(server, path, headers, 3)
    for _ in range(rounds):
        for name, (server, path, headers) in contenders.items():
            before = server.cpu
            taken, body, _ = ask(server, path, headers, of)
            figures[name].taken += taken
            figures[name].cpu += server.cpu - before
            figures[name].bytes = len(body)
    for name, (server, path, headers) in contenders.items():
        figures[name].rate = rate(server, path, headers, max(40, rounds * of // 2))
    return figures


def pages_at(size: int, folder: Path, rounds: int, of: int) -> dict[str, dict[str, Figures]]:
    """Page → contender → its figures."""
    instance, database = instance_of(size, folder), database_of(size, folder)
    with ExitStack() as running:
        port = free_port()
        command = [sys.executable, "-m", "guide", "serve", "--port", str(port)]
        guide = running.enter_context(served(command, port, GUIDE_INSTANCE=str(instance)))
        for path in GUIDE.values():
            ask(guide, path, {}, 2)
        port = free_port()
        command = [sys.executable, "-m", "datasette", "serve", str(database), "--port", str(port)]
        datasette = running.enter_context(served(command, port))
        same = folder / f"bare-{size}.json"
        same.write_text(json.dumps({path: _answer(guide, path) for path in GUIDE.values()}), encoding="utf-8")
        port = free_port()
        bare = running.enter_context(
            served([sys.executable, "-m", "benchmarks.bare", str(port), str(same)], port)
        )
        found = {}
        for name, path in GUIDE.items():
            contenders = {"anew": (guide, path, ANEW), "kept": (guide, path, {}), "bare": (bare, path, {})}
            if name in DATASETTE:
                contenders["datasette"] = (datasette, DATASETTE[name], {})
            found[name] = measure(contenders, rounds, of)
        return found


def _answer(server: Server, path: str) -> dict[str, Any]:
    _, body, headers = ask(server, path, {}, 1)
    kept = [header for header in headers if header[0] not in ("Content-Length", "Date", "Server")]
    return {"body": body.decode(), "headers": kept}


def show(size: int, found: dict[str, dict[str, Figures]], least: dict[str, dict[str, Figures]]) -> None:
    """The table of a size; `least`: that of the smallest, for the growth."""
    print(
        f"\n{size} listings: p50 ms (CPU ms) anew | of Datasette's time, rate | growth | kept rate of bare's | KB"
    )
    for name, by in found.items():
        anew, kept, bare = by["anew"], by["kept"], by["bare"]
        other = by.get("datasette")
        beside = f"{anew.p50 / other.p50:5.2f}x {anew.rate / other.rate:5.1f}x" if other else " " * 13
        growth = anew.cpu_each / least[name]["anew"].cpu_each
        print(
            f"{name:16}{anew.p50:7.1f} ({anew.cpu_each:5.1f})  {beside}  {growth:4.2f}x"
            f"  {kept.rate / bare.rate:5.2f}x  {kept.rate:7.0f}/s  {anew.bytes / 1000:5.0f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[95, 5_000])
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--of", type=int, default=10, help="requests of a round")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        least: dict[str, dict[str, Figures]] = {}
        for size in sorted(options.sizes):
            found = pages_at(size, Path(folder), options.rounds, options.of)
            least = least or found
            show(size, found, least)


if __name__ == "__main__":
    main()
