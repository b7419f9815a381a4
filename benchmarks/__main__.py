"""All that is measured of speed and memory, in one command.

    python -m benchmarks [search] [pages] [life] [growth] [--quick] [--write]

Instances of generated listings are made in a temporary folder (`benchmarks.listings`: the same each time) and asked
on this machine; nothing is asserted, a goal that is missed is said to be. All four parts take about half an hour.
`--quick` asks each for little, in a few minutes, to see that it works: its figures say nothing. With `--write` the
parts that were measured take their place in `docs/benchmarks.md`, and growth is drawn in
`docs/pictures/benchmarks.svg`; without it all is printed only.
"""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import growth, life, pages, search
from benchmarks.plot import drawn
from benchmarks.report import Part, machine, renewed, section, text
from benchmarks.serving import Workshop

PARTS = {"search": search, "pages": pages, "life": life, "growth": growth}
DOCS = Path(__file__).parent.parent / "docs"
REPORT, PICTURE = "benchmarks.md", "pictures/benchmarks.svg"


def main() -> None:
    """Measures, prints, and with `--write` keeps what was found."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="little of each, to see that it works")
    parser.add_argument("--write", action="store_true", help="keeps it in docs/benchmarks.md")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    if options.write and options.quick:
        parser.error("a quick run says nothing that is worth keeping")
    print(machine(), flush=True)
    with Workshop.opened() as workshop:
        for name in options.parts or PARTS:
            part = PARTS[name].run(workshop, options.quick)
            print(text(part), flush=True)
            if options.write:
                write(part)


def write(part: Part, docs: Path = DOCS) -> None:
    """A part in its place in the report, with its picture."""
    file, drawing = docs / REPORT, docs / PICTURE
    if part.lines:
        drawing.write_text(picture(part), encoding="utf-8")
    told = section(part, datetime.now(UTC).date(), machine(), PICTURE if part.lines else "")
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    file.write_text(renewed(before, [told], [one.TITLE for one in PARTS.values()]), encoding="utf-8")


def picture(part: Part) -> str:
    """The plot of a part that tells of growth."""
    lines = part.lines
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
