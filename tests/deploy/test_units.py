"""The systemd units are shut as far as the guide allows, all in the same way."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
LIMIT = 2.5
OWN = {
    *("Type", "DynamicUser", "User", "StateDirectory", "StateDirectoryMode", "Environment", "ExecStart"),
    *("Restart", "TimeoutStopSec", "MemoryMax", "OOMPolicy", "LoadCredential"),
}
"""What a unit may say for itself; everything else is the same in all."""


def lines(unit: Path) -> list[tuple[str, str]]:
    """(name, value) of the section of the service."""
    section = unit.read_text(encoding="utf-8").partition("[Service]")[2].partition("\n[")[0]
    return re.findall(r"^(\w+)=(.*)$", section, re.MULTILINE)


def test_there_are_units() -> None:
    assert DEPLOY / "guide.service" in UNITS


@pytest.mark.control("C35")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_is_shut_like_the_others(unit: Path) -> None:
    shut = [line for line in lines(DEPLOY / "guide.service") if line[0] not in OWN]
    assert len(shut) > 25
    assert [line for line in lines(unit) if line[0] not in OWN] == shut
    assert {"DynamicUser": "yes", "StateDirectoryMode": "0700"}.items() <= dict(lines(unit)).items()
    assert "MemoryMax" in dict(lines(unit))


@pytest.mark.control("C35")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_exposes_no_more_than_it_should(unit: Path) -> None:
    if not shutil.which("systemd-analyze"):
        if "units" in os.environ.get("GUIDE_TEST_REQUIRE", ""):
            pytest.fail("systemd-analyze is required and not installed")
        pytest.skip("systemd-analyze is not installed")
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", str(unit)],
        capture_output=True,
        text=True,
    )
    found = re.search(r"Overall exposure level.*: ([0-9.]+)", done.stdout)
    assert found, done.stdout + done.stderr
    assert float(found[1]) <= LIMIT


@pytest.mark.parametrize("timer", sorted(DEPLOY.glob("*.timer")), ids=lambda timer: timer.name)
def test_a_timer_starts_a_unit_that_is_there(timer: Path) -> None:
    assert timer.with_suffix(".service") in UNITS
