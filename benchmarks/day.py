"""Does `guide serve` grow over a day? The memory of a server that is edited 200 times and prints 100 sheets.

Method: `guide serve` on an instance with the guide's own data, a process of its own, since its threads, its memory
allocator and the processes that set its PDFs are part of the question. It is asked for every page of its sitemap.
Then a coordinator changes one listing after another at the desk, and after each change somebody searches, in the
other language each time, and looks at the listing. Then sheets are printed, none of them twice: each service in both
languages and on both papers, the ready-made selections with their posters, and, one of ten, a booklet of a need or of
the whole guide in both languages. The same requests in the same order each time; at the end nobody asks for anything.

Megabytes are resident memory, as Linux tells them (`VmRSS` of /proc): of the server, of the processes it started
(they share libraries, which are counted in each), and the most that both together had since the line above (looked at
ten times a second). Nothing is asserted; tests/directory/test_memory.py and tests/publish/test_typesetter.py assert
what must be let go.
"""

import re
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice, zip_longest
from pathlib import Path
from typing import Self
from urllib.parse import urlencode

import html5lib
import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks.report import Table, number
from benchmarks.serving import Server, Visitor, children, guide_serves, resident
from guide import clock, paths
from guide.accounts import sessions
from guide.database import open_database, writing
from guide.model import Account, AccountState, Role, Service

LINES = 2
"""Lines of the table for the edits, and for the sheets."""
SEARCHES = (
    "/fr/services/?q=faim",
    "/nl/diensten/?q=honger",
    "/fr/services/?q=dettes",
    "/nl/diensten/?q=huur",
)
PAPERS = ("a4", "a5", "a5-imposed")


def lived(instance: Path, edits: int, sheets: int, quiet: int) -> tuple[Table, float]:
    """The table of a day of so many edits and sheets and so many quiet seconds; the server's megabytes at its end."""
    keys, needs, token = _prepared(instance)
    with guide_serves(instance) as server, Visitor(server.port) as visitor, Watch(server) as watch:
        visitor.get("/fr/")
        watch.line("after start")
        for path in re.findall(
            r"<loc>https?://[^/]+([^<]+)</loc>", visitor.get("/sitemap.xml").body.decode()
        ):
            visitor.get(path, (200, 301))
        watch.line("after all pages")
        changes = ((lambda at=at: _edit(visitor, token, *at)) for at in enumerate(cycle(keys)))
        _steps(watch, "edits", edits, changes)
        printed = ((lambda path=path: _print(visitor, path)) for path in _sheets(keys, needs))
        _steps(watch, "sheets", sheets, printed)
        time.sleep(quiet)
        watch.line(f"{quiet} quiet seconds later")
        return watch.table, server.memory


def _steps(watch: "Watch", what: str, count: int, steps: Iterator[Callable[[], None]]) -> None:
    done = 0
    for part in range(1, LINES + 1):
        until = count * part // LINES
        taken = [_timed(step) for step in islice(steps, until - done)]
        done = until
        watch.line(f"{done} {what}", taken)


class Watch:
    """Writes a line of the table when told; meanwhile looks at how much the server and its processes hold."""

    def __init__(self, server: Server) -> None:
        self._pid = server.process.pid
        self._most = 0.0
        self._over = threading.Event()
        self._watching = threading.Thread(target=self._watch, daemon=True)
        self._rows: list[list[str]] = []

    def __enter__(self) -> Self:
        self._watching.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watching.join()

    @property
    def table(self) -> Table:
        """The lines until now."""
        columns = ("", "server, MB", "its processes, MB", "most of both, MB", "median ms", "longest ms")
        return Table("Memory over a day", columns, list(self._rows))

    def line(self, name: str, taken: list[float] | None = None) -> None:
        """A line: what is held now, the most that was held since the last one, and the seconds of each step."""
        server, others = resident(self._pid), sum(map(resident, children(self._pid)))
        most, self._most = max(self._most, server + others), 0.0
        times = [number(one * 1000) for one in (statistics.median(taken), max(taken))] if taken else ["", ""]
        self._rows.append([name, *(f"{held:.0f}" for held in (server, others, most)), *times])

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            self._most = max(self._most, resident(self._pid) + sum(map(resident, children(self._pid))))


def _edit(visitor: Visitor, token: str, turn: int, key: str) -> None:
    """A coordinator changes the summary of a listing; then somebody searches, and looks at it."""
    address = f"/fr/mon-association/services/{key}/a-propos"
    session = {"Cookie": f"session={token}"}
    page = visitor.send(visitor.request(address, session))
    values = _form(page.body, "part")
    values["summary_fr"] = [f"Une aide pour les habitants, version {turn}."]
    headers = session | {"Content-Type": "application/x-www-form-urlencoded"}
    saved = visitor.post(address, urlencode(values, doseq=True).encode(), headers)
    if saved.status != 303:
        raise SystemExit(f"{address} answered {saved.status}")
    visitor.get(SEARCHES[turn % len(SEARCHES)])
    visitor.get(f"/fr/services/{key}", (200, 301))


def _print(visitor: Visitor, path: str) -> None:
    if not visitor.get(path).body.startswith(b"%PDF"):
        raise SystemExit(f"{path} is no PDF")


def _form(page: bytes, identifier: str) -> dict[str, list[str]]:
    """What a browser would send of a form that nobody touched."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    (form,) = (form for form in tree.iter("form") if form.get("id") == identifier)
    values: dict[str, list[str]] = {}
    for field in form.iter():
        name, kind = field.get("name"), field.get("type", "text")
        if not name or kind in ("submit", "button"):
            continue
        if field.tag == "input" and (kind not in ("checkbox", "radio") or field.get("checked") is not None):
            values.setdefault(name, []).append(field.get("value", ""))
        elif field.tag == "textarea":
            values.setdefault(name, []).append("".join(field.itertext()))
        elif field.tag == "select":
            chosen = [one.get("value", "") for one in field.iter("option") if one.get("selected") is not None]
            values.setdefault(name, []).extend(chosen)
    return values


def _sheets(keys: list[str], needs: list[str]) -> Iterator[str]:
    """Addresses of PDFs, each once: of ten, eight services, a selection and a booklet."""
    services = iter(
        [
            f"{place}/{key}.pdf?papier={paper}"
            for paper in ("a4", "a5")
            for key in keys
            for place in ("/fr/imprimer/fiche", "/nl/afdrukken/fiche")
        ]
    )
    selections, booklets = iter(_selections()), iter(_booklets(needs))
    while True:
        ten = [*islice(services, 8), *islice(selections, 1), *islice(booklets, 1)]
        if not ten:
            return
        yield from ten


def _selections() -> list[str]:
    slugs = [
        yaml.safe_load(file.read_text(encoding="utf-8"))["slug"]
        for file in sorted((paths.DATA / "selections").glob("*.yaml"))
    ]
    return [
        address
        for paper in ("", "?papier=a3-affiche", "?papier=a4-affiche")
        for slug in slugs
        for address in (
            f"/fr/imprimer/feuille/{slug['fr']}.pdf{paper}",
            f"/nl/afdrukken/blad/{slug['nl']}.pdf{paper}",
        )
    ]


def _booklets(needs: list[str]) -> list[str]:
    """The whole guide on each paper, and needs, all in both languages."""
    whole = [
        f"{place}?papier={paper}&{side}=both"
        for paper in PAPERS
        for place, side in (("/fr/imprimer/guide.pdf", "texte"), ("/nl/afdrukken/gids.pdf", "tekst"))
    ]
    parts = [f"/fr/imprimer/guide.pdf?choix=need-{need}&texte=both" for need in needs]
    return [address for pair in zip_longest(whole, parts) for address in pair if address]


def _prepared(instance: Path) -> tuple[list[str], list[str], str]:
    """The keys of the public services and of the needs, and the cookie of a coordinator who has signed in."""
    engine = open_database(f"sqlite:///{instance / 'guide.sqlite3'}")
    now = clock.now()
    with Session(writing(engine)) as session:
        account = Account(
            email="coordination@example.org",
            name="Coordination",
            language="fr",
            role=Role.COORDINATOR,
            state=AccountState.ACTIVE,
            created_at=now,
        )
        session.add(account)
        session.flush()
        token = sessions.begin(session, account, "benchmark", now, second_factor=True)
        services = session.scalars(select(Service).where(Service.is_public).order_by(Service.key)).all()
        keys = [service.key for service in services]
        needs = sorted(
            {str(filed.term.need.key) for one in services for filed in one.attributes if filed.term.need}
        )
        session.commit()
    engine.dispose()
    return keys, needs, token


def _timed(act: Callable[[], None]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun
