"""The parts of `docs/` that are written from the code: tests of the controls, the life of a referral, the tables.

`python -m tests.documents` writes them anew; `tests/conventions/test_documents.py` says when that is needed.
`python -m tests.documents C9` prints the tests that bear the mark of a control, for `pytest`.
"""

import ast
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from guide.model import Base, ReferralState
from guide.referrals import life

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"

_BLOCK = re.compile(
    r"(<!-- written by `python -m tests\.documents`: (\w+) -->\n).*?(<!-- end -->)", flags=re.S
)


@dataclass(frozen=True, slots=True)
class Proof:
    """A test that bears the mark of a control: `tests/audit/test_log.py`, `test_whatever_was_changed_is_found`."""

    control: str
    file: str
    test: str


def proofs() -> list[Proof]:
    """Every mark `control` on every test, in the order of controls, files and lines."""
    found = [
        proof
        for file in sorted((ROOT / "tests").rglob("test_*.py"))
        for proof in _proofs_in(file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8"))
    ]
    return sorted(found, key=lambda proof: int(proof.control[1:]))


def controls(text: str) -> list[str]:
    """The numbers of the controls that the threat model describes, in its order."""
    return re.findall(r"^### (C\d+) ", text, flags=re.M)


def rewritten(text: str) -> str:
    """The text of a document with each part that is written from the code as the code says now."""
    return _BLOCK.sub(lambda found: f"{found[1]}{_PARTS[found[2]]()}\n{found[3]}", text)


def _proofs_in(file: str, text: str) -> Iterator[Proof]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            for decorator in node.decorator_list:
                for control in _marked(decorator):
                    yield Proof(control, file, node.name)


def _marked(decorator: ast.expr) -> list[str]:
    if not isinstance(decorator, ast.Call) or ast.unparse(decorator.func) != "pytest.mark.control":
        return []
    return [ast.literal_eval(argument) for argument in decorator.args]


def _controls() -> str:
    rows: dict[tuple[str, str], list[str]] = {}
    for proof in proofs():
        rows.setdefault((proof.control, proof.file), []).append(
            proof.test.removeprefix("test_").replace("_", " ")
        )
    lines = [f"| {control} | `{file}` | {'; '.join(tests)} |" for (control, file), tests in rows.items()]
    return "\n".join(["| control | file | tests |", "|---|---|---|", *lines])


def _referral() -> str:
    """One row a state, one column an event: who may, and where it leads when that is another state."""
    states = list(ReferralState)
    events = list(dict.fromkeys(event for _, event, _ in life.TABLE))
    cells: dict[tuple[str, str], dict[str, list[str]]] = {}
    for (state, event, who), reached in life.TABLE.items():
        cells.setdefault((state, event), {}).setdefault(reached, []).append(who)
    lines = [
        f"| **{state}** | {' | '.join(_cell(state, cells.get((state, event), {})) for event in events)} |"
        for state in states
    ]
    head = f"| state | {' | '.join(event.replace('_', ' ') for event in events)} |"
    return "\n".join([head, f"|---{'|---' * len(events)}|", *lines])


def _cell(state: str, ways: Mapping[str, list[str]]) -> str:
    return "<br>".join(
        ", ".join(who) + ("" if reached == state else f" → {reached}") for reached, who in ways.items()
    )


def _tables() -> str:
    """A heading for each module of the model, with its tables and the first sentence of each class."""
    groups: dict[str, list[str]] = {}
    classes = {mapper.local_table: mapper.class_ for mapper in Base.registry.mappers}
    for table, kind in sorted(classes.items(), key=lambda pair: pair[0].name):
        groups.setdefault(kind.__module__, []).append(
            f"| `{table.name}` | `{kind.__name__}` | {_first(kind)} |"
        )
    for name, table in sorted(Base.metadata.tables.items()):
        if table not in classes:
            groups.setdefault("guide.model.directory", []).append(f"| `{name}` | | links two tables |")
    parts = []
    for module in sorted(groups):
        about = (import_module(module).__doc__ or "").partition("\n")[0]
        parts.append(f"### `{module}`\n\n{about}\n\n| table | class | what a row is |\n|---|---|---|")
        parts.append("\n".join(groups[module]) + "\n")
    return "\n".join(parts).rstrip()


def _first(kind: type) -> str:
    """The first sentence of a docstring, on one line."""
    words = " ".join((kind.__doc__ or "").split())
    return re.split(r"(?<=\.) ", words)[0]


_PARTS: dict[str, Callable[[], str]] = {"controls": _controls, "referral": _referral, "tables": _tables}


def main(arguments: list[str]) -> None:
    """Writes the parts anew, or prints the tests of the controls that are named."""
    if arguments:
        print("\n".join(f"{one.file}::{one.test}" for one in proofs() if one.control in arguments))
        return
    for file in sorted(DOCS.rglob("*.md")):
        text = file.read_text(encoding="utf-8")
        if rewritten(text) != text:
            file.write_text(rewritten(text), encoding="utf-8")
            print(file.relative_to(ROOT))


if __name__ == "__main__":
    main(sys.argv[1:])
