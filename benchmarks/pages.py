"""What a page costs: kept and made anew, at two sizes, beside a bare Flask view and beside Datasette.

Method. For each size an instance is made of generated listings (`benchmarks.listings`) by the guide's own commands.
Three servers of one process each answer on 127.0.0.1: `guide serve`; a Flask view that gives the same bytes and
headers on the same server (`benchmarks.bare`); Datasette on one table of the same listings with full-text search and
facets. They are asked in turn, a few requests each, round after round, so that a machine that grows slow is slow for
all of them.
"Anew": with the cookie of a list, which no kept page answers. CPU is that of the server's process. Figures of one run
can be compared, those of two cannot. Nothing is asserted.

    python -m benchmarks.pages [--sizes 95 5000] [--rounds 10] [--of 10]
"""

import argparse
import json
import sqlite3
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

from benchmarks.report import Part, Table, number, text, times
from benchmarks.serving import ANEW, OWN, Instance, Server, Visitor, Workshop, free_port, guide_serves, served

TITLE = "Pages over HTTP"
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


def database_of(instance: Instance, folder: Path) -> Path:
    """The same listings as one table, with the full-text search and the facets that Datasette finds by itself."""
    file = folder / f"datasette-{instance.size}" / "listings.db"
    file.parent.mkdir(exist_ok=True)
    file.unlink(missing_ok=True)
    rows = []
    for path in sorted((instance.data / "services").glob("*.yaml")):
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
    with closing(sqlite3.connect(file)) as database, database:
        database.execute(f"create table listings (id integer primary key, {columns})")
        database.executemany(
            f"insert into listings ({columns}) values ({', '.join('?' * len(rows[0]))})", rows
        )
        searched = "name_fr, name_nl, summary_fr, summary_nl, description_fr, description_nl, terms"
        database.execute(f'create virtual table listings_fts using fts5({searched}, content="listings")')
        database.execute(f"insert into listings_fts (rowid, {searched}) select id, {searched} from listings")
    return file


@dataclass(frozen=True)
class Contender:
    """A server, and the path and headers it is asked with."""

    server: Server
    path: str
    headers: dict[str, str] = field(default_factory=dict)

    def ask(self, count: int) -> tuple[list[float], int]:
        """The seconds of so many requests over one connection, and the bytes of the last answer."""
        taken, size = [], 0
        with Visitor(self.server.port, self.headers) as visitor:
            request = visitor.request(self.path)
            for _ in range(count):
                begun = time.perf_counter()
                answer = visitor.send(request)
                taken.append(time.perf_counter() - begun)
                size = len(answer.body)
                if answer.status != 200:
                    raise SystemExit(f"{self.path} answered {answer.status}")
        return taken, size

    def rate(self, count: int, threads: int = 4) -> float:
        """Requests a second over a few connections at once."""
        workers = [threading.Thread(target=self.ask, args=(count // threads,)) for _ in range(threads)]
        begun = time.perf_counter()
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return count // threads * threads / (time.perf_counter() - begun)


def measure(contenders: dict[str, Contender], rounds: int, of: int) -> dict[str, Figures]:
    """All of them in turn."""
    figures = {name: Figures() for name in contenders}
    for one in contenders.values():
        one.ask(3)
    for _ in range(rounds):
        for name, one in contenders.items():
            before = one.server.cpu
            taken, figures[name].bytes = one.ask(of)
            figures[name].taken += taken
            figures[name].cpu += one.server.cpu - before
    for name, one in contenders.items():
        figures[name].rate = one.rate(max(40, rounds * of // 2))
    return figures


def pages_at(instance: Instance, folder: Path, rounds: int, of: int) -> dict[str, dict[str, Figures]]:
    """Page → contender → its figures."""
    with ExitStack() as running:
        guide = running.enter_context(guide_serves(instance.folder))
        for path in GUIDE.values():
            Contender(guide, path).ask(2)
        database = database_of(instance, folder)
        if find_spec("datasette") is None:
            raise SystemExit("Datasette is not installed: pip install -e '.[bench]'")
        datasette = running.enter_context(_answering("datasette", "serve", str(database), "--port"))
        same = folder / f"bare-{instance.size}.json"
        same.write_text(json.dumps({path: _answer(guide, path) for path in GUIDE.values()}), encoding="utf-8")
        bare = running.enter_context(_answering("benchmarks.bare", str(same)))
        found = {}
        for name, path in GUIDE.items():
            contenders = {
                "anew": Contender(guide, path, ANEW),
                "kept": Contender(guide, path),
                "bare": Contender(bare, path),
            }
            if name in DATASETTE:
                contenders["datasette"] = Contender(datasette, DATASETTE[name])
            found[name] = measure(contenders, rounds, of)
        return found


@contextmanager
def _answering(module: str, *arguments: str) -> Iterator[Server]:
    """The server of a module that takes its port as its last argument."""
    port = free_port()
    with served([sys.executable, "-m", module, *arguments, str(port)], port) as server:
        yield server


def _answer(server: Server, path: str) -> dict[str, Any]:
    with Visitor(server.port) as visitor:
        answer = visitor.get(path)
    own = ("content-length", "date", "server", "connection", "via")
    kept = [header for header in answer.headers if header[0].lower() not in own]
    return {"body": answer.body.decode(), "headers": kept}


def table(size: int, found: dict[str, dict[str, Figures]], least: dict[str, dict[str, Figures]]) -> Table:
    """The table of a size; `least`: the figures of the smallest, for the growth."""
    columns = (
        "page", "anew, ms", "its CPU", "growth", "kept, ms", "its CPU", "kept, a second", "of bare's",
        "of Datasette's time", "of its rate", "KB",
    )  # fmt: skip
    rows = []
    for name, by in found.items():
        anew, kept, bare, other = by["anew"], by["kept"], by["bare"], by.get("datasette")
        rows.append(
            [
                name,
                number(anew.p50),
                number(anew.cpu_each),
                times(anew.cpu_each / least[name]["anew"].cpu_each),
                number(kept.p50),
                number(kept.cpu_each),
                number(kept.rate),
                times(kept.rate / bare.rate),
                times(anew.p50 / other.p50) if other else "",
                times(anew.rate / other.rate) if other else "",
                f"{anew.bytes / 1000:.0f}",
            ]
        )
    return Table(f"{size:,} listings", columns, rows)


def measured(workshop: Workshop, sizes: list[int], rounds: int, of: int) -> Part:
    """The pages at these sizes."""
    part = Part(
        TITLE,
        "Three servers of one process each: `guide serve`; a Flask view that gives the same bytes and headers on the "
        "same server (bare); Datasette on one table of the same listings, with full-text search and facets. They are "
        f"asked in turn, {rounds} rounds of {of} requests over one connection, then at once over four (the rate). "
        "Anew: with the cookie of a list, which no kept page answers. Times are medians, CPU is the server's, in ms.",
    )
    least: dict[str, dict[str, Figures]] = {}
    for size in sorted(sizes):
        found = pages_at(workshop.instance(size), workshop.folder, rounds, of)
        least = least or found
        part.tables.append(table(size, found, least))
    return part


def run(workshop: Workshop, quick: bool = False) -> Part:
    """The pages of the guide's own number of listings, and of 5,000."""
    return measured(workshop, [OWN, 200], 2, 2) if quick else measured(workshop, [OWN, 5_000], 10, 10)


def main() -> None:
    """This part alone, with other sizes and rounds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[OWN, 5_000])
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--of", type=int, default=10, help="requests of a round")
    options = parser.parse_args()
    with Workshop.opened() as workshop:
        print(text(measured(workshop, options.sizes, options.rounds, options.of)))


if __name__ == "__main__":
    main()
