"""The architecture: a module imports what stands below it; a page, its template and its test are found by name."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from guide.web.pages import AREAS

ROOT = Path(__file__).parents[2]
WEB = ROOT / "guide" / "web"

PLANTED = {
    "guide/search/__init__.py": ("import guide.web.pages", "A module imports what stands below it"),
    "guide/web/ui/cards.py": (
        "import guide.web.public.home",
        "An area of the site imports what stands below it",
    ),
    "guide/web/public/home.py": (
        "import guide.web.desk.edit",
        "An area of the site imports what stands below it",
    ),
    "guide/accounts/planted.py": ("import flask", "Only the pages, and what starts them, know Flask"),
    "guide/commands/planted.py": (
        "from werkzeug import Request",
        "Only the pages, and what starts them, know Flask",
    ),
    "guide/plans/planted.py": ("from whoosh import index", "Only search knows the engine"),
    "guide/editing/planted.py": ("import typst", "Only publish sets PDFs"),
    "guide/editing/kept.py": (
        "from guide.model.referrals import ReferralPart",
        "Only referrals asks the referral tables",
    ),
    "guide/audit/links.py": ("import guide.mail.outbox\n", "No two packages import each other"),
    "guide/mail/planted.py": ("import guide.audit.log\n", "No two packages import each other"),
    "guide/stray.py": ("", "A module imports what stands below it"),
    "guide/web/stray.py": ("", "An area of the site imports what stands below it"),
}
"""A line planted at the end of a module, there already or not, and the contract that must refuse it."""

DEFERRED = {
    "guide/web/accounts/oidc.py": {"requests", "authlib", "joserfc"},
    "guide/__main__.py": {"guide"},
    "guide/crypto.py": {"cryptography"},
    "guide/mail_address.py": {"email_validator"},
    "guide/migrations/__init__.py": {"alembic"},
}
"""Imports inside a function: what an installation without the extra `oidc` does not have, and libraries that a start
can do without and that take time or memory of it (tests/test_starting.py). No other: the contracts see these too.
"""


def linted(folder: Path) -> subprocess.CompletedProcess[str]:
    """The contracts held against a tree, in a process of its own: the linter silences every logger of the one it
    runs in."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"]
    environment = {"PYTHONPATH": str(folder), "PATH": ""}
    return subprocess.run(
        [*command, "--no-cache"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_the_import_contracts_hold() -> None:
    result = linted(ROOT)
    assert result.returncode == 0, result.stdout
    assert "0 broken" in result.stdout


def test_each_contract_refuses_a_planted_import(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "guide", tmp_path / "guide", ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name, (line, _) in PLANTED.items():
        file = tmp_path / name
        before = file.read_text(encoding="utf-8") if file.exists() else ""
        file.write_text(f"{before}\n{line}\n", encoding="utf-8")
    result = linted(tmp_path)
    assert result.returncode == 1, result.stdout + result.stderr
    for name, (_, contract) in PLANTED.items():
        module = name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        assert f"{contract}" in result.stdout
        assert module in result.stdout or module.removeprefix("guide") in result.stdout, (
            module,
            result.stdout,
        )


def deferred(file: Path) -> set[str]:
    """The packages that a module imports inside its functions."""
    return {
        name.partition(".")[0]
        for function in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
    }


def test_imports_stand_at_the_top_of_a_module_where_the_contracts_see_them() -> None:
    found = {
        file.relative_to(ROOT).as_posix(): names
        for file in sorted((ROOT / "guide").rglob("*.py"))
        if (names := deferred(file))
    }
    assert found == DEFERRED


MODULES = [(area, module) for area, modules in AREAS.items() for module in modules]


@pytest.mark.parametrize(("area", "module"), MODULES, ids=lambda one: getattr(one, "__name__", one))
def test_a_page_is_found_by_its_name(area: str, module: object) -> None:
    """View, template and test bear one name; it renders what lies in its own area, or in one below."""
    path = Path(module.__file__)  # type: ignore[attr-defined]
    assert path.parent == WEB / area
    assert module.pages.name == path.stem  # type: ignore[attr-defined]
    assert area == "ui" or (ROOT / "tests" / "web" / area / f"test_{path.stem}.py").is_file()
    rendered = {
        node.value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.endswith((".html", ".xml"))
    }
    own = {name for name in rendered if (ROOT / "templates" / name).is_file()}
    assert all(name.startswith((f"{area}/", "security/", "ui/")) for name in own), own


def test_every_module_with_pages_is_registered() -> None:
    registered = {Path(module.__file__) for _, module in MODULES}  # type: ignore[type-var, arg-type]
    with_pages = {
        file for file in WEB.rglob("*.py") if "\npages = Blueprint(" in file.read_text(encoding="utf-8")
    }
    assert registered == with_pages
