"""Does `guide serve` grow? The memory of a server that is edited 500 times and prints 200 sheets.

Method: an instance is prepared in a temporary folder with the guide's own data and `guide serve` is started on a
free port of 127.0.0.1 in a process of its own: a real server, since its threads, its memory allocator and the
processes that set its PDFs are part of the question. It is warmed up by every page of its sitemap, and by a few
edits and sheets. Then a coordinator changes one listing after another at the desk, and after each change somebody
searches, in the other language each time, and looks at the listing. Then sheets are printed, none of them twice:
each service in both languages and on both papers, the ready-made selections with their posters, and, one of ten, a
booklet of a need or of the whole guide in both languages. The same requests in the same order each time.

Printed are megabytes of resident memory, as Linux tells them (`VmRSS` of /proc): of the server, of the processes
it started (they share libraries, which are counted in each), the most that both together had since the line above
(looked at ten times a second), and the milliseconds of one round or sheet, which tell of this machine only. Nothing
is asserted; tests/directory/test_memory.py and tests/publish/test_typesetter.py assert what must be let go.

    .venv/bin/python benchmarks/memory.py [--edits 500] [--sheets 200]
"""

import argparse
import os
import re
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from itertools import cycle, islice, zip_longest
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

import html5lib
import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide import clock, paths
from guide.accounts import sessions
from guide.database import open_database, writing
from guide.model import Account, AccountState, Role, Service

EDITS_A_LINE, SHEETS_A_LINE = 100, 50
WARM_UP_EDITS, WARM_UP_SHEETS = 10, 10
QUIET = 75
"""Seconds at the end in which nobody asks for anything: what is kept for the next to come is given back."""
SEARCHES = (
    "/fr/services/?q=faim",
    "/nl/diensten/?q=honger",
    "/fr/services/?q=dettes",
    "/nl/diensten/?q=huur",
)
PAPERS = ("a4", "a5", "a5-imposed")


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--edits", type=int, default=500, help="changes of a listing (default: 500)")
    parser.add_argument("--sheets", type=int, default=200, help="PDFs printed (default: 200)")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        _served(Path(folder) / "instance") as (process, visitor),
        Table(process.pid) as table,
    ):
        table.line("after start")
        _live(visitor, table, Path(folder) / "instance", options.edits, options.sheets)


def _live(visitor: "Visitor", table: "Table", instance: Path, edits: int, sheets: int) -> None:
    keys, needs, token = _prepared(instance)
    to_print = _sheets(keys, needs)
    to_edit = enumerate(cycle(keys))
    for path in re.findall(r"<loc>https?://[^/]+([^<]+)</loc>", visitor.get("/sitemap.xml").decode()):
        visitor.get(path)
    for number, key in islice(to_edit, WARM_UP_EDITS):
        _edit(visitor, token, number, key)
    for path in islice(to_print, WARM_UP_SHEETS):
        _print(visitor, path)
    table.line("after warm-up")
    for done in range(0, edits, EDITS_A_LINE):
        taken = []
        for number, key in islice(to_edit, min(EDITS_A_LINE, edits - done)):
            taken.append(_timed(lambda number=number, key=key: _edit(visitor, token, number, key)))
        table.line(f"{done + len(taken)} edits", taken)
    for done in range(0, sheets, SHEETS_A_LINE):
        taken = [
            _timed(lambda path=path: _print(visitor, path))
            for path in islice(to_print, min(SHEETS_A_LINE, sheets - done))
        ]
        table.line(f"{done + len(taken)} sheets", taken)
    time.sleep(QUIET)
    table.line(f"{QUIET} quiet seconds later")


class Table:
    """Prints a line of the table when told; meanwhile looks at how much the server and its processes hold."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._most = 0.0
        self._over = threading.Event()
        self._watching = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        print(f"{'':<24}{'server MB':>10}{'others MB':>10}{'most MB':>9}{'median ms':>11}{'longest ms':>12}")
        self._watching.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._watching.join()

    def line(self, name: str, taken: list[float] | None = None) -> None:
        """A line: what is held now, the most that was held since the last one, and the seconds of each step."""
        server, others = _resident(self._pid), sum(map(_resident, _children(self._pid)))
        most, self._most = max(self._most, server + others), 0.0
        times = f"{statistics.median(taken) * 1000:>11.0f}{max(taken) * 1000:>12.0f}" if taken else ""
        print(f"{name:<24}{server:>10.0f}{others:>10.0f}{most:>9.0f}{times}", flush=True)

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            held = _resident(self._pid) + sum(map(_resident, _children(self._pid)))
            self._most = max(self._most, held)


def _resident(pid: int) -> float:
    """Megabytes; 0 when the process has just ended."""
    try:
        found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0
    return int(found[1]) / 1024 if found else 0


def _children(pid: int) -> list[int]:
    try:
        return [
            int(child)
            for thread in Path(f"/proc/{pid}/task").iterdir()
            for child in (thread / "children").read_text().split()
        ]
    except OSError:
        return []


class Visitor:
    """Asks the server, one request after the other. `Accept-Encoding` is not sent."""

    def __init__(self, port: int) -> None:
        self._port = port

    def get(self, path: str, token: str = "") -> bytes:
        return self._ask("GET", path, {"Cookie": f"session={token}"} if token else {}, None, (200, 301))

    def post(self, path: str, values: Mapping[str, Any], token: str) -> None:
        headers = {"Cookie": f"session={token}", "Content-Type": "application/x-www-form-urlencoded"}
        self._ask("POST", path, headers, urlencode(values, doseq=True), (303,))

    def _ask(
        self, method: str, path: str, headers: Mapping[str, str], body: str | None, expected: tuple[int, ...]
    ) -> bytes:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=120)
        try:
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        if answer.status not in expected:
            raise SystemExit(f"{method} {path} answered {answer.status}")
        return content


def _edit(visitor: Visitor, token: str, number: int, key: str) -> None:
    """A coordinator changes the summary of a listing; then somebody searches, and looks at it."""
    address = f"/fr/mon-association/services/{key}/a-propos"
    values = _form(visitor.get(address, token), "part")
    values["summary_fr"] = [f"Une aide pour les habitants, version {number}."]
    visitor.post(address, values, token)
    visitor.get(SEARCHES[number % len(SEARCHES)])
    visitor.get(f"/fr/services/{key}")


def _print(visitor: Visitor, path: str) -> None:
    if not visitor.get(path).startswith(b"%PDF"):
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


@contextmanager
def _served(instance: Path) -> Iterator[tuple["subprocess.Popen[str]", Visitor]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    process = subprocess.Popen(
        [sys.executable, "-m", "guide", "serve", "--port", str(port)],
        env=os.environ | {"GUIDE_INSTANCE": str(instance), "GUIDE_SECRET_KEY": secrets.token_hex(32)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if "http://" in line:
                break
        yield process, Visitor(port)
    finally:
        process.terminate()
        process.wait(60)


def _timed(act: Any) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
