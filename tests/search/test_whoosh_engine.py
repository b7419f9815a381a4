"""The index folder: other processes, crashes, damage."""

import json
import os
import signal
import stat
import subprocess
import sys

import pytest

from guide.search import generations, whoosh_engine
from guide.search.engine import IndexBusyError, IndexUnavailableError, SearchRequest
from guide.search.whoosh_engine import WhooshEngine

VERSIONS = whoosh_engine.versions()
HEAD = """
import os, sys
from pathlib import Path
from guide.search.engine import *
from guide.search import generations
from guide.search.whoosh_engine import WhooshEngine
engine = WhooshEngine(Path(sys.argv[1]))
def listing(identifier, *names):
    return Document(identifier, fields={"name_fr": names}, words={"fr": names})
def kill(*_, **__):
    os.kill(os.getpid(), 9)
"""


def run(folder, code):
    """Run code in another process; its exit status and what it printed."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", HEAD + code, str(folder)], capture_output=True, text=True
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode, done.stdout.strip()


@pytest.fixture
def whoosh(folder, listing):
    engine = WhooshEngine(folder)
    engine.rebuild([listing("a", "soupe"), listing("b", "pain")], 1)
    return engine


def files_of(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "lock")


def test_another_process_sees_what_is_written_and_we_see_what_it_writes(whoosh, folder, listing, asking):
    whoosh.upsert([listing("c", "lessive")], 2)
    assert (
        run(folder, "print(engine.search(SearchRequest()).ids, engine.revision())")[1] == "('a', 'b', 'c') 2"
    )
    run(folder, "engine.upsert([listing('c', 'bain')], 3); engine.delete(['a'], 4)")
    assert whoosh.search(SearchRequest()).ids == ("b", "c")
    assert whoosh.search(SearchRequest(asking("lessive"))).total == 0
    assert whoosh.revision() == 4
    run(folder, "engine.optimise()")
    assert whoosh.search(SearchRequest()).ids == ("b", "c")
    run(folder, "engine.rebuild([listing('z', 'neuf')], 5)")
    assert (whoosh.search(SearchRequest()).ids, whoosh.knows("neuf", "fr"), whoosh.knows("pain", "fr")) == (
        ("z",),
        True,
        False,
    )


def test_another_process_that_writes_makes_us_busy(whoosh, folder, listing):
    with whoosh.writing():
        code = "try:\n    engine.delete(['a'], 2)\nexcept IndexBusyError:\n    print('busy')"
        assert run(folder, code)[1] == "busy"
    other = WhooshEngine(folder)
    with other.writing(), pytest.raises(IndexBusyError):
        whoosh.upsert([listing("c")], 2)
    assert whoosh.search(SearchRequest()).total == 2


def test_the_folder_is_for_its_owner_alone(whoosh, folder):
    for path in [folder, *(place for place in folder.iterdir() if place.is_dir())]:
        assert stat.S_IMODE(path.stat().st_mode) == 0o700


def test_one_generation_stays_and_no_scratch_file(whoosh, folder, listing):
    for number in range(5):
        whoosh.upsert([listing(f"n{number}")], number)
    places = [place for place in folder.iterdir() if place.is_dir()]
    assert len(places) == 1
    assert {path.suffix for path in places[0].iterdir()} == {".toc", ".seg", ".json"}


@pytest.mark.parametrize("harm", ["delete", "truncate", "empty", "flip"])
def test_any_damage_to_any_file_is_seen_and_a_rebuild_mends_it(whoosh, folder, listing, harm):
    whoosh.upsert([listing("c", "lessive")], 2)
    for number in range(len(files_of(folder))):
        assert whoosh.search(SearchRequest()).total >= 2
        path = files_of(folder)[number]
        content = path.read_bytes()
        if harm == "delete":
            path.unlink()
        elif harm == "truncate":
            path.write_bytes(content[: len(content) // 2])
        elif harm == "empty":
            path.write_bytes(b"")
        else:
            middle = len(content) // 2
            path.write_bytes(content[:middle] + bytes([content[middle] ^ 0x20]) + content[middle + 1 :])
        for engine in (whoosh, WhooshEngine(folder)):
            with pytest.raises(IndexUnavailableError):
                engine.search(SearchRequest())
            with pytest.raises(IndexUnavailableError):
                engine.upsert([listing("d")], 3)
        whoosh.rebuild([listing("a", "soupe"), listing("b", "pain")], 4)
        assert WhooshEngine(folder).search(SearchRequest()).ids == ("a", "b")
        whoosh.upsert([listing("c", "lessive")], 5)


def test_a_folder_deleted_under_a_reader_is_seen_and_rebuilt(whoosh, folder, listing):
    for path in files_of(folder):
        path.unlink()
    with pytest.raises(IndexUnavailableError):
        whoosh.search(SearchRequest())
    whoosh.rebuild([listing("a")], 2)
    assert whoosh.search(SearchRequest()).ids == ("a",)


@pytest.mark.parametrize("part", ["analysis", "snowball", "whoosh", "format"])
def test_an_index_of_other_versions_is_unavailable(whoosh, folder, listing, monkeypatch, part):
    monkeypatch.setattr(whoosh_engine, "versions", lambda: {**VERSIONS, part: "other"})
    with pytest.raises(IndexUnavailableError, match=part):
        WhooshEngine(folder).search(SearchRequest())
    whoosh.rebuild([listing("a")], 2)
    assert WhooshEngine(folder).search(SearchRequest()).ids == ("a",)


@pytest.mark.parametrize(
    "moment",
    [
        "whoosh_writing.SegmentWriter.commit = kill",
        "whoosh_writing.SegmentWriter._finish = kill",
        "generations._fsync = kill",
        "os.replace = kill",
    ],
)
@pytest.mark.parametrize("act", ["rebuild([listing('z', 'neuf')], 9)", "upsert([listing('a', 'neuf')], 9)"])
def test_a_killed_writer_leaves_the_old_index_readable(whoosh, folder, listing, moment, act):
    code = f"import whoosh.writing as whoosh_writing\n{moment}\nengine.{act}"
    assert run(folder, code)[0] == -signal.SIGKILL
    for engine in (whoosh, WhooshEngine(folder)):
        assert engine.search(SearchRequest()).ids == ("a", "b")
        assert engine.knows("soupe", "fr")
        assert not engine.knows("neuf", "fr")
        assert engine.revision() == 1
    whoosh.upsert([listing("c")], 2)
    assert WhooshEngine(folder).search(SearchRequest()).ids == ("a", "b", "c")
    assert len([place for place in folder.iterdir() if place.is_dir()]) == 1


def test_a_writer_killed_after_the_swap_leaves_the_new_index(whoosh, folder):
    code = """
swept = []
generations.Generations._sweep = lambda self, keep: kill() if swept else swept.append(keep)
engine.delete(['a'], 2)
"""
    status, _ = run(folder, code)
    assert status == -signal.SIGKILL
    assert (whoosh.search(SearchRequest()).ids, whoosh.revision()) == (("b",), 2)


def test_documents_that_fail_half_way_leave_the_old_index(whoosh, folder, listing):
    def failing():
        yield listing("x")
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError):
        whoosh.rebuild(failing(), 2)
    with pytest.raises(RuntimeError):
        whoosh.upsert(failing(), 2)
    assert whoosh.search(SearchRequest()).ids == ("a", "b")
    assert len([place for place in folder.iterdir() if place.is_dir()]) == 1


def test_a_full_disk_leaves_the_old_index(whoosh, listing, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("guide.search.generations._fsync", full)
    with pytest.raises(OSError, match="No space"):
        whoosh.upsert([listing("c")], 2)
    monkeypatch.undo()
    assert whoosh.search(SearchRequest()).ids == ("a", "b")
    whoosh.upsert([listing("c")], 2)
    assert whoosh.search(SearchRequest()).total == 3


def test_files_are_copied_where_hard_links_are_refused(whoosh, folder, listing, monkeypatch):
    def refused(*_):
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    whoosh.upsert([listing("c", "lessive")], 2)
    assert WhooshEngine(folder).search(SearchRequest()).ids == ("a", "b", "c")


def test_a_generation_swept_while_it_is_opened_is_opened_again(whoosh, folder, listing, monkeypatch):
    reader, read, done = WhooshEngine(folder), generations._read, []

    def swept_between(path, stamps):
        content = read(path, stamps)
        if path.name == "current" and not done:
            done.append(path)
            whoosh.upsert([listing("c")], 2)
        return content

    monkeypatch.setattr(generations, "_read", swept_between)
    assert reader.search(SearchRequest()).ids == ("a", "b", "c")


def test_the_sums_name_every_file_but_themselves(whoosh, folder):
    place = next(place for place in folder.iterdir() if place.is_dir())
    assert set(json.loads((place / "sums.json").read_text())) | {"sums.json"} == {
        path.name for path in place.iterdir()
    }
