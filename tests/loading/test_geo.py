"""Importing the ground of the map: what a file holds replaces what was there of its kind, and nothing else."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.languages import Bilingual
from guide.loading import geo
from guide.loading.geojson import Shape
from guide.model import GeoFeature, GeoKind
from tests import databases
from tests.commands import Run, commands

HERE = ((50.88, 4.32), (50.881, 4.325))
STREETS = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"name": "Rue A - A-straat"},
            "geometry": {"type": "LineString", "coordinates": [[4.32, 50.88], [4.325, 50.881]]},
        }
    ],
}


def shape(kind: GeoKind, name: str = "Rue A") -> Shape:
    return Shape(kind, Bilingual(name, name), False, kind is GeoKind.BOUNDARY, (HERE,))


def names(session: Session) -> list[str | None]:
    return [row.name.fr for row in session.scalars(select(GeoFeature).order_by(GeoFeature.id))]


def test_the_same_a_second_time_changes_nothing(session: Session) -> None:
    shapes = [shape(GeoKind.STREET), shape(GeoKind.SQUARE, "Place B")]
    first, second = geo.put(session, shapes), geo.put(session, shapes)
    assert (first.streets, first.squares, first.boundary, first.changed) == (1, 1, False, True)
    assert not second.changed
    assert names(session) == ["Rue A", "Place B"]


def test_another_credit_alone_is_a_change(session: Session) -> None:
    geo.put(session, [shape(GeoKind.STREET)], "one")
    assert geo.put(session, [shape(GeoKind.STREET)], "two").changed


def test_new_streets_take_the_place_of_the_old_and_leave_the_boundary(session: Session) -> None:
    geo.put(session, [shape(GeoKind.BOUNDARY, "Jette")])
    geo.put(session, [shape(GeoKind.STREET), shape(GeoKind.SQUARE, "Place B")])
    assert geo.put(session, [shape(GeoKind.STREET, "Rue C")]).changed
    assert names(session) == ["Jette", "Rue C"]
    geo.put(session, [shape(GeoKind.BOUNDARY, "Jette 2")])
    assert sorted(filter(None, names(session))) == ["Jette 2", "Rue C"]


def test_forgetting_takes_all_of_it(session: Session) -> None:
    geo.put(session, [shape(GeoKind.BOUNDARY), shape(GeoKind.STREET)])
    assert (geo.forget(session), geo.forget(session)) == (2, 0)
    assert names(session) == []


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """`guide geo …` on an empty instance."""
    instance = tmp_path / "instance"
    instance.mkdir()
    databases.migrated_file(instance)
    with commands(instance, monkeypatch, GUIDE_SECRET_KEY="x" * 40) as (run, _):
        yield lambda *arguments: run("geo", *arguments)


def test_the_command_tells_what_it_did_once_and_twice(run: Run, tmp_path: Path, capsys) -> None:
    file = tmp_path / "streets.geojson"
    file.write_text(json.dumps(STREETS))
    assert run("import", file) == 0
    assert capsys.readouterr().out == "Imported: 1 street(s), 0 square(s).\n"
    assert run("import", file) == 0
    assert capsys.readouterr().out == "Nothing changed: 1 street(s), 0 square(s) were there already.\n"
    assert run("forget") == 0
    assert "1 imported figure(s) taken away" in capsys.readouterr().out
    assert run("forget") == 0
    assert "Nothing was imported." in capsys.readouterr().out


def test_the_command_names_the_file_and_the_fault_and_ends_with_one(run: Run, tmp_path: Path, capsys) -> None:
    file = tmp_path / "streets.geojson"
    file.write_text(json.dumps(STREETS).replace("[4.32, 50.88]", "[50.88, 4.32]"))
    assert run("import", file) == 1
    told = capsys.readouterr().err
    assert str(file) in told
    assert "Feature 1 (Rue A - A-straat): [50.88, 4.32] has the latitude first" in told
    assert run("import", tmp_path / "absent.geojson") == 1
    assert "no such file" in capsys.readouterr().err
    assert run("import", tmp_path) == 1
    assert "cannot be read" in capsys.readouterr().err


def test_a_credit_is_one_short_line(run: Run, tmp_path: Path, capsys) -> None:
    file = tmp_path / "streets.geojson"
    file.write_text(json.dumps(STREETS))
    for credit in ("", "x" * 201, "a\u202eb"):
        with pytest.raises(SystemExit):
            run("import", file, "--credit", credit)
        assert "a credit is one line" in capsys.readouterr().err
    assert run("import", file, "--credit", "Statbel") == 0
