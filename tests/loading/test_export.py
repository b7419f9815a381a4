"""Written back, the database gives the very files it was loaded from."""

import os
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from guide import paths
from guide.loading import check, export, load
from guide.loading.check import format_files
from guide.loading.export import texts
from guide.loading.files import _StrictLoader, _Writer, _written, write_beside
from tests.characters import ANY_CHARACTER
from tests.loading import helpers
from tests.running import MONDAY_MORNING
from tests.running import OWN_TO_YAML as to_yaml


def test_the_files_of_the_guide_are_in_order() -> None:
    assert [str(fault) for fault in check(paths.DATA)] == []


@pytest.fixture(scope="module")
def written(engine) -> dict[str, str]:
    """What an export of the real data writes."""
    with Session(engine) as session:
        return texts(session)


def test_an_export_has_the_files_of_the_guide_and_no_other(written: dict[str, str]) -> None:
    assert sorted(written) == sorted(helpers.shipped_records())


def test_an_export_of_the_guide_is_its_files_byte_for_byte(written: dict[str, str]) -> None:
    held = helpers.shipped_records()
    assert [path for path, text in written.items() if held[path] != text.encode()] == []


def test_the_real_data_loaded_again_changes_nothing(directory: Session) -> None:
    report = load(directory, paths.DATA, MONDAY_MORNING)
    assert (report.created, report.changed, report.kept, report.gone) == (0, 0, [], [])
    assert report.unchanged > 400


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"services/soupe.yaml": helpers.service(publication="published")},
        {"services/soupe.yaml": helpers.service(review_interval_months=6)},
        {"services/soupe.yaml": helpers.service(visibility="public", publics=["seniors", "aines"])},
        {"services/soupe.yaml": helpers.service(assured_date="2026-11-03", languages=["nl", "fr"])},
        {"services/soupe.yaml": helpers.service(alternate_names={"nl": ["kom"], "fr": ["bol", "27"]})},
        {"plans/plan-x.yaml": helpers.plan() | {"declared_actions": 0}},
    ],
)
def test_whatever_the_check_finds_in_order_is_written_back(session: Session, tmp_path, changes) -> None:
    older = {"taxonomy": "publics", "key": "aines", "name": {"fr": "Aînés", "nl": "Ouderen"}}
    folder = helpers.write(tmp_path / "in", {"taxonomies.yaml": [*helpers.TAXONOMIES, older]} | changes)
    format_files(folder)
    assert check(folder) == []
    load(session, folder, MONDAY_MORNING)
    export(session, tmp_path / "out")
    assert helpers.files_of(tmp_path / "out") == helpers.files_of(folder)


def test_an_export_writes_over_an_older_one_and_leaves_no_draft(session: Session, tmp_path: Path) -> None:
    load(session, helpers.write(tmp_path / "in"), MONDAY_MORNING)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "map.yaml").write_text("old")
    export(session, tmp_path / "out")
    assert helpers.files_of(tmp_path / "out") == helpers.files_of(tmp_path / "in")


ANY_TEXT = st.text(ANY_CHARACTER, max_size=300)


@given(ANY_TEXT)
def test_any_text_survives_being_written_and_read(text: str) -> None:
    read = yaml.load(to_yaml({"text": text, "list": [text]}), Loader=_StrictLoader)
    assert read == {"text": text, "list": [text]}


@given(ANY_TEXT)
def test_any_text_has_one_way_of_being_written(text: str) -> None:
    written = to_yaml([{"fr": text}])
    assert to_yaml(yaml.load(written, Loader=_StrictLoader)) == written


@given(ANY_TEXT)
def test_a_text_is_written_the_same_with_and_without_libyaml(text: str) -> None:
    content = [{"fr": text, "list": [text, text], "side": {"nl": text}}]
    assert to_yaml(content) == _written(content, _Writer)


@pytest.mark.parametrize("text", ["😀", "long " * 40 + "\t" + "long " * 40, "  a\n b", '"', '- "a"'])
def test_what_libyaml_writes_otherwise_is_written_as_ever(text: str) -> None:
    assert to_yaml([{"fr": text}]) == _written([{"fr": text}], _Writer)


@pytest.mark.parametrize("text", ["09:00", "12:30", "yes", "null", "1e3", "0800", "2026-11-03", "~", "a: b"])
def test_text_that_looks_like_something_else_stays_text(text: str) -> None:
    assert yaml.load(to_yaml({"text": text}), Loader=_StrictLoader) == {"text": text}


def test_a_text_of_several_lines_is_written_as_lines() -> None:
    assert to_yaml({"fr": "Une ligne.\n\nUne autre."}) == "fr: |-\n  Une ligne.\n\n  Une autre.\n"


def test_a_file_is_replaced_whole(tmp_path: Path, monkeypatch) -> None:
    target = tmp_path / "below" / "a.yaml"
    write_beside(target, "old")

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", stopped)
    with pytest.raises(KeyboardInterrupt):
        write_beside(target, "new")
    assert target.read_text() == "old"
