"""The generated listings of the benchmarks: sound data, the same each time."""

from itertools import islice
from pathlib import Path

from benchmarks import listings
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
