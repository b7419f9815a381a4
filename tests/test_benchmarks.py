"""The generated listings of the benchmarks are sound data, the same each time; their report tells what it must."""

import platform
import re
from dataclasses import replace
from datetime import date
from itertools import islice, pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks import growth, listings, search
from benchmarks.__main__ import DOCS, PICTURE, REPORT, main, picture, write
from benchmarks.plot import APART, HEIGHT, drawn
from benchmarks.report import Goal, Part, Table, machine, number, renewed, section, text
from benchmarks.serving import loading_told
from guide.loading.check import check_files
from guide.loading.files import read_all


def test_the_same_listings_are_made_each_time() -> None:
    first = list(islice(listings.records(5000), 60))
    assert first == list(islice(listings.records(5000), 60))
    assert first != list(islice(listings.records(5000, seed=15), 60))
    assert len({one["key"] for one in first}) == len({one["short_code"] for one in first}) == 60
    nights = [
        slot for one in first for slot in one.get("schedules", ()) if slot["closes_at"] < slot["opens_at"]
    ]
    assert nights
    assert any(len(one.get("addresses", ())) == 2 for one in first)
    assert 0 < sum(one.get("sensitive", False) for one in first) < 20
    assert all({"fr", "nl"} <= set(one["summary"]) for one in first)


def test_generated_listings_are_of_all_kinds() -> None:
    made = list(listings.records(400))
    assert {len(one.get("phones", ())) for one in made} == {0, 1, 2, 3}
    assert {len(one.get("addresses", ())) for one in made} == {0, 1, 2, 3}
    assert 20 < sum(one.get("sensitive", False) for one in made) < 80
    for asked in ("faim", "dettes", "huur"):
        assert sum(asked in str(one).lower() for one in made) > 40, asked


def test_ten_listings_have_an_organisation_with_a_calendar_and_an_action() -> None:
    assert all(one["calendar"] for one in listings.organizations(100))
    assert len(list(listings.organizations(100))) == len(list(listings.fulfilments(100))) == 10


def test_fewer_than_the_guide_has_are_its_own_data(tmp_path: Path) -> None:
    own = {file.name for file in (listings.paths.DATA / "services").iterdir()}
    folder = listings.write(tmp_path / "data", len(own) - 4)
    assert {file.name for file in (folder / "services").iterdir()} == own


def test_they_are_data_as_the_guide_asks_for_it(tmp_path: Path) -> None:
    folder = listings.write(tmp_path / "data", 140)
    assert len(list((folder / "services").glob("*.yaml"))) == 140
    files, unread = read_all(folder)
    assert check_files(folder, files, unread) == []


DAY = date(2026, 11, 14)
PART = Part(
    "A part",
    "Asked in turn.",
    [Table("A table", ("page", "ms"), [["home", "1.2"]])],
    [Goal("a page made anew", 1.2, 1.5, " ms"), Goal("its rate", 3, 4, "x", least=True)],
    {"home & more": [(95, 1.0), (5000, 1.2)], "results": [(95, 0.9), (5000, 1.21)]},
)


def test_a_part_names_each_goal_and_whether_it_is_met() -> None:
    goals = PART.all_tables()[0]
    assert [(row[0], row[-1]) for row in goals.rows] == [("a page made anew", "yes"), ("its rate", "no")]
    assert goals.rows[1][2] == "at least 4x"
    for told in (text(PART), section(PART, DAY, "2 cores")):
        assert all(goal.name in told for goal in PART.goals)


def test_the_report_holds_date_machine_and_method_and_nothing_that_names_the_machine() -> None:
    told = section(PART, DAY, machine(), PICTURE)
    assert "2026-11-14" in told
    assert "Asked in turn." in told
    assert re.search(r"\d+ cores \(.+\), \d+ GB of memory, \w+, Python 3\.\d+", told)
    assert platform.node() not in machine()
    kept = (DOCS / REPORT).read_text(encoding="utf-8")
    for report in (told, kept):
        assert not re.search(r"(?<![\w.)])/(?:\w+/)+", report), "a path of the machine"


def test_a_part_measured_again_takes_its_own_place_in_the_report(tmp_path: Path) -> None:
    titles = ["First", "A part", "Last"]
    first, last = (section(Part(title, "So."), DAY, "here") for title in ("First", "Last"))
    report = renewed(renewed("", [last, section(PART, DAY, "here")], titles), [first], titles)
    again = renewed(report, [section(PART, DAY, "there")], titles)
    assert re.findall(r"^## (.+)$", again, re.M) == titles
    assert again.replace("there", "here") == report
    (tmp_path / "pictures").mkdir()
    write(growth_part := replace(PART, title=growth.TITLE), tmp_path)
    assert f"]({PICTURE})" in (tmp_path / REPORT).read_text(encoding="utf-8")
    assert (tmp_path / PICTURE).read_text(encoding="utf-8") == picture(growth_part)


@pytest.mark.parametrize("drawing", [picture(PART), (DOCS / PICTURE).read_text(encoding="utf-8")])
def test_the_plot_is_an_svg_with_words_for_whoever_does_not_see_it(drawing: str) -> None:
    svg = ElementTree.fromstring(drawing)
    named = {one.get("id"): one.text for one in svg.iter() if one.tag.endswith(("}title", "}desc"))}
    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby") == "title desc"
    assert all(named[name] for name in ("title", "desc"))
    assert "listings" in str(named["desc"])
    assert len(drawing.encode()) < 20_000
    names = [float(one.get("y", 0)) for one in svg.iter() if str(one.tag).endswith("}text")]
    assert all(0 < height < HEIGHT for height in names)


def test_names_of_lines_in_the_plot_do_not_stand_on_each_other() -> None:
    lines = {f"page {number}": [(95.0, 1.0), (5000.0, 2.0)] for number in range(11)}
    drawing = drawn("A title", "Words", "listings", lines)
    heights = sorted(float(y) for y in re.findall(r'y="([\d.]+)">page ', drawing))
    assert len(heights) == 11
    assert all(after - before >= APART - 0.2 for before, after in pairwise(heights))


def test_what_a_load_tells_is_read() -> None:
    printed = "  new: 958, changed: 0\n  database: 1.7 s of CPU\nBuilding …\n  search index: 12.0 s of CPU\n"
    assert loading_told(printed) == {"database": 1.7, "search index": 12.0}


def test_the_questions_of_the_search_are_many_and_none_twice() -> None:
    for _, asked in search.ASKED:
        assert len(asked) == len(set(asked)) > 25


def test_figures_are_written_with_the_digits_one_reads() -> None:
    written = {1234.5: "1,234", 100: "100", 12.34: "12.3", 12.0: "12", 1.5: "1.5", 0.1234: "0.123", 0.0: "0"}
    assert {figure: number(figure) for figure in written} == written


@pytest.mark.parametrize("wrong", [["weather"], ["search", "--quick", "--write"]])
def test_a_part_that_is_not_there_and_a_quick_report_are_refused(
    wrong: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["benchmarks", *wrong])
    with pytest.raises(SystemExit):
        main()
    assert "error" in capsys.readouterr().err
