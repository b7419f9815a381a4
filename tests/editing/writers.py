"""A process that edits one listing as fast as it can (run by `tests.killing`), for tests of what survives it.

It saves again and again, and prints each number once it is committed.
"""

import os
from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from guide.audit import Edit
from guide.database import open_database, writing
from guide.editing import proposals
from guide.model import Account, Role, Service

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def save(engine: Engine, words: str, seen: str | None) -> str:
    """'saved', or 'conflict' when somebody else was first."""
    with Session(writing(engine)) as session:
        session.info["secret_key"] = "x" * 40
        service = session.query(Service).filter_by(key="soupe").one()
        coordinator = session.query(Account).filter_by(role=Role.COORDINATOR).one()
        saved = proposals.save(
            session,
            service,
            proposals.Typed({"description.fr": words}, {"description.fr": seen}),
            Edit(coordinator, NOW),
        )
        if saved.conflicts:
            return "conflict"
        session.commit()
        return "saved"


def shown(engine: Engine) -> str | None:
    with Session(engine) as session:
        return session.query(Service).filter_by(key="soupe").one().description.fr


def main(url: str) -> None:
    engine = open_database(url)
    number, seen = 0, shown(engine)
    while True:
        number += 1
        words = f"texte {number} du processus {os.getpid()}"
        assert save(engine, words, seen) == "saved"
        seen = words
        print(number, flush=True)
