"""What the benchmarks tell: parts with their method, tables and goals, as text for a terminal and as Markdown."""

import os
import platform
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path


@dataclass(frozen=True)
class Goal:
    """What was wished for: at most `limit` (with `least`, at least), and the figure that was measured."""

    name: str
    figure: float
    limit: float
    unit: str = ""
    least: bool = False

    @property
    def met(self) -> bool:
        return self.figure >= self.limit if self.least else self.figure <= self.limit

    def row(self) -> list[str]:
        """Name, figure, limit, whether it is met."""
        bound = "at least" if self.least else "at most"
        return [
            self.name,
            f"{number(self.figure)}{self.unit}",
            f"{bound} {number(self.limit)}{self.unit}",
            "yes" if self.met else "no",
        ]


@dataclass(frozen=True)
class Table:
    """Rows under a title; the first cell of a row says what it is about."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass
class Part:
    """What one part of the benchmarks has found.

    `method`: how it was measured, in a few sentences. `lines`: for a plot, the points of each thing by its name.
    """

    title: str
    method: str
    tables: list[Table] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    lines: Mapping[str, Sequence[tuple[float, float]]] = field(default_factory=dict)

    def all_tables(self) -> list[Table]:
        """Its tables, that of its goals first."""
        goals = Table("Goals", ("goal", "measured", "wanted", "met"), [goal.row() for goal in self.goals])
        return [*([goals] if self.goals else []), *self.tables]


def number(figure: float) -> str:
    """A figure with as many digits as one reads: 1,234; 123; 12.3; 1.23; 0.123."""
    if abs(figure) >= 100:
        return f"{figure:,.0f}"
    if abs(figure) >= 10:
        return f"{figure:.1f}".removesuffix(".0")
    if abs(figure) >= 1:
        return f"{figure:.2f}".rstrip("0").rstrip(".")
    return f"{figure:.3f}".rstrip("0").rstrip(".")


def times(figure: float) -> str:
    """A ratio: 0.35x."""
    return f"{figure:.2f}x"


def machine() -> str:
    """Cores, processor, memory, system and Python: nothing that names this machine."""
    return (
        f"{os.cpu_count()} cores ({_processor()}), {_memory():.0f} GB of memory, {platform.system()}, "
        f"Python {platform.python_version()}"
    )


def _processor() -> str:
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.M)
    except OSError:
        found = None
    return found[1].strip() if found else platform.machine()


def _memory() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9


def text(part: Part) -> str:
    """A part for a terminal."""
    lines = ["", part.title, "=" * len(part.title), part.method]
    for table in part.all_tables():
        rows = [list(table.columns), *map(list, table.rows)]
        widths = [max(len(row[place]) for row in rows) for place in range(len(table.columns))]
        lines += ["", table.title]
        for row in rows:
            first, *others = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
            lines.append("  ".join([row[0].ljust(len(first)), *others]).rstrip())
    return "\n".join(lines)


HEAD = """# Benchmarks

Written by `python -m benchmarks --write`; each part says when it was measured, and on what. Others may have used the
machine too: what one run asks in turn can be compared (ratios), times of two runs cannot.
"""


def section(part: Part, day: date, on: str, picture: str = "") -> str:
    """A part as a section of the report; `on`: the machine, `picture`: the address of its plot."""
    lines = [f"## {part.title}", "", f"Measured on {day.isoformat()}: {on}.", "", part.method, ""]
    if picture:
        lines += [f"![{part.title}]({picture})", ""]
    for table in part.all_tables():
        lines += [f"### {table.title}", "", _row(table.columns)]
        lines.append("|---" + "|---:" * (len(table.columns) - 1) + "|")
        lines += [*map(_row, table.rows), ""]
    return "\n".join(lines).rstrip() + "\n"


def renewed(report: str, sections: Iterable[str], titles: Sequence[str]) -> str:
    """The report with these sections in the place of those it had under their titles; in the order of `titles`."""
    found = {_title(one): one for one in (*_SECTION.findall(report), *sections)}
    return "\n".join([HEAD, *(found[title].rstrip() + "\n" for title in titles if title in found)])


_SECTION = re.compile(r"^## .*?(?=^## |\Z)", re.M | re.S)


def _title(section: str) -> str:
    return section.partition("\n")[0].removeprefix("## ")


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"
