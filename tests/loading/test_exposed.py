"""`guide check` insists that what is about violence, abuse or suicide says how it is protected."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from guide import cli, paths
from guide.loading import exposed as checking
from guide.loading.check import check

Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return Path(shutil.copytree(paths.DATA, tmp_path / "data"))


def change(data: Path, file: str, how: Change) -> None:
    path = data / file
    record = yaml.safe_load(path.read_text("utf-8"))
    how(record)
    path.write_text(yaml.safe_dump(record, allow_unicode=True, sort_keys=False), "utf-8")


def found(data: Path) -> list[tuple[str, str]]:
    return [(fault.record, fault.field) for fault in checking.exposed(data)]


@pytest.mark.control("C30")
def test_the_data_of_the_guide_expose_nobody() -> None:
    assert checking.exposed(paths.DATA) == []


ABOUT_THEM = (
    "1712",
    "awel-102",
    "ecoute-enfants-103",
    "prevention-suicide",
    "tele-accueil-107",
    "zelfmoordlijn-1813",
)


def test_a_line_about_suicide_or_violence_without_the_flag_is_named(data: Path) -> None:
    for key in ABOUT_THEM:
        change(data, f"services/{key}.yaml", lambda record: record.pop("sensitive"))
    assert sorted(found(data)) == [(key, "sensitive") for key in ABOUT_THEM]
    for key in ABOUT_THEM:
        change(data, f"services/{key}.yaml", lambda record: record.update(safety_decided=True))
    assert found(data) == []


def test_a_line_that_a_panel_leads_to_is_named_also_under_another_need(data: Path) -> None:
    def file_elsewhere(record: dict[str, Any]) -> None:
        record.pop("sensitive")
        record["terms"] = [{"term": "moral", "rank": "primary"}]

    change(data, "services/prevention-suicide.yaml", file_elsewhere)
    assert found(data) == [("prevention-suicide", "sensitive")]


def test_a_refuge_with_its_address_is_named_and_loads_all_the_same(data: Path, capsys, monkeypatch) -> None:
    def under_danger(record: dict[str, Any]) -> None:
        record["terms"].append({"term": "violence-couple", "rank": "secondary"})

    change(data, "services/commune-jette.yaml", under_danger)
    assert found(data) == [("commune-jette", "sensitive"), ("commune-jette", "addresses")]
    assert cli.main(["format", str(data)]) == 0
    # An older export is not refused for it: the listing is protected by its need meanwhile.
    assert check(data) == []
    monkeypatch.setattr(
        cli, "heard", lambda folder: []
    )  # no sentence was changed, and hearing them takes seconds
    assert cli.main(["check", str(data)]) == 1
    assert "violence-couple" in capsys.readouterr().out
