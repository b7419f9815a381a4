"""The press makes two files at once, keeps on disk what everybody may have, and sends away who would wait long."""

import errno
import hashlib
import logging
import os
import stat
import threading
import time
from pathlib import Path

import pytest

from guide.publish import press as module
from guide.publish.press import Press, PressBusyError


def asked(press: Press, name: str, made: list[str], edition: str = "today") -> bytes:
    return press.file(edition, name, lambda: made.append(name) or name.encode() * 4)


def never() -> bytes:
    raise AssertionError("it is kept")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def grow_old(folder: Path) -> None:
    """A minute goes by for everything that lies there."""
    for path in folder.iterdir():
        was = path.stat().st_mtime
        os.utime(path, (was - 61, was - 61))


def test_a_file_is_made_once_and_then_kept_for_every_process(tmp_path: Path) -> None:
    made: list[str] = []
    folder = tmp_path / "pdfs"
    assert asked(Press(folder), "a", made) == asked(Press(folder), "a", made) == b"aaaa"
    assert made == ["a"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    (kept,) = folder.iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


@pytest.mark.control("C10")
def test_what_is_not_to_be_kept_is_not_looked_for_either(tmp_path: Path) -> None:
    press = Press(tmp_path)
    for content in (b"first", b"second"):
        assert press.file("today", "a", lambda content=content: content, keep=False) == content
    assert names(tmp_path) == []
    assert press.file("today", "a", lambda: b"kept") == b"kept"
    assert press.file("today", "a", lambda: b"made", keep=False) == b"made"


def test_what_was_asked_for_least_recently_goes_first(tmp_path: Path) -> None:
    press, made = Press(tmp_path, most_kept=8), []
    for name in "abac":
        asked(press, name, made)
        grow_old(tmp_path)
    assert made == ["a", "b", "c"]
    assert (asked(press, "a", made), made) == (b"aaaa", ["a", "b", "c"]), "asked for since, so kept"
    asked(press, "b", made)
    assert made == ["a", "b", "c", "b"]
    assert len(names(tmp_path)) == 2


def test_a_file_larger_than_what_is_kept_together_is_given_and_not_kept(tmp_path: Path) -> None:
    press = Press(tmp_path, most_kept=8)
    assert press.file("today", "small", lambda: b"12345678") == b"12345678"
    for content in (b"123456789", b"another one"):
        assert press.file("today", "large", lambda content=content: content) == content
    assert press.file("today", "small", never) == b"12345678"


def test_a_new_edition_takes_the_place_of_the_old(tmp_path: Path) -> None:
    press, made = Press(tmp_path), []
    for edition in ("today", "tomorrow"):
        for name in "ab":
            asked(press, name, made, edition)
    assert made == ["a", "b", "a", "b"]
    assert len(names(tmp_path)) == 2


def test_what_a_killed_process_has_left_goes_and_what_another_is_writing_stays(tmp_path: Path) -> None:
    press, made = Press(tmp_path), []
    (tmp_path / ".left-1234").write_bytes(b"half")
    grow_old(tmp_path)
    (tmp_path / ".being-written-1234").write_bytes(b"half")
    asked(press, "a", made)
    assert names(tmp_path)[0] == ".being-written-1234"
    assert len(names(tmp_path)) == 2


@pytest.mark.control("C22")
@pytest.mark.parametrize("fault", ["torn", "bent", "empty", "of another name"])
def test_a_file_that_is_not_whole_or_not_its_own_is_never_given(tmp_path: Path, fault: str) -> None:
    press, made = Press(tmp_path), []
    asked(press, "a", made)
    (kept,) = tmp_path.iterdir()
    whole = kept.read_bytes()
    if fault == "of another name":
        asked(press, "b", made)
        (other,) = [path for path in tmp_path.iterdir() if path != kept]
        other.replace(kept)
    else:
        kept.write_bytes({"torn": whole[:-1], "bent": whole[:-1] + b"x", "empty": b""}[fault])
    made.clear()
    assert asked(press, "a", made) == b"aaaa"
    assert made == ["a"]
    assert kept.read_bytes() == whole


def test_a_full_disk_keeps_nothing_serves_all_the_same_and_says_it_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    press, made = Press(tmp_path), []

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch, caplog.at_level(logging.WARNING):
        patch.setattr(module.os, "replace", full)
        for name in "aab":
            assert asked(press, name, made) == name.encode() * 4
    assert made == ["a", "a", "b"]
    assert names(tmp_path) == [], "no draft is left"
    assert [record.getMessage() for record in caplog.records] == [
        "PDFs are made anew each time: they cannot be kept (No space left on device)"
    ]
    asked(press, "a", made)
    assert len(names(tmp_path)) == 1, "and goes on when there is room again"


def test_a_folder_that_was_deleted_is_made_again(tmp_path: Path) -> None:
    press, made = Press(tmp_path / "pdfs"), []
    for _ in range(2):
        asked(press, "a", made)
        for path in (tmp_path / "pdfs").iterdir():
            path.unlink()
        (tmp_path / "pdfs").rmdir()
    assert made == ["a", "a"]


def test_a_fault_keeps_nothing_and_frees_the_place(tmp_path: Path) -> None:
    press = Press(tmp_path, at_work=1, most_waiting=0)

    def broken() -> bytes:
        raise ValueError

    for keep in (True, True, False, False):
        with pytest.raises(ValueError, match=r"^$"):
            press.file("today", "a", broken, keep=keep)
    assert press.file("today", "a", lambda: b"now") == b"now"


class Slow:
    """A file that is being made until `go_on`; `running` counts how many are at once."""

    def __init__(self) -> None:
        self.go_on, self.begun = threading.Event(), threading.Semaphore(0)
        self.running, self.most, self.lock = 0, 0, threading.Lock()

    def __call__(self) -> bytes:
        with self.lock:
            self.running += 1
            self.most = max(self.most, self.running)
        self.begun.release()
        assert self.go_on.wait(30)
        with self.lock:
            self.running -= 1
        return b"slow"


def until(is_so: object) -> None:
    end = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.005)


@pytest.mark.control("C31")
@pytest.mark.parametrize("keep", [True, False])
def test_two_are_made_two_wait_and_the_next_is_sent_away(tmp_path: Path, keep: bool) -> None:
    press, slow = Press(tmp_path), Slow()
    press.file("today", "kept", lambda: b"kept")
    different = iter_of_different_turns(4)
    given: list[bytes] = []
    threads = [
        threading.Thread(target=lambda name=name: given.append(press.file("today", name, slow, keep=keep)))
        for name in different
    ]
    for thread in threads:
        thread.start()
    try:
        for _ in range(2):
            assert slow.begun.acquire(timeout=30)
        until(lambda: press._places._value == 0)
        with pytest.raises(PressBusyError):
            press.file("today", "other", never, keep=keep)
        assert press.file("today", "kept", never) == b"kept", "what is kept is still given"
    finally:
        slow.go_on.set()
        for thread in threads:
            thread.join(30)
    assert given == [b"slow"] * 4
    assert slow.most == 2
    assert press.file("today", "other", lambda: b"other", keep=keep) == b"other"


def iter_of_different_turns(count: int) -> list[str]:
    """So many names that do not wait for one another by chance."""
    found: dict[int, str] = {}
    number = 0
    while len(found) < count:
        name = f"file {number}"
        found.setdefault(int(hashlib.sha256(repr(name).encode()).hexdigest()[-8:], 16) % 16, name)
        number += 1
    return list(found.values())


def test_who_asks_for_what_is_being_made_waits_for_it(tmp_path: Path) -> None:
    press, slow = Press(tmp_path), Slow()
    given: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: given.append(press.file("today", "a", slow))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    assert slow.begun.acquire(timeout=30)
    slow.go_on.set()
    for thread in threads:
        thread.join(30)
    assert given == [b"slow"] * 3
    assert not slow.begun.acquire(blocking=False), "made once"


def test_whoever_has_waited_too_long_is_sent_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.01)
    press = Press(tmp_path, at_work=1)
    assert press._at_work.acquire()
    with pytest.raises(PressBusyError):
        press.file("today", "a", never)
    press._at_work.release()
    assert press.file("today", "a", lambda: b"now") == b"now"
