"""Commands run in process on an instance of their own; whatever connection they leave is closed here."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine

from guide import cli

Run = Callable[..., int]


@contextmanager
def commands(
    instance: Path, monkeypatch: pytest.MonkeyPatch, **environ: str
) -> Iterator[tuple[Run, list[Engine]]]:
    """`run("prepare")` gives the exit code; beside it, every engine the commands opened."""
    opened: list[Engine] = []
    opening = cli.open_database

    def open_database(url: str) -> Engine:
        opened.append(opening(url))
        return opened[-1]

    for name in (
        "GUIDE_DATABASE_URL",
        "GUIDE_SITE_URL",
        "GUIDE_SECRET_KEY",
        "GUIDE_PROXIES",
        "GUIDE_SMTP_URL",
        "GUIDE_MAIL_FROM",
        "GUIDE_KEYS",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GUIDE_INSTANCE", str(instance))
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(cli, "open_database", open_database)
    try:
        yield lambda *arguments: cli.main([str(argument) for argument in arguments]), opened
    finally:
        for engine in opened:
            engine.dispose()
