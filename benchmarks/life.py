"""The life of a guide: how it starts, loads, shows an edit, and what it holds over a day.

- Start: `guide serve` in a process of its own, until home has answered and until the first search has: its CPU.
  First, with the data loaded and no index yet; again, with the index. Its memory some seconds later, when the words
  are read.
- Load: what `guide load` tells of its own CPU, the database and what is derived of it (stored listings, search index)
  apart.
- Edit: one process serves, this one changes the summary of a listing by the guide's own `revisions.apply` in one
  transaction, and asks the other for the listing, and for a search that only the new words answer, until both show
  it. The clock starts when the transaction is on the disk; the time of the edit itself is told beside.
- Day: see `benchmarks.day`.
"""

import gc
import shutil
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from benchmarks import day
from benchmarks.report import Goal, Part, Table, number
from benchmarks.serving import OWN, Instance, Visitor, Workshop, guide_serves
from guide import clock
from guide.audit import Edit
from guide.database import open_database, writing
from guide.editing import revisions
from guide.editing.listings import record_of
from guide.model import Service

TITLE = "Start, load, edit, a day"
HOME, SEARCH = "/fr/", "/fr/services/?q=faim"
SETTLED = 4
"""Seconds after which a server that started has read the words it answers by."""
AFTER_START, AFTER_DAY = 150, 200
LOADED = 20
VISIBLE = 150
MANY = 5_000


@dataclass(frozen=True)
class Start:
    """Seconds of CPU until home and until a search had answered, seconds until home had, megabytes thereafter."""

    home: float
    search: float
    waited: float
    memory: float


def start(instance: Path) -> Start:
    """One start of `guide serve`."""
    begun = time.perf_counter()
    with guide_serves(instance) as server, Visitor(server.port) as visitor:
        visitor.get(HOME)
        waited, home = time.perf_counter() - begun, server.cpu
        visitor.get(SEARCH)
        search = server.cpu
        time.sleep(SETTLED)
        return Start(home, search, waited, server.memory)


def starts(instance: Instance, folder: Path, rounds: int, again: bool) -> Start:
    """The median of so many starts, each of a copy; `again`: with an index."""
    found = []
    for turn in range(rounds):
        copy = folder / f"start-{instance.size}-{again}-{turn}"
        shutil.copytree(instance.folder, copy)
        if not again:
            shutil.rmtree(copy / "index")
        found.append(start(copy))
        shutil.rmtree(copy)
    return Start(
        statistics.median(one.home for one in found),
        statistics.median(one.search for one in found),
        statistics.median(one.waited for one in found),
        statistics.median(one.memory for one in found),
    )


@dataclass(frozen=True)
class Seen:
    """Milliseconds: what the edit itself took; from its end until the listing, or a search, showed it."""

    edit: float
    listing: float
    search: float


def seen_after(instance: Path, edits: int) -> Seen:
    """Medians of so many edits, each of another listing. Of two edits one is looked at first on its own page."""
    engine = open_database(f"sqlite:///{instance / 'guide.sqlite3'}")
    with Session(engine) as session:
        generated = Service.key.startswith("exemple-"), Service.sensitive.is_(False)
        known = session.scalars(select(Service.key).where(*generated).order_by(Service.key)).all()
    secret = (instance / "secret_key").read_text(encoding="utf-8").strip()
    taken: dict[str, list[float]] = {"edit": [], "listing": [], "search": []}
    with guide_serves(instance) as server, Visitor(server.port) as visitor:
        for path in (HOME, SEARCH, f"/fr/services/{known[-1]}"):
            visitor.get(path)
        time.sleep(SETTLED)
        for turn in range(2 * edits):
            key = known[-1 - turn]
            words = f"Une aide nouvelle, dite zorvaline{'abcdefghijklmnopqrstuvwxyz'[turn]}."
            what = ("listing", "search")[turn % 2]
            gc.collect()
            begun = time.perf_counter()
            edit(engine, secret, key, words)
            done = time.perf_counter()
            path = f"/fr/services/{key}" if what == "listing" else f"/fr/services/?q={words.split()[-1][:-1]}"
            shown = words if what == "listing" else f"/fr/services/{key}"
            _until(lambda path=path, shown=shown: shown.encode() in visitor.get(path).body)  # type: ignore[misc]
            taken["edit"].append(done - begun)
            taken[what].append(time.perf_counter() - done)
    engine.dispose()
    return Seen(**{name: statistics.median(of) * 1000 for name, of in taken.items()})


def edit(engine: Engine, secret: str, key: str, words: str) -> None:
    """Another summary for a listing, as a command on the server would change it; audited with this key."""
    with Session(writing(engine), info={"secret_key": secret}) as session:
        service = session.scalars(select(Service).where(Service.key == key)).one()
        record = record_of(service)
        record["summary"] = record["summary"] | {"fr": words}
        revisions.apply(session, service, record, Edit(None, clock.now()))
        session.commit()


def _until(shown: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not shown():
        if time.monotonic() > until:
            raise SystemExit("an edit was not seen within a minute")


def run(workshop: Workshop, quick: bool = False) -> Part:
    """Start, load, edit and memory."""
    many, rounds = (200, 1) if quick else (MANY, 3)
    own, large = workshop.instance(OWN), workshop.instance(many)
    first = starts(own, workshop.folder, rounds, again=False)
    second = starts(own, workshop.folder, rounds, again=True)
    at_large = starts(large, workshop.folder, rounds, again=True)
    edited = workshop.folder / "edited"
    shutil.copytree(large.folder, edited)
    edits = 3 if quick else 7
    seen = seen_after(edited, edits)
    shutil.rmtree(edited)
    lived = workshop.folder / "lived"
    shutil.copytree(own.folder, lived)
    table, held = day.lived(lived, *((10, 10, 2) if quick else (200, 100, 75)))
    database, index = large.loading["database"], large.loading["search index"]
    return Part(
        TITLE,
        "Each server is a process of its own (`guide serve`) asked over HTTP on the same machine; CPU is that "
        "of its process, memory what is resident. A load tells its CPU itself, the database apart from what is "
        "derived of it (stored listings, search index). Listings are edited by another process with the guide's own "
        "functions; the clock runs from the end of that transaction until a page of the server shows it, and the "
        f"median of {edits} counts.",
        [
            Table(
                "Start",
                ("", "CPU until home, s", "CPU until a search, s", "home after, s", "memory then, MB"),
                [
                    _row(f"{own.size} listings, no index yet", first),
                    _row(f"{own.size} listings, again", second),
                    _row(f"{large.size:,} listings, again", at_large),
                ],
            ),
            Table(
                f"Loading {large.size:,} listings",
                ("", "CPU, s", "CPU of a listing, ms"),
                [
                    [name, number(taken), number(taken / large.size * 1000)]
                    for name, taken in (("database", database), ("stored listings and index", index))
                ],
            ),
            Table(
                f"An edit at {large.size:,} listings",
                ("", "ms"),
                [
                    ["the edit itself, until it is on the disk", number(seen.edit)],
                    ["then seen on the listing's page", number(seen.listing)],
                    ["then found by a search for its new words", number(seen.search)],
                ],
            ),
            table,
        ],
        [
            Goal(f"memory after start, {own.size} listings", second.memory, AFTER_START, " MB"),
            Goal("memory at the end of a day", held, AFTER_DAY, " MB"),
            Goal(f"load of {large.size:,} listings, database part, CPU", database, LOADED, " s"),
            Goal("an edit seen on its page", seen.listing, VISIBLE, " ms"),
            Goal("an edit found by a search", seen.search, VISIBLE, " ms"),
        ],
    )


def _row(what: str, one: Start) -> list[str]:
    return [what, number(one.home), number(one.search), number(one.waited), f"{one.memory:.0f}"]
