"""The wheel holds the package, templates, static files, compiled catalogues and data, and nothing else."""

import datetime
import shutil
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from babel.messages import catalog
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[2]
PARTS = ("guide", "templates", "static", "translations", "data")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout, in a path with a space, beside things that must not be packed."""
    folder = tmp_path_factory.mktemp("a checkout") / "with a space"
    folder.mkdir()
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder / name)
    for name in (
        "tests/test_x.py",
        "instance/guide.sqlite3",
        "instance/secret_key",
        "benchmarks/b.py",
        ".env",
    ):
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("must stay here")
    pycache = folder / "guide" / "__pycache__"
    pycache.mkdir()
    (pycache / "app.cpython-311.pyc").write_bytes(b"")
    return folder


@pytest.fixture(scope="module")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    built = next(iter(WheelBuilder(str(checkout)).build(directory=str(tmp_path_factory.mktemp("dist")))))
    return zipfile.ZipFile(built)


def expected() -> set[str]:
    """What a wheel must hold, from the checkout's own files."""
    found = set()
    for part in PARTS:
        for file in (ROOT / part).rglob("*"):
            if not file.is_file() or "__pycache__" in file.parts or file.suffix in (".po", ".pot", ".pyc"):
                continue
            name = file.relative_to(ROOT).as_posix()
            if name != "guide/_build.py":
                found.add(name if part == "guide" else f"guide/_bundle/{name}")
    return found


def test_the_wheel_holds_what_the_site_needs_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    packed = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert packed == expected()


def test_the_dutch_catalogue_is_compiled_while_packing(wheel: zipfile.ZipFile) -> None:
    compiled = wheel.read("guide/_bundle/translations/nl/LC_MESSAGES/messages.mo")
    assert compiled[:4] in (b"\xde\x12\x04\x95", b"\x95\x04\x12\xde")
    assert not [name for name in wheel.namelist() if name.endswith((".po", ".pot"))]


def test_nothing_of_tests_instance_or_tools_is_packed(wheel: zipfile.ZipFile) -> None:
    for name in wheel.namelist():
        for part in (
            "test",
            "instance/",
            "benchmarks/",
            "secret_key",
            "__pycache__",
            ".env",
            "sqlite3",
            "_build.py",
        ):
            assert part not in name, name


def test_the_wheel_names_its_licence_and_its_command(wheel: zipfile.ZipFile) -> None:
    info = next(name for name in wheel.namelist() if name.endswith("/entry_points.txt")).rpartition("/")[0]
    assert "guide = guide.__main__:main" in wheel.read(f"{info}/entry_points.txt").decode()
    assert [name for name in wheel.namelist() if name.startswith(f"{info}/licenses/")]
    assert "License-Expression: MIT" in wheel.read(f"{info}/METADATA").decode()


class _NextDay(datetime.datetime):
    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:
        return super().now(tz) + datetime.timedelta(days=1, minutes=1)


def test_the_wheel_is_the_same_when_built_again_another_day(
    checkout: Path, wheel: zipfile.ZipFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Babel's clock, for what it writes into a catalogue.
    monkeypatch.setattr(catalog, "datetime", SimpleNamespace(**vars(datetime) | {"datetime": _NextDay}))
    again = zipfile.ZipFile(next(iter(WheelBuilder(str(checkout)).build(directory=str(tmp_path)))))
    assert [(entry.filename, entry.CRC) for entry in again.infolist()] == [
        (entry.filename, entry.CRC) for entry in wheel.infolist()
    ]
