"""All that is measured of speed and memory, in one command.

    python -m benchmarks [search] [pages] [life] [growth] [--quick] [--write]

Instances of generated listings are made in a temporary folder (`benchmarks.listings`: the same each time) and asked
on this machine; nothing is asserted, a goal that is missed is said to be. All four parts take about half an hour.
`--quick` asks each for little, in about two minutes, to see that it works: its figures say nothing. `--write` puts
the report into `docs/benchmarks.md` and the plot of its growth into `docs/pictures/benchmarks.svg`; without it they
are printed.
"""

import argparse
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import growth, life, pages, search
from benchmarks.plot import drawn
from benchmarks.report import Part, machine, markdown, text
from benchmarks.serving import Workshop

PARTS: Mapping[str, Callable[[Workshop, bool], Part]] = {
    "search": search.run,
    "pages": pages.run,
    "life": life.run,
    "growth": growth.run,
}
DOCS = Path(__file__).parent.parent / "docs"
REPORT, PICTURE = DOCS / "benchmarks.md", DOCS / "pictures" / "benchmarks.svg"


def main() -> None:
    """Measures, prints, and with `--write` keeps what was found."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="little of each, to see that it works")
    parser.add_argument("--write", action="store_true", help="writes docs/benchmarks.md and its picture")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    if options.write and (options.parts or options.quick):
        parser.error("--write keeps a whole run, neither a part nor a quick one")
    print(machine(), flush=True)
    found = []
    with Workshop.opened() as workshop:
        for name in options.parts or PARTS:
            part = PARTS[name](workshop, options.quick)
            print(text(part), flush=True)
            found.append(part)
    if options.write:
        write(found)


def write(parts: list[Part]) -> None:
    """The report and its picture, in `docs/`."""
    today = datetime.now(UTC).date()
    PICTURE.write_text(picture(parts), encoding="utf-8")
    told = markdown(parts, today, machine(), PICTURE.relative_to(DOCS).as_posix())
    REPORT.write_text(told, encoding="utf-8")


def picture(parts: list[Part]) -> str:
    """The plot of the part that tells of growth."""
    lines = next(part.lines for part in parts if part.lines)
    ends = ", ".join(f"{name} {points[0][1]:.1f} to {points[-1][1]:.1f}" for name, points in lines.items())
    sizes = [f"{x:,.0f}" for x, _ in next(iter(lines.values()))]
    return drawn(
        "CPU of a page made anew, in milliseconds",
        f"By the number of listings, from {sizes[0]} to {sizes[-1]}: {ends} milliseconds.",
        "number of listings",
        lines,
    )


if __name__ == "__main__":
    main()
