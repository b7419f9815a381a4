"""The architecture: a module imports what stands below it, never what stands above."""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_import_contracts_hold() -> None:
    # In a process of its own: the linter silences every logger of the one it runs in.
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as run; run()",
        "--no-cache",
    ]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout
    assert "0 broken" in result.stdout


def test_every_module_of_the_package_has_its_layer() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = settings["contracts"][0]["layers"]
    placed = {name.strip().removeprefix("guide.") for layer in layers for name in layer.split("|")}
    modules = {
        path.stem
        for path in (ROOT / "guide").iterdir()
        if path.stem not in ("__init__", "__pycache__", "_build") and (path.is_dir() or path.suffix == ".py")
    }
    assert modules == placed
