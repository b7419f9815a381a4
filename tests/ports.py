"""Ports for programs that must be told one before they start."""

import os
import socket
from itertools import count
from pathlib import Path

LOWEST, EACH = 10_240, 64
"""Each process of the tests goes through so many ports of its own, from here on."""

_turns = count()


def free_port() -> int:
    """A port of the loopback where nothing listens, and that nobody is given until the program listens there.

    The system hands out ports from a range of its own, also to whoever connects from here to a server: a port
    of that range that is free now may be taken when the program has started.
    """
    places = (_first_of_the_system() - LOWEST) // EACH
    mine = LOWEST + os.getpid() % places * EACH
    for turn in _turns:
        port = mine + turn % EACH
        with socket.socket() as attempt:
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                attempt.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError


def _first_of_the_system() -> int:
    try:
        return int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    except OSError:
        return 32_768
