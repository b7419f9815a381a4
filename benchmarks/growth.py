"""What a listing costs as their number grows: CPU of pages made anew, bytes on the disk, CPU of loading.

Instances of 95 to 5,000 generated listings, each with its own `guide serve`. Every page is asked with the cookie of a
list, which no kept page answers. The servers stand beside each other and are asked in turn, page by page and round
by round, so that a machine that grows slow is slow for all of them; what counts is the CPU of the server's process.
"""

import statistics
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from benchmarks.pages import GUIDE
from benchmarks.report import Part, Table, number, times
from benchmarks.serving import ANEW, OWN, Instance, Server, Visitor, Workshop, guide_serves

TITLE = "What a listing costs as their number grows"
SIZES = (OWN, 500, 2_000, 5_000)

Costs = dict[str, list[float]]
"""Page → milliseconds of CPU of one answer, size by size."""


def costs(instances: Sequence[Instance], rounds: int, of: int) -> Costs:
    """What every page costs at every size: the median of the rounds."""
    with ExitStack() as running:
        servers = [running.enter_context(guide_serves(one.folder)) for one in instances]
        visitors = [running.enter_context(Visitor(one.port, ANEW)) for one in servers]
        for visitor in visitors:
            for path in GUIDE.values():
                for _ in range(3):
                    visitor.get(path)
        return {
            name: [statistics.median(taken) * 1000 for taken in _asked(servers, visitors, path, rounds, of)]
            for name, path in GUIDE.items()
        }


def _asked(
    servers: Sequence[Server], visitors: Sequence[Visitor], path: str, rounds: int, of: int
) -> list[list[float]]:
    taken: list[list[float]] = [[] for _ in servers]
    for _ in range(rounds):
        for server, visitor, mine in zip(servers, visitors, taken, strict=True):
            before = server.cpu
            for _ in range(of):
                visitor.get(path)
            mine.append((server.cpu - before) / of)
    return taken


def weight(place: Path) -> int:
    """Bytes of a file, or of all files of a folder."""
    files = place.rglob("*") if place.is_dir() else [place]
    return sum(file.stat().st_size for file in files if file.is_file())


def run(workshop: Workshop, quick: bool = False) -> Part:
    """The growth of everything; its lines are milliseconds of CPU by the number of listings, page by page."""
    sizes = (OWN, 200) if quick else SIZES
    rounds, of = (3, 3) if quick else (12, 5)
    instances = [workshop.instance(size) for size in sizes]
    found = costs(instances, rounds, of)
    grown = sizes[-1] - sizes[0]
    heads = tuple(f"{size:,}" for size in sizes)
    return Part(
        TITLE,
        f"Instances of {heads[0]} to {heads[-1]} generated listings, each with its own `guide serve`, asked in turn "
        "over HTTP with the cookie of a list, which no kept page answers. A figure is the CPU of the server's "
        f"process for one answer, the median of {rounds} rounds of {of}. Bytes are those on the disk after loading.",
        [
            Table(
                "CPU of a page made anew, in milliseconds",
                ("page", *heads, "growth", "µs a listing"),
                [
                    [
                        name,
                        *map(number, of_page),
                        times(of_page[-1] / of_page[0]),
                        number((of_page[-1] - of_page[0]) / grown * 1000),
                    ]
                    for name, of_page in found.items()
                ],
            ),
            Table("On the disk and to load, for each listing", ("", *heads), _for_each(instances)),
        ],
        lines={name: list(zip(map(float, sizes), of_page, strict=True)) for name, of_page in found.items()},
    )


def _for_each(instances: Sequence[Instance]) -> list[list[str]]:
    rows = {
        "database, KB": [weight(one.database) / one.size / 1000 for one in instances],
        "search index, KB": [weight(one.index) / one.size / 1000 for one in instances],
        "load of the database, CPU ms": [one.loading["database"] / one.size * 1000 for one in instances],
        "load of what is derived, CPU ms": [
            one.loading["search index"] / one.size * 1000 for one in instances
        ],
    }
    return [[name, *map(number, of)] for name, of in rows.items()]
