"""The press sets one file at a time, keeps the last ones, and sends away whom it cannot serve soon."""

import threading

import pytest

from guide.publish.press import Press, PressBusyError


def test_a_file_is_set_once_and_then_kept() -> None:
    press, made = Press(), []

    def make() -> bytes:
        made.append(1)
        return b"file"

    assert press.file("a", make) == press.file("a", make) == b"file"
    assert len(made) == 1


def test_only_the_last_files_are_kept_up_to_so_many_bytes() -> None:
    press, made = Press(most_kept=8), []

    def ask(name: str) -> bytes:
        return press.file(name, lambda: made.append(name) or name.encode() * 4)

    for name in "abac":
        ask(name)
    assert made == ["a", "b", "c"]
    assert (ask("a"), made) == (b"aaaa", ["a", "b", "c"]), "asked for since, so kept"
    ask("b")
    assert made == ["a", "b", "c", "b"]


def test_a_file_larger_than_what_is_kept_together_is_given_and_not_kept() -> None:
    press = Press(most_kept=8)
    assert press.file("small", lambda: b"12345678") == b"12345678"
    for content in (b"123456789", b"another one"):
        assert press.file("large", lambda content=content: content) == content
    assert press.file("small", lambda: b"made again") == b"12345678"


def test_a_fault_keeps_nothing_and_frees_the_place() -> None:
    press = Press(most_waiting=1)

    def broken() -> bytes:
        raise ValueError

    for _ in range(3):
        with pytest.raises(ValueError, match=r"^$"):
            press.file("a", broken)
    assert press.file("a", lambda: b"now") == b"now"


@pytest.mark.control("C31")
def test_when_too_many_wait_the_next_is_sent_away_and_what_is_kept_is_still_given() -> None:
    press = Press(most_waiting=1)
    press.file("kept", lambda: b"kept")
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> bytes:
        begun.set()
        assert go_on.wait(30)
        return b"slow"

    worker = threading.Thread(target=press.file, args=("slow", slow))
    worker.start()
    try:
        assert begun.wait(30)
        with pytest.raises(PressBusyError):
            press.file("other", lambda: b"other")
        assert press.file("kept", lambda: b"never") == b"kept"
    finally:
        go_on.set()
        worker.join()
    assert press.file("slow", lambda: b"never") == b"slow"
    assert press.file("other", lambda: b"other") == b"other"
