"""Every setting and every command stands in README.md."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from guide.cli import _parser

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@cache
def settings() -> list[str]:
    """The environment variables that the code reads."""
    found: set[str] = set()
    for file in (ROOT / "guide").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        if "GUIDE_" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.update(re.findall(r"\bGUIDE_[A-Z_]+\b", node.value))
    return sorted(found)


def commands() -> list[str]:
    choices = next(action.choices for action in _parser()._actions if action.choices)
    return sorted(choices)


def test_the_settings_and_commands_are_those_we_know() -> None:
    assert {"GUIDE_INSTANCE", "GUIDE_DATABASE_URL", "GUIDE_SITE_URL", "GUIDE_SECRET_KEY"} <= set(settings())
    assert {"serve", "prepare", "check", "load", "export", "index"} <= set(commands())


@pytest.mark.parametrize("name", settings())
def test_every_setting_is_documented(name: str) -> None:
    assert re.search(rf"\b{name}\b", README), f"README.md does not explain {name}"


@pytest.mark.parametrize("name", commands())
def test_every_command_is_documented(name: str) -> None:
    assert f"guide {name}" in README, f"README.md does not explain `guide {name}`"


def test_the_two_commands_stand_in_the_readme_as_promised() -> None:
    assert "python3 -m venv .venv && .venv/bin/pip install -e . && .venv/bin/guide serve" in README
    assert (
        "python3 -m venv .venv && .venv/bin/pip install -e '.[dev]' && .venv/bin/python -m pytest" in README
    )


def test_help_explains_each_command() -> None:
    text = _parser().format_help()
    for name in commands():
        assert re.search(rf"^ +{name} +\w+", text, flags=re.M), f"`guide --help` does not explain {name}"


def test_every_document_that_the_code_names_is_here() -> None:
    """A reader must be able to open what a comment sends her to."""
    missing = [
        f"{file.relative_to(ROOT)}: {name}"
        for part in ("guide", "tests", "benchmarks", "templates")
        for file in sorted((ROOT / part).rglob("*"))
        if file.suffix in (".py", ".html")
        for name in re.findall(r"\b[\w/-]+\.md\b", file.read_text(encoding="utf-8"))
        if not any(
            (folder / name).is_file() for folder in (ROOT, ROOT / "docs", ROOT / "static", file.parent)
        )
    ]
    assert not missing, "\n".join(missing)
