"""The architecture: a module imports what stands below it, never what stands above."""

import os
import tomllib
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[2]


def test_the_import_contracts_hold(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    result = lint_imports(config_filename=os.fspath(ROOT / "pyproject.toml"), no_cache=True, no_logo=True)
    assert result == 0, capsys.readouterr().out


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
