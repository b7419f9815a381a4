"""What a process that lives long does with its memory when most of what it holds has been made anew."""

import contextlib
import ctypes
import gc
import itertools
from collections.abc import Iterator

THOROUGH = 16
"""Of so many calls one looks through everything: 150 ms, in which no page is answered."""

SELDOM = 100_000
ARENAS, M_ARENA_MAX = 2, -8
LARGE, M_MMAP_THRESHOLD = 256 * 1024, -3
"""What is larger is given back by itself when it is freed; glibc would raise this up to 32 MiB as it goes."""

_CALLS = itertools.count()
_TRIM = getattr(ctypes.CDLL(None), "malloc_trim", None)
_SET = getattr(ctypes.CDLL(None), "mallopt", None)
"""Of glibc; other systems have none, or take no notice."""


def freeze_gc() -> None:
    """Sets what lives now aside from garbage collection, and gives what was freed back to the system.

    Some 300,000 objects of a guide stay, and a full collection, which comes with every tenth page or so, would look
    through all of them. Once in `THOROUGH` times they are, or what has died in cycles since would stay for ever.
    The memory allocator keeps what each thread has freed for that thread: eight threads that each built an index and
    a lexicon once held 300 MB of nothing. Giving it back costs some milliseconds.
    """
    if next(_CALLS) % THOROUGH == THOROUGH - 1:
        gc.unfreeze()
    gc.collect()
    gc.freeze()
    # Python looks through everything when a quarter more lives than at the last look, and counts what is set aside:
    # with nothing left to count, what dies in cycles goes soon, not after 75,000 objects.
    gc.collect()
    trim()


def share_arenas() -> None:
    """For a process of many threads, before they begin: they take memory from the same few places.

    Each of eight threads would have one of its own, and 50 MB after 200 pages of what it freed and others cannot use.
    """
    if _TRIM is not None and _SET is not None:
        _SET(M_ARENA_MAX, ARENAS)
        _SET(M_MMAP_THRESHOLD, LARGE)


@contextlib.contextmanager
def gc_paused() -> Iterator[None]:
    """No garbage collection meanwhile: for work that only adds to what there is, and would be looked through for it,
    again and again. It takes a third of the time in which 5,000 listings are loaded.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextlib.contextmanager
def gc_seldom() -> Iterator[None]:
    """Garbage collection only after 100,000 new objects, not 700: for a start, which mostly makes what stays."""
    before = gc.get_threshold()
    gc.set_threshold(SELDOM, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def trim() -> None:
    """Gives memory that was freed back to the system, where its allocator can."""
    if _TRIM is not None:
        _TRIM(0)
