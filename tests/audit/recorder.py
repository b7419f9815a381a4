"""A process that adds entries as fast as it can (run by `tests.killing`)."""

from itertools import count
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from guide import audit
from guide.audit import AuditVerb
from guide.database import open_database, writing
from tests.audit.test_log import NOW


def main(url: str, file: str) -> None:
    engine = open_database(url)
    for number in count(1):
        while not added(engine, number, Path(file)):
            pass
        print(number, flush=True)


def added(engine: Engine, number: int, file: Path) -> bool:
    """Adds one entry; False when others wrote for longer than SQLite waits: it serves nobody in turn."""
    with Session(writing(engine), info={"secret_key": "x" * 40, "audit_head": file}) as session:
        try:
            audit.record(session, "command", AuditVerb.LISTING_CHANGED, "site", str(number), now=NOW)
        except OperationalError as problem:
            if "database is locked" not in str(problem):
                raise
            return False
        session.commit()
    return True
