"""The tests. What holds for every process that runs some of them is said here."""

from tests import engines

engines.hasten()
