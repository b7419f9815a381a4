"""What cannot be read is one fault, not one for each record that names what it holds."""

from pathlib import Path

import pytest

from guide import cli, paths
from guide.loading import check
from tests.loading import helpers

NAMED = (
    "sources.yaml",
    "taxonomies.yaml",
    "needs.yaml",
    "organizations/marmite.yaml",
    "services/soupe.yaml",
    "plans/plan-x.yaml",
)
"""What other records of the small guide name."""


def faults(folder: Path) -> list[str]:
    return [str(fault) for fault in check(folder)]


@pytest.mark.parametrize("place", sorted(helpers.content()))
@pytest.mark.parametrize("content", [None, "- {", "12"], ids=["missing", "broken", "no records"])
def test_a_file_that_cannot_be_read_is_the_only_fault(
    tmp_path: Path, place: str, content: str | None
) -> None:
    folder = helpers.write(tmp_path, {place: content})
    found = faults(folder)
    if content is None and place == "plain_words.yaml":
        assert found == [], "a guide of before wrote none"
    elif content is None and "/" in place:
        # Nobody can know of a record that is not there, but for those that name it.
        assert all("is not the key of any record" in fault or "is no" in fault for fault in found)
    else:
        assert len(found) == 1
        assert found[0].startswith(f"{place}: ")
        assert place not in NAMED or found[0].endswith("; nothing else was checked that needs it")


def test_other_faults_are_still_named_beside_it(tmp_path: Path) -> None:
    folder = helpers.write(
        tmp_path, {"needs.yaml": None, "services/soupe.yaml": helpers.service(kind="soup")}
    )
    missing, other = faults(folder)
    assert missing.startswith("needs.yaml: this file is missing")
    assert "services/soupe.yaml, soupe, kind" in other


def test_the_guides_own_data_without_needs_have_one_fault(tmp_path: Path) -> None:
    for path in paths.DATA.iterdir():
        if path.name != "needs.yaml":
            (tmp_path / path.name).symlink_to(path)
    assert faults(tmp_path) == ["needs.yaml: this file is missing; nothing else was checked that needs it"]


@pytest.mark.parametrize("place", ["zz.yaml", "services/zz.yaml", "plans/zz.yaml", "questions/zz.yaml"])
def test_a_folder_named_as_a_file_is_a_sentence(tmp_path: Path, place: str) -> None:
    folder = helpers.write(tmp_path)
    (folder / place).mkdir(parents=True)
    (found,) = faults(folder)
    assert found.startswith(f"{place}: this ")
    assert "folder" in found


def test_a_folder_in_place_of_a_file_is_a_sentence(tmp_path: Path) -> None:
    folder = helpers.write(tmp_path, {"needs.yaml": None})
    (folder / "needs.yaml").mkdir()
    (found,) = faults(folder)
    assert found.startswith("needs.yaml: this is a folder, a file is expected here")


def test_check_tells_what_an_older_guide_did_not_write(tmp_path: Path, capsys) -> None:
    folder = helpers.write(tmp_path, {"plain_words.yaml": None})
    assert cli.main(["check", str(folder)]) == 0
    told = capsys.readouterr().out
    assert "plain_words.yaml is not there: a guide before this one wrote none" in told
    assert "in order" in told
