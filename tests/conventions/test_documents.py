"""`docs/` says what the code does: its written parts are current, and whatever leads to a document finds it."""

import re
from collections.abc import Iterator
from importlib import import_module
from itertools import islice
from pathlib import Path

import pytest

from benchmarks.__main__ import PICTURE
from guide.cli import _parser
from guide.model import Base
from tests.documents import DOCS, ROOT, controls, proofs, rewritten
from tests.pages import PageClient
from tests.pictures import FOLDER, HEIGHT, PICTURES, SCALE, WIDTH

README = (ROOT / "README.md").read_text(encoding="utf-8")
MODEL = (DOCS / "threat-model.md").read_text(encoding="utf-8")
PAGES = sorted(DOCS.rglob("*.md"))
CODE = ("guide", "tests", "benchmarks", "templates", "static/js", "static/css", "deploy", ".ci")

COMMENTED = (".py", ".html", ".js", ".css", ".typ", ".md", ".service", ".timer", ".conf", "")

LANDED = frozenset(
    line.split()[1]
    for line in (ROOT / "tests/conventions/landed_revisions.txt").read_text(encoding="utf-8").splitlines()
)
"""Revisions that are never rewritten, also where they name a document by a name that it no longer has."""


def code() -> Iterator[tuple[str, str]]:
    """Path and text of whatever holds comments."""
    for part in CODE:
        for file in sorted((ROOT / part).rglob("*")):
            if file.is_file() and file.suffix in (
                ".py",
                ".html",
                ".js",
                ".css",
                ".typ",
                ".md",
                ".service",
                ".conf",
                "",
            ):
                yield file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8", errors="replace")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(DOCS).as_posix())
def test_what_is_written_from_the_code_is_current(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert rewritten(text) == text, "run `python -m tests.documents`"


def test_every_control_is_proved_and_every_mark_is_of_a_control() -> None:
    proved = {proof.control for proof in proofs()}
    assert proved == set(controls(MODEL))


def test_the_numbers_of_the_controls_go_up_without_a_gap() -> None:
    """A number is never given twice, and none is taken away."""
    assert controls(MODEL) == [f"C{number}" for number in range(1, len(controls(MODEL)) + 1)]


def test_the_threats_are_stopped_by_controls_that_exist() -> None:
    named = set(re.findall(r"\bC\d+\b", MODEL.partition("\n## Controls\n")[0]))
    assert named <= set(controls(MODEL))


def test_a_control_that_code_names_is_in_the_threat_model() -> None:
    known = set(controls(MODEL))
    strangers = [
        f"{path}: {name}"
        for path, text in code()
        if path.endswith(".py")
        for name in re.findall(r"(?<![%\w\"'\\])C\d{1,2}\b(?![%\w])", text)
        if name not in known
    ]
    assert not strangers, "\n".join(strangers)


def test_no_code_leads_to_a_document_that_is_not_here() -> None:
    """A page of notes, an issue or a section that a reader of this repository cannot open."""
    absent = re.compile(
        r"\b(?:SECURITY|PRODUCT|DESIGN|STYLE|ENGINEERING|HOUSE|BRIEF)\b(?:\.md|,? (?:section|C?\d))"
        r"|\bissue (?:of|on|\d)|\bsection \d|§ ?\d|\bADR.\d"
    )
    found = [
        f"{path}: {name}"
        for path, text in code()
        if path.rpartition("/")[2] not in LANDED and not path.startswith("tests/conventions/test_documents")
        for name in absent.findall(text)
    ]
    assert not found, "\n".join(found)


def _resolves(name: str) -> bool:
    """Is this a module of ours, or something in one (also a field of a class)?"""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: object = import_module(".".join(parts[:length]))
        except ImportError:
            continue
        for part in islice(parts, length, None):
            if part in getattr(found, "__annotations__", {}):
                return True
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


def texts() -> list[Path]:
    """The documents a reader begins with, and those they lead to."""
    return [*PAGES, ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "deploy" / "README.md"]


def prose() -> Iterator[tuple[str, str]]:
    """Path and text of the documents."""
    for page in texts():
        yield page.relative_to(ROOT).as_posix(), page.read_text(encoding="utf-8")


def test_a_module_that_a_comment_or_a_document_names_exists() -> None:
    named = {
        (name, path)
        for path, text in (*code(), *prose())
        if path.rpartition("/")[2] not in LANDED
        for name in re.findall(r"`(guide(?:\.[A-Za-z_]\w*)+)(?:\(\))?`", text)
        if not name.endswith((".service", ".timer", ".sqlite3"))
    }
    lost = sorted(f"{path}: {name}" for name, path in named if not _resolves(name))
    assert len(named) > 20
    assert not lost, "\n".join(lost)


def test_a_command_that_a_comment_or_a_document_names_exists() -> None:
    known = {name for action in _parser()._actions if action.choices for name in action.choices}
    named = [
        (path, name)
        for path, text in (*code(), *prose())
        for name in re.findall(r"`guide ([a-z][a-z-]+)[^`\n]*`", text)
    ]
    assert len(named) > 20
    assert not [f"{path}: guide {name}" for path, name in named if name not in known]


@pytest.mark.parametrize("page", texts(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_and_paths_of_a_document_lead_to_files(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
    paths = re.findall(
        r"`((?:\.ci|guide|tests|templates|static|data|deploy|benchmarks|docs|translations)/[\w./-]*)`", text
    )
    lost = [
        *(link for link in links if "://" not in link and not (page.parent / link).exists()),
        *(path for path in paths if not (ROOT / path).exists()),
    ]
    assert not lost


def test_the_index_leads_to_every_document() -> None:
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    linked = {(DOCS / link).resolve() for link in re.findall(r"\]\(([^)#\s]+)\)", index)}
    assert {page.resolve() for page in PAGES} - {(DOCS / "README.md").resolve()} <= linked


def test_a_record_of_a_decision_says_what_why_at_what_cost_and_until_when() -> None:
    records = sorted((DOCS / "decisions").glob("*.md"))
    numbers = [record.name[:4] for record in records]
    assert numbers == [f"{number:04}" for number in range(1, len(records) + 1)]
    for record in records:
        text = record.read_text(encoding="utf-8")
        assert re.findall(r"^## (.+)$", text, flags=re.M) == [
            "Context", "Decision", "Why", "What it costs", "When to look again",
        ], record.name  # fmt: skip
        assert len(text.splitlines()) <= 60, record.name


def test_every_table_is_in_the_page_on_the_data_model() -> None:
    page = (DOCS / "data-model.md").read_text(encoding="utf-8")
    assert not [name for name in Base.metadata.tables if f"| `{name}` |" not in page]


def test_readme_shows_the_pictures_that_are_taken_and_no_other() -> None:
    shown = re.findall(r'<img src="docs/pictures/([\w-]+)\.png"[^>]* alt="[^"]{20,}">', README)
    assert shown == list(PICTURES)
    assert README.count("<img") == len(shown)
    plots = re.findall(r"!\[[^]]{20,}\]\(docs/pictures/([\w-]+\.svg)\)", README)
    assert plots == [PICTURE.removeprefix("pictures/")]
    assert {file.name for file in FOLDER.iterdir()} == {*(f"{name}.png" for name in PICTURES), *plots}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_of_readme_is_light_and_of_a_page_that_is_there(name: str, client: PageClient) -> None:
    content = (FOLDER / f"{name}.png").read_bytes()
    assert len(content) <= 120 * 1024
    size = [int.from_bytes(content[start : start + 4]) for start in (16, 20)]
    assert size == [WIDTH * SCALE, HEIGHT * SCALE]
    assert client.get(PICTURES[name]).status == 200
